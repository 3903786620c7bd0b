/** Function definitions, and macros as functions. */
import type { CNode } from './c-node.ts';
import { childOf, visitNodes } from './c-node.ts';
import type { CText } from './c-type.ts';
import { annotationsIn, baseOf, declare, parametersOf, specifierOf } from './c-type.ts';
import type { FunctionIr, Parameter, ParseProblem, TypeRef } from './ir.ts';
import { lowerParameters } from './lower-c-declaration.ts';
import { admitErrors, lowerBodyValue, lowerStatement } from './lower-c-statement.ts';
import type { LoweredItem } from './lowered-item.ts';
import { NOTHING } from './lowered-item.ts';
import type { Lowering } from './lowering-state.ts';
import { closeScope, createLowering, openScope } from './lowering-state.ts';

/** Lowers a `function_definition`; undefined when no name can be made out. `unread` is text that the parser never saw. */
export function lowerFunction(
  text: CText,
  node: CNode,
  hash: string,
  unread: readonly ParseProblem[] = [],
): LoweredItem | undefined {
  const declarator = childOf(node, 'declarator');
  const annotations = annotationsIn(text.original, node.start, declarator?.start ?? node.start);
  const declared = declare(baseOf(text, specifierOf(node), ''), declarator, annotations);
  const body = childOf(node, 'body');
  if (declared.name === undefined || body === undefined) return undefined;
  const name = text.standard.slice(declared.name.start, declared.name.end);
  const lowering = createLowering({
    text,
    base: node.start,
    fileLevel: false,
    name,
    returns: declared.type,
    lowerBody: lowerBodyValue,
  });
  collectErrors(lowering, node, unread);
  openScope(lowering, node);
  const parameters = lowerParameters(lowering, parametersOf(declared.parameters));
  const blocks = lowerBlocks(lowering, body);
  const isStatic = node.children.some(
    (child) => child.type === 'storage_class_specifier' && text.standard.slice(child.start, child.end) === 'static',
  );
  return {
    ir: {
      name,
      isStatic,
      returns: declared.type,
      parameters,
      locals: lowering.locals,
      blocks,
      nameSpan: { start: declared.name.start - node.start, end: declared.name.end - node.start },
      hash,
    },
    ...NOTHING,
    globals: lowering.statics,
    structs: lowering.structs,
    problems: lowering.problems,
  };
}

/** A macro's body, lowered as if the macro were a function; `base` maps the body's text to the definition's start. */
export interface MacroBody {
  readonly name: string;
  readonly parameters: readonly string[];
  readonly text: CText;
  readonly base: number;
  readonly body: CNode;
  readonly hash: string;
  readonly nameStart: number;
}

export function lowerMacro({ name, parameters, text, base, body, hash, nameStart }: MacroBody): LoweredItem {
  const unknownType: TypeRef = { base: 'unknown', pointers: 0 };
  const lowering = createLowering({
    text,
    base,
    fileLevel: false,
    name,
    returns: unknownType,
    lowerBody: lowerBodyValue,
  });
  openScope(lowering, body);
  const typed: Parameter[] = parameters.map((parameter) => ({ name: parameter, type: unknownType }));
  for (const { name: parameter, type } of typed) {
    lowering.locals[parameter] = type;
    lowering.renamed.set(parameter, 1);
    lowering.scopes.at(-1)?.names.set(parameter, { root: { kind: 'local', name: parameter }, type });
  }
  const blocks = lowerBlocks(lowering, body);
  const nameSpan = { start: nameStart, end: nameStart + name.length };
  const ir: FunctionIr = {
    name,
    isStatic: true,
    returns: unknownType,
    parameters: typed,
    locals: lowering.locals,
    blocks,
    nameSpan,
    hash,
    macro: true,
  };
  return { ...NOTHING, ir, globals: lowering.statics, structs: lowering.structs, problems: lowering.problems };
}

function lowerBlocks(lowering: Lowering, body: CNode): FunctionIr['blocks'] {
  const end = { start: Math.max(body.start, body.end - 1), end: body.end };
  findLabels(lowering, body);
  lowerStatement(lowering, body);
  admitErrors(lowering, Number.POSITIVE_INFINITY);
  closeScope(lowering, end);
  if (lowering.cfg.isOpen)
    lowering.cfg.terminate({
      kind: 'return',
      span: { start: end.start - lowering.base, end: end.end - lowering.base },
    });
  return lowering.cfg.finish();
}

/** Labels are known before the first `goto`, and with them the scopes that a jump leaves. */
function findLabels(lowering: Lowering, body: CNode): void {
  visitNodes(body, (node) => {
    if (node.type !== 'labeled_statement') return true;
    const label = childOf(node, 'label');
    if (label !== undefined) {
      const name = lowering.text.standard.slice(label.start, label.end);
      if (!lowering.labels.has(name)) lowering.labels.set(name, { block: lowering.cfg.create(), at: node.start });
    }
    return true;
  });
}

function collectErrors(lowering: Lowering, root: CNode, unread: readonly ParseProblem[]): void {
  for (const { span } of unread) {
    if (root.start <= span.start && span.start < root.end) lowering.errors.push(span);
  }
  visitNodes(root, (node) => {
    if (node.type === 'ERROR') {
      lowering.errors.push(node);
      return false;
    }
    if (node.start === node.end && node.children.length === 0) {
      lowering.problems.push({
        span: { start: node.start - lowering.base, end: node.end - lowering.base },
        reason: `missing ${node.type}`,
      });
    }
    return true;
  });
  lowering.errors.sort((a, b) => a.start - b.start);
}
