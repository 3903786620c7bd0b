/**
 * Composes summaries along the call tree of one entry point: every event with the whole state in which it
 * happens, in order, and the chain of calls that leads to it.
 */
import type { Effect } from '../knowledge/schema.ts';
import type { Memory } from './analysis-cache.ts';
import type { Cell } from './cells.ts';
import type { CallEvent, FunctionEvent, FunctionSummary, Snapshot } from './events.ts';
import type { Fn, Program } from './program.ts';
import type { Summaries } from './summary.ts';
import type { Scope } from './trace-memo.ts';
import { TraceMemo } from './trace-memo.ts';

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

type Verb = Effect['verb'];

export class Tracer {
  private readonly program: Program;
  private readonly summaries: Summaries;
  private readonly done = new Map<string, Trace>();
  private readonly memo: TraceMemo;
  private readonly verbs = new Map<string, ReadonlySet<Verb>>();

  private readonly memory: Memory | undefined;

  constructor(program: Program, summaries: Summaries, memory?: Memory) {
    this.program = program;
    this.summaries = summaries;
    this.memory = memory;
    this.memo = memory?.traceMemo ?? new TraceMemo();
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
    const { memo } = this;
    const merged = new Map<FunctionEvent, Merged>();
    const visited = new Map<Fn, Map<Scope, Set<Snapshot>>>();
    const used = new Map<string, FunctionSummary>();
    let visits = 0;
    let order = 0;
    let incomplete = false;

    const isNew = (fn: Fn, scope: Scope, entry: Snapshot): boolean => {
      const scopes = visited.get(fn) ?? new Map<Scope, Set<Snapshot>>();
      visited.set(fn, scopes);
      const entries = scopes.get(scope) ?? new Set<Snapshot>();
      scopes.set(scope, entries);
      const before = entries.size;
      return entries.add(memo.classOf(entry)).size > before;
    };
    const visit = (fn: Fn, entry: Snapshot, scope: Scope, chain: readonly Frame[]): void => {
      if (!isNew(fn, scope, entry)) return;
      visits += 1;
      if (visits > MAX_VISITS || chain.length > MAX_DEPTH) {
        incomplete = true;
        return;
      }
      const summary = this.summaries.of(fn);
      used.set(fn.key, summary);
      incomplete ||= summary.incomplete;
      const found = memo.visit(summary, entry, scope);
      const first = firstOfKind(summary);
      for (const [index, event] of summary.events.entries()) {
        order += 1;
        const states = found.states[index] ?? [];
        const known = merged.get(first[index] ?? event);
        if (known === undefined) {
          const { bind, bindValue } = scope;
          const traced = { event, fn, chain, order, states: [...states], bind, bindValue };
          merged.set(event, { traced, classes: new Set(states.map((state) => memo.classOf(state))) });
        } else {
          for (const state of states) {
            const before = known.classes.size;
            if (known.classes.add(memo.classOf(state)).size > before) known.traced.states.push(state);
          }
        }
        const inner = found.scopes[index];
        if (event.kind !== 'call' || inner === undefined) continue;
        const target = this.program.functions.get(event.target);
        if (target === undefined || chain.some((frame) => frame.call.target === event.target)) continue;
        const longer = [...chain, { fn, call: event }];
        for (const state of states) visit(target, state, inner, longer);
      }
    };
    visit(root, memo.entry, memo.unbound, []);
    const events = [...merged.values()].map(({ traced }) => traced).sort((a, b) => a.order - b.order);
    const trace = { root, events, incomplete };
    this.memory?.after.traces.set(root.key, { trace, summaries: [...used] });
    return trace;
  }
}

/** An event on its way into a trace: states of one class are taken once. */
interface Merged {
  readonly traced: TraceEvent;
  readonly classes: Set<Snapshot>;
}

const firsts = new WeakMap<FunctionSummary, readonly FunctionEvent[]>();

/** For each event the first of its summary that tells the same of the same place. */
function firstOfKind(summary: FunctionSummary): readonly FunctionEvent[] {
  let found = firsts.get(summary);
  if (found === undefined) {
    const byIdentity = new Map<string, FunctionEvent>();
    found = summary.events.map((event) => {
      const identity = identityOf(event);
      const first = byIdentity.get(identity) ?? event;
      byIdentity.set(identity, first);
      return first;
    });
    firsts.set(summary, found);
  }
  return found;
}

function identityOf(event: FunctionEvent): string {
  const about = 'cell' in event ? event.cell : 'effect' in event ? event.effect.verb : '';
  const through = 'via' in event ? `${event.via} ${event.member} ${event.object}` : '';
  return `${event.order}@${event.span.start}@${event.kind}@${about}@${through}@${'target' in event ? event.target : ''}`;
}
