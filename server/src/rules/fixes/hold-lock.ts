/** One lock over a stretch of a function: a guard before it, and the sections that the guard takes the place of removed. */
import type { Span, TextEdit } from '../../base/span.ts';
import type { LockForm } from '../../knowledge/fix-templates.ts';
import { closingBracket, indentAt, maskC, statementAt } from './c-text.ts';
import type { PlacedFunction } from './driver-shape.ts';
import type { Edits } from './edits.ts';
import { fill, insertion, lineStart, replacement } from './edits.ts';

export interface LockText {
  readonly form: LockForm;
  /** `priv->lock`. */
  readonly expression: string;
}

/** Takes the lock where all of `places` lie behind, until the block there ends. */
export function holdLock(text: string, placed: PlacedFunction, places: readonly number[], lock: LockText): Edits {
  const mask = maskC(text);
  const name = placed.fn.ir.name;
  const sections = sectionsOf(mask, placed, lock);
  if (sections === undefined)
    return { refused: `${name}() takes ${lock.expression} in a way that a guard cannot replace` };
  const all = [...places, ...sections.map(({ start }) => start)];
  const at = placeOf(mask, placed, all);
  if (at === undefined) return { refused: `${name}() has no place from which all of it could be under one lock` };
  if (jumpsOver(mask, placed, at)) return { refused: `${name}() jumps over the place where the lock would be taken` };
  const file = placed.unit.path;
  const take = fill(lock.form.take, { lock: lock.expression });
  const first = sections.find(({ start }) => start === at);
  const rest = sections.filter((section) => section !== first);
  const edits = rest.map((section) => removal(text, mask, file, section));
  if (edits.some((edit) => edit === undefined))
    return { refused: `${name}() lets go of ${lock.expression} in a way that a guard cannot replace` };
  return {
    edits: [
      first === undefined ? insertion(file, at, `${take}\n${indentAt(text, at)}`) : replacement(file, first, take),
      ...edits.flatMap((edit) => edit ?? []),
    ],
  };
}

/** Statements that take and drop the lock; undefined where the function has another use for it. */
function sectionsOf(mask: string, { fn }: PlacedFunction, { form, expression }: LockText): readonly Span[] | undefined {
  const body = mask.slice(fn.at, fn.end);
  const member = /\w+$/.exec(expression)?.[0] ?? expression;
  const mentions = body.match(new RegExp(`\\b${member}\\b`, 'g'))?.length ?? 0;
  const call = new RegExp(`\\b(?:${form.calls.join('|')})\\s*\\(\\s*&\\s*${escaped(expression)}\\s*\\)\\s*;`, 'g');
  const found = [...body.matchAll(call)].map((match) => statementAt(mask, fn.at + match.index));
  const spans = found.flatMap((statement) => (statement?.form === 'plain' ? [statement.span] : []));
  return spans.length === found.length && spans.length === mentions ? spans : undefined;
}

function escaped(expression: string): string {
  return expression.replace(/[.*+?^${}()|[\]\\]/g, '\\$&').replace(/->/g, '\\s*->\\s*');
}

/** Start of the statement that all places lie in or behind, in the innermost block that holds them all. */
function placeOf(mask: string, { fn }: PlacedFunction, places: readonly number[]): number | undefined {
  const first = Math.min(...places);
  const last = Math.max(...places);
  let at = first;
  for (;;) {
    const start = headOfChain(mask, at);
    if (start === undefined || start <= fn.at) return undefined;
    const open = openBrace(mask, start, fn.at);
    const close = open === undefined ? undefined : closingBracket(mask, open);
    if (open === undefined || close === undefined) return undefined;
    if (last < close && !isSwitchBody(mask, open, start)) return start;
    at = open;
  }
}

/** Start of the statement at `offset`; for an `else`, that of its `if`. */
function headOfChain(mask: string, offset: number): number | undefined {
  let head = mask[offset] === '{' ? headBefore(mask, offset) : statementAt(mask, offset)?.head;
  while (head !== undefined && /^else\b/.test(mask.slice(head, head + 5))) {
    const before = mask.slice(0, head).trimEnd().length - 1;
    if (mask[before] !== '}') return undefined;
    const open = openOf(mask, before);
    head = open === undefined ? undefined : headBefore(mask, open);
  }
  return head;
}

/** Start of the statement whose block opens at `open`: `if (…) {`, `switch (…) {`, or a block of its own. */
function headBefore(mask: string, open: number): number | undefined {
  const before = mask.slice(0, open).trimEnd().length - 1;
  if (mask[before] === ')' || /\b(?:else|do)$/.test(mask.slice(Math.max(0, before - 5), before + 1)))
    return statementAt(mask, before)?.head;
  return open;
}

/** The brace that opens the block around `at`. */
function openBrace(mask: string, at: number, from: number): number | undefined {
  let depth = 0;
  for (let i = at - 1; i >= from; i -= 1) {
    if (mask[i] === '}') depth += 1;
    else if (mask[i] === '{') {
      if (depth === 0) return i;
      depth -= 1;
    }
  }
  return undefined;
}

function openOf(mask: string, close: number): number | undefined {
  return openBrace(mask, close, 0);
}

/** A label of a `switch` stands before the place in its own block. */
function isSwitchBody(mask: string, open: number, at: number): boolean {
  let depth = 0;
  for (let i = open + 1; i < at; i += 1) {
    if (mask[i] === '{') depth += 1;
    else if (mask[i] === '}') depth -= 1;
    else if (depth === 0 && /\W/.test(mask[i - 1] ?? ' ') && /^(?:case|default)\b/.test(mask.slice(i, i + 8)))
      return true;
  }
  return false;
}

/** Some jump before the place leads behind it. */
function jumpsOver(mask: string, { fn }: PlacedFunction, at: number): boolean {
  const behind = mask.slice(at, fn.end);
  return [...mask.slice(fn.at, at).matchAll(/\bgoto\s+(\w+)/g)].some(([, label]) =>
    new RegExp(`(?:^|[;{}:\\s])${label}\\s*:(?!:)`).test(behind),
  );
}

/** Takes a statement out, with the line that it fills, and the braces of an `if` that holds only one more. */
function removal(text: string, mask: string, file: string, span: Span): readonly TextEdit[] | undefined {
  const start = lineStart(text, span.start);
  const next = text.indexOf('\n', span.end) + 1;
  const isAlone = text.slice(start, span.start).trim() === '' && text.slice(span.end, next).trim() === '' && next > 0;
  if (!isAlone) return undefined;
  const open = openBrace(mask, span.start, 0);
  const close = open === undefined ? undefined : closingBracket(mask, open);
  if (open === undefined || close === undefined) return undefined;
  const left = mask.slice(open + 1, span.start) + mask.slice(span.end, close);
  // A label needs a statement behind it.
  if (left.trim() === '' || (/:\s*$/.test(mask.slice(0, span.start)) && /^\s*\}/.test(mask.slice(span.end))))
    return undefined;
  const cut = replacement(file, { start: startOfGap(text, start, next), end: next }, '');
  const isOne = /^[^;{}]*;\s*$/.test(left) && !left.trim().includes('\n');
  const head = mask.slice(0, open).trimEnd().length;
  const isIf = mask[head - 1] === ')' && !/^\s*else\b/.test(mask.slice(close + 1)) && !isElse(mask, open);
  const hasComment = text.slice(open, close).includes('/*') || text.slice(open, close).includes('//');
  if (!isOne || !isIf || hasComment) return [cut];
  const opening = replacement(file, { start: head, end: open + 1 }, '');
  const isLast = mask.slice(span.end, close).trim() === '';
  const end = text.slice(0, isLast ? start : close).trimEnd().length;
  const closing = replacement(file, { start: end, end: close + 1 }, '');
  return isLast ? [opening, closing] : [opening, cut, closing];
}

function isElse(mask: string, open: number): boolean {
  const head = statementAt(mask, open - 1)?.head;
  return head === undefined || /^else\b/.test(mask.slice(head, head + 5));
}

/** The empty line before a line that goes, where the next one is empty too or ends the block. */
function startOfGap(text: string, start: number, next: number): number {
  const gap = /\n[ \t]*\r?\n$/.exec(text.slice(0, start));
  return gap !== null && /^[ \t]*(?:\r?\n|\})/.test(text.slice(next)) ? gap.index + 1 : start;
}
