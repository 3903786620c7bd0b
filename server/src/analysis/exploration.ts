/**
 * Path-sensitive exploration of one function: from its CFG to events with states, and exits.
 *
 * Callees of the module take part through their exits (what they leave locked, what they tested, what they
 * return); their events stay theirs and are composed later (trace.ts). Exploration is bounded by fuel: when it
 * runs out the summary says `incomplete`.
 */
import type { Block, Operation, Value } from '../ir/ir.ts';
import type { Effect, LockKind } from '../knowledge/schema.ts';
import type { CallResolver } from './call-graph.ts';
import type { Cell, Cells } from './cells.ts';
import { strip } from './cells.ts';
import type { CallEvent, Exit, FunctionEvent, FunctionSummary } from './events.ts';
import { escapingTemps, interestingLocals } from './liveness.ts';
import type { PathState } from './path-state.ts';
import { acquire, covers, EMPTY_STATE, forget, join, lockKey, release, setValue, stateKey } from './path-state.ts';
import type { Call, Fn, Program } from './program.ts';
import { EventRecorder } from './recorder.ts';
import type { Refiner } from './refine.ts';
import { tempName } from './refine.ts';
import type { Summaries } from './summary.ts';
import { Transfer } from './transfer.ts';

const MAX_STATES_PER_BLOCK = 6;
const FUEL_PER_BLOCK = 40;
const MAX_FUEL = 6000;

export class Exploration {
  private readonly program: Program;
  private readonly cells: Cells;
  private readonly calls: CallResolver;
  private readonly refiner: Refiner;
  /** Absent for a scan, which asks nothing of callees. */
  private readonly summaries: Summaries | undefined;
  private readonly fn: Fn;
  private readonly recorder: EventRecorder;
  private readonly transfer: Transfer;
  private readonly exits = new Map<string, Exit>();
  /** Temps that a block other than their own mentions. */
  private readonly escapingTemps: ReadonlySet<string>;
  private readonly interesting: ReadonlySet<string>;
  private readonly guards = new Map<number, { readonly key: string }>();
  private incomplete = false;

  constructor(
    program: Program,
    cells: Cells,
    calls: CallResolver,
    refiner: Refiner,
    summaries: Summaries | undefined,
    fn: Fn,
  ) {
    this.program = program;
    this.cells = cells;
    this.calls = calls;
    this.refiner = refiner;
    this.summaries = summaries;
    this.fn = fn;
    this.recorder = new EventRecorder(program, cells, fn, summaries !== undefined);
    this.transfer = new Transfer(program, cells, refiner, this.recorder, fn);
    this.escapingTemps = escapingTemps(fn.ir.blocks);
    this.interesting = interestingLocals(fn);
  }

  run(): FunctionSummary {
    const { blocks } = this.fn.ir;
    const seen = new Map<number, PathState[]>();
    const seenKeys = new Map<number, Set<string>>();
    const queue: { block: number; state: PathState }[] = [{ block: 0, state: EMPTY_STATE }];
    let fuel = Math.min(MAX_FUEL, 200 + blocks.length * FUEL_PER_BLOCK);

    while (queue.length > 0) {
      // Lowest block first (lowering numbers them in reverse post order), so that joins happen before what follows.
      let best = 0;
      for (let i = 1; i < queue.length; i += 1) if ((queue[i]?.block ?? 0) < (queue[best]?.block ?? 0)) best = i;
      const [work] = queue.splice(best, 1);
      if (work === undefined) break;
      fuel -= 1;
      if (fuel < 0) {
        this.incomplete = true;
        break;
      }
      const block = blocks[work.block];
      if (block === undefined) continue;
      this.recorder.order = work.block * 1000;
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
    return {
      key: this.fn.key,
      events: this.recorder.events,
      exits: [...this.exits.values()],
      incomplete: this.incomplete,
    };
  }

  scan(): readonly FunctionEvent[] {
    for (const [index, block] of this.fn.ir.blocks.entries()) {
      this.recorder.order = index * 1000;
      for (const operation of block.operations) {
        this.recorder.order += 1;
        this.runOperation(operation, EMPTY_STATE);
      }
    }
    return this.recorder.events;
  }

  private runBlock(block: Block, entry: PathState): { to: number; state: PathState }[] {
    let states: PathState[] = [entry];
    for (const operation of block.operations) {
      this.recorder.order += 1;
      const next: PathState[] = [];
      for (const state of states) {
        for (const after of this.runOperation(operation, state)) {
          if (!next.some((known) => covers(known, after))) next.push(after);
        }
      }
      states = next.length > MAX_STATES_PER_BLOCK ? [next.reduce(join)] : next;
    }
    this.recorder.order += 1;
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
          this.recorder.useValue(end.condition, end.span, state, false);
          push(end.then, this.refiner.refine(state, end.condition, true, this.fn));
          push(end.otherwise, this.refiner.refine(state, end.condition, false, this.fn));
          break;
        case 'switch': {
          this.recorder.useValue(end.value, end.span, state, false);
          const source = this.refiner.sourceOf(end.value, this.fn, state);
          const compared =
            source === undefined ? state : this.refiner.learnTest(state, source.cell, 'compared', source);
          for (const { to } of end.cases) push(to, compared);
          push(end.otherwise, compared);
          break;
        }
        case 'return':
          if (end.value !== undefined) this.recorder.useValue(end.value, end.span, state, false);
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
        this.recorder.useValue(operation.value, operation.span, state, false);
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
    this.recorder.useValue(operation.value, operation.span, state, false);
    const { to } = operation;
    this.recorder.usePlace(to, operation.span, state, true);
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
    this.recorder.record('store', `store ${facts.cell}`, operation.span, state, {
      cell: facts.cell,
      to: stored,
      value: operation.value,
    });
    return operation.compound === undefined ? forget(state, facts.cell, stored === 'zero' ? 'zero' : 'other') : state;
  }

  private runCall(call: Call, state: PathState): readonly PathState[] {
    if (call.origin === 'guard-enter' || call.origin === 'guard-exit') return this.runGuard(call, state);
    for (const argument of call.args) this.recorder.useValue(argument, call.span, state, false);
    if (call.callee.kind === 'indirect') this.recorder.useValue(call.callee.through, call.span, state, false);
    const targets = this.calls.targets(call, this.fn);
    if (targets.functions.length > 0) return this.runModuleCall(call, targets.functions, targets.indirect, state);
    for (const target of this.calls.callbacks(call, this.fn)) {
      this.recorder.record('call', `call back ${target.key}`, call.span, state, {
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
      this.recorder.passPointers(call, name ?? 'an indirect call', state);
    }
    return this.transfer.applyEffects(call, name ?? '', effects, state);
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
      this.recorder.record('call', `call ${specialised.key}`, call.span, state, {
        target: specialised.key,
        bindings,
        indirect,
        release: false,
      } satisfies Partial<CallEvent>);
    }
    const [only] = functions;
    if (functions.length !== 1 || only === undefined || this.summaries === undefined) return [state];
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
    // The second argument of a revocable scope is the variable that it sets, not one that it reads.
    const args = guard?.lock === 'revocable' ? call.args.slice(0, 1) : call.args;
    for (const argument of args) this.recorder.useValue(argument, call.span, state, false);
    this.recorder.passPointers({ ...call, args }, name, state);
    if (guard === undefined)
      return this.transfer.applyEffects(call, name, this.program.knowledge.findFunction(name)?.does ?? [], state);
    const argument = guard.on === undefined ? undefined : call.args[guard.on];
    const cell = argument === undefined ? `::${guard.lock}` : this.guardCell(argument, guard.lock);
    this.guards.set(call.id, { key: lockKey(guard.lock, cell) });
    const effect: Effect = {
      verb: 'acquires',
      lock: guard.lock,
      mode: guard.mode,
      ...(guard.on === undefined ? {} : { on: { at: 'arg', index: guard.on } }),
    };
    this.recorder.recordEffect(call, name, effect, state);
    return [acquire(state, { cell, lock: guard.lock, mode: guard.mode })];
  }

  private guardCell(argument: Value, lock: LockKind): Cell {
    const cell = lock === 'revocable' ? this.cells.sectionCell(argument, this.fn) : undefined;
    return cell ?? this.cells.targetCell(argument, this.fn) ?? '?';
  }
}

function renameKey(key: string, bind: (cell: Cell) => Cell | undefined): string | undefined {
  const space = key.indexOf(' ');
  const cell = bind(key.slice(space + 1));
  return cell === undefined ? undefined : `${key.slice(0, space)} ${cell}`;
}
