/** Owner of the Rust parser. Rust needs no dialect pass: the text that is parsed is the text that the user wrote. */
import type { DialectResult } from './dialect.ts';
import type { SyntaxTree } from './syntax-tree.ts';
import { TreeParser } from './syntax-tree.ts';

/** The bytes of the two wasm modules, brought by the host. */
export interface RustParserModules {
  /** `web-tree-sitter.wasm`. */
  readonly runtime: Uint8Array;
  /** `tree-sitter-rust.wasm`. */
  readonly grammar: Uint8Array;
}

export class RustParser implements Disposable {
  private readonly parser: TreeParser;

  private constructor(parser: TreeParser) {
    this.parser = parser;
  }

  static async create(modules: RustParserModules): Promise<RustParser> {
    return new RustParser(await TreeParser.create(modules.runtime, modules.grammar));
  }

  /** Trees that were parsed and not yet disposed. */
  get liveTrees(): number {
    return this.parser.liveTrees;
  }

  parse(text: string): SyntaxTree {
    return this.parser.parse(text, unchanged);
  }

  [Symbol.dispose](): void {
    this.parser[Symbol.dispose]();
  }
}

function unchanged(text: string): DialectResult {
  return { text, dropped: [], alternatives: [], macros: [], includes: [], problems: [] };
}
