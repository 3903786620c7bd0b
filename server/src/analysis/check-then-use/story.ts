/** Tells a race as two threads that run at once. */
import { cellText } from '../cells.ts';
import type { Step, Witness } from '../model.ts';
import type { Operation } from '../nodes.ts';
import type { Program } from '../program.ts';
import { shorten } from '../witness.ts';
import { isMutual, lockCell } from './locks.ts';
import type { RaceFound } from './races.ts';
import type { CallStep, Modes, Site } from './state.ts';

export function tell(race: RaceFound, program: Program): Witness {
  const { mine, theirs, checkedAt, at } = race;
  const used = cellText(race.used);
  const checked = cellText(race.checked);
  const isTeardown = race.defect === 'freed-on-count';
  const name = mine.operation.fn.ir.name;
  const first: Step[] = isTeardown
    ? [{ kind: 'entry', at: program.nameOf(mine.operation.fn), text: `teardown enters ${name}()` }]
    : [entry(mine.operation, program, 'on an open fd')];
  const shared = commonSteps(checkedAt, at);
  const check: Step = { kind: 'test', at: program.locate(checkedAt.fn, checkedAt.span), text: `looks at ${checked}` };
  const use: Step = {
    kind: race.act === 'set' ? 'store' : 'use',
    at: program.locate(at.fn, at.span),
    text: useText(race, used),
  };
  first.push(...steps(checkedAt.chain, program), check, ...steps(at.chain.slice(shared), program), use);
  const { write } = race;
  const when = isTeardown ? 'at the same time' : 'at the same time, on this fd or another';
  const second: Step[] = [entry(theirs.operation, program, when)];
  const [kind, text] = written(race, used, checked);
  second.push(...steps(write.site.chain, program), { kind, at: program.locate(write.site.fn, write.site.span), text });
  return {
    threads: isTeardown ? ['teardown', 'fd-user'] : ['fd-user', 'other-fd-user'],
    user: shorten(first),
    teardown: shorten(second),
    missing: missing(race, checked),
  };
}

/** What the other thread does in between. */
function written({ defect, write }: RaceFound, used: string, checked: string): [Step['kind'], string] {
  if (defect === 'both-pass') return ['store', `has found it as it was, and sets ${used} too`];
  if (defect === 'freed-on-count' || defect === 'read-again') return ['store', `changes ${checked}`];
  return write.kind === 'free' ? ['free', `frees ${used} in between`] : ['store', `clears ${used} in between`];
}

function entry({ field, fn }: Operation, program: Program, how: string): Step {
  return { kind: 'entry', at: program.nameOf(fn), text: `${field} ${how} enters ${fn.ir.name}()` };
}

function steps(chain: readonly CallStep[], program: Program): Step[] {
  return chain.map(({ fn, span, target }) => ({
    kind: 'call',
    at: program.locate(fn, span),
    text: `calls ${target.ir.name}()`,
  }));
}

function commonSteps(a: Site, b: Site): number {
  let shared = 0;
  while (shared < b.chain.length && a.chain[shared]?.span === b.chain[shared]?.span) shared += 1;
  return shared;
}

function useText({ defect, act, api }: RaceFound, used: string): string {
  if (defect === 'read-again') return `reads ${used} again`;
  if (act === 'set') return `sets ${used}`;
  if (act === 'free') return `frees ${used}`;
  return api === undefined ? `follows ${used}` : `passes ${used} to ${api}()`;
}

function missing(race: RaceFound, checked: string): string {
  const { mine, theirs, write } = race;
  const [mineName, theirName] = [mine.operation.fn.ir.name, theirs.operation.fn.ir.name];
  const locks = names(write.held);
  if (race.defect === 'both-pass') return `nothing keeps a second ${mineName}() out between the check and the store`;
  if (race.defect === 'freed-on-count')
    return `${mineName}() does not hold ${locks} from the look at ${checked} to the free`;
  if (locks === '') return `no lock keeps ${theirName}() out of ${mineName}() from the look at ${checked} to the use`;
  return `${mineName}() does not hold ${locks}, as ${theirName}() does, from the look at ${checked} to the use`;
}

function names(held: Modes): string {
  return [...held.keys()]
    .filter(isMutual)
    .map((key) => cellText(lockCell(key)))
    .join(' and ');
}
