/** From the syntax tree of a C file to its intermediate representation. */
import { shift } from '../base/span.ts';
import type { SyntaxTree, TreeCursor } from '../syntax/c-parser.ts';
import type { Variant } from '../syntax/dialect.ts';
import { copyNode } from './c-node.ts';
import type { FileIr, FunctionAt, GlobalDeclaration, ParseProblem, StructDeclaration, Value } from './ir.ts';
import type { FileParts } from './lower-c-file.ts';
import { emptyFileParts, lowerFileItem } from './lower-c-file.ts';
import type { FunctionCache, LoweredFunction } from './lower-c-function.ts';
import { hashOf, lowerFunction } from './lower-c-function.ts';
import type { LoweredMacro } from './lower-c-preprocessor.ts';
import { constantsOf, lowerMacros } from './lower-c-preprocessor.ts';
import { renderFunction } from './render-ir.ts';

export type { FunctionCache, LoweredFunction };

/** Parses a piece of text; `alternative` takes the other branches of its conditionals. */
export type ParseText = (text: string, variant?: Variant) => SyntaxTree;

export interface LowerOptions {
  /** Functions that were lowered before; new ones are added. */
  readonly cache?: FunctionCache;
  /** Parses a piece of text, for the bodies of function-like macros. Without it they stay ordinary calls. */
  readonly parse?: ParseText;
}

/** Never throws. What was not understood is in `problems`, and in `havoc` operations. */
export function lowerC(tree: SyntaxTree, options: LowerOptions = {}): FileIr {
  const parts = emptyFileParts({ original: tree.original, standard: tree.standard });
  const cursor = tree.root.walk();
  try {
    if (cursor.gotoFirstChild()) lowerItems(parts, cursor, tree.problems, options.cache);
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

function lowerItems(
  parts: FileParts,
  cursor: TreeCursor,
  unread: readonly ParseProblem[],
  cache: FunctionCache | undefined,
): void {
  do {
    const type = cursor.nodeType;
    if (type === 'function_definition') {
      addFunction(parts, cursor, unread, cache);
    } else if (type === 'ERROR' || CONTAINERS.has(type)) {
      if (type === 'ERROR')
        parts.problems.push({
          span: { start: cursor.startIndex, end: cursor.endIndex },
          reason: 'syntax not understood',
        });
      if (cursor.gotoFirstChild()) {
        lowerItems(parts, cursor, unread, cache);
        cursor.gotoParent();
      }
    } else if (type !== 'comment') {
      lowerFileItem(parts, copyNode(cursor));
    }
  } while (cursor.gotoNextSibling());
}

function addFunction(
  parts: FileParts,
  cursor: TreeCursor,
  unread: readonly ParseProblem[],
  cache: FunctionCache | undefined,
): void {
  const { startIndex: at, endIndex: end } = cursor;
  const hash = hashOf(parts.text, at, end);
  let lowered = cache?.get(hash);
  if (lowered === undefined) {
    lowered = lowerFunction(parts.text, copyNode(cursor), hash, unread);
    if (lowered === undefined) {
      parts.problems.push({ span: { start: at, end }, reason: 'function without a readable name' });
      return;
    }
    cache?.set(hash, lowered);
  }
  addLowered(parts, lowered, at, end);
}

/** Functions with a dropped branch inside are lowered a second time with it, unless that makes no difference. */
function addVariants(parts: FileParts, tree: SyntaxTree, parse: ParseText, cache: FunctionCache | undefined): void {
  if (tree.alternatives.length === 0) return;
  for (const fn of [...parts.functions]) {
    if (!tree.alternatives.some(({ span }) => fn.at <= span.start && span.end <= fn.end)) continue;
    const key = `alternative ${fn.ir.hash}`;
    const lowered = cache?.get(key) ?? lowerVariant(tree.original.slice(fn.at, fn.end), parse);
    if (lowered === undefined || lowered.ir.name !== fn.ir.name) continue;
    cache?.set(key, lowered);
    if (renderFunction(lowered.ir) !== renderFunction(fn.ir)) addLowered(parts, lowered, fn.at, fn.end);
  }
}

function lowerVariant(original: string, parse: ParseText): LoweredFunction | undefined {
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
  const unread = macros.filter((macro) => macro.lowered === undefined).map((macro) => macro.definition);
  if (unread.length > 0) {
    const called = calledNames(parts.functions);
    for (const { name, nameSpan } of unread) {
      if (called.has(name)) parts.problems.push({ span: nameSpan, reason: `macro ${name} not understood` });
    }
  }
  for (const { definition, lowered } of macros) {
    if (lowered !== undefined) addLowered(parts, lowered, definition.span.start, definition.span.end);
  }
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

/** Adds a function and what it declares beyond itself, moved to where the function stands. */
function addLowered(parts: FileParts, lowered: LoweredFunction, at: number, end: number): void {
  const found: FunctionAt = { at, end, ir: lowered.ir };
  parts.functions.push(found);
  for (const global of lowered.statics) parts.globals.push(moveGlobal(global, at));
  for (const struct of lowered.structs) parts.structs.push(moveStruct(struct, at));
  for (const problem of lowered.problems) parts.problems.push(moveProblem(problem, at));
}

function moveProblem(problem: ParseProblem, by: number): ParseProblem {
  return { ...problem, span: shift(problem.span, by) };
}

function moveStruct(struct: StructDeclaration, by: number): StructDeclaration {
  const fields = struct.fields.map((field) => ({ ...field, span: shift(field.span, by) }));
  return { ...struct, fields, span: shift(struct.span, by) };
}

function moveGlobal(global: GlobalDeclaration, by: number): GlobalDeclaration {
  const moved = { ...global, span: shift(global.span, by) };
  return global.initializer === undefined ? moved : { ...moved, initializer: moveValue(global.initializer, by) };
}

/** Spans in a static's initializer are those of aggregate fields. */
function moveValue(value: Value, by: number): Value {
  if (value.kind !== 'aggregate') return value;
  return {
    ...value,
    fields: value.fields.map((field) => ({ ...field, span: shift(field.span, by), value: moveValue(field.value, by) })),
  };
}
