// @ts-check
// `npm run prove:boot [-- --only NAME --image VMLINUZ --headers DIR --update]`: is a fixed driver safe in a running kernel? Builds the drivers of
// test/boot as they are and as the fixes leave them, boots a distribution's kernel in QEMU, unbinds every driver under an
// open file, and reads the log. Exit code 1 when a bug does not show or a repaired driver misbehaves, 2 when the machine
// lacks a tool.
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { bootCases, TROUBLE } from '../test/boot/cases.mjs';
import { ensureInstalled, orExplain, ROOT } from './installation.mjs';
import { startEngine, variantsOf } from './proofs/driver-fixes.mjs';
import { findHeaders, MissingTool, make } from './proofs/kernel-build.mjs';
import { boot, compileInit, findKernel, findTools, makeFileSystem, OFF, sectionOf } from './proofs/machine.mjs';
import { updateSection } from './proofs/proof-page.mjs';

/** @typedef {import('../test/boot/cases.mjs').BootCase} BootCase */

const { values } = parseArgs({
  options: {
    headers: { type: 'string' },
    image: { type: 'string' },
    only: { type: 'string' },
    keep: { type: 'boolean' },
    update: { type: 'boolean' },
  },
});

const SOURCES = join(ROOT, 'test/boot');
const HEADERS = join(ROOT, 'test/support/kernel-headers');

/** @param {string | undefined} given */
const fromCaller = (given) => given && resolve(process.env.INIT_CWD ?? '.', given);

/** The driver as the fix of that name leaves it. @param {any} engine @param {BootCase} item @param {string} folder */
async function repaired(engine, { name, fix }, folder) {
  const path = join(folder, `${name}.c`);
  const variant = (await variantsOf(engine, path)).find((offer) => offer.fix === fix && offer.disabled === undefined);
  const text = variant?.files.get(path);
  if (variant === undefined || text === undefined) throw new Error(`${fix} is not offered for ${name}.c`);
  if (variant.complaints.length > 0) throw new Error(`${fix} for ${name}.c: ${variant.complaints.join('; ')}`);
  return text;
}

/** Sources of all modules. @param {readonly BootCase[]} cases @param {string} work */
async function writeModules(cases, work) {
  const { engine } = await startEngine();
  const drivers = join(work, 'drivers');
  const modules = join(work, 'modules');
  mkdirSync(drivers);
  mkdirSync(modules);
  await engine.addRoot(drivers);
  const names = ['platform', 'fs_revocable'];
  for (const name of names) copyFileSync(join(SOURCES, `${name}.c`), join(modules, `${name}.c`));
  for (const item of cases) {
    const source = join(SOURCES, 'drivers', `${item.name}.c`);
    copyFileSync(source, join(drivers, `${item.name}.c`));
    copyFileSync(source, join(modules, `${item.name}.c`));
    names.push(item.name);
    if (item.after === undefined) continue;
    writeFileSync(join(modules, `${item.name}_after.c`), await repaired(engine, item, drivers));
    names.push(`${item.name}_after`);
  }
  const include = ['F2', 'G3'].map((id) => `-I${join(HEADERS, id)}`).join(' ');
  writeFileSync(
    join(modules, 'Kbuild'),
    `ccflags-y += -Werror ${include}\nobj-m += ${names.map((name) => `${name}.o`).join(' ')}\n`,
  );
  return { modules, names };
}

/** @param {BootCase} item @param {string} before @param {string} after */
function judge(item, before, after) {
  const shown = item.before.test(before);
  const trouble = TROUBLE.exec(after)?.[0];
  const repairedWell = item.after === undefined || (item.after.test(after) && trouble === undefined);
  const seen = !shown ? 'the bug does not show' : repairedWell ? 'proved' : (trouble ?? 'another end than expected');
  return { item, passed: shown && repairedWell, seen };
}

async function main() {
  const headers = findHeaders(fromCaller(values.headers));
  findTools();
  const cases = bootCases.filter(({ name }) => name.includes(values.only ?? ''));
  const work = mkdtempSync(join(tmpdir(), 'revsafe-boot-'));
  try {
    compileInit(join(SOURCES, 'init.c'), join(work, 'init'));
    const kernel = findKernel(fromCaller(values.image), headers, work);
    const { modules, names } = await writeModules(cases, work);
    const output = await make(headers, modules, ['modules']);
    const missing = names.find((name) => !existsSync(join(modules, `${name}.ko`)));
    if (missing !== undefined) throw new Error(`${missing}.ko was not built:\n${output}`);
    const initrd = makeFileSystem({
      work,
      init: join(work, 'init'),
      modules: names.map((name) => join(modules, `${name}.ko`)),
      scripts: new Map(cases.flatMap((item) => [item.name, `${item.name}_after`].map((name) => [name, item.steps]))),
    });
    const together = [
      ...cases.filter(({ after }) => after !== undefined).map(({ name }) => `${name}_after`),
      ...cases.filter(({ fatal }) => fatal !== true).map(({ name }) => name),
    ];
    /** @type {{ names: readonly string[], enough?: RegExp }[]} */
    const boots = [
      { names: together },
      ...cases.filter(({ fatal }) => fatal === true).map(({ name, before }) => ({ names: [name], enough: before })),
    ];
    let log = '';
    for (const { names, enough } of boots) {
      const started = performance.now();
      log += `${await boot(kernel, initrd, names, enough)}\n${OFF}\n`;
      const seconds = ((performance.now() - started) / 1000).toFixed(1);
      console.error(`booted for ${names.length === 1 ? names[0] : `${names.length} cases`}, ${seconds} s`);
    }
    if (values.keep) writeFileSync(join(work, 'log'), log);
    const results = cases.map((item) => judge(item, sectionOf(log, item.name), sectionOf(log, `${item.name}_after`)));
    const markdown = [
      '| bug | as it is | fix | repaired | result |',
      '| --- | --- | --- | --- | --- |',
      ...results.map(
        ({ item, seen }) => `| ${item.shape} | ${item.shows} | ${item.fix} | ${item.becomes ?? '-'} | ${seen} |`,
      ),
      '',
    ].join('\n');
    const failed = results.filter(({ passed }) => !passed);
    console.log(markdown);
    for (const { item, seen } of failed) {
      const sections = [item.name, `${item.name}_after`].map((name) => sectionOf(log, name).slice(0, 4000));
      console.log(`== ${item.name}: ${seen}\n${sections.join('\n--\n')}`);
    }
    console.log(`${results.length - failed.length} passed, ${failed.length} failed`);
    if (values.update) updateSection('boot', markdown);
    process.exitCode = failed.length > 0 ? 1 : 0;
  } finally {
    if (values.keep) console.error(`kept ${work}`);
    else rmSync(work, { recursive: true });
  }
}

orExplain(ensureInstalled);
try {
  await main();
} catch (error) {
  if (!(error instanceof MissingTool)) throw error;
  console.error(error.message);
  process.exitCode = 2;
}
