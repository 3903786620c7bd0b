// @ts-check
// Bundles the command line, the language server and the VS Code client into dist/, the latter two also for browsers.
//   node scripts/build.mjs [--minify] [--only cli,server,client,web-server,web-client] [--outdir DIR]
import { chmod, copyFile, mkdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { build } from 'esbuild';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));

const BUNDLES = {
  cli: { entry: 'server/src/cli/main.ts', file: 'cli.js' },
  server: { entry: 'server/src/lsp/main.ts', file: 'server.js' },
  client: { entry: 'client/src/main.ts', file: 'client.js' },
  'web-server': { entry: 'server/src/lsp/browser-main.ts', file: 'web/server.js' },
  'web-client': { entry: 'client/src/browser-main.ts', file: 'web/client.js' },
};

/** What the parser's runtime asks for in Node only. */
const NEVER_REACHED = ['fs', 'fs/promises', 'module', 'path', 'url'];

/** @param {string} name @returns {import('esbuild').BuildOptions} */
function platformOf(name) {
  if (name === 'web-client') return { platform: 'browser', format: 'cjs', external: ['vscode'] };
  if (name === 'web-server') {
    return {
      platform: 'browser',
      format: 'iife',
      external: NEVER_REACHED,
      define: { 'import.meta.url': 'self.location.href' },
    };
  }
  return {
    platform: 'node',
    format: 'cjs',
    external: ['vscode'],
    // The package's ESM entry asks for import.meta.url, which a CommonJS bundle does not have.
    alias: { 'web-tree-sitter': path.join(root, 'node_modules/web-tree-sitter/web-tree-sitter.cjs') },
  };
}

const WASM = {
  'web-tree-sitter.wasm': 'web-tree-sitter/web-tree-sitter.wasm',
  'tree-sitter-c.wasm': 'tree-sitter-c/tree-sitter-c.wasm',
  'tree-sitter-rust.wasm': 'tree-sitter-rust/tree-sitter-rust.wasm',
};

/**
 * @param {{ only?: readonly string[], minify?: boolean, outdir?: string }} [options]
 */
export async function buildAll(options = {}) {
  const outdir = options.outdir ?? path.join(root, 'dist');
  const { version } = JSON.parse(await readFile(path.join(root, 'package.json'), 'utf8'));
  for (const [name, { entry, file }] of Object.entries(BUNDLES)) {
    if (options.only !== undefined && !options.only.includes(name)) continue;
    const outfile = path.join(outdir, file);
    const platform = platformOf(name);
    await build({
      entryPoints: [path.join(root, entry)],
      outfile,
      bundle: true,
      ...platform,
      target: platform.platform === 'node' ? 'node20' : 'es2023',
      define: { ...platform.define, REVSAFE_VERSION: JSON.stringify(version) },
      banner: name === 'cli' ? { js: '#!/usr/bin/env node' } : {},
      minify: options.minify ?? false,
      sourcemap: options.minify ? false : 'linked',
      logLevel: 'warning',
    });
    if (name === 'cli') await chmod(outfile, 0o755);
  }
  await mkdir(path.join(outdir, 'wasm'), { recursive: true });
  for (const [name, source] of Object.entries(WASM)) {
    await copyFile(path.join(root, 'node_modules', source), path.join(outdir, 'wasm', name));
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { values } = parseArgs({
    options: { minify: { type: 'boolean' }, only: { type: 'string' }, outdir: { type: 'string' } },
  });
  await buildAll({
    ...(values.minify === undefined ? {} : { minify: values.minify }),
    ...(values.only === undefined ? {} : { only: values.only.split(',') }),
    ...(values.outdir === undefined ? {} : { outdir: path.resolve(values.outdir) }),
  });
}
