/** Macro invocations that stand where C has a statement, an item, a member, an enumerator or an element. */
import { punctuator, TokenKind } from './c-scanner.ts';
import { argumentsOf, fixArguments, hasStatement } from './dialect-arguments.ts';
import { FIELD_NAME_ARGUMENT, LOOP_NAME, MEMBER_GROUPS, PAIRED_PARAMETERS, SCOPE_NAME } from './dialect-table.ts';
import type { Draft } from './draft.ts';
import {
  after,
  before,
  blank,
  blankRange,
  blankSpan,
  isPlain,
  nameOf,
  onNewLine,
  overwrite,
  Word,
  writeText,
} from './draft.ts';
import type { Walk } from './walk.ts';
import { Context } from './walk.ts';

const OPEN = punctuator('(');
const OPEN_BRACE = punctuator('{');
const CLOSE_BRACE = punctuator('}');
const OPEN_BRACKET = punctuator('[');
const SEMICOLON = punctuator(';');
const COMMA = punctuator(',');
const ASSIGN = punctuator('=');
const DOT = punctuator('.');
const STAR = punctuator('*');

/** Rewrites `name(…)` where something starts; returns the token to go on with. */
export function rewriteInvocation(walk: Walk, name: number, open: number): number {
  // `type_t (*fn)(int);` declares a pointer.
  const close = walk.draft.match[open] ?? open;
  const then = after(walk.draft, close);
  if (
    walk.draft.code[after(walk.draft, open)] === STAR &&
    (walk.draft.code[then] === OPEN || walk.draft.code[then] === OPEN_BRACKET)
  ) {
    walk.atStart = false;
    return name + 1;
  }
  switch (walk.context) {
    case Context.Block:
      return rewriteStatement(walk, name, open);
    case Context.Struct:
      return rewriteMember(walk, name, open);
    default:
      return rewriteItem(walk, name, open);
  }
}

function proceed(walk: Walk, name: number): number {
  if (walk.draft.word[name] !== Word.Head) walk.atStart = walk.draft.kind[name] === 0 && walk.atStart;
  else walk.atStart = false;
  return name + 1;
}

/** Whether a token can only start a statement or declaration. */
function startsStatement(draft: Draft, token: number): boolean {
  return token < draft.count && draft.kind[token] === TokenKind.Identifier;
}

function rewriteStatement(walk: Walk, name: number, open: number): number {
  const { draft } = walk;
  const close = draft.match[open] ?? open;
  const next = after(draft, close);
  const spelled = nameOf(draft, name);
  if (holdsStatements(draft, open, close)) {
    // `DEBUG( a(); b(); )`: a block that is there or not.
    blank(draft, name);
    overwrite(draft, open, '{');
    overwrite(draft, close, '}');
    return open;
  }
  const shape = draft.shapes.get(spelled);
  const isLoop = shape === 'loop' || (shape === undefined && LOOP_NAME.test(spelled));
  const isScope = shape === 'scope' || (shape === undefined && SCOPE_NAME.test(spelled));
  const braces = next < draft.count && draft.code[next] === OPEN_BRACE;
  if (
    braces ||
    ((isLoop || isScope) && next < draft.count && draft.code[next] !== SEMICOLON && startsBody(draft, next))
  ) {
    makeHead(draft, name, open, isLoop);
    return proceed(walk, name);
  }
  if (draft.code[next] === ASSIGN && draft.code[after(draft, next)] === OPEN_BRACE) {
    declareVariable(draft, name, open, close);
    return proceed(walk, name);
  }
  const ends = next >= draft.count || draft.code[next] === CLOSE_BRACE;
  if (ends || (startsStatement(draft, next) && onNewLine(draft, close, next)) || isElse(draft, next)) {
    endStatement(draft, name, open, close);
  } else if (startsStatement(draft, next) && isPlain(draft, next)) {
    // `TYPE(x) name;`: a type made by a macro.
    blankRange(draft, open, close + 1);
  }
  return proceed(walk, name);
}

function holdsStatements(draft: Draft, open: number, close: number): boolean {
  const end = draft.code[before(draft, close)];
  if ((end !== SEMICOLON && end !== CLOSE_BRACE) || argumentsOf(draft, open).length !== 1) return false;
  return draft.word[after(draft, open)] === Word.Head || hasStatement(draft, open + 1, close);
}

function isElse(draft: Draft, token: number): boolean {
  return token < draft.count && draft.word[token] === Word.Body && draft.text.startsWith('else', draft.start[token]);
}

function startsBody(draft: Draft, token: number): boolean {
  const c = draft.code[token];
  return (
    draft.kind[token] === TokenKind.Identifier ||
    c === STAR ||
    c === OPEN ||
    c === punctuator('++') ||
    c === punctuator('--')
  );
}

/** `for_each(a, b) {` becomes `while   (a, b) {`; what runs at most once becomes an `if`. */
function makeHead(draft: Draft, name: number, open: number, isLoop: boolean): void {
  const start = draft.start[name] ?? 0;
  const size = (draft.end[name] ?? 0) - start;
  const close = draft.match[open] ?? open;
  const keyword = isLoop && size >= 5 ? 'while' : 'if';
  if (size < keyword.length) return;
  fixArguments(draft, open);
  const first = after(draft, open);
  if (first === close) {
    // An empty condition does not parse; there is room for one where the name is long enough.
    const gap = (draft.end[close] ?? 0) - start;
    const text = isLoop && gap >= 8 ? 'while(1)' : 'if(1)';
    if (gap < text.length || onNewLine(draft, name, close)) return;
    blankRange(draft, open, close + 1);
    blankSpan(draft.out, start, start + size);
    writeText(draft.out, start, text);
    blankToken(draft, name);
    return;
  }
  blankSpan(draft.out, start, start + size);
  writeText(draft.out, start, keyword);
  draft.word[name] = Word.Head;
}

/** Forgets a token whose text was already written over. */
function blankToken(draft: Draft, token: number): void {
  draft.kind[token] = 0;
  draft.code[token] = 0;
}

/** A statement without semicolon: `FOO(a, b)` becomes `FOO,a, b;`. */
function endStatement(draft: Draft, name: number, open: number, close: number): void {
  fixArguments(draft, open);
  if (after(draft, open) === close) blank(draft, open);
  else if (hasBraces(draft, open, close)) blankRange(draft, open, close);
  else overwrite(draft, open, ',');
  overwrite(draft, close, ';');
  draft.match[open] = -1;
  draft.match[close] = -1;
  // The name must not be taken for the start of a statement again.
  draft.word[name] = Word.None;
}

function hasBraces(draft: Draft, open: number, close: number): boolean {
  for (let i = open; i < close; i++) if (draft.code[i] === OPEN_BRACE) return true;
  return false;
}

function rewriteItem(walk: Walk, name: number, open: number): number {
  const { draft } = walk;
  const close = draft.match[open] ?? open;
  const next = after(draft, close);
  const c = next < draft.count ? draft.code[next] : 0;
  const hasStorage = isStorage(draft, before(draft, name));
  if (next < draft.count) {
    if (c === OPEN_BRACE) return defineFunction(walk, name, open, close);
    if (c === ASSIGN || c === OPEN_BRACKET || (c === SEMICOLON && hasStorage)) {
      declareVariable(draft, name, open, close);
      return proceed(walk, name);
    }
    if (c === SEMICOLON || c === OPEN || c === COMMA || c === DOT) return proceed(walk, name);
    const continues = draft.kind[next] === TokenKind.Identifier || c === STAR;
    if (continues && !onNewLine(draft, close, next)) {
      // `MARK(x) int f(void)` or `TYPE(x) name;`
      blankRange(draft, open, close + 1);
      if (draft.word[next] !== Word.None || c !== STAR) blank(draft, name);
      return draft.kind[name] === 0 ? name : proceed(walk, name);
    }
  }
  endItem(draft, name, open, close);
  return close + 1 > name ? skipTo(walk, close + 1) : proceed(walk, name);
}

function isStorage(draft: Draft, token: number): boolean {
  return token >= 0 && (draft.word[token] === Word.Storage || draft.word[token] === Word.Qualifier);
}

function skipTo(walk: Walk, token: number): number {
  walk.atStart = true;
  walk.assigned = false;
  return token;
}

/** An item without semicolon: `module_init(foo)` becomes `module_init foo;`, with other arguments just the name is left. */
function endItem(draft: Draft, name: number, open: number, close: number): void {
  let simple = after(draft, open) !== close;
  for (let i = open + 1; i < close; i++) {
    if (draft.kind[i] === 0) continue;
    const isComma = draft.code[i] === COMMA;
    const expected = (i - open) % 2 === 0;
    if (isComma !== expected || (!isComma && !isPlain(draft, i))) simple = false;
  }
  if (simple && (close - open) % 2 === 0) blank(draft, open);
  else blankRange(draft, open, close);
  overwrite(draft, close, ';');
  draft.word[name] = Word.None;
}

/** `DEFINE_FOO(type, name) = …`: a declaration of the name. */
function declareVariable(draft: Draft, name: number, open: number, close: number): void {
  const list = argumentsOf(draft, open);
  const [first, second] = list;
  if (first === undefined) return;
  const isTyped =
    draft.word[first.from] !== Word.None ||
    (second !== undefined && second.to - second.from === 1 && isPlain(draft, second.from) && list.length === 2);
  const kept = isTyped && second !== undefined ? second : first;
  blank(draft, open);
  if (isTyped && second !== undefined) {
    blank(draft, name);
    blank(draft, first.to);
  }
  // `DEFINE_PER_CPU(int [4], name)`
  for (let i = first.from; isTyped && i < first.to; i++)
    if (draft.code[i] === OPEN_BRACKET) blankRange(draft, i, first.to);
  blankRange(draft, kept.to, close + 1);
  if (kept === first && !isPlain(draft, first.from)) blankRange(draft, first.from, close + 1);
}

/** A macro that makes a function's head: `NAME(fn, int a) {` becomes `NAME fn( int a) {`. */
function defineFunction(walk: Walk, name: number, open: number, close: number): number {
  const { draft } = walk;
  const list = argumentsOf(draft, open);
  const [first] = list;
  const spelled = nameOf(draft, name);
  if (first === undefined || after(draft, open) === close) {
    const start = draft.start[name] ?? 0;
    const size = (draft.end[name] ?? 0) - start;
    if (size > 4) writeText(draft.out, start, 'int ');
    return skipTo(walk, close + 1);
  }
  if (!isPlain(draft, first.from) || first.to - first.from !== 1) {
    blankRange(draft, open + 1, close);
    if ((draft.end[name] ?? 0) - (draft.start[name] ?? 0) > 4) writeText(draft.out, draft.start[name] ?? 0, 'int ');
    return skipTo(walk, close + 1);
  }
  if (list.length > 1) {
    blank(draft, open);
    overwrite(draft, first.to, '(');
    const paired = PAIRED_PARAMETERS.test(spelled);
    for (const [index, argument] of list.entries()) {
      if (index === 0) continue;
      if (paired && index % 2 === 1 && index + 1 < list.length) blank(draft, argument.to);
      if (!isParameter(draft, argument.from, argument.to, paired)) {
        blankRange(draft, list[1]?.from ?? close, close);
        break;
      }
    }
  }
  return skipTo(walk, close + 1);
}

function isParameter(draft: Draft, from: number, to: number, paired: boolean): boolean {
  for (let i = from; i < to; i++) {
    if (draft.kind[i] !== 0 && draft.kind[i] !== TokenKind.Identifier && draft.code[i] !== STAR) return false;
  }
  return paired || to > from;
}

function rewriteMember(walk: Walk, name: number, open: number): number {
  const { draft } = walk;
  const close = draft.match[open] ?? open;
  const spelled = nameOf(draft, name);
  const leading = MEMBER_GROUPS[spelled];
  const list = argumentsOf(draft, open);
  if (leading !== undefined) {
    const members = list[leading];
    const start = draft.start[name] ?? 0;
    blankSpan(draft.out, start, draft.end[name] ?? start);
    writeText(draft.out, start, 'struct');
    draft.word[name] = Word.Struct;
    overwrite(draft, open, '{');
    if (members !== undefined) blankRange(draft, open + 1, members.from);
    overwrite(draft, close, '}');
    walk.atStart = false;
    return open;
  }
  const next = after(draft, close);
  const at = FIELD_NAME_ARGUMENT[spelled] ?? 0;
  const field = list[at];
  const keeps = field !== undefined && isPlain(draft, field.from) && field.from < field.to;
  const follows = next < draft.count && isPlain(draft, next) && !onNewLine(draft, close, next);
  for (let i = open; i <= close; i++) {
    if (draft.kind[i] === 0 || (keeps && !follows && i === field.from)) continue;
    blank(draft, i);
  }
  if (
    !follows &&
    next < draft.count &&
    draft.code[next] !== SEMICOLON &&
    draft.code[next] !== OPEN_BRACKET &&
    draft.code[next] !== punctuator(':')
  ) {
    writeText(draft.out, draft.start[close] ?? 0, ';');
    draft.kind[close] = TokenKind.Punctuator;
    draft.code[close] = SEMICOLON;
  }
  walk.atStart = false;
  return name + 1;
}

/** `NAME(x),` in an enum; a comma is added where the macro brings its own. */
export function rewriteEnumerator(draft: Draft, name: number, open: number): void {
  const close = draft.match[open] ?? -1;
  if (close < 0) return;
  const previous = before(draft, name);
  if (draft.code[previous] !== OPEN_BRACE && draft.code[previous] !== COMMA) return;
  const next = after(draft, close);
  blankRange(draft, open, close + 1);
  if (next < draft.count && draft.kind[next] === TokenKind.Identifier) overwriteComma(draft, close);
}

function overwriteComma(draft: Draft, token: number): void {
  writeText(draft.out, draft.start[token] ?? 0, ',');
  draft.kind[token] = TokenKind.Punctuator;
  draft.code[token] = COMMA;
}

/** Macros among the elements of an initializer that bring their own comma. */
export function rewriteElementMacro(draft: Draft, name: number, next: number): void {
  const previous = before(draft, name);
  const isElement = draft.code[previous] === OPEN_BRACE || draft.code[previous] === COMMA;
  if (next >= draft.count) return;
  if (draft.code[previous] === CLOSE_BRACE) {
    // `{ … } MORE_ELEMENTS`: the macro brings the comma before it.
    const end = draft.code[next] === OPEN ? (draft.match[next] ?? name) : name;
    blankRange(draft, name, end + 1);
    return;
  }
  if (draft.code[next] !== OPEN) {
    // `COMMON { … }` or `COMMON .x = 1`
    if (isElement && (draft.code[next] === OPEN_BRACE || startsElement(draft, next))) blank(draft, name);
    return;
  }
  const close = draft.match[next] ?? -1;
  if (close < 0) return;
  const following = after(draft, close);
  if (isElement && draft.code[following] === ASSIGN && draft.code[after(draft, following)] === OPEN_BRACE) {
    // `ENTRY(1) = { … }`: a designator made by a macro.
    blankRange(draft, name, following + 1);
    return;
  }
  if (following >= draft.count || !startsElement(draft, following)) return;
  const list = argumentsOf(draft, next);
  const complete = isElement && list.every((argument) => argument.from < argument.to);
  if (complete) {
    fixArguments(draft, next);
    overwrite(draft, next, ',');
    draft.match[next] = -1;
  } else {
    blankRange(draft, next, close + 1);
  }
  overwriteComma(draft, close);
  draft.match[close] = -1;
}

/** Whether a token starts another element without a comma before it. */
function startsElement(draft: Draft, token: number): boolean {
  const c = draft.code[token];
  if (draft.kind[token] === TokenKind.Identifier || c === OPEN_BRACE) return true;
  if (c === OPEN_BRACKET) return draft.code[after(draft, draft.match[token] ?? token)] === ASSIGN;
  // `.a.b[1] = …`; without the `=` it is a member of what stands before.
  let at = token;
  while (draft.code[at] === DOT || draft.code[at] === OPEN_BRACKET) {
    if (draft.code[at] === DOT) at = after(draft, at);
    at = after(draft, Math.max(at, draft.match[at] ?? -1));
  }
  return c === DOT && at < draft.count && draft.code[at] === ASSIGN;
}
