// @ts-check
// VS Code's server with the packaged extension, in a folder of its own that goes away with it.
import { execFile, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, openSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { until } from './until.mjs';

/** What would change the layout, ask something or look for a network. */
const QUIET = {
  'workbench.startupEditor': 'none',
  'workbench.welcomePage.walkthroughs.openOnInstall': false,
  'workbench.tips.enabled': false,
  'workbench.enableExperiments': false,
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'security.workspace.trust.enabled': false,
  'telemetry.telemetryLevel': 'off',
  'extensions.autoUpdate': false,
  'extensions.autoCheckUpdates': false,
  'extensions.ignoreRecommendations': true,
  'update.mode': 'none',
  'git.enabled': false,
  'chat.disableAIFeatures': true,
  'files.autoSave': 'off',
  'files.hotExit': 'off',
  'editor.minimap.enabled': false,
  'editor.stickyScroll.enabled': false,
  // Text is put in as it shall be.
  'editor.autoClosingBrackets': 'never',
  'editor.autoIndent': 'none',
  'editor.hover.delay': 200,
  'editor.fontFamily': 'DejaVu Sans Mono',
};

/** Variables of an outer editor or server that would reach ours. */
const NOT_OURS = /^(PORT|PASSWORD|HASHED_PASSWORD|NODE_OPTIONS|CODE_SERVER_.*|VSCODE_.*|ELECTRON_.*|npm_.*)$/;

const WORKSPACE = 'drivers';
/** The same files, for a window that shall not see what is done in the first. */
const SECOND_WORKSPACE = 'same-drivers';

async function freePort() {
  const server = createServer();
  await new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(undefined)));
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
  await new Promise((resolve) => server.close(resolve));
  return port;
}

export class EditorServer {
  /** @param {string} root @param {import('node:child_process').ChildProcess} process @param {number} port */
  constructor(root, process, port) {
    this.root = root;
    this.process = process;
    this.port = port;
    this.workspace = join(root, WORKSPACE);
    this.secondWorkspace = join(root, SECOND_WORKSPACE);
  }

  /**
   * @param {{ serverMain: string, vsix: string, files: Readonly<Record<string, string>>, env?: Record<string, string> }} options
   *   `files`: contents of each workspace folder
   */
  static async start({ serverMain, vsix, files, env: extra = {} }) {
    // Short: the paths of unix sockets inside are limited to 107 characters.
    const root = mkdtempSync(join(tmpdir(), 'revsafe-e2e-'));
    const folder = (/** @type {string} */ name) => {
      mkdirSync(join(root, name), { recursive: true });
      return join(root, name);
    };
    const write = (/** @type {string} */ path, /** @type {string} */ text) => {
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, text);
    };
    write(join(folder('data'), 'User/settings.json'), JSON.stringify(QUIET));
    for (const [name, text] of Object.entries(files)) {
      for (const workspace of [WORKSPACE, SECOND_WORKSPACE]) write(join(root, workspace, name), text);
    }

    const inherited = Object.entries(process.env).filter(([name]) => !NOT_OURS.test(name));
    const home = folder('home');
    const env = {
      ...Object.fromEntries(inherited),
      HOME: home,
      XDG_CONFIG_HOME: join(home, 'config'),
      XDG_DATA_HOME: join(home, 'data'),
      XDG_CACHE_HOME: join(home, 'cache'),
      // Sockets are made here, and go with the folder.
      XDG_RUNTIME_DIR: root,
      ...extra,
    };
    const folders = [
      '--user-data-dir',
      folder('data'),
      '--extensions-dir',
      folder('extensions'),
      '--server-data-dir',
      folder('server'),
    ];
    const base = [serverMain, ...folders, '--accept-server-license-terms'];
    await promisify(execFile)(process.execPath, [...base, '--install-extension', vsix], { env });

    const port = await freePort();
    const log = openSync(join(root, 'server.log'), 'w');
    const listen = ['--host', '127.0.0.1', '--port', String(port), '--without-connection-token'];
    const server = spawn(
      process.execPath,
      [...base, ...listen, '--telemetry-level', 'off', '--disable-workspace-trust'],
      {
        env,
        stdio: ['ignore', log, log],
        // A process group of its own: the extension host and the language server end with it.
        detached: true,
      },
    );
    const started = new EditorServer(root, server, port);
    try {
      await until('VS Code answers', async () => {
        if (server.exitCode !== null) return false;
        return (await fetch(`http://127.0.0.1:${port}/version`)).ok;
      });
    } catch (error) {
      await started.stop();
      throw error;
    }
    return started;
  }

  /** @param {string} path inside the workspace */
  read(path) {
    return readFileSync(join(this.workspace, path), 'utf8');
  }

  /** The drivers of the workspace. */
  get drivers() {
    return readdirSync(this.workspace).filter((name) => name.endsWith('.c'));
  }

  /** Folder of the installed extension. */
  get extension() {
    const folders = readdirSync(join(this.root, 'extensions'), { withFileTypes: true });
    const name = folders.find((entry) => entry.isDirectory() && entry.name.startsWith('revocable-safety.'))?.name;
    if (name === undefined) throw new Error('the extension is not installed');
    return join(this.root, 'extensions', name);
  }

  /** @param {string} folder to open @param {readonly (readonly [string, string])[]} [payload] what else the workbench shall open or run */
  url(folder, payload = []) {
    const query = new URLSearchParams({ folder, payload: JSON.stringify(payload) });
    return `http://127.0.0.1:${this.port}/?${query}`;
  }

  /** @param {string} path absolute */
  uri(path) {
    return `vscode-remote://127.0.0.1:${this.port}${path}`;
  }

  /** Process ids of the running language servers of an extension (Linux). @param {string} [extension] its folder */
  languageServers(extension = this.extension) {
    const script = join(extension, 'dist/server.js');
    return readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .filter((pid) => {
        try {
          return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').includes(script);
        } catch {
          return false; // it has just ended
        }
      })
      .map(Number);
  }

  /** @param {NodeJS.Signals} signal */
  signal(signal) {
    try {
      process.kill(-(/** @type {number} */ (this.process.pid)), signal);
    } catch {
      // The whole group has ended.
    }
  }

  async stop() {
    const ended = new Promise((resolve) => {
      if (this.process.exitCode !== null || this.process.signalCode !== null) resolve(undefined);
      else this.process.once('exit', resolve);
    });
    this.signal('SIGTERM');
    const impatient = setTimeout(() => this.signal('SIGKILL'), 10_000);
    await ended;
    clearTimeout(impatient);
    // What was forked, and is slower than its parent.
    this.signal('SIGKILL');
    rmSync(this.root, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 });
  }
}
