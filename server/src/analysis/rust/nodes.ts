/**
 * Device nodes of Rust modules: a type that implements a trait of file operations, what registers it, what ends the registration,
 * and whether what open files hold is fenced. The registration goes with the struct that holds it, and that with its owner.
 */
import type { ImplDeclaration, StructDeclaration, TypeRef } from '../../ir/ir.ts';
import type { RustTypeContract } from '../../knowledge/rust-schema.ts';
import type { Context, DriverFacts, TableContract } from '../../knowledge/schema.ts';
import type { CallSite, DeviceNode, ModuleInput, Race, SourceUnit, Step, TeardownContext } from '../model.ts';
import type { RustContext } from './context.ts';
import { roleOf as roleOfCall } from './context.ts';
import { locate } from './describe.ts';
import type { LinkedCall, LinkedFn } from './link.ts';
import type { FileDataUse } from './registration-facts.ts';
import { fileDataOf, mentions, registrationIn, usesOfFileData } from './registration-facts.ts';
import { pathOfType, spellRustType } from './types.ts';

export function rustNodes(context: RustContext, input: ModuleInput): readonly DeviceNode[] {
  const units = input.units.filter((unit) => unit.ir.language === 'rust');
  return context.program.impls.flatMap(({ impl, unit }) => {
    const table = impl.trait === undefined ? undefined : context.knowledge.rust.findTrait(pathOfType(impl.trait));
    if (table === undefined || !units.includes(unit) || !isOpened(table)) return [];
    return [nodeOf(impl, unit, table, context, input)];
  });
}

function isOpened(table: TableContract): boolean {
  return Object.values(table.roles).some((role) => role.context === 'open');
}

function nodeOf(
  impl: ImplDeclaration,
  unit: SourceUnit,
  table: TableContract,
  context: RustContext,
  input: ModuleInput,
): DeviceNode {
  const held = holderOf(impl.type, context, input.units);
  const call = registerCall(held?.row, impl.type, context);
  const owners = held === undefined ? [] : ownersOf(held.struct.name, context);
  const drivers = call === undefined ? owners : [...owners, ...driversOf(call.linked, context)];
  const uses = usesOfFileData(impl, context, input.units);
  const end = held === undefined ? call?.devres : endOf(held);
  const races = uses.map((use) => raceOf(use, end));
  const ownerMissing = !context.knowledge.rust.pinsModule && input.builtin !== true;
  const isVulnerable = races.length > 0 || ownerMissing;
  const evidence = isVulnerable ? [] : fencesOf(impl, context, input.units);
  const name = `${impl.trait?.base ?? table.struct} for ${spellRustType(impl.type)}`;
  const contexts = new Set<Context>(Object.keys(entriesOf(impl, table)).map((field) => roleOf(table, field)));
  const teardown = teardownOf(drivers);
  return {
    id: `${unit.path}:${impl.type.base}:${name}:${impl.span.start}`,
    kind: table.serves ?? 'misc',
    language: 'rust',
    register: call?.site ?? { api: name, at: { file: unit.path, span: headOf(impl) }, fn: '' },
    ...(end === undefined ? {} : { unregister: end }),
    operations: { name, entries: entriesOf(impl, table), owner: ownerMissing ? 'missing' : 'set' },
    openFn: `${impl.type.base}::open`,
    ...privateOf(impl, context, input.units),
    teardown,
    contexts: [...contexts],
    triggers: [...new Set(drivers.flatMap((driver) => driver.triggers))],
    verdict: isVulnerable ? 'vulnerable' : 'safe',
    fences: isVulnerable ? [] : evidence.length > 0 ? ['revocable'] : ['no-state'],
    evidence,
    races,
    ownerMissing,
    blockingWaits: [],
    unknowns: [],
  };
}

function endOf({ row, struct, field, unit }: Holder): CallSite {
  return { api: `drop of ${row.name}`, at: { file: unit.path, span: field.span }, fn: `${struct.name}::drop` };
}

function headOf({ span }: ImplDeclaration): { readonly start: number; readonly end: number } {
  return { start: span.start, end: Math.min(span.end, span.start + 'impl'.length) };
}

function entriesOf(impl: ImplDeclaration, table: TableContract): Readonly<Record<string, string>> {
  return Object.fromEntries(
    impl.functions.filter((name) => name in table.roles).map((name) => [name, `${impl.type.base}::${name}`]),
  );
}

function roleOf(table: TableContract, field: string): Context {
  return table.roles[field]?.context ?? 'file-operation';
}

interface Holder {
  readonly row: RustTypeContract;
  readonly struct: StructDeclaration;
  readonly field: StructDeclaration['fields'][number];
  readonly unit: SourceUnit;
}

/** The field that keeps the registration of these operations. */
function holderOf(operations: TypeRef, context: RustContext, units: readonly SourceUnit[]): Holder | undefined {
  const fields = units.flatMap((unit) =>
    unit.ir.structs.flatMap((struct) => struct.fields.map((field) => ({ unit, struct, field }))),
  );
  for (const { unit, struct, field } of fields) {
    const row = registrationIn(field.type, context);
    if (row?.registration?.of !== 'device-node') continue;
    // One that is generic over something else, as over the driver, is told by being the only one.
    if (mentions(field.type, operations.base) || row.registration.goesOn === undefined)
      return { row, struct, field, unit };
  }
  return undefined;
}

interface Registered {
  readonly linked: LinkedFn;
  readonly site: CallSite;
  /** Where the registration is handed to devres. */
  readonly devres?: CallSite;
}

/** The call that makes the registration: a function of its type. */
function registerCall(
  row: RustTypeContract | undefined,
  operations: TypeRef,
  context: RustContext,
): Registered | undefined {
  const found = context.linker.functions.flatMap((linked) =>
    [...linked.calls.values()].flatMap((one) => {
      const type = registrationOf(one, context);
      return type === undefined || (row !== undefined && type !== row) ? [] : [{ linked, one }];
    }),
  );
  const [first] = found;
  const chosen =
    found.find(({ one }) => one.call.callee.kind === 'named' && one.call.callee.name.includes(operations.base)) ??
    first;
  if (chosen === undefined) return undefined;
  const { linked, one } = chosen;
  const callee = one.call.callee.kind === 'named' ? one.call.callee.name : '';
  const api = callee.split('::').slice(-2).join('::');
  const site: CallSite = { api, at: locate(linked, one.call.span), fn: linked.fn.ir.name };
  return { linked, site, ...(roleOfCall(one) === 'devres-register' ? { devres: { ...site, api: 'devres' } } : {}) };
}

function registrationOf({ call }: LinkedCall, context: RustContext): RustTypeContract | undefined {
  const at = call.callee.kind === 'named' ? call.callee.name.lastIndexOf('::') : -1;
  if (at < 0 || call.callee.kind !== 'named') return undefined;
  const row = context.knowledge.rust.findType(call.callee.name.slice(0, at));
  return row?.registration?.of === 'device-node' ? row : undefined;
}

/** The driver or module whose data a struct is part of, directly or not. */
function ownersOf(struct: string, context: RustContext, seen: ReadonlySet<string> = new Set()): readonly DriverFacts[] {
  if (seen.has(struct)) return [];
  const next = new Set([...seen, struct]);
  const own = context.program.impls.flatMap(({ impl }) => {
    const holds = impl.type.base === struct || Object.values(impl.types).some((type) => mentions(type, struct));
    return holds ? driverFacts(impl, context) : [];
  });
  const holders = context.program.structsWith((type) => mentions(type, struct));
  return [...own, ...holders.flatMap((one) => ownersOf(one, context, next))];
}

/** A registration that probe makes goes with the binding. */
function driversOf(linked: LinkedFn, context: RustContext): readonly DriverFacts[] {
  const { method } = linked.fn.ir;
  return context.program.impls.flatMap(({ impl }) =>
    method?.trait !== undefined && impl.type.base === method.type.base && impl.trait?.base === method.trait.base
      ? driverFacts(impl, context)
      : [],
  );
}

function driverFacts(impl: ImplDeclaration, context: RustContext): readonly DriverFacts[] {
  const table = impl.trait === undefined ? undefined : context.knowledge.rust.findTrait(pathOfType(impl.trait));
  return table?.driver === undefined ? [] : [table.driver];
}

function teardownOf(drivers: readonly DriverFacts[]): TeardownContext {
  const isModule = drivers.some(({ triggers }) => triggers.length === 1 && triggers[0] === 'module-unload');
  const isDriver = drivers.some(({ triggers }) => triggers.length > 1);
  if (isModule && isDriver) return 'both';
  return isDriver ? 'driver-remove' : isModule ? 'module-exit' : 'none';
}

function raceOf({ at, step, text, resource, operation, operationFn }: FileDataUse, end: CallSite | undefined): Race {
  const death: Step = {
    kind: 'free',
    at,
    text: `${text} belongs to the binding of the device, and goes with it`,
  };
  const stop: Step | undefined =
    end === undefined ? undefined : { kind: 'unregister', at: end.at, text: `the ${end.api} stops new files only` };
  return {
    operation,
    operationFn,
    use: { at: step.at, text: step.text },
    object: { name: text, kind: 'resource', owner: 'devres', death },
    witness: {
      user: [step],
      teardown: [...(stop === undefined ? [] : [stop]), death],
      missing: `nothing stands between ${operation}() and the unbinding of the device`,
    },
    certainty: resource.annotations?.[0] === '*' ? 'may' : 'must',
  };
}

/** Members of an open file's data that have to be asked for. */
function fencesOf(impl: ImplDeclaration, context: RustContext, units: readonly SourceUnit[]): readonly Step[] {
  const data = fileDataOf(impl, context, units);
  return (data?.struct.fields ?? [])
    .filter((field) => isRevocable(field.type, context))
    .map((field) => ({
      kind: 'lock',
      at: { file: data?.home.path ?? '', span: field.span },
      text: `${field.name} gives nothing once the device is unbound`,
    }));
}

function isRevocable(type: TypeRef, context: RustContext): boolean {
  return (
    context.program.findKernelType(type)?.revocable === true ||
    (type.arguments ?? []).some((one) => isRevocable(one, context))
  );
}

function privateOf(
  impl: ImplDeclaration,
  context: RustContext,
  units: readonly SourceUnit[],
): { readonly privateType?: string } {
  const data = fileDataOf(impl, context, units);
  return data === undefined ? {} : { privateType: data.struct.name };
}
