/** The worker's side of the pool: its own engine, one chunk of modules at a time. */
import { parentPort, workerData } from 'node:worker_threads';
import { emptyStats, type Failure, type ModulePlan } from '../engine/api.ts';
import { collected, type CollectedModule } from './collect.ts';
import { createNodeEngine } from './engine-setup.ts';
import type { ChunkResult, WorkerSetup } from './worker-pool.ts';

export function runWorker(): void {
  const setup = workerData as WorkerSetup;
  const ready = createNodeEngine().then(async (engine) => {
    await engine.addRoot(setup.root.path, setup.root.settings);
    return engine;
  });
  parentPort?.on('message', ({ index, plans }: { index: number; plans: readonly ModulePlan[] }) => {
    const work = async (): Promise<ChunkResult> => {
      const engine = await ready;
      const modules: CollectedModule[] = [];
      const failures: Failure[] = [];
      const stats = emptyStats();
      for await (const report of engine.checkPlans(plans, setup, failures, stats)) modules.push(collected(report));
      return { index, modules, failures, stats };
    };
    // An error here reaches the pool as the worker's 'error' event.
    work().then(
      (result) => parentPort?.postMessage(result),
      (error: unknown) => setImmediate(() => { throw error; }),
    );
  });
}
