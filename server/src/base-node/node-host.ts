/** The Node host: files, clock and scheduling for the adapters that run in Node. */
import type { Dirent } from 'node:fs';
import { constants } from 'node:fs';
import { open, readdir, stat } from 'node:fs/promises';
import type { DirectoryEntry, Host, ReadResult } from '../base/host.ts';

/** Larger files are not driver sources but generated tables; parsing them would stall an editor. */
const MAX_BYTES = 4 * 1024 * 1024;
const NUL_SCAN = 64 * 1024;
/** ms in which two writes may get the same time, on the coarsest file system in use. */
const CLOCK_TICK = 2000;

/** Host paths begin with `/` everywhere; Windows wants the drive first. */
const native: (path: string) => string =
  process.platform === 'win32' ? (path) => path.replace(/^\/(?=[A-Za-z]:)/, '') : (path) => path;

export function createNodeHost(): Host {
  return {
    readText: (path) => readText(native(path)),
    readDirectory: (path) => readDirectory(native(path)),
    stamp: (path) => stampOf(native(path)),
    now: () => performance.now(),
    yield: () => new Promise((resolve) => setImmediate(resolve)),
  };
}

async function readText(path: string): Promise<ReadResult> {
  try {
    // A pipe or device would block or never end.
    const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
    try {
      const found = await file.stat();
      if (!found.isFile()) return { kind: 'unreadable', reason: 'not a regular file' };
      if (found.size > MAX_BYTES) return { kind: 'unreadable', reason: `larger than ${MAX_BYTES / 1024 / 1024} MiB` };
      return decode(await file.readFile());
    } finally {
      await file.close();
    }
  } catch (error) {
    return { kind: 'unreadable', reason: reasonOf(error) };
  }
}

function decode(bytes: Buffer): ReadResult {
  if (bytes.subarray(0, NUL_SCAN).includes(0)) return { kind: 'unreadable', reason: 'binary file' };
  try {
    return { kind: 'text', text: new TextDecoder('utf-8', { fatal: true }).decode(bytes) };
  } catch {
    return { kind: 'text', text: bytes.toString('latin1'), note: 'not valid UTF-8, read as Latin-1' };
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
  const listed: DirectoryEntry[] = [];
  for (const entry of entries) {
    if (entry.isFile() || (entry.isSymbolicLink() && (await isLinkToFile(`${path}/${entry.name}`)))) {
      listed.push({ name: entry.name, kind: 'file' });
    } else if (entry.isDirectory()) listed.push({ name: entry.name, kind: 'directory' });
  }
  return listed.sort((a, b) => (a.name < b.name ? -1 : 1));
}

async function isLinkToFile(path: string): Promise<boolean> {
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
