/**
 * One Rust function with what its names mean: the target of each call, the types of locals and of results. Blocks are read in
 * reverse post order, once; a local has the first type that is known of it.
 */
import type { Callee, Operation, Place, TypeRef, Value } from '../../ir/ir.ts';
import { everyValue, reversePostOrder, valuesOf, valuesOfTerminator } from '../../ir/walk.ts';
import type { RustRole } from '../../knowledge/rust-schema.ts';
import type { LockKind } from '../../knowledge/schema.ts';
import type { RustMemory } from './memory.ts';
import type { RustFn, RustProgram, Target } from './rust-program.ts';
import { isKnown, parseRustType, pointeeOf, referenceTo, substitute } from './types.ts';

export type RustCall = Extract<Operation, { kind: 'call' }>;

export interface LinkedCall {
  readonly call: RustCall;
  readonly target?: Target;
  /** The type whose method it is, or that the path names. */
  readonly self?: TypeRef;
  readonly result?: TypeRef;
}

/** How a closure is called by the function that it is handed to. */
export interface ClosureUse {
  readonly passes?: TypeRef;
  readonly under?: LockKind;
  readonly by: LinkedCall;
  readonly outer: LinkedFn;
}

export interface LinkedFn {
  readonly fn: RustFn;
  readonly calls: ReadonlyMap<number, LinkedCall>;
  /** Calls of the kernel crate by what they are good for. */
  readonly roles: ReadonlyMap<RustRole, readonly LinkedCall[]>;
  /** Functions of the module that it calls, or whose closures it hands on. */
  readonly callees: readonly RustFn[];
  /** Names that it calls and that neither the module nor a contract knows. */
  readonly unknown: readonly string[];
  readonly locals: ReadonlyMap<string, TypeRef>;
  /** For a closure. */
  readonly use?: ClosureUse;
}

export class Linker {
  readonly program: RustProgram;
  readonly functions: LinkedFn[] = [];
  private readonly byFn = new Map<RustFn, LinkedFn>();
  private readonly uses = new Map<string, ClosureUse>();

  /** Functions come before their closures, as they do in the text. */
  constructor(program: RustProgram, memory: RustMemory) {
    this.program = program;
    for (const fn of program.functions) {
      const linked = memory.linked(fn, () => this.link(fn));
      this.functions.push(linked);
      this.byFn.set(fn, linked);
    }
  }

  linked(fn: RustFn): LinkedFn | undefined {
    return this.byFn.get(fn);
  }

  private link(fn: RustFn): LinkedFn {
    const { ir } = fn;
    const use = ir.closureOf === undefined ? undefined : this.uses.get(`${fn.unit.path} ${ir.name}`);
    const calls = new Map<number, LinkedCall>();
    const roles = new Map<RustRole, LinkedCall[]>();
    const callees: RustFn[] = [];
    const unknown: string[] = [];
    const locals = new Map<string, TypeRef>();
    const outer = ir.closureOf === undefined ? undefined : this.outerOf(fn);
    for (const [name, declared] of Object.entries(ir.locals)) {
      const type = isKnown(declared) ? this.program.resolve(declared, ir.method?.type) : outer?.locals.get(name);
      if (type !== undefined) locals.set(name, type);
    }
    const [parameter] = ir.parameters;
    if (use?.passes !== undefined && parameter !== undefined && !locals.has(parameter.name))
      locals.set(parameter.name, use.passes);
    const linked: LinkedFn = { fn, calls, roles, callees, unknown, locals, ...(use === undefined ? {} : { use }) };
    const expected = this.expectedTypes(fn);
    for (const index of reversePostOrder(ir.blocks)) {
      for (const operation of ir.blocks[index]?.operations ?? []) {
        if (operation.kind === 'call') {
          const one = this.linkCall(operation, linked);
          calls.set(operation.id, one);
          if (one.target?.kind === 'own') callees.push(one.target.fn);
          const role = one.target?.kind === 'kernel' ? one.target.row.role : undefined;
          if (role !== undefined) roles.set(role, [...(roles.get(role) ?? []), one]);
          if (one.target === undefined && operation.origin === 'call' && operation.callee.kind === 'named')
            unknown.push(operation.callee.name);
          callees.push(...this.noteClosures(one, linked));
        } else if (
          operation.kind === 'assign' &&
          operation.to.root.kind === 'local' &&
          operation.to.steps.length === 0
        ) {
          const { name } = operation.to.root;
          if (locals.has(name)) continue;
          const type = moreOf(this.typeOf(operation.value, linked), expected.get(name));
          if (type !== undefined) locals.set(name, type);
        }
      }
    }
    return linked;
  }

  /** What a variable must be since a field of a struct is initialised with it. */
  private expectedTypes(fn: RustFn): ReadonlyMap<string, TypeRef> {
    const found = new Map<string, TypeRef>();
    const self = fn.ir.method?.type;
    for (const value of everyValueOf(fn)) {
      if (value.kind !== 'aggregate' || value.type === undefined) continue;
      for (const { path, value: given } of value.fields) {
        const name = path?.[0];
        if (
          name === undefined ||
          given.kind !== 'read' ||
          given.place.root.kind !== 'local' ||
          given.place.steps.length > 0
        )
          continue;
        const type = this.program.findField(this.program.resolve(value.type, self), name, self)?.type;
        if (type !== undefined) found.set(given.place.root.name, type);
      }
    }
    return found;
  }

  private outerOf(fn: RustFn): LinkedFn | undefined {
    const outer = this.program
      .functionsNamed(fn.ir.closureOf ?? '')
      .find((one) => one.unit === fn.unit && one.at <= fn.at && fn.end <= one.end);
    return outer === undefined ? undefined : this.byFn.get(outer);
  }

  private linkCall(call: RustCall, linked: LinkedFn): LinkedCall {
    if (call.origin !== 'call' || call.callee.kind !== 'named') return { call };
    const found = this.findTarget(call.callee, call.args, linked);
    if (found === undefined) return { call };
    const self = withGuessedArgument(found.self, call, (value) => this.typeOf(value, linked));
    const result = this.program.resultOf(found.target, self, linked.fn);
    return {
      call,
      target: found.target,
      ...(self === undefined ? {} : { self }),
      ...(result === undefined ? {} : { result }),
    };
  }

  private findTarget(
    callee: Extract<Callee, { kind: 'named' }>,
    args: readonly Value[],
    linked: LinkedFn,
  ): { readonly target: Target; readonly self?: TypeRef } | undefined {
    const { fn } = linked;
    if (!callee.name.startsWith('.')) {
      const target = this.program.findPath(callee.name, fn);
      if (target === undefined) return undefined;
      const words = callee.name.split('::').slice(0, -1);
      const base = words.at(-1);
      return base === undefined ? { target } : { target, self: { base, pointers: 0, path: words.join('::') } };
    }
    const [receiver] = args;
    const type = receiver === undefined ? undefined : this.typeOf(receiver, linked);
    return type === undefined ? undefined : this.program.findMethod(type, callee.name.slice(1), fn);
  }

  /** Remembers what calls the closures that are handed on, and returns them. */
  private noteClosures(linkedCall: LinkedCall, outer: LinkedFn): readonly RustFn[] {
    const { call, target, self } = linkedCall;
    const row = target?.kind === 'kernel' ? target.row.calls : undefined;
    const closures: RustFn[] = [];
    for (const [index, value] of call.args.entries()) {
      if (value.kind !== 'read' || value.place.root.kind !== 'global' || !value.place.root.name.includes('{closure#'))
        continue;
      const isCalled = row?.argument === index;
      const passes = isCalled && row.passes !== undefined ? substitute(parseRustType(row.passes), self) : undefined;
      const { name } = value.place.root;
      this.uses.set(`${outer.fn.unit.path} ${name}`, {
        by: linkedCall,
        outer,
        ...(passes === undefined ? {} : { passes }),
        ...(isCalled && row.under !== undefined ? { under: row.under } : {}),
      });
      const closure = this.program.findFunction(name, outer.fn.unit);
      if (closure !== undefined) closures.push(closure);
    }
    return closures;
  }

  /** The type of a value in a function, as far as it is known. */
  typeOf(value: Value, linked: LinkedFn): TypeRef | undefined {
    switch (value.kind) {
      case 'read':
        return this.typeOfPlace(value.place, linked);
      case 'address': {
        const type = this.typeOfPlace(value.place, linked);
        return type === undefined ? undefined : referenceTo(type);
      }
      case 'temp':
        return linked.calls.get(value.id)?.result;
      case 'cast':
        return value.type;
      case 'aggregate':
        return this.typeOfAggregate(value, linked);
      case 'operator':
        return value.operator.startsWith('as ')
          ? this.typeInside(value.operator.slice(3), value.operands[0] as Value, linked)
          : undefined;
      default:
        return undefined;
    }
  }

  private typeOfAggregate(value: Extract<Value, { kind: 'aggregate' }>, linked: LinkedFn): TypeRef | undefined {
    const { type, fields } = value;
    const inside = (): readonly TypeRef[] =>
      fields.map((field) => this.typeOf(field.value, linked) ?? { base: 'unknown', pointers: 0 });
    if (type === undefined) return { base: '()', pointers: 0, arguments: inside() };
    if (type.base === 'Some') return { base: 'Option', pointers: 0, arguments: inside() };
    if (type.base === 'Ok') return { base: 'Result', pointers: 0, arguments: inside() };
    return type.base === 'Err' ? undefined : type;
  }

  /** What a value holds that fits a pattern: `Some`, `Ok`, a variant, an item of a sequence. */
  private typeInside(pattern: string, of: Value, linked: LinkedFn): TypeRef | undefined {
    const type = this.typeOf(of, linked);
    if (type === undefined) return undefined;
    const [name = '', index = '0'] = pattern.split('.');
    for (const holder of this.program.chain(type, linked.fn.ir.method?.type)) {
      const isReference = holder.pointers > 0;
      const inner = isReference ? pointeeOf(holder) : holder;
      if (name === 'item' && inner.array === true) return { ...inner, array: false };
      if ((name === 'Some' || name === 'Ok') && (inner.base === 'Option' || inner.base === 'Result')) {
        const content = inner.arguments?.[0];
        return content === undefined || !isKnown(content) ? undefined : isReference ? referenceTo(content) : content;
      }
      const field = this.program.findStruct(`${inner.base}::${name}`)?.fields[Number(index)];
      if (field !== undefined) return isReference ? referenceTo(field.type) : field.type;
    }
    return undefined;
  }

  private typeOfPlace(place: Place, linked: LinkedFn): TypeRef | undefined {
    const { root } = place;
    const self = linked.fn.ir.method?.type;
    let type =
      root.kind === 'local'
        ? linked.locals.get(root.name)
        : root.kind === 'value'
          ? this.typeOf(root.value, linked)
          : linked.fn.unit.ir.globals.find((one) => one.name === root.name)?.type;
    for (const step of place.steps) {
      if (type === undefined) return undefined;
      if (step.kind === 'field') type = this.program.findField(type, step.name, self)?.type;
      else if (step.kind === 'deref') type = this.program.dereference(this.program.resolve(type, self));
      else type = type.array === true ? { ...type, array: false } : undefined;
    }
    return isKnown(type) ? type : undefined;
  }
}

/** The type that says more: one with its generic arguments. */
function moreOf(type: TypeRef | undefined, expected: TypeRef | undefined): TypeRef | undefined {
  if (type === undefined) return expected;
  const isVague = type.arguments === undefined || type.arguments.some((one) => !isKnown(one));
  return expected !== undefined && isVague && expected.base === type.base && expected.arguments !== undefined
    ? expected
    : type;
}

function* everyValueOf({ ir }: RustFn): Iterable<Value> {
  for (const { operations, end } of ir.blocks) {
    for (const operation of operations) for (const value of valuesOf(operation)) yield* everyValue(value);
    for (const value of valuesOfTerminator(end)) yield* everyValue(value);
  }
}

/** `KBox::new(x)`: what it holds is what it is given. */
function withGuessedArgument(
  self: TypeRef | undefined,
  call: RustCall,
  typeOf: (value: Value) => TypeRef | undefined,
): TypeRef | undefined {
  if (
    self === undefined ||
    self.arguments !== undefined ||
    (call.callee.kind === 'named' && call.callee.name.startsWith('.'))
  )
    return self;
  const first = call.args[0] === undefined ? undefined : typeOf(call.args[0]);
  return first === undefined ? self : { ...self, arguments: [first] };
}
