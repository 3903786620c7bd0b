/** The statements of a block, told apart by their text, and which of them declare. */
import type { Span } from '../../base/span.ts';
import { declaringMacro } from '../../knowledge/fix-templates.ts';

/** Spans of what stands in the block between its braces, `else` parts on their own. `mask` is `maskC` of the text. */
export function statementsOf(mask: string, open: number, close: number): readonly Span[] {
  const found: Span[] = [];
  let start = -1;
  let depth = 0;
  let braces = false;
  for (let at = open + 1; at < close; at++) {
    const character = mask[at] ?? '';
    if (start < 0) {
      if (/\s/.test(character)) continue;
      start = at;
      braces = false;
    }
    if (character === '(' || character === '[' || character === '{') {
      // An initializer's braces end with the statement; a block's brace is its end.
      if (character === '{' && depth === 0) braces = !/=\s*$/.test(mask.slice(start, at));
      depth++;
    } else if (character === ')' || character === ']' || character === '}') depth--;
    const ends = depth === 0 && (character === ';' || (character === '}' && braces));
    if (!ends) continue;
    found.push({ start, end: at + 1 });
    start = -1;
  }
  return found;
}

const WORDS = /^(?:return|goto|if|else|for|while|do|switch|case|default|break|continue|typeof)\b/;
const TYPED =
  /^(?:(?:static|const|volatile|register|struct|union|enum|unsigned|signed)\s+)*[A-Za-z_]\w*(?:\s+(?:__)?\w+)*?[\s*]+[A-Za-z_]\w*\s*(?:[=;,[]|__free\b|__cleanup\b)/;

export function isDeclaration(code: string): boolean {
  return !WORDS.test(code) && (declaringMacro.test(code) || TYPED.test(code));
}
