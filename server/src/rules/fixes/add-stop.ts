/** The stop that is missing: before the free, or at the end of the function that leaves the source as it is. */
import type { OrderFact } from '../../analysis/teardown-order/facts.ts';
import type { FunctionAt } from '../../ir/ir.ts';
import { stopCallFor } from '../../knowledge/waiting-forms.ts';
import type { Fix, FixContext } from '../rule.ts';
import { closingBracket, indentUnit, maskC, statementAt } from './c-text.ts';
import type { Edits } from './edits.ts';
import { asResult, insertBefore, insertion, lineStart } from './edits.ts';
import { orderFactOf } from './order-text.ts';
import { functionAt } from './revocable-text.ts';

function callFor(ctx: FixContext, fact: OrderFact | undefined): string | undefined {
  // What one operation starts, another may start again later.
  const forGood = fact?.defect !== 'left-running';
  return fact?.subject === undefined
    ? undefined
    : stopCallFor(fact.subject.kind, forGood, (name) => ctx.generation.has(name));
}

export const addStop: Fix = {
  title: (ctx) => {
    const fact = orderFactOf(ctx);
    return `Stop ${fact?.source ?? ''} with ${callFor(ctx, fact) ?? ''}()`;
  },
  // The callback may take a lock that is held here, and what arms it may have to stop before.
  safety: 'review',
  preferred: () => true,
  offered: (ctx) => callFor(ctx, orderFactOf(ctx)) !== undefined,
  edit: (ctx) => {
    const fact = orderFactOf(ctx);
    const call = callFor(ctx, fact);
    if (fact?.subject === undefined || call === undefined) return { kind: 'none' };
    const { file, span } = fact.at;
    const fn = functionAt(ctx, file, span.start);
    if (fn === undefined) return { kind: 'none' };
    const [, struct = '', member = ''] = /^(.*?)\.(.*)$/.exec(fact.subject.cell) ?? [];
    if (!/^[\w.]+$/.test(member)) return { kind: 'disabled', reason: 'it is one of several' };
    const text = ctx.text(file);
    const owner = pointerTo(struct, fn, text, span.start);
    if (owner === undefined) return { kind: 'disabled', reason: `no variable here points to ${struct}` };
    const line = `${call}(&${owner}->${member});`;
    const isName = text.slice(span.start, span.end) === fn.ir.name;
    return asResult(isName ? atEnd(file, text, fn, line) : insertBefore(file, text, span.start, [line]), ctx.text);
  },
};

/** A variable that holds the object: the one in the statement at hand rather than any other. */
function pointerTo(struct: string, fn: FunctionAt, text: string, at: number): string | undefined {
  const names = Object.entries(fn.ir.locals)
    .filter(([, type]) => type.pointers === 1 && type.base === struct)
    .map(([name]) => name)
    .filter((name) => new RegExp(`\\b${name}\\b`).test(text.slice(fn.at, fn.end)));
  const statement = text.slice(at, text.indexOf(';', at));
  return names.find((name) => new RegExp(`\\b${name}\\b`).test(statement)) ?? names[0];
}

/** As the last statement, before a `return` that ends the function. */
function atEnd(file: string, text: string, fn: FunctionAt, line: string): Edits {
  const mask = maskC(text);
  const open = mask.indexOf('{', fn.at);
  const close = open < 0 ? undefined : closingBracket(mask, open);
  if (close === undefined) return { refused: 'the end of the function was not found' };
  const body = mask.slice(open, close);
  const last = body.trimEnd().length + open - 1;
  const statement = last > open ? statementAt(mask, last) : undefined;
  const returns = statement !== undefined && /^return\b/.test(mask.slice(statement.span.start));
  if (returns && statement.form !== 'plain') return { refused: 'the last statement depends on a condition' };
  if (/\breturn\b/.test(returns ? body.slice(0, statement.span.start - open) : body))
    return { refused: 'a path leaves the function before its end' };
  const at = lineStart(text, returns ? statement.span.start : close);
  return { edits: [insertion(file, at, `${indentUnit(text)}${line}\n`)] };
}
