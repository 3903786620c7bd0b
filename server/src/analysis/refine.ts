/** What a branch teaches: refines a path state by the truth of a condition. */
import type { Value } from '../ir/ir.ts';
import type { Cell, Cells } from './cells.ts';
import { strip } from './cells.ts';
import type { AbstractValue, PathState, Source, Test } from './path-state.ts';
import { learn, setValue } from './path-state.ts';
import type { Fn, Program } from './program.ts';

/** Constants that are zero by another name. */
export const ZERO_NAMES: ReadonlySet<string> = new Set(['NULL', 'false', 'FALSE']);

export const tempName = (id: number): string => `t${id}`;

export class Refiner {
  private readonly program: Program;
  private readonly cells: Cells;
  /** Cells of which tests are remembered. */
  private readonly relevant: ReadonlySet<Cell>;
  private readonly onAsked: ((cell: Cell, matters: boolean) => void) | undefined;

  /** `onAsked` hears every answer that depends on `relevant`. */
  constructor(
    program: Program,
    cells: Cells,
    relevant: ReadonlySet<Cell>,
    onAsked?: (cell: Cell, matters: boolean) => void,
  ) {
    this.program = program;
    this.cells = cells;
    this.relevant = relevant;
    this.onAsked = onAsked;
  }

  /** What is known of a value on this path. */
  evaluate(value: Value | undefined, state: PathState): AbstractValue | undefined {
    const inner = strip(value);
    if (inner === undefined) return undefined;
    switch (inner.kind) {
      case 'constant':
        if (inner.number !== undefined) return inner.number === 0 ? 'zero' : inner.number < 0 ? 'negative' : 'positive';
        return ZERO_NAMES.has(inner.text) ? 'zero' : 'positive';
      case 'operator': {
        if (inner.operator === '-' && inner.operands.length === 1) {
          const operand = this.evaluate(inner.operands[0], state);
          return operand === 'positive' ? 'negative' : operand === 'negative' ? 'positive' : operand;
        }
        return undefined;
      }
      case 'temp':
        return state.values.get(tempName(inner.id));
      case 'read':
        return inner.place.root.kind === 'local' && inner.place.steps.length === 0
          ? state.values.get(inner.place.root.name)
          : undefined;
      case 'address':
      case 'string':
        return 'nonzero';
      default:
        return undefined;
    }
  }

  /** Where a value came from, as far as a test of it is worth remembering. */
  sourceOf(value: Value | undefined, fn: Fn, state: PathState): Source | undefined {
    const source = this.findSource(value, fn, state);
    return source === undefined || !this.isRelevant(source.cell) ? undefined : source;
  }

  private findSource(value: Value | undefined, fn: Fn, state: PathState): Source | undefined {
    const inner = strip(value);
    if (inner === undefined) return undefined;
    if (inner.kind === 'temp') {
      const source = state.sources.get(tempName(inner.id));
      if (source !== undefined) return source;
    }
    if (inner.kind === 'read' && inner.place.root.kind === 'local' && inner.place.steps.length === 0) {
      return state.sources.get(inner.place.root.name);
    }
    if (inner.kind === 'element') {
      const cell =
        this.cells.targetCell(inner.of, fn) ?? this.cells.valueCell(inner.of, fn) ?? this.containerIn(inner.macro, fn);
      return cell === undefined ? undefined : { cell, kind: 'found', locks: [...state.held.keys()] };
    }
    if (inner.kind === 'operator') {
      if (inner.operator === '!' && inner.operands.length === 1) {
        const operand = this.sourceOf(inner.operands[0], fn, state);
        return operand === undefined ? undefined : { ...operand, kind: invert(operand.kind) };
      }
      if (inner.operator === '==' || inner.operator === '!=')
        return this.comparisonSource(inner.operator, inner.operands, fn, state);
      // `flags & MASK`, `state == DEAD`: a test of the cell it is computed from.
      for (const operand of inner.operands) {
        const source = this.sourceOf(operand, fn, state);
        if (source !== undefined) return { ...source, kind: inner.operator === '&' ? source.kind : 'compared' };
      }
      return undefined;
    }
    if (inner.kind === 'read' || inner.kind === 'temp') {
      const cell = this.cells.valueCell(inner, fn);
      if (cell !== undefined) return { cell, kind: 'value', locks: [...state.held.keys()] };
    }
    return undefined;
  }

  /** The container that a loop macro of the module's own names in its body. */
  private containerIn(macro: string, fn: Fn): Cell | undefined {
    const body = this.program.findFunction(macro, fn.unit);
    if (body?.ir.macro !== true || body.calls.size !== 1) return undefined;
    for (const call of body.calls.values()) {
      const named = call.args.find((argument) => {
        const inner = strip(argument);
        return inner?.kind === 'address' && inner.place.root.kind === 'global';
      });
      return named === undefined ? undefined : this.cells.targetCell(named, body);
    }
    return undefined;
  }

  private comparisonSource(operator: string, operands: readonly Value[], fn: Fn, state: PathState): Source | undefined {
    for (const [subject, other] of [
      [operands[0], operands[1]],
      [operands[1], operands[0]],
    ]) {
      const source = this.sourceOf(subject, fn, state);
      if (source === undefined) continue;
      if (this.evaluate(other, state) !== 'zero') return { ...source, kind: 'compared' };
      return operator === '!=' ? source : { ...source, kind: invert(source.kind) };
    }
    return undefined;
  }

  /** The state in which `condition` is `truth`; undefined when that cannot be. */
  refine(state: PathState, condition: Value, truth: boolean, fn: Fn): PathState | undefined {
    const value = strip(condition);
    if (value === undefined) return state;
    if (value.kind === 'operator') return this.refineOperator(state, value.operator, value.operands, truth, fn);
    if (value.kind === 'temp') {
      const call = fn.calls.get(value.id);
      const name = call?.callee.kind === 'named' ? call.callee.name : undefined;
      for (const effect of name === undefined ? [] : (this.program.knowledge.findFunction(name)?.does ?? [])) {
        if (effect.verb === 'returns' && effect.slot.at === 'arg') {
          const argument = call?.args[effect.slot.index];
          if (argument !== undefined) return this.refine(state, argument, truth, fn);
        }
        if (effect.verb === 'isError' && effect.slot.at === 'arg') {
          return this.refineError(state, call?.args[effect.slot.index], effect.orNull === true, truth, fn);
        }
      }
    }
    const known = this.evaluate(value, state);
    if (known !== undefined && (known === 'zero') === truth) return undefined;
    return this.learnTruth(state, value, truth, fn);
  }

  isRelevant(cell: Cell): boolean {
    if (cell.startsWith('$')) return true;
    const matters = this.relevant.has(cell);
    this.onAsked?.(cell, matters);
    return matters;
  }

  private learnTruth(state: PathState, value: Value, truth: boolean, fn: Fn): PathState {
    let next = state;
    const name = localName(value);
    const source = this.sourceOf(value, fn, state);
    if (name !== undefined && state.values.get(name) === undefined)
      next = setValue(next, name, truth ? 'nonzero' : 'zero', state.sources.get(name));
    if (source !== undefined) {
      next = this.learnTest(next, source.cell, outcomeOf(source, truth), source);
    }
    return next;
  }

  learnTest(state: PathState, cell: Cell, outcome: Test['outcome'], source: Source): PathState {
    if (!this.isRelevant(cell)) return state;
    return learn(state, {
      cell,
      outcome,
      locks: source.locks.filter((lock) => state.held.has(lock)),
      ...(source.atomic === true ? { atomic: true } : {}),
    });
  }

  private refineError(
    state: PathState,
    argument: Value | undefined,
    orNull: boolean,
    truth: boolean,
    fn: Fn,
  ): PathState | undefined {
    if (argument === undefined) return state;
    const known = this.evaluate(argument, state);
    if (known !== undefined) {
      const isError = known === 'error' || (orNull && known === 'zero');
      if (known !== 'nonzero' && isError !== truth) return undefined;
    }
    const name = localName(strip(argument) ?? argument);
    const source = this.sourceOf(argument, fn, state);
    let next = state;
    if (name !== undefined) next = setValue(next, name, truth ? 'error' : 'nonzero', state.sources.get(name));
    if (source !== undefined) next = this.learnTest(next, source.cell, truth ? 'zero' : 'nonzero', source);
    return next;
  }

  private refineOperator(
    state: PathState,
    operator: string,
    operands: readonly Value[],
    truth: boolean,
    fn: Fn,
  ): PathState | undefined {
    const [left, right] = operands;
    if (left === undefined) return state;
    if (operator === '!') return this.refine(state, left, !truth, fn);
    if (operator === ',') return this.refine(state, operands[operands.length - 1] ?? left, truth, fn);
    if (right === undefined) return this.learnTruth(state, left, truth, fn);
    if (operator === '==' || operator === '!=') {
      const equal = (operator === '==') === truth;
      for (const [subject, other] of [
        [left, right],
        [right, left],
      ] as const) {
        const constant = strip(other);
        if (
          constant?.kind !== 'constant' &&
          !(constant?.kind === 'operator' && this.evaluate(constant, state) !== undefined)
        )
          continue;
        const what = this.evaluate(constant, state);
        if (what === 'zero') return this.refine(state, subject, !equal, fn);
        const known = this.evaluate(subject, state);
        if (equal && known === 'zero') return undefined;
        const source = this.sourceOf(subject, fn, state);
        return source === undefined ? state : this.learnTest(state, source.cell, 'compared', source);
      }
    }
    if (operator === '<' && this.evaluate(right, state) === 'zero') {
      const known = this.evaluate(left, state);
      if (known === 'negative' && !truth) return undefined;
      if ((known === 'zero' || known === 'positive') && truth) return undefined;
      const name = localName(strip(left) ?? left);
      if (name !== undefined && truth) return setValue(state, name, 'negative', state.sources.get(name));
    }
    let next = state;
    for (const operand of operator === '&' ? [left] : operands) {
      const source = this.sourceOf(operand, fn, state);
      if (source === undefined) continue;
      if (operator === '&') {
        next = this.learnTest(next, source.cell, outcomeOf(source, truth), source);
      } else {
        next = this.learnTest(next, source.cell, 'compared', source);
      }
    }
    return next;
  }
}

function invert(kind: Source['kind']): Source['kind'] {
  if (kind === 'compared') return kind;
  return kind === 'inverted' ? 'boolean' : 'inverted';
}

function outcomeOf(source: Source, truth: boolean): 'zero' | 'nonzero' | 'compared' {
  if (source.kind === 'compared') return 'compared';
  return (source.kind === 'inverted') === truth ? 'zero' : 'nonzero';
}

function localName(value: Value): string | undefined {
  if (value.kind === 'temp') return tempName(value.id);
  if (value.kind === 'read' && value.place.root.kind === 'local' && value.place.steps.length === 0)
    return value.place.root.name;
  return undefined;
}
