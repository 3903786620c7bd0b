/** Everything that the server answers, over whatever connection and engine the host has. */
import type { Connection } from 'vscode-languageserver';
import type { Engine } from '../engine/api.ts';
import { DiagnosticsFeed } from './diagnostics-feed.ts';
import { registerCodeAction } from './handlers/code-action.ts';
import { registerCodeLens } from './handlers/code-lens.ts';
import { registerDiagnostic } from './handlers/diagnostic.ts';
import { registerDocuments } from './handlers/documents.ts';
import { registerExecuteCommand } from './handlers/execute-command.ts';
import { registerHover } from './handlers/hover.ts';
import { registerInitialize } from './handlers/initialize.ts';
import { registerInlayHint } from './handlers/inlay-hint.ts';
import { registerNodeIndex } from './handlers/node-index.ts';
import { registerTimeline } from './handlers/timeline.ts';
import { registerWorkspace } from './handlers/workspace.ts';
import type { IndexRunner } from './index-job.ts';
import { NodeIndexService } from './node-index-service.ts';
import { Session } from './session.ts';

export interface ServerParts {
  readonly version: string;
  /** May still be starting: the grammars load while the client is introducing itself. */
  readonly engine: Promise<Engine>;
  readonly runIndex: IndexRunner;
}

export function serve(connection: Connection, { version, engine, runIndex }: ServerParts): Session {
  const session = new Session(connection, engine);
  const feed = new DiagnosticsFeed(session);
  const index = new NodeIndexService(session, runIndex);
  registerInitialize(session, version);
  registerDocuments(session, feed);
  registerDiagnostic(session);
  registerHover(session);
  registerInlayHint(session);
  registerCodeAction(session);
  registerCodeLens(session);
  registerExecuteCommand(session);
  registerTimeline(session);
  registerNodeIndex(session, index);
  registerWorkspace(session, feed, index);
  connection.listen();
  return session;
}
