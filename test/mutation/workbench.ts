/** Runs the engine over subjects and their mutants. Changed texts live in memory only. */
import type { DeviceNode } from '../../server/src/analysis/model.ts';
import type { DirectoryEntry, Host } from '../../server/src/base/host.ts';
import { basename, dirname } from '../../server/src/base/host.ts';
import type { Engine, Failure, Finding, Grammars, ModuleReport } from '../../server/src/engine/api.ts';
import { emptyStats } from '../../server/src/engine/api.ts';
import { createEngine } from '../../server/src/engine/engine.ts';

/** Absolute path → text; `undefined` hides a file. */
export type Overlay = Map<string, string | undefined>;

/** What a module looks like to users. */
export interface Outcome {
  readonly nodes: readonly DeviceNode[];
  readonly findings: readonly Finding[];
  /** Files of the module's own. */
  readonly files: readonly string[];
  /** Some module of them cannot be unloaded. */
  readonly builtin: boolean;
}

/** Files of the overlay before those of the disk. */
export function createOverlayHost(overlay: Overlay, disk: Host | undefined): Host {
  return {
    readText: async (path) => {
      const text = overlay.get(path);
      if (text !== undefined) return { kind: 'text', text };
      if (overlay.has(path) || disk === undefined) return { kind: 'unreadable', reason: 'no such file' };
      return disk.readText(path);
    },
    readDirectory: async (path) => {
      const entries = new Map<string, DirectoryEntry>();
      for (const entry of (await disk?.readDirectory(path)) ?? []) entries.set(entry.name, entry);
      for (const [file, text] of overlay) {
        if (text === undefined) {
          if (dirname(file) === path) entries.delete(basename(file));
          continue;
        }
        const prefix = path === '/' ? '/' : `${path}/`;
        if (!file.startsWith(prefix)) continue;
        const [name = '', ...below] = file.slice(prefix.length).split('/');
        entries.set(name, { name, kind: below.length === 0 ? 'file' : 'directory' });
      }
      return [...entries.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
    },
    now: () => performance.now(),
    yield: () => new Promise((resolve) => setImmediate(resolve)),
  };
}

export class Workbench {
  private readonly engine: Engine;
  private readonly overlay: Overlay;
  private readonly host: Host;

  private constructor(engine: Engine, overlay: Overlay, host: Host) {
    this.engine = engine;
    this.overlay = overlay;
    this.host = host;
  }

  static async open(root: string, overlay: Overlay, disk: Host | undefined, grammars: Grammars): Promise<Workbench> {
    const host = createOverlayHost(overlay, disk);
    const engine = await createEngine({ host, grammars });
    const { problems } = await engine.addRoot(root);
    if (problems.length > 0) throw new Error(problems.join('\n'));
    return new Workbench(engine, overlay, host);
  }

  async read(path: string): Promise<string | undefined> {
    const result = await this.host.readText(path);
    return result.kind === 'text' ? result.text : undefined;
  }

  /** The modules that the files belong to, with every file of theirs. */
  async check(files: readonly string[]): Promise<Outcome> {
    const failures: Failure[] = [];
    const plans = await this.engine.planTree(files, failures, emptyStats());
    const reports: ModuleReport[] = [];
    const whole = plans.map(({ reported: _reported, ...plan }) => plan);
    for await (const report of this.engine.checkPlans(whole, { everything: true }, failures, emptyStats()))
      reports.push(report);
    if (failures.length > 0) throw new Error(failures.map(({ file, reason }) => `${file}: ${reason}`).join('\n'));
    return {
      nodes: reports.flatMap((report) => report.analysis.nodes),
      findings: reports.flatMap((report) => report.files).flatMap((file) => file.findings),
      files: [...new Set(whole.flatMap((plan) => plan.files))],
      builtin: whole.some((plan) => plan.builtin === true),
    };
  }

  /** Checks with other texts in place of some files, and puts the old ones back. */
  async checkWith(files: readonly string[], changed: ReadonlyMap<string, string | undefined>): Promise<Outcome> {
    const before = [...changed.keys()].map((path) => ({
      path,
      had: this.overlay.has(path),
      text: this.overlay.get(path),
    }));
    for (const [path, text] of changed) this.put(path, text);
    try {
      return await this.check(files);
    } finally {
      for (const { path, had, text } of before) {
        if (had) this.put(path, text);
        else {
          this.overlay.delete(path);
          this.engine.invalidate(path);
        }
      }
    }
  }

  private put(path: string, text: string | undefined): void {
    this.overlay.set(path, text);
    this.engine.invalidate(path);
  }
}
