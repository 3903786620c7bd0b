// @ts-check
// Fills the README's sessions with what the program really prints: <!-- session: ARGUMENTS --> … <!-- end -->.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildAll } from './build.mjs';
import { ROOT } from './installation.mjs';

const SESSION = /<!-- session: (.+?) -->[\s\S]*?<!-- end -->/g;

/** @typedef {(args: string) => string} Revsafe what `revsafe ARGUMENTS` prints in the repository */

/** Builds the command line for a while. @template T @param {(revsafe: Revsafe) => T} use */
export async function withCommandLine(use) {
  const outdir = mkdtempSync(join(tmpdir(), 'revsafe-readme-'));
  try {
    await buildAll({ only: ['cli'], outdir });
    return use((args) => {
      const { stdout, stderr, status } = spawnSync(process.execPath, [join(outdir, 'cli.js'), ...args.split(' ')], {
        cwd: ROOT,
        encoding: 'utf8',
        env: { ...process.env, NO_COLOR: '1', XDG_CONFIG_HOME: outdir },
      });
      if (status !== 0 && status !== 1) throw new Error(`revsafe ${args}: ${stderr}`);
      return stdout;
    });
  } finally {
    rmSync(outdir, { recursive: true });
  }
}

/** @param {string} readme @param {Revsafe} revsafe */
export function readmeWithSessions(readme, revsafe) {
  return readme.replace(SESSION, (_, args) => {
    const lines = [`$ revsafe ${args}`, ...revsafe(args).trimEnd().split('\n')];
    const block = lines.map((line) => (line === '' ? '' : `    ${line}`)).join('\n');
    return `<!-- session: ${args} -->\n\n${block}\n\n<!-- end -->`;
  });
}
