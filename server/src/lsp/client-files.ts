/** Files that only the client can read: those of virtual file systems, and all of them where the server runs in a browser. */
import type { Connection } from 'vscode-languageserver';
import type { DirectoryEntry, Host, ReadResult } from '../base/host.ts';
import { isVirtual, uriOfPath } from '../base/uris.ts';
import type { ReadFileRequest, ReadFileResult, ReadFolderRequest, ReadFolderResult } from './protocol.ts';

const READ_FILE: ReadFileRequest = 'revocableSafety/readFile';
const READ_FOLDER: ReadFolderRequest = 'revocableSafety/readFolder';

/** Larger files are generated tables; as in the Node host. */
const MAX_LENGTH = 4 * 1024 * 1024;

/** A host that asks the client for what `own` cannot read. `offers`: the client can be asked. */
export function withClientFiles(own: Host, connection: Connection, offers: () => boolean): Host {
  const asksClient = (path: string): boolean => isVirtual(path) && offers();
  return {
    ...own,
    readText: (path) => (asksClient(path) ? readText(connection, path) : own.readText(path)),
    readDirectory: (path) => (asksClient(path) ? readDirectory(connection, path) : own.readDirectory(path)),
  };
}

/** Where there are no files of its own: a browser. */
export const NO_FILES: Host = {
  readText: async () => ({ kind: 'unreadable', reason: 'no such file' }),
  readDirectory: async () => [],
  now: () => performance.now(),
  yield: () => new Promise((resolve) => setTimeout(resolve, 0)),
};

async function readText(connection: Connection, path: string): Promise<ReadResult> {
  try {
    const text = await connection.sendRequest<ReadFileResult>(READ_FILE, { uri: uriOfPath(path) });
    if (text === null) return { kind: 'unreadable', reason: 'no such file' };
    if (text.length > MAX_LENGTH) return { kind: 'unreadable', reason: `larger than ${MAX_LENGTH / 1024 / 1024} MiB` };
    return text.includes('\0') ? { kind: 'unreadable', reason: 'binary file' } : { kind: 'text', text };
  } catch (error) {
    return { kind: 'unreadable', reason: error instanceof Error ? error.message : String(error) };
  }
}

async function readDirectory(connection: Connection, path: string): Promise<readonly DirectoryEntry[]> {
  try {
    const entries = await connection.sendRequest<ReadFolderResult>(READ_FOLDER, { uri: uriOfPath(path) });
    return [...entries].sort((a, b) => (a.name < b.name ? -1 : 1));
  } catch {
    return [];
  }
}
