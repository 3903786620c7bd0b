/** The command line as it ships: exit codes, bad input, and what it writes where. */
import { spawn, spawnSync } from 'node:child_process';
import { chmodSync, existsSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CommandLine } from '../../support/command-line.ts';
import { ROOT } from '../../support/repository.ts';
import { SAMPLE_DRIVER } from '../../support/sample-driver.ts';

let cli: CommandLine;
let driver: string;

beforeAll(() => {
  cli = new CommandLine();
  driver = cli.write('driver', { 'foo.c': SAMPLE_DRIVER, Makefile: 'obj-m += foo.o\n' });
});
afterAll(() => cli.dispose());

const json = (args: readonly string[], cwd = driver) => {
  const { stdout, code } = cli.run(cwd, ['check', '--format', 'json', ...args]);
  return { code, report: JSON.parse(stdout) };
};

describe('exit codes and streams', () => {
  it('findings: 1, on standard output, with the sum on standard error', () => {
    const { code, stdout, stderr } = cli.run(driver, ['check']);
    expect(code).toBe(1);
    expect(stdout).toMatch(/^foo\.c:\d+:\d+: (?:error|warning): .* \[[\w-]+\]$/m);
    expect(stdout).toContain('  fd user\n');
    expect(stdout).toContain('  teardown\n');
    expect(stderr).toMatch(/^revsafe: \d+ (?:error|warning)s?/);
  });

  it('nothing found: 0', () => {
    const folder = cli.write('clean', { 'a.c': 'int a(void)\n{\n\treturn 0;\n}\n' });
    expect(cli.run(folder, ['check'])).toEqual({ code: 0, stdout: '', stderr: 'revsafe: nothing found\n' });
  });

  it.each([
    [['check', 'nowhere.c'], 'nowhere.c: no such file or folder'],
    [['check', '--nonsense'], "unknown option '--nonsense'"],
    [['check', '--format', 'xml'], "'xml' is invalid"],
    [['check', '--jobs', '0'], 'not a positive whole number'],
    [['check', '--rule', 'no-such-rule'], 'there is no rule "no-such-rule"'],
    [['check', '--api', 'F9'], "'F9' is invalid"],
    [['check', '--diff', 'HEAD', '--patch', 'x'], 'cannot be used with option'],
    [['check', '--patch', 'nowhere.patch'], 'cannot read nowhere.patch'],
    [['check', '--baseline', 'foo.c'], 'cannot read foo.c'],
    [['check', '--make', '-c', '-o', 'x.o'], 'name no .c file'],
    [['explain', 'nothing'], '"nothing" is neither FILE:LINE nor a rule'],
    [['explain', 'foo.c:99999'], 'foo.c has'],
    [['frobnicate'], "unknown command 'frobnicate'"],
    [['lsp'], "required option '--stdio'"],
  ])('misuse: 2 for %j', (args, message) => {
    const { code, stdout, stderr } = cli.run(driver, args);
    expect(stderr).toContain(message);
    expect([code, stdout]).toEqual([2, '']);
  });

  it('misuse: 2 for a folder without C files', () => {
    const folder = cli.write('empty', { 'README.md': '' });
    const { code, stderr } = cli.run(folder, ['check', '.']);
    expect([code, stderr]).toEqual([2, 'revsafe: no C files under .\n']);
  });

  it.each([
    ['notes.txt', 'not a C or Rust file'],
    ['binary.c', 'binary file'],
  ])('misuse: 2 for %s, since nothing was checked', (file, reason) => {
    const folder = cli.write('named', { 'notes.txt': '', 'binary.c': new Uint8Array([0, 1]) });
    const { code, stderr } = cli.run(folder, ['check', file]);
    expect(code).toBe(2);
    expect(stderr).toContain(`${file}: ${reason}`);
  });

  it('a full disk: 3 and the reason', () => {
    const { code, stderr } = cli.run(driver, ['check', '--output', '/dev/full']);
    expect(code).toBe(3);
    expect(stderr).toContain('cannot write /dev/full');
  });

  it('a reader that goes away is no failure', () => {
    const result = spawnSync('sh', ['-c', `node ${join(cli.folder, 'dist/cli.js')} check --format json | head -c 1`], {
      cwd: driver,
      encoding: 'utf8',
    });
    expect(result.stdout).toBe('{');
    expect(result.stderr).not.toContain('EPIPE');
  });

  it('--version and --help: 0', () => {
    expect(cli.run(driver, ['--version'])).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/),
    });
    expect(cli.run(driver, ['--help'])).toMatchObject({ code: 0, stdout: expect.stringContaining('Examples:') });
  });

  it('SIGINT: 130', async () => {
    const files: Record<string, string> = {
      // The signal comes as soon as somebody listens for it, however slow the machine is.
      'interrupt.cjs': `process.on('newListener', (event) => {
        if (event === 'SIGINT') setTimeout(() => process.kill(process.pid, 'SIGINT'), 50);
      });`,
    };
    for (let index = 0; index < 400; index++) files[`d${index}.c`] = SAMPLE_DRIVER;
    const folder = cli.write('many', files);
    const child = spawn(
      process.execPath,
      ['--require', './interrupt.cjs', join(cli.folder, 'dist/cli.js'), 'check', '--jobs', '1', '--no-cache', '.'],
      // Nobody reads a pipe here, and a full one would stop the report.
      { cwd: folder, stdio: 'ignore' },
    );
    const code = await new Promise((resolve) => child.on('exit', resolve));
    expect(code).toBe(130);
  });
});

describe('bad input is said, and the rest is checked', () => {
  it('binary, huge and unreadable files', () => {
    const folder = cli.write('odd', {
      'foo.c': SAMPLE_DRIVER,
      'binary.c': new Uint8Array([1, 0, 2, 0]),
      'huge.c': 'x'.repeat(5 * 1024 * 1024),
      'empty.c': '',
    });
    symlinkSync('loop.c', join(folder, 'loop.c'));
    symlinkSync('.', join(folder, 'again'));
    const { code, report } = json([], folder);
    expect(code).toBe(1);
    const failures = report.failures.map(({ file, reason }: { file: string; reason: string }) => [
      file.slice(folder.length + 1),
      reason,
    ]);
    expect(failures).toEqual([
      ['binary.c', 'binary file'],
      ['huge.c', 'larger than 4 MiB'],
    ]);
  });

  it('a file without permission', () => {
    const folder = cli.write('locked', { 'foo.c': SAMPLE_DRIVER, 'locked.c': SAMPLE_DRIVER });
    chmodSync(join(folder, 'locked.c'), 0o000);
    const { report } = json([], folder);
    // A privileged user reads it all the same.
    const isPrivileged = process.getuid?.() === 0;
    expect(report.failures.map((failure: { reason: string }) => failure.reason)).toEqual(
      isPrivileged ? [] : ['permission denied'],
    );
  });

  it('text that is not UTF-8 is read, and that is noted', () => {
    const folder = cli.write('latin', {
      'foo.c': Buffer.concat([Buffer.from('/* caf'), Buffer.from([0xe9]), Buffer.from(` */\n${SAMPLE_DRIVER}`)]),
    });
    const { code, report } = json([], folder);
    expect(code).toBe(1);
    expect(report.notes).toMatchObject([{ kind: 'file', reason: 'not valid UTF-8, read as Latin-1' }]);
  });

  it('a project file with mistakes', () => {
    const folder = cli.write('project', { 'foo.c': SAMPLE_DRIVER, '.revsafe.json': '{ "severty": {} }' });
    const { code, stderr } = cli.run(folder, ['check']);
    expect(code).toBe(1);
    expect(stderr).toContain('unknown setting "severty", did you mean "severity"?');
  });
});

describe('what is shown', () => {
  it('one thread and several give the same report', () => {
    const files: Record<string, string> = {};
    for (let index = 0; index < 80; index++) files[`sub${index % 7}/d${index}.c`] = SAMPLE_DRIVER;
    const folder = cli.write('parallel', files);
    const withoutTime = (jobs: string): string =>
      cli.run(folder, ['check', '--format', 'sarif', '--no-cache', '--jobs', jobs]).stdout;
    const one = withoutTime('1');
    expect(JSON.parse(one).runs[0].results.length).toBeGreaterThanOrEqual(80);
    expect(withoutTime('3')).toBe(one);
    // In any order of the paths, and with an entry twice.
    const parts = Array.from({ length: 7 }, (_, index) => `sub${index}`);
    for (const paths of [parts, parts.toReversed(), [...parts, 'sub3/d3.c']])
      expect(cli.run(folder, ['check', '--format', 'sarif', '--no-cache', '--jobs', '2', ...paths]).stdout).toBe(one);
  });

  it('a baseline leaves out what was there, also when lines move', () => {
    const folder = cli.write('baseline', { 'foo.c': SAMPLE_DRIVER });
    const first = cli.run(folder, ['check', '--format', 'json', '--output', 'base.json']);
    expect(first.code).toBe(1);
    cli.write('baseline', { 'foo.c': `/* new */\n\n${SAMPLE_DRIVER}` });
    const second = cli.run(folder, ['check', '--baseline', 'base.json']);
    expect([second.code, second.stdout]).toEqual([0, '']);
  });

  it('a suppression in the project file, in a comment, and a rule that is off', () => {
    const rules: readonly string[] = json([]).report.findings.map((finding: { rule: string }) => finding.rule);
    const folder = cli.write('allowed', {
      'foo.c': SAMPLE_DRIVER,
      '.revsafe.json': JSON.stringify({ allow: rules.map((rule) => ({ rule, file: '*.c', reason: 'known' })) }),
    });
    const { code, report } = json([], folder);
    expect(code).toBe(0);
    expect(report.suppressed).toHaveLength(rules.length);
    cli.write('allowed', {
      '.revsafe.json': JSON.stringify({ severity: Object.fromEntries(rules.map((rule) => [rule, 'off'])) }),
    });
    expect(json([], folder)).toMatchObject({ code: 0, report: { findings: [], suppressed: [] } });
  });

  it('--rule and --severity choose', () => {
    const all = json([]).report.findings as { rule: string; severity: string }[];
    const rule = all[0]?.rule ?? '';
    expect(json(['--rule', rule]).report.findings.every((finding: { rule: string }) => finding.rule === rule)).toBe(
      true,
    );
    const errors = json(['--severity', 'error']).report.findings;
    expect(errors.length).toBe(all.filter((finding) => finding.severity === 'error').length);
  });

  describe('a change', () => {
    const OWNED = SAMPLE_DRIVER.replace('\t.open = foo_open,', '\t.owner = THIS_MODULE,\n\t.open = foo_open,');
    const git = (folder: string, ...args: readonly string[]) =>
      spawnSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@example.org', '-C', folder, ...args], {
        encoding: 'utf8',
      });
    const changed = (folder: string, ...args: readonly string[]) => {
      const { code, stdout, stderr } = cli.run(folder, ['check', '--format', 'json', ...args]);
      const { findings = [], fixed = [] } = stdout === '' ? {} : JSON.parse(stdout);
      const rules = (list: readonly { readonly rule: string }[]): readonly string[] => list.map(({ rule }) => rule);
      return { code, stderr, findings: rules(findings), fixed: rules(fixed) };
    };

    it('--diff shows what came and what went, and nothing that was there before', () => {
      const folder = cli.write('repository', { 'foo.c': OWNED });
      git(folder, 'init', '-q');
      git(folder, 'add', '.');
      git(folder, 'commit', '-q', '-m', 'one');
      expect(cli.run(folder, ['check', '--diff', 'HEAD'])).toMatchObject({
        code: 0,
        stderr: 'revsafe: no C file was changed\n',
      });
      cli.write('repository', { 'foo.c': OWNED.replace('readl(foo->regs)', 'readl(foo->regs + 4)') });
      expect(changed(folder, '--diff', 'HEAD')).toMatchObject({ code: 0, findings: [], fixed: [] });
      cli.write('repository', { 'foo.c': SAMPLE_DRIVER });
      expect(changed(folder, '--diff', 'HEAD')).toMatchObject({ code: 1, findings: ['missing-fops-owner'], fixed: [] });
      git(folder, 'commit', '-q', '-a', '-m', 'two');
      cli.write('repository', { 'foo.c': OWNED });
      expect(changed(folder, '--diff', 'HEAD')).toMatchObject({ code: 0, findings: [], fixed: ['missing-fops-owner'] });
      expect(cli.run(folder, ['check', '--diff', 'HEAD']).stdout).toMatch(
        /^foo\.c: fixed: .* \[missing-fops-owner\]\n$/,
      );
      expect(cli.run(folder, ['check', '--diff', 'nonsense']).code).toBe(2);
    });

    it('--patch takes a mailbox, applied or not', () => {
      const folder = cli.write('series', { 'foo.c': OWNED, 'note.txt': 'x\n' });
      git(folder, 'init', '-q');
      git(folder, 'add', '.');
      git(folder, 'commit', '-q', '-m', 'one');
      cli.write('series', { 'foo.c': SAMPLE_DRIVER });
      git(folder, 'commit', '-q', '-a', '-m', 'two', '-m', '--- a line of three dashes\n+++ and of plus signs');
      cli.write('series', { 'bar.c': SAMPLE_DRIVER.replaceAll('foo', 'bar'), 'note.txt': 'y\n' });
      git(folder, 'add', '.');
      git(folder, 'commit', '-q', '-a', '-m', 'three');
      cli.write('series', { 'series.mbox': git(folder, 'format-patch', '--stdout', 'HEAD~2').stdout });
      const expected = ['missing-fops-owner', 'missing-fops-owner'];
      const both = changed(folder, '--patch', 'series.mbox');
      expect(both.code).toBe(1);
      expect(both.findings.filter((rule) => rule === 'missing-fops-owner')).toEqual(expected);
      git(folder, 'checkout', '-q', 'HEAD~2');
      expect(changed(folder, '--patch', 'series.mbox')).toEqual(both);
      expect(cli.run(folder, ['check', '--fix', '--patch', 'series.mbox'])).toMatchObject({
        code: 2,
        stderr: expect.stringContaining('the patch is not applied'),
      });
      cli.write('series', { 'foo.c': OWNED.replace('.open = foo_open', '.open = foo_other') });
      expect(cli.run(folder, ['check', '--patch', 'series.mbox'])).toMatchObject({
        code: 2,
        stderr: expect.stringContaining('fits neither the tree nor the tree before it'),
      });
    });

    it('a header is looked at with the file that includes it', () => {
      const [before = '', table = '', after = ''] = OWNED.split(/(static const struct file_operations[^}]*};\n)/);
      const folder = cli.write('header', { 'foo.h': table, 'foo.c': `${before}#include "foo.h"\n${after}` });
      git(folder, 'init', '-q');
      git(folder, 'add', '.');
      git(folder, 'commit', '-q', '-m', 'one');
      cli.write('header', { 'foo.h': table.replace('\t.owner = THIS_MODULE,\n', '') });
      expect(changed(folder, '--diff', 'HEAD')).toMatchObject({ code: 1, findings: ['missing-fops-owner'] });
    });
  });

  it('--make takes any compiler flag, writes to standard error, and does not fail the build', () => {
    const flags = [
      '-Wp,-MMD,.foo.o.d',
      '-nostdinc',
      '-I./include',
      '-DKBUILD_MODNAME="foo"',
      '--param=x',
      '-c',
      '-o',
      'foo.o',
      'foo.c',
    ];
    const { code, stdout, stderr } = cli.run(driver, ['check', '--make', ...flags]);
    expect([code, stdout]).toEqual([0, '']);
    expect(stderr).toMatch(/^foo\.c:\d+:\d+: /);
  });

  it('results are kept, and used only while nothing changed', () => {
    const folder = cli.write('kept', { 'foo.c': SAMPLE_DRIVER });
    const stats = () => JSON.parse(cli.run(folder, ['check', '--format', 'json']).stdout);
    const first = stats();
    expect(existsSync(join(cli.folder, 'cache/revsafe'))).toBe(true);
    expect(stats().findings).toEqual(first.findings);
    cli.write('kept', { 'foo.c': 'int a;\n' });
    expect(stats().findings).toEqual([]);
  });

  it('inventory lists the node', () => {
    const entries = JSON.parse(cli.run(driver, ['inventory', '--format', 'json']).stdout);
    expect(entries).toMatchObject([
      { file: 'foo.c', verdict: 'vulnerable', teardown: 'driver-remove', ops: { open: 'foo_open', read: 'foo_read' } },
    ]);
    expect(entries[0].witness.user.length).toBeGreaterThan(0);
  });

  it('coverage counts unknown callees', () => {
    const folder = cli.write('coverage', {
      'foo.c': SAMPLE_DRIVER.replace('return ret;', 'return odd_call(odd_call(ret));'),
    });
    const report = JSON.parse(cli.run(folder, ['coverage', '--format', 'json']).stdout);
    expect(report.unknownCallees).toContainEqual({ name: 'odd_call', calls: 2 });
  });

  it('explain shows the page of a rule, and the facts of a line', () => {
    expect(cli.run(driver, ['explain', 'unfenced-unregister']).stdout).toMatch(/^# unfenced-unregister\n/);
    const line = SAMPLE_DRIVER.split('\n').findIndex((text) => text.includes('readl(')) + 1;
    expect(cli.run(driver, ['explain', `foo.c:${line}`]).stdout).toContain('foo_read');
  });
});

describe('--fix', () => {
  it('changes the file so that the finding is gone, and changes nothing the second time', () => {
    const folder = cli.write('fix', { 'foo.c': SAMPLE_DRIVER });
    const count = (): number => json([], folder).report.findings.length;
    const before = count();
    const { stderr } = cli.run(folder, ['check', '--fix']);
    expect(stderr).toMatch(/revsafe: \d+ fix(?:es)? applied in foo\.c/);
    const fixed = readFileSync(join(folder, 'foo.c'), 'utf8');
    expect(fixed).not.toBe(SAMPLE_DRIVER);
    expect(count()).toBeLessThan(before);
    expect(cli.run(folder, ['check', '--fix']).stderr).toContain('0 fixes applied');
    expect(readFileSync(join(folder, 'foo.c'), 'utf8')).toBe(fixed);
  });

  it('keeps a fix after which a race is shown that was there before, and that the number of diagnostics had hidden', () => {
    const text = readFileSync(join(ROOT, 'test/fixtures/missing-fops-owner/uncovers.c'), 'utf8');
    const folder = cli.write('uncovers', { 'foo.c': text });
    expect(cli.run(folder, ['check', '--fix']).stderr).toContain('1 fix applied');
    expect(readFileSync(join(folder, 'foo.c'), 'utf8')).toContain('.owner');
  });

  it('prints a patch that git takes, and changes nothing, as a dry run', () => {
    const folder = cli.write('dry-run', { 'foo.c': SAMPLE_DRIVER, 'bar.c': SAMPLE_DRIVER.replaceAll('foo', 'bar') });
    const { stdout, stderr, code } = cli.run(folder, ['check', '--fix=review', '--dry-run']);
    expect(code).toBe(1);
    expect(stderr).toMatch(/revsafe: \d+ fix(?:es)? to apply in bar\.c, foo\.c/);
    expect(readFileSync(join(folder, 'foo.c'), 'utf8')).toBe(SAMPLE_DRIVER);
    const applied = spawnSync('git', ['apply', '-'], { cwd: folder, input: stdout, encoding: 'utf8' });
    expect(applied.stderr).toBe('');
    const patched = readFileSync(join(folder, 'foo.c'), 'utf8');
    writeFileSync(join(folder, 'foo.c'), SAMPLE_DRIVER);
    cli.run(folder, ['check', '--fix=review']);
    expect(readFileSync(join(folder, 'foo.c'), 'utf8')).toBe(patched);
  });
});
