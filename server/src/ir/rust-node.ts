/** Shapes of Rust syntax that all of its lowering needs. */
import type { CNode } from './c-node.ts';

/** Children that are expressions: no punctuation, keywords, attributes, labels. */
export function expressionsIn(node: CNode): readonly CNode[] {
  return node.children.filter((child) => isExpression(child));
}

const NO_EXPRESSION: ReadonlySet<string> = new Set([
  'attribute_item',
  'inner_attribute_item',
  'label',
  'lifetime',
  'mutable_specifier',
  'type_arguments',
  'primitive_type',
]);

function isExpression(node: CNode): boolean {
  if (NO_EXPRESSION.has(node.type)) return false;
  return (
    node.children.length > 0 ||
    /^(?:identifier|self|[a-z]+_literal|[a-z]+_expression|ERROR|metavariable)$/.test(node.type)
  );
}
