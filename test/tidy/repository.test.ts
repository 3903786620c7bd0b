/** Small things that a review would otherwise have to say again and again. */
import { describe, expect, it } from 'vitest';
import { filesUnder, readRepositoryFile } from '../support/repository.ts';

/** Longest file of the sources, in lines: what can be read in one sitting. */
const MAX_LINES = 600;

const BINARY = /\.(png|gif|ico|wasm|woff2?)$/;
const all = filesUnder('').filter((path) => !BINARY.test(path));
const code = all.filter((path) => /^(server|client|test|scripts)\/.*\.(ts|mjs)$/.test(path));
const sources = code.filter((path) => /^(server|client)\//.test(path));

/** Lines of the given files that match, as `path:line: text`. */
function linesMatching(paths: readonly string[], pattern: RegExp): string[] {
  return paths.flatMap((path) =>
    readRepositoryFile(path)
      .split('\n')
      .flatMap((line, index) => (pattern.test(line) ? [`${path}:${index + 1}: ${line.trim().slice(0, 100)}`] : [])),
  );
}

describe('repository', () => {
  it('is seen', () => {
    expect(sources.length).toBeGreaterThan(40);
    expect(all).toContain('package-lock.json');
  });

  it('has no file too long to read', () => {
    // Contracts are tables of rows; dividing them further would not make a row easier to find.
    const long = sources
      .filter((path) => !path.startsWith('server/src/knowledge/contracts/'))
      .map((path) => ({ path, lines: readRepositoryFile(path).split('\n').length - 1 }))
      .filter(({ lines }) => lines > MAX_LINES);
    expect(long).toEqual([]);
  });

  it('has no skipped or focused test', () => {
    const pattern = new RegExp(
      String.raw`\b(?:it|test|describe)\.(?:${['skip', 'only', 'todo', 'fails'].join('|')})\b|\b(?:skipIf|runIf)\(`,
    );
    expect(linesMatching(code, pattern)).toEqual([]);
  });

  it('names no package registry and no path of one machine', () => {
    const hosts = [
      'registry.npm' + 'js',
      'npm' + 'mirror',
      'deb.debian' + '.org',
      'ftp.debian' + '.org',
      'proxy.golang' + '.org',
      'files.pythonhosted' + '.org',
    ];
    const machine = String.raw`(?:^|[^\w.$}-])/(?:work|farm|root|opt/kernels)/`;
    const pattern = new RegExp(`${hosts.map((host) => host.replaceAll('.', '\\.')).join('|')}|${machine}`);
    expect(linesMatching(all, pattern)).toEqual([]);
    expect(pattern.test(`see /${'work'}/x`)).toBe(true);
  });

  it('has names in kebab-case', () => {
    expect(code.filter((path) => !/^[a-z0-9-]+(\.[a-z0-9-]+)*$/.test(path.split('/').at(-1) ?? ''))).toEqual([]);
  });

  it('has no folder that could hold anything', () => {
    expect(
      all.filter(
        (path) =>
          /(^|\/)(utils?|common|helpers?|misc|shared)(\.ts|\/)/.test(path) && /^(server|client|test)\//.test(path),
      ),
    ).toEqual([]);
  });

  it('opens its changelog with what is not released yet', () => {
    expect(/^## (.+)$/m.exec(readRepositoryFile('CHANGELOG.md'))?.[1]).toBe('Unreleased');
  });

  it('has decision records with all three parts, numbered without a gap', () => {
    const records = filesUnder('docs/decisions', '.md');
    expect(records.map((path) => Number(path.split('/').at(-1)?.slice(0, 4)))).toEqual(
      records.map((_, index) => index + 1),
    );
    const parts = ['**Context.**', '**Decision.**', '**Consequence.**'];
    expect(records.filter((path) => !parts.every((part) => readRepositoryFile(path).includes(part)))).toEqual([]);
  });
});
