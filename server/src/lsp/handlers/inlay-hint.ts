import type { InlayHint, InlayHintParams } from 'vscode-languageserver';
import { Cancelled } from '../../base/cancellation.ts';
import { spanOf } from '../from-lsp.ts';
import { guarded } from '../guard.ts';
import type { Session } from '../session.ts';
import { toInlayHint } from '../to-lsp.ts';

export function registerInlayHint(session: Session): void {
  session.connection.languages.inlayHint.on(
    guarded(session, 'inlayHint', [] as InlayHint[], async ({ textDocument, range }: InlayHintParams, token) => {
      const engine = await session.engine();
      const path = session.path(textDocument.uri);
      const lines = session.lines(path);
      if (lines === undefined || engine.rootOf(path)?.settings.inlayHints !== true) return [];
      const current = session.tokenFor(path, token);
      const hints = await engine.inlayHints(path, spanOf(range, lines), current);
      if (current.isCancellationRequested) throw new Cancelled();
      return hints.map((hint) => toInlayHint(hint, lines));
    }),
  );
}
