// @ts-check
// `npm run check`: types, format and lint, generated files. Runs all of them, then says how many are content.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { ensureInstalled, orExplain, ROOT } from './installation.mjs';

orExplain(ensureInstalled);

/** @type {readonly (readonly string[])[]} */
const CHECKS = [
  ['node_modules/typescript/bin/tsc', '--noEmit'],
  ['node_modules/@biomejs/biome/bin/biome', 'check', '--error-on-warnings', '.'],
  ['node_modules/oxlint/bin/oxlint', '--type-aware', '--deny-warnings', 'server', 'client', 'test'],
  ['scripts/generate.mjs', '--check'],
];

let failed = 0;
for (const [script = '', ...args] of CHECKS) {
  console.log(`> ${script.replace(/^node_modules\//, '')} ${args.join(' ')}`);
  const { status } = spawnSync(process.execPath, [join(ROOT, script), ...args], { cwd: ROOT, stdio: 'inherit' });
  if (status !== 0) failed += 1;
}
console.log(`${CHECKS.length - failed} passed, ${failed} failed`);
process.exit(failed > 0 ? 1 : 0);
