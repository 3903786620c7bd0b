/**
 * Results of earlier runs, kept under the user's cache folder: a module whose inputs have the same size and times as
 * then is not checked again. One file per root, settings, rules and build of the program. Anything odd about the file
 * only means that the modules are checked anew.
 */
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { deserialize, serialize } from 'node:v8';
import type { ModulePlan } from '../engine/api.ts';
import type { PlanResult } from './plan-result.ts';

interface Entry {
  /** The plan as text: another Kbuild line makes another result. */
  readonly plan: string;
  /** Stamps of the inputs, in their order. */
  readonly stamps: readonly string[];
  readonly result: PlanResult;
}

const FORMAT = 1;
const KEPT_DAYS = 30;
const DAY = 24 * 60 * 60 * 1000;

/** `$XDG_CACHE_HOME/revsafe`, or the same under `~/.cache`. */
export function cacheFolder(environment: NodeJS.ProcessEnv = process.env): string {
  return join(environment.XDG_CACHE_HOME || join(homedir(), '.cache'), 'revsafe');
}

/** Results of one kind of run on one root. */
export class ResultCache {
  private readonly file: string;
  private readonly entries: Map<string, Entry>;
  private readonly stamps = new Map<string, string | undefined>();
  private readonly started = Date.now();
  private changed = false;

  /** `key` names everything besides the inputs that a result depends on. */
  constructor(folder: string, key: string) {
    this.file = join(folder, `${createHash('sha256').update(`${FORMAT}\n${key}`).digest('hex').slice(0, 32)}.bin`);
    this.entries = readEntries(this.file);
  }

  find(plan: ModulePlan): PlanResult | undefined {
    const entry = this.entries.get(plan.id);
    if (entry === undefined || entry.plan !== JSON.stringify(plan)) return undefined;
    const isSame = entry.result.inputs.every((input, index) => this.stamp(input) === entry.stamps[index]);
    return isSame ? entry.result : undefined;
  }

  /** Results with failures are not kept: what caused them may be outside the inputs. */
  store(plan: ModulePlan, result: PlanResult): void {
    if (result.failures.length > 0) return;
    const stamps: string[] = [];
    for (const input of result.inputs) {
      const stamp = this.stamp(input);
      if (stamp === undefined) return;
      stamps.push(stamp);
    }
    this.entries.set(plan.id, { plan: JSON.stringify(plan), stamps, result });
    this.changed = true;
  }

  /** Writes the cache; a sentence about what went wrong, if anything did. */
  save(): string | undefined {
    if (!this.changed) return undefined;
    const temporary = `${this.file}.${process.pid}`;
    try {
      mkdirSync(dirname(this.file), { recursive: true });
      writeFileSync(temporary, serialize([...this.entries]));
      renameSync(temporary, this.file);
      removeOld(dirname(this.file));
      return undefined;
    } catch (error) {
      rmSync(temporary, { force: true });
      return `results could not be kept for the next run: ${error instanceof Error ? error.message : String(error)}`;
    }
  }

  /** `undefined` for what cannot be told from a later edit: gone, or changed while this run was under way. */
  private stamp(path: string): string | undefined {
    if (this.stamps.has(path)) return this.stamps.get(path);
    const found = statSync(path, { throwIfNoEntry: false });
    const isSettled = found !== undefined && found.mtimeMs < this.started && found.ctimeMs < this.started;
    const stamp = isSettled ? `${found.size} ${found.mtimeMs} ${found.ctimeMs} ${found.ino}` : undefined;
    this.stamps.set(path, stamp);
    return stamp;
  }
}

function readEntries(file: string): Map<string, Entry> {
  try {
    return new Map(deserialize(readFileSync(file)) as [string, Entry][]);
  } catch {
    return new Map();
  }
}

/** Roots and builds that nobody checks any more. */
function removeOld(folder: string): void {
  for (const name of readdirSync(folder)) {
    const path = join(folder, name);
    const found = statSync(path, { throwIfNoEntry: false });
    if (found?.isFile() && Date.now() - found.mtimeMs > KEPT_DAYS * DAY) rmSync(path, { force: true });
  }
}
