import type { Hover, HoverParams } from 'vscode-languageserver';
import { MarkupKind } from 'vscode-languageserver';
import { Cancelled } from '../../base/cancellation.ts';
import type { LineIndex } from '../../base/span.ts';
import { contains } from '../../base/span.ts';
import type { Engine, HoverResult } from '../../engine/api.ts';
import { guarded } from '../guard.ts';
import type { Session } from '../session.ts';
import { toHover } from '../to-lsp.ts';
import { SHOW_TIMELINE } from './initialize.ts';

export function registerHover(session: Session): void {
  session.connection.onHover(
    guarded(session, 'hover', null as Hover | null, async ({ textDocument, position }: HoverParams, token) => {
      const engine = await session.engine();
      const path = session.path(textDocument.uri);
      const lines = session.lines(path);
      if (lines === undefined) return null;
      const current = session.tokenFor(path, token);
      const offset = lines.offsetAt({ line: position.line, column: position.character });
      const hover = await engine.hover(path, offset);
      if (current.isCancellationRequested) throw new Cancelled();
      const formats = session.capabilities.textDocument?.hover?.contentFormat;
      const markdown = formats?.includes(MarkupKind.Markdown) ?? true;
      const link =
        markdown && session.has(SHOW_TIMELINE) ? await raceLink(engine, path, offset, textDocument.uri, lines) : [];
      // A hover shows little at once, so the way to the picture comes first.
      const parts = [...link, ...(hover === undefined ? [] : [hover])];
      const span = hover?.span ?? link[0]?.span;
      if (span === undefined) return null;
      return toHover({ span, markdown: parts.map((part) => part.markdown).join('\n\n') }, lines, markdown);
    }),
  );
}

/** A way to the picture of a finding, for clients that can draw it. */
async function raceLink(
  engine: Engine,
  path: string,
  offset: number,
  uri: string,
  lines: LineIndex,
): Promise<readonly HoverResult[]> {
  const { findings } = await engine.checkFile(path);
  const told = findings.find(({ at, witness }) => witness !== undefined && contains(at.span, offset));
  if (told === undefined) return [];
  const { line, column } = lines.positionAt(told.at.span.start);
  const place = encodeURIComponent(JSON.stringify([uri, line, column]));
  return [{ span: told.at.span, markdown: `[Show the race as a timeline](command:${SHOW_TIMELINE}?${place})` }];
}
