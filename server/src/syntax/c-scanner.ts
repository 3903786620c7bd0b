/**
 * Splits C text into tokens, one pass over the char codes. White space and comments leave no token; a
 * preprocessor directive with all its continued lines is a single token. Never fails: what is left open at
 * the end of a line or of the text ends there.
 */

export const TokenKind = {
  Identifier: 1,
  Number: 2,
  String: 3,
  Char: 4,
  Punctuator: 5,
  Directive: 6,
} as const;
export type TokenKind = (typeof TokenKind)[keyof typeof TokenKind];

/** Tokens as parallel arrays; only the first `count` entries are valid. */
export interface Tokens {
  readonly text: string;
  readonly count: number;
  readonly kind: Uint8Array;
  /** UTF-16 offset of the first character. */
  readonly start: Int32Array;
  /** UTF-16 offset after the last character. */
  readonly end: Int32Array;
  /** For punctuators the char codes, first in the low byte (see `punctuator`); otherwise 0. */
  readonly code: Int32Array;
}

/** The code that `Tokens.code` holds for a punctuator of one to three ASCII characters. */
export function punctuator(text: string): number {
  let code = 0;
  for (let at = text.length - 1; at >= 0; at--) code = (code << 8) | text.charCodeAt(at);
  return code;
}

const IDENTIFIER = 1;
const DIGIT = 2;
const SPACE = 4;

const CLASS = classTable();

function classTable(): Uint8Array {
  const table = new Uint8Array(128);
  for (let c = 0; c < 128; c++) {
    const letter = (c >= 65 && c <= 90) || (c >= 97 && c <= 122) || c === 95 || c === 36;
    if (letter) table[c] = IDENTIFIER;
    else if (c >= 48 && c <= 57) table[c] = IDENTIFIER | DIGIT;
    else if (c === 32 || (c >= 9 && c <= 13)) table[c] = SPACE;
  }
  return table;
}

function classOf(c: number): number {
  if (c < 128) return CLASS[c] ?? 0;
  return c === 0xfeff || c === 0xa0 || c === 0x2028 || c === 0x2029 ? SPACE : IDENTIFIER;
}

const NEWLINE = 10;
const QUOTE = 34;
const HASH = 35;
const APOSTROPHE = 39;
const STAR = 42;
const DOT = 46;
const SLASH = 47;
const BACKSLASH = 92;

/** Second characters that may follow a first one in a two-character punctuator. */
const PAIRS = new Set(
  ['->', '++', '--', '&&', '||', '==', '!=', '<=', '>=', '<<', '>>', '+=', '-=', '*=', '/=', '%=', '&=', '|=', '^=']
    .concat(['##'])
    .map(punctuator),
);
const PAIR_STARTS = new Uint8Array(128);
for (const code of PAIRS) PAIR_STARTS[code & 0x7f] = 1;

export function scanTokens(text: string): Tokens {
  const length = text.length;
  let capacity = (length >> 2) + 64;
  let kind = new Uint8Array(capacity);
  let start = new Int32Array(capacity);
  let end = new Int32Array(capacity);
  let code = new Int32Array(capacity);
  let count = 0;
  let at = 0;
  let lineStart = true;

  while (at < length) {
    const c = text.charCodeAt(at);
    const cls = classOf(c);
    if (cls === SPACE) {
      if (c === NEWLINE) lineStart = true;
      at++;
      continue;
    }
    if (c === BACKSLASH) {
      at++;
      continue;
    }
    if (c === SLASH) {
      const next = text.charCodeAt(at + 1);
      if (next === STAR || next === SLASH) {
        at = commentEnd(text, at);
        continue;
      }
    }
    if (count === capacity) {
      capacity = capacity * 2;
      kind = enlarge(kind, new Uint8Array(capacity));
      start = enlarge(start, new Int32Array(capacity));
      end = enlarge(end, new Int32Array(capacity));
      code = enlarge(code, new Int32Array(capacity));
    }
    start[count] = at;
    if (cls & IDENTIFIER) {
      if (cls & DIGIT) {
        at = numberEnd(text, at);
        kind[count] = TokenKind.Number;
      } else {
        at++;
        while (at < length && classOf(text.charCodeAt(at)) & IDENTIFIER) at++;
        kind[count] = TokenKind.Identifier;
        const next = text.charCodeAt(at);
        if ((next === QUOTE || next === APOSTROPHE) && isLiteralPrefix(text, start[count] ?? 0, at)) {
          at = literalEnd(text, at);
          kind[count] = next === QUOTE ? TokenKind.String : TokenKind.Char;
        }
      }
    } else if (c === QUOTE || c === APOSTROPHE) {
      at = literalEnd(text, at);
      kind[count] = c === QUOTE ? TokenKind.String : TokenKind.Char;
    } else if (c === HASH && lineStart) {
      at = directiveEnd(text, at);
      kind[count] = TokenKind.Directive;
    } else if (c === DOT && classOf(text.charCodeAt(at + 1)) & DIGIT) {
      at = numberEnd(text, at);
      kind[count] = TokenKind.Number;
    } else {
      const size = punctuatorSize(text, at, c);
      kind[count] = TokenKind.Punctuator;
      let value = c;
      if (size > 1) value |= text.charCodeAt(at + 1) << 8;
      if (size > 2) value |= text.charCodeAt(at + 2) << 16;
      code[count] = value;
      at += size;
    }
    end[count] = at;
    count++;
    lineStart = false;
  }
  return { text, count, kind, start, end, code };
}

function enlarge<T extends Uint8Array | Int32Array>(from: T, to: T): T {
  to.set(from);
  return to;
}

/** End of the comment that starts at `at`; the text's end when it is never closed. A line comment ends before its newline. */
export function commentEnd(text: string, at: number): number {
  if (text.charCodeAt(at + 1) === STAR) {
    const close = text.indexOf('*/', at + 2);
    return close < 0 ? text.length : close + 2;
  }
  let from = at;
  for (;;) {
    const newline = text.indexOf('\n', from);
    if (newline < 0) return text.length;
    if (!isContinued(text, newline)) return newline;
    from = newline + 1;
  }
}

/** Whether the newline at `newline` stands after a backslash. */
function isContinued(text: string, newline: number): boolean {
  const before = text.charCodeAt(newline - 1);
  return before === BACKSLASH || (before === 13 && text.charCodeAt(newline - 2) === BACKSLASH);
}

function literalEnd(text: string, from: number): number {
  const quote = text.charCodeAt(from);
  let at = from + 1;
  for (; at < text.length; at++) {
    const c = text.charCodeAt(at);
    if (c === quote) return at + 1;
    if (c === NEWLINE) return at;
    if (c === BACKSLASH) {
      at++;
      if (text.charCodeAt(at) === 13 && text.charCodeAt(at + 1) === NEWLINE) at++;
    }
  }
  return text.length;
}

function isLiteralPrefix(text: string, start: number, end: number): boolean {
  const c = text.charCodeAt(start);
  if (end - start === 1) return c === 76 || c === 117 || c === 85;
  return end - start === 2 && c === 117 && text.charCodeAt(start + 1) === 56;
}

/** A preprocessing number: digits, letters, dots, and signs after an exponent. */
function numberEnd(text: string, from: number): number {
  const hex = text.charCodeAt(from) === 48 && (text.charCodeAt(from + 1) | 32) === 120;
  let at = from + 1;
  for (; at < text.length; at++) {
    const c = text.charCodeAt(at);
    if (classOf(c) & IDENTIFIER) continue;
    // `0...9` is a range in real code, whatever the standard says about preprocessing numbers.
    if (c === DOT && text.charCodeAt(at + 1) !== DOT) continue;
    if (c === 43 || c === 45) {
      const before = text.charCodeAt(at - 1) | 32;
      if ((!hex && before === 101) || before === 112) continue;
    }
    break;
  }
  return at;
}

/** End of the logical line that starts at `at`, before its newline. */
function directiveEnd(text: string, from: number): number {
  let at = from + 1;
  while (at < text.length) {
    const c = text.charCodeAt(at);
    if (c === NEWLINE) {
      if (!isContinued(text, at)) return text.charCodeAt(at - 1) === 13 ? at - 1 : at;
      at++;
    } else if (c === SLASH && (text.charCodeAt(at + 1) === STAR || text.charCodeAt(at + 1) === SLASH)) {
      at = commentEnd(text, at);
    } else if (c === QUOTE || c === APOSTROPHE) {
      at = literalEnd(text, at);
    } else {
      at++;
    }
  }
  return text.length;
}

function punctuatorSize(text: string, at: number, c: number): number {
  const next = text.charCodeAt(at + 1);
  if (c === DOT) return next === DOT && text.charCodeAt(at + 2) === DOT ? 3 : 1;
  if (c >= 128 || PAIR_STARTS[c] === 0 || !(next < 128)) return 1;
  const pair = c | (next << 8);
  if (!PAIRS.has(pair)) return 1;
  const shift = c === next && (c === 60 || c === 62);
  return shift && text.charCodeAt(at + 2) === 61 ? 3 : 2;
}
