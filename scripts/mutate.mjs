// @ts-check
// `npm run mutate -- [--kernel DIR [--list FILE]] [--seed N] [--count N] [--only MUTATOR,…] [--details] [--keep DIR]`: takes one fence out of drivers that
// are safe, and asks whether the analysis reports it; makes edits that change nothing, and asks whether it stays calm.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { build } from 'esbuild';
import { ensureBuilt, orExplain, ROOT } from './installation.mjs';

/** @typedef {import('../test/mutation/campaign.ts').Result} Result */
/** @typedef {import('../test/mutation/campaign.ts').Candidate} Candidate */

const BARS = { killed: 0.9, same: 0.99 };

const { values } = parseArgs({
  options: {
    kernel: { type: 'string' },
    list: { type: 'string' },
    seed: { type: 'string', default: '1' },
    count: { type: 'string', default: '300' },
    only: { type: 'string' },
    details: { type: 'boolean', default: false },
    keep: { type: 'string' },
  },
});

/** @param {string} path */
const fromCaller = (path) => resolve(process.env.INIT_CWD ?? '.', path);

/** @returns {Promise<typeof import('../test/mutation/index.ts')>} */
async function load() {
  const folder = mkdtempSync(join(tmpdir(), 'revsafe-mutate-'));
  try {
    const outfile = join(folder, 'mutation.mjs');
    await build({
      entryPoints: [join(ROOT, 'test/mutation/index.ts')],
      outfile,
      bundle: true,
      format: 'esm',
      platform: 'node',
      target: 'node20',
      logLevel: 'error',
    });
    return await import(pathToFileURL(outfile).href);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The repository's own drivers that are meant to be safe. */
function ownFiles() {
  /** @param {string} folder @param {RegExp} pattern */
  const matching = (folder, pattern) =>
    readdirSync(join(ROOT, folder))
      .filter((name) => pattern.test(name))
      .sort()
      .map((name) => `${folder}/${name}`);
  const ruleFolders = readdirSync(join(ROOT, 'test/fixtures')).filter((name) => name !== 'traps');
  const paths = [
    ...matching('test/fixtures/traps', /^safe-.*\.c$/),
    ...ruleFolders.flatMap((name) => matching(`test/fixtures/${name}`, /^good.*\.c$/)),
    ...matching('samples/drivers', /_fixed\.c$/),
  ];
  return paths.map((path) => ({ path, text: readFileSync(join(ROOT, path), 'utf8') }));
}

/** Files under drivers/ whose nodes are all safe, as the built program's inventory has it. @param {string} root */
function safeDriversOf(root) {
  orExplain(ensureBuilt);
  const folder = mkdtempSync(join(tmpdir(), 'revsafe-mutate-'));
  try {
    const output = join(folder, 'inventory.json');
    const args = [join(ROOT, 'dist/cli.js'), 'inventory', 'drivers', '--format', 'json', '--output', output];
    const { status } = spawnSync(process.execPath, args, { cwd: root, stdio: 'inherit' });
    if (status !== 0) throw new Error(`revsafe inventory ended with exit code ${status}`);
    /** @type {{ file: string, verdict: string }[]} */
    const nodes = JSON.parse(readFileSync(output, 'utf8'));
    const others = new Set(nodes.filter(({ verdict }) => verdict !== 'safe').map(({ file }) => file));
    return [...new Set(nodes.map(({ file }) => file))].filter((file) => !others.has(file));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const mutation = await load();
/** @type {import('../test/mutation/campaign.ts').Equivalent[]} */
const equivalents = JSON.parse(readFileSync(join(ROOT, 'test/mutation/equivalent.json'), 'utf8'));
/** @param {string} path */
const wasm = (path) => new Uint8Array(readFileSync(join(ROOT, 'node_modules', path)));
const grammars = {
  runtime: wasm('web-tree-sitter/web-tree-sitter.wasm'),
  c: wasm('tree-sitter-c/tree-sitter-c.wasm'),
  rust: async () => wasm('tree-sitter-rust/tree-sitter-rust.wasm'),
};
const parser = await mutation.CParser.create({ runtime: grammars.runtime, grammar: grammars.c });

async function openCases() {
  const cases = [];
  /** @type {string[]} */
  const leftOut = [];
  for (const own of ownFiles()) {
    const opened = await mutation.openOwnFile(own, parser, grammars);
    if (opened.kind === 'case') cases.push(opened.on);
    else leftOut.push(`${own.path}: ${opened.why}`);
  }
  console.log(`${cases.length} drivers of the repository`);
  if (values.kernel !== undefined) {
    const root = fromCaller(values.kernel);
    const listed =
      values.list === undefined ? safeDriversOf(root) : readFileSync(fromCaller(values.list), 'utf8').split(/\s+/);
    const workbench = await mutation.openKernel(root, mutation.createNodeHost(), grammars);
    const before = cases.length;
    for (const file of listed.filter((name) => name !== '' && existsSync(join(root, name)))) {
      const opened = await mutation.openDriver(root, file, workbench, parser);
      if (opened.kind === 'case') cases.push(opened.on);
      else leftOut.push(`${file}: ${opened.why}`);
    }
    console.log(`${cases.length - before} drivers of ${root}`);
  }
  if (leftOut.length > 0) console.log(`left out, since the analysis does not call them safe: ${leftOut.length}`);
  for (const line of leftOut) console.log(`  ${line}`);
  return cases;
}

/** @param {Candidate} candidate @param {string} verdict */
function keep({ mutant, on }, verdict) {
  if (values.keep === undefined) return;
  for (const [path, text] of mutation.changedTexts(mutant, on.subject)) {
    if (text === undefined) continue;
    const name = `${mutant.mutator}/${verdict}/${on.subject.name.replaceAll('/', '_')}.${mutant.offset}/${path.slice(path.lastIndexOf('/') + 1)}`;
    const target = join(fromCaller(values.keep), name);
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, text);
  }
}

/**
 * @param {string} title
 * @param {readonly Candidate[]} candidates
 * @param {(result: Result) => 'yes' | 'may' | 'no'} judge
 * @param {string} word
 */
async function campaign(title, candidates, judge, word) {
  /** @type {Map<string, { all: number, yes: number, may: number }>} */
  const rows = new Map();
  /** @type {string[]} */
  const wrong = [];
  for (const candidate of candidates) {
    const result = await mutation.run(candidate);
    const verdict = judge(result);
    const row = rows.get(candidate.mutant.mutator) ?? { all: 0, yes: 0, may: 0 };
    row.all += 1;
    if (verdict !== 'no') row.yes += 1;
    if (verdict === 'may') row.may += 1;
    rows.set(candidate.mutant.mutator, row);
    keep(candidate, verdict === 'no' ? 'wrong' : 'right');
    const place = `${candidate.on.subject.name}${aside(candidate)}:${result.line}`;
    const line = `${candidate.mutant.mutator.padEnd(24)} ${place}: ${candidate.mutant.what}`;
    if (verdict === 'no') {
      wrong.push(line);
      if (word === 'same')
        wrong.push(
          `    before: ${mutation.verdictOf(candidate.on.before)}`,
          `    after:  ${mutation.verdictOf(result.after)}`,
        );
      else for (const proof of mutation.proofsOf(result.after)) wrong.push(`    still ${proof}`);
    } else if (values.details)
      console.log(
        `${word}: ${line}${result.added[0] === undefined ? '' : ` → ${result.added[0].rule}: ${result.added[0].text}`}`,
      );
  }
  const total = { all: 0, yes: 0, may: 0 };
  console.log(`\n${title.padEnd(26)} mutants  ${word.padStart(6)}  share   only as may`);
  for (const [name, row] of [...rows].sort(([a], [b]) => (a < b ? -1 : 1))) {
    console.log(`  ${name.padEnd(24)} ${format(row)}`);
    for (const key of /** @type {const} */ (['all', 'yes', 'may'])) total[key] += row[key];
  }
  console.log(`  ${'all'.padEnd(24)} ${format(total)}`);
  if (wrong.length > 0) console.log(`not ${word}:`);
  for (const line of wrong) console.log(`  ${line}`);
  return total.all === 0 ? 0 : total.yes / total.all;
}

/** Another file of the module than the one that names it. @param {Candidate} candidate */
function aside({ mutant, on }) {
  const name = mutant.file.slice(mutant.file.lastIndexOf('/') + 1);
  return on.subject.name.endsWith(`/${name}`) || on.subject.sources.size === 0 ? '' : ` (${name})`;
}

/** @param {{ all: number, yes: number, may: number }} row */
function format({ all, yes, may }) {
  return `${String(all).padStart(7)}  ${String(yes).padStart(6)}  ${((100 * yes) / Math.max(1, all)).toFixed(1).padStart(5)} %  ${String(may).padStart(6)}`;
}

const random = mutation.randomFrom(Number(values.seed));
const count = Number(values.count);
const only = values.only?.split(',');
const cases = await openCases();

/** @param {string} kind @param {Parameters<typeof mutation.mutantsOf>[1]} mutators */
function chosenFrom(kind, mutators) {
  const all = mutation.mutantsOf(cases, mutators);
  const asked = all.filter(({ mutant }) => only === undefined || only.includes(mutant.mutator));
  const real = asked.filter((candidate) => !mutation.isEquivalent(candidate, equivalents));
  const chosen = [];
  const broken = [];
  for (const candidate of mutation.inTurn(real, random)) {
    if (chosen.length === count) break;
    (mutation.parses(candidate, parser) ? chosen : broken).push(candidate);
  }
  console.log(`\n${asked.length} ${kind} possible, ${chosen.length} chosen`);
  const known = asked.length - real.length;
  if (known > 0) console.log(`  ${known} left out as equivalent, see test/mutation/equivalent.json`);
  for (const { mutant, on } of broken)
    console.log(`  does not parse: ${mutant.mutator} ${on.subject.name}: ${mutant.what}`);
  return chosen;
}

const killed = await campaign(
  'one fence deleted',
  chosenFrom('mutants', mutation.fenceMutators),
  ({ added }) => (added.length === 0 ? 'no' : added.every((finding) => finding.certainty === 'may') ? 'may' : 'yes'),
  'killed',
);
const same = await campaign(
  'behaviour preserved',
  chosenFrom('edits that change nothing', mutation.preservingMutators),
  ({ on, after }) => (mutation.verdictOf(on.before) === mutation.verdictOf(after) ? 'yes' : 'no'),
  'same',
);
process.exit(killed >= BARS.killed && same >= BARS.same ? 0 : 1);
