import type { InitializeParams, InitializeResult } from 'vscode-languageserver';
import {
  CodeActionKind,
  DidChangeConfigurationNotification,
  DidChangeWatchedFilesNotification,
  PositionEncodingKind,
  TextDocumentSyncKind,
} from 'vscode-languageserver';
import type { ExplainCommand, InitializationOptions, ShowTimelineCommand } from '../protocol.ts';
import type { Session } from '../session.ts';
import { FIX_ALL } from '../to-lsp.ts';

export const EXPLAIN: ExplainCommand = 'revocableSafety.explain';
export const SHOW_TIMELINE: ShowTimelineCommand = 'revocableSafety.showTimeline';

/** Files whose changes on disk can change what is known of an open file. */
const WATCHED = ['**/*.{c,h,rs}', '**/{Makefile,Kbuild,Kconfig}', '**/.revsafe.json'];

export function registerInitialize(session: Session, version: string): void {
  const { connection } = session;
  let folders: readonly string[] = [];

  connection.onInitialize(async (params): Promise<InitializeResult> => {
    // An installation that cannot work is told as the answer, not by silence later.
    await session.started();
    session.capabilities = params.capabilities;
    session.options = optionsOf(params.initializationOptions);
    folders = foldersOf(params);
    const pulls = params.capabilities.textDocument?.diagnostic !== undefined;
    return {
      serverInfo: { name: 'revocable-safety', version },
      capabilities: {
        positionEncoding: PositionEncodingKind.UTF16,
        textDocumentSync: { openClose: true, change: TextDocumentSyncKind.Incremental },
        ...(pulls
          ? {
              diagnosticProvider: {
                identifier: 'revocable-safety',
                interFileDependencies: true,
                workspaceDiagnostics: false,
              },
            }
          : {}),
        hoverProvider: true,
        codeActionProvider: { codeActionKinds: [CodeActionKind.QuickFix, FIX_ALL], resolveProvider: true },
        codeLensProvider: {},
        inlayHintProvider: true,
        executeCommandProvider: { commands: [EXPLAIN] },
        workspace: { workspaceFolders: { supported: true, changeNotifications: true } },
      },
    };
  });

  connection.onInitialized(() => {
    for (const folder of folders) session.addFolder(folder);
    register(session).catch((error: unknown) => session.logFailure('registration', error));
  });
}

async function register(session: Session): Promise<void> {
  const workspace = session.capabilities.workspace;
  if (workspace?.didChangeConfiguration?.dynamicRegistration === true) {
    await session.connection.client.register(DidChangeConfigurationNotification.type, { section: 'revocableSafety' });
  }
  if (workspace?.didChangeWatchedFiles?.dynamicRegistration === true) {
    await session.connection.client.register(DidChangeWatchedFilesNotification.type, {
      watchers: WATCHED.map((globPattern) => ({ globPattern })),
    });
  }
}

function optionsOf(value: unknown): InitializationOptions {
  if (typeof value !== 'object' || value === null) return {};
  return {
    ...('extensionFolder' in value && typeof value.extensionFolder === 'string'
      ? { extensionFolder: value.extensionFolder }
      : {}),
    ...('storageFolder' in value && typeof value.storageFolder === 'string' && /^file:/i.test(value.storageFolder)
      ? { storageFolder: value.storageFolder }
      : {}),
    ...('fileSystem' in value && value.fileSystem === true ? { fileSystem: true } : {}),
    ...('commands' in value && Array.isArray(value.commands)
      ? { commands: value.commands.filter((name) => typeof name === 'string') }
      : {}),
  };
}

function foldersOf(params: InitializeParams): readonly string[] {
  if (params.workspaceFolders && params.workspaceFolders.length > 0) {
    return params.workspaceFolders.map((folder) => folder.uri);
  }
  // Older clients name their only folder like this.
  return params.rootUri ? [params.rootUri] : [];
}
