// @ts-check
// `npm start`: the demonstration on samples/drivers. `npm start -- check path …`: any command of revsafe.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { ensureBuilt, ensureInstalled, orExplain, ROOT } from './installation.mjs';

orExplain(() => {
  ensureInstalled();
  ensureBuilt();
});

const given = process.argv.slice(2);

/** @param {readonly string[]} args @param {string} cwd */
function revsafe(args, cwd) {
  const result = spawnSync(process.execPath, [join(ROOT, 'dist/cli.js'), ...args], { cwd, stdio: 'inherit' });
  if (result.error !== undefined) throw result.error;
  return result.status ?? 3;
}

// npm runs scripts in the package's folder; paths that the user gives are relative to where they typed them.
if (given.length > 0) process.exit(revsafe(given, process.env.INIT_CWD ?? process.cwd()));

const status = revsafe(['check', 'samples/drivers'], ROOT);
if (status > 1) process.exit(status);
console.log(`
What you see: small drivers from samples/drivers, one bug each; their *_fixed.c twins are clean. Under each
finding stand the two threads that race. Check your own code with

    npm start -- check PATH…        a driver, a folder or a kernel tree (exit code 1 when something is found)
    npm start -- inventory PATH…    every device node with its verdict
    npm start -- explain RULE       what a rule means and how to repair it`);
