/** The Node host: files, clock and scheduling for the adapters that run in Node. */
import type { Dirent } from 'node:fs';
import { closeSync, constants, fstatSync, openSync, readdirSync, readSync, statSync } from 'node:fs';
import { open, readdir, stat } from 'node:fs/promises';
import type { DirectoryEntry, Host, ReadBytes, ReadResult } from '../base/host.ts';

/** Larger files are not driver sources but generated tables; parsing them would stall an editor. */
const MAX_BYTES = 4 * 1024 * 1024;
const NUL_SCAN = 64 * 1024;
/** ms in which two writes may get the same time, on the coarsest file system in use. */
const CLOCK_TICK = 2000;
/** A pipe or device would block or never end. */
const READ_FLAGS = constants.O_RDONLY | constants.O_NONBLOCK;

/** Host paths begin with `/` everywhere; Windows wants the drive first. */
const native: (path: string) => string =
  process.platform === 'win32' ? (path) => path.replace(/^\/(?=[A-Za-z]:)/, '') : (path) => path;

/** For an editor's server: it never waits for a disk. */
export function createNodeHost(): Host {
  return {
    readText: (path) => readText(native(path)),
    readDirectory: (path) => readDirectory(native(path)),
    stamp: (path) => stampOf(native(path)),
    now: () => performance.now(),
    yield: () => new Promise((resolve) => setImmediate(resolve)),
  };
}

/** For batch runs: four turns of a thread pool for every small file cost more than the file itself. */
export function createBlockingNodeHost(): Host {
  const buffer = Buffer.allocUnsafe(MAX_BYTES);
  const readBytes = (path: string): ReadBytes => readInto(buffer, native(path));
  return {
    ...createNodeHost(),
    readBytes,
    readText: (path) => {
      const read = readBytes(path);
      return Promise.resolve(read.kind === 'bytes' ? decode(read.bytes) : read);
    },
    readDirectory: (path) => Promise.resolve(readDirectorySync(native(path))),
  };
}

async function readText(path: string): Promise<ReadResult> {
  try {
    const file = await open(path, READ_FLAGS);
    try {
      const refused = refusalOf(await file.stat());
      if (refused !== undefined) return refused;
      const bytes = await file.readFile();
      return isBinary(bytes) ? BINARY : decode(bytes);
    } finally {
      await file.close();
    }
  } catch (error) {
    return { kind: 'unreadable', reason: reasonOf(error) };
  }
}

function readInto(buffer: Buffer, path: string): ReadBytes {
  try {
    const file = openSync(path, READ_FLAGS);
    try {
      const found = fstatSync(file);
      const refused = refusalOf(found);
      if (refused !== undefined) return refused;
      let length = 0;
      while (length < found.size) {
        const read = readSync(file, buffer, length, found.size - length, null);
        if (read === 0) break;
        length += read;
      }
      const bytes = buffer.subarray(0, length);
      return isBinary(bytes) ? BINARY : { kind: 'bytes', bytes };
    } finally {
      closeSync(file);
    }
  } catch (error) {
    return { kind: 'unreadable', reason: reasonOf(error) };
  }
}

type Refusal = Extract<ReadResult, { kind: 'unreadable' }>;

const BINARY: Refusal = { kind: 'unreadable', reason: 'binary file' };

function refusalOf(found: { isFile(): boolean; readonly size: number }): Refusal | undefined {
  if (!found.isFile()) return { kind: 'unreadable', reason: 'not a regular file' };
  if (found.size > MAX_BYTES) return { kind: 'unreadable', reason: `larger than ${MAX_BYTES / 1024 / 1024} MiB` };
  return undefined;
}

function isBinary(bytes: Buffer): boolean {
  return bytes.subarray(0, NUL_SCAN).includes(0);
}

function decode(bytes: Uint8Array): ReadResult {
  try {
    return { kind: 'text', text: new TextDecoder('utf-8', { fatal: true }).decode(bytes) };
  } catch {
    const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
    return { kind: 'text', text, note: 'not valid UTF-8, read as Latin-1' };
  }
}

/** Links to files are followed. Links to folders are left out, as search tools do: a walk could meet a cycle. */
async function readDirectory(path: string): Promise<readonly DirectoryEntry[]> {
  let entries: Dirent[];
  try {
    entries = await readdir(path, { withFileTypes: true });
  } catch {
    return [];
  }
  const links = new Set<string>();
  for (const entry of entries) {
    if (entry.isSymbolicLink() && (await isFile(`${path}/${entry.name}`))) links.add(entry.name);
  }
  return listed(entries, (name) => links.has(name));
}

function readDirectorySync(path: string): readonly DirectoryEntry[] {
  try {
    return listed(readdirSync(path, { withFileTypes: true }), (name) => isFileSync(`${path}/${name}`));
  } catch {
    return [];
  }
}

function listed(entries: readonly Dirent[], isLinkToFile: (name: string) => boolean): readonly DirectoryEntry[] {
  const found: DirectoryEntry[] = [];
  for (const entry of entries) {
    if (entry.isFile() || (entry.isSymbolicLink() && isLinkToFile(entry.name)))
      found.push({ name: entry.name, kind: 'file' });
    else if (entry.isDirectory()) found.push({ name: entry.name, kind: 'directory' });
  }
  return found.sort((a, b) => (a.name < b.name ? -1 : 1));
}

async function isFile(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isFile();
  } catch {
    return false;
  }
}

/** Undefined for what is gone, or so fresh that the next write may leave the same stamp. */
async function stampOf(path: string): Promise<string | undefined> {
  try {
    const { size, mtimeMs, ino } = await stat(path);
    return Date.now() - mtimeMs < CLOCK_TICK ? undefined : `${size} ${mtimeMs} ${ino}`;
  } catch {
    return undefined;
  }
}

function isFileSync(path: string): boolean {
  try {
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

function reasonOf(error: unknown): string {
  const code = (error as NodeJS.ErrnoException | undefined)?.code;
  switch (code) {
    case 'ENOENT':
      return 'no such file';
    case 'EACCES':
    case 'EPERM':
      return 'permission denied';
    case 'EISDIR':
      return 'is a folder';
    case 'ELOOP':
      return 'too many symbolic links';
    default:
      return error instanceof Error ? error.message : String(error);
  }
}
