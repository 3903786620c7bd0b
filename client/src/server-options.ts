/** How the bundled server is started, and for which documents. */
import type { ExtensionContext } from 'vscode';
import { Uri } from 'vscode';
import type { LanguageClientOptions, ServerOptions } from 'vscode-languageclient/node';
import { TransportKind } from 'vscode-languageclient/node';
import type { InitializationOptions } from '../../server/src/lsp/protocol.ts';
import { SHOW_TIMELINE } from './timeline.ts';

/** C++ only for headers, which VS Code takes for C++ unless told otherwise. */
const LANGUAGES = [{ language: 'c' }, { language: 'cpp', pattern: '**/*.h' }, { language: 'rust' }] as const;

export const DOCUMENTS = LANGUAGES.flatMap((filter) => [
  { scheme: 'file', ...filter },
  { scheme: 'untitled', ...filter },
]);

export function serverOptions(context: ExtensionContext): ServerOptions {
  const module = Uri.joinPath(context.extensionUri, 'dist', 'server.js').fsPath;
  return {
    run: { module, transport: TransportKind.ipc },
    debug: { module, transport: TransportKind.ipc, options: { execArgv: ['--nolazy', '--inspect=6119'] } },
  };
}

export function initializationOptions(context: ExtensionContext): InitializationOptions {
  return {
    extensionFolder: context.extensionUri.toString(),
    storageFolder: (context.storageUri ?? context.globalStorageUri).toString(),
    commands: [SHOW_TIMELINE],
  };
}

export function clientOptions(
  context: ExtensionContext,
): Pick<LanguageClientOptions, 'documentSelector' | 'initializationOptions' | 'markdown'> {
  return {
    documentSelector: DOCUMENTS,
    initializationOptions: initializationOptions(context),
    markdown: { isTrusted: { enabledCommands: [SHOW_TIMELINE] } },
  };
}
