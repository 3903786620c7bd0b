/**
 * Findings that people accepted: a comment on the line or the line above (`revsafe: allow RULE - REASON`), or an entry
 * in the settings. The reason is required, and a suppression that fits nothing is said, so that none outlives its cause.
 */
import type { Span } from '../base/span.ts';
import { LineIndex } from '../base/span.ts';
import type { Finding } from '../rules/rule.ts';

/** One suppression comment of a text. */
export interface SuppressionComment {
  readonly span: Span;
  readonly rule: string;
  readonly reason: string;
  /** Zero-based lines that it covers. */
  readonly lines: readonly number[];
}

export interface SuppressionNote {
  readonly span: Span;
  /** A sentence. */
  readonly reason: string;
}

export interface SuppressionComments {
  readonly comments: readonly SuppressionComment[];
  readonly notes: readonly SuppressionNote[];
}

const MARK = 'revsafe:';
const NONE: SuppressionComments = { comments: [], notes: [] };

/** Finds suppression comments; those that are wrong become notes and suppress nothing. */
export function findSuppressions(text: string, ruleIds: readonly string[]): SuppressionComments {
  if (!text.includes(MARK)) return NONE;
  const lines = new LineIndex(text);
  const comments: SuppressionComment[] = [];
  const notes: SuppressionNote[] = [];
  const found = commentSpans(text).filter((span) => text.slice(span.start, span.end).includes(MARK));
  const alone = new Set(
    found.filter((span) => standsAlone(text, span, lines)).map((span) => lines.positionAt(span.start).line),
  );
  for (const span of found) {
    const content = text
      .slice(span.start, span.end)
      .replace(/^\/[*/]+/, '')
      .replace(/\*\/$/, '')
      .replace(/\s*\n[ \t]*\*?[ \t]*/g, ' ')
      .trim();
    if (!content.startsWith(MARK)) continue;
    const match = /^revsafe:\s*allow\s+([\w-]+)(?:\s+(?:-{1,2}|[\u2013\u2014])\s*(.*))?$/.exec(content);
    if (match === null) {
      notes.push({ span, reason: 'this comment suppresses nothing: write "revsafe: allow RULE - REASON"' });
      continue;
    }
    const rule = match[1] ?? '';
    const reason = (match[2] ?? '').trim();
    if (!ruleIds.includes(rule)) notes.push({ span, reason: `there is no rule "${rule}" to allow` });
    else if (reason === '') notes.push({ span, reason: `"allow ${rule}" needs a reason after " - "` });
    else comments.push({ span, rule, reason, lines: coveredLines(span, lines, alone) });
  }
  return { comments, notes };
}

/** Index of the comment that covers a finding of this rule on this line, or -1. */
export function suppressingComment(comments: readonly SuppressionComment[], finding: Finding, line: number): number {
  return comments.findIndex((comment) => comment.rule === finding.rule && comment.lines.includes(line));
}

/** Notes for comments that fit no finding; `checked` tells which rules have run. */
export function unusedSuppressions(
  comments: readonly SuppressionComment[],
  used: ReadonlySet<number>,
  checked: (rule: string) => boolean,
): readonly SuppressionNote[] {
  return comments
    .filter((comment, index) => !used.has(index) && checked(comment.rule))
    .map((comment) => ({
      span: comment.span,
      reason: `"allow ${comment.rule}" is not needed: nothing is reported here`,
    }));
}

/** Its own lines and the next; past further suppressions that stand on lines of their own. */
function coveredLines(span: Span, lines: LineIndex, alone: ReadonlySet<number>): readonly number[] {
  const covered: number[] = [];
  const last = lines.positionAt(Math.max(span.start, span.end - 1)).line;
  for (let line = lines.positionAt(span.start).line; line <= last; line++) covered.push(line);
  if (!alone.has(covered[0] ?? -1)) return covered;
  let next = last + 1;
  while (alone.has(next)) next++;
  covered.push(next);
  return covered;
}

function standsAlone(text: string, span: Span, lines: LineIndex): boolean {
  const line = lines.positionAt(span.start).line;
  if (text.slice(lines.lineStart(line), span.start).trim() !== '') return false;
  const last = lines.positionAt(Math.max(span.start, span.end - 1)).line;
  return text.slice(span.end, lines.lineStart(last + 1)).trim() === '';
}

/** Comments of a C or Rust text; what looks like one inside a string is none. */
function commentSpans(text: string): Span[] {
  const spans: Span[] = [];
  const token = /\/\*[\s\S]*?(?:\*\/|$)|\/\/(?:[^\n\\]|\\[\s\S])*|"(?:[^"\\\n]|\\[\s\S])*"|'(?:[^'\\\n]|\\.)+'/g;
  for (const match of text.matchAll(token)) {
    if (match[0].startsWith('/')) spans.push({ start: match.index, end: match.index + match[0].length });
  }
  return spans;
}
