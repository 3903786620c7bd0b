/** Closures and functions of Rust: parameters, body, what goes at the end. */
import type { Span } from '../base/span.ts';
import type { CNode } from './c-node.ts';
import { childOf } from './c-node.ts';
import type { FunctionIr, Parameter, TypeRef, Value } from './ir.ts';
import { bindPattern } from './lower-rust-pattern.ts';
import { expressionsIn } from './rust-node.ts';
import type { RustLowering, RustSetup } from './rust-state.ts';
import {
  closeRustScope,
  createRustLowering,
  dropDownTo,
  move,
  openRustScope,
  settle,
  spanIn,
  textIn,
} from './rust-state.ts';
import { isPlain, lowerRustType, pointerTo, UNIT_TYPE, UNKNOWN_TYPE } from './rust-type.ts';

/** A closure becomes a function of its own that sees the variables around it; its value names that function. */
export function lowerClosure(l: RustLowering, node: CNode): Value {
  const count = l.closures.filter((one) => one.ir.closureOf === l.name).length + 1;
  const name = `${l.name}::{closure#${count}}`;
  const inner = createRustLowering({ lower: l.lower, names: l.names, parse: l.parse, name, base: node.start });
  for (const scope of l.scopes) inner.scopes.push({ kind: 'block', names: scope.names, owned: [] });
  Object.assign(inner.locals, l.locals);
  for (const [local, times] of l.renamed) inner.renamed.set(local, times);
  const captured = l.scopes.length;
  const body = childOf(node, 'body');
  const declared = childOf(node, 'return_type');
  const ir = lowerBody(
    inner,
    node,
    body,
    captured,
    declared === undefined ? UNKNOWN_TYPE : lowerRustType(l.names, declared),
  );
  l.closures.push({ at: node.start, end: node.end, ir: { ...ir, closureOf: l.name } }, ...inner.closures);
  for (const problem of inner.problems)
    l.problems.push({
      ...problem,
      span: spanIn(l, { start: problem.span.start + node.start, end: problem.span.end + node.start }),
    });
  return { kind: 'read', place: { root: { kind: 'global', name }, steps: [], span: spanIn(l, node) } };
}

export interface LoweredRustFunction {
  readonly lowering: RustLowering;
  readonly ir: FunctionIr;
}

export function lowerRustFunction(setup: RustSetup, node: CNode): LoweredRustFunction {
  const l = createRustLowering(setup);
  const returned = childOf(node, 'return_type');
  const returns = returned === undefined ? UNIT_TYPE : lowerRustType(l.names, returned);
  return { lowering: l, ir: lowerBody(l, node, childOf(node, 'body'), 0, returns) };
}

function lowerBody(
  l: RustLowering,
  node: CNode,
  body: CNode | undefined,
  captured: number,
  returns: TypeRef,
): FunctionIr {
  openRustScope(l, 'block');
  const parameters = lowerParameters(l, childOf(node, 'parameters'));
  openRustScope(l, 'temporaries');
  const tail = body === undefined ? undefined : move(l, l.lower(l, body));
  if (l.cfg.isOpen) {
    const owns = l.scopes.slice(captured).some((scope) => scope.owned.length > 0);
    const value = tail !== undefined && owns ? settle(l, tail, body ?? node) : tail;
    dropDownTo(l, captured, { start: node.end - 1, end: node.end }, value);
    const isNothing = value === undefined || (value.kind === 'unknown' && value.parts.length === 0);
    const span = spanIn(l, lastExpression(body ?? node));
    l.cfg.terminate({ kind: 'return', ...(isNothing ? {} : { value }), span });
  } else closeRustScope(l, node);
  const name = childOf(node, 'name') ?? { start: node.start, end: node.start + 1 };
  const visibility = node.children.some((child) => child.type === 'visibility_modifier');
  const generics = boundsOf(l, node);
  const qualifiers = qualifiersOf(node);
  return {
    name: l.name,
    isStatic: !visibility,
    returns,
    parameters,
    locals: l.locals,
    blocks: l.cfg.finish(),
    nameSpan: spanIn(l, name),
    hash: '',
    ...(Object.keys(generics).length === 0 ? {} : { generics }),
    ...(qualifiers.length === 0 ? {} : { qualifiers }),
  };
}

/** Where a value is returned: the last expression of the body, or its end. */
function lastExpression(body: CNode): Span {
  if (body.type !== 'block') return body;
  const last = expressionsIn(body).at(-1);
  return last ?? { start: body.end - 1, end: body.end };
}

function lowerParameters(l: RustLowering, list: CNode | undefined): readonly Parameter[] {
  const parameters: Parameter[] = [];
  for (const child of list?.children ?? []) {
    if (child.type === 'self_parameter') {
      parameters.push(
        declareParameter(l, child.children.find((part) => part.type === 'self') ?? child, selfType(l, child)),
      );
      continue;
    }
    const isBare = child.type !== 'parameter' && list?.type === 'closure_parameters';
    if (child.type !== 'parameter' && !(isBare && /identifier$|pattern$|^_$/.test(child.type))) continue;
    const pattern = child.type === 'parameter' ? childOf(child, 'pattern') : child;
    const type = child.type === 'parameter' ? lowerRustType(l.names, childOf(child, 'type')) : UNKNOWN_TYPE;
    if (pattern === undefined) continue;
    const simple = pattern.type === 'identifier' || pattern.type === 'self' || pattern.type === 'mut_pattern';
    if (simple) {
      parameters.push(
        declareParameter(l, pattern.type === 'mut_pattern' ? (pattern.children.at(-1) ?? pattern) : pattern, type),
      );
      continue;
    }
    const name = `#${parameters.length}`;
    l.locals[name] = type;
    parameters.push({ name, type });
    bindPattern(
      l,
      pattern,
      { kind: 'read', place: { root: { kind: 'local', name }, steps: [], span: spanIn(l, pattern) } },
      type,
    );
  }
  return parameters;
}

function declareParameter(l: RustLowering, node: CNode, type: TypeRef): Parameter {
  const written = textIn(l, node).replace(/^r#/, '');
  const scope = l.scopes.at(-1);
  const count = (l.renamed.get(written) ?? 0) + 1;
  l.renamed.set(written, count);
  const name = count === 1 ? written : `${written}#${count}`;
  l.locals[name] = type;
  scope?.names.set(written, { kind: 'local', name });
  if (!isPlain(type)) scope?.owned.push({ kind: 'read', place: { root: { kind: 'local', name }, steps: [] } });
  return { name, type };
}

function selfType(l: RustLowering, node: CNode): TypeRef {
  const self = l.names.self ?? UNKNOWN_TYPE;
  if (!node.children.some((child) => child.type === '&')) return self;
  return pointerTo(self, node.children.some((child) => child.type === 'mutable_specifier') ? '&mut' : '&');
}

/** Plain bounds of generic parameters, where-clauses included. */
function boundsOf(l: RustLowering, node: CNode): Record<string, TypeRef> {
  const bounds: Record<string, TypeRef> = {};
  for (const parameter of childOf(node, 'type_parameters')?.children ?? []) {
    const name = childOf(parameter, 'name');
    const bound = childOf(parameter, 'bounds')?.children.find(
      (child) => child.type !== 'lifetime' && child.type !== ':',
    );
    if (parameter.type === 'type_parameter' && name !== undefined && bound !== undefined)
      bounds[textIn(l, name)] = lowerRustType(l.names, bound);
  }
  return bounds;
}

function qualifiersOf(node: CNode): readonly ('unsafe' | 'extern')[] {
  const modifiers = node.children.find((child) => child.type === 'function_modifiers')?.children ?? [];
  const found: ('unsafe' | 'extern')[] = [];
  if (modifiers.some((child) => child.type === 'unsafe')) found.push('unsafe');
  if (modifiers.some((child) => child.type === 'extern_modifier')) found.push('extern');
  return found;
}
