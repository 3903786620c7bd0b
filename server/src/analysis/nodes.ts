/** Finds the device nodes of a module: registration, operations, and the calls that unregister it. */
import type { Location } from '../base/span.ts';
import type { Value } from '../ir/ir.ts';
import type { CallbackFields, Effect, NodeKind, UnregisterFence } from '../knowledge/schema.ts';
import type { CallGraph } from './call-graph.ts';
import type { Cell, Cells } from './cells.ts';
import { strip, structOf } from './cells.ts';
import type { EffectEvent } from './events.ts';
import { Holders } from './holders.ts';
import type { OperationsTable } from './model.ts';
import type { Objects } from './objects.ts';
import type { Call, Fn, Program } from './program.ts';
import { slotValue } from './slots.ts';
import type { Summaries } from './summary.ts';
import type { Table, Tables } from './tables.ts';
import { nameOfValue } from './tables.ts';

/** Kinds whose operations reach the driver without a core that fences them. */
export const DIRECT: ReadonlySet<NodeKind> = new Set(['misc', 'cdev', 'chrdev', 'usb', 'debugfs-unsafe']);

const NODE_VERBS: ReadonlySet<Effect['verb']> = new Set(['publishes', 'unpublishes', 'bindsOperations', 'pins']);

export interface Operation {
  /** Field of the operations table. */
  readonly field: string;
  readonly fn: Fn;
  readonly context: 'open' | 'file-operation' | 'release';
}

export interface UnregisterSite {
  readonly api: string;
  readonly fn: Fn;
  readonly at: Location;
  readonly event: EffectEvent | undefined;
  readonly fence: UnregisterFence;
}

export interface NodeSite {
  readonly kind: NodeKind;
  readonly api: string;
  /** The function that registers; undefined for a macro at file level. */
  readonly fn: Fn | undefined;
  readonly at: Location;
  /** Cell of the registered object: `struct foo.misc`, `::foo_misc`. */
  readonly cell: Cell | undefined;
  readonly tables: readonly Table[];
  readonly operations: readonly Operation[];
  readonly unregisters: readonly UnregisterSite[];
  /** Some operations table was named but not found. */
  readonly tableUnknown: boolean;
  /** Structs whose embedded device or kobject an open fd pins through the node itself (cdev parent). */
  readonly pinnedBy: readonly string[];
  /** The struct that holds the registered object by value. */
  readonly holder: string | undefined;
  /** Callbacks that the core calls for operations on open fds, apart from the operations table. */
  readonly callbacks: readonly Operation[];
  /** Registration from a file-level macro: registered at init, unregistered at exit. */
  readonly macro: boolean;
}

interface Found<V extends Effect['verb']> {
  readonly fn: Fn;
  readonly event: EffectEvent;
  readonly effect: Extract<Effect, { verb: V }>;
}

export class Nodes {
  readonly sites: readonly NodeSite[];
  private readonly program: Program;
  private readonly cells: Cells;
  private readonly tables: Tables;
  private readonly graph: CallGraph;
  private readonly objects: Objects;
  private readonly holderIn: Holders;

  constructor(
    program: Program,
    cells: Cells,
    tables: Tables,
    graph: CallGraph,
    objects: Objects,
    summaries: Summaries,
    kinds: ReadonlySet<NodeKind> = DIRECT,
  ) {
    this.program = program;
    this.cells = cells;
    this.tables = tables;
    this.graph = graph;
    this.objects = objects;
    this.holderIn = new Holders(program, cells, graph);
    const publishes: Found<'publishes'>[] = [];
    const unpublishes: Found<'unpublishes'>[] = [];
    const binds: Found<'bindsOperations'>[] = [];
    const pins: Found<'pins'>[] = [];
    for (const fn of [...program.functions.values()]) {
      if (!summaries.factsOf(fn).some((event) => event.kind === 'effect' && NODE_VERBS.has(event.effect.verb)))
        continue;
      for (const event of summaries.of(fn).events) {
        if (event.kind !== 'effect') continue;
        const { effect } = event;
        if (effect.verb === 'publishes' && kinds.has(effect.node)) publishes.push({ fn, event, effect });
        if (effect.verb === 'unpublishes' && kinds.has(effect.node)) unpublishes.push({ fn, event, effect });
        if (effect.verb === 'bindsOperations') binds.push({ fn, event, effect });
        if (effect.verb === 'pins') pins.push({ fn, event, effect });
      }
    }
    const sites: NodeSite[] = [];
    const own = publishes.filter(({ fn }) => program.own.has(fn.key) || fn.ir.macro === true);
    for (const site of own) sites.push(this.fromCall(site, own, unpublishes, binds, pins));
    sites.push(...this.fromMacros(kinds));
    this.sites = sites;
  }

  private fromCall(
    site: Found<'publishes'>,
    all: readonly Found<'publishes'>[],
    unpublishes: readonly Found<'unpublishes'>[],
    binds: readonly Found<'bindsOperations'>[],
    pins: readonly Found<'pins'>[],
  ): NodeSite {
    const { fn, event, effect } = site;
    const call = fn.calls.get(event.callId);
    const cell = event.target ?? event.value;
    const values = call === undefined ? [] : this.operationValues(effect, event, call, fn, cell, binds);
    const found = values.flatMap((v) => this.tablesOf(v.value, v.fn));
    const tables = [...new Set(found.filter((t) => t !== undefined))] as Table[];
    return {
      kind: effect.node,
      api: event.api,
      fn,
      at: this.program.locate(fn, event.span),
      cell,
      tables,
      operations: this.operationsOf(tables, values.length > 0 && tables.length === 0),
      unregisters: this.unregistersOf(site, cell, all, unpublishes),
      tableUnknown: found.some((t) => t === undefined) || (values.length === 0 && effect.node !== 'misc'),
      pinnedBy: pins.flatMap((pin) => this.pinnedStruct(pin, cell)),
      holder: this.registeredHolder(effect, call, fn),
      callbacks: this.callbacksOf(effect, event, call, fn),
      macro: false,
    };
  }

  private fromMacros(kinds: ReadonlySet<NodeKind>): NodeSite[] {
    const sites: NodeSite[] = [];
    for (const { call, unit } of this.program.macroCalls('own')) {
      for (const what of this.program.knowledge.findMacro(call.name)?.does ?? []) {
        if (what.verb !== 'nodes' || !kinds.has(what.node)) continue;
        const name = nameOfValue(call.args[what.on]);
        const at = { file: unit.path, span: call.span };
        const holder = name === undefined ? undefined : this.tables.find(name, unit);
        const field = this.program.knowledge.findStruct(holder?.struct ?? '')?.operations ?? '';
        const table =
          holder === undefined
            ? undefined
            : this.tables.find(nameOfValue(holder.entries.get(field)?.value) ?? '', unit);
        const tables = table === undefined ? [] : [table];
        sites.push({
          kind: what.node,
          api: what.register,
          fn: undefined,
          at,
          cell: name === undefined ? undefined : `::${name}`,
          tables,
          operations: this.operationsOf(tables, false),
          unregisters: [],
          tableUnknown: table === undefined,
          pinnedBy: [],
          holder: undefined,
          callbacks: [],
          macro: true,
        });
      }
    }
    return sites;
  }

  private pinnedStruct(pin: Found<'pins'>, cell: Cell | undefined): readonly string[] {
    if (
      pin.event.target !== undefined &&
      cell !== undefined &&
      pin.event.target !== cell &&
      !pin.event.target.startsWith('$') &&
      !cell.startsWith('$')
    )
      return [];
    const call = pin.fn.calls.get(pin.event.callId);
    const argument = call === undefined ? undefined : slotValue(pin.effect.by, call);
    const by = argument === undefined ? undefined : this.holderIn.of(argument, pin.fn);
    return by === undefined ? [] : [by];
  }

  private registeredHolder(
    effect: Extract<Effect, { verb: 'publishes' }>,
    call: Call | undefined,
    fn: Fn,
  ): string | undefined {
    const object = call === undefined ? undefined : slotValue(effect.on, call);
    return object === undefined ? undefined : this.holderIn.of(object, fn);
  }

  // ---- operations tables ----

  /** Values that name the operations table of a registration, and the function they stand in. */
  private operationValues(
    effect: Extract<Effect, { verb: 'publishes' }>,
    event: EffectEvent,
    call: Call,
    fn: Fn,
    cell: Cell | undefined,
    binds: readonly Found<'bindsOperations'>[],
  ): { value: Value; fn: Fn }[] {
    if (effect.operations !== undefined) {
      const value = slotValue(effect.operations, call);
      return value === undefined ? [] : [{ value, fn }];
    }
    const bound = binds.filter(
      (b) => sameObject(b.event.target ?? b.event.value, cell) || (b.fn === fn && cell === undefined),
    );
    const near = bound.filter((b) => b.fn === fn);
    const chosen = near.length > 0 ? near : bound;
    if (chosen.length > 0) {
      return chosen.flatMap((b) => {
        const bindCall = b.fn.calls.get(b.event.callId);
        const value = bindCall === undefined ? undefined : slotValue(b.effect.operations, bindCall);
        return value === undefined ? [] : [{ value, fn: b.fn }];
      });
    }
    const object = slotValue(effect.on, call);
    const type = object === undefined ? undefined : this.program.typeOf(object, fn);
    const struct = type?.base ?? event.object;
    const field = struct === undefined ? undefined : this.program.knowledge.findStruct(struct)?.operations;
    if (struct === undefined || field === undefined) return [];
    return this.fieldValues(object, fn, struct, field);
  }

  private fieldValues(object: Value | undefined, fn: Fn, struct: string, field: string): { value: Value; fn: Fn }[] {
    // A global object with an initializer, or a member of one.
    const place =
      strip(object)?.kind === 'address' ? (strip(object) as Extract<Value, { kind: 'address' }>).place : undefined;
    if (place?.root.kind === 'global') {
      const path = place.steps.flatMap((s) => (s.kind === 'field' ? [s.name] : []));
      const value =
        this.tables.find(place.root.name, fn.unit)?.entries.get([...path, field].join('.'))?.value ??
        this.tables.find(`${place.root.name}[]`, fn.unit)?.entries.get([...path, field].join('.'))?.value;
      if (value !== undefined) return [{ value, fn }];
    }
    // Stored at run time: here, else in a caller, else anywhere.
    const stores = this.objects.storesTo(`${struct}.${field}`).filter((s) => strip(s.value)?.kind !== 'constant');
    const callers = this.graph.callers(fn);
    const here = stores.filter((s) => s.fn === fn);
    const near = here.length > 0 ? here : stores.filter((s) => callers.has(s.fn));
    const chosen = near.length > 0 ? near : stores;
    if (chosen.length > 0) return chosen.map((s) => ({ value: s.value, fn: s.fn }));
    // `foo->misc = (struct miscdevice){ .fops = … }` or a copy of a static template.
    for (const candidate of [fn, ...callers]) {
      for (const definitionFn of [candidate]) {
        for (const block of definitionFn.ir.blocks) {
          for (const operation of block.operations) {
            if (operation.kind !== 'assign') continue;
            const value = strip(operation.value);
            if (value?.kind === 'aggregate') {
              const inner = fieldIn(value, field);
              if (inner !== undefined) return [{ value: inner.value, fn: definitionFn }];
            }
            if (value?.kind === 'read' && value.place.root.kind === 'global' && value.place.steps.length === 0) {
              const copied = this.tables.find(value.place.root.name, definitionFn.unit);
              const entry = copied?.struct === struct ? copied.entries.get(field) : undefined;
              if (entry !== undefined) return [{ value: entry.value, fn: definitionFn }];
            }
          }
        }
      }
    }
    const defaults = this.tables.all.filter((t) => t.struct === struct && t.entries.has(field));
    if (place?.root.kind !== 'global' && defaults.length === 1 && defaults[0] !== undefined) {
      const entry = defaults[0].entries.get(field);
      return entry === undefined ? [] : [{ value: entry.value, fn }];
    }
    return [];
  }

  /** The table that a value names; `undefined` entries for what could not be found. */
  private tablesOf(value: Value, fn: Fn, depth = 0): readonly (Table | undefined)[] {
    if (depth > 4) return [undefined];
    const inner = strip(value);
    if (inner === undefined) return [undefined];
    const name = nameOfValue(inner);
    if (name !== undefined) {
      const table = this.tables.find(name, fn.unit);
      if (table !== undefined) return [table];
    }
    if (inner.kind === 'address' && inner.place.root.kind === 'global') {
      const path = inner.place.steps.flatMap((s) => (s.kind === 'field' ? [s.name] : []));
      const array = this.tables.byName.get(`${inner.place.root.name}[]`) ?? [];
      if (array.length > 0) return array;
      const holder = this.tables.find(inner.place.root.name, fn.unit);
      if (holder !== undefined && path.length > 0) return [subTable(holder, path.join('.'))];
    }
    if (inner.kind === 'operator') {
      const parts = inner.operands
        .flatMap((operand) => this.tablesOf(operand, fn, depth + 1))
        .filter((t) => t !== undefined);
      return parts.length > 0 ? parts : [undefined];
    }
    if (inner.kind === 'read' && inner.place.root.kind === 'local' && inner.place.steps.length === 0) {
      const local = inner.place.root.name;
      const definitions = fn.definitions.get(local);
      if (definitions !== undefined)
        return definitions
          .filter((d) => d.kind !== 'constant')
          .flatMap((definition) => this.tablesOf(definition, fn, depth + 1));
      const index = fn.ir.parameters.findIndex((p) => p.name === local);
      const found: (Table | undefined)[] = [];
      for (const caller of this.graph.callers(fn)) {
        for (const call of caller.calls.values()) {
          if (call.callee.kind !== 'named' || call.callee.name !== fn.ir.name) continue;
          const argument = call.args[index];
          if (argument !== undefined) found.push(...this.tablesOf(argument, caller, depth + 1));
        }
      }
      return found.length > 0 ? found : [undefined];
    }
    if (inner.kind === 'read') {
      // A member that holds the table: every table stored there, or in a static initializer of that struct.
      const { cell } = this.cells.place(inner.place, fn);
      if (cell === undefined) return [undefined];
      const fromStores = this.objects.storesTo(cell).flatMap((s) => this.tablesOf(s.value, s.fn, depth + 1));
      const struct = structOf(cell);
      const field = cell.slice((struct?.length ?? -1) + 1);
      const fromTables = this.tables.all
        .filter((t) => t.struct === struct && t.entries.has(field))
        .flatMap((t) => [this.tables.find(nameOfValue(t.entries.get(field)?.value) ?? '', t.unit)]);
      const found = [...fromStores, ...fromTables].filter((t) => t !== undefined);
      return found.length > 0 ? found : [undefined];
    }
    return [undefined];
  }

  /** Functions in the callback tables of the registered object, and in those of its kind anywhere in the module. */
  private callbacksOf(
    effect: Extract<Effect, { verb: 'publishes' }>,
    event: EffectEvent,
    call: Call | undefined,
    fn: Fn,
  ): readonly Operation[] {
    const { knowledge } = this.program;
    const object = call === undefined ? undefined : slotValue(effect.on, call);
    const struct = (object === undefined ? undefined : this.program.typeOf(object, fn)?.base) ?? event.object;
    const found = new Map<Fn, Operation>();
    const add = (field: string, callback: Fn | undefined, fields: CallbackFields = {}): void => {
      if (callback === undefined || !this.program.own.has(callback.key) || fields.never?.includes(field) === true)
        return;
      const context =
        fields.open?.includes(field) === true
          ? 'open'
          : fields.release?.includes(field) === true
            ? 'release'
            : 'file-operation';
      found.set(callback, { field, fn: callback, context });
    };
    if (struct !== undefined) {
      for (const [member, fields] of Object.entries(knowledge.findStruct(struct)?.callbacks ?? {})) {
        const values = this.fieldValues(object, fn, struct, member);
        for (const table of values.flatMap((v) => this.tablesOf(v.value, v.fn)))
          for (const entry of table?.entries.values() ?? []) add(entry.path, entry.fn, fields);
      }
    }
    for (const { table, fields } of knowledge.findNode(effect.node)?.callbacks ?? [])
      for (const role of this.tables.roles) if (role.struct === table) add(role.field, role.fn, fields);
    return [...found.values()];
  }

  private operationsOf(tables: readonly Table[], runTimeOnly: boolean): readonly Operation[] {
    const operations: Operation[] = [];
    const seen = new Set<string>();
    const add = (field: string, fn: Fn | undefined, struct: string): void => {
      if (fn === undefined || seen.has(`${field} ${fn.key}`)) return;
      const context = this.program.knowledge.findRole(struct, field)?.context;
      if (context !== 'open' && context !== 'file-operation' && context !== 'release') return;
      seen.add(`${field} ${fn.key}`);
      operations.push({ field, fn, context });
    };
    for (const table of tables) {
      // A class driver's table (usb) leads to the operations in one of its fields.
      const inner = this.program.knowledge.findStruct(table.struct)?.operations;
      const nested =
        inner === undefined
          ? undefined
          : this.tables.find(nameOfValue(table.entries.get(inner)?.value) ?? '', table.unit);
      for (const entry of (nested ?? table).entries.values()) add(entry.path, entry.fn, (nested ?? table).struct);
      // Filled in or overridden at run time.
      for (const role of this.tables.roles)
        if (role.table === undefined && role.struct === (nested ?? table).struct) add(role.field, role.fn, role.struct);
    }
    if (runTimeOnly)
      for (const role of this.tables.roles) if (role.table === undefined) add(role.field, role.fn, role.struct);
    return operations;
  }

  /** Structs that hold a registered node by value. */
  get holders(): ReadonlySet<string> {
    return new Set(this.sites.flatMap((site) => site.holder ?? []));
  }

  /** The table whose `.owner` counts, with the class table looked through. */
  operationsTable(site: NodeSite): Table | undefined {
    const table = site.tables[0];
    if (table === undefined) return undefined;
    const inner = this.program.knowledge.findStruct(table.struct)?.operations;
    return inner === undefined
      ? table
      : (this.tables.find(nameOfValue(table.entries.get(inner)?.value) ?? '', table.unit) ?? table);
  }

  describeOperations(site: NodeSite, owner: OperationsTable['owner']): OperationsTable {
    const table = this.operationsTable(site);
    const entries: Record<string, string> = {};
    for (const operation of site.operations) entries[operation.field] ??= operation.fn.ir.name;
    if (table === undefined) return { entries, owner };
    const first = Math.min(...[...table.entries.values()].map((e) => e.span.start));
    return {
      name: table.name,
      at: { file: table.unit.path, span: table.span },
      entries,
      owner,
      ...(Number.isFinite(first) ? { ownerInsert: { file: table.unit.path, span: { start: first, end: first } } } : {}),
    };
  }

  // ---- unregister calls ----

  private unregistersOf(
    site: Found<'publishes'>,
    cell: Cell | undefined,
    all: readonly Found<'publishes'>[],
    unpublishes: readonly Found<'unpublishes'>[],
  ): readonly UnregisterSite[] {
    const sameKind = unpublishes.filter(
      (u) => u.effect.node === site.effect.node && (this.program.own.has(u.fn.key) || u.fn.ir.macro === true),
    );
    const exact = sameKind.filter((u) => sameObject(u.event.target ?? u.event.value, cell));
    // One object in the module, or a pointer whose object is not known: any call of the kind may be the one.
    const loose =
      exact.length > 0
        ? exact
        : sameKind.filter(
            (u) =>
              !all.some(
                (p) => p !== site && sameObject(p.event.target ?? p.event.value, u.event.target ?? u.event.value),
              ),
          );
    return loose.map((u) => ({
      api: u.event.api,
      fn: u.fn,
      at: this.program.locate(u.fn, u.event.span),
      event: u.event,
      fence: u.effect.fence,
    }));
  }
}

function sameObject(a: Cell | undefined, b: Cell | undefined): boolean {
  if (a === undefined || b === undefined) return false;
  return a.replace(/\*$/, '') === b.replace(/\*$/, '');
}

function subTable(table: Table, prefix: string): Table | undefined {
  const entries = new Map(
    [...table.entries]
      .filter(([path]) => path.startsWith(`${prefix}.`))
      .map(([path, entry]) => [path.slice(prefix.length + 1), { ...entry, path: path.slice(prefix.length + 1) }]),
  );
  return entries.size === 0 ? undefined : { ...table, name: `${table.name}.${prefix}`, entries };
}

/** The member of that name, also in a nested initializer. */
function fieldIn(
  value: Extract<Value, { kind: 'aggregate' }>,
  name: string,
): Extract<Value, { kind: 'aggregate' }>['fields'][number] | undefined {
  for (const field of value.fields) {
    if (field.path?.[field.path.length - 1] === name) return field;
    const inner = strip(field.value);
    const found = inner?.kind === 'aggregate' ? fieldIn(inner, name) : undefined;
    if (found !== undefined) return found;
  }
  return undefined;
}
