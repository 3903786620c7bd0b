/** Rust expressions: values, places, calls. Control flow is in `lower-rust-control.ts`. */
import type { CNode } from './c-node.ts';
import { childOf } from './c-node.ts';
import type { AggregateField, Callee, Place, Root, Step, Value } from './ir.ts';
import { lowerClosure } from './lower-rust-closure.ts';
import { lowerBlock, lowerControl, lowerTry } from './lower-rust-control.ts';
import { lowerMacro } from './lower-rust-macro.ts';
import { expressionsIn } from './rust-node.ts';
import type { RustLowering } from './rust-state.ts';
import {
  assign,
  declareResult,
  dropDownTo,
  dropValue,
  evaluate,
  havocRust,
  lookupRust,
  move,
  operator,
  ownTemporary,
  pathOf,
  placeAt,
  settle,
  spanIn,
  textIn,
  unknownValue,
} from './rust-state.ts';
import { lowerRustType, resolvePath } from './rust-type.ts';

const LITERALS: ReadonlySet<string> = new Set(['integer_literal', 'float_literal', 'char_literal', 'boolean_literal']);

const CONTROL: ReadonlySet<string> = new Set([
  'if_expression',
  'match_expression',
  'while_expression',
  'loop_expression',
  'for_expression',
]);

export function lowerRustExpression(l: RustLowering, node: CNode): Value {
  if (LITERALS.has(node.type)) return literal(textIn(l, node));
  if (CONTROL.has(node.type)) return lowerControl(l, node);
  switch (node.type) {
    case 'identifier':
    case 'self':
    case 'scoped_identifier':
    case 'field_expression':
    case 'index_expression':
    case 'generic_function':
    case 'metavariable':
      return { kind: 'read', place: lowerRustPlace(l, node) };
    case 'string_literal':
    case 'raw_string_literal':
      return { kind: 'string', text: textIn(l, node) };
    case 'unit_expression':
      return { kind: 'aggregate', fields: [] };
    case 'parenthesized_expression':
      return lowerOnly(l, node);
    case 'unary_expression':
      return lowerUnary(l, node);
    case 'reference_expression': {
      const inner = childOf(node, 'value');
      return inner === undefined ? unknownValue() : { kind: 'address', place: lowerRustPlace(l, inner) };
    }
    case 'type_cast_expression': {
      const value = lowerRustExpression(l, childOf(node, 'value') ?? node);
      return { kind: 'cast', type: lowerRustType(l.names, childOf(node, 'type')), value };
    }
    case 'binary_expression':
      return lowerBinary(l, node);
    case 'assignment_expression':
    case 'compound_assignment_expr':
      return lowerAssignment(l, node);
    case 'call_expression':
      return lowerCall(l, node);
    case 'macro_invocation':
      return lowerMacro(l, node);
    case 'try_expression':
      return lowerTry(l, node);
    case 'block':
      return lowerBlock(l, node);
    case 'unsafe_block':
    case 'const_block':
    case 'try_block': {
      const block = node.children.find((child) => child.type === 'block');
      return block === undefined ? unknownValue() : lowerBlock(l, block);
    }
    case 'return_expression':
      return lowerReturn(l, node);
    case 'break_expression':
    case 'continue_expression':
      return lowerJump(l, node);
    case 'closure_expression':
      return lowerClosure(l, node);
    case 'tuple_expression':
    case 'array_expression':
      return lowerElements(l, node);
    case 'struct_expression':
      return lowerStruct(l, node);
    case 'range_expression':
      return operator('..', ...expressionsIn(node).map((child) => lowerRustExpression(l, child)));
    case 'await_expression':
    case 'async_block':
    case 'gen_block':
    case 'yield_expression':
      return havocRust(l, `${node.type.replace('_', ' ')} is not followed`, node);
    case 'ERROR':
      return havocRust(l, 'syntax not understood', node);
    default:
      return havocRust(l, `${node.type.replaceAll('_', ' ')} not understood`, node);
  }
}

function lowerOnly(l: RustLowering, node: CNode): Value {
  const [inner] = expressionsIn(node);
  return inner === undefined ? unknownValue() : lowerRustExpression(l, inner);
}

function literal(text: string): Value {
  const digits = text.replaceAll('_', '').replace(/(?<=[0-9a-fA-F])[iu](?:8|16|32|64|128|size)$/, '');
  const number = Number(digits);
  return { kind: 'constant', text, ...(digits !== '' && Number.isFinite(number) ? { number } : {}) };
}

// Places

/** The place that an expression names; for anything computed, a place that is rooted in its value. */
export function lowerRustPlace(l: RustLowering, node: CNode): Place {
  switch (node.type) {
    case 'identifier':
    case 'self':
    case 'metavariable':
      return placeAt(l, node, rootOf(l, node));
    case 'scoped_identifier':
    case 'generic_function':
      return placeAt(l, node, { kind: 'global', name: pathOf(l, node) });
    case 'parenthesized_expression': {
      const [inner] = expressionsIn(node);
      return inner === undefined
        ? placeAt(l, node, { kind: 'value', value: unknownValue() })
        : lowerRustPlace(l, inner);
    }
    case 'field_expression': {
      const name = childOf(node, 'field');
      return within(
        l,
        node,
        childOf(node, 'value'),
        name === undefined ? [] : [{ kind: 'field', name: textIn(l, name) }],
      );
    }
    case 'index_expression': {
      const [of, index] = expressionsIn(node);
      const place = within(l, node, of, [{ kind: 'index' }]);
      if (index !== undefined) evaluate(l, lowerRustExpression(l, index), index);
      return place;
    }
    case 'unary_expression':
      if (node.children[0]?.type === '*') return within(l, node, expressionsIn(node)[0], [{ kind: 'deref' }]);
      break;
    default:
  }
  return placeAt(l, node, { kind: 'value', value: lowerRustExpression(l, node) });
}

function within(l: RustLowering, node: CNode, of: CNode | undefined, steps: readonly Step[]): Place {
  if (of === undefined) return placeAt(l, node, { kind: 'value', value: unknownValue() }, steps);
  const outer = lowerRustPlace(l, of);
  return placeAt(l, node, outer.root, [...outer.steps, ...steps]);
}

function rootOf(l: RustLowering, node: CNode): Root {
  const name = textIn(l, node).replace(/^r#/, '');
  return lookupRust(l, name) ?? { kind: 'global', name: resolvePath(l.names, [name]) };
}

// Operators

function lowerUnary(l: RustLowering, node: CNode): Value {
  const [sign] = node.children;
  const [inner] = expressionsIn(node);
  if (inner === undefined) return unknownValue();
  if (sign?.type === '*') return { kind: 'read', place: lowerRustPlace(l, node) };
  return operator(sign?.type ?? '?', lowerRustExpression(l, inner));
}

/** `&&` and `||` outside of conditions: the right side is lowered where it is evaluated. */
function lowerBinary(l: RustLowering, node: CNode): Value {
  const sign = childOf(node, 'operator')?.type ?? '?';
  const left = lowerRustExpression(l, childOf(node, 'left') ?? node);
  const right = childOf(node, 'right');
  if (right === undefined) return left;
  if (sign !== '&&' && sign !== '||') return operator(sign, left, lowerRustExpression(l, right));
  const result = declareResult(l);
  assign(l, result, left, node);
  const more = l.cfg.create();
  const done = l.cfg.create();
  l.cfg.branch(left, sign === '&&' ? more : done, sign === '&&' ? done : more, spanIn(l, node));
  l.cfg.enter(more);
  assign(l, result, lowerRustExpression(l, right), right);
  l.cfg.enter(done);
  return { kind: 'read', place: placeAt(l, node, result) };
}

function lowerAssignment(l: RustLowering, node: CNode): Value {
  const [left, right] = [childOf(node, 'left'), childOf(node, 'right')];
  if (left === undefined || right === undefined) return havocRust(l, 'assignment not understood', node);
  const value = move(l, lowerRustExpression(l, right));
  if (textIn(l, left) === '_') {
    evaluate(l, value, right);
    return unknownValue();
  }
  const to = lowerRustPlace(l, left);
  const compound = childOf(node, 'operator')?.type;
  if (compound === undefined && to.root.kind === 'local' && to.steps.length === 0)
    dropValue(l, { kind: 'read', place: { root: to.root, steps: [] } }, left);
  l.cfg.emit({ kind: 'assign', to, value, ...(compound === undefined ? {} : { compound }), span: spanIn(l, node) });
  return unknownValue();
}

// Calls

function lowerCall(l: RustLowering, node: CNode): Value {
  const fn = childOf(node, 'function');
  const list = childOf(node, 'arguments');
  const args = list === undefined ? [] : expressionsIn(list);
  if (fn === undefined) return havocRust(l, 'call not understood', node);
  const called = fn.type === 'generic_function' ? (childOf(fn, 'function') ?? fn) : fn;
  if (called.type === 'field_expression') return lowerMethodCall(l, node, called, args);
  if (called.type === 'identifier' || called.type === 'scoped_identifier') {
    const local = called.type === 'identifier' ? lookupRust(l, textIn(l, called)) : undefined;
    if (local !== undefined)
      return emitCall(l, node, { kind: 'indirect', through: { kind: 'read', place: placeAt(l, called, local) } }, args);
    const path = pathOf(l, called);
    if (/(?:^|::)[A-Z]\w*$/.test(path) && /[a-z]/.test(path.split('::').at(-1) ?? ''))
      return lowerConstructor(l, path, args);
    return emitCall(l, node, { kind: 'named', name: path }, args);
  }
  return emitCall(l, node, { kind: 'indirect', through: lowerRustExpression(l, called) }, args);
}

/** `Some(x)`, `Wrapper(a, b)`. */
function lowerConstructor(l: RustLowering, path: string, args: readonly CNode[]): Value {
  const base = path.split('::').at(-1) ?? path;
  const type = { base, pointers: 0, ...(path === base ? {} : { path }) };
  return { kind: 'aggregate', type, fields: args.map((arg, index) => element(l, arg, index)) };
}

function lowerMethodCall(l: RustLowering, node: CNode, called: CNode, args: readonly CNode[]): Value {
  const name = childOf(called, 'field');
  const receiver = childOf(called, 'value');
  if (name === undefined || receiver === undefined) return havocRust(l, 'call not understood', node);
  const place = lowerRustPlace(l, receiver);
  const self = receiverValue(place);
  return emitCall(l, node, { kind: 'named', name: `.${textIn(l, name)}` }, args, self);
}

/** A field path is borrowed by the call; a variable or a computed value is what it is. */
function receiverValue(place: Place): Value {
  if (place.steps.length > 0) return { kind: 'address', place };
  return place.root.kind === 'value' ? place.root.value : { kind: 'read', place };
}

function emitCall(l: RustLowering, node: CNode, callee: Callee, args: readonly CNode[], self?: Value): Value {
  const values = args.map((arg) => lowerRustExpression(l, arg));
  for (const value of values) move(l, value);
  const all = self === undefined ? values : [self, ...values];
  const result = l.cfg.call(callee, all, 'call', spanIn(l, node));
  ownTemporary(l, result);
  return result;
}

// Aggregates

function element(l: RustLowering, node: CNode, index: number, path?: readonly string[]): AggregateField {
  const value = move(l, lowerRustExpression(l, node));
  return { index, value, span: spanIn(l, node), ...(path === undefined ? {} : { path }) };
}

function lowerElements(l: RustLowering, node: CNode): Value {
  return { kind: 'aggregate', fields: expressionsIn(node).map((child, index) => element(l, child, index)) };
}

function lowerStruct(l: RustLowering, node: CNode): Value {
  const name = childOf(node, 'name');
  const fields: AggregateField[] = [];
  for (const [index, field] of (childOf(node, 'body')?.children ?? []).entries()) {
    if (field.type === 'shorthand_field_initializer') {
      const identifier = field.children.find((child) => child.type === 'identifier');
      if (identifier !== undefined) fields.push(element(l, identifier, index, [textIn(l, identifier)]));
    } else if (field.type === 'field_initializer') {
      const [label, value] = [childOf(field, 'field') ?? childOf(field, 'name'), childOf(field, 'value')];
      if (label !== undefined && value !== undefined) fields.push(element(l, value, index, [textIn(l, label)]));
    } else if (field.type === 'base_field_initializer') {
      for (const value of expressionsIn(field)) evaluate(l, lowerRustExpression(l, value), value);
    }
  }
  const type = name === undefined ? undefined : lowerRustType(l.names, name);
  return { kind: 'aggregate', fields, ...(type === undefined ? {} : { type }) };
}

// Jumps

function lowerReturn(l: RustLowering, node: CNode): Value {
  const [inner] = expressionsIn(node);
  const value = inner === undefined ? undefined : settle(l, move(l, lowerRustExpression(l, inner)), node);
  if (!l.cfg.isOpen) return unknownValue();
  dropDownTo(l, 0, node, value);
  l.cfg.terminate({ kind: 'return', ...(value === undefined ? {} : { value }), span: spanIn(l, node) });
  return unknownValue();
}

function lowerJump(l: RustLowering, node: CNode): Value {
  const label = node.children.find((child) => child.type === 'label' || child.type === 'lifetime');
  const name = label === undefined ? undefined : textIn(l, label);
  const loop = l.loops.findLast((one) => name === undefined || one.label === name);
  const [inner] = expressionsIn(node);
  const value = inner === undefined ? undefined : move(l, lowerRustExpression(l, inner));
  if (loop === undefined) return havocRust(l, 'jump to an unknown label', node);
  if (value !== undefined && loop.result !== undefined) assign(l, loop.result, value, node);
  dropDownTo(l, loop.depth, node);
  l.cfg.goto(node.type === 'break_expression' ? loop.exit : loop.next);
  return unknownValue();
}
