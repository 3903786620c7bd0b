/**
 * A plain copy (of C or Rust) of the part of a syntax tree that lowering reads. Every access to a parser node crosses into wasm, so
 * the tree is walked once with a cursor and never touched again. Comments are left out.
 */
import type { TreeCursor } from '../syntax/syntax-tree.ts';

export interface CNode {
  /** The grammar's node type; punctuation and keywords are their own text. */
  readonly type: string;
  /** UTF-16 offsets in the file. */
  readonly start: number;
  readonly end: number;
  readonly field: string | null;
  readonly children: readonly CNode[];
}

/** Deeper trees than this are cut: they come from broken text, and lowering recurses. */
const MAX_DEPTH = 800;

const NO_CHILDREN: readonly CNode[] = [];

/** Types that have no children, and of which the tree is full: asking for them costs as much as a child. */
const LEAVES = new Set([
  ...['(', ')', ',', ';', '{', '}', '[', ']', ':', '->', '.', '=', '&', '*'],
  ...['identifier', 'field_identifier', 'type_identifier', 'primitive_type', 'number_literal', 'comment'],
]);
/** Punctuation is never found by its field, save operators. */
const BARE = new Set(['(', ')', ',', ';', '{', '}', '[', ']', ':']);

const COMMENTS = new Set(['comment', 'line_comment', 'block_comment']);

/** Whether a node is copied without what is below it. */
export type IsClosed = (type: string, parent: string) => boolean;

/** Copies the node under the cursor and all below it; leaves the cursor where it was. `by` is added to offsets. */
export function copyNode(cursor: TreeCursor, by = 0, isClosed: IsClosed = () => false): CNode {
  return copyAt(cursor, cursor.nodeType, by, 0, isClosed);
}

function copyAt(cursor: TreeCursor, type: string, by: number, depth: number, isClosed: IsClosed): CNode {
  const start = cursor.startIndex + by;
  const end = cursor.endIndex + by;
  const field = BARE.has(type) ? null : cursor.currentFieldName;
  if (LEAVES.has(type)) return { type, start, end, field, children: NO_CHILDREN };
  if (depth > MAX_DEPTH) return { type: 'ERROR', start, end, field, children: NO_CHILDREN };
  if (!cursor.gotoFirstChild()) return { type, start, end, field, children: NO_CHILDREN };
  const children: CNode[] = [];
  do {
    const childType = cursor.nodeType;
    if (COMMENTS.has(childType)) continue;
    if (isClosed(childType, type)) children.push(copyClosed(cursor, childType, by));
    else children.push(copyAt(cursor, childType, by, depth + 1, isClosed));
  } while (cursor.gotoNextSibling());
  cursor.gotoParent();
  return { type, start, end, field, children };
}

function copyClosed(cursor: TreeCursor, type: string, by: number): CNode {
  const [start, end] = [cursor.startIndex + by, cursor.endIndex + by];
  return { type, start, end, field: cursor.currentFieldName, children: NO_CHILDREN };
}

export function childOf(node: CNode, field: string): CNode | undefined {
  for (const child of node.children) if (child.field === field) return child;
  return undefined;
}

/** The grammar's named types are lower-case words that are not the node's own keyword. */
export function isNamed(node: CNode): boolean {
  return node.children.length > 0 || NAMED_LEAF.has(node.type);
}

const NAMED_LEAF = new Set([
  'identifier',
  'field_identifier',
  'type_identifier',
  'statement_identifier',
  'primitive_type',
  'sized_type_specifier',
  'number_literal',
  'string_literal',
  'char_literal',
  'true',
  'false',
  'null',
  'ERROR',
  'variadic_parameter',
  'abstract_pointer_declarator',
  'initializer_list',
  'argument_list',
  'compound_statement',
  'preproc_arg',
]);

/** Calls `visit` for the node and all below it, parents first; `false` stops going down there. */
export function visitNodes(node: CNode, visit: (node: CNode) => boolean): void {
  if (!visit(node)) return;
  for (const child of node.children) visitNodes(child, visit);
}
