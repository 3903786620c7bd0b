/** Reads files for the server that it cannot reach itself: virtual file systems, and everything in a browser. */
import type { Disposable } from 'vscode';
import { FileType, workspace } from 'vscode';
import type { BaseLanguageClient } from 'vscode-languageclient';
import type {
  ReadFileRequest,
  ReadFileResult,
  ReadFolderRequest,
  ReadFolderResult,
} from '../../server/src/lsp/protocol.ts';

const READ_FILE: ReadFileRequest = 'revocableSafety/readFile';
const READ_FOLDER: ReadFolderRequest = 'revocableSafety/readFolder';

export function serveFiles(client: BaseLanguageClient): Disposable[] {
  const uriOf = ({ uri }: { readonly uri: string }) => client.protocol2CodeConverter.asUri(uri);
  return [
    client.onRequest(READ_FILE, async (params: { readonly uri: string }): Promise<ReadFileResult> => {
      try {
        return new TextDecoder().decode(await workspace.fs.readFile(uriOf(params)));
      } catch {
        return null;
      }
    }),
    client.onRequest(READ_FOLDER, async (params: { readonly uri: string }): Promise<ReadFolderResult> => {
      const entries = await workspace.fs.readDirectory(uriOf(params));
      return entries.flatMap(([name, type]): ReadFolderResult => {
        if ((type & FileType.File) !== 0) return [{ name, kind: 'file' }];
        // A walk through links to folders could meet a cycle.
        return type === FileType.Directory ? [{ name, kind: 'directory' }] : [];
      });
    }),
  ];
}
