/** What the files of a tree name (see FileScan), kept for the next run. */
import { join } from 'node:path';
import type { FileScan } from '../engine/api.ts';
import type { FileStamps } from './cache-file.ts';
import { nameOfKey, readCacheFile, writeCacheFile } from './cache-file.ts';

const FORMAT = 1;
/** Between the fields of an entry; no path of a source file holds it. */
const TAB = '\t';

export class ScanCache {
  private readonly file: string;
  private readonly stamps: FileStamps;
  private readonly entries = new Map<string, { readonly stamp: string; readonly scan: FileScan }>();
  private changed = false;

  /** `key` names everything besides the file that a scan depends on. */
  constructor(folder: string, key: string, stamps: FileStamps) {
    this.file = join(folder, `${nameOfKey(`scan ${FORMAT}\n${key}`)}.scan`);
    this.stamps = stamps;
    const content = readCacheFile(this.file);
    if (content === undefined) return;
    for (const line of content.toString('utf8').split('\n')) {
      const [path, stamp, bits, size] = line.split(TAB);
      if (path === undefined || stamp === undefined) continue;
      this.entries.set(path, { stamp, scan: { bits: Number(bits), size: Number(size) } });
    }
  }

  find(file: string): FileScan | undefined {
    const entry = this.entries.get(file);
    return entry !== undefined && entry.stamp === this.stamps.of(file) ? entry.scan : undefined;
  }

  /** Files that cannot be read are tried again each time. */
  store(file: string, scan: FileScan): void {
    const stamp = this.stamps.of(file);
    if (stamp === undefined || 'reason' in scan || file.includes(TAB) || file.includes('\n')) return;
    this.entries.set(file, { stamp, scan });
    this.changed = true;
  }

  /** Throws what the file system says. */
  save(): void {
    if (!this.changed) return;
    const lines: string[] = [];
    for (const [path, { stamp, scan }] of this.entries)
      if ('bits' in scan) lines.push(`${path}${TAB}${stamp}${TAB}${scan.bits}${TAB}${scan.size}`);
    writeCacheFile(this.file, Buffer.from(lines.join('\n')));
    this.changed = false;
  }
}
