/** Sources that are stopped for now, while what arms them is not stopped yet. */

import type { Context, NodeKind } from '../../knowledge/schema.ts';
import { memberOf } from '../cells.ts';
import type { Certainty, Step, ThreadKind } from '../model.ts';
import type { Fn } from '../program.ts';
import type { Parts } from '../removal.ts';
import type { TraceEvent } from '../trace.ts';
import type { Callbacks } from './callbacks.ts';
import type { Disposal, TracedStop } from './disposals.ts';
import type { OrderDefect, OrderFact } from './facts.ts';
import { endOf } from './lifetimes.ts';
import type { Source, Sources } from './sources.ts';
import { EMBEDDED } from './sources.ts';
import type { StoryStep } from './story.ts';
import { entryText, placeOfOrder, teardownThread, witness } from './story.ts';
import { callbackName, sourceText } from './text.ts';

/** Sources whose callbacks start by themselves, thus can arm another one. */
interface Armer {
  readonly source: Source;
  readonly arms: readonly TraceEvent[];
}

/** A callback of a core that unregistering ends; the core may call it until then. */
interface Operation {
  readonly kind: NodeKind;
  readonly fn: Fn;
  readonly arm: TraceEvent;
}

/** Who arms the source again, for the report. */
interface By {
  readonly kind: ThreadKind;
  readonly fn: Fn;
  readonly arm: TraceEvent;
}

/** Attributes and files that are removed by calls of their own. */
const FILES: Partial<Record<Context, readonly NodeKind[]>> = {
  attribute: ['sysfs', 'sysfs-binary'],
  'pseudo-file': ['debugfs', 'proc', 'sysfs-binary'],
};

export class Rearm {
  private readonly parts: Parts;
  private readonly sources: Sources;
  private readonly callbacks: Callbacks;
  private readonly disposals: readonly Disposal[];

  constructor(parts: Parts, sources: Sources, callbacks: Callbacks, disposals: readonly Disposal[]) {
    this.parts = parts;
    this.sources = sources;
    this.callbacks = callbacks;
    this.disposals = disposals;
  }

  *facts(): Iterable<OrderFact> {
    for (const source of this.sources.all) {
      if (!EMBEDDED.has(source.kind) || source.setups.some((setup) => setup.managed)) continue;
      const armers = this.armersOf(source);
      const operations = this.operationsOf(source);
      if (armers.length === 0 && operations.length === 0) continue;
      for (const disposal of this.disposals) {
        const fact = this.inDisposal(source, armers, operations, disposal);
        if (fact === undefined) continue;
        yield fact;
        break;
      }
    }
  }

  private armersOf(source: Source): readonly Armer[] {
    const armers: Armer[] = [];
    for (const other of this.sources.all) {
      if (other === source) continue;
      const arms = this.callbacks.of(other).flatMap((facts) => facts.arms.get(source.cell) ?? []);
      if (arms.length > 0) armers.push({ source: other, arms });
    }
    return armers;
  }

  /** Operations that cores call and attributes, where they arm it and no other of the same table waits for it. */
  private operationsOf(source: Source): readonly Operation[] {
    const { graph, tables, program } = this.parts;
    const found: Operation[] = [];
    const ends = source.stops.filter((stop) => stop.strength !== 'cancel');
    const waits = (fn: Fn): boolean => ends.some((stop) => stop.fn === fn || graph.reachable(fn).has(stop.fn));
    const armed = new Set(source.arms.map((arm) => arm.fn));
    const add = (kind: NodeKind, fn: Fn): void => {
      const reachable = graph.reachable(fn);
      if (![...armed].some((arm) => arm === fn || reachable.has(arm))) return;
      const [arm] = this.callbacks.ofFunction(fn).arms.get(source.cell) ?? [];
      if (arm !== undefined) found.push({ kind, fn, arm });
    };
    for (const { fn, role, struct } of tables.roles) {
      if (!program.own.has(fn.key)) continue;
      const node = program.knowledge.findTable(struct)?.node;
      for (const kind of node === undefined ? (FILES[role.context] ?? []) : [node]) {
        const others = tables.roles.filter((r) => program.knowledge.findTable(r.struct)?.node === node);
        if (node === undefined || !others.some((other) => waits(other.fn))) add(kind, fn);
      }
    }
    return found;
  }

  private inDisposal(
    source: Source,
    armers: readonly Armer[],
    operations: readonly Operation[],
    disposal: Disposal,
  ): OrderFact | undefined {
    if (disposal.trace.incomplete) return undefined;
    const stops = disposal.stopsOf(source);
    if (stops.length === 0 || stops.some((stop) => stop.strength === 'seal')) return undefined;
    const end = endOf(source, disposal, this.sources);
    if (end === undefined) return undefined;
    const waits = stops.filter((stop) => stop.strength !== 'cancel' && stop.order < end.order);
    const last = waits.at(-1);
    if (last === undefined || !last.direct) return undefined;
    for (const armer of armers) {
      if (armer.source.setups.some((setup) => setup.callback === disposal.fn)) continue;
      // The core has ended the transfers of an interface before it calls the driver.
      if (armer.source.kind === 'urb' && disposal.kind === 'driver') continue;
      const theirs = disposal.stopsOf(armer.source).filter((stop) => stop.strength !== 'cancel');
      if (theirs.some((stop) => stop.order < last.order)) continue;
      if (this.isRefused(armer, disposal, last.order)) continue;
      const later = theirs.find((stop) => stop.order > last.order && stop.order < end.order + 0.5);
      const managed = armer.source.setups.every((setup) => setup.managed) && disposal.kind === 'driver';
      if (later === undefined && !managed) continue;
      // A device that is told to be quiet may have a handler in flight, but to flush alone stops nothing at all.
      const quiet =
        armer.source.kind !== 'irq' || last.strength === 'flush' || !disposal.touchesDevice(last.order, last.traced);
      const [arm] = armer.arms;
      const fn = armer.source.setups[0]?.callback;
      if (arm === undefined || fn === undefined) continue;
      return this.fact(
        later === undefined ? 'armer-managed' : 'armer-later',
        source,
        { kind: armer.source.kind, fn, arm },
        disposal,
        last,
        later,
        quiet ? 'must' : 'may',
        end.text,
        end.traced,
      );
    }
    for (const { kind, fn, arm } of operations) {
      const ends = disposal.trace.events.filter(
        ({ event }) => event.kind === 'effect' && event.effect.verb === 'unpublishes' && event.effect.node === kind,
      );
      // With one of several taken away before, it may be the one.
      const [only] = ends;
      if (only?.event.kind !== 'effect' || ends.some((e) => e.order < last.order) || only.order > end.order) continue;
      if (disposal.isRefused(arm.states, last.order)) continue;
      const later = { traced: only, api: only.event.api };
      return this.fact(
        'armer-later',
        source,
        { kind: 'other', fn, arm },
        disposal,
        last,
        later,
        'must',
        end.text,
        end.traced,
      );
    }
    return undefined;
  }

  private isRefused(armer: Armer, disposal: Disposal, before: number): boolean {
    return armer.arms.every((arm) => disposal.isRefused(arm.states, before));
  }

  private fact(
    defect: OrderDefect,
    source: Source,
    armer: By,
    disposal: Disposal,
    stop: TracedStop,
    later: Pick<TracedStop, 'traced' | 'api'> | undefined,
    certainty: Certainty,
    death: string,
    dies: TraceEvent | undefined,
  ): OrderFact {
    const { parts } = this;
    const { program } = parts;
    const by = armer.fn.ir.name;
    const stopped: Step = {
      kind: 'note',
      at: program.locate(stop.traced.fn, stop.traced.event.span),
      text: `${stop.api}() stops ${sourceText(source)} for now; ${by}() is still live`,
    };
    const story: StoryStep[] = [{ traced: stop.traced, step: stopped }];
    if (later !== undefined)
      story.push({
        traced: later.traced,
        step: {
          kind: 'note',
          at: program.locate(later.traced.fn, later.traced.event.span),
          text: `${later.api}() stops ${by}() only here`,
        },
      });
    story.push({
      traced: dies,
      step: {
        kind: dies === undefined ? 'return' : 'free',
        at: dies === undefined ? disposal.place : program.locate(dies.fn, dies.event.span),
        text: death,
      },
    });
    const { arm } = armer;
    const user: readonly Step[] = [
      { kind: 'entry', at: program.nameOf(armer.fn), text: `${by}() runs in between` },
      { kind: 'use', at: program.locate(arm.fn, arm.event.span), text: `arms ${sourceText(source)} again` },
    ];
    const teardown = teardownThread(disposal.fn, entryText(disposal), story, parts);
    return {
      defect,
      at: placeOfOrder(stop.traced, later?.traced, parts),
      source: sourceText(source),
      callback: callbackName(source),
      object: memberOf(source.cell),
      api: stop.api,
      other: defect === 'armer-later' ? `${later?.api ?? ''}` : by,
      locked: false,
      subject: { kind: source.kind, cell: source.cell },
      ...(later === undefined ? {} : { stopAt: placeOfOrder(later.traced, stop.traced, parts) }),
      by,
      certainty,
      triggers: disposal.triggers,
      witness: witness(
        [armer.kind, 'teardown'],
        user,
        teardown,
        `nothing keeps ${by}() from arming ${sourceText(source)} after ${stop.api}() has returned`,
        teardown.indexOf(stopped) + 1,
      ),
      group: `${source.cell}:${defect}`,
    };
  }
}
