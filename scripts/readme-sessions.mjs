// @ts-check
// Fills the README's sessions with what the program really prints: <!-- session: ARGUMENTS --> … <!-- end -->.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildAll } from './build.mjs';
import { ROOT } from './installation.mjs';

const SESSION = /<!-- session: (.+?) -->[\s\S]*?<!-- end -->/g;

/** @param {string} readme */
export async function readmeWithSessions(readme) {
  const outdir = mkdtempSync(join(tmpdir(), 'revsafe-readme-'));
  try {
    await buildAll({ only: ['cli'], outdir });
    return readme.replace(SESSION, (_, args) => {
      const { stdout, stderr, status } = spawnSync(process.execPath, [join(outdir, 'cli.js'), ...args.split(' ')], {
        cwd: ROOT,
        encoding: 'utf8',
        env: { ...process.env, NO_COLOR: '1', XDG_CONFIG_HOME: outdir },
      });
      if (status !== 0 && status !== 1) throw new Error(`revsafe ${args}: ${stderr}`);
      const lines = [`$ revsafe ${args}`, ...stdout.trimEnd().split('\n')];
      const block = lines.map((line) => (line === '' ? '' : `    ${line}`)).join('\n');
      return `<!-- session: ${args} -->\n\n${block}\n\n<!-- end -->`;
    });
  } finally {
    rmSync(outdir, { recursive: true });
  }
}
