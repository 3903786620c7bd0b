/** What fixes ask of Rust sources. */

import { contains } from '../../base/span.ts';
import type { FunctionIr } from '../../ir/ir.ts';
import type { FixContext } from '../rule.ts';

/** The innermost function or closure around a finding. */
export function rustFunctionAt({ module, finding }: FixContext): FunctionIr | undefined {
  const { file, span } = finding.at;
  const unit = [...module.units, ...module.headers].find((one) => one.path === file);
  return unit?.ir.functions
    .filter((fn) => contains({ start: fn.at, end: fn.end }, span.start))
    .sort((a, b) => a.end - a.at - (b.end - b.at))[0]?.ir;
}
