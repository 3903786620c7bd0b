import { describe, expect, it } from 'vitest';
import { compareFindings, parseFixture } from '../../support/fixtures.ts';

describe('parseFixture', () => {
  it('reads markers and blanks them without moving anything', () => {
    const source = 'int a; //~ some-rule(first)\n\tb();\n//~^ FP some-rule(second)\n//~^^^ FN other-rule(third)\n';
    const fixture = parseFixture('bad.c', source);
    expect(fixture.expectations).toEqual([
      { file: 'bad.c', line: 0, rule: 'some-rule', message: 'first' },
      { file: 'bad.c', line: 1, rule: 'some-rule', message: 'second', known: 'FP' },
      { file: 'bad.c', line: 0, rule: 'other-rule', message: 'third', known: 'FN' },
    ]);
    expect(fixture.files[0]?.text).toHaveLength(source.length);
    expect(fixture.files[0]?.text.trimEnd()).toBe(`int a;${' '.repeat(21)}\n\tb();`);
  });

  it('reads two markers on one line', () => {
    const { expectations } = parseFixture('bad.c', 'x(); //~ a-rule(one) //~ b-rule(two)');
    expect(expectations.map((item) => item.rule)).toEqual(['a-rule', 'b-rule']);
    expect(expectations.every((item) => item.line === 0)).toBe(true);
  });

  it('splits files, with the lines counted in each', () => {
    const source = ['// two files', '//- kernel: 6.12', '//- a.c', 'int a;', '//- sub/b.h', 'int b; //~ r(m)'].join(
      '\n',
    );
    const fixture = parseFixture('multi.c', source);
    expect(fixture.kernel).toBe('6.12');
    expect(fixture.files).toEqual([
      { name: 'a.c', text: 'int a;' },
      { name: 'sub/b.h', text: 'int b;         ' },
    ]);
    expect(fixture.expectations).toEqual([{ file: 'sub/b.h', line: 0, rule: 'r', message: 'm' }]);
  });

  it('keeps what stands before the first header when it is code', () => {
    const fixture = parseFixture('main.c', '#include "b.h"\n//- b.h\nint b;');
    expect(fixture.files.map((file) => file.name)).toEqual(['main.c', 'b.h']);
  });

  it('reads options and the cursor', () => {
    const fixture = parseFixture('x.c', '//- options: {"api": "F2"}\nfoo$0bar();');
    expect(fixture.options).toEqual({ api: 'F2' });
    expect(fixture.files[0]?.text.endsWith('\nfoobar();')).toBe(true);
    expect(fixture.cursor?.offset).toBe((fixture.files[0]?.text ?? '').indexOf('bar'));
  });

  it.each([
    'x(); //~ rule',
    'x(); //~ Rule(message)',
    'x(); //~ rule(message) because',
    '//~^ rule(message)',
    '//- kernel 6.12',
    'a$0b$0',
    '//- a.c\n//- a.c',
  ])('refuses %j', (source) => {
    expect(() => parseFixture('x.c', source)).toThrow();
  });
});

describe('compareFindings', () => {
  const at = { file: 'x.c', line: 4, rule: 'r', message: 'm' };

  it('is content when they agree', () => {
    expect(compareFindings([at, { ...at, known: 'FP' }], [at, at])).toEqual([]);
    expect(compareFindings([{ ...at, known: 'FN' }], [])).toEqual([]);
  });

  it('wants every marker reported and every finding marked', () => {
    expect(compareFindings([at], [])).toEqual(['x.c:5: r(m) is not reported']);
    expect(compareFindings([], [at])).toEqual(['x.c:5: r(m) is reported without a marker']);
    expect(compareFindings([at], [at, at])).toEqual(['x.c:5: r(m) is reported without a marker']);
    expect(compareFindings([at], [{ ...at, line: 5 }])).toHaveLength(2);
  });

  it('wants FP and FN markers taken away once they are wrong', () => {
    expect(compareFindings([{ ...at, known: 'FP' }], [])).toEqual([
      'x.c:5: r(m) is no longer reported: remove its FP marker',
    ]);
    expect(compareFindings([{ ...at, known: 'FN' }], [at])).toEqual([
      'x.c:5: r(m) is reported now: take "FN" out of its marker',
    ]);
  });
});
