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
  let at = firstOf(draft, from, to);
  if (at >= to) return;
  const hasStatements = hasStatement(draft, at, to);
  while (at < to) at = fixStart(draft, at, to, hasStatements);
}

/** Rewrites what the argument starts with; returns the token where the rest of it starts, or `to` when all is done. */
function fixStart(draft: Draft, first: number, to: number, hasStatements: boolean): number {
  const { kind, code, word } = draft;
  if (first === before(draft, to)) {
    if (isTypeof(draft, first)) spellAsName(draft, first);
    // `(*)` is an abstract declarator.
    const isAbstract = code[first] === STAR && code[first - 1] === OPEN && draft.match[first - 1] === first + 1;
    const isOperator = kind[first] === TokenKind.Punctuator && !POSTFIX.has(code[first] ?? 0);
    if (isOperator && !isAbstract) overwrite(draft, first, '0');
    return to;
  }
  if (code[first] === OPEN_BRACE) {
    fixBraces(draft, first);
    return to;
  }
  if (code[first] === OPEN_BRACKET || code[first] === DOT) return fixDesignator(draft, first, to);
  const firstWord = word[first] ?? Word.None;
  const isCompound = firstWord === Word.Head || firstWord === Word.Body || firstWord === Word.Case;
  if (isCompound || (hasStatements && hasStatement(draft, first, to)))
    return fixStatements(draft, first, to, isCompound);
  if (firstWord === Word.Jump) {
    blank(draft, first);
    return Math.min(after(draft, first), to);
  }
  if (isTypeStart(draft, first, to)) return fixTypeArgument(draft, first, to);
  if (kind[first] === TokenKind.Punctuator && !PREFIX.has(code[first] ?? 0)) {
    blank(draft, first);
    return Math.min(after(draft, first), to);
  }
  trimEnd(draft, first, to);
  return to;
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
      i = separateCall(draft, i, to);
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
function fixDesignator(draft: Draft, first: number, to: number): number {
  const { code, match } = draft;
  const isMember = code[first] === DOT;
  const last = isMember ? after(draft, first) : (match[first] ?? first);
  const equals = after(draft, last);
  const value = after(draft, equals);
  if (code[equals] === ASSIGN && value < to && (!isMember || code[value] === OPEN_BRACE)) {
    blankRange(draft, first, value);
    return value;
  }
  if (isMember) blank(draft, first);
  else blankRange(draft, first, last + 1);
  return Math.min(after(draft, isMember ? first : last), to);
}

/** `A(x) B(y)` as one argument: the macros bring their commas. Returns the closing bracket of what opens at `open`. */
function separateCall(draft: Draft, open: number, to: number): number {
  const close = draft.match[open] ?? open;
  const next = after(draft, close);
  const isCall = draft.code[open] === OPEN && isPlain(draft, before(draft, open));
  if (!isCall || next >= to || !isPlain(draft, next)) return close;
  if (after(draft, open) === close) blank(draft, open);
  else overwrite(draft, open, ',');
  overwrite(draft, close, ',');
  draft.match[open] = -1;
  draft.match[close] = -1;
  return close;
}

/** Whether a token range holds a semicolon outside of brackets, or something that is no C. */
export function hasStatement(draft: Draft, first: number, to: number): boolean {
  const { code, match } = draft;
  for (let i = first; i < to; i++) {
    if ((match[i] ?? -1) > i) i = match[i] ?? i;
    else if (code[i] === SEMICOLON || FOREIGN.has(code[i] ?? 0)) return true;
  }
  return false;
}

/** `f(a, x = 1; y();)`: the white space around the statements becomes braces; where there is none they are dropped. */
function fixStatements(draft: Draft, first: number, to: number, isCompound: boolean): number {
  const { code, out } = draft;
  const last = before(draft, to);
  const ends = code[last] === SEMICOLON || code[last] === CLOSE_BRACE;
  if (!isCompound && code[last] === SEMICOLON && !hasStatement(draft, first, last)) {
    blank(draft, last);
    return first;
  }
  const start = draft.start[first] ?? 0;
  const end = draft.end[last] ?? start;
  const close = (draft.start[to] ?? end) - 1;
  const isFree = (at: number): boolean => out[at] === 32 || out[at] === 9;
  if (ends && !hasForeign(draft, first, to) && isFree(start - 1) && close >= end && isFree(close)) {
    writeText(out, start - 1, '{');
    writeText(out, close, '}');
    return to;
  }
  draft.problems.push({ span: { start, end }, reason: 'statement as argument' });
  blankRange(draft, first, to);
  writeText(out, start, '0');
  draft.kind[first] = TokenKind.Number;
  return to;
}

function hasForeign(draft: Draft, first: number, to: number): boolean {
  for (let i = first; i < to; i++) if (FOREIGN.has(draft.code[i] ?? 0)) return true;
  return false;
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
function fixTypeArgument(draft: Draft, first: number, to: number): number {
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
      return at;
    }
  }
  if (name < 0) {
    // A lone qualifier or storage class: the grammar takes a single keyword for a name here.
    blankRange(draft, after(draft, first), to);
    return to;
  }
  blankRange(draft, first, name);
  blankRange(draft, after(draft, name), to);
  if (isTypeof(draft, name)) spellAsName(draft, name);
  return to;
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
