/** What the handler uses is set up before the handler is live: the initialisers that come too late go before the request. */
import { initialisers } from '../../knowledge/fix-templates.ts';
import type { Fix, FixContext } from '../rule.ts';
import { blockEnd, indentAt, maskC, statementAt } from './c-text.ts';
import type { Edits } from './edits.ts';
import { asResult, insertion, lineStart, replacement } from './edits.ts';
import { orderFactOf } from './order-text.ts';
import { functionAt } from './revocable-text.ts';

export const initialiseFirst: Fix = {
  title: (ctx) => `Initialise it before ${orderFactOf(ctx)?.api ?? ''}()`,
  safety: 'review',
  preferred: () => true,
  offered: (ctx) => orderFactOf(ctx)?.defect === 'uninitialised',
  edit: (ctx) => {
    const late = orderFactOf(ctx)?.witness.teardown.at(-1)?.at;
    if (late === undefined) return { kind: 'none' };
    const { at } = ctx.finding;
    if (late.file !== at.file || late.fn !== at.fn)
      return { kind: 'disabled', reason: `${late.fn ?? 'another function'}() initialises it` };
    return asResult(moved(ctx, at.file, at.span.start, late.span.start), ctx.text);
  },
};

/** All of them, not only the first that was found: what comes next would be as late. */
function moved(ctx: FixContext, file: string, request: number, late: number): Edits {
  const text = ctx.text(file);
  const mask = maskC(text);
  const first = statementAt(mask, request);
  const body = functionAt(ctx, file, request);
  if (first === undefined || body === undefined || first.form === 'unbraced')
    return { refused: 'the request is the body of an if or loop without braces' };
  const end = blockEnd(mask, first.head) ?? body.end;
  const calls = [...mask.slice(first.span.end, end).matchAll(INITIALISES)].flatMap((found) => {
    const start = first.span.end + found.index + (found[1]?.length ?? 0);
    const statement = statementAt(mask, start);
    const isAlone = statement?.form === 'plain' && lineOf(text, start).trim() === text.slice(start, statement.span.end);
    const sameBlock = blockEnd(mask, start) === blockEnd(mask, first.head);
    return statement !== undefined && isAlone && sameBlock ? [statement.span] : [];
  });
  if (!calls.some(({ start, end: close }) => start <= late && late < close))
    return { refused: 'what initialises it is more than one call, or may not be reached' };
  if (/^[ \t]*\w+:(?!:)/m.test(mask.slice(first.head, calls.at(-1)?.start)))
    return { refused: 'a label stands between the two' };
  const between = mask.slice(first.head, calls.at(-1)?.start);
  const codes = calls.map(({ start, end: close }) => text.slice(start, close));
  const roots = codes.flatMap((code) =>
    [...maskC(code).matchAll(/(?<![\w.>]\s*)\b[A-Za-z_]\w*\b(?!\s*\()/g)].map(([word]) => word),
  );
  const assigned = roots.find((word) => new RegExp(`(?:^|[^\\w.>])${word}\\s*=[^=]`).test(between));
  if (assigned !== undefined) return { refused: `${assigned} is set in between` };
  const indent = indentAt(text, first.head);
  return {
    edits: [
      insertion(file, first.head, codes.map((code) => `${code}\n${indent}`).join('')),
      ...calls.map((span) => replacement(file, wholeLine(text, span.start, span.end), '')),
    ],
  };
}

const INITIALISES = new RegExp(`(^[ \\t]*)(?:${initialisers.join('|')})\\s*\\(`, 'gm');

function lineOf(text: string, at: number): string {
  const end = text.indexOf('\n', at);
  return text.slice(lineStart(text, at), end < 0 ? text.length : end);
}

function wholeLine(text: string, start: number, end: number): { readonly start: number; readonly end: number } {
  return { start: lineStart(text, start), end: text.indexOf('\n', end) + 1 };
}
