/** Casts to typedef names, which the grammar takes for calls and binary operators. */
import type { CNode } from './c-node.ts';
import { childOf, isNamed } from './c-node.ts';
import type { Lowering } from './lowering-state.ts';
import { lookup, textOf } from './lowering-state.ts';

/** Names that are types by convention. */
const TYPE_NAME = /^(?:__)?(?:[us](?:8|16|32|64)|[lb]e(?:16|32|64))$|_t$/;

/** `(u32)(x)` and `(u32) *p` as the cast that is meant; undefined for anything else. */
export function castBehind(lowering: Lowering, node: CNode): CNode | undefined {
  if (node.type === 'call_expression') return castBehindCall(lowering, node);
  if (node.type === 'binary_expression') return castBehindOperator(lowering, node);
  return undefined;
}

function castBehindCall(lowering: Lowering, node: CNode): CNode | undefined {
  const name = loneName(lowering, childOf(node, 'function'));
  const list = childOf(node, 'arguments');
  const args = list?.children.filter(isNamed) ?? [];
  const [value] = args;
  if (name === undefined || value === undefined || args.length !== 1) return undefined;
  return castOf(node, name, value);
}

function castBehindOperator(lowering: Lowering, node: CNode): CNode | undefined {
  const name = loneName(lowering, childOf(node, 'left'));
  const operator = childOf(node, 'operator');
  const right = childOf(node, 'right');
  if (name === undefined || operator === undefined || right === undefined) return undefined;
  if (!TYPE_NAME.test(textOf(lowering, name))) return undefined;
  const isPointer = operator.type === '*' || operator.type === '&';
  if (!isPointer && operator.type !== '-' && operator.type !== '+') return undefined;
  const type = isPointer ? 'pointer_expression' : 'unary_expression';
  const operand: CNode = { ...right, field: 'argument' };
  return castOf(node, name, {
    type,
    start: operator.start,
    end: right.end,
    field: null,
    children: [operator, operand],
  });
}

/** The name in `(name)`, unless it is a variable of the function. */
function loneName(lowering: Lowering, node: CNode | undefined): CNode | undefined {
  if (node?.type !== 'parenthesized_expression') return undefined;
  const inner = node.children.filter(isNamed);
  const name = inner[0];
  if (inner.length !== 1 || name?.type !== 'identifier') return undefined;
  return lookup(lowering, textOf(lowering, name)) === undefined ? name : undefined;
}

function castOf(node: CNode, name: CNode, value: CNode): CNode {
  const specifier: CNode = { ...name, type: 'type_identifier', field: 'type' };
  const descriptor: CNode = { ...name, type: 'type_descriptor', field: 'type', children: [specifier] };
  return { ...node, type: 'cast_expression', children: [descriptor, { ...value, field: 'value' }] };
}
