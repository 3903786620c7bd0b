import { pathOfUri } from '../../base/uris.ts';
import type { DiagnosticsFeed } from '../diagnostics-feed.ts';
import { logged } from '../guard.ts';
import type { NodeIndexService } from '../node-index-service.ts';
import type { Session } from '../session.ts';

/** Folders, settings and files on disk. */
export function registerWorkspace(session: Session, feed: DiagnosticsFeed, index: NodeIndexService): void {
  const { connection } = session;

  connection.onDidChangeConfiguration(
    logged(session, 'didChangeConfiguration', async ({ settings }) => {
      await session.reloadSettings(settings);
      await feed.everythingTouched();
      await index.restart();
    }),
  );

  // Sent on our word (`workspaceFolders.changeNotifications`); the library's own event would register it once more.
  connection.onNotification(
    'workspace/didChangeWorkspaceFolders',
    logged(session, 'didChangeWorkspaceFolders', async ({ event }: FoldersChanged) => {
      for (const folder of event.removed) session.removeFolder(folder.uri);
      for (const folder of event.added) session.addFolder(folder.uri);
      await feed.everythingTouched();
      await index.restart();
    }),
  );

  connection.onDidChangeWatchedFiles(
    logged(session, 'didChangeWatchedFiles', async ({ changes }) => {
      const engine = await session.engine();
      const paths = changes.map((change) => pathOfUri(change.uri));
      for (const path of paths) engine.invalidate(path);
      const settings = paths.some((path) => path.endsWith('/.revsafe.json'));
      if (settings) await session.reloadSettings();
      await feed.everythingTouched();
      if (settings) await index.restart();
      else index.touched(paths);
    }),
  );
}

interface FoldersChanged {
  readonly event: {
    readonly added: readonly { readonly uri: string }[];
    readonly removed: readonly { readonly uri: string }[];
  };
}
