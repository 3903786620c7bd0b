/** Calls of structural macros: `container_of` and its like, guards, and arguments that are types. */
import type { Span } from '../base/span.ts';
import type { DeclarationMacro } from '../syntax/macro-conventions.ts';
import {
  CLASS_MACROS,
  CONTAINER_MACROS,
  DECLARATION_MACROS,
  ELEMENT_MACROS,
  GUARD_MACROS,
  LAYOUT_MACROS,
} from '../syntax/macro-conventions.ts';
import type { CNode } from './c-node.ts';
import { childOf, isNamed } from './c-node.ts';
import type { CText } from './c-type.ts';
import { closingParenthesis, typeOfSpelling } from './c-type.ts';
import type { TypeRef, Value } from './ir.ts';
import { constant } from './lower-c-literal.ts';
import type { Lowering } from './lowering-state.ts';
import { addCleanup, declareLocal, lookup, place, read, spanOf, textOf } from './lowering-state.ts';

/** One argument of a call, as parsed and as the user wrote it. */
export interface ArgumentSlot extends Span {
  readonly node: CNode | undefined;
  readonly spelling: string;
  /** Set when the argument is a type. */
  readonly type?: Value;
}

const TYPE_SPELLING = /^(?:(?:const|volatile)\s+)*(?:struct|union|enum|unsigned|signed|typeof|__typeof__)\b/;
const PLAIN_TYPE_SPELLING =
  /^(?:const\s+)?(?:void|bool|char|short|int|long|float|double|u8|u16|u32|u64|s8|s16|s32|s64|size_t|ssize_t)[\s*]*$/;

/** The arguments of a call; a type that the dialect pass hid is read from the user's own text. */
export function argumentSlots(lowering: Lowering, call: CNode): ArgumentSlot[] {
  const list = childOf(call, 'arguments');
  if (list === undefined) return [];
  return slotsOf(lowering, list);
}

/** The parts of a parenthesised, comma-separated list. */
export function slotsOf(lowering: Lowering, list: CNode): ArgumentSlot[] {
  const slots: ArgumentSlot[] = [];
  let start = list.start + 1;
  let node: CNode | undefined;
  const close = (end: number): void => {
    const spelling = lowering.text.original.slice(start, end).trim();
    const isType =
      node?.type === 'type_descriptor' || TYPE_SPELLING.test(spelling) || PLAIN_TYPE_SPELLING.test(spelling);
    if (spelling !== '' || node !== undefined) {
      const slot = { start, end, node, spelling };
      slots.push(isType ? { ...slot, type: { kind: 'type', type: typeOfSpelling(spelling) } } : slot);
    }
    start = end + 1;
    node = undefined;
  };
  for (const child of list.children) {
    if (child.type === ',') close(child.start);
    else if (isNamed(child)) node ??= child;
  }
  close(lowering.text.original[list.end - 1] === ')' ? list.end - 1 : list.end);
  return slots;
}

/** `offsetof` and its like: a number that only the compiler knows. */
export function layoutValue(lowering: Lowering, node: CNode): Value {
  return constant(lowering.text.original.slice(node.start, node.end).replace(/\s+/g, ' '));
}

/** The call's value when its callee is a structural macro; undefined for any other call. */
export function lowerStructuralCall(lowering: Lowering, call: CNode, value: (node: CNode) => Value): Value | undefined {
  const callee = childOf(call, 'function');
  if (callee === undefined) return undefined;
  if (callee.type === 'call_expression')
    return lowering.fileLevel ? undefined : lowerGuardCall(lowering, call, callee, value);
  if (callee.type !== 'identifier') return undefined;
  const name = textOf(lowering, callee);
  if (LAYOUT_MACROS.includes(name)) return layoutValue(lowering, call);

  const container = CONTAINER_MACROS[name];
  if (container !== undefined && Object.hasOwn(CONTAINER_MACROS, name)) {
    const slots = argumentSlots(lowering, call);
    const [from, type, member] = [slots[container.value], slots[container.type], slots[container.member]];
    if (from?.node === undefined || type === undefined || member === undefined) return undefined;
    const of = container.typeOf === 'type' ? resolveType(lowering, type.spelling) : pointeeOf(lowering, type.spelling);
    return { kind: 'container', value: value(from.node), type: of, member: memberPath(member.spelling) };
  }

  const element = ELEMENT_MACROS[name];
  if (element !== undefined && Object.hasOwn(ELEMENT_MACROS, name)) {
    const slots = argumentSlots(lowering, call);
    const from = slots[element.of];
    if (from?.node === undefined) return undefined;
    const type = element.type === undefined ? undefined : slots[element.type];
    const member = element.member === undefined ? undefined : slots[element.member];
    return {
      kind: 'element',
      macro: name,
      of: value(from.node),
      ...(type === undefined ? {} : { type: resolveType(lowering, type.spelling) }),
      ...(member === undefined ? {} : { member: memberPath(member.spelling) }),
    };
  }
  return undefined;
}

/** `a.b[1].c` → `['a', 'b', 'c']`. */
export function memberPath(spelling: string): string[] {
  return spelling
    .replace(/\[[^\]]*\]/g, '')
    .split('.')
    .map((name) => name.trim());
}

/** A type by its spelling; `typeof(*p)` is looked up where `p` is a local. */
export function resolveType(lowering: Lowering, spelling: string): TypeRef {
  const inner = /^(?:__)?typeof(?:__)?\s*\(\s*(.*?)\s*\)$/.exec(spelling)?.[1];
  if (inner === undefined) return typeOfSpelling(spelling);
  if (inner.startsWith('*')) return pointeeOf(lowering, inner.slice(1).trim());
  return lookup(lowering, inner)?.type ?? typeOfSpelling(spelling);
}

function pointeeOf(lowering: Lowering, variable: string): TypeRef {
  const type = lookup(lowering, variable)?.type;
  return type === undefined
    ? { base: `typeof(*${variable})`, pointers: 0 }
    : { ...type, pointers: Math.max(0, type.pointers - 1) };
}

/** `guard(class)(args)` and `CLASS(class, variable)(args)`. */
function lowerGuardCall(
  lowering: Lowering,
  call: CNode,
  macro: CNode,
  value: (node: CNode) => Value,
): Value | undefined {
  const macroName = childOf(macro, 'function');
  const name = macroName === undefined ? '' : textOf(lowering, macroName);
  const isClass = CLASS_MACROS.includes(name);
  if (!isClass && !GUARD_MACROS.includes(name)) return undefined;
  const [guardClass, variable] = argumentSlots(lowering, macro);
  if (guardClass === undefined) return undefined;
  const args = argumentSlots(lowering, call).map(
    (slot) => slot.type ?? (slot.node === undefined ? constant(slot.spelling) : value(slot.node)),
  );
  const entered = enterGuard(lowering, guardClass.spelling, args, call);
  if (!isClass || variable === undefined) return entered;
  const root = declareLocal(lowering, variable.spelling, { base: `class ${guardClass.spelling}`, pointers: 0 });
  lowering.cfg.emit({
    kind: 'assign',
    to: place(lowering, variable, root),
    value: entered,
    span: spanOf(lowering, call),
  });
  return entered;
}

/**
 * Enters a guard; every way out of the innermost scope leaves it again. What `before` emits happens with the guard's
 * result and before that duty begins.
 */
export function enterGuard(
  lowering: Lowering,
  guardClass: string,
  args: readonly Value[],
  at: Span,
  before?: (entered: Value) => void,
): Value & { kind: 'temp' } {
  const callee = { kind: 'named', name: guardClass } as const;
  const entered = lowering.cfg.call(callee, args, 'guard-enter', spanOf(lowering, at));
  before?.(entered);
  addCleanup(lowering, { callee, args, origin: 'guard-exit', guard: entered.id, from: at.start });
  return entered;
}

/** Registers what `__free(name)` on a variable runs when its scope ends. */
export function addFreeCleanup(lowering: Lowering, name: string, variable: string, at: Span): void {
  const root = lookup(lowering, variable)?.root;
  if (root === undefined) return;
  addCleanup(lowering, {
    callee: { kind: 'named', name },
    args: [read(lowering, at, root)],
    origin: 'cleanup',
    from: at.start,
  });
}

/**
 * A macro call without semicolon reaches the parser as `NAME,args;`. Gives the call back; any other expression is
 * returned as it is.
 */
export function restoreCall(lowering: Lowering, expression: CNode): CNode {
  const name = expression.type === 'comma_expression' ? childOf(expression, 'left') : expression;
  if (name?.type !== 'identifier') return expression;
  const { original, standard } = lowering.text;
  const gap = /^\s*\(/.exec(original.slice(name.end, name.end + 80));
  const open = gap === null ? -1 : name.end + gap[0].length - 1;
  if (open < 0 || standard[open] === '(') return expression;
  const close = closingParenthesis(original, open);
  if (close < 0) return expression;
  const args = expression.type === 'comma_expression' ? flattenComma(childOf(expression, 'right')) : [];
  const list: CNode = { type: 'argument_list', start: open, end: close + 1, field: 'arguments', children: args };
  return {
    type: 'call_expression',
    start: name.start,
    end: close + 1,
    field: null,
    children: [{ ...name, field: 'function' }, list],
  };
}

/** The elements of a braced list, with macro calls that have no comma behind them put together again. */
export function listElements(lowering: Lowering, list: CNode): CNode[] {
  const elements: CNode[] = [];
  let inside = -1;
  for (const child of list.children) {
    if (!isNamed(child) || child.type === 'ERROR' || child.start < inside) continue;
    const call = restoreListCall(lowering, child, list);
    if (call !== child) inside = call.end;
    elements.push(call);
  }
  return elements;
}

function restoreListCall(lowering: Lowering, name: CNode, list: CNode): CNode {
  const shell = restoreCall(lowering, name);
  if (shell === name) return name;
  const [callee, args] = shell.children;
  if (callee === undefined || args === undefined) return name;
  const children = list.children.filter((child) => args.start < child.start && child.end <= args.end);
  return { ...shell, children: [callee, { ...args, children }] };
}

/** The parts of a comma expression and the commas between them. */
export function flattenComma(node: CNode | undefined): CNode[] {
  if (node === undefined) return [];
  return node.type === 'comma_expression' ? node.children.flatMap((child) => flattenComma(child)) : [node];
}

/** The dialect pass hides `static` in front of a declaring macro, so that a call remains. */
export function followsStatic(text: CText, node: Span): boolean {
  return /\bstatic\s+$/.test(text.original.slice(Math.max(0, node.start - 40), node.start));
}

export function declarationMacro(name: string): DeclarationMacro | undefined {
  return DECLARATION_MACROS.find((macro) => macro.pattern.test(name));
}

export function typeOfDeclarationMacro(macro: DeclarationMacro): TypeRef {
  return { base: macro.base, pointers: macro.pointers ?? 0, ...(macro.array ? { array: true } : {}) };
}
