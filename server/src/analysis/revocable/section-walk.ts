/**
 * Follows every path of a function that uses revocable sections. Goes in: its graph and what is known of its callees. Comes
 * out: what paths do wrong, and how the function leaves sections for its callers. Bounded by fuel: what lies beyond is not
 * looked at.
 */
import type { Span } from '../../base/span.ts';
import type { Block, Operation, Place, Value } from '../../ir/ir.ts';
import { reversePostOrder } from '../../ir/walk.ts';
import { strip } from '../cells.ts';
import { escapingTemps, interestingLocals } from '../liveness.ts';
import type { AbstractValue } from '../path-state.ts';
import { setValue } from '../path-state.ts';
import type { Fn } from '../program.ts';
import { forEachPlace } from '../value-walk.ts';
import { callSections } from './section-calls.ts';
import type { SectionContext } from './section-context.ts';
import type { SectionFindings } from './section-findings.ts';
import type { SectionExit, SectionState } from './section-state.ts';
import { accessOf, NO_SECTIONS, sectionKey, withEntry, without } from './section-state.ts';

const MAX_STATES_PER_BLOCK = 32;
const MAX_FUEL = 3000;

export interface SectionWalk {
  readonly fn: Fn;
  readonly context: SectionContext;
  readonly findings: SectionFindings;
}

/** Runs all paths from `entry`; the exits, in no order. */
export function walkSections(walk: SectionWalk, entry: SectionState = NO_SECTIONS): readonly SectionExit[] {
  const { fn } = walk;
  const { blocks } = fn.ir;
  const keep = { temps: escapingTemps(blocks), locals: interestingLocals(fn) };
  const rank = new Map(reversePostOrder(blocks).map((block, index) => [block, index]));
  const seen = new Map<number, Set<string>>();
  const queue: { block: number; state: SectionState }[] = [{ block: 0, state: entry }];
  const exits: SectionExit[] = [];
  for (let fuel = MAX_FUEL; queue.length > 0 && fuel > 0; fuel -= 1) {
    let best = 0;
    queue.forEach((work, index) => {
      if ((rank.get(work.block) ?? 0) < (rank.get(queue[best]?.block ?? 0) ?? 0)) best = index;
    });
    const [work] = queue.splice(best, 1);
    const block = work === undefined ? undefined : blocks[work.block];
    if (work === undefined || block === undefined) break;
    let states: SectionState[] = [work.state];
    for (const operation of block.operations)
      states = states.flatMap((state) => runOperation(walk, operation, state, keep.locals));
    for (const state of states) {
      for (const next of runEnd(walk, block, state, exits)) {
        const tidy = dropTemps(next.state, keep.temps);
        const keys = seen.get(next.to) ?? new Set<string>();
        seen.set(next.to, keys);
        const key = sectionKey(tidy);
        if (keys.has(key) || keys.size >= MAX_STATES_PER_BLOCK) continue;
        keys.add(key);
        queue.push({ block: next.to, state: tidy });
      }
    }
  }
  return exits;
}

function dropTemps(state: SectionState, keep: ReadonlySet<string>): SectionState {
  const stays = (name: string): boolean => !/^t\d+$/.test(name) || keep.has(name);
  return {
    ...state,
    base: { ...state.base, values: new Map([...state.base.values].filter(([name]) => stays(name))) },
    aliases: new Map([...state.aliases].filter(([name]) => stays(name))),
  };
}

function runOperation(
  walk: SectionWalk,
  operation: Operation,
  state: SectionState,
  interesting: ReadonlySet<string>,
): SectionState[] {
  switch (operation.kind) {
    case 'evaluate':
      useValue(walk, operation.value, operation.span, state);
      return [state];
    case 'havoc':
      return [state];
    case 'assign':
      return [assign(walk, operation, state, interesting)];
    case 'call':
      if (operation.origin !== 'guard-enter')
        for (const argument of operation.args) useValue(walk, argument, operation.span, state);
      return callSections(walk, operation, state);
  }
}

function assign(
  walk: SectionWalk,
  operation: Extract<Operation, { kind: 'assign' }>,
  before: SectionState,
  interesting: ReadonlySet<string>,
): SectionState {
  const { to, value, span } = operation;
  const { refiner, cells } = walk.context;
  // Another provider, or none, from here on.
  const key = before.revoked.size === 0 ? '?' : walk.context.handleKey({ kind: 'read', place: to }, walk.fn);
  const state = before.revoked.has(key) ? { ...before, revoked: without(before.revoked, key) } : before;
  useValue(walk, value, span, state);
  usePlace(walk, to, span, state);
  const access = accessOf(value, state) ?? memberArray(walk, value, state);
  if (to.root.kind === 'local' && to.steps.length === 0) {
    const { name } = to.root;
    const known = operation.compound === undefined ? refiner.evaluate(value, state.base) : undefined;
    const tracked = interesting.has(name) || access !== undefined || state.aliases.has(name);
    const base = tracked ? setValue(state.base, name, known, undefined) : state.base;
    if (operation.compound !== undefined) return { ...state, base };
    const made = madeHandle(walk, value);
    const moved = movedHandle(walk, value, state);
    let handles =
      made === undefined ? without(state.handles, `local ${name}`) : withEntry(state.handles, `local ${name}`, made);
    // A copy of a handle: from here on it is not told which of the two is freed.
    if (moved !== undefined) handles = without(handles, moved);
    const aliases = access === undefined ? without(state.aliases, name) : withEntry(state.aliases, name, access);
    const provider = madeProvider(walk, value, state);
    const providers = provider === undefined ? state.providers : withEntry(state.providers, `local ${name}`, provider);
    const from = access === undefined ? loadedFrom(walk, value, state) : undefined;
    const derived = from === undefined ? without(state.derived, name) : withEntry(state.derived, name, from);
    return { ...state, base, handles, aliases, derived, providers };
  }
  const moved = movedHandle(walk, value, state);
  const next = moved === undefined ? state : { ...state, handles: without(state.handles, moved) };
  const { cell } = cells.place(to, walk.fn);
  if (cell === undefined || operation.compound !== undefined) return next;
  const provider = madeProvider(walk, value, state);
  if (provider !== undefined) {
    const elsewhere = new Map([...next.providers].filter(([, id]) => id !== provider));
    return { ...next, providers: elsewhere.set(cell, provider) };
  }
  const inLocal = to.root.kind === 'local' && to.steps.every((step) => step.kind === 'field');
  if (access === undefined || inLocal) return { ...next, stored: without(next.stored, cell) };
  return { ...next, stored: withEntry(next.stored, cell, { access, span }) };
}

/** The access in whose resource an array lies that decays to a pointer. */
function memberArray({ context, fn }: SectionWalk, value: Value, state: SectionState): number | undefined {
  const inner = strip(value);
  if (inner?.kind !== 'read' || inner.place.steps[0]?.kind !== 'deref') return undefined;
  if (context.cells.place(inner.place, fn).type?.array !== true) return undefined;
  return accessOf({ kind: 'address', place: inner.place }, state);
}

/** The access out of whose resource a pointer is read. */
function loadedFrom({ context, fn }: SectionWalk, value: Value, state: SectionState): number | undefined {
  const inner = strip(value);
  if (inner?.kind !== 'read' || inner.place.root.kind !== 'local') return undefined;
  const { root, steps } = inner.place;
  if (steps.length === 0) return state.derived.get(root.name);
  const type = context.program.typeOf(inner, fn);
  if (type === undefined || type.pointers === 0) return undefined;
  return state.aliases.get(root.name) ?? state.derived.get(root.name);
}

/** Call that made the handle which a value is. */
function madeHandle({ fn, context }: SectionWalk, value: Value): number | undefined {
  const inner = strip(value);
  if (inner?.kind !== 'temp') return undefined;
  return context.api.roleOf(fn.calls.get(inner.id)) === 'consumer-alloc' ? inner.id : undefined;
}

/** Call that made the provider which a value is. */
function madeProvider({ fn, context }: SectionWalk, value: Value, state: SectionState): number | undefined {
  const inner = strip(value);
  if (inner?.kind === 'temp') {
    const call = fn.calls.get(inner.id);
    return context.api.roleOf(call) === 'provider-alloc' && !context.isManaged(call) ? inner.id : undefined;
  }
  if (inner?.kind !== 'read' || inner.place.root.kind !== 'local' || inner.place.steps.length > 0) return undefined;
  return state.providers.get(`local ${inner.place.root.name}`);
}

/** Key of the handle of this function that a value copies. */
function movedHandle(walk: SectionWalk, value: Value, state: SectionState): string | undefined {
  const inner = strip(value);
  if (inner?.kind !== 'read' || inner.place.root.kind !== 'local' || inner.place.steps.length > 0) return undefined;
  const key = walk.context.handleKey(inner, walk.fn);
  return state.handles.has(key) ? key : undefined;
}

/** Pointers that computing a value follows. */
function useValue(walk: SectionWalk, value: Value, span: Span, state: SectionState): void {
  forEachPlace(value, (place, use) => {
    // Taking an address follows nothing but the pointers on the way.
    if (use === 'address' && place.steps.filter((step) => step.kind !== 'field').length <= 1) return;
    usePlace(walk, place, span, state);
  });
}

function usePlace(walk: SectionWalk, place: Place, span: Span, state: SectionState): void {
  const [first] = place.steps;
  if (first === undefined || first.kind === 'field') return;
  const { root } = place;
  const id =
    root.kind === 'local'
      ? state.aliases.get(root.name)
      : root.kind === 'value'
        ? accessOf(root.value, state)
        : undefined;
  if (id !== undefined) walk.findings.use(id, place.span ?? span, state);
  else if (root.kind === 'local') walk.findings.useDerived(root.name, place.span ?? span, state);
}

function runEnd(
  walk: SectionWalk,
  { end }: Block,
  state: SectionState,
  exits: SectionExit[],
): { to: number; state: SectionState }[] {
  switch (end.kind) {
    case 'goto':
      return [{ to: end.to, state }];
    case 'branch': {
      useValue(walk, end.condition, end.span, state);
      const [then, otherwise] = [refine(walk, state, end.condition, true), refine(walk, state, end.condition, false)];
      return [
        ...(then === undefined ? [] : [{ to: end.then, state: then }]),
        ...(otherwise === undefined ? [] : [{ to: end.otherwise, state: otherwise }]),
      ];
    }
    case 'switch': {
      useValue(walk, end.value, end.span, state);
      const known = walk.context.refiner.evaluate(end.value, state.base);
      const reached = end.cases.filter((one) => one.labels.some((label) => canBe(walk, label, known)));
      return [...new Set([...reached.map((one) => one.to), end.otherwise])].map((to) => ({ to, state }));
    }
    case 'return': {
      if (end.value !== undefined) useValue(walk, end.value, end.span, state);
      exits.push(leaveFunction(walk, end.value, end.span, state));
      return [];
    }
    case 'unreachable':
      return [];
  }
}

/** A case label, given what is known of the value. */
function canBe({ context }: SectionWalk, label: Value, known: AbstractValue | undefined): boolean {
  const constant = context.refiner.evaluate(label, NO_SECTIONS.base);
  if (known === undefined || constant === undefined) return true;
  return (known === 'zero') === (constant === 'zero');
}

function leaveFunction(walk: SectionWalk, value: Value | undefined, span: Span, state: SectionState): SectionExit {
  const { refiner } = walk.context;
  const id = value === undefined ? undefined : accessOf(value, state);
  const returned = id === undefined ? undefined : state.accesses.get(id);
  const moved = value === undefined ? undefined : movedHandle(walk, value, state);
  const kept = moved === undefined ? state : { ...state, handles: without(state.handles, moved) };
  const exit: SectionExit = {
    value: value === undefined ? undefined : refiner.evaluate(value, state.base),
    span,
    open: state.open,
    leaves: state.leaves,
    frees: state.frees,
    returned,
  };
  walk.findings.leave(kept, exit, id);
  return exit;
}

/** What a branch teaches of locals, and so of what sections handed out. */
function refine(walk: SectionWalk, state: SectionState, condition: Value, truth: boolean): SectionState | undefined {
  const base = walk.context.refiner.refine(state.base, condition, truth, walk.fn);
  if (base === undefined) return undefined;
  const accesses = new Map(state.accesses);
  for (const [name, id] of state.aliases) {
    const access = accesses.get(id);
    const value = base.values.get(name);
    if (access === undefined || value === undefined) continue;
    if (value === 'zero' && access.known === 'live') return undefined;
    if (value === 'nonzero' && access.known === 'null') return undefined;
    if (value === 'zero') accesses.set(id, { ...access, known: 'null' });
    else if (value === 'nonzero' || value === 'positive') accesses.set(id, { ...access, known: 'live' });
  }
  let { handles } = state;
  for (const key of handles.keys()) {
    // Nothing was made.
    if (key.startsWith('local ') && base.values.get(key.slice('local '.length)) === 'zero')
      handles = without(handles, key);
  }
  let { providers } = state;
  for (const key of providers.keys()) {
    const local = key.startsWith('local ') && base.values.get(key.slice('local '.length)) === 'zero';
    if (local || base.tests.some((test) => test.cell === key && test.outcome === 'zero'))
      providers = without(providers, key);
  }
  return { ...state, base, accesses, handles, providers };
}
