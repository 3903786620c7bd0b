/** Sources that are stopped for now, while what arms them is not stopped yet. */
import { memberOf } from '../cells.ts';
import type { Certainty, Step } from '../model.ts';
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
      if (armers.length === 0) continue;
      for (const disposal of this.disposals) {
        const fact = this.inDisposal(source, armers, disposal);
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

  private inDisposal(source: Source, armers: readonly Armer[], disposal: Disposal): OrderFact | undefined {
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
      return this.fact(
        later === undefined ? 'armer-managed' : 'armer-later',
        source,
        armer,
        disposal,
        last,
        later,
        quiet ? 'must' : 'may',
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
    armer: Armer,
    disposal: Disposal,
    stop: TracedStop,
    later: TracedStop | undefined,
    certainty: Certainty,
    death: string,
    dies: TraceEvent | undefined,
  ): OrderFact {
    const { parts } = this;
    const { program } = parts;
    const by = callbackName(armer.source);
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
    const [arm] = armer.arms;
    const user =
      arm === undefined
        ? []
        : [
            {
              kind: 'entry' as const,
              at: program.nameOf(armer.source.setups[0]?.callback ?? arm.fn),
              text: `${by}() runs in between`,
            },
            {
              kind: 'use' as const,
              at: program.locate(arm.fn, arm.event.span),
              text: `arms ${sourceText(source)} again`,
            },
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
        [armer.source.kind, 'teardown'],
        user,
        teardown,
        `nothing keeps ${by}() from arming ${sourceText(source)} after ${stop.api}() has returned`,
        teardown.indexOf(stopped) + 1,
      ),
      group: `${source.cell}:${defect}`,
    };
  }
}
