/** The language server: `--stdio` for any editor, IPC for VS Code. Loaded only as the bundle `dist/server.js`. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createConnection, ProposedFeatures } from 'vscode-languageserver/node';
import { createNodeHost } from '../base-node/node-host.ts';
import { userSettingsFile } from '../base-node/user-settings.ts';
import { version } from '../base-node/version.ts';
import type { Engine } from '../engine/api.ts';
import { createEngine } from '../engine/engine.ts';
import { DiagnosticsFeed } from './diagnostics-feed.ts';
import { registerCodeAction } from './handlers/code-action.ts';
import { registerCodeLens } from './handlers/code-lens.ts';
import { registerDiagnostic } from './handlers/diagnostic.ts';
import { registerDocuments } from './handlers/documents.ts';
import { registerExecuteCommand } from './handlers/execute-command.ts';
import { registerHover } from './handlers/hover.ts';
import { registerInitialize } from './handlers/initialize.ts';
import { registerTimeline } from './handlers/timeline.ts';
import { registerWorkspace } from './handlers/workspace.ts';
import { Session } from './session.ts';

async function startEngine(): Promise<Engine> {
  const load = async (name: string): Promise<Uint8Array> => readFile(join(__dirname, 'wasm', name));
  const [runtime, c] = await Promise.all([load('web-tree-sitter.wasm'), load('tree-sitter-c.wasm')]);
  return createEngine({ host: createNodeHost(), grammars: { runtime, c }, userFile: userSettingsFile() });
}

const connection = createConnection(ProposedFeatures.all);
// The grammars load while the client is still introducing itself.
const session = new Session(connection, startEngine());
const feed = new DiagnosticsFeed(session);

registerInitialize(session, version);
registerDocuments(session, feed);
registerDiagnostic(session);
registerHover(session);
registerCodeAction(session);
registerCodeLens(session);
registerExecuteCommand(session);
registerTimeline(session);
registerWorkspace(session, feed);

// One forgotten rejection must not end a session.
process.on('unhandledRejection', (error) => session.logFailure('background work', error));

connection.listen();
