/** Interrupts that are requested before what their handlers use is set up. */
import type { Value } from '../../ir/ir.ts';
import type { Cell } from '../cells.ts';
import { cellText, memberOf, strip, structOf } from '../cells.ts';
import type { Certainty } from '../model.ts';
import type { Fn } from '../program.ts';
import type { Parts } from '../removal.ts';
import type { TraceEvent } from '../trace.ts';
import type { CallbackFacts, Callbacks, TracedUse } from './callbacks.ts';
import type { Enclosing } from './enclosing.ts';
import type { OrderFact } from './facts.ts';
import { lookedAtBefore } from './guards.ts';
import type { Setup, Source, Sources } from './sources.ts';
import { canonical } from './sources.ts';
import { teardownThread, witness } from './story.ts';
import { callbackName, sourceText } from './text.ts';

const DORMANT = /NO_?AUTOEN/;

export class Readiness {
  private readonly parts: Parts;
  private readonly sources: Sources;
  private readonly callbacks: Callbacks;
  private readonly enclosing: Enclosing;

  constructor(parts: Parts, sources: Sources, callbacks: Callbacks, enclosing: Enclosing) {
    this.enclosing = enclosing;
    this.parts = parts;
    this.sources = sources;
    this.callbacks = callbacks;
  }

  *facts(): Iterable<OrderFact> {
    const { graph, program, tracer } = this.parts;
    const probes = new Set(graph.roots.filter((root) => root.context === 'probe').map((root) => root.fn));
    for (const source of this.sources.all) {
      if (source.kind !== 'irq') continue;
      for (const probe of probes) {
        if (!program.own.has(probe.key)) continue;
        const reachable = graph.reachable(probe);
        const setup = source.setups.find((s) => reachable.has(s.fn));
        if (setup?.call === undefined || isDormant(setup)) continue;
        const { events, incomplete } = tracer.of(probe);
        const request = events.find(
          (e) => e.fn.ir === setup.fn.ir && e.event.kind === 'effect' && e.event.callId === setup.call?.id,
        );
        if (request === undefined || this.isKeptDormant(events, request)) continue;
        const fact = this.firstUnready(source, setup, probe, request, events, incomplete);
        if (fact === undefined) continue;
        yield fact;
        break;
      }
    }
  }

  /** The line was told before not to be enabled by the request. */
  private isKeptDormant(events: readonly TraceEvent[], request: TraceEvent): boolean {
    return (
      request.fn.ir.blocks.some((block) =>
        block.operations.some((o) => o.kind === 'call' && o.args.some((a) => DORMANT.test(textOf(a)))),
      ) ||
      events.some(
        (e) =>
          e.order < request.order && e.event.kind === 'effect' && e.event.args.some((a) => DORMANT.test(textOf(a))),
      )
    );
  }

  private firstUnready(
    source: Source,
    setup: Setup,
    probe: Fn,
    request: TraceEvent,
    events: readonly TraceEvent[],
    incomplete: boolean,
  ): OrderFact | undefined {
    let weak: OrderFact | undefined;
    for (const facts of this.callbacks.of(source)) {
      for (const [cell, signal] of facts.signals) {
        if (weak !== undefined && isForgiving(signal)) continue;
        if (!this.isPartOf(cell, source)) continue;
        const first = this.firstInitialisation(cell, events);
        if (first === undefined || first.order < request.order) continue;
        const certainty = incomplete || isForgiving(signal) ? 'may' : 'must';
        const fact = this.fact(source, setup, probe, request, first, cell, signal, certainty);
        if (certainty === 'must') return fact;
        weak ??= fact;
      }
      const unset = this.firstUnset(source, facts, request, events);
      if (unset === undefined) continue;
      const { cell, use, store } = unset;
      // One of many objects in reach may have nothing to do with what has happened.
      const near = source.data === structOf(cell) || this.enclosing.around(structOf(cell) ?? '').has(source.data ?? '');
      const certainty = incomplete || !near ? 'may' : 'must';
      const fact = this.fact(source, setup, probe, request, store, cell, use.traced, certainty);
      if (certainty === 'must') return fact;
      weak ??= fact;
    }
    return weak;
  }

  /** A pointer that the handler follows without a look at it, and that probe sets only after the request. */
  private firstUnset(
    source: Source,
    facts: CallbackFacts,
    request: TraceEvent,
    events: readonly TraceEvent[],
  ): { readonly cell: Cell; readonly use: TracedUse; readonly store: TraceEvent } | undefined {
    for (const [cell, uses] of facts.cells) {
      if (!this.isPartOf(cell, source) || !this.isFollowedPointer(cell)) continue;
      const use = uses.find(({ traced }) => {
        const conditions = lookedAtBefore(traced, this.parts);
        return !conditions.has(cell) && ![...conditions].some((other) => this.isState(other, source));
      });
      if (use === undefined) continue;
      const store = events.find(
        (e) => e.event.kind === 'store' && canonical(e.bind(e.event.cell) ?? e.event.cell) === cell,
      );
      if (store === undefined || store.order < request.order) continue;
      if (store.event.kind !== 'store' || store.event.to === 'zero') continue;
      return { cell, use, store };
    }
    return undefined;
  }

  /** What a NULL pointer of this type means is for the functions that take it: many take it for absent. */
  private isFollowedPointer(cell: Cell): boolean {
    const { program } = this.parts;
    const struct = structOf(cell);
    const type = struct === undefined ? undefined : program.fieldType(struct, memberOf(cell));
    if (type === undefined || type.pointers !== 1 || type.array === true) return false;
    return program.knowledge.findStruct(type.base)?.nullable !== true;
  }

  /** It tells how the object is used at the time: the handler is told so where it matters. */
  private isState(cell: Cell, source: Source): boolean {
    const struct = structOf(cell);
    const type = struct === undefined ? undefined : this.parts.program.fieldType(struct, memberOf(cell));
    return type !== undefined && type.pointers === 0 && this.isPartOf(cell, source);
  }

  /** It lies in the object that the handler is given, or in that object's private area. */
  private isPartOf(cell: Cell, source: Source): boolean {
    const struct = structOf(cell);
    if (struct === undefined || source.data === undefined) return false;
    const { objects, program } = this.parts;
    const inside = new Set([source.data, ...objects.embeddedIn(source.data)]);
    // Handed the device, a handler finds what was allocated and hung on it by the same function.
    if (program.knowledge.findStruct(source.data)?.boundDevice !== undefined) {
      for (const type of objects.owners(struct))
        if (objects.allocationsOf(type).some((site) => source.setups.some((setup) => setup.fn === site.fn)))
          inside.add(type);
    }
    return objects
      .owners(struct)
      .some((type) => inside.has(type) || this.enclosing.around(type).has(source.data ?? ''));
  }

  /** The first event in probe that sets a lock, a completion, a queue of waiters or a work item up. */
  private firstInitialisation(cell: Cell, events: readonly TraceEvent[]): TraceEvent | undefined {
    const { program } = this.parts;
    let first: TraceEvent | undefined;
    for (const traced of events) {
      const { event } = traced;
      const about = (): Cell | undefined => {
        if (event.kind === 'store') return canonical(traced.bind(event.cell) ?? event.cell);
        if (event.kind === 'use' && event.passedTo !== undefined) return event.member;
        if (event.kind === 'effect' && event.effect.verb === 'runs' && event.effect.source !== undefined) {
          const call = traced.fn.calls.get(event.callId);
          const slot = event.effect.source.on;
          const target =
            call === undefined || slot.at === 'result'
              ? undefined
              : this.sources.cellOf(call.args[slot.index], traced.fn);
          return traced.bind(target);
        }
        return event.kind === 'effect' ? this.sources.cellIn(traced) : undefined;
      };
      if (about() !== cell) continue;
      if (event.kind === 'use') {
        const contract = event.passedTo === undefined ? undefined : program.knowledge.findFunction(event.passedTo);
        // What is known neither to take the lock nor to look at it makes it.
        if (
          contract === undefined ||
          !contract.does.every((e) => e.verb === 'nothing' || e.verb === 'sets' || e.verb === 'runs')
        )
          continue;
      }
      // Used in probe before it is seen to be set up: it is set up somewhere else.
      if (event.kind === 'effect' && event.effect.verb !== 'runs' && event.effect.verb !== 'sets') return undefined;
      first ??= traced;
      if (first !== undefined) return first;
    }
    return first;
  }

  private fact(
    source: Source,
    setup: Setup,
    probe: Fn,
    request: TraceEvent,
    ready: TraceEvent,
    cell: Cell,
    signal: TraceEvent,
    certainty: Certainty,
  ): OrderFact {
    const { parts } = this;
    const { program } = parts;
    const late = program.locate(ready.fn, ready.event.span);
    const api =
      ready.event.kind === 'effect'
        ? ready.event.api
        : ready.event.kind === 'use'
          ? (ready.event.passedTo ?? '')
          : 'the assignment';
    const setUp = teardownThread(
      probe,
      `${probe.ir.name}() sets the device up`,
      [
        { traced: request, step: { kind: 'note', at: setup.at, text: `${setup.api}() makes the handler live` } },
        { traced: ready, step: { kind: 'note', at: late, text: `${api} initialises ${cellText(cell)} only here` } },
      ],
      parts,
    );
    return {
      defect: 'uninitialised',
      at: setup.at,
      source: sourceText(source),
      callback: callbackName(source),
      object: cellText(cell),
      api: setup.api,
      other: api,
      locked: false,
      by: callbackName(source),
      certainty,
      triggers: ['sysfs-unbind'],
      witness: witness(
        [source.kind, 'setup'],
        [
          {
            kind: 'entry',
            at: program.nameOf(setup.callback),
            text: `an interrupt enters ${setup.callback.ir.name}()`,
          },
          { kind: 'use', at: program.locate(signal.fn, signal.event.span), text: `uses ${cellText(cell)}` },
        ],
        setUp,
        `an interrupt that comes in between finds ${cellText(cell)} uninitialised`,
        setUp.length - 1,
      ),
      group: `${source.cell}:uninitialised`,
    };
  }
}

/** A lock that is all zeroes is free in most configurations, and what an interface polls is silent until it is opened. */
function isForgiving({ event }: TraceEvent): boolean {
  if (event.kind !== 'effect') return false;
  return event.effect.verb === 'acquires' || (event.effect.verb === 'arms' && event.effect.source === 'napi');
}

/** Another device may raise the line, whatever this one has been told. */
export function isShared(setup: Setup): boolean {
  return setup.call?.args.some((argument) => /SHARED/.test(textOf(argument))) === true;
}

/** The request leaves the line disabled: the driver enables it when it wants it. */
export function isDormant(setup: Setup): boolean {
  return setup.call?.args.some((argument) => DORMANT.test(textOf(argument))) === true;
}

function textOf(value: Value): string {
  const inner = strip(value);
  if (inner === undefined) return '';
  if (inner.kind === 'constant') return inner.text;
  if (inner.kind === 'read' && inner.place.root.kind === 'global') return inner.place.root.name;
  if (inner.kind === 'operator') return inner.operands.map(textOf).join(' ');
  return '';
}
