// @ts-check
// `npm run ecosystem -- KERNEL… [--update]`: what a change does to real drivers. Checks pinned folders of kernel trees and
// compares with test/ecosystem/baseline-RELEASE.txt. Exit code 1 when they differ, unless the baseline is updated.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { ensureBuilt, orExplain, ROOT } from './installation.mjs';

/**
 * @typedef {{ rule: string, messageId: string, certainty: string, file: string, line: number, fn?: string }} Finding
 * @typedef {{ kernels: Record<string, string>, folders: string[] }} Manifest
 */

const { values, positionals } = parseArgs({ allowPositionals: true, options: { update: { type: 'boolean' } } });
if (positionals.length === 0) {
  console.error('usage: npm run ecosystem -- KERNEL… [--update]   (scripts/fetch-kernels.sh gets the trees)');
  process.exit(2);
}

/** @type {Manifest} */
const manifest = JSON.parse(readFileSync(join(ROOT, 'test/ecosystem/manifest.json'), 'utf8'));

/** `6.12.117` of a tree's Makefile. @param {string} kernel */
function releaseOf(kernel) {
  const makefile = readFileSync(join(kernel, 'Makefile'), 'utf8');
  return ['VERSION', 'PATCHLEVEL', 'SUBLEVEL']
    .map((name) => new RegExp(`^${name} = (\\d+)$`, 'm').exec(makefile)?.[1] ?? '?')
    .join('.');
}

/** Line of a finding relative to the line where its function begins, so that an edit above it changes nothing. */
class FunctionLines {
  /** @param {string} kernel */
  constructor(kernel) {
    this.kernel = kernel;
    /** @type {Map<string, string[]>} */
    this.files = new Map();
  }

  /** @param {Finding} finding */
  relativeLine({ file, fn, line }) {
    if (fn === undefined) return '-';
    let lines = this.files.get(file);
    if (lines === undefined) {
      lines = readFileSync(join(this.kernel, file), 'utf8').split('\n');
      this.files.set(file, lines);
    }
    const head = new RegExp(`^(?:[A-Za-z_].*[\\s*])?${fn}\\s*\\(`);
    for (let at = line; at > 0; at--) if (head.test(lines[at - 1] ?? '')) return `+${line - at}`;
    return '-';
  }
}

/** Sorted lines, one a finding. @param {string} kernel @param {readonly string[]} folders */
function findingsIn(kernel, folders) {
  const folder = mkdtempSync(join(tmpdir(), 'revsafe-ecosystem-'));
  const report = join(folder, 'report.json');
  const args = ['check', ...folders, '--kernel', kernel, '--all', '--format', 'json', '--output', report];
  const started = performance.now();
  const { status } = spawnSync(process.execPath, [join(ROOT, 'dist/cli.js'), ...args], {
    cwd: kernel,
    stdio: 'inherit',
  });
  if (status !== 0 && status !== 1) throw new Error(`revsafe check ended with exit code ${status}`);
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  /** @type {{ findings: Finding[], failures: { file: string, reason: string }[], stats: { files: number } }} */
  const { findings, failures, stats } = JSON.parse(readFileSync(report, 'utf8'));
  rmSync(folder, { recursive: true });
  if (failures.length > 0) throw new Error(failures.map((failure) => `${failure.file}: ${failure.reason}`).join('\n'));
  console.log(`${stats.files} files, ${findings.length} findings, ${seconds} s`);
  const lines = new FunctionLines(kernel);
  return findings
    .map((finding) => {
      const { file, fn, rule, messageId, certainty } = finding;
      return [file, fn ?? '-', lines.relativeLine(finding), `${rule}(${messageId})`, certainty].join('\t');
    })
    .sort();
}

/** What `left` has more than `right`, counting repetitions. @param {readonly string[]} left @param {readonly string[]} right */
function surplus(left, right) {
  const rest = new Map();
  for (const line of right) rest.set(line, (rest.get(line) ?? 0) + 1);
  return left.filter((line) => {
    const count = rest.get(line) ?? 0;
    rest.set(line, count - 1);
    return count <= 0;
  });
}

/** @param {readonly string[]} lines */
function perRule(lines) {
  /** @type {Map<string, number>} */
  const counts = new Map();
  for (const line of lines) {
    const rule = (line.split('\t')[3] ?? '').replace(/\(.*/, '');
    counts.set(rule, (counts.get(rule) ?? 0) + 1);
  }
  return counts;
}

/** @param {string} given @returns {boolean} whether the findings are those of the baseline */
function compareKernel(given) {
  const kernel = resolve(process.env.INIT_CWD ?? '.', given);
  const release = releaseOf(kernel);
  const series = release.split('.').slice(0, 2).join('.');
  const pinned = manifest.kernels[series];
  if (pinned !== release)
    throw new Error(`${kernel} is ${release}; the manifest pins ${pinned ?? `nothing for ${series}`}`);
  console.log(`== ${release}`);
  const found = findingsIn(
    kernel,
    manifest.folders.filter((folder) => existsSync(join(kernel, folder))),
  );
  const path = join(ROOT, `test/ecosystem/baseline-${series}.txt`);
  const baseline = existsSync(path)
    ? readFileSync(path, 'utf8')
        .split('\n')
        .filter((line) => line !== '')
    : [];
  const gained = surplus(found, baseline);
  const lost = surplus(baseline, found);
  for (const line of gained) console.log(`+ ${line}`);
  for (const line of lost) console.log(`- ${line}`);
  const gainedPerRule = perRule(gained);
  const lostPerRule = perRule(lost);
  for (const rule of [...new Set([...perRule(found).keys(), ...lostPerRule.keys()])].sort()) {
    console.log(
      `${rule}: +${gainedPerRule.get(rule) ?? 0} -${lostPerRule.get(rule) ?? 0}, now ${perRule(found).get(rule) ?? 0}`,
    );
  }
  if (values.update) writeFileSync(path, `${found.join('\n')}\n`);
  return gained.length + lost.length === 0;
}

orExplain(() => {
  ensureBuilt();
  const same = positionals.map(compareKernel).every((value) => value);
  process.exitCode = same || values.update ? 0 : 1;
});
