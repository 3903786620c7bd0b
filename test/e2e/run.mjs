// @ts-check
// `npm run e2e`: the packaged extension in a real VS Code in a real browser, and its server in other editors.
//   node test/e2e/run.mjs [--only NAME]… [--out DIR]
// The last line is `N passed, N failed`.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { ensureInstalled, ROOT } from '../../scripts/installation.mjs';
import { EditorServer } from './editor-server.mjs';
import { ensureEditor, Missing } from './install-editor.mjs';
import { squiggle } from './scenarios/squiggle.mjs';
import { Workbench } from './workbench.mjs';

/**
 * @typedef {object} Stage what a scenario plays on
 * @property {Workbench} workbench
 * @property {EditorServer} server
 */
/** @typedef {(stage: Stage) => Promise<string | void>} Scenario answers what it has measured, if anything */

/** In the order of play: all of them in one session. */
const SCENARIOS = { squiggle };

const { values: options } = parseArgs({
  options: { only: { type: 'string', multiple: true }, out: { type: 'string', default: join(ROOT, 'out/e2e') } },
});

let passed = 0;
let failed = 0;

/** @param {string} name @param {() => Promise<string | void> | string | void} play @param {() => Promise<void>} [onFailure] */
async function report(name, play, onFailure) {
  const start = performance.now();
  try {
    const said = await play();
    passed += 1;
    console.log(`ok    ${name} (${((performance.now() - start) / 1000).toFixed(1)} s)${said ? `: ${said}` : ''}`);
    return true;
  } catch (error) {
    failed += 1;
    console.log(
      `FAIL  ${name}: ${error instanceof Error ? (error instanceof Missing ? error.message : error.stack) : error}`,
    );
    await onFailure?.();
    return false;
  }
}

/** @param {string} vsix */
async function playInEditor(vsix) {
  const editor = ensureEditor();
  const samples = join(ROOT, 'samples/drivers');
  const drivers = readdirSync(samples).filter((name) => name.endsWith('.c'));
  const files = Object.fromEntries(drivers.map((name) => [name, readFileSync(join(samples, name), 'utf8')]));
  const server = await EditorServer.start({ serverMain: editor.serverMain, vsix, files });
  /** @type {Workbench | undefined} */
  let workbench;
  try {
    const opened = await Workbench.open(editor, server, options.out);
    workbench = opened;
    for (const [name, play] of Object.entries(SCENARIOS)) {
      if (options.only !== undefined && !options.only.includes(name)) continue;
      await report(
        name,
        () => play({ workbench: opened, server }),
        async () => {
          await opened.picture(`failed-${name}`);
          writeFileSync(join(options.out, `failed-${name}.txt`), opened.console.join('\n'));
        },
      );
    }
  } finally {
    await workbench?.close();
    await server.stop();
  }
}

const folder = mkdtempSync(join(tmpdir(), 'revsafe-vsix-'));
const vsix = join(folder, 'revocable-safety.vsix');
const packaged = await report('package', () => {
  ensureInstalled();
  const { status, stderr, stdout } = spawnSync(process.execPath, ['scripts/package-vsix.mjs', '--out', vsix], {
    cwd: ROOT,
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(stdout + stderr);
});
if (packaged) {
  try {
    await playInEditor(vsix);
  } catch (error) {
    await report('VS Code', () => Promise.reject(error));
  }
}
rmSync(folder, { recursive: true, force: true });
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed > 0 ? 1 : 0);
