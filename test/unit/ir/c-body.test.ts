/** Bodies that are read without the grammar: the same functions as with it, whatever they hold. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readBodies } from '../../../server/src/ir/c-body.ts';
import type { ParseText } from '../../../server/src/ir/lower-c.ts';
import { lowerC, lowerSource } from '../../../server/src/ir/lower-c.ts';
import { CParser } from '../../../server/src/syntax/c-parser.ts';
import { grammars } from '../../support/engine.ts';

const parser = await CParser.create({ runtime: grammars.runtime, grammar: grammars.c });
const parse: ParseText = (text, variant, skip) => parser.parse(text, variant, skip);

function expectSame(text: string): void {
  using tree = parse(text);
  expect(lowerSource(text, parse)).toEqual(lowerC(tree, { parse }));
}

const bodyOf = (statements: string): string => `static int f(struct foo *p)\n{\n\t${statements}\n}\n`;

const PLAIN = [
  'return p->x[1].y++ + *p->z--;',
  'int a = 1, *b = &a, c[3] = { 1, [2] = 3, };',
  'struct bar x = { .a.b = 1, .c = { 2 }, [0 ... 3] = 4 };',
  'foo_t *x = (foo_t *)p, y;',
  'const unsigned long long int x = sizeof(struct foo) * 2;',
  'if (!p) return -1; else if (a && b || c) { } else g();',
  'for (int i = 0; i < 3; i++, j--) continue;',
  'for (;;) break;',
  'do { g(); } while (0);',
  'while (a, b, c) ;',
  'switch (x) { case 1: case A + 1: g(); break; default: { int y; } }',
  'out: g(); goto out;',
  'x = a ? b : c ? d : e; y = a ?: b;',
  'x = (u32)~0; y = (u64)1 << 3; z = (struct foo){ .a = 1 };',
  'g("a" B "c", \'x\', \'\\0\', "\\x1b[0m", NULL, true);',
  'x = ({ int y = 1; y; });',
  'g(a, { h(); });',
  'x = sizeof(foo) - 1; y = sizeof(*p); z = sizeof x;',
  'x = offsetof(struct foo, bar);',
  'x |= a & ~b; y <<= 1; z = a == b != c;',
  'x = - 1; y = a -1; z = -x;',
  'if (x) a * b;',
  'x = !y++; z = -w--; v = *q++; u = !*r++;',
  'x = (a)(b); y = (a)(b)->c; z = (a) / 2;',
];

/** What the grammar reads by more than a token ahead, or that is no C. */
const LEFT_ALONE = [
  'x = (a) - b;',
  'x = (a) && b != c;',
  'x = (a) & b * c;',
  'int (*g)(int) = h;',
  'foo * bar(x);',
  'x = sizeof(int) -1;',
  'struct bar { int a; } x;',
  'asm volatile("nop");',
  'switch (x) { case 1 ... 3: g(); }',
  'return "a;',
  'out: }',
  'x = = y;',
  'if (x {',
  'a + b = c;',
  'x = !(y)++;',
];

describe('a body of plain C', () => {
  it.each(PLAIN)('%s', (statements) => {
    expect(readBodies(bodyOf(statements))).toHaveLength(1);
    expectSame(bodyOf(statements));
  });
});

describe('what is left to the grammar', () => {
  it.each(LEFT_ALONE)('%s', (statements) => {
    expect(readBodies(bodyOf(statements))).toHaveLength(0);
    expectSame(bodyOf(statements));
    expectSame(`${bodyOf('return 1;')}${bodyOf(statements)}${bodyOf('return 2;')}`);
  });
});

describe('braces that are no body', () => {
  it.each([
    'DEFINE_THING(x) { int y; }',
    'int g(void) { return 1; } }',
    'int g(a) int a; { return a; }',
    'struct foo x = FOO(1) { 2 };',
    'static int g(void) { return 1; } static int h(void) { return',
    'int a[] = { f(1), ({ g(); }) };',
  ])('%s', (text) => expectSame(text));
});

describe('every fixture and sample', () => {
  const folders = ['test/fixtures', 'samples'];
  const files = folders.flatMap((folder) =>
    readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((name) => /\.[ch]$/.test(name))
      .map((name) => join(folder, name)),
  );
  it.each(files)('%s', (file) => expectSame(readFileSync(file, 'utf8')));
});
