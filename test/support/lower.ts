/** C text to the intermediate representation, for tests. One parser serves a whole test run. */
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import type { FileIr, FunctionIr } from '../../server/src/ir/ir.ts';
import type { FunctionCache } from '../../server/src/ir/lower-c.ts';
import { lowerC } from '../../server/src/ir/lower-c.ts';
import { renderFile, renderFunction } from '../../server/src/ir/render-ir.ts';
import { CParser } from '../../server/src/syntax/c-parser.ts';

const require = createRequire(import.meta.url);

export const parser = await CParser.create({
  runtime: await readFile(require.resolve('web-tree-sitter/web-tree-sitter.wasm')),
  grammar: await readFile(require.resolve('tree-sitter-c/tree-sitter-c.wasm')),
});

export function lowerText(source: string, cache?: FunctionCache): FileIr {
  using tree = parser.parse(source);
  return lowerC(tree, {
    parse: (text, variant) => parser.parse(text, variant),
    ...(cache === undefined ? {} : { cache }),
  });
}

/** The function of that name; there is no other way to get one, so that a missing one fails the test. */
export function functionNamed(file: FileIr, name: string): FunctionIr {
  const found = file.functions.find((fn) => fn.ir.name === name);
  if (found === undefined)
    throw new Error(`no function ${name} among ${file.functions.map((fn) => fn.ir.name).join(', ')}`);
  return found.ir;
}

/** The body of the only function around `statements`, rendered: declare what matters in `parameters`. */
export function renderBody(statements: string, parameters = 'struct foo *p, int n'): string {
  const file = lowerText(`int f(${parameters})\n{\n${statements}\n}\n`);
  const body = renderFunction(functionNamed(file, 'f')).split('\n').slice(1);
  const problems = file.problems.map((problem) => `problem: ${problem.reason}`);
  return [...body, ...problems].join('\n');
}

export function renderText(source: string): string {
  return renderFile(lowerText(source));
}
