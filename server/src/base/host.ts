/**
 * What the engine asks of the world. The Node host lives in `cli` and `lsp`; a browser worker brings
 * its own. Nothing below `lsp` and `cli` imports `node:*`.
 */

export type ReadResult =
  /** `note` is a sentence where reading had to guess: "not valid UTF-8, read as Latin-1". */
  | { readonly kind: 'text'; readonly text: string; readonly note?: string }
  /** `reason` is a sentence for people: "no such file", "binary file", "larger than 16 MiB", … */
  | { readonly kind: 'unreadable'; readonly reason: string };

export type ReadBytes =
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array }
  | Extract<ReadResult, { kind: 'unreadable' }>;

export interface DirectoryEntry {
  readonly name: string;
  readonly kind: 'file' | 'directory';
}

export interface Host {
  readText(path: string): Promise<ReadResult>;
  /** At once, for batch runs: valid until the next call. What `readText` refuses is refused here too. */
  readonly readBytes?: (path: string) => ReadBytes;
  /** Entries of a directory in name order; empty when it does not exist or cannot be read. */
  readDirectory(path: string): Promise<readonly DirectoryEntry[]>;
  /** Changes when the text of a file, or what is in a folder, may have changed; absent where the host cannot tell. */
  stamp?(path: string): Promise<string | undefined>;
  /** Monotonic clock, ms. */
  now(): number;
  /** Lets other work run; resolves on the next turn of the event loop. */
  yield(): Promise<void>;
}

/** A place for what can be made again: what is lost there costs time, nothing else. */
export interface Storage {
  read(name: string): Promise<string | undefined>;
  write(name: string, text: string): Promise<void>;
}

/** Path helpers for host paths: absolute, `/` separators, no `.` or `..`. */
export function dirname(path: string): string {
  const at = path.lastIndexOf('/');
  return at <= 0 ? '/' : path.slice(0, at);
}

export function basename(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

export function join(directory: string, name: string): string {
  // Nearly always a plain name in a folder that is written plainly.
  if (!/^\.|\/|^$/.test(name) && !/\/[./]|\/$/.test(directory)) return `${directory}/${name}`;
  const parts: string[] = [];
  for (const part of `${directory}/${name}`.split('/')) {
    if (part === '' || part === '.') continue;
    if (part === '..') parts.pop();
    else parts.push(part);
  }
  return `/${parts.join('/')}`;
}

/** Path of `path` seen from `root`, or `path` itself when it lies elsewhere. */
export function relative(root: string, path: string): string {
  const prefix = root.endsWith('/') ? root : `${root}/`;
  return path.startsWith(prefix) ? path.slice(prefix.length) : path;
}
