/**
 * The states and bindings with which the events of a function happen in one of its calls. Many calls in many traces come
 * in the same state with the same arguments, so each answer is made once; and equal states and bindings are one object,
 * which makes comparing them a matter of identity.
 */
import type { Cell } from './cells.ts';
import type { FunctionSummary, Snapshot } from './events.ts';
import { snapshotKey } from './events.ts';
import type { Held, Test } from './path-state.ts';
import { lockKey, testKey } from './path-state.ts';

type Environment = ReadonlyMap<string, { readonly value?: Cell; readonly target?: Cell }>;

/** What the parameters of one visited function stand for. */
export interface Scope {
  /** What a `$parameter` cell points to, in the callers' terms. */
  readonly bind: (cell: Cell | undefined) => Cell | undefined;
  /** The cell from which the argument for a `$parameter` was loaded. */
  readonly bindValue: (cell: Cell | undefined) => Cell | undefined;
  readonly environment: Environment;
}

/** By position of the event in the summary: its states, and for a call the scope of the callee. */
export interface Visit {
  readonly states: readonly (readonly Snapshot[])[];
  readonly scopes: readonly (Scope | undefined)[];
}

export class TraceMemo {
  readonly entry: Snapshot = { held: new Map(), released: new Set(), tests: [] };
  readonly unbound: Scope = scopeOf(new Map());
  private readonly snapshots = new Map<string, Snapshot>([[exactKey(this.entry), this.entry]]);
  private readonly classes = new Map<string, Snapshot>();
  private readonly classOfSnapshot = new WeakMap<Snapshot, Snapshot>();
  private readonly scopes = new Map<string, Scope>([['', this.unbound]]);
  private readonly visits = new WeakMap<FunctionSummary, Map<Scope, Map<Snapshot, Visit>>>();

  /** Number of different states, of which an owner that lives long may want to get rid. */
  get size(): number {
    return this.snapshots.size;
  }

  /** `entry` and `scope` are this memo's own objects. */
  visit(summary: FunctionSummary, entry: Snapshot, scope: Scope): Visit {
    const ofSummary = getOrMake(this.visits, summary, () => new Map<Scope, Map<Snapshot, Visit>>());
    const ofScope = getOrMake(ofSummary, scope, () => new Map<Snapshot, Visit>());
    return getOrMake(ofScope, entry, () => this.make(summary, entry, scope));
  }

  /** The same object for snapshots of one `snapshotKey`. */
  classOf(snapshot: Snapshot): Snapshot {
    return getOrMake(this.classOfSnapshot, snapshot, () =>
      getOrMake(this.classes, snapshotKey(snapshot), () => snapshot),
    );
  }

  private make(summary: FunctionSummary, entry: Snapshot, scope: Scope): Visit {
    const composed = new Map<Snapshot, Snapshot>();
    const states = summary.events.map((event) =>
      event.snapshots.map((inner) => getOrMake(composed, inner, () => this.compose(entry, inner, scope))),
    );
    const scopes = summary.events.map((event) => {
      if (event.kind !== 'call') return undefined;
      const environment = new Map(
        event.bindings.map((b) => {
          const value = scope.bindValue(b.value);
          const cell = scope.bind(b.target);
          return [
            b.parameter,
            { ...(value === undefined ? {} : { value }), ...(cell === undefined ? {} : { target: cell }) },
          ];
        }),
      );
      const key = [...environment].map(([k, v]) => `${k}:${v.value ?? ''}:${v.target ?? ''}`).join();
      return getOrMake(this.scopes, key, () => scopeOf(environment));
    });
    return { states, scopes };
  }

  /** The caller's facts and the callee's own; what nothing was added to is the caller's snapshot itself. */
  private compose(entry: Snapshot, inner: Snapshot, scope: Scope): Snapshot {
    if (inner.held.size === 0 && inner.released.size === 0 && inner.tests.length === 0) return entry;
    const made = compose(entry, inner, scope.environment);
    return getOrMake(this.snapshots, exactKey(made), () => made);
  }
}

interface Store<Key, Value> {
  get(key: Key): Value | undefined;
  set(key: Key, value: Value): unknown;
}

function getOrMake<Key, Value>(store: Store<Key, Value>, key: Key, make: () => Value): Value {
  let value = store.get(key);
  if (value === undefined) {
    value = make();
    store.set(key, value);
  }
  return value;
}

function scopeOf(environment: Environment): Scope {
  return {
    environment,
    bind: (cell) => bindCell(cell, environment),
    bindValue: (cell) => bindValue(cell, environment),
  };
}

/** Equal keys mean snapshots that no reader can tell apart, unlike `snapshotKey`, for which modes and order do not count. */
function exactKey({ held, released, tests }: Snapshot): string {
  const locks = [...held].map(([key, { mode }]) => `${key} ${mode}`).join();
  return `${locks}|${[...released].join()}|${tests.map(testKey).join(';')}`;
}

function bindCell(cell: Cell | undefined, environment: Environment): Cell | undefined {
  if (cell === undefined || !cell.startsWith('$')) return cell;
  const bound = environment.get(cell.slice(1));
  return bound?.target ?? bound?.value ?? cell;
}

function bindValue(cell: Cell | undefined, environment: Environment): Cell | undefined {
  if (cell === undefined || !cell.startsWith('$')) return cell;
  const bound = environment.get(cell.slice(1));
  return bound === undefined ? cell : (bound.value ?? bound.target);
}

function compose(entry: Snapshot, inner: Snapshot, environment: Environment): Snapshot {
  const rename = (key: string): string => {
    const space = key.indexOf(' ');
    return `${key.slice(0, space)} ${bindCell(key.slice(space + 1), environment) ?? ''}`;
  };
  const released = new Set([...inner.released].map(rename));
  const held = new Map<string, Held>();
  for (const [key, value] of entry.held) if (!released.has(key)) held.set(key, value);
  const outer = [...held.keys()];
  for (const value of inner.held.values()) {
    const cell = bindCell(value.cell, environment) ?? value.cell;
    held.set(lockKey(value.lock, cell), { ...value, cell });
  }
  const tests = new Map<string, Test>();
  for (const test of entry.tests) {
    const locks = test.locks.filter((lock) => !released.has(lock));
    const kept = { ...test, locks };
    tests.set(testKey(kept), kept);
  }
  for (const test of inner.tests) {
    const cell = bindCell(test.cell, environment) ?? test.cell;
    const bound = { ...test, cell, locks: [...new Set([...test.locks.map(rename), ...outer])] };
    tests.set(testKey(bound), bound);
  }
  return { held, released: new Set([...entry.released, ...released]), tests: [...tests.values()] };
}
