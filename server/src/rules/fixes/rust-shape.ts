/** What fixes ask of Rust sources. */

import type { Span } from '../../base/span.ts';
import { contains } from '../../base/span.ts';
import type { FunctionAt, FunctionIr } from '../../ir/ir.ts';
import type { FixContext } from '../rule.ts';

/** The innermost function or closure around a finding. */
export function rustFunctionAt(ctx: FixContext): FunctionIr | undefined {
  return functionAt(ctx)?.ir;
}

/** Where that function stands in its file. */
export function rustFunctionSpan(ctx: FixContext): Span | undefined {
  const found = functionAt(ctx);
  return found === undefined ? undefined : { start: found.at, end: found.end };
}

function functionAt({ module, finding }: FixContext): FunctionAt | undefined {
  const { file, span } = finding.at;
  const unit = [...module.units, ...module.headers].find((one) => one.path === file);
  if (unit?.ir.language !== 'rust') return undefined;
  return unit.ir.functions
    .filter((fn) => contains({ start: fn.at, end: fn.end }, span.start))
    .sort((a, b) => a.end - a.at - (b.end - b.at))[0];
}
