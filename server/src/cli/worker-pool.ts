/**
 * Checks modules in worker threads. Modules are dealt out in chunks of neighbouring folders, so that texts are
 * read once, the largest first. A worker that dies, or that does not finish a module in
 * five minutes, takes only that module with it: the rest of its chunk goes to a new worker.
 */
import { Worker } from 'node:worker_threads';
import type { CancellationToken } from '../base/cancellation.ts';
import type { ModulePlan } from '../engine/api.ts';
import { emptyStats } from '../engine/api.ts';
import type { RootSpec } from './engine-setup.ts';
import type { PlanOptions, PlanResult } from './plan-result.ts';

/** What a worker is started with. */
export interface WorkerSetup extends PlanOptions {
  readonly root: RootSpec;
}

export interface WorkerRun {
  readonly setup: WorkerSetup;
  /** How much work each plan is, in bytes of source. */
  readonly weights: readonly number[];
  readonly jobs: number;
  readonly token: CancellationToken;
}

/** A piece of work: plans and where they stand in the whole list. */
export interface Chunk {
  readonly first: number;
  readonly plans: readonly ModulePlan[];
}

/** From worker to pool: about to start the plan at `index`, done with it, done with the chunk. */
export type WorkerMessage =
  | { readonly kind: 'started'; readonly index: number }
  | { readonly kind: 'checked'; readonly index: number; readonly result: PlanResult }
  | { readonly kind: 'finished' };

/** Bytes of source: enough that neighbours share what was read, little enough that workers end together. */
const CHUNK_WEIGHT = 500_000;
const MODULE_TIME_LIMIT = 300_000;
/** MiB. Beyond it the worker ends, and with it the one module; without a limit the whole process would. */
const HEAP_LIMIT = 512;

/** Calls `onResult` once for each plan, in no particular order, unless the run is interrupted. */
export async function checkInWorkers(
  plans: readonly ModulePlan[],
  run: WorkerRun,
  onResult: (index: number, result: PlanResult) => void,
): Promise<void> {
  const chunks = chunked(plans, run.weights);
  const drain = async (): Promise<void> => {
    let worker: Worker | undefined;
    for (
      let chunk = chunks.shift();
      chunk !== undefined && !run.token.isCancellationRequested;
      chunk = chunks.shift()
    ) {
      worker ??= new Worker(__filename, {
        workerData: run.setup,
        resourceLimits: { maxOldGenerationSizeMb: HEAP_LIMIT },
      });
      const outcome = await checkChunk(worker, chunk, run.token, onResult);
      if (outcome === undefined) continue;
      await worker.terminate();
      worker = undefined;
      if (outcome.reason === undefined) break;
      const file = plans[outcome.index]?.files[0] ?? '';
      const failures = [{ file, reason: `internal error: ${outcome.reason}`, internal: true }];
      onResult(outcome.index, { failures, stats: emptyStats(), inputs: [] });
      const rest = chunk.plans.slice(outcome.index + 1 - chunk.first);
      if (rest.length > 0) chunks.unshift({ first: outcome.index + 1, plans: rest });
    }
    await worker?.terminate();
  };
  await Promise.all(Array.from({ length: Math.min(run.jobs, chunks.length) }, drain));
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
  onResult: (index: number, result: PlanResult) => void,
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
          onResult(message.index, message.result);
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

/** Neighbours together, the largest first: what is left at the end is small. */
function chunked(plans: readonly ModulePlan[], weights: readonly number[]): Chunk[] {
  const chunks: (Chunk & { readonly weight: number })[] = [];
  let first = 0;
  let weight = 0;
  for (const index of plans.keys()) {
    weight += weights[index] ?? 0;
    if (weight < CHUNK_WEIGHT && index < plans.length - 1) continue;
    chunks.push({ first, plans: plans.slice(first, index + 1), weight });
    first = index + 1;
    weight = 0;
  }
  return chunks.sort((a, b) => b.weight - a.weight || a.first - b.first);
}
