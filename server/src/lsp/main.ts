/** The language server in Node: `--stdio` for any editor, IPC for VS Code. Loaded only as the bundle `dist/server.js`. */
import { isMainThread } from 'node:worker_threads';
import { createConnection, ProposedFeatures } from 'vscode-languageserver/node';
import { version } from '../base-node/version.ts';
import { createNodeEngine, runIndexThread, threadRunner } from './index-thread.ts';
import { serve } from './serve.ts';
import { pathOfUri } from './uris.ts';

if (isMainThread) startServer();
else void runIndexThread();

function startServer(): void {
  const session = serve(createConnection(ProposedFeatures.all), {
    version,
    engine: createNodeEngine(),
    runIndex: (own) => threadRunner(() => own.options.storageFolder && pathOfUri(own.options.storageFolder)),
  });
  // One forgotten rejection must not end a session.
  process.on('unhandledRejection', (error) => session.logFailure('background work', error));
}
