/** Batch runs: finds the modules under some paths, and checks modules one after the other. */
import type { FactFamily } from '../analysis/model.ts';
import { Budget, Cancelled, NEVER_CANCELLED } from '../base/cancellation.ts';
import type { Host } from '../base/host.ts';
import { basename, dirname, join, relative } from '../base/host.ts';
import type { Rule } from '../rules/rule.ts';
import type { BatchOptions, BatchStats, Failure, ModuleReport } from './api.ts';
import type { Folders } from './folders.ts';
import { globExpression } from './glob.ts';
import type { ModuleMap, ModulePlan } from './module-map.ts';
import { MODULE_FILE } from './module-map.ts';
import type { Relevance } from './relevance.ts';
import type { Root } from './roots.ts';

/** Files that can be checked. */
export const SOURCE_FILE = /\.(?:[ch]|rs)$/;

export interface PlanContext {
  readonly folders: Folders;
  readonly modules: ModuleMap;
  rootOf(path: string): Root;
  /** The module of one file, a header included. */
  planOf(path: string): Promise<ModulePlan>;
}

/** Modules under the paths, in the order of their first file; each once. */
export async function planTree(
  paths: readonly string[],
  ctx: PlanContext,
  failures: Failure[],
  stats: BatchStats,
): Promise<readonly ModulePlan[]> {
  const plans = new Map<string, ModulePlan>();
  const whole = new Set<string>();
  const files = new Set<string>();
  for (const path of paths) {
    if (await ctx.folders.has(path)) {
      if (SOURCE_FILE.test(path)) files.add(path);
      else failures.push({ file: path, reason: 'not a C or Rust file', internal: false });
      continue;
    }
    if (!(await isFolder(path, ctx.folders))) {
      failures.push({ file: path, reason: 'no such file or folder', internal: false });
      continue;
    }
    for await (const folder of foldersUnder(path, ctx)) whole.add(folder);
  }
  const count = new Set<string>();
  for (const folder of whole) {
    for (const name of await ctx.folders.files(folder)) if (MODULE_FILE.test(name)) count.add(join(folder, name));
    for (const plan of await ctx.modules.plansIn(folder)) plans.set(plan.id, plan);
  }
  for (const file of files) {
    count.add(file);
    if (whole.has(dirname(file))) continue;
    const plan = await ctx.planOf(file);
    const known = plans.get(plan.id);
    if (known !== undefined && known.reported === undefined) continue;
    plans.set(plan.id, { ...plan, reported: [...(known?.reported ?? []), file] });
  }
  stats.files += count.size;
  return [...plans.values()]
    .map((plan) => withoutExcluded(plan, ctx))
    .filter((plan) => plan.files.length > 0)
    .sort((a, b) => compare(a.files[0] ?? '', b.files[0] ?? '') || compare(a.id, b.id));
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

async function isFolder(path: string, folders: Folders): Promise<boolean> {
  if (path === '/' || (await folders.directories(dirname(path))).includes(basename(path))) return true;
  // What is above the top of a virtual file system cannot be listed.
  return (await folders.directories(path)).length + (await folders.files(path)).size > 0;
}

async function* foldersUnder(path: string, ctx: PlanContext): AsyncIterable<string> {
  yield path;
  for (const name of await ctx.folders.directories(path)) {
    if (name.startsWith('.') || name === 'node_modules') continue;
    yield* foldersUnder(join(path, name), ctx);
  }
}

function withoutExcluded(plan: ModulePlan, ctx: PlanContext): ModulePlan {
  const first = plan.files[0];
  if (first === undefined) return plan;
  const root = ctx.rootOf(first);
  const globs = root.settings.exclude.map(globExpression);
  if (globs.length === 0) return plan;
  return { ...plan, files: plan.files.filter((file) => !globs.some((glob) => glob.test(relative(root.path, file)))) };
}

/** What a file names (see Relevance) and its size in bytes, or why it cannot be read. */
export type FileScan = { readonly bits: number; readonly size: number } | { readonly reason: string };

export async function scanFile(path: string, host: Host, relevance: Relevance): Promise<FileScan> {
  if (host.readBytes !== undefined) {
    const read = host.readBytes(path);
    return read.kind === 'bytes' ? scanBytes(path, read.bytes, relevance) : { reason: read.reason };
  }
  const read = await host.readText(path);
  return read.kind === 'text' ? scanText(path, read.text, relevance) : { reason: read.reason };
}

export function scanText(path: string, text: string, relevance: Relevance): FileScan {
  return scanBytes(path, new TextEncoder().encode(text), relevance);
}

function scanBytes(path: string, bytes: Uint8Array, relevance: Relevance): FileScan {
  return { bits: relevance.scan(path, bytes), size: bytes.length };
}

/** Sources that were not scanned, beside those of modules for which what they name may decide. */
export async function filesBeside(
  plans: readonly ModulePlan[],
  scans: ReadonlyMap<string, FileScan>,
  wanted: Wanted,
  ctx: { readonly folders: Folders; relevanceOf(path: string): Relevance },
): Promise<readonly string[]> {
  const beside = new Set<string>();
  for (const plan of plans) {
    const bits = bitsOf(plan.files, scans);
    const relevance = ctx.relevanceOf(plan.files[0] ?? '/');
    const mayChange = (family: FactFamily): boolean =>
      !relevance.mayHold(family, bits) && relevance.mayHold(family, bits | relevance.nearby);
    if (!wanted.families.some(mayChange)) continue;
    for (const folder of new Set(plan.files.map(dirname))) {
      for (const name of await ctx.folders.files(folder))
        if (name.endsWith('.c') && !scans.has(join(folder, name))) beside.add(join(folder, name));
    }
  }
  return [...beside];
}

function bitsOf(files: readonly string[], scans: ReadonlyMap<string, FileScan>): number {
  let bits = 0;
  for (const file of files) {
    const scan = scans.get(file);
    if (scan !== undefined && 'bits' in scan) bits |= scan.bits;
  }
  return bits;
}

/** What all scanned files of each folder name. */
function bitsByFolder(scans: ReadonlyMap<string, FileScan>): ReadonlyMap<string, number> {
  const bits = new Map<string, number>();
  for (const [file, scan] of scans) {
    const folder = dirname(file);
    if ('bits' in scan) bits.set(folder, (bits.get(folder) ?? 0) | scan.bits);
  }
  return bits;
}

/**
 * Plans of the modules in which something wanted may be found, and told what it is; a file that cannot be read is a failure.
 * `scans` holds the files of the plans, and those beside them that may decide (see filesBeside).
 */
export function selectPlans(
  plans: readonly ModulePlan[],
  scans: ReadonlyMap<string, FileScan>,
  wanted: Wanted,
  relevanceOf: (path: string) => Relevance,
  failures: Failure[],
): readonly ModulePlan[] {
  const unreadable = new Set<string>();
  const around = bitsByFolder(scans);
  const selected: ModulePlan[] = [];
  for (const plan of plans) {
    for (const file of plan.files) {
      const scan = scans.get(file);
      if (scan === undefined || 'bits' in scan || unreadable.has(file)) continue;
      unreadable.add(file);
      failures.push({ file, reason: scan.reason, internal: false });
    }
    const relevance = relevanceOf(plan.files[0] ?? '/');
    let bits = bitsOf(plan.files, scans);
    for (const file of plan.files) bits |= (around.get(dirname(file)) ?? 0) & relevance.nearby;
    const families = wanted.families.filter((family) => wanted.everything || relevance.mayHold(family, bits));
    if (wanted.everyNode && relevance.registers(bits) && !families.includes('nodes')) families.push('nodes');
    if (families.length > 0 || wanted.everything) selected.push({ ...plan, families: wanted.survey ? [] : families });
  }
  return selected;
}

/** What a run is after. */
export interface Wanted {
  readonly families: readonly FactFamily[];
  readonly everyNode: boolean;
  readonly everything: boolean;
  readonly survey: boolean;
}

export function wantedBy(options: BatchOptions, rules: readonly Rule[]): Wanted {
  const chosen = rules.filter((rule) => options.rules === undefined || options.rules.includes(rule.id));
  const families = new Set(chosen.map((rule) => rule.facts));
  return {
    families: [...families].sort(),
    everyNode: options.everyNode === true,
    everything: options.everything === true,
    survey: options.survey === true,
  };
}

export interface CheckContext {
  readonly host: Host;
  /** Analyses a module and makes the reports of its files. */
  checkPlan(
    plan: ModulePlan,
    breathe: () => Promise<void>,
    failures: Failure[],
    only?: readonly string[],
  ): Promise<ModuleReport>;
}

/** Yields a report for each module. One module that fails does not stop the others. */
export async function* checkPlans(
  plans: readonly ModulePlan[],
  ctx: CheckContext,
  options: BatchOptions,
  failures: Failure[],
  stats: BatchStats,
): AsyncIterable<ModuleReport> {
  const start = ctx.host.now();
  const budget = new Budget(ctx.host, options.token ?? NEVER_CANCELLED, 50);
  const parsed = new Set<string>();
  let done = 0;
  for (const plan of plans) {
    await budget.breathe();
    const report = await tryCheck(plan, ctx, options, budget, failures);
    if (report !== undefined) {
      stats.modules++;
      stats.nodes += report.analysis.nodes.length;
      stats.functions += report.analysis.functions.length;
      for (const file of plan.files) parsed.add(file);
      yield report;
    }
    options.onProgress?.(++done, plans.length, plan.files[0] ?? plan.name);
  }
  stats.parsed += parsed.size;
  stats.elapsed += ctx.host.now() - start;
}

async function tryCheck(
  plan: ModulePlan,
  ctx: CheckContext,
  options: BatchOptions,
  budget: Budget,
  failures: Failure[],
): Promise<ModuleReport | undefined> {
  try {
    return await ctx.checkPlan(plan, () => budget.breathe(), failures, options.rules);
  } catch (error) {
    if (error instanceof Cancelled) throw error;
    failures.push({ file: plan.files[0] ?? plan.name, reason: describe(error), internal: true });
    return undefined;
  }
}

/** What went wrong, with the innermost place, for a bug report. */
export function describe(error: unknown): string {
  if (!(error instanceof Error)) return `internal error: ${String(error)}`;
  const place = /\n\s+at (\S+)/.exec(error.stack ?? '')?.[1];
  return `internal error: ${error.message}${place === undefined ? '' : ` (in ${place})`}`;
}
