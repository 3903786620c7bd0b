/** What the steps of `fence-operations` need to know of a driver, decided once; each reason why it cannot be fenced is shown to the author. */
import type { Race } from '../../analysis/model.ts';
import type { FunctionAt, StructDeclaration } from '../../ir/ir.ts';
import type { LifetimeTemplate } from '../../knowledge/fence-templates.ts';
import {
  alwaysSucceed,
  countedAllocators,
  dropLater,
  fenceFields,
  fenceTemplate,
  lifetimeTemplates,
  miscPrivateData,
  plainAllocators,
} from '../../knowledge/fence-templates.ts';
import { FILE_OPERATIONS, fsRevocableTemplates, harmlessOperations } from '../../knowledge/fix-templates.ts';
import { Knowledge } from '../../knowledge/lookup.ts';
import type { FixContext } from '../rule.ts';
import { maskC } from './c-text.ts';
import type { CountedObject } from './counted-memory.ts';
import type { NamedCall, PlacedFunction } from './driver-shape.ts';
import { callsOf, functionNamed, pathOf, reachable, structNamed } from './driver-shape.ts';
import { fill } from './edits.ts';
import { callAt } from './fs-revocable-plan.ts';
import type { Node } from './operation-section.ts';
import { objectIn } from './operation-section.ts';

export interface FencePlan extends CountedObject {
  readonly names: { readonly lock: string; readonly gone: string };
  /** An open file holds the object without the fence's doing: open and release have no part in it. */
  readonly isHeld: boolean;
  /** Functions of the table that get the test, once each, with the operation that they are. */
  readonly guarded: readonly (PlacedFunction & { readonly operation: string })[];
  readonly open: PlacedFunction | undefined;
  readonly release: PlacedFunction | undefined;
  /** Release touches the device, which it must not do after it has gone. */
  readonly releaseFenced: boolean;
  /** Calls that unregister the node: teardown's own and those of error paths, which an open fd may have outrun. */
  readonly unregisters: readonly (PlacedFunction & { readonly call: NamedCall })[];
}

/** Calls that put other operations before the driver's own. */
const REPLACING: ReadonlySet<string> = new Set(
  fsRevocableTemplates.flatMap(({ call }) => /^\w+/.exec(call)?.[0] ?? []),
);

interface Refusal {
  readonly refused: string;
}

export function fencePlan(ctx: FixContext, node: Node): FencePlan | Refusal {
  const { unregister } = node;
  if (unregister === undefined) return { refused: 'no unregister call was found after which the flag could be set' };
  const closed = kindGate(node) ?? mappingGate(node);
  if (closed !== undefined) return { refused: closed };

  const register = functionNamed(ctx.module, node.register.fn, node.register.at.file);
  const call = register && callAt(register, node.register.at);
  const embedded = call?.args.map(pathOf).find((found) => found !== undefined && found.fields !== '');
  const local = embedded === undefined ? undefined : register?.fn.ir.locals[embedded.local];
  // What is registered with the interface itself is found again through its data.
  const pointed = node.kind === 'usb' ? node.privateType : undefined;
  const struct = structNamed(ctx.module, (local?.pointers === 1 ? local.base : pointed) ?? '');
  if (register === undefined || call === undefined || struct === undefined) {
    return { refused: 'the node is not part of an object of its own, which an open file could hold' };
  }
  const member = local?.pointers === 1 ? (embedded?.fields ?? '') : '';
  const type = struct.struct.name;
  const file = register.unit.path;
  const text = ctx.text(file);

  const keeps = keeperOf(ctx, node, type);
  if ('refused' in keeps) return keeps;
  const allocation = allocationOf(ctx, type, node.kind === 'cdev' || keeps.template === undefined);
  if ('refused' in allocation) return allocation;
  const functions = operationsOf(ctx, node, type);
  if ('refused' in functions) return functions;
  const unregisters = unregistersOf(ctx, node, type, member);
  const replaces = functions.open && callsOf(functions.open.fn).find((made) => REPLACING.has(made.name));
  if (replaces !== undefined) return { refused: `open already guards the file with ${replaces.name}()` };
  const away = [allocation, ...functions.guarded, functions.open, functions.release, ...unregisters].find(
    (place) => place !== undefined && place.unit.path !== file,
  );
  if (away !== undefined) return { refused: `${away.fn.ir.name}() stands in another file than the registration` };
  const late =
    apartGate(node) ?? orderGate(node) ?? lockGate(unregisters) ?? selfGate(ctx, functions.guarded, unregisters);
  if (late !== undefined) return { refused: late };

  const lifetime = keeps.template;
  const count = freeField(struct.struct, lifetime?.field.names ?? ['']);
  const lock = freeField(struct.struct, fenceFields.lock.names);
  const gone = freeField(struct.struct, fenceFields.gone.names);
  if (count === undefined || lock === undefined || gone === undefined) {
    return { refused: `${type} already has fields of a fence` };
  }
  const prefix = freePrefix(ctx, type, lifetime);
  if (prefix === undefined) return { refused: `functions that free and put a ${type} are already there` };
  const { guarded, open, release, releaseFenced } = functions;
  return {
    ctx,
    node,
    file,
    text,
    mask: maskC(text),
    type,
    member,
    prefix,
    lifetime,
    count,
    names: { lock, gone },
    initialise: [fenceTemplate.initialise],
    isHeld: node.kind === 'cdev' || keeps.template === undefined,
    allocation,
    users: [open, release].flatMap((place) => place ?? []),
    register: { ...register, call },
    guarded,
    open,
    release,
    releaseFenced,
    unregisters,
  };
}

export function freeField(struct: StructDeclaration, wanted: readonly string[]): string | undefined {
  return wanted.find((candidate) => struct.fields.every((field) => field.name !== candidate));
}

/** What makes the object outlive the open files: nothing where the device that the cdev holds frees it. */
function keeperOf(
  ctx: FixContext,
  node: Node,
  type: string,
): { readonly template: LifetimeTemplate | undefined } | Refusal {
  if (node.kind !== 'cdev')
    return { template: isHeldByFiles(ctx, node, type) ? undefined : lifetimeTemplates['per-file'] };
  if (pinsCdev(ctx, node)) {
    const isHeld = ctx.analysis.objects.find((object) => object.type === type)?.owner === 'refcount';
    return isHeld
      ? { template: undefined }
      : { refused: `what the cdev holds does not free ${type}, which has to live until the last close` };
  }
  return { template: lifetimeTemplates['by-cdev'] };
}

/** Open takes a reference that keeps the object, and release drops one. */
function isHeldByFiles(ctx: FixContext, node: Node, type: string): boolean {
  const { open, release } = node.operations.entries;
  // A reference on something else keeps what devres frees from nothing.
  if (ctx.analysis.objects.find((object) => object.type === type)?.owner !== 'refcount') return false;
  const does = (name: string | undefined, verbs: readonly string[]): boolean =>
    reachable(ctx.module, name ?? '').some(({ fn }) =>
      callsOf(fn).some((call) => {
        const path = call.args.map(pathOf).find((found) => found !== undefined);
        const isOn = path !== undefined && fn.ir.locals[path.local]?.base === type;
        const known = isOn ? Knowledge.builtin().findFunction(call.name) : undefined;
        return known?.does.some((effect) => verbs.includes(effect.verb)) === true;
      }),
    );
  return does(open, ['takesRef', 'increments']) && does(release, ['dropsRef']);
}

/** The cdev is tied to something that it holds already. */
export function pinsCdev(ctx: FixContext, node: Node): boolean {
  const pins = (name: string): boolean =>
    Knowledge.builtin()
      .findFunction(name)
      ?.does.some((effect) => effect.verb === 'pins') === true;
  return reachable(ctx.module, node.register.fn).some(({ fn }) => callsOf(fn).some(({ name }) => pins(name)));
}

/** Only an unregister call that waits for an open in progress lets open take a reference. */
function kindGate(node: Node): string | undefined {
  const api = node.unregister?.api ?? '';
  const fence = Knowledge.builtin()
    .findFunction(api)
    ?.does.find((effect) => effect.verb === 'unpublishes')?.fence;
  if (node.kind === 'cdev') return undefined;
  if (fence?.drainsOpen !== true) {
    return `open can still run after ${api}(), and the node's own memory must outlive the last close: it needs a reference count of its own first`;
  }
  return node.kind === 'misc' || node.kind === 'usb' ? undefined : `nodes of ${api}() find their data in another way`;
}

export function mappingGate(node: Node): string | undefined {
  const mapped = Object.keys(node.operations.entries).find((field) => /^mmap/.test(field));
  const indirect = node.races.find(
    (race) => (race.operation === 'open' && node.kind !== 'cdev') || /^mmap /.test(race.operation),
  );
  if (mapped !== undefined) return 'what user space has mapped stays mapped, which no test in an operation can stop';
  return indirect && `${indirect.operation} is not an operation that could be refused`;
}

export function allocationOf(ctx: FixContext, type: string, mayBeCounted: boolean): FencePlan['allocation'] | Refusal {
  const facts = ctx.analysis.objects.find((object) => object.type === type);
  const [site, ...others] = facts?.allocatedAt ?? [];
  if (facts?.owner === 'refcount' && !mayBeCounted)
    return { refused: `${type} already has a reference count, which open would have to take` };
  if (site === undefined || others.length > 0) return { refused: `${type} is not allocated in one place` };
  const place = functionNamed(ctx.module, site.at.fn ?? '', site.at.file);
  const call = place && callAt(place, site.at);
  const isKnown =
    call !== undefined &&
    (facts?.owner === 'devres' ? Object.hasOwn(plainAllocators, call.name) : countedAllocators.includes(call.name));
  if (place === undefined || call === undefined || !isKnown) {
    return {
      refused: `the allocation of ${type} cannot be given a reference count: its owner is ${facts?.owner ?? 'unknown'}`,
    };
  }
  return { ...place, call };
}

type Functions = Pick<FencePlan, 'guarded' | 'open' | 'release' | 'releaseFenced'>;

export function operationsOf(ctx: FixContext, node: Node, type: string): Functions | Refusal {
  const { module } = ctx;
  const knowledge = Knowledge.builtin();
  const guarded = new Map<string, FencePlan['guarded'][number]>();
  let open: PlacedFunction | undefined;
  let release: PlacedFunction | undefined;
  for (const [operation, name] of Object.entries(node.operations.entries)) {
    const context = knowledge.findRole(FILE_OPERATIONS, operation)?.context;
    const place = functionNamed(module, name);
    if (context === 'open') open = place;
    // Where the unregister call waits for it, open finds a device; else it is an operation like others.
    const mayBeLate = node.kind === 'cdev' && place !== undefined && touchesDevice(module, place);
    if (context === 'open' && place !== undefined && !mayBeLate) continue;
    if (context === 'release') release = place;
    else if (place !== undefined) guarded.set(name, guarded.get(name) ?? { ...place, operation });
    else if (!harmlessOperations.includes(name) && node.races.some((race) => race.operation === operation)) {
      return { refused: `${name}() was not found` };
    }
    if (place === undefined && (context === 'open' || context === 'release'))
      return { refused: `${name}() was not found` };
  }
  for (const [name] of guarded) {
    const inner = reachable(module, name).find(({ fn }) => fn.ir.name !== name && guarded.has(fn.ir.name));
    // The inner one takes the lock: a reader that enters twice deadlocks with a writer in between.
    if (inner !== undefined && racesIn(node, name)) {
      return {
        refused: `${name}() uses the device itself and calls ${inner.fn.ir.name}(), which would take the lock again`,
      };
    }
    if (inner !== undefined) guarded.delete(name);
  }
  const caller = callerOutside(module, new Set(guarded.keys()), new Set(Object.values(node.operations.entries)));
  if (caller !== undefined) return { refused: `${caller} calls an operation of the table from elsewhere` };
  const ending = release === undefined ? { fenced: false } : releaseFence(ctx, node, release, type);
  if ('refused' in ending) return ending;
  return { guarded: [...guarded.values()], open, release, releaseFenced: ending.fenced };
}

function racesIn(node: Node, name: string): boolean {
  return node.races.some((race) => race.operationFn === name && race.use.at.fn === name);
}

function callerOutside(
  module: FixContext['module'],
  guarded: ReadonlySet<string>,
  operations: ReadonlySet<string>,
): string | undefined {
  for (const unit of module.units) {
    for (const fn of unit.ir.functions) {
      if (operations.has(fn.ir.name)) continue;
      const called = callsOf(fn).find((call) => guarded.has(call.name));
      if (called !== undefined) return `${fn.ir.name}()`;
    }
  }
  return undefined;
}

/** Effects that are right whether or not the device is there; what has no effect on memory may be a register access. */
const MEMORY_ONLY: ReadonlySet<string> = new Set([
  'acquires',
  'releases',
  'frees',
  'wakes',
  'increments',
  'decrements',
  'maySleep',
  'unlinks',
  'takesRef',
  'dropsRef',
]);

/** Release may run after remove. What touches the device is skipped then; what frees must not be. */
function releaseFence(
  { module }: FixContext,
  node: Node,
  release: PlacedFunction,
  type: string,
): { readonly fenced: boolean } | Refusal {
  const races = node.races.filter((race) => race.operationFn === release.fn.ir.name);
  const frees = effectsOf(module, release).find(({ does }) =>
    does?.some((effect) => effect.verb === 'frees' || effect.verb === 'dropsRef'),
  );
  const touches = touchesDevice(module, release);
  const isOwnMemory = (race: Race): boolean => race.object.name === type;
  if (races.every(isOwnMemory) && (races.length === 0 || !touches)) return { fenced: false };
  if (frees === undefined) return { fenced: true };
  return {
    refused: `${release.fn.ir.name}() frees something in ${frees.name}() and touches the device as well: it has to be taken apart first`,
  };
}

type Effects = NonNullable<ReturnType<Knowledge['findFunction']>>['does'];

/** What the kernel functions do that a function reaches. */
function effectsOf(
  module: FixContext['module'],
  { fn }: PlacedFunction,
): readonly { readonly name: string; readonly does: Effects | undefined }[] {
  const knowledge = Knowledge.builtin();
  return reachable(module, fn.ir.name)
    .flatMap((place) => callsOf(place.fn))
    .filter((call) => functionNamed(module, call.name) === undefined)
    .map((call) => ({ name: call.name, does: knowledge.findFunction(call.name)?.does }));
}

/** It does more than what is right whether or not the device is there. */
function touchesDevice(module: FixContext['module'], place: PlacedFunction): boolean {
  return (
    reachable(module, place.fn.ir.name).some(({ fn }) => callsThroughPointer(fn)) ||
    effectsOf(module, place).some(
      ({ name, does }) =>
        !alwaysSucceed.includes(name) && (does === undefined || does.some((effect) => !MEMORY_ONLY.has(effect.verb))),
    )
  );
}

function callsThroughPointer({ ir }: FunctionAt): boolean {
  return ir.blocks.some(({ operations }) =>
    operations.some((operation) => operation.kind === 'call' && operation.callee.kind !== 'named'),
  );
}

function unregistersOf(ctx: FixContext, node: Node, type: string, member: string): FencePlan['unregisters'] {
  return ctx.module.units.flatMap((unit) =>
    unit.ir.functions.flatMap((fn) =>
      callsOf(fn)
        .filter((call) => {
          const path = call.args.map(pathOf).find((found) => found !== undefined);
          const isHere =
            member === ''
              ? objectIn({ type }, { unit, fn }) !== undefined
              : path !== undefined && fn.ir.locals[path.local]?.base === type && path.fields === member;
          return call.name === node.unregister?.api && isHere;
        })
        .map((call) => ({ unit, fn, call })),
    ),
  );
}

/** The flag goes with the unregister call, which has to be made by what takes the rest away. */
export function apartGate({ races }: Node): string | undefined {
  const apart = races.find(({ witness }) => witness.teardown.every((step) => step.kind !== 'unregister'));
  const { teardown = [] } = apart?.witness ?? {};
  return apart && `${teardown[0]?.at.fn ?? 'teardown'}() takes ${apart.object.name} away while the node stays`;
}

/** What is gone before the unregister call is gone before the flag is set. */
export function orderGate({ races, unregister }: Node): string | undefined {
  const early = races.find(
    ({ object: { death } }) =>
      unregister !== undefined && death.at.fn === unregister.fn && death.at.span.start < unregister.at.span.start,
  );
  return (
    early && `${unregister?.fn}() releases ${early.object.name} before ${unregister?.api}(), which has to come first`
  );
}

/** Operations take the new lock first and the driver's own ones inside it. */
export function lockGate(unregisters: FencePlan['unregisters']): string | undefined {
  if (unregisters.length === 0) return 'the unregister call does not name the node through the object';
  const knowledge = Knowledge.builtin();
  for (const { fn, call } of unregisters) {
    const held: string[] = [];
    for (const before of callsOf(fn).filter((other) => other.span.start < call.span.start)) {
      for (const effect of knowledge.findFunction(before.name)?.does ?? []) {
        if (effect.verb === 'acquires') held.push(before.name);
        else if (effect.verb === 'releases') held.pop();
      }
    }
    if (held.length > 0) return `${fn.ir.name}() unregisters with the lock of ${held.at(-1)}() held`;
  }
  return undefined;
}

/** An operation that unregisters the node would wait for itself. */
export function selfGate(
  ctx: FixContext,
  guarded: FencePlan['guarded'],
  unregisters: FencePlan['unregisters'],
): string | undefined {
  for (const { fn } of guarded) {
    const inner = reachable(ctx.module, fn.ir.name).find((place) => unregisters.some((other) => other.fn === place.fn));
    if (inner !== undefined) return `${fn.ir.name}() calls ${inner.fn.ir.name}(), which would wait for it`;
  }
  return undefined;
}

/** `foo` of `struct foo` where the names that the template defines are free. */
export function freePrefix(
  { module }: FixContext,
  type: string,
  lifetime: LifetimeTemplate | undefined,
): string | undefined {
  const base = type.replace(/^struct /, '');
  const defines = [dropLater.name, ...(lifetime?.defines ?? [])];
  return [base, `${base}_fence`].find((prefix) =>
    defines.every((name) => functionNamed(module, fill(name, { prefix })) === undefined),
  );
}

/** How a function of the table finds the object in the file, or undefined where another object stands in between. */
export function findFrom(plan: FencePlan, file: string): string | undefined {
  const { node, type, open } = plan;
  if (node.privateType === type) return `${file}->private_data`;
  const untouched = node.privateType === undefined && (open === undefined || !writesPrivateData(open));
  return untouched ? findAtOpen(plan, file) : undefined;
}

/** The same at the start of open, when nobody has written to the file yet. */
export function findAtOpen({ type, member, node }: FencePlan, file: string): string | undefined {
  return node.kind !== 'misc' ? undefined : fill(miscPrivateData, { file, type, member });
}

export function writesPrivateData({ fn }: PlacedFunction): boolean {
  return fn.ir.blocks.some((block) =>
    block.operations.some((operation) => {
      const last = operation.kind === 'assign' ? operation.to.steps.at(-1) : undefined;
      return last?.kind === 'field' && last.name === 'private_data';
    }),
  );
}
