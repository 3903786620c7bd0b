/**
 * Chooses the branches of preprocessor conditionals. Inside functions and initializers one branch is kept; between
 * the items of a file or a struct every branch that can be true is kept, so that both versions of a function are
 * seen. Only tokens are looked at: a branch that leaves a brace open is taken only when all of them do.
 */
import type { Span } from '../base/span.ts';
import type { Tokens } from './c-scanner.ts';
import { punctuator, TokenKind } from './c-scanner.ts';
import type { IncludeDirective, MacroDefinition } from './directives.ts';
import {
  complement,
  conditionText,
  directiveKind,
  directiveWord,
  Likelihood,
  likelihood,
  readInclude,
  readMacro,
} from './directives.ts';

/** Which branch to keep where only one can be: the likelier one, or the next best of the same shape. */
export type Variant = 'preferred' | 'alternative';

/** A branch that was blanked although it can be true: its text is worth a second look. */
export interface DroppedBranch {
  /** From the end of its directive to the start of the next one. */
  readonly span: Span;
  /** Condition as written, on one line; empty for `#else`. */
  readonly condition: string;
  /** The branch that was kept instead; absent when all were dropped. */
  readonly kept?: Span;
}

export interface Problem {
  readonly span: Span;
  readonly reason: string;
}

export interface Resolved {
  /** Indices of the tokens that stay, in order; no directives. */
  readonly live: Int32Array;
  readonly dropped: readonly Span[];
  readonly alternatives: readonly DroppedBranch[];
  readonly macros: readonly MacroDefinition[];
  readonly includes: readonly IncludeDirective[];
  readonly problems: readonly Problem[];
}

interface Branch {
  /** Token index of the directive that opens it. */
  readonly directive: number;
  readonly likelihood: Likelihood;
  /** Token indices `[from, to)`. */
  readonly from: number;
  to: number;
  readonly groups: Group[];
  shape?: Shape;
}

interface Group {
  readonly branches: Branch[];
  /** Token index of `#endif`, or the token count when it is missing. */
  endif: number;
}

/** What a branch does to nesting. */
interface Shape {
  readonly braces: number;
  readonly lowest: number;
  readonly parens: number;
  /** Token index of the first and last live token; -1 when there is none. */
  readonly first: number;
  readonly last: number;
}

/** Nothing real comes near; the pass recurses into nested conditionals. */
const MAX_NESTING = 256;

const OPEN_BRACE = punctuator('{');
const CLOSE_BRACE = punctuator('}');
const OPEN_PAREN = punctuator('(');
const CLOSE_PAREN = punctuator(')');
const OPEN_BRACKET = punctuator('[');
const CLOSE_BRACKET = punctuator(']');
const SEMICOLON = punctuator(';');

/** An opening and a closing run, nested regions in between. */
interface Walk {
  readonly tokens: Tokens;
  readonly variant: Variant;
  readonly live: Int32Array;
  count: number;
  braces: number;
  parens: number;
  /** One entry per open brace: whether it opened a struct or union body. */
  readonly bodies: boolean[];
  readonly dropped: Span[];
  readonly alternatives: DroppedBranch[];
}

export function resolveConditionals(tokens: Tokens, variant: Variant): Resolved {
  const problems: Problem[] = [];
  const macros: MacroDefinition[] = [];
  const includes: IncludeDirective[] = [];
  const root = readGroups(tokens, macros, includes, problems);
  const live = new Int32Array(tokens.count);
  const walk: Walk = {
    tokens,
    variant,
    live,
    count: 0,
    braces: 0,
    parens: 0,
    bodies: [],
    dropped: [],
    alternatives: [],
  };
  emit(walk, 0, tokens.count, root);
  const dropped = walk.dropped;
  const reachable = macros.filter((macro) => !isUnder(dropped, walk.alternatives, macro.span));
  return {
    live: live.subarray(0, walk.count),
    dropped,
    alternatives: walk.alternatives,
    macros: reachable,
    includes: includes.filter((include) => !isUnder(dropped, walk.alternatives, include.span)),
    problems,
  };
}

/** Whether a directive lies in a branch that can never be true. */
function isUnder(dropped: readonly Span[], alternatives: readonly DroppedBranch[], span: Span): boolean {
  return dropped.some(
    (one) =>
      one.start <= span.start &&
      span.end <= one.end &&
      !alternatives.some((other) => other.span.start <= one.start && one.end <= other.span.end),
  );
}

function readGroups(
  tokens: Tokens,
  macros: MacroDefinition[],
  includes: IncludeDirective[],
  problems: Problem[],
): Group[] {
  const { text } = tokens;
  const root: Group[] = [];
  const open: Group[] = [];
  /** Open conditionals beyond the limit; they count as text that is always there. */
  let ignored = 0;
  for (let i = 0; i < tokens.count; i++) {
    if (tokens.kind[i] !== TokenKind.Directive) continue;
    const start = tokens.start[i] ?? 0;
    const end = tokens.end[i] ?? 0;
    const word = directiveWord(text, start);
    const group = open.at(-1);
    switch (directiveKind(word)) {
      case 'if': {
        if (open.length >= MAX_NESTING) {
          if (ignored++ === 0) problems.push({ span: { start, end }, reason: 'conditionals nested too deeply' });
          break;
        }
        const made: Group = { branches: [branchAt(tokens, i, word, [])], endif: tokens.count };
        (group?.branches.at(-1)?.groups ?? root).push(made);
        open.push(made);
        break;
      }
      case 'elif':
      case 'else': {
        if (ignored > 0) break;
        const last = group?.branches.at(-1);
        if (group === undefined || last === undefined) {
          problems.push({ span: { start, end }, reason: `#${word} without #if` });
          break;
        }
        last.to = i;
        const earlier = group.branches.map((branch) => branch.likelihood);
        group.branches.push(branchAt(tokens, i, word, earlier));
        break;
      }
      case 'endif': {
        if (ignored > 0) {
          ignored--;
          break;
        }
        const last = group?.branches.at(-1);
        if (group === undefined || last === undefined) {
          problems.push({ span: { start, end }, reason: '#endif without #if' });
          break;
        }
        last.to = i;
        group.endif = i;
        open.pop();
        break;
      }
      case 'define': {
        const macro = readMacro(text, start, end);
        if (macro !== undefined) macros.push(macro);
        break;
      }
      case 'include': {
        const include = readInclude(text, start, end);
        if (include !== undefined) includes.push(include);
        break;
      }
      case 'other':
        break;
    }
  }
  for (const group of open) {
    const at = group.branches[0]?.directive ?? 0;
    problems.push({ span: { start: tokens.start[at] ?? 0, end: tokens.end[at] ?? 0 }, reason: '#if without #endif' });
  }
  return root;
}

function branchAt(tokens: Tokens, index: number, word: string, earlier: readonly Likelihood[]): Branch {
  const condition = conditionText(tokens.text, tokens.start[index] ?? 0, tokens.end[index] ?? 0);
  const own = word === 'else' ? complement(earlier) : likelihood(word, condition);
  const chance = earlier.includes(Likelihood.Always) ? Likelihood.Never : own;
  return { directive: index, likelihood: chance, from: index + 1, to: tokens.count, groups: [] };
}

function shapeOf(walk: Walk, branch: Branch): Shape {
  if (branch.shape !== undefined) return branch.shape;
  const { kind, code } = walk.tokens;
  let braces = 0;
  let lowest = 0;
  let parens = 0;
  let first = -1;
  let last = -1;
  let next = 0;
  for (let i = branch.from; i < branch.to; i++) {
    const group = branch.groups[next];
    if (group !== undefined && i === group.branches[0]?.directive) {
      next++;
      const chosen = choose(walk, group);
      if (chosen !== undefined) {
        const inner = shapeOf(walk, chosen);
        lowest = Math.min(lowest, braces + inner.lowest);
        braces += inner.braces;
        parens += inner.parens;
        if (inner.last >= 0) {
          if (first < 0) first = inner.first;
          last = inner.last;
        }
      }
      i = Math.min(group.endif, branch.to - 1);
      continue;
    }
    if (kind[i] === TokenKind.Directive) continue;
    if (first < 0) first = i;
    last = i;
    const c = code[i] ?? 0;
    if (c === OPEN_BRACE) braces++;
    else if (c === CLOSE_BRACE) lowest = Math.min(lowest, --braces);
    else if (c === OPEN_PAREN || c === OPEN_BRACKET) parens++;
    else if (c === CLOSE_PAREN || c === CLOSE_BRACKET) parens--;
  }
  branch.shape = { braces, lowest, parens, first, last };
  return branch.shape;
}

function isBalanced(shape: Shape): boolean {
  return shape.braces === 0 && shape.lowest === 0 && shape.parens === 0;
}

/** The branch to keep; undefined when keeping none is best. */
function choose(walk: Walk, group: Group): Branch | undefined {
  const ranked = group.branches
    .filter((branch) => branch.likelihood !== Likelihood.Never)
    .map((branch) => ({ branch, score: branch.likelihood + (isBalanced(shapeOf(walk, branch)) ? 10 : 0) }))
    .sort((a, b) => b.score - a.score);
  const best = ranked[0];
  if (best === undefined) return undefined;
  // Without an `#else`, keeping nothing is a balanced choice too.
  const mayBeEmpty =
    directiveWord(walk.tokens.text, walk.tokens.start[group.branches.at(-1)?.directive ?? 0] ?? 0) !== 'else';
  if (best.score < 10 && mayBeEmpty) return undefined;
  if (walk.variant === 'preferred') return best.branch;
  const shape = shapeOf(walk, best.branch);
  const other = ranked.slice(1).find(({ branch }) => {
    const its = shapeOf(walk, branch);
    return its.braces === shape.braces && its.parens === shape.parens;
  });
  return other?.branch ?? best.branch;
}

function emit(walk: Walk, from: number, to: number, groups: readonly Group[]): void {
  const { kind, code } = walk.tokens;
  let next = 0;
  for (let i = from; i < to; i++) {
    const group = groups[next];
    if (group !== undefined && i === group.branches[0]?.directive) {
      next++;
      emitGroup(walk, group);
      i = Math.min(group.endif, to - 1);
      continue;
    }
    if (kind[i] === TokenKind.Directive) continue;
    const c = code[i] ?? 0;
    if (c === OPEN_BRACE) {
      walk.braces++;
      walk.bodies.push(opensStruct(walk));
    } else if (c === CLOSE_BRACE) {
      if (walk.braces > 0) walk.braces--;
      walk.bodies.pop();
    } else if (c === OPEN_PAREN || c === OPEN_BRACKET) walk.parens++;
    else if (c === CLOSE_PAREN || c === CLOSE_BRACKET) walk.parens = Math.max(0, walk.parens - 1);
    else if (c === SEMICOLON && walk.braces === 0) walk.parens = 0;
    walk.live[walk.count++] = i;
  }
}

function emitGroup(walk: Walk, group: Group): void {
  const possible = group.branches.filter((branch) => branch.likelihood !== Likelihood.Never);
  const kept = keepsAll(walk, possible, followingToken(walk.tokens, group.endif)) ? possible : [choose(walk, group)];
  for (const [index, branch] of group.branches.entries()) {
    if (kept.includes(branch)) {
      emit(walk, branch.from, branch.to, branch.groups);
      continue;
    }
    const { tokens } = walk;
    const following = group.branches[index + 1]?.directive ?? group.endif;
    const span = { start: tokens.end[branch.directive] ?? 0, end: tokens.start[following] ?? tokens.text.length };
    if (following >= tokens.count) span.end = tokens.text.length;
    if (span.start >= span.end || branch.from >= branch.to) continue;
    walk.dropped.push(span);
    if (branch.likelihood === Likelihood.Never) continue;
    const condition = conditionText(
      tokens.text,
      tokens.start[branch.directive] ?? 0,
      tokens.end[branch.directive] ?? 0,
    );
    const instead = kept[0];
    walk.alternatives.push(
      instead === undefined
        ? { span, condition }
        : {
            span,
            condition,
            kept: { start: tokens.end[instead.directive] ?? 0, end: tokens.start[instead.to] ?? tokens.text.length },
          },
    );
  }
}

/** Whether all branches consist of whole items between the items of a file or struct. */
function keepsAll(walk: Walk, branches: readonly Branch[], following: number): boolean {
  const { code } = walk.tokens;
  // Heads of one function: `#ifdef A`, `int f(int a)`, `#else`, `static int f(int a)`, `#endif`, `{`.
  if (code[following] === OPEN_BRACE) return false;
  if (walk.parens > 0) return false;
  if (walk.braces > 0 && walk.bodies.at(-1) !== true) return false;
  const before = walk.count === 0 ? SEMICOLON : (code[walk.live[walk.count - 1] ?? 0] ?? 0);
  const opening = walk.braces > 0 && before === OPEN_BRACE;
  if (!opening && before !== SEMICOLON && before !== CLOSE_BRACE && before !== CLOSE_PAREN) return false;
  return branches.every((branch) => {
    const shape = shapeOf(walk, branch);
    if (!isBalanced(shape)) return false;
    if (shape.last < 0) return true;
    const end = code[shape.last];
    if (before === CLOSE_PAREN && code[shape.first] !== 0) return false;
    return end === SEMICOLON || end === CLOSE_BRACE || (end === CLOSE_PAREN && before !== CLOSE_PAREN);
  });
}

/** The first token after `#endif` that is no directive. */
function followingToken(tokens: Tokens, endif: number): number {
  let at = endif + 1;
  while (at < tokens.count && tokens.kind[at] === TokenKind.Directive) at++;
  return at;
}

function opensStruct(walk: Walk): boolean {
  const { text, start, kind } = walk.tokens;
  for (let back = 1; back <= 3 && back <= walk.count; back++) {
    const token = walk.live[walk.count - back] ?? 0;
    if (kind[token] !== TokenKind.Identifier) return false;
    const at = start[token] ?? 0;
    if (text.startsWith('struct', at) || text.startsWith('union', at)) return true;
  }
  return false;
}
