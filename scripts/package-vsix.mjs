// @ts-check
// Builds the release bundles and packs the extension. Needs no network.
//   node scripts/package-vsix.mjs [--out FILE]
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { createVSIX } from '@vscode/vsce';
import { buildAll } from './build.mjs';
import { ROOT } from './installation.mjs';

/** Largest package that installs without a noticeable wait, in bytes. */
const MAX_SIZE = 3 * 1024 * 1024;

const { values } = parseArgs({ options: { out: { type: 'string' } } });
const file = values.out ?? join(ROOT, 'revocable-safety.vsix');

await buildAll({ minify: true });
await createVSIX({
  cwd: ROOT,
  packagePath: file,
  dependencies: false,
  allowMissingRepository: true,
  rewriteRelativeLinks: false,
});

const { size } = statSync(file);
if (size > MAX_SIZE) throw new Error(`${file} has ${size} bytes, more than ${MAX_SIZE}`);
console.log(`${file}: ${(size / 1024).toFixed(0)} KiB`);
