/**
 * One text and its tree, whatever the language. Trees live in the parser's own memory: whoever parses must dispose.
 * `TreeParser` owns the parser of one language; a `Prepare` step stands between the user's text and the grammar.
 */
import type { Node, Point, Range, Tree } from 'web-tree-sitter';
import { Edit, Language, Parser } from 'web-tree-sitter';
import type { Span } from '../base/span.ts';
import type { DialectResult } from './dialect.ts';

export type { Node as SyntaxNode, TreeCursor } from 'web-tree-sitter';

/** What is done to a text before it is parsed; offsets stay. */
export type Prepare = (text: string) => DialectResult;

/** Parts of a prepared text that need no parser, in order. */
export type Skip = (standard: string) => readonly Span[];

/** The parser of one language, and a count of its trees. */
export class TreeParser implements Disposable {
  private readonly parser: Parser;
  private readonly source: TreeSource = {
    parse: (standard, old) => this.parseTree(standard, old),
    release: (tree) => this.release(tree),
  };
  private live = 0;

  private constructor(parser: Parser) {
    this.parser = parser;
  }

  static async create(runtime: Uint8Array, grammar: Uint8Array): Promise<TreeParser> {
    // The runtime keeps the first bytes it gets; later calls are free.
    await Parser.init({ wasmBinary: runtime, locateFile: (file: string) => file });
    const parser = new Parser();
    parser.setLanguage(await Language.load(grammar));
    return new TreeParser(parser);
  }

  /** Trees that were parsed and not yet disposed. */
  get liveTrees(): number {
    return this.live;
  }

  /** What `skip` names is left out of the tree, which is never updated then. */
  parse(text: string, prepare: Prepare, skip: Skip = () => []): SyntaxTree {
    const dialect = prepare(text);
    const tree = this.parseTree(dialect.text, null, skip(dialect.text));
    return new SyntaxTree(this.source, prepare, text, dialect, tree);
  }

  [Symbol.dispose](): void {
    this.parser.delete();
  }

  private parseTree(standard: string, old: Tree | null, skipped: readonly Span[] = []): Tree {
    const options = skipped.length === 0 ? {} : { includedRanges: rangesWithout(skipped, standard.length) };
    const tree = this.parser.parse(standard, old, options);
    if (tree === null) throw new Error('the parser has no language');
    this.live++;
    return tree;
  }

  private release(tree: Tree): void {
    tree.delete();
    this.live--;
  }
}

/** Rows and columns are not looked at. */
const NOWHERE: Point = { row: 0, column: 0 };

function rangesWithout(skipped: readonly Span[], length: number): Range[] {
  const ranges: Range[] = [];
  let from = 0;
  for (const { start, end } of [...skipped, { start: length, end: length }]) {
    ranges.push({ startIndex: from, endIndex: start, startPosition: NOWHERE, endPosition: NOWHERE });
    from = end;
  }
  return ranges;
}

interface TreeSource {
  readonly parse: (standard: string, old: Tree) => Tree;
  readonly release: (tree: Tree) => void;
}

/** One text and its tree. `update` replaces both in place. */
export class SyntaxTree implements Disposable {
  private readonly source: TreeSource;
  private readonly prepare: Prepare;
  private text: string;
  private dialect: DialectResult;
  private tree: Tree | undefined;

  constructor(source: TreeSource, prepare: Prepare, text: string, dialect: DialectResult, tree: Tree) {
    this.source = source;
    this.prepare = prepare;
    this.text = text;
    this.dialect = dialect;
    this.tree = tree;
  }

  /** The text as the user wrote it. */
  get original(): string {
    return this.text;
  }

  /** The text that was parsed: equal offsets, see `toStandardC`. */
  get standard(): string {
    return this.dialect.text;
  }

  get dropped(): readonly Span[] {
    return this.dialect.dropped;
  }

  get alternatives(): DialectResult['alternatives'] {
    return this.dialect.alternatives;
  }

  get macros(): DialectResult['macros'] {
    return this.dialect.macros;
  }

  get includes(): DialectResult['includes'] {
    return this.dialect.includes;
  }

  get problems(): DialectResult['problems'] {
    return this.dialect.problems;
  }

  /** Valid until the next `update` or the end of the tree. */
  get root(): Node {
    return this.current().rootNode;
  }

  /** Reparses after an edit; what did not change is taken over from the old tree. */
  update(newText: string): void {
    const old = this.current();
    const dialect = this.prepare(newText);
    const edit = changeBetween(this.dialect.text, dialect.text);
    if (edit !== undefined) {
      old.edit(edit);
      this.tree = this.source.parse(dialect.text, old);
      this.source.release(old);
    }
    this.text = newText;
    this.dialect = dialect;
  }

  /** Places that the grammar could not read, in order: unexpected text, and the spot of a missing token. */
  errors(): Span[] {
    const found: Span[] = [];
    const cursor = this.current().walk();
    try {
      for (;;) {
        const node = cursor.currentNode;
        const isBad = node.isError || node.isMissing;
        if (isBad) found.push({ start: node.startIndex, end: node.endIndex });
        if (!isBad && node.hasError && cursor.gotoFirstChild()) continue;
        while (!cursor.gotoNextSibling()) if (!cursor.gotoParent()) return found;
      }
    } finally {
      cursor.delete();
    }
  }

  [Symbol.dispose](): void {
    if (this.tree === undefined) return;
    this.source.release(this.tree);
    this.tree = undefined;
  }

  private current(): Tree {
    if (this.tree === undefined) throw new Error('the syntax tree was disposed');
    return this.tree;
  }
}

/** The smallest edit that turns one text into the other; undefined when they are equal. */
function changeBetween(from: string, to: string): Edit | undefined {
  if (from === to) return undefined;
  const shorter = Math.min(from.length, to.length);
  let start = 0;
  while (start < shorter && from.charCodeAt(start) === to.charCodeAt(start)) start++;
  let tail = 0;
  while (tail < shorter - start && from.charCodeAt(from.length - 1 - tail) === to.charCodeAt(to.length - 1 - tail))
    tail++;
  const oldEnd = from.length - tail;
  const newEnd = to.length - tail;
  const startPosition = pointAt(from, 0, { row: 0, column: 0 }, start);
  return new Edit({
    startIndex: start,
    oldEndIndex: oldEnd,
    newEndIndex: newEnd,
    startPosition,
    oldEndPosition: pointAt(from, start, startPosition, oldEnd),
    newEndPosition: pointAt(to, start, startPosition, newEnd),
  });
}

/** The point of offset `to`, counted on from the known point of offset `from`. */
function pointAt(text: string, from: number, point: Point, to: number): Point {
  let { row } = point;
  let lineStart = from - point.column;
  for (let at = text.indexOf('\n', from); at >= 0 && at < to; at = text.indexOf('\n', at + 1)) {
    row++;
    lineStart = at + 1;
  }
  return { row, column: to - lineStart };
}
