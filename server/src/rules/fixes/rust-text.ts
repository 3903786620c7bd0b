/** Text of Rust for fixes: what is code, and where statements begin and end. */
import type { Span } from '../../base/span.ts';
import { indentAt } from './c-text.ts';

export interface RustStatement extends Span {
  readonly indent: string;
  readonly text: string;
}

const NOT_CODE =
  /\/\/[^\n]*|\/\*[\s\S]*?\*\/|\bb?r(#*)"[\s\S]*?"\1|"(?:\\[\s\S]|[^"\\])*"|'(?:\\[^\n]{1,8}?|[^'\\\n])'/g;

/** The text with comments and literals blanked; offsets stay. */
export function maskRust(text: string): string {
  return text.replace(NOT_CODE, (found) => found.replace(/[^\n]/g, ' '));
}

/** The statement of a block that holds the offset and ends with a semicolon; it begins a line. */
export function rustStatementAt(text: string, mask: string, offset: number): RustStatement | undefined {
  let start = mask.lastIndexOf('\n', offset - 1) + 1;
  while (start > 0 && !/[{};]\s*$/.test(mask.slice(Math.max(0, start - 400), start)))
    start = mask.lastIndexOf('\n', start - 2) + 1;
  const end = endOfStatement(mask, start);
  if (end === undefined || end <= offset) return undefined;
  const indent = indentAt(text, start);
  const from = start + indent.length;
  return { start: from, end, indent, text: text.slice(from, end) };
}

function endOfStatement(mask: string, start: number): number | undefined {
  let depth = 0;
  for (let at = start; at < mask.length; at++) {
    const character = mask[at] ?? '';
    if ('([{'.includes(character)) depth++;
    else if (')]}'.includes(character) && --depth < 0) return undefined;
    else if (character === ';' && depth === 0) return at + 1;
  }
  return undefined;
}

/** Where the block ends that the offset lies in. */
export function endOfBlock(mask: string, offset: number): number {
  let depth = 0;
  for (let at = offset; at < mask.length; at++) {
    if (mask[at] === '{') depth++;
    else if (mask[at] === '}' && --depth < 0) return at;
  }
  return mask.length;
}

/** Names that a `let` brings. */
export function namesOfLet(statement: string): readonly string[] {
  const pattern = /^let\s+([^=]*?)(?::[^=]*)?=/.exec(statement)?.[1] ?? '';
  return [...pattern.matchAll(/\b[a-z_]\w*\b/g)].map(([name]) => name).filter((name) => !/^(?:mut|ref)$/.test(name));
}

export function mentions(text: string, name: string): boolean {
  return new RegExp(`(?<![.\\w])${name}\\b`).test(text);
}

/** The whole lines of a statement. */
export function linesOf(text: string, { start, end }: Span): Span {
  const next = text.indexOf('\n', end);
  return { start: text.lastIndexOf('\n', start - 1) + 1, end: next < 0 ? text.length : next + 1 };
}
