/** Kernel lore is data: a kernel function's name in the sources outside `knowledge` is a bug. */
import { describe, expect, it } from 'vitest';
import { builtinContracts } from '../../server/src/knowledge/contracts/index.ts';
import { filesUnder, readRepositoryFile, stringLiterals, withoutComments } from '../support/repository.ts';

/** Files that are data about kernel macros themselves. */
const DATA_FILES: Readonly<Record<string, string>> = {
  'server/src/syntax/dialect-table.ts': 'the table that guides the dialect pass',
  'server/src/syntax/macro-conventions.ts': 'how families of kernel macros bind their arguments',
};

/** English words of plain prose and option names that a kernel function or macro happens to share. */
const PLAIN_WORDS = new Set([
  'likely',
  'unlikely',
  'schedule',
  'complete',
  'offsetof',
  'sizeof',
  'typeof',
  'default',
  'unreachable',
]);

const names = new Set(
  builtinContracts
    .flatMap((file) => [...(file.functions ?? []), ...(file.macros ?? [])])
    .flatMap((row) => [row.name, ...('aliases' in row ? (row.aliases ?? []) : [])])
    .filter((name) => name.length > 5 && !PLAIN_WORDS.has(name)),
);

const files = filesUnder('server/src', '.ts').filter(
  (path) => !path.startsWith('server/src/knowledge/') && DATA_FILES[path] === undefined,
);

/** A rule's documentation tells people about kernel functions; a rule's code must not. */
function isRuleFile(path: string): boolean {
  return /^server\/src\/rules\/[\w-]+\.ts$/.test(path);
}

function kernelNamesIn(path: string, text: string): string[] {
  const found: string[] = [];
  const report = (line: number, name: string): number => found.push(`${path}:${line}: ${name}`);
  // Names in our code have no underscore, so a word with one that is in a contract is a kernel name, in a literal or not.
  const prose = isRuleFile(path)
    ? text.replace(/'(?:\\.|[^'\\\n])*\s(?:\\.|[^'\\\n])*'|`(?:\\.|[^`\\])*\s(?:\\.|[^`\\])*`/g, (literal) =>
        literal.replace(/\S/g, ' '),
      )
    : text;
  const code = withoutComments(prose).split('\n');
  for (const [index, line] of code.entries()) {
    for (const [word] of line.matchAll(/\b\w*[A-Za-z0-9]_\w+\b/g)) if (names.has(word)) report(index + 1, word);
  }
  for (const literal of stringLiterals(text)) {
    if (!literal.text.includes('_') && names.has(literal.text)) report(literal.line, literal.text);
  }
  return found;
}

describe('kernel names', () => {
  it('are known to the test', () => {
    expect(names.size).toBeGreaterThan(300);
    expect(files.length).toBeGreaterThan(30);
  });

  it('stand in knowledge only', () => {
    expect(files.flatMap((path) => kernelNamesIn(path, readRepositoryFile(path)))).toEqual([]);
  });

  it('would be noticed', () => {
    const find = (path: string, text: string): number => kernelNamesIn(path, text).length;
    expect(find('server/src/analysis/x.ts', "if (name === 'misc_deregister') {}")).toBe(1);
    expect(find('server/src/analysis/x.ts', 'const r = /^misc_deregister$/;')).toBe(1);
    expect(find('server/src/rules/x.ts', "if (name === 'misc_deregister') {}")).toBe(1);
    expect(find('server/src/rules/x.ts', "why: 'misc_deregister() does not wait',")).toBe(0);
    expect(find('server/src/analysis/x.ts', '// misc_deregister does not wait')).toBe(0);
  });

  it('has no exemption for a file that is gone', () => {
    expect(Object.keys(DATA_FILES).filter((path) => !filesUnder('server/src', '.ts').includes(path))).toEqual([]);
  });
});
