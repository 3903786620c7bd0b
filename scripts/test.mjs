// @ts-check
// `npm test`: works on a fresh clone. Arguments go to vitest, e.g. `npm test -- unfenced-unregister`.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensureBuilt, ensureInstalled, orExplain, ROOT } from './installation.mjs';

orExplain(() => {
  ensureInstalled();
  ensureBuilt();
});

const folder = mkdtempSync(join(tmpdir(), 'revsafe-test-'));
const report = join(folder, 'result.json');
const vitest = join(ROOT, 'node_modules/vitest/vitest.mjs');
const { status } = spawnSync(
  process.execPath,
  [vitest, 'run', '--reporter=default', '--reporter=json', `--outputFile.json=${report}`, ...process.argv.slice(2)],
  { cwd: ROOT, stdio: 'inherit' },
);

let passed = 0;
let failed = 0;
try {
  const result = JSON.parse(readFileSync(report, 'utf8'));
  passed = result.numPassedTests;
  failed = result.numFailedTests;
  // A file that fails while it loads has no tests of its own; it must count all the same.
  for (const file of result.testResults) {
    if (
      file.status === 'failed' &&
      !file.assertionResults.some((/** @type {{ status: string }} */ test) => test.status === 'failed')
    )
      failed += 1;
  }
} catch (error) {
  console.error(`vitest left no readable result: ${error instanceof Error ? error.message : error}`);
}
rmSync(folder, { recursive: true, force: true });
if (status !== 0 && failed === 0) failed = 1;
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed > 0 || passed === 0 ? 1 : 0);
