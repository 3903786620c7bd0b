/** The early release of an interrupt that devres owns: before what its handler uses, or in place of the plain call. */
import type { OrderFact } from '../../analysis/teardown-order/facts.ts';
import { earlyReleases } from '../../knowledge/fix-templates.ts';
import type { Fix, FixContext } from '../rule.ts';
import { blockEnd, maskC } from './c-text.ts';
import type { NamedCall, PlacedFunction } from './driver-shape.ts';
import { callsOf } from './driver-shape.ts';
import type { Edits } from './edits.ts';
import { asResult, insertBefore, replacement } from './edits.ts';
import { orderFactOf } from './order-text.ts';
import { portExpression } from './port-expression.ts';
import { argumentsAt, functionAt } from './revocable-text.ts';

export const freeHandlerFirst: Fix = {
  title: (ctx) => `Free the interrupt first with ${requestOf(ctx, orderFactOf(ctx))?.release ?? ''}()`,
  safety: 'review',
  preferred: () => true,
  offered: (ctx) => isOf(ctx, 'managed-handler') || isOf(ctx, 'managed-restart'),
  edit: (ctx) => {
    const fact = orderFactOf(ctx);
    if (fact === undefined) return { kind: 'none' };
    const { file, span, fn } = fact.at;
    if (fact.witness.teardown[0]?.at.fn !== fn)
      return { kind: 'disabled', reason: `${fn ?? 'the function'}() may be called before the interrupt is requested` };
    const call = releaseCall(ctx, fact);
    if ('refused' in call) return { kind: 'disabled', reason: call.refused };
    return asResult(insertBefore(file, ctx.text(file), span.start, [`${call.text};`]), ctx.text);
  },
};

export const useManagedRelease: Fix = {
  title: (ctx) => `Free it with ${requestOf(ctx, orderFactOf(ctx))?.release ?? ''}()`,
  safety: 'review',
  preferred: () => true,
  offered: (ctx) => isOf(ctx, 'plain-release'),
  edit: (ctx) => {
    const fact = orderFactOf(ctx);
    if (fact === undefined) return { kind: 'none' };
    const call = releaseCall(ctx, fact);
    if ('refused' in call) return { kind: 'disabled', reason: call.refused };
    const { file, span } = fact.at;
    return asResult({ edits: [replacement(file, span, call.text)] }, ctx.text);
  },
};

function isOf(ctx: FixContext, defect: OrderFact['defect']): boolean {
  const fact = orderFactOf(ctx);
  return fact?.defect === defect && requestOf(ctx, fact) !== undefined;
}

interface Request extends PlacedFunction {
  readonly call: NamedCall;
  readonly release: string;
  /** Arguments of the release, as the request has them. */
  readonly args: readonly string[];
}

/** The one call that installs the handler; undefined where there are several. */
function requestOf(ctx: FixContext, fact: OrderFact | undefined): Request | undefined {
  const handler = new RegExp(`^&?${fact?.callback ?? ''}$`);
  const found = ctx.module.units.flatMap((unit) =>
    unit.ir.functions.flatMap((fn) =>
      callsOf(fn).flatMap((call): Request[] => {
        const early = Object.hasOwn(earlyReleases, call.name) ? earlyReleases[call.name] : undefined;
        if (early === undefined) return [];
        const written = argumentsAt(ctx.text(unit.path), call.span.start) ?? [];
        if (!written.some((argument) => handler.test(argument))) return [];
        return [{ unit, fn, call, release: early.release, args: early.args.map((index) => written[index] ?? '') }];
      }),
    ),
  );
  return found.length === 1 ? found[0] : undefined;
}

function releaseCall(
  ctx: FixContext,
  fact: OrderFact,
): { readonly text: string } | Extract<Edits, { refused: string }> {
  const request = requestOf(ctx, fact);
  const target = functionAt(ctx, fact.at.file, fact.at.span.start);
  if (request === undefined || target === undefined) return { refused: 'the request was not found' };
  const mask = maskC(ctx.text(request.unit.path));
  if (blockEnd(mask, request.call.span.start) !== request.fn.end - 1)
    return { refused: `${request.call.name}() is called under a condition` };
  const ported = request.args.map((argument) => portExpression(ctx, argument, request, target));
  const lost = request.args.find((_, index) => ported[index] === undefined);
  if (lost !== undefined) return { refused: `${target.ir.name}() has no name for ${lost}` };
  return { text: `${request.release}(${ported.join(', ')})` };
}
