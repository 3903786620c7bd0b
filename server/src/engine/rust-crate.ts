/** Which files belong to a Rust module: those that its root names with `mod`, and those that they name. Text only. */
import { dirname, join } from '../base/host.ts';

export interface CrateFiles {
  has(path: string): Promise<boolean>;
  text(path: string): Promise<string | undefined>;
}

const MODULE = /^[ \t]*(?:pub(?:\([^)]*\))?[ \t]+)?mod[ \t]+(?:r#)?(\w+)[ \t]*;/gm;

/** More than any driver has. */
const MAX_FILES = 256;

/** The root first. A module `foo` of `bar.rs` is `bar/foo.rs` or `bar/foo/mod.rs`; the root's and a `mod.rs`'s are beside it. */
export async function crateFiles(root: string, files: CrateFiles): Promise<readonly string[]> {
  const found = [root];
  for (let at = 0; at < found.length && found.length < MAX_FILES; at++) {
    const path = found[at] as string;
    const text = await files.text(path);
    const folder = at === 0 || path.endsWith('/mod.rs') ? dirname(path) : path.slice(0, -'.rs'.length);
    for (const [, name] of text?.matchAll(MODULE) ?? []) {
      for (const candidate of [join(folder, `${name}.rs`), join(folder, `${name}/mod.rs`)]) {
        if (found.includes(candidate) || !(await files.has(candidate))) continue;
        found.push(candidate);
        break;
      }
    }
  }
  return found;
}
