/**
 * Check-then-use: a value that operations share is checked in one critical section, or in none, and used in another, while a
 * concurrent operation writes it. Operations on one open device run at the same time, also on the same fd.
 */
import type { NodeKind } from '../../knowledge/schema.ts';
import type { CallResolver } from '../call-graph.ts';
import { cellText, structOf } from '../cells.ts';
import type { NodeSite, Nodes } from '../nodes.ts';
import type { Fn } from '../program.ts';
import type { Parts } from '../removal.ts';
import type { Summaries } from '../summary.ts';
import { heldByContract } from './contracts.ts';
import type { CheckFact } from './facts.ts';
import { Interest } from './interest.ts';
import { isMutual, lockCell, NO_LOCKS } from './locks.ts';
import type { RaceFound } from './races.ts';
import { racesOf, racesOfDisposals } from './races.ts';
import { tell } from './story.ts';
import { walkOperation } from './walk.ts';

/** Kinds behind a core that hands their operations through. */
export const HANDED_THROUGH: ReadonlySet<NodeKind> = new Set<NodeKind>(['debugfs', 'proc']);

/** At most so many findings for one node. */
const MAX_FACTS = 3;

export function checkThenUse(
  parts: Parts,
  behindCores: Nodes,
  calls: CallResolver,
  summaries: Summaries,
  others: readonly NodeSite[] = [],
): readonly CheckFact[] {
  const facts: CheckFact[] = [];
  const seen = new Set<string>();
  for (const site of [
    ...parts.nodes.sites,
    ...others,
    ...behindCores.sites.filter((s) => HANDED_THROUGH.has(s.kind)),
  ]) {
    let count = 0;
    for (const race of racesOfNode(site, parts, calls, summaries)) {
      const fact = factOf(race, parts);
      const key = `${fact.defect} ${fact.used} ${fact.operation} ${fact.writer}`;
      if (seen.has(key) || count >= MAX_FACTS) continue;
      seen.add(key);
      count += 1;
      facts.push(fact);
    }
  }
  return facts;
}

const GRAVEST_FIRST: readonly CheckFact['defect'][] = ['freed', 'stale-length', 'freed-on-count', 'both-pass'];

function racesOfNode(site: NodeSite, parts: Parts, calls: CallResolver, summaries: Summaries): readonly RaceFound[] {
  const { program, cells, graph } = parts;
  const operations = site.operations.filter(({ fn }) => program.own.has(fn.key));
  const interest = new Interest(
    operations.map(({ fn }) => fn),
    program,
    cells,
    graph,
    summaries,
  );
  if (interest.written.size === 0) return [];
  const input = { program, cells, calls, summaries, interest };
  const walked = operations.map((operation) => ({
    operation,
    accesses: walkOperation(operation.fn, heldByContract(site, operation, program.knowledge), input),
  }));
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

function factOf(race: RaceFound, { program }: Parts): CheckFact {
  const { mine, theirs } = race;
  const lock = [...race.writerHolds.keys()].find(isMutual);
  const struct = structOf(race.used);
  const doubtful = mine.accesses.incomplete || theirs.accesses.incomplete;
  return {
    defect: race.defect,
    at: program.locate(race.at.fn, race.at.span),
    checkedAt: program.locate(race.checkedAt.fn, race.checkedAt.span),
    checked: cellText(race.checked),
    used: cellText(race.used),
    operation: mine.operation.fn.ir.name,
    writer: theirs.operation.fn.ir.name,
    ...(struct === undefined ? {} : { struct }),
    ...(lock === undefined ? {} : { writerLock: cellText(lockCell(lock)) }),
    certainty: doubtful ? 'may' : 'must',
    witness: tell(race, program),
    group: `check-then-use ${race.defect} ${race.used} ${mine.operation.fn.ir.name} ${theirs.operation.fn.ir.name}`,
  };
}
