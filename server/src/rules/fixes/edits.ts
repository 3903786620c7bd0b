/** Building blocks of fixes: each gives edits of one file, or says why it cannot. */
import type { Span, TextEdit } from '../../base/span.ts';
import type { StructDeclaration } from '../../ir/ir.ts';
import type { FixResult } from '../rule.ts';
import { closingBracket, indentAt, indentUnit, maskC, statementAt } from './c-text.ts';

export type Edits = { readonly edits: readonly TextEdit[] } | { readonly refused: string };

export function insertion(file: string, at: number, text: string): TextEdit {
  return { file, span: { start: at, end: at }, text };
}

export function replacement(file: string, span: Span, text: string): TextEdit {
  return { file, span, text };
}

/** Runs the steps in order; the first refusal ends it. Insertions at one place are joined in the order of the steps. */
export function combine(steps: readonly (() => Edits)[]): Edits {
  const edits: TextEdit[] = [];
  for (const step of steps) {
    const result = step();
    if ('refused' in result) return result;
    edits.push(...result.edits);
  }
  return { edits: joinInsertions(edits) };
}

function joinInsertions(edits: readonly TextEdit[]): TextEdit[] {
  const joined: TextEdit[] = [];
  for (const edit of edits) {
    const at = joined.findIndex(
      (other) =>
        other.file === edit.file &&
        other.span.start === edit.span.start &&
        other.span.end === other.span.start &&
        edit.span.end === edit.span.start,
    );
    const other = joined[at];
    if (other === undefined) joined.push(edit);
    else if (!other.text.includes(edit.text)) joined[at] = { ...other, text: other.text + edit.text };
  }
  return joined;
}

/** A refusal is shown as a disabled action; line ends are those of the file. */
export function asResult(result: Edits, text: (file: string) => string): FixResult {
  if ('refused' in result) return { kind: 'disabled', reason: result.refused };
  const edits = result.edits.map((edit) =>
    text(edit.file).includes('\r\n') ? { ...edit, text: edit.text.replace(/\r?\n/g, '\r\n') } : edit,
  );
  return { kind: 'edits', edits };
}

/** Replaces `{name}` in a template. */
export function fill(template: string, slots: Readonly<Record<string, string>>): string {
  return template.replace(/\{(\w+)\}/g, (whole, name: string) => slots[name] ?? whole);
}

/** `#include <header>` among the others, in order where they are in order; nothing when it is there. */
export function insertInclude(file: string, text: string, header: string): TextEdit[] {
  let depth = 0;
  let after: number | undefined;
  let first: number | undefined;
  for (const match of text.matchAll(/^[ \t]*#[ \t]*(if|endif|include[ \t]*[<"]([^>"]+)[>"])[^\n]*\n?/gm)) {
    const [line, directive = '', name] = match;
    if (directive === 'if') depth++;
    else if (directive === 'endif') depth = Math.max(0, depth - 1);
    else if (name === header) return [];
    else if (depth === 0 && name !== undefined) {
      first ??= match.index;
      const comparable = line.includes('<') && folderOf(name) === folderOf(header);
      if (comparable && name < header) after = match.index + line.length;
    }
  }
  return [insertion(file, after ?? first ?? 0, `#include <${header}>\n`)];
}

function folderOf(header: string): string {
  return header.slice(0, header.lastIndexOf('/') + 1);
}

/** A new last field, before a flexible array where there is one. `declaration` has its name and `;`. */
export function addField(file: string, text: string, struct: StructDeclaration, declaration: string): Edits {
  const last = struct.fields.at(-1);
  const mask = maskC(text);
  const close = mask.lastIndexOf('}', struct.span.end - 1);
  if (last === undefined || close < last.span.start) return { refused: `${struct.name} has no fields to add one to` };
  const flexible = /\[\s*\]\s*;?\s*$/.test(mask.slice(last.span.start, last.span.end));
  const at = lineStart(text, flexible ? last.span.start : close);
  const indent = indentAt(text, last.span.start) || indentUnit(text);
  return { edits: [insertion(file, at, `${indent}${declaration}\n`)] };
}

/** Statements after the one that holds `offset`; braces are added where it is the body of an `if` or loop. */
export function insertAfter(file: string, text: string, offset: number, lines: readonly string[]): Edits {
  const mask = maskC(text);
  const statement = statementAt(mask, offset);
  if (statement === undefined || statement.form === 'condition') {
    return { refused: 'the call stands in a condition, where nothing can be added after it' };
  }
  const indent = indentAt(text, statement.span.start);
  const added = lines.map((line) => (line === '' ? '\n' : `\n${indent}${line}`)).join('');
  if (statement.form === 'plain') return { edits: [insertion(file, endOfLine(text, statement.span.end), added)] };
  return { edits: brace(file, text, mask, statement.span, statement.head, added) };
}

/** Behind what is left of the line where that is a comment: it belongs to what stands before it. */
function endOfLine(text: string, at: number): number {
  const rest = /^[^\r\n]*/.exec(text.slice(at))?.[0] ?? '';
  return maskC(rest).trim() === '' && !/\/\*(?!.*\*\/)/.test(rest) ? at + rest.length : at;
}

/** Braces around an unbraced body, with `added` at its end. */
function brace(file: string, text: string, mask: string, body: Span, head: number, added: string): TextEdit[] {
  const headEnd = head + mask.slice(head, body.start).trimEnd().length;
  const close = `\n${indentAt(text, head)}}`;
  const otherwise = /^\s*(?=else\b)/.exec(mask.slice(body.end));
  return [
    insertion(file, headEnd, ' {'),
    otherwise === null
      ? insertion(file, body.end, `${added}${close}`)
      : replacement(file, { start: body.end, end: body.end + otherwise[0].length }, `${added}${close} `),
  ];
}

/** Statements before the one that holds `offset`. */
export function insertBefore(file: string, text: string, offset: number, lines: readonly string[]): Edits {
  const statement = statementAt(maskC(text), offset);
  if (statement === undefined || statement.form === 'unbraced') {
    return { refused: 'the statement is the body of an if or loop without braces' };
  }
  const indent = indentAt(text, statement.head);
  const added = lines.map((line, at) => (at === 0 || line === '' ? line : indent + line)).join('\n');
  return { edits: [insertion(file, statement.head, `${added}\n${indent}`)] };
}

export function lineStart(text: string, offset: number): number {
  return text.lastIndexOf('\n', offset - 1) + 1;
}

/** A declaration as the last of those at the top of the body of the function at `at`. */
export function declareVariable(file: string, text: string, at: number, declaration: string): Edits {
  const mask = maskC(text);
  const open = mask.indexOf('{', at);
  const end = open < 0 ? undefined : closingBracket(mask, open);
  const first = end === undefined ? null : /\S/.exec(mask.slice(open + 1, end));
  if (end === undefined || first === null) return { refused: 'the function has no body to declare a variable in' };
  const start = open + 1 + first.index;
  const declares = DECLARATION.test(mask.slice(start, start + 200));
  const blank = declares ? /\n[ \t]*\r?\n/.exec(text.slice(start, end)) : null;
  const where = blank === null ? lineStart(text, start) : start + blank.index + 1;
  return { edits: [insertion(file, where, `${indentAt(text, start)}${declaration}\n${declares ? '' : '\n'}`)] };
}

const DECLARATION =
  /^(?:(?:const|static|unsigned|signed|struct|union|enum)\s+)*(?!return\b|goto\b)\w+\s+\**\s*\w+\s*[=;,[]/;
