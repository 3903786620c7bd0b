/** An expression of one function in the terms of another. */
import type { FunctionAt } from '../../ir/ir.ts';
import type { FixContext } from '../rule.ts';
import { maskC } from './c-text.ts';
import type { PlacedFunction } from './driver-shape.ts';

const ROOT = /(?<![\w.]|->)[A-Za-z_]\w*\b(?!\s*\()/g;
const MAX_DEPTH = 3;

/**
 * `text` as `target` would write it: variables of the same name and type stay, others become the variable of the same
 * struct type there, or what they are set to once. Undefined where one of them has no counterpart.
 */
export function portExpression(
  ctx: FixContext,
  text: string,
  source: PlacedFunction,
  target: FunctionAt,
  depth = 0,
): string | undefined {
  let lost = false;
  const ported = text.replace(ROOT, (name) => {
    const type = source.fn.ir.locals[name];
    if (type === undefined) return name;
    const isAlike = (other: typeof type): boolean => other.base === type.base && other.pointers === type.pointers;
    const same = target.ir.locals[name];
    if (same !== undefined && isAlike(same) && (type.pointers > 0 || isParameter(target, name))) return name;
    const alike = Object.entries(target.ir.locals).filter(([other, local]) => isAlike(local) && !/[#$]/.test(other));
    if (type.pointers === 1 && /^struct /.test(type.base) && alike.length === 1) return alike[0]?.[0] ?? name;
    const value = depth < MAX_DEPTH ? onlyValueOf(ctx, name, source) : undefined;
    const inner = value === undefined ? undefined : portExpression(ctx, value, source, target, depth + 1);
    lost ||= inner === undefined;
    return inner ?? name;
  });
  return lost ? undefined : ported;
}

function isParameter(fn: FunctionAt, name: string): boolean {
  return fn.ir.parameters.some((parameter) => parameter.name === name);
}

/** What a local variable is set to, where that happens once. */
function onlyValueOf(ctx: FixContext, name: string, { unit, fn }: PlacedFunction): string | undefined {
  if (isParameter(fn, name)) return undefined;
  const body = maskC(ctx.text(unit.path)).slice(fn.at, fn.end);
  const values = [
    ...body.matchAll(new RegExp(`(?<![\\w.]|->)${name}\\s*=(?!=)\\s*([^;,]*(?:\\([^;]*\\))?)\\s*;`, 'g')),
  ];
  const writes = body.match(new RegExp(`(?<![\\w.]|->)${name}\\s*(?:[-+*/|&^]|<<|>>)?=(?!=)|&${name}\\b`, 'g')) ?? [];
  return values.length === 1 && writes.length === 1 ? values[0]?.[1] : undefined;
}
