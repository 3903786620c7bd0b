/** What the language client is told, whatever runs the server. */
import type { ExtensionContext } from 'vscode';
import { workspace } from 'vscode';
import type { LanguageClientOptions } from 'vscode-languageclient';
import { RevealOutputChannelOn } from 'vscode-languageclient';
import type { InitializationOptions } from '../../server/src/lsp/protocol.ts';
import { SHOW_TIMELINE } from './timeline.ts';

/** C++ only for headers, which VS Code takes for C++ unless told otherwise. */
const LANGUAGES = [{ language: 'c' }, { language: 'cpp', pattern: '**/*.h' }, { language: 'rust' }] as const;

/** Where sources are: not the other side of a diff, not output. */
export function documents(): { readonly scheme: string; readonly language: string; readonly pattern?: string }[] {
  const folders = (workspace.workspaceFolders ?? []).map((folder) => folder.uri.scheme);
  const schemes = new Set(['file', 'untitled', 'vscode-remote', 'vscode-vfs', ...folders]);
  return [...schemes].flatMap((scheme) => LANGUAGES.map((filter) => ({ scheme, ...filter })));
}

export function clientOptions(context: ExtensionContext): LanguageClientOptions {
  const initializationOptions: InitializationOptions = {
    extensionFolder: context.extensionUri.toString(),
    storageFolder: (context.storageUri ?? context.globalStorageUri).toString(),
    fileSystem: true,
    commands: [SHOW_TIMELINE],
  };
  return {
    documentSelector: documents(),
    initializationOptions,
    markdown: { isTrusted: { enabledCommands: [SHOW_TIMELINE] } },
    revealOutputChannelOn: RevealOutputChannelOn.Never,
    // A failed start is told once, with something to do about it.
    initializationFailedHandler: () => false,
  };
}
