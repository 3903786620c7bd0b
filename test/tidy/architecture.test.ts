/** The import table of docs/architecture.md, as a test. Changing it needs a decision record. */
import { describe, expect, it } from 'vitest';
import { filesUnder, readRepositoryFile, withoutComments } from '../support/repository.ts';

/** Folder of server/src → folders that its files may import. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  base: [],
  'base-node': ['base'],
  syntax: ['base'],
  ir: ['base', 'syntax'],
  knowledge: ['base'],
  analysis: ['base', 'ir', 'knowledge'],
  rules: ['base', 'ir', 'knowledge', 'analysis'],
  features: ['base', 'ir', 'knowledge', 'analysis', 'rules'],
  engine: ['base', 'syntax', 'ir', 'knowledge', 'analysis', 'rules', 'features'],
  lsp: ['base', 'base-node', 'engine'],
  cli: ['base', 'base-node', 'engine'],
};

/** Folder → packages that its files may import. `node:` stands for every Node built-in. */
const MAY_IMPORT_PACKAGES: Readonly<Record<string, readonly string[]>> = {
  syntax: ['web-tree-sitter'],
  'base-node': ['node:'],
  knowledge: ['ajv'],
  lsp: ['node:', 'vscode-languageserver', 'vscode-languageserver-textdocument'],
  // `sarif` has types only.
  cli: ['node:', 'commander', 'diff', 'sarif'],
  client: ['node:', 'vscode', 'vscode-languageclient'],
};

interface Import {
  readonly file: string;
  readonly target: string;
  readonly typeOnly: boolean;
}

const STATEMENT = /^\s*(?:import|export)\s+(type\s+)?(?:[^;'"]*?\sfrom\s+)?'([^']+)'/gm;
const DYNAMIC = /\b(?:import|require)\(\s*['"]([^'"]+)['"]/g;

function importsOf(file: string): Import[] {
  const text = withoutComments(readRepositoryFile(file));
  return [
    ...[...text.matchAll(STATEMENT)].map((match) => ({
      file,
      target: match[2] ?? '',
      typeOnly: match[1] !== undefined,
    })),
    ...[...text.matchAll(DYNAMIC)].map((match) => ({ file, target: match[1] ?? '', typeOnly: false })),
  ];
}

/** Folder of server/src that a repository path lies in, or `client`. */
function folderOf(path: string): string {
  const match = /^server\/src\/([^/]+)\//.exec(path) ?? /^(client)\/src\//.exec(path);
  return match?.[1] ?? path;
}

function resolveImport(from: string, target: string): string {
  return new URL(target, `file:///${from}`).pathname.slice(1);
}

function packageOf(target: string): string {
  if (target.startsWith('node:')) return 'node:';
  return target.split('/', target.startsWith('@') ? 2 : 1).join('/');
}

/** What is wrong with an import, or undefined. */
function violation({ file, target, typeOnly }: Import): string | undefined {
  const folder = folderOf(file);
  if (!target.startsWith('.')) {
    const allowed = MAY_IMPORT_PACKAGES[folder] ?? [];
    return allowed.includes(packageOf(target))
      ? undefined
      : `${file} imports ${target}; ${folder} may import these packages: ${allowed.join(', ') || 'none'}`;
  }
  if (!/\.(ts|json)$/.test(target)) return `${file} imports ${target} without its .ts extension`;
  const resolved = resolveImport(file, target);
  const to = folderOf(resolved);
  if (to === folder) return undefined;
  // Published schemas are data that ships beside the sources.
  if (folder === 'knowledge' && /^schemas\/[\w-]+\.schema\.json$/.test(resolved.replace(/^(\.\.\/)+/, '')))
    return undefined;
  if (folder === 'client') {
    return typeOnly && resolved === 'server/src/lsp/protocol.ts'
      ? undefined
      : `${file} imports ${target}; the client imports only the types of lsp/protocol.ts`;
  }
  const allowed = MAY_IMPORT[folder];
  if (allowed === undefined) return `${file} lies in ${folder}, which has no row in the import table`;
  if (allowed.includes(to)) return undefined;
  // The IR is plain data that all layers above it may name in their types.
  if (typeOnly && resolved === 'server/src/ir/ir.ts' && allowed.includes('engine')) return undefined;
  return `${file} imports ${target}; ${folder} may import: ${allowed.join(', ') || 'nothing'}`;
}

const files = [...filesUnder('server/src', '.ts'), ...filesUnder('client/src', '.ts')];

describe('import table', () => {
  it('sees the sources', () => {
    expect(files.length).toBeGreaterThan(40);
    expect(files.flatMap(importsOf).length).toBeGreaterThan(100);
  });

  it('has a row for every folder of server/src', () => {
    const folders = new Set(filesUnder('server/src', '.ts').map(folderOf));
    expect([...folders].filter((folder) => MAY_IMPORT[folder] === undefined)).toEqual([]);
  });

  it('is kept', () => {
    expect(
      files
        .flatMap(importsOf)
        .map(violation)
        .filter((text) => text !== undefined),
    ).toEqual([]);
  });

  it('would notice an import that it forbids', () => {
    const bad = (file: string, target: string): string | undefined => violation({ file, target, typeOnly: false });
    expect(bad('server/src/rules/x.ts', '../engine/api.ts')).toContain('rules may import');
    expect(bad('server/src/analysis/x.ts', 'node:fs')).toContain('analysis may import these packages');
    expect(bad('server/src/engine/x.ts', 'web-tree-sitter')).toContain('engine may import these packages');
    expect(bad('client/src/main.ts', '../../server/src/engine/api.ts')).toContain('the client imports only');
    expect(bad('server/src/cli/x.ts', '../lsp/main.ts')).toContain('cli may import');
  });
});

describe('architecture page', () => {
  const page = readRepositoryFile('docs/architecture.md');

  it('names every folder of server/src', () => {
    const folders = Object.keys(MAY_IMPORT);
    expect(folders.filter((folder) => !page.includes(`\`${folder}\``))).toEqual([]);
  });

  it('states the table that is enforced', () => {
    const rows = Object.entries(MAY_IMPORT).map(
      ([folder, allowed]) => `| \`${folder}\` | ${allowed.map((name) => `\`${name}\``).join(', ') || 'nothing'} |`,
    );
    expect(rows.filter((row) => !page.includes(row))).toEqual([]);
  });

  it('names files that exist', () => {
    const named = [...page.matchAll(/`((?:server|client|test|scripts|docs|samples)\/[\w./-]+\.\w+)`/g)].map(
      (match) => match[1] ?? '',
    );
    const known = new Set(filesUnder(''));
    expect(named.length).toBeGreaterThan(10);
    expect(named.filter((path) => !known.has(path) && !path.includes('my-rule-id'))).toEqual([]);
  });
});
