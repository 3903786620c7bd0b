// @ts-check
// The real editor: VS Code's own server from npm (no install script, no compiler), the system's Chromium, and playwright-core to drive it.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  accessSync,
  constants,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const MANIFESTS = fileURLToPath(new URL('./editor', import.meta.url));
const MANIFEST_FILES = ['package.json', 'package-lock.json', '.npmrc'];
const VSCODE = 'node_modules/code-server/lib/vscode';
const BROWSERS = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];

/**
 * @typedef {object} Editor
 * @property {string} serverMain script of VS Code's server
 * @property {string} browser path of Chromium
 * @property {any} playwright the module playwright-core
 */

/**
 * Something that the machine lacks: told as a sentence, without a stack.
 */
export class Missing extends Error {}

/** @param {string} name @returns {string | undefined} */
export function onPath(name) {
  for (const folder of (process.env.PATH ?? '').split(delimiter)) {
    const path = join(folder, name);
    try {
      accessSync(path, constants.X_OK);
      return path;
    } catch {
      // The next folder may have it.
    }
  }
  return undefined;
}

function findBrowser() {
  const browser = process.env.CHROMIUM ?? BROWSERS.map(onPath).find((path) => path !== undefined);
  if (browser === undefined || !existsSync(browser)) {
    throw new Missing('No Chromium: `apt-get install chromium fonts-dejavu-core`, or name one in CHROMIUM.');
  }
  return browser;
}

/** @param {string} cwd @param {readonly string[]} args */
function npm(cwd, ...args) {
  const command = ['--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error', ...args];
  // Settings of an outer npm run (its prefix, its workspace) are not meant for this folder.
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^npm_(?!config_)/.test(name)));
  const { status, error } = spawnSync('npm', command, { cwd, env, stdio: ['ignore', 2, 2] });
  if (status !== 0) {
    throw new Missing(
      `The editor cannot be installed: npm ${args.join(' ')} failed (${error?.message ?? status}). It needs the npm registry.`,
    );
  }
}

/** Installs what the lock file names, once for each lock file and user; 300 MB. */
function installPackages() {
  const hash = createHash('sha256');
  for (const file of MANIFEST_FILES) hash.update(readFileSync(join(MANIFESTS, file)));
  const cache = join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'revsafe-e2e');
  const target = join(cache, hash.digest('hex').slice(0, 16));
  if (existsSync(target)) return target;

  console.error(`Installing VS Code's server in ${target} …`);
  mkdirSync(cache, { recursive: true });
  const folder = mkdtempSync(join(cache, 'install-'));
  try {
    for (const file of MANIFEST_FILES) copyFileSync(join(MANIFESTS, file), join(folder, file));
    npm(folder, 'ci');
    // VS Code's own dependencies, pinned by its npm-shrinkwrap.json; `npm ci` takes that file for stale.
    npm(join(folder, VSCODE), 'install', '--omit=dev');
    // Whole or not at all: another run may look for it, or install it, at the same time.
    if (!existsSync(target)) renameSync(folder, target);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  return target;
}

/** @returns {Editor} */
export function ensureEditor() {
  const browser = findBrowser();
  const packages = installPackages();
  return {
    serverMain: join(packages, VSCODE, 'out/server-main.js'),
    browser,
    playwright: createRequire(join(packages, 'package.json'))('playwright-core'),
  };
}
