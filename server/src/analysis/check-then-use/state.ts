/**
 * What is known at one point of an operation: locks that are held, what was checked on every way here and under which
 * locks ever since, and what locals were loaded from.
 *
 * Order: more locks and more checks are smaller (know more), more loads are larger. `join` keeps the locks and checks
 * that both sides have and the loads of either; all sets are finite, so every chain is.
 */
import type { Span } from '../../base/span.ts';
import type { Cell } from '../cells.ts';
import type { LockKey } from '../path-state.ts';
import type { Fn } from '../program.ts';

export type Mode = 'exclusive' | 'shared';
export type Modes = ReadonlyMap<LockKey, Mode>;

/** A call on the way from an operation to a place. */
export interface CallStep {
  readonly fn: Fn;
  readonly span: Span;
  readonly target: Fn;
}

export interface Site {
  readonly fn: Fn;
  readonly span: Span;
  readonly chain: readonly CallStep[];
}

/** What a local was read from. */
export interface Load {
  readonly cell: Cell;
  readonly site: Site;
  /** `copy`: it is the content; `computed`: made from it; `bounded`: compared with it. */
  readonly how: 'copy' | 'computed' | 'bounded';
  /** Locks held then, and those of them that were held ever since. */
  readonly held: Modes;
  readonly since: Modes;
  /** The thread has put something else into the cell since; `owned` when it did so under the lock of the load: nobody else has it now. */
  readonly replaced?: boolean;
  readonly owned?: boolean;
}

/** A branch that was taken on the content of a cell. */
export interface Check {
  readonly cell: Cell;
  /** `compared`: with one value; `ordered`: by `<` and its like. */
  readonly outcome: 'set' | 'clear' | 'compared' | 'ordered';
  /** For a comparison with a constant: which, and whether the content is it on this way. */
  readonly against?: { readonly constant: string; readonly equal: boolean };
  readonly site: Site;
  /** Locks held when the content was read, and those of them that were held ever since. */
  readonly held: Modes;
  readonly since: Modes;
  /** Block that the other outcome leads to. */
  readonly otherwise: number;
}

/** Locks that were taken if a result has this outcome. */
export interface Pending {
  readonly when: 'zero' | 'nonzero';
  readonly locks: Modes;
}

export interface State {
  readonly held: Modes;
  readonly checks: ReadonlyMap<string, Check>;
  /** By local, or `t1` for the result of a call. */
  readonly loads: ReadonlyMap<string, readonly Load[]>;
  readonly pending: ReadonlyMap<string, readonly Pending[]>;
  /** Cells that the thread itself has filled: to free that again undoes its own work. */
  readonly filled: ReadonlySet<Cell>;
}

export function entryState(held: Modes, loads: ReadonlyMap<string, readonly Load[]>): State {
  return { held, checks: new Map(), loads, pending: new Map(), filled: new Set() };
}

export function acquire(state: State, locks: Modes): State {
  return locks.size === 0 ? state : { ...state, held: new Map([...state.held, ...locks]) };
}

/** A section that ends takes with it what was known inside of it. */
export function release(state: State, key: LockKey): State {
  return {
    ...state,
    held: without(state.held, key),
    checks: new Map([...state.checks].map(([name, check]) => [name, { ...check, since: without(check.since, key) }])),
    loads: new Map(
      [...state.loads].map(([name, loads]) => [name, loads.map((l) => ({ ...l, since: without(l.since, key) }))]),
    ),
  };
}

function without(modes: Modes, key: LockKey): Modes {
  if (!modes.has(key)) return modes;
  const left = new Map(modes);
  left.delete(key);
  return left;
}

export function addCheck(state: State, check: Check): State {
  const key = `${check.cell} ${check.outcome} ${check.site.span.start}`;
  return { ...state, checks: new Map(state.checks).set(key, check) };
}

/** The thread itself wrote the cell: what it knew of the content is old. */
export function forget(state: State, isWritten: (cell: Cell) => boolean): State {
  if (![...state.checks.values()].some((check) => isWritten(check.cell))) return state;
  return { ...state, checks: new Map([...state.checks].filter(([, check]) => !isWritten(check.cell))) };
}

/** What was loaded from the cell is no longer in it, and belongs to the thread where nobody could come in between. */
export function take(state: State, cell: Cell): State {
  const taken = (load: Load): Load =>
    load.cell === cell ? { ...load, replaced: true, ...(hasExclusive(load.since) ? { owned: true } : {}) } : load;
  const loads = new Map([...state.loads].map(([name, list]) => [name, list.map(taken)]));
  return { ...state, loads };
}

/** The thread has a reference of its own to what the local points to. */
export function own(state: State, name: string): State {
  const loads = state.loads.get(name);
  return loads === undefined
    ? state
    : setLoads(
        state,
        name,
        loads.map((load) => ({ ...load, owned: true })),
      );
}

/** A lock that is as good as those under which these checks and loads were made, and that stays when they are dropped. */
export function extend(state: State, under: Modes, key: LockKey): State {
  const longer = (since: Modes): Modes =>
    [...since.keys()].some((lock) => under.has(lock)) ? new Map([...since, [key, 'exclusive']]) : since;
  return {
    ...state,
    held: new Map([...state.held, [key, 'exclusive']]),
    checks: new Map([...state.checks].map(([name, check]) => [name, { ...check, since: longer(check.since) }])),
    loads: new Map(
      [...state.loads].map(([name, loads]) => [name, loads.map((load) => ({ ...load, since: longer(load.since) }))]),
    ),
  };
}

export function hasExclusive(modes: Modes): boolean {
  for (const mode of modes.values()) if (mode === 'exclusive') return true;
  return false;
}

export function setLoads(state: State, name: string, loads: readonly Load[]): State {
  if (loads.length === 0 && !state.loads.has(name)) return state;
  const next = new Map(state.loads);
  if (loads.length === 0) next.delete(name);
  else next.set(name, loads);
  return { ...state, loads: next };
}

export function setPending(state: State, name: string, pending: readonly Pending[]): State {
  if (pending.length === 0 && !state.pending.has(name)) return state;
  const next = new Map(state.pending);
  if (pending.length === 0) next.delete(name);
  else next.set(name, pending);
  return { ...state, pending: next };
}

export function join(a: State, b: State): State {
  return {
    held: common(a.held, b.held),
    checks: new Map(
      [...a.checks].flatMap(([key, check]) => {
        const other = b.checks.get(key);
        return other === undefined ? [] : [[key, joinChecks(check, other)] as const];
      }),
    ),
    loads: joinLoads(a.loads, b.loads),
    pending: new Map([...a.pending].filter(([name, pending]) => samePending(pending, b.pending.get(name)))),
    filled: a.filled === b.filled ? a.filled : new Set([...a.filled].filter((cell) => b.filled.has(cell))),
  };
}

function joinChecks({ against, ...check }: Check, other: Check): Check {
  const isSame = against !== undefined && against.equal === other.against?.equal;
  return { ...check, since: common(check.since, other.since), ...(isSame ? { against } : {}) };
}

export function common(a: Modes, b: Modes): Modes {
  return a === b
    ? a
    : new Map([...a].filter(([key]) => b.has(key)).map(([key, mode]) => [key, b.get(key) === mode ? mode : 'shared']));
}

function joinLoads(a: State['loads'], b: State['loads']): State['loads'] {
  const joined = new Map(a);
  for (const [name, loads] of b) {
    const mine = joined.get(name);
    joined.set(name, mine === undefined ? loads : mergeLoads(mine, loads));
  }
  return joined;
}

export function mergeLoads(a: readonly Load[], b: readonly Load[]): readonly Load[] {
  const merged = [...a];
  for (const load of b) {
    const at = merged.findIndex((other) => loadKey(other) === loadKey(load));
    const other = merged[at];
    if (other === undefined) merged.push(load);
    else merged[at] = { ...other, since: common(other.since, load.since) };
  }
  return merged;
}

function loadKey(load: Load): string {
  return `${load.cell} ${load.how} ${load.site.fn.key} ${load.site.span.start} ${load.replaced ?? false} ${load.owned ?? false}`;
}

function samePending(a: readonly Pending[], b: readonly Pending[] | undefined): boolean {
  return b !== undefined && pendingText(a) === pendingText(b);
}

function pendingText(pending: readonly Pending[]): string {
  return pending.map(({ when, locks }) => `${when} ${[...locks.keys()].join()}`).join(';');
}

const stateKeys = new WeakMap<State, string>();

/** Equal keys mean equal states. */
export function stateKey(state: State): string {
  let key = stateKeys.get(state);
  if (key === undefined) {
    key = keyOf(state);
    stateKeys.set(state, key);
  }
  return key;
}

function keyOf(state: State): string {
  const modes = (some: Modes): string =>
    [...some]
      .map(([key, mode]) => `${key}:${mode}`)
      .sort()
      .join();
  return [
    modes(state.held),
    [...state.checks]
      .map(([key, check]) => `${key}@${modes(check.since)}${check.against?.equal ?? ''}`)
      .sort()
      .join(';'),
    [...state.loads]
      .map(
        ([name, loads]) =>
          `${name}=${loads
            .map((load) => `${loadKey(load)}@${modes(load.since)}`)
            .sort()
            .join('+')}`,
      )
      .sort()
      .join(';'),
    [...state.filled].sort().join(),
    [...state.pending]
      .map(([name, pending]) => `${name}=${pendingText(pending)}`)
      .sort()
      .join(';'),
  ].join('|');
}
