/** The language server in Node: `--stdio` for any editor, IPC for VS Code. Loaded only as the bundle `dist/server.js`. */
import { isMainThread } from 'node:worker_threads';
import { createConnection, ProposedFeatures } from 'vscode-languageserver/node';
import { isVirtual } from '../base/uris.ts';
import { createNodeHost } from '../base-node/node-host.ts';
import { version } from '../base-node/version.ts';
import { withClientFiles } from './client-files.ts';
import { runBetween } from './index-job.ts';
import { createNodeEngine, runIndexThread, threadRunner } from './index-thread.ts';
import { serve } from './serve.ts';
import type { Session } from './session.ts';

if (isMainThread) startServer();
else void runIndexThread();

function startServer(): void {
  const connection = createConnection(ProposedFeatures.all);
  let session: Session | undefined;
  const engine = createNodeEngine(
    withClientFiles(createNodeHost(), connection, () => session?.options.fileSystem === true),
  );
  const here = runBetween(engine, version);
  const inThread = threadRunner(() => session?.options.storageFolder);
  session = serve(connection, {
    version,
    engine,
    // Only this thread can ask the client for a file.
    runIndex: (job, onBatch) => (job.roots.some(({ path }) => isVirtual(path)) ? here : inThread)(job, onBatch),
  });
  // One forgotten rejection must not end a session.
  process.on('unhandledRejection', (error) => session?.logFailure('background work', error));
}
