/**
 * The kernel dialect pass: rewrites C as the kernel writes it into C that the grammar knows, without moving a single
 * character. Every offset in the result is an offset in the original, where the first spelling can still be read.
 *
 * What becomes of things:
 * - annotations, directives, dropped branches: spaces
 * - `#if` between items: all branches stay, so a function or table can stand there twice; elsewhere one branch stays
 * - `list_for_each_entry(a, b, c) {`: `while              (a, b, c) {`; scope macros: `if`
 * - `f(struct foo *)`: `f(       foo  )`; `typeof(x) y`: `struct _  y`
 * - statements as arguments `f(a, x(); );`: `f(a,{x();});`, a block in braces; `DEBUG( x(); )` becomes `    { x(); }`
 * - a macro statement without semicolon `FOO(a)`: `FOO,a;`; at file level `FOO a;` or `FOO   ;`
 * - `static DEFINE_FOO(a, b);`: the storage class goes, so that a call remains
 * - `DECLARE_FOO(name, n);` in a struct: `DECLARE_FOO name    ;`; `struct_group(g, int a; );`: `struct      {   int a; };`
 */
import type { Span } from '../base/span.ts';
import type { Tokens } from './c-scanner.ts';
import { commentEnd, scanTokens, TokenKind } from './c-scanner.ts';
import type { Codes } from './char-codes.ts';
import { toCodes, toText } from './char-codes.ts';
import type { DroppedBranch, Problem, Variant } from './conditionals.ts';
import { resolveConditionals } from './conditionals.ts';
import { rewrite } from './dialect-rewrite.ts';
import type { IncludeDirective, MacroDefinition } from './directives.ts';
import { blankSpan, createDraft } from './draft.ts';

export type { DroppedBranch, Variant } from './conditionals.ts';
export { findMacros, type IncludeDirective, type MacroDefinition } from './directives.ts';

const QUOTE = 34;
const STAR = 42;
const SLASH = 47;
const BACKSLASH = 92;

export interface DialectResult {
  /** As long as the original, with newlines at the same offsets. */
  readonly text: string;
  /** Branches of conditionals that were blanked, and function text that could not be kept. */
  readonly dropped: readonly Span[];
  /** Those of `dropped` that another configuration compiles. */
  readonly alternatives: readonly DroppedBranch[];
  /** Macros that the file defines, in order. */
  readonly macros: readonly MacroDefinition[];
  readonly includes: readonly IncludeDirective[];
  readonly problems: readonly Problem[];
}

/**
 * Rewrites `text`. With the variant `alternative`, conditionals inside functions take their next best branch: parse
 * the text of one function that way to see what the preferred reading of it leaves out.
 */
export function toStandardC(text: string, variant: Variant = 'preferred'): DialectResult {
  const tokens = scanTokens(text);
  const resolved = resolveConditionals(tokens, variant);
  const out = toCodes(text);
  blankDead(tokens, resolved.live, out);
  const problems = [...resolved.problems];
  const draft = createDraft(tokens, resolved.live, out, resolved.macros, problems);
  rewrite(draft);
  return {
    text: toText(out),
    dropped: resolved.dropped,
    alternatives: resolved.alternatives,
    macros: resolved.macros,
    includes: resolved.includes,
    problems,
  };
}

/** Blanks all tokens that are not live: directives and dropped branches. */
function blankDead(tokens: Tokens, live: Int32Array, out: Codes): void {
  let next = 0;
  for (let i = 0; i < tokens.count; i++) {
    if (live[next] === i) {
      next++;
      continue;
    }
    const start = tokens.start[i] ?? 0;
    const end = tokens.end[i] ?? 0;
    if (tokens.kind[i] === TokenKind.Directive) blankDirective(tokens.text, start, end, out);
    else blankSpan(out, start, end);
  }
}

/** Blanks a directive but not the comments in it. */
function blankDirective(text: string, start: number, end: number, out: Codes): void {
  let from = start;
  let quoted = false;
  for (let at = start; at < end; at++) {
    const c = text.charCodeAt(at);
    if (c === QUOTE && text.charCodeAt(at - 1) !== BACKSLASH) quoted = !quoted;
    if (c !== SLASH || quoted) continue;
    const next = text.charCodeAt(at + 1);
    if (next !== STAR && next !== SLASH) continue;
    blankSpan(out, from, at);
    from = Math.min(commentEnd(text, at), end);
    at = from - 1;
  }
  blankSpan(out, from, end);
}
