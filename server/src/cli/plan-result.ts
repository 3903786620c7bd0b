/** The result of one module plan, as it comes from this thread, a worker or the cache. */

import type { CancellationToken } from '../base/cancellation.ts';
import type { BatchStats, DeviceNode, Engine, Failure, FileReport, ModulePlan, Phase } from '../engine/api.ts';
import { emptyStats } from '../engine/api.ts';

/** What the verbs need of a checked module: less than a ModuleReport, since it may come from a worker. */
export interface CollectedModule {
  readonly module: string;
  readonly files: readonly FileReport[];
  readonly nodes: readonly DeviceNode[];
  readonly unknownCallees: Readonly<Record<string, number>>;
  /** Places that were not understood. */
  readonly problems: number;
}

export interface PlanResult {
  /** Absent when no rule can start in the module, or when it could not be analysed. */
  readonly module?: CollectedModule;
  readonly failures: readonly Failure[];
  readonly stats: BatchStats;
  /** Files and folders that the result depends on. */
  readonly inputs: readonly string[];
}

/** What of a batch run is the same for every plan. */
export interface PlanOptions {
  readonly rules?: readonly string[];
  readonly survey?: boolean;
  readonly everyNode?: boolean;
}

export async function checkPlan(
  engine: Engine,
  plan: ModulePlan,
  options: PlanOptions & { readonly token?: CancellationToken },
): Promise<PlanResult> {
  const failures: Failure[] = [];
  const stats = emptyStats();
  let result: PlanResult = { failures, stats, inputs: plan.files };
  for await (const { module, files, analysis, inputs } of engine.checkPlans([plan], options, failures, stats)) {
    const { nodes, unknownCallees, problems } = analysis;
    result = { ...result, module: { module, files, nodes, unknownCallees, problems: problems.length }, inputs };
  }
  return result;
}

/** Device nodes of the modules, by place. */
export function nodesOf(modules: readonly CollectedModule[]): readonly DeviceNode[] {
  const nodes = modules.flatMap((module) => module.nodes);
  return nodes.sort(({ register: { at: a } }, { register: { at: b } }) =>
    a.file === b.file ? a.span.start - b.span.start : a.file < b.file ? -1 : 1,
  );
}

/** Adds the counts of one plan to those of the run; files are counted while planning, time by the clock. */
export function addStats(into: BatchStats, from: BatchStats): void {
  into.parsed += from.parsed;
  into.modules += from.modules;
  into.nodes += from.nodes;
  into.functions += from.functions;
  for (const phase of Object.keys(from.phases) as Phase[]) into.phases[phase] += from.phases[phase];
}
