/**
 * The engine: all mutable state of a run or of an editor session. Files, clock and scheduling come from the host; nothing
 * here knows an editor protocol or a command line.
 */

import { analyseModule } from '../analysis/analyse.ts';
import { AnalysisCache } from '../analysis/analysis-cache.ts';
import type { ModuleAnalysis } from '../analysis/model.ts';
import type { CancellationToken } from '../base/cancellation.ts';
import { Budget, NEVER_CANCELLED } from '../base/cancellation.ts';
import type { Host } from '../base/host.ts';
import { basename, dirname } from '../base/host.ts';
import type { Span, TextEdit } from '../base/span.ts';
import { rules as allRules } from '../rules/index.ts';
import type { Rule } from '../rules/rule.ts';
import { CParser } from '../syntax/c-parser.ts';
import { RustParser } from '../syntax/rust-parser.ts';
import type {
  BatchOptions,
  BatchStats,
  CodeActionOffer,
  Engine,
  Failure,
  FileReport,
  Grammars,
  HoverResult,
  InlayHintResult,
  LensResult,
  ModuleReport,
  Phase,
  RootInfo,
  Settings,
  Timeline,
} from './api.ts';
import { emptyStats } from './api.ts';
import type { FileScan } from './batch.ts';
import {
  checkPlans,
  describe,
  filesBeside,
  planTree,
  SOURCE_FILE,
  scanFile,
  scanText,
  selectPlans,
  wantedBy,
} from './batch.ts';
import { BoundedCache } from './bounded-cache.ts';
import * as queries from './editor-queries.ts';
import { contentHash, FileStore } from './file-store.ts';
import { Folders } from './folders.ts';
import type { LoadedModule, LoaderContext, NeighbourSearch } from './module-loader.ts';
import { loadModule } from './module-loader.ts';
import type { ModulePlan } from './module-map.ts';
import { ModuleMap } from './module-map.ts';
import type { ReportContext } from './report.ts';
import { reportModule } from './report.ts';
import type { Root, RootContext } from './roots.ts';
import { findRoot, openRoot, unrootedDefaults } from './roots.ts';
import { TreeSources } from './tree-sources.ts';

export interface EngineOptions {
  readonly host: Host;
  readonly grammars: Grammars;
  /** A person's own settings file. */
  readonly userFile?: string;
  /** For tests of the engine itself. */
  readonly analyse?: typeof analyseModule;
  readonly rules?: readonly Rule[];
}

/** A module that was checked, as long as none of its texts change. */
export interface CheckedModule {
  readonly plan: ModulePlan;
  readonly key: string;
  readonly root: Root;
  readonly loaded: LoadedModule;
  readonly analysis: ModuleAnalysis;
  readonly reports: readonly FileReport[];
}

const MAX_CHECKED_MODULES = 16;
/** What makes the next analysis of a module quick takes some memory; one edits few modules at a time. */
const MAX_ANALYSED_MODULES = 4;

export async function createEngine(options: EngineOptions): Promise<Engine> {
  const parser = await CParser.create({ runtime: options.grammars.runtime, grammar: options.grammars.c });
  return new RemovalEngine(options, parser);
}

class RemovalEngine implements Engine {
  readonly host: Host;
  readonly rules: readonly Rule[];
  private readonly analyse: typeof analyseModule;
  private readonly store: FileStore;
  private readonly folders: Folders;
  private readonly modules: ModuleMap;
  private readonly rootContext: RootContext;
  private readonly roots = new Map<string, Root>();
  private readonly unrooted: Root = unrootedDefaults();
  private readonly treeSources: TreeSources;
  private readonly searches = new BoundedCache<NeighbourSearch>(MAX_CHECKED_MODULES);
  private readonly analysed = new BoundedCache<AnalysisCache>(MAX_ANALYSED_MODULES);
  private readonly checked = new BoundedCache<CheckedModule>(MAX_CHECKED_MODULES);

  constructor(options: EngineOptions, parser: CParser) {
    this.host = options.host;
    this.rules = options.rules ?? allRules;
    this.analyse = options.analyse ?? analyseModule;
    const { runtime, rust } = options.grammars;
    this.store = new FileStore(options.host, parser, async () => RustParser.create({ runtime, grammar: await rust() }));
    this.treeSources = new TreeSources(options.host);
    this.folders = new Folders(options.host);
    this.modules = new ModuleMap(options.host, this.folders);
    this.rootContext = {
      host: options.host,
      folders: this.folders,
      modules: this.modules,
      ruleIds: this.rules.map((rule) => rule.id),
      ...(options.userFile === undefined ? {} : { userFile: options.userFile }),
    };
  }

  async addRoot(path: string, settings: Partial<Settings> = {}): Promise<RootInfo> {
    this.folders.invalidate(`${path}/.`);
    const root = await openRoot(path, settings, this.rootContext);
    this.roots.set(path, root);
    return root;
  }

  removeRoot(path: string): void {
    this.roots.delete(path);
  }

  findRoot(path: string): Promise<string> {
    return this.folders.has(path).then((isFile) => findRoot(isFile ? dirname(path) : path, this.rootContext));
  }

  rootOf(path: string): RootInfo | undefined {
    const root = this.rootFor(path);
    return root === this.unrooted ? undefined : root;
  }

  openDocument(path: string, text: string, version: number): void {
    this.store.open(path, text, version);
  }

  changeDocument(
    path: string,
    changes: readonly { readonly span?: Span; readonly text: string }[],
    version: number,
  ): void {
    this.store.change(path, changes, version);
  }

  closeDocument(path: string): void {
    this.store.close(path);
  }

  invalidate(path: string): void {
    this.store.invalidate(path);
    this.treeSources.invalidate(path);
    this.folders.invalidate(path);
    // New or deleted sources change modules as much as the files that name them.
    this.modules.invalidate();
  }

  documentVersion(path: string): number | undefined {
    return this.store.version(path);
  }

  text(path: string): string | undefined {
    return this.store.current(path)?.text;
  }

  async checkFile(path: string, token?: CancellationToken): Promise<FileReport> {
    const checked = await this.checkedModule(path, token);
    const report = checked?.reports.find((candidate) => candidate.file === path);
    return report ?? { file: path, findings: [], suppressed: [], nodes: [], notes: [], resultId: contentHash('') };
  }

  async *checkTree(
    paths: readonly string[],
    options: BatchOptions,
    failures: Failure[],
    stats: BatchStats = emptyStats(),
  ): AsyncIterable<ModuleReport> {
    const plans = await this.planTree(paths, failures, stats);
    const scans = await this.scanPlans(plans, options);
    yield* this.checkPlans(this.selectPlans(plans, scans, options, failures), options, failures, stats);
  }

  async scanPlans(plans: readonly ModulePlan[], options: BatchOptions): Promise<ReadonlyMap<string, FileScan>> {
    const scans = new Map<string, FileScan>();
    for (const file of plans.flatMap((plan) => plan.files))
      if (!scans.has(file)) scans.set(file, await this.scanFile(file));
    for (const file of await this.filesBeside(plans, scans, options)) scans.set(file, await this.scanFile(file));
    return scans;
  }

  filesBeside(
    plans: readonly ModulePlan[],
    scans: ReadonlyMap<string, FileScan>,
    options: BatchOptions,
  ): Promise<readonly string[]> {
    const relevanceOf = (path: string) => this.rootFor(path).relevance;
    return filesBeside(plans, scans, wantedBy(options, this.rules), { folders: this.folders, relevanceOf });
  }

  async scanFile(path: string): Promise<FileScan> {
    const { relevance } = this.rootFor(path);
    const open = this.store.version(path) === undefined ? undefined : this.store.current(path);
    return open === undefined ? scanFile(path, this.host, relevance) : scanText(path, open.text, relevance);
  }

  selectPlans(
    plans: readonly ModulePlan[],
    scans: ReadonlyMap<string, FileScan>,
    options: BatchOptions,
    failures: Failure[],
  ): readonly ModulePlan[] {
    const wanted = wantedBy(options, this.rules);
    return selectPlans(plans, scans, wanted, (path) => this.rootFor(path).relevance, failures);
  }

  planTree(paths: readonly string[], failures: Failure[], stats: BatchStats): Promise<readonly ModulePlan[]> {
    const ctx = {
      folders: this.folders,
      modules: this.modules,
      rootOf: (path: string) => this.rootFor(path),
      planOf: (path: string) => this.planOf(path),
    };
    return planTree(paths, ctx, failures, stats);
  }

  checkPlans(
    plans: readonly ModulePlan[],
    options: BatchOptions,
    failures: Failure[],
    stats: BatchStats,
  ): AsyncIterable<ModuleReport> {
    const ctx = {
      host: this.host,
      checkPlan: async (plan: ModulePlan, breathe: () => Promise<void>, into: Failure[], only?: readonly string[]) => {
        const root = this.rootFor(plan.files[0] ?? '/');
        const clock = phaseClock(this.host, stats);
        const loaded = await loadModule(plan, this.loaderContext(root, breathe));
        clock.end('load');
        const wanted = plan.families === undefined ? undefined : new Set(plan.families);
        const analysis = this.analyse(loaded.input, root.knowledge, undefined, wanted);
        clock.end('analysis');
        const files = this.report(plan, root, loaded, analysis, into, {
          triesFixes: true,
          ...(only === undefined ? {} : { only }),
        });
        clock.end('report');
        const { reported } = plan;
        return {
          module: plan.name,
          files: reported === undefined ? files : files.filter((file) => reported.includes(file.file)),
          analysis,
          inputs: inputsOf(loaded),
        };
      },
    };
    return checkPlans(plans, ctx, options, failures, stats);
  }

  async hover(path: string, offset: number): Promise<HoverResult | undefined> {
    const checked = await this.checkedModule(path);
    return checked === undefined ? undefined : queries.hover(checked, path, offset, this.textOf, this.treeSources);
  }

  async codeActions(path: string, span: Span, token?: CancellationToken): Promise<readonly CodeActionOffer[]> {
    const checked = await this.checkedModule(path, token);
    return checked === undefined ? [] : queries.codeActions(checked, path, span, this.rules, this.textOf);
  }

  async resolveAction(path: string, id: string): Promise<readonly TextEdit[] | undefined> {
    const checked = await this.checkedModule(path);
    return checked === undefined ? undefined : queries.resolveAction(checked, path, id, this.rules, this.textOf);
  }

  async fixAll(path: string, token?: CancellationToken): Promise<readonly TextEdit[]> {
    const checked = await this.checkedModule(path, token);
    return checked === undefined ? [] : queries.fixAll(checked, path, this.rules, this.textOf);
  }

  async lenses(path: string): Promise<readonly LensResult[]> {
    const checked = await this.checkedModule(path);
    return checked === undefined ? [] : queries.lenses(checked, path);
  }

  async inlayHints(path: string, span: Span, token?: CancellationToken): Promise<readonly InlayHintResult[]> {
    const checked = await this.checkedModule(path, token);
    return checked === undefined ? [] : queries.inlayHints(checked, path, span);
  }

  async timeline(path: string, span: Span, token?: CancellationToken): Promise<Timeline | undefined> {
    const checked = await this.checkedModule(path, token);
    return checked === undefined ? undefined : queries.timeline(checked, path, span, this.textOf);
  }

  async explain(path: string, line: number): Promise<string> {
    const checked = await this.checkedModule(path);
    return checked === undefined ? 'This file could not be read.' : queries.explain(checked, path, line, this.textOf);
  }

  private readonly textOf = (path: string): string => this.store.current(path)?.text ?? '';

  /** Checks the module of a file again if any of its texts changed; `undefined` for what is neither C nor Rust or cannot be read. */
  private async checkedModule(
    path: string,
    token: CancellationToken = NEVER_CANCELLED,
  ): Promise<CheckedModule | undefined> {
    if (!SOURCE_FILE.test(path) && this.store.version(path) === undefined) return undefined;
    const budget = new Budget(this.host, token);
    const root = this.rootFor(path);
    const plan = await this.planOf(path);
    const loaded = await loadModule(
      plan,
      this.loaderContext(root, () => budget.breathe(), path),
    );
    if (!loaded.texts.has(path)) return undefined;
    const known = this.checked.get(plan.id);
    if (known !== undefined && known.key === loaded.key && known.root === root) return known;
    const cache = this.analysed.get(plan.id) ?? new AnalysisCache();
    const analysis = this.analyse(loaded.input, root.knowledge, cache);
    this.analysed.set(plan.id, cache, 1);
    const failures: Failure[] = [];
    const reports = this.report(plan, root, loaded, analysis, failures, { triesFixes: false });
    const checked = { plan, key: loaded.key, root, loaded, analysis, reports: withFailures(reports, failures) };
    this.checked.set(plan.id, checked, 1);
    return checked;
  }

  private report(
    plan: ModulePlan,
    root: Root,
    loaded: LoadedModule,
    analysis: ModuleAnalysis,
    failures: Failure[],
    how: Pick<ReportContext, 'triesFixes' | 'only'>,
  ): readonly FileReport[] {
    return reportModule(loaded, analysis, {
      rules: this.rules,
      settings: root.settings,
      root: root.path,
      generation: queries.generationView(root.generation, root.settings.api),
      ...how,
      onRuleFailure: (rule, error) => {
        failures.push({ file: plan.files[0] ?? plan.name, reason: `rule ${rule}: ${describe(error)}`, internal: true });
      },
    });
  }

  private loaderContext(root: Root, breathe: () => Promise<void>, wanted?: string): LoaderContext {
    return {
      store: this.store,
      folders: this.folders,
      knowledge: root.knowledge,
      relevance: root.relevance,
      searches: this.searches,
      breathe,
      ...(wanted === undefined ? {} : { wanted }),
    };
  }

  /** A header belongs to the first module of its folder that includes it. */
  private async planOf(path: string): Promise<ModulePlan> {
    if (!path.startsWith('/'))
      return { id: path, name: basename(path), files: [path], includeFolders: [], loose: true };
    if (!path.endsWith('.h')) return this.modules.planOf(path);
    const include = new RegExp(`#\\s*include\\s+["<](?:[^">]*/)?${basename(path).replace(/[.+]/g, '\\$&')}[">]`);
    for (const plan of await this.modules.plansIn(dirname(path))) {
      for (const file of plan.files) {
        const read = await this.store.read(file);
        if ('text' in read && include.test(read.text)) return plan;
      }
    }
    return this.modules.planOf(path);
  }

  private rootFor(path: string): Root {
    let best = this.unrooted;
    for (const root of this.roots.values()) {
      const holds = path === root.path || path.startsWith(root.path.endsWith('/') ? root.path : `${root.path}/`);
      if (holds && (best === this.unrooted || root.path.length > best.path.length)) best = root;
    }
    return best;
  }
}

/** Adds the time since the last call to a phase. */
function phaseClock(host: Host, { phases }: BatchStats): { end(phase: Phase): void } {
  let last = host.now();
  return {
    end(phase) {
      const now = host.now();
      phases[phase] += now - last;
      last = now;
    },
  };
}

/** Folders count too: a new header may hide another. */
function inputsOf({ texts, searched }: LoadedModule): readonly string[] {
  const files = new Set([...texts.keys(), ...searched]);
  return [...files, ...new Set([...files].map(dirname))];
}

/** In an editor an analyser that failed must not look clean either. */
function withFailures(reports: readonly FileReport[], failures: readonly Failure[]): readonly FileReport[] {
  if (failures.length === 0) return reports;
  const notes = failures.map(({ file, reason }) => ({
    at: { file, span: { start: 0, end: 0 } },
    reason,
    kind: 'failure' as const,
  }));
  return reports.map((report) => ({ ...report, notes: [...report.notes, ...notes] }));
}
