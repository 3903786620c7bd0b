/** Macro calls in Rust expressions: their input is read as arguments of a call where that can be. */
import { macroArguments, rustMacroKind } from '../syntax/rust-dialect.ts';
import type { CNode } from './c-node.ts';
import { childOf, visitNodes } from './c-node.ts';
import type { Value } from './ir.ts';
import { expressionsIn } from './rust-node.ts';
import type { RustLowering } from './rust-state.ts';
import { havocRust, ownTemporary, pathOf, placeAt, spanIn, textIn, unknownValue } from './rust-state.ts';

const PREFIX = 'fn f(){f(';

export function lowerMacro(l: RustLowering, node: CNode): Value {
  const name = childOf(node, 'macro');
  const input = node.children.find((child) => child.type === 'token_tree');
  if (name === undefined || input === undefined) return havocRust(l, 'macro not understood', node);
  const path = pathOf(l, name);
  const kind = rustMacroKind(path.split('::').at(-1) ?? '');
  if (kind === 'opaque') return unknownValue();
  const args = inputOf(l, input, kind);
  if (args === undefined) return partsOf(l, node, input, path);
  const values = args.map((arg) => l.lower(l, arg));
  if (kind === 'initialiser') {
    const [literal] = values;
    return literal ?? unknownValue();
  }
  const result = l.cfg.call({ kind: 'named', name: `${path}!` }, values, 'call', spanIn(l, node));
  if (kind === 'diverging') l.cfg.terminate({ kind: 'unreachable' });
  else ownTemporary(l, result);
  return result;
}

function inputOf(l: RustLowering, input: CNode, kind: ReturnType<typeof rustMacroKind>): readonly CNode[] | undefined {
  const start = input.start + 1;
  const text = macroArguments(l.names.text.slice(start, input.end - 1), kind);
  const tree = l.parse(PREFIX, text, ');}', start);
  if (tree === undefined) return undefined;
  let list: CNode | undefined;
  visitNodes(tree, (one) => {
    if (list === undefined && one.type === 'arguments') list = one;
    return list === undefined;
  });
  return list === undefined ? undefined : expressionsIn(list);
}

/** The input is no list of expressions: what it names is read, and anything may have happened. */
function partsOf(l: RustLowering, node: CNode, input: CNode, path: string): Value {
  havocRust(l, `macro ${path} not understood`, node);
  const parts: Value[] = [];
  visitNodes(input, (one) => {
    if (one.type === 'identifier' || one.type === 'self') {
      const root = l.scopes.findLast((scope) => scope.names.has(textIn(l, one)))?.names.get(textIn(l, one));
      if (root !== undefined) parts.push({ kind: 'read', place: placeAt(l, one, root) });
    }
    return true;
  });
  return unknownValue(...parts);
}
