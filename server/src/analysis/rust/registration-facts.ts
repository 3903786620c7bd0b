/** Registrations of a module, their order among the fields of a struct, and the data of open files. */
import type { Location } from '../../base/span.ts';
import type { FieldDeclaration, ImplDeclaration, StructDeclaration, TypeRef } from '../../ir/ir.ts';
import type { RustTypeContract } from '../../knowledge/rust-schema.ts';
import type { Context } from '../../knowledge/schema.ts';
import type { SourceUnit, Step } from '../model.ts';
import type { RevocableFact } from '../revocable/facts.ts';
import { fact, nameOf } from './access-facts.ts';
import type { RustContext } from './context.ts';
import { callsWith, fileDataType, valuesIn } from './context.ts';
import { stepAt } from './describe.ts';
import { pathOfType, spellRustType } from './types.ts';

export function registrationFacts(context: RustContext, units: readonly SourceUnit[]): readonly RevocableFact[] {
  const own = units.filter((unit) => unit.ir.language === 'rust');
  return [
    ...own.flatMap((unit) => unit.ir.structs.flatMap((struct) => droppedLate(struct, unit, context))),
    ...fileDataFacts(context, own),
    ...ownerFacts(context, own),
    ...registeredBeyondData(context),
    ...forgotten(context, own),
    ...workFacts(context, own),
  ];
}

/** The registration among a type's parts, through smart pointers and `Option`. */
export function registrationIn(type: TypeRef, context: RustContext, depth = 0): RustTypeContract | undefined {
  if (type.pointers > 0 || depth > 5) return undefined;
  const row = context.program.findKernelType(type);
  if (row?.registration !== undefined) return row;
  const passes = row?.derefs !== undefined || row?.revocable === true || type.base === 'Option';
  const [inner] = type.arguments ?? [];
  return passes && inner !== undefined ? registrationIn(inner, context, depth + 1) : undefined;
}

/** What a type owns alone that goes with it: shared and borrowed things do not. */
function ownedResource(type: TypeRef, context: RustContext, depth = 0): TypeRef | undefined {
  if (type.pointers > 0 || depth > 5) return undefined;
  const row = context.program.findKernelType(type);
  if (row?.resource !== undefined) return type;
  if (row?.derefs !== undefined && (row.name === 'Pin' || row.name === 'Box')) return ownedIn(type, context, depth);
  if (type.base === 'Option' || (row?.revocable === true && row.dropSleeps === true))
    return ownedIn(type, context, depth);
  if (row !== undefined) return undefined;
  const dropped = context.program.functions.some(
    (fn) => fn.ir.name === `${type.base}::drop` && fn.ir.method?.trait !== undefined,
  );
  if (dropped) return type;
  for (const field of context.program.findStruct(type.base)?.fields ?? []) {
    const found =
      registrationIn(field.type, context) === undefined ? ownedResource(field.type, context, depth + 1) : undefined;
    if (found !== undefined) return type;
  }
  return undefined;
}

function ownedIn(type: TypeRef, context: RustContext, depth: number): TypeRef | undefined {
  const [inner] = type.arguments ?? [];
  return inner === undefined ? undefined : ownedResource(inner, context, depth + 1);
}

/** Fields drop in the order of their declaration: what callbacks need must come after the registration. */
function droppedLate(struct: StructDeclaration, unit: SourceUnit, context: RustContext): readonly RevocableFact[] {
  for (const [index, field] of struct.fields.entries()) {
    const row = registrationIn(field.type, context);
    const kind = row?.registration?.of;
    if (row === undefined || (kind !== 'device-node' && kind !== 'interrupt' && kind !== 'timer')) continue;
    const earlier = struct.fields.slice(0, index).find((one) => ownedResource(one.type, context) !== undefined);
    if (earlier === undefined || isStoppedByDrop(struct, field, context)) continue;
    return [
      {
        kind: 'dropped-late',
        at: { file: unit.path, span: field.span },
        names: { registration: row.name, field: field.name, resource: earlier.name, struct: struct.name },
        story: [
          fieldStep(unit, earlier, 'free', `${earlier.name} (${spellRustType(earlier.type)}) is dropped first`),
          fieldStep(unit, field, 'unregister', `until ${field.name} is dropped, ${CALLBACKS[kind]}`),
        ],
        // The callbacks of a node get the registration, not the struct; whether they reach the resource is not followed.
        certainty: kind === 'device-node' ? 'must' : 'may',
        origin: { file: unit.path, span: earlier.span },
      },
    ];
  }
  return [];
}

/** A `Drop` of the struct runs before any field goes: one that names the registration is taken to end it there. */
function isStoppedByDrop(struct: StructDeclaration, field: FieldDeclaration, context: RustContext): boolean {
  return context.linker.functions.some((linked) => {
    if (linked.fn.ir.name !== `${struct.name}::drop` || linked.fn.ir.method?.trait === undefined) return false;
    for (const value of valuesIn(linked))
      if (
        (value.kind === 'read' || value.kind === 'address') &&
        value.place.steps.some((step) => step.kind === 'field' && step.name === field.name)
      )
        return true;
    return false;
  });
}

const CALLBACKS = {
  'device-node': 'user space can open the node',
  interrupt: 'the interrupt handler runs',
  timer: 'the timer runs',
} as const;

function fieldStep(unit: SourceUnit, field: FieldDeclaration, kind: Step['kind'], text: string): Step {
  return { kind, at: { file: unit.path, span: field.span }, text };
}

/** The data of an open file, for an implementation of a trait of file operations. */
export function fileDataOf(
  impl: ImplDeclaration,
  context: RustContext,
  units: readonly SourceUnit[],
): { readonly struct: StructDeclaration; readonly home: SourceUnit } | undefined {
  const struct = context.program.findStruct(fileDataType(impl, context.program).base);
  const home = units.find((one) => one.ir.structs.includes(struct as StructDeclaration));
  return struct === undefined || home === undefined ? undefined : { struct, home };
}

/** A member of an open file's data that goes with the binding, and its first use in an operation. */
export interface FileDataUse {
  readonly at: Location;
  /** `FileData.regs`. */
  readonly text: string;
  readonly resource: TypeRef;
  readonly step: Step;
  /** The operation's name in its trait, and the function. */
  readonly operation: string;
  readonly operationFn: string;
}

export function usesOfFileData(
  impl: ImplDeclaration,
  context: RustContext,
  units: readonly SourceUnit[],
): readonly FileDataUse[] {
  const data = fileDataOf(impl, context, units);
  return (data?.struct.fields ?? []).flatMap((field) => {
    const resource = unfencedPart(field.type, context);
    const use = resource === undefined ? undefined : useInOperation(data?.struct.name ?? '', field.name, context);
    if (resource === undefined || use === undefined || data === undefined) return [];
    const at = { file: data.home.path, span: field.span };
    return [{ ...use, at, text: `${data.struct.name}.${field.name}`, resource }];
  });
}

/** What an open file owns, per `impl MiscDevice`. */
function fileDataFacts(context: RustContext, units: readonly SourceUnit[]): readonly RevocableFact[] {
  const facts: RevocableFact[] = [];
  for (const { impl, unit } of context.program.impls) {
    const table = impl.trait === undefined ? undefined : context.knowledge.rust.findTrait(pathOfType(impl.trait));
    if (table === undefined || !Object.values(table.roles).some((role) => role.context === 'open')) continue;
    if (!units.includes(unit)) continue;
    const data = fileDataOf(impl, context, units);
    if (data === undefined) continue;
    const { struct, home } = data;
    for (const field of struct.fields) {
      const raw = unfencedPart(field.type, context);
      if (raw === undefined) continue;
      const use = useInOperation(struct.name, field.name, context);
      facts.push({
        kind: 'raw-resource',
        at: { file: home.path, span: field.span },
        names: { field: field.name, struct: struct.name, resource: spellRustType(raw) },
        story: [
          fieldStep(
            home,
            field,
            'note',
            `${struct.name} belongs to an open file, which outlives the binding of the device`,
          ),
          ...(use === undefined ? [] : [use.step]),
        ],
        certainty: raw.annotations?.[0] === '*' ? 'may' : 'must',
      });
      if (use === undefined || raw.annotations?.[0] === '*') continue;
      const names = { field: `${struct.name}.${field.name}`, operation: use.by };
      const loaded = fieldStep(
        home,
        field,
        'load',
        `nothing stands between ${field.name} and the unbinding of the device`,
      );
      facts.push({ kind: 'unfenced-use', at: use.step.at, names, story: [loaded, use.step], certainty: 'must' });
      const registered = registrationOf(impl.type, context, units);
      if (registered === undefined) continue;
      const gone: Step = {
        kind: 'unregister',
        at: registered.at,
        text: `dropping it stops new files, not ${registered.goesOn}`,
      };
      facts.push({
        kind: 'unfenced-registration',
        at: registered.at,
        names: { ...names, registration: registered.name },
        story: [gone, use.step],
        certainty: 'must',
      });
    }
  }
  return facts;
}

const OPERATIONS: ReadonlySet<Context> = new Set(['file-operation', 'release']);
const WORK: ReadonlySet<Context> = new Set(['work']);

/** Nothing cancels a work item: registers that it holds may be gone when it runs. */
function workFacts(context: RustContext, units: readonly SourceUnit[]): readonly RevocableFact[] {
  return units.flatMap((unit) =>
    unit.ir.structs.flatMap((struct) =>
      struct.fields.flatMap((field): RevocableFact[] => {
        const raw = unfencedPart(field.type, context);
        if (raw === undefined || context.program.findKernelType(raw)?.resource !== 'mmio') return [];
        const use = useInOperation(struct.name, field.name, context, WORK);
        if (use === undefined) return [];
        const loaded = fieldStep(unit, field, 'load', `${field.name} goes with the binding of the device`);
        const names = { field: `${struct.name}.${field.name}`, operation: use.by };
        return [{ kind: 'unfenced-use', at: use.step.at, names, story: [loaded, use.step], certainty: 'must' }];
      }),
    ),
  );
}

/** A registration that is never dropped stops nothing, whatever goes. */
function forgotten(context: RustContext, units: readonly SourceUnit[]): readonly RevocableFact[] {
  const calls = context.linker.functions.flatMap((linked) =>
    callsWith(linked, 'forget').flatMap((one) => {
      const [value] = one.call.args;
      const type = value === undefined ? undefined : context.linker.typeOf(value, linked);
      const row = type === undefined ? undefined : registrationIn(type, context);
      if (row === undefined) return [];
      const step = stepAt(linked, one.call.span, 'store', 'from here on nothing unregisters it');
      return [fact('registration-forgotten', linked, one, one.call.span, { registration: row.name }, [step])];
    }),
  );
  const fields = units.flatMap((unit) =>
    unit.ir.structs.flatMap((struct) =>
      struct.fields.flatMap((field): RevocableFact[] => {
        const kept =
          context.program.findKernelType(field.type)?.neverDrops === true ? field.type.arguments?.[0] : undefined;
        const row = kept === undefined ? undefined : registrationIn(kept, context);
        if (row === undefined) return [];
        const story = [fieldStep(unit, field, 'store', 'this is not dropped with the struct')];
        const names = { registration: row.name, struct: struct.name };
        return [
          { kind: 'registration-forgotten', at: { file: unit.path, span: field.span }, names, story, certainty: 'may' },
        ];
      }),
    ),
  );
  return [...calls, ...fields];
}

/** A pointer that nobody revokes, or a resource without a revocable around it. */
function unfencedPart(type: TypeRef, context: RustContext, depth = 0): TypeRef | undefined {
  if (depth > 5) return undefined;
  if (type.annotations?.[0] === '*') return type;
  const row = context.program.findKernelType(type);
  if (row?.resource !== undefined) return type;
  if (row?.revocable === true) return undefined;
  const passes = row?.derefs !== undefined || type.base === 'Option';
  const [inner] = type.arguments ?? [];
  return passes && inner !== undefined ? unfencedPart(inner, context, depth + 1) : undefined;
}

/** The field that holds the registration of these operations. */
function registrationOf(
  operations: TypeRef,
  context: RustContext,
  units: readonly SourceUnit[],
): { readonly at: Location; readonly name: string; readonly goesOn: string } | undefined {
  for (const unit of units) {
    for (const field of unit.ir.structs.flatMap((struct) => struct.fields)) {
      const row = registrationIn(field.type, context);
      if (row?.registration?.goesOn === undefined || !mentions(field.type, operations.base)) continue;
      return { at: { file: unit.path, span: field.span }, name: row.name, goesOn: row.registration.goesOn };
    }
  }
  return undefined;
}

export function mentions(type: TypeRef, base: string): boolean {
  return type.base === base || (type.arguments ?? []).some((one) => mentions(one, base));
}

/** The first use of a field in a function that runs for open files. */
function useInOperation(
  type: string,
  field: string,
  context: RustContext,
  contexts = OPERATIONS,
): { readonly step: Step; readonly by: string; readonly operation: string; readonly operationFn: string } | undefined {
  for (const linked of context.linker.functions) {
    const root = context.rootsOf(linked).find(({ context: why }) => contexts.has(why));
    if (root === undefined) continue;
    for (const one of linked.calls.values()) {
      const [receiver] = one.call.args;
      if (receiver?.kind !== 'address' && receiver?.kind !== 'read') continue;
      const { root: from, steps } = receiver.place;
      const at = steps.findIndex((step) => step.kind === 'field' && step.name === field);
      if (at < 0) continue;
      const holder = context.linker.typeOf({ kind: 'read', place: { root: from, steps: steps.slice(0, at) } }, linked);
      const found =
        holder === undefined ? undefined : context.program.findField(holder, field, linked.fn.ir.method?.type);
      if (found?.holder.base !== type) continue;
      const step = stepAt(
        linked,
        one.call.span,
        'use',
        `${root.by}() uses ${field}, whether the device is there or not`,
      );
      const operationFn = root.fn.fn.ir.name;
      const operation = operationFn.slice(operationFn.lastIndexOf(':') + 1);
      return { step, by: `${root.by}()`, operation, operationFn };
    }
  }
  return undefined;
}

/** Operations of a device node whose registration does not pin the module. */
function ownerFacts(context: RustContext, units: readonly SourceUnit[]): readonly RevocableFact[] {
  if (context.knowledge.rust.pinsModule) return [];
  const registers = context.linker.functions.flatMap((linked) =>
    callsWith(linked, 'register').map((one) => ({ linked, one })),
  );
  if (registers.length === 0) return [];
  return context.program.impls.flatMap(({ impl, unit }) => {
    const table = impl.trait === undefined ? undefined : context.knowledge.rust.findTrait(pathOfType(impl.trait));
    if (!units.includes(unit) || impl.trait === undefined || table === undefined) return [];
    if (!Object.values(table.roles).some((role) => role.context === 'open')) return [];
    const [first] = registers;
    return [
      {
        kind: 'owner-missing' as const,
        at: { file: unit.path, span: { start: impl.span.start, end: Math.min(impl.span.end, impl.span.start + 4) } },
        names: { operations: `${impl.trait.base} for ${spellRustType(impl.type)}` },
        story:
          first === undefined
            ? []
            : [stepAt(first.linked, first.one.call.span, 'store', 'the node is made here, without an owner')],
        certainty: 'must' as const,
      },
    ];
  });
}

/** Where the driver's data goes before devres: what devres unregisters later must not reach into it. */
function registeredBeyondData(context: RustContext): readonly RevocableFact[] {
  if (!context.knowledge.rust.dropsDataFirst) return [];
  return context.linker.functions.flatMap((linked) =>
    callsWith(linked, 'devres-register').flatMap((one) => {
      const type = one.call.args
        .map((value) => context.linker.typeOf(value, linked))
        .find((each) => each !== undefined && context.program.findStruct(each.base) !== undefined);
      const struct = type === undefined ? undefined : context.program.findStruct(type.base);
      const pointer = struct?.fields.find((field) => field.type.annotations?.[0] === '*');
      if (struct === undefined || pointer === undefined) return [];
      return [
        fact(
          'registered-beyond',
          linked,
          one,
          one.call.span,
          { call: nameOf(one), struct: struct.name, field: pointer.name },
          [stepAt(linked, one.call.span, 'store', `${struct.name} is dropped by devres, after the data of the driver`)],
          'may',
        ),
      ];
    }),
  );
}
