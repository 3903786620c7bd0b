/**
 * Questions about C text that need no parse: what is code, where a statement begins and ends, how a line is indented.
 * Fixes work on the user's own text, so that comments, spelling and layout stay as they are.
 */
import type { Span } from '../../base/span.ts';

const NOT_CODE =
  /\/\*[\s\S]*?(?:\*\/|$(?![\s\S]))|\/\/[^\n]*|"(?:\\[\s\S]|[^"\\\n])*"?|'(?:\\[^\n']+|\\'|[^'\\\n])'|^[ \t]*#(?:\\\r?\n|[^\n])*/gm;

/** The text with comments, strings, character constants and preprocessor lines blanked. Same length, same lines. */
export function maskC(text: string): string {
  return text.replace(NOT_CODE, (found) => found.replace(/[^\n\r]/g, ' '));
}

/** White space at the start of the line that holds `offset`. */
export function indentAt(text: string, offset: number): string {
  const start = text.lastIndexOf('\n', offset - 1) + 1;
  return /^[ \t]*/.exec(text.slice(start, offset + 200))?.[0] ?? '';
}

/** What one level of indentation is, judged by the file's own lines. */
export function indentUnit(text: string): string {
  const spaces = /^( +)(?![ *])\S/m.exec(text)?.[1];
  return /^\t/m.test(text) || spaces === undefined ? '\t' : ' '.repeat(Math.min(spaces.length, 8));
}

/** Offset of the bracket that closes the one at `open`, or undefined in broken text. */
export function closingBracket(mask: string, open: number): number | undefined {
  let depth = 0;
  for (let at = open; at < mask.length; at++) {
    const character = mask[at];
    if (character === '(' || character === '{' || character === '[') depth++;
    else if (character === ')' || character === '}' || character === ']') {
      depth--;
      if (depth === 0) return at;
    }
  }
  return undefined;
}

/** Offset of the brace that closes the block around `at`; undefined outside of all. */
export function blockEnd(mask: string, at: number): number | undefined {
  let depth = 0;
  for (let open = at - 1; open >= 0; open -= 1) {
    if (mask[open] === '}') depth += 1;
    else if (mask[open] === '{' && depth-- === 0) return closingBracket(mask, open);
  }
  return undefined;
}

export interface Statement {
  /** From the first character to the `;`, both included. */
  readonly span: Span;
  /**
   * `plain`: stands in a block of its own right. `unbraced`: body of an `if`, `else` or loop without braces; `head` is
   * the offset of that statement. `condition`: the place asked for lies in the head of an `if`, loop or `switch`.
   */
  readonly form: 'plain' | 'unbraced' | 'condition';
  readonly head: number;
}

const LABEL = /^(?:case\b[^:;{}]*|default\s*|[A-Za-z_]\w*\s*):(?!:)\s*/;
const HEAD = /^(?:else\s+)?(?:if|for|while|switch|[A-Za-z_]\w*)\s*\(/;

/** The statement around `offset`; undefined where there is none. `mask` is `maskC` of the text. */
export function statementAt(mask: string, offset: number): Statement | undefined {
  const start = statementStart(mask, offset);
  let body = start;
  for (;;) {
    const rest = mask.slice(body, offset + 1);
    const word = /^(?:else|do)\b(?!\s*if\b)\s*/.exec(rest);
    if (word !== null && body + word[0].length <= offset) {
      body += word[0].length;
      continue;
    }
    const head = HEAD.exec(mask.slice(body, body + 200));
    if (head === null) break;
    const close = closingBracket(mask, body + head[0].length - 1);
    if (close === undefined) return undefined;
    const after = /\s*/.exec(mask.slice(close + 1))?.[0].length ?? 0;
    const next = mask[close + 1 + after] ?? '';
    const keyword = /^(?:else\s+)?(?:if|for|while|switch)\b/.test(head[0]);
    // A word with brackets that is followed by another word is a loop macro; anything else is a call.
    if (!keyword && !/[A-Za-z_]/.test(next)) break;
    if (offset <= close) return { span: { start: body, end: close + 1 }, form: 'condition', head: start };
    body = close + 1 + after;
  }
  const end = statementEnd(mask, Math.max(offset, body));
  if (end === undefined) return undefined;
  return { span: { start: body, end }, form: body === start ? 'plain' : 'unbraced', head: start };
}

/** Start of the statement that holds `offset`, labels left out. */
function statementStart(mask: string, offset: number): number {
  let depth = 0;
  let at = offset - 1;
  for (; at >= 0; at--) {
    const character = mask[at];
    if (character === ')' || character === ']') depth++;
    else if (character === '(' || character === '[') depth = Math.max(0, depth - 1);
    else if (depth === 0 && (character === ';' || character === '{' || character === '}')) break;
  }
  let start = at + 1;
  start += /^\s*/.exec(mask.slice(start))?.[0].length ?? 0;
  for (;;) {
    const label = LABEL.exec(mask.slice(start, offset + 1));
    if (label === null || /\?/.test(label[0])) return start;
    start += label[0].length;
  }
}

const ONE_DECLARATION =
  /^\s*(?:(?:const|static|unsigned|signed|struct|union|enum)\s+)*(?!return\b|goto\b|case\b)\w+\s+\**\s*\w+(?:\s*__\w+(?:\(\w+\))?)*\s*(?:=[^;]*)?;/;

/** Behind the declarations that follow `at`, up to one that names `before`. */
export function endOfDeclarations(mask: string, at: number, before: string): number {
  const named = new RegExp(`\\b${before}\\b`);
  for (let end = at; ; ) {
    const next = ONE_DECLARATION.exec(mask.slice(end));
    if (next === null || named.test(next[0])) return end;
    end += next[0].length;
  }
}

function statementEnd(mask: string, from: number): number | undefined {
  let depth = 0;
  for (let at = from; at < mask.length; at++) {
    const character = mask[at];
    if (character === '(' || character === '[' || character === '{') depth++;
    else if (character === ')' || character === ']') depth--;
    else if (character === '}') {
      depth--;
      if (depth < 0) return undefined;
    } else if (character === ';' && depth <= 0) return at + 1;
  }
  return undefined;
}

/** The identifier at `offset` (also when the cursor stands right behind it), where the text there is code. */
export function codeWordAt(text: string, offset: number): { readonly word: string; readonly span: Span } | undefined {
  const before = /\w*$/.exec(text.slice(Math.max(0, offset - 100), offset))?.[0] ?? '';
  const after = /^\w*/.exec(text.slice(offset, offset + 100))?.[0] ?? '';
  const word = before + after;
  if (!/^[A-Za-z_]/.test(word)) return undefined;
  const span = { start: offset - before.length, end: offset + after.length };
  return maskC(text).slice(span.start, span.end) === word ? { word, span } : undefined;
}
