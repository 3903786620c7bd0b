/** Runs the command line as it ships: bundled, in a process of its own, with no settings or cache but its own. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { ROOT } from './repository.ts';

export interface RunResult {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A bundle in a temporary folder, and folders for it to work in. */
export class CommandLine {
  readonly folder: string = mkdtempSync(join(tmpdir(), 'revsafe-cli-'));
  private readonly bundle: string = join(this.folder, 'dist');

  constructor() {
    const build = spawnSync(process.execPath, ['scripts/build.mjs', '--only', 'cli', '--outdir', this.bundle], {
      cwd: ROOT,
      encoding: 'utf8',
    });
    if (build.status !== 0) throw new Error(build.stderr);
  }

  /** Writes files below the folder and answers its path. */
  write(folder: string, files: Readonly<Record<string, string | Uint8Array>>): string {
    const path = join(this.folder, folder);
    mkdirSync(path, { recursive: true });
    for (const [name, content] of Object.entries(files)) {
      mkdirSync(dirname(join(path, name)), { recursive: true });
      writeFileSync(join(path, name), content);
    }
    return path;
  }

  run(
    cwd: string,
    args: readonly string[],
    options: { readonly input?: string; readonly env?: Readonly<Record<string, string>> } = {},
  ): RunResult {
    const { status, stdout, stderr } = spawnSync(process.execPath, [join(this.bundle, 'cli.js'), ...args], {
      cwd,
      encoding: 'utf8',
      maxBuffer: 1 << 28,
      input: options.input ?? '',
      env: {
        ...process.env,
        XDG_CONFIG_HOME: join(this.folder, 'config'),
        XDG_CACHE_HOME: join(this.folder, 'cache'),
        ...options.env,
      },
    });
    return { code: status, stdout, stderr };
  }

  dispose(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}
