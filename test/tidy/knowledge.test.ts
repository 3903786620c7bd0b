/** Contracts are pure data, and every row says where it was read. */
import { describe, expect, it } from 'vitest';
import { builtinContracts } from '../../server/src/knowledge/contracts/index.ts';
import { filesUnder, readRepositoryFile } from '../support/repository.ts';

const sources = filesUnder('server/src/knowledge/contracts', '.ts').filter((path) => !path.endsWith('/index.ts'));

describe('contracts', () => {
  it('are all listed in the generated index', () => {
    const index = readRepositoryFile('server/src/knowledge/contracts/index.ts');
    const exporting = sources.filter((path) => /^export const \w+ = contracts\(/m.test(readRepositoryFile(path)));
    expect(exporting.length).toBeGreaterThan(10);
    expect(exporting.filter((path) => !index.includes(`'./${path.split('/').at(-1)}'`))).toEqual([]);
    expect(builtinContracts).toHaveLength(exporting.length);
  });

  it('survive a JSON round trip', () => {
    expect(JSON.parse(JSON.stringify(builtinContracts))).toEqual(builtinContracts);
  });

  it('have evidence in every row', () => {
    const bare = builtinContracts.flatMap((file) =>
      Object.entries(file)
        .filter((entry): entry is [string, readonly { evidence?: readonly unknown[] }[]] => Array.isArray(entry[1]))
        .flatMap(([kind, rows]) =>
          rows
            .filter((row) => !row.evidence?.length)
            .map((row) => `${file.header} ${kind}: ${JSON.stringify(row).slice(0, 80)}`),
        ),
    );
    expect(bare).toEqual([]);
  });

  it('hold no code', () => {
    expect(
      sources.filter((path) =>
        /=>|\bfunction\s*\(|\bnew\s+RegExp/.test(readRepositoryFile(path).replace(/'(?:\\.|[^'\\\n])*'/g, "''")),
      ),
    ).toEqual([]);
  });
});
