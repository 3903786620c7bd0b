/**
 * A module as one program: its functions, types, globals and constants, linked by name.
 *
 * Goes in: lowered files. Comes out: answers to "which function is this", "what type has this value". Nothing
 * here looks at control flow, and nothing is ever thrown: what cannot be resolved is `undefined`.
 */
import type { Location, Span } from '../base/span.ts';
import { shift } from '../base/span.ts';
import type {
  FunctionIr,
  GlobalDeclaration,
  MacroCall,
  Operation,
  Place,
  StructDeclaration,
  TypeRef,
  Value,
} from '../ir/ir.ts';
import type { Knowledge } from '../knowledge/lookup.ts';
import type { ModuleInput, SourceUnit } from './model.ts';

/** A function and where it stands. `key` is its name, or `path:name` when several files have a static one. */
export interface Fn {
  readonly key: string;
  readonly ir: FunctionIr;
  readonly unit: SourceUnit;
  /** Offset of the function's start in the file; spans in `ir` are relative to it. */
  readonly at: number;
  readonly end: number;
  /** Calls by id, for `temp` values. */
  readonly calls: ReadonlyMap<number, Call>;
  /** Values assigned to each local, in text order. */
  readonly definitions: ReadonlyMap<string, readonly Value[]>;
}

export type Call = Extract<Operation, { kind: 'call' }>;

export interface Global {
  readonly declaration: GlobalDeclaration;
  readonly unit: SourceUnit;
}

const POINTER_OPERATORS = new Set(['+', '-']);

export class Program {
  readonly input: ModuleInput;
  readonly knowledge: Knowledge;
  /** Every function, own and neighbours', by key. */
  readonly functions = new Map<string, Fn>();
  /** Own functions only: those that findings may be placed in. */
  readonly own = new Set<string>();
  private readonly byName = new Map<string, Fn[]>();
  private readonly headers: ReadonlySet<SourceUnit>;
  private readonly structs = new Map<string, StructDeclaration>();
  private readonly foreignStructs = new Set<string>();
  private readonly fieldTypes = new Map<string, Map<string, TypeRef>>();
  private readonly typedefs = new Map<string, TypeRef>();
  private readonly globals = new Map<string, Global[]>();
  private readonly prototypes = new Map<string, TypeRef>();

  constructor(input: ModuleInput, knowledge: Knowledge) {
    this.input = input;
    this.knowledge = knowledge;
    this.headers = new Set(input.headers);
    for (const unit of input.units) this.add(unit, true);
    for (const unit of input.headers) this.add(unit, true);
    for (const unit of input.neighbours) this.add(unit, false);
  }

  private add(unit: SourceUnit, own: boolean): void {
    const { ir } = unit;
    for (const [name, type] of Object.entries(ir.typedefs)) if (!this.typedefs.has(name)) this.typedefs.set(name, type);
    for (const struct of ir.structs) {
      const known = this.structs.get(struct.name);
      if (known === undefined || known.fields.length < struct.fields.length) this.structs.set(struct.name, struct);
      if (known === undefined && !own) this.foreignStructs.add(struct.name);
    }
    for (const declaration of ir.globals) {
      const list = this.globals.get(declaration.name) ?? [];
      list.push({ declaration, unit });
      this.globals.set(declaration.name, list);
    }
    for (const [name, type] of Object.entries(ir.prototypes)) this.prototypes.set(name, type);
    for (const { at, end, ir: fn } of ir.functions) {
      const same = this.byName.get(fn.name) ?? [];
      const key =
        same.length === 0
          ? fn.name
          : `${unit.path}:${fn.name}${same.some((s) => s.unit === unit) ? `#${same.length}` : ''}`;
      const entry: Fn = { key, ir: fn, unit, at, end, ...indexFunction(fn) };
      same.push(entry);
      this.byName.set(fn.name, same);
      this.functions.set(key, entry);
      if (own) this.own.add(key);
    }
  }

  /** The function that a name means in a file: its own first, then any with external linkage. */
  findFunction(name: string, from: SourceUnit): Fn | undefined {
    const list = this.byName.get(name);
    if (list === undefined) return undefined;
    return list.find((fn) => fn.unit === from) ?? list.find((fn) => !fn.ir.isStatic || this.headers.has(fn.unit));
  }

  findGlobal(name: string, from: SourceUnit): Global | undefined {
    const list = this.globals.get(name);
    if (list === undefined) return undefined;
    const inFile = list.filter((g) => g.unit === from);
    return (
      inFile.find((g) => g.declaration.initializer !== undefined) ??
      inFile.find((g) => !g.declaration.isExtern) ??
      list.find((g) => !g.declaration.isStatic && g.declaration.initializer !== undefined) ??
      list.find((g) => !g.declaration.isStatic && !g.declaration.isExtern) ??
      list.find((g) => !g.declaration.isStatic)
    );
  }

  *allGlobals(): Iterable<Global> {
    for (const list of this.globals.values()) yield* list;
  }

  /** Macro calls at file level, of the module's own files or of everything in reach. */
  *macroCalls(scope: 'own' | 'all'): Iterable<{ readonly call: MacroCall; readonly unit: SourceUnit }> {
    const { units, headers, neighbours } = this.input;
    for (const unit of scope === 'own' ? [...units, ...headers] : [...units, ...headers, ...neighbours]) {
      for (const call of unit.ir.macroCalls) yield { call, unit };
    }
  }

  /** True when the module itself (or a header in its folder) declares the struct. */
  isOwnStruct(name: string): boolean {
    return this.structs.has(name);
  }

  /** Only files of other modules declare it: objects of this kind are theirs. */
  isForeignStruct(name: string): boolean {
    return this.foreignStructs.has(name);
  }

  fieldsOf(struct: string): readonly { readonly name: string; readonly type: TypeRef }[] {
    return this.structs.get(struct)?.fields ?? [];
  }

  ownStructs(): Iterable<StructDeclaration> {
    return this.structs.values();
  }

  /** Follows typedefs. */
  resolve(type: TypeRef): TypeRef {
    let current = type;
    for (let depth = 0; depth < 8; depth += 1) {
      const target = this.typedefs.get(current.base);
      if (target === undefined || target.base === current.base) return current;
      current = {
        ...target,
        pointers: target.pointers + current.pointers,
        ...((current.array ?? target.array) ? { array: true } : {}),
      };
    }
    return current;
  }

  fieldType(struct: string, field: string): TypeRef | undefined {
    let map = this.fieldTypes.get(struct);
    if (map === undefined) {
      map = new Map(this.fieldsOf(struct).map((f) => [f.name, f.type]));
      this.fieldTypes.set(struct, map);
    }
    const own = map.get(field);
    if (own !== undefined) return this.resolve(own);
    const known = this.knowledge.findStruct(struct)?.fields?.[field];
    return known === undefined ? undefined : parseType(known);
  }

  typeOf(value: Value, fn: Fn, depth = 0): TypeRef | undefined {
    if (depth > 12) return undefined;
    switch (value.kind) {
      case 'read':
        return this.typeOfPlace(value.place, fn, depth + 1);
      case 'address': {
        const type = this.typeOfPlace(value.place, fn, depth + 1);
        return type === undefined ? undefined : { ...type, array: false, pointers: type.pointers + 1 };
      }
      case 'cast':
        return this.resolve(value.type);
      case 'container':
        return this.resolve({ ...value.type, pointers: value.type.pointers + 1 });
      case 'element':
        return value.type === undefined
          ? undefined
          : this.resolve({ ...value.type, pointers: value.type.pointers + 1 });
      case 'temp':
        return this.typeOfCall(fn.calls.get(value.id), fn, depth + 1);
      case 'operator':
        if (POINTER_OPERATORS.has(value.operator) || value.operator === '?:' || value.operator === ',') {
          for (const operand of value.operands) {
            const type = this.typeOf(operand, fn, depth + 1);
            if (type !== undefined && (type.pointers > 0 || type.array === true)) return type;
          }
        }
        return undefined;
      default:
        return undefined;
    }
  }

  private typeOfCall(call: Call | undefined, fn: Fn, depth: number): TypeRef | undefined {
    if (call === undefined || call.callee.kind !== 'named') return undefined;
    const target = this.findFunction(call.callee.name, fn.unit);
    if (target !== undefined && target.ir.macro === true) {
      for (const block of target.ir.blocks) {
        if (block.end.kind === 'return' && block.end.value !== undefined)
          return this.typeOf(block.end.value, target, depth + 1);
      }
      return undefined;
    }
    if (target !== undefined) return this.resolve(target.ir.returns);
    for (const effect of this.knowledge.findFunction(call.callee.name)?.does ?? []) {
      if (effect.verb === 'returns' && effect.slot.at === 'arg') {
        const argument = call.args[effect.slot.index];
        if (argument !== undefined) return this.typeOf(argument, fn, depth + 1);
      }
    }
    const prototype = this.prototypes.get(call.callee.name);
    if (prototype !== undefined) return this.resolve(prototype);
    const gets = this.knowledge.findFunction(call.callee.name)?.does.some((effect) => effect.verb === 'getsPrivate');
    return gets === true ? this.privateData(fn.unit) : undefined;
  }

  private readonly privateDataTypes = new Map<SourceUnit, TypeRef | undefined>();

  /** The one type that a file hangs on its devices, when it is one. */
  privateData(unit: SourceUnit): TypeRef | undefined {
    if (this.privateDataTypes.has(unit)) return this.privateDataTypes.get(unit);
    this.privateDataTypes.set(unit, undefined);
    const types = new Map<string, TypeRef>();
    for (const fn of this.functions.values()) {
      if (fn.unit !== unit) continue;
      for (const call of fn.calls.values()) {
        if (call.callee.kind !== 'named') continue;
        for (const effect of this.knowledge.findFunction(call.callee.name)?.does ?? []) {
          if (effect.verb !== 'setsPrivate' || effect.value.at !== 'arg') continue;
          const argument = call.args[effect.value.index];
          const type = argument === undefined ? undefined : this.typeOf(argument, fn);
          if (type !== undefined && type.pointers === 1 && type.base !== 'void') types.set(type.base, type);
        }
      }
    }
    const [only] = types.values();
    this.privateDataTypes.set(unit, types.size === 1 ? only : undefined);
    return this.privateDataTypes.get(unit);
  }

  rootType(place: Place, fn: Fn, depth = 0): TypeRef | undefined {
    const { root } = place;
    if (root.kind === 'local') {
      const type = fn.ir.locals[root.name];
      if (type === undefined) return undefined;
      if (type.base !== 'unknown') return this.resolve(type);
      const first = fn.definitions.get(root.name)?.[0];
      return first === undefined ? undefined : this.typeOf(first, fn, depth + 1);
    }
    if (root.kind === 'global') {
      const global = this.findGlobal(root.name, fn.unit);
      return global === undefined ? undefined : this.resolve(global.declaration.type);
    }
    return this.typeOf(root.value, fn, depth + 1);
  }

  typeOfPlace(place: Place, fn: Fn, depth = 0): TypeRef | undefined {
    let type = this.rootType(place, fn, depth);
    for (const step of place.steps) {
      if (type === undefined) return undefined;
      if (step.kind === 'field') type = this.fieldType(type.base, step.name);
      else type = dereference(type);
    }
    return type;
  }

  /** Absolute place of a span that is relative to a function. */
  locate(fn: Fn, span: Span): Location {
    return { file: fn.unit.path, span: shift(span, fn.at), fn: fn.ir.name };
  }

  nameOf(fn: Fn): Location {
    return this.locate(fn, fn.ir.nameSpan);
  }
}

export function dereference(type: TypeRef): TypeRef {
  if (type.array === true) return { ...type, array: false };
  return { ...type, pointers: Math.max(0, type.pointers - 1) };
}

/** Reads `struct foo *` as knowledge rows spell types. */
export function parseType(text: string): TypeRef {
  const pointers = (text.match(/\*/g) ?? []).length;
  const array = /\[/.test(text);
  const base = text.replace(/\*|\[.*?\]/g, '').trim();
  return array ? { base, pointers, array } : { base, pointers };
}

function indexFunction(ir: FunctionIr): { calls: Map<number, Call>; definitions: Map<string, Value[]> } {
  const calls = new Map<number, Call>();
  const definitions = new Map<string, Value[]>();
  for (const block of ir.blocks) {
    for (const operation of block.operations) {
      if (operation.kind === 'call') calls.set(operation.id, operation);
      else if (
        operation.kind === 'assign' &&
        operation.to.root.kind === 'local' &&
        operation.to.steps.length === 0 &&
        operation.compound === undefined
      ) {
        const list = definitions.get(operation.to.root.name) ?? [];
        list.push(operation.value);
        definitions.set(operation.to.root.name, list);
      }
    }
  }
  return { calls, definitions };
}
