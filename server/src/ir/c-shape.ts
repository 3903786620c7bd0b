/** Questions about the shape of an expression, answered from its syntax alone. */
import type { CNode } from './c-node.ts';
import { childOf, isNamed } from './c-node.ts';
import type { Lowering } from './lowering-state.ts';
import { textOf } from './lowering-state.ts';

export function operatorOf(lowering: Lowering, node: CNode): string {
  const operator = childOf(node, 'operator');
  return operator === undefined ? '?' : textOf(lowering, operator);
}

/** The expression without the parentheses around it. */
export function unwrap(node: CNode): CNode {
  let at = node;
  while (at.type === 'parenthesized_expression') {
    const inner = at.children.filter(isNamed);
    if (inner.length !== 1 || inner[0] === undefined || inner[0].type === 'compound_statement') return at;
    at = inner[0];
  }
  return at;
}

export function isLogical(lowering: Lowering, node: CNode): boolean {
  if (node.type !== 'binary_expression') return false;
  const operator = operatorOf(lowering, node);
  return operator === '&&' || operator === '||';
}

/** `&&` or `||` whose right side runs only sometimes, in a way that matters. */
export function isBranching(lowering: Lowering, node: CNode): boolean {
  return isLogical(lowering, node) && !isPlain(lowering, node);
}

/** No calls, no assignments, and nothing that follows a pointer: order does not matter. */
function isPlain(lowering: Lowering, node: CNode): boolean {
  switch (node.type) {
    case 'call_expression':
    case 'assignment_expression':
    case 'update_expression':
    case 'compound_statement':
    case 'subscript_expression':
    case 'gnu_asm_expression':
    case 'ERROR':
      return false;
    case 'field_expression':
      return operatorOf(lowering, node) === '.' && node.children.every((child) => isPlain(lowering, child));
    case 'pointer_expression':
      return operatorOf(lowering, node) === '&';
    default:
      return node.children.every((child) => isPlain(lowering, child));
  }
}
