/** From the syntax tree of a C file to its intermediate representation. */

import type { Variant } from '../syntax/dialect.ts';
import type { Skip, SyntaxTree, TreeCursor } from '../syntax/syntax-tree.ts';
import { readBodies } from './c-body.ts';
import type { CNode, IsClosed } from './c-node.ts';
import { copyNode } from './c-node.ts';
import type { CText } from './c-type.ts';
import type { FileIr, FunctionAt, ParseProblem } from './ir.ts';
import { lowerFileItem, WITHOUT_MEANING } from './lower-c-file.ts';
import { lowerFunction } from './lower-c-function.ts';
import { followsStatic } from './lower-c-macro.ts';
import type { LoweredMacro } from './lower-c-preprocessor.ts';
import { constantsOf, lowerMacros } from './lower-c-preprocessor.ts';
import type { FileParts, FunctionCache, LoweredItem } from './lowered-item.ts';
import { addItem, emptyFileParts, hashOf } from './lowered-item.ts';
import { renderFunction } from './render-ir.ts';

export type { FunctionCache };

/** Parses a piece of text; `alternative` takes the other branches of its conditionals. */
export type ParseText = (text: string, variant?: Variant, skip?: Skip) => SyntaxTree;

export interface LowerOptions {
  /** Functions that were lowered before; new ones are added. */
  readonly cache?: FunctionCache;
  /** Parses a piece of text, for the bodies of function-like macros. Without it they stay ordinary calls. */
  readonly parse?: ParseText;
}

/** A text that is read once: the same as `lowerC` of its tree, with less of it built. */
export function lowerSource(text: string, parse: ParseText): FileIr {
  const bodies = new Map<number, CNode>();
  using outline = parse(text, 'preferred', (standard) => {
    for (const body of readBodies(standard)) bodies.set(body.start, body);
    return Array.from(bodies.values(), ({ start, end }) => ({ start: start + 1, end: end - 1 }));
  });
  // How the grammar recovers from an error depends on what stands around it.
  const ir = outline.root.hasError ? undefined : lowerTree(outline, { parse }, bodies);
  if (ir !== undefined && bodies.size === 0) return ir;
  // An error, or a body that is no function's to the grammar.
  using whole = parse(text);
  return lowerC(whole, { parse });
}

/** Never throws. What was not understood is in `problems`, and in `havoc` operations. */
export function lowerC(tree: SyntaxTree, options: LowerOptions = {}): FileIr {
  return lowerTree(tree, options, new Map());
}

/** Takes the `bodies` that it uses out of the map. */
function lowerTree(tree: SyntaxTree, options: LowerOptions, bodies: Map<number, CNode>): FileIr {
  const parts = emptyFileParts();
  const text = { original: tree.original, standard: tree.standard };
  const cursor = tree.root.walk();
  try {
    if (cursor.gotoFirstChild())
      lowerItems(parts, { text, cursor, unread: tree.problems, cache: options.cache, bodies });
  } finally {
    cursor.delete();
  }
  const { parse, cache } = options;
  if (parse !== undefined) {
    addVariants(parts, tree, parse, cache);
    addMacros(parts, lowerMacros(tree.original, tree.macros, parse, cache));
  }
  parts.functions.sort((a, b) => a.at - b.at);
  const { functions, structs, typedefs, globals, macroCalls, prototypes, problems } = parts;
  return {
    language: 'c',
    functions,
    structs,
    typedefs,
    globals,
    macroCalls,
    includes: tree.includes.map((include) => include.target),
    constants: constantsOf(tree.macros),
    prototypes,
    problems,
  };
}

/** Wrappers whose children are file-level items themselves. */
const CONTAINERS = new Set([
  'preproc_if',
  'preproc_ifdef',
  'preproc_else',
  'preproc_elif',
  'preproc_elifdef',
  'linkage_specification',
  'declaration_list',
]);

/** Outside functions only that a declarator has parameters matters. */
const isParameterList: IsClosed = (type) => type === 'parameter_list';

/** A file on its way through lowering. */
interface Reading {
  readonly text: CText;
  readonly cursor: TreeCursor;
  /** Text that the dialect pass could not make readable. */
  readonly unread: readonly ParseProblem[];
  readonly cache: FunctionCache | undefined;
  /** Bodies that the tree leaves out. */
  readonly bodies: Map<number, CNode>;
}

function lowerItems(parts: FileParts, reading: Reading): void {
  const { cursor } = reading;
  do {
    const type = cursor.nodeType;
    if (type === 'ERROR' || CONTAINERS.has(type)) {
      const span = { start: cursor.startIndex, end: cursor.endIndex };
      if (type === 'ERROR') parts.problems.push({ span, reason: 'syntax not understood' });
      if (cursor.gotoFirstChild()) {
        lowerItems(parts, reading);
        cursor.gotoParent();
      }
    } else if (type !== 'comment' && type !== ';' && !WITHOUT_MEANING.has(type)) {
      lowerItem(parts, reading, type);
    }
  } while (cursor.gotoNextSibling());
}

function lowerItem(parts: FileParts, { text, cursor, unread, cache, bodies }: Reading, type: string): void {
  const span = { start: cursor.startIndex, end: cursor.endIndex };
  const hash = hashOf(text, span.start, span.end);
  const isFunction = type === 'function_definition';
  // A declaring macro may have a `static` in front of it that did not reach the parser.
  const key = isFunction ? hash : `${followsStatic(text, span) ? 'static ' : ''}${type} ${hash}`;
  let item = cache?.get(key);
  if (item === undefined) {
    const node = isFunction ? withBody(copyNode(cursor), bodies) : copyNode(cursor, 0, isParameterList);
    item = isFunction ? lowerFunction(text, node, hash, unread) : lowerFileItem(text, node);
    if (item === undefined) {
      parts.problems.push({ span, reason: 'function without a readable name' });
      return;
    }
    cache?.set(key, item);
  }
  addItem(parts, item, span);
}

function withBody(node: CNode, bodies: Map<number, CNode>): CNode {
  const last = node.children.at(-1);
  const body = last?.field === 'body' ? bodies.get(last.start) : undefined;
  if (body === undefined) return node;
  bodies.delete(body.start);
  return { ...node, children: [...node.children.slice(0, -1), body] };
}

/** Functions with a dropped branch inside are lowered a second time with it, unless that makes no difference. */
function addVariants(parts: FileParts, tree: SyntaxTree, parse: ParseText, cache: FunctionCache | undefined): void {
  if (tree.alternatives.length === 0) return;
  for (const fn of [...parts.functions]) {
    if (!tree.alternatives.some(({ span }) => fn.at <= span.start && span.end <= fn.end)) continue;
    const key = `alternative ${fn.ir.hash}`;
    const lowered = cache?.get(key) ?? lowerVariant(tree.original.slice(fn.at, fn.end), parse);
    if (lowered?.ir === undefined || lowered.ir.name !== fn.ir.name) continue;
    cache?.set(key, lowered);
    if (renderFunction(lowered.ir) !== renderFunction(fn.ir)) addItem(parts, lowered, { start: fn.at, end: fn.end });
  }
}

function lowerVariant(original: string, parse: ParseText): LoweredItem | undefined {
  using tree = parse(original, 'alternative');
  const cursor = tree.root.walk();
  try {
    if (!cursor.gotoFirstChild()) return undefined;
    while (cursor.nodeType === 'comment') if (!cursor.gotoNextSibling()) return undefined;
    if (cursor.nodeType !== 'function_definition' || cursor.startIndex !== 0) return undefined;
    const text = { original: tree.original, standard: tree.standard };
    return lowerFunction(text, copyNode(cursor), hashOf(text, 0, cursor.endIndex), tree.problems);
  } finally {
    cursor.delete();
  }
}

/** A macro that could not be read is a problem only where the file calls it. */
function addMacros(parts: FileParts, macros: readonly LoweredMacro[]): void {
  const unread = macros.filter((macro) => macro.lowered.ir === undefined).map((macro) => macro.definition);
  if (unread.length > 0) {
    const called = calledNames(parts.functions);
    for (const { name, nameSpan } of unread) {
      if (called.has(name)) parts.problems.push({ span: nameSpan, reason: `macro ${name} not understood` });
    }
  }
  for (const { definition, lowered } of macros) addItem(parts, lowered, definition.span);
}

function calledNames(functions: readonly FunctionAt[]): Set<string> {
  const names = new Set<string>();
  for (const { ir } of functions) {
    for (const { operations } of ir.blocks) {
      for (const operation of operations)
        if (operation.kind === 'call' && operation.callee.kind === 'named') names.add(operation.callee.name);
    }
  }
  return names;
}
