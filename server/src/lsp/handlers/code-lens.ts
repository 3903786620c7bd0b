import type { CodeLens, CodeLensParams } from 'vscode-languageserver';
import { Cancelled } from '../../base/cancellation.ts';
import { guarded } from '../guard.ts';
import type { Session } from '../session.ts';
import { toCodeLens } from '../to-lsp.ts';
import { EXPLAIN, SHOW_TIMELINE } from './initialize.ts';

export function registerCodeLens(session: Session): void {
  session.connection.onCodeLens(
    guarded(session, 'codeLens', [] as CodeLens[], async ({ textDocument: { uri } }: CodeLensParams, token) => {
      const engine = await session.engine();
      const path = session.path(uri);
      if (engine.rootOf(path)?.settings.codeLens === false) return [];
      const current = session.tokenFor(path, token);
      const lenses = await engine.lenses(path);
      if (current.isCancellationRequested) throw new Cancelled();
      const lines = session.lines(path);
      if (lines === undefined) return [];
      return lenses.map((lens) => {
        const told = lens.node.races.length + lens.node.blockingWaits.length > 0;
        return toCodeLens(lens, lines, uri, told && session.has(SHOW_TIMELINE) ? SHOW_TIMELINE : EXPLAIN);
      });
    }),
  );
}
