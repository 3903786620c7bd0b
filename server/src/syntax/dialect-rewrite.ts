/** The walk over the live tokens that knows where it is: file, function body, struct, initializer, argument list. */
import { punctuator, TokenKind } from './c-scanner.ts';
import { fixArguments } from './dialect-arguments.ts';
import { rewriteElementMacro, rewriteEnumerator, rewriteInvocation } from './dialect-macros.ts';
import { fixRun } from './dialect-names.ts';
import type { Draft } from './draft.ts';
import { after, before, blank, blankRange, isPlain, overwrite, Word, writeText } from './draft.ts';
import type { Walk } from './walk.ts';
import { Context } from './walk.ts';

const code = punctuator;
const OPEN = code('(');
const CLOSE = code(')');
const OPEN_BRACKET = code('[');
const CLOSE_BRACKET = code(']');
const OPEN_BRACE = code('{');
const CLOSE_BRACE = code('}');
const SEMICOLON = code(';');
const COLON = code(':');
const COMMA = code(',');
const ASSIGN = code('=');
const ELLIPSIS = code('...');
const AND_AND = code('&&');
const STAR = code('*');
const DOT = code('.');
const ARROW = code('->');

export function rewrite(draft: Draft): void {
  const walk: Walk = { draft, contexts: [], context: Context.File, atStart: true, assigned: false };
  for (let i = 0; i < draft.count; ) {
    const kind = draft.kind[i];
    if (kind === 0) i++;
    else if (kind === TokenKind.Punctuator) i = visitPunctuator(walk, i);
    else if (kind === TokenKind.Identifier) i = visitWord(walk, i);
    else {
      if (kind === TokenKind.String) joinStrings(draft, i);
      else if (kind === TokenKind.Number) blankUnit(draft, i);
      walk.atStart = false;
      i++;
    }
  }
}

function push(walk: Walk, context: Context): void {
  walk.contexts.push(walk.context);
  walk.context = context;
}

function pop(walk: Walk): Context {
  const left = walk.context;
  walk.context = walk.contexts.pop() ?? Context.File;
  return left;
}

function takesItems(context: Context): boolean {
  return context <= Context.Struct;
}

function visitPunctuator(walk: Walk, at: number): number {
  const { draft } = walk;
  switch (draft.code[at]) {
    case OPEN_BRACE:
      push(walk, braceContext(walk, at));
      walk.atStart = takesItems(walk.context);
      walk.assigned = false;
      break;
    case CLOSE_BRACE:
      closeBrace(walk, at);
      break;
    case OPEN: {
      const context = parenthesisContext(walk, at);
      if (context === Context.Parameters && walk.context === Context.Struct && blankBitFieldMacro(draft, at))
        return at + 1;
      if (context === Context.Call) fixArguments(draft, at);
      push(walk, context);
      walk.atStart = false;
      break;
    }
    case CLOSE:
      walk.atStart = walk.context >= Context.Call && pop(walk) === Context.Head;
      break;
    case OPEN_BRACKET:
      push(walk, Context.Index);
      walk.atStart = false;
      break;
    case CLOSE_BRACKET:
      if (walk.context === Context.Index) pop(walk);
      walk.atStart = false;
      break;
    case SEMICOLON:
      if (takesItems(walk.context)) {
        // The grammar has no empty member.
        if (walk.atStart && walk.context === Context.Struct) blank(draft, at);
        walk.atStart = true;
        walk.assigned = false;
      }
      break;
    case COLON:
      if (walk.context === Context.Struct) blankUnnamedBits(draft, at);
      else if (walk.context === Context.Block) closeLabel(draft, at);
      walk.atStart = walk.context === Context.Block;
      break;
    case ASSIGN:
      walk.assigned = true;
      walk.atStart = false;
      break;
    case ELLIPSIS:
      // `case 1 ... 5:`; the grammar knows ranges in designators only.
      if (walk.context === Context.Block) writeText(draft.out, draft.start[at] ?? 0, ' | ');
      walk.atStart = false;
      break;
    case AND_AND:
      // `&&label`
      if (isPlain(draft, at + 1) && !endsOperand(draft, before(draft, at)))
        writeText(draft.out, draft.start[at] ?? 0, ' &');
      walk.atStart = false;
      break;
    default:
      walk.atStart = false;
  }
  return at + 1;
}

function closeBrace(walk: Walk, at: number): void {
  // Parentheses that were left open end here.
  while (walk.context >= Context.Call && walk.contexts.length > 0 && walk.draft.match[at] !== -1) pop(walk);
  const left = pop(walk);
  walk.atStart = left <= Context.Block && takesItems(walk.context);
  if (walk.atStart) walk.assigned = false;
}

/** Whether an expression can end with this token, so that `&&` after it joins two. */
function endsOperand(draft: Draft, token: number): boolean {
  if (token < 0) return false;
  const kind = draft.kind[token];
  if (kind === TokenKind.Punctuator) {
    const c = draft.code[token];
    return c === CLOSE || c === CLOSE_BRACKET || c === CLOSE_BRACE || c === code('++') || c === code('--');
  }
  return draft.word[token] !== Word.Jump;
}

function braceContext(walk: Walk, at: number): Context {
  const { draft, context } = walk;
  const previous = before(draft, at);
  if (previous < 0) return Context.Block;
  const inExpression = context >= Context.Enum;
  if (draft.kind[previous] === TokenKind.Identifier) {
    const its = draft.word[previous];
    if (its === Word.Struct) return Context.Struct;
    if (its === Word.Enum) return Context.Enum;
    const tagged = draft.word[before(draft, previous)];
    if (isPlain(draft, previous) && tagged === Word.Struct) return Context.Struct;
    if (isPlain(draft, previous) && tagged === Word.Enum) return Context.Enum;
    return context === Context.Initializer ? Context.Initializer : Context.Block;
  }
  if (draft.kind[previous] === TokenKind.String && context === Context.File) return Context.File;
  switch (draft.code[previous]) {
    case ASSIGN:
      return Context.Initializer;
    case CLOSE: {
      if (walk.atStart) return Context.Block;
      const open = draft.match[previous] ?? -1;
      const named = open < 0 ? -1 : before(draft, open);
      if (named >= 0 && (isPlain(draft, named) || draft.word[named] === Word.Head)) return Context.Block;
      if (context === Context.File && !walk.assigned) return Context.Block;
      return Context.Initializer;
    }
    case OPEN:
    case COMMA:
      return context === Context.Initializer ? Context.Initializer : Context.Block;
    case OPEN_BRACE:
    case CLOSE_BRACKET:
      return inExpression ? Context.Initializer : Context.Block;
    default:
      return context === Context.Initializer ? Context.Initializer : Context.Block;
  }
}

function parenthesisContext(walk: Walk, at: number): Context {
  const { draft, context, assigned } = walk;
  const previous = before(draft, at);
  const isItem = context === Context.File || context === Context.Struct;
  if (previous < 0) return Context.Group;
  if (draft.word[previous] === Word.Head) return Context.Head;
  if (isPlain(draft, previous)) {
    if (context === Context.Parameters) return Context.Parameters;
    if (isItem) return assigned || walk.atStart || startsItem(draft, previous) ? Context.Call : Context.Parameters;
    if (context !== Context.Block) return Context.Call;
    return declaresFunction(draft, previous) ? Context.Parameters : Context.Call;
  }
  if (context === Context.Parameters) return Context.Parameters;
  if (isItem && !assigned) return Context.Parameters;
  return Context.Group;
}

function startsItem(draft: Draft, token: number): boolean {
  const previous = before(draft, token);
  if (previous < 0) return true;
  const c = draft.code[previous];
  return c === SEMICOLON || c === CLOSE_BRACE || c === OPEN_BRACE;
}

/** `extern int f(struct x *);` in a function: a type stands before the name. */
function declaresFunction(draft: Draft, name: number): boolean {
  let previous = before(draft, name);
  while (previous >= 0 && draft.code[previous] === STAR) previous = before(draft, previous);
  if (previous < 0) return false;
  if (draft.word[previous] === Word.Type) return true;
  if (!isPlain(draft, previous)) return false;
  if (before(draft, name) === previous) return true;
  const earlier = before(draft, previous);
  return draft.word[earlier] === Word.Struct || draft.word[earlier] === Word.Enum || startsItem(draft, previous);
}

/** `u8 SWAPPED(a:6, b:2);` in a struct: a macro that orders bit-fields. */
function blankBitFieldMacro(draft: Draft, open: number): boolean {
  const close = draft.match[open] ?? -1;
  for (let i = open + 1; i < close; i++) {
    if ((draft.match[i] ?? -1) > i) i = draft.match[i] ?? i;
    else if (draft.code[i] === COLON) {
      blankRange(draft, open, close + 1);
      return true;
    }
  }
  return false;
}

/** `u32 : 5;`, also between others: `u32 a:1, :3;`. */
function blankUnnamedBits(draft: Draft, at: number): void {
  const previous = before(draft, at);
  if (previous < 0) return;
  let from = at;
  if (draft.code[previous] === COMMA) from = previous;
  else if (isPlain(draft, previous)) {
    const earlier = before(draft, previous);
    const c = draft.code[earlier];
    if (c !== SEMICOLON && c !== OPEN_BRACE && c !== CLOSE_BRACE) return;
  } else if (draft.word[previous] !== Word.Type) return;
  let to = at + 1;
  while (to < draft.count && draft.code[to] !== COMMA && draft.code[to] !== SEMICOLON && draft.code[to] !== CLOSE_BRACE)
    to++;
  if (from === at && draft.code[to] === COMMA) to++;
  blankRange(draft, from, to);
}

/** `out: }`: C23, but not the grammar, lets a label end a block. */
function closeLabel(draft: Draft, at: number): void {
  if (draft.code[after(draft, at)] !== CLOSE_BRACE) return;
  const label = before(draft, at);
  if (label < 0 || !isPlain(draft, label) || draft.word[before(draft, label)] === Word.Case) return;
  const colon = draft.start[at] ?? 0;
  const end = draft.end[label] ?? 0;
  if (colon > end) writeText(draft.out, colon - 1, ':;');
  else if (end - (draft.start[label] ?? 0) > 1) writeText(draft.out, colon - 1, ':;');
}

/** `64 KILO`: a macro that continues the expression. */
function blankUnit(draft: Draft, at: number): void {
  const next = after(draft, at);
  if (next < draft.count && isPlain(draft, next) && draft.code[after(draft, next)] !== OPEN) blank(draft, next);
}

/** `"a" NAME(x) "b"`: the grammar joins strings with names, not with macro calls. */
function joinStrings(draft: Draft, at: number): void {
  const next = after(draft, at);
  if (next < draft.count && isPlain(draft, next) && draft.code[next + 1] === OPEN) {
    const close = draft.match[next + 1] ?? -1;
    if (close >= 0) blankRange(draft, next + 1, close + 1);
  }
  const previous = before(draft, at);
  if (previous < 0) return;
  if (draft.code[previous] === CLOSE) {
    const open = draft.match[previous] ?? -1;
    if (open > 0 && isPlain(draft, before(draft, open))) blankRange(draft, open, previous + 1);
  }
}

function visitWord(walk: Walk, at: number): number {
  const { draft } = walk;
  const previous = before(draft, at);
  const joint = previous < 0 ? 0 : draft.code[previous];
  if (joint === DOT || joint === ARROW) {
    walk.atStart = false;
    return at + 1;
  }
  switch (draft.word[at] ?? Word.None) {
    case Word.None:
      return visitName(walk, at);
    case Word.Storage:
    case Word.Qualifier:
      if (walk.atStart) dropStorage(walk, at);
      return draft.kind[at] === 0 ? at : at + 1;
    case Word.Struct:
    case Word.Enum: {
      const tag = after(draft, at);
      const next = tag < draft.count ? after(draft, tag) : tag;
      // `struct MARK name {`
      if (
        next < draft.count &&
        isPlain(draft, tag) &&
        isPlain(draft, next) &&
        draft.code[after(draft, next)] === OPEN_BRACE
      ) {
        blank(draft, tag);
      }
      // `struct NAMED(1) x`: the tag is made by a macro.
      if (next < draft.count && isPlain(draft, tag) && draft.code[next] === OPEN && walk.context !== Context.Call) {
        const close = draft.match[next] ?? -1;
        const then = close < 0 ? draft.count : after(draft, close);
        if (
          then < draft.count &&
          (isPlain(draft, then) || draft.code[then] === OPEN_BRACE || draft.code[then] === STAR)
        ) {
          blankRange(draft, next, close + 1);
        }
      }
      break;
    }
    case Word.Body:
      walk.atStart = true;
      return at + 1;
    case Word.Head: {
      // `if FAILED(x)`: the macro brings the parentheses.
      const next = after(draft, at);
      if (next < draft.count && isPlain(draft, next) && draft.code[after(draft, next)] === OPEN) blank(draft, next);
      break;
    }
    case Word.Type: {
      // `char far *p`
      const next = after(draft, at);
      if (
        next < draft.count &&
        isPlain(draft, next) &&
        draft.code[after(draft, next)] === STAR &&
        !draft.text.startsWith('struct', draft.start[at])
      ) {
        blank(draft, next);
      }
      break;
    }
    case Word.Jump: {
      const next = after(draft, at);
      // `goto *table[i];`
      if (draft.code[next] === STAR && draft.text.startsWith('goto', draft.start[at])) {
        let end = next;
        while (end < draft.count && draft.code[end] !== SEMICOLON) end++;
        const label = after(draft, next);
        blank(draft, next);
        if (label < end && isPlain(draft, label)) blankRange(draft, label + 1, end);
      }
      break;
    }
    case Word.Case:
      closeCase(draft, at);
      break;
    case Word.Measure:
      fixMeasure(draft, at);
      break;
  }
  walk.atStart = false;
  return at + 1;
}

/** `offsetof(type, a.b[0])`: the grammar takes one member name, so the rest of the path goes. */
function fixMeasure(draft: Draft, at: number): void {
  const open = at + 1;
  const close = draft.match[open] ?? -1;
  if (draft.code[open] !== OPEN || close < 0 || !draft.text.startsWith('offsetof', draft.start[at])) return;
  for (let i = open + 1; i < close; i++) {
    if ((draft.match[i] ?? -1) > i) i = draft.match[i] ?? i;
    else if (draft.code[i] === COMMA) {
      blankRange(draft, after(draft, i) + 1, close);
      return;
    }
  }
}

/** `case NUMBER(1);`: the macro ends with the colon. */
function closeCase(draft: Draft, at: number): void {
  for (let i = at + 1; i < draft.count; i++) {
    if (draft.kind[i] === 0) continue;
    const c = draft.code[i];
    if (c === SEMICOLON) overwrite(draft, i, ':');
    if (c === SEMICOLON || c === COLON || c === OPEN_BRACE || c === CLOSE_BRACE) return;
    i = Math.max(i, draft.match[i] ?? -1);
  }
}

/** `static DEFINE_FOO(a, b);`: without a type the grammar sees no declaration, and a call when the storage class goes. */
function dropStorage(walk: Walk, at: number): void {
  const { draft } = walk;
  let name = at;
  while (
    name < draft.count &&
    (draft.word[name] === Word.Storage || draft.word[name] === Word.Qualifier || draft.kind[name] === 0)
  )
    name++;
  if (name >= draft.count || draft.text.startsWith('typedef', draft.start[at])) return;
  if (draft.word[name] === Word.Struct || draft.word[name] === Word.Enum) {
    // `static struct foo { … };` declares no variable.
    const body = isPlain(draft, after(draft, name)) ? after(draft, after(draft, name)) : after(draft, name);
    const end = draft.code[body] === OPEN_BRACE ? (draft.match[body] ?? -1) : -1;
    if (end >= 0 && draft.code[after(draft, end)] === SEMICOLON) blankRange(draft, at, name);
    return;
  }
  if (!isPlain(draft, name) || draft.code[after(draft, name)] !== OPEN) return;
  const close = draft.match[after(draft, name)] ?? -1;
  if (close < 0) return;
  const next = after(draft, close);
  const c = next < draft.count ? draft.code[next] : 0;
  if (c === OPEN_BRACE || c === OPEN || c === ASSIGN || c === OPEN_BRACKET) return;
  blankRange(draft, at, name);
}

function visitName(walk: Walk, at: number): number {
  const { draft } = walk;
  let last = at;
  let next = after(draft, at);
  while (next < draft.count && isPlain(draft, next)) {
    last = next;
    next = after(draft, next);
  }
  if (last !== at) {
    const started = walk.atStart;
    fixRun(walk, at, last);
    walk.atStart = started && draft.kind[at] === 0;
    return draft.kind[at] === 0 ? at : at + 1;
  }
  const opens = next < draft.count && draft.code[next] === OPEN;
  if (!walk.atStart && isTrailingMark(walk, at)) {
    const close = opens ? (draft.match[next] ?? -1) : -1;
    blankRange(draft, at, close < 0 ? at + 1 : close + 1);
    return at;
  }
  if (walk.context === Context.Enum) {
    if (opens) rewriteEnumerator(draft, at, next);
  } else if (walk.context === Context.Initializer) {
    rewriteElementMacro(draft, at, next);
  } else if (walk.atStart) {
    if (opens && (draft.match[next] ?? -1) >= 0) return rewriteInvocation(walk, at, next);
    rewriteBareName(walk, at, next);
    if (draft.kind[at] === 0) return at;
  }
  walk.atStart = false;
  return at + 1;
}

/** `int f(void) MARK;`, `int a[5] MARK(x) = …`: a name where a declarator has ended. */
function isTrailingMark(walk: Walk, at: number): boolean {
  const { draft, context } = walk;
  const previous = before(draft, at);
  const c = previous < 0 ? 0 : draft.code[previous];
  if (c === CLOSE_BRACKET) return true;
  const isItem = (context === Context.File || context === Context.Struct) && !walk.assigned;
  return c === CLOSE && (isItem || context === Context.Parameters);
}

/** A name that stands where a statement or item starts, without parentheses: a macro if no declarator follows. */
function rewriteBareName(walk: Walk, at: number, next: number): void {
  const { draft } = walk;
  if (next >= draft.count) return;
  const its = draft.kind[next] === TokenKind.Identifier ? draft.word[next] : Word.None;
  if (its === Word.Storage || its === Word.Struct || its === Word.Enum || its === Word.Type) {
    blank(draft, at);
    return;
  }
  const then = after(draft, next);
  if (
    its === Word.Qualifier &&
    then < draft.count &&
    (draft.word[then] === Word.Struct || draft.word[then] === Word.Type)
  ) {
    blank(draft, at);
    return;
  }
  if (walk.context === Context.Struct && draft.code[next] === CLOSE_BRACE) blank(draft, at);
  if (walk.context !== Context.Block) return;
  const isStatement = its === Word.Head || its === Word.Jump || its === Word.Case || its === Word.Body;
  if (!isStatement && draft.code[next] !== CLOSE_BRACE && draft.code[next] !== OPEN_BRACE) return;
  if (draft.text.startsWith('else', draft.start[next]) || draft.code[next] === CLOSE_BRACE) {
    const end = draft.end[at] ?? 0;
    overwrite(draft, at, ';');
    writeText(draft.out, draft.start[at] ?? 0, ' ');
    writeText(draft.out, end - 1, ';');
    draft.kind[at] = TokenKind.Punctuator;
    return;
  }
  blank(draft, at);
}
