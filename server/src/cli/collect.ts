/** Runs a batch, in this thread or in several, and hands back the results in path order whatever the number of threads. */
import { realpath } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { resolve } from 'node:path';
import type { CancellationToken } from '../base/cancellation.ts';
import { Cancelled } from '../base/cancellation.ts';
import type {
  BatchStats,
  DeviceNode,
  Engine,
  Failure,
  FileReport,
  ModulePlan,
  ModuleReport,
  RootInfo,
  Settings,
} from '../engine/api.ts';
import { emptyStats } from '../engine/api.ts';
import type { RootSpec } from './engine-setup.ts';
import { createNodeEngine } from './engine-setup.ts';
import type { Progress } from './progress.ts';
import { UsageError } from './usage.ts';
import { checkInWorkers } from './worker-pool.ts';

/** What the verbs need of a checked module: less than a ModuleReport, since it may come from a worker. */
export interface CollectedModule {
  readonly module: string;
  readonly files: readonly FileReport[];
  readonly nodes: readonly DeviceNode[];
  readonly unknownCallees: Readonly<Record<string, number>>;
  readonly problems: number;
}

export interface Collection {
  readonly engine: Engine;
  /** Reports name files relative to this folder. */
  readonly root: RootInfo;
  readonly modules: readonly CollectedModule[];
  readonly failures: readonly Failure[];
  readonly stats: BatchStats;
  /** Stopped before the end: what is there is not all. */
  readonly interrupted: boolean;
}

export interface CollectOptions {
  readonly kernel?: string;
  readonly settings: Partial<Settings>;
  readonly rules?: readonly string[];
  readonly everything?: boolean;
  readonly jobs?: number;
  readonly token: CancellationToken;
  readonly progress: Progress;
}

/** Fewer files than this are not worth the start of a worker. */
const MIN_FILES_FOR_WORKERS = 60;

export async function collect(paths: readonly string[], options: CollectOptions): Promise<Collection> {
  const engine = await createNodeEngine();
  const targets = await Promise.all((paths.length === 0 ? ['.'] : paths).map(resolveTarget));
  const spec = await rootFor(engine, targets, options);
  const root = await engine.addRoot(spec.path, spec.settings);

  const failures: Failure[] = [];
  const stats = emptyStats();
  const start = performance.now();
  options.progress.update('looking for modules');
  const plans = await engine.planTree(targets, failures, stats);
  if (plans.length === 0 && failures.length === 0) {
    throw new UsageError(`no C files under ${paths.length === 0 ? 'the current folder' : paths.join(', ')}`);
  }

  const modules: CollectedModule[] = [];
  let interrupted = false;
  const jobs = options.jobs ?? availableParallelism();
  const files = plans.reduce((sum, plan) => sum + plan.files.length, 0);
  try {
    if (jobs > 1 && files >= MIN_FILES_FOR_WORKERS) {
      const setup = { root: spec, ...batchOptions(options) };
      const run = { setup, jobs, token: options.token, progress: options.progress };
      modules.push(...(await checkInWorkers(plans, run, failures, stats)));
    } else {
      for await (const report of checkHere(engine, plans, options, failures, stats)) modules.push(collected(report));
    }
  } catch (error) {
    if (!(error instanceof Cancelled)) throw error;
    interrupted = true;
  }
  options.progress.clear();
  stats.elapsed = performance.now() - start;
  return {
    engine,
    root,
    modules: withoutRepeats(modules),
    failures: failures.sort((a, b) => (a.file < b.file ? -1 : 1)),
    stats,
    interrupted: interrupted || options.token.isCancellationRequested,
  };
}

export function collected(report: ModuleReport): CollectedModule {
  const { nodes, unknownCallees, problems } = report.analysis;
  return { module: report.module, files: report.files, nodes, unknownCallees, problems: problems.length };
}

function batchOptions(options: CollectOptions): { rules?: readonly string[]; everything?: boolean } {
  return {
    ...(options.rules === undefined ? {} : { rules: options.rules }),
    ...(options.everything === undefined ? {} : { everything: options.everything }),
  };
}

function checkHere(
  engine: Engine,
  plans: readonly ModulePlan[],
  options: CollectOptions,
  failures: Failure[],
  stats: BatchStats,
): AsyncIterable<ModuleReport> {
  const onProgress = (done: number, total: number, file: string): void => options.progress.count(done, total, file);
  return engine.checkPlans(plans, { ...batchOptions(options), token: options.token, onProgress }, failures, stats);
}

async function resolveTarget(path: string): Promise<string> {
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
