import type { DiagnosticsFeed } from '../diagnostics-feed.ts';
import { logged } from '../guard.ts';
import type { Session } from '../session.ts';

export function registerDocuments(session: Session, feed: DiagnosticsFeed): void {
  const { connection } = session;
  connection.onDidOpenTextDocument(
    logged(session, 'didOpen', async ({ textDocument: { uri, languageId, version, text } }) => {
      feed.touched(await session.open(uri, languageId, version, text));
    }),
  );
  connection.onDidChangeTextDocument(
    logged(session, 'didChange', async ({ textDocument, contentChanges }) => {
      const path = await session.change(textDocument.uri, textDocument.version, contentChanges);
      if (path !== undefined) feed.touched(path);
    }),
  );
  connection.onDidCloseTextDocument(
    logged(session, 'didClose', async ({ textDocument }) => {
      await feed.closed(await session.close(textDocument.uri), textDocument.uri);
    }),
  );
}
