/** The stop that comes too late, moved before what it has to precede. */
import type { Fix, FixContext } from '../rule.ts';
import type { Statement } from './c-text.ts';
import { indentAt, maskC, statementAt } from './c-text.ts';
import type { Edits } from './edits.ts';
import { asResult, insertion, lineStart, replacement } from './edits.ts';
import { callNameAt, orderFactOf } from './order-text.ts';

/** Words that make a path of their own: what stands behind them is not reached by all. */
const LEAVES = /\b(?:return|goto|break|continue|if|else|for|while|switch|case|default)\b|^\s*\w+:/m;

export const moveStop: Fix = {
  title: (ctx) => `Call ${orderFactOf(ctx)?.other ?? ''}() first`,
  safety: 'review',
  offered: (ctx) => orderFactOf(ctx)?.stopAt !== undefined,
  edit: (ctx) => {
    const fact = orderFactOf(ctx);
    if (fact?.stopAt === undefined || fact.stopAt.file !== fact.at.file) return { kind: 'none' };
    return asResult(moved(ctx, fact.at.file, fact.at.span.start, fact.stopAt.span.start, fact.other), ctx.text);
  },
};

function moved(ctx: FixContext, file: string, before: number, from: number, name: string): Edits {
  const text = ctx.text(file);
  const mask = maskC(text);
  const first = statementAt(mask, before);
  const stop = statementAt(mask, from);
  if (first === undefined || stop === undefined || !isWhole(text, first) || !isWhole(text, stop))
    return { refused: 'one of the two calls is part of a larger statement' };
  if (callNameAt(text, from) !== name) return { refused: `${name}() is called deeper down` };
  const between = mask.slice(first.span.end, stop.span.start);
  if (from < before || LEAVES.test(between) || /[{}]/.test(between) || indentAt(text, before) !== indentAt(text, from))
    return { refused: 'not every path goes through both calls' };
  const code = text.slice(stop.span.start, stop.span.end);
  for (const [word] of code.matchAll(/\b[A-Za-z_]\w*\b/g))
    if (new RegExp(`\\b${word}\\b\\s*=[^=]`).test(between)) return { refused: `${word} is set in between` };
  const start = lineStart(text, stop.span.start);
  const end = text.indexOf('\n', stop.span.end) + 1;
  return {
    edits: [
      insertion(file, first.span.start, `${code}\n${indentAt(text, before)}`),
      replacement(file, { start, end: end === 0 ? text.length : end }, ''),
    ],
  };
}

/** Alone on its lines, in a block of its own right. */
function isWhole(text: string, { span, form }: Statement): boolean {
  const start = lineStart(text, span.start);
  const rest = /^[^\n]*/.exec(text.slice(span.end))?.[0] ?? '';
  return form === 'plain' && text.slice(start, span.start).trim() === '' && rest.trim() === '';
}
