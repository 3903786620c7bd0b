/**
 * Check-then-use: a value that operations share is checked in one critical section, or in none, and used in another, while a
 * concurrent operation writes it. Operations on one open device run at the same time, also on the same fd.
 */

import type { Location } from '../../base/span.ts';
import type { NodeKind } from '../../knowledge/schema.ts';
import type { CallResolver } from '../call-graph.ts';
import { cellText, structOf } from '../cells.ts';
import type { NodeSite, Nodes, Operation } from '../nodes.ts';
import type { Fn, Program } from '../program.ts';
import type { Parts } from '../removal.ts';
import type { Summaries } from '../summary.ts';
import { heldByContract } from './contracts.ts';
import type { CheckFact, NamedLock } from './facts.ts';
import { Interest } from './interest.ts';
import { isMutual, lockCell, NO_LOCKS } from './locks.ts';
import type { RaceFound } from './races.ts';
import { decision, racesOf, racesOfDisposals } from './races.ts';
import type { Modes } from './state.ts';
import { tell } from './story.ts';
import type { WalkInput } from './walk.ts';
import { walkOperation } from './walk.ts';

/** Kinds behind a core that hands operations on files through to the driver. */
export const HANDED_THROUGH: ReadonlySet<NodeKind> = new Set<NodeKind>(['debugfs', 'proc', 'video', 'dvb', 'sound']);

/** At most so many findings for the operations of one node. */
const MAX_FACTS = 3;

const GRAVEST_FIRST: readonly CheckFact['defect'][] = [
  'freed',
  'stale-length',
  'read-again',
  'freed-on-count',
  'both-pass',
];

export function checkThenUse(
  parts: Parts,
  behindCores: Nodes,
  calls: CallResolver,
  summaries: Summaries,
  others: readonly NodeSite[] = [],
): readonly CheckFact[] {
  const throughCores = behindCores.sites.filter(({ kind }) => HANDED_THROUGH.has(kind));
  const sites = [...parts.nodes.sites, ...others, ...throughCores].filter((site) => site.operations.length > 0);
  if (sites.length === 0) return [];
  const facts: CheckFact[] = [];
  const counts = new Map<string, number>();
  const seen = new Set<string>();
  for (const race of racesIn(operationsOf(sites, parts), parts, calls, summaries)) {
    const node = sites.find(({ operations }) => operations.some(({ fn }) => fn === race.mine.operation.fn));
    const fact = factOf(race, node?.kind, parts);
    // Several members that one pair of operations treats alike are one mistake.
    const key = `${fact.defect} ${fact.struct ?? fact.used} ${fact.operation} ${fact.writer}`;
    const home = node === undefined ? '' : `${node.at.file} ${node.at.span.start}`;
    const count = counts.get(home) ?? 0;
    if (seen.has(key) || count >= MAX_FACTS) continue;
    seen.add(key);
    counts.set(home, count + 1);
    facts.push(fact);
  }
  return facts;
}

/** An operation, and the locks that its core holds around it. */
interface HeldOperation {
  readonly operation: Operation;
  readonly held: Modes;
}

/** Everything that user space can have run at the same time: operations of all nodes, and attributes. */
function operationsOf(sites: readonly NodeSite[], { program, graph }: Parts): readonly HeldOperation[] {
  const found = new Map<Fn, HeldOperation>();
  for (const site of sites) {
    for (const operation of site.operations) {
      if (!program.own.has(operation.fn.key) || found.has(operation.fn)) continue;
      found.set(operation.fn, { operation, held: heldByContract(site.kind, operation.field, program.knowledge) });
    }
  }
  for (const { fn, context, by } of graph.roots) {
    if (context !== 'attribute' && context !== 'pseudo-file') continue;
    const [table, field = 'show'] = by.split('.');
    if (!ATTRIBUTE_FIELDS.has(field) || !program.own.has(fn.key) || found.has(fn)) continue;
    const operation: Operation = { field, fn, context: 'file-operation' };
    found.set(fn, { operation, held: heldByContract(table ?? '', field, program.knowledge) });
  }
  return [...found.values()];
}

const ATTRIBUTE_FIELDS: ReadonlySet<string> = new Set(['show', 'store', 'get', 'set']);

function racesIn(
  operations: readonly HeldOperation[],
  parts: Parts,
  calls: CallResolver,
  summaries: Summaries,
): readonly RaceFound[] {
  const { program, cells, graph } = parts;
  const functions = operations.map(({ operation }) => operation.fn);
  const interest = new Interest(functions, program, cells, graph, summaries);
  if (interest.written.size === 0) return [];
  const input: WalkInput = { program, cells, calls, summaries, interest, claims: new Map() };
  const walked = operations
    .filter(({ operation }) => interest.isTouchedBy(operation.fn))
    .map(({ operation, held }) => ({ operation, accesses: walkOperation(operation.fn, held, input) }));
  const disposers = disposersOf(interest, parts, summaries).map((fn) => ({
    fn,
    accesses: walkOperation(fn, NO_LOCKS, input),
  }));
  return [...racesOf(walked), ...racesOfDisposals(disposers, walked)].toSorted(
    (a, b) => GRAVEST_FIRST.indexOf(a.defect) - GRAVEST_FIRST.indexOf(b.defect),
  );
}

/** Functions of teardown that free an object of which operations write a member. */
function disposersOf(interest: Interest, { teardown, graph }: Parts, summaries: Summaries): readonly Fn[] {
  const structs = new Set([...interest.written].map(structOf));
  const frees = (fn: Fn): boolean =>
    summaries
      .factsOf(fn)
      .some((event) => event.kind === 'effect' && event.effect.verb === 'frees' && structs.has(event.object));
  const roots = new Set(teardown.roots.filter((root) => root.kind !== 'exit').map((root) => root.fn));
  return [...roots].filter((fn) => [...graph.reachable(fn)].some(frees));
}

/** Where only root gets in, and to look at things, what a second thread can do is mostly a matter of taste; use after free is not. */
const FOR_DEBUGGING: ReadonlySet<NodeKind> = new Set<NodeKind>(['debugfs', 'debugfs-unsafe']);
const HARMS_ROOT_TOO: ReadonlySet<CheckFact['defect']> = new Set<CheckFact['defect']>([
  'freed',
  'stale-length',
  'freed-on-count',
]);

function factOf(race: RaceFound, kind: NodeKind | undefined, { program, graph }: Parts): CheckFact {
  const { mine, theirs } = race;
  const writerLock = namedLock(race.writerHolds);
  const ownLock = race.writerHolds.size === 0 ? namedLock(race.held) : undefined;
  const struct = structOf(race.used);
  const reached = decision(race.checkedAt, race.at);
  const isForDebugging =
    kind === undefined
      ? graph.roots.some((root) => root.fn === race.mine.operation.fn && root.context === 'pseudo-file')
      : FOR_DEBUGGING.has(kind);
  const isMild = isForDebugging && !HARMS_ROOT_TOO.has(race.defect);
  const doubtful = isMild || mine.accesses.incomplete || theirs.accesses.incomplete;
  return {
    defect: race.defect,
    at: program.locate(race.at.fn, race.at.span),
    checkedAt: program.locate(race.checkedAt.fn, race.checkedAt.span),
    checked: cellText(race.checked),
    used: cellText(race.used),
    operation: mine.operation.fn.ir.name,
    writer: theirs.operation.fn.ir.name,
    ...(struct === undefined ? {} : { struct }),
    ...(reached === undefined ? {} : { reachedAt: program.locate(reached.fn, reached.span) }),
    writes: writesOf(race, program),
    ...(writerLock === undefined ? {} : { writerLock }),
    ...(ownLock === undefined ? {} : { ownLock }),
    certainty: doubtful ? 'may' : 'must',
    witness: tell(race, program),
    group: `check-then-use ${race.defect} ${race.used} ${mine.operation.fn.ir.name} ${theirs.operation.fn.ir.name}`,
  };
}

function namedLock(held: Modes): NamedLock | undefined {
  const [lock, mode] = [...held].find(([key]) => isMutual(key)) ?? [];
  if (lock === undefined) return undefined;
  const cell = lockCell(lock);
  return { text: cellText(cell), kind: lock.slice(0, lock.indexOf(' ')), cell, shared: mode === 'shared' };
}

function writesOf({ theirs, write, used, checked }: RaceFound, program: Program): readonly Location[] {
  const starts = new Map<number, Location>();
  for (const { cell, site } of theirs.accesses.writes) {
    if (site.fn === write.site.fn && (cell === used || cell === checked))
      starts.set(site.span.start, program.locate(site.fn, site.span));
  }
  return [...starts].sort(([a], [b]) => a - b).map(([, location]) => location);
}
