/** Reading the intermediate representation: values and places inside operations, and the shape of the graph. */
import { reversePostOrder, successorsOf } from './cfg-builder.ts';
import type { Block, Operation, Place, Root, Step, Terminator, Value } from './ir.ts';

export { reversePostOrder };

/** Values directly in an operation, in evaluation order; the target of an assignment is not one. */
export function valuesOf(operation: Operation): readonly Value[] {
  switch (operation.kind) {
    case 'call':
      return operation.callee.kind === 'indirect' ? [operation.callee.through, ...operation.args] : operation.args;
    case 'assign':
    case 'evaluate':
      return [operation.value];
    case 'havoc':
      return [];
  }
}

export function valuesOfTerminator(end: Terminator): readonly Value[] {
  switch (end.kind) {
    case 'branch':
      return [end.condition];
    case 'switch':
      return [end.value];
    case 'return':
      return end.value === undefined ? [] : [end.value];
    default:
      return [];
  }
}

/** Values directly inside a value; those at the root of a place included. */
export function childrenOf(value: Value): readonly Value[] {
  switch (value.kind) {
    case 'read':
    case 'address':
      return value.place.root.kind === 'value' ? [value.place.root.value] : [];
    case 'operator':
      return value.operands;
    case 'sizeof':
      // What stands in `sizeof` is not evaluated.
      return [];
    case 'cast':
    case 'container':
      return [value.value];
    case 'element':
      return [value.of];
    case 'aggregate':
      return value.fields.map((field) => field.value);
    case 'unknown':
      return value.parts;
    default:
      return [];
  }
}

/** The value and all values inside it, innermost last. */
export function* everyValue(value: Value): Generator<Value> {
  yield value;
  for (const child of childrenOf(value)) yield* everyValue(child);
}

/** A place that occurs in a value, and whether its content is read or only its address taken. */
export interface PlaceUse {
  readonly place: Place;
  readonly access: 'read' | 'address';
}

export function* placesIn(value: Value): Generator<PlaceUse> {
  for (const one of everyValue(value)) {
    if (one.kind === 'read' || one.kind === 'address')
      yield { place: one.place, access: one.kind === 'read' ? 'read' : 'address' };
  }
}

/** Every place that an operation reads or takes the address of, the target's own pointers included. */
export function* placesOf(operation: Operation): Generator<PlaceUse> {
  for (const value of valuesOf(operation)) yield* placesIn(value);
  if (operation.kind === 'assign' && operation.to.root.kind === 'value') yield* placesIn(operation.to.root.value);
}

/** The place whose content or address a value is, through casts; undefined for anything computed. */
export function placeOf(value: Value): Place | undefined {
  if (value.kind === 'read' || value.kind === 'address') return value.place;
  return value.kind === 'cast' ? placeOf(value.value) : undefined;
}

/** Whether computing the value follows a pointer or reads a global. */
export function readsMemory(value: Value): boolean {
  switch (value.kind) {
    case 'read':
      return (
        value.place.steps.length > 0 ||
        value.place.root.kind === 'global' ||
        (value.place.root.kind === 'value' && readsMemory(value.place.root.value))
      );
    case 'address':
      return (
        value.place.steps.filter((step) => step.kind === 'deref').length > 1 ||
        (value.place.root.kind === 'value' && readsMemory(value.place.root.value))
      );
    case 'operator':
      return value.operands.some(readsMemory);
    case 'cast':
    case 'container':
      return readsMemory(value.value);
    case 'element':
      return readsMemory(value.of);
    case 'aggregate':
      return value.fields.some((field) => readsMemory(field.value));
    case 'unknown':
      return value.parts.some(readsMemory);
    default:
      return false;
  }
}

export function sameRoot(a: Root, b: Root): boolean {
  if (a.kind === 'value' || b.kind === 'value')
    return a.kind === 'value' && b.kind === 'value' && sameValue(a.value, b.value);
  return a.kind === b.kind && a.name === b.name;
}

export function sameSteps(a: readonly Step[], b: readonly Step[]): boolean {
  return a.length === b.length && startsWithSteps(a, b);
}

/** Whether `prefix` is how `steps` begins. */
export function startsWithSteps(steps: readonly Step[], prefix: readonly Step[]): boolean {
  return prefix.every((step, index) => {
    const other = steps[index];
    return other?.kind === step.kind && (step.kind !== 'field' || (other.kind === 'field' && other.name === step.name));
  });
}

/** Equal paths; spans do not matter. */
export function samePlace(a: Place, b: Place): boolean {
  return sameRoot(a.root, b.root) && sameSteps(a.steps, b.steps);
}

/** Equal as expressions; spans do not matter. Types are compared by base and pointers. */
export function sameValue(a: Value, b: Value): boolean {
  if (a.kind !== b.kind) return false;
  if (!sameHead(a, b)) return false;
  const [left, right] = [childrenOf(a), childrenOf(b)];
  return left.length === right.length && left.every((value, index) => sameValue(value, right[index] as Value));
}

function sameHead(a: Value, b: Value): boolean {
  if ((a.kind === 'read' && b.kind === 'read') || (a.kind === 'address' && b.kind === 'address'))
    return samePlace(a.place, b.place);
  if ((a.kind === 'constant' && b.kind === 'constant') || (a.kind === 'string' && b.kind === 'string'))
    return a.text === b.text;
  if (a.kind === 'temp' && b.kind === 'temp') return a.id === b.id;
  if (a.kind === 'operator' && b.kind === 'operator') return a.operator === b.operator;
  if ((a.kind === 'cast' && b.kind === 'cast') || (a.kind === 'type' && b.kind === 'type')) {
    return a.type.base === b.type.base && a.type.pointers === b.type.pointers;
  }
  if (a.kind === 'container' && b.kind === 'container')
    return a.type.base === b.type.base && a.member.join('.') === b.member.join('.');
  if (a.kind === 'element' && b.kind === 'element')
    return a.macro === b.macro && a.member?.join('.') === b.member?.join('.');
  if (a.kind === 'sizeof' && b.kind === 'sizeof') {
    if (a.of !== undefined && b.of !== undefined) return sameValue(a.of, b.of);
    return a.type !== undefined && a.type.base === b.type?.base && a.type.pointers === b.type.pointers;
  }
  if (a.kind === 'aggregate' && b.kind === 'aggregate') {
    return a.fields.every((field, index) => field.path?.join('.') === b.fields[index]?.path?.join('.'));
  }
  return a.kind === 'unknown';
}

// The graph

/** Blocks that a block leads to, in order, without repeats. */
export function successors(block: Block): readonly number[] {
  return successorsOf(block.end);
}

/** For each block the blocks that lead to it. */
export function predecessors(blocks: readonly Block[]): readonly (readonly number[])[] {
  const found: number[][] = blocks.map(() => []);
  for (const [index, block] of blocks.entries()) for (const next of successors(block)) found[next]?.push(index);
  return found;
}

/** The immediate dominator of each block; the entry's is itself, an unreachable block's is -1. */
export function dominators(blocks: readonly Block[]): readonly number[] {
  const order = reversePostOrder(blocks);
  const position = new Array<number>(blocks.length).fill(-1);
  for (const [at, block] of order.entries()) position[block] = at;
  const before = predecessors(blocks);
  const immediate = new Array<number>(blocks.length).fill(-1);
  immediate[0] = 0;
  const at = (block: number): number => position[block] ?? -1;
  const meet = (a: number, b: number): number => {
    let [left, right] = [a, b];
    while (left !== right) {
      if (at(left) > at(right)) left = immediate[left] ?? 0;
      else right = immediate[right] ?? 0;
    }
    return left;
  };
  for (let changed = true; changed; ) {
    changed = false;
    for (const block of order.slice(1)) {
      const ready = (before[block] ?? []).filter((one) => immediate[one] !== -1);
      const [first, ...rest] = ready;
      if (first === undefined) continue;
      const found = rest.reduce(meet, first);
      if (immediate[block] === found) continue;
      immediate[block] = found;
      changed = true;
    }
  }
  return immediate;
}

/** Whether every path from the entry to `block` goes through `by`, given the result of `dominators`. */
export function dominates(immediate: readonly number[], by: number, block: number): boolean {
  for (let at = block; ; ) {
    if (at === by) return true;
    const next = immediate[at];
    if (next === undefined || next < 0 || next === at) return false;
    at = next;
  }
}
