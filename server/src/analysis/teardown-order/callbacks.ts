/** What the callback of an asynchronous source does: what it touches, what it arms, what it gives up. */
import type { Cell } from '../cells.ts';
import type { UseEvent } from '../events.ts';
import type { Fn } from '../program.ts';
import type { Parts } from '../removal.ts';
import type { TraceEvent } from '../trace.ts';
import type { Source, Sources } from './sources.ts';

export interface TracedUse {
  readonly traced: TraceEvent;
  readonly use: UseEvent;
}

export interface CallbackFacts {
  /** First use of each struct type, owners included. */
  readonly objects: ReadonlyMap<string, TracedUse>;
  /** Uses through each pointer cell: it is followed, or handed to the kernel. */
  readonly cells: ReadonlyMap<Cell, readonly TracedUse[]>;
  /** Arm calls by the cell that they arm. */
  readonly arms: ReadonlyMap<Cell, readonly TraceEvent[]>;
  /** Events that wake, lock or complete a cell, by cell: the first of each. */
  readonly signals: ReadonlyMap<Cell, TraceEvent>;
  /** It frees something, or drops a reference: the object may keep itself alive while the callback is pending. */
  readonly frees: ReadonlySet<string>;
  readonly drops: boolean;
}

export class Callbacks {
  private readonly parts: Parts;
  private readonly sources: Sources;
  private readonly known = new Map<string, CallbackFacts>();

  constructor(parts: Parts, sources: Sources) {
    this.parts = parts;
    this.sources = sources;
  }

  /** All callbacks of a source. */
  of(source: Source): readonly CallbackFacts[] {
    return [...new Set(source.setups.map((setup) => setup.callback))].map((fn) => this.ofFunction(fn));
  }

  ofFunction(fn: Fn): CallbackFacts {
    const known = this.known.get(fn.key);
    if (known !== undefined) return known;
    const facts = this.collect(fn);
    this.known.set(fn.key, facts);
    return facts;
  }

  private collect(fn: Fn): CallbackFacts {
    const objects = new Map<string, TracedUse>();
    const cells = new Map<Cell, TracedUse[]>();
    const arms = new Map<Cell, TraceEvent[]>();
    const signals = new Map<Cell, TraceEvent>();
    const frees = new Set<string>();
    let drops = false;
    for (const traced of this.parts.tracer.of(fn).events) {
      const { event } = traced;
      if (event.kind === 'use') {
        if (event.object !== undefined)
          for (const owner of this.parts.objects.owners(event.object))
            if (!objects.has(owner)) objects.set(owner, { traced, use: event });
        const via = traced.bindValue(event.via);
        if (via !== undefined && !via.startsWith('$')) {
          const list = cells.get(via) ?? [];
          list.push({ traced, use: event });
          cells.set(via, list);
        }
      }
      if (event.kind !== 'effect') continue;
      const { effect } = event;
      if (effect.verb === 'arms') {
        const cell = this.sources.cellIn(traced);
        if (cell !== undefined) arms.set(cell, [...(arms.get(cell) ?? []), traced]);
      }
      if (effect.verb === 'wakes' || effect.verb === 'acquires' || effect.verb === 'arms') {
        const cell = this.sources.cellIn(traced);
        if (cell !== undefined && !signals.has(cell)) signals.set(cell, traced);
      }
      if (effect.verb === 'frees' && effect.what === 'memory' && event.object !== undefined)
        for (const owner of this.parts.objects.owners(event.object)) frees.add(owner);
      // A reference that is held for the pending callback is dropped by the callback itself, or right below it.
      if (effect.verb === 'dropsRef' && effect.what !== 'module' && traced.chain.length < 3) drops = true;
    }
    return { objects, cells, arms, signals, frees, drops };
  }
}

/** The callback looks whether the pointer is there. */
export function isTested({ traced }: TracedUse, cell: Cell): boolean {
  return (
    traced.states.length > 0 &&
    traced.states.every((state) => state.tests.some((test) => test.cell === cell && test.outcome === 'nonzero'))
  );
}
