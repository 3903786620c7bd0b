/**
 * Functions that dispose of objects, each with its trace: what stops when, and what dies when. Teardown of drivers and
 * modules comes first; release functions and a subsystem's destroy callbacks count as well.
 */
import type { Location } from '../../base/span.ts';
import type { ResourceKind, Trigger } from '../../knowledge/schema.ts';
import type { Cell } from '../cells.ts';
import { memberOf, structOf } from '../cells.ts';
import type { Fn } from '../program.ts';
import type { Parts } from '../removal.ts';
import { slotValue } from '../slots.ts';
import type { Mortal, Pins, TeardownRoot } from '../teardown.ts';
import type { Trace, TraceEvent } from '../trace.ts';
import type { Enclosing } from './enclosing.ts';
import type { Source, Sources, Strength } from './sources.ts';
import { strengthOf } from './sources.ts';

/** A call in a trace that stops something. */
export interface TracedStop {
  readonly traced: TraceEvent;
  readonly order: number;
  readonly api: string;
  readonly strength: Strength;
  /** It names the source; otherwise its queue, or nothing. */
  readonly direct: boolean;
}

export interface DeathAt {
  /** Place in the order of the trace; infinite for what devres does after the function has returned. */
  readonly order: number;
  readonly traced: TraceEvent | undefined;
  readonly at: Location;
  readonly text: string;
  readonly api: string | undefined;
  readonly what: ResourceKind;
}

export interface CellDeaths {
  readonly cell: Cell;
  readonly deaths: readonly DeathAt[];
  /** The pointer is cleared rather than what it points to freed. */
  readonly cleared: boolean;
}

const NO_PINS: Pins = { types: new Set(), isConditional: () => false };
const MAX_EXTRA_ROOTS = 60;
const MAX_CLIMB = 60;

const DISPOSING =
  /free|destroy|remove|release|exit|fini|close|stop|shutdown|dtor|dtr|detach|unbind|disconnect|del|cleanup|teardown|uninit|deinit|unreg|kill|term/i;
const DISPOSING_CONTEXTS = new Set([
  'object-release',
  'release',
  'object-destroy',
  'teardown',
  'devres-action',
  'module-exit',
]);

export class Disposal {
  readonly fn: Fn;
  readonly kind: 'driver' | 'exit' | 'dispose';
  readonly triggers: readonly Trigger[];
  readonly trace: Trace;
  private readonly parts: Parts;
  private readonly sources: Sources;
  private readonly root: TeardownRoot;
  private readonly enclosing: Enclosing;
  private stopEvents:
    | { traced: TraceEvent; api: string; kind: Source['kind']; cell: Cell | undefined; strength: Strength }[]
    | undefined;
  private known: Map<string, Mortal> | undefined;

  constructor(root: TeardownRoot, kind: Disposal['kind'], parts: Parts, sources: Sources, enclosing: Enclosing) {
    this.enclosing = enclosing;
    this.fn = root.fn;
    this.kind = kind;
    this.triggers = root.triggers;
    this.trace = root.trace;
    this.root = root;
    this.parts = parts;
    this.sources = sources;
  }

  stopsOf(source: Source): readonly TracedStop[] {
    this.stopEvents ??= this.collectStops();
    return this.stopEvents
      .filter((stop) => this.sources.stopCounts(stop, source))
      .map((stop) => ({
        traced: stop.traced,
        order: stop.traced.order,
        api: stop.api,
        strength: stop.strength,
        direct: stop.kind !== 'workqueue',
      }));
  }

  private collectStops(): NonNullable<Disposal['stopEvents']> {
    const stops: NonNullable<Disposal['stopEvents']> = [];
    const seen = new Set<string>();
    for (const traced of this.trace.events) {
      const { event, fn } = traced;
      if (event.kind !== 'effect') continue;
      const call = fn.calls.get(event.callId);
      const name = call?.callee.kind === 'named' ? call.callee.name : '';
      const { effect } = event;
      if (effect.verb === 'waits' && effect.for === 'completion' && effect.on === undefined && event.args.length === 0)
        stops.push({ traced, api: name, kind: 'workqueue', cell: undefined, strength: 'flush' });
      if (effect.verb !== 'disarms' && effect.verb !== 'waitsFor' && effect.verb !== 'seals') continue;
      if (seen.has(`${fn.key}@${event.callId}`)) continue;
      seen.add(`${fn.key}@${event.callId}`);
      const stop = strengthOf(this.parts.program.knowledge.findFunction(name)?.does ?? []);
      if (stop !== undefined) stops.push({ traced, api: name, cell: this.sources.cellIn(traced), ...stop });
    }
    return stops;
  }

  private mortals(): Map<string, Mortal> {
    this.known ??= this.parts.teardown.mortals([this.root], NO_PINS);
    return this.known;
  }

  /** Deaths of objects of a type, in order. What a reference count decides is left to the release function. */
  deathsOf(type: string): readonly DeathAt[] {
    const mortal = this.mortals().get(type);
    const known =
      mortal === undefined || mortal.kind !== 'object' || mortal.owner === 'refcount' || mortal.owner === 'cleared'
        ? []
        : this.inOrder(mortal).filter((death) => death.traced !== undefined || this.isBoundHere(type));
    const around = this.enclosing.around(type);
    if (around.size === 0) return known;
    return [...known, ...this.deathsAround(type, around)].sort((a, b) => a.order - b.order);
  }

  /** Frees of the object that holds it, by another type than its own. */
  private deathsAround(type: string, around: ReadonlyMap<string, 'first-member' | 'host'>): readonly DeathAt[] {
    const found: DeathAt[] = [];
    for (const traced of this.trace.events) {
      const { event } = traced;
      if (event.kind !== 'effect' || event.cleanup || event.object === undefined) continue;
      const how = around.get(event.object);
      const { effect } = event;
      if (how === undefined || traced.chain.some((frame) => frame.call.release)) continue;
      const gone = effect.verb === 'frees' && (how === 'host' || effect.what === 'memory');
      if (!gone && !(how === 'host' && effect.verb === 'dropsRef')) continue;
      found.push({
        order: traced.order,
        traced,
        at: this.parts.program.locate(traced.fn, event.span),
        text: `${event.api}() frees ${event.object} and with it ${type}`,
        api: event.api,
        what: 'memory',
      });
    }
    return found;
  }

  /** Resources that are released through a cell. */
  cellDeaths(): readonly CellDeaths[] {
    const found: CellDeaths[] = [];
    for (const mortal of this.mortals().values()) {
      if (mortal.kind !== 'cell') continue;
      const cleared = mortal.owner === 'cleared';
      // A request block counts its users, the core among them.
      const deaths = this.inOrder(mortal).filter(
        (death) => (death.api !== undefined || cleared) && death.what !== 'urb',
      );
      if (deaths.length > 0) found.push({ cell: mortal.name, deaths, cleared });
    }
    return found;
  }

  private inOrder(mortal: Mortal): DeathAt[] {
    return mortal.deaths
      .map((death) => ({
        order: death.event?.order ?? Number.POSITIVE_INFINITY,
        traced: death.event,
        at: death.at,
        text: death.text,
        api: death.event?.event.kind === 'effect' ? death.event.event.api : undefined,
        what: death.what,
      }))
      .sort((a, b) => a.order - b.order);
  }

  /** Devres frees it after this very function: it was allocated while the same driver probed. */
  private isBoundHere(type: string): boolean {
    if (this.kind !== 'driver') return false;
    const { tables, graph, objects } = this.parts;
    const entries = tables.roles.filter((r) => r.fn === this.fn && r.role.context === 'teardown');
    if (entries.length > 0 && entries.every((entry) => /shutdown/.test(entry.field))) return false;
    if (graph.contextsOf(this.fn).has('devres-action')) return false;
    const probes = entries.flatMap((entry) =>
      tables.roles.filter((r) => r.table !== undefined && r.table === entry.table && r.role.context === 'probe'),
    );
    const sites = objects.allocationsOf(type).filter((site) => site.owner === 'devres');
    if (probes.length === 0) return entries.length === 0 && sites.some((site) => site.fn.unit === this.fn.unit);
    return probes.some((probe) => sites.some((site) => graph.reachable(probe.fn).has(site.fn)));
  }

  /** Where a person looks for what this disposal leaves undone: the first function of the module that it enters. */
  get place(): Location {
    const { program } = this.parts;
    const own = program.own.has(this.fn.key)
      ? this.fn
      : this.trace.events.find((traced) => program.own.has(traced.fn.key) && traced.fn.ir.macro !== true)?.fn;
    return program.nameOf(own ?? this.fn);
  }

  /** Before that order, the device may have been told to be quiet, or its core has been taken away from under it. */
  touchesDevice(before: number, stop: TraceEvent | undefined): boolean {
    const { program } = this.parts;
    const path = new Set(stop?.chain.map((frame) => frame.call));
    return this.trace.events.some(({ event, order }) => {
      if (order >= before) return false;
      if (event.kind === 'call') return !path.has(event);
      if (event.kind !== 'use' || event.passedTo === undefined) return false;
      const contract = program.knowledge.findFunction(event.passedTo);
      if (contract === undefined) return true;
      if (contract.does.some((e) => e.verb === 'unpublishes' || e.verb === 'disables')) return true;
      const plain = contract.does.every((e) => e.verb === 'nothing');
      return (
        plain && event.object !== 'struct device' && event.object !== undefined && !program.isOwnStruct(event.object)
      );
    });
  }

  /** Before that order, registers of the device are accessed, or it is put into reset: it may have been told not to interrupt. */
  reachesRegisters(before: number): boolean {
    const { program } = this.parts;
    return this.trace.events.some(({ event, order, bindValue }) => {
      if (order >= before) return false;
      if (event.kind === 'effect') return event.effect.verb === 'disables' && event.effect.what === 'reset';
      if (event.kind !== 'use' || event.passedTo === undefined) return false;
      const via = bindValue(event.via) ?? '';
      const struct = structOf(via);
      const type = struct === undefined ? undefined : program.fieldType(struct, memberOf(via));
      return type?.annotations?.includes('__iomem') === true;
    });
  }

  /**
   * Every state tests something that this disposal has written before that order: a flag that says "going", or a
   * pointer looked at under a lock. A pointer that is looked at without one may be cleared right after.
   */
  isRefused(states: TraceEvent['states'], before: number): boolean {
    const written = new Set<string>();
    for (const traced of this.trace.events) {
      if (traced.order >= before) continue;
      const { event } = traced;
      if (event.kind === 'store') written.add(wholeCell(traced.bind(event.cell) ?? event.cell));
      if (event.kind !== 'effect') continue;
      if (event.effect.verb !== 'sets' && event.effect.verb !== 'decrements') continue;
      const cell = this.sources.cellIn(traced);
      if (cell !== undefined) written.add(wholeCell(cell));
    }
    const refuses = (cell: Cell, locks: readonly string[]): boolean =>
      written.has(cell) && (locks.length > 0 || !this.isPointer(cell));
    return (
      states.length > 0 &&
      states.every((state) => state.tests.some((test) => refuses(wholeCell(test.cell), test.locks)))
    );
  }

  /** The pointer is cleared under a lock before what it pointed to is freed: who still finds it holds the lock, or has taken it over. */
  takesOut(cell: Cell, before: number): boolean {
    return this.trace.events.some(
      ({ event, order, bind, states }) =>
        order < before &&
        event.kind === 'store' &&
        event.to === 'zero' &&
        wholeCell(bind(event.cell) ?? event.cell) === cell &&
        states.length > 0 &&
        states.every((state) => state.held.size > 0),
    );
  }

  /** Freed and cleared under a lock that the use holds too: the use may see that it is gone. */
  serialises(cell: Cell, death: TraceEvent, use: TraceEvent): boolean {
    const [first] = death.states;
    const shared = [...(first?.held.keys() ?? [])].filter((key) =>
      [...death.states, ...use.states].every((state) => state.held.has(key)),
    );
    return (
      shared.length > 0 &&
      this.trace.events.some(
        ({ event, bind }) => event.kind === 'store' && event.to === 'zero' && (bind(event.cell) ?? event.cell) === cell,
      )
    );
  }

  /** The way there is one of several that a pointer may take: that of a driver beside the one that has the source. */
  isOfAnother(source: Source, traced: TraceEvent): boolean {
    if (source.setups.some((setup) => setup.fn.unit === traced.fn.unit || setup.callback.unit === traced.fn.unit))
      return false;
    return traced.chain.some(
      ({ fn, call }) =>
        call.indirect &&
        this.trace.events.some(
          (e) =>
            e.fn === fn &&
            e.event.kind === 'call' &&
            e.event.indirect &&
            e.event.span.start === call.span.start &&
            e.event.target !== call.target,
        ),
    );
  }

  private isPointer(cell: Cell): boolean {
    const struct = structOf(cell);
    const type = struct === undefined ? undefined : this.parts.program.fieldType(struct, memberOf(cell));
    return type !== undefined && type.pointers > 0;
  }

  /** A function that is not known gets the object (and may stop what runs on it) before it dies. */
  hidesStops(type: string, before: number): boolean {
    const { program } = this.parts;
    // What one file declares for itself, no other module knows how to stop.
    if (program.input.units.some((unit) => unit.ir.structs.some((struct) => struct.name === type))) return false;
    return this.trace.events.some(
      ({ event, order }) =>
        order < before &&
        event.kind === 'use' &&
        event.passedTo !== undefined &&
        event.passedTo !== 'an indirect call' &&
        event.object === type &&
        // The address of a member says nothing about what holds it.
        event.member === undefined &&
        program.knowledge.findGuard(event.passedTo) === undefined &&
        program.knowledge.findFunction(event.passedTo) === undefined,
    );
  }

  /** An unknown function is handed the source itself. */
  passesSource(source: Source, before: number): boolean {
    const { program } = this.parts;
    return this.trace.events.some(
      ({ event, order }) =>
        order < before &&
        event.kind === 'use' &&
        event.passedTo !== undefined &&
        event.member === source.cell &&
        program.knowledge.findFunction(event.passedTo) === undefined,
    );
  }
}

function wholeCell(cell: Cell): Cell {
  return cell.replace(/\[.*$/, '').replace(/\*+$/, '');
}

/** Every function that disposes of something, drivers' teardown first. */
export function disposalsOf(parts: Parts, sources: Sources, enclosing: Enclosing): readonly Disposal[] {
  const { program, teardown, graph, tracer } = parts;
  const found: Disposal[] = [];
  const covered = new Set<Fn>();
  for (const root of teardown.roots) {
    // A driver beside the library that this module is: it counts as far as it comes here.
    const own = program.own.has(root.fn.key);
    if (!own && !root.trace.events.some((traced) => program.own.has(traced.fn.key))) continue;
    if (own && root.kind !== 'exit') {
      covered.add(root.fn);
      for (const { fn } of root.trace.events) covered.add(fn);
    }
    if (root.kind === 'destroy' && graph.contextsOf(root.fn).has('file-operation')) continue;
    const kind = root.kind === 'driver' ? 'driver' : root.kind === 'exit' ? 'exit' : 'dispose';
    found.push(new Disposal(root, kind, parts, sources, enclosing));
  }
  const roots = new Set(graph.roots.map((root) => root.fn));
  const relevant = relevantTypes(sources, enclosing);
  const tops = new Set<Fn>();
  for (const fn of program.functions.values()) {
    if (!program.own.has(fn.key) || covered.has(fn) || fn.ir.macro === true) continue;
    if (!releasesAny(fn, relevant, sources, parts)) continue;
    for (const top of topsAbove(fn, roots, parts)) tops.add(top);
  }
  for (const fn of [...tops].slice(0, MAX_EXTRA_ROOTS)) {
    if (!disposes(fn, parts)) continue;
    const root: TeardownRoot = {
      fn,
      kind: 'destroy',
      triggers: ['object-destroy'],
      suppressed: false,
      endsDevres: false,
      byOperation: false,
      trace: tracer.of(fn),
    };
    found.push(new Disposal(root, 'dispose', parts, sources, enclosing));
  }
  return found.sort((a, b) => rank(a) - rank(b));
}

/** Called to take something down, as far as its contexts and names tell. */
export function disposes(fn: Fn, { graph, tables }: Parts): boolean {
  const contexts = graph.contextsOf(fn);
  if ([...contexts].some((context) => DISPOSING_CONTEXTS.has(context))) return true;
  if (contexts.size > 0 && !contexts.has('subsystem-callback')) return false;
  const fields = tables.roles.filter((r) => r.fn === fn).map((r) => r.field);
  return [fn.ir.name, ...fields].some((name) => DISPOSING.test(name));
}

function rank(disposal: Disposal): number {
  return disposal.kind === 'driver' ? 0 : disposal.kind === 'exit' ? 1 : 2;
}

function relevantTypes(sources: Sources, enclosing: Enclosing): ReadonlySet<string> {
  const types = new Set<string>();
  for (const source of sources.all) {
    for (const holder of sources.holdersOf(source)) {
      types.add(holder);
      for (const outer of enclosing.around(holder).keys()) types.add(outer);
    }
  }
  return types;
}

/** It frees what holds a source, or frees something while it stops one; or it is where one is stopped that nothing waits for. */
function releasesAny(fn: Fn, relevant: ReadonlySet<string>, sources: Sources, { program }: Parts): boolean {
  let frees = false;
  for (const call of fn.calls.values()) {
    if (call.callee.kind !== 'named' || call.origin !== 'call') continue;
    if (program.findFunction(call.callee.name, fn.unit) !== undefined) continue;
    for (const effect of program.knowledge.findFunction(call.callee.name)?.does ?? []) {
      const later = effect.verb === 'runs' && effect.context === 'rcu-callback';
      if (effect.verb !== 'frees' && !later) continue;
      frees ||= !later;
      const slot = effect.verb === 'frees' ? effect.on : effect.data;
      const argument = slot === undefined ? undefined : slotValue(slot, call);
      if (argument === undefined) continue;
      const type = later ? structOf(sources.cellOf(argument, fn) ?? '') : program.typeOf(argument, fn)?.base;
      if (type !== undefined && relevant.has(type)) return true;
    }
  }
  return sources.all.some(
    (source) =>
      source.stops.some((stop) => stop.fn === fn && stop.kind !== 'irq') &&
      (frees || source.stops.every((stop) => stop.strength === 'cancel')),
  );
}

/** The entry points that lead to a function. */
function topsAbove(fn: Fn, roots: ReadonlySet<Fn>, { graph }: Parts): readonly Fn[] {
  const tops: Fn[] = [];
  const seen = new Set<Fn>([fn]);
  const stack = [fn];
  for (let at = stack.pop(); at !== undefined && seen.size < MAX_CLIMB; at = stack.pop()) {
    const callers = graph.callers(at);
    if (callers.size === 0 || roots.has(at)) tops.push(at);
    for (const caller of callers) {
      if (seen.has(caller)) continue;
      seen.add(caller);
      stack.push(caller);
    }
  }
  return tops;
}
