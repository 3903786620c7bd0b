/** Remembers directory listings, so that looking for a header does not ask the host again and again. */
import type { Host } from '../base/host.ts';
import { basename, dirname } from '../base/host.ts';

interface Listing {
  readonly files: ReadonlySet<string>;
  readonly directories: readonly string[];
}

/** Directory listings of one host, until something in them changes. */
export class Folders {
  private readonly host: Host;
  private readonly listings = new Map<string, Promise<Listing>>();

  constructor(host: Host) {
    this.host = host;
  }

  /** Forgets the listing of the folder that holds `path`. */
  invalidate(path: string): void {
    this.listings.delete(dirname(path));
    this.listings.delete(path);
  }

  async files(folder: string): Promise<ReadonlySet<string>> {
    return (await this.listing(folder)).files;
  }

  async directories(folder: string): Promise<readonly string[]> {
    return (await this.listing(folder)).directories;
  }

  async has(path: string): Promise<boolean> {
    return (await this.files(dirname(path))).has(basename(path));
  }

  private listing(folder: string): Promise<Listing> {
    const known = this.listings.get(folder);
    if (known !== undefined) return known;
    const read = this.host.readDirectory(folder).then((entries) => ({
      files: new Set(entries.filter((entry) => entry.kind === 'file').map((entry) => entry.name)),
      directories: entries.filter((entry) => entry.kind === 'directory').map((entry) => entry.name),
    }));
    this.listings.set(folder, read);
    return read;
  }
}
