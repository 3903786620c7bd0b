// @ts-check
// `npm run bench -- KERNEL [FILE]`: the numbers that users feel, on this machine, with the built program. Nothing is asserted.
import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ensureBuilt, orExplain, ROOT } from './installation.mjs';
import { LspClient } from './lsp-client.mjs';

/** Places in the file where text is typed, and what is typed there. */
const PLACES = 25;
const TYPED = 'int typed = 1;';

const [kernelArgument, fileArgument = 'drivers/usb/class/usbtmc.c'] = process.argv.slice(2);
if (kernelArgument === undefined) {
  console.error('usage: npm run bench -- KERNEL [FILE]   (FILE relative to KERNEL)');
  process.exit(2);
}
const kernel = resolve(process.env.INIT_CWD ?? '.', kernelArgument);
orExplain(ensureBuilt);

/** @param {readonly number[]} values @param {number} share */
function percentile(values, share) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
}

/** @param {number} ms */
const inMs = (ms) => `${ms.toFixed(ms < 10 ? 1 : 0)} ms`;

/** @param {string} text @returns {number[]} lines (zero-based) of statements inside functions, spread over the file */
function placesToType(text) {
  const lines = text.split('\n').flatMap((line, index) => (/^\t+\w.*;$/.test(line) ? [index] : []));
  return Array.from({ length: PLACES }, (_, index) => lines[Math.floor((index * lines.length) / PLACES)] ?? 0);
}

async function benchEditor() {
  const path = join(kernel, fileArgument);
  const text = readFileSync(path, 'utf8');
  const uri = pathToFileURL(path).href;
  const started = performance.now();
  const client = new LspClient(join(ROOT, 'dist/server.js'));
  await client.request('initialize', {
    processId: process.pid,
    rootUri: pathToFileURL(kernel).href,
    workspaceFolders: [{ uri: pathToFileURL(kernel).href, name: 'kernel' }],
    capabilities: { textDocument: { diagnostic: {} }, workspace: { configuration: true, workspaceFolders: true } },
  });
  client.notify('initialized', {});
  /** @param {string} document */
  const diagnose = (document) => client.request('textDocument/diagnostic', { textDocument: { uri: document } });

  client.notify('textDocument/didOpen', { textDocument: { uri, languageId: 'c', version: 1, text } });
  const first = await diagnose(uri);
  console.log(`editor: ${fileArgument}, ${text.split('\n').length} lines, ${first.items?.length ?? 0} diagnostics`);
  console.log(`  server start to first diagnostics: ${inMs(performance.now() - started)}`);

  const sample = join(ROOT, 'samples/drivers/thermo_misc.c');
  const sampleUri = pathToFileURL(sample).href;
  const opened = performance.now();
  client.notify('textDocument/didOpen', {
    textDocument: { uri: sampleUri, languageId: 'c', version: 1, text: readFileSync(sample, 'utf8') },
  });
  await diagnose(sampleUri);
  console.log(`  warm server, opening a driver of 100 lines: ${inMs(performance.now() - opened)}`);

  let version = 1;
  /** @type {number[]} */
  const times = [];
  for (const line of placesToType(text)) {
    for (let at = 0; at < TYPED.length * 2; at++) {
      const typing = at < TYPED.length;
      const character = typing ? at : TYPED.length * 2 - 1 - at;
      const edited = performance.now();
      client.notify('textDocument/didChange', {
        textDocument: { uri, version: ++version },
        contentChanges: [
          {
            range: { start: { line, character }, end: { line, character: typing ? character : character + 1 } },
            text: typing ? TYPED[at] : '',
          },
        ],
      });
      await diagnose(uri);
      times.push(performance.now() - edited);
    }
  }
  console.log(
    `  keystroke to fresh diagnostics, ${times.length} keystrokes: p50 ${inMs(percentile(times, 0.5))}, p95 ${inMs(percentile(times, 0.95))}, worst ${inMs(Math.max(...times))}`,
  );

  /** @type {number[]} */
  const hovers = [];
  for (const line of placesToType(text)) {
    const asked = performance.now();
    await client.request('textDocument/hover', { textDocument: { uri }, position: { line, character: 4 } });
    hovers.push(performance.now() - asked);
  }
  console.log(`  hover: p50 ${inMs(percentile(hovers, 0.5))}, p95 ${inMs(percentile(hovers, 0.95))}`);
  await client.request('shutdown', null);
  client.notify('exit', null);
}

/** Peak resident memory of a process in MiB, as far as the system tells. @param {number} pid */
function peakMemory(pid) {
  const status = `/proc/${pid}/status`;
  if (!existsSync(status)) return undefined;
  const kib = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(status, 'utf8'))?.[1];
  return kib === undefined ? undefined : Number(kib) / 1024;
}

/** @param {string} label @param {readonly string[]} args */
async function benchBatch(label, args) {
  const started = performance.now();
  const child = spawn(process.execPath, [join(ROOT, 'dist/cli.js'), 'check', ...args, '--output', '/dev/null'], {
    cwd: kernel,
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  /** @type {number | undefined} */
  let peak;
  const poll = setInterval(() => {
    peak = peakMemory(child.pid ?? 0) ?? peak;
  }, 50);
  const code = await new Promise((done) => child.on('exit', done));
  clearInterval(poll);
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  console.log(
    `batch: ${label}: ${seconds} s, peak ${peak === undefined ? 'unknown' : `${Math.round(peak)} MiB`}, exit code ${code}`,
  );
}

console.log(`Node ${process.version}, ${cpus().length} × ${cpus()[0]?.model ?? 'unknown processor'}`);
await benchEditor();
await benchBatch('drivers/, first run', ['drivers']);
await benchBatch('drivers/, second run', ['drivers']);
