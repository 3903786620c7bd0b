/** Blocks behind a macro: loop macros, scoped guards and revocable access. */
import { LOOP_NAME } from '../syntax/dialect-table.ts';
import type { AccessMacro, LoopMacro } from '../syntax/macro-conventions.ts';
import {
  ACCESS_MACROS,
  CONDITIONAL_GUARD_CLASS,
  CONDITIONAL_SCOPED_GUARD_MACROS,
  LOOP_MACROS,
  SCOPED_GUARD_MACROS,
} from '../syntax/macro-conventions.ts';
import type { CNode } from './c-node.ts';
import { childOf } from './c-node.ts';
import type { Root, Value } from './ir.ts';
import { lowerPlace, lowerValue, unknown } from './lower-c-expression.ts';
import { constant } from './lower-c-literal.ts';
import type { ArgumentSlot } from './lower-c-macro.ts';
import { addFreeCleanup, enterGuard, flattenComma, memberPath, slotsOf } from './lower-c-macro.ts';
import type { Lowering } from './lowering-state.ts';
import {
  closeScope,
  declareLocal,
  havoc,
  lookup,
  openScope,
  place,
  read,
  runCleanups,
  spanOf,
} from './lowering-state.ts';

type LowerStatement = (lowering: Lowering, node: CNode) => void;

/** The macro that the user wrote where the parser saw a loop keyword; undefined for a real keyword. */
export function macroBehind(lowering: Lowering, node: CNode): string | undefined {
  const word = /^\w+/.exec(lowering.text.original.slice(node.start, node.start + 80))?.[0];
  const keyword = node.children[0];
  return word === undefined || keyword === undefined || word === keyword.type ? undefined : word;
}

/** `name(args) body`, whatever keyword stands in for `name`. */
export function lowerMacroBlock(lowering: Lowering, node: CNode, name: string, lowerBody: LowerStatement): void {
  const slots = blockArguments(lowering, node);
  const body = childOf(node, 'body') ?? childOf(node, 'consequence');
  const access = accessMacro(name);
  if (SCOPED_GUARD_MACROS.includes(name))
    lowerScopedGuard(lowering, node, slots[0]?.spelling ?? name, slots.slice(1), undefined, body, lowerBody);
  else if (CONDITIONAL_SCOPED_GUARD_MACROS.includes(name))
    lowerScopedGuard(lowering, node, slots[0]?.spelling ?? name, slots.slice(2), slots[1], body, lowerBody);
  else if (access !== undefined) lowerAccessBlock(lowering, node, name, access, slots, body, lowerBody);
  else if (node.type === 'if_statement' && !LOOP_NAME.test(name))
    lowerUnknownScope(lowering, node, name, slots, body, lowerBody);
  else lowerLoopMacro(lowering, node, name, slots, body, lowerBody);
}

/** The macro's arguments, which the parser saw as one comma expression or as the parts of a `for`. */
function blockArguments(lowering: Lowering, node: CNode): ArgumentSlot[] {
  const condition = childOf(node, 'condition');
  if (condition === undefined) return [];
  const parts =
    condition.type === 'parenthesized_expression' ? condition.children.flatMap(flattenComma) : flattenComma(condition);
  return slotsOf(lowering, { ...condition, children: parts });
}

function slotValue(lowering: Lowering, slot: ArgumentSlot | undefined): Value {
  if (slot === undefined) return unknown([]);
  return slot.type ?? (slot.node === undefined ? constant(slot.spelling) : lowerValue(lowering, slot.node));
}

// Loops

function lowerLoopMacro(
  lowering: Lowering,
  node: CNode,
  name: string,
  slots: readonly ArgumentSlot[],
  body: CNode | undefined,
  lowerBody: LowerStatement,
): void {
  const macro = LOOP_MACROS.find((one) => one.pattern.test(name)) ?? conventionOf(lowering, slots);
  const { cfg } = lowering;
  const [head, turn, after] = [cfg.create(), cfg.create(), cfg.create()];
  openScope(lowering, node);
  const depth = lowering.scopes.length;
  const declared =
    macro.declares === undefined ? undefined : declareElement(lowering, slots[macro.elements[0] ?? 0], macro);
  cfg.enter(head);
  const of = slotValue(lowering, slots[macro.of ?? -1]);
  const member = macro.member === undefined ? undefined : slots[macro.member];
  const element: Value = {
    kind: 'element',
    macro: name,
    of,
    ...(member === undefined ? {} : { member: memberPath(member.spelling) }),
  };
  const others = slots.filter(
    (_, index) =>
      index !== macro.of &&
      index !== macro.member &&
      !macro.elements.includes(index) &&
      !macro.counters?.includes(index),
  );
  const parts: Value[] = others.map((slot) => slotValue(lowering, slot));
  for (const index of macro.elements) assign(lowering, node, slots[index], declared, element);
  for (const index of macro.counters ?? []) assign(lowering, node, slots[index], undefined, unknown([]));
  const first = slots[macro.elements[0] ?? 0];
  const condition: Value =
    macro.nullEnded && first?.node !== undefined
      ? { kind: 'read', place: lowerPlace(lowering, first.node) }
      : unknown(parts);
  cfg.branch(condition, turn, after, spanOf(lowering, childOf(node, 'condition') ?? node));
  cfg.enter(turn);
  openScope(lowering, body ?? node);
  if (declared !== undefined && macro.declares?.cleanup !== undefined && first !== undefined)
    addFreeCleanup(lowering, macro.declares.cleanup, first.spelling, first);
  lowering.breaks.push({ block: after, depth });
  lowering.continues.push({ block: head, depth });
  if (body !== undefined) lowerBody(lowering, body);
  lowering.breaks.pop();
  lowering.continues.pop();
  closeScope(lowering, { start: node.end, end: node.end });
  cfg.goto(head);
  cfg.enter(after);
  closeScope(lowering, { start: node.end, end: node.end });
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

function assign(
  lowering: Lowering,
  node: CNode,
  slot: ArgumentSlot | undefined,
  declared: Root | undefined,
  value: Value,
): void {
  if (slot?.node === undefined) return;
  const to = declared === undefined ? lowerPlace(lowering, slot.node) : place(lowering, slot, declared);
  lowering.cfg.emit({ kind: 'assign', to, value, span: spanOf(lowering, { start: node.start, end: slot.end }) });
}

// Scopes

function lowerScopedGuard(
  lowering: Lowering,
  node: CNode,
  guardClass: string,
  args: readonly ArgumentSlot[],
  failure: ArgumentSlot | undefined,
  body: CNode | undefined,
  lowerBody: LowerStatement,
): void {
  const { cfg } = lowering;
  const head = childOf(node, 'condition') ?? node;
  const at = { start: node.start, end: head.end };
  const after = cfg.create();
  const values = args.map((slot) => slotValue(lowering, slot));
  openScope(lowering, node);
  if (failure === undefined && !CONDITIONAL_GUARD_CLASS.test(guardClass)) {
    enterGuard(lowering, guardClass, values, at);
  } else {
    const [entered, failed] = [cfg.create(), cfg.create()];
    const condition = cfg.call({ kind: 'named', name: guardClass }, values, 'guard-enter', spanOf(lowering, at));
    cfg.branch(condition, entered, failed, spanOf(lowering, at));
    cfg.enter(failed);
    if (failure !== undefined) lowerFailure(lowering, failure);
    cfg.goto(after);
    cfg.enter(entered);
    lowering.scopes.at(-1)?.cleanups.push({
      callee: { kind: 'named', name: guardClass },
      args: values,
      origin: 'guard-exit',
      guard: condition.id,
      from: at.start,
    });
  }
  lowerHiddenLoopBody(lowering, body, after, lowerBody);
  closeScope(lowering, { start: node.end, end: node.end });
  cfg.enter(after);
}

/** A scope macro that the table does not know: its body may run. */
function lowerUnknownScope(
  lowering: Lowering,
  node: CNode,
  name: string,
  slots: readonly ArgumentSlot[],
  body: CNode | undefined,
  lowerBody: LowerStatement,
): void {
  const { cfg } = lowering;
  const [inside, after] = [cfg.create(), cfg.create()];
  const span = spanOf(lowering, { start: node.start, end: childOf(node, 'condition')?.end ?? node.end });
  const args = slots.map((slot) => slotValue(lowering, slot));
  cfg.branch(cfg.call({ kind: 'named', name }, args, 'call', span), inside, after, span);
  cfg.enter(inside);
  if (body !== undefined) lowerBody(lowering, body);
  cfg.enter(after);
}

/** The statement that a conditional guard runs when it cannot enter: `return -EINTR`, `continue`. */
function lowerFailure(lowering: Lowering, failure: ArgumentSlot): void {
  const { cfg } = lowering;
  const [, keyword, rest] = /^(return|break|continue|goto)\b\s*(.*)$/s.exec(failure.spelling) ?? [];
  if (keyword === 'return') {
    const value: Value | undefined =
      rest === '' || rest === undefined ? undefined : failureValue(lowering, failure, rest);
    runCleanups(lowering, 0, failure);
    cfg.terminate({ kind: 'return', ...(value === undefined ? {} : { value }), span: spanOf(lowering, failure) });
  } else if (keyword !== undefined) {
    havoc(lowering, 'jump out of a conditional guard', failure);
  } else if (failure.node !== undefined) {
    lowerValue(lowering, failure.node);
  }
}

function failureValue(lowering: Lowering, failure: ArgumentSlot, spelling: string): Value {
  if (failure.node !== undefined && failure.node.type !== 'ERROR') return lowerValue(lowering, failure.node);
  const negative = /^-\s*(\w+)$/.exec(spelling)?.[1];
  if (negative !== undefined) return { kind: 'operator', operator: '-', operands: [constant(negative)] };
  const known = lookup(lowering, spelling);
  return known === undefined ? constant(spelling) : read(lowering, failure, known.root);
}

/** Scope macros are `for` loops that run once: `break` and `continue` in them leave the scope. */
function lowerHiddenLoopBody(
  lowering: Lowering,
  body: CNode | undefined,
  after: number,
  lowerBody: LowerStatement,
): void {
  const target = { block: after, depth: lowering.scopes.length - 1 };
  lowering.breaks.push(target);
  lowering.continues.push(target);
  if (body !== undefined) lowerBody(lowering, body);
  lowering.breaks.pop();
  lowering.continues.pop();
}

// Revocable access

export function accessMacro(name: string): AccessMacro | undefined {
  return ACCESS_MACROS.find((macro) => macro.pattern.test(name));
}

/** Enters a revocable scope in the innermost scope; `skipped` is where a block form goes when it must not run. */
export function enterAccess(
  lowering: Lowering,
  name: string,
  macro: AccessMacro,
  slots: readonly ArgumentSlot[],
  at: CNode,
  skipped?: number,
): void {
  const { cfg } = lowering;
  const variable = slots[1];
  const known = variable === undefined ? undefined : lookup(lowering, variable.spelling);
  const root =
    known?.root ??
    (variable === undefined ? undefined : declareLocal(lowering, variable.spelling, { base: 'void', pointers: 1 }));
  const args = slots.map((slot, index) =>
    index === 1 && root !== undefined ? read(lowering, slot, root) : slotValue(lowering, slot),
  );
  const entered = enterGuard(lowering, name, args, at);
  if (variable === undefined || root === undefined) return;
  const to = place(lowering, variable, root);
  cfg.emit({ kind: 'assign', to, value: entered, span: spanOf(lowering, at) });
  if (macro.revoked === 'continue') return;
  const [alive, gone] = [cfg.create(), cfg.create()];
  cfg.branch({ kind: 'read', place: to }, alive, gone, spanOf(lowering, at));
  cfg.enter(gone);
  if (macro.revoked === 'skip' && skipped !== undefined) {
    runCleanups(lowering, lowering.scopes.length - 1, at);
    cfg.goto(skipped);
  } else {
    runCleanups(lowering, 0, at);
    const value = macro.revoked === 'return-error' ? errorOf(args, macro) : undefined;
    cfg.terminate({ kind: 'return', ...(value === undefined ? {} : { value }), span: spanOf(lowering, at) });
  }
  cfg.enter(alive);
}

function errorOf(args: readonly Value[], macro: AccessMacro): Value {
  if (typeof macro.error === 'number') return args[macro.error] ?? unknown([]);
  return { kind: 'operator', operator: '-', operands: [constant(macro.error ?? 'ENODEV')] };
}

function lowerAccessBlock(
  lowering: Lowering,
  node: CNode,
  name: string,
  macro: AccessMacro,
  slots: readonly ArgumentSlot[],
  body: CNode | undefined,
  lowerBody: LowerStatement,
): void {
  const after = lowering.cfg.create();
  openScope(lowering, node);
  enterAccess(lowering, name, macro, slots, node, after);
  lowerHiddenLoopBody(lowering, body, after, lowerBody);
  closeScope(lowering, { start: node.end, end: node.end });
  lowering.cfg.enter(after);
}
