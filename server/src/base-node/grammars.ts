/** The parser's runtime and the grammars, which stand beside the bundle that is running. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

export async function loadGrammars(): Promise<{ readonly runtime: Uint8Array; readonly c: Uint8Array }> {
  const load = (name: string): Promise<Uint8Array> => readFile(join(__dirname, 'wasm', name));
  const [runtime, c] = await Promise.all([load('web-tree-sitter.wasm'), load('tree-sitter-c.wasm')]);
  return { runtime, c };
}
