/** Statements. */

import { LOOP_NAME } from '../syntax/dialect-table.ts';
import { EMPTY_STATEMENTS, NO_RETURN_CALLS, RETURN_MACROS } from '../syntax/macro-conventions.ts';
import type { CNode } from './c-node.ts';
import { childOf, isNamed } from './c-node.ts';
import { isBranching, unwrap } from './c-shape.ts';
import type { Value } from './ir.ts';
import { declareByMacroCall, lowerDeclaration } from './lower-c-declaration.ts';
import { asTruth, branchOn, lowerCondition, lowerEffect, lowerValue } from './lower-c-expression.ts';
import { lowerLoopMacro } from './lower-c-loop.ts';
import { argumentSlots, restoreCall } from './lower-c-macro.ts';
import {
  accessMacro,
  enterAccess,
  lowerKnownScope,
  lowerUnknownScope,
  macroBehind,
  macroBlock,
} from './lower-c-scope.ts';
import { collectStructs } from './lower-c-struct.ts';
import type { Lowering } from './lowering-state.ts';
import {
  closeScope,
  declareSynthetic,
  hasCleanups,
  havoc,
  openScope,
  place,
  runCleanups,
  runCleanupsTo,
  spanOf,
  spellingOf,
  textOf,
} from './lowering-state.ts';
import { readsMemory } from './walk.ts';

export function lowerStatement(lowering: Lowering, node: CNode): void {
  switch (node.type) {
    case 'compound_statement':
      openScope(lowering, node);
      lowerStatements(lowering, node.children);
      closeScope(lowering, lastCharacter(node));
      return;
    case 'expression_statement':
      admitErrors(lowering, node.end);
      lowerExpressionStatement(lowering, node);
      return;
    case 'declaration':
      admitErrors(lowering, node.end);
      lowerDeclaration(lowering, node);
      return;
    case 'if_statement':
      lowerIf(lowering, node);
      return;
    case 'while_statement':
    case 'do_statement':
    case 'for_statement':
      lowerLoop(lowering, node);
      return;
    case 'switch_statement':
      lowerSwitch(lowering, node);
      return;
    case 'case_statement':
      lowerCase(lowering, node);
      return;
    case 'labeled_statement':
      lowerLabel(lowering, node);
      return;
    case 'goto_statement':
      lowerGoto(lowering, node);
      return;
    case 'break_statement':
      lowerJump(lowering, node, lowering.breaks.at(-1));
      return;
    case 'continue_statement':
      lowerJump(lowering, node, lowering.continues.at(-1));
      return;
    case 'return_statement':
      admitErrors(lowering, node.end);
      lowerReturn(
        lowering,
        node,
        node.children.find((child) => isNamed(child) && child.type !== 'ERROR'),
      );
      return;
    case 'attributed_statement':
    case 'else_clause':
      lowerStatements(lowering, node.children);
      return;
    case 'ERROR':
      admitErrors(lowering, node.end);
      return;
    case 'struct_specifier':
    case 'union_specifier':
      collectStructs(lowering.text, node, '', lowering.structs, lowering.base);
      return;
    case 'enum_specifier':
    case 'type_definition':
    case 'preproc_def':
    case 'preproc_function_def':
    case 'preproc_call':
    case 'preproc_include':
    case 'attribute_specifier':
      return;
    default:
      lowerOther(lowering, node);
  }
}

function lowerStatements(lowering: Lowering, nodes: readonly CNode[]): void {
  for (const node of nodes) if (isNamed(node) || node.type.endsWith('_statement')) lowerStatement(lowering, node);
}

function lowerOther(lowering: Lowering, node: CNode): void {
  if (node.type.startsWith('preproc_')) {
    lowerStatements(
      lowering,
      node.children.filter((child) => child.field !== 'condition' && child.field !== 'name'),
    );
  } else if (node.type.endsWith('_specifier') || node.type === 'identifier' || node.type === 'function_definition') {
    havoc(lowering, `unexpected ${node.type.replaceAll('_', ' ')}`, node);
  } else {
    lowerEffect(lowering, node);
  }
}

/** Unreadable text in front of `until` may have done anything. */
export function admitErrors(lowering: Lowering, until: number): void {
  for (
    let error = lowering.errors[lowering.errorsSeen];
    error !== undefined && error.start < until;
    error = lowering.errors[lowering.errorsSeen]
  ) {
    lowering.errorsSeen++;
    havoc(lowering, 'syntax not understood', error);
  }
}

function lastCharacter(node: CNode): { readonly start: number; readonly end: number } {
  return { start: node.end - 1, end: node.end };
}

/** A body that may be a single statement: it is a scope all the same. */
function lowerScoped(lowering: Lowering, node: CNode | undefined): void {
  if (node === undefined) return;
  if (node.type === 'compound_statement') {
    lowerStatement(lowering, node);
    return;
  }
  openScope(lowering, node);
  lowerStatement(lowering, node);
  closeScope(lowering, lastCharacter(node));
}

function lowerExpressionStatement(lowering: Lowering, node: CNode): void {
  const written = node.children.find(isNamed);
  if (written === undefined) return;
  const expression = restoreCall(lowering, written);
  if (expression.type === 'identifier' && EMPTY_STATEMENTS.includes(textOf(lowering, expression))) return;
  const callee = expression.type === 'call_expression' ? childOf(expression, 'function') : undefined;
  const name = callee?.type === 'identifier' ? textOf(lowering, callee) : undefined;
  if (name === undefined) {
    lowerEffect(lowering, expression);
    return;
  }
  const access = accessMacro(name);
  if (access !== undefined) {
    enterAccess(lowering, { name, slots: argumentSlots(lowering, expression), at: expression }, access);
    return;
  }
  declareByMacroCall(lowering, expression);
  if (RETURN_MACROS.includes(name)) {
    lowerReturn(lowering, node, expression);
    return;
  }
  lowerEffect(lowering, expression);
  if (NO_RETURN_CALLS.includes(name)) lowering.cfg.terminate({ kind: 'unreachable' });
}

/** `name(args) body`, whatever keyword stands in for `name`. */
function lowerMacroStatement(lowering: Lowering, node: CNode, name: string): void {
  const block = macroBlock(lowering, node, name, lowerScoped);
  if (lowerKnownScope(lowering, block)) return;
  if (node.type === 'if_statement' && !LOOP_NAME.test(name)) lowerUnknownScope(lowering, block);
  else lowerLoopMacro(lowering, block);
}

function lowerIf(lowering: Lowering, node: CNode): void {
  const name = macroBehind(lowering, node);
  if (name !== undefined) {
    admitErrors(lowering, childOf(node, 'condition')?.end ?? node.start);
    lowerMacroStatement(lowering, node, name);
    return;
  }
  const condition = childOf(node, 'condition');
  const alternative = childOf(node, 'alternative');
  const { cfg } = lowering;
  const [then, after] = [cfg.create(), cfg.create()];
  const otherwise = alternative === undefined ? after : cfg.create();
  admitErrors(lowering, condition?.end ?? node.start);
  if (condition !== undefined) lowerCondition(lowering, condition, then, otherwise);
  cfg.enter(then);
  lowerScoped(lowering, childOf(node, 'consequence'));
  cfg.goto(after);
  if (alternative !== undefined) {
    cfg.enter(otherwise);
    lowerScoped(lowering, alternative);
  }
  cfg.enter(after);
}

function lowerLoop(lowering: Lowering, node: CNode): void {
  const name = node.type === 'do_statement' ? undefined : macroBehind(lowering, node);
  const condition = childOf(node, 'condition');
  const body = childOf(node, 'body');
  if (node.type !== 'do_statement') admitErrors(lowering, body?.start ?? node.start);
  if (name !== undefined) {
    lowerMacroStatement(lowering, node, name);
    return;
  }
  const { cfg } = lowering;
  openScope(lowering, node);
  const initializer = childOf(node, 'initializer');
  if (initializer?.type === 'declaration') lowerDeclaration(lowering, initializer);
  else if (initializer !== undefined) lowerEffect(lowering, initializer);
  const [turn, next, test, after] = [cfg.create(), cfg.create(), cfg.create(), cfg.create()];
  const depth = lowering.scopes.length;
  cfg.goto(node.type === 'do_statement' ? turn : test);
  if (node.type !== 'do_statement') lowerTest(lowering, condition, test, turn, after);
  cfg.enter(turn);
  lowering.breaks.push({ block: after, depth });
  lowering.continues.push({ block: next, depth });
  lowerScoped(lowering, body);
  lowering.breaks.pop();
  lowering.continues.pop();
  cfg.enter(next);
  const update = childOf(node, 'update');
  if (update !== undefined) lowerEffect(lowering, update);
  cfg.goto(test);
  if (node.type === 'do_statement') lowerTest(lowering, condition, test, turn, after);
  cfg.enter(after);
  closeScope(lowering, lastCharacter(node));
}

function lowerTest(lowering: Lowering, condition: CNode | undefined, test: number, turn: number, after: number): void {
  lowering.cfg.enter(test);
  if (condition === undefined) lowering.cfg.goto(turn);
  else lowerCondition(lowering, condition, turn, after);
}

function lowerSwitch(lowering: Lowering, node: CNode): void {
  const condition = childOf(node, 'condition');
  const body = childOf(node, 'body');
  const { cfg } = lowering;
  admitErrors(lowering, condition?.end ?? node.start);
  const value: Value = condition === undefined ? { kind: 'unknown', parts: [] } : lowerValue(lowering, condition);
  const after = cfg.create();
  const finish = cfg.beginSwitch(value, spanOf(lowering, condition ?? node));
  lowering.switches.push({ cases: [], otherwise: undefined });
  lowering.breaks.push({ block: after, depth: lowering.scopes.length });
  lowerScoped(lowering, body);
  lowering.breaks.pop();
  const found = lowering.switches.pop();
  finish(found?.cases ?? [], found?.otherwise ?? after);
  cfg.enter(after);
}

function lowerCase(lowering: Lowering, node: CNode): void {
  const state = lowering.switches.at(-1);
  const label = childOf(node, 'value');
  const block = lowering.cfg.create();
  if (state === undefined) {
    havoc(lowering, 'case outside a switch', node);
    return;
  }
  lowering.cfg.enter(block);
  if (label === undefined) state.otherwise = block;
  else state.cases.push({ labels: [caseLabel(lowering, label)], to: block });
  const colon = node.children.findIndex((child) => child.type === ':');
  lowerStatements(lowering, node.children.slice(colon + 1));
}

/** A constant; `1 ... 5` reaches the parser as `1 | 5`. */
function caseLabel(lowering: Lowering, label: CNode): Value {
  const value = lowerValue({ ...lowering, fileLevel: true }, label);
  const isRange = value.kind === 'operator' && value.operator === '|' && spellingOf(lowering, label).includes('...');
  return isRange ? { ...value, operator: '...' } : value;
}

function lowerLabel(lowering: Lowering, node: CNode): void {
  const label = childOf(node, 'label');
  const known = label === undefined ? undefined : lowering.labels.get(textOf(lowering, label));
  if (known !== undefined) lowering.cfg.enter(known.block);
  lowerStatements(
    lowering,
    node.children.filter((child) => child.field !== 'label'),
  );
}

function lowerGoto(lowering: Lowering, node: CNode): void {
  const label = childOf(node, 'label');
  const target = label === undefined ? undefined : lowering.labels.get(textOf(lowering, label));
  if (target === undefined) {
    havoc(lowering, 'goto an unknown label', node);
    lowering.cfg.terminate({ kind: 'unreachable' });
    return;
  }
  runCleanupsTo(lowering, target.at, node);
  lowering.cfg.goto(target.block);
}

function lowerJump(
  lowering: Lowering,
  node: CNode,
  target: { readonly block: number; readonly depth: number } | undefined,
): void {
  if (target === undefined) {
    havoc(lowering, 'jump outside a loop', node);
    return;
  }
  runCleanups(lowering, target.depth, node);
  lowering.cfg.goto(target.block);
}

/** Each arm of `return a ? b : c` returns on its own, so that a path keeps its value. */
function lowerReturn(lowering: Lowering, node: CNode, expression: CNode | undefined): void {
  if (expression === undefined) {
    leave(lowering, node, undefined);
    return;
  }
  const inner = unwrap(expression);
  if (inner.type === 'conditional_expression') branchOn(lowering, inner, (arm) => lowerReturn(lowering, node, arm));
  else if (isBranching(lowering, inner)) asTruth(lowering, inner, (value) => leave(lowering, node, value));
  else leave(lowering, node, lowerValue(lowering, expression));
}

/** Runs all cleanups and returns; what is returned is read before they run. */
function leave(lowering: Lowering, node: CNode, value: Value | undefined): void {
  const { cfg } = lowering;
  let result = value;
  if (value !== undefined && hasCleanups(lowering)) {
    if (readsMemory(value)) {
      const to = place(lowering, node, declareSynthetic(lowering, lowering.returns));
      cfg.emit({ kind: 'assign', to, value, span: spanOf(lowering, node) });
      result = { kind: 'read', place: to };
    }
  }
  runCleanups(lowering, 0, node);
  if (cfg.isOpen)
    cfg.terminate({ kind: 'return', ...(result === undefined ? {} : { value: result }), span: spanOf(lowering, node) });
}

/** A statement expression: the value of its last expression is the value of the whole. */
export function lowerBodyValue(lowering: Lowering, body: CNode): Value | undefined {
  const statements = body.children.filter(isNamed);
  const last = statements.at(-1);
  const expression = last?.type === 'expression_statement' ? last.children.find(isNamed) : undefined;
  openScope(lowering, body);
  lowerStatements(lowering, expression === undefined ? statements : statements.slice(0, -1));
  let value = expression === undefined ? undefined : lowerValue(lowering, expression);
  const endsGuards = (lowering.scopes.at(-1)?.cleanups.length ?? 0) > 0;
  if (value !== undefined && endsGuards && readsMemory(value)) {
    const to = place(lowering, body, declareSynthetic(lowering, { base: 'unknown', pointers: 0 }));
    lowering.cfg.emit({ kind: 'assign', to, value, span: spanOf(lowering, body) });
    value = { kind: 'read', place: to };
  }
  closeScope(lowering, lastCharacter(body));
  return value;
}
