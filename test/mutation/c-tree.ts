/** A C file as the mutators see it: the text and its syntax tree as plain nodes, which outlive the parser's memory. */
import type { CParser } from '../../server/src/syntax/c-parser.ts';
import type { TreeCursor } from '../../server/src/syntax/syntax-tree.ts';

export interface CNode {
  readonly type: string;
  /** UTF-16 offsets. */
  readonly start: number;
  readonly end: number;
  readonly field: string | undefined;
  readonly named: boolean;
  readonly children: readonly CNode[];
  readonly parent: CNode | undefined;
}

/** One replacement; insertions have `start === end`. */
export interface Edit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

export interface CSource {
  readonly text: string;
  readonly root: CNode;
  /** The grammar could not read all of it. */
  readonly hasErrors: boolean;
}

interface GrowingNode extends CNode {
  readonly children: CNode[];
}

export function parseSource(parser: CParser, text: string): CSource {
  using tree = parser.parse(text);
  const cursor = tree.root.walk();
  try {
    return { text, root: copyNode(cursor, undefined), hasErrors: tree.errors().length > 0 };
  } finally {
    cursor.delete();
  }
}

function copyNode(cursor: TreeCursor, parent: CNode | undefined): CNode {
  const node: GrowingNode = {
    type: cursor.nodeType,
    start: cursor.startIndex,
    end: cursor.endIndex,
    field: cursor.currentFieldName ?? undefined,
    named: cursor.nodeIsNamed,
    children: [],
    parent,
  };
  if (cursor.gotoFirstChild()) {
    do node.children.push(copyNode(cursor, node));
    while (cursor.gotoNextSibling());
    cursor.gotoParent();
  }
  return node;
}

export function textOf(source: CSource, node: CNode): string {
  return source.text.slice(node.start, node.end);
}

/** The node and all below it, in text order. */
export function* walk(node: CNode): Generator<CNode> {
  yield node;
  for (const child of node.children) yield* walk(child);
}

export function findAll(node: CNode, ...types: readonly string[]): CNode[] {
  return [...walk(node)].filter((candidate) => types.includes(candidate.type));
}

export function childOf(node: CNode, field: string): CNode | undefined {
  return node.children.find((child) => child.field === field);
}

export function enclosing(node: CNode, ...types: readonly string[]): CNode | undefined {
  for (let at: CNode | undefined = node; at !== undefined; at = at.parent) if (types.includes(at.type)) return at;
  return undefined;
}

/** The smallest node that covers the span. */
export function nodeAt(root: CNode, start: number, end: number): CNode {
  for (const child of root.children) if (child.start <= start && end <= child.end) return nodeAt(child, start, end);
  return root;
}

/** The statement that a node belongs to: the nearest ancestor that stands in a block, under a `case` or under an `if`. */
export function statementOf(node: CNode): CNode | undefined {
  for (let at: CNode | undefined = node; at !== undefined; at = at.parent) {
    if (at.type.endsWith('_statement') && at.type !== 'compound_statement') return at;
    if (at.type === 'declaration' || at.type === 'function_definition') return at;
  }
  return undefined;
}

export interface CFunction {
  readonly name: string;
  readonly node: CNode;
  readonly body: CNode;
  readonly parameters: readonly CVariable[];
}

/** A parameter or local variable with a plain or pointer type. */
export interface CVariable {
  readonly name: string;
  /** `struct foo`, `unsigned int`, … with qualifiers. */
  readonly type: string;
  /** `*`, `**` or nothing. */
  readonly stars: string;
  /** An array, a function pointer or something else that cannot be passed on by value. */
  readonly complex: boolean;
  readonly node: CNode;
}

export function functionsOf(source: CSource): CFunction[] {
  return findAll(source.root, 'function_definition').flatMap((node) => {
    const declarator = findAll(node, 'function_declarator')[0];
    const name = declarator === undefined ? undefined : childOf(declarator, 'declarator');
    const body = childOf(node, 'body');
    if (declarator === undefined || name?.type !== 'identifier' || body === undefined) return [];
    const list = childOf(declarator, 'parameters');
    const parameters = (list?.children ?? [])
      .filter((child) => child.type === 'parameter_declaration')
      .flatMap((child) => variablesIn(source, child));
    return [{ name: textOf(source, name), node, body, parameters }];
  });
}

/** Variables that a declaration or parameter declares. */
export function variablesIn(source: CSource, declaration: CNode): CVariable[] {
  const declarators = declaration.children.filter((child) => child.field === 'declarator');
  const first = declarators[0];
  if (first === undefined) return [];
  const type = source.text.slice(declaration.start, first.start).trim();
  return declarators.flatMap((declarator) => {
    let inner = declarator.type === 'init_declarator' ? childOf(declarator, 'declarator') : declarator;
    let stars = '';
    while (inner?.type === 'pointer_declarator') {
      stars += '*';
      inner = childOf(inner, 'declarator');
    }
    const complex = inner?.type !== 'identifier';
    const name = inner === undefined ? undefined : findAll(inner, 'identifier')[0];
    return name === undefined ? [] : [{ name: textOf(source, name), type, stars, complex, node: declarator }];
  });
}

export function localsOf(source: CSource, fn: CFunction): CVariable[] {
  return findAll(fn.body, 'declaration').flatMap((declaration) => variablesIn(source, declaration));
}

export function functionAt(source: CSource, offset: number): CFunction | undefined {
  return functionsOf(source).find((fn) => fn.node.start <= offset && offset < fn.node.end);
}

export interface CCall {
  readonly name: string;
  readonly args: readonly CNode[];
  readonly node: CNode;
}

export function callsIn(source: CSource, node: CNode): CCall[] {
  return findAll(node, 'call_expression').flatMap((call) => {
    const callee = childOf(call, 'function');
    if (callee?.type !== 'identifier') return [];
    const args = (childOf(call, 'arguments')?.children ?? []).filter(
      (child) => child.named && child.type !== 'comment',
    );
    return [{ name: textOf(source, callee), args, node: call }];
  });
}

/** Whether the word stands in the node as an identifier or field. */
export function mentions(source: CSource, node: CNode, word: string): boolean {
  return findAll(node, 'identifier', 'field_identifier').some((name) => textOf(source, name) === word);
}

export function applyEdits(text: string, edits: readonly Edit[]): string {
  let result = text;
  for (const edit of [...edits].sort((a, b) => b.start - a.start || b.end - a.end))
    result = result.slice(0, edit.start) + edit.text + result.slice(edit.end);
  return result;
}

/** Deletes a node that stands alone on its lines together with those lines. */
export function deletion(source: CSource, node: CNode): Edit {
  const { text } = source;
  let start = node.start;
  while (start > 0 && /[ \t]/.test(text[start - 1] ?? '')) start--;
  let end = node.end;
  while (/[ \t]/.test(text[end] ?? '')) end++;
  const alone = (start === 0 || text[start - 1] === '\n') && text[end] === '\n';
  return alone ? { start, end: end + 1, text: '' } : { start: node.start, end: node.end, text: '' };
}

/** Deletes a statement; where the grammar needs one, an empty block takes its place. */
export function statementDeletion(source: CSource, statement: CNode): Edit {
  const stands = statement.parent?.type === 'compound_statement' || statement.parent?.type === 'case_statement';
  return stands ? deletion(source, statement) : { start: statement.start, end: statement.end, text: '{ }' };
}

/** White space before the line's first character. */
export function indentationAt(source: CSource, offset: number): string {
  const lineStart = source.text.lastIndexOf('\n', offset - 1) + 1;
  return /^[ \t]*/.exec(source.text.slice(lineStart))?.[0] ?? '';
}

/** One-based. */
export function lineAt(source: CSource, offset: number): number {
  return source.text.slice(0, offset).split('\n').length;
}
