/** Samples of the revocable API: the broken ones show exactly the bugs that their comments announce, the right ones none. */
import { readFileSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { describe, expect, it } from 'vitest';
import { LineIndex } from '../server/src/base/span.ts';
import { checkFixtureFolder, filesOfFixture, openTree } from './support/engine.ts';
import { filesUnder, ROOT } from './support/repository.ts';

const samples = filesUnder('samples/revocable', '.c');

/** `BUG: rule, rule` at the end of a line. */
function announced(text: string): string[] {
  return text.split('\n').flatMap((line, index) => {
    const rules = /\/\* BUG: ([\w, -]+) \*\//.exec(line)?.[1]?.split(', ') ?? [];
    return rules.map((rule) => `${index + 1}: ${rule}`);
  });
}

async function found(path: string, text: string): Promise<string[]> {
  const settings = JSON.parse(readFileSync(`${ROOT}/${dirname(path)}/.revsafe.json`, 'utf8')) as { api: string };
  const files = filesOfFixture({ files: [{ name: basename(path), text }], expectations: [] });
  const reports = await checkFixtureFolder(await openTree(files, settings));
  const lines = new LineIndex(text);
  return reports
    .flatMap((report) => report.files)
    .flatMap((report) => report.findings)
    .map(({ rule, at }) => `${lines.positionAt(at.span.start).line + 1}: ${rule}`);
}

describe('samples of the revocable API', () => {
  it('exist for several generations', () => {
    expect(new Set(samples.map(dirname)).size).toBeGreaterThan(2);
  });

  it.each(samples)('%s shows what it announces', async (path) => {
    const text = readFileSync(`${ROOT}/${path}`, 'utf8');
    const bugs = announced(text);
    expect(bugs.length > 0).toBe(!path.endsWith('_fixed.c'));
    expect((await found(path, text)).sort()).toEqual(bugs.sort());
  });
});
