/**
 * The kernel dialect pass: rewrites C as the kernel writes it into C that the grammar knows, without moving a single
 * character. Every offset in the result is an offset in the original, where the first spelling can still be read.
 *
 * What becomes of things:
 * - annotations, directives, dropped branches: spaces
 * - `list_for_each_entry(a, b, c) {`: `while              (a, b, c) {`; scope macros: `if`
 * - `f(struct foo *)`: `f(       foo  )`; `typeof(x) y`: `struct _  y`
 * - a macro statement without semicolon `FOO(a)`: `FOO,a;`; at file level `FOO a;` or `FOO   ;`
 * - `static DEFINE_FOO(a, b);`: the storage class goes, so that a call remains
 * - `DECLARE_FOO(name, n);` in a struct: `DECLARE_FOO name    ;`; `struct_group(g, int a; );`: `struct      {   int a; };`
 */
import type { Span } from '../base/span.ts';
import { scanTokens, TokenKind } from './c-scanner.ts';
import type { DroppedBranch, Problem, Variant } from './conditionals.ts';
import { resolveConditionals } from './conditionals.ts';
import { rewrite } from './dialect-rewrite.ts';
import type { IncludeDirective, MacroDefinition } from './directives.ts';
import { blankSpan, createDraft } from './draft.ts';

export type { DroppedBranch, Variant } from './conditionals.ts';
export { findMacros, type IncludeDirective, type MacroDefinition } from './directives.ts';

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
  const out = new Uint16Array(text.length);
  for (let at = 0; at < text.length; at++) out[at] = text.charCodeAt(at);
  blankDead(tokens, resolved.live, out);
  const problems = [...resolved.problems];
  const draft = createDraft(tokens, resolved.live, out, resolved.macros, problems);
  rewrite(draft);
  return {
    text: decode(out),
    dropped: resolved.dropped,
    alternatives: resolved.alternatives,
    macros: resolved.macros,
    includes: resolved.includes,
    problems,
  };
}

/** Blanks all tokens that are not live: directives and dropped branches. */
function blankDead(tokens: ReturnType<typeof scanTokens>, live: Int32Array, out: Uint16Array): void {
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
function blankDirective(text: string, start: number, end: number, out: Uint16Array): void {
  let from = start;
  for (let at = text.indexOf('/', start); at >= 0 && at < end; at = text.indexOf('/', at)) {
    const next = text.charCodeAt(at + 1);
    if (next === 42 || next === 47) {
      if (insideQuotes(text, from, at)) {
        at++;
        continue;
      }
      blankSpan(out, from, at);
      const close = next === 42 ? text.indexOf('*/', at + 2) : end - 2;
      at = close < 0 ? end : Math.min(close + 2, end);
      from = at;
    } else at++;
  }
  blankSpan(out, from, end);
}

/** Whether an odd number of quotes stands between `from` and `at`: `#include "a//b.h"`. */
function insideQuotes(text: string, from: number, at: number): boolean {
  let quotes = 0;
  for (let i = text.indexOf('"', from); i >= 0 && i < at; i = text.indexOf('"', i + 1)) {
    if (text.charCodeAt(i - 1) !== 92) quotes++;
  }
  return quotes % 2 === 1;
}

const CHUNK = 8192;

function decode(out: Uint16Array): string {
  const parts: string[] = [];
  for (let at = 0; at < out.length; at += CHUNK) parts.push(String.fromCharCode(...out.subarray(at, at + CHUNK)));
  return parts.join('');
}
