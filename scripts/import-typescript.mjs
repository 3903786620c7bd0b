// @ts-check
// Lets a script use the TypeScript sources without a build.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { ROOT } from './installation.mjs';

/**
 * Bundles and imports a module. `contents` imports and exports by paths relative to the repository's root.
 * @param {string} contents
 * @returns {Promise<any>}
 */
export async function importTypeScript(contents) {
  const folder = mkdtempSync(join(tmpdir(), 'revsafe-script-'));
  const outfile = join(folder, 'module.mjs');
  try {
    await build({
      stdin: { contents, resolveDir: ROOT, loader: 'ts' },
      bundle: true,
      format: 'esm',
      platform: 'node',
      target: 'node20',
      // CommonJS packages ask for Node's own modules.
      banner: {
        js: "import { createRequire as requireFrom } from 'node:module';\nconst require = requireFrom(import.meta.url);",
      },
      outfile,
      logLevel: 'error',
    });
    return await import(pathToFileURL(outfile).href);
  } finally {
    rmSync(folder, { recursive: true });
  }
}
