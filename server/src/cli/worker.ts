/** The worker's side of the pool: its own engine, one chunk of modules at a time. */
import type { MessagePort } from 'node:worker_threads';
import { parentPort, workerData } from 'node:worker_threads';
import type { Engine } from '../engine/api.ts';
import { createNodeEngine } from './engine-setup.ts';
import { checkPlan } from './plan-result.ts';
import type { Chunk, WorkerMessage, WorkerSetup } from './worker-pool.ts';

export function runWorker(): void {
  const port = parentPort;
  if (port === null) throw new Error('not in a worker thread');
  const setup = workerData as WorkerSetup;
  const ready = startEngine(setup);
  port.on('message', (chunk: Chunk) => {
    // An error that is not one module's own reaches the pool as the worker's 'error' event.
    ready
      .then((engine) => checkChunk(engine, chunk, setup, port))
      .catch((error: unknown) =>
        setImmediate(() => {
          throw error;
        }),
      );
  });
}

async function startEngine(setup: WorkerSetup): Promise<Engine> {
  const engine = await createNodeEngine();
  await engine.addRoot(setup.root.path, setup.root.settings);
  return engine;
}

async function checkChunk(engine: Engine, chunk: Chunk, setup: WorkerSetup, port: MessagePort): Promise<void> {
  const send = (message: WorkerMessage): void => port.postMessage(message);
  for (const [offset, plan] of chunk.plans.entries()) {
    const index = chunk.first + offset;
    send({ kind: 'started', index });
    send({ kind: 'checked', index, result: await checkPlan(engine, plan, setup) });
  }
  send({ kind: 'finished' });
}
