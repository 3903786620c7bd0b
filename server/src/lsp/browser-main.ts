/**
 * The language server in a web worker. The first message brings the parser's runtime and the grammars, which the client reads
 * for it: a worker made of a blob cannot fetch them. After that the language protocol is spoken. Loaded only as the bundle
 * `dist/web/server.js`.
 */
import type { Connection } from 'vscode-languageserver/browser';
import { BrowserMessageReader, BrowserMessageWriter, createConnection } from 'vscode-languageserver/browser';
import { version } from '../base-node/version.ts';
import { createEngine } from '../engine/engine.ts';
import { NO_FILES, withClientFiles } from './client-files.ts';
import { runBetween } from './index-job.ts';
import type { WorkerGrammars } from './protocol.ts';
import { serve } from './serve.ts';
import type { Session } from './session.ts';

/** What of the worker's global scope is used; the DOM's types would come with all of a browser. */
interface WorkerScope {
  addEventListener(
    type: 'message',
    listener: (event: { readonly data: WorkerGrammars }) => void,
    options: { readonly once: true },
  ): void;
}

const scope = globalThis as unknown as WorkerScope;

scope.addEventListener('message', ({ data }) => start(data), { once: true });

function start({ runtime, c, rust }: WorkerGrammars): void {
  const port = scope as unknown as ConstructorParameters<typeof BrowserMessageReader>[0];
  const connection: Connection = createConnection(new BrowserMessageReader(port), new BrowserMessageWriter(port));
  let session: Session | undefined;
  const host = withClientFiles(NO_FILES, connection, () => session?.options.fileSystem === true);
  const engine = createEngine({ host, grammars: { runtime, c, rust: async () => rust } });
  session = serve(connection, { version, engine, runIndex: runBetween(engine, version) });
}
