/**
 * Linked Rust in the terms of the analyses of C, so that those run on both: field paths follow their pointers, guards are entered
 * and left, an atomic's load is a read, implementations of traits are tables. What has no counterpart is left out.
 */
import type {
  FileIr,
  FunctionIr,
  GlobalDeclaration,
  Operation,
  Place,
  Step,
  Terminator,
  TypeRef,
  Value,
} from '../../ir/ir.ts';
import type { RustRole } from '../../knowledge/rust-schema.ts';
import type { ModuleInput, SourceUnit } from '../model.ts';
import type { RustContext } from './context.ts';
import { callBehind, isArithmetic, isPointerMethod, roleOf } from './context.ts';
import type { GuardId } from './guards.ts';
import type { LinkedFn, RustCall } from './link.ts';
import { pathOfType } from './types.ts';

/** The module with its Rust files translated. */
export function translateRust(input: ModuleInput, context: RustContext): ModuleInput {
  const { memory, linker } = context;
  const translated = new Map<FunctionIr, FunctionIr>();
  for (const linked of linker.functions) {
    let ir = memory.translations.get(linked);
    if (ir === undefined) {
      ir = new Translation(linked, context).function();
      memory.translations.set(linked, ir);
    }
    translated.set(linked.fn.ir, ir);
  }
  const unit = (one: SourceUnit): SourceUnit => {
    if (one.ir.language !== 'rust') return one;
    return { ...one, ir: memory.translated(one.ir, () => translateFile(one.ir, translated, context)) };
  };
  return {
    ...input,
    units: input.units.map(unit),
    headers: input.headers.map(unit),
    neighbours: input.neighbours.map(unit),
  };
}

function translateFile(ir: FileIr, translated: ReadonlyMap<FunctionIr, FunctionIr>, context: RustContext): FileIr {
  const tables = (ir.impls ?? []).flatMap((impl): GlobalDeclaration[] => {
    const table = impl.trait === undefined ? undefined : context.knowledge.rust.findTrait(pathOfType(impl.trait));
    if (table === undefined || impl.trait === undefined) return [];
    const fields = impl.functions.map((name, index) => ({
      index,
      path: [name],
      span: impl.span,
      value: globalRead(`${impl.type.base}::${name}`),
    }));
    return [
      {
        name: tableName(impl.trait, impl.type),
        type: { base: table.struct, pointers: 0 },
        isStatic: true,
        isExtern: false,
        initializer: { kind: 'aggregate', fields },
        span: impl.span,
      },
    ];
  });
  return {
    ...ir,
    functions: ir.functions.map((fn) => ({ ...fn, ir: translated.get(fn.ir) ?? fn.ir })),
    structs: ir.structs.map((struct) => ({
      ...struct,
      fields: struct.fields.map((field) => ({ ...field, type: plainType(field.type, context) })),
    })),
    globals: [...ir.globals.map((one) => ({ ...one, type: plainType(one.type, context) })), ...tables],
  };
}

const FOR = ' for ';

function tableName(trait: TypeRef, type: TypeRef): string {
  return `${trait.base}${FOR}${type.base}`;
}

/** The type that a table is of: its traits are implemented for it. */
export function typeOfTable(name: string): string {
  return name.slice(name.indexOf(FOR) + FOR.length);
}

function globalRead(name: string): Value {
  return { kind: 'read', place: { root: { kind: 'global', name }, steps: [] } };
}

/** References and smart pointers count as pointers; what merely wraps is looked through. */
function plainType(type: TypeRef, context: RustContext, self?: TypeRef, depth = 0): TypeRef {
  const resolved = context.program.resolve(type, self);
  if (depth > 6) return resolved;
  const row = context.program.findKernelType({ ...resolved, pointers: 0 });
  const inner = resolved.arguments?.[row?.derefs ?? row?.holds ?? -1];
  if (inner === undefined)
    return { base: resolved.base, pointers: resolved.pointers, ...(resolved.array === true ? { array: true } : {}) };
  const plain = plainType(inner, context, self, depth + 1);
  return { ...plain, pointers: plain.pointers + resolved.pointers + (row?.points === true ? 1 : 0) };
}

class Translation {
  private readonly linked: LinkedFn;
  private readonly context: RustContext;
  private readonly locals: Record<string, TypeRef> = {};
  private next: number;
  private known: ReadonlyMap<string, string> | undefined;
  /** Guards that are entered here, by id of their call. */
  private readonly entered = new Map<GuardId, { readonly call: RustCall; readonly className: string }>();

  constructor(linked: LinkedFn, context: RustContext) {
    this.linked = linked;
    this.context = context;
    this.next = Math.max(-1, ...linked.calls.keys()) + 1;
    for (const [name, declared] of Object.entries(linked.fn.ir.locals))
      this.locals[name] = this.plain(linked.locals.get(name) ?? declared);
    for (const guard of context.lives(linked).guards.values()) {
      const row = guard.made?.target?.kind === 'kernel' ? guard.made.target.row.name : undefined;
      if (row === undefined || guard.made === undefined || context.knowledge.findGuard(row) === undefined) continue;
      this.entered.set(guard.id, { call: guard.made.call, className: row });
      const type = context.program.guardTypeIn(guard.type);
      const held = type === undefined ? undefined : context.program.dereference(type);
      if (held !== undefined)
        this.locals[guardName(guard.id)] = { ...this.plain(held), pointers: this.plain(held).pointers + 1 };
    }
  }

  function(): FunctionIr {
    const { ir } = this.linked.fn;
    const blocks = ir.blocks.map(({ operations, end }) => ({
      operations: operations.flatMap((operation) => this.operation(operation)),
      end: this.terminator(end),
    }));
    const parameters = ir.parameters.map(({ name }) => ({
      name,
      type: this.locals[name] ?? { base: 'unknown', pointers: 0 },
    }));
    return { ...ir, blocks, parameters, locals: this.locals, returns: this.plain(ir.returns) };
  }

  private plain(type: TypeRef): TypeRef {
    return plainType(type, this.context, this.linked.fn.ir.method?.type);
  }

  private operation(operation: Operation): readonly Operation[] {
    switch (operation.kind) {
      case 'call':
        return this.call(operation);
      case 'assign':
        return [
          ...this.dropBefore(operation.to, operation.span),
          { ...operation, to: this.place(operation.to), value: this.value(operation.value) },
        ];
      case 'evaluate':
        return [{ ...operation, value: this.value(operation.value) }];
      case 'havoc':
        return [operation];
    }
  }

  private call(call: RustCall): readonly Operation[] {
    const { span } = call;
    const ended = (this.context.lives(this.linked).drops.get(call.id) ?? []).flatMap((id) => this.leave(id, span));
    if (call.origin === 'cleanup') return ended;
    if (this.lengthOf(call) !== undefined) return ended;
    const one = this.linked.calls.get(call.id);
    const args = call.args.map((value) => this.value(value));
    const [receiver, second] = args;
    const enters = this.entered.get(call.id);
    if (enters !== undefined) {
      const callee = { kind: 'named', name: enters.className } as const;
      const enter: Operation = { ...call, callee, args, origin: 'guard-enter' };
      const type = this.locals[guardName(call.id)];
      if (receiver === undefined || type === undefined) return [enter];
      const to: Place = { root: { kind: 'local', name: guardName(call.id) }, steps: [], span };
      return [enter, { kind: 'assign', to, value: { kind: 'cast', type, value: receiver }, span }];
    }
    const place = receiver === undefined ? undefined : targetOf(receiver, span);
    if (isArithmetic(call.callee)) {
      this.locals[loadName(call.id)] = { base: 'unknown', pointers: 0 };
      const to: Place = { root: { kind: 'local', name: loadName(call.id) }, steps: [], span };
      return [{ kind: 'assign', to, value: { kind: 'operator', operator: 'min', operands: args }, span }, ...ended];
    }
    if (roleOf(one) === 'load' && place !== undefined) {
      this.locals[loadName(call.id)] = { base: 'unknown', pointers: 0 };
      const to: Place = { root: { kind: 'local', name: loadName(call.id) }, steps: [], span };
      return [{ kind: 'assign', to, value: { kind: 'read', place }, span }];
    }
    if (roleOf(one) === 'exchange' && place !== undefined && second !== undefined) {
      this.locals[loadName(call.id)] = { base: 'unknown', pointers: 0 };
      const to: Place = { root: { kind: 'local', name: loadName(call.id) }, steps: [], span };
      return [
        { kind: 'assign', to, value: { kind: 'read', place }, span },
        { kind: 'assign', to: place, value: second, span },
      ];
    }
    if (roleOf(one) === 'store' && place !== undefined && second !== undefined)
      return [{ kind: 'assign', to: place, value: second, span }];
    if (roleOf(one) === 'drop' && ended.length > 0) return ended;
    const target = one?.target;
    const name = target?.kind === 'own' ? target.fn.ir.name : target?.kind === 'c' ? target.name : target?.row.like;
    const callee = name === undefined ? this.callee(call) : ({ kind: 'named', name } as const);
    return [{ ...call, callee, args }, ...ended];
  }

  /** What stood in a field is dropped when the field is written. */
  private dropBefore(to: Place, span: RustCall['span']): readonly Operation[] {
    if (to.steps.length === 0) return [];
    const type = this.context.linker.typeOf({ kind: 'read', place: to }, this.linked);
    const name = type === undefined ? undefined : this.context.program.findKernelType(type)?.dropsLike;
    if (name === undefined || type === undefined || type.pointers > 0) return [];
    const args: readonly Value[] = [{ kind: 'read', place: this.place(to) }];
    return [{ kind: 'call', id: this.next++, callee: { kind: 'named', name }, args, origin: 'call', span }];
  }

  private callee({ callee }: RustCall): RustCall['callee'] {
    return callee.kind === 'named' ? callee : { ...callee, through: this.value(callee.through) };
  }

  private leave(id: GuardId, span: RustCall['span']): readonly Operation[] {
    const entered = this.entered.get(id);
    if (entered === undefined) return [];
    const args = entered.call.args.map((value) => this.value(value));
    const callee = { kind: 'named', name: entered.className } as const;
    return [{ kind: 'call', id: this.next++, callee, args, origin: 'guard-exit', guard: entered.call.id, span }];
  }

  private terminator(end: Terminator): Terminator {
    switch (end.kind) {
      case 'branch':
        return { ...end, condition: this.value(end.condition) };
      case 'switch':
        return { ...end, value: this.value(end.value) };
      case 'return':
        return end.value === undefined ? end : { ...end, value: this.value(end.value) };
      default:
        return end;
    }
  }

  private value(value: Value): Value {
    switch (value.kind) {
      case 'read':
      case 'address': {
        const length = this.lengthIn(value);
        if (length !== undefined) return length;
        const place = this.place(value.place);
        // What a temporary holds is read where the temporary was made.
        if (value.kind === 'read' && place.steps.length === 0 && place.root.kind === 'value') return place.root.value;
        return { ...value, place };
      }
      case 'temp':
        return this.temporary(value);
      case 'operator': {
        // A guard inside of `Some` or `Ok` is that guard.
        const [inner] = value.operands;
        if (value.operator.startsWith('as ') && inner !== undefined && this.isGuard(inner)) return this.value(inner);
        return { ...value, operands: value.operands.map((one) => this.value(one)) };
      }
      case 'cast':
        return { ...value, type: this.plain(value.type), value: this.value(value.value) };
      case 'aggregate':
        return { ...value, fields: value.fields.map((field) => ({ ...field, value: this.value(field.value) })) };
      case 'unknown':
        return { ...value, parts: value.parts.map((part) => this.value(part)) };
      default:
        return value;
    }
  }

  private temporary(value: Extract<Value, { kind: 'temp' }>): Value {
    const one = this.linked.calls.get(value.id);
    const length = this.lengthOf(one?.call);
    if (length !== undefined) return { kind: 'read', place: { root: { kind: 'local', name: length }, steps: [] } };
    const [receiver] = one?.call.args ?? [];
    // `lock().unwrap()`: the guard itself.
    const isPassedOn = one?.target?.kind === 'kernel' && one.target.row.takesSelf === true;
    if (receiver !== undefined && isPassedOn && this.isGuard(receiver)) return this.value(receiver);
    if (receiver !== undefined && (isPointerMethod(one?.call.callee) || roleOf(one) === 'inner')) {
      const pointer = this.value(receiver);
      return pointer.kind === 'address' ? { kind: 'read', place: pointer.place } : pointer;
    }
    const name = this.entered.has(value.id) ? guardName(value.id) : loadName(value.id);
    const known = this.entered.has(value.id) || isLoad(roleOf(one)) || isArithmetic(one?.call.callee);
    return known && this.locals[name] !== undefined
      ? { kind: 'read', place: { root: { kind: 'local', name }, steps: [] } }
      : value;
  }

  /** `data.len()`, where data is the caller's: the same number whenever it is asked for, as a local of its own. */
  private lengthOf(call: RustCall | undefined): string | undefined {
    const { callee, args = [] } = call ?? {};
    const [receiver] = args;
    if (callee?.kind !== 'named' || callee.name !== '.len') return undefined;
    if ((receiver?.kind !== 'read' && receiver?.kind !== 'address') || receiver.place.steps.length > 0)
      return undefined;
    const { root } = receiver.place;
    return root.kind === 'local' && this.isOfCaller(root.name) ? `$length of ${root.name}` : undefined;
  }

  /** A variable that only ever is such a length: two names of it are one number. */
  private lengthIn(value: Value): Value | undefined {
    if (value.kind !== 'read' || value.place.root.kind !== 'local' || value.place.steps.length > 0) return undefined;
    const defined = this.lengths().get(value.place.root.name);
    return defined === undefined
      ? undefined
      : { kind: 'read', place: { root: { kind: 'local', name: defined }, steps: [] } };
  }

  /** Locals by name, with the length that they are. */
  private lengths(): ReadonlyMap<string, string> {
    if (this.known !== undefined) return this.known;
    const found = new Map<string, string | undefined>();
    for (const { operations } of this.linked.fn.ir.blocks) {
      for (const operation of operations) {
        if (operation.kind !== 'assign' || operation.to.root.kind !== 'local' || operation.to.steps.length > 0)
          continue;
        const { name } = operation.to.root;
        const { value } = operation;
        const length = value.kind === 'temp' ? this.lengthOf(this.linked.calls.get(value.id)?.call) : undefined;
        found.set(name, found.has(name) ? undefined : length);
      }
    }
    this.known = new Map(
      [...found].flatMap(([name, length]) => (length === undefined ? [] : [[name, length] as const])),
    );
    return this.known;
  }

  private isOfCaller(name: string): boolean {
    const { program } = this.context;
    const type = this.linked.locals.get(name);
    const { parameters, method } = this.linked.fn.ir;
    const chain = type === undefined ? [] : [...program.chain(type, method?.type)];
    if (chain.some((one) => program.findKernelType(one)?.ofCaller === true)) return true;
    return (
      name !== 'self' &&
      parameters.some((parameter) => parameter.name === name) &&
      chain.every((one) => program.findStruct(one.base) === undefined && program.findKernelType(one) === undefined)
    );
  }

  private isGuard(value: Value): boolean {
    return value.kind === 'temp' && this.entered.has(value.id);
  }

  /** Adds the pointers that a field path follows by itself. */
  private place(place: Place): Place {
    const behind = place.steps[0]?.kind === 'deref' ? this.plainBehind(place.root) : undefined;
    if (behind !== undefined) return { ...place, root: behind.root, steps: [...behind.steps, ...place.steps.slice(1)] };
    const self = this.linked.fn.ir.method?.type;
    const { program, linker } = this.context;
    let root = place.root;
    if (root.kind === 'value') {
      const inner = this.value(root.value);
      const isPlace = inner.kind === 'read' && inner.place.steps.length === 0 && inner.place.root.kind === 'local';
      root = isPlace ? inner.place.root : { kind: 'value', value: inner };
    }
    let type = linker.typeOf({ kind: 'read', place: { root: place.root, steps: [] } }, this.linked);
    const steps: Step[] = [];
    for (const step of place.steps) {
      if (step.kind === 'field' && type !== undefined) {
        const found = program.findField(type, step.name, self);
        if (found !== undefined) for (const pointer of this.pointersTo(type, found.holder)) steps.push(pointer);
        type = found?.type;
      } else if (step.kind === 'deref' && type !== undefined) {
        const resolved = program.resolve(type, self);
        type = program.dereference(resolved);
        if (!this.isPointer(resolved)) continue;
      } else type = step.kind === 'index' && type?.array === true ? { ...type, array: false } : undefined;
      steps.push(step);
    }
    return { ...place, root, steps };
  }

  /** What a guard over something that is no struct gives access to: the field itself. */
  private plainBehind(root: Place['root']): Place | undefined {
    const made = callBehind({ kind: 'read', place: { root, steps: [] } }, this.linked);
    const held = made === undefined ? undefined : this.entered.get(made.call.id);
    const type = held === undefined ? undefined : this.locals[guardName(held.call.id)];
    const [receiver] = held?.call.args ?? [];
    if (type === undefined || receiver?.kind !== 'address') return undefined;
    return this.context.program.findStruct(type.base) === undefined ? this.place(receiver.place) : undefined;
  }

  private *pointersTo(from: TypeRef, holder: TypeRef): Iterable<Step> {
    for (const type of this.context.program.chain(from, this.linked.fn.ir.method?.type)) {
      if (type.base === holder.base && type.pointers === 0) return;
      if (this.isPointer(type)) yield { kind: 'deref' };
    }
  }

  private isPointer(type: TypeRef): boolean {
    return type.pointers > 0 || this.context.program.findKernelType(type)?.points === true;
  }
}

/** The place that a receiver is borrowed from, or points to; a static is that place itself. */
function targetOf(receiver: Value, span: RustCall['span']): Place | undefined {
  if (receiver.kind === 'address') return receiver.place;
  if (receiver.kind === 'read' && receiver.place.root.kind === 'global' && receiver.place.steps.length === 0)
    return receiver.place;
  return receiver.kind === 'read'
    ? { ...receiver.place, steps: [...receiver.place.steps, { kind: 'deref' }], span }
    : undefined;
}

function isLoad(role: RustRole | undefined): boolean {
  return role === 'load' || role === 'exchange';
}

function guardName(id: GuardId): string {
  return `$guard${id}`;
}

function loadName(id: number): string {
  return `$load${id}`;
}
