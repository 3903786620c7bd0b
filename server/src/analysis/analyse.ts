/**
 * From the linked files of one module to verdicts on its device nodes.
 *
 * Goes in: `ModuleInput` and kernel facts. Comes out: `ModuleAnalysis`, plain data. It knows no rule, no message and no
 * severity; it never throws for bad source.
 */
import type { Knowledge } from '../knowledge/lookup.ts';
import type { AnalysisCache } from './analysis-cache.ts';
import { CallGraph, CallResolver } from './call-graph.ts';
import { Cells } from './cells.ts';
import { checkThenUse } from './check-then-use/index.ts';
import type { FactFamily, FunctionFacts, ModuleAnalysis, ModuleInput, ObjectFacts } from './model.ts';
import { Nodes } from './nodes.ts';
import { Objects } from './objects.ts';
import { Program } from './program.ts';
import type { Parts } from './removal.ts';
import { judge } from './removal.ts';
import { revocableFacts } from './revocable/revocable.ts';
import { rustFindings } from './rust/index.ts';
import { rustSites } from './rust/sites.ts';
import { FAMILIES } from './starts.ts';
import { SUBSYSTEM_KINDS, subsystemNodes } from './subsystem-nodes.ts';
import { Summaries } from './summary.ts';
import { Tables } from './tables.ts';
import { Teardown } from './teardown.ts';
import { teardownOrder } from './teardown-order/index.ts';
import { Tracer } from './trace.ts';
import { writtenCells } from './written-cells.ts';

const EVERY_FAMILY: ReadonlySet<FactFamily> = new Set(FAMILIES);

/**
 * With the `cache` of earlier analyses of the module only what changed is looked at again; the result is the same.
 * Families of facts that are not `wanted` are left out.
 */
export function analyseModule(
  input: ModuleInput,
  knowledge: Knowledge,
  cache?: AnalysisCache,
  wanted: ReadonlySet<FactFamily> = EVERY_FAMILY,
): ModuleAnalysis {
  const rust = rustFindings(input, knowledge, cache?.rust);
  const problems = input.units.flatMap((unit) =>
    unit.ir.problems.map((p) => ({ at: { file: unit.path, span: p.span }, reason: p.reason })),
  );
  const nothing = {
    name: input.name,
    problems,
    nodes: [],
    functions: [],
    objects: [],
    teardownOrder: [],
    checkThenUse: [],
  };
  if (rust !== undefined && (wanted.size === 0 || rust.translated === undefined)) {
    const { facts, view, nodes, unknownCallees: unknown } = rust;
    return { ...nothing, nodes, functions: view.functions, revocable: facts, rust: view, unknownCallees: unknown };
  }
  const program = new Program(rust?.translated ?? input, knowledge);
  const plain = { name: input.name, unknownCallees: rust?.unknownCallees ?? unknownCallees(program), problems };
  if (wanted.size === 0) return { ...nothing, ...plain, revocable: [] };
  const cells = new Cells(program);
  const memory = cache?.begin(program, cells);
  const tables = new Tables(program, cells);
  const resolver = new CallResolver(program, cells, tables);
  const graph = new CallGraph(program, tables, resolver);
  const summaries = new Summaries(program, cells, resolver, writtenCells(program, cells, graph), memory);
  const objects = new Objects(program, cells, graph, summaries);
  const nodes = new Nodes(program, cells, tables, graph, objects, summaries);
  const tracer = new Tracer(program, summaries, memory);
  const teardown = new Teardown(program, cells, tables, graph, objects, tracer, nodes.holders);
  const parts: Parts = { program, cells, tables, graph, objects, nodes, teardown, tracer };
  const asksForCores = wanted.has('nodes') || wanted.has('checkThenUse');
  const behindCores = asksForCores
    ? new Nodes(program, cells, tables, graph, objects, summaries, SUBSYSTEM_KINDS)
    : undefined;
  const judged = [
    ...nodes.sites.map((site, index) => judge(site, index, parts)),
    ...(wanted.has('nodes') && behindCores !== undefined ? subsystemNodes(behindCores, parts) : []),
  ];
  return {
    ...plain,
    nodes: [...judged, ...(rust?.nodes ?? [])],
    functions: rust?.view.functions ?? functionFacts(parts),
    objects: objectFacts(parts),
    teardownOrder: wanted.has('teardownOrder') ? teardownOrder(parts) : [],
    checkThenUse:
      wanted.has('checkThenUse') && behindCores !== undefined
        ? checkThenUse(parts, behindCores, resolver, summaries, rust === undefined ? [] : rustSites(tables))
        : [],
    revocable: [...(wanted.has('revocable') ? revocableFacts(parts, resolver, judged) : []), ...(rust?.facts ?? [])],
    ...(rust === undefined ? {} : { rust: rust.view }),
  };
}

function functionFacts({ program, graph }: Parts): readonly FunctionFacts[] {
  const facts: FunctionFacts[] = [];
  for (const key of program.own) {
    const fn = program.functions.get(key);
    if (fn === undefined) continue;
    facts.push({ name: fn.ir.name, at: program.nameOf(fn), contexts: [...graph.contextsOf(fn)], protectedBy: [] });
  }
  return facts;
}

const BECAUSE = {
  devres: 'a device-managed allocation',
  refcount: 'freed when the last reference goes',
  teardown: 'allocated by the driver',
} as const;

function objectFacts({ program, objects, teardown }: Parts): readonly ObjectFacts[] {
  const facts: ObjectFacts[] = [];
  for (const type of objects.allocatedTypes) {
    if (!program.isOwnStruct(type)) continue;
    const sites = objects.allocationsOf(type);
    const isManaged = sites.some((s) => s.owner === 'devres');
    const owner = isManaged ? 'devres' : teardown.freedByRelease(type) ? 'refcount' : 'teardown';
    facts.push({
      type,
      owner,
      allocatedAt: sites.map((s) => ({ kind: 'note', at: s.at, text: `${s.api}() allocates ${type}` })),
      freedAt: [],
      because: BECAUSE[owner],
    });
  }
  return facts;
}

function unknownCallees(program: Program): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const key of program.own) {
    const fn = program.functions.get(key);
    if (fn === undefined) continue;
    for (const call of fn.calls.values()) {
      if (call.callee.kind !== 'named' || call.origin !== 'call') continue;
      const { name } = call.callee;
      if (program.findFunction(name, fn.unit) !== undefined || program.knowledge.findFunction(name) !== undefined)
        continue;
      counts[name] = (counts[name] ?? 0) + 1;
    }
  }
  return counts;
}
