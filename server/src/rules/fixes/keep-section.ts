/** One critical section where there were two: the lock that is given up between check and use is kept. */
import type { CheckFact } from '../../analysis/check-then-use/facts.ts';
import { locksOfUnlocks } from '../../knowledge/fix-templates.ts';
import type { Fix, FixContext } from '../rule.ts';
import type { Statement } from './c-text.ts';
import { indentAt, indentUnit, maskC, statementAt } from './c-text.ts';
import { functionNamed } from './driver-shape.ts';
import type { Edits } from './edits.ts';
import { asResult, combine, insertion, lineStart, replacement } from './edits.ts';
import { rustFunctionSpan } from './rust-shape.ts';

export const keepSection: Fix = {
  title: 'Keep the lock from the check to the use',
  // What runs in between runs under the lock then.
  safety: 'review',
  preferred: () => true,
  offered: (ctx) => rustFunctionSpan(ctx) === undefined && factOf(ctx) !== undefined,
  edit: (ctx) => {
    const fact = factOf(ctx);
    return fact === undefined ? { kind: 'none' } : asResult(joined(ctx, fact), ctx.text);
  },
};

function factOf({ analysis, finding }: FixContext): CheckFact | undefined {
  return analysis.checkThenUse.find(
    ({ defect, group, at, reachedAt }) =>
      defect === 'stale-length' &&
      group === finding.group &&
      at.file === finding.at.file &&
      at.span.start === finding.at.span.start &&
      reachedAt !== undefined,
  );
}

function joined(ctx: FixContext, { checkedAt, reachedAt }: CheckFact): Edits {
  const { file } = checkedAt;
  const place = functionNamed(ctx.module, checkedAt.fn ?? '', file);
  if (place === undefined || reachedAt === undefined || reachedAt.file !== file) return NOT_FOUND;
  const text = ctx.text(file);
  const mask = maskC(text);
  const sections = sectionsBetween(mask, checkedAt.span.start, reachedAt.span.start);
  if (sections === undefined) return NOT_FOUND;
  const { unlock, lock } = sections;
  const between = mask.slice(unlock.span.end, lock.span.start);
  const isLevel = indentAt(text, unlock.span.start) === indentAt(text, lock.span.start);
  if (!isAlone(text, unlock) || !isAlone(text, lock) || !isLevel || /\bgoto\b|^\s*\w+:(?!:)/m.test(between))
    return { refused: 'not every path from the check to the use goes through the same two sections' };
  const release = text.slice(unlock.span.start, unlock.span.end);
  const leaves = [...between.matchAll(/\breturn\b/g)].map(({ index }) => unlock.span.end + index);
  return combine([
    () => ({ edits: [removeLine(file, text, unlock), removeLine(file, text, lock)] }),
    ...leaves.map((at) => () => releaseBefore(file, text, mask, at, release)),
  ]);
}

const NOT_FOUND = {
  refused: 'the end of the first section and the start of the second were not found in one function',
};
const CALL = /\b(\w+)\s*(\([^;{}]*\))\s*;/g;

/** The last lock before the use, and the unlock of the same lock before it. */
function sectionsBetween(
  mask: string,
  from: number,
  to: number,
): { readonly unlock: Statement; readonly lock: Statement } | undefined {
  const calls = [...mask.slice(from, to).matchAll(CALL)];
  for (const [at, call] of [...calls.entries()].reverse()) {
    const [, name = '', argument = ''] = call;
    if (!Object.values(locksOfUnlocks).includes(name)) continue;
    const end = calls
      .slice(0, at)
      .findLast((other) => locksOfUnlocks[other[1] ?? ''] === name && other[2] === argument);
    const unlock = end === undefined ? undefined : statementAt(mask, from + end.index);
    const lock = statementAt(mask, from + call.index);
    return unlock?.form === 'plain' && lock?.form === 'plain' ? { unlock, lock } : undefined;
  }
  return undefined;
}

function isAlone(text: string, { span }: Statement): boolean {
  const end = text.indexOf('\n', span.end);
  return text.slice(lineStart(text, span.start), span.start).trim() === '' && text.slice(span.end, end).trim() === '';
}

function removeLine(file: string, text: string, { span }: Statement): ReturnType<typeof replacement> {
  return replacement(file, { start: lineStart(text, span.start), end: text.indexOf('\n', span.end) + 1 }, '');
}

function releaseBefore(file: string, text: string, mask: string, at: number, release: string): Edits {
  const leave = statementAt(mask, at);
  if (leave === undefined || leave.form === 'condition') return { refused: 'a path leaves between the two sections' };
  const indent = indentAt(text, leave.span.start);
  if (leave.form === 'plain') return { edits: [insertion(file, leave.span.start, `${release}\n${indent}`)] };
  const outer = indentAt(text, leave.head);
  const step = indentUnit(text);
  const gap = mask.slice(0, leave.span.start).trimEnd().length;
  const code = text.slice(leave.span.start, leave.span.end);
  const body = ` {\n${outer}${step}${release}\n${outer}${step}${code}\n${outer}}`;
  return { edits: [replacement(file, { start: gap, end: leave.span.end }, body)] };
}
