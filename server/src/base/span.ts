/**
 * Places in text. Offsets are UTF-16 code units, as in JavaScript strings and in LSP; lines and
 * columns are zero-based here and become one-based only where they are printed.
 */

/** Half-open range `[start, end)` of UTF-16 offsets. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** Zero-based line and UTF-16 column. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** A span in a named file; `fn` is the function that encloses it, where one does. */
export interface Location {
  /** Path as the host names it (absolute, `/` separators). */
  readonly file: string;
  readonly span: Span;
  readonly fn?: string;
}

/** Replace `span` by `text`. Edits of one file never overlap. */
export interface TextEdit {
  readonly file: string;
  readonly span: Span;
  readonly text: string;
}

export function shift(span: Span, by: number): Span {
  return { start: span.start + by, end: span.end + by };
}

export function contains(span: Span, offset: number): boolean {
  return span.start <= offset && offset < span.end;
}

/** Converts between offsets and positions of one text in O(log lines). Accepts \n and \r\n. */
export class LineIndex {
  private readonly starts: number[] = [0];
  private readonly length: number;

  constructor(text: string) {
    this.length = text.length;
    for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) this.starts.push(at + 1);
  }

  get lineCount(): number {
    return this.starts.length;
  }

  /** Offset of the first character of a line; the text's length when the line lies beyond the end. */
  lineStart(line: number): number {
    return this.starts[line] ?? this.length;
  }

  positionAt(offset: number): Position {
    let low = 0;
    let high = this.starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.starts[middle] ?? 0) <= offset) low = middle;
      else high = middle - 1;
    }
    return { line: low, column: offset - (this.starts[low] ?? 0) };
  }

  offsetAt(position: Position): number {
    const start = this.lineStart(position.line);
    const end = this.lineStart(position.line + 1);
    return Math.min(start + position.column, end);
  }
}
