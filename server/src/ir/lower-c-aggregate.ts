/** Braced initializers. */
import type { CNode } from './c-node.ts';
import { childOf } from './c-node.ts';
import type { AggregateField, TypeRef, Value } from './ir.ts';
import { listElements } from './lower-c-macro.ts';
import type { Lowering } from './lowering-state.ts';
import { spanOf, textOf } from './lowering-state.ts';

/**
 * `{ .ops.read = foo, [IDX] = { … }, bar }`. Macros that stand for several fields are left out: which fields they
 * set is not known here.
 */
export function lowerAggregate(
  lowering: Lowering,
  list: CNode,
  lowerValue: (lowering: Lowering, node: CNode) => Value,
  type?: TypeRef,
): Value & { kind: 'aggregate' } {
  const fields: AggregateField[] = [];
  const isDesignated = list.children.some((child) => child.type === 'initializer_pair');
  for (const child of listElements(lowering, list)) {
    if (child.type === 'initializer_pair') {
      const value = childOf(child, 'value');
      if (value === undefined) continue;
      const path = designatorOf(lowering, child);
      fields.push({ path, index: fields.length, value: lowerValue(lowering, value), span: spanOf(lowering, child) });
    } else if (!(isDesignated && child.type === 'call_expression')) {
      fields.push({ index: fields.length, value: lowerValue(lowering, child), span: spanOf(lowering, child) });
    }
  }
  return type === undefined ? { kind: 'aggregate', fields } : { kind: 'aggregate', type, fields };
}

/** `.a.b[3]` → `['a', 'b', '[3]']`. */
function designatorOf(lowering: Lowering, pair: CNode): string[] {
  return pair.children
    .filter((child) => child.field === 'designator')
    .map((child) => {
      const text = textOf(lowering, child).replace(/\s+/g, ' ');
      return child.type === 'field_designator' ? text.replace(/^\.\s*/, '') : text;
    });
}
