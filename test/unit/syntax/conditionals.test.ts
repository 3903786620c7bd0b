/** Which branches of conditionals are kept, what is remembered of the others, and what directives say. */
import { describe, expect, it } from 'vitest';
import type { Variant } from '../../../server/src/syntax/dialect.ts';
import { findMacros, toStandardC } from '../../../server/src/syntax/dialect.ts';
import { parser } from '../../support/lower.ts';

/** The rewritten text without blank lines and trailing spaces. */
function kept(source: string, variant: Variant = 'preferred'): string[] {
  using tree = parser.parse(source, variant);
  expect(tree.errors(), tree.standard).toEqual([]);
  return tree.standard
    .split('\n')
    .map((line) => line.trimEnd())
    .filter((line) => line !== '');
}

const body = (...lines: string[]): string => ['void f(void)', '{', ...lines, '}', ''].join('\n');
const inner = (lines: readonly string[]): readonly string[] => lines.slice(2, -1);

describe('between items', () => {
  it('all branches that can be true are kept', () => {
    const source = '#ifdef CONFIG_A\nint f(void) { return 1; }\n#else\nint f(void) { return 2; }\n#endif\n';
    expect(kept(source)).toEqual(['int f(void) { return 1; }', 'int f(void) { return 2; }']);
  });

  it('what is off goes', () => {
    expect(kept('#if 0\nint a;\n#else\nint b;\n#endif\n')).toEqual(['int b;']);
    expect(kept('#ifdef __cplusplus\nextern "C" {\n#endif\nint b;\n#ifdef __cplusplus\n}\n#endif\n')).toEqual([
      'int b;',
    ]);
  });

  it('one head of a function is kept', () => {
    const source = '#ifdef CONFIG_A\nint f(int a)\n#else\nstatic int f(int a)\n#endif\n{\n}\n';
    expect(kept(source)).toEqual(['int f(int a)', '{', '}']);
  });

  it('macros without semicolon are items', () => {
    const source =
      '#ifdef MODULE\nmodule_init(a);\n#else\nmodule_init(b);\n#endif\n#ifdef CONFIG_B\nEXPORT_SYMBOL(c)\n#endif\nint d;\n';
    expect(kept(source)).toEqual(['module_init(a);', 'module_init(b);', 'EXPORT_SYMBOL c;', 'int d;']);
  });

  it('members of both branches are kept', () => {
    const source = 'struct a {\n#ifdef CONFIG_A\n\tint b;\n#else\n\tlong b;\n#endif\n};\n';
    expect(kept(source)).toEqual(['struct a {', '\tint b;', '\tlong b;', '};']);
  });
});

describe('in functions', () => {
  const source = body('#ifdef CONFIG_A', '\ta();', '#else', '\tb();', '#endif', '\tc();');

  it('the likelier branch is kept', () => {
    expect(inner(kept(source))).toEqual(['\ta();', '\tc();']);
    expect(inner(kept(source.replace('#ifdef', '#ifndef')))).toEqual(['\tb();', '\tc();']);
    expect(inner(kept(source.replace('#ifdef CONFIG_A', '#if !IS_ENABLED(CONFIG_A)')))).toEqual(['\tb();', '\tc();']);
  });

  it('the other variant takes the other branch', () => {
    expect(inner(kept(source, 'alternative'))).toEqual(['\tb();', '\tc();']);
  });

  it('the other branch is remembered', () => {
    const { alternatives, dropped } = toStandardC(source);
    expect(dropped.map((span) => source.slice(span.start, span.end).trim())).toEqual(['b();']);
    expect(
      alternatives.map(({ condition, span, kept }) => [
        condition,
        source.slice(span.start, span.end).trim(),
        source.slice(kept?.start, kept?.end).trim(),
      ]),
    ).toEqual([['', 'b();', 'a();']]);
  });

  it('what is off is dropped for good', () => {
    const off = body('#if 0', '\ta();', '#endif');
    const { alternatives, dropped } = toStandardC(off);
    expect(alternatives).toEqual([]);
    expect(dropped.length).toBe(1);
  });

  it('braces stay balanced', () => {
    const half = body('#ifdef CONFIG_A', '\tif (x) {', '#endif', '\ta();', '#ifdef CONFIG_A', '\t}', '#endif');
    expect(inner(kept(half))).toEqual(['\ta();']);
    const either = body('#ifdef CONFIG_A', '\tif (x) {', '#else', '\tif (y) {', '#endif', '\t\ta();', '\t}');
    expect(inner(kept(either))).toEqual(['\tif (x) {', '\t\ta();', '\t}']);
  });

  it('a branch inside an initializer is chosen', () => {
    const table = 'struct a a = {\n#ifdef CONFIG_A\n\t.b = 1,\n#else\n\t.b = 2,\n#endif\n};\n';
    expect(kept(table)).toEqual(['struct a a = {', '\t.b = 1,', '};']);
  });

  it('nested conditionals are resolved inside out', () => {
    const nested = body(
      '#ifdef CONFIG_A',
      '#if 0',
      '\ta();',
      '#elif 1',
      '\tb();',
      '#else',
      '\tc();',
      '#endif',
      '#endif',
    );
    expect(inner(kept(nested))).toEqual(['\tb();']);
  });
});

describe('broken directives', () => {
  it.each([
    ['#endif\nint a;\n', '#endif without #if'],
    ['#else\nint a;\n', '#else without #if'],
    ['#ifdef A\nint a;\n', '#if without #endif'],
  ])('%j is reported', (source, reason) => {
    expect(toStandardC(source).problems.map((problem) => problem.reason)).toEqual([reason]);
  });
});

describe('nesting', () => {
  it('has a limit that no real file reaches', () => {
    const depth = 20000;
    const source = `${'#ifdef A\n'.repeat(depth)}int a;\n${'#endif\n'.repeat(depth)}int b;\n`;
    const { text, problems } = toStandardC(source);
    expect(text.split('\n').filter((line) => line.trim() !== '')).toEqual(['int a;', 'int b;']);
    expect(problems.map((problem) => problem.reason)).toEqual(['conditionals nested too deeply']);
  });
});

describe('macros', () => {
  it('are found with their parameters and bodies', () => {
    const source = [
      '#define EMPTY',
      '#define NUMBER 12 /* a dozen */',
      '#define to_foo(d) \\',
      '\tcontainer_of(d, struct foo, dev)',
      '#  define LOG(fmt, args...) printk(fmt "/*", ##args) // why',
      '#define ANY(...) f(__VA_ARGS__)',
      '#define PAREN (1)',
      '',
    ].join('\n');
    const found = findMacros(source);
    expect(found.map(({ name, parameters, variadic, text }) => ({ name, parameters, variadic, text }))).toEqual([
      { name: 'EMPTY', parameters: undefined, variadic: false, text: '' },
      { name: 'NUMBER', parameters: undefined, variadic: false, text: '12' },
      { name: 'to_foo', parameters: ['d'], variadic: false, text: 'container_of(d, struct foo, dev)' },
      { name: 'LOG', parameters: ['fmt', 'args'], variadic: true, text: 'printk(fmt "/*", ##args)' },
      { name: 'ANY', parameters: ['__VA_ARGS__'], variadic: true, text: 'f(__VA_ARGS__)' },
      { name: 'PAREN', parameters: undefined, variadic: false, text: '(1)' },
    ]);
    for (const macro of found) {
      expect(source.slice(macro.nameSpan.start, macro.nameSpan.end)).toBe(macro.name);
      expect(source.slice(macro.body.start, macro.body.end)).toBe(macro.text);
    }
  });

  it('of both branches are listed, those under #if 0 are not', () => {
    const source = '#ifdef A\n#define a 1\n#else\n#define a 2\n#endif\n#if 0\n#define b 3\n#endif\n';
    expect(toStandardC(source).macros.map((macro) => macro.name + macro.text)).toEqual(['a1', 'a2']);
  });

  it('includes are listed', () => {
    expect(
      toStandardC('#include <linux/fs.h>\n# include "a//b.h" /* c */\n#include MACRO\n').includes.map(
        (one) => one.target,
      ),
    ).toEqual(['<linux/fs.h>', '"a//b.h"']);
  });
});
