/** Storage in a folder of the program's own. */
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Storage } from '../base/host.ts';

export function createNodeStorage(folder: string): Storage {
  return {
    async read(name) {
      try {
        return await readFile(join(folder, name), 'utf8');
      } catch {
        return undefined;
      }
    },
    async write(name, text) {
      const target = join(folder, name);
      const temporary = `${target}.${process.pid}`;
      await mkdir(folder, { recursive: true });
      try {
        // Another window may read it at the same time.
        await writeFile(temporary, text);
        await rename(temporary, target);
      } finally {
        await rm(temporary, { force: true });
      }
    },
  };
}
