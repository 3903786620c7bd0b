/** The worker's side of the pool: its own engine, one chunk of modules at a time. */
import type { MessagePort } from 'node:worker_threads';
import { parentPort, workerData } from 'node:worker_threads';
import type { Engine, Failure } from '../engine/api.ts';
import { emptyStats } from '../engine/api.ts';
import type { CollectedModule } from './collect.ts';
import { collected } from './collect.ts';
import { createNodeEngine } from './engine-setup.ts';
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
    const modules: CollectedModule[] = [];
    const failures: Failure[] = [];
    const stats = emptyStats();
    for await (const report of engine.checkPlans([plan], setup, failures, stats)) modules.push(collected(report));
    send({ kind: 'checked', index, modules, failures, stats });
  }
  send({ kind: 'finished' });
}
