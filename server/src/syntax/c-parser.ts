/** Owner of the C parser: the kernel dialect pass in front of the C grammar. */
import type { Variant } from './dialect.ts';
import { toStandardC } from './dialect.ts';
import type { Skip, SyntaxTree } from './syntax-tree.ts';
import { TreeParser } from './syntax-tree.ts';

/** The bytes of the two wasm modules, brought by the host. */
export interface CParserModules {
  /** `web-tree-sitter.wasm`. */
  readonly runtime: Uint8Array;
  /** `tree-sitter-c.wasm`. */
  readonly grammar: Uint8Array;
}

export class CParser implements Disposable {
  private readonly parser: TreeParser;

  private constructor(parser: TreeParser) {
    this.parser = parser;
  }

  static async create(modules: CParserModules): Promise<CParser> {
    return new CParser(await TreeParser.create(modules.runtime, modules.grammar));
  }

  /** Trees that were parsed and not yet disposed. */
  get liveTrees(): number {
    return this.parser.liveTrees;
  }

  parse(text: string, variant: Variant = 'preferred', skip?: Skip): SyntaxTree {
    return this.parser.parse(text, (source) => toStandardC(source, variant), skip);
  }

  [Symbol.dispose](): void {
    this.parser[Symbol.dispose]();
  }
}
