// @ts-check
// `node scripts/unknown-allocators.mjs TREE [FOLDER…]`: functions that no contract knows and whose result ends up in the
// private data of a device or file, most frequent first. Textual: `x = f(…)` and, later in the same function,
// `…set_drvdata(…, x)` or `…->private_data = x`. A tree's own functions are left out when the same file defines them.
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const [tree, ...folders] = process.argv.slice(2);
if (tree === undefined) {
  console.error('usage: unknown-allocators.mjs TREE [FOLDER…]');
  process.exit(2);
}

const root = fileURLToPath(new URL('..', import.meta.url));
const bundle = await build({
  entryPoints: [join(root, 'server/src/knowledge/lookup.ts')],
  bundle: true,
  format: 'esm',
  platform: 'node',
  write: false,
});
const { Knowledge } = await import(
  `data:text/javascript;base64,${Buffer.from(bundle.outputFiles[0]?.contents ?? []).toString('base64')}`
);
const knowledge = Knowledge.builtin();

/** @param {string} folder @returns {AsyncGenerator<string>} */
async function* sources(folder) {
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) yield* sources(path);
    else if (entry.name.endsWith('.c')) yield path;
  }
}

const FUNCTION = /^[A-Za-z_][^;{}#\n]*\([^;{}]*\)\s*\n\{\n([\s\S]*?)\n\}/gm;
const ASSIGNED = /\b([A-Za-z_]\w*)\s*=\s*(?:\([^()]*\*\)\s*)?([A-Za-z_]\w*)\s*\(/g;
const KEPT =
  /\b\w*set_(?:drv|intf|client|private_)?data\s*\([^,;]*,\s*([A-Za-z_]\w*)\s*\)|->(?:private_data|driver_data|priv|drvdata)\s*=\s*([A-Za-z_]\w*)\s*;/g;

/** @type {Map<string, { count: number, example: string }>} */
const unknown = new Map();
let files = 0;
for (const folder of folders.length > 0 ? folders : ['drivers']) {
  for await (const path of sources(join(tree, folder))) {
    files += 1;
    const text = (await readFile(path, 'utf8')).replace(/\/\*[\s\S]*?\*\//g, ' ');
    const own = new Set([...text.matchAll(/^[A-Za-z_][^;{}=\n]*?\b(\w+)\([^;{}]*\)\s*\n\{/gm)].map(([, name]) => name));
    for (const [, body = ''] of text.matchAll(FUNCTION)) {
      const kept = new Set([...body.matchAll(KEPT)].map(([, called, assigned]) => called ?? assigned));
      if (kept.size === 0) continue;
      for (const [, variable, name = ''] of body.matchAll(ASSIGNED)) {
        if (!kept.has(variable) || own.has(name) || name === 'container_of') continue;
        if (knowledge.findFunction(name) !== undefined) continue;
        const seen = unknown.get(name) ?? { count: 0, example: path.slice(tree.length + 1) };
        unknown.set(name, { ...seen, count: seen.count + 1 });
      }
    }
  }
}

for (const [name, { count, example }] of [...unknown].sort((a, b) => b[1].count - a[1].count)) {
  console.log(`${String(count).padStart(5)}  ${name.padEnd(40)} ${example}`);
}
console.log(`${unknown.size} unknown functions in ${files} files`);
