/**
 * Composes summaries along the call tree of one entry point: every event with the whole state in which it
 * happens, in order, and the chain of calls that leads to it.
 */
import type { Effect } from '../knowledge/schema.ts';
import type { Memory } from './analysis-cache.ts';
import type { Cell } from './cells.ts';
import type { CallEvent, FunctionEvent, FunctionSummary, Snapshot } from './events.ts';
import { snapshotKey } from './events.ts';
import type { Held, Test } from './path-state.ts';
import { lockKey, testKey } from './path-state.ts';
import type { Fn, Program } from './program.ts';
import type { Summaries } from './summary.ts';

const MAX_DEPTH = 12;
const MAX_VISITS = 600;

export interface Frame {
  readonly fn: Fn;
  readonly call: CallEvent;
}

export interface TraceEvent {
  readonly event: FunctionEvent;
  readonly fn: Fn;
  readonly chain: readonly Frame[];
  /** Order in the whole trace. */
  readonly order: number;
  /** States with caller's facts, `$` cells bound. */
  states: Snapshot[];
  /** What a `$parameter` cell of this event points to, in the callers' terms. */
  readonly bind: (cell: Cell | undefined) => Cell | undefined;
  /** The cell from which the argument for a `$parameter` was loaded. */
  readonly bindValue: (cell: Cell | undefined) => Cell | undefined;
}

export interface Trace {
  readonly root: Fn;
  readonly events: readonly TraceEvent[];
  readonly incomplete: boolean;
}

type Environment = ReadonlyMap<string, { readonly value?: Cell; readonly target?: Cell }>;
type Verb = Effect['verb'];

const NO_BINDINGS: Environment = new Map();
const AT_ENTRY: Snapshot = { held: new Map(), released: new Set(), tests: [] };

export class Tracer {
  private readonly program: Program;
  private readonly summaries: Summaries;
  private readonly done = new Map<string, Trace>();
  /** Equal snapshots are one object in all traces: there are few different ones, and very many in all. */
  private readonly interned = new Map<string, Snapshot>();
  private readonly identities = new WeakMap<FunctionEvent, string>();
  private readonly verbs = new Map<string, ReadonlySet<Verb>>();

  private readonly memory: Memory | undefined;

  constructor(program: Program, summaries: Summaries, memory?: Memory) {
    this.program = program;
    this.summaries = summaries;
    this.memory = memory;
  }

  of(root: Fn): Trace {
    const known = this.done.get(root.key);
    if (known !== undefined) return known;
    const trace = this.recall(root) ?? this.run(root);
    this.done.set(root.key, trace);
    return trace;
  }

  /** The trace of the last analysis, if it is made of the same summaries; functions may have moved since. */
  private recall(root: Fn): Trace | undefined {
    const entry = this.memory?.before.traces.get(root.key);
    if (entry === undefined) return undefined;
    for (const [key, summary] of entry.summaries) if (!this.summaries.isStill(key, summary)) return undefined;
    const { trace, summaries } = entry;
    const current = (fn: Fn): Fn => this.program.functions.get(fn.key) ?? fn;
    const chains = new Map<readonly Frame[], readonly Frame[]>();
    const chainOf = (chain: readonly Frame[]): readonly Frame[] => {
      let moved = chains.get(chain);
      if (moved === undefined) {
        moved = chain.map(({ fn, call }) => ({ fn: current(fn), call }));
        chains.set(chain, moved);
      }
      return moved;
    };
    const events = trace.events.map((e) => ({ ...e, fn: current(e.fn), chain: chainOf(e.chain) }));
    const moved = { ...trace, root, events };
    this.memory?.after.traces.set(root.key, { trace: moved, summaries });
    return moved;
  }

  /** What a function and everything it calls may do, ends of scopes left out: a trace is not made for the question alone. */
  verbsOf(root: Fn): ReadonlySet<Verb> {
    const known = this.verbs.get(root.key);
    if (known !== undefined) return known;
    const verbs = new Set<Verb>();
    const seen = new Set([root.key]);
    const stack = [root];
    for (let fn = stack.pop(); fn !== undefined; fn = stack.pop()) {
      for (const event of this.summaries.factsOf(fn)) {
        if (event.kind === 'effect' && !event.cleanup) verbs.add(event.effect.verb);
        if (event.kind !== 'call' || seen.has(event.target)) continue;
        seen.add(event.target);
        const target = this.program.functions.get(event.target);
        if (target !== undefined) stack.push(target);
      }
    }
    this.verbs.set(root.key, verbs);
    return verbs;
  }

  private run(root: Fn): Trace {
    const events = new Map<string, TraceEvent>();
    const visited = new Set<string>();
    const used = new Map<string, FunctionSummary>();
    let visits = 0;
    let order = 0;
    let incomplete = false;

    const visit = (fn: Fn, entry: Snapshot, scope: Scope, chain: readonly Frame[]): void => {
      const key = `${fn.key}|${snapshotKey(entry)}|${scope.key}`;
      if (visited.has(key)) return;
      visited.add(key);
      visits += 1;
      if (visits > MAX_VISITS || chain.length > MAX_DEPTH) {
        incomplete = true;
        return;
      }
      const summary = this.summaries.of(fn);
      used.set(fn.key, summary);
      incomplete ||= summary.incomplete;
      const { environment, bind, bindValue } = scope;
      const composed = new Map<Snapshot, Snapshot>();
      for (const event of summary.events) {
        order += 1;
        const states = event.snapshots.map((snapshot) => {
          let state = composed.get(snapshot);
          if (state === undefined) {
            state = this.compose(entry, snapshot, environment);
            composed.set(snapshot, state);
          }
          return state;
        });
        const id = this.identityOf(event, fn);
        const before = events.get(id);
        if (before === undefined) events.set(id, { event, fn, chain, order, states: [...states], bind, bindValue });
        else
          for (const state of states)
            if (!before.states.some((s) => s === state || snapshotKey(s) === snapshotKey(state)))
              before.states.push(state);
        if (event.kind !== 'call') continue;
        const target = this.program.functions.get(event.target);
        if (target === undefined || chain.some((frame) => frame.call.target === event.target)) continue;
        const inner = scopeOf(
          new Map(
            event.bindings.map((b) => {
              const value = bindValue(b.value);
              const cell = bind(b.target);
              return [
                b.parameter,
                { ...(value === undefined ? {} : { value }), ...(cell === undefined ? {} : { target: cell }) },
              ];
            }),
          ),
        );
        for (const state of states) visit(target, state, inner, [...chain, { fn, call: event }]);
      }
    };
    visit(root, AT_ENTRY, scopeOf(NO_BINDINGS), []);
    const trace = { root, events: [...events.values()].sort((a, b) => a.order - b.order), incomplete };
    this.memory?.after.traces.set(root.key, { trace, summaries: [...used] });
    return trace;
  }

  /** The caller's facts and the callee's own; what nothing was added to is the caller's snapshot itself. */
  private compose(entry: Snapshot, inner: Snapshot, environment: Environment): Snapshot {
    if (inner.held.size === 0 && inner.released.size === 0 && inner.tests.length === 0) return entry;
    const made = compose(entry, inner, environment);
    const key = exactKey(made);
    const known = this.interned.get(key);
    if (known !== undefined) return known;
    this.interned.set(key, made);
    return made;
  }

  private identityOf(event: FunctionEvent, fn: Fn): string {
    let identity = this.identities.get(event);
    if (identity === undefined) {
      identity = `${fn.key}@${event.order}@${event.span.start}@${event.kind}@${'cell' in event ? event.cell : 'effect' in event ? event.effect.verb : ''}@${'via' in event ? `${event.via} ${event.member} ${event.object}` : ''}@${'target' in event ? event.target : ''}`;
      this.identities.set(event, identity);
    }
    return identity;
  }
}

/** What the parameters of one visited function stand for. */
interface Scope {
  readonly environment: Environment;
  /** Equal keys mean equal environments. */
  readonly key: string;
  readonly bind: TraceEvent['bind'];
  readonly bindValue: TraceEvent['bindValue'];
}

function scopeOf(environment: Environment): Scope {
  return {
    environment,
    key: [...environment].map(([k, v]) => `${k}:${v.value ?? ''}:${v.target ?? ''}`).join(),
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
