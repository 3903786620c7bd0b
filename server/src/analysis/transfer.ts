/** What a contract does to a path state: the transfer function of calls that leave the module. */
import type { Effect, Slot } from '../knowledge/schema.ts';
import type { Cell, Cells } from './cells.ts';
import { strip } from './cells.ts';
import type { CallEvent } from './events.ts';
import type { AbstractValue, PathState } from './path-state.ts';
import { acquire, forget, lockKey, release, setValue } from './path-state.ts';
import type { Call, Fn, Program } from './program.ts';
import type { EventRecorder } from './recorder.ts';
import type { Refiner } from './refine.ts';
import { tempName } from './refine.ts';
import { slotValue } from './slots.ts';
import { functionNamed } from './tables.ts';

export class Transfer {
  private readonly program: Program;
  private readonly cells: Cells;
  private readonly refiner: Refiner;
  private readonly recorder: EventRecorder;
  private readonly fn: Fn;

  constructor(program: Program, cells: Cells, refiner: Refiner, recorder: EventRecorder, fn: Fn) {
    this.program = program;
    this.cells = cells;
    this.refiner = refiner;
    this.recorder = recorder;
    this.fn = fn;
  }

  applyEffects(call: Call, name: string, effects: readonly Effect[], state: PathState): readonly PathState[] {
    let states: readonly PathState[] = [state];
    const temp = tempName(call.id);
    for (const effect of effects) {
      states = states.flatMap((current) => this.applyEffect(call, name, effect, temp, current));
    }
    return states;
  }

  applyEffect(call: Call, name: string, effect: Effect, temp: string, state: PathState): readonly PathState[] {
    switch (effect.verb) {
      case 'acquires': {
        const cell = this.lockCell(effect.on, effect.lock, call);
        this.recorder.recordEffect(call, name, effect, state);
        const taken = acquire(state, { cell, lock: effect.lock, mode: effect.mode });
        if (effect.when === undefined) return [taken];
        const success: AbstractValue = effect.when === 'zero' || effect.when === 'null' ? 'zero' : 'positive';
        const failure: AbstractValue = success === 'zero' ? 'negative' : 'zero';
        return [setValue(taken, temp, success, undefined), setValue(state, temp, failure, undefined)];
      }
      case 'releases': {
        this.recorder.recordEffect(call, name, effect, state);
        return [release(state, lockKey(effect.lock, this.lockCell(effect.on, effect.lock, call)))];
      }
      case 'noReturn':
        return [];
      case 'tests': {
        const argument = slotValue(effect.on, call);
        if (argument === undefined) return [state];
        if (state.sources.get(temp)?.kind === 'inverted') return [state]; // the drop of a reference, as above
        if (effect.direct === true)
          return [setValue(state, temp, undefined, this.refiner.sourceOf(argument, this.fn, state))];
        const cell = this.bitCell(this.cells.targetCell(argument, this.fn), effect.on, call);
        return [
          cell === undefined
            ? state
            : setValue(state, temp, undefined, { cell, kind: 'boolean', locks: [...state.held.keys()] }),
        ];
      }
      case 'finds': {
        const argument = slotValue(effect.container, call);
        const cell =
          argument === undefined
            ? undefined
            : (this.cells.targetCell(argument, this.fn) ?? this.cells.valueCell(argument, this.fn));
        return [
          cell === undefined
            ? state
            : setValue(state, temp, undefined, { cell, kind: 'found', locks: [...state.held.keys()] }),
        ];
      }
      case 'makesError':
        return [setValue(state, temp, 'error', undefined)];
      case 'returns': {
        const argument = slotValue(effect.slot, call);
        return [
          argument === undefined
            ? state
            : setValue(
                state,
                temp,
                this.refiner.evaluate(argument, state),
                this.refiner.sourceOf(argument, this.fn, state),
              ),
        ];
      }
      case 'sets': {
        const argument = slotValue(effect.on, call);
        const whole =
          argument === undefined
            ? undefined
            : effect.direct === true
              ? this.cells.valueCell(argument, this.fn)
              : this.cells.targetCell(argument, this.fn);
        const cell = this.bitCell(whole, effect.on, call);
        if (cell === undefined) return [state];
        const stored = effect.value === undefined ? undefined : slotValue(effect.value, call);
        const what =
          effect.to !== 'value' ? effect.to : this.refiner.evaluate(stored, state) === 'zero' ? 'zero' : 'value';
        this.recorder.record('store', `store ${cell}`, call.span, state, {
          cell,
          to: what,
          ...(stored === undefined ? {} : { value: stored }),
        });
        this.recorder.recordEffect(call, name, effect, state);
        return [forget(state, cell)];
      }
      case 'usesPort':
        this.recorder.recordPorts(call, name, slotValue(effect.on, call), state);
        return [state];
      case 'increments': {
        this.recorder.recordEffect(call, name, effect, state);
        return [this.count(effect.on, call, state)];
      }
      case 'takesRef':
      case 'waitsFor': {
        this.recorder.recordEffect(call, name, effect, state);
        const counted = effect.verb === 'takesRef' ? this.count(effect.on, call, state) : state;
        if (effect.when === undefined) return [counted];
        const success: AbstractValue = effect.when === 'zero' || effect.when === 'null' ? 'zero' : 'positive';
        return [
          setValue(counted, temp, success, undefined),
          setValue(state, temp, success === 'zero' ? 'negative' : 'zero', undefined),
        ];
      }
      case 'waits': {
        this.recorder.recordEffect(call, name, effect, state);
        if (effect.drops === undefined) return [state];
        // The lock is let go while sleeping: what was tested under it before has to be tested again.
        const cell = this.lockCell(effect.drops, 'mutex', call);
        const key = [...state.held.keys()].find((k) => k.endsWith(` ${cell}`));
        const held = key === undefined ? undefined : state.held.get(key);
        return [
          key === undefined || held === undefined
            ? state
            : acquire({ ...release(state, key), released: state.released }, held),
        ];
      }
      case 'decrements':
      case 'dropsRef': {
        this.recorder.recordEffect(call, name, effect, state);
        if (effect.verb === 'dropsRef') this.recordRelease(call, effect, state);
        // `if (refcount_dec_and_test(&x)) free(x)`: true when the count has come down to zero.
        const argument = slotValue(effect.on, call);
        const cell = argument === undefined ? undefined : this.cells.targetCell(argument, this.fn);
        if (cell === undefined) return [state];
        const key = lockKey('count', cell);
        const dropped = state.held.has(key) ? release(state, key) : state;
        if (!this.refiner.isRelevant(cell)) return [dropped];
        return [
          setValue(dropped, temp, undefined, { cell, kind: 'inverted', locks: [...state.held.keys()], atomic: true }),
        ];
      }
      case 'isError':
      case 'nothing':
      case 'maySleep':
      case 'copiesUser':
        return [state];
      default:
        this.recorder.recordEffect(call, name, effect, state);
        return [state];
    }
  }

  /** A bit operation touches one bit of its word: `struct foo.flags[BIT]`. */
  bitCell(cell: Cell | undefined, slot: Slot, call: Call): Cell | undefined {
    if (cell === undefined || slot.at === 'result' || slot.index !== 1) return cell;
    const bit = strip(call.args[0]);
    const name =
      bit?.kind === 'constant'
        ? bit.text
        : bit?.kind === 'read' && bit.place.root.kind === 'global'
          ? bit.place.root.name
          : undefined;
    return name === undefined ? cell : `${cell}[${name}]`;
  }

  /** A count that is raised now and lowered after the use is a section, if teardown waits for it. */
  count(slot: Slot, call: Call, state: PathState): PathState {
    const argument = slotValue(slot, call);
    const cell = argument === undefined ? undefined : this.cells.targetCell(argument, this.fn);
    return cell === undefined || !this.refiner.isRelevant(cell)
      ? state
      : acquire(state, { cell, lock: 'count', mode: 'shared' });
  }

  recordRelease(call: Call, effect: Extract<Effect, { verb: 'dropsRef' }>, state: PathState): void {
    const callback = effect.release === undefined ? undefined : slotValue(effect.release, call);
    const target = functionNamed(callback, this.fn.unit, this.program);
    if (target === undefined) return;
    const argument = slotValue(effect.on, call);
    const cell = argument === undefined ? undefined : this.cells.targetCell(argument, this.fn);
    const [parameter] = target.ir.parameters;
    this.recorder.record('call', `release ${target.key}`, call.span, state, {
      target: target.key,
      bindings: parameter === undefined || cell === undefined ? [] : [{ parameter: parameter.name, target: cell }],
      indirect: true,
      release: true,
    } satisfies Partial<CallEvent>);
  }

  lockCell(slot: Slot | undefined, lock: string, call: Call): Cell {
    const argument = slot === undefined ? undefined : slotValue(slot, call);
    if (argument === undefined) return `::${lock}`;
    if (lock === 'revocable') return this.cells.sectionCell(argument, this.fn) ?? '?';
    return this.cells.targetCell(argument, this.fn) ?? this.cells.valueCell(argument, this.fn) ?? '?';
  }
}
