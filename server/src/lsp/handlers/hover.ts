import type { Hover, HoverParams } from 'vscode-languageserver';
import { MarkupKind } from 'vscode-languageserver';
import { Cancelled } from '../../base/cancellation.ts';
import { guarded } from '../guard.ts';
import type { Session } from '../session.ts';
import { toHover } from '../to-lsp.ts';

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
      return hover === undefined ? null : toHover(hover, lines, formats?.includes(MarkupKind.Markdown) ?? true);
    }),
  );
}
