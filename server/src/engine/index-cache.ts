/**
 * What the index found the last time, in a file of the host's storage: a module whose inputs have the same stamps as then
 * is not checked again. Anything odd about the file only means that modules are checked anew.
 */
import type { Host, Storage } from '../base/host.ts';
import { dirname } from '../base/host.ts';
import type { RootInfo } from './api.ts';
import { contentHash } from './file-store.ts';
import type { ModulePlan } from './module-map.ts';
import type { IndexedModule } from './node-index.ts';

interface Entry {
  /** The plan's hash: another Kbuild line makes another result. */
  readonly plan: string;
  /** Inputs, as numbers of `files`. */
  readonly inputs: readonly number[];
  readonly module: IndexedModule | null;
}

interface Saved {
  readonly key: string;
  /** Paths and their stamps, each once: most inputs are headers that many modules share. */
  readonly files: readonly (readonly [string, string])[];
  readonly plans: readonly (readonly [string, Entry])[];
}

/** Changes when the form of the file does. */
const FORMAT = 1;

export class IndexCache {
  private readonly name: string;
  private readonly key: string;
  private readonly storage: Storage | undefined;
  private readonly host: Host;
  private readonly entries = new Map<string, Entry>();
  private readonly files: string[] = [];
  private readonly numbers = new Map<string, number>();
  /** Stamps as the last run saw them, and as they are now. */
  private readonly before = new Map<number, string>();
  private readonly now = new Map<number, string | undefined>();
  /** Modules of which this run knows that what is kept of them is true now. */
  private readonly confirmed = new Set<string>();
  private dirty = false;

  private constructor(name: string, key: string, storage: Storage | undefined, host: Host) {
    this.name = name;
    this.key = key;
    this.storage = host.stamp === undefined ? undefined : storage;
    this.host = host;
  }

  static async open(root: RootInfo, build: string, storage: Storage | undefined, host: Host): Promise<IndexCache> {
    const { path, settings, generation, knowledge } = root;
    const contracts = settings.contracts.length === 0 ? [] : knowledge.files;
    const key = contentHash(JSON.stringify([FORMAT, build, path, settings, generation, contracts]));
    const cache = new IndexCache(`nodes-${contentHash(path)}.json`, key, storage, host);
    await cache.load();
    return cache;
  }

  private async load(): Promise<void> {
    const text = await this.storage?.read(this.name);
    if (text === undefined) return;
    try {
      const saved = JSON.parse(text) as Saved;
      if (saved.key !== this.key) return;
      for (const [path, stamp] of saved.files) this.before.set(this.numberOf(path), stamp);
      for (const [id, entry] of saved.plans) this.entries.set(id, entry);
    } catch {
      this.entries.clear();
    }
  }

  /** What was found of a module, when nothing that it depends on has changed since. */
  async find(plan: ModulePlan): Promise<Entry | undefined> {
    const entry = this.entries.get(plan.id);
    if (entry === undefined || entry.plan !== hashOf(plan)) return undefined;
    if (this.confirmed.has(plan.id)) return entry;
    for (const number of entry.inputs) {
      const stamp = await this.stamp(number);
      if (stamp === undefined || stamp !== this.before.get(number)) return undefined;
    }
    this.confirmed.add(plan.id);
    return entry;
  }

  /** Whether a change of these files or folders can change the result of a module. */
  mayDependOn(plan: ModulePlan, changed: readonly string[]): boolean {
    const entry = this.entries.get(plan.id);
    if (entry === undefined || entry.plan !== hashOf(plan)) return true;
    const numbers = new Set(changed.flatMap((path) => [path, dirname(path)]).map((path) => this.numbers.get(path)));
    return entry.inputs.some((number) => numbers.has(number));
  }

  async store(plan: ModulePlan, inputs: readonly string[], module: IndexedModule | null): Promise<void> {
    this.dirty = true;
    this.entries.delete(plan.id);
    const numbers = inputs.map((path) => this.numberOf(path));
    for (const number of numbers) if ((await this.stamp(number)) === undefined) return;
    this.entries.set(plan.id, { plan: hashOf(plan), inputs: numbers, module });
    this.confirmed.add(plan.id);
  }

  /** Forgets modules that are not there any more. */
  keepOnly(plans: readonly ModulePlan[]): void {
    const there = new Set(plans.map((plan) => plan.id));
    for (const id of this.entries.keys()) if (!there.has(id)) this.dirty = this.entries.delete(id) || this.dirty;
  }

  /** A run that was stopped has not looked at every module: of those, the ones with a changed input are left out. */
  async save(): Promise<void> {
    if (!this.dirty || this.storage === undefined) return;
    this.dirty = false;
    const isSame = (number: number): boolean =>
      !this.now.has(number) || this.now.get(number) === this.before.get(number);
    const plans = [...this.entries].filter(([id, { inputs }]) => this.confirmed.has(id) || inputs.every(isSame));
    const files = this.files.map((path, number): readonly [string, string] => [
      path,
      this.now.get(number) ?? this.before.get(number) ?? '',
    ]);
    const saved: Saved = { key: this.key, files, plans };
    await this.storage.write(this.name, JSON.stringify(saved));
  }

  private numberOf(path: string): number {
    const known = this.numbers.get(path);
    if (known !== undefined) return known;
    const number = this.files.push(path) - 1;
    this.numbers.set(path, number);
    return number;
  }

  /** Asked once a run: what changes meanwhile is seen by the next. */
  private async stamp(number: number): Promise<string | undefined> {
    if (this.now.has(number)) return this.now.get(number);
    const stamp = await this.host.stamp?.(this.files[number] ?? '');
    this.now.set(number, stamp);
    return stamp;
  }
}

function hashOf(plan: ModulePlan): string {
  return contentHash(JSON.stringify(plan));
}
