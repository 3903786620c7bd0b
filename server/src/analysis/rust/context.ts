/** What the checks of Rust share: linked functions, guards, what sleeps, and the contexts in which functions run. */
import type { Callee, ImplDeclaration, TypeRef, Value } from '../../ir/ir.ts';
import { everyValue, valuesOf, valuesOfTerminator } from '../../ir/walk.ts';
import type { Knowledge } from '../../knowledge/lookup.ts';
import type { RustRole } from '../../knowledge/rust-schema.ts';
import type { Context } from '../../knowledge/schema.ts';
import type { SourceUnit } from '../model.ts';
import type { GuardLives } from './guards.ts';
import { guardLives } from './guards.ts';
import type { LinkedCall, LinkedFn } from './link.ts';
import { Linker } from './link.ts';
import type { RustMemory } from './memory.ts';
import { RustProgram } from './rust-program.ts';
import { Sleeping } from './sleeping.ts';
import { pathOfType } from './types.ts';

/** Why a function runs, and the function of a trait that leads to it. */
export interface RustRoot {
  readonly context: Context;
  readonly fn: LinkedFn;
  /** `MiscDevice::ioctl`. */
  readonly by: string;
}

const DROPS = new Set(['Drop', 'PinnedDrop']);

/** What an open file owns, for an implementation of a trait of file operations. */
export function fileDataType(impl: ImplDeclaration, program: RustProgram): TypeRef {
  const declared = impl.types.Ptr ?? impl.types.Data ?? impl.types.PrivateData ?? impl.types.Wrapper;
  return declared === undefined ? impl.type : ([...program.chain(declared, impl.type)].at(-1) ?? impl.type);
}

export class RustContext {
  readonly knowledge: Knowledge;
  readonly program: RustProgram;
  readonly linker: Linker;
  readonly sleeping: Sleeping;
  readonly memory: RustMemory;
  private dataOfFiles: ReadonlySet<string> | undefined;
  private readonly roots = new Map<LinkedFn, RustRoot[]>();

  constructor(units: readonly SourceUnit[], knowledge: Knowledge, memory: RustMemory) {
    this.knowledge = knowledge;
    this.memory = memory;
    this.program = new RustProgram(units, memory.begin(units, knowledge), knowledge);
    this.linker = new Linker(this.program, memory);
    this.sleeping = new Sleeping(this.linker);
    for (const linked of this.linker.functions) {
      const root = this.rootOf(linked);
      if (root !== undefined) this.reach(linked, root);
    }
  }

  lives(linked: LinkedFn): GuardLives {
    let lives = this.memory.lives.get(linked);
    if (lives === undefined) {
      lives = guardLives(linked, this.linker);
      this.memory.lives.set(linked, lives);
    }
    return lives;
  }

  /** Every reason why the function runs, as far as traits of the kernel crate tell. */
  rootsOf(linked: LinkedFn): readonly RustRoot[] {
    return this.roots.get(linked) ?? [];
  }

  /** Types whose values belong to open files: they are dropped when the file is closed. */
  private fileData(): ReadonlySet<string> {
    this.dataOfFiles ??= new Set(
      this.program.impls.flatMap(({ impl }) => (this.opensFiles(impl) ? [fileDataType(impl, this.program).base] : [])),
    );
    return this.dataOfFiles;
  }

  private opensFiles({ trait }: ImplDeclaration): boolean {
    const table = trait === undefined ? undefined : this.knowledge.rust.findTrait(pathOfType(trait));
    return Object.values(table?.roles ?? {}).some((role) => role.context === 'open');
  }

  private rootOf(linked: LinkedFn): RustRoot | undefined {
    const { method, name, closureOf } = linked.fn.ir;
    if (method?.trait === undefined || closureOf !== undefined) return undefined;
    if (DROPS.has(method.trait.base) && this.fileData().has(method.type.base))
      return { context: 'release', fn: linked, by: `${method.trait.base}::drop` };
    const table = this.knowledge.rust.findTrait(pathOfType(method.trait));
    const field = name.slice(name.lastIndexOf(':') + 1);
    const role = table === undefined ? undefined : (table.roles[field] ?? table.roles['*']);
    return role === undefined ? undefined : { context: role.context, fn: linked, by: `${method.trait.base}::${field}` };
  }

  private reach(linked: LinkedFn, root: RustRoot): void {
    const roots = this.roots.get(linked) ?? [];
    this.roots.set(linked, roots);
    if (roots.some((one) => one.context === root.context)) return;
    roots.push(root);
    for (const callee of this.calleesOf(linked)) this.reach(callee, root);
  }

  /** Functions of the module that a function calls, or whose closures it hands on. */
  calleesOf(linked: LinkedFn): readonly LinkedFn[] {
    return linked.callees.flatMap((fn) => this.linker.linked(fn) ?? []);
  }
}

export function roleOf(one: LinkedCall | undefined): RustRole | undefined {
  return one?.target?.kind === 'kernel' ? one.target.row.role : undefined;
}

export function isTryAccess(one: LinkedCall | undefined): boolean {
  return roleOf(one)?.startsWith('try-access') === true;
}

/** Calls with this role, in text order. */
export function callsWith(linked: LinkedFn, role: RustRole): readonly LinkedCall[] {
  return linked.roles.get(role) ?? [];
}

/** The call whose result a value is, through variables that are set once and through adapters of `Option` and `Result`. */
export function callBehind(value: Value | undefined, linked: LinkedFn, depth = 0): LinkedCall | undefined {
  if (value === undefined || depth > 8) return undefined;
  if (value.kind === 'temp') {
    const one = linked.calls.get(value.id);
    const adapts =
      one?.target?.kind === 'kernel' && one.target.row.takesSelf === true && one.target.row.role === undefined;
    return adapts ? (callBehind(one.call.args[0], linked, depth + 1) ?? one) : one;
  }
  if (value.kind === 'operator' && value.operator.startsWith('as '))
    return callBehind(value.operands[0], linked, depth + 1);
  if (value.kind !== 'read' || value.place.steps.length > 0) return undefined;
  const { root } = value.place;
  if (root.kind === 'value') return callBehind(root.value, linked, depth + 1);
  const values = root.kind === 'local' ? definitionsOf(linked, root.name) : [];
  return values.length === 1 ? callBehind(values[0], linked, depth + 1) : undefined;
}

export function definitionsOf(linked: LinkedFn, name: string): readonly Value[] {
  return linked.fn.ir.blocks.flatMap(({ operations }) =>
    operations.flatMap((operation) =>
      operation.kind === 'assign' &&
      operation.to.root.kind === 'local' &&
      operation.to.root.name === name &&
      operation.to.steps.length === 0
        ? [operation.value]
        : [],
    ),
  );
}

/** Every value in a function, drops left out. */
export function* valuesIn(linked: LinkedFn): Iterable<Value> {
  for (const { operations, end } of linked.fn.ir.blocks) {
    for (const operation of operations) {
      if (operation.kind === 'call' && operation.origin === 'cleanup') continue;
      for (const value of valuesOf(operation)) yield* everyValue(value);
      if (operation.kind === 'assign' && operation.to.root.kind === 'value') yield* everyValue(operation.to.root.value);
    }
    for (const value of valuesOfTerminator(end)) yield* everyValue(value);
  }
}

/** `Dial.regs` for `&self.regs`: which member of which type a receiver is, whatever object. */
export function memberOf(value: Value | undefined, linked: LinkedFn, linker: Linker): string | undefined {
  if (value?.kind !== 'address' && value?.kind !== 'read') return undefined;
  const { place } = value;
  const last = place.steps.at(-1);
  if (last?.kind !== 'field') return undefined;
  const holder = linker.typeOf({ kind: 'read', place: { root: place.root, steps: place.steps.slice(0, -1) } }, linked);
  const found =
    holder === undefined ? undefined : linker.program.findField(holder, last.name, linked.fn.ir.method?.type);
  return found === undefined ? undefined : `${found.holder.base}.${last.name}`;
}

/** `p.cast()`, `p.as_ptr()`: still the same target. */
export function isPointerMethod(callee: Callee | undefined): boolean {
  return callee?.kind === 'named' && /^\.(?:cast|cast_mut|cast_const|as_ptr|as_mut_ptr)$/.test(callee.name);
}

/** `a.min(b)`, `cmp::min(a, b)`, `a.saturating_sub(b)`: a number that is made of its arguments. */
export function isArithmetic(callee: Callee | undefined): boolean {
  return (
    callee?.kind === 'named' &&
    /^\.(?:min|max|clamp|(?:saturating|wrapping|checked|overflowing)_\w+)$|\bcmp::(?:min|max)$/.test(callee.name)
  );
}
