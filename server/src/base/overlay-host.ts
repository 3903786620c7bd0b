/** A host whose files are partly in memory: another state of the tree than the one on disk. */
import type { DirectoryEntry, Host, ReadBytes } from './host.ts';
import { basename, dirname } from './host.ts';

/** `texts`: absolute path → content; such a file hides the one on disk, or is there in addition. */
export function overlayHost(host: Host, texts: ReadonlyMap<string, string>): Host {
  const { readBytes } = host;
  return {
    ...host,
    ...(readBytes === undefined ? {} : { readBytes: (path) => bytesOf(texts.get(path)) ?? readBytes(path) }),
    readText: async (path) => {
      const text = texts.get(path);
      return text === undefined ? host.readText(path) : { kind: 'text', text };
    },
    readDirectory: async (path) => {
      const entries = await host.readDirectory(path);
      const known = new Set(entries.map(({ name }) => name));
      const added = [...texts.keys()]
        .filter((file) => dirname(file) === path && !known.has(basename(file)))
        .map((file): DirectoryEntry => ({ name: basename(file), kind: 'file' }));
      return added.length === 0 ? entries : [...entries, ...added].sort((a, b) => (a.name < b.name ? -1 : 1));
    },
  };
}

function bytesOf(text: string | undefined): ReadBytes | undefined {
  return text === undefined ? undefined : { kind: 'bytes', bytes: new TextEncoder().encode(text) };
}
