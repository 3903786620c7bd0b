/** The package as users get it: what is in it, how large it is, and that its server works from its own folder. */
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { listFiles, PackageManager } from '@vscode/vsce';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LanguageClient, PULLS, temporaryFolder } from '../support/language-client.ts';
import { filesUnder, ROOT, readRepositoryFile } from '../support/repository.ts';
import { SAMPLE_DRIVER } from '../support/sample-driver.ts';

const packed = temporaryFolder('package');
const vsix = join(packed.path, 'extension.vsix');
const installed = join(packed.path, 'installed');
let files: string[] = [];

beforeAll(async () => {
  const result = spawnSync(process.execPath, ['scripts/package-vsix.mjs', '--out', vsix], {
    cwd: ROOT,
    encoding: 'utf8',
  });
  if (result.status !== 0) throw new Error(result.stdout + result.stderr);
  files = (await listFiles({ cwd: ROOT, packageManager: PackageManager.None })).sort();
  for (const file of files) {
    const target = join(installed, file);
    mkdirSync(dirname(target), { recursive: true });
    copyFileSync(join(ROOT, file), target);
  }
});

afterAll(() => packed.dispose());

describe('package', () => {
  it('is small', () => {
    expect(statSync(vsix).size).toBeGreaterThan(100_000);
    expect(statSync(vsix).size).toBeLessThan(3 * 1024 * 1024);
  });

  it('holds what it needs and nothing else', () => {
    const pages = filesUnder('docs/rules', '.md');
    expect(pages.length).toBeGreaterThan(1);
    expect(files).toEqual(
      [
        'CHANGELOG.md',
        'LICENSE',
        'README.md',
        'dist/cli.js',
        'dist/client.js',
        'dist/server.js',
        'dist/wasm/tree-sitter-c.wasm',
        'dist/wasm/tree-sitter-rust.wasm',
        'dist/wasm/web-tree-sitter.wasm',
        'dist/web/client.js',
        'dist/web/server.js',
        'media/icon.png',
        'media/view.svg',
        'package.json',
        ...pages,
        ...filesUnder('media/walkthrough', '.svg'),
        ...filesUnder('schemas', '.json'),
        ...filesUnder('syntaxes', '.json'),
      ].sort(),
    );
  });

  it('holds every file that its manifest names', () => {
    const manifest = readRepositoryFile('package.json');
    const named = [...manifest.matchAll(/"\.\/([^"]+\.(?:js|json|md|svg|png))"/g)].map((match) => match[1] ?? '');
    expect(named).toContain('dist/client.js');
    expect(named.filter((file) => !files.includes(file))).toEqual([]);
  });

  it('starts its server and finds the bug', async () => {
    const client = await LanguageClient.start(join(installed, 'dist/server.js'), {
      capabilities: PULLS,
      initializationOptions: { extensionFolder: pathToFileURL(installed).href },
    });
    const uri = packed.write('driver/foo.c', SAMPLE_DRIVER);
    await client.open(uri, SAMPLE_DRIVER);
    const found = (await client.diagnostics(uri)).find((diagnostic) => diagnostic.code === 'unfenced-unregister');
    const page = new URL(found?.codeDescription?.href ?? '');
    expect(statSync(page).isFile()).toBe(true);
    expect(await client.stop()).toBe(0);
  });
});
