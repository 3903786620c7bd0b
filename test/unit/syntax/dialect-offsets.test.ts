/** The dialect pass may write anything but must never move a character, whatever it is given. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toStandardC } from '../../../server/src/syntax/dialect.ts';

const FRAGMENTS = [
  'struct foo',
  'static',
  'const',
  'int',
  'typeof(*p)',
  '__init',
  '__user',
  '__aligned(8)',
  'asm volatile("nop" : "=r"(x))',
  'list_for_each_entry(pos, head, member)',
  'scoped_guard(mutex, &lock)',
  'DEFINE_MUTEX(lock)',
  'DECLARE_BITMAP(map, 8)',
  'struct_group(g, int a;)',
  'container_of(p, struct foo, bar)',
  'if (x)',
  'else',
  'return',
  'goto out',
  'out:',
  'case 1 ... 2:',
  'name',
  'u32 :4',
  '1000baseT',
  '.x = 1',
  '[2] = { 3 }',
  '#ifdef CONFIG_A\n',
  '\n#else\n',
  '\n#endif\n',
  '\n#if 0\n',
  '\n#define M(x) do { x; } while (0)\n',
  '\n#define LONG a \\\n b /* c\n d */ e\n',
  '\n#include <linux/fs.h>\n',
  '\r\n',
  '\\\n',
  '(',
  ')',
  '{',
  '}',
  '[',
  ']',
  ';',
  ',',
  ':',
  '=',
  '*',
  '&&',
  '...',
  '"text"',
  "'c'",
  '"open',
  '/* open',
  '\u00e9\u{1f600}',
];

const soup = fc.array(fc.constantFrom(...FRAGMENTS), { maxLength: 60 }).map((parts) => parts.join(' '));

function newlines(text: string): number[] {
  return [...text.matchAll(/[\r\n]/g)].map((match) => match.index);
}

describe('offsets', () => {
  it.each([
    ['fragments of kernel C', soup],
    ['any text', fc.string({ maxLength: 200, unit: 'binary' })],
  ])('are kept for %s', (_, texts) => {
    fc.assert(
      fc.property(texts, fc.constantFrom('preferred' as const, 'alternative' as const), (text, variant) => {
        const { text: standard } = toStandardC(text, variant);
        expect(standard.length).toBe(text.length);
        expect(newlines(standard)).toEqual(newlines(text));
      }),
      { numRuns: 2000 },
    );
  });

  it('never change a comment', () => {
    const open = ['"open', '/* open', '\n#define LONG a \\\n b /* c\n d */ e\n'];
    const pieces = fc.constantFrom(...FRAGMENTS.filter((fragment) => !open.includes(fragment)));
    const comments = fc.constantFrom(
      '/* struct foo __init; #if { ( " */',
      "// it's a comment {\n",
      '/**/',
      '/* a\n * b\n */',
    );
    fc.assert(
      fc.property(fc.array(fc.oneof(pieces, comments), { maxLength: 60 }), (parts) => {
        const text = parts.join(' ');
        const standard = toStandardC(text).text;
        let at = 0;
        for (const part of parts) {
          if (/^\/[/*]/.test(part)) expect(standard.slice(at, at + part.length)).toBe(part);
          at += part.length + 1;
        }
      }),
      { numRuns: 2000 },
    );
  });

  it('keep every string that is not an annotation, a directive or dropped', () => {
    const text = 'int f(void)\n{\n\treturn g("a __init b", "/* no comment */", \'"\', "x\\"y");\n}\n';
    expect(toStandardC(text).text).toBe(text);
  });
});
