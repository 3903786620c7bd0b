// @ts-check
// Compiles drivers out of tree against a distribution's kernel headers.
import { spawn } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { basename, dirname, join, normalize, relative, resolve } from 'node:path';

/** Debian's package of this series; other distributions are named with `--headers`. */
const HEADERS_PACKAGE = 'linux-headers-6.12-amd64';
const HEADERS = /^linux-headers-6\.12\.[\w.+]*-amd64$/;

/** What the machine lacks for a proof, with the command that brings it. */
export class MissingTool extends Error {}

/** @param {string | undefined} given @returns {string} folder of the kernel headers */
export function findHeaders(given) {
  const folder = given ?? newestHeaders();
  if (folder === undefined || !existsSync(join(folder, 'Makefile'))) {
    throw new MissingTool(
      `no kernel headers at ${folder ?? '/usr/src/linux-headers-6.12*-amd64'}: ` +
        `apt-get install ${HEADERS_PACKAGE} make gcc, or name a folder with --headers`,
    );
  }
  return resolve(folder);
}

function newestHeaders() {
  const names = existsSync('/usr/src') ? readdirSync('/usr/src').filter((name) => HEADERS.test(name)) : [];
  const newest = names.sort(new Intl.Collator('en', { numeric: true }).compare).at(-1);
  return newest === undefined ? undefined : join('/usr/src', newest);
}

/**
 * Compiles the objects, each in its own folder of `work`, with warnings as errors.
 * @param {{ headers: string, work: string, objects: readonly string[], include?: readonly string[] }} job
 * @returns {Promise<ReadonlyMap<string, string>>} what the compiler said of those that failed
 */
export async function buildObjects({ headers, work, objects }) {
  /** @type {Map<string, string>} */
  const failures = new Map();
  const BATCH = 200;
  for (let at = 0; at < objects.length; at += BATCH) {
    const batch = objects.slice(at, at + BATCH);
    const output = await make(headers, work, batch);
    for (const object of batch) {
      if (!existsSync(join(work, object))) failures.set(object, complaintsAbout(output, join(work, dirname(object))));
    }
  }
  return failures;
}

/** @param {string} headers @param {string} work @param {readonly string[]} targets @returns {Promise<string>} */
export function make(headers, work, targets) {
  const args = ['-k', `-j${availableParallelism()}`, '-s', '-C', headers, `M=${work}`, ...targets];
  return new Promise((done, fail) => {
    const child = spawn('make', args, { stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    child.stdout.on('data', (data) => (output += data));
    child.stderr.on('data', (data) => (output += data));
    child.on('error', (error) => fail(new MissingTool(`make: ${error.message}: apt-get install make gcc`)));
    child.on('close', () => done(output));
  });
}

/** Lines of the compiler's output about files below a folder. @param {string} output @param {string} folder */
function complaintsAbout(output, folder) {
  const lines = output
    .split('\n')
    .filter((line) => line.includes(`${folder}/`) && /error|warning/.test(line) && !line.startsWith('make['));
  return lines.map((line) => line.replaceAll(`${folder}/`, '')).join('\n') || 'the compiler said nothing';
}

/**
 * Copies a driver with the headers of its own tree that it includes in quotes; `changed` replaces texts.
 * @param {{ tree: string, file: string, folder: string, changed: ReadonlyMap<string, string>, flags: readonly string[] }} driver
 * @returns {string} path of its object, relative to the parent of `folder`
 */
export function layOut({ tree, file, folder, changed, flags }) {
  const waiting = [file, ...changed.keys()];
  const seen = new Set();
  for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
    if (seen.has(path)) continue;
    seen.add(path);
    const text = changed.get(path) ?? readFileSync(path, 'utf8');
    const target = join(folder, relative(tree, path));
    mkdirSync(dirname(target), { recursive: true });
    if (changed.has(path)) writeFileSync(target, text);
    else copyFileSync(path, target);
    for (const [, name = ''] of text.matchAll(/^[ \t]*#[ \t]*include[ \t]*"([^"]+)"/gm)) {
      const found = [dirname(path), tree].map((at) => normalize(join(at, name))).find((at) => existsSync(at));
      if (found?.startsWith(`${tree}/`)) waiting.push(found);
    }
  }
  const object = join(basename(folder), relative(tree, file).replace(/\.c$/, '.o'));
  writeFileSync(
    join(folder, relative(tree, dirname(file)), 'Kbuild'),
    `ccflags-y += -Werror ${flags.join(' ')}\nobj-m += ${basename(object)}\n`,
  );
  return object;
}
