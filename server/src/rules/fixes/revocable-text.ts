/** Questions about revocable calls in the text of a file. */

import type { RevocableFact } from '../../analysis/revocable/facts.ts';
import type { FunctionAt } from '../../ir/ir.ts';
import { goneAnswers } from '../../knowledge/fix-templates.ts';
import type { RevocableGeneration, RevocableRole } from '../../knowledge/revocable-generations.ts';
import { revocableGenerations } from '../../knowledge/revocable-generations.ts';
import type { FixContext } from '../rule.ts';
import { closingBracket, maskC } from './c-text.ts';

/** The fact that a finding is about. */
export function factOf({ analysis, finding }: FixContext): RevocableFact | undefined {
  return analysis.revocable.find(
    ({ at }) =>
      at.file === finding.at.file && at.span.start === finding.at.span.start && at.span.end === finding.at.span.end,
  );
}

export function functionAt({ module }: FixContext, file: string, offset: number): FunctionAt | undefined {
  const unit = [...module.units, ...module.headers].find((candidate) => candidate.path === file);
  return unit?.ir.functions.find((fn) => fn.at <= offset && offset < fn.end && fn.ir.macro !== true);
}

export function coreOf({ generation }: FixContext): RevocableGeneration | undefined {
  return Object.values(revocableGenerations).find(({ id }) => id === generation.core);
}

export function nameFor(core: RevocableGeneration, role: RevocableRole): string | undefined {
  return core.calls.find((call) => call.role === role)?.name;
}

/** Arguments as written of the call that starts at `start`. */
export function argumentsAt(text: string, start: number): readonly string[] | undefined {
  const mask = maskC(text);
  const open = mask.indexOf('(', start);
  const close = open < 0 ? undefined : closingBracket(mask, open);
  if (close === undefined) return undefined;
  const found: string[] = [];
  let depth = 0;
  let from = open + 1;
  for (let at = open + 1; at <= close; at++) {
    const character = mask[at];
    if (at === close || (character === ',' && depth === 0)) {
      found.push(text.slice(from, at).trim());
      from = at + 1;
    } else if (character === '(' || character === '[' || character === '{') depth++;
    else if (character === ')' || character === ']' || character === '}') depth--;
  }
  return found;
}

/** `return -ENODEV;` in the terms of the function; undefined where it cannot say that the device is gone. */
export function goneAnswer(fn: FunctionAt): string | undefined {
  const { base, pointers } = fn.ir.returns;
  if (pointers > 0) return 'return NULL;';
  if (base === 'void') return 'return;';
  const value = Object.hasOwn(goneAnswers, base) ? goneAnswers[base] : undefined;
  return value === undefined ? undefined : `return ${value};`;
}
