/** Makes what kernel macros take as arguments parse as expressions: types, operators, statements, nothing at all. */
import { punctuator, TokenKind } from './c-scanner.ts';
import type { Draft } from './draft.ts';
import { after, before, blank, blankRange, isPlain, overwrite, Word, writeText } from './draft.ts';

const COMMA = punctuator(',');
const STAR = punctuator('*');
const OPEN = punctuator('(');
const OPEN_BRACKET = punctuator('[');
const OPEN_BRACE = punctuator('{');
const CLOSE_BRACE = punctuator('}');
const SEMICOLON = punctuator(';');
const DOT = punctuator('.');
const COLON = punctuator(':');
const ASSIGN = punctuator('=');
const QUESTION = punctuator('?');

const codes = (...texts: string[]): ReadonlySet<number> => new Set(texts.map(punctuator));
/** Punctuators that may start an expression. */
const PREFIX = codes('&', '*', '+', '-', '!', '~', '(', '++', '--', '&&', '{');
/** Punctuators that may end one. */
const POSTFIX = codes(')', ']', '}', '++', '--');
const FOREIGN = codes('#', '##', '@', '`');

/** Argument positions of a bracketed list: token ranges `[from, to)` between top-level commas. */
export interface Argument {
  readonly from: number;
  readonly to: number;
}

export function argumentsOf(draft: Draft, open: number): Argument[] {
  const { code, match, kind } = draft;
  const close = match[open] ?? -1;
  const list: Argument[] = [];
  if (close < 0) return list;
  let from = open + 1;
  for (let i = open + 1; i <= close; i++) {
    if (kind[i] === 0) continue;
    const other = match[i] ?? -1;
    if (other > i) {
      i = other;
      continue;
    }
    if (i !== close && code[i] !== COMMA) continue;
    list.push({ from, to: i });
    from = i + 1;
  }
  return list;
}

/** First token of the range that was not blanked, or `to`. */
function firstOf(draft: Draft, from: number, to: number): number {
  const at = draft.kind[from] === 0 || from >= to ? after(draft, from) : from;
  return Math.min(at, to);
}

/** Rewrites the arguments between `open` and its closing parenthesis. */
export function fixArguments(draft: Draft, open: number): void {
  const list = argumentsOf(draft, open);
  if (list.length === 0) return;
  let hasContent = false;
  for (const argument of list) {
    fixArgument(draft, argument.from, argument.to);
    if (firstOf(draft, argument.from, argument.to) < argument.to) hasContent = true;
  }
  if (list.length === 1) return;
  // `f(, x)` and `f(x, )`: the comma of a missing argument goes. When all are missing all commas go.
  let seen = false;
  for (const [index, argument] of list.entries()) {
    const isEmpty = firstOf(draft, argument.from, argument.to) >= argument.to;
    if (!isEmpty) {
      seen = true;
      continue;
    }
    const comma = seen || index === list.length - 1 ? argument.from - 1 : argument.to;
    if (draft.code[comma] === COMMA) blank(draft, comma);
    else if (!hasContent && draft.code[argument.to] === COMMA) blank(draft, argument.to);
  }
}

function fixArgument(draft: Draft, from: number, to: number): void {
  const { kind, code, word } = draft;
  let first = firstOf(draft, from, to);
  if (first >= to) return;
  const last = before(draft, to);
  if (first === last) {
    if (isTypeof(draft, first)) spellAsName(draft, first);
    // `(*)` is an abstract declarator.
    const isAbstract = code[first] === STAR && code[first - 1] === OPEN && draft.match[first - 1] === first + 1;
    if (kind[first] === TokenKind.Punctuator && !POSTFIX.has(code[first] ?? 0) && !isAbstract)
      overwrite(draft, first, '0');
    return;
  }
  if (code[first] === OPEN_BRACE) {
    fixBraces(draft, first);
    return;
  }
  if (code[first] === OPEN_BRACKET || code[first] === DOT) {
    fixDesignator(draft, first, to);
    return;
  }
  const firstWord = word[first] ?? Word.None;
  if (firstWord === Word.Head || firstWord === Word.Body || firstWord === Word.Case || hasStatement(draft, first, to)) {
    blankArgument(draft, first, to);
    return;
  }
  if (firstWord === Word.Jump) {
    blank(draft, first);
    first = after(draft, first);
    fixArgument(draft, first, to);
    return;
  }
  if (isTypeStart(draft, first, to)) {
    fixTypeArgument(draft, first, to);
    return;
  }
  if (kind[first] === TokenKind.Punctuator && !PREFIX.has(code[first] ?? 0)) {
    blank(draft, first);
    fixArgument(draft, after(draft, first), to);
    return;
  }
  trimEnd(draft, first, to);
}

/** Removes operators that wait for an operand that the macro supplies: `x ==`, `flags |`. */
function trimEnd(draft: Draft, first: number, to: number): void {
  const { kind, code, match } = draft;
  let last = before(draft, to);
  while (last > first && kind[last] === TokenKind.Punctuator && !POSTFIX.has(code[last] ?? 0)) {
    blank(draft, last);
    last = before(draft, last);
  }
  // `name : value` outside of a conditional expression: a label or bit-field that only the macro understands.
  let questions = 0;
  for (let i = first; i < to; i++) {
    if ((match[i] ?? -1) > i) {
      i = match[i] ?? i;
      continue;
    }
    if (code[i] === QUESTION) questions++;
    else if (code[i] === COLON && questions-- === 0) {
      blankRange(draft, i, to);
      return;
    }
  }
}

/** `.x = 1` becomes `x = 1`; of `.x = { 1 }` and `[2] = 1` the value is left. */
function fixDesignator(draft: Draft, first: number, to: number): void {
  const { code, match } = draft;
  const isMember = code[first] === DOT;
  const last = isMember ? after(draft, first) : (match[first] ?? first);
  const equals = after(draft, last);
  const value = after(draft, equals);
  if (code[equals] === ASSIGN && value < to && (!isMember || code[value] === OPEN_BRACE)) {
    blankRange(draft, first, value);
    fixArgument(draft, value, to);
    return;
  }
  if (isMember) blank(draft, first);
  else blankRange(draft, first, last + 1);
  const rest = after(draft, isMember ? first : last);
  if (rest < to) fixArgument(draft, rest, to);
}

function hasStatement(draft: Draft, first: number, to: number): boolean {
  const { code, match } = draft;
  for (let i = first; i < to; i++) {
    if ((match[i] ?? -1) > i) i = match[i] ?? i;
    else if (code[i] === SEMICOLON || FOREIGN.has(code[i] ?? 0)) return true;
  }
  return false;
}

function blankArgument(draft: Draft, first: number, to: number): void {
  const at = draft.start[first] ?? 0;
  draft.problems.push({
    span: { start: at, end: draft.end[before(draft, to)] ?? at },
    reason: 'statement as argument',
  });
  blankRange(draft, first, to);
  writeText(draft.out, at, '0');
  draft.kind[first] = TokenKind.Number;
}

/** An initializer as argument: its braces go, so that its values stay as further arguments. Statements stay as they are. */
function fixBraces(draft: Draft, open: number): void {
  const { code, match, word } = draft;
  const close = match[open] ?? -1;
  if (close < 0 || after(draft, open) === close) return;
  let hasSemicolon = false;
  for (let i = open; i < close; i++) hasSemicolon ||= code[i] === SEMICOLON || word[i] === Word.Head;
  if (hasSemicolon) return;
  for (let i = open; i <= close; i++) {
    if (code[i] === OPEN_BRACE) {
      blank(draft, i);
    } else if (code[i] === CLOSE_BRACE) {
      const comma = before(draft, i);
      if (code[comma] === COMMA) blank(draft, comma);
      blank(draft, i);
    } else if (code[i] === DOT && isPlain(draft, i + 1) && !isPlain(draft, i - 1)) {
      blank(draft, i);
    } else if (code[i] === OPEN_BRACKET && !isPlain(draft, before(draft, i))) {
      const end = match[i] ?? i;
      blankRange(draft, i, end + 1);
      const equals = after(draft, end);
      if (code[equals] === ASSIGN) blank(draft, equals);
    }
  }
}

function isTypeStart(draft: Draft, first: number, to: number): boolean {
  const { word, code } = draft;
  const its = word[first] ?? Word.None;
  if (its === Word.Struct || its === Word.Enum || its === Word.Type || its === Word.Qualifier || its === Word.Storage)
    return true;
  if (!isPlain(draft, first)) return false;
  let at = after(draft, first);
  if (at < to && isPlain(draft, at)) return true;
  if (at < to && (word[at] === Word.Qualifier || word[at] === Word.Type)) return true;
  if (code[at] !== STAR || at >= to) return false;
  while (at < to && (code[at] === STAR || word[at] === Word.Qualifier)) at = after(draft, at);
  return at >= to || code[at] === OPEN_BRACKET;
}

/** `struct foo *` becomes `foo`, `unsigned int` becomes `unsigned`, `struct foo *p` becomes `p`. */
function fixTypeArgument(draft: Draft, first: number, to: number): void {
  const { word, code, match, kind } = draft;
  let name = -1;
  let at = first;
  while (at < to) {
    const its = word[at] ?? Word.None;
    if (kind[at] === TokenKind.Identifier && (its === Word.Qualifier || its === Word.Storage)) {
      at = after(draft, at);
    } else if (its === Word.Struct || its === Word.Enum) {
      const tag = after(draft, at);
      if (tag < to && isPlain(draft, tag)) {
        name = tag;
        at = after(draft, tag);
      } else {
        name = at;
        at = tag;
      }
      if (at < to && code[at] === OPEN_BRACE) at = after(draft, match[at] ?? at);
    } else if (its === Word.Type) {
      if (name < 0) name = at;
      at = after(draft, at);
    } else if (name < 0 && isPlain(draft, at)) {
      name = at;
      at = after(draft, at);
    } else if (code[at] === STAR) {
      at = after(draft, at);
    } else {
      break;
    }
  }
  at = Math.min(at, to);
  if (at < to && isPlain(draft, at)) {
    // A declarator: what stands from the name on is an expression.
    const next = after(draft, at);
    if (next >= to || code[next] !== OPEN) {
      blankRange(draft, first, at);
      fixArgument(draft, at, to);
      return;
    }
  }
  if (name < 0) {
    // A lone qualifier or storage class: the grammar takes a single keyword for a name here.
    blankRange(draft, after(draft, first), to);
    return;
  }
  blankRange(draft, first, name);
  blankRange(draft, after(draft, name), to);
  if (isTypeof(draft, name)) spellAsName(draft, name);
}

/** Whether a token is a whole `typeof(…)`, which now reads `struct _`. */
function isTypeof(draft: Draft, token: number): boolean {
  return draft.word[token] === Word.Type && draft.text.charCodeAt((draft.end[token] ?? 0) - 1) === 41;
}

/** Makes an expression of it: the word alone. */
function spellAsName(draft: Draft, token: number): void {
  const from = draft.start[token] ?? 0;
  writeText(
    draft.out,
    from,
    draft.text
      .slice(from, from + 8)
      .replace(/\W.*$/s, '')
      .padEnd(8),
  );
}
