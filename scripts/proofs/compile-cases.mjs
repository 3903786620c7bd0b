// @ts-check
// What the compile proof builds: samples, fixtures, and the vulnerable drivers of a kernel tree that a list of labels names.
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { ROOT } from '../installation.mjs';
import { variantsOf } from './driver-fixes.mjs';

/**
 * @typedef {object} Case
 * @property {'sample' | 'fixture' | 'driver'} kind
 * @property {string} name
 * @property {string} tree      folder that its files lie in
 * @property {string} file      absolute path of the source
 * @property {readonly string[]} flags  for the compiler
 * @property {readonly import('./driver-fixes.mjs').Variant[]} variants
 */

const HEADERS = join(ROOT, 'test/support/kernel-headers');
/** The core that each form of replacing operations is compiled with. */
const CORE_OF = { F1: 'G2', F2: 'G3', F3a: 'G3', F3b: 'G3' };
/** The release of the headers, so that fixes use what is there. */
const MAKEFILE = 'VERSION = 6\nPATCHLEVEL = 12\n';
const ASKED = {
  'timer.h': 'int del_timer_sync(struct timer_list *timer);\nint timer_delete_sync(struct timer_list *timer);\n',
  'workqueue.h': 'bool disable_work_sync(struct work_struct *work);\n',
};

/** Include paths of a generation. @param {string} api */
function flagsFor(api) {
  const core = CORE_OF[/** @type {keyof typeof CORE_OF} */ (api)];
  return [api, core ?? 'F2'].map((id) => `-I${join(HEADERS, id)}`);
}

/**
 * @param {{ engine: any, parseFixture: any, work: string, labels?: string, kernel?: string, only?: string }} options
 * @returns {Promise<Case[]>}
 */
export async function collectCases({ engine, parseFixture, work, labels, kernel, only = '' }) {
  const cases = [...samples(work), ...fixtures(parseFixture, work)].filter(({ name }) => name.includes(only));
  const found = [];
  for (const { api, ...item } of cases) {
    await engine.addRoot(item.tree, api === undefined ? {} : { api });
    found.push({ ...item, flags: flagsFor(api ?? 'F2'), variants: await variantsOf(engine, item.file) });
  }
  if (labels !== undefined && kernel !== undefined) {
    await engine.addRoot(kernel);
    for (const file of vulnerableFiles(labels, kernel).filter((name) => name.includes(only))) {
      const path = join(kernel, file);
      const flags = [...flagsFor('F2'), ...searchPaths(kernel, dirname(path))];
      found.push({
        kind: /** @type {const} */ ('driver'),
        name: file,
        tree: kernel,
        file: path,
        flags,
        variants: await variantsOf(engine, path),
      });
    }
  }
  return found;
}

/** @param {string} folder @param {string} name @param {readonly { name: string, text: string }[]} files */
function writeTree(folder, name, files) {
  const tree = join(folder, 'src', name);
  for (const file of files) {
    const path = join(tree, file.name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, file.text);
  }
  writeFileSync(join(tree, 'Makefile'), MAKEFILE);
  // What the tree is asked for itself, as the headers that it is compiled against have it.
  mkdirSync(join(tree, 'include/linux'), { recursive: true });
  for (const [header, text] of Object.entries(ASKED)) writeFileSync(join(tree, 'include/linux', header), text);
  writeFileSync(join(tree, 'MAINTAINERS'), '');
  writeFileSync(join(tree, 'Kbuild'), '');
  return tree;
}

/** @param {string} work */
function samples(work) {
  const folder = join(ROOT, 'samples/drivers');
  return readdirSync(folder)
    .filter((name) => name.endsWith('.c') && !name.endsWith('_fixed.c'))
    .map((name) => {
      const text = readFileSync(join(folder, name), 'utf8');
      const tree = writeTree(work, `samples/${basename(name, '.c')}`, [{ name: `drivers/${name}`, text }]);
      const file = join(tree, 'drivers', name);
      return { kind: /** @type {const} */ ('sample'), name, tree, file, api: undefined };
    });
}

/** @param {any} parseFixture @param {string} work */
function fixtures(parseFixture, work) {
  const folder = join(ROOT, 'test/fixtures');
  return readdirSync(folder).flatMap((rule) =>
    readdirSync(join(folder, rule))
      .filter((name) => name.endsWith('.c') && !name.endsWith('.fixed.c'))
      .map((name) => {
        const { files, options } = parseFixture(name, readFileSync(join(folder, rule, name), 'utf8'));
        const placed = files.map((/** @type {{ name: string, text: string }} */ file) => ({
          name: file.name.startsWith('/') ? file.name.slice(1) : `drivers/${file.name}`,
          text: file.text,
        }));
        const tree = writeTree(work, `${rule}/${basename(name, '.c')}`, placed);
        const main = placed.find((/** @type {{ name: string }} */ file) => file.name.endsWith('.c'))?.name ?? name;
        const api = /** @type {string | undefined} */ (options?.api);
        return { kind: /** @type {const} */ ('fixture'), name: `${rule}/${name}`, tree, file: join(tree, main), api };
      }),
  );
}

/** Files of the tree that hold a node labelled vulnerable. @param {string} labels @param {string} kernel */
function vulnerableFiles(labels, kernel) {
  const files = readFileSync(labels, 'utf8')
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => /** @type {{ file: string, verdict: string }} */ (JSON.parse(line)))
    .filter(({ file, verdict }) => verdict === 'vulnerable' && existsSync(join(kernel, file)))
    .map(({ file }) => file);
  return [...new Set(files)].sort();
}

/** `-I` paths of the driver's own Makefile, as they lie in the tree. @param {string} kernel @param {string} folder */
function searchPaths(kernel, folder) {
  const makefile = join(folder, 'Makefile');
  if (!existsSync(makefile)) return [];
  return [...readFileSync(makefile, 'utf8').matchAll(/-I\s*(\$\(\w+\)\S*)/g)].map(
    ([, path = '']) => `-I${path.replace(/\$\((?:srctree|objtree)\)/, kernel).replace(/\$\((?:src|obj)\)/, folder)}`,
  );
}
