/** The generated completions in a real shell. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { ROOT } from '../../support/repository.ts';

/** What bash offers for the last of the words. */
function completed(...words: readonly string[]): readonly string[] {
  const script = `source "$1"; shift; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _revsafe; printf '%s\\n' "\${COMPREPLY[@]}"`;
  const file = join(ROOT, 'docs/completions/revsafe.bash');
  const { stdout, stderr } = spawnSync('bash', ['-c', script, 'bash', file, ...words], { encoding: 'utf8' });
  expect(stderr).toBe('');
  return stdout.split('\n').filter((line) => line !== '');
}

it('verbs, options of the verb, and the values of an option', () => {
  expect(completed('revsafe', 'in')).toEqual(['inventory']);
  expect(completed('revsafe', 'check', '--se')).toEqual(['--severity']);
  expect(completed('revsafe', 'inventory', '--se')).toEqual([]);
  expect(completed('revsafe', 'check', '--format', 's')).toEqual(['sarif']);
  expect(completed('revsafe', 'check', 'drivers/')).toEqual([]);
});
