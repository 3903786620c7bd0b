/** Interrupts that devres frees after remove has returned, and what remove takes away from their handlers. */
import type { Cell } from '../cells.ts';
import { cellText, structOf } from '../cells.ts';
import type { Step } from '../model.ts';
import type { Fn } from '../program.ts';
import type { Parts } from '../removal.ts';
import { slotValue } from '../slots.ts';
import type { TraceEvent } from '../trace.ts';
import { chainSteps } from '../witness.ts';
import type { Callbacks, TracedUse } from './callbacks.ts';
import { namesake } from './counterparts.ts';
import type { DeathAt, Disposal, TracedStop } from './disposals.ts';
import type { OrderFact } from './facts.ts';
import { dependsOnState } from './guards.ts';
import { isDormant, isShared } from './ready.ts';
import type { Source, Sources } from './sources.ts';
import { entryText, placeOfOrder, teardownThread, userThread, witness } from './story.ts';
import { callbackName, sourceText } from './text.ts';

/** What a handler may switch on, other than what it masks while it runs. */
const SWITCHES = /(?:^|_)(?:enable|start|on)(?:_|$)/;

/** The function of the module that is called there. */
function calledIn({ event }: TraceEvent, { program }: Parts): Fn | undefined {
  return event.kind === 'call' ? program.functions.get(event.target) : undefined;
}

export class ManagedHandlers {
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
      if (source.kind !== 'irq' || !source.setups.every((setup) => setup.managed)) continue;
      for (const disposal of this.disposals) {
        if (disposal.kind !== 'driver' || !this.isRemoveOf(source, disposal)) continue;
        const fact = this.freed(source, disposal) ?? this.startedAgain(source, disposal);
        if (fact === undefined) continue;
        yield fact;
        break;
      }
    }
  }

  private isRemoveOf(source: Source, disposal: Disposal): boolean {
    const { tables, graph } = this.parts;
    const entries = tables.roles.filter(
      (r) => r.fn === disposal.fn && r.role.context === 'teardown' && r.table !== undefined,
    );
    if (entries.length === 0 || entries.every((entry) => /shutdown/.test(entry.field))) return false;
    const probes = tables.roles.filter(
      (r) => r.role.context === 'probe' && entries.some((entry) => entry.table === r.table),
    );
    return probes.some((probe) => {
      const reachable = graph.reachable(probe.fn);
      return source.setups.some((setup) => reachable.has(setup.fn));
    });
  }

  private freed(source: Source, disposal: Disposal): OrderFact | undefined {
    const stops = disposal.stopsOf(source).filter((stop) => stop.strength !== 'cancel');
    const facts = this.callbacks.of(source);
    const live = (death: DeathAt | undefined): death is DeathAt & { traced: NonNullable<DeathAt['traced']> } =>
      death?.traced !== undefined && !stops.some((stop) => stop.order < death.order);
    let weak: OrderFact | undefined;
    for (const { cell, deaths, cleared } of disposal.cellDeaths()) {
      if (cleared) continue;
      const death = deaths[0];
      if (!live(death) || death.what === 'irq' || death.what === 'id' || death.what === 'device') continue;
      if (disposal.takesOut(cell, death.order) || disposal.isOfAnother(source, death.traced)) continue;
      const { traced } = death;
      const uses = facts
        .flatMap((f) => f.cells.get(cell) ?? [])
        .filter((u) => this.isReal(u, cell) && !disposal.serialises(cell, traced, u.traced));
      const use = uses.find((u) => !dependsOnState(u.traced, this.parts)) ?? uses[0];
      if (use === undefined) continue;
      const found = this.fact(source, disposal, death, cellText(cell), use, stops);
      // What the driver does at the time, or has closed before, decides whether the handler gets there.
      if (!dependsOnState(use.traced, this.parts) && this.isOf(source, cell)) return found;
      weak ??= { ...found, certainty: 'may' };
    }
    for (const callback of facts) {
      for (const [type, use] of callback.objects) {
        if (!this.parts.program.isOwnStruct(type) || type !== source.data) continue;
        const death = disposal.deathsOf(type)[0];
        if (live(death)) return this.fact(source, disposal, death, type, use, stops);
      }
    }
    return weak;
  }

  /** The pointer lies in the object that the handler is given, or in static memory. */
  private isOf(source: Source, cell: Cell): boolean {
    const struct = structOf(cell);
    if (struct === undefined || source.data === undefined) return true;
    const { objects } = this.parts;
    return objects.owners(struct).some((type) => type === source.data || objects.isStatic(type));
  }

  /** Remove switches something off by a function of the driver, and the handler on again by its opposite. */
  private startedAgain(source: Source, disposal: Disposal): OrderFact | undefined {
    const { parts } = this;
    const { program, tracer } = parts;
    if (disposal.stopsOf(source).length > 0 || source.setups.some((setup) => isDormant(setup))) return undefined;
    for (const { callback } of source.setups) {
      for (const on of tracer.of(callback).events) {
        const begins = calledIn(on, parts);
        const ends = begins === undefined || !SWITCHES.test(begins.ir.name) ? undefined : namesake(begins, parts);
        if (begins === undefined || ends === undefined || on.chain.some((frame) => frame.call.indirect)) continue;
        const off = disposal.trace.events.find((e) => calledIn(e, parts) === ends);
        if (off === undefined) continue;
        if (disposal.isRefused(on.states, off.order)) continue;
        const at = placeOfOrder(off, undefined, parts);
        const onAt = program.locate(on.fn, on.event.span);
        return {
          defect: 'managed-restart',
          at,
          source: sourceText(source),
          callback: callbackName(source),
          object: begins.ir.name,
          api: ends.ir.name,
          other: source.setups[0]?.api ?? '',
          locked: false,
          by: callbackName(source),
          certainty: disposal.trace.incomplete ? 'may' : 'must',
          triggers: disposal.triggers,
          witness: witness(
            [source.kind, 'teardown'],
            [
              { kind: 'entry', at: program.nameOf(callback), text: `an interrupt enters ${callback.ir.name}()` },
              ...chainSteps(program, on.chain),
              {
                kind: 'use',
                at: onAt,
                text: `${begins.ir.name}() switches on what ${ends.ir.name}() has switched off`,
              },
            ],
            teardownThread(
              disposal.fn,
              entryText(disposal),
              [
                {
                  traced: off,
                  step: {
                    kind: 'note',
                    at: program.locate(off.fn, off.event.span),
                    text: `${ends.ir.name}() is called`,
                  },
                },
                {
                  traced: undefined,
                  step: {
                    kind: 'return',
                    at: program.nameOf(disposal.fn),
                    text: `devres frees the interrupt only after ${disposal.fn.ir.name}() has returned`,
                  },
                },
              ],
              parts,
            ),
            `nothing stops ${callback.ir.name}() before ${ends.ir.name}()`,
          ),
          group: `${source.cell}:managed-restart`,
        };
      }
    }
    return undefined;
  }

  /** Not a use that first looks whether the pointer is still there. */
  private isReal({ traced }: TracedUse, cell: string): boolean {
    return !traced.states.every((state) =>
      state.tests.some((test) => test.cell === cell && test.outcome === 'nonzero'),
    );
  }

  private fact(
    source: Source,
    disposal: Disposal,
    death: DeathAt & { traced: TraceEvent },
    object: string,
    use: TracedUse,
    stops: readonly TracedStop[],
  ): OrderFact {
    const { parts } = this;
    const late = stops.find((stop) => stop.order > death.order);
    const after: Step =
      late === undefined
        ? {
            kind: 'return',
            at: parts.program.nameOf(disposal.fn),
            text: `devres frees the interrupt only after ${disposal.fn.ir.name}() has returned`,
          }
        : {
            kind: 'note',
            at: parts.program.locate(late.traced.fn, late.traced.event.span),
            text: `${late.api}() stops ${sourceText(source)} only here`,
          };
    // A driver that enables the line itself has it disabled when nobody uses the device.
    const dormant = source.setups.some((setup) => isDormant(setup));
    const quiet = !source.setups.some((setup) => isShared(setup)) && disposal.reachesRegisters(death.order);
    return {
      defect: late === undefined ? 'managed-handler' : 'stopped-late',
      at: late === undefined ? death.at : placeOfOrder(death.traced, late.traced, parts),
      ...(late === undefined ? {} : { stopAt: placeOfOrder(late.traced, death.traced, parts) }),
      source: sourceText(source),
      callback: callbackName(source),
      object,
      api: death.api ?? '',
      other: late?.api ?? source.setups[0]?.api ?? '',
      locked: false,
      by: callbackName(source),
      certainty: disposal.trace.incomplete || dormant || quiet ? 'may' : 'must',
      triggers: disposal.triggers,
      witness: witness(
        [source.kind, 'teardown'],
        userThread(source, use, object, parts),
        teardownThread(
          disposal.fn,
          entryText(disposal),
          [
            { traced: death.traced, step: { kind: 'free', at: death.at, text: death.text } },
            { traced: late?.traced, step: after },
          ],
          parts,
        ),
        `nothing stops ${callbackName(source)}() before ${object} goes away`,
      ),
      group: `${source.cell}:managed-handler`,
    };
  }

  /** A plain free of an interrupt that only device-managed calls request: devres frees it a second time. */
  *plainReleases(): Iterable<OrderFact> {
    const { program } = this.parts;
    const interrupts = this.sources.all.filter((s) => s.kind === 'irq');
    if (interrupts.length === 0 || interrupts.some((s) => s.setups.some((setup) => !setup.managed))) return;
    for (const disposal of this.disposals) {
      if (disposal.kind !== 'driver') continue;
      for (const traced of disposal.trace.events) {
        const { event, fn } = traced;
        if (event.kind !== 'effect' || event.effect.verb !== 'seals' || event.effect.source !== 'irq') continue;
        const call = fn.calls.get(event.callId);
        const slot = event.effect.on;
        // The device-managed form takes the device first.
        const number = call === undefined || slot.at !== 'arg' || slot.index !== 0 ? undefined : slotValue(slot, call);
        // A core that frees the interrupt that it has requested itself is handed an object, not a number.
        if (number === undefined || (program.typeOf(number, fn)?.pointers ?? 0) > 0) continue;
        const source = interrupts.find((s) => this.isRemoveOf(s, disposal));
        const setup = source?.setups[0];
        if (source === undefined || setup === undefined) continue;
        const at = program.locate(fn, event.span);
        yield {
          defect: 'plain-release',
          at,
          source: sourceText(source),
          callback: callbackName(source),
          object: sourceText(source),
          api: event.api,
          other: setup.api,
          locked: false,
          by: callbackName(source),
          certainty: disposal.trace.incomplete ? 'may' : 'must',
          triggers: disposal.triggers,
          witness: witness(
            ['setup', 'teardown'],
            [{ kind: 'note', at: setup.at, text: `${setup.api}() leaves it to devres to free the interrupt` }],
            teardownThread(
              disposal.fn,
              entryText(disposal),
              [{ traced, step: { kind: 'free', at, text: `${event.api}() frees it, and devres tries again` } }],
              this.parts,
            ),
            'the record of the device-managed call is still there',
          ),
          group: `${source.cell}:plain-release`,
        };
      }
    }
  }
}
