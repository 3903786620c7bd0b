// @ts-check
// Runs the tests of `extension-host/` inside the extension host of the running editor, in a second window.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { until } from './until.mjs';

/** Variable of the editor's environment: the file for the results. */
export const RESULTS = 'REVSAFE_E2E_RESULTS';

/**
 * @param {import('./editor-server.mjs').EditorServer} server
 * @param {any} context of the browser
 * @param {string} results path that the editor was given
 * @returns {Promise<import('./extension-host/index.ts').Result[]>}
 */
export async function runInExtensionHost(server, context, results) {
  const outfile = join(server.root, 'extension-host-tests.cjs');
  await build({
    entryPoints: [fileURLToPath(new URL('./extension-host/index.ts', import.meta.url))],
    outfile,
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    external: ['vscode'],
    logLevel: 'warning',
  });
  const page = await context.newPage();
  try {
    // The installed extension stands for the one under development: it is the package that is tested.
    const payload = /** @type {const} */ ([
      ['extensionDevelopmentPath', server.uri(server.extension)],
      ['extensionTestsPath', server.uri(outfile)],
    ]);
    await page.goto(server.url(server.secondWorkspace, payload), { waitUntil: 'domcontentloaded' });
    await until(
      'results of the tests in the extension host',
      () => existsSync(results) && readFileSync(results, 'utf8'),
    );
    return JSON.parse(readFileSync(results, 'utf8'));
  } finally {
    await page.close();
  }
}
