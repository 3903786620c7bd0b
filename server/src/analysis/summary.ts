/**
 * Path-sensitive exploration of one function: from its CFG to events with states, and exits.
 *
 * Callees of the module take part through their exits (what they leave locked, what they tested, what they
 * return); their events stay theirs and are composed later (trace.ts). Exploration is bounded by fuel: when it
 * runs out the summary says `incomplete`.
 */
import type { Block, Operation, Value } from '../ir/ir.ts';
import type { Effect, Slot } from '../knowledge/schema.ts';
import type { CallResolver } from './call-graph.ts';
import type { Cell, Cells } from './cells.ts';
import { strip } from './cells.ts';
import type { CallEvent, Exit, FunctionEvent, FunctionSummary, Snapshot } from './events.ts';
import { snapshotKey } from './events.ts';
import type { AbstractValue, PathState } from './path-state.ts';
import { acquire, covers, EMPTY_STATE, forget, join, lockKey, release, setValue, stateKey } from './path-state.ts';
import type { Call, Fn, Program } from './program.ts';
import { Refiner, tempName } from './refine.ts';
import { objectSlot, slotValue } from './slots.ts';
import { functionNamed } from './tables.ts';
import { forEachPlace, forEachTemp } from './value-walk.ts';

const MAX_STATES_PER_BLOCK = 6;
const FUEL_PER_BLOCK = 40;
const MAX_FUEL = 6000;

type EventKind = FunctionEvent['kind'];
type Draft = FunctionEvent & { readonly snapshots: Snapshot[] };

export class Summaries {
  private readonly program: Program;
  private readonly cells: Cells;
  private readonly calls: CallResolver;
  private readonly refiner: Refiner;
  private readonly done = new Map<string, FunctionSummary>();
  private readonly active = new Set<string>();

  constructor(program: Program, cells: Cells, calls: CallResolver, relevant: ReadonlySet<Cell>) {
    this.program = program;
    this.cells = cells;
    this.calls = calls;
    this.refiner = new Refiner(program, cells, relevant);
  }

  of(fn: Fn): FunctionSummary {
    const known = this.done.get(fn.key);
    if (known !== undefined) return known;
    if (this.active.has(fn.key)) return { key: fn.key, events: [], exits: [], incomplete: true };
    this.active.add(fn.key);
    const summary = new Exploration(this.program, this.cells, this.calls, this.refiner, this, fn).run();
    this.active.delete(fn.key);
    this.done.set(fn.key, summary);
    return summary;
  }
}

class Exploration {
  private readonly program: Program;
  private readonly cells: Cells;
  private readonly calls: CallResolver;
  private readonly refiner: Refiner;
  private readonly summaries: Summaries;
  private readonly fn: Fn;
  private readonly events = new Map<string, Draft>();
  private readonly snapshotKeys = new Map<string, Set<string>>();
  private readonly exits = new Map<string, Exit>();
  /** Temps that a block other than their own mentions. */
  private readonly escapingTemps: ReadonlySet<string>;
  private readonly interesting: ReadonlySet<string>;
  private readonly guards = new Map<number, { readonly key: string }>();
  private lastSnapshot: Snapshot | undefined;
  private order = 0;
  private incomplete = false;

  constructor(program: Program, cells: Cells, calls: CallResolver, refiner: Refiner, summaries: Summaries, fn: Fn) {
    this.program = program;
    this.cells = cells;
    this.calls = calls;
    this.refiner = refiner;
    this.summaries = summaries;
    this.fn = fn;
    this.escapingTemps = escapingTemps(fn.ir.blocks);
    this.interesting = interestingLocals(fn);
  }

  run(): FunctionSummary {
    const { blocks } = this.fn.ir;
    const order = reversePostOrder(blocks);
    const rank = new Map(order.map((block, index) => [block, index]));
    const seen = new Map<number, PathState[]>();
    const seenKeys = new Map<number, Set<string>>();
    const queue: { block: number; state: PathState }[] = [{ block: 0, state: EMPTY_STATE }];
    let fuel = Math.min(MAX_FUEL, 200 + blocks.length * FUEL_PER_BLOCK);

    while (queue.length > 0) {
      // Lowest rank first, so that joins happen before what follows them.
      let best = 0;
      for (let i = 1; i < queue.length; i += 1) {
        if ((rank.get(queue[i]?.block ?? 0) ?? 0) < (rank.get(queue[best]?.block ?? 0) ?? 0)) best = i;
      }
      const [work] = queue.splice(best, 1);
      if (work === undefined) break;
      fuel -= 1;
      if (fuel < 0) {
        this.incomplete = true;
        break;
      }
      const block = blocks[work.block];
      if (block === undefined) continue;
      this.order = (rank.get(work.block) ?? 0) * 1000;
      for (const { to, state } of this.runBlock(block, work.state)) {
        const states = seen.get(to) ?? [];
        const keys = seenKeys.get(to) ?? new Set<string>();
        seen.set(to, states);
        seenKeys.set(to, keys);
        let incoming = state;
        if (states.some((known) => covers(known, incoming))) continue;
        if (states.length >= MAX_STATES_PER_BLOCK) {
          incoming = states.reduce(join, incoming);
          states.length = 0;
        }
        const key = stateKey(incoming);
        if (keys.has(key)) continue;
        keys.add(key);
        states.push(incoming);
        for (let i = queue.length - 1; i >= 0; i -= 1) {
          const waiting = queue[i];
          if (waiting !== undefined && waiting.block === to && covers(incoming, waiting.state)) queue.splice(i, 1);
        }
        queue.push({ block: to, state: incoming });
      }
    }
    const events = [...this.events.values()].sort((a, b) => a.order - b.order);
    return { key: this.fn.key, events, exits: [...this.exits.values()], incomplete: this.incomplete };
  }

  private runBlock(block: Block, entry: PathState): { to: number; state: PathState }[] {
    let states: PathState[] = [entry];
    for (const operation of block.operations) {
      this.order += 1;
      const next: PathState[] = [];
      for (const state of states) {
        for (const after of this.runOperation(operation, state)) {
          if (!next.some((known) => covers(known, after))) next.push(after);
        }
      }
      states = next.length > MAX_STATES_PER_BLOCK ? [next.reduce(join)] : next;
    }
    this.order += 1;
    const out: { to: number; state: PathState }[] = [];
    const push = (to: number, state: PathState | undefined): void => {
      if (state !== undefined) out.push({ to, state: this.dropTemps(state) });
    };
    for (const state of states) {
      const { end } = block;
      switch (end.kind) {
        case 'goto':
          push(end.to, state);
          break;
        case 'branch':
          this.useValue(end.condition, end.span, state, false);
          push(end.then, this.refiner.refine(state, end.condition, true, this.fn));
          push(end.otherwise, this.refiner.refine(state, end.condition, false, this.fn));
          break;
        case 'switch': {
          this.useValue(end.value, end.span, state, false);
          const source = this.refiner.sourceOf(end.value, this.fn, state);
          const compared =
            source === undefined ? state : this.refiner.learnTest(state, source.cell, 'compared', source);
          for (const { to } of end.cases) push(to, compared);
          push(end.otherwise, compared);
          break;
        }
        case 'return':
          if (end.value !== undefined) this.useValue(end.value, end.span, state, false);
          this.addExit(end.value, state);
          break;
        case 'unreachable':
          break;
      }
    }
    return out;
  }

  private dropTemps(state: PathState): PathState {
    let stale = false;
    for (const map of [state.values, state.sources]) {
      for (const name of map.keys()) if (/^t\d+$/.test(name) && !this.escapingTemps.has(name)) stale = true;
    }
    if (!stale) return state;
    const keep = (name: string): boolean => !/^t\d+$/.test(name) || this.escapingTemps.has(name);
    return {
      ...state,
      values: new Map([...state.values].filter(([name]) => keep(name))),
      sources: new Map([...state.sources].filter(([name]) => keep(name))),
    };
  }

  private addExit(value: Value | undefined, state: PathState): void {
    const known = value === undefined ? undefined : this.refiner.evaluate(value, state);
    const source = value === undefined ? undefined : this.refiner.sourceOf(value, this.fn, state);
    const key = [
      known ?? '?',
      source === undefined ? '' : `${source.kind} ${source.cell}`,
      [...state.held.keys()].sort().join(),
      [...state.released].sort().join(),
    ].join('|');
    const before = this.exits.get(key);
    if (before === undefined) {
      this.exits.set(key, { value: known, source, held: state.held, released: state.released, tests: state.tests });
    } else {
      const common = join({ ...EMPTY_STATE, tests: before.tests }, { ...EMPTY_STATE, tests: state.tests });
      this.exits.set(key, { ...before, tests: common.tests });
    }
  }

  // ---- operations ----

  private runOperation(operation: Operation, state: PathState): readonly PathState[] {
    switch (operation.kind) {
      case 'evaluate':
        this.useValue(operation.value, operation.span, state, false);
        return [state];
      case 'havoc':
        this.incomplete = true;
        return [state];
      case 'assign':
        return [this.runAssign(operation, state)];
      case 'call':
        return this.runCall(operation, state);
    }
  }

  private runAssign(operation: Extract<Operation, { kind: 'assign' }>, state: PathState): PathState {
    this.useValue(operation.value, operation.span, state, false);
    const { to } = operation;
    this.usePlace(to, operation.span, state, true);
    if (to.root.kind === 'local' && to.steps.length === 0) {
      if (!this.interesting.has(to.root.name) && strip(operation.value)?.kind !== 'element') return state;
      if (operation.compound !== undefined) return setValue(state, to.root.name, undefined, undefined);
      const value = this.refiner.evaluate(operation.value, state);
      const source = this.refiner.sourceOf(operation.value, this.fn, state);
      const next = this.interesting.has(to.root.name) ? setValue(state, to.root.name, value, source) : state;
      // A loop body runs for an element that was found in the container.
      return source?.kind === 'found' && strip(operation.value)?.kind === 'element'
        ? {
            ...next,
            tests: [
              ...next.tests.filter((t) => t.cell !== source.cell),
              { cell: source.cell, outcome: 'nonzero', locks: source.locks },
            ],
          }
        : next;
    }
    const facts = this.cells.place(to, this.fn);
    if (facts.cell === undefined) return state;
    const value = this.refiner.evaluate(operation.value, state);
    const stored =
      operation.compound !== undefined
        ? 'value'
        : value === 'zero'
          ? 'zero'
          : value === undefined || value === 'nonzero'
            ? 'value'
            : 'nonzero';
    this.record('store', `store ${facts.cell}`, operation.span, state, {
      cell: facts.cell,
      to: stored,
      value: operation.value,
    });
    return operation.compound === undefined ? forget(state, facts.cell) : state;
  }

  private runCall(call: Call, state: PathState): readonly PathState[] {
    if (call.origin === 'guard-enter' || call.origin === 'guard-exit') return this.runGuard(call, state);
    for (const argument of call.args) this.useValue(argument, call.span, state, false);
    if (call.callee.kind === 'indirect') this.useValue(call.callee.through, call.span, state, false);
    const targets = this.calls.targets(call, this.fn);
    if (targets.functions.length > 0) return this.runModuleCall(call, targets.functions, targets.indirect, state);
    for (const target of this.calls.callbacks(call, this.fn)) {
      this.record('call', `call back ${target.key}`, call.span, state, {
        target: target.key,
        bindings: [],
        indirect: true,
        release: false,
      } satisfies Partial<CallEvent>);
    }
    const name = call.callee.kind === 'named' ? call.callee.name : undefined;
    const contract = name === undefined ? undefined : this.program.knowledge.findFunction(name);
    const effects = contract?.does ?? [];
    if (
      !effects.some(
        (e) =>
          e.verb === 'isError' ||
          e.verb === 'makesError' ||
          e.verb === 'frees' ||
          e.verb === 'returns' ||
          (e.verb === 'tests' && e.direct === true),
      )
    ) {
      this.passPointers(call, name ?? 'an indirect call', state);
    }
    return this.applyEffects(call, name ?? '', effects, state);
  }

  private runModuleCall(
    call: Call,
    functions: readonly Fn[],
    indirect: boolean,
    state: PathState,
  ): readonly PathState[] {
    for (const target of functions) {
      const specialised = this.calls.specialise(target, call, this.fn);
      const bindings = specialised.ir.parameters.map((parameter, index) => {
        const argument = call.args[index];
        const value = argument === undefined ? undefined : this.cells.valueCell(argument, this.fn);
        const cell = argument === undefined ? undefined : this.cells.targetCell(argument, this.fn);
        return {
          parameter: parameter.name,
          ...(value === undefined ? {} : { value }),
          ...(cell === undefined ? {} : { target: cell }),
        };
      });
      this.record('call', `call ${specialised.key}`, call.span, state, {
        target: specialised.key,
        bindings,
        indirect,
        release: false,
      } satisfies Partial<CallEvent>);
    }
    const [only] = functions;
    if (functions.length !== 1 || only === undefined) return [state];
    const target = this.calls.specialise(only, call, this.fn);
    const { exits } = this.summaries.of(target);
    if (exits.length === 0) return this.summaries.of(target).incomplete ? [state] : [];
    const bind = (cell: Cell): Cell | undefined => this.bindCell(cell, target, call);
    const after: PathState[] = [];
    for (const exit of exits) {
      let next = state;
      for (const key of exit.released) {
        const renamed = renameKey(key, bind);
        if (renamed !== undefined) next = release(next, renamed);
      }
      for (const held of exit.held.values()) {
        const cell = bind(held.cell);
        if (cell !== undefined) next = acquire(next, { ...held, cell });
      }
      for (const test of exit.tests) {
        const cell = bind(test.cell);
        if (cell === undefined) continue;
        const locks = test.locks
          .map((key) => renameKey(key, bind))
          .filter((key) => key !== undefined && next.held.has(key)) as string[];
        // A test that the callee made without a lock of its own was made under the caller's.
        const all = [...new Set([...locks, ...[...state.held.keys()].filter((key) => next.held.has(key))])];
        next = {
          ...next,
          tests: [
            ...next.tests.filter((t) => t.cell !== cell || t.outcome !== test.outcome),
            { cell, outcome: test.outcome, locks: all },
          ],
        };
      }
      const cell = exit.source === undefined ? undefined : bind(exit.source.cell);
      const source =
        exit.source === undefined || cell === undefined
          ? undefined
          : { ...exit.source, cell, locks: [...next.held.keys()] };
      next = setValue(next, tempName(call.id), exit.value, source);
      if (!after.some((known) => covers(known, next))) after.push(next);
    }
    return after.length > MAX_STATES_PER_BLOCK ? [after.reduce(join)] : after;
  }

  /** A callee's `$parameter` cell in the caller's terms. */
  private bindCell(cell: Cell, target: Fn, call: Call): Cell | undefined {
    if (!cell.startsWith('$')) return cell;
    const name = cell.slice(1);
    const index = target.ir.parameters.findIndex((p) => p.name === name);
    const argument = call.args[index];
    if (argument === undefined) return undefined;
    return this.cells.targetCell(argument, this.fn) ?? this.cells.valueCell(argument, this.fn);
  }

  private runGuard(call: Call, state: PathState): readonly PathState[] {
    if (call.origin === 'guard-exit') {
      const entered = call.guard === undefined ? undefined : this.guards.get(call.guard);
      return [entered === undefined ? state : release(state, entered.key)];
    }
    const name = call.callee.kind === 'named' ? call.callee.name : '';
    const guard = this.program.knowledge.findGuard(name);
    for (const argument of call.args) this.useValue(argument, call.span, state, false);
    this.passPointers(call, name, state);
    if (guard === undefined)
      return this.applyEffects(call, name, this.program.knowledge.findFunction(name)?.does ?? [], state);
    const argument = guard.on === undefined ? undefined : call.args[guard.on];
    const cell = argument === undefined ? `::${guard.lock}` : (this.cells.targetCell(argument, this.fn) ?? '?');
    this.guards.set(call.id, { key: lockKey(guard.lock, cell) });
    const effect: Effect = {
      verb: 'acquires',
      lock: guard.lock,
      mode: guard.mode,
      ...(guard.on === undefined ? {} : { on: { at: 'arg', index: guard.on } }),
    };
    this.recordEffect(call, name, effect, state);
    return [acquire(state, { cell, lock: guard.lock, mode: guard.mode })];
  }

  // ---- contracts ----

  private applyEffects(call: Call, name: string, effects: readonly Effect[], state: PathState): readonly PathState[] {
    let states: readonly PathState[] = [state];
    const temp = tempName(call.id);
    for (const effect of effects) {
      states = states.flatMap((current) => this.applyEffect(call, name, effect, temp, current));
    }
    return states;
  }

  private applyEffect(call: Call, name: string, effect: Effect, temp: string, state: PathState): readonly PathState[] {
    switch (effect.verb) {
      case 'acquires': {
        const cell = this.lockCell(effect.on, effect.lock, call);
        this.recordEffect(call, name, effect, state);
        const taken = acquire(state, { cell, lock: effect.lock, mode: effect.mode });
        if (effect.when === undefined) return [taken];
        const success: AbstractValue = effect.when === 'zero' || effect.when === 'null' ? 'zero' : 'positive';
        const failure: AbstractValue = success === 'zero' ? 'negative' : 'zero';
        return [setValue(taken, temp, success, undefined), setValue(state, temp, failure, undefined)];
      }
      case 'releases': {
        this.recordEffect(call, name, effect, state);
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
        this.record('store', `store ${cell}`, call.span, state, {
          cell,
          to: what,
          ...(stored === undefined ? {} : { value: stored }),
        });
        this.recordEffect(call, name, effect, state);
        return [forget(state, cell)];
      }
      case 'increments': {
        this.recordEffect(call, name, effect, state);
        return [this.count(effect.on, call, state)];
      }
      case 'takesRef':
      case 'waitsFor': {
        this.recordEffect(call, name, effect, state);
        const counted = effect.verb === 'takesRef' ? this.count(effect.on, call, state) : state;
        if (effect.when === undefined) return [counted];
        const success: AbstractValue = effect.when === 'zero' || effect.when === 'null' ? 'zero' : 'positive';
        return [
          setValue(counted, temp, success, undefined),
          setValue(state, temp, success === 'zero' ? 'negative' : 'zero', undefined),
        ];
      }
      case 'waits': {
        this.recordEffect(call, name, effect, state);
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
        this.recordEffect(call, name, effect, state);
        if (effect.verb === 'dropsRef') this.recordRelease(call, effect, state);
        // `if (refcount_dec_and_test(&x)) free(x)`: true when the count has come down to zero.
        const argument = slotValue(effect.on, call);
        const cell = argument === undefined ? undefined : this.cells.targetCell(argument, this.fn);
        if (cell === undefined) return [state];
        const key = lockKey('count', cell);
        const dropped = state.held.has(key) ? release(state, key) : state;
        if (!this.refiner.isRelevant(cell)) return [dropped];
        return [setValue(dropped, temp, undefined, { cell, kind: 'inverted', locks: [...state.held.keys()] })];
      }
      case 'isError':
      case 'nothing':
      case 'maySleep':
      case 'copiesUser':
        return [state];
      default:
        this.recordEffect(call, name, effect, state);
        return [state];
    }
  }

  /** A bit operation touches one bit of its word: `struct foo.flags[BIT]`. */
  private bitCell(cell: Cell | undefined, slot: Slot, call: Call): Cell | undefined {
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
  private count(slot: Slot, call: Call, state: PathState): PathState {
    const argument = slotValue(slot, call);
    const cell = argument === undefined ? undefined : this.cells.targetCell(argument, this.fn);
    return cell === undefined || !this.refiner.isRelevant(cell)
      ? state
      : acquire(state, { cell, lock: 'count', mode: 'shared' });
  }

  private holderOf(argument: Value | undefined): string | undefined {
    const inner = strip(argument);
    return inner?.kind === 'address' ? this.cells.place(inner.place, this.fn).object : undefined;
  }

  private recordRelease(call: Call, effect: Extract<Effect, { verb: 'dropsRef' }>, state: PathState): void {
    const callback = effect.release === undefined ? undefined : slotValue(effect.release, call);
    const target = functionNamed(callback, this.fn.unit, this.program);
    if (target === undefined) return;
    const argument = slotValue(effect.on, call);
    const cell = argument === undefined ? undefined : this.cells.targetCell(argument, this.fn);
    const [parameter] = target.ir.parameters;
    this.record('call', `release ${target.key}`, call.span, state, {
      target: target.key,
      bindings: parameter === undefined || cell === undefined ? [] : [{ parameter: parameter.name, target: cell }],
      indirect: true,
      release: true,
    } satisfies Partial<CallEvent>);
  }

  private lockCell(slot: Slot | undefined, lock: string, call: Call): Cell {
    const argument = slot === undefined ? undefined : slotValue(slot, call);
    if (argument === undefined) return `::${lock}`;
    return this.cells.targetCell(argument, this.fn) ?? this.cells.valueCell(argument, this.fn) ?? '?';
  }

  private recordEffect(call: Call, api: string, effect: Effect, state: PathState): void {
    const slot = objectSlot(effect);
    const argument = slot === undefined ? undefined : slotValue(slot, call);
    const type = argument === undefined ? undefined : this.program.typeOf(argument, this.fn);
    this.record(
      'effect',
      `${effect.verb} ${api} ${slot?.at ?? ''}${slot !== undefined && slot.at !== 'result' ? slot.index : ''}`,
      call.span,
      state,
      {
        api,
        effect,
        target: argument === undefined ? undefined : this.cells.targetCell(argument, this.fn),
        value: argument === undefined ? undefined : this.cells.valueCell(argument, this.fn),
        object: type !== undefined && type.pointers === 1 ? type.base : undefined,
        holder: this.holderOf(argument),
        args: call.args,
        callId: call.id,
        cleanup: call.origin === 'cleanup',
      },
    );
  }

  // ---- uses ----

  private useValue(value: Value, span: { start: number; end: number }, state: PathState, write: boolean): void {
    forEachPlace(value, (place, use, whole) => {
      const { dereferences } = this.cells.place(place, this.fn);
      const count = use === 'address' ? dereferences.length - 1 : dereferences.length;
      for (let i = 0; i < count; i += 1) this.recordUse(dereferences[i], place.span ?? span, state, write, whole);
    });
  }

  private usePlace(
    place: Parameters<Cells['place']>[0],
    span: { start: number; end: number },
    state: PathState,
    write: boolean,
  ): void {
    if (place.root.kind === 'value') this.useValue(place.root.value, span, state, false);
    for (const dereference of this.cells.place(place, this.fn).dereferences) {
      this.recordUse(dereference, place.span ?? span, state, write, { kind: 'read', place });
    }
  }

  private recordUse(
    dereference: ReturnType<Cells['place']>['dereferences'][number] | undefined,
    span: { start: number; end: number },
    state: PathState,
    write: boolean,
    value: Value,
  ): void {
    if (dereference === undefined) return;
    const { object, via, member } = dereference;
    this.record('use', `use ${object ?? '?'} ${via ?? ''} ${member ?? ''}`, span, state, {
      object,
      via,
      member,
      write,
      value,
    });
  }

  /** A function outside the module follows the pointers that it is given. */
  private passPointers(call: Call, name: string, state: PathState): void {
    for (const argument of call.args) {
      const inner = strip(argument);
      if (inner === undefined || inner.kind === 'string' || inner.kind === 'constant') continue;
      if (inner.kind === 'address') {
        const { dereferences, cell, inGlobal } = this.cells.place(inner.place, this.fn);
        const last = dereferences[dereferences.length - 1];
        if (last === undefined && !(inGlobal && cell !== undefined)) continue;
        this.record(
          'use',
          `pass ${name} ${last?.object ?? '?'} ${last?.member ?? cell ?? ''}`,
          inner.place.span ?? call.span,
          state,
          {
            object: last?.object,
            via: last?.via,
            member: last === undefined ? cell : last.member,
            passedTo: name,
            write: false,
            value: inner,
          },
        );
        continue;
      }
      const type = this.program.typeOf(inner, this.fn);
      if (type === undefined || (type.pointers === 0 && type.array !== true)) continue;
      const via = this.cells.valueCell(inner, this.fn);
      const object = type.pointers === 1 && type.array !== true ? type.base : undefined;
      const span = inner.kind === 'read' ? (inner.place.span ?? call.span) : call.span;
      this.record('use', `pass ${name} ${object ?? '?'} ${via ?? ''}`, span, state, {
        object,
        via,
        member: undefined,
        passedTo: name,
        write: false,
        value: inner,
      });
    }
  }

  /** One snapshot for as long as locks and tests stay the same objects. */
  private snapshotOf(state: PathState): Snapshot {
    const last = this.lastSnapshot;
    if (
      last !== undefined &&
      last.held === state.held &&
      last.released === state.released &&
      last.tests === state.tests
    )
      return last;
    this.lastSnapshot = { held: state.held, released: state.released, tests: state.tests };
    return this.lastSnapshot;
  }

  private record(
    kind: EventKind,
    what: string,
    span: { start: number; end: number },
    state: PathState,
    fields: object,
  ): void {
    const key = `${kind} ${what} ${span.start}`;
    const draft = this.events.get(key);
    const keys = this.snapshotKeys.get(key) ?? new Set<string>();
    this.snapshotKeys.set(key, keys);
    const snapshot = this.snapshotOf(state);
    const known = snapshotKey(snapshot);
    if (keys.has(known)) return;
    keys.add(known);
    if (draft !== undefined) draft.snapshots.push(snapshot);
    else this.events.set(key, { kind, span, order: this.order, snapshots: [snapshot], ...fields } as unknown as Draft);
  }
}

function renameKey(key: string, bind: (cell: Cell) => Cell | undefined): string | undefined {
  const space = key.indexOf(' ');
  const cell = bind(key.slice(space + 1));
  return cell === undefined ? undefined : `${key.slice(0, space)} ${cell}`;
}

/** Locals that a branch, a return or a test of a call can depend on; nothing needs to be known of the others. */
function interestingLocals(fn: Fn): ReadonlySet<string> {
  const names = new Set<string>();
  const see = (value: Value): void => {
    forEachPlace(value, (place) => {
      if (place.root.kind === 'local' && place.steps.length === 0) names.add(place.root.name);
    });
    forEachTemp(value, (id) => {
      for (const argument of fn.calls.get(id)?.args ?? []) {
        const inner = strip(argument);
        if (inner?.kind === 'read' && inner.place.root.kind === 'local' && inner.place.steps.length === 0)
          names.add(inner.place.root.name);
      }
    });
  };
  for (const block of fn.ir.blocks) {
    if (block.end.kind === 'branch') see(block.end.condition);
    if (block.end.kind === 'switch') see(block.end.value);
    if (block.end.kind === 'return' && block.end.value !== undefined) see(block.end.value);
  }
  // Copies: `ret = err; if (ret)`.
  for (let grown = true, round = 0; grown && round < 3; round += 1) {
    grown = false;
    for (const name of [...names]) {
      for (const value of fn.definitions.get(name) ?? []) {
        const before = names.size;
        see(value);
        grown ||= names.size > before;
      }
    }
  }
  return names;
}

function escapingTemps(blocks: readonly Block[]): ReadonlySet<string> {
  const home = new Map<number, number>();
  const escaping = new Set<string>();
  blocks.forEach((block, index) => {
    for (const operation of block.operations) if (operation.kind === 'call') home.set(operation.id, index);
  });
  blocks.forEach((block, index) => {
    const see = (value: Value): void =>
      forEachTemp(value, (id) => {
        if (home.get(id) !== index) escaping.add(tempName(id));
      });
    for (const operation of block.operations) {
      if (operation.kind === 'assign' || operation.kind === 'evaluate') see(operation.value);
      if (operation.kind === 'call') for (const argument of operation.args) see(argument);
    }
    if (block.end.kind === 'branch') see(block.end.condition);
    if (block.end.kind === 'switch') see(block.end.value);
    if (block.end.kind === 'return' && block.end.value !== undefined) see(block.end.value);
  });
  return escaping;
}

function reversePostOrder(blocks: readonly Block[]): number[] {
  const seen = new Set<number>();
  const post: number[] = [];
  const stack: { block: number; next: number; successors: readonly number[] }[] = [];
  const enter = (index: number): void => {
    seen.add(index);
    const block = blocks[index];
    stack.push({ block: index, next: 0, successors: block === undefined ? [] : successors(block) });
  };
  enter(0);
  while (stack.length > 0) {
    const top = stack[stack.length - 1];
    if (top === undefined) break;
    const next = top.successors[top.next];
    if (next === undefined) {
      post.push(top.block);
      stack.pop();
    } else {
      top.next += 1;
      if (!seen.has(next)) enter(next);
    }
  }
  return post.reverse();
}

export function successors(block: Block): readonly number[] {
  switch (block.end.kind) {
    case 'goto':
      return [block.end.to];
    case 'branch':
      return [block.end.then, block.end.otherwise];
    case 'switch':
      return [...block.end.cases.map((c) => c.to), block.end.otherwise];
    default:
      return [];
  }
}
