/** Rust text to the intermediate representation, for tests. One parser serves a whole test run. */
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import type { FileIr } from '../../server/src/ir/ir.ts';
import { lowerRust } from '../../server/src/ir/lower-rust.ts';
import type { FunctionCache } from '../../server/src/ir/lowered-item.ts';
import { renderFile, renderFunction } from '../../server/src/ir/render-ir.ts';
import { RustParser } from '../../server/src/syntax/rust-parser.ts';

const require = createRequire(import.meta.url);

export const rustParser = await RustParser.create({
  runtime: await readFile(require.resolve('web-tree-sitter/web-tree-sitter.wasm')),
  grammar: await readFile(require.resolve('tree-sitter-rust/tree-sitter-rust.wasm')),
});

export function lowerRustText(source: string, cache?: FunctionCache): FileIr {
  using tree = rustParser.parse(source);
  return lowerRust(tree, {
    parse: (text) => rustParser.parse(text),
    ...(cache === undefined ? {} : { cache }),
  });
}

export function renderRust(source: string): string {
  return renderFile(lowerRustText(source));
}

/** The body of a method with these statements, and its closures, rendered. */
export function renderRustBody(statements: string, returns = ''): string {
  const file = lowerRustText(`impl Foo {\n fn f(&self, n: usize) ${returns} {\n${statements}\n}\n}\n`);
  const bodies = file.functions.map(({ ir }, index) =>
    renderFunction(ir)
      .split('\n')
      .slice(index === 0 ? 1 : 0),
  );
  return [...bodies.flat(), ...file.problems.map((problem) => `problem: ${problem.reason}`)].join('\n');
}
