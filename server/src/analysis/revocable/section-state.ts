/**
 * What is known of revocable sections on one path through a function: which are open, which variables hold what they handed
 * out, whether that was found to be non-NULL, and which handles this function made and must free.
 */
import type { Span } from '../../base/span.ts';
import type { Value } from '../../ir/ir.ts';
import { strip } from '../cells.ts';
import type { AbstractValue, PathState } from '../path-state.ts';
import { EMPTY_STATE } from '../path-state.ts';
import { tempName } from '../refine.ts';

/** What one entering call handed out; named by the id of that call. */
export interface Access {
  /** The section that must still be open for it to be used. */
  readonly section: string;
  readonly known: 'untested' | 'null' | 'live';
  readonly over: boolean;
}

export interface Leave {
  readonly span: Span;
  /** Id of the call that had entered. */
  readonly entered: number;
}

export interface SectionState {
  /** What is known of plain locals: keeps impossible paths out. */
  readonly base: PathState;
  /** Open sections by key, with the call that entered. */
  readonly open: ReadonlyMap<string, number>;
  /** Sections that this path has left. */
  readonly left: ReadonlyMap<string, Leave>;
  readonly accesses: ReadonlyMap<number, Access>;
  /** Locals and temporaries that hold what an access handed out. */
  readonly aliases: ReadonlyMap<string, number>;
  /** Locals with a pointer that was read out of what an access handed out. */
  readonly derived: ReadonlyMap<string, number>;
  /** Handles that this function made, with the call that did. */
  readonly handles: ReadonlyMap<string, number>;
  /** Providers that this path made and keeps in memory, by their cell. */
  readonly providers: ReadonlyMap<string, number>;
  /** Providers that this path has revoked, with the call that did. */
  readonly revoked: ReadonlyMap<string, number>;
  /** Memory that holds what an access handed out. */
  readonly stored: ReadonlyMap<string, { readonly access: number; readonly span: Span }>;
  /** Open sections whose handle this path has freed, with the call that did. */
  readonly freed: ReadonlyMap<string, number>;
  /** Sections and handles of callers that this path has left and freed. */
  readonly leaves: ReadonlySet<string>;
  readonly frees: ReadonlySet<string>;
  /** The call by which open has replaced its operations. */
  readonly replaced: number | undefined;
}

export const NO_SECTIONS: SectionState = {
  base: EMPTY_STATE,
  open: new Map(),
  left: new Map(),
  accesses: new Map(),
  aliases: new Map(),
  derived: new Map(),
  handles: new Map(),
  providers: new Map(),
  revoked: new Map(),
  stored: new Map(),
  freed: new Map(),
  leaves: new Set(),
  frees: new Set(),
  replaced: undefined,
};

export interface SectionExit {
  readonly value: AbstractValue | undefined;
  readonly span: Span;
  readonly open: ReadonlyMap<string, number>;
  /** Sections and handles of callers. */
  readonly leaves: ReadonlySet<string>;
  readonly frees: ReadonlySet<string>;
  /** The result is what the section handed out. */
  readonly returned: Access | undefined;
}

export function withEntry<K, V>(map: ReadonlyMap<K, V>, key: K, value: V): ReadonlyMap<K, V> {
  return map.get(key) === value ? map : new Map(map).set(key, value);
}

export function without<K, V>(map: ReadonlyMap<K, V>, key: K): ReadonlyMap<K, V> {
  if (!map.has(key)) return map;
  const copy = new Map(map);
  copy.delete(key);
  return copy;
}

/** Equal keys mean equal states. */
export function sectionKey(state: SectionState): string {
  return [
    join(state.base.values),
    join(state.open),
    [...state.left.keys()].sort().join(),
    [...state.accesses].map(([id, a]) => `${id}:${a.section}:${a.known}:${a.over}`).join(),
    join(state.aliases),
    join(state.derived),
    join(state.handles),
    join(state.providers),
    join(state.revoked),
    state.base.tests.map((test) => `${test.cell} ${test.outcome}`).join(),
    [...state.stored].map(([cell, s]) => `${cell}:${s.access}`).join(),
    [...state.leaves, ...state.frees].sort().join(),
    join(state.freed),
    state.replaced ?? '',
  ].join('|');
}

function join(map: ReadonlyMap<string, string | number>): string {
  return [...map]
    .map(([key, value]) => `${key}=${value}`)
    .sort()
    .join();
}

/** The sections of `key` are left: what they handed out is over. */
export function leaveSection(state: SectionState, key: string, span: Span): SectionState {
  const entered = state.open.get(key);
  const accesses = new Map<number, Access>();
  for (const [id, access] of state.accesses)
    accesses.set(id, access.section === key && !access.over ? { ...access, over: true } : access);
  return {
    ...state,
    accesses,
    open: without(state.open, key),
    left: entered === undefined ? state.left : withEntry(state.left, key, { span, entered }),
  };
}

export function enterSection(state: SectionState, key: string, id: number): SectionState {
  return {
    ...state,
    open: withEntry(state.open, key, id),
    left: without(state.left, key),
    accesses: new Map(state.accesses).set(id, { section: key, known: 'untested', over: false }),
  };
}

/** One of several handles that a loop goes through, or one that cannot be named: nothing is said of its balance. */
export function isNameless(key: string): boolean {
  return key === '?' || key.endsWith('[]');
}

/** The access whose resource, or a part of whose resource, a value points to. */
export function accessOf(value: Value, state: SectionState): number | undefined {
  const inner = strip(value);
  if (inner === undefined) return undefined;
  if (inner.kind === 'temp') return state.aliases.get(tempName(inner.id));
  if (inner.kind === 'read' && inner.place.steps.length === 0) {
    const { root } = inner.place;
    return root.kind === 'local'
      ? state.aliases.get(root.name)
      : root.kind === 'value'
        ? accessOf(root.value, state)
        : undefined;
  }
  if (inner.kind === 'address') {
    const { root, steps } = inner.place;
    const derefs = steps.filter((step) => step.kind !== 'field').length;
    if (steps[0]?.kind !== 'deref' || derefs > 1) return undefined;
    return root.kind === 'local' ? state.aliases.get(root.name) : undefined;
  }
  if (inner.kind === 'operator' && (inner.operator === '+' || inner.operator === '-'))
    return inner.operands[0] === undefined ? undefined : accessOf(inner.operands[0], state);
  if (inner.kind === 'container') return accessOf(inner.value, state);
  return undefined;
}
