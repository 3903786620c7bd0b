/** One run of the index over all roots, wherever it is run: plain data in, messages out. */
import type { CancellationToken } from '../base/cancellation.ts';
import { Cancelled } from '../base/cancellation.ts';
import type { Storage } from '../base/host.ts';
import type { Engine, IndexedModule, Settings } from '../engine/api.ts';
import { indexNodes } from '../engine/node-index.ts';

export interface IndexJob {
  readonly roots: readonly { readonly path: string; readonly settings: Partial<Settings> }[];
  /** Only what these files and folders may have changed. */
  readonly changed?: readonly string[];
}

export interface IndexBatch {
  readonly modules: readonly IndexedModule[];
  readonly done: number;
  readonly total: number;
}

/** A run that has begun. */
export interface IndexRunning {
  cancel(): void;
  /** `false` when it was cancelled. */
  readonly finished: Promise<boolean>;
}

/** Begins a run in whatever way the host has: a thread of its own, or between other work. */
export type IndexRunner = (job: IndexJob, onBatch: (batch: IndexBatch) => void) => IndexRunning;

/** ms between two messages. */
const BATCH = 150;

export async function runIndexJob(
  engine: Engine,
  { roots, changed }: IndexJob,
  place: { readonly storage: Storage | undefined; readonly build: string },
  token: CancellationToken,
  onBatch: (batch: IndexBatch) => void,
): Promise<boolean> {
  let modules: IndexedModule[] = [];
  let sent = 0;
  let progress = { done: 0, total: 0 };
  const send = (now: boolean): void => {
    const time = engine.host.now();
    if (!now && time - sent < BATCH) return;
    onBatch({ modules, ...progress });
    modules = [];
    sent = time;
  };
  try {
    for (const { path, settings } of roots) {
      const before = progress;
      await indexNodes({
        engine,
        root: await engine.addRoot(path, settings),
        ...place,
        ...(changed === undefined ? {} : { changed }),
        token,
        onModule: (module) => void modules.push(module),
        onProgress: (done, total) => {
          progress = { done: before.done + done, total: before.total + total };
          send(false);
        },
      });
    }
    return true;
  } catch (error) {
    if (error instanceof Cancelled) return false;
    throw error;
  } finally {
    send(true);
  }
}

/** Runs between other work, where there is no thread to spare or only the client can read the files. */
export function runBetween(engine: Promise<Engine>, build: string): IndexRunner {
  return (job, onBatch) => {
    const token = { isCancellationRequested: false };
    const cancel = (): void => {
      token.isCancellationRequested = true;
    };
    const place = { storage: undefined, build };
    return { cancel, finished: engine.then((ready) => runIndexJob(ready, job, place, token, onBatch)) };
  };
}
