/** Runs a batch, in this thread or in several, and hands back the results in path order whatever the number of threads. */
import { statSync } from 'node:fs';
import { realpath } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { resolve } from 'node:path';
import type { CancellationToken } from '../base/cancellation.ts';
import { Cancelled } from '../base/cancellation.ts';
import { version } from '../base-node/version.ts';
import type { BatchStats, Engine, Failure, FileScan, ModulePlan, RootInfo, Settings } from '../engine/api.ts';
import { emptyStats } from '../engine/api.ts';
import { cacheFolder, FileStamps, removeOldFiles } from './cache-file.ts';
import type { RootSpec } from './engine-setup.ts';
import { createNodeEngine } from './engine-setup.ts';
import type { CollectedModule, PlanOptions, PlanResult } from './plan-result.ts';
import { addStats, checkPlan } from './plan-result.ts';
import type { Progress } from './progress.ts';
import { ResultCache } from './result-cache.ts';
import { ScanCache } from './scan-cache.ts';
import { UsageError } from './usage.ts';
import type { WorkerSetup } from './worker-pool.ts';
import { checkInWorkers } from './worker-pool.ts';

export interface Collection {
  readonly engine: Engine;
  /** Reports name files relative to this folder. */
  readonly root: RootInfo;
  readonly modules: readonly CollectedModule[];
  readonly failures: readonly Failure[];
  readonly stats: BatchStats;
  /** Stopped before the end: what is there is not all. */
  readonly interrupted: boolean;
  /** A file that was named on the command line could not be checked. */
  readonly missedTarget: boolean;
}

export interface CollectOptions extends PlanOptions {
  readonly kernel?: string;
  readonly settings: Partial<Settings>;
  readonly jobs?: number;
  /** Keep results for the next run, and use those of the last. */
  readonly cache: boolean;
  readonly token: CancellationToken;
  readonly progress: Progress;
  /** Report all of the modules that the paths belong to. */
  readonly wholeModules?: boolean;
  /** Texts that stand for those on disk: the state before a change, or after one that is not applied. */
  readonly texts?: ReadonlyMap<string, string>;
}

/** Fewer files than this are not worth the start of a worker. */
const MIN_FILES_FOR_WORKERS = 60;

export async function collect(paths: readonly string[], options: CollectOptions): Promise<Collection> {
  const start = performance.now();
  const { progress } = options;
  const engine = await createNodeEngine(options.texts);
  const targets = await Promise.all(
    (paths.length === 0 ? ['.'] : paths).map((path) => resolveTarget(path, options.texts)),
  );
  const spec = await rootFor(engine, targets, options);
  const root = await engine.addRoot(spec.path, spec.settings);
  requireKnownRules(options.rules, engine);

  const failures: Failure[] = [];
  const stats = emptyStats();
  progress.update('looking for modules');
  const planned = await engine.planTree(targets, failures, stats);
  const plans = options.wholeModules ? planned.map(({ reported: _reported, ...plan }) => plan) : planned;
  if (plans.length === 0) {
    const first = failures[0];
    if (first !== undefined) throw new UsageError(`${first.file}: ${first.reason}`);
    throw new UsageError(`no C files under ${paths.length === 0 ? 'the current folder' : paths.join(', ')}`);
  }

  const planOptions: PlanOptions = {
    ...(options.rules === undefined ? {} : { rules: options.rules }),
    ...(options.survey === undefined ? {} : { survey: options.survey }),
    ...(options.everyNode === undefined ? {} : { everyNode: options.everyNode }),
  };
  const scanning = performance.now();
  stats.phases.plan = scanning - start;
  // Results from memory say nothing about the files on disk.
  const caches = options.cache && options.texts === undefined ? openCaches(root, planOptions) : undefined;
  const scans = await scanAll(engine, plans, options, planOptions, caches?.scans);
  stats.phases.scan = performance.now() - scanning;
  const selected = engine.selectPlans(plans, scans, planOptions, failures);
  const results: (PlanResult | undefined)[] = selected.map((plan) => caches?.results.find(plan));
  const missing = [...selected.keys()].filter((index) => results[index] === undefined);
  const work = missing.flatMap((index) => selected[index] ?? []);
  stats.cached = selected.length - work.length;
  let done = stats.cached;
  const onResult = (index: number, result: PlanResult): void => {
    const plan = work[index];
    results[missing[index] ?? -1] = result;
    if (plan !== undefined) caches?.results.store(plan, result);
    progress.count('checking', ++done, selected.length, plan?.files[0] ?? '');
  };
  const weights = work.map((plan) => plan.files.reduce((sum, file) => sum + sizeOf(scans.get(file)), 0));
  await checkAll(engine, work, weights, { root: spec, ...planOptions }, options, onResult);
  const trouble = caches?.save();

  const modules: CollectedModule[] = [];
  for (const result of results) {
    if (result === undefined) continue;
    if (result.module !== undefined) modules.push(result.module);
    failures.push(...result.failures);
    addStats(stats, result.stats);
  }
  progress.clear();
  stats.elapsed = performance.now() - start;
  return {
    engine,
    root: trouble === undefined ? root : { ...root, problems: [...root.problems, trouble] },
    modules: withoutRepeats(modules),
    failures: failures.sort((a, b) => (a.file < b.file ? -1 : a.file > b.file ? 1 : 0)),
    stats,
    interrupted: results.includes(undefined) || options.token.isCancellationRequested,
    missedTarget: failures.some((failure) => targets.includes(failure.file)),
  };
}

/** Files whose scan takes about as long as a person notices. */
const SCANS_PER_TURN = 256;

/** Scans every file of the plans and those beside them, unless an earlier run has; an interrupted run leaves some out. */
async function scanAll(
  engine: Engine,
  plans: readonly ModulePlan[],
  { progress, token }: CollectOptions,
  planOptions: PlanOptions,
  cache: ScanCache | undefined,
): Promise<ReadonlyMap<string, FileScan>> {
  const scans = new Map<string, FileScan>();
  const scanEach = async (files: readonly string[]): Promise<void> => {
    const count = scans.size + files.length;
    for (const file of files) {
      const known = cache?.find(file);
      const scan = known ?? (await engine.scanFile(file));
      if (known === undefined) cache?.store(file, scan);
      scans.set(file, scan);
      if (scans.size % SCANS_PER_TURN > 0) continue;
      progress.count('scanning', scans.size, count, file);
      await engine.host.yield();
      if (token.isCancellationRequested) break;
    }
  };
  await scanEach([...new Set(plans.flatMap((plan) => plan.files))]);
  if (!token.isCancellationRequested) await scanEach(await engine.filesBeside(plans, scans, planOptions));
  return scans;
}

function sizeOf(scan: FileScan | undefined): number {
  return scan !== undefined && 'size' in scan ? scan.size : 0;
}

/** Here, or in worker threads when that is worth their start; results come in any order. */
async function checkAll(
  engine: Engine,
  plans: readonly ModulePlan[],
  weights: readonly number[],
  setup: WorkerSetup,
  { jobs = availableParallelism(), token, texts }: CollectOptions,
  onResult: (index: number, result: PlanResult) => void,
): Promise<void> {
  const files = plans.reduce((sum, plan) => sum + plan.files.length, 0);
  if (jobs > 1 && files >= MIN_FILES_FOR_WORKERS && texts === undefined)
    return checkInWorkers(plans, { setup, weights, jobs, token }, onResult);
  for (const [index, plan] of plans.entries()) {
    if (token.isCancellationRequested) return;
    try {
      onResult(index, await checkPlan(engine, plan, { ...setup, token }));
    } catch (error) {
      if (error instanceof Cancelled) return;
      throw error;
    }
    // A signal is only seen between two turns of the event loop.
    await engine.host.yield();
  }
}

interface Caches {
  readonly scans: ScanCache;
  readonly results: ResultCache;
  /** A sentence about what went wrong, if anything did. */
  save(): string | undefined;
}

function openCaches(root: RootInfo, options: PlanOptions): Caches {
  const folder = cacheFolder();
  const stamps = new FileStamps();
  const scans = new ScanCache(folder, scanKey(root), stamps);
  const results = new ResultCache(folder, resultKey(root, options), stamps);
  return {
    scans,
    results,
    save() {
      try {
        scans.save();
        results.save();
        removeOldFiles(folder);
        return undefined;
      } catch (error) {
        return `results could not be kept for the next run: ${error instanceof Error ? error.message : String(error)}`;
      }
    },
  };
}

/** What scans depend on besides the files; the bundle's own stamp stands for the program. */
function scanKey({ path, settings, knowledge }: RootInfo): string {
  const { size, mtimeMs } = statSync(__filename);
  const contracts = settings.contracts.length === 0 ? [] : knowledge.files;
  return JSON.stringify([version, size, mtimeMs, path, contracts]);
}

/** Everything besides the inputs that results depend on. */
function resultKey(root: RootInfo, options: PlanOptions): string {
  const { settings, generation, problems } = root;
  return JSON.stringify([scanKey(root), settings, generation, problems, options]);
}

function requireKnownRules(rules: readonly string[] | undefined, engine: Engine): void {
  const unknown = rules?.find((id) => !engine.rules.some((rule) => rule.id === id));
  if (unknown === undefined) return;
  throw new UsageError(`there is no rule "${unknown}"; rules: ${engine.rules.map((rule) => rule.id).join(', ')}`);
}

async function resolveTarget(path: string, texts?: ReadonlyMap<string, string>): Promise<string> {
  if (texts?.has(path)) return path;
  try {
    return await realpath(path);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'ENOENT' || code === 'ENOTDIR') throw new UsageError(`${path}: no such file or folder`);
    if (code === 'ELOOP') throw new UsageError(`${path}: too many symbolic links`);
    if (code === 'EACCES') throw new UsageError(`${path}: permission denied`);
    throw error;
  }
}

/** One root for the run: the kernel tree if all paths lie in it, else the one root or the common folder of their roots. */
async function rootFor(engine: Engine, targets: readonly string[], options: CollectOptions): Promise<RootSpec> {
  const settings: Partial<Settings> = { ...options.settings };
  if (options.kernel !== undefined) {
    const kernel = await resolveTarget(resolve(options.kernel));
    if (targets.every((target) => target === kernel || target.startsWith(`${kernel}/`)))
      return { path: kernel, settings };
    return { path: commonFolder(await rootsOf(engine, targets)), settings: { ...settings, kernel } };
  }
  return { path: commonFolder(await rootsOf(engine, targets)), settings };
}

async function rootsOf(engine: Engine, targets: readonly string[]): Promise<readonly string[]> {
  const roots: string[] = [];
  for (const target of targets) roots.push(await engine.findRoot(target));
  return roots;
}

function commonFolder(folders: readonly string[]): string {
  let common = (folders[0] ?? '/').split('/');
  for (const folder of folders) {
    const parts = folder.split('/');
    const differs = common.findIndex((part, index) => part !== parts[index]);
    if (differs >= 0) common = common.slice(0, differs);
  }
  return common.join('/') || '/';
}

/** A file that several modules link is reported once. */
function withoutRepeats(modules: readonly CollectedModule[]): readonly CollectedModule[] {
  const seen = new Set<string>();
  const isNew = (key: string): boolean => !seen.has(key) && seen.add(key) !== undefined;
  return modules.map((module) => ({
    ...module,
    nodes: module.nodes.filter((node) =>
      isNew(`node ${node.register.at.file} ${node.register.at.span.start} ${node.id}`),
    ),
    files: module.files.map((file) => ({
      ...file,
      findings: file.findings.filter(({ rule, message, at, text }) =>
        isNew(`${rule} ${message} ${at.file} ${at.span.start} ${text}`),
      ),
      notes: file.notes.filter(({ at, reason }) => isNew(`note ${at.file} ${at.span.start} ${reason}`)),
    })),
  }));
}
