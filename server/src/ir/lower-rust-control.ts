/** Rust statements and control flow, with the ends of temporaries: of a statement, a condition, a whole `match` or `if let`. */
import type { CNode } from './c-node.ts';
import { childOf } from './c-node.ts';
import type { Root, Value } from './ir.ts';
import { bindPattern, testPattern } from './lower-rust-pattern.ts';
import { expressionsIn } from './rust-node.ts';
import type { RustLowering } from './rust-state.ts';
import {
  assign,
  closeRustScope,
  declareResult,
  dropDownTo,
  dropOwned,
  evaluate,
  extendTemporary,
  move,
  openRustScope,
  operator,
  placeAt,
  settle,
  spanIn,
  textIn,
  unknownValue,
} from './rust-state.ts';
import { lowerRustType, UNKNOWN_TYPE } from './rust-type.ts';

/** Items inside of a function are collected elsewhere. */
const ITEMS = /_item$|^use_declaration$|^macro_definition$|^attribute_item$|^empty_statement$|^line_comment$|^label$/;

/** The value is that of the last expression; temporaries in it outlive the variables of the block. */
export function lowerBlock(l: RustLowering, block: CNode): Value {
  const label = block.children.find((child) => child.type === 'label');
  if (label !== undefined) return lowerLabelled(l, block, label);
  const scope = openRustScope(l, 'block');
  const value = lowerStatements(l, block);
  const out = scope.owned.length > 0 ? settle(l, value, block) : value;
  closeRustScope(l, block, out);
  return out;
}

function lowerLabelled(l: RustLowering, block: CNode, label: CNode): Value {
  const exit = l.cfg.create();
  const result = declareResult(l);
  l.loops.push({
    label: `'${textIn(l, label).replace(/^'|:$/g, '')}`,
    next: exit,
    exit,
    depth: l.scopes.length,
    result,
  });
  openRustScope(l, 'block');
  const value = lowerStatements(l, block);
  assign(l, result, move(l, value), block);
  closeRustScope(l, block);
  l.loops.pop();
  l.cfg.enter(exit);
  return { kind: 'read', place: placeAt(l, block, result) };
}

export function lowerStatements(l: RustLowering, block: CNode): Value {
  const statements = block.children.filter(
    (child) =>
      (child.children.length > 0 || expressionsIn({ ...block, children: [child] }).length > 0) &&
      !ITEMS.test(child.type),
  );
  for (const [index, statement] of statements.entries()) {
    if (statement.type === 'let_declaration') lowerLet(l, statement);
    else if (statement.type === 'expression_statement') {
      const [inner] = expressionsIn(statement);
      if (inner === undefined) continue;
      const isTail = index === statements.length - 1 && statement.children.at(-1)?.type !== ';';
      if (isTail) return move(l, l.lower(l, inner));
      asStatement(l, inner, statement);
    }
    // Temporaries of the last expression outlive the variables of the block.
    else if (index === statements.length - 1) return move(l, l.lower(l, statement));
    else asStatement(l, statement, statement);
  }
  return unknownValue();
}

function asStatement(l: RustLowering, node: CNode, statement: CNode): void {
  openRustScope(l, 'temporaries');
  evaluate(l, l.lower(l, node), node);
  closeRustScope(l, statement);
}

function lowerLet(l: RustLowering, node: CNode): void {
  const [pattern, initial, otherwise] = [
    childOf(node, 'pattern'),
    childOf(node, 'value'),
    childOf(node, 'alternative'),
  ];
  const type = childOf(node, 'type') === undefined ? UNKNOWN_TYPE : lowerRustType(l.names, childOf(node, 'type'));
  if (pattern === undefined) return;
  if (initial === undefined) {
    bindPattern(l, pattern, unknownValue(), type);
    return;
  }
  const scope = openRustScope(l, 'temporaries');
  const value = l.lower(l, initial);
  const ignored = textIn(l, pattern) === '_';
  if (initial.type === 'reference_expression') extendTemporary(l, value);
  if (otherwise !== undefined) {
    const fails = l.cfg.create();
    const goesOn = l.cfg.create();
    testPattern(l, pattern, value, fails);
    l.cfg.goto(goesOn);
    l.cfg.enter(fails);
    // Temporaries of the initialiser are gone before the `else` block runs.
    const owned = [...scope.owned];
    dropOwned(l, owned, initial);
    scope.owned.length = 0;
    lowerBlock(l, otherwise);
    scope.owned.push(...owned);
    l.cfg.enter(goesOn);
  }
  if (ignored) evaluate(l, value, initial);
  else bindPattern(l, pattern, move(l, value), type);
  closeRustScope(l, node);
}

/** `e?`: leaves the function with the error, or goes on with what is inside. */
export function lowerTry(l: RustLowering, node: CNode): Value {
  const [inner] = expressionsIn(node);
  const value = inner === undefined ? unknownValue() : l.lower(l, inner);
  if (!l.cfg.isOpen) return value;
  const fails = l.cfg.create();
  const goesOn = l.cfg.create();
  l.cfg.branch(operator('is Ok', value), goesOn, fails, spanIn(l, node));
  l.cfg.enter(fails);
  dropDownTo(l, 0, node);
  l.cfg.terminate({ kind: 'return', value: operator('as Err', value), span: spanIn(l, node) });
  l.cfg.enter(goesOn);
  return operator('as Ok', value);
}

export function lowerControl(l: RustLowering, node: CNode): Value {
  switch (node.type) {
    case 'if_expression':
      return lowerIf(l, node);
    case 'match_expression':
      return lowerMatch(l, node);
    case 'for_expression':
      return lowerFor(l, node);
    default:
      return lowerLoop(l, node);
  }
}

/** What the arms of an `if` or `match` give. */
interface Result {
  readonly root: Root;
  isSet: boolean;
}

function lowerArm(l: RustLowering, result: Result, node: CNode): void {
  const value = move(l, l.lower(l, node));
  if (isNothing(value) || !l.cfg.isOpen) return;
  assign(l, result.root, value, node);
  result.isSet = true;
}

function valueOfResult(l: RustLowering, result: Result, node: CNode): Value {
  return result.isSet ? { kind: 'read', place: placeAt(l, node, result.root) } : unknownValue();
}

function isNothing(value: Value): boolean {
  return (
    (value.kind === 'unknown' && value.parts.length === 0) || (value.kind === 'aggregate' && value.fields.length === 0)
  );
}

function lowerIf(l: RustLowering, node: CNode): Value {
  const condition = childOf(node, 'condition');
  const consequence = childOf(node, 'consequence');
  if (condition === undefined || consequence === undefined) return unknownValue();
  const otherwise = childOf(node, 'alternative')?.children.find(
    (child) => child.type === 'block' || child.type === 'if_expression',
  );
  const result: Result = { root: declareResult(l), isSet: false };
  const [fits, fails, done] = [l.cfg.create(), l.cfg.create(), l.cfg.create()];
  const isLet = /^let_/.test(condition.type);
  const scope = openRustScope(l, 'temporaries');
  openRustScope(l, 'block');
  lowerCondition(l, condition, fits, fails);
  // Temporaries of an `if let` live until its very end, those of a plain condition go before either block.
  const early = isLet ? [] : scope.owned.splice(0);
  const late = [...scope.owned];
  l.cfg.enter(fits);
  dropOwned(l, early, condition);
  lowerArm(l, result, consequence);
  closeRustScope(l, consequence);
  dropOwned(l, scope.owned, node);
  l.cfg.goto(done);
  scope.owned.splice(0, scope.owned.length, ...late);
  l.cfg.enter(fails);
  dropOwned(l, early, condition);
  if (otherwise !== undefined) lowerArm(l, result, otherwise);
  closeRustScope(l, node);
  l.cfg.enter(done);
  return valueOfResult(l, result, node);
}

/** Branches to either block; variables of a `let` are declared in the innermost open block scope. */
function lowerCondition(l: RustLowering, node: CNode, fits: number, fails: number): void {
  switch (node.type) {
    case 'let_chain': {
      for (const part of node.children.filter((child) => child.type !== '&&')) {
        const next = l.cfg.create();
        lowerCondition(l, part, next, fails);
        l.cfg.enter(next);
      }
      l.cfg.goto(fits);
      return;
    }
    case 'let_condition': {
      const [pattern, value] = [childOf(node, 'pattern'), childOf(node, 'value')];
      if (pattern === undefined || value === undefined) return;
      const tested = l.lower(l, value);
      testPattern(l, pattern, tested, fails);
      bindPattern(l, pattern, tested);
      l.cfg.goto(fits);
      return;
    }
    case 'parenthesized_expression': {
      const [inner] = expressionsIn(node);
      if (inner !== undefined) lowerCondition(l, inner, fits, fails);
      return;
    }
    case 'unary_expression': {
      const [inner] = expressionsIn(node);
      if (node.children[0]?.type === '!' && inner !== undefined) {
        lowerCondition(l, inner, fails, fits);
        return;
      }
      break;
    }
    case 'binary_expression': {
      const sign = childOf(node, 'operator')?.type;
      const [left, right] = [childOf(node, 'left'), childOf(node, 'right')];
      if ((sign === '&&' || sign === '||') && left !== undefined && right !== undefined) {
        const next = l.cfg.create();
        if (sign === '&&') lowerCondition(l, left, next, fails);
        else lowerCondition(l, left, fits, next);
        l.cfg.enter(next);
        lowerCondition(l, right, fits, fails);
        return;
      }
      break;
    }
    default:
  }
  const value = l.lower(l, node);
  if (l.cfg.isOpen) l.cfg.branch(value, fits, fails, spanIn(l, node));
}

function lowerMatch(l: RustLowering, node: CNode): Value {
  const scrutinee = childOf(node, 'value');
  if (scrutinee === undefined) return unknownValue();
  const result: Result = { root: declareResult(l), isSet: false };
  const done = l.cfg.create();
  const scope = openRustScope(l, 'temporaries');
  const value = l.lower(l, scrutinee);
  // What an arm moves out is still there in the next.
  const owned = [...scope.owned];
  const arms = (childOf(node, 'body')?.children ?? []).filter((child) => child.type === 'match_arm');
  for (const [index, arm] of arms.entries()) {
    const next = l.cfg.create();
    scope.owned.splice(0, scope.owned.length, ...owned);
    lowerMatchArm(l, arm, value, next, result, index === arms.length - 1);
    dropOwned(l, scope.owned, node);
    l.cfg.goto(done);
    l.cfg.enter(next);
  }
  // Patterns are exhaustive: nothing gets past the last arm.
  if (l.cfg.isOpen) l.cfg.terminate({ kind: 'unreachable' });
  l.scopes.pop();
  l.cfg.enter(done);
  return valueOfResult(l, result, node);
}

function lowerMatchArm(l: RustLowering, arm: CNode, value: Value, next: number, result: Result, isLast: boolean): void {
  const [pattern, body] = [childOf(arm, 'pattern'), childOf(arm, 'value')];
  if (pattern === undefined || body === undefined) return;
  const condition = childOf(pattern, 'condition');
  openRustScope(l, 'block');
  if (!isLast || condition !== undefined) testPattern(l, pattern, value, next);
  bindPattern(l, pattern, value);
  if (condition !== undefined) {
    // Its temporaries go before the arm, and before the next one is looked at.
    const [fits, fails] = [l.cfg.create(), l.cfg.create()];
    const { owned } = openRustScope(l, 'temporaries');
    lowerCondition(l, condition, fits, fails);
    l.scopes.pop();
    l.cfg.enter(fails);
    dropOwned(l, owned, condition);
    l.cfg.goto(next);
    l.cfg.enter(fits);
    dropOwned(l, owned, condition);
  }
  openRustScope(l, 'temporaries');
  lowerArm(l, result, body);
  closeRustScope(l, body);
  closeRustScope(l, body);
}

function labelOf(l: RustLowering, node: CNode): string | undefined {
  const label = node.children.find((child) => child.type === 'label');
  return label === undefined ? undefined : `'${textIn(l, label).replace(/^'|:$/g, '')}`;
}

/** `loop`, `while` and `while let`. */
function lowerLoop(l: RustLowering, node: CNode): Value {
  const [condition, body] = [childOf(node, 'condition'), childOf(node, 'body')];
  const label = labelOf(l, node);
  const result = declareResult(l);
  const [start, exit] = [l.cfg.create(), l.cfg.create()];
  l.cfg.enter(start);
  l.loops.push({ next: start, exit, depth: l.scopes.length, ...(label === undefined ? {} : { label }), result });
  const scope = openRustScope(l, 'temporaries');
  openRustScope(l, 'block');
  if (condition !== undefined) {
    const [fits, fails] = [l.cfg.create(), l.cfg.create()];
    lowerCondition(l, condition, fits, fails);
    const early = /^let_/.test(condition.type) ? [] : scope.owned.splice(0);
    l.cfg.enter(fails);
    dropOwned(l, early, condition);
    dropOwned(l, scope.owned, condition);
    l.cfg.goto(exit);
    l.cfg.enter(fits);
    dropOwned(l, early, condition);
  }
  if (body !== undefined) asStatement(l, body, body);
  closeRustScope(l, body ?? node);
  closeRustScope(l, node);
  l.cfg.goto(start);
  l.loops.pop();
  l.cfg.enter(exit);
  return { kind: 'read', place: placeAt(l, node, result) };
}

function lowerFor(l: RustLowering, node: CNode): Value {
  const [pattern, over, body] = [childOf(node, 'pattern'), childOf(node, 'value'), childOf(node, 'body')];
  if (pattern === undefined || over === undefined || body === undefined) return unknownValue();
  const label = labelOf(l, node);
  openRustScope(l, 'temporaries');
  const items = l.lower(l, over);
  const [start, inside, exit] = [l.cfg.create(), l.cfg.create(), l.cfg.create()];
  l.cfg.enter(start);
  const more = operator('more', items);
  if (l.cfg.isOpen) l.cfg.branch(more, inside, exit, spanIn(l, over));
  l.cfg.enter(inside);
  l.loops.push({ next: start, exit, depth: l.scopes.length, ...(label === undefined ? {} : { label }) });
  openRustScope(l, 'block');
  bindPattern(l, pattern, operator('as item', items));
  asStatement(l, body, body);
  closeRustScope(l, body);
  l.loops.pop();
  l.cfg.goto(start);
  l.cfg.enter(exit);
  closeRustScope(l, node);
  return unknownValue();
}
