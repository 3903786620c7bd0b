/** One guard over the check and the use, where both take the lock for a moment of their own. */
import type { Span } from '../../base/span.ts';
import type { Fix, FixContext } from '../rule.ts';
import { indentAt } from './c-text.ts';
import { asResult, insertion, replacement } from './edits.ts';
import { rustFunctionSpan } from './rust-shape.ts';

export const oneGuard: Fix = {
  title: 'Hold one guard from the check to the use',
  safety: 'review',
  preferred: () => true,
  offered: (ctx) => planOf(ctx) !== undefined || rejoin(ctx) !== undefined,
  edit: (ctx) => {
    const plan = planOf(ctx);
    const { file } = ctx.finding.at;
    if (plan === undefined) {
      const lines = rejoin(ctx);
      return lines === undefined
        ? { kind: 'none' }
        : asResult({ edits: lines.map((span) => replacement(file, span, '')) }, ctx.text);
    }
    const indent = indentAt(ctx.text(file), plan.before);
    const edits = plan.taken.map((span) => replacement(file, span, plan.name));
    const guard = `let ${plan.isWritten ? 'mut ' : ''}${plan.name} = ${plan.lock};\n${indent}`;
    return asResult({ edits: [insertion(file, plan.before, guard), ...edits] }, ctx.text);
  },
};

interface Plan {
  /** `self.buf.lock()`. */
  readonly lock: string;
  readonly name: string;
  readonly isWritten: boolean;
  /** Where the statement with the check begins. */
  readonly before: number;
  readonly taken: readonly { readonly start: number; readonly end: number }[];
}

const LOCK = /\b(?:\w+\.)*(\w+)\.lock\(\)(?:\.unwrap\(\)|\?)?/g;

/** Exactly two moments of one lock in the function: more, or a guard with a name, need a person. */
function planOf(ctx: FixContext): Plan | undefined {
  const span = rustFunctionSpan(ctx);
  const checked = ctx.finding.witness?.user.findLast((step) => step.kind === 'test')?.at;
  if (span === undefined || checked === undefined || checked.file !== ctx.finding.at.file) return undefined;
  const source = ctx.text(checked.file);
  const text = source.slice(span.start, span.end);
  const taken = [...text.matchAll(LOCK)];
  const [first, second] = taken;
  if (taken.length !== 2 || first === undefined || second === undefined || first[0] !== second[0]) return undefined;
  const [check, use] = taken.map(({ index }) => ({
    start: span.start + index,
    end: span.start + index + first[0].length,
  }));
  if (check === undefined || use === undefined || !sameLine(source, check.start, checked.span.start)) return undefined;
  if (!sameLine(source, use.start, ctx.finding.at.span.start)) return undefined;
  const before = source.lastIndexOf('\n', check.start) + 1 + indentAt(source, check.start).length;
  // The line begins a statement, and the guard does not have a name already.
  if (!/[{};]\s*$/.test(source.slice(0, before)) || /=\s*$/.test(source.slice(0, check.start))) return undefined;
  // An arm of a `match` is no statement.
  if (/^[^\n;]*=>/.test(source.slice(check.end))) return undefined;
  const field = (first[1] ?? 'guard').toLowerCase();
  const name = new RegExp(`(?<![.\\w])${field}\\b`).test(text) ? 'guard' : field;
  const isWritten = /^(?:\.\w+)+(?:\[[^\]]*\])?\s*[-+*/|&^]?=(?!=)/.test(source.slice(use.end));
  return { lock: first[0], name, isWritten, before, taken: [check, use] };
}

const DROPPED = /^[ \t]*drop\((\w+)\);[ \t]*\r?\n/m;

/** `drop(guard);` and `let guard = ….lock();` between check and use: without both lines the first guard lives on. */
function rejoin(ctx: FixContext): readonly Span[] | undefined {
  const span = rustFunctionSpan(ctx);
  const checked = ctx.finding.witness?.user.findLast((step) => step.kind === 'test')?.at;
  if (span === undefined || checked === undefined || checked.file !== ctx.finding.at.file) return undefined;
  const source = ctx.text(checked.file);
  const between = source.slice(checked.span.start, ctx.finding.at.span.start);
  const dropped = DROPPED.exec(between);
  const name = dropped?.[1];
  if (dropped === null || name === undefined) return undefined;
  const guards = [...source.slice(span.start, span.end).matchAll(guardNamed(name))];
  const [first, second] = guards;
  if (guards.length !== 2 || first === undefined || second === undefined) return undefined;
  const start = span.start + second.index;
  const end = checked.span.start + dropped.index;
  const isBetween = start > end && start < ctx.finding.at.span.start;
  // Both bind the name in one way, in one block.
  if (!isBetween || first[0].trim() !== second[0].trim() || /[{}]/.test(source.slice(end, start))) return undefined;
  return [
    { start: end, end: end + dropped[0].length },
    { start, end: start + second[0].length },
  ];
}

function guardNamed(name: string): RegExp {
  return new RegExp(`^[ \\t]*let (?:mut )?${name} = [\\w.]+\\.lock\\(\\)(?:\\.unwrap\\(\\)|\\?)?;[ \\t]*\\r?\\n`, 'gm');
}

function sameLine(text: string, a: number, b: number): boolean {
  return !text.slice(Math.min(a, b), Math.max(a, b)).includes('\n');
}
