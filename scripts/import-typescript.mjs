// @ts-check
// Lets a script use the TypeScript sources without a build.
import { build } from 'esbuild';
import { ROOT } from './installation.mjs';

/**
 * Bundles and imports a module. `contents` imports and exports by paths relative to the repository's root.
 * @param {string} contents
 * @returns {Promise<any>}
 */
export async function importTypeScript(contents) {
  const bundle = await build({
    stdin: { contents, resolveDir: ROOT, loader: 'ts' },
    bundle: true,
    format: 'esm',
    platform: 'node',
    write: false,
    logLevel: 'error',
  });
  const code = Buffer.from(bundle.outputFiles[0]?.contents ?? []).toString('base64');
  return import(`data:text/javascript;base64,${code}`);
}
