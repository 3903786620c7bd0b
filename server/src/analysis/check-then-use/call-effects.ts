/** What a call does to the state: locks, stores and frees by contract, or the functions of the module that it reaches. */
import type { Value } from '../../ir/ir.ts';
import type { Effect } from '../../knowledge/schema.ts';
import type { LockKey } from '../path-state.ts';
import { lockKey } from '../path-state.ts';
import type { Call } from '../program.ts';
import { tempName } from '../refine.ts';
import { slotValue } from '../slots.ts';
import type { Stored } from './accesses.ts';
import type { BlockRun } from './block-run.ts';
import { isZero, nameOf } from './conditions.ts';
import { claimKey, LAST_REFERENCE, lockCellOf, oneLock, successIs } from './locks.ts';
import type { Load, Pending, State } from './state.ts';
import { acquire, own, release, setLoads, setPending } from './state.ts';
import type { Walk } from './walk.ts';

/** Contracts with one of these look at the pointer that they get, not at what it points to. */
const LOOKS_ONLY: ReadonlySet<Effect['verb']> = new Set(['isError', 'makesError', 'frees', 'returns', 'tests']);

/** A flag or bit that is set. */
const SET: Stored = { how: 'constant', constant: '1', bits: true };

export class CallEffects {
  private readonly walk: Walk;
  /** By function and call: where the guard of a scope was entered. */
  private readonly guards = new Map<string, LockKey>();

  constructor(walk: Walk) {
    this.walk = walk;
  }

  /** Undefined when the call does not return. */
  apply(run: BlockRun, call: Call, state: State): State | undefined {
    if (call.origin === 'guard-enter' || call.origin === 'guard-exit') return this.guard(run, call, state);
    const { calls, program } = this.walk.input;
    for (const argument of call.args) run.follow(argument, call.span, state);
    if (call.callee.kind === 'indirect') run.follow(call.callee.through, call.span, state);
    const { functions } = calls.targets(call, run.frame.fn);
    if (functions.length > 0) return run.callModule(call, functions, state);
    const name = call.callee.kind === 'named' ? call.callee.name : '';
    const effects = program.knowledge.findFunction(name)?.does ?? [];
    if (
      !effects.some((effect) => LOOKS_ONLY.has(effect.verb) || effect.verb === 'acquires' || effect.verb === 'releases')
    )
      run.pass(call, name === '' ? 'an indirect call' : name, 'pass', call.args, state);
    if (effects.some((effect) => effect.verb === 'copiesUser'))
      for (const argument of call.args) run.reread(argument, call.span, state);
    const both = this.testAndSet(effects, run, call, state);
    if (both !== undefined) return both;
    let next: State | undefined = setLoads(state, tempName(call.id), this.resultOf(effects, run, call, state));
    for (const effect of effects) {
      if (next === undefined) return undefined;
      next = this.applyEffect(effect, name, run, call, next);
    }
    return next;
  }

  /** Known to do nothing but compute (`min`), or not known at all, in which case nothing is assumed. */
  private resultOf(effects: readonly Effect[], run: BlockRun, call: Call, state: State): readonly Load[] {
    if (effects.length > 0 && effects.every((effect) => effect.verb === 'nothing'))
      return this.walk.loads.computed(call.args, state, { frame: run.frame, chain: run.chain, span: call.span });
    for (const effect of effects) {
      if (effect.verb === 'returns') return run.loadsOf(slotValue(effect.slot, call), call.span, state);
      if (effect.verb !== 'tests') continue;
      const argument = slotValue(effect.on, call);
      return run.loadsOf(effect.direct === true ? argument : pointee(argument), call.span, state);
    }
    return [];
  }

  /** Found clear and set in one step: whoever finds it clear keeps the others out until it is cleared. */
  private testAndSet(effects: readonly Effect[], run: BlockRun, call: Call, state: State): State | undefined {
    if (!effects.some((effect) => effect.verb === 'tests')) return undefined;
    const sets = effects.find((effect) => effect.verb === 'sets');
    if (sets?.verb !== 'sets') return undefined;
    const place = pointee(slotValue(sets.on, call));
    const cell = place?.kind === 'read' ? this.walk.input.cells.place(place.place, run.frame.fn).cell : undefined;
    if (cell === undefined) return state;
    const old = sets.exchanges === true ? run.taken(place, call, state) : [];
    const stored = setLoads(
      run.store(cell, sets.to === 'zero' ? 'null' : 'value', SET, call.span, { ...state, checks: new Map() }),
      tempName(call.id),
      old,
    );
    const pending: Pending = { when: 'zero', locks: new Map([[claimKey(cell), 'exclusive']]) };
    return { ...setPending(stored, tempName(call.id), sets.to === 'zero' ? [] : [pending]), checks: state.checks };
  }

  private applyEffect(effect: Effect, api: string, run: BlockRun, call: Call, state: State): State | undefined {
    const { cells, interest } = this.walk.input;
    switch (effect.verb) {
      case 'noReturn':
        return undefined;
      case 'acquires': {
        const locks = oneLock(effect, lockCellOf(effect, call, run.frame, cells));
        if (effect.when === undefined) return acquire(state, locks);
        return setPending(state, tempName(call.id), [{ when: successIs(effect.when), locks }]);
      }
      case 'releases':
        return release(state, lockKey(effect.lock, lockCellOf(effect, call, run.frame, cells)));
      case 'waits': {
        // The lock is let go while sleeping.
        if (effect.drops === undefined) return state;
        const argument = slotValue(effect.drops, call);
        const cell = argument === undefined ? undefined : run.frame.bind(cells.targetCell(argument, run.frame.fn));
        const key = [...state.held.keys()].find((held) => held.endsWith(` ${cell}`));
        const mode = key === undefined ? undefined : state.held.get(key);
        return key === undefined || mode === undefined ? state : acquire(release(state, key), new Map([[key, mode]]));
      }
      case 'takesRef': {
        const object = slotValue(effect.on, call);
        const name = object === undefined ? undefined : nameOf(object);
        return name === undefined ? state : own(state, name);
      }
      case 'dropsRef':
      case 'decrements':
        return setPending(state, tempName(call.id), [
          { when: 'nonzero', locks: new Map([[LAST_REFERENCE, 'exclusive']]) },
        ]);
      case 'frees': {
        const argument = slotValue(effect.on, call);
        if (argument !== undefined) run.pass(call, api, 'free', [argument], state);
        return state;
      }
      case 'sets': {
        const argument = slotValue(effect.on, call);
        const place = effect.direct === true ? argument : pointee(argument);
        if (place?.kind !== 'read') return state;
        const { cell } = cells.place(place.place, run.frame.fn);
        if (!interest.isInteresting(cell) || !this.walk.sharing.isShared(place.place, run.frame)) return state;
        const stored = effect.value === undefined ? undefined : slotValue(effect.value, call);
        const isNull = effect.to === 'zero' || (stored !== undefined && isZero(stored));
        const stores = effect.to === 'nonzero' ? SET : run.stored(stored);
        return run.store(cell, isNull ? 'null' : 'value', stores, call.span, state);
      }
      default:
        return state;
    }
  }

  private guard(run: BlockRun, call: Call, state: State): State | undefined {
    const { program, cells } = this.walk.input;
    if (call.origin === 'guard-exit') {
      const key = call.guard === undefined ? undefined : this.guards.get(`${run.frame.fn.key} ${call.guard}`);
      return key === undefined ? state : release(state, key);
    }
    const name = call.callee.kind === 'named' ? call.callee.name : '';
    const guard = program.knowledge.findGuard(name);
    for (const argument of call.args) run.follow(argument, call.span, state);
    if (guard === undefined) return state;
    const effect: Extract<Effect, { verb: 'acquires' }> = {
      verb: 'acquires',
      lock: guard.lock,
      mode: guard.mode,
      ...(guard.on === undefined ? {} : { on: { at: 'arg', index: guard.on } }),
    };
    const cell = lockCellOf(effect, call, run.frame, cells);
    this.guards.set(`${run.frame.fn.key} ${call.id}`, lockKey(guard.lock, cell));
    return acquire(state, oneLock(effect, cell));
  }
}

/** `&x->flag` as the content of `x->flag`. */
function pointee(value: Value | undefined): Value | undefined {
  if (value?.kind === 'cast') return pointee(value.value);
  if (value?.kind === 'address') return { kind: 'read', place: value.place };
  if (value?.kind !== 'read') return value;
  return { kind: 'read', place: { ...value.place, steps: [...value.place.steps, { kind: 'deref' }] } };
}
