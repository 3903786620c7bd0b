/** What the steps of `fence-operations` need to know of a driver, decided once; each reason why it cannot be fenced is shown to the author. */
import type { Race } from '../../analysis/model.ts';
import {
  countedAllocators,
  fenceFields,
  fenceTemplate,
  miscPrivateData,
  plainAllocators,
} from '../../knowledge/fence-templates.ts';
import { FILE_OPERATIONS, fsRevocableTemplates, harmlessOperations } from '../../knowledge/fix-templates.ts';
import { Knowledge } from '../../knowledge/lookup.ts';
import type { FixContext } from '../rule.ts';
import { maskC } from './c-text.ts';
import type { NamedCall, PlacedFunction } from './driver-shape.ts';
import { callsOf, functionNamed, pathOf, reachable, structNamed } from './driver-shape.ts';
import { fill } from './edits.ts';
import { callAt } from './fs-revocable-plan.ts';
import type { Node } from './operation-section.ts';
import { objectIn } from './operation-section.ts';

export interface FencePlan {
  readonly ctx: FixContext;
  readonly node: Node;
  /** The one file that everything stands in. */
  readonly file: string;
  readonly text: string;
  readonly mask: string;
  /** The driver's data: `struct foo`, and where the node lies in it. */
  readonly type: string;
  readonly member: string;
  readonly prefix: string;
  readonly names: { readonly count: string; readonly lock: string; readonly gone: string };
  readonly allocation: PlacedFunction & { readonly call: NamedCall };
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
  const path = call?.args.map(pathOf).find((found) => found !== undefined && found.fields !== '');
  const local = path === undefined ? undefined : register?.fn.ir.locals[path.local];
  const struct = local?.pointers === 1 ? structNamed(ctx.module, local.base) : undefined;
  if (register === undefined || path === undefined || struct === undefined) {
    return { refused: 'the node is not part of an object of its own, which an open file could hold' };
  }
  const type = struct.struct.name;
  const file = register.unit.path;
  const text = ctx.text(file);

  const allocation = allocationOf(ctx, type);
  if ('refused' in allocation) return allocation;
  const functions = operationsOf(ctx, node, type);
  if ('refused' in functions) return functions;
  const unregisters = unregistersOf(ctx, node, type, path.fields);
  const replaces = functions.open && callsOf(functions.open.fn).find((made) => REPLACING.has(made.name));
  if (replaces !== undefined) return { refused: `open already guards the file with ${replaces.name}()` };
  const away = [allocation, ...functions.guarded, functions.open, functions.release, ...unregisters].find(
    (place) => place !== undefined && place.unit.path !== file,
  );
  if (away !== undefined) return { refused: `${away.fn.ir.name}() stands in another file than the registration` };
  const late = orderGate(node) ?? lockGate(unregisters);
  if (late !== undefined) return { refused: late };

  const taken = new Set(struct.struct.fields.map((field) => field.name));
  const name = (wanted: readonly string[]): string | undefined => wanted.find((candidate) => !taken.has(candidate));
  const count = name(fenceFields.count.names);
  const lock = name(fenceFields.lock.names);
  const gone = name(fenceFields.gone.names);
  if (count === undefined || lock === undefined || gone === undefined) {
    return { refused: `${type} already has fields of a fence` };
  }
  const prefix = freePrefix(ctx, type);
  if (prefix === undefined) return { refused: `functions that free and put a ${type} are already there` };
  const names = { count, lock, gone };
  const { guarded, open, release, releaseFenced } = functions;
  const mask = maskC(text);
  const member = path.fields;
  return {
    ctx,
    node,
    file,
    text,
    mask,
    type,
    member,
    prefix,
    names,
    allocation,
    guarded,
    open,
    release,
    releaseFenced,
    unregisters,
  };
}

/** Only an unregister call that waits for an open in progress lets open take a reference. */
function kindGate(node: Node): string | undefined {
  const api = node.unregister?.api ?? '';
  const fence = Knowledge.builtin()
    .findFunction(api)
    ?.does.find((effect) => effect.verb === 'unpublishes')?.fence;
  if (fence?.drainsOpen !== true) {
    return `open can still run after ${api}(), and the node's own memory must outlive the last close: it needs a reference count of its own first`;
  }
  return node.kind === 'misc' ? undefined : `nodes of ${api}() find their data in another way`;
}

function mappingGate(node: Node): string | undefined {
  const mapped = Object.keys(node.operations.entries).find((field) => /^mmap/.test(field));
  const indirect = node.races.find((race) => /^(?:open$|mmap )/.test(race.operation));
  if (mapped !== undefined) return 'what user space has mapped stays mapped, which no test in an operation can stop';
  return indirect && `${indirect.operation} is not an operation that could be refused`;
}

function allocationOf(ctx: FixContext, type: string): FencePlan['allocation'] | Refusal {
  const facts = ctx.analysis.objects.find((object) => object.type === type);
  const [site, ...others] = facts?.allocatedAt ?? [];
  if (facts?.owner === 'refcount')
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

function operationsOf(ctx: FixContext, node: Node, type: string): Functions | Refusal {
  const { module } = ctx;
  const knowledge = Knowledge.builtin();
  const guarded = new Map<string, FencePlan['guarded'][number]>();
  let open: PlacedFunction | undefined;
  let release: PlacedFunction | undefined;
  for (const [operation, name] of Object.entries(node.operations.entries)) {
    const context = knowledge.findRole(FILE_OPERATIONS, operation)?.context;
    const place = functionNamed(module, name);
    if (context === 'open') open = place;
    else if (context === 'release') release = place;
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
  const knowledge = Knowledge.builtin();
  const races = node.races.filter((race) => race.operationFn === release.fn.ir.name);
  const effects = reachable(module, release.fn.ir.name)
    .flatMap(({ fn }) => callsOf(fn))
    .filter((call) => functionNamed(module, call.name) === undefined)
    .map((call) => ({ name: call.name, does: knowledge.findFunction(call.name)?.does }));
  const frees = effects.find(({ does }) =>
    does?.some((effect) => effect.verb === 'frees' || effect.verb === 'dropsRef'),
  );
  const touches = effects.find(
    ({ does }) => does === undefined || does.some((effect) => !MEMORY_ONLY.has(effect.verb)),
  );
  const isOwnMemory = (race: Race): boolean => race.object.name === type;
  if (races.every(isOwnMemory) && (races.length === 0 || touches === undefined)) return { fenced: false };
  if (frees === undefined) return { fenced: true };
  return {
    refused: `${release.fn.ir.name}() frees something in ${frees.name}() and touches the device as well: it has to be taken apart first`,
  };
}

function unregistersOf(ctx: FixContext, node: Node, type: string, member: string): FencePlan['unregisters'] {
  return ctx.module.units.flatMap((unit) =>
    unit.ir.functions.flatMap((fn) =>
      callsOf(fn)
        .filter((call) => {
          const path = call.args.map(pathOf).find((found) => found !== undefined);
          const isHere = path !== undefined && fn.ir.locals[path.local]?.base === type && path.fields === member;
          return call.name === node.unregister?.api && isHere;
        })
        .map((call) => ({ unit, fn, call })),
    ),
  );
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
function lockGate(unregisters: FencePlan['unregisters']): string | undefined {
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

/** `foo` of `struct foo` where `foo_free` and `foo_put` are free names. */
function freePrefix({ module }: FixContext, type: string): string | undefined {
  const base = type.replace(/^struct /, '');
  return [base, `${base}_fence`].find((prefix) =>
    ['free', 'put'].every((suffix) => functionNamed(module, `${prefix}_${suffix}`) === undefined),
  );
}

/** Slots of the templates for an object that `object` points to. */
export function slotsOf(
  plan: Pick<FencePlan, 'type' | 'prefix' | 'names'>,
  object: string,
): Readonly<Record<string, string>> {
  const { type, prefix, names } = plan;
  const slots = { type, prefix, object, ...names };
  return {
    ...slots,
    drop: fill(fenceTemplate.drop, slots),
    take: fill(fenceTemplate.take, slots),
  };
}

/** A name for a variable of that kind, as the driver calls it elsewhere. */
export function objectName(plan: FencePlan): string {
  return objectIn(plan, plan.allocation) ?? 'priv';
}

/** How a function of the table finds the object in the file, or undefined where another object stands in between. */
export function findFrom(plan: FencePlan, file: string): string | undefined {
  const { node, type, open } = plan;
  if (node.privateType === type) return `${file}->private_data`;
  const untouched = node.privateType === undefined && (open === undefined || !writesPrivateData(open));
  return untouched ? findAtOpen(plan, file) : undefined;
}

/** The same at the start of open, when nobody has written to the file yet. */
export function findAtOpen({ type, member }: FencePlan, file: string): string {
  return fill(miscPrivateData, { file, type, member });
}

export function writesPrivateData({ fn }: PlacedFunction): boolean {
  return fn.ir.blocks.some((block) =>
    block.operations.some((operation) => {
      const last = operation.kind === 'assign' ? operation.to.steps.at(-1) : undefined;
      return last?.kind === 'field' && last.name === 'private_data';
    }),
  );
}
