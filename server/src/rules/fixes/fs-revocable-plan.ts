/** What the steps of `insert-fs-revocable` need to know of the driver, decided once. */
import type { Location } from '../../base/span.ts';
import type { FieldDeclaration } from '../../ir/ir.ts';
import type { FsRevocableTemplate } from '../../knowledge/fix-templates.ts';
import { revocableGenerations } from '../../knowledge/revocable-generations.ts';
import type { FixContext } from '../rule.ts';
import { maskC } from './c-text.ts';
import type { Holder, NamedCall, PlacedFunction } from './driver-shape.ts';
import { callsOf, functionNamed, globalPathOf, pathOf, reachable, structNamed } from './driver-shape.ts';

const FIELD_NAMES = ['rp', 'provider', 'revocable_provider', 'fs_revocable_provider'];

export interface Plan {
  readonly ctx: FixContext;
  readonly template: FsRevocableTemplate;
  /** The struct that holds the provider. */
  readonly type: string;
  readonly fieldName: string;
  /** The struct has a provider already, which teardown revokes. */
  readonly hasProvider: boolean;
  /** Providers of other devices that operations use as well, as paths from the object: `bus->rp`. */
  readonly others: readonly string[];
  readonly open: PlacedFunction;
  readonly register: PlacedFunction & { readonly call: NamedCall };
  readonly unregisterApi: string;
  /** Path of the node object in the holder, where the calls name it: `misc`. */
  readonly nodePath: string | undefined;
  readonly release: string | undefined;
  readonly privateType: string | undefined;
  readonly present: boolean;
}

export type Node = NonNullable<FixContext['finding']['node']>;

export function planFor(
  ctx: FixContext,
  node: Node,
  template: FsRevocableTemplate,
): Plan | { readonly refused: string } {
  const openName = node.openFn ?? node.operations.entries.open;
  const open = openName === undefined ? undefined : functionNamed(ctx.module, openName);
  if (open === undefined) return { refused: 'the open function was not found in this module' };
  if (node.unregister === undefined) {
    return { refused: 'no unregister call was found after which the provider could be revoked' };
  }
  const place = functionNamed(ctx.module, node.register.fn, node.register.at.file);
  const call = place && callAt(place, node.register.at);
  if (place === undefined || call === undefined) return { refused: 'the register call was not found' };

  const path = call.args
    .map(pathOf)
    .find((found) => found !== undefined && place.fn.ir.locals[found.local]?.pointers === 1);
  const fixed = call.args.map((value) => globalPathOf(ctx.module, value)).find((found) => found !== undefined);
  const named = path === undefined ? fixed?.type : place.fn.ir.locals[path.local]?.base;
  const fields = (path ?? fixed)?.fields ?? '';
  const type = [named, node.privateType].find(
    (candidate) => candidate !== undefined && structNamed(ctx.module, candidate) !== undefined,
  );
  const struct = type === undefined ? undefined : structNamed(ctx.module, type);
  if (type === undefined || struct === undefined) {
    return { refused: 'the object that holds the device was not found' };
  }
  const provider = /^(struct \w+)/.exec(template.providerType)?.[1] ?? '';
  const isProvider = ({ type: of }: FieldDeclaration): boolean => of.base === provider && of.pointers === 1;
  const own = struct.struct.fields.find(isProvider)?.name;
  if (own !== undefined && !isRevoked(ctx, own)) return { refused: `${type}.${own} is never revoked` };
  const taken = new Set(struct.struct.fields.map((declared) => declared.name));
  const callName = /^\w+/.exec(template.call)?.[0];
  return {
    ctx,
    template,
    type,
    fieldName: own ?? FIELD_NAMES.find((name) => !taken.has(name)) ?? 'fs_provider',
    hasProvider: own !== undefined,
    others: struct.struct.fields.flatMap((field) => {
      const other =
        field.type.pointers === 1 && field.type.base !== type ? structNamed(ctx.module, field.type.base) : undefined;
      const theirs = other?.struct.fields.find(isProvider)?.name;
      return theirs !== undefined && usesField(ctx, node, field.name) ? [`${field.name}->${theirs}`] : [];
    }),
    open,
    register: { ...place, call },
    unregisterApi: node.unregister.api,
    nodePath: named === type && fields !== '' ? fields : undefined,
    release: node.operations.entries.release,
    privateType: node.privateType,
    present: callsOf(open.fn).some((made) => made.name === callName),
  };
}

/** Somewhere in the module, a field of that name is revoked. */
function isRevoked({ module, generation }: FixContext, field: string): boolean {
  const revokes = new Set(
    Object.values(revocableGenerations)
      .filter(({ id }) => generation.core === 'none' || generation.core === id)
      .flatMap(({ calls }) => calls.filter(({ role }) => role === 'revoke').map(({ name }) => name)),
  );
  return module.units.some((unit) =>
    unit.ir.functions.some((fn) =>
      callsOf(fn).some((call) => revokes.has(call.name) && pathOf(call.args[0])?.fields.split('.').at(-1) === field),
    ),
  );
}

/** An operation goes through that pointer of the object. */
function usesField(ctx: FixContext, node: Node, field: string): boolean {
  const through = new RegExp(`->\\s*${field}\\b`);
  return Object.values(node.operations.entries)
    .flatMap((name) => reachable(ctx.module, name))
    .some(({ unit, fn }) => through.test(maskC(ctx.text(unit.path)).slice(fn.at, fn.end)));
}

export function callAt({ fn }: PlacedFunction, at: Location): NamedCall | undefined {
  return callsOf(fn).find(
    (call) => call.span.start === at.span.start || (call.span.start <= at.span.start && at.span.end <= call.span.end),
  );
}

export function slotsFor(plan: Plan, holder: Holder): { readonly object: string; readonly member: string } {
  return { object: holder.pointer, member: `${holder.prefix}${plan.fieldName}` };
}
