// @ts-check
// `npm run fuzz -- [--seconds N] [--seed N]`: damaged drivers through the whole engine, and damaged messages to the built server.
// N seconds for each search (default 30). A failure prints the seed, the path to it and the smallest input that was found.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { ensureBuilt, ensureInstalled, orExplain, ROOT } from './installation.mjs';

const { values } = parseArgs({
  options: { seconds: { type: 'string', default: '30' }, seed: { type: 'string', default: String(Date.now() % 1e9) } },
});
orExplain(() => {
  ensureInstalled();
  ensureBuilt();
});
const vitest = join(ROOT, 'node_modules/vitest/vitest.mjs');
const { status } = spawnSync(
  process.execPath,
  [vitest, 'run', '--config', 'vitest.fuzz.config.mjs', '--disable-console-intercept'],
  {
    cwd: ROOT,
    stdio: 'inherit',
    env: { ...process.env, FUZZ_SECONDS: values.seconds, FUZZ_SEED: values.seed },
  },
);
process.exit(status ?? 1);
