/**
 * Files of the cache folder. Each is written whole, beside its place, and then moved there, so that a run that is
 * interrupted or that meets another one leaves a whole file. One that is damaged counts as missing.
 */
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';

const KEPT_DAYS = 30;
const DAY = 24 * 60 * 60 * 1000;
const DIGEST_BYTES = 20;

/** `$XDG_CACHE_HOME/revsafe`, or the same under `~/.cache`. */
export function cacheFolder(environment: NodeJS.ProcessEnv = process.env): string {
  return join(environment.XDG_CACHE_HOME || join(homedir(), '.cache'), 'revsafe');
}

/** A short name for everything that the content of a file depends on. */
export function nameOfKey(key: string): string {
  return createHash('sha256').update(key).digest('hex').slice(0, 32);
}

export function readCacheFile(path: string): Buffer | undefined {
  try {
    const whole = readFileSync(path);
    const content = whole.subarray(DIGEST_BYTES);
    return digestOf(content).equals(whole.subarray(0, DIGEST_BYTES)) ? content : undefined;
  } catch {
    return undefined;
  }
}

/** Throws what the file system says. */
export function writeCacheFile(path: string, content: Buffer): void {
  const temporary = `${path}.${process.pid}`;
  try {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(temporary, Buffer.concat([digestOf(content), content]));
    renameSync(temporary, path);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
}

function digestOf(content: Buffer): Buffer {
  return createHash('sha1').update(content).digest();
}

/** Roots and builds that nobody checks any more, and what a killed run has left. */
export function removeOldFiles(folder: string): void {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    const found = statSync(path, { throwIfNoEntry: false });
    if (found === undefined || Date.now() - found.mtimeMs <= KEPT_DAYS * DAY) continue;
    rmSync(path, { force: true, recursive: true });
  }
}

/** What tells a file from a later state of it; each path is asked for once in a run. */
export class FileStamps {
  private readonly known = new Map<string, string | undefined>();
  private readonly started = Date.now();

  /** `undefined` for what cannot be told from a later edit: gone, or changed while this run was under way. */
  of(path: string): string | undefined {
    if (this.known.has(path)) return this.known.get(path);
    const found = statSync(path, { throwIfNoEntry: false });
    const isSettled = found !== undefined && found.mtimeMs < this.started && found.ctimeMs < this.started;
    const stamp = isSettled ? `${found.size} ${found.mtimeMs} ${found.ctimeMs} ${found.ino}` : undefined;
    this.known.set(path, stamp);
    return stamp;
  }
}
