// @ts-check
// `npm run probe -- TREE NAME`: reads the headers of a kernel tree and writes which of the functions that contracts know
// it lacks, with the generation of each API, to server/src/knowledge/generations/NAME.json.
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const [tree, name] = process.argv.slice(2);
if (tree === undefined || name === undefined || !/^\d+\.\d+$/.test(name)) {
  console.error('usage: probe-kernel.mjs TREE NAME   (NAME is a release: 6.12)');
  process.exit(2);
}

const root = fileURLToPath(new URL('..', import.meta.url));
const bundle = await build({
  stdin: {
    contents: `export { builtinContracts } from './contracts/index.ts';
               export { declaredNames, detectGeneration } from './generation.ts';`,
    resolveDir: join(root, 'server/src/knowledge'),
    loader: 'ts',
  },
  bundle: true,
  format: 'esm',
  platform: 'node',
  write: false,
});
const { builtinContracts, declaredNames, detectGeneration } = await import(
  `data:text/javascript;base64,${Buffer.from(bundle.outputFiles[0]?.contents ?? []).toString('base64')}`
);

/** @type {Set<string>} */
const names = new Set();
/** Contracts of functions that are declared outside include/ name the file that declares or defines them. */
const files = new Set();
for (const contract of builtinContracts) {
  for (const row of contract.functions ?? []) {
    for (const each of [row.name, ...(row.aliases ?? [])]) names.add(each);
    for (const evidence of row.evidence) files.add(evidence.file);
  }
}

/** @param {string} folder @returns {AsyncGenerator<string>} */
async function* headers(folder) {
  const entries = await readdir(join(tree, folder), { withFileTypes: true }).catch(() => []);
  for (const entry of entries) {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory()) yield* headers(path);
    else if (entry.name.endsWith('.h')) yield path;
  }
}

/** @type {Set<string>} */
const found = new Set();
/** @param {string} path */
async function look(path) {
  const text = await readFile(join(tree, path), 'utf8').catch(() => undefined);
  if (text !== undefined) for (const each of declaredNames([text], names)) found.add(each);
}
const folders = new Set(['include', 'arch/x86/include', 'arch/arm64/include']);
for (const folder of folders) for await (const path of headers(folder)) await look(path);
for (const file of files) {
  await look(file);
  if (!file.startsWith('include/')) {
    for (const entry of await readdir(join(tree, dirname(file))).catch(() => [])) {
      if (entry.endsWith('.h')) await look(join(dirname(file), entry));
    }
  }
}
if (found.size === 0) {
  console.error(`${tree}: no header declares anything that contracts know`);
  process.exit(1);
}

const generation = await detectGeneration((/** @type {string} */ path) =>
  readFile(join(tree, path), 'utf8').catch(() => undefined),
);
const absent = [...names].filter((each) => !found.has(each)).sort();
const target = join(root, 'server/src/knowledge/generations', `${name}.json`);
await writeFile(target, `${JSON.stringify({ ...generation, release: name, absent }, null, 2)}\n`);
console.log(`${name}: ${found.size} of ${names.size} functions declared, ${absent.length} absent`);
