/** The parser's runtime and the grammars, which stand beside the bundle that is running. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

export interface LoadedGrammars {
  readonly runtime: Uint8Array;
  readonly c: Uint8Array;
  /** Read when it is asked for: most sessions meet no Rust file. */
  rust(): Promise<Uint8Array>;
}

export async function loadGrammars(): Promise<LoadedGrammars> {
  const load = (name: string): Promise<Uint8Array> => readFile(join(__dirname, 'wasm', name));
  const [runtime, c] = await Promise.all([load('web-tree-sitter.wasm'), load('tree-sitter-c.wasm')]);
  return { runtime, c, rust: () => load('tree-sitter-rust.wasm') };
}
