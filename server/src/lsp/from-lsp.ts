/** Conversions from the protocol's terms to the engine's. Positions are UTF-16, as in the engine. */
import type { Range } from 'vscode-languageserver';
import type { LineIndex, Span } from '../base/span.ts';
import type { Settings } from '../engine/api.ts';
import type { ParsedSettings } from '../engine/settings.ts';
import { defaultSettings, parseSettings } from '../engine/settings.ts';

export function spanOf(range: Range, lines: LineIndex): Span {
  return {
    start: lines.offsetAt({ line: range.start.line, column: range.start.character }),
    end: lines.offsetAt({ line: range.end.line, column: range.end.character }),
  };
}

/**
 * An editor's settings, checked. Editors send every key, so a value that is the default says nothing and must not hide
 * what the project file has.
 */
export function settingsOf(value: unknown, ruleIds: readonly string[]): ParsedSettings {
  if (value === undefined || value === null) return { settings: {}, problems: [] };
  const { settings, problems } = parseSettings(withoutTrace(value), 'editor settings', ruleIds);
  const given = Object.entries(settings).filter(
    ([key, setting]) => JSON.stringify(setting) !== JSON.stringify(defaultSettings[key as keyof Settings]),
  );
  return { settings: Object.fromEntries(given), problems };
}

/** `trace` is the language client's own. */
function withoutTrace(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || !('trace' in value)) return value;
  const { trace: _, ...own } = value;
  return own;
}
