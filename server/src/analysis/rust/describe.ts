/** Places and sentences about Rust functions. */
import type { Location, Span } from '../../base/span.ts';
import { shift } from '../../base/span.ts';
import type { Step, StepKind } from '../model.ts';
import type { Guard } from './guards.ts';
import type { LinkedFn } from './link.ts';

/** Absolute place of a span that is relative to a function. */
export function locate(linked: LinkedFn, span: Span): Location {
  const { fn } = linked;
  return { file: fn.unit.path, span: shift(span, fn.at), fn: fn.ir.name };
}

export function stepAt(linked: LinkedFn, span: Span, kind: StepKind, text: string): Step {
  return { kind, at: locate(linked, span), text };
}

/** What people call a guard: the variable, or the call that made it. */
export function nameOfGuard(guard: Guard): string {
  if (guard.name !== undefined) return guard.name;
  const callee = guard.made?.call.callee;
  return callee?.kind === 'named' ? `the guard of ${callee.name.replace(/^\./, '')}()` : 'the guard';
}

/** How a guard came to be. */
export function stepOfGuard(linked: LinkedFn, guard: Guard): Step {
  const { use } = linked;
  if (guard.made === undefined && guard.name === undefined && use !== undefined) {
    const { callee } = use.by.call;
    const by = callee.kind === 'named' ? callee.name.replace(/^\./, '') : 'a function';
    return stepAt(use.outer, use.by.call.span, 'lock', `${by}() runs this closure inside a read section`);
  }
  const text =
    guard.made === undefined
      ? `${nameOfGuard(guard)} comes from the caller`
      : `the read section of ${nameOfGuard(guard)} begins`;
  return stepAt(linked, guard.at, 'lock', text);
}
