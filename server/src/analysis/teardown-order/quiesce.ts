/** Objects that die while something of theirs can still run: never stopped, stopped too late, or stopped without waiting. */
import type { Context } from '../../knowledge/schema.ts';
import { cellText, structOf } from '../cells.ts';
import type { Certainty } from '../model.ts';
import type { Fn } from '../program.ts';
import type { Parts } from '../removal.ts';
import type { Callbacks, TracedUse } from './callbacks.ts';
import type { DeathAt, Disposal, TracedStop } from './disposals.ts';
import type { OrderFact } from './facts.ts';
import type { Source, Sources } from './sources.ts';
import { EMBEDDED } from './sources.ts';
import type { StoryStep } from './story.ts';
import { entryText, placeOfOrder, teardownThread, userThread, witness } from './story.ts';
import { callbackName, sourceText } from './text.ts';

/** A stop that only these run is no stop in teardown. */
const SETTING_UP: ReadonlySet<Context> = new Set(['probe', 'module-init', 'power-management', 'object-create']);
const DISPOSING: ReadonlySet<Context> = new Set([
  'teardown',
  'module-exit',
  'object-destroy',
  'object-release',
  'devres-action',
  'rcu-callback',
]);

/** How the stops of one source before a death add up. */
export interface Quiet {
  readonly waited: boolean;
  readonly cancelled: TracedStop | undefined;
}

export function quietBefore(source: Source, stops: readonly TracedStop[], order: number): Quiet {
  const before = stops.filter((stop) => stop.order < order);
  const delayed = source.kind === 'delayed-work' && source.arms.some((arm) => !arm.immediate);
  const cancels = before.some((s) => s.strength !== 'flush');
  const waited = before.some((s) => s.strength !== 'cancel' && (s.direct || !delayed || cancels));
  return { waited, cancelled: before.find((s) => s.strength === 'cancel') };
}

export class Quiesce {
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
      if (source.setups.some((setup) => setup.managed)) continue;
      const found = EMBEDDED.has(source.kind) ? this.first(this.ofEmbedded(source)) : undefined;
      if (found !== undefined) yield found;
      else yield* this.ofResources(source);
    }
  }

  /** One source is reported once: the surest fact, in the order of the disposals. */
  private first(facts: Iterable<OrderFact>): OrderFact | undefined {
    let best: OrderFact | undefined;
    for (const fact of facts) {
      if (best === undefined || (best.certainty === 'may' && fact.certainty === 'must')) best = fact;
      if (best.certainty === 'must') break;
    }
    return best;
  }

  private *ofEmbedded(source: Source): Iterable<OrderFact> {
    if (source.arms.length === 0 || this.armedByTeardown(source)) return;
    if (this.sources.isStatic(source)) {
      yield* this.outlivingModule(source);
      return;
    }
    for (const holder of this.sources.holdersOf(source)) {
      if (this.keepsItself(source, holder)) continue;
      for (const disposal of this.disposals) {
        const fact = this.inDisposal(source, holder, disposal);
        if (fact !== undefined) yield fact;
      }
      yield* this.withoutTeardown(source, holder);
      yield* this.outlivingDevice(source, holder);
    }
  }

  private inDisposal(source: Source, holder: string, disposal: Disposal): OrderFact | undefined {
    if (source.setups.some((setup) => setup.callback === disposal.fn)) return undefined;
    const death = disposal.deathsOf(holder).at(-1);
    if (death === undefined) return undefined;
    const stops = disposal.stopsOf(source);
    const quiet = quietBefore(source, stops, death.order);
    if (quiet.waited || disposal.passesSource(source, death.order)) return undefined;
    const late = stops.find((stop) => stop.order > death.order && stop.direct && stop.strength !== 'cancel');
    if (late !== undefined) {
      return this.fact(
        'stopped-late',
        source,
        disposal,
        death,
        holder,
        late,
        disposal.trace.incomplete ? 'may' : 'must',
      );
    }
    const elsewhere = this.stoppedElsewhere(source);
    if (quiet.cancelled !== undefined) {
      const certainty = elsewhere || disposal.trace.incomplete ? 'may' : 'must';
      return this.fact('not-waited', source, disposal, death, holder, quiet.cancelled, certainty);
    }
    if (stops.length > 0 || elsewhere) return undefined;
    const hidden = disposal.trace.incomplete || disposal.hidesStops(holder, death.order);
    const certainty = hidden || this.mayKeepItself(source) || this.isPassive(source) ? 'may' : 'must';
    return this.fact('never-stopped', source, disposal, death, holder, undefined, certainty);
  }

  private fact(
    defect: OrderFact['defect'],
    source: Source,
    disposal: Disposal,
    death: DeathAt,
    object: string,
    stop: TracedStop | undefined,
    certainty: Certainty,
  ): OrderFact {
    const { parts } = this;
    const story: StoryStep[] = [];
    if (stop !== undefined)
      story.push({
        traced: stop.traced,
        step: {
          kind: 'note',
          at: parts.program.locate(stop.traced.fn, stop.traced.event.span),
          text:
            defect === 'not-waited'
              ? `${stop.api}() does not wait for a run in progress`
              : `${stop.api}() stops ${sourceText(source)} only here`,
        },
      });
    const dies: StoryStep = {
      traced: death.traced,
      step: { kind: death.traced === undefined ? 'return' : 'free', at: death.at, text: death.text },
    };
    if (defect === 'not-waited') story.push(dies);
    else story.unshift(dies);
    const at =
      defect === 'not-waited' && stop !== undefined
        ? parts.program.locate(stop.traced.fn, stop.traced.event.span)
        : death.traced === undefined
          ? disposal.place
          : stop !== undefined
            ? placeOfOrder(death.traced, stop.traced, parts)
            : this.placeOfFree(death);
    const missing = `nothing in ${disposal.fn.ir.name}() waits for ${callbackName(source)}() before ${textOf(object)} is gone`;
    return {
      defect,
      at,
      source: sourceText(source),
      callback: callbackName(source),
      object: textOf(object),
      api: defect === 'not-waited' ? (stop?.api ?? '') : (death.api ?? 'devres'),
      other: defect === 'not-waited' ? (death.api ?? 'devres') : (stop?.api ?? ''),
      locked: stop?.traced.states.some((state) => state.held.size > 0) === true,
      by: callbackName(source),
      certainty,
      triggers: disposal.triggers,
      witness: witness(
        [source.kind, 'teardown'],
        userThread(source, this.useOf(source, object), textOf(object), parts),
        teardownThread(disposal.fn, entryText(disposal), story, parts),
        missing,
      ),
      group: `${source.cell}:${defect}`,
    };
  }

  /** Where this module frees it: the free itself, or the call that leads to one of a neighbour. */
  private placeOfFree(death: DeathAt): OrderFact['at'] {
    const { traced } = death;
    const { program } = this.parts;
    if (traced === undefined || program.own.has(traced.fn.key)) return death.at;
    const frame = traced.chain.toReversed().find((f) => program.own.has(f.fn.key));
    return frame === undefined ? death.at : program.locate(frame.fn, frame.call.span);
  }

  private useOf(source: Source, object: string): TracedUse | undefined {
    for (const facts of this.callbacks.of(source)) {
      const use = facts.objects.get(object) ?? facts.cells.get(object)?.[0];
      if (use !== undefined) return use;
    }
    return undefined;
  }

  /** Some function that is not only part of setting up waits for it. */
  private stoppedElsewhere(source: Source): boolean {
    return source.stops.some((stop) => {
      if (stop.strength === 'cancel') return false;
      return this.runsLater(stop.fn);
    });
  }

  /** Armed in order to free: work that teardown hands the rest of its business to. */
  private armedByTeardown(source: Source): boolean {
    return source.arms.some((arm) => {
      const contexts = this.sources.contextsOf(arm.fn);
      return contexts.size > 0 && [...contexts].every((context) => DISPOSING.has(context));
    });
  }

  private keepsItself(source: Source, holder: string): boolean {
    return this.callbacks.of(source).some((facts) => facts.frees.has(holder));
  }

  private mayKeepItself(source: Source): boolean {
    return this.callbacks.of(source).some((facts) => facts.drops);
  }

  /** Armed by nothing that can happen while the object lives, as far as is known. */
  private isPassive(source: Source): boolean {
    return source.arms.every((arm) => {
      const contexts = this.sources.contextsOf(arm.fn);
      return (
        contexts.size === 0 ||
        [...contexts].every((context) => context === 'power-management' || DISPOSING.has(context))
      );
    });
  }

  private *outlivingModule(source: Source): Iterable<OrderFact> {
    const { program } = this.parts;
    if (program.input.builtin === true || this.stoppedElsewhere(source)) return;
    const exits = this.disposals.filter((d) => d.kind === 'exit');
    const [exit] = exits;
    if (exit === undefined || exits.some((d) => d.trace.incomplete)) return;
    const stops = exits.flatMap((d) => d.stopsOf(source).map((stop) => ({ stop, d })));
    if (stops.some(({ stop }) => stop.strength !== 'cancel')) return;
    const [cancelled] = stops;
    const at = program.nameOf(exit.fn);
    const death: DeathAt = {
      order: Number.POSITIVE_INFINITY,
      traced: undefined,
      at,
      text: `the module's code and data go away after ${exit.fn.ir.name}() returns`,
      api: undefined,
      what: 'module',
    };
    if (cancelled !== undefined) {
      yield this.fact('not-waited', source, cancelled.d, death, 'the module', cancelled.stop, 'must');
      return;
    }
    const certainty = this.isPassive(source) || this.mayKeepItself(source) ? 'may' : 'must';
    yield this.fact('outlives-module', source, exit, death, 'the module', undefined, certainty);
  }

  /** The object lives on after remove, for its last user, and only then is the source stopped; what it uses is gone. */
  private *outlivingDevice(source: Source, holder: string): Iterable<OrderFact> {
    const { parts } = this;
    const { program, graph, tables, objects, teardown } = parts;
    const sites = objects.allocationsOf(holder);
    if (sites.length === 0 || sites.some((site) => site.owner !== 'caller')) return;
    const waits = source.stops.filter((stop) => stop.strength !== 'cancel' && this.runsLater(stop.fn));
    const late = this.disposals.filter((d) => d.kind === 'dispose' && d.deathsOf(holder).length > 0);
    // Stopped only where the last user goes.
    if (waits.length === 0 || !waits.every((stop) => late.some((d) => d.fn === stop.fn))) return;
    for (const disposal of this.disposals) {
      if (disposal.kind !== 'driver' || !program.own.has(disposal.fn.key) || disposal.trace.incomplete) continue;
      if (disposal.deathsOf(holder).length > 0 || disposal.stopsOf(source).length > 0) continue;
      const entries = tables.roles.filter((r) => r.fn === disposal.fn && r.role.context === 'teardown');
      if (entries.every((entry) => /shutdown/.test(entry.field))) continue;
      const probe = tables.roles.find(
        (r) => r.role.context === 'probe' && entries.some((entry) => entry.table === r.table),
      );
      if (probe === undefined || !sites.some((site) => graph.reachable(probe.fn).has(site.fn))) continue;
      const root = teardown.roots.find((r) => r.fn === disposal.fn);
      for (const facts of this.callbacks.of(source)) {
        for (const [cell, uses] of facts.cells) {
          const death =
            root === undefined || !cell.startsWith(`${holder}.`) ? undefined : teardown.borrowedDeath(cell, root);
          const use = uses.find(
            (u) =>
              u.use.passedTo !== undefined &&
              !isTested(u, cell) &&
              !disposal.isRefused(u.traced.states, Number.POSITIVE_INFINITY),
          );
          if (death === undefined || use === undefined || use.use.object === 'struct device') continue;
          const gone: DeathAt = {
            order: Number.POSITIVE_INFINITY,
            traced: undefined,
            at: disposal.place,
            text: death.text,
            api: undefined,
            what: 'device',
          };
          yield this.fact(
            'outlives-device',
            source,
            disposal,
            gone,
            cell,
            undefined,
            this.mayKeepItself(source) ? 'may' : 'must',
          );
          return;
        }
      }
    }
  }

  /** The driver has no remove function, and nothing device-managed stops the source. */
  private *withoutTeardown(source: Source, holder: string): Iterable<OrderFact> {
    const { tables, graph, objects, program } = this.parts;
    const sites = objects.allocationsOf(holder).filter((site) => site.owner === 'devres');
    const setup = source.setups.find((s) => program.own.has(s.fn.key));
    if (sites.length === 0 || setup === undefined || this.stoppedElsewhere(source)) return;
    for (const probe of tables.roles) {
      if (probe.role.context !== 'probe' || probe.table === undefined || !program.own.has(probe.fn.key)) continue;
      if (program.knowledge.findTable(probe.table.struct)?.driver === undefined) continue;
      if (
        tables.roles.some((r) => r.table === probe.table && r.role.context === 'teardown' && !/shutdown/.test(r.field))
      )
        continue;
      const reachable = graph.reachable(probe.fn);
      if (!sites.some((site) => reachable.has(site.fn)) || !reachable.has(setup.fn)) continue;
      if (program.input.builtin === true) continue;
      const [site] = sites;
      if (site === undefined) continue;
      const triggers = program.knowledge.findTable(probe.table.struct)?.driver?.triggers ?? ['sysfs-unbind'];
      yield {
        defect: 'no-teardown',
        at: setup.at,
        source: sourceText(source),
        callback: callbackName(source),
        object: textOf(holder),
        api: setup.api,
        other: site.api,
        locked: false,
        by: callbackName(source),
        certainty: this.isPassive(source) || this.mayKeepItself(source) ? 'may' : 'must',
        triggers,
        witness: witness(
          [source.kind, 'teardown'],
          userThread(source, this.useOf(source, holder), textOf(holder), this.parts),
          [
            {
              kind: 'entry',
              at: program.nameOf(probe.fn),
              text: `the driver of ${probe.fn.ir.name}() has no remove function`,
            },
            { kind: 'return', at: site.at, text: `${site.api}(): devres frees ${textOf(holder)} at unbind` },
          ],
          `nothing stops ${sourceText(source)} when the device is unbound`,
        ),
        group: `${source.cell}:no-teardown`,
      };
      return;
    }
  }

  /** Buffers, mappings, queues that the callback uses, released before the stop. */
  private *ofResources(source: Source): Iterable<OrderFact> {
    if (source.kind === 'urb' || source.kind === 'notifier') return;
    const facts = this.callbacks.of(source);
    for (const disposal of this.disposals) {
      if (source.setups.some((setup) => setup.callback === disposal.fn)) continue;
      const stops = disposal.stopsOf(source);
      const waits = stops.filter((stop) => stop.strength !== 'cancel' && stop.direct);
      for (const { cell, deaths, cleared } of disposal.cellDeaths()) {
        const death = deaths.at(-1);
        if (death?.traced === undefined || death.what === 'irq' || cell === source.cell) continue;
        if (cleared && (source.kind === 'irq' || waits.length === 0)) continue;
        const use = facts
          .flatMap((f) => f.cells.get(cell) ?? [])
          .find((u) => !isTested(u, cell) && !disposal.isRefused(u.traced.states, death.order));
        const queue = this.queueDestroyed(source, disposal, stops, cell, death);
        if (queue !== undefined) yield queue;
        if (use === undefined || queue !== undefined) continue;
        if (waits.length === 0) {
          const cancelled = stops.find((stop) => stop.strength === 'cancel' && stop.order < death.order && stop.direct);
          if (
            cancelled !== undefined &&
            !this.stoppedElsewhere(source) &&
            stops.every((s) => s.strength === 'cancel')
          ) {
            yield this.fact(
              'not-waited',
              source,
              disposal,
              death,
              cell,
              cancelled,
              disposal.trace.incomplete ? 'may' : 'must',
            );
            return;
          }
          continue;
        }
        if (waits.some((stop) => stop.order < death.order)) continue;
        const late = waits[0];
        if (late === undefined) continue;
        // An interrupt may have been silenced at its device, or by the core that closes it.
        const silent =
          source.kind === 'irq' && (death.what === 'device' || disposal.touchesDevice(death.order, death.traced));
        yield this.fact(
          'stopped-late',
          source,
          disposal,
          death,
          cell,
          late,
          disposal.trace.incomplete || silent || !this.isOf(source, cell) ? 'may' : 'must',
        );
        return;
      }
    }
  }

  /** The pointer lies in the source's own object, or in static memory; one of some other object may be another instance's. */
  private isOf(source: Source, cell: string): boolean {
    const struct = structOf(cell);
    if (struct === undefined) return true;
    const holders = new Set([...this.sources.holdersOf(source), source.data]);
    return this.parts.objects.owners(struct).some((type) => holders.has(type) || this.parts.objects.isStatic(type));
  }

  private queueDestroyed(
    source: Source,
    disposal: Disposal,
    stops: readonly TracedStop[],
    cell: string,
    death: DeathAt,
  ): OrderFact | undefined {
    if (source.kind !== 'delayed-work' || death.what !== 'workqueue') return undefined;
    if (!source.arms.some((arm) => arm.queue === cell && !arm.immediate)) return undefined;
    if (stops.some((stop) => stop.direct && stop.order < death.order) || disposal.passesSource(source, death.order))
      return undefined;
    if (source.stops.some((stop) => stop.kind !== 'workqueue' && this.runsLater(stop.fn))) return undefined;
    return this.fact(
      'queue-destroyed',
      source,
      disposal,
      death,
      cell,
      undefined,
      disposal.trace.incomplete ? 'may' : 'must',
    );
  }

  /** Not only while things are set up; what other modules call may run at any time. */
  private runsLater(fn: Fn): boolean {
    if (this.parts.graph.exported.has(fn.ir.name)) return true;
    const contexts = this.sources.contextsOf(fn);
    return contexts.size === 0 || [...contexts].some((context) => !SETTING_UP.has(context));
  }
}

/** The callback looks whether the pointer is still there. */
function isTested(use: TracedUse, cell: string): boolean {
  return (
    use.traced.states.length > 0 &&
    use.traced.states.every((s) => s.tests.some((t) => t.cell === cell && t.outcome === 'nonzero'))
  );
}

function textOf(object: string): string {
  return object.includes('.') || object.startsWith('::') ? cellText(object) : object;
}
