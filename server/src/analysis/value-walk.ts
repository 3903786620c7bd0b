/** Visits the places inside values: which pointers does computing a value follow? */
import type { Place, Value } from '../ir/ir.ts';

export type PlaceUse = 'read' | 'address';

/** Calls `visit` for every place in `value`, innermost first. */
export function forEachPlace(value: Value, visit: (place: Place, use: PlaceUse, value: Value) => void): void {
  switch (value.kind) {
    case 'read':
    case 'address':
      if (value.place.root.kind === 'value') forEachPlace(value.place.root.value, visit);
      visit(value.place, value.kind, value);
      return;
    case 'operator':
      for (const operand of value.operands) forEachPlace(operand, visit);
      return;
    case 'cast':
    case 'container':
      forEachPlace(value.value, visit);
      return;
    case 'element':
      forEachPlace(value.of, visit);
      return;
    case 'aggregate':
      for (const field of value.fields) forEachPlace(field.value, visit);
      return;
    case 'unknown':
      for (const part of value.parts) forEachPlace(part, visit);
      return;
    default:
      return;
  }
}

/** Calls `visit` for every temp that a value mentions. */
export function forEachTemp(value: Value, visit: (id: number) => void): void {
  switch (value.kind) {
    case 'temp':
      visit(value.id);
      return;
    case 'read':
    case 'address':
      if (value.place.root.kind === 'value') forEachTemp(value.place.root.value, visit);
      return;
    case 'operator':
      for (const operand of value.operands) forEachTemp(operand, visit);
      return;
    case 'cast':
    case 'container':
      forEachTemp(value.value, visit);
      return;
    case 'element':
      forEachTemp(value.of, visit);
      return;
    case 'aggregate':
      for (const field of value.fields) forEachTemp(field.value, visit);
      return;
    case 'unknown':
      for (const part of value.parts) forEachTemp(part, visit);
      return;
    default:
      return;
  }
}
