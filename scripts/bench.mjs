// @ts-check
// `npm run bench -- --kernel DIR [--path P…] [--file F…] [--edits N] [--write]`: the numbers that users feel, on this machine,
// with the built program and whatever peers are installed. Nothing is asserted; `--write` makes docs/performance.md of them.
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join, relative, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { benchEditor, percentile } from './bench-editor.mjs';
import { measure } from './bench-process.mjs';
import { ensureBuilt, orExplain, ROOT } from './installation.mjs';

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    kernel: { type: 'string' },
    path: { type: 'string', multiple: true },
    file: { type: 'string', multiple: true },
    edits: { type: 'string' },
    write: { type: 'boolean' },
  },
});
const given = options.kernel ?? positionals[0];
if (given === undefined) {
  console.error('usage: npm run bench -- --kernel DIR [--path P…] [--file F…] [--edits N] [--write]');
  process.exit(2);
}
const kernel = resolve(process.env.INIT_CWD ?? '.', given);
const paths = options.path ?? ['.'];
/** Of different size, one module each. */
const FILES = [
  'drivers/platform/chrome/cros_ec_chardev.c',
  'drivers/usb/misc/ldusb.c',
  'drivers/char/ppdev.c',
  'drivers/usb/class/usbtmc.c',
  'drivers/misc/fastrpc.c',
];
const files = options.file ?? FILES;
const edits = Number(options.edits ?? 10_000);
orExplain(ensureBuilt);

/** @param {number | undefined} value @param {number} [digits] */
const number = (value, digits = 1) => (value === undefined ? '–' : value.toFixed(digits));

/** @type {string[]} */
const page = [];
/** @param {string} line */
const say = (line) => {
  page.push(line);
  console.log(line);
};
/** @param {readonly string[]} head @param {readonly (readonly string[])[]} rows */
const table = (head, rows) => {
  for (const cells of [head, head.map(() => '---'), ...rows]) say(`| ${cells.join(' | ')} |`);
  say('');
};

/** Rule ids by family: what rules read of the analysis tells. @param {(facts: string) => boolean} isWanted */
function rulesReading(isWanted) {
  const folder = join(ROOT, 'server/src/rules');
  return readdirSync(folder).flatMap((name) => {
    const text = name.endsWith('.ts') ? readFileSync(join(folder, name), 'utf8') : '';
    const id = /^ {2}id: '(.+)',$/m.exec(text)?.[1];
    const facts = /^ {2}facts: '(.+)',$/m.exec(text)?.[1];
    return id !== undefined && facts !== undefined && isWanted(facts) ? [id] : [];
  });
}

async function editor() {
  say('## Editor\n');
  say(
    `The server over stdio; ms from a keystroke to fresh diagnostics of its file, at ${25} places of each file. Memory`,
  );
  say(`is the peak after the first 700 keystrokes and after ${edits} in the first file.\n`);
  const rows = [];
  for (const [index, file] of files.entries()) {
    const cost = await benchEditor(kernel, file, index === 0 ? edits : 0);
    const { first, typing, hovers, actions } = cost;
    rows.push([
      `\`${file}\``,
      String(cost.lines),
      number(first, 0),
      ...[0.5, 0.95, 1].map((share) => number(percentile(typing, share))),
      number(percentile(hovers, 0.95)),
      number(percentile(actions, 0.95)),
      `${number(cost.before, 0)} → ${number(cost.after, 0)}`,
    ]);
  }
  table(['file', 'lines', 'start to first', 'typing p50', 'p95', 'worst', 'hover p95', 'actions p95', 'MiB'], rows);
}

/** A file to change: one of those that are typed in, if it lies there. @param {string} path */
function sourceBelow(path) {
  const typed = files.find((file) => path === '.' || file.startsWith(`${path}/`));
  const inside = () => readdirSync(join(kernel, path)).find((name) => /\.(?:c|rs)$/.test(name)) ?? '';
  return join(kernel, typed ?? join(path, inside()));
}

async function batch() {
  const scratch = mkdtempSync(join(tmpdir(), 'revsafe-bench-'));
  const cli = join(ROOT, 'dist/cli.js');
  /** @param {string} cache @param {readonly string[]} args */
  const run = (cache, args) =>
    measure(process.execPath, [cli, 'check', '--stats', '--output', join(scratch, 'report'), ...args], {
      cwd: kernel,
      env: { XDG_CACHE_HOME: join(scratch, cache) },
    });
  const narrow = rulesReading((facts) => facts === 'nodes' || facts === 'revocable').flatMap((id) => ['--rule', id]);
  say(`## Batch\n`);
  say(`\`revsafe check ${paths.join(' ')}\`. Processor time is that of all threads.\n`);
  /** @type {[string, import('./bench-process.mjs').Cost][]} */
  const runs = [];
  /** @param {string} label @param {string} cache @param {readonly string[]} args */
  const add = async (label, cache, args) => {
    const cost = await run(cache, args);
    runs.push([label, cost]);
    console.error(`${label}: ${number(cost.wall)} s`);
    return cost;
  };
  await add('removal and revocable, cold', 'narrow', [...narrow, ...paths]);
  await add('removal and revocable, warm', 'narrow', [...narrow, ...paths]);
  const two = await add('every rule, cold', 'all', paths);
  const warm = await add('every rule, warm', 'all', paths);
  const changed = sourceBelow(paths[0] ?? '.');
  try {
    const { atime, mtime } = statSync(changed);
    const now = new Date();
    utimesSync(changed, now, now);
    await new Promise((done) => setTimeout(done, 50));
    await add('every rule, one changed file', 'all', paths);
    utimesSync(changed, atime, mtime);
  } catch {
    say(`(the tree cannot be written: no run with a changed file)\n`);
  }
  await add('that file alone, its folder cold', 'file', [relative(kernel, changed)]);
  await add('that file alone, warm', 'file', [relative(kernel, changed)]);
  const one = await add('every rule, one worker, no cache', 'none', ['--no-cache', '--jobs', '1', ...paths]);
  table(
    ['run', 'wall s', 'processor s', 'peak MiB'],
    runs.map(([label, { wall, cpu, peak }]) => [label, number(wall, 2), number(cpu), number(peak, 0)]),
  );
  say(
    `Workers: ${number(one.wall / two.wall, 2)} times as fast as one. Warm: ${number(two.wall / warm.wall, 1)} times as fast as cold.\n`,
  );
  say('What the cold run of every rule says of itself:\n');
  for (const line of two.stderr.trim().split('\n').slice(-3)) say(`    ${line}`);
  say('');
  await peers();
  rmSync(scratch, { recursive: true });
}

/** Other tools on the same files in the same run. */
async function peers() {
  const folder = paths[0] === '.' ? 'drivers/char' : (paths[0] ?? 'drivers/char');
  const sources = readdirSync(join(kernel, folder)).filter((name) => name.endsWith('.c'));
  const some = sources.slice(0, 20).map((name) => join(folder, name));
  /** @type {readonly (readonly [string, string, readonly string[]])[]} */
  const tools = [
    ['cppcheck', 'cppcheck', ['--quiet', '--max-configs=1', ...some]],
    ['sparse', 'sparse', ['-Iinclude', ...some]],
    ['coccinelle', 'spatch', ['--sp-file', join(ROOT, 'scripts/bench-unregister.cocci'), '--dir', folder, '-j', '1']],
    ['clangd', 'clangd', [`--check=${join(kernel, files[0] ?? '')}`]],
  ];
  const ours = await measure(
    process.execPath,
    [join(ROOT, 'dist/cli.js'), 'check', '--no-cache', '--jobs', '1', '--output', '/dev/null', ...some],
    { cwd: kernel },
  );
  say(`## Peers\n`);
  say(`On ${some.length} files of \`${folder}\` (coccinelle: the folder; clangd: one file), one thread;`);
  say(`the ratio is to \`revsafe check\` of these files with everything it does.\n`);
  const rows = [['revsafe', number(ours.wall, 2), number(ours.peak, 0), '1']];
  for (const [name, command, args] of tools) {
    const cost = await measure(command, args, { cwd: kernel });
    rows.push(
      cost.code === null
        ? [name, 'not installed', '', '']
        : [name, number(cost.wall, 2), number(cost.peak, 0), number(cost.wall / ours.wall, 2)],
    );
  }
  table(['tool', 'wall s', 'peak MiB', 'ratio'], rows);
}

say('# Performance\n');
say(
  'Generated by `npm run bench -- --kernel DIR --write`; not checked by any test, since it is of one machine and one day.\n',
);
const load = loadavg()[0] ?? 0;
say(`Node ${process.version}, ${cpus().length} × ${cpus()[0]?.model ?? 'unknown processor'}.`);
say(
  `Load when it began: ${load.toFixed(1)}${load > 1 ? ', so that wall clock says little here and processor time more' : ''}.\n`,
);
await editor();
await batch();
if (options.write) writeFileSync(join(ROOT, 'docs/performance.md'), `${page.join('\n').trimEnd()}\n`);
