/** What the preprocessor directives of a file say: macros, includes, and how likely a condition holds. */
import type { Span } from '../base/span.ts';
import { commentEnd, scanTokens, TokenKind } from './c-scanner.ts';
import { CONFIGURED, NEVER_DEFINED } from './dialect-table.ts';

/** A `#define`, wherever it stands (also in a branch that was dropped, but not under `#if 0`). */
export interface MacroDefinition {
  readonly name: string;
  readonly nameSpan: Span;
  /** Parameter names of a function-like macro, `__VA_ARGS__` for a bare `...`; absent when object-like. */
  readonly parameters?: readonly string[];
  /** Whether the last parameter takes all remaining arguments. */
  readonly variadic: boolean;
  /** The whole directive, without its newline. */
  readonly span: Span;
  /** The replacement, without surrounding white space; empty at the end of the directive when there is none. */
  readonly body: Span;
  /** The file's text at `body`, backslashes of continued lines included. */
  readonly text: string;
}

/** An `#include`; `target` keeps its quotes or brackets. */
export interface IncludeDirective {
  readonly target: string;
  readonly span: Span;
}

export type DirectiveKind = 'if' | 'elif' | 'else' | 'endif' | 'define' | 'include' | 'other';

/** Truth of a condition as far as it can be told without a configuration; higher is more likely. */
export const Likelihood = { Never: 0, Unlikely: 1, Otherwise: 2, Open: 3, Likely: 4, Always: 5 } as const;
export type Likelihood = (typeof Likelihood)[keyof typeof Likelihood];

const HEAD = /#(?:[ \t]|\\\r?\n|\/\*[\s\S]*?\*\/)*([A-Za-z_]*)/y;
const DEFINE = /#[ \t]*define(?:[ \t]|\\\r?\n)+([\w$]+)/y;
const INCLUDE = /#[ \t]*include[ \t]*("[^"\n]*"|<[^>\n]*>)/y;

/** The directive's first word: `if`, `ifdef`, `define`, … */
export function directiveWord(text: string, start: number): string {
  HEAD.lastIndex = start;
  return HEAD.exec(text)?.[1] ?? '';
}

export function directiveKind(word: string): DirectiveKind {
  switch (word) {
    case 'if':
    case 'ifdef':
    case 'ifndef':
      return 'if';
    case 'elif':
    case 'elifdef':
    case 'elifndef':
      return 'elif';
    case 'else':
    case 'endif':
    case 'define':
    case 'include':
      return word;
    default:
      return 'other';
  }
}

/** The condition of an `#if`-like directive on one line: without the word, comments and continuations. */
export function conditionText(text: string, start: number, end: number): string {
  const word = directiveWord(text, start);
  const at = text.indexOf(word, start) + word.length;
  return text
    .slice(at, end)
    .replace(/\/\*[\s\S]*?\*\/|\/\/[^\n]*|\\\r?\n/g, ' ')
    .replace(/\s+/g, ' ')
    .trim();
}

export function likelihood(word: string, condition: string): Likelihood {
  const negated = word.endsWith('ifndef') || word === 'elifndef';
  if (negated || word.endsWith('def')) {
    const name = condition.split(' ', 1)[0] ?? '';
    if (NEVER_DEFINED.includes(name)) return negated ? Likelihood.Always : Likelihood.Never;
    if (name === '__KERNEL__') return negated ? Likelihood.Never : Likelihood.Always;
    if (CONFIGURED.test(name)) return negated ? Likelihood.Unlikely : Likelihood.Likely;
    return Likelihood.Open;
  }
  if (/^\(*\s*(?:0[xX]?0*|false)\s*\)*(?:\s*&&.*)?$/.test(condition)) return Likelihood.Never;
  if (/^\(*\s*(?:[1-9]\d*|true)\s*\)*(?:\s*\|\|.*)?$/.test(condition)) return Likelihood.Always;
  const simple = /^(!?)\s*\(?\s*(?:defined\s*\(?\s*(\w+)\s*\)?|IS_\w+\s*\(\s*(\w+)\s*\))\s*\)?$/.exec(condition);
  if (simple !== null) {
    const name = simple[2] ?? simple[3] ?? '';
    const not = simple[1] === '!';
    if (NEVER_DEFINED.includes(name)) return not ? Likelihood.Always : Likelihood.Never;
    if (CONFIGURED.test(name)) return not ? Likelihood.Unlikely : Likelihood.Likely;
    return Likelihood.Open;
  }
  if (CONFIGURED.test(condition)) return condition.includes('!') ? Likelihood.Open : Likelihood.Likely;
  return Likelihood.Open;
}

/** Likelihood of an `#else` whose earlier branches have these. */
export function complement(earlier: readonly Likelihood[]): Likelihood {
  if (earlier.includes(Likelihood.Always)) return Likelihood.Never;
  if (earlier.every((one) => one === Likelihood.Never)) return Likelihood.Always;
  if (earlier.every((one) => one <= Likelihood.Unlikely)) return Likelihood.Likely;
  return earlier.includes(Likelihood.Likely) ? Likelihood.Unlikely : Likelihood.Otherwise;
}

/** Reads the `#define` that covers `[start, end)`; undefined when it has no name. */
export function readMacro(text: string, start: number, end: number): MacroDefinition | undefined {
  DEFINE.lastIndex = start;
  const head = DEFINE.exec(text);
  const name = head?.[1];
  if (head === null || name === undefined || DEFINE.lastIndex > end) return undefined;
  let at = DEFINE.lastIndex;
  const nameSpan = { start: at - name.length, end: at };
  let parameters: string[] | undefined;
  let variadic = false;
  if (text.charCodeAt(at) === 40) {
    const close = text.indexOf(')', at);
    const stop = close < 0 || close > end ? end : close;
    parameters = [];
    for (const written of text
      .slice(at + 1, stop)
      .replace(/\/\*[\s\S]*?\*\/|\\\r?\n/g, ' ')
      .split(',')) {
      const parameter = written.trim();
      if (parameter === '') continue;
      variadic = parameter.endsWith('...');
      parameters.push(parameter === '...' ? '__VA_ARGS__' : parameter.replace(/\s*\.\.\.$/, ''));
    }
    at = Math.min(stop + 1, end);
  }
  const body = trimBody(text, at, end);
  const shape = { name, nameSpan, variadic, span: { start, end }, body, text: text.slice(body.start, body.end) };
  return parameters === undefined ? shape : { ...shape, parameters };
}

/** Shrinks a span over white space, continuations and comments at both ends. */
function trimBody(text: string, from: number, to: number): Span {
  let start = from;
  let end = to;
  let last = from;
  let first = -1;
  for (let at = from; at < to; ) {
    const c = text.charCodeAt(at);
    const next = text.charCodeAt(at + 1);
    if (c === 47 && (next === 42 || next === 47)) {
      at = Math.min(commentEnd(text, at), to);
    } else if (c <= 32 || (c === 92 && (next === 10 || next === 13))) {
      at++;
    } else {
      if (first < 0) first = at;
      // A quoted text is skipped as a whole, so that a comment's start inside it is not taken for one.
      at = c === 34 ? quotedEnd(text, at, to) : at + 1;
      last = at;
    }
  }
  start = first < 0 ? to : first;
  end = first < 0 ? to : last;
  return { start, end };
}

function quotedEnd(text: string, from: number, to: number): number {
  for (let at = from + 1; at < to; at++) {
    const c = text.charCodeAt(at);
    if (c === 92) at++;
    else if (c === 34) return at + 1;
    else if (c === 10) return at;
  }
  return to;
}

/** Reads the `#include` at `start`; undefined when its target is a macro. */
export function readInclude(text: string, start: number, end: number): IncludeDirective | undefined {
  INCLUDE.lastIndex = start;
  const target = INCLUDE.exec(text)?.[1];
  return target === undefined ? undefined : { target, span: { start, end } };
}

/** Every macro that the text defines, in order. */
export function findMacros(text: string): MacroDefinition[] {
  const tokens = scanTokens(text);
  const found: MacroDefinition[] = [];
  for (let i = 0; i < tokens.count; i++) {
    if (tokens.kind[i] !== TokenKind.Directive) continue;
    const start = tokens.start[i] ?? 0;
    if (directiveWord(text, start) !== 'define') continue;
    const macro = readMacro(text, start, tokens.end[i] ?? 0);
    if (macro !== undefined) found.push(macro);
  }
  return found;
}
