/** What a branch tells: locks that were taken after all, and cells that were checked. */
import type { Value } from '../../ir/ir.ts';
import { strip } from '../cells.ts';
import type { Program } from '../program.ts';
import { tempName, ZERO_NAMES } from '../refine.ts';
import { slotValue } from '../slots.ts';
import { forEachPlace } from '../value-walk.ts';
import type { Loads, Where } from './loads.ts';
import type { Frame } from './sharing.ts';
import type { Check, Load, State } from './state.ts';
import { acquire, addCheck, mergeLoads, setLoads, setPending } from './state.ts';

/** A condition taken apart: a subject against zero, or a comparison of two values. */
type Shape =
  | { readonly kind: 'truth'; readonly subject: Value; readonly truth: boolean; readonly sign: boolean }
  | {
      readonly kind: 'comparison';
      readonly left: Value;
      readonly right: Value;
      readonly outcome: 'compared' | 'ordered';
      readonly equal: boolean;
    };

export class Conditions {
  private readonly program: Program;
  private readonly loads: Loads;

  constructor(program: Program, loads: Loads) {
    this.program = program;
    this.loads = loads;
  }

  /** The state where `condition` is `truth`; `otherwise` is the block of the other outcome. */
  refine(state: State, condition: Value, truth: boolean, otherwise: number, where: Where): State {
    const shape = this.shapeOf(condition, truth, where);
    if (shape.kind === 'comparison') return this.compare(state, shape, otherwise, where);
    const settled = this.settle(state, shape.subject, shape.sign ? !shape.truth : shape.truth);
    return this.check(
      settled,
      this.loads.of(shape.subject, state, where),
      shape.truth ? 'set' : 'clear',
      otherwise,
      where,
    );
  }

  private shapeOf(condition: Value, truth: boolean, where: Where): Shape {
    const inner = strip(condition);
    if (inner?.kind === 'temp') {
      const call = where.frame.fn.calls.get(inner.id);
      const effects =
        call?.callee.kind === 'named' ? (this.program.knowledge.findFunction(call.callee.name)?.does ?? []) : [];
      for (const effect of effects) {
        const argument = effect.verb === 'returns' && call !== undefined ? slotValue(effect.slot, call) : undefined;
        if (argument !== undefined && argument.kind !== 'temp') return this.shapeOf(argument, truth, where);
        const error = effect.verb === 'isError' && call !== undefined ? slotValue(effect.slot, call) : undefined;
        if (error !== undefined) return { kind: 'truth', subject: error, truth: !truth, sign: false };
      }
    }
    if (inner?.kind !== 'operator') return { kind: 'truth', subject: inner ?? condition, truth, sign: false };
    const [left, right] = inner.operands;
    if (left === undefined) return { kind: 'truth', subject: inner, truth, sign: false };
    if (inner.operator === '!') return this.shapeOf(left, !truth, where);
    if (right === undefined || !/^(?:[<>=!]=|[<>])$/.test(inner.operator))
      return { kind: 'truth', subject: inner, truth, sign: false };
    if (isZero(right)) {
      if (inner.operator === '==') return this.shapeOf(left, !truth, where);
      if (inner.operator === '!=' || inner.operator === '>') return this.shapeOf(left, truth, where);
      // `ret < 0`: true when what was tried failed.
      if (inner.operator === '<') return { kind: 'truth', subject: left, truth: !truth, sign: true };
    }
    const outcome = /^[=!]=$/.test(inner.operator) ? 'compared' : 'ordered';
    return { kind: 'comparison', left, right, outcome, equal: (inner.operator === '==') === truth };
  }

  /** A result is known now: locks that hang on it are held. */
  private settle(state: State, subject: Value, isNonzero: boolean): State {
    const name = nameOf(subject);
    const pending = name === undefined ? undefined : state.pending.get(name);
    if (name === undefined || pending === undefined) return state;
    let next = setPending(state, name, []);
    for (const { when, locks } of pending) if ((when === 'nonzero') === isNonzero) next = acquire(next, locks);
    return next;
  }

  private check(
    state: State,
    loads: readonly Load[],
    outcome: Check['outcome'],
    otherwise: number,
    { frame, chain, span }: Where,
    against?: Check['against'],
  ): State {
    let next = state;
    for (const { cell, how, held, since, replaced } of loads) {
      // What is no longer in the cell says nothing about it.
      if (how === 'bounded' || replaced === true) continue;
      const site = { fn: frame.fn, span, chain };
      next = addCheck(next, {
        cell,
        outcome: how === 'copy' || outcome === 'ordered' ? outcome : 'compared',
        site,
        held,
        since,
        otherwise,
        ...(against === undefined || how !== 'copy' ? {} : { against }),
      });
    }
    return next;
  }

  private constantIn(values: readonly Value[], frame: Frame): string | undefined {
    for (const value of values) {
      const text = constantText(value, this.program, frame);
      if (text !== undefined) return text;
    }
    return undefined;
  }

  private compare(
    state: State,
    { left, right, outcome, equal }: Extract<Shape, { kind: 'comparison' }>,
    otherwise: number,
    where: Where,
  ): State {
    const [ofLeft, ofRight] = [this.loads.of(left, state, where), this.loads.of(right, state, where)];
    const constant = outcome === 'compared' ? this.constantIn([left, right], where.frame) : undefined;
    const against = constant === undefined ? undefined : { constant, equal };
    const compared = this.check(state, [...ofLeft, ...ofRight], outcome, otherwise, where, against);
    return bound(bound(compared, left, ofRight), right, ofLeft);
  }
}

/** Locals in `value` were compared with what `loads` say. */
function bound(state: State, value: Value, loads: readonly Load[]): State {
  if (loads.length === 0) return state;
  let next = state;
  forEachPlace(value, ({ root, steps }) => {
    if (root.kind !== 'local' || steps.length > 0) return;
    const added = loads.map((load) => ({ ...load, how: 'bounded' as const }));
    next = setLoads(next, root.name, mergeLoads(next.loads.get(root.name) ?? [], added));
  });
  return next;
}

export function nameOf(value: Value): string | undefined {
  const inner = strip(value);
  if (inner?.kind === 'temp') return tempName(inner.id);
  return inner?.kind === 'read' && inner.place.root.kind === 'local' && inner.place.steps.length === 0
    ? inner.place.root.name
    : undefined;
}

export function isZero(value: Value): boolean {
  const inner = strip(value);
  return inner?.kind === 'constant' && (inner.number === 0 || ZERO_NAMES.has(inner.text));
}

/** `-EBUSY`: what a function returns when it fails. */
export function isErrorNumber(value: Value | undefined): boolean {
  const inner = strip(value);
  return inner?.kind === 'operator' && inner.operator === '-' && inner.operands.length === 1;
}

/** A constant, so that equal texts are equal values. A name that is no variable of the module is an enumerator. */
export function constantText(value: Value, program: Program, { fn }: Pick<Frame, 'fn'>): string | undefined {
  const inner = strip(value);
  if (inner?.kind === 'constant') return inner.number === undefined ? inner.text : String(inner.number);
  if (inner?.kind === 'read') {
    const { root, steps } = inner.place;
    const isName = root.kind === 'global' && steps.length === 0 && program.findGlobal(root.name, fn.unit) === undefined;
    return isName ? root.name : undefined;
  }
  const [operand] = inner?.kind === 'operator' && isErrorNumber(inner) ? inner.operands : [];
  const text = operand === undefined ? undefined : constantText(operand, program, { fn });
  return text === undefined ? undefined : `-${text}`;
}

/** Known not to be zero. */
export function isNonzero(value: Value): boolean {
  return isErrorNumber(value) || (strip(value)?.kind === 'constant' && !isZero(value));
}
