/**
 * Everything of a module that runs by itself: timers, work items, tasklets, interrupts, threads, notifiers; who sets
 * each up, who arms it and who stops it, wherever that is. Flow-insensitive: order is a matter of `disposals.ts`.
 */
import type { Location } from '../../base/span.ts';
import type { Place, Value } from '../../ir/ir.ts';
import type { AsyncSource, Context, Effect } from '../../knowledge/schema.ts';
import { callbackOf } from '../call-graph.ts';
import type { Cell } from '../cells.ts';
import { strip, structOf } from '../cells.ts';
import type { Call, Fn } from '../program.ts';
import type { Parts } from '../removal.ts';
import { slotValue } from '../slots.ts';
import { functionNamed } from '../tables.ts';
import type { TraceEvent } from '../trace.ts';

export interface Setup {
  readonly fn: Fn;
  readonly at: Location;
  readonly api: string;
  readonly callback: Fn;
  /** Devres stops it after remove has returned. */
  readonly managed: boolean;
  readonly call?: Call;
}

export interface Arm {
  readonly kind: AsyncSource;
  readonly cell: Cell | undefined;
  readonly fn: Fn;
  readonly api: string;
  readonly at: Location;
  /** The queue it goes to, when the call names one. */
  readonly queue: Cell | undefined;
  /** A delay of zero: no timer is involved. */
  readonly immediate: boolean;
  /** Devres undoes it after remove has returned. */
  readonly managed: boolean;
}

/** What one call does to a source. `flush`: waits without stopping; `cancel`: stops without waiting. */
export type Strength = 'cancel' | 'flush' | 'stop' | 'seal';

export interface Stop {
  readonly kind: AsyncSource;
  /** Undefined when it is not known which one is stopped: it counts for every one of its kind. */
  readonly cell: Cell | undefined;
  readonly fn: Fn;
  readonly strength: Strength;
}

export interface Source {
  readonly kind: AsyncSource;
  /** Where it lives: `struct foo.work`, `::timer`; for an interrupt, the cell of its number or a name of its own. */
  readonly cell: Cell;
  readonly setups: Setup[];
  readonly arms: Arm[];
  readonly stops: Stop[];
  /** Type that the data argument points to, for sources that are not part of an object. */
  readonly data: string | undefined;
}

/** Sources that are part of the object that they belong to: to free it is to free them. */
export const EMBEDDED: ReadonlySet<AsyncSource> = new Set<AsyncSource>([
  'timer',
  'hrtimer',
  'work',
  'delayed-work',
  'tasklet',
  'other',
]);

/** Sources whose end has to come before that of the object that they hand to their callbacks. */
export const OBJECT_BOUND: ReadonlySet<AsyncSource> = new Set<AsyncSource>([...EMBEDDED, 'notifier', 'irq']);

const WORKS: ReadonlySet<AsyncSource> = new Set<AsyncSource>(['work', 'delayed-work']);

/** `work` may be the work inside a delayed one. */
export function sameKind(a: AsyncSource, b: AsyncSource): boolean {
  return a === b || (WORKS.has(a) && WORKS.has(b));
}

/** Stands for the queue of arm calls that name none. */
const SYSTEM_QUEUE = '::';

type SourceVerb = Extract<Effect, { verb: 'arms' | 'disarms' | 'waitsFor' | 'seals' }>;

/** Devres stops it after remove has returned. */
export function isManaged({ setups, arms }: Source): boolean {
  return setups.some((setup) => setup.managed) || arms.some((arm) => arm.managed);
}

export function isSourceVerb(effect: Effect): effect is SourceVerb {
  return effect.verb === 'arms' || effect.verb === 'disarms' || effect.verb === 'waitsFor' || effect.verb === 'seals';
}

export function strengthOf(effects: readonly Effect[]): { kind: AsyncSource; strength: Strength } | undefined {
  const verbs = effects.filter(isSourceVerb).filter((e) => e.verb !== 'arms');
  const [first] = verbs;
  if (first === undefined) return undefined;
  const has = (verb: string): boolean => verbs.some((e) => e.verb === verb);
  const strength =
    has('waitsFor') && has('seals') ? 'seal' : !has('waitsFor') ? 'cancel' : has('disarms') ? 'stop' : 'flush';
  return { kind: first.source, strength };
}

export class Sources {
  readonly all: Source[] = [];
  private readonly parts: Parts;
  private readonly byKey = new Map<string, Source>();
  private readonly stops: Stop[] = [];
  private readonly arms: Arm[] = [];
  private callers: Map<string, { readonly fn: Fn; readonly call: Call }[]> | undefined;

  constructor(parts: Parts) {
    this.parts = parts;
    const { program } = parts;
    for (const fn of program.functions.values()) {
      if (fn.key.endsWith('>')) continue;
      for (const call of fn.calls.values()) this.scanCall(call, fn);
      if (program.own.has(fn.key)) this.scanStores(fn);
    }
    if (this.byKey.size === 0 && program.input.units.every((unit) => unit.ir.macroCalls.length === 0)) return;
    this.scanTables();
    this.all.push(...this.byKey.values());
    for (const source of this.all) {
      source.arms.push(...this.arms.filter((arm) => this.isAbout(source, arm)));
      source.stops.push(...this.stops.filter((stop) => this.stopCounts(stop, source)));
    }
  }

  private effectsOf(call: Call, fn: Fn): readonly Effect[] {
    if (call.callee.kind !== 'named' || call.origin === 'guard-enter' || call.origin === 'guard-exit') return [];
    if (this.parts.program.findFunction(call.callee.name, fn.unit) !== undefined) return [];
    return this.parts.program.knowledge.findFunction(call.callee.name)?.does ?? [];
  }

  private scanCall(call: Call, fn: Fn): void {
    const effects = this.effectsOf(call, fn);
    if (effects.length === 0) return;
    const { program } = this.parts;
    const api = call.callee.kind === 'named' ? call.callee.name : '';
    const at = program.locate(fn, call.span);
    for (const effect of effects) {
      if (effect.verb === 'runs' && program.own.has(fn.key)) this.addSetup(call, effect, fn, api);
      if (effect.verb !== 'arms') continue;
      for (const cell of this.cellsOf(slotValue(effect.on, call), fn, 0))
        this.arms.push({
          kind: effect.source,
          cell,
          fn,
          api,
          at,
          queue: this.queueOf(call, fn),
          immediate: isImmediate(call),
          managed: effect.managedBy === 'devres',
        });
    }
    const stop = strengthOf(effects);
    if (stop === undefined) return;
    const effect = effects.find(isSourceVerb);
    for (const cell of this.cellsOf(effect === undefined ? undefined : slotValue(effect.on, call), fn, 0))
      this.stops.push({ ...stop, cell, fn });
  }

  private addSetup(call: Call, effect: Extract<Effect, { verb: 'runs' }>, fn: Fn, api: string): void {
    const { program } = this.parts;
    const callback = callbackOf(slotValue(effect.callback, call), fn, program);
    if (callback === undefined) return;
    const setup: Setup = {
      fn,
      call,
      at: program.locate(fn, call.span),
      api,
      callback,
      managed: effect.managedBy === 'devres',
    };
    const data = effect.data === undefined ? undefined : slotValue(effect.data, call);
    // Seen through the cast to what the call takes.
    const bare = strip(data);
    const type = bare === undefined ? undefined : program.typeOf(bare, fn);
    const base = type !== undefined && type.pointers === 1 && type.base !== 'void' ? type.base : undefined;
    if (effect.source === undefined) {
      if (effect.context !== 'thread') return;
      const cell = this.assignedCell(call.id, fn);
      if (cell !== undefined) this.add('thread', cell, setup, base);
      return;
    }
    if (effect.source.kind === 'irq') {
      // The number alone does not tell interrupts apart; the handler does.
      this.add('irq', `irq ${callback.key}`, setup, base);
      return;
    }
    for (const cell of this.cellsOf(slotValue(effect.source.on, call), fn, 0))
      if (cell !== undefined) this.add(effect.source.kind, cell, setup, base);
  }

  private add(kind: AsyncSource, cell: Cell, setup: Setup, data: string | undefined): void {
    const known = this.byKey.get(cell);
    if (known !== undefined) known.setups.push(setup);
    else this.byKey.set(cell, { kind, cell, setups: [setup], arms: [], stops: [], data });
  }

  /** `foo->timer.function = callback`. */
  private scanStores(fn: Fn): void {
    const { program, cells } = this.parts;
    for (const block of fn.ir.blocks) {
      for (const operation of block.operations) {
        if (operation.kind !== 'assign') continue;
        const last = operation.to.steps.at(-1);
        if (last?.kind !== 'field') continue;
        const callback = functionNamed(strip(operation.value), fn.unit, program);
        if (callback === undefined) continue;
        const inner: Place = { ...operation.to, steps: operation.to.steps.slice(0, -1) };
        const type = program.typeOfPlace(inner, fn);
        if (type === undefined) continue;
        const kind = program.knowledge.findStruct(type.base)?.source;
        const role = program.knowledge.findRole(type.base, last.name);
        if (kind === undefined || role === undefined) continue;
        const cell = cells.place(inner, fn).cell;
        if (cell === undefined || cell.startsWith('$')) continue;
        const at = program.locate(fn, operation.span);
        this.add(kind, canonical(cell), { fn, at, api: last.name, callback, managed: false }, undefined);
      }
    }
  }

  /** File-level definitions: DEFINE_TIMER and its like, initialised notifier blocks. */
  private scanTables(): void {
    const { program, tables } = this.parts;
    for (const table of tables.all) {
      const kind = program.knowledge.findStruct(table.struct)?.source;
      if (kind === undefined || !program.input.units.includes(table.unit)) continue;
      for (const entry of table.entries.values()) {
        if (entry.fn === undefined) continue;
        const at = { file: table.unit.path, span: entry.span };
        this.add(
          kind,
          `::${table.name}`,
          { fn: entry.fn, at, api: table.struct, callback: entry.fn, managed: false },
          undefined,
        );
      }
    }
  }

  private assignedCell(callId: number, fn: Fn): Cell | undefined {
    const { cells } = this.parts;
    for (const block of fn.ir.blocks) {
      for (const operation of block.operations) {
        if (operation.kind !== 'assign') continue;
        const value = strip(operation.value);
        if (value?.kind !== 'temp' || value.id !== callId) continue;
        if (operation.to.root.kind !== 'local' || operation.to.steps.length > 0) {
          const { cell } = cells.place(operation.to, fn);
          return cell === undefined ? undefined : canonical(cell);
        }
        return this.storedFrom(operation.to.root.name, fn);
      }
    }
    return undefined;
  }

  /** `task = kthread_run(…); foo->task = task;` */
  private storedFrom(local: string, fn: Fn): Cell | undefined {
    for (const block of fn.ir.blocks) {
      for (const operation of block.operations) {
        if (operation.kind !== 'assign' || operation.to.steps.length === 0) continue;
        const value = strip(operation.value);
        if (value?.kind !== 'read' || value.place.root.kind !== 'local' || value.place.steps.length > 0) continue;
        if (value.place.root.name !== local) continue;
        const { cell } = this.parts.cells.place(operation.to, fn);
        return cell === undefined ? undefined : canonical(cell);
      }
    }
    return undefined;
  }

  /** The queue that an arm call names; the system's own when it names none. */
  private queueOf(call: Call, fn: Fn): Cell | undefined {
    const { program, cells } = this.parts;
    for (const argument of call.args) {
      const type = program.typeOf(argument, fn);
      if (type === undefined) {
        const inner = strip(argument);
        if (inner?.kind === 'read' && inner.place.root.kind === 'global') return `::${inner.place.root.name}`;
        if (inner?.kind === 'read' || inner?.kind === 'temp') return undefined;
        continue;
      }
      if (type.pointers !== 1 || program.knowledge.findStruct(type.base)?.source !== 'workqueue') continue;
      return cells.valueCell(argument, fn);
    }
    return SYSTEM_QUEUE;
  }

  /** The source that a pointer argument means: the whole delayed work for the work inside it. */
  cellOf(value: Value | undefined, fn: Fn): Cell | undefined {
    const inner = strip(value);
    if (inner === undefined) return undefined;
    const { cells } = this.parts;
    if (inner.kind === 'address') {
      const { cell } = cells.place(this.outermostSource(inner.place, fn), fn);
      return cell === undefined ? undefined : canonical(cell);
    }
    const cell = cells.targetCell(inner, fn) ?? cells.valueCell(inner, fn);
    return cell === undefined ? undefined : canonical(cell);
  }

  private outermostSource(place: Place, fn: Fn): Place {
    let found = place;
    while (found.steps.at(-1)?.kind === 'field') {
      const outer: Place = { ...found, steps: found.steps.slice(0, -1) };
      const type = this.parts.program.typeOfPlace(outer, fn);
      if (type === undefined || type.pointers > 0) break;
      if (this.parts.program.knowledge.findStruct(type.base)?.source === undefined) break;
      found = outer;
    }
    return found;
  }

  /** As `cellOf`; a parameter stands for what the callers pass. */
  private cellsOf(value: Value | undefined, fn: Fn, depth: number): readonly (Cell | undefined)[] {
    const cell = this.cellOf(value, fn);
    if (cell === undefined || !cell.startsWith('$')) return [cell];
    const index = fn.ir.parameters.findIndex((p) => `$${p.name}` === cell);
    const found = new Set<Cell | undefined>();
    if (index >= 0 && depth < 3) {
      for (const caller of this.callsOf(fn.ir.name))
        for (const passed of this.cellsOf(caller.call.args[index], caller.fn, depth + 1)) found.add(passed);
    }
    return found.size === 0 ? [undefined] : [...found];
  }

  private callsOf(name: string): readonly { readonly fn: Fn; readonly call: Call }[] {
    if (this.callers === undefined) {
      this.callers = new Map();
      for (const fn of this.parts.program.functions.values()) {
        if (fn.key.endsWith('>')) continue;
        for (const call of fn.calls.values()) {
          if (call.callee.kind !== 'named') continue;
          const list = this.callers.get(call.callee.name) ?? [];
          list.push({ fn, call });
          this.callers.set(call.callee.name, list);
        }
      }
    }
    return this.callers.get(name) ?? [];
  }

  private isAbout(source: Source, arm: Arm): boolean {
    return sameKind(source.kind, arm.kind) && arm.cell === source.cell;
  }

  /** Does a stop reach this source? One of an unknown target does, and one of the queue that it goes to. */
  stopCounts(stop: { kind: AsyncSource; cell: Cell | undefined }, source: Source): boolean {
    if (sameKind(stop.kind, source.kind)) {
      if (source.kind === 'irq') return true;
      return stop.cell === undefined || stop.cell.startsWith('$') || stop.cell === source.cell;
    }
    if (stop.kind !== 'workqueue' || !WORKS.has(source.kind)) return false;
    if (stop.cell === undefined || stop.cell.startsWith('$')) return true;
    return source.arms.some((arm) => arm.queue === stop.cell || this.isSomeQueue(arm.queue));
  }

  /** A queue that is not known by its cell: it was made elsewhere, and another pointer to it may be the one that is destroyed. */
  private isSomeQueue(queue: Cell | undefined): boolean {
    if (queue === undefined || queue.startsWith('$')) return true;
    if (queue === SYSTEM_QUEUE || queue.startsWith('::')) return false;
    const stores = this.parts.objects.storesTo(queue);
    return stores.length > 0 && !stores.some((store) => strip(store.value)?.kind === 'temp');
  }

  /** The cell that an event of a trace is about, in the terms of the trace's root. */
  cellIn(traced: TraceEvent): Cell | undefined {
    const { event, fn } = traced;
    if (event.kind !== 'effect' || !('on' in event.effect) || event.effect.on === undefined) return undefined;
    const call = fn.calls.get(event.callId);
    const cell = call === undefined ? undefined : this.cellOf(slotValue(event.effect.on, call), fn);
    const bound = traced.bind(cell);
    return bound === undefined ? undefined : canonical(bound);
  }

  contextsOf(fn: Fn): ReadonlySet<Context> {
    return this.parts.graph.contextsOf(fn);
  }

  /** Struct types whose death takes the source, or what its callback is given, with it. */
  holdersOf(source: Source): readonly string[] {
    const struct = EMBEDDED.has(source.kind) || source.kind === 'notifier' ? structOf(source.cell) : source.data;
    return struct === undefined ? [] : this.parts.objects.owners(struct);
  }

  /** It lives in static memory: only the module's code can go away under it. */
  isStatic(source: Source): boolean {
    if (source.cell.startsWith('::')) return true;
    const struct = structOf(source.cell);
    return struct !== undefined && this.parts.objects.owners(struct).every((type) => this.parts.objects.isStatic(type));
  }
}

/** `struct foo.urb*`, what a pointer points to, is known by the pointer. */
export function canonical(cell: Cell): Cell {
  return cell.replace(/\*+$/, '');
}

function isImmediate(call: Call): boolean {
  const last = strip(call.args.at(-1));
  return last?.kind === 'constant' && last.number === 0;
}
