/**
 * Checks modules in worker threads. Modules are dealt out in chunks of neighbouring folders, so that texts are
 * read once; results are put back in the order of the plans. A worker that dies, or that does not finish a module in a
 * minute, takes only that module with it: the rest of its chunk goes to a new worker.
 */
import { Worker } from 'node:worker_threads';
import type { CancellationToken } from '../base/cancellation.ts';
import type { BatchStats, Failure, ModulePlan } from '../engine/api.ts';
import type { CollectedModule } from './collect.ts';
import type { RootSpec } from './engine-setup.ts';
import type { Progress } from './progress.ts';

/** What a worker is started with. */
export interface WorkerSetup {
  readonly root: RootSpec;
  readonly rules?: readonly string[];
  readonly everything?: boolean;
}

export interface WorkerRun {
  readonly setup: WorkerSetup;
  readonly jobs: number;
  readonly token: CancellationToken;
  readonly progress: Progress;
}

/** A piece of work: plans and where they stand in the whole list. */
export interface Chunk {
  readonly first: number;
  readonly plans: readonly ModulePlan[];
}

/** From worker to pool: about to start the plan at `index`, done with it, done with the chunk. */
export type WorkerMessage =
  | { readonly kind: 'started'; readonly index: number }
  | {
      readonly kind: 'checked';
      readonly index: number;
      readonly modules: readonly CollectedModule[];
      readonly failures: readonly Failure[];
      readonly stats: BatchStats;
    }
  | { readonly kind: 'finished' };

const FILES_PER_CHUNK = 48;
const MODULE_TIME_LIMIT = 60_000;

export async function checkInWorkers(
  plans: readonly ModulePlan[],
  run: WorkerRun,
  failures: Failure[],
  stats: BatchStats,
): Promise<readonly CollectedModule[]> {
  const chunks = chunked(plans);
  const results: (readonly CollectedModule[])[] = plans.map(() => []);
  let done = 0;

  const onChecked = (message: Extract<WorkerMessage, { kind: 'checked' }>): void => {
    results[message.index] = message.modules;
    failures.push(...message.failures);
    stats.parsed += message.stats.parsed;
    stats.modules += message.stats.modules;
    stats.nodes += message.stats.nodes;
    stats.functions += message.stats.functions;
    run.progress.count(++done, plans.length, plans[message.index]?.files[0] ?? '');
  };

  const drain = async (): Promise<void> => {
    let worker: Worker | undefined;
    for (
      let chunk = chunks.shift();
      chunk !== undefined && !run.token.isCancellationRequested;
      chunk = chunks.shift()
    ) {
      worker ??= new Worker(__filename, { workerData: run.setup });
      const outcome = await checkChunk(worker, chunk, run.token, onChecked);
      if (outcome === undefined) continue;
      await worker.terminate();
      worker = undefined;
      if (outcome.reason === undefined) break;
      const plan = plans[outcome.index];
      failures.push({ file: plan?.files[0] ?? '', reason: `internal error: ${outcome.reason}`, internal: true });
      const rest = chunk.plans.slice(outcome.index + 1 - chunk.first);
      if (rest.length > 0) chunks.unshift({ first: outcome.index + 1, plans: rest });
    }
    await worker?.terminate();
  };
  await Promise.all(Array.from({ length: Math.min(run.jobs, chunks.length) }, drain));
  return results.flat();
}

interface Stop {
  readonly index: number;
  /** Absent when the run was interrupted. */
  readonly reason?: string;
}

/** Resolves to `undefined` when the whole chunk was checked, else to where it stopped. */
function checkChunk(
  worker: Worker,
  chunk: Chunk,
  token: CancellationToken,
  onChecked: (message: Extract<WorkerMessage, { kind: 'checked' }>) => void,
): Promise<Stop | undefined> {
  return new Promise((resolve) => {
    let index = chunk.first;
    let started = performance.now();
    const watch = setInterval(() => {
      if (token.isCancellationRequested) settle({ index });
      else if (performance.now() - started > MODULE_TIME_LIMIT) {
        settle({ index, reason: `no result after ${MODULE_TIME_LIMIT / 1000} s` });
      }
    }, 100);
    const settle = (stop: Stop | undefined): void => {
      clearInterval(watch);
      worker.off('message', onMessage);
      worker.off('error', onError);
      worker.off('exit', onExit);
      resolve(stop);
    };
    const onMessage = (message: WorkerMessage): void => {
      switch (message.kind) {
        case 'started':
          index = message.index;
          started = performance.now();
          break;
        case 'checked':
          onChecked(message);
          break;
        case 'finished':
          settle(undefined);
          break;
      }
    };
    const onError = (error: Error): void => settle({ index, reason: error.message });
    const onExit = (code: number): void => settle({ index, reason: `a worker ended with code ${code}` });
    worker.on('message', onMessage);
    worker.on('error', onError);
    worker.on('exit', onExit);
    worker.postMessage(chunk);
  });
}

function chunked(plans: readonly ModulePlan[]): Chunk[] {
  const chunks: Chunk[] = [];
  let first = 0;
  let files = 0;
  for (const [index, plan] of plans.entries()) {
    files += plan.files.length;
    if (files < FILES_PER_CHUNK && index < plans.length - 1) continue;
    chunks.push({ first, plans: plans.slice(first, index + 1) });
    first = index + 1;
    files = 0;
  }
  return chunks;
}
