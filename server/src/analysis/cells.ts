/**
 * Cells: the identity of memory in this analysis.
 *
 * As in lockdep, identity is by class: `struct foo.lock` is the member of every `struct foo`, `::name` is a global. The struct is
 * the innermost named one that contains the member, so `priv->hw.lock` and `hw->lock` are one cell. A pointer
 * parameter whose target is not known inside the function is written `$name`; callers bind it.
 */
import type { Place, TypeRef, Value } from '../ir/ir.ts';
import { samePlace } from '../ir/walk.ts';
import type { Call, Fn, Program } from './program.ts';
import { dereference } from './program.ts';
import { providerOfResource, RevocableApi, resourceCell } from './revocable/api.ts';

/** `struct foo.member`, `::global`, or `$parameter`. */
export type Cell = string;

/** One pointer that is followed: whose memory is touched, and the cell the pointer came from. */
export interface Dereference {
  /** `struct foo`, a typedef or builtin name; undefined when the type is not known. */
  readonly object: string | undefined;
  readonly via: Cell | undefined;
  /** How many pointers were followed before this one, within one expression. */
  readonly depth: number;
  /** The member that is read or written through the pointer, e.g. `struct foo.regs`. */
  readonly member: Cell | undefined;
}

export interface PlaceFacts {
  readonly type: TypeRef | undefined;
  /** Cell of the lvalue itself; undefined for a local variable or where a type is not known. */
  readonly cell: Cell | undefined;
  readonly dereferences: readonly Dereference[];
  /** The object whose memory holds the lvalue: the last pointer's target, or the global's own struct. */
  readonly object: string | undefined;
  /** The lvalue lies in a global variable, not behind a pointer. */
  readonly inGlobal: boolean;
}

const UNKNOWN_PLACE: PlaceFacts = {
  type: undefined,
  cell: undefined,
  dereferences: [],
  object: undefined,
  inGlobal: false,
};

/** The struct (or `undefined` for a global) that a cell is a member of. */
export function structOf(cell: Cell): string | undefined {
  if (cell.startsWith('::') || cell.startsWith('$')) return undefined;
  const dot = cell.replace(/\[.*$/, '').lastIndexOf('.');
  return dot < 0 ? undefined : cell.slice(0, dot);
}

export function memberOf(cell: Cell): string {
  return cell.slice(Math.max(cell.lastIndexOf('.'), cell.lastIndexOf(':')) + 1);
}

/** Text for people: `foo.lock` for `struct foo.lock`, `name` for `::name`. */
export function cellText(cell: Cell): string {
  const provider = providerOfResource(cell);
  if (provider !== undefined) return `the resource of ${cellText(provider)}`;
  return cell
    .replace(/^(?:struct|union) /, '')
    .replace(/^::/, '')
    .replace(/^\$/, '');
}

export class Cells {
  /** What calls of the revocable API mean here; undefined where the module makes none. */
  readonly revocable: RevocableApi | undefined;
  private readonly program: Program;
  private readonly placeCache = new WeakMap<Place, PlaceFacts>();
  private readonly macroCaches = new WeakMap<Fn, WeakMap<Place, PlaceFacts>>();

  constructor(program: Program) {
    this.program = program;
    this.revocable = RevocableApi.of(everyCall(program), program.knowledge);
  }

  place(place: Place, fn: Fn): PlaceFacts {
    const cache = this.cacheFor(fn);
    const known = cache.get(place);
    if (known !== undefined) return known;
    // `p = p->next`: a place that is asked for while it is being computed has no cell.
    cache.set(place, UNKNOWN_PLACE);
    const facts = this.computePlace(place, fn);
    cache.set(place, facts);
    return facts;
  }

  /** A macro's places mean something else for each type of argument. */
  private cacheFor(fn: Fn): WeakMap<Place, PlaceFacts> {
    if (fn.ir.macro !== true) return this.placeCache;
    const own = this.macroCaches.get(fn) ?? new WeakMap<Place, PlaceFacts>();
    this.macroCaches.set(fn, own);
    return own;
  }

  private computePlace(place: Place, fn: Fn): PlaceFacts {
    const { root } = place;
    let type = this.program.rootType(place, fn);
    let cell: Cell | undefined;
    let via: Cell | undefined;
    let object: string | undefined;
    let inGlobal = false;
    const dereferences: Dereference[] = [];

    if (root.kind === 'global') {
      cell = `::${root.name}`;
      inGlobal = true;
    } else if (root.kind === 'local') {
      const pointed = place.steps[0]?.kind === 'deref' ? this.addressHeldBy(root.name, fn) : undefined;
      if (pointed !== undefined && (type === undefined || !this.isStructPointer(type))) {
        // A local alias of one cell: `lock = &foo->lock; … *lock`.
        const rest = this.place({ root: { kind: 'value', value: { kind: 'read', place: pointed } }, steps: [] }, fn);
        cell = rest.cell;
      }
      via = this.valueCellOfLocal(root.name, fn);
    } else {
      const inner = root.value;
      if (inner.kind === 'read') {
        const facts = this.place(inner.place, fn);
        cell = facts.cell;
        via = facts.cell;
        object = facts.object;
        inGlobal = facts.inGlobal;
        type = facts.type ?? type;
      } else {
        via = this.valueCell(inner, fn);
      }
    }

    let depth = 0;
    for (let i = 0; i < place.steps.length; i += 1) {
      const step = place.steps[i];
      if (step === undefined) break;
      const follows =
        step.kind === 'deref'
          ? type?.array !== true
          : step.kind === 'index' && type !== undefined && type.array !== true;
      if (step.kind === 'field') {
        const struct = type !== undefined && type.pointers === 0 ? type.base : undefined;
        cell = struct === undefined || struct === 'unknown' ? undefined : `${struct}.${step.name}`;
        if (dereferences.length === 0 && inGlobal && object === undefined) object = struct;
        type = struct === undefined ? undefined : this.program.fieldType(struct, step.name);
        via = cell;
        continue;
      }
      if (!follows) {
        if (type !== undefined) type = dereference(type);
        continue; // an element of an array is the array's cell
      }
      object = type === undefined || type.pointers > 1 ? undefined : type.base;
      const next = place.steps.slice(i + 1).find((s) => s.kind === 'field');
      dereferences.push({
        object,
        via: cell ?? via,
        depth,
        member: object !== undefined && next?.kind === 'field' ? `${object}.${next.name}` : undefined,
      });
      depth += 1;
      inGlobal = false;
      type = type === undefined ? undefined : dereference(type);
      if (!(place.steps[i + 1]?.kind === 'field') && cell !== undefined) {
        // `*p` and `p[i]` of a pointer: what the pointer cell points to.
        cell = `${cell}*`;
      } else {
        cell = undefined;
      }
      via = cell;
    }
    return { type, cell, dereferences, object, inGlobal };
  }

  private isStructPointer(type: TypeRef): boolean {
    return type.pointers > 0 && /^(?:struct|union) /.test(type.base) && this.program.fieldsOf(type.base).length > 0;
  }

  /** The place whose address is the only thing that a local ever holds. */
  private addressHeldBy(name: string, fn: Fn): Place | undefined {
    const values = fn.definitions.get(name);
    if (values === undefined || values.length !== 1) return undefined;
    const value = strip(values[0]);
    return value?.kind === 'address' ? value.place : undefined;
  }

  /** The cell from which a local was loaded, when all its loads agree. */
  valueCellOfLocal(name: string, fn: Fn, depth = 0): Cell | undefined {
    if (depth > 6) return undefined;
    const values = fn.definitions.get(name);
    if (values === undefined) {
      return fn.ir.parameters.some((p) => p.name === name) ? `$${name}` : undefined;
    }
    let found: Cell | undefined;
    for (const value of values) {
      if (value.kind === 'constant') continue;
      const cell = this.valueCell(value, fn, depth + 1);
      if (cell === undefined) return undefined;
      if (found !== undefined && found !== cell) return undefined;
      found = cell;
    }
    return found;
  }

  /** The cell that holds a value: where a pointer was loaded from. */
  valueCell(value: Value, fn: Fn, depth = 0): Cell | undefined {
    if (depth > 6) return undefined;
    const inner = strip(value);
    if (inner === undefined) return undefined;
    if (inner.kind === 'read') {
      const { place } = inner;
      if (place.root.kind === 'local' && place.steps.length === 0)
        return this.valueCellOfLocal(place.root.name, fn, depth + 1);
      return this.place(place, fn).cell;
    }
    if (inner.kind === 'temp') {
      const call = fn.calls.get(inner.id);
      if (call === undefined || call.callee.kind !== 'named') return undefined;
      if (this.revocable?.roleOf(call) === 'enter') {
        const provider = this.sectionCell(call.args[0], fn, depth + 1);
        return provider === undefined ? undefined : resourceCell(provider);
      }
      for (const effect of this.program.knowledge.findFunction(call.callee.name)?.does ?? []) {
        const slot =
          effect.verb === 'returns'
            ? effect.slot
            : effect.verb === 'tests' && effect.direct === true
              ? effect.on
              : undefined;
        if (slot?.at === 'arg') {
          const argument = call.args[slot.index];
          if (argument !== undefined) return this.valueCell(argument, fn, depth + 1);
        }
      }
      return undefined;
    }
    if (inner.kind === 'operator' && (inner.operator === '+' || inner.operator === '-')) {
      const first = inner.operands[0];
      return first === undefined ? undefined : this.valueCell(first, fn, depth + 1);
    }
    return undefined;
  }

  /**
   * The cell that names the section of a revocable provider or of a consumer. A consumer that this function makes goes by its
   * provider, whose revoking is what ends it.
   */
  sectionCell(value: Value | undefined, fn: Fn, depth = 0): Cell | undefined {
    const inner = strip(value);
    if (inner === undefined || depth > 6) return undefined;
    if (inner.kind === 'address' && inner.place.root.kind === 'local') {
      for (const call of fn.calls.values()) {
        if (this.revocable?.roleOf(call) !== 'consumer-init') continue;
        const made = strip(this.revocable.consumerOf(call));
        if (made?.kind === 'address' && samePlace(made.place, inner.place))
          return this.sectionCell(call.args[0], fn, depth + 1);
      }
    }
    return this.targetCell(inner, fn, depth + 1) ?? this.valueCell(inner, fn, depth + 1);
  }

  /** The cell that a pointer argument points to: `&x->lock`, an array, a pointer variable's target. */
  targetCell(value: Value, fn: Fn, depth = 0): Cell | undefined {
    if (depth > 6) return undefined;
    const inner = strip(value);
    if (inner === undefined) return undefined;
    if (inner.kind === 'address') return this.place(inner.place, fn).cell;
    if (inner.kind === 'read') {
      const { place } = inner;
      const facts = this.place(place, fn);
      // An array decays; a macro is handed the object itself, not its address.
      if (facts.type?.array === true || (facts.type?.pointers === 0 && /^(?:struct|union) |_t$/.test(facts.type.base)))
        return facts.cell;
      if (place.root.kind === 'local' && place.steps.length === 0) {
        const { name } = place.root;
        const values = fn.definitions.get(name);
        if (values === undefined) return fn.ir.parameters.some((p) => p.name === name) ? `$${name}` : undefined;
        return values.length === 1 && values[0] !== undefined ? this.targetCell(values[0], fn, depth + 1) : undefined;
      }
      return facts.cell === undefined ? undefined : `${facts.cell}*`;
    }
    if (inner.kind === 'temp') {
      const call = fn.calls.get(inner.id);
      if (call?.callee.kind !== 'named') return undefined;
      if (this.revocable?.roleOf(call) === 'consumer-alloc') return this.sectionCell(call.args[0], fn, depth + 1);
      for (const effect of this.program.knowledge.findFunction(call.callee.name)?.does ?? []) {
        if (effect.verb === 'returns' && effect.slot.at === 'arg') {
          const argument = call.args[effect.slot.index];
          if (argument !== undefined) return this.targetCell(argument, fn, depth + 1);
        }
      }
    }
    return undefined;
  }
}

function* everyCall(program: Program): Iterable<Call> {
  for (const fn of program.functions.values()) yield* fn.calls.values();
}

/** Without casts. */
export function strip(value: Value | undefined): Value | undefined {
  let current = value;
  while (current?.kind === 'cast') current = current.value;
  return current;
}

/** Calls whose result a value is, directly or through a local variable. */
export function callsBehind(value: Value, fn: Fn): readonly Call[] {
  const inner = strip(value);
  const values =
    inner?.kind === 'read' && inner.place.root.kind === 'local' && inner.place.steps.length === 0
      ? (fn.definitions.get(inner.place.root.name) ?? []).map(strip)
      : [inner];
  return values.flatMap((found) => (found?.kind === 'temp' ? (fn.calls.get(found.id) ?? []) : []));
}
