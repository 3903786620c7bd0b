/**
 * What dies when a module's devices go: every function that tears something down, in order, and the objects and cells
 * that must not be touched afterwards ("mortals").
 */
import type { Location } from '../base/span.ts';
import type { Context, ResourceKind, Trigger } from '../knowledge/schema.ts';
import type { CallGraph } from './call-graph.ts';
import type { Cell, Cells } from './cells.ts';
import { cellText, memberOf, strip, structOf } from './cells.ts';
import type { TeardownKind } from './drivers.ts';
import { Drivers } from './drivers.ts';
import type { EffectEvent } from './events.ts';
import type { ObjectOwner, SourceUnit } from './model.ts';
import type { Objects } from './objects.ts';
import type { Fn, Program } from './program.ts';
import { slotValue } from './slots.ts';
import type { Table, Tables } from './tables.ts';
import { functionNamed } from './tables.ts';
import type { Trace, TraceEvent, Tracer } from './trace.ts';
import { forEachPlace } from './value-walk.ts';

export interface TeardownRoot {
  readonly fn: Fn;
  readonly kind: TeardownKind;
  readonly triggers: readonly Trigger[];
  /** sysfs unbind is taken away, and nothing else can run it but module unload. */
  readonly suppressed: boolean;
  /** The driver table that names the function, where one does. */
  readonly table?: Table;
  /** Devres of the device is released after it. */
  readonly endsDevres: boolean;
  /** An operation of another node that destroys this one: only what holds the node counts as dying. */
  readonly byOperation: boolean;
  readonly trace: Trace;
}

export interface Death {
  readonly root: TeardownRoot;
  /** The event that frees; undefined for what devres or the parent does after the function returns. */
  readonly event: TraceEvent | undefined;
  readonly at: Location;
  readonly text: string;
  readonly what: ResourceKind;
}

export interface Mortal {
  /** `struct foo` or a cell. */
  readonly name: string;
  readonly kind: 'object' | 'cell';
  readonly owner: ObjectOwner;
  readonly deaths: readonly Death[];
}

/** A write in teardown that an operation can test: a flag, a cleared pointer, an entry taken out of its container. */
export interface GoneStore {
  readonly cell: Cell;
  readonly to: 'zero' | 'nonzero' | 'value' | 'unlinked';
  readonly root: TeardownRoot;
  readonly event: TraceEvent;
}

/** Contexts in which devices, nodes or the module go. */
export const TEARDOWN_CONTEXTS: ReadonlySet<Context> = new Set<Context>([
  'teardown',
  'object-destroy',
  'devres-action',
  'module-exit',
]);

/**
 * What else unregisters a node: an operation of a control node or an attribute, by which user space destroys the object,
 * and a notifier that hears of a device that goes.
 */
const OTHER_DESTROYERS: ReadonlyMap<Context, TeardownKind> = new Map([
  ['file-operation', 'destroy'],
  ['attribute', 'destroy'],
  ['notifier', 'driver'],
]);

export class Teardown {
  readonly roots: readonly TeardownRoot[];
  readonly goneStores = new Map<Cell, GoneStore[]>();
  private readonly program: Program;
  private readonly objects: Objects;
  private readonly cells: Cells;
  private readonly graph: CallGraph;
  private readonly tracer: Tracer;
  private readonly tables: Tables;
  private readonly drivers: Drivers;
  /** Structs that hold a registered node by value. */
  private readonly holders: ReadonlySet<string>;
  /** Teardown functions that only other modules call. */
  private readonly orphans = new Set<Fn>();

  constructor(
    program: Program,
    cells: Cells,
    tables: Tables,
    graph: CallGraph,
    objects: Objects,
    tracer: Tracer,
    holders: ReadonlySet<string>,
  ) {
    this.program = program;
    this.cells = cells;
    this.objects = objects;
    this.graph = graph;
    this.tracer = tracer;
    this.tables = tables;
    this.holders = holders;
    this.drivers = new Drivers(program, tables);
    this.addOrphans();
    this.roots = this.findRoots();
    for (const root of this.roots) this.collectStores(root);
  }

  /** Functions that only other modules call: judged by what they do. */
  private addOrphans(): void {
    const roots = new Set(this.graph.roots.map((root) => root.fn));
    for (const fn of [...this.program.functions.values()]) {
      // A file operation that another module wraps is still a file operation.
      if (fn.ir.parameters.some((p) => p.type.base === 'struct file')) continue;
      const callback = this.tables.addressTaken.has(fn) && this.graph.contextsOf(fn).size === 0;
      if ((fn.ir.isStatic && !callback) || fn.ir.macro === true || !this.program.own.has(fn.key)) continue;
      // Its callers may be in what was left out of a module that is too large.
      if (this.program.input.cut === true && !this.graph.exported.has(fn.ir.name)) continue;
      const contexts = this.graph.contextsOf(fn);
      const known = contexts.has('teardown') || contexts.has('object-destroy') || contexts.has('devres-action');
      const called = [...this.graph.callers(fn)].some((caller) => this.program.own.has(caller.key));
      if (known || called || roots.has(fn)) continue;
      if (this.tables.addressTaken.has(fn) && contexts.size > 0) continue;
      const verbs = this.tracer.verbsOf(fn);
      // A function that registers may unregister on its error path; one that only frees is somebody's teardown.
      // One that looks its object up serves a running device, whatever it frees.
      const finds = verbs.has('finds') || verbs.has('unlinks');
      const creates = verbs.has('publishes') || (!verbs.has('unpublishes') && verbs.has('allocates'));
      const destroys = verbs.has('unpublishes') || (verbs.has('frees') && !finds && isVoid(fn));
      // A callback in a table that nobody knows: only what it unregisters tells.
      if (callback && !verbs.has('unpublishes')) continue;
      if (creates) this.graph.addRoot({ fn, context: 'probe', by: 'callers in other modules' });
      else if (destroys) {
        this.orphans.add(fn);
        this.graph.addRoot({ fn, context: 'teardown', by: 'callers in other modules' });
      }
    }
  }

  private findRoots(): TeardownRoot[] {
    const roots = new Map<string, TeardownRoot>();
    for (const root of this.graph.roots) {
      if (!TEARDOWN_CONTEXTS.has(root.context)) continue;
      const kind: TeardownKind =
        root.context === 'module-exit' ? 'exit' : root.context === 'object-destroy' ? 'destroy' : 'driver';
      const key = `${root.fn.key} ${kind}`;
      const { triggers, suppressed } = this.drivers.triggersOf(root, kind);
      const before = roots.get(key);
      if (before !== undefined && (!before.suppressed || suppressed)) continue;
      const table = this.tables.roles.find((r) => r.fn === root.fn && r.role.context === 'teardown')?.table;
      roots.set(key, {
        ...(table === undefined ? {} : { table }),
        fn: root.fn,
        kind,
        triggers,
        suppressed,
        endsDevres: kind === 'driver' && !this.drivers.keepsDevres(root.fn),
        byOperation: false,
        trace: this.tracer.of(root.fn),
      });
    }
    for (const root of this.graph.roots) {
      const { fn, context } = root;
      const kind = OTHER_DESTROYERS.get(context);
      if (kind === undefined || roots.has(`${fn.key} ${kind}`)) continue;
      if (!this.tracer.verbsOf(fn).has('unpublishes')) continue;
      const trace = this.tracer.of(fn);
      if (!trace.events.some((e) => this.destroys(e))) continue;
      const triggers: readonly Trigger[] = [kind === 'destroy' ? 'object-destroy' : 'parent-removal'];
      const byOperation = kind === 'destroy';
      roots.set(`${fn.key} ${kind}`, { fn, kind, triggers, suppressed: false, endsDevres: false, byOperation, trace });
    }
    return [...roots.values()];
  }

  private destroys(traced: TraceEvent): boolean {
    const { event, fn } = traced;
    const unregisters = event.kind === 'effect' && event.effect.verb === 'unpublishes';
    return unregisters && this.program.own.has(fn.key) && !this.isInCreation(traced);
  }

  /** On the way to the event is a function that registers: what it undoes there has not come to be. */
  isInCreation({ fn, chain }: TraceEvent): boolean {
    const called = [...chain.map((frame) => frame.fn), fn].slice(1);
    return called.some((each) => this.tracer.verbsOf(each).has('publishes'));
  }

  private collectStores(root: TeardownRoot): void {
    for (const traced of root.trace.events) {
      const { event } = traced;
      if (event.kind === 'store') {
        const cell = traced.bind(event.cell) ?? event.cell;
        if (event.to !== 'linked') this.addStore({ cell, to: event.to, root, event: traced });
      }
      if (event.kind !== 'effect') continue;
      if (event.effect.verb === 'unlinks') {
        const target = traced.bind(event.target ?? event.value);
        if (target === undefined) continue;
        for (const cell of new Set([target, ...(this.objects.containersOf.get(target) ?? [])]))
          this.addStore({ cell, to: 'unlinked', root, event: traced });
      }
    }
  }

  private addStore(store: GoneStore): void {
    const list = this.goneStores.get(store.cell) ?? [];
    list.push(store);
    this.goneStores.set(store.cell, list);
  }

  /** Everything that dies on the given teardown roots, by struct type and by cell. */
  mortals(roots: readonly TeardownRoot[], pinned: Pins): Map<string, Mortal> {
    const found = new Map<string, { kind: 'object' | 'cell'; owner: ObjectOwner; deaths: Death[] }>();
    const add = (name: string, kind: 'object' | 'cell', owner: ObjectOwner, death: Death): void => {
      let entry = found.get(name);
      // What is freed and cleared is freed.
      if (entry !== undefined && owner === 'cleared' && entry.owner !== 'cleared') return;
      if (entry === undefined || (entry.owner === 'cleared' && owner !== 'cleared'))
        entry = { kind, owner, deaths: [] };
      entry.deaths.push(death);
      found.set(name, entry);
    };
    for (const root of roots) {
      if (root.endsDevres) this.addDevres(root, add);
      if (root.kind === 'driver') this.addLent(root, pinned, add);
      for (const traced of root.trace.events) {
        this.addFrees(root, traced, pinned, add);
        this.addCleared(root, traced, pinned, add);
      }
    }
    return new Map([...found].map(([name, entry]) => [name, { name, ...entry }]));
  }

  private addDevres(
    root: TeardownRoot,
    add: (name: string, kind: 'object' | 'cell', owner: ObjectOwner, death: Death) => void,
  ): void {
    for (const type of this.objects.allocatedTypes) {
      if (this.program.isForeignStruct(type)) continue;
      for (const site of this.objects.allocationsOf(type)) {
        if (site.owner !== 'devres') continue;
        const contexts = this.graph.contextsOf(site.fn);
        if (contexts.has('open') && !contexts.has('probe')) continue;
        if (!this.sameModule(site.fn, root.fn)) continue;
        add(type, 'object', 'devres', {
          root,
          event: undefined,
          at: site.at,
          what: 'memory',
          text: `${type} is device-managed (${site.api}): devres frees it right after ${root.fn.ir.name}() returns`,
        });
      }
    }
  }

  /** A struct with a node in it that a caller in another module registers and unregisters is that caller's. */
  private addLent(
    root: TeardownRoot,
    pinned: Pins,
    add: (name: string, kind: 'object' | 'cell', owner: ObjectOwner, death: Death) => void,
  ): void {
    const { fn } = root;
    if (fn.ir.isStatic || !this.orphans.has(fn)) return;
    for (const { type } of fn.ir.parameters) {
      const { base } = type;
      if (type.pointers !== 1 || !this.holders.has(base) || pinned.types.has(base) || this.objects.isStatic(base))
        continue;
      if (this.objects.allocationsOf(base).length > 0 || !this.program.isOwnStruct(base)) continue;
      // Open files hold the device that the caller registered it with, and that keeps it.
      const behind = this.program.fieldsOf(base).filter((field) => field.type.pointers === 1);
      if (behind.some((field) => pinned.types.has(field.type.base))) continue;
      add(base, 'object', 'borrowed', {
        root,
        event: undefined,
        at: this.program.nameOf(fn),
        what: 'memory',
        text: `${base} is the caller's, who may free it when ${fn.ir.name}() returns`,
      });
    }
  }

  private addFrees(
    root: TeardownRoot,
    traced: TraceEvent,
    pinned: Pins,
    add: (name: string, kind: 'object' | 'cell', owner: ObjectOwner, death: Death) => void,
  ): void {
    const { event, fn } = traced;
    if (event.kind !== 'effect' || event.cleanup) return;
    // Inside a release function: whether it runs now depends on the references, which the drop itself tells.
    if (traced.chain.some((frame) => frame.call.release)) return;
    if (root.byOperation) {
      const held = [event.object, event.holder].some((type) => type !== undefined && this.holders.has(type));
      if (!held || this.isInCreation(traced)) return;
    }
    const { effect } = event;
    if (event.object !== undefined && this.program.isForeignStruct(event.object)) return;
    const at = this.program.locate(fn, event.span);
    if (
      (effect.verb === 'frees' || effect.verb === 'dropsRef') &&
      event.object !== undefined &&
      !pinned.types.has(event.object) &&
      !pinned.isConditional(traced)
    ) {
      for (const type of this.objects.embeddedIn(event.object)) {
        add(type, 'object', 'teardown', {
          root,
          event: traced,
          at,
          what: 'memory',
          text: `${event.api}() gives up ${event.object}, which holds ${type}`,
        });
      }
    }
    if (effect.verb === 'frees') {
      if (pinned.isConditional(traced)) return;
      if (this.isFresh(traced)) return;
      if (effect.what === 'region') {
        for (const cell of this.portsOf(traced))
          add(cell, 'cell', 'teardown', {
            root,
            event: traced,
            at,
            what: effect.what,
            text: `${event.api}() gives up the ports at ${cellText(cell)}`,
          });
        return;
      }
      const value = traced.bindValue(event.value);
      const target = traced.bind(event.target);
      // Of a type that the kernel defines, only what this module allocates is its own.
      if (effect.what === 'memory' && event.object !== undefined && this.isMadeHere(event.object)) {
        add(event.object, 'object', 'teardown', {
          root,
          event: traced,
          at,
          what: effect.what,
          text: `${event.api}() frees ${event.object}`,
        });
      }
      const cell = value !== undefined && !value.startsWith('$') ? value : target;
      if (
        cell !== undefined &&
        !cell.startsWith('$') &&
        this.isOwn(cell, fn) &&
        effect.what !== 'irq' &&
        effect.what !== 'id'
      ) {
        add(cell.replace(/\*$/, ''), 'cell', 'teardown', {
          root,
          event: traced,
          at,
          what: effect.what,
          text: `${event.api}() releases ${cellText(cell)}`,
        });
      }
      return;
    }
    if (effect.verb === 'dropsRef' && effect.what !== 'module') {
      const type = this.droppedType(event, traced);
      if (type === undefined || pinned.types.has(type) || !this.freedByRelease(type)) return;
      if (pinned.isConditional(traced)) return;
      add(type, 'object', 'refcount', {
        root,
        event: traced,
        at,
        what: 'memory',
        text: `${event.api}() drops the reference that keeps ${type}; an open file holds none`,
      });
    }
    if (effect.verb === 'runs' && effect.context === 'rcu-callback') {
      const call = fn.calls.get(event.callId);
      const callback =
        call === undefined ? undefined : functionNamed(slotValue(effect.callback, call), fn.unit, this.program);
      if (callback === undefined || pinned.isConditional(traced)) return;
      for (const inner of this.tracer.of(callback).events) {
        if (inner.event.kind === 'effect' && inner.event.effect.verb === 'frees' && inner.event.object !== undefined) {
          add(inner.event.object, 'object', 'teardown', {
            root,
            event: traced,
            at,
            what: 'memory',
            text: `${event.api}() frees ${inner.event.object} after a grace period`,
          });
        }
      }
    }
  }

  /** A pointer that teardown clears: who follows it without a test follows NULL. */
  private addCleared(
    root: TeardownRoot,
    traced: TraceEvent,
    pinned: Pins,
    add: (name: string, kind: 'object' | 'cell', owner: ObjectOwner, death: Death) => void,
  ): void {
    const { event, fn } = traced;
    if (event.kind !== 'store' || event.to !== 'zero' || root.byOperation) return;
    if (traced.chain.some((frame) => frame.call.release)) return;
    const cell = traced.bind(event.cell) ?? event.cell;
    const struct = structOf(cell);
    if (cell.startsWith('$') || cell.endsWith('*') || (struct !== undefined && !this.program.isOwnStruct(struct)))
      return;
    const type =
      struct === undefined
        ? this.program.findGlobal(memberOf(cell), fn.unit)?.declaration.type
        : this.program.fieldType(struct, memberOf(cell));
    if (type === undefined || type.pointers !== 1 || type.array === true || pinned.isConditional(traced)) return;
    add(cell, 'cell', 'cleared', {
      root,
      event: traced,
      at: this.program.locate(fn, event.span),
      what: 'memory',
      text: `${fn.ir.name}() clears ${cellText(cell)}`,
    });
  }

  /** Where the driver keeps the number of the ports that are given up. */
  private portsOf({ event, fn }: TraceEvent): readonly Cell[] {
    const found: Cell[] = [];
    const [start] = event.kind === 'effect' ? event.args : [];
    if (start === undefined) return found;
    forEachPlace(start, (place) => {
      const { cell, type } = this.cells.place(place, fn);
      const kept = cell !== undefined && !cell.startsWith('$') && (type === undefined || type.pointers === 0);
      if (kept && this.isOwn(cell, fn)) found.push(cell);
    });
    return found;
  }

  private isMadeHere(type: string): boolean {
    return (
      this.program.isOwnStruct(type) ||
      (/^(?:struct|union) /.test(type) &&
        this.objects.allocationsOf(type).some((site) => this.program.own.has(site.fn.key)))
    );
  }

  /** Not one of the many members of a kernel struct that other modules free, or that stand on the stack. */
  private isOwn(cell: Cell, fn: Fn): boolean {
    const struct = structOf(cell);
    if (struct === undefined || this.program.isOwnStruct(struct)) return !this.isForeign(cell);
    return this.program.own.has(fn.key) && !this.objects.isOnStack(struct);
  }

  /** What another module keeps and frees of its own is its business: it unregisters here first. */
  private isForeign(cell: Cell | undefined): boolean {
    const struct = cell === undefined ? undefined : structOf(cell);
    return struct !== undefined && this.program.isForeignStruct(struct);
  }

  /** Files that are not the module's own are each a driver of their own. */
  private sameModule(a: Fn, b: Fn): boolean {
    const { neighbours } = this.program.input;
    if (!neighbours.includes(a.unit) && !neighbours.includes(b.unit)) return true;
    return a.unit === b.unit;
  }

  /** Frees what this function or one of its callers on the way allocated: a temporary. */
  private isFresh({ event, fn, chain }: TraceEvent): boolean {
    if (event.kind !== 'effect') return false;
    let argument = fn.calls.get(event.callId)?.args[0];
    let within = fn;
    for (let depth = chain.length - 1; ; depth -= 1) {
      const value = strip(argument);
      if (value?.kind !== 'read' || value.place.root.kind !== 'local' || value.place.steps.length > 0) return false;
      const { name } = value.place.root;
      const definitions = within.definitions.get(name);
      const at = { file: within.unit.path, span: event.span };
      if (definitions !== undefined)
        return definitions.some(
          (d) =>
            strip(d)?.kind === 'temp' && this.objects.provenanceOf(d, within, at).some((p) => p.kind === 'allocation'),
        );
      const index = within.ir.parameters.findIndex((p) => p.name === name);
      const frame = chain[depth];
      if (frame === undefined || index < 0) return false;
      const call = [...frame.fn.calls.values()].find((c) => c.span.start === frame.call.span.start);
      argument = call?.callee.kind === 'named' ? call.args[index] : undefined;
      within = frame.fn;
    }
  }

  private droppedType(event: EffectEvent, traced: TraceEvent): string | undefined {
    const target = traced.bind(event.target);
    const struct = target === undefined ? undefined : structOf(target.replace(/\*$/, ''));
    if (struct !== undefined && this.program.isOwnStruct(struct) && !(target?.endsWith('*') ?? false)) return struct;
    return event.object !== undefined && this.program.isOwnStruct(event.object) ? event.object : undefined;
  }

  private readonly releaseFrees = new Map<string, boolean>();

  /** Is the struct freed by a function that runs when its last reference goes? */
  freedByRelease(type: string): boolean {
    const known = this.releaseFrees.get(type);
    if (known !== undefined) return known;
    let frees = false;
    for (const root of this.graph.roots) {
      if (root.context !== 'object-release') continue;
      for (const { event } of this.tracer.of(root.fn).events) {
        if (event.kind === 'effect' && event.effect.verb === 'frees' && event.object === type) frees = true;
        if (event.kind === 'effect' && event.effect.verb === 'runs' && event.effect.context === 'rcu-callback') {
          const call = this.program.functions.get(root.fn.key)?.calls.get(event.callId);
          const callback =
            call === undefined
              ? undefined
              : functionNamed(slotValue(event.effect.callback, call), root.fn.unit, this.program);
          if (
            callback !== undefined &&
            this.tracer
              .of(callback)
              .events.some(
                (e) => e.event.kind === 'effect' && e.event.effect.verb === 'frees' && e.event.object === type,
              )
          )
            frees = true;
        }
      }
    }
    this.releaseFrees.set(type, frees);
    return frees;
  }

  private readonly rootUnits = new Map<TeardownRoot, ReadonlySet<SourceUnit>>();

  /** The files that a teardown function passes through: what is borrowed elsewhere is not its business. */
  private unitsOf(root: TeardownRoot): ReadonlySet<SourceUnit> {
    let units = this.rootUnits.get(root);
    if (units === undefined) {
      units = new Set([root.fn.unit, ...root.trace.events.map((e) => e.fn.unit)]);
      this.rootUnits.set(root, units);
    }
    return units;
  }

  /** Borrowed pointers die when the function returns: parent, adapter, client. */
  borrowedDeath(cell: Cell, root: TeardownRoot): Death | undefined {
    const stores = this.objects.provenance(cell);
    if (stores.some((p) => p.kind === 'referenced')) return undefined;
    const borrowed = stores.find((p) => p.kind === 'borrowed' && this.unitsOf(root).has(p.unit));
    if (borrowed?.kind !== 'borrowed' || this.isForeign(cell)) return undefined;
    return {
      root,
      event: undefined,
      at: borrowed.at,
      what: 'device',
      text: `${cellText(cell)} is borrowed (${borrowed.from}) and not valid after ${root.fn.ir.name}() returns`,
    };
  }

  devresDeath(cell: Cell, root: TeardownRoot): Death | undefined {
    const managed = this.objects.provenance(cell).find((p) => p.kind === 'allocation' && p.owner === 'devres');
    if (managed?.kind !== 'allocation' || !root.endsDevres || this.isForeign(cell)) return undefined;
    return {
      root,
      event: undefined,
      at: managed.at,
      what: managed.what,
      text: `${cellText(cell)} is device-managed (${managed.api}): devres releases it right after ${root.fn.ir.name}() returns`,
    };
  }
}

/** Returns nothing: who only frees and has an answer to give is no teardown. */
function isVoid({ ir: { returns } }: Fn): boolean {
  return returns.base === 'void' && returns.pointers === 0;
}

/** What an open fd of one node keeps alive. */
export interface Pins {
  /** Struct types on which the file holds a reference. */
  readonly types: ReadonlySet<string>;
  /** Happens only when no file is open: the path tested a count that open raises and release lowers. */
  isConditional(traced: TraceEvent): boolean;
}
