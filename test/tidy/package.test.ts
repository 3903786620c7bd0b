/** What ships in the extension: everything that it needs and nothing else. */
import { listFiles, PackageManager } from '@vscode/vsce';
import { describe, expect, it } from 'vitest';
import { ROOT } from '../support/repository.ts';

const MAY_SHIP = [
  /^(package\.json|README\.md|CHANGELOG\.md|LICENSE)$/,
  /^dist\/(web\/)?(client|server)\.js$/,
  /^dist\/cli\.js$/,
  /^dist\/wasm\/[\w-]+\.wasm$/,
  /^docs\/rules\/[\w-]+\.md$/,
  /^media\/(walkthrough\/)?[\w-]+\.(png|svg)$/,
  /^schemas\/[\w-]+\.schema\.json$/,
  /^syntaxes\/[\w.-]+\.json$/,
];

describe('extension package', () => {
  it('ships its pages, its licence and its grammars, and no sources', async () => {
    const files = await listFiles({ cwd: ROOT, packageManager: PackageManager.None });
    expect(files).toContain('package.json');
    expect(files).toContain('LICENSE');
    expect(files).toContain('docs/rules/unfenced-unregister.md');
    expect(files.filter((path) => !MAY_SHIP.some((pattern) => pattern.test(path)))).toEqual([]);
  });
});
