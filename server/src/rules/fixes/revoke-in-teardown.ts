/** The revoke that teardown lacks: right after the call that unregisters a node, or first of all where there is none. */
import type { RevocableGeneration } from '../../knowledge/revocable-generations.ts';
import type { Fix, FixContext } from '../rule.ts';
import type { NamedCall, PlacedFunction } from './driver-shape.ts';
import { callsOf, functionNamed, holderIn, pathOf, structNamed } from './driver-shape.ts';
import type { Edits } from './edits.ts';
import { asResult, combine, insertAfter } from './edits.ts';
import { coreOf, factOf, nameFor } from './revocable-text.ts';

export const revokeInTeardown: Fix = {
  title: 'Revoke the provider in teardown',
  safety: 'review',
  preferred: () => true,
  offered: () => true,
  edit: (ctx) => {
    const fact = factOf(ctx);
    const core = coreOf(ctx);
    if (fact?.kind !== 'never-revoked' || core === undefined) return { kind: 'none' };
    const [, type, field] = /^(\w+)\.(\w+)$/.exec(fact.names.provider ?? '') ?? [];
    if (type === undefined || field === undefined)
      return { kind: 'disabled', reason: 'the provider is in no member of a struct' };
    return asResult(revokes(ctx, core, `struct ${type}`, field, isEmbedded(ctx, `struct ${type}`, field)), ctx.text);
  },
};

/** The provider is a member, not a pointer to one. */
function isEmbedded({ module }: FixContext, type: string, field: string): boolean {
  const declared = structNamed(module, type)?.struct.fields.find(({ name }) => name === field);
  return declared?.type.pointers === 0 && declared.type.array !== true;
}

function revokes(ctx: FixContext, core: RevocableGeneration, type: string, field: string, embedded: boolean): Edits {
  const revoke = nameFor(core, 'revoke');
  const places = unregisterCalls(ctx);
  if (revoke === undefined) return { refused: 'this generation has no call that revokes' };
  if (places.length === 0) return { refused: 'no call that unregisters a node was found in teardown' };
  return combine(
    places.map(({ place, call }) => () => {
      const named = call.args.map(pathOf).find((path) => path !== undefined)?.local;
      const holder = holderIn(ctx.module, place.fn, type, named);
      if (holder === undefined) return { refused: `${place.fn.ir.name}() holds no pointer to ${type}` };
      const member = `${holder.prefix}${field}`;
      const { path } = place.unit;
      const line = `${revoke}(${embedded || core.rcuProvider ? `&${member}` : member});`;
      return insertAfter(path, ctx.text(path), call.span.start, [line]);
    }),
  );
}

/** Where teardown, and not an error path of probe, unregisters the module's nodes. */
function unregisterCalls({ module, analysis }: FixContext): readonly { place: PlacedFunction; call: NamedCall }[] {
  const seen = new Set<string>();
  return analysis.nodes.flatMap(({ unregister }) => {
    const place = unregister && functionNamed(module, unregister.fn, unregister.at.file);
    const call =
      place &&
      callsOf(place.fn).find(
        ({ span }) => span.start <= unregister.at.span.start && unregister.at.span.start < span.end,
      );
    if (place === undefined || call === undefined || seen.has(`${place.unit.path} ${call.span.start}`)) return [];
    seen.add(`${place.unit.path} ${call.span.start}`);
    return [{ place, call }];
  });
}
