/** Which locks a call takes and drops, and on which of its results that depends. */
import type { Effect, Outcome } from '../../knowledge/schema.ts';
import type { Cell, Cells } from '../cells.ts';
import type { Exit } from '../events.ts';
import type { LockKey } from '../path-state.ts';
import { lockKey } from '../path-state.ts';
import type { Call } from '../program.ts';
import { slotValue } from '../slots.ts';
import type { Frame } from './sharing.ts';
import type { Mode, Modes, Pending } from './state.ts';

export interface LockEffects {
  readonly released: readonly LockKey[];
  readonly taken: Modes;
  readonly pending: readonly Pending[];
}

export const NO_LOCKS: Modes = new Map();

/** A lock whose object is not known could be any. */
export const UNKNOWN_LOCK = '?';

/** The cell of a lock, in the terms of the operation. */
export function lockCellOf(
  effect: Extract<Effect, { verb: 'acquires' | 'releases' }>,
  call: Call,
  frame: Frame,
  cells: Cells,
): Cell {
  const argument = effect.on === undefined ? undefined : slotValue(effect.on, call);
  if (argument === undefined) return `::${effect.lock}`;
  const cell =
    effect.lock === 'revocable'
      ? cells.sectionCell(argument, frame.fn)
      : (cells.targetCell(argument, frame.fn) ?? cells.valueCell(argument, frame.fn));
  return frame.bind(cell) ?? UNKNOWN_LOCK;
}

export function successIs(when: Outcome): Pending['when'] {
  return when === 'zero' || when === 'null' ? 'zero' : 'nonzero';
}

/** What the exits of a function of the module leave locked, where the caller holds `before`. */
export function exitLocks(exits: readonly Exit[], before: Modes, rename: (key: LockKey) => LockKey): LockEffects {
  const released = new Set<LockKey>();
  for (const exit of exits) for (const key of exit.released) released.add(rename(key));
  const always = commonLocks(exits, before, rename);
  const onZero = commonLocks(
    exits.filter(({ value }) => value === 'zero' || value === undefined),
    before,
    rename,
  );
  const onNonzero = commonLocks(
    exits.filter(({ value }) => value !== 'zero'),
    before,
    rename,
  );
  const pending: Pending[] = [];
  if (onZero.size > always.size) pending.push({ when: 'zero', locks: onZero });
  if (onNonzero.size > always.size) pending.push({ when: 'nonzero', locks: onNonzero });
  return { released: [...released], taken: always, pending };
}

/** Locks that each exit has taken, or that it has left with the caller who holds them. */
function commonLocks(exits: readonly Exit[], before: Modes, rename: (key: LockKey) => LockKey): Modes {
  const locks = new Map<LockKey, Mode>();
  for (const { held } of exits) {
    for (const [key, { mode }] of held) {
      const isLeft = (exit: Exit): boolean => before.has(rename(key)) && !exit.released.has(key);
      if (exits.every((exit) => exit.held.has(key) || isLeft(exit))) locks.set(rename(key), mode);
    }
  }
  return locks;
}

export function renameKey(key: LockKey, bind: (cell: Cell) => Cell | undefined): LockKey {
  const space = key.indexOf(' ');
  return `${key.slice(0, space)} ${bind(key.slice(space + 1)) ?? UNKNOWN_LOCK}`;
}

export function oneLock(effect: Extract<Effect, { verb: 'acquires' }>, cell: Cell): Modes {
  return new Map([[lockKey(effect.lock, cell), effect.mode]]);
}

/** Locks whose holder is safe from a writer that waits for readers, whatever lock the writer holds. */
const READ_SECTIONS = /^(?:rcu|srcu|percpu-ref|count|revocable|drm-dev-enter) /;

/** Whether two threads that hold these can be in their sections at the same time. */
export function excludes(mine: Modes, theirs: Modes): boolean {
  for (const [key, mode] of mine) {
    if (READ_SECTIONS.test(key)) return true;
    const other = theirs.get(key);
    if (other !== undefined && !(mode === 'shared' && other === 'shared')) return true;
    if (isUnknown(key) && theirs.size > 0) return true;
  }
  return mine.size > 0 && [...theirs.keys()].some(isUnknown);
}

/** A lock that two threads can both ask for, and that a sentence can name. */
export function isMutual(key: LockKey): boolean {
  return !READ_SECTIONS.test(key) && !isClaim(key) && !isUnknown(key) && key !== LAST_REFERENCE;
}

function isUnknown(key: LockKey): boolean {
  return key.endsWith(` ${UNKNOWN_LOCK}`) || key.includes(' $');
}

/** Whoever drops the last reference is alone with the object. */
export const LAST_REFERENCE: LockKey = 'last reference';

/** A flag that keeps others out while it is set: a lock of the driver's own making. */
export function claimKey(cell: Cell): LockKey {
  return `claim ${cell}`;
}

export function isClaim(key: LockKey): boolean {
  return key.startsWith('claim ');
}

/** The cell of the lock. */
export function lockCell(key: LockKey): Cell {
  return key.slice(key.indexOf(' ') + 1);
}
