/**
 * Summaries of functions, each made once and when it is first asked for: with the paths through it (`of`), or only with
 * what stands in it (`factsOf`).
 */
import type { FunctionIdentity, Memory, SummaryEntry } from './analysis-cache.ts';
import { identityOf, sameIdentity } from './analysis-cache.ts';
import type { CallResolver } from './call-graph.ts';
import type { Cell, Cells } from './cells.ts';
import type { FunctionEvent, FunctionSummary } from './events.ts';
import { Exploration } from './exploration.ts';
import type { Fn, Program } from './program.ts';
import { Refiner } from './refine.ts';

/** What the exploration of one function asked of others. */
interface Inquiry {
  readonly callees: Map<string, FunctionSummary>;
  readonly asked: Map<Cell, boolean>;
}

export class Summaries {
  private readonly program: Program;
  private readonly cells: Cells;
  private readonly calls: CallResolver;
  private readonly refiner: Refiner;
  private readonly relevant: ReadonlySet<Cell>;
  private readonly memory: Memory | undefined;
  private readonly done = new Map<string, FunctionSummary>();
  private readonly active = new Set<string>();
  private readonly facts = new Map<string, readonly FunctionEvent[]>();
  private readonly inquiries: Inquiry[] = [];
  private readonly identities = new Map<Fn, FunctionIdentity>();

  constructor(program: Program, cells: Cells, calls: CallResolver, relevant: ReadonlySet<Cell>, memory?: Memory) {
    this.program = program;
    this.cells = cells;
    this.calls = calls;
    this.relevant = relevant;
    this.memory = memory;
    const onAsked = (cell: Cell, matters: boolean): void => {
      this.inquiries[this.inquiries.length - 1]?.asked.set(cell, matters);
    };
    this.refiner = new Refiner(program, cells, relevant, memory === undefined ? undefined : onAsked);
  }

  of(fn: Fn): FunctionSummary {
    const summary = this.done.get(fn.key) ?? this.compute(fn);
    this.inquiries[this.inquiries.length - 1]?.callees.set(fn.key, summary);
    return summary;
  }

  private compute(fn: Fn): FunctionSummary {
    // Made anew each time, so that no entry holds whose exploration met itself: it depends on where the circle was entered.
    if (this.active.has(fn.key)) return { key: fn.key, events: [], exits: [], incomplete: true };
    this.active.add(fn.key);
    const inquiry: Inquiry = { callees: new Map(), asked: new Map() };
    this.inquiries.push(inquiry);
    const kept = this.recall(fn);
    const summary =
      kept?.summary ?? new Exploration(this.program, this.cells, this.calls, this.refiner, this, fn).run();
    this.inquiries.pop();
    this.active.delete(fn.key);
    this.done.set(fn.key, summary);
    if (this.memory !== undefined) {
      const { callees, asked } = inquiry;
      const made = { identity: this.identityOf(fn), summary, callees: [...callees], asked: [...asked] };
      this.memory.after.summaries.set(fn.key, kept ?? made);
    }
    return summary;
  }

  /** What the last analysis found, if the function and all that it asked for are still the same. */
  private recall(fn: Fn): SummaryEntry | undefined {
    const entry = this.memory?.before.summaries.get(fn.key);
    if (entry === undefined || !sameIdentity(entry.identity, this.identityOf(fn))) return undefined;
    for (const [cell, matters] of entry.asked) if (this.relevant.has(cell) !== matters) return undefined;
    // In the order of then: up to the first difference an exploration would ask the same.
    for (const [key, summary] of entry.callees) if (!this.isStill(key, summary)) return undefined;
    return entry;
  }

  /** Whether the function of this key has this very summary. */
  isStill(key: string, summary: FunctionSummary): boolean {
    const fn = this.program.functions.get(key);
    return fn !== undefined && this.of(fn) === summary;
  }

  /** Stores, effects and calls of a function wherever they stand, without paths and states: far cheaper than a summary. */
  factsOf(fn: Fn): readonly FunctionEvent[] {
    const known = this.facts.get(fn.key);
    if (known !== undefined) return known;
    const entry = this.memory?.before.facts.get(fn.key);
    const isKept = entry !== undefined && sameIdentity(entry.identity, this.identityOf(fn));
    if (isKept) this.meetMacros(fn);
    const facts = isKept
      ? entry.facts
      : new Exploration(this.program, this.cells, this.calls, this.refiner, undefined, fn).scan();
    this.memory?.after.facts.set(fn.key, isKept ? entry : { identity: this.identityOf(fn), facts });
    this.facts.set(fn.key, facts);
    return facts;
  }

  /** A scan makes the macros that it meets known to the program, each for its types of arguments. */
  private meetMacros(fn: Fn): void {
    for (const call of fn.calls.values()) {
      for (const target of this.calls.targets(call, fn).functions) this.calls.specialise(target, call, fn);
    }
  }

  private identityOf(fn: Fn): FunctionIdentity {
    let identity = this.identities.get(fn);
    if (identity === undefined) {
      const indirect = [...fn.calls.values()]
        .filter((call) => call.callee.kind === 'indirect')
        .map(
          (call) =>
            `${call.id} ${this.calls
              .targets(call, fn)
              .functions.map((target) => target.key)
              .join()}`,
        );
      identity = identityOf(fn, indirect.join(';'));
      this.identities.set(fn, identity);
    }
    return identity;
  }
}
