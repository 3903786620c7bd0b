/** Conversions from the protocol's terms to the engine's. Positions are UTF-16, as in the engine. */
import type { Range } from 'vscode-languageserver';
import type { LineIndex, Span } from '../base/span.ts';
import type { Settings } from '../engine/api.ts';

export function spanOf(range: Range, lines: LineIndex): Span {
  return {
    start: lines.offsetAt({ line: range.start.line, column: range.start.character }),
    end: lines.offsetAt({ line: range.end.line, column: range.end.character }),
  };
}

/** What an editor calls settings; the engine checks the keys and types itself. */
export function settingsOf(value: unknown): Partial<Settings> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : {};
}
