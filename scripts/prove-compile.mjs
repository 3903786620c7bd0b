// @ts-check
// `npm run prove:compile [-- --labels FILE --kernel DIR]`: do fixed drivers compile? Every sample and fixture, and with
// labels every vulnerable driver that they name, is built against real kernel headers before and after each fix that is
// offered for it, with warnings as errors. Prints a table; exit code 1 when a fixed driver does not compile, 2 when
// the machine lacks headers or a compiler.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { ensureInstalled, orExplain } from './installation.mjs';
import { collectCases } from './proofs/compile-cases.mjs';
import { compileTable, tally } from './proofs/compile-table.mjs';
import { startEngine } from './proofs/driver-fixes.mjs';
import { buildObjects, findHeaders, layOut, MissingTool } from './proofs/kernel-build.mjs';
import { updateSection } from './proofs/proof-page.mjs';

const { values } = parseArgs({
  options: {
    headers: { type: 'string' },
    labels: { type: 'string' },
    kernel: { type: 'string' },
    only: { type: 'string' },
    keep: { type: 'boolean' },
    update: { type: 'boolean' },
  },
});

/** @param {string | undefined} given */
const fromCaller = (given) => given && resolve(process.env.INIT_CWD ?? '.', given);

async function main() {
  const headers = findHeaders(fromCaller(values.headers));
  const work = mkdtempSync(join(tmpdir(), 'revsafe-compile-'));
  try {
    const { engine, parseFixture } = await startEngine();
    const cases = await collectCases({
      engine,
      parseFixture,
      work,
      labels: fromCaller(values.labels),
      kernel: fromCaller(values.kernel),
      only: values.only,
    });
    const builds = cases.flatMap((item, number) => [
      { item, object: layOut({ ...item, folder: join(work, `${number}`), changed: new Map() }) },
      ...item.variants
        .filter((variant) => variant.disabled === undefined)
        .map((variant, at) => {
          const folder = join(work, `${number}-${at}`);
          return { item, variant, object: layOut({ ...item, folder, changed: variant.files }) };
        }),
    ]);
    writeFileSync(
      join(work, 'Kbuild'),
      builds.map(({ object }) => `obj-m += ${object.slice(0, object.lastIndexOf('/') + 1)}\n`).join(''),
    );
    const failures = await buildObjects({ headers, work, objects: builds.map((build) => build.object) });
    const rows = tally(cases, builds, failures);
    const table = compileTable(rows, { headers, labels: values.labels !== undefined });
    console.log(table.text);
    if (values.update) updateSection('compile', table.markdown);
    process.exitCode = table.failed > 0 ? 1 : 0;
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
