import { describe, expect, it } from 'vitest';
import { globExpression } from '../../../server/src/engine/glob.ts';
import {
  defaultSettings,
  mergeSettings,
  parseSettingsText,
  settingsSchema,
} from '../../../server/src/engine/settings.ts';

const RULES = ['unfenced-unregister', 'missing-fops-owner'];
const parse = (value: unknown) => parseSettingsText(JSON.stringify(value), 'file', RULES);

describe('settings', () => {
  it('has one schema row for each setting', () => {
    expect(settingsSchema.map((row) => row.key).sort()).toEqual(Object.keys(defaultSettings).sort());
  });

  it('accepts what is right', () => {
    const given = {
      severity: { 'unfenced-unregister': 'hint' },
      triggerSeverity: { 'sysfs-unbind': 'off' },
      allow: [{ rule: 'missing-fops-owner', file: 'a/*.c', function: 'f', reason: 'built in' }],
      api: 'F2',
      exclude: ['tools/**'],
      showMay: false,
    };
    expect(parse(given)).toEqual({ settings: given, problems: [] });
  });

  it.each([
    [[], 'file: is not an object'],
    [{ severty: {} }, 'file: unknown setting "severty", did you mean "severity"?'],
    [{ nonsense: 1 }, 'file: unknown setting "nonsense"'],
    [{ showMay: 'yes' }, 'file: "showMay" must be true or false'],
    [{ api: 'F9' }, 'file: "api" must be one of F1, F2, F3a, F3b, G1, G2, G3, G3r, G4, G5, G6, G7, G8'],
    [{ contracts: 'a.json' }, 'file: "contracts" must be a list of strings'],
    [
      { severity: { 'unfenced-unregister': 'fatal' } },
      'file: "severity" has a wrong severity for "unfenced-unregister": use error, warning, hint, off',
    ],
    [
      { severity: { 'unfenced-unregistr': 'off' } },
      'file: "severity" names no rule: "unfenced-unregistr", did you mean "unfenced-unregister"?',
    ],
    [{ allow: [{ rule: 'missing-fops-owner' }] }, 'file: "allow" entry 1 gives no reason'],
    [{ allow: [{ reason: 'x' }] }, 'file: "allow" entry 1 names no rule'],
    [{ allow: [{ rule: 'gone', reason: 'x' }] }, 'file: "allow" names no rule: "gone"'],
    [
      { allow: [{ rule: 'missing-fops-owner', reason: 'x', line: '3' }] },
      'file: "allow" entry 1 has an unknown key "line"',
    ],
  ])('says what is wrong with %j', (value, problem) => {
    expect(parse(value).problems).toEqual([problem]);
  });

  it('keeps the rest when one setting is wrong', () => {
    expect(parse({ showMay: 1, kernel: '/k' }).settings).toEqual({ kernel: '/k' });
  });

  it('says where text is not JSON', () => {
    expect(parseSettingsText('{', 'file', RULES).problems[0]).toMatch(/^file: is not JSON \(/);
  });

  it('merges layers: the last wins, severities by name, allow lists joined', () => {
    const entry = (reason: string) => ({ rule: 'missing-fops-owner', reason });
    expect(
      mergeSettings([
        { severity: { a: 'hint', b: 'off' }, allow: [entry('1')], api: 'F2' },
        { severity: { b: 'error' }, allow: [entry('2')], api: 'G4' },
      ]),
    ).toEqual({ ...defaultSettings, severity: { a: 'hint', b: 'error' }, allow: [entry('1'), entry('2')], api: 'G4' });
  });
});

describe('globs', () => {
  it.each([
    ['foo.c', 'foo.c', true],
    ['foo.c', 'a/b/foo.c', true],
    ['a/*.c', 'a/x.c', true],
    ['a/*.c', 'a/b/x.c', false],
    ['a/**/x.c', 'a/x.c', true],
    ['a/**/x.c', 'a/b/c/x.c', true],
    ['a/b', 'a/b/c.c', true],
    ['tools/**', 'tools/x/y.c', true],
    ['tools/**', 'mytools/x.c', false],
    ['*.{c,h}', 'x.h', true],
    ['x?.c', 'xy.c', true],
    ['x.c', 'xyc', false],
  ])('%s and %s: %s', (glob, path, expected) => {
    expect(globExpression(glob).test(path)).toBe(expected);
  });

  it('reads an open brace as a plain one', () => {
    expect(globExpression('a/{b').test('a/{b')).toBe(true);
  });
});
