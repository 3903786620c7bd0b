/**
 * Checks modules in worker threads. Modules are dealt out in chunks of neighbouring folders, so that texts are
 * read once; results are put back in the order of the plans. A worker that dies takes only its chunk with it.
 */
import { Worker } from 'node:worker_threads';
import type { CancellationToken } from '../base/cancellation.ts';
import type { BatchStats, Failure, ModulePlan } from '../engine/api.ts';
import type { CollectedModule } from './collect.ts';
import type { RootSpec } from './engine-setup.ts';
import type { Progress } from './progress.ts';

export interface WorkerRun {
  readonly root: RootSpec;
  readonly rules?: readonly string[];
  readonly everything?: boolean;
  readonly jobs: number;
  readonly token: CancellationToken;
  readonly progress: Progress;
}

/** What a worker is started with. */
export interface WorkerSetup {
  readonly root: RootSpec;
  readonly rules?: readonly string[];
  readonly everything?: boolean;
}

export interface ChunkResult {
  readonly index: number;
  readonly modules: readonly CollectedModule[];
  readonly failures: readonly Failure[];
  readonly stats: BatchStats;
}

const FILES_PER_CHUNK = 48;

export async function checkInWorkers(
  plans: readonly ModulePlan[],
  run: WorkerRun,
  failures: Failure[],
  stats: BatchStats,
): Promise<readonly CollectedModule[]> {
  const chunks = chunked(plans);
  const results: (ChunkResult | undefined)[] = chunks.map(() => undefined);
  const { root, rules, everything } = run;
  const setup: WorkerSetup = {
    root,
    ...(rules === undefined ? {} : { rules }),
    ...(everything === undefined ? {} : { everything }),
  };
  let next = 0;
  let modulesDone = 0;

  const drain = async (): Promise<void> => {
    let worker: Worker | undefined;
    while (next < chunks.length && !run.token.isCancellationRequested) {
      const index = next++;
      const chunk = chunks[index] ?? [];
      worker ??= new Worker(__filename, { workerData: setup });
      try {
        results[index] = await checkChunk(worker, index, chunk);
      } catch (error) {
        const reason = `internal error: a worker ended (${error instanceof Error ? error.message : String(error)})`;
        for (const plan of chunk) failures.push({ file: plan.files[0] ?? plan.name, reason, internal: true });
        await worker.terminate();
        worker = undefined;
      }
      modulesDone += chunk.length;
      run.progress.count(modulesDone, plans.length, chunk[0]?.files[0] ?? '');
    }
    await worker?.terminate();
  };
  await Promise.all(Array.from({ length: Math.min(run.jobs, chunks.length) }, drain));

  const modules: CollectedModule[] = [];
  for (const result of results) {
    if (result === undefined) continue;
    modules.push(...result.modules);
    failures.push(...result.failures);
    stats.parsed += result.stats.parsed;
    stats.modules += result.stats.modules;
    stats.nodes += result.stats.nodes;
    stats.functions += result.stats.functions;
  }
  return modules;
}

function checkChunk(worker: Worker, index: number, plans: readonly ModulePlan[]): Promise<ChunkResult> {
  return new Promise((resolve, reject) => {
    const settle = (act: () => void): void => {
      worker.off('message', onMessage);
      worker.off('error', onError);
      worker.off('exit', onExit);
      act();
    };
    const onMessage = (result: ChunkResult): void => settle(() => resolve(result));
    const onError = (error: Error): void => settle(() => reject(error));
    const onExit = (code: number): void => settle(() => reject(new Error(`exit code ${code}`)));
    worker.on('message', onMessage);
    worker.on('error', onError);
    worker.on('exit', onExit);
    worker.postMessage({ index, plans });
  });
}

function chunked(plans: readonly ModulePlan[]): readonly (readonly ModulePlan[])[] {
  const chunks: ModulePlan[][] = [];
  let current: ModulePlan[] = [];
  let files = 0;
  for (const plan of plans) {
    current.push(plan);
    files += plan.files.length;
    if (files < FILES_PER_CHUNK) continue;
    chunks.push(current);
    current = [];
    files = 0;
  }
  if (current.length > 0) chunks.push(current);
  return chunks;
}
