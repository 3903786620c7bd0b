/**
 * Which guards live where. The state maps each guard to the variables and temporaries that may hold it; states join by union, so
 * a guard lives where it lives on some path. A guard that is known to be missing on a path (`None`) is `absent` there.
 */

import type { Span } from '../../base/span.ts';
import type { Operation, Terminator, TypeRef, Value } from '../../ir/ir.ts';
import { reversePostOrder, successors } from '../../ir/walk.ts';
import type { RustTypeContract } from '../../knowledge/rust-schema.ts';
import type { LockKind } from '../../knowledge/schema.ts';
import type { LinkedCall, LinkedFn, Linker } from './link.ts';

/** A guard by the call that made it; those that come from outside have a name. */
export type GuardId = number | string;

export interface Guard {
  readonly id: GuardId;
  readonly row: RustTypeContract;
  /** Type of the guard itself. */
  readonly type?: TypeRef;
  /** The call that made it; absent for a parameter and for what a closure runs under. */
  readonly made?: LinkedCall;
  /** Relative to the function. */
  readonly at: Span;
  /** The variable that holds it, where one does. */
  readonly name?: string;
}

const READ_SECTIONS: ReadonlySet<LockKind> = new Set(['revocable', 'rcu']);

/** Whether the guard is a read section, which nothing inside may sleep in. */
export function isReadSection(guard: Guard): boolean {
  return guard.row.guard !== undefined && READ_SECTIONS.has(guard.row.guard);
}

export function hasReadSection(guards: ReadonlyMap<GuardId, Guard>): boolean {
  for (const guard of guards.values()) if (isReadSection(guard)) return true;
  return false;
}

interface Held {
  readonly holders: ReadonlySet<string>;
  readonly isAbsent: boolean;
}

type State = ReadonlyMap<GuardId, Held>;

/** How a guard's life ends. */
export interface GuardEnd {
  readonly guard: GuardId;
  readonly kind: 'dropped' | 'consumed' | 'returned' | 'stored';
  readonly span: Span;
}

export interface GuardPoint {
  readonly block: number;
  /** Absent at the end of the block. */
  readonly operation?: Operation;
  readonly end?: Terminator;
  /** Guards that live here, before the operation. */
  readonly live: readonly Guard[];
}

export interface GuardLives {
  readonly guards: ReadonlyMap<GuardId, Guard>;
  readonly points: readonly GuardPoint[];
  readonly ends: readonly GuardEnd[];
  /** Calls that end guards, by id: drops, and functions that take them; on paths where the guard is missing too. */
  readonly drops: ReadonlyMap<number, readonly GuardId[]>;
}

const NOTHING: GuardLives = { guards: new Map(), points: [], ends: [], drops: new Map() };

/** Undefined positions never happen: a function without guards has no points. */
export function guardLives(linked: LinkedFn, linker: Linker): GuardLives {
  const walk = new GuardWalk(linked, linker);
  return walk.guards.size === 0 ? NOTHING : walk.run();
}

class GuardWalk {
  readonly guards = new Map<GuardId, Guard>();
  private readonly linked: LinkedFn;
  private readonly ends: GuardEnd[] = [];
  private readonly drops = new Map<number, GuardId[]>();

  constructor(linked: LinkedFn, linker: Linker) {
    this.linked = linked;
    const { ir } = linked.fn;
    for (const { name } of ir.parameters) {
      const type = linked.locals.get(name);
      const row = linker.program.guardIn(type);
      if (row !== undefined)
        this.guards.set(`parameter ${name}`, {
          id: `parameter ${name}`,
          row,
          at: ir.nameSpan,
          name,
          ...(type ? { type } : {}),
        });
    }
    const under = linked.use?.under === undefined ? undefined : rowUnder(linked, linker);
    if (under !== undefined) this.guards.set('closure', { id: 'closure', row: under, at: ir.nameSpan });
    for (const one of linked.calls.values()) {
      const row = linker.program.guardIn(one.result);
      if (row === undefined) continue;
      this.guards.set(one.call.id, {
        id: one.call.id,
        row,
        made: one,
        at: one.call.span,
        ...(one.result === undefined ? {} : { type: one.result }),
      });
    }
  }

  run(): GuardLives {
    const { blocks } = this.linked.fn.ir;
    const order = reversePostOrder(blocks);
    const entry = new Map<number, State>([[0, this.entryState()]]);
    const queue = new Set(order);
    for (let fuel = blocks.length * 8; queue.size > 0 && fuel > 0; fuel--) {
      const index = order.find((one) => queue.has(one)) as number;
      queue.delete(index);
      const before = entry.get(index);
      const block = blocks[index];
      if (before === undefined || block === undefined) continue;
      let state = before;
      for (const operation of block.operations) state = this.step(state, operation);
      for (const next of successors(block)) {
        const refined = refine(state, block.end, next);
        const known = entry.get(next);
        const joined = known === undefined ? refined : join(known, refined);
        if (known !== undefined && sameState(known, joined)) continue;
        entry.set(next, joined);
        queue.add(next);
      }
    }
    return this.collect(entry, order);
  }

  private entryState(): State {
    const state = new Map<GuardId, Held>();
    for (const guard of this.guards.values())
      if (guard.made === undefined)
        state.set(guard.id, { holders: new Set(guard.name === undefined ? [] : [guard.name]), isAbsent: false });
    return state;
  }

  private collect(entry: ReadonlyMap<number, State>, order: readonly number[]): GuardLives {
    const points: GuardPoint[] = [];
    this.ends.length = 0;
    this.drops.clear();
    for (const block of order) {
      let state = entry.get(block);
      const found = this.linked.fn.ir.blocks[block];
      if (state === undefined || found === undefined) continue;
      for (const operation of found.operations) {
        points.push({ block, operation, live: this.live(state) });
        state = this.step(state, operation);
      }
      points.push({ block, end: found.end, live: this.live(state) });
      if (found.end.kind === 'return' && found.end.value !== undefined)
        for (const id of heldIn(state, found.end.value))
          this.ends.push({ guard: id, kind: 'returned', span: found.end.span });
    }
    return { guards: this.guards, points, ends: this.ends, drops: this.drops };
  }

  private live(state: State): readonly Guard[] {
    const found: Guard[] = [];
    for (const [id, held] of state) {
      const guard = this.guards.get(id);
      if (guard !== undefined && !held.isAbsent) found.push(guard);
    }
    return found;
  }

  private step(state: State, operation: Operation): State {
    switch (operation.kind) {
      case 'call':
        return operation.origin === 'cleanup' ? this.drop(state, operation) : this.call(state, operation);
      case 'assign': {
        const moved = heldIn(state, operation.value);
        if (moved.length === 0) return state;
        const { to } = operation;
        if (to.root.kind === 'local' && to.steps.length === 0) {
          this.nameAfter(moved, to.root.name);
          return rehold(state, moved, to.root.name);
        }
        return this.endAll(state, moved, 'stored', operation.span);
      }
      default:
        return state;
    }
  }

  /** The first variable that a guard is bound to is what people call it. */
  private nameAfter(moved: readonly GuardId[], local: string): void {
    if (local.startsWith('$')) return;
    for (const id of moved) {
      const guard = this.guards.get(id);
      if (guard !== undefined && guard.name === undefined)
        this.guards.set(id, { ...guard, name: local.replace(/#\d+$/, '') });
    }
  }

  private drop(state: State, operation: Extract<Operation, { kind: 'call' }>): State {
    const [value] = operation.args;
    const gone = value === undefined ? [] : heldIn(state, value);
    if (gone.length === 0) return state;
    this.drops.set(operation.id, gone);
    return this.endAll(state, gone, 'dropped', operation.span);
  }

  private call(state: State, operation: Extract<Operation, { kind: 'call' }>): State {
    const one = this.linked.calls.get(operation.id);
    const isMethod = operation.callee.kind === 'named' && operation.callee.name.startsWith('.');
    const moved: GuardId[] = [];
    for (const [index, value] of operation.args.entries()) {
      if (isMethod && index === 0 && !takesSelf(one)) continue;
      moved.push(...heldIn(state, value));
    }
    const makes = this.guards.has(operation.id);
    let next = state;
    if (moved.length > 0) {
      if (makes) return rehold(next, moved, temporary(operation.id));
      this.drops.set(operation.id, moved);
      next = this.endAll(
        next,
        moved,
        one?.target?.kind === 'kernel' && one.target.row.role === 'drop' ? 'dropped' : 'consumed',
        operation.span,
      );
    }
    if (!makes) return next;
    return new Map(next).set(operation.id, { holders: new Set([temporary(operation.id)]), isAbsent: false });
  }

  private endAll(state: State, gone: readonly GuardId[], kind: GuardEnd['kind'], span: Span): State {
    const next = new Map(state);
    for (const id of gone) {
      if (next.get(id)?.isAbsent === false) this.ends.push({ guard: id, kind, span });
      next.delete(id);
    }
    return next;
  }
}

/** What a closure runs under is named by the type of guard that the call stands for. */
function rowUnder(linked: LinkedFn, linker: Linker): RustTypeContract | undefined {
  const lock = linked.use?.under;
  return lock === undefined ? undefined : linker.program.knowledge.rust.findGuardType(lock);
}

function takesSelf(one: LinkedCall | undefined): boolean {
  if (one?.target?.kind === 'kernel') return one.target.row.takesSelf === true;
  if (one?.target?.kind !== 'own') return false;
  const [self] = one.target.fn.ir.parameters;
  return self?.name === 'self' && self.type.pointers === 0 && self.type.base !== 'Pin';
}

function temporary(id: number): string {
  return `t${id} `;
}

/** The variable or temporary that a value is, or is the inside of. */
export function holderOf(value: Value): string | undefined {
  if (value.kind === 'temp') return temporary(value.id);
  if (value.kind === 'operator' && value.operator.startsWith('as ')) return holderOf(value.operands[0] as Value);
  if (value.kind !== 'read' || value.place.steps.length > 0) return undefined;
  const { root } = value.place;
  return root.kind === 'local' ? root.name : root.kind === 'value' ? holderOf(root.value) : undefined;
}

function heldIn(state: State, value: Value): GuardId[] {
  if (state.size === 0) return [];
  if (value.kind === 'aggregate') return value.fields.flatMap((field) => heldIn(state, field.value));
  const holder = holderOf(value);
  if (holder === undefined) return [];
  return [...state].filter(([, held]) => held.holders.has(holder)).map(([id]) => id);
}

function rehold(state: State, moved: readonly GuardId[], holder: string): State {
  const next = new Map(state);
  for (const id of moved) next.set(id, { holders: new Set([holder]), isAbsent: next.get(id)?.isAbsent === true });
  return next;
}

/** The edge on which a `Some` or `Ok` does not fit has no guard. */
function refine(state: State, end: Terminator, next: number): State {
  if (end.kind !== 'branch' || end.then === end.otherwise || end.condition.kind !== 'operator') return state;
  const { operator, operands } = end.condition;
  const fails =
    operator === 'is Some' || operator === 'is Ok'
      ? end.otherwise
      : operator === 'is None' || operator === 'is Err'
        ? end.then
        : -1;
  if (fails !== next) return state;
  const missing = heldIn(state, operands[0] as Value);
  if (missing.length === 0) return state;
  const refined = new Map(state);
  for (const id of missing) refined.set(id, { holders: state.get(id)?.holders ?? new Set(), isAbsent: true });
  return refined;
}

function join(a: State, b: State): State {
  const joined = new Map(a);
  for (const [id, held] of b) {
    const known = joined.get(id);
    joined.set(
      id,
      known === undefined
        ? held
        : { holders: new Set([...known.holders, ...held.holders]), isAbsent: known.isAbsent && held.isAbsent },
    );
  }
  return joined;
}

function sameState(a: State, b: State): boolean {
  if (a.size !== b.size) return false;
  for (const [id, held] of a) {
    const other = b.get(id);
    if (other === undefined || other.isAbsent !== held.isAbsent || other.holders.size !== held.holders.size)
      return false;
  }
  return true;
}
