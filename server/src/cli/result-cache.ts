/**
 * Results of earlier runs, kept under the user's cache folder: a module whose inputs have the same size and times as
 * then is not checked again. One folder per root, settings, rules and build of the program, with modules spread over some
 * files, so that one changed module does not write everything anew. Anything odd about a file only means that its modules
 * are checked again; of two runs at once the later one's files stay.
 */
import { join } from 'node:path';
import { deserialize, serialize } from 'node:v8';
import type { ModulePlan } from '../engine/api.ts';
import { emptyStats } from '../engine/api.ts';
import type { FileStamps } from './cache-file.ts';
import { nameOfKey, readCacheFile, writeCacheFile } from './cache-file.ts';
import type { PlanResult } from './plan-result.ts';

interface Entry {
  /** The plan as text: another Kbuild line makes another result. */
  readonly plan: string;
  /** Stamps of the inputs, in their order. */
  readonly stamps: readonly string[];
  readonly result: PlanResult;
}

interface Shard {
  readonly file: string;
  readonly entries: Map<string, Entry>;
  changed: boolean;
}

const FORMAT = 2;
const SHARDS = 64;

/** Results of one kind of run on one root. */
export class ResultCache {
  private readonly folder: string;
  private readonly stamps: FileStamps;
  private readonly shards = new Map<number, Shard>();

  /** `key` names everything besides the inputs that a result depends on. */
  constructor(folder: string, key: string, stamps: FileStamps) {
    this.folder = join(folder, nameOfKey(`${FORMAT}\n${key}`));
    this.stamps = stamps;
  }

  find(plan: ModulePlan): PlanResult | undefined {
    const entry = this.shardOf(plan).entries.get(plan.id);
    if (entry === undefined || entry.plan !== JSON.stringify(plan)) return undefined;
    const isSame = entry.result.inputs.every((input, index) => this.stamps.of(input) === entry.stamps[index]);
    return isSame ? entry.result : undefined;
  }

  /** Results with failures are not kept: what caused them may be outside the inputs. */
  store(plan: ModulePlan, result: PlanResult): void {
    if (result.failures.length > 0) return;
    const stamps: string[] = [];
    for (const input of result.inputs) {
      const stamp = this.stamps.of(input);
      if (stamp === undefined) return;
      stamps.push(stamp);
    }
    const shard = this.shardOf(plan);
    // The time that it took is not spent again.
    const stats = { ...result.stats, phases: emptyStats().phases };
    shard.entries.set(plan.id, { plan: JSON.stringify(plan), stamps, result: { ...result, stats } });
    shard.changed = true;
  }

  /** Throws what the file system says. */
  save(): void {
    for (const shard of this.shards.values()) {
      if (!shard.changed) continue;
      writeCacheFile(shard.file, serialize([...shard.entries]));
      shard.changed = false;
    }
  }

  private shardOf(plan: ModulePlan): Shard {
    const index = shardIndex(plan.id);
    let shard = this.shards.get(index);
    if (shard === undefined) {
      const file = join(this.folder, `${index}.bin`);
      shard = { file, entries: readEntries(file), changed: false };
      this.shards.set(index, shard);
    }
    return shard;
  }
}

function shardIndex(id: string): number {
  let hash = 0;
  for (let at = 0; at < id.length; at++) hash = (Math.imul(hash, 31) + id.charCodeAt(at)) | 0;
  return (hash >>> 0) % SHARDS;
}

function readEntries(file: string): Map<string, Entry> {
  const content = readCacheFile(file);
  return content === undefined ? new Map() : new Map(deserialize(content) as [string, Entry][]);
}
