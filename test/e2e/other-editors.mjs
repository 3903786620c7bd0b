// @ts-check
// The language server in editors that know nothing of it but its command: what each shows, and the fix that it applies.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ROOT } from '../../scripts/installation.mjs';
import { Missing, onPath } from './install-editor.mjs';
import { PATIENCE } from './until.mjs';

const FILE = 'dice_module.c';
const TABLE = 'dice_fops = {\n';

const script = (/** @type {string} */ name) => fileURLToPath(new URL(name, import.meta.url));
const built = (/** @type {string} */ name) => join(ROOT, 'dist', name);

const NEOVIM = {
  program: 'nvim',
  debian: 'neovim',
  args: ['--headless', '-n', '-u', 'NONE', '-i', 'NONE', '-c', `luafile ${script('./neovim.lua')}`],
  /** What finds the user's configuration among the examples of docs/editors.md. */
  example: 'vim.lsp.start_client',
};
const EMACS = {
  program: 'emacs',
  debian: 'emacs-nox elpa-eglot',
  args: ['--batch', '-q', '-l', script('./eglot.el')],
  example: 'eglot-server-programs',
};

/** Each editor with what `revsafe` does on its path. */
export const OTHER_EDITORS = /** @type {const} */ ({
  neovim: { ...NEOVIM, revsafe: `"${built('cli.js')}" "$@"` },
  'neovim, server of the package': { ...NEOVIM, revsafe: `"${built('server.js')}" --stdio` },
  'emacs eglot': { ...EMACS, revsafe: `"${built('cli.js')}" "$@"` },
});

/** The indented example of a page that has a text in it. @param {string} page @param {string} text */
function exampleWith(page, text) {
  const examples = readFileSync(join(ROOT, page), 'utf8').match(/^(?: {4}.*\n|\n(?= {4}))+/gm) ?? [];
  const example = examples.find((one) => one.includes(text));
  if (example === undefined) throw new Error(`${page} has no example with ${text}`);
  return example.replace(/^ {4}/gm, '');
}

/** Plays the script of an editor; answers what it said. @param {typeof OTHER_EDITORS[keyof typeof OTHER_EDITORS]} editor */
export function playInOtherEditor({ program, debian, args, example, revsafe }) {
  const path = onPath(program);
  if (path === undefined) throw new Missing(`No ${program}: \`apt-get install ${debian}\`.`);
  const folder = mkdtempSync(join(tmpdir(), 'revsafe-editor-'));
  try {
    const before = readFileSync(join(ROOT, 'samples/drivers', FILE), 'utf8');
    const file = join(folder, 'driver', FILE);
    mkdirSync(join(folder, 'driver'));
    writeFileSync(file, before);
    const command = join(folder, 'revsafe');
    writeFileSync(command, `#!/bin/sh\nexec "${process.execPath}" ${revsafe}\n`);
    chmodSync(command, 0o755);
    const configuration = join(folder, 'configuration');
    writeFileSync(configuration, exampleWith('docs/editors.md', example));
    const home = {
      HOME: folder,
      XDG_CONFIG_HOME: folder,
      XDG_CACHE_HOME: folder,
      XDG_DATA_HOME: folder,
      XDG_STATE_HOME: folder,
    };
    const { status, stdout, stderr } = spawnSync(path, args, {
      cwd: folder,
      env: {
        ...process.env,
        ...home,
        PATH: `${folder}${delimiter}${process.env.PATH}`,
        REVSAFE_CONFIGURATION: configuration,
        REVSAFE_FILE: file,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
      encoding: 'utf8',
      timeout: 3 * PATIENCE,
      killSignal: 'SIGKILL',
    });
    const said = stdout.trim().split('\n');
    assert.ok(status === 0 && said.at(-1) === 'OK', `${program} ended with ${status}\n${stdout}${stderr}`);
    assert.equal(readFileSync(file, 'utf8'), before.replace(TABLE, `${TABLE}\t.owner = THIS_MODULE,\n`));
    return said.slice(0, -1).join('; ');
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
