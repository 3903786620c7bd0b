/** What a driver does when a call fails: the statements after `if (ret)`, told apart by their text. */
import type { Span } from '../../base/span.ts';
import type { FunctionAt } from '../../ir/ir.ts';
import { closingBracket, indentAt, indentUnit, maskC, statementAt } from './c-text.ts';
import type { NamedCall } from './driver-shape.ts';
import { errorVariable } from './driver-shape.ts';
import type { Edits } from './edits.ts';
import { insertion, replacement } from './edits.ts';

export interface Failure {
  /** `block`: braces hold the statements. `single`: one statement without. `tail`: `return call();`. */
  readonly form: 'block' | 'single' | 'tail';
  /** The inside of the braces, the one statement, or the return statement. */
  readonly span: Span;
  /** Offset of the `if`. */
  readonly head: number;
  /** Variable that carries the error code. */
  readonly variable: string;
  /** Statements that leave the function in the same way, with another error. */
  leave(error: string): readonly string[];
}

/** Undefined where the handling has another shape. `isLog` tells calls that only print. */
export function failureOf(
  text: string,
  fn: FunctionAt,
  call: NamedCall,
  isLog: (name: string) => boolean,
): Failure | undefined {
  const mask = maskC(text);
  const statement = statementAt(mask, call.span.start);
  if (statement === undefined || fn.ir.returns.pointers > 0) return undefined;
  const code = mask.slice(statement.span.start, statement.span.end);
  const variable = errorVariable(fn) ?? 'ret';
  if (/^return\b/.test(code)) {
    const leave = (error: string): readonly string[] => [`return ${error};`];
    return statement.form === 'plain'
      ? { form: 'tail', span: statement.span, head: statement.head, variable, leave }
      : undefined;
  }
  if (statement.form === 'condition') return branchAt(text, mask, statement.head, variable, isLog);
  const assigned = /^(?:\w+\s+)?(\w+)\s*=[^=]/.exec(code)?.[1];
  const next = /^\s*if\s*\(/.exec(mask.slice(statement.span.end));
  if (assigned === undefined || next === null || statement.form !== 'plain') return undefined;
  const head = statement.span.end + next[0].search(/\S/);
  const close = closingBracket(mask, statement.span.end + next[0].length - 1);
  const condition = close === undefined ? '' : mask.slice(head, close);
  return new RegExp(`\\b${assigned}\\b`).test(condition) && !condition.includes('!')
    ? branchAt(text, mask, head, assigned, isLog)
    : undefined;
}

function branchAt(
  text: string,
  mask: string,
  head: number,
  variable: string,
  isLog: (name: string) => boolean,
): Failure | undefined {
  const open = mask.indexOf('(', head);
  const close = open < 0 ? undefined : closingBracket(mask, open);
  if (close === undefined) return undefined;
  const body = close + 1 + (/^\s*/.exec(mask.slice(close + 1))?.[0].length ?? 0);
  if (mask[body] === '{') {
    const end = closingBracket(mask, body);
    if (end === undefined) return undefined;
    return describe('block', { start: body + 1, end }, text, mask, head, variable, isLog);
  }
  const end = mask.indexOf(';', body);
  return end < 0 ? undefined : describe('single', { start: body, end: end + 1 }, text, mask, head, variable, isLog);
}

function describe(
  form: 'block' | 'single',
  span: Span,
  text: string,
  mask: string,
  head: number,
  variable: string,
  isLog: (name: string) => boolean,
): Failure | undefined {
  const statements = splitStatements(text, mask, span);
  const last = statements?.at(-1);
  if (statements === undefined || last === undefined) return undefined;
  const undo = statements.slice(0, -1).filter((statement) => {
    const name = /^(\w+)\s*\(/.exec(statement)?.[1];
    return (name === undefined || !isLog(name)) && !statement.startsWith(`${variable} =`);
  });
  if (/^goto\b/.test(last)) {
    return { form, span, head, variable, leave: (error) => [...undo, `${variable} = ${error};`, last] };
  }
  if (/^return\b/.test(last)) {
    return { form, span, head, variable, leave: (error) => [...undo, last === 'return;' ? last : `return ${error};`] };
  }
  return undefined;
}

/** Simple statements of a block; undefined when there is another block in it. */
function splitStatements(text: string, mask: string, span: Span): readonly string[] | undefined {
  if (/[{}]/.test(mask.slice(span.start, span.end))) return undefined;
  const statements: string[] = [];
  let start = span.start;
  for (let at = mask.indexOf(';', start); at >= 0 && at < span.end; at = mask.indexOf(';', start)) {
    const lead = /^\s*/.exec(mask.slice(start, at))?.[0].length ?? 0;
    statements.push(text.slice(start + lead, at + 1).replace(/\s*\n\s*/g, ' '));
    start = at + 1;
  }
  return statements.some((statement) => /^(?:if|for|while|switch|do|else)\b/.test(statement)) ? undefined : statements;
}

/** Adds statements that run when the call fails, before what is there. */
export function withStatements(file: string, text: string, failure: Failure, added: readonly string[]): Edits {
  const unit = indentUnit(text);
  const indent = indentAt(text, failure.head);
  const lines = added.map((line) => `\n${indent}${unit}${line}`).join('');
  const code = text.slice(failure.span.start, failure.span.end);
  switch (failure.form) {
    case 'block':
      return { edits: [insertion(file, failure.span.start, lines)] };
    case 'single': {
      const gap = maskC(text).slice(0, failure.span.start).trimEnd().length;
      return {
        edits: [
          replacement(file, { start: gap, end: failure.span.end }, ` {${lines}\n${indent}${unit}${code}\n${indent}}`),
        ],
      };
    }
    case 'tail': {
      const call = code.replace(/^return\s*/, '');
      const body =
        added.length === 1
          ? `if (${failure.variable})\n${indent}${unit}${added[0]}`
          : `if (${failure.variable}) {${lines}\n${indent}}`;
      return {
        edits: [
          replacement(
            file,
            failure.span,
            `${failure.variable} = ${call}\n${indent}${body}\n\n${indent}return ${failure.variable};`,
          ),
        ],
      };
    }
  }
}
