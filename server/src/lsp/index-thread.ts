/** The index in a thread of its own, so that typing does not wait for it. Both sides of the thread. */
import { statSync } from 'node:fs';
import { parentPort, Worker, workerData } from 'node:worker_threads';
import type { Host } from '../base/host.ts';
import { pathOfUri } from '../base/uris.ts';
import { loadGrammars } from '../base-node/grammars.ts';
import { createNodeHost } from '../base-node/node-host.ts';
import { createNodeStorage } from '../base-node/node-storage.ts';
import { userSettingsFile } from '../base-node/user-settings.ts';
import { version } from '../base-node/version.ts';
import type { Engine } from '../engine/api.ts';
import { createEngine } from '../engine/engine.ts';
import type { IndexBatch, IndexJob, IndexRunner } from './index-job.ts';
import { runIndexJob } from './index-job.ts';

interface WorkerStart {
  readonly job: IndexJob;
  readonly storageFolder: string | undefined;
}

type FromWorker = { readonly batch: IndexBatch } | { readonly finished: boolean };

/** MB of its heap: batch runs need less than half. */
const MAX_HEAP = 1024;

export async function createNodeEngine(host: Host): Promise<Engine> {
  return createEngine({ host, grammars: await loadGrammars(), userFile: userSettingsFile() });
}

/** The client names its storage after the server has started, so it is looked up when a run begins. */
export function threadRunner(storage: () => string | undefined): IndexRunner {
  return (job, onBatch) => {
    const folder = storage();
    const start: WorkerStart = { job, storageFolder: folder === undefined ? undefined : pathOfUri(folder) };
    const worker = new Worker(__filename, {
      workerData: start,
      resourceLimits: { maxOldGenerationSizeMb: MAX_HEAP },
      stdout: true,
    });
    const finished = new Promise<boolean>((resolve, reject) => {
      worker.on('message', (message: FromWorker) => {
        if ('batch' in message) onBatch(message.batch);
        else resolve(message.finished);
      });
      worker.on('error', reject);
      worker.on('exit', (code) => reject(new Error(`the index ended with code ${code}`)));
    });
    return { cancel: () => worker.postMessage('cancel'), finished };
  };
}

/** The thread's side. */
export async function runIndexThread(): Promise<void> {
  const port = parentPort;
  if (port === null) throw new Error('not in a worker thread');
  const { job, storageFolder } = workerData as WorkerStart;
  const token = { isCancellationRequested: false };
  port.on('message', () => {
    token.isCancellationRequested = true;
  });
  const { size, mtimeMs } = statSync(__filename);
  const place = {
    storage: storageFolder === undefined ? undefined : createNodeStorage(storageFolder),
    build: `${version} ${size} ${mtimeMs}`,
  };
  const send = (message: FromWorker): void => port.postMessage(message);
  const finished = await runIndexJob(await createNodeEngine(createNodeHost()), job, place, token, (batch) =>
    send({ batch }),
  );
  send({ finished });
  port.close();
}
