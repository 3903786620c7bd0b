// @ts-check
// `npm run e2e`: the packaged extension in a real VS Code in a real browser, and its server in other editors.
//   node test/e2e/run.mjs [--only NAME]… [--out DIR]     names are those that it prints
//   node test/e2e/run.mjs --only report --report FILE     opens and searches an HTML report in the browser
//   node test/e2e/run.mjs --images                        makes the pictures of docs/images and nothing else
// The last line is `N passed, N failed`.
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { ensureBuilt, ensureInstalled, ROOT } from '../../scripts/installation.mjs';
import { EditorServer } from './editor-server.mjs';
import { RESULTS, runInExtensionHost } from './extension-host-tests.mjs';
import { ensureEditor, Missing } from './install-editor.mjs';
import { OTHER_EDITORS, playInOtherEditor } from './other-editors.mjs';
import { crash } from './scenarios/crash.mjs';
import { explain } from './scenarios/explain.mjs';
import { hover } from './scenarios/hover.mjs';
import { IMAGE_VIEW, images } from './scenarios/images.mjs';
import { lens } from './scenarios/lens.mjs';
import { nodes } from './scenarios/nodes.mjs';
import { problems } from './scenarios/problems.mjs';
import { quickFix } from './scenarios/quick-fix.mjs';
import { report as htmlReport } from './scenarios/report.mjs';
import { settings } from './scenarios/settings.mjs';
import { squiggle } from './scenarios/squiggle.mjs';
import { typing } from './scenarios/typing.mjs';
import { walkthrough } from './scenarios/walkthrough.mjs';
import { web } from './scenarios/web.mjs';
import { Workbench } from './workbench.mjs';

/**
 * @typedef {object} Stage what a scenario plays on
 * @property {Workbench} workbench
 * @property {EditorServer} server
 * @property {string} [report] an HTML report to open instead of one on the samples
 */
/** @typedef {(stage: Stage) => Promise<string | void>} Scenario answers what it has measured, if anything */

/** In the order of play: all of them in one session. */
const SCENARIOS = {
  squiggle,
  problems,
  hover,
  lens,
  explain,
  nodes,
  quickFix,
  settings,
  typing,
  crash,
  walkthrough,
  web,
  report: htmlReport,
};

const { values: options } = parseArgs({
  options: {
    images: { type: 'boolean', default: false },
    only: { type: 'string', multiple: true },
    report: { type: 'string' },
    out: { type: 'string', default: join(ROOT, 'out/e2e') },
  },
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

/** Runs the part when no name was asked for, or its own. @param {string} name */
const isWanted = (name) => options.only?.includes(name) ?? true;

/** @param {string} vsix */
async function playInEditor(vsix) {
  const samples = join(ROOT, 'samples/drivers');
  const drivers = readdirSync(samples).filter((name) => name.endsWith('.c'));
  const files = Object.fromEntries(drivers.map((name) => [name, readFileSync(join(samples, name), 'utf8')]));
  files['.vscode/settings.json'] = '{}\n';
  const results = join(folder, 'results.json');

  /** @type {EditorServer | undefined} */
  let server;
  /** @type {Workbench | undefined} */
  let workbench;
  try {
    await report('VS Code starts', async () => {
      const editor = ensureEditor();
      server = await EditorServer.start({ serverMain: editor.serverMain, vsix, files, env: { [RESULTS]: results } });
      workbench = options.images
        ? await Workbench.open(editor, server, join(ROOT, 'docs/images'), IMAGE_VIEW)
        : await Workbench.open(editor, server, options.out);
    });
    if (server === undefined || workbench === undefined) return;
    if (options.images) {
      await playScenario('images', images, { workbench, server });
      return;
    }
    for (const [name, play] of Object.entries(SCENARIOS)) {
      const given = options.report === undefined ? {} : { report: resolve(options.report) };
      if (isWanted(name)) await playScenario(name, play, { workbench, server, ...given });
    }
    if (isWanted('api')) await playInExtensionHost(server, workbench, results);
  } finally {
    await workbench?.close();
    await server?.stop();
  }
}

/** @param {string} name @param {Scenario} play @param {Stage} stage */
async function playScenario(name, play, stage) {
  await report(
    name,
    () => play(stage),
    async () => {
      mkdirSync(options.out, { recursive: true });
      await stage.workbench.picture(`failed-${name}`, options.out);
      writeFileSync(join(options.out, `failed-${name}.txt`), stage.workbench.console.join('\n'));
    },
  );
}

/** @param {EditorServer} server @param {Workbench} workbench @param {string} results */
async function playInExtensionHost(server, workbench, results) {
  /** @type {import('./extension-host/index.ts').Result[]} */
  let tests = [];
  await report('tests in the extension host', async () => {
    tests = await runInExtensionHost(server, workbench.context, results);
  });
  for (const { name, error } of tests) {
    await report(`api: ${name}`, () => {
      if (error !== undefined) throw new Error(error);
    });
  }
}

const folder = mkdtempSync(join(tmpdir(), 'revsafe-vsix-'));
const vsix = join(folder, 'revocable-safety.vsix');
const packaged = await report('package', () => {
  ensureInstalled();
  ensureBuilt();
  const { status, stderr, stdout } = spawnSync(process.execPath, ['scripts/package-vsix.mjs', '--out', vsix], {
    cwd: ROOT,
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(stdout + stderr);
});
if (packaged) {
  await playInEditor(vsix);
  const others = options.images ? {} : OTHER_EDITORS;
  for (const [name, editor] of Object.entries(others)) {
    if (isWanted(name)) await report(name, () => playInOtherEditor(editor));
  }
}
rmSync(folder, { recursive: true, force: true });
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed > 0 ? 1 : 0);
