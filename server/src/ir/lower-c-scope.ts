/** Scopes behind a macro: guards, revocable access, and macros that are not known. */

import type { Span } from '../base/span.ts';
import type { AccessMacro } from '../syntax/macro-conventions.ts';
import {
  ACCESS_MACROS,
  CONDITIONAL_GUARD_CLASS,
  CONDITIONAL_SCOPED_GUARD_MACROS,
  SCOPED_CLASS_MACROS,
  SCOPED_GUARD_MACROS,
} from '../syntax/macro-conventions.ts';
import type { CNode } from './c-node.ts';
import { childOf } from './c-node.ts';
import type { Value } from './ir.ts';
import { lowerValue, unknown } from './lower-c-expression.ts';
import { constant } from './lower-c-literal.ts';
import type { ArgumentSlot } from './lower-c-macro.ts';
import { enterGuard, flattenComma, slotsOf } from './lower-c-macro.ts';
import type { JumpTarget, Lowering } from './lowering-state.ts';
import {
  closeScope,
  declareLocal,
  havoc,
  lookup,
  openScope,
  place,
  read,
  runCleanups,
  runCleanupsTo,
  spanOf,
} from './lowering-state.ts';

/** A statement in the form `name(arguments) body`, which the parser saw with a keyword in place of `name`. */
export interface MacroBlock {
  readonly node: CNode;
  readonly name: string;
  readonly slots: readonly ArgumentSlot[];
  readonly body: CNode | undefined;
  readonly lowerBody: (lowering: Lowering, body: CNode) => void;
}

/** The macro that the user wrote where the parser saw a keyword; undefined for a real keyword. */
export function macroBehind(lowering: Lowering, node: CNode): string | undefined {
  const word = /^\w+/.exec(lowering.text.original.slice(node.start, node.start + 80))?.[0];
  const keyword = node.children[0];
  return word === undefined || keyword === undefined || word === keyword.type ? undefined : word;
}

/** The statement `node` as the user wrote it. */
export function macroBlock(
  lowering: Lowering,
  node: CNode,
  name: string,
  lowerBody: MacroBlock['lowerBody'],
): MacroBlock {
  const condition = childOf(node, 'condition');
  const parts =
    condition?.type === 'parenthesized_expression' ? condition.children.flatMap(flattenComma) : flattenComma(condition);
  const slots = condition === undefined ? [] : slotsOf(lowering, { ...condition, children: parts });
  return { node, name, slots, body: childOf(node, 'body') ?? childOf(node, 'consequence'), lowerBody };
}

export function slotValue(lowering: Lowering, slot: ArgumentSlot | undefined): Value {
  if (slot === undefined) return unknown([]);
  return slot.type ?? (slot.node === undefined ? constant(slot.spelling) : lowerValue(lowering, slot.node));
}

/** Lowers the block when its macro is a scope that the table knows. */
export function lowerKnownScope(lowering: Lowering, block: MacroBlock): boolean {
  const { name, slots } = block;
  const access = accessMacro(name);
  if (SCOPED_GUARD_MACROS.includes(name)) lowerScopedGuard(lowering, block, slots.slice(1), undefined);
  else if (CONDITIONAL_SCOPED_GUARD_MACROS.includes(name)) lowerScopedGuard(lowering, block, slots.slice(2), slots[1]);
  else if (SCOPED_CLASS_MACROS.includes(name)) lowerScopedClass(lowering, block);
  else if (access !== undefined) lowerAccessBlock(lowering, block, access);
  else return false;
  return true;
}

/** From the macro's name to the end of its arguments. */
function headOf({ node }: MacroBlock): Span {
  return { start: node.start, end: childOf(node, 'condition')?.end ?? node.end };
}

function endOf(node: CNode): Span {
  return { start: node.end, end: node.end };
}

/** Scope macros are `for` loops that run once: `break` and `continue` in them leave the scope. */
function lowerOnce(lowering: Lowering, { body, lowerBody }: MacroBlock, target: JumpTarget): void {
  lowering.breaks.push(target);
  lowering.continues.push(target);
  if (body !== undefined) lowerBody(lowering, body);
  lowering.breaks.pop();
  lowering.continues.pop();
}

/** Names of scope macros whose body is a loop that runs once, as far as a name tells. */
const RUNS_ONCE = /guard|scoped|^with_/i;

/** A scope macro that the table does not know: its body may run. */
export function lowerUnknownScope(lowering: Lowering, block: MacroBlock): void {
  const { cfg } = lowering;
  const [inside, after] = [cfg.create(), cfg.create()];
  const span = spanOf(lowering, headOf(block));
  const args = block.slots.map((slot) => slotValue(lowering, slot));
  cfg.branch(cfg.call({ kind: 'named', name: block.name }, args, 'call', span), inside, after, span);
  cfg.enter(inside);
  if (RUNS_ONCE.test(block.name)) lowerOnce(lowering, block, { block: after, depth: lowering.scopes.length });
  else if (block.body !== undefined) block.lowerBody(lowering, block.body);
  cfg.enter(after);
}

// Guards

function lowerScopedGuard(
  lowering: Lowering,
  block: MacroBlock,
  args: readonly ArgumentSlot[],
  failure: ArgumentSlot | undefined,
): void {
  const { cfg } = lowering;
  const { node, name, slots } = block;
  const guardClass = slots[0]?.spelling ?? name;
  const at = headOf(block);
  const after = cfg.create();
  const values = args.map((slot) => slotValue(lowering, slot));
  openScope(lowering, node);
  if (failure !== undefined || CONDITIONAL_GUARD_CLASS.test(guardClass)) {
    const [entered, failed] = [cfg.create(), cfg.create()];
    enterGuard(lowering, guardClass, values, at, (value) => {
      cfg.branch(value, entered, failed, spanOf(lowering, at));
      cfg.enter(failed);
      if (failure !== undefined) lowerFailure(lowering, failure);
      cfg.goto(after);
      cfg.enter(entered);
    });
  } else {
    enterGuard(lowering, guardClass, values, at);
  }
  lowerOnce(lowering, block, { block: after, depth: lowering.scopes.length - 1 });
  closeScope(lowering, endOf(node));
  cfg.enter(after);
}

function lowerScopedClass(lowering: Lowering, block: MacroBlock): void {
  const [guardClass, variable, ...args] = block.slots;
  const after = lowering.cfg.create();
  openScope(lowering, block.node);
  if (guardClass !== undefined && variable !== undefined) {
    const values = args.map((slot) => slotValue(lowering, slot));
    const value = enterGuard(lowering, guardClass.spelling, values, headOf(block));
    const root = declareLocal(lowering, variable.spelling, { base: `class ${guardClass.spelling}`, pointers: 0 });
    const span = spanOf(lowering, headOf(block));
    lowering.cfg.emit({ kind: 'assign', to: place(lowering, variable, root), value, span });
  }
  lowerOnce(lowering, block, { block: after, depth: lowering.scopes.length - 1 });
  closeScope(lowering, endOf(block.node));
  lowering.cfg.enter(after);
}

/** The statement that a conditional guard runs when it cannot enter: `return -EINTR`, `continue`, or a value. */
function lowerFailure(lowering: Lowering, failure: ArgumentSlot): void {
  const { cfg } = lowering;
  const [, keyword, rest = ''] = /^(return|break|continue|goto)\b\s*(.*)$/s.exec(failure.spelling) ?? [];
  const jump =
    keyword === 'break' ? lowering.breaks.at(-1) : keyword === 'continue' ? lowering.continues.at(-1) : undefined;
  const label = keyword === 'goto' ? lowering.labels.get(rest) : undefined;
  if (keyword === 'return') {
    const value = rest === '' ? undefined : failureValue(lowering, failure, rest);
    runCleanups(lowering, 0, failure);
    cfg.terminate({ kind: 'return', ...(value === undefined ? {} : { value }), span: spanOf(lowering, failure) });
  } else if (jump !== undefined) {
    runCleanups(lowering, jump.depth, failure);
    cfg.goto(jump.block);
  } else if (label !== undefined) {
    runCleanupsTo(lowering, label.at, failure);
    cfg.goto(label.block);
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

// Revocable access

export function accessMacro(name: string): AccessMacro | undefined {
  return ACCESS_MACROS.find((macro) => macro.pattern.test(name));
}

/** Enters a revocable scope in the innermost scope; `skipped` is where a block form goes when it must not run. */
export function enterAccess(
  lowering: Lowering,
  { name, slots, at }: Pick<MacroBlock, 'name' | 'slots'> & { readonly at: Span },
  macro: AccessMacro,
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

function lowerAccessBlock(lowering: Lowering, block: MacroBlock, macro: AccessMacro): void {
  const after = lowering.cfg.create();
  openScope(lowering, block.node);
  enterAccess(lowering, { name: block.name, slots: block.slots, at: block.node }, macro, after);
  lowerOnce(lowering, block, { block: after, depth: lowering.scopes.length - 1 });
  closeScope(lowering, endOf(block.node));
  lowering.cfg.enter(after);
}
