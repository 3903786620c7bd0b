/** The snippets of docs/continuous-integration.md, run as a reader would run them. */
import { spawnSync } from 'node:child_process';
import { chmodSync, readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { CommandLine } from '../../support/command-line.ts';
import { ROOT } from '../../support/repository.ts';
import { SAMPLE_DRIVER } from '../../support/sample-driver.ts';

const cli = new CommandLine();
afterAll(() => cli.dispose());

const [hook = '', makeBaseline = '', useBaseline = '', series = ''] = [
  ...readFileSync(join(ROOT, 'docs/continuous-integration.md'), 'utf8').matchAll(/```sh\n([\s\S]*?)```/g),
].map(([, snippet = '']) => snippet);

const OWNED = SAMPLE_DRIVER.replace('\t.open = foo_open,', '\t.owner = THIS_MODULE,\n\t.open = foo_open,');

/** A repository with one commit, and `revsafe` on the path. */
function repository(name: string): { run(script: string): ReturnType<typeof spawnSync>; write(text: string): void } {
  const bin = cli.write('bin', { revsafe: `#!/bin/sh\nexec node '${join(cli.folder, 'dist/cli.js')}' "$@"\n` });
  chmodSync(join(bin, 'revsafe'), 0o755);
  const folder = cli.write(name, { 'foo.c': OWNED });
  const env = {
    ...process.env,
    PATH: `${bin}${delimiter}${process.env.PATH}`,
    XDG_CACHE_HOME: join(cli.folder, 'cache'),
  };
  const run = (script: string) => spawnSync('sh', ['-c', script], { cwd: folder, env, encoding: 'utf8' });
  run(
    'git init -q && git config user.name t && git config user.email t@example.org && git add . && git commit -q -m one',
  );
  return { run, write: (text) => void cli.write(name, { 'foo.c': text }) };
}

it('the hook lets old findings pass and stops new ones', () => {
  const { run, write } = repository('hook');
  cli.write('hook/.git/hooks', { 'pre-commit': hook });
  run('chmod +x .git/hooks/pre-commit');
  write(OWNED.replace('readl(foo->regs)', 'readl(foo->regs + 4)'));
  expect(run('git commit -q -a -m two').status).toBe(0);
  write(SAMPLE_DRIVER);
  const refused = run('git commit -q -a -m three');
  expect(refused.status).toBe(1);
  expect(`${refused.stdout}${refused.stderr}`).toContain('[missing-fops-owner]');
});

it('a baseline lets old findings pass, and annotations name new ones', () => {
  const { run, write } = repository('baseline');
  expect(run(makeBaseline).status).toBe(0);
  expect(run(useBaseline).status).toBe(0);
  write(SAMPLE_DRIVER);
  const { status, stdout } = run(useBaseline);
  expect(status).toBe(1);
  expect(String(stdout)).toMatch(/^::(?:warning|error) file=foo\.c/m);
});

it('a series is judged before it is applied', () => {
  const { run, write } = repository('series');
  write(SAMPLE_DRIVER);
  run('git commit -q -a -m two && git format-patch -q --stdout HEAD~1 > series.mbox && git checkout -q HEAD~1');
  const { status, stdout } = run(series);
  expect(status).toBe(1);
  expect(String(stdout)).toContain('[missing-fops-owner]');
});
