/**
 * Declarations of the Rust files of a module, linked by name: which type a field has, which function a method call means. What
 * neither a declaration nor a contract tells stays unknown.
 */
import type { FunctionIr, ImplDeclaration, StructDeclaration, TypeRef } from '../../ir/ir.ts';
import type { Knowledge } from '../../knowledge/lookup.ts';
import type { RustFunctionContract, RustTypeContract } from '../../knowledge/rust-schema.ts';
import type { SourceUnit } from '../model.ts';
import { isKnown, parseRustType, pathOfType, pointeeOf, substitute, UNKNOWN } from './types.ts';

/** A function of the module; the same object as long as declarations are, wherever it moves. */
export interface RustFn {
  readonly ir: FunctionIr;
  readonly unit: SourceUnit;
  readonly at: number;
  readonly end: number;
}

export type Target =
  | { readonly kind: 'own'; readonly fn: RustFn }
  | { readonly kind: 'kernel'; readonly row: RustFunctionContract }
  /** A C function, through the bindings. */
  | { readonly kind: 'c'; readonly name: string };

export interface FoundMethod {
  readonly target: Target;
  /** The type that has the method, references and smart pointers taken off. */
  readonly self: TypeRef;
}

const MAX_DEREFS = 8;

export class RustProgram {
  readonly knowledge: Knowledge;
  readonly functions: readonly RustFn[];
  readonly impls: { readonly impl: ImplDeclaration; readonly unit: SourceUnit }[] = [];
  private readonly byName = new Map<string, RustFn[]>();
  private readonly structs = new Map<string, StructDeclaration>();
  private readonly typedefs = new Map<string, TypeRef>();
  private readonly associated = new Map<string, TypeRef>();
  private readonly prototypes = new Map<string, TypeRef>();

  constructor(units: readonly SourceUnit[], functions: readonly RustFn[], knowledge: Knowledge) {
    this.knowledge = knowledge;
    this.functions = functions;
    for (const fn of functions) {
      const same = this.byName.get(fn.ir.name);
      if (same === undefined) this.byName.set(fn.ir.name, [fn]);
      else same.push(fn);
    }
    for (const unit of units) {
      for (const struct of unit.ir.structs) if (!this.structs.has(struct.name)) this.structs.set(struct.name, struct);
      for (const [name, type] of Object.entries(unit.ir.typedefs))
        if (!this.typedefs.has(name)) this.typedefs.set(name, type);
      for (const [name, type] of Object.entries(unit.ir.prototypes)) this.prototypes.set(name, type);
      for (const impl of unit.ir.impls ?? []) {
        this.impls.push({ impl, unit });
        for (const [name, type] of Object.entries(impl.types)) this.associated.set(`${impl.type.base}::${name}`, type);
      }
    }
  }

  /** The function of that name; the file's own goes first. */
  findFunction(name: string, from: SourceUnit): RustFn | undefined {
    const list = this.byName.get(name);
    return list?.find((fn) => fn.unit === from) ?? list?.[0];
  }

  functionsNamed(name: string): readonly RustFn[] {
    return this.byName.get(name) ?? [];
  }

  findStruct(name: string): StructDeclaration | undefined {
    return this.structs.get(name);
  }

  /** Names of the structs that have a field of such a type. */
  structsWith(isIt: (type: TypeRef) => boolean): readonly string[] {
    return [...this.structs.values()]
      .filter(({ fields }) => fields.some(({ type }) => isIt(type)))
      .map(({ name }) => name);
  }

  /** A row of the kernel crate; a type that the module declares itself has none, unless the module is that crate. */
  findKernelType(type: TypeRef): RustTypeContract | undefined {
    return this.knowledge.rust.findType(pathOfType(type));
  }

  /** Looks through type aliases and associated types. */
  resolve(type: TypeRef, self?: TypeRef): TypeRef {
    let current = type;
    for (let depth = 0; depth < MAX_DEREFS; depth++) {
      const inSelf = /^Self::(\w+)$/.exec(current.path ?? '')?.[1];
      const target =
        inSelf !== undefined && self !== undefined
          ? this.associated.get(`${self.base}::${inSelf}`)
          : this.findKernelType(current) === undefined
            ? this.typedefs.get(current.base)
            : undefined;
      if (target === undefined || target.base === current.base) return current;
      current = {
        ...target,
        pointers: target.pointers + current.pointers,
        annotations: [...(current.annotations ?? []), ...(target.annotations ?? [])],
      };
    }
    return current;
  }

  /** One step of `Deref`: a reference, a smart pointer, a guard. */
  dereference(type: TypeRef): TypeRef | undefined {
    if (type.pointers > 0) return pointeeOf(type);
    const index = this.findKernelType(type)?.derefs;
    if (index !== undefined) return type.arguments?.[index];
    const own = this.associated.get(`${type.base}::Target`);
    return own === undefined ? undefined : this.resolve(own, type);
  }

  /** The type itself and what it dereferences to, in order. */
  *chain(type: TypeRef, self?: TypeRef): Iterable<TypeRef> {
    let current: TypeRef | undefined = this.resolve(type, self);
    for (let depth = 0; depth < MAX_DEREFS && current !== undefined; depth++) {
      yield current;
      const next: TypeRef | undefined = this.dereference(current);
      current = next === undefined ? undefined : this.resolve(next, self);
    }
  }

  /** A field and the type that holds it, through references and smart pointers. */
  findField(
    type: TypeRef,
    name: string,
    self?: TypeRef,
  ): { readonly holder: TypeRef; readonly type: TypeRef } | undefined {
    for (const holder of this.chain(type, self)) {
      if (holder.pointers > 0) continue;
      if (holder.base === '()') {
        const element = holder.arguments?.[Number(name)];
        return element === undefined ? undefined : { holder, type: element };
      }
      const field = this.structs.get(holder.base)?.fields.find((one) => one.name === name);
      if (field !== undefined) return { holder, type: this.resolve(field.type, holder) };
    }
    return undefined;
  }

  findMethod(type: TypeRef, name: string, from: RustFn): FoundMethod | undefined {
    for (const self of this.chain(type, from.ir.method?.type)) {
      if (self.pointers > 0) continue;
      const bound = from.ir.generics?.[self.base];
      const fn =
        this.findFunction(`${self.base}::${name}`, from.unit) ??
        (bound && this.findFunction(`${bound.base}::${name}`, from.unit));
      if (fn !== undefined) return { target: { kind: 'own', fn }, self };
      const row = this.findKernelType(self);
      const method = row === undefined ? undefined : this.knowledge.rust.findMethod(row, name);
      if (method !== undefined) return { target: { kind: 'kernel', row: method }, self };
    }
    return undefined;
  }

  /** A function that is called by its path. */
  findPath(path: string, from: RustFn): Target | undefined {
    const words = path.split('::');
    const own = this.findFunction(words.slice(-2).join('::'), from.unit);
    if (own !== undefined && words.length > 1) return { kind: 'own', fn: own };
    const bindings = words.indexOf('bindings');
    if (bindings >= 0 && bindings === words.length - 2) return { kind: 'c', name: words.at(-1) ?? path };
    const row = this.knowledge.rust.findFunction(path);
    if (row !== undefined) return { kind: 'kernel', row };
    const last = words.at(-1) ?? path;
    const isLocal = words.length === 1 || /^(?:crate|self|super)$/.test(words[0] ?? '');
    const fn = isLocal ? this.findFunction(last, from.unit) : undefined;
    return fn === undefined ? undefined : { kind: 'own', fn };
  }

  /** The result of a call. `self` is the type that the method belongs to or the path names. */
  resultOf(target: Target, self: TypeRef | undefined, from: RustFn): TypeRef | undefined {
    switch (target.kind) {
      case 'own': {
        const { returns, method } = target.fn.ir;
        const type = this.resolve(returns, method?.type);
        return isKnown(type) && type.base !== '()' ? type : undefined;
      }
      case 'kernel':
        return target.row.gives === undefined ? undefined : substitute(parseRustType(target.row.gives), self);
      case 'c':
        return this.prototypes.get(target.name) ?? (from === undefined ? UNKNOWN : undefined);
    }
  }

  /** The lock or section that a value of the type holds while it lives, inside of `Option` and the like too. */
  guardIn(type: TypeRef | undefined): RustTypeContract | undefined {
    const guard = this.guardTypeIn(type);
    return guard === undefined ? undefined : this.findKernelType(guard);
  }

  /** The type of guard that is the type, or inside of it. */
  guardTypeIn(type: TypeRef | undefined, depth = 0): TypeRef | undefined {
    if (type === undefined || type.pointers > 0 || depth > 4) return undefined;
    if (this.findKernelType(type)?.guard !== undefined) return type;
    for (const inner of type.arguments ?? []) {
      const found = this.guardTypeIn(inner, depth + 1);
      if (found !== undefined) return found;
    }
    return undefined;
  }
}
