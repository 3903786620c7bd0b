// @ts-check
// Installs and builds what a fresh clone lacks. Uses Node built-ins only, since it runs before any install.
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = fileURLToPath(new URL('..', import.meta.url)).replace(/\/$/, '');

/** @typedef {{ version?: string, optional?: boolean, devOptional?: boolean, peer?: boolean }} LockEntry */

/** @param {string} path @returns {Record<string, LockEntry>} */
function lockedPackages(path) {
  return JSON.parse(readFileSync(join(ROOT, path), 'utf8')).packages ?? {};
}

/** Whether node_modules holds the versions that the lock file names (packages for other platforms may be absent). */
export function isInstalled() {
  if (!existsSync(join(ROOT, 'node_modules/.package-lock.json'))) return false;
  const installed = lockedPackages('node_modules/.package-lock.json');
  return Object.entries(lockedPackages('package-lock.json')).every(([path, entry]) => {
    if (path === '') return true;
    const found = installed[path];
    return found === undefined ? entry.optional === true : found.version === entry.version;
  });
}

/** @param {string} command @param {readonly string[]} args */
function run(command, args) {
  // Output goes to stderr: stdout belongs to the program that is started afterwards.
  const result = spawnSync(command, args, { cwd: ROOT, stdio: ['ignore', 2, 2], shell: process.platform === 'win32' });
  if (result.error !== undefined) throw result.error;
  if (result.status !== 0) throw new Error(`${command} ${args.join(' ')} ended with ${result.status ?? result.signal}`);
}

export function ensureInstalled() {
  if (isInstalled()) return;
  console.error('Installing packages (npm ci) …');
  run('npm', ['ci', '--no-audit', '--no-fund']);
}

/** @param {string} path @returns {number} newest modification time under a path, ms */
function newestChange(path) {
  const stat = statSync(path, { throwIfNoEntry: false });
  if (stat === undefined) return 0;
  if (!stat.isDirectory()) return stat.mtimeMs;
  return readdirSync(path).reduce((newest, name) => Math.max(newest, newestChange(join(path, name))), stat.mtimeMs);
}

const BUILT = ['dist/cli.js', 'dist/server.js'];
const SOURCES = ['server/src', 'client/src', 'docs/rules', 'package.json', 'package-lock.json', 'scripts/build.mjs'];

/** Builds when a source is newer than what was built. */
export function ensureBuilt() {
  const builtAt = Math.min(...BUILT.map((path) => statSync(join(ROOT, path), { throwIfNoEntry: false })?.mtimeMs ?? 0));
  const changedAt = Math.max(...SOURCES.map((path) => newestChange(join(ROOT, path))));
  if (builtAt > 0 && builtAt >= changedAt) return;
  console.error('Building …');
  run(process.execPath, ['scripts/build.mjs']);
}

/** One sentence and exit code 3 instead of a stack: the program has not begun. @param {() => void} step */
export function orExplain(step) {
  try {
    step();
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exit(3);
  }
}
