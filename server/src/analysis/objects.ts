/**
 * Where objects come from and who frees them: allocation sites by struct type, free sites, and what is stored in
 * each pointer cell. Flow-insensitive; the removal model asks it questions in terms of one node's teardown.
 */
import type { Location } from '../base/span.ts';
import type { Place, TypeRef, Value } from '../ir/ir.ts';
import { samePlace } from '../ir/walk.ts';
import type { Effect, ResourceKind } from '../knowledge/schema.ts';
import type { CallGraph } from './call-graph.ts';
import type { Cell, Cells } from './cells.ts';
import { memberOf, strip, structOf } from './cells.ts';
import type { EffectEvent } from './events.ts';
import type { SourceUnit } from './model.ts';
import type { Fn, Program } from './program.ts';
import { resourceCell } from './revocable/api.ts';
import { slotValue } from './slots.ts';
import type { Summaries } from './summary.ts';

export interface AllocationSite {
  readonly type: string;
  readonly api: string;
  readonly owner: 'caller' | 'devres' | 'subsystem';
  readonly fn: Fn;
  readonly at: Location;
  /** The private area of a subsystem object (hostdata): freed with it. */
  readonly embeddedIn?: string;
}

/** What a pointer cell may hold. */
export type Provenance =
  | {
      readonly kind: 'allocation';
      readonly what: ResourceKind;
      readonly owner: 'caller' | 'devres' | 'subsystem';
      readonly api: string;
      readonly at: Location;
    }
  /** Private data of another device, or a bound device that was handed in. */
  | { readonly kind: 'borrowed'; readonly from: string; readonly at: Location; readonly unit: SourceUnit }
  /** A reference is held on it. */
  | { readonly kind: 'referenced'; readonly at: Location }
  | { readonly kind: 'object'; readonly type: string; readonly at: Location };

interface CellStore {
  readonly value: Value;
  readonly fn: Fn;
  readonly at: Location;
}

export class Objects {
  private readonly program: Program;
  private readonly cells: Cells;
  private readonly graph: CallGraph;
  private readonly summaries: Summaries;
  private readonly allocations = new Map<string, AllocationSite[]>();
  private readonly stores = new Map<Cell, CellStore[]>();
  private readonly statics = new Map<string, Location>();
  /** Container cells by the cell of the entry that is linked into them. */
  readonly containersOf = new Map<Cell, Set<Cell>>();
  /** Structs by the structs that they hold by value. */
  private readonly embeddedBy = new Map<string, Set<string>>();
  /** Types of local variables: a pointer to one may point into a stack. */
  private readonly onStack = new Set<string>();
  private readonly provenances = new Map<Cell, readonly Provenance[]>();

  constructor(program: Program, cells: Cells, graph: CallGraph, summaries: Summaries) {
    this.program = program;
    this.cells = cells;
    this.graph = graph;
    this.summaries = summaries;
    for (const struct of program.ownStructs()) {
      for (const field of struct.fields) {
        const type = program.resolve(field.type);
        if (type.pointers > 0) continue;
        const outer = this.embeddedBy.get(type.base) ?? new Set();
        outer.add(struct.name);
        this.embeddedBy.set(type.base, outer);
      }
    }
    for (const { declaration, unit } of program.allGlobals()) {
      const type = program.resolve(declaration.type);
      if (type.pointers === 0 && !declaration.isExtern)
        this.statics.set(type.base, { file: unit.path, span: declaration.span });
    }
    for (const fn of program.functions.values()) this.scan(fn);
  }

  private scan(fn: Fn): void {
    for (const type of Object.values(fn.ir.locals)) if (type.pointers === 0) this.onStack.add(type.base);
    this.addPrivateAreas(fn);
    this.addProviders(fn);
    for (const event of this.summaries.factsOf(fn)) {
      if (event.kind === 'store' && event.value !== undefined)
        this.addStore(event.cell, event.value, fn, this.program.locate(fn, event.span));
      if (event.kind !== 'effect') continue;
      const { effect } = event;
      if (effect.verb === 'links') this.addLink(event, effect, fn);
      if (effect.verb === 'allocates' && effect.what === 'memory') this.addAllocation(event, effect, fn);
      if (effect.verb === 'getsEmbedded') this.addEmbedded(event, fn);
      if (effect.verb === 'allocates' && effect.into.at === 'pointee' && event.target !== undefined) {
        this.addStore(event.target, { kind: 'temp', id: event.callId }, fn, this.program.locate(fn, event.span));
      }
    }
  }

  /** `foo = (struct foo *)host->hostdata`: the private area of a kernel object. */
  private addPrivateAreas(fn: Fn): void {
    const contexts = this.graph.contextsOf(fn);
    if (!contexts.has('probe') && !contexts.has('object-create') && !contexts.has('teardown')) return;
    for (const [name, values] of fn.definitions) {
      const type = fn.ir.locals[name];
      if (type === undefined || type.pointers !== 1 || !this.program.isOwnStruct(type.base)) continue;
      for (const value of values) {
        const inner = strip(value);
        if (inner?.kind !== 'read') continue;
        const { cell } = this.cells.place(inner.place, fn);
        const host = cell === undefined ? undefined : structOf(cell);
        if (host === undefined || cell !== `${host}.${this.program.knowledge.findStruct(host)?.privateArea ?? ''}`)
          continue;
        this.addSite({
          type: type.base,
          api: memberOf(cell),
          owner: 'caller',
          fn,
          at: this.program.nameOf(fn),
          embeddedIn: host,
        });
      }
    }
  }

  /** What a revocable provider is made of is what its sections hand out. */
  private addProviders(fn: Fn): void {
    const api = this.cells.revocable;
    if (api === undefined) return;
    for (const call of fn.calls.values()) {
      const resource = api.resourceOf(call);
      if (resource === undefined) continue;
      const at = this.program.locate(fn, call.span);
      const cells =
        api.roleOf(call) === 'provider-init'
          ? [this.cells.sectionCell(call.args[0], fn)]
          : this.placesOfResult(call.id, fn)
              .flatMap((place) => [place, ...this.copiesOf(place, fn)])
              .map((place) => this.cells.place(place, fn).cell);
      for (const cell of cells) if (cell !== undefined) this.addStore(resourceCell(cell), resource, fn, at);
    }
  }

  private addStore(cell: Cell, value: Value, fn: Fn, at: Location): void {
    const list = this.stores.get(cell) ?? [];
    list.push({ value, fn, at });
    this.stores.set(cell, list);
  }

  private addLink(event: EffectEvent, effect: Extract<Effect, { verb: 'links' }>, fn: Fn): void {
    const call = fn.calls.get(event.callId);
    if (call === undefined || event.target === undefined) return;
    for (const slot of [effect.entry, effect.value]) {
      const argument = slot === undefined ? undefined : slotValue(slot, call);
      const cell = argument === undefined ? undefined : this.cells.targetCell(argument, fn);
      if (cell === undefined) continue;
      const set = this.containersOf.get(cell) ?? new Set();
      set.add(event.target);
      this.containersOf.set(cell, set);
    }
  }

  private addAllocation(event: EffectEvent, effect: Extract<Effect, { verb: 'allocates' }>, fn: Fn): void {
    const call = fn.calls.get(event.callId);
    if (call === undefined) return;
    let type = effect.privateSize === undefined ? this.typeInto(event.callId, fn) : undefined;
    for (const argument of call.args) {
      const inner = strip(argument);
      const sized = sizedType(argument);
      if (sized !== undefined)
        type ??= objectType(sized.type ?? (sized.of === undefined ? undefined : this.program.typeOf(sized.of, fn)));
      else if (inner?.kind === 'type') type ??= inner.type.base;
    }
    if (type === undefined || !/^(?:struct|union) |^\w+_t$|^[A-Z]/.test(type)) return;
    if (!this.program.isOwnStruct(type) && this.program.knowledge.findStruct(type) !== undefined) return;
    const at = this.program.locate(fn, event.span);
    const embeddedIn = effect.privateSize === undefined ? undefined : event.api;
    this.addSite({
      type,
      api: event.api,
      owner: effect.owner,
      fn,
      at,
      ...(embeddedIn === undefined ? {} : { embeddedIn }),
    });
  }

  private addEmbedded(event: EffectEvent, fn: Fn): void {
    const type = this.typeInto(event.callId, fn);
    if (type === undefined || !this.program.isOwnStruct(type) || event.object === undefined) return;
    const contexts = this.graph.contextsOf(fn);
    if (!contexts.has('probe') && !contexts.has('object-create')) return;
    // The private area is whatever the host object is.
    const host = this.allocationsOf(event.object)[0];
    this.addSite({
      type,
      api: event.api,
      owner: host?.owner ?? 'caller',
      fn,
      at: this.program.locate(fn, event.span),
      embeddedIn: event.object,
    });
  }

  private addSite(site: AllocationSite): void {
    const list = this.allocations.get(site.type) ?? [];
    list.push(site);
    this.allocations.set(site.type, list);
  }

  /** Struct type of the variable that receives a call's result. */
  private typeInto(callId: number, fn: Fn): string | undefined {
    for (const place of this.placesOfResult(callId, fn)) {
      const type = this.program.typeOfPlace(place, fn);
      if (type !== undefined && type.pointers === 1 && type.base !== 'void') return type.base;
    }
    return undefined;
  }

  /** Where the content of a local is stored. */
  private copiesOf({ root, steps }: Place, fn: Fn): readonly Place[] {
    if (root.kind !== 'local' || steps.length > 0) return [];
    return fn.ir.blocks.flatMap((block) =>
      block.operations.flatMap((operation) => {
        const inner = operation.kind === 'assign' ? strip(operation.value) : undefined;
        return operation.kind === 'assign' && inner?.kind === 'read' && samePlace(inner.place, { root, steps })
          ? [operation.to]
          : [];
      }),
    );
  }

  private placesOfResult(callId: number, fn: Fn): readonly Place[] {
    return fn.ir.blocks.flatMap((block) =>
      block.operations.flatMap((operation) => {
        const inner = operation.kind === 'assign' ? strip(operation.value) : undefined;
        return operation.kind === 'assign' && inner?.kind === 'temp' && inner.id === callId ? [operation.to] : [];
      }),
    );
  }

  /** Structs that live in the private area of a subsystem object. */
  embeddedIn(host: string): readonly string[] {
    return [...this.allocations.values()]
      .flat()
      .filter((site) => site.embeddedIn === host)
      .map((site) => site.type);
  }

  allocationsOf(type: string): readonly AllocationSite[] {
    return this.allocations.get(type) ?? [];
  }

  /** Every allocation happens in a file operation: a request or an open file's data. */
  isOperationScoped(type: string): boolean {
    const sites = this.allocationsOf(type);
    return (
      sites.length > 0 &&
      sites.every((site) => {
        const contexts = this.graph.contextsOf(site.fn);
        return (
          (contexts.has('open') || contexts.has('file-operation')) &&
          !contexts.has('probe') &&
          !contexts.has('module-init')
        );
      })
    );
  }

  /** The struct itself and those that hold it by value, when it has no allocation of its own and no function a local one. */
  owners(type: string, depth = 0): readonly string[] {
    if (depth > 3 || this.allocations.has(type) || !this.program.isOwnStruct(type) || this.onStack.has(type))
      return [type];
    const outer = this.embeddedBy.get(type);
    if (outer === undefined || outer.size > 4) return [type];
    return [...outer].flatMap((name) => this.owners(name, depth + 1));
  }

  /** Some function has a local variable of this type. */
  isOnStack(type: string): boolean {
    return this.onStack.has(type);
  }

  isStatic(type: string): boolean {
    return this.statics.has(type) && this.allocationsOf(type).length === 0;
  }

  storesTo(cell: Cell): readonly CellStore[] {
    return this.stores.get(cell) ?? [];
  }

  get allocatedTypes(): Iterable<string> {
    return this.allocations.keys();
  }

  /** What a pointer cell may hold; empty when nothing is known. */
  provenance(cell: Cell, depth = 0): readonly Provenance[] {
    const known = this.provenances.get(cell);
    if (known !== undefined) return known;
    this.provenances.set(cell, []);
    const outer = this.answers;
    const found: Provenance[] = [];
    for (const store of this.storesTo(cell))
      found.push(...this.provenanceOf(store.value, store.fn, store.at, depth + 1));
    const each = withoutRepeats(found);
    this.provenances.set(cell, each);
    this.answers = outer;
    return each;
  }

  /** What callers pass; what callers in other modules pass is theirs. */
  private parameterProvenance(
    name: string,
    pointee: string | undefined,
    fn: Fn,
    at: Location,
    depth: number,
  ): readonly Provenance[] {
    const index = fn.ir.parameters.findIndex((p) => p.name === name);
    const callers = [...this.graph.callers(fn)].filter(
      (caller) => this.program.own.has(caller.key) || this.program.own.has(fn.key) === false,
    );
    if (index < 0 || depth > 6) return pointee === undefined ? [] : [{ kind: 'object', type: pointee, at }];
    const found: Provenance[] = [];
    for (const caller of callers) {
      for (const call of caller.calls.values()) {
        const argument = call.callee.kind === 'named' && call.callee.name === fn.ir.name ? call.args[index] : undefined;
        if (argument !== undefined) found.push(...this.provenanceOf(argument, caller, at, depth + 1));
      }
    }
    if (found.length > 0) return found;
    // A constant table of a caller is code, not state.
    const constant =
      fn.ir.parameters[index]?.type.annotations?.includes('const') === true ||
      (pointee !== undefined && this.program.knowledge.findTable(pointee) !== undefined);
    if (constant) return [];
    const foreign =
      callers.length === 0 &&
      !fn.ir.isStatic &&
      pointee !== undefined &&
      pointee !== 'void' &&
      this.allocationsOf(pointee).length === 0;
    if (foreign && /^(?:struct|union) /.test(pointee))
      return [{ kind: 'borrowed', from: `the caller of ${fn.ir.name}`, at, unit: fn.unit }];
    return pointee === undefined ? [] : [{ kind: 'object', type: pointee, at }];
  }

  /** A member of what is borrowed is borrowed too. */
  private isBorrowedLocal(name: string, fn: Fn, at: Location, depth: number): boolean {
    return (fn.definitions.get(name) ?? []).some(
      (d) => strip(d)?.kind === 'temp' && this.provenanceOf(d, fn, at, depth + 1).some((p) => p.kind === 'borrowed'),
    );
  }

  private readonly references = new Map<Fn, ReadonlySet<string>>();

  /** Locals on whose object (or a member of it) the function takes a reference: what is stored of them stays. */
  private referencedLocals(fn: Fn): ReadonlySet<string> {
    const known = this.references.get(fn);
    if (known !== undefined) return known;
    const names = new Set<string>();
    for (const call of fn.calls.values()) {
      if (call.callee.kind !== 'named') continue;
      for (const effect of this.program.knowledge.findFunction(call.callee.name)?.does ?? []) {
        if (effect.verb !== 'takesRef' || effect.what === 'module') continue;
        const inner = strip(slotValue(effect.on, call));
        if (inner?.kind !== 'read' && inner?.kind !== 'address') continue;
        if (effect.what === 'provider' && inner.kind === 'address') continue;
        const { root, steps } = inner.place;
        if (root.kind === 'local' && steps.filter((step) => step.kind === 'deref').length <= 1) names.add(root.name);
      }
    }
    this.references.set(fn, names);
    return names;
  }

  private answers: Answers = { at: undefined, byFunction: new Map() };

  /** Each kind of origin once, those that are stored first. */
  provenanceOf(value: Value, fn: Fn, at: Location, depth = 0): readonly Provenance[] {
    if (depth > 8) return [];
    // Callers of callers meet again and again: without memory this grows with the number of paths between functions.
    if (this.answers.at !== at) this.answers = { at, byFunction: new Map() };
    const { byFunction } = this.answers;
    const byValue = byFunction.get(fn) ?? new Map<Value, (readonly Provenance[] | undefined)[]>();
    byFunction.set(fn, byValue);
    const byDepth = byValue.get(value) ?? [];
    byValue.set(value, byDepth);
    const known = byDepth[depth];
    if (known !== undefined) return known;
    const found = withoutRepeats(this.originsOf(value, fn, at, depth));
    byDepth[depth] = found;
    return found;
  }

  private originsOf(value: Value, fn: Fn, at: Location, depth: number): readonly Provenance[] {
    const inner = strip(value);
    if (inner === undefined) return [];
    const { knowledge } = this.program;
    if (inner.kind === 'temp') {
      const call = fn.calls.get(inner.id);
      if (call?.callee.kind !== 'named') return [];
      const target = this.program.findFunction(call.callee.name, fn.unit);
      if (target !== undefined) {
        return target.ir.blocks.flatMap((block) =>
          block.end.kind === 'return' && block.end.value !== undefined
            ? this.provenanceOf(block.end.value, target, at, depth + 2)
            : [],
        );
      }
      const found: Provenance[] = [];
      for (const effect of knowledge.findFunction(call.callee.name)?.does ?? []) {
        if (effect.verb === 'allocates' && effect.into.at !== 'arg')
          found.push({
            kind: 'allocation',
            what: effect.what,
            owner: effect.owner,
            api: call.callee.name,
            at: this.program.locate(fn, call.span),
          });
        else if (effect.verb === 'takesRef') found.push({ kind: 'referenced', at });
        else if (effect.verb === 'getsPrivate')
          found.push({ kind: 'borrowed', from: call.callee.name, at, unit: fn.unit });
        else if (effect.verb === 'returns' && effect.slot.at === 'arg' && !found.some((p) => p.kind === 'referenced')) {
          const argument = call.args[effect.slot.index];
          if (argument !== undefined) found.push(...this.provenanceOf(argument, fn, at, depth + 1));
        }
      }
      return found.some((p) => p.kind === 'referenced') ? [{ kind: 'referenced', at }] : found;
    }
    if (inner.kind === 'address') {
      const facts = this.cells.place(inner.place, fn);
      const type = facts.type?.pointers === 0 ? facts.type.base : undefined;
      if (facts.inGlobal) return [];
      const owner = facts.object;
      const bound = type === undefined ? undefined : knowledge.findStruct(type)?.boundDevice;
      if (owner !== undefined) {
        const outer = knowledge.findStruct(owner)?.boundDevice;
        if (outer !== undefined) return [{ kind: 'borrowed', from: owner, at, unit: fn.unit }];
        return [{ kind: 'object', type: owner, at }];
      }
      return bound === undefined ? [] : [{ kind: 'borrowed', from: type ?? '', at, unit: fn.unit }];
    }
    if (inner.kind === 'read') {
      const { place } = inner;
      const type = this.program.typeOf(inner, fn);
      const pointee = type !== undefined && type.pointers === 1 ? type.base : undefined;
      if (place.root.kind === 'local' && place.steps.length === 0) {
        if (this.referencedLocals(fn).has(place.root.name)) return [{ kind: 'referenced', at }];
        const definitions = fn.definitions.get(place.root.name) ?? [];
        if (definitions.length > 0)
          return definitions.flatMap((definition) => this.provenanceOf(definition, fn, at, depth + 1));
        if (pointee !== undefined && knowledge.findStruct(pointee)?.boundDevice !== undefined)
          return [{ kind: 'borrowed', from: pointee, at, unit: fn.unit }];
        return this.parameterProvenance(place.root.name, pointee, fn, at, depth + 1);
      }
      const { cell } = this.cells.place(place, fn);
      const inherited = cell === undefined ? [] : this.provenance(cell, depth + 1);
      if (inherited.length > 0) return inherited;
      if (place.root.kind === 'local' && this.isBorrowedLocal(place.root.name, fn, at, depth))
        return [{ kind: 'borrowed', from: cell ?? place.root.name, at, unit: fn.unit }];
      const holder = cell === undefined ? undefined : structOf(cell);
      if (holder !== undefined && knowledge.findStruct(holder)?.boundDevice !== undefined)
        return [{ kind: 'borrowed', from: cell ?? '', at, unit: fn.unit }];
      return pointee === undefined ? [] : [{ kind: 'object', type: pointee, at }];
    }
    if (inner.kind === 'operator')
      return inner.operands.flatMap((operand) => this.provenanceOf(operand, fn, at, depth + 1));
    return [];
  }
}

/** What was found for values of functions so far, by depth, for one place that asks. */
interface Answers {
  readonly at: Location | undefined;
  readonly byFunction: Map<Fn, Map<Value, (readonly Provenance[] | undefined)[]>>;
}

function withoutRepeats(found: readonly Provenance[]): readonly Provenance[] {
  if (found.length < 2) return found;
  const seen = new Set<string>();
  return found.filter((p) => {
    const about =
      p.kind === 'allocation'
        ? `${p.what} ${p.owner} ${p.api}`
        : p.kind === 'object'
          ? p.type
          : p.kind === 'borrowed'
            ? `${p.from} ${p.unit.path}`
            : '';
    const key = `${p.kind} ${about} ${p.at.file}:${p.at.span.start}`;
    return !seen.has(key) && seen.add(key) !== undefined;
  });
}

/** The struct of an object; an array of pointers is none. */
function objectType(type: TypeRef | undefined): string | undefined {
  return type === undefined || type.pointers > 0 ? undefined : type.base;
}

function sizedType(value: Value): Extract<Value, { kind: 'sizeof' }> | undefined {
  const inner = strip(value);
  if (inner === undefined) return undefined;
  if (inner.kind === 'sizeof') return inner;
  if (inner.kind === 'operator') {
    for (const operand of inner.operands) {
      const found = sizedType(operand);
      if (found !== undefined) return found;
    }
  }
  return undefined;
}
