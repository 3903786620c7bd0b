/** Is a call made on every path on which the function succeeds? */
import type { Value } from '../ir/ir.ts';
import { dominates, dominators } from '../ir/walk.ts';
import { strip } from './cells.ts';
import type { Fn } from './program.ts';

export function onEverySuccess(fn: Fn, callId: number): boolean {
  const { blocks } = fn.ir;
  const home = blocks.findIndex((block) => block.operations.some((o) => o.kind === 'call' && o.id === callId));
  if (home < 0) return false;
  const immediate = dominators(blocks);
  return blocks.every(
    (block, index) =>
      block.end.kind !== 'return' || isErrorNumber(block.end.value) || dominates(immediate, home, index),
  );
}

/** `-ENODEV`: what a function returns when it fails. */
function isErrorNumber(value: Value | undefined): boolean {
  const inner = strip(value);
  return inner?.kind === 'operator' && inner.operator === '-' && inner.operands.length === 1;
}
