import { structOf } from '../cells.ts';
import type { Fn } from '../program.ts';
import type { Parts } from '../removal.ts';
import type { Callbacks } from './callbacks.ts';
import { isTested } from './callbacks.ts';
import type { Counterpart } from './counterparts.ts';
import { counterpartOf, namesake } from './counterparts.ts';
import type { DeathAt, Disposal, TracedStop } from './disposals.ts';
import type { OrderFact } from './facts.ts';
import { DISPOSING, SourceFacts, textOf } from './source-facts.ts';
import type { Source, Sources, Stop } from './sources.ts';
import { isManaged, OBJECT_BOUND } from './sources.ts';
import { userThread, witness } from './story.ts';
import { callbackName, sourceText } from './text.ts';

const GIVES_UP =
  /free|destroy|remove|release|exit|fini|dtor|dtr|detach|unbind|disconnect|cleanup|teardown|uninit|deinit|unreg/i;

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

export class Quiesce extends SourceFacts {
  private readonly disposals: readonly Disposal[];

  constructor(parts: Parts, sources: Sources, callbacks: Callbacks, disposals: readonly Disposal[]) {
    super(parts, sources, callbacks);
    this.disposals = disposals;
  }

  *facts(): Iterable<OrderFact> {
    for (const source of this.sources.all) {
      if (isManaged(source)) continue;
      const found = OBJECT_BOUND.has(source.kind) ? this.first(this.ofObject(source)) : undefined;
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

  private *ofObject(source: Source): Iterable<OrderFact> {
    // An interrupt is live from its request on.
    if ((source.arms.length === 0 && source.kind !== 'irq') || this.armedByTeardown(source)) return;
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
    yield* this.onlyCancelled(source);
    yield* this.inForeignObject(source);
  }

  /** Where the object dies is not seen; the one stop on the way there does not wait, and nothing else does. */
  private *onlyCancelled(source: Source): Iterable<OrderFact> {
    const { parts } = this;
    const { program } = parts;
    if (source.kind === 'notifier' || this.mayKeepItself(source)) return;
    if (source.stops.some((stop) => stop.strength !== 'cancel')) return;
    for (const disposal of this.disposals) {
      if (disposal.kind === 'exit' || source.setups.some((setup) => setup.callback === disposal.fn)) continue;
      if (!program.own.has(disposal.fn.key)) continue;
      // To stop or close is to begin again later, with the object as it is.
      const stop = disposal
        .stopsOf(source)
        .find((s) => s.direct && s.strength === 'cancel' && GIVES_UP.test(s.traced.fn.ir.name));
      if (stop === undefined) continue;
      const [holder = 'the object'] = this.sources.holdersOf(source);
      const gone: DeathAt = {
        order: Number.POSITIVE_INFINITY,
        traced: undefined,
        at: disposal.place,
        text: `${disposal.fn.ir.name}() gives up ${textOf(holder)}`,
        api: undefined,
        what: 'memory',
      };
      const certainty = disposal.trace.incomplete || this.isPassive(source) ? 'may' : 'must';
      yield this.fact('not-waited', source, disposal, gone, holder, stop, certainty);
      return;
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
    // There is no form of the call that waits.
    if (source.kind === 'notifier' && source.stops.length > 0) return undefined;
    if (quiet.cancelled !== undefined) {
      const certainty = elsewhere || disposal.trace.incomplete ? 'may' : 'must';
      return this.fact('not-waited', source, disposal, death, holder, quiet.cancelled, certainty);
    }
    const flushed = stops.find((stop) => stop.order < death.order);
    if (flushed !== undefined && source.stops.every((s) => s.strength === 'flush' || s.kind === 'workqueue'))
      return this.fact(
        'flushed-only',
        source,
        disposal,
        death,
        holder,
        flushed,
        disposal.trace.incomplete ? 'may' : 'must',
      );
    if (stops.length > 0 || elsewhere) return undefined;
    const hidden = disposal.trace.incomplete || disposal.hidesStops(holder, death.order);
    const certainty = hidden || this.mayKeepItself(source) || this.isPassive(source) ? 'may' : 'must';
    const fact = this.fact('never-stopped', source, disposal, death, holder, undefined, certainty);
    const pair = this.unevenPair(source);
    if (pair === undefined || death.traced?.chain.some((frame) => frame.fn === pair.ends) === true) return fact;
    return pair.ends === disposal.fn ? fact : this.leftRunning(fact, pair);
  }

  /** The operation that sets the source going, where its opposite does nothing about it. */
  private unevenPair(source: Source): Counterpart | undefined {
    const callbacks = new Set(source.setups.map((setup) => setup.callback));
    const starts = new Set(source.arms.map((arm) => arm.fn).filter((fn) => !callbacks.has(fn)));
    const pairs = [...starts].map((fn) => counterpartOf(fn, this.parts));
    const [pair] = pairs;
    return pair !== undefined && pairs.every((p) => p?.ends === pair.ends) && this.parts.program.own.has(pair.ends.key)
      ? pair
      : undefined;
  }

  /** Told where the stop is missing rather than where the object dies. */
  private leftRunning(fact: OrderFact, { begins, ends }: Counterpart): OrderFact {
    const at = this.parts.program.nameOf(ends);
    const text = `${ends.ir.name}() ends what ${begins.ir.name}() began, and leaves ${fact.source} as it is`;
    const { user, teardown } = fact.witness;
    return {
      ...fact,
      defect: 'left-running',
      at,
      api: ends.ir.name,
      other: begins.ir.name,
      witness: { ...fact.witness, user, teardown: [{ kind: 'entry', at, text }, ...teardown.slice(0, 14)] },
      group: `${fact.group}:${ends.ir.name}`,
    };
  }

  /** Part of an object of another module, set going by one operation here and stopped by nothing here. */
  private *inForeignObject(source: Source): Iterable<OrderFact> {
    const { program, tracer, objects } = this.parts;
    const counts = (stop: Stop): boolean => stop.strength !== 'cancel' || source.kind === 'notifier';
    if (source.stops.some(counts) || this.isPassive(source)) return;
    if (this.mayKeepItself(source)) return;
    const holders = this.sources.holdersOf(source);
    if (holders.some((type) => objects.allocationsOf(type).some((site) => program.own.has(site.fn.key)))) return;
    const pairs = source.setups.map(({ fn }) => counterpartOf(fn, this.parts) ?? this.pairByName(fn));
    const [pair] = pairs;
    if (pair === undefined || !pairs.every((p) => p?.ends === pair.ends)) return;
    if (!program.own.has(pair.ends.key) || source.setups.some((setup) => setup.callback === pair.ends)) return;
    const { events, incomplete } = tracer.of(pair.ends);
    const handedOn = events.some(
      ({ event }) =>
        event.kind === 'use' &&
        event.passedTo !== undefined &&
        // Who made the object knows nothing of what was put into it here.
        event.passedTo !== 'an indirect call' &&
        event.object !== undefined &&
        holders.includes(event.object) &&
        program.knowledge.findFunction(event.passedTo) === undefined,
    );
    const at = program.nameOf(pair.ends);
    const [holder = 'the module'] = holders;
    yield {
      defect: 'left-running',
      at,
      source: sourceText(source),
      callback: callbackName(source),
      object: textOf(holder),
      api: pair.ends.ir.name,
      other: pair.begins.ir.name,
      locked: false,
      subject: { kind: source.kind, cell: source.cell },
      by: callbackName(source),
      certainty: incomplete || handedOn ? 'may' : 'must',
      triggers: ['module-unload'],
      witness: witness(
        [source.kind, 'teardown'],
        userThread(source, this.useOf(source, holder), textOf(holder), this.parts),
        [
          { kind: 'entry', at, text: `${pair.ends.ir.name}() ends what ${pair.begins.ir.name}() began` },
          { kind: 'return', at, text: `it returns with ${sourceText(source)} as it is` },
        ],
        `nothing in the module stops ${sourceText(source)}`,
      ),
      group: `${source.cell}:left-running`,
    };
  }

  private pairByName(fn: Fn): Counterpart | undefined {
    const ends = namesake(fn, this.parts);
    return ends === undefined ? undefined : { begins: fn, ends };
  }

  private *outlivingModule(source: Source): Iterable<OrderFact> {
    const { program } = this.parts;
    if (program.input.builtin === true || this.stoppedElsewhere(source)) return;
    if (source.kind === 'notifier' && source.stops.length > 0) return;
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
        const { traced } = death;
        if (disposal.isOfAnother(source, traced)) continue;
        const use = facts
          .flatMap((f) => f.cells.get(cell) ?? [])
          .find(
            (u) =>
              !isTested(u, cell) &&
              !disposal.isRefused(u.traced.states, death.order) &&
              !disposal.serialises(cell, traced, u.traced),
          );
        const queue = this.queueDestroyed(source, disposal, stops, cell, death);
        if (queue !== undefined) yield queue;
        if (use === undefined || queue !== undefined) continue;
        if (disposal.takesOut(cell, death.order)) continue;
        if (waits.length === 0) {
          const fact = this.notWaited(source, disposal, stops, cell, death);
          if (fact === undefined) continue;
          yield fact;
          return;
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

  /** What the callback uses is released after a stop that does not wait. */
  private notWaited(
    source: Source,
    disposal: Disposal,
    stops: readonly TracedStop[],
    cell: string,
    death: DeathAt,
  ): OrderFact | undefined {
    if (stops.some((stop) => stop.strength !== 'cancel') || this.stoppedBefore(source, disposal)) return undefined;
    const cancelled = stops.find((stop) => stop.order < death.order && stop.direct);
    if (cancelled === undefined) return undefined;
    const certainty = disposal.trace.incomplete ? 'may' : 'must';
    return this.fact('not-waited', source, disposal, death, cell, cancelled, certainty);
  }

  /** Something that may run before this disposal waits for it; what only tears down comes after a mere close. */
  private stoppedBefore(source: Source, disposal: Disposal): boolean {
    return source.stops.some((stop) => {
      if (stop.strength === 'cancel' || !this.runsLater(stop.fn)) return false;
      if (disposal.kind !== 'dispose') return true;
      const contexts = this.sources.contextsOf(stop.fn);
      return contexts.size === 0 || ![...contexts].every((context) => DISPOSING.has(context));
    });
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
      disposal.trace.incomplete || !this.sharesOwner(source, cell) ? 'may' : 'must',
    );
  }

  /** The queue belongs to the object that has the source; one of the module outlives what is queued on it. */
  private sharesOwner(source: Source, queue: string): boolean {
    return structOf(queue) === undefined ? this.sources.isStatic(source) : this.isOf(source, queue);
  }
}
