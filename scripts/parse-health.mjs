#!/usr/bin/env node
// @ts-check
/**
 * How much of a kernel tree's C the dialect pass and the parser understand.
 *
 *   node scripts/parse-health.mjs KERNEL [--list FILES.txt] [--only FILES.txt] [--worst N] [--json]
 *
 * Counts the functions that universal-ctags finds in the untouched text of all .c files under KERNEL/drivers. A function
 * is clean when a function definition of that name covers its line, holds no ERROR or MISSING node, and lies in no
 * dropped branch. --list names files (relative to KERNEL, one a line) whose share without any error is given besides;
 * --only measures nothing but the files of such a list.
 */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { parseArgs, promisify } from 'node:util';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';

/**
 * @typedef {{ name: string, line: number, end: number }} Tag
 * @typedef {{ file: string, tags: Tag[] }} Job
 * @typedef {{ file: string, functions: number, unclean: { name: string, line: number, why: string }[],
 *   errors: { line: number, text: string, standard: string }[], bytes: number, dialectMs: number, parseMs: number, problem?: string }} Health
 */

const repository = fileURLToPath(new URL('..', import.meta.url));
const run = promisify(execFile);

/** @returns {Promise<void>} */
async function main() {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      list: { type: 'string' },
      worst: { type: 'string', default: '25' },
      only: { type: 'string' },
      json: { type: 'boolean', default: false },
    },
  });
  const kernel = positionals[0];
  if (kernel === undefined) {
    console.error('usage: parse-health.mjs KERNEL [--list FILES.txt] [--only FILES.txt] [--worst N] [--json]');
    process.exitCode = 2;
    return;
  }
  const root = resolve(kernel);
  const folder = await mkdtemp(join(tmpdir(), 'parse-health-'));
  try {
    const bundle = await build(folder);
    const listed = values.list === undefined ? undefined : await readList(values.list);
    const tags = await readTags(root, values.only, listed ?? new Set(), folder);
    const jobs = [...tags].map(([file, its]) => ({ file, tags: its }));
    const results = await measure(root, bundle, jobs);
    report(results, listed, Number(values.worst), values.json);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** @param {string} path @returns {Promise<Set<string>>} */
async function readList(path) {
  return new Set((await readFile(path, 'utf8')).split(/\s+/).filter(Boolean));
}

/** @param {string} folder @returns {Promise<string>} path of a bundle of what is measured */
async function build(folder) {
  const { build: bundle } = await import('esbuild');
  const outfile = join(folder, 'c-parser.mjs');
  await bundle({
    stdin: {
      contents: "export { CParser } from './c-parser.ts'; export { toStandardC } from './dialect.ts';",
      resolveDir: join(repository, 'server/src/syntax'),
      loader: 'ts',
    },
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    outfile,
    logLevel: 'error',
  });
  return outfile;
}

/**
 * Functions of all files under drivers, or of those in the list `only`, and of the files in `also` that exist.
 * @param {string} root @param {string | undefined} only @param {Set<string>} also @param {string} folder
 * @returns {Promise<Map<string, Tag[]>>}
 */
async function readTags(root, only, also, folder) {
  const options = { cwd: root, maxBuffer: 1 << 30 };
  const found = only === undefined ? await run('find', ['drivers', '-name', '*.c', '-type', 'f'], options) : undefined;
  const names = found === undefined ? await readList(only ?? '') : new Set(found.stdout.split('\n').filter(Boolean));
  if (only === undefined) for (const file of also) if (existsSync(join(root, file))) names.add(file);
  const files = [...names].sort();
  /** @type {Map<string, Tag[]>} */
  const tags = new Map(files.map((file) => [file, []]));
  const list = join(folder, 'files.txt');
  await writeFile(list, `${files.join('\n')}\n`);
  const args = ['--c-kinds=f', '--fields=ne', '--language-force=C', '--sort=no', '-f', '-', '-L', list];
  const { stdout } = await run('ctags', args, options);
  for (const row of stdout.split('\n')) {
    const [name, file, ...rest] = row.split('\t');
    const line = /\tline:(\d+)/.exec(row)?.[1];
    if (name === undefined || file === undefined || line === undefined || rest.length === 0) continue;
    const end = /\tend:(\d+)/.exec(row)?.[1];
    tags.get(file)?.push({ name, line: Number(line), end: Number(end ?? line) });
  }
  return tags;
}

/** @param {string} root @param {string} bundle @param {Job[]} jobs @returns {Promise<Health[]>} */
async function measure(root, bundle, jobs) {
  const results = /** @type {Health[]} */ ([]);
  let next = 0;
  const count = Math.max(1, Math.min(availableParallelism(), 8));
  await Promise.all(
    Array.from(
      { length: count },
      () =>
        new Promise((done, fail) => {
          const worker = new Worker(fileURLToPath(import.meta.url), { workerData: { root, bundle } });
          const feed = () => {
            const batch = jobs.slice(next, next + 20);
            next += batch.length;
            if (batch.length === 0) worker.terminate().then(done, fail);
            else worker.postMessage(batch);
          };
          worker.on('message', (/** @type {Health[]} */ batch) => {
            results.push(...batch);
            feed();
          });
          worker.on('error', fail);
          feed();
        }),
    ),
  );
  return results.sort((a, b) => (a.file < b.file ? -1 : 1));
}

async function work() {
  const { root, bundle } = workerData;
  const { CParser, toStandardC } = await import(pathToFileURL(bundle).href);
  const modules = join(repository, 'node_modules');
  const parser = await CParser.create({
    runtime: await readFile(join(modules, 'web-tree-sitter/web-tree-sitter.wasm')),
    grammar: await readFile(join(modules, 'tree-sitter-c/tree-sitter-c.wasm')),
  });
  parentPort?.on('message', async (/** @type {Job[]} */ batch) => {
    const results = [];
    for (const job of batch)
      results.push(check(parser, toStandardC, job, await readFile(join(root, job.file), 'utf8')));
    parentPort?.postMessage(results);
  });
}

/** @param {any} parser @param {any} toStandardC @param {Job} job @param {string} text @returns {Health} */
function check(parser, toStandardC, job, text) {
  const started = performance.now();
  const dialect = toStandardC(text);
  const rewritten = performance.now();
  const tree = parser.parse(text);
  // `parse` runs the dialect pass again; its share is taken off.
  const dialectMs = rewritten - started;
  const parseMs = Math.max(0, performance.now() - rewritten - dialectMs);
  try {
    /** @type {number[]} */
    const starts = [0];
    for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
    const lineOf = (/** @type {number} */ offset) => {
      let low = 0;
      let high = starts.length - 1;
      while (low < high) {
        const middle = (low + high + 1) >> 1;
        if ((starts[middle] ?? 0) <= offset) low = middle;
        else high = middle - 1;
      }
      return low + 1;
    };
    const bad = tree.errors();
    const definitions = functionsOf(tree, text, lineOf);
    const unclean = [];
    for (const tag of job.tags) {
      const its = definitions.filter(
        (one) => one.first <= tag.line && tag.line <= one.last && one.names.includes(tag.name),
      );
      const offset = starts[tag.line - 1] ?? 0;
      let why = '';
      if (its.length === 0) {
        const isDropped = tree.dropped.some((/** @type {any} */ span) => span.start <= offset && offset < span.end);
        why = isDropped ? 'dropped branch' : 'no such function';
      } else if (its.every((one) => one.hasError)) why = 'error inside';
      if (why !== '') unclean.push({ name: tag.name, line: tag.line, why });
    }
    const standard = dialect.text.split('\n');
    const errors = bad.map((/** @type {any} */ span) => ({
      line: lineOf(span.start),
      text: text.slice(span.start, Math.min(span.end, span.start + 60)),
      standard: (standard[lineOf(span.start) - 1] ?? '').trim().slice(0, 100),
    }));
    const lengthKept = dialect.text.length === text.length;
    const health = {
      file: job.file,
      functions: job.tags.length,
      unclean,
      errors,
      bytes: text.length,
      dialectMs,
      parseMs,
    };
    return lengthKept ? health : { ...health, problem: 'length changed' };
  } finally {
    tree[Symbol.dispose]();
  }
}

/**
 * Function definitions of a tree. A macro that makes the function's head gives it two names: the macro's, as ctags
 * has it, and the one that it defines.
 * @param {any} tree @param {string} text @param {(offset: number) => number} lineOf
 */
function functionsOf(tree, text, lineOf) {
  const found = [];
  const visit = (/** @type {any} */ node) => {
    for (const child of node.namedChildren) {
      if (child.type === 'function_definition') {
        let declarator = child.childForFieldName('declarator');
        const names = [];
        while (declarator !== null) {
          if (declarator.type === 'identifier') names.push(text.slice(declarator.startIndex, declarator.endIndex));
          declarator =
            declarator.childForFieldName('declarator') ??
            (/parenthesized/.test(declarator.type) ? declarator.namedChildren[0] : null);
        }
        const head = /^(?:\w+\s+)*?(\w+)\s*\(/.exec(text.slice(child.startIndex, child.startIndex + 200));
        if (head?.[1] !== undefined) names.push(head[1]);
        found.push({ names, first: lineOf(child.startIndex), last: lineOf(child.endIndex), hasError: child.hasError });
        if (child.hasError) visit(child);
      } else if (
        /^(?:ERROR|linkage_specification|declaration_list|preproc|compound_statement|labeled_statement)/.test(
          child.type,
        )
      )
        visit(child);
    }
  };
  visit(tree.root);
  return found;
}

/** @param {Health[]} measured @param {Set<string> | undefined} listed @param {number} worst @param {boolean} json */
function report(measured, listed, worst, json) {
  const results = measured.filter((one) => one.file.startsWith('drivers/'));
  const sum = (/** @type {(one: Health) => number} */ of) => results.reduce((total, one) => total + of(one), 0);
  const functions = sum((one) => one.functions);
  const clean = functions - sum((one) => one.unclean.length);
  const withoutError = results.filter((one) => one.errors.length === 0).length;
  const chosen = listed === undefined ? [] : measured.filter((one) => listed.has(one.file));
  const chosenClean = chosen.filter((one) => one.errors.length === 0).length;
  const megabytes = sum((one) => one.bytes) / 1e6;
  const summary = {
    files: results.length,
    functions,
    cleanFunctions: clean,
    cleanShare: clean / functions,
    filesWithoutError: withoutError,
    filesWithoutErrorShare: withoutError / results.length,
    ...(listed === undefined
      ? {}
      : { listed: chosen.length, listedWithoutError: chosenClean, listedShare: chosenClean / chosen.length }),
    megabytes,
    dialectMegabytesPerSecond: megabytes / (sum((one) => one.dialectMs) / 1000),
    parseMegabytesPerSecond: megabytes / (sum((one) => one.parseMs) / 1000),
    lengthChanged: results.filter((one) => one.problem !== undefined).map((one) => one.file),
  };
  if (json) {
    console.log(
      JSON.stringify(
        { summary, results: measured.filter((one) => one.errors.length > 0 || one.unclean.length > 0) },
        null,
        1,
      ),
    );
    return;
  }
  const percent = (/** @type {number} */ share) => `${(share * 100).toFixed(3)} %`;
  console.log(`files                     ${summary.files} (${megabytes.toFixed(1)} MB)`);
  console.log(`functions clean           ${percent(summary.cleanShare)} (${clean} of ${functions})`);
  console.log(`files without error       ${percent(summary.filesWithoutErrorShare)} (${withoutError})`);
  if (listed !== undefined)
    console.log(
      `listed files w/o error    ${percent(chosenClean / chosen.length)} (${chosenClean} of ${chosen.length})`,
    );
  console.log(`dialect pass, per core    ${summary.dialectMegabytesPerSecond.toFixed(1)} MB/s`);
  console.log(`parser, per core          ${summary.parseMegabytesPerSecond.toFixed(1)} MB/s`);
  if (summary.lengthChanged.length > 0) console.log(`LENGTH CHANGED            ${summary.lengthChanged.join(' ')}`);
  /** @type {Map<string, number>} */
  const reasons = new Map();
  for (const one of results) for (const { why } of one.unclean) reasons.set(why, (reasons.get(why) ?? 0) + 1);
  console.log(`unclean by reason         ${[...reasons].map(([why, count]) => `${why}: ${count}`).join(', ')}`);
  console.log('\nworst files (unclean functions, errors):');
  const ranked = results.filter((one) => one.unclean.length + one.errors.length > 0);
  ranked.sort((a, b) => b.unclean.length - a.unclean.length || b.errors.length - a.errors.length);
  for (const one of ranked.slice(0, worst)) {
    const first = one.errors[0];
    console.log(
      `  ${one.unclean.length} ${one.errors.length} ${one.file}${first ? `:${first.line}: ${first.standard}` : ''}`,
    );
  }
  console.log('\nmost frequent error lines:');
  /** @type {Map<string, { count: number, at: string }>} */
  const texts = new Map();
  for (const one of results) {
    for (const error of one.errors) {
      const key = error.standard.replace(/\b(?!struct|static|const)[a-z]\w*/g, 'x').slice(0, 70);
      const entry = texts.get(key) ?? { count: 0, at: `${one.file}:${error.line}` };
      entry.count++;
      texts.set(key, entry);
    }
  }
  for (const [key, { count, at }] of [...texts].sort((a, b) => b[1].count - a[1].count).slice(0, worst)) {
    console.log(`  ${count} × ${key}   (${at})`);
  }
}

if (isMainThread) await main();
else await work();
