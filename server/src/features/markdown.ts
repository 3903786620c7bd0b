/** Markdown as editors show it in hovers. */

import { basename } from '../base/host.ts';
import type { Location } from '../base/span.ts';
import { LineIndex } from '../base/span.ts';
import { uriOfPath } from '../base/uris.ts';

/** Text of a file of the module; empty when it is not known. */
export type TextOf = (file: string) => string;

/** `[foo.c:12](file:///…#L12)`: readable without the link, and a jump in editors that follow it. */
export function placeLink(at: Location, text: TextOf): string {
  const line = new LineIndex(text(at.file)).positionAt(at.span.start).line + 1;
  return `[${basename(at.file)}:${line}](${fileLink(at.file, line)})`;
}

/** `line` is one-based. */
export function fileLink(path: string, line: number): string {
  return `${uriOfPath(path)}#L${line}`;
}

export function code(text: string): string {
  return `\`${text.replace(/`/g, "'").replace(/\s+/g, ' ')}\``;
}

export function codeList(names: readonly string[]): string {
  return names.map(code).join(', ');
}

/** Identifiers keep their spelling. */
export function capital(text: string): string {
  return /^[a-z]+(?![\w(.])/.test(text) ? text.charAt(0).toUpperCase() + text.slice(1) : text;
}

/** A sentence: capital first, full stop last. */
export function sentence(text: string): string {
  const trimmed = text.trim();
  return /[.!?]$/.test(trimmed) ? capital(trimmed) : `${capital(trimmed)}.`;
}

export function bullets(lines: readonly string[]): string {
  return lines.map((line) => `- ${line}`).join('\n');
}

/** Paragraphs, empty ones left out. */
export function paragraphs(parts: readonly (string | undefined)[]): string {
  return parts.filter((part) => part !== undefined && part !== '').join('\n\n');
}
