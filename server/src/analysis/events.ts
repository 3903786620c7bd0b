/**
 * What a function does that matters to the removal model, each with the states in which it happens. Events name
 * cells, never syntax; `$p` cells are bound by callers.
 */
import type { Span } from '../base/span.ts';
import type { Value } from '../ir/ir.ts';
import type { Effect } from '../knowledge/schema.ts';
import type { Cell } from './cells.ts';
import type { AbstractValue, Held, LockKey, Source, Test } from './path-state.ts';
import { testKey } from './path-state.ts';

/** Locks and tests at an event, relative to the function's entry. */
export interface Snapshot {
  readonly held: ReadonlyMap<LockKey, Held>;
  readonly released: ReadonlySet<LockKey>;
  readonly tests: readonly Test[];
}

const snapshotKeys = new WeakMap<Snapshot, string>();

/** Equal keys mean equal snapshots. */
export function snapshotKey(snapshot: Snapshot): string {
  let key = snapshotKeys.get(snapshot);
  if (key === undefined) {
    key = `${[...snapshot.held.keys()].sort().join()}|${[...snapshot.released].sort().join()}|${snapshot.tests.map(testKey).sort().join(';')}`;
    snapshotKeys.set(snapshot, key);
  }
  return key;
}

interface Base {
  readonly span: Span;
  /** Position in reverse post order; comparable within one function. */
  readonly order: number;
  readonly snapshots: readonly Snapshot[];
}

/** A pointer is followed, or handed to a function outside the module that follows it. */
export interface UseEvent extends Base {
  readonly kind: 'use';
  /** Type of the memory that is touched. */
  readonly object: string | undefined;
  /** The cell from which the pointer was loaded. */
  readonly via: Cell | undefined;
  /** The member that is accessed, or whose address is passed. */
  readonly member: Cell | undefined;
  /** A call outside the module gets the pointer. */
  readonly passedTo?: string;
  readonly write: boolean;
  /** The expression, C-like. */
  readonly value: Value;
}

export interface StoreEvent extends Base {
  readonly kind: 'store';
  readonly cell: Cell;
  /** `unlinked`: an entry left the container `cell`. */
  readonly to: 'zero' | 'nonzero' | 'value' | 'unlinked' | 'linked';
  readonly value?: Value;
}

export interface CallEvent extends Base {
  readonly kind: 'call';
  /** Key of a function of the module. */
  readonly target: string;
  /** By parameter: the cell that the argument was loaded from, and the cell it points to. */
  readonly bindings: readonly { readonly parameter: string; readonly value?: Cell; readonly target?: Cell }[];
  readonly indirect: boolean;
  /** The release function of a reference that is dropped here: it runs if this was the last one. */
  readonly release: boolean;
}

/** An effect of a contract that is not a matter of path state. */
export interface EffectEvent extends Base {
  readonly kind: 'effect';
  readonly api: string;
  readonly effect: Effect;
  /** The cell that the effect's object slot points to, and the one its pointer was loaded from. */
  readonly target: Cell | undefined;
  readonly value: Cell | undefined;
  /** Type of the object that the slot points to. */
  readonly object: string | undefined;
  /** For the address of a member: the object that holds it, however deep. */
  readonly holder: string | undefined;
  readonly args: readonly Value[];
  readonly callId: number;
  /** The call ends the scope of a local (`__free`). */
  readonly cleanup: boolean;
}

export type FunctionEvent = UseEvent | StoreEvent | CallEvent | EffectEvent;

export interface Exit {
  readonly value: AbstractValue | undefined;
  readonly source: Source | undefined;
  readonly held: ReadonlyMap<LockKey, Held>;
  readonly released: ReadonlySet<LockKey>;
  readonly tests: readonly Test[];
}

export interface FunctionSummary {
  readonly key: string;
  readonly events: readonly FunctionEvent[];
  readonly exits: readonly Exit[];
  /** The exploration ran out of fuel, or a havoc was met: facts may be missing. */
  readonly incomplete: boolean;
}
