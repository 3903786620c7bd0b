/** Expressions: values, places and conditions. Calls leave as operations of their own, in evaluation order. */
import type { Span } from '../base/span.ts';
import { BRANCH_HINTS, REPEATED_CONDITION_MACROS, TRUTH_CALLS } from '../syntax/macro-conventions.ts';
import type { CNode } from './c-node.ts';
import { childOf, isNamed } from './c-node.ts';
import { isBranching, isLogical, operatorOf, unwrap } from './c-shape.ts';
import { typeOfDescriptor, UNKNOWN_TYPE } from './c-type.ts';
import type { Place, Step, Value } from './ir.ts';
import { lowerAggregate } from './lower-c-aggregate.ts';
import { castBehind } from './lower-c-cast.ts';
import { characterLiteral, constant, isConstantName, numberLiteral } from './lower-c-literal.ts';
import { argumentSlots, layoutValue, lowerStructuralCall } from './lower-c-macro.ts';
import type { Lowering } from './lowering-state.ts';
import { declareSynthetic, havoc, lookup, place, spanOf, textOf } from './lowering-state.ts';
import { readsMemory } from './walk.ts';

const ZERO = constant('0', 0);
const ONE = constant('1', 1);

export function lowerValue(lowering: Lowering, node: CNode): Value {
  switch (node.type) {
    case 'identifier':
    case 'field_identifier':
    case 'type_identifier':
      return lowerName(lowering, node);
    case 'number_literal':
      return numberLiteral(textOf(lowering, node));
    case 'char_literal':
      return characterLiteral(textOf(lowering, node));
    case 'string_literal':
    case 'concatenated_string':
      return { kind: 'string', text: textOf(lowering, node) };
    case 'true':
      return constant('true', 1);
    case 'false':
      return constant('false', 0);
    case 'null':
      return constant('NULL', 0);
    case 'parenthesized_expression':
      return lowerParenthesized(lowering, node);
    case 'compound_statement':
      return statementExpression(lowering, node);
    case 'field_expression':
    case 'subscript_expression':
      return { kind: 'read', place: lowerPlace(lowering, node) };
    case 'pointer_expression':
      return lowerPointer(lowering, node);
    case 'call_expression':
    case 'binary_expression': {
      const cast = castBehind(lowering, node);
      if (cast !== undefined) return lowerValue(lowering, cast);
      return node.type === 'call_expression' ? lowerCall(lowering, node) : lowerBinary(lowering, node);
    }
    case 'assignment_expression':
      return { kind: 'read', place: lowerAssignment(lowering, node) };
    case 'update_expression':
      return lowerUpdate(lowering, node);
    case 'comma_expression':
      lowerOperandEffect(lowering, childOf(node, 'left'));
      return operand(lowering, childOf(node, 'right'));
    case 'conditional_expression':
      return lowerChoice(lowering, node);
    case 'unary_expression':
      return {
        kind: 'operator',
        operator: operatorOf(lowering, node),
        operands: [operand(lowering, childOf(node, 'argument'))],
      };
    case 'cast_expression': {
      const type = childOf(node, 'type');
      const value = operand(lowering, childOf(node, 'value'));
      return type === undefined ? value : { kind: 'cast', type: typeOfDescriptor(lowering.text, type), value };
    }
    case 'sizeof_expression':
    case 'alignof_expression':
      return lowerSizeof(lowering, node);
    case 'offsetof_expression':
      return layoutValue(lowering, node);
    case 'compound_literal_expression': {
      const type = childOf(node, 'type');
      const list = childOf(node, 'value');
      if (list === undefined) return unknown([]);
      return lowerAggregate(
        lowering,
        list,
        lowerValue,
        type === undefined ? undefined : typeOfDescriptor(lowering.text, type),
      );
    }
    case 'initializer_list':
      return lowerAggregate(lowering, node, lowerValue);
    case 'type_descriptor':
      return { kind: 'type', type: typeOfDescriptor(lowering.text, node) };
    case 'gnu_asm_expression':
      if (!lowering.fileLevel) havoc(lowering, 'inline assembly', node);
      return unknown([]);
    default:
      return unknown(node.children.filter(isNamed).map((child) => lowerValue(lowering, child)));
  }
}

export function unknown(parts: readonly Value[]): Value {
  return { kind: 'unknown', parts };
}

function operand(lowering: Lowering, node: CNode | undefined): Value {
  return node === undefined ? unknown([]) : lowerValue(lowering, node);
}

function lowerName(lowering: Lowering, node: CNode): Value {
  const name = textOf(lowering, node);
  const known = lookup(lowering, name);
  if (known === undefined && isConstantName(name)) return constant(name);
  return { kind: 'read', place: place(lowering, node, known?.root ?? { kind: 'global', name }) };
}

/** The expression inside parentheses, which may be a statement expression. */
function lowerParenthesized(lowering: Lowering, node: CNode): Value {
  const inner = node.children.filter(isNamed);
  const last = inner.at(-1);
  for (const child of inner.slice(0, -1)) lowerEffect(lowering, child);
  return operand(lowering, last);
}

function statementExpression(lowering: Lowering, node: CNode): Value {
  if (lowering.fileLevel) return unknown([]);
  return lowering.lowerBody(lowering, node) ?? unknown([]);
}

// Places

/** The place that an expression denotes; one that is no lvalue becomes the root of its own place. */
export function lowerPlace(lowering: Lowering, node: CNode): Place {
  switch (node.type) {
    case 'identifier':
    case 'type_identifier':
    case 'field_identifier': {
      const name = textOf(lowering, node);
      return place(lowering, node, lookup(lowering, name)?.root ?? { kind: 'global', name });
    }
    case 'parenthesized_expression': {
      const inner = node.children.filter(isNamed);
      const only = inner[0];
      if (inner.length === 1 && only !== undefined && only.type !== 'compound_statement')
        return { ...lowerPlace(lowering, only), ...where(lowering, node) };
      return placeOfValue(lowering, lowerParenthesized(lowering, node), node);
    }
    case 'field_expression': {
      const argument = childOf(node, 'argument');
      const field = childOf(node, 'field');
      const name: Step = { kind: 'field', name: field === undefined ? '?' : textOf(lowering, field) };
      if (argument === undefined) return placeOfValue(lowering, unknown([]), node);
      if (operatorOf(lowering, node) === '.') return extend(lowering, lowerPlace(lowering, argument), node, name);
      return extend(lowering, dereference(lowering, pointerValue(lowering, argument), node), node, name);
    }
    case 'subscript_expression': {
      const argument = childOf(node, 'argument');
      const base = argument === undefined ? placeOfValue(lowering, unknown([]), node) : lowerPlace(lowering, argument);
      const index = operand(lowering, childOf(node, 'index'));
      if (!lowering.fileLevel && readsMemory(index))
        lowering.cfg.emit({ kind: 'evaluate', value: index, span: spanOf(lowering, node) });
      return extend(lowering, base, node, indexBy(index));
    }
    case 'pointer_expression': {
      const argument = childOf(node, 'argument');
      if (operatorOf(lowering, node) === '*' && argument !== undefined)
        return dereference(lowering, pointerValue(lowering, argument), node);
      return placeOfValue(lowering, lowerValue(lowering, node), node);
    }
    default:
      return placeOfValue(lowering, lowerValue(lowering, node), node);
  }
}

function where(lowering: Lowering, node: Span): { readonly span?: Span } {
  return lowering.fileLevel ? {} : { span: spanOf(lowering, node) };
}

function extend(lowering: Lowering, base: Place, node: Span, step: Step): Place {
  return place(lowering, node, base.root, [...base.steps, step]);
}

function placeOfValue(lowering: Lowering, value: Value, node: Span): Place {
  if (value.kind === 'read') return { ...value.place, ...where(lowering, node) };
  return place(lowering, node, { kind: 'value', value });
}

/** A pointer that is about to be followed: where `p++` leaves it does not matter then. */
function pointerValue(lowering: Lowering, node: CNode): Value {
  if (node.type === 'parenthesized_expression') {
    const inner = node.children.filter(isNamed);
    if (inner.length === 1 && inner[0] !== undefined) return pointerValue(lowering, inner[0]);
  }
  if (node.type !== 'update_expression') return lowerValue(lowering, node);
  return { kind: 'read', place: lowerIncrement(lowering, node) };
}

/** What `value` points to. `*&x` is `x`, and `*(p + i)` is `p[i]`. */
function dereference(lowering: Lowering, value: Value, node: Span): Place {
  if (value.kind === 'address') return { ...value.place, ...where(lowering, node) };
  if (value.kind === 'read') return extend(lowering, value.place, node, { kind: 'deref' });
  if (value.kind === 'operator' && (value.operator === '+' || value.operator === '-') && value.operands.length === 2) {
    const [base, offset] = value.operands;
    if (base?.kind === 'read' && offset !== undefined) {
      if (!lowering.fileLevel && readsMemory(offset))
        lowering.cfg.emit({ kind: 'evaluate', value: offset, span: spanOf(lowering, node) });
      return extend(lowering, base.place, node, indexBy(offset));
    }
  }
  return place(lowering, node, { kind: 'value', value }, [{ kind: 'deref' }]);
}

function indexBy(index: Value): Step {
  const isLocal = index.kind === 'read' && index.place.root.kind === 'local' && index.place.steps.length === 0;
  return isLocal ? { kind: 'index', by: index.place.root.name } : { kind: 'index' };
}

function lowerPointer(lowering: Lowering, node: CNode): Value {
  const argument = childOf(node, 'argument');
  if (operatorOf(lowering, node) !== '&') return { kind: 'read', place: lowerPlace(lowering, node) };
  if (argument === undefined) return unknown([]);
  const target = lowerPlace(lowering, argument);
  // `&*p` is `p`.
  if (target.steps.at(-1)?.kind !== 'deref') return { kind: 'address', place: target };
  const pointer = place(lowering, argument, target.root, target.steps.slice(0, -1));
  return target.steps.length === 1 && target.root.kind === 'value'
    ? target.root.value
    : { kind: 'read', place: pointer };
}

// Assignments

function lowerAssignment(lowering: Lowering, node: CNode): Place {
  const left = childOf(node, 'left');
  const right = childOf(node, 'right');
  const to = left === undefined ? placeOfValue(lowering, unknown([]), node) : lowerPlace(lowering, left);
  if (right === undefined) return to;
  const operator = operatorOf(lowering, node);
  if (operator === '=') {
    lowerInto(lowering, right, to, node);
  } else {
    const value = lowerValue(lowering, right);
    if (!lowering.fileLevel)
      lowering.cfg.emit({ kind: 'assign', to, value, compound: operator, span: spanOf(lowering, node) });
  }
  return to;
}

/** `to = node`; a choice is made by control flow, so that each branch assigns its own value. */
export function lowerInto(lowering: Lowering, node: CNode, to: Place, at: Span): void {
  const inner = unwrap(node);
  if (lowering.fileLevel) return;
  if (inner.type === 'conditional_expression') {
    branchOn(lowering, inner, (arm) => lowerInto(lowering, arm, to, at));
    return;
  }
  if (isBranching(lowering, inner)) {
    asTruth(lowering, inner, (value) => lowering.cfg.emit({ kind: 'assign', to, value, span: spanOf(lowering, at) }));
    return;
  }
  const value = lowerValue(lowering, node);
  lowering.cfg.emit({ kind: 'assign', to, value, span: spanOf(lowering, at) });
}

/** `x++` and its like as a value: what the expression yields, after the change. */
function lowerUpdate(lowering: Lowering, node: CNode): Value {
  const target = lowerIncrement(lowering, node);
  const value: Value = { kind: 'read', place: target };
  const isPrefix = node.children[0]?.field === 'operator';
  if (isPrefix) return value;
  return { kind: 'operator', operator: operatorOf(lowering, node) === '++' ? '-' : '+', operands: [value, ONE] };
}

function lowerIncrement(lowering: Lowering, node: CNode): Place {
  const argument = childOf(node, 'argument');
  const to = argument === undefined ? placeOfValue(lowering, unknown([]), node) : lowerPlace(lowering, argument);
  const compound = operatorOf(lowering, node) === '++' ? '+=' : '-=';
  if (!lowering.fileLevel)
    lowering.cfg.emit({ kind: 'assign', to, value: ONE, compound, span: spanOf(lowering, node) });
  return to;
}

// Control flow inside expressions

function lowerBinary(lowering: Lowering, node: CNode): Value {
  if (!lowering.fileLevel && isBranching(lowering, node)) {
    const result = declareSynthetic(lowering, { base: 'int', pointers: 0 });
    const to = place(lowering, node, result);
    asTruth(lowering, node, (value) => lowering.cfg.emit({ kind: 'assign', to, value, span: spanOf(lowering, node) }));
    return { kind: 'read', place: to };
  }
  const left = operand(lowering, childOf(node, 'left'));
  const right = operand(lowering, childOf(node, 'right'));
  return { kind: 'operator', operator: operatorOf(lowering, node), operands: [left, right] };
}

function lowerChoice(lowering: Lowering, node: CNode): Value {
  if (lowering.fileLevel) {
    const arms = [
      childOf(node, 'condition'),
      childOf(node, 'consequence') ?? childOf(node, 'condition'),
      childOf(node, 'alternative'),
    ];
    return { kind: 'operator', operator: '?:', operands: arms.map((arm) => operand(lowering, arm)) };
  }
  const to = place(lowering, node, declareSynthetic(lowering, UNKNOWN_TYPE));
  branchOn(lowering, node, (arm) => lowerInto(lowering, arm, to, arm));
  return { kind: 'read', place: to };
}

/** Lowers both arms of `?:` behind its condition and joins them. `a ?: b` computes `a` twice only where that is harmless. */
export function branchOn(lowering: Lowering, node: CNode, arm: (node: CNode) => void): void {
  const condition = childOf(node, 'condition');
  const alternative = childOf(node, 'alternative');
  const { cfg } = lowering;
  const [then, otherwise, join] = [cfg.create(), cfg.create(), cfg.create()];
  if (condition !== undefined) lowerCondition(lowering, condition, then, otherwise);
  cfg.enter(then);
  const consequence = childOf(node, 'consequence') ?? condition;
  if (consequence !== undefined) arm(consequence);
  cfg.goto(join);
  cfg.enter(otherwise);
  if (alternative !== undefined) arm(alternative);
  cfg.enter(join);
}

/** Computes a condition by control flow and hands 1 or 0 to `use` in either case. */
export function asTruth(lowering: Lowering, node: CNode, use: (value: Value) => void): void {
  const { cfg } = lowering;
  const [then, otherwise, join] = [cfg.create(), cfg.create(), cfg.create()];
  lowerCondition(lowering, node, then, otherwise);
  cfg.enter(then);
  use(ONE);
  cfg.goto(join);
  cfg.enter(otherwise);
  use(ZERO);
  cfg.enter(join);
}

/** Ends the current block: control goes to `then` when the expression is not zero, else to `otherwise`. */
export function lowerCondition(lowering: Lowering, node: CNode, then: number, otherwise: number): void {
  const inner = unwrap(node);
  if (lowerBranchingCondition(lowering, inner, then, otherwise)) return;
  const { cfg } = lowering;
  const value = lowerValue(lowering, node);
  if (value.kind === 'constant' && value.number !== undefined) cfg.goto(value.number === 0 ? otherwise : then);
  else if (cfg.isOpen) cfg.branch(value, then, otherwise, spanOf(lowering, inner));
}

/** Conditions that are more than one test; false when `node` is a single one, and nothing was done. */
function lowerBranchingCondition(lowering: Lowering, node: CNode, then: number, otherwise: number): boolean {
  const [left, right, argument] = [childOf(node, 'left'), childOf(node, 'right'), childOf(node, 'argument')];
  if (node.type === 'unary_expression' && operatorOf(lowering, node) === '!' && argument !== undefined) {
    lowerCondition(lowering, argument, otherwise, then);
  } else if (isLogical(lowering, node) && left !== undefined && right !== undefined) {
    const second = lowering.cfg.create();
    if (operatorOf(lowering, node) === '&&') lowerCondition(lowering, left, second, otherwise);
    else lowerCondition(lowering, left, then, second);
    lowering.cfg.enter(second);
    lowerCondition(lowering, right, then, otherwise);
  } else if (node.type === 'comma_expression' && right !== undefined) {
    lowerOperandEffect(lowering, left);
    lowerCondition(lowering, right, then, otherwise);
  } else if (node.type === 'conditional_expression' && childOf(node, 'consequence') !== undefined) {
    branchOn(lowering, node, (arm) => lowerCondition(lowering, arm, then, otherwise));
  } else {
    return node.type === 'call_expression' && lowerTruthCall(lowering, node, then, otherwise);
  }
  return true;
}

/** Conditions inside branch hints, and compound ones inside warnings, which only run where they hold. */
function lowerTruthCall(lowering: Lowering, node: CNode, then: number, otherwise: number): boolean {
  const callee = childOf(node, 'function');
  const name = callee?.type === 'identifier' ? textOf(lowering, callee) : '';
  const slots = argumentSlots(lowering, node);
  const condition = slots[0]?.node;
  if (condition === undefined) return false;
  if (BRANCH_HINTS.includes(name)) {
    lowerCondition(lowering, condition, then, otherwise);
    return true;
  }
  if (!TRUTH_CALLS.includes(name) || !isLogical(lowering, unwrap(condition))) return false;
  const holds = lowering.cfg.create();
  lowerCondition(lowering, condition, holds, otherwise);
  lowering.cfg.enter(holds);
  const args = [ONE, ...slots.slice(1).map((slot) => operand(lowering, slot.node))];
  lowering.cfg.call({ kind: 'named', name }, args, 'call', spanOf(lowering, node));
  lowering.cfg.goto(then);
  return true;
}

// Calls and effects

function lowerCall(lowering: Lowering, node: CNode): Value {
  const structural = lowerStructuralCall(lowering, node, (child) => lowerValue(lowering, child));
  if (structural !== undefined) return structural;
  const callee = calleeOf(childOf(node, 'function'));
  const name = callee?.type === 'identifier' ? textOf(lowering, callee) : undefined;
  const isNamedCallee = name !== undefined && lookup(lowering, name) === undefined;
  const through: Value | undefined = isNamedCallee || callee === undefined ? undefined : lowerValue(lowering, callee);
  const lowerArgument = name !== undefined && REPEATED_CONDITION_MACROS.test(name) ? conditionValue : lowerValue;
  const args = argumentSlots(lowering, node).map(
    (slot) => slot.type ?? (slot.node === undefined ? unknown([]) : lowerArgument(lowering, slot.node)),
  );
  if (lowering.fileLevel) return unknown(through === undefined ? args : [through, ...args]);
  const span = spanOf(lowering, node);
  if (isNamedCallee) return lowering.cfg.call({ kind: 'named', name }, args, 'call', span);
  return lowering.cfg.call({ kind: 'indirect', through: through ?? unknown([]) }, args, 'call', span);
}

/** A condition as one value, whatever it costs in precision: it is tested at other times than when it is written. */
function conditionValue(lowering: Lowering, node: CNode): Value {
  const inner = unwrap(node);
  const isNot = inner.type === 'unary_expression' && operatorOf(lowering, inner) === '!';
  if (!isNot && !isLogical(lowering, inner)) return lowerValue(lowering, node);
  const operands = ['left', 'right', 'argument'].flatMap((field) => childOf(inner, field) ?? []);
  return {
    kind: 'operator',
    operator: operatorOf(lowering, inner),
    operands: operands.map((one) => conditionValue(lowering, one)),
  };
}

/** `(*fn)(x)` calls what `fn` points to, as `fn(x)` does. */
function calleeOf(node: CNode | undefined): CNode | undefined {
  if (node === undefined) return undefined;
  const inner = unwrap(node);
  const argument = childOf(inner, 'argument');
  if (inner.type === 'pointer_expression' && inner.children[0]?.type === '*' && argument !== undefined)
    return calleeOf(argument);
  return inner;
}

function lowerSizeof(lowering: Lowering, node: CNode): Value {
  const type = childOf(node, 'type');
  if (type !== undefined) return { kind: 'sizeof', type: typeOfDescriptor(lowering.text, type) };
  const value = childOf(node, 'value');
  // The operand is not evaluated: nothing in it may become an operation.
  if (value === undefined || !isUnevaluatedPath(unwrap(value))) return { kind: 'sizeof', of: unknown([]) };
  return { kind: 'sizeof', of: lowerValue({ ...lowering, fileLevel: true }, value) };
}

function isUnevaluatedPath(node: CNode): boolean {
  if (node.type === 'identifier') return true;
  if (
    !['field_expression', 'subscript_expression', 'pointer_expression', 'parenthesized_expression'].includes(node.type)
  )
    return false;
  return node.children.every(
    (child) => child.field === 'index' || child.field === 'field' || !isNamed(child) || isUnevaluatedPath(child),
  );
}

function lowerOperandEffect(lowering: Lowering, node: CNode | undefined): void {
  if (node !== undefined) lowerEffect(lowering, node);
}

/** An expression whose value is thrown away. */
export function lowerEffect(lowering: Lowering, node: CNode): void {
  const inner = unwrap(node);
  switch (inner.type) {
    case 'assignment_expression':
      lowerAssignment(lowering, inner);
      return;
    case 'update_expression':
      lowerIncrement(lowering, inner);
      return;
    case 'comma_expression':
      lowerOperandEffect(lowering, childOf(inner, 'left'));
      lowerOperandEffect(lowering, childOf(inner, 'right'));
      return;
    case 'conditional_expression':
      branchOn(lowering, inner, (arm) => lowerEffect(lowering, arm));
      return;
    case 'cast_expression':
      lowerOperandEffect(lowering, childOf(inner, 'value'));
      return;
    case 'binary_expression':
      if (!isLogical(lowering, inner)) break;
      asTruth(lowering, inner, () => {});
      return;
    default:
      break;
  }
  const value = lowerValue(lowering, node);
  if (readsMemory(value)) lowering.cfg.emit({ kind: 'evaluate', value, span: spanOf(lowering, node) });
}
