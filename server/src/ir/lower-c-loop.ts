/** Loops behind a macro. */
import type { LoopMacro } from '../syntax/macro-conventions.ts';
import { LOOP_MACROS } from '../syntax/macro-conventions.ts';
import { childOf } from './c-node.ts';
import type { Root, Value } from './ir.ts';
import { lowerPlace, unknown } from './lower-c-expression.ts';
import type { ArgumentSlot } from './lower-c-macro.ts';
import { addFreeCleanup, memberPath } from './lower-c-macro.ts';
import type { MacroBlock } from './lower-c-scope.ts';
import { slotValue } from './lower-c-scope.ts';
import type { Lowering } from './lowering-state.ts';
import { closeScope, declareLocal, lookup, openScope, place, spanOf } from './lowering-state.ts';

/** A loop whose head assigns the elements; what ends it is not known, save that the element is NULL then. */
export function lowerLoopMacro(lowering: Lowering, block: MacroBlock): void {
  const { node, name, slots, body } = block;
  const macro = LOOP_MACROS.find((one) => one.pattern.test(name)) ?? conventionOf(lowering, slots);
  const { cfg } = lowering;
  const [head, turn, after] = [cfg.create(), cfg.create(), cfg.create()];
  const end = { start: node.end, end: node.end };
  const first = slots[macro.elements[0] ?? 0];
  openScope(lowering, node);
  const depth = lowering.scopes.length;
  const declared = declareElement(lowering, first, macro);
  cfg.enter(head);
  const condition = lowerHead(lowering, block, macro, declared);
  cfg.branch(condition, turn, after, spanOf(lowering, childOf(node, 'condition') ?? node));
  cfg.enter(turn);
  openScope(lowering, body ?? node);
  const cleanup = macro.declares?.cleanup;
  if (cleanup !== undefined && first !== undefined) addFreeCleanup(lowering, cleanup, first.spelling, first);
  lowering.breaks.push({ block: after, depth });
  lowering.continues.push({ block: head, depth });
  if (body !== undefined) block.lowerBody(lowering, body);
  lowering.breaks.pop();
  lowering.continues.pop();
  closeScope(lowering, end);
  cfg.goto(head);
  cfg.enter(after);
  closeScope(lowering, end);
}

/** Assigns what changes on each turn; yields the condition under which there is one. */
function lowerHead(
  lowering: Lowering,
  { node, name, slots }: MacroBlock,
  macro: LoopMacro,
  declared: Root | undefined,
): Value {
  const of = slotValue(lowering, slots[macro.of ?? -1]);
  const member = slots[macro.member ?? -1];
  const element: Value = {
    kind: 'element',
    macro: name,
    of,
    ...(member === undefined ? {} : { member: memberPath(member.spelling) }),
  };
  const known = new Set([macro.of, macro.member, ...macro.elements, ...(macro.counters ?? [])]);
  const parts = slots.filter((_, index) => !known.has(index)).map((slot) => slotValue(lowering, slot));
  const assign = (slot: ArgumentSlot | undefined, value: Value, root?: Root): void => {
    if (slot?.node === undefined) return;
    const to = root === undefined ? lowerPlace(lowering, slot.node) : place(lowering, slot, root);
    lowering.cfg.emit({ kind: 'assign', to, value, span: spanOf(lowering, { start: node.start, end: slot.end }) });
  };
  for (const index of macro.elements) assign(slots[index], element, declared);
  for (const index of macro.counters ?? []) assign(slots[index], unknown([]));
  const first = slots[macro.elements[0] ?? 0]?.node;
  return macro.nullEnded && first !== undefined ? { kind: 'read', place: lowerPlace(lowering, first) } : unknown(parts);
}

/** A loop macro that the table does not know: its first argument that names a local gets the elements. */
function conventionOf(lowering: Lowering, slots: readonly ArgumentSlot[]): LoopMacro {
  const isLocal = (slot: ArgumentSlot): boolean =>
    slot.node?.type === 'identifier' && lookup(lowering, slot.spelling)?.root.kind === 'local';
  const element = slots.findIndex(isLocal);
  const of = slots.findIndex((_, index) => index !== element);
  return { pattern: /^/, elements: element < 0 ? [] : [element], ...(of < 0 ? {} : { of }) };
}

function declareElement(lowering: Lowering, slot: ArgumentSlot | undefined, macro: LoopMacro): Root | undefined {
  if (slot === undefined || macro.declares === undefined) return undefined;
  return declareLocal(lowering, slot.spelling, { base: macro.declares.base, pointers: 1 });
}
