/** What the steps of `insert-fs-revocable` need to know of the driver, decided once. */
import type { Location } from '../../base/span.ts';
import type { FsRevocableTemplate } from '../../knowledge/fix-templates.ts';
import type { FixContext } from '../rule.ts';
import type { Holder, NamedCall, PlacedFunction } from './driver-shape.ts';
import { callsOf, functionNamed, pathOf, structNamed } from './driver-shape.ts';

const FIELD_NAMES = ['rp', 'provider', 'revocable_provider', 'fs_revocable_provider'];

export interface Plan {
  readonly ctx: FixContext;
  readonly template: FsRevocableTemplate;
  /** The struct that holds the provider. */
  readonly type: string;
  readonly fieldName: string;
  readonly open: PlacedFunction;
  readonly register: PlacedFunction & { readonly call: NamedCall };
  readonly unregisterApi: string;
  /** Path of the node object in the holder, where the calls name it: `misc`. */
  readonly nodePath: string | undefined;
  readonly release: string | undefined;
  readonly present: boolean;
}

type Node = NonNullable<FixContext['finding']['node']>;

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
  const named = path && place.fn.ir.locals[path.local]?.base;
  const type = [named, node.privateType].find(
    (candidate) => candidate !== undefined && structNamed(ctx.module, candidate) !== undefined,
  );
  const struct = type === undefined ? undefined : structNamed(ctx.module, type);
  if (type === undefined || struct === undefined) {
    return { refused: 'the object that holds the device was not found' };
  }
  const taken = new Set(struct.struct.fields.map((declared) => declared.name));
  const callName = /^\w+/.exec(template.call)?.[0];
  return {
    ctx,
    template,
    type,
    fieldName: FIELD_NAMES.find((name) => !taken.has(name)) ?? 'fs_provider',
    open,
    register: { ...place, call },
    unregisterApi: node.unregister.api,
    nodePath: named === type && path !== undefined && path.fields !== '' ? path.fields : undefined,
    release: node.operations.entries.release,
    present: callsOf(open.fn).some((made) => made.name === callName),
  };
}

export function callAt({ fn }: PlacedFunction, at: Location): NamedCall | undefined {
  return callsOf(fn).find(
    (call) => call.span.start === at.span.start || (call.span.start <= at.span.start && at.span.end <= call.span.end),
  );
}

export function slotsFor(plan: Plan, holder: Holder): { readonly object: string; readonly member: string } {
  return { object: holder.pointer, member: `${holder.prefix}${plan.fieldName}` };
}
