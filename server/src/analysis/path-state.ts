/**
 * What is known on one path through a function.
 *
 * Elements: the locks that are held (must), the caller's locks that were released, the cells that were tested and under which locks
 * since these were taken, and what is known of local values. Order: a state with more held locks and more tests is
 * smaller (knows more). `join` keeps what both sides know. States of a block are kept apart up to a
 * bound and joined beyond it, so every chain is finite.
 */
import type { LockKind } from '../knowledge/schema.ts';
import type { Cell } from './cells.ts';

export type LockKey = string;

export interface Held {
  readonly cell: Cell;
  readonly lock: LockKind;
  readonly mode: 'exclusive' | 'shared';
}

/** A branch that was taken on the content of a cell. */
export interface Test {
  readonly cell: Cell;
  /** What the path learned: `nonzero` (set, found, non-NULL), `zero`, or `compared` with something else. */
  readonly outcome: 'zero' | 'nonzero' | 'compared';
  /** Locks held since the content was read. */
  readonly locks: readonly LockKey[];
  /** The result of lowering a count and testing it in one step. */
  readonly atomic?: boolean;
}

export type AbstractValue = 'zero' | 'negative' | 'positive' | 'error' | 'nonzero';

/** Where the value of a local or temp came from. */
export interface Source {
  readonly cell: Cell;
  /** `value`: the cell's content; `found`: an element looked up in the container; `boolean`: true when the cell's content is nonzero; `inverted`: true when it is zero; `compared`: true or false by some other comparison. */
  readonly kind: 'value' | 'found' | 'boolean' | 'inverted' | 'compared';
  readonly locks: readonly LockKey[];
  readonly atomic?: boolean;
}

export interface PathState {
  readonly held: ReadonlyMap<LockKey, Held>;
  /** Locks of callers that this function has released. */
  readonly released: ReadonlySet<LockKey>;
  readonly tests: readonly Test[];
  readonly values: ReadonlyMap<string, AbstractValue>;
  readonly sources: ReadonlyMap<string, Source>;
}

export const EMPTY_STATE: PathState = {
  held: new Map(),
  released: new Set(),
  tests: [],
  values: new Map(),
  sources: new Map(),
};

export function lockKey(lock: LockKind, cell: Cell): LockKey {
  return `${lock} ${cell}`;
}

export function testKey(test: Test): string {
  return `${test.cell} ${test.outcome} ${test.locks.join(',')}`;
}

/** Equal keys mean equal states. */
export function stateKey(state: PathState): string {
  const parts = [
    [...state.held.keys()].sort().join(','),
    [...state.released].sort().join(','),
    state.tests.map(testKey).sort().join(';'),
    [...state.values]
      .map(([k, v]) => `${k}=${v}`)
      .sort()
      .join(','),
    [...state.sources]
      .map(([k, v]) => `${k}<${v.kind} ${v.cell}`)
      .sort()
      .join(','),
  ];
  return parts.join('|');
}

export function acquire(state: PathState, held: Held): PathState {
  const next = new Map(state.held);
  next.set(lockKey(held.lock, held.cell), held);
  return { ...state, held: next };
}

/** A released lock takes with it what was learned under it. */
export function release(state: PathState, key: LockKey): PathState {
  const held = new Map(state.held);
  const released = new Set(state.released);
  if (!held.delete(key)) released.add(key);
  const without = (locks: readonly LockKey[]): readonly LockKey[] => locks.filter((lock) => lock !== key);
  return {
    ...state,
    held,
    released,
    tests: dedupe(
      state.tests.map((test) => (test.locks.includes(key) ? { ...test, locks: without(test.locks) } : test)),
    ),
    sources: new Map(
      [...state.sources].map(([name, s]) => [name, s.locks.includes(key) ? { ...s, locks: without(s.locks) } : s]),
    ),
  };
}

export function learn(state: PathState, test: Test): PathState {
  const key = testKey(test);
  return state.tests.some((t) => testKey(t) === key) ? state : { ...state, tests: [...state.tests, test] };
}

/**
 * Content that was written is no longer what was tested. A test under a lock that is still held tells who else wrote it:
 * nobody has since, so a value of one's own on top of it leaves what it proved.
 */
export function forget(state: PathState, cell: Cell, to: 'zero' | 'other' = 'zero'): PathState {
  const stays = (test: Test): boolean => test.cell !== cell || (to === 'other' && test.locks.length > 0);
  return state.tests.every(stays) ? state : { ...state, tests: state.tests.filter(stays) };
}

export function setValue(
  state: PathState,
  name: string,
  value: AbstractValue | undefined,
  source: Source | undefined,
): PathState {
  const values = new Map(state.values);
  const sources = new Map(state.sources);
  if (value === undefined) values.delete(name);
  else values.set(name, value);
  if (source === undefined) sources.delete(name);
  else sources.set(name, source);
  return { ...state, values, sources };
}

function dedupe(tests: readonly Test[]): readonly Test[] {
  const seen = new Set<string>();
  return tests.filter((test) => {
    const key = testKey(test);
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}

/** Keeps what both know; `released` is a may-fact and unites. */
export function join(a: PathState, b: PathState): PathState {
  const bTests = new Map(b.tests.map((test) => [`${test.cell} ${test.outcome}`, test]));
  const tests: Test[] = [];
  for (const test of a.tests) {
    const other = bTests.get(`${test.cell} ${test.outcome}`);
    if (other !== undefined) tests.push({ ...test, locks: test.locks.filter((lock) => other.locks.includes(lock)) });
  }
  return {
    held: new Map([...a.held].filter(([key]) => b.held.has(key))),
    released: new Set([...a.released, ...b.released]),
    tests: dedupe(tests),
    values: new Map([...a.values].filter(([name, value]) => b.values.get(name) === value)),
    sources: new Map(
      [...a.sources].filter(([name, s]) => {
        const other = b.sources.get(name);
        return (
          other !== undefined && other.cell === s.cell && other.kind === s.kind && other.locks.length === s.locks.length
        );
      }),
    ),
  };
}

/** Is everything that `weaker` knows known in `stronger` too? Then `stronger` adds nothing to a set that has `weaker`. */
export function covers(weaker: PathState, stronger: PathState): boolean {
  for (const key of weaker.held.keys()) if (!stronger.held.has(key)) return false;
  for (const key of stronger.released) if (!weaker.released.has(key)) return false;
  for (const test of weaker.tests) {
    if (
      !stronger.tests.some(
        (t) => t.cell === test.cell && t.outcome === test.outcome && test.locks.every((lock) => t.locks.includes(lock)),
      )
    )
      return false;
  }
  for (const [name, value] of weaker.values) if (stronger.values.get(name) !== value) return false;
  for (const [name, source] of weaker.sources) {
    const other = stronger.sources.get(name);
    if (
      other === undefined ||
      other.cell !== source.cell ||
      other.kind !== source.kind ||
      !source.locks.every((lock) => other.locks.includes(lock))
    )
      return false;
  }
  return true;
}
