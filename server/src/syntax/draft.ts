/**
 * The text while the dialect pass rewrites it: the live tokens without annotations, their matching brackets, and a
 * copy of the text's char codes that is written over in place.
 */
import type { Tokens } from './c-scanner.ts';
import { punctuator, TokenKind } from './c-scanner.ts';
import type { Codes } from './char-codes.ts';
import type { Problem } from './conditionals.ts';
import {
  ANNOTATIONS,
  ANNOTATIONS_WITH_ARGUMENTS,
  ASM_WORDS,
  LOOP_NAME,
  RESPELLED,
  SCOPE_NAME,
  TYPEOF_WORDS,
} from './dialect-table.ts';
import type { MacroDefinition } from './directives.ts';

/** What an identifier is to the pass. `None` is an ordinary name. */
export const Word = {
  None: 0,
  /** `struct`, `union`. */
  Struct: 1,
  Enum: 2,
  /** A builtin type's word, or a `typeof(…)` that has become one. */
  Type: 3,
  Storage: 4,
  Qualifier: 5,
  /** `if`, `while`, `for`, `switch`: parentheses and a statement follow. */
  Head: 6,
  /** `do`, `else`. */
  Body: 7,
  /** `return`, `goto`, `break`, `continue`. */
  Jump: 8,
  /** `case`, `default`. */
  Case: 9,
  /** `sizeof`, `_Alignof`, `offsetof`. */
  Measure: 10,
  Asm: 11,
  Typeof: 12,
  Annotation: 13,
  AnnotationWithArguments: 14,
} as const;
export type Word = (typeof Word)[keyof typeof Word];

const FILTER_SIZE = 4096;
const WORDS = wordTable();
/** Marks the hashes of all words, so that an ordinary name costs no string. */
const WORD_FILTER = filterOf(WORDS.keys());

function filterOf(names: Iterable<string>): Uint8Array {
  const filter = new Uint8Array(FILTER_SIZE);
  for (const name of names) filter[nameHash(name, 0, name.length)] = 1;
  return filter;
}

function nameHash(text: string, from: number, to: number): number {
  const middle = (from + to) >> 1;
  const mixed = text.charCodeAt(from) + text.charCodeAt(to - 1) * 13 + text.charCodeAt(middle) * 37 + (to - from) * 101;
  return mixed & (FILTER_SIZE - 1);
}

function wordTable(): ReadonlyMap<string, Word> {
  const table = new Map<string, Word>();
  const add = (word: Word, names: readonly string[]): void => {
    for (const name of names) table.set(name, word);
  };
  add(Word.Struct, ['struct', 'union']);
  add(Word.Enum, ['enum']);
  add(Word.Type, ['int', 'char', 'void', 'bool', '_Bool', 'float', 'double', 'short', 'long', 'signed', 'unsigned']);
  add(Word.Storage, ['static', 'extern', 'inline', '__inline', '__inline__', 'register', 'typedef']);
  add(Word.Measure, ['sizeof', 'offsetof', '_Generic']);
  add(Word.Qualifier, ['const', 'volatile', '_Noreturn', '_Atomic']);
  for (const [name, spelling] of Object.entries(RESPELLED)) table.set(name, table.get(spelling) ?? Word.Type);
  add(Word.Head, ['if', 'while', 'for', 'switch']);
  add(Word.Body, ['do', 'else']);
  add(Word.Jump, ['return', 'goto', 'break', 'continue']);
  add(Word.Case, ['case', 'default']);

  add(Word.Asm, ASM_WORDS);
  add(Word.Typeof, TYPEOF_WORDS);
  add(Word.Annotation, ANNOTATIONS);
  add(Word.AnnotationWithArguments, ANNOTATIONS_WITH_ARGUMENTS);
  return table;
}

/** How a name followed by parentheses and a statement behaves. */
export type MacroShape = 'loop' | 'scope' | 'statement' | 'annotation';

export interface Draft {
  readonly text: string;
  readonly out: Codes;
  readonly count: number;
  /** 0 once a token was blanked. */
  readonly kind: Uint8Array;
  readonly start: Int32Array;
  readonly end: Int32Array;
  /** Punctuator code as it now stands in `out`. */
  readonly code: Int32Array;
  readonly word: Uint8Array;
  /** Index of the other bracket; -1 for every other token and where there is none. */
  readonly match: Int32Array;
  /** Shapes of macros that this text defines. */
  readonly shapes: ReadonlyMap<string, MacroShape>;
  readonly problems: Problem[];
}

const SPACE = 32;
const UNDERSCORE = 95;
const NUMBER =
  /^(?:0[xX][\da-fA-F]+(?:\.[\da-fA-F]*)?(?:[pP][-+]?\d+)?|0[bB][01]+|\d+\.?\d*(?:[eE][-+]?\d+)?|\.\d+(?:[eE][-+]?\d+)?)[uUlLfF]*$/;
const OPEN = punctuator('(');
const CLOSE = punctuator(')');
const COMMA = punctuator(',');
const DOT = punctuator('.');
const ARROW = punctuator('->');

export function createDraft(
  tokens: Tokens,
  live: Int32Array,
  out: Codes,
  macros: readonly MacroDefinition[],
  problems: Problem[],
): Draft {
  const size = live.length;
  const kind = new Uint8Array(size);
  const start = new Int32Array(size);
  const end = new Int32Array(size);
  const code = new Int32Array(size);
  const word = new Uint8Array(size);
  const { text } = tokens;
  const shapes = macroShapes(macros);
  const shapeFilter = filterOf(shapes.keys());
  let count = 0;
  for (let i = 0; i < size; i++) {
    const token = live[i] ?? 0;
    const from = tokens.start[token] ?? 0;
    const to = tokens.end[token] ?? 0;
    const tokenKind = tokens.kind[token] ?? 0;
    let its: Word = Word.None;
    if (tokenKind === TokenKind.Identifier) {
      const hash = nameHash(text, from, to);
      if (WORD_FILTER[hash] === 1) its = WORDS.get(text.slice(from, to)) ?? Word.None;
      if (shapeFilter[hash] === 1 && its === Word.None && shapes.get(text.slice(from, to)) === 'annotation')
        its = Word.Annotation;
      if (its >= Word.Asm) {
        const before = code[count - 1] ?? 0;
        const isMember = count > 0 && (before === DOT || before === ARROW);
        const opens = i + 1 < size && tokens.code[live[i + 1] ?? 0] === OPEN;
        if (isMember || (its === Word.AnnotationWithArguments && !opens)) its = Word.None;
        else if (its === Word.Annotation) {
          // An argument that is nothing but an annotation stays, so that the list keeps its shape.
          const after = i + 1 < size ? (tokens.code[live[i + 1] ?? 0] ?? 0) : 0;
          if ((before === OPEN || before === COMMA) && count > 0 && (after === CLOSE || after === COMMA))
            its = Word.None;
          else {
            blankSpan(out, from, to);
            continue;
          }
        } else if (its === Word.AnnotationWithArguments) {
          const last = closingToken(tokens, live, i + 1);
          for (let j = i; j <= last; j++)
            blankSpan(out, tokens.start[live[j] ?? 0] ?? 0, tokens.end[live[j] ?? 0] ?? 0);
          i = last;
          continue;
        } else if (its === Word.Typeof) {
          if (!opens) its = Word.None;
          else {
            const last = closingToken(tokens, live, i + 1);
            for (let j = i; j <= last; j++)
              blankSpan(out, tokens.start[live[j] ?? 0] ?? 0, tokens.end[live[j] ?? 0] ?? 0);
            // `struct _` cannot be taken for a value, as a bare name in parentheses could.
            writeText(out, from, 'struct _');
            i = last;
            its = Word.Type;
          }
        } else if (its === Word.Asm) {
          const last = rewriteAsm(tokens, live, i, out);
          // `register int r asm("r0") = 1;`: not a statement but a mark on a declarator.
          const isMark = count > 0 && kind[count - 1] === TokenKind.Identifier && word[count - 1] === Word.None;
          if (isMark)
            for (let j = i; j <= last; j++)
              blankSpan(out, tokens.start[live[j] ?? 0] ?? 0, tokens.end[live[j] ?? 0] ?? 0);
          i = last;
          if (isMark) continue;
        }
      } else if (its !== Word.None) {
        const respelled = RESPELLED[text.slice(from, to)];
        if (respelled !== undefined) writeText(out, from, respelled.padEnd(to - from));
      }
    } else if (tokenKind === TokenKind.Number && !isNumber(text, from, to)) {
      // A piece of a name that a macro pastes: `BASE_T(1000baseT_Full)`.
      out[from] = UNDERSCORE;
      for (let at = from + 1; at < to; at++) if (out[at] === 46) out[at] = UNDERSCORE;
    }
    kind[count] = tokenKind;
    start[count] = from;
    end[count] = its === Word.Asm || its === Word.Type ? (tokens.end[live[i] ?? 0] ?? to) : to;
    code[count] = tokens.code[token] ?? 0;
    word[count] = its;
    count++;
  }
  const draft = {
    text,
    out,
    count,
    kind,
    start,
    end,
    code,
    word,
    match: new Int32Array(count).fill(-1),
    shapes,
    problems,
  };
  matchBrackets(draft);
  return draft;
}

function isNumber(text: string, from: number, to: number): boolean {
  for (let at = from; at < to; at++) {
    const c = text.charCodeAt(at);
    if (c < 48 || c > 57) return NUMBER.test(text.slice(from, to));
  }
  return true;
}

/** Index of the live token that closes the parenthesis at live index `open`, or of the last one before a brace or the end. */
function closingToken(tokens: Tokens, live: Int32Array, open: number): number {
  let depth = 0;
  for (let i = open; i < live.length; i++) {
    const c = tokens.code[live[i] ?? 0] ?? 0;
    if (c === OPEN) depth++;
    else if (c === CLOSE && --depth === 0) return i;
  }
  return open;
}

/** Leaves `asm("…")` of an assembler statement; returns the live index of its last token. */
function rewriteAsm(tokens: Tokens, live: Int32Array, at: number, out: Codes): number {
  let open = at + 1;
  while (open < live.length && tokens.kind[live[open] ?? 0] === TokenKind.Identifier) {
    blankSpan(out, tokens.start[live[open] ?? 0] ?? 0, tokens.end[live[open] ?? 0] ?? 0);
    open++;
  }
  if (open >= live.length || tokens.code[live[open] ?? 0] !== OPEN) return at;
  const word = live[at] ?? 0;
  writeText(out, tokens.start[word] ?? 0, 'asm'.padEnd((tokens.end[word] ?? 0) - (tokens.start[word] ?? 0)));
  const last = closingToken(tokens, live, open);
  let inString = true;
  for (let i = open + 1; i < last; i++) {
    const token = live[i] ?? 0;
    const from = tokens.start[token] ?? 0;
    const to = tokens.end[token] ?? 0;
    const isString = tokens.kind[token] === TokenKind.String;
    if (inString && isString) continue;
    blankSpan(out, from, to);
    if (i === open + 1 && to - from >= 2) writeText(out, from, '""');
    inString = false;
  }
  return last;
}

function matchBrackets(draft: Draft): void {
  const { code, match, count } = draft;
  const stack: number[] = [];
  for (let i = 0; i < count; i++) {
    switch (code[i] ?? 0) {
      case 40: // (
      case 91: // [
      case 123: // {
        stack.push(i);
        break;
      case 41: // )
      case 93: {
        // ]
        const top = stack.at(-1);
        if (top === undefined || (code[top] ?? 0) !== (code[i] === 41 ? 40 : 91)) break;
        stack.pop();
        match[top] = i;
        match[i] = top;
        break;
      }
      case 125: {
        // A brace closes whatever was left open inside it.
        let depth = stack.length - 1;
        while (depth >= 0 && code[stack[depth] ?? 0] !== 123) depth--;
        if (depth < 0) break;
        const open = stack[depth] ?? 0;
        stack.length = depth;
        match[open] = i;
        match[i] = open;
        break;
      }
    }
  }
}

function macroShapes(macros: readonly MacroDefinition[]): ReadonlyMap<string, MacroShape> {
  const shapes = new Map<string, MacroShape>();
  for (const macro of macros) {
    const shape = macroShape(macro);
    if (shape !== undefined) shapes.set(macro.name, shape);
  }
  // A name that is empty in one configuration only is no annotation.
  for (const macro of macros) {
    if (shapes.get(macro.name) === 'annotation' && macroShape(macro) !== 'annotation') shapes.delete(macro.name);
  }
  return shapes;
}

const ANNOTATION_BODY = /^(?:__attribute__|__attribute)\s*\(|^\w+$/;

function macroShape(macro: MacroDefinition): MacroShape | undefined {
  const body = macro.text;
  if (macro.parameters === undefined) {
    if (body === '') return 'annotation';
    if (!ANNOTATION_BODY.test(body)) return undefined;
    const word = WORDS.get(/^\w+/.exec(body)?.[0] ?? '');
    return word === Word.Annotation || word === Word.AnnotationWithArguments ? 'annotation' : undefined;
  }
  const first = /^[({\s]*(\w+)/.exec(body)?.[1] ?? '';
  if (first === 'for' || first === 'while' || LOOP_NAME.test(first))
    return /[;}]\s*\)?$/.test(body) ? 'statement' : 'loop';
  if (first === 'if' || SCOPE_NAME.test(first)) return /[;}]\s*\)?$/.test(body) ? 'statement' : 'scope';
  return first === 'do' || body.startsWith('{') ? 'statement' : undefined;
}

/** Overwrites `[from, to)` with spaces; newlines stay. */
export function blankSpan(out: Codes, from: number, to: number): void {
  for (let at = from; at < to; at++) {
    const c = out[at];
    if (c !== 10 && c !== 13) out[at] = SPACE;
  }
}

export function writeText(out: Codes, at: number, text: string): void {
  for (let i = 0; i < text.length; i++) out[at + i] = text.charCodeAt(i);
}

/** Blanks one token; it no longer counts for what stands around it. */
export function blank(draft: Draft, token: number): void {
  blankSpan(draft.out, draft.start[token] ?? 0, draft.end[token] ?? 0);
  draft.kind[token] = 0;
  draft.code[token] = 0;
}

/** Blanks the tokens `[from, to)`; comments between them stay. */
export function blankRange(draft: Draft, from: number, to: number): void {
  for (let token = from; token < to; token++) if (draft.kind[token] !== 0) blank(draft, token);
}

/** Writes `text` over a token, which must be at least as long. Its code becomes that of the text when it is punctuation. */
export function overwrite(draft: Draft, token: number, text: string): void {
  const from = draft.start[token] ?? 0;
  const to = draft.end[token] ?? 0;
  blankSpan(draft.out, from, to);
  writeText(draft.out, from, text);
  const isPunctuation = text.length === 1 && !/\w/.test(text);
  draft.code[token] = isPunctuation ? punctuator(text) : 0;
  draft.kind[token] = isPunctuation ? TokenKind.Punctuator : TokenKind.Identifier;
}

/** The token before `token` that was not blanked; -1 at the start. */
export function before(draft: Draft, token: number): number {
  let at = token - 1;
  while (at >= 0 && draft.kind[at] === 0) at--;
  return at;
}

/** The token after `token` that was not blanked; `count` at the end. */
export function after(draft: Draft, token: number): number {
  let at = token + 1;
  while (at < draft.count && draft.kind[at] === 0) at++;
  return at;
}

export function nameOf(draft: Draft, token: number): string {
  return draft.text.slice(draft.start[token], draft.end[token]);
}

/** Whether the token is a name that means nothing special. */
export function isPlain(draft: Draft, token: number): boolean {
  return draft.kind[token] === TokenKind.Identifier && draft.word[token] === Word.None;
}

/** Whether a line ends between two tokens. */
export function onNewLine(draft: Draft, first: number, second: number): boolean {
  const to = draft.start[second] ?? 0;
  for (let at = draft.end[first] ?? to; at < to; at++) if (draft.text.charCodeAt(at) === 10) return true;
  return false;
}
