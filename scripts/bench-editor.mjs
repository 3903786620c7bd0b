// @ts-check
// What is felt while typing: the built server over stdio, a script that types and deletes in real drivers.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { peakMemory } from './bench-process.mjs';
import { ROOT } from './installation.mjs';
import { LspClient } from './lsp-client.mjs';

/** Places in a file where text is typed. */
const PLACES = 25;
/** @param {string} file */
const isRust = (file) => file.endsWith('.rs');

/** @param {readonly number[]} values @param {number} share */
export function percentile(values, share) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
}

/** @param {string} text @param {number} places @returns {number[]} lines (zero-based) of statements inside functions, spread over the file */
function placesToType(text, places = PLACES) {
  const lines = text.split('\n').flatMap((line, index) => (/^(?:\t| {8})\s*\w.*;$/.test(line) ? [index] : []));
  return Array.from({ length: places }, (_, index) => lines[Math.floor((index * lines.length) / places)] ?? 0);
}

/**
 * @typedef {{ file: string, lines: number, first: number, typing: number[], hovers: number[], actions: number[],
 *   before: number | undefined, after: number | undefined }} EditorCost ms and MiB
 */

/**
 * Opens a file, types at many places of it, hovers and asks for actions; then goes on typing until there were `edits`.
 * @param {string} kernel @param {string} file @param {number} edits @returns {Promise<EditorCost>}
 */
export async function benchEditor(kernel, file, edits) {
  const text = readFileSync(join(kernel, file), 'utf8');
  const typed = isRust(file) ? 'let typed = 1;' : 'int typed = 1;';
  const uri = pathToFileURL(join(kernel, file)).href;
  const started = performance.now();
  const client = new LspClient(join(ROOT, 'dist/server.js'));
  const folder = pathToFileURL(kernel).href;
  await client.request('initialize', {
    processId: process.pid,
    rootUri: folder,
    workspaceFolders: [{ uri: folder, name: 'kernel' }],
    capabilities: { textDocument: { diagnostic: {} }, workspace: { configuration: true, workspaceFolders: true } },
  });
  client.notify('initialized', {});
  client.notify('textDocument/didOpen', {
    textDocument: { uri, languageId: isRust(file) ? 'rust' : 'c', version: 1, text },
  });
  const diagnose = () => client.request('textDocument/diagnostic', { textDocument: { uri } });
  await diagnose();
  const first = performance.now() - started;

  let version = 1;
  /** One letter typed or deleted. @param {number} line @param {number} step */
  const edit = (line, step) => {
    const typing = step < typed.length;
    const character = typing ? step : typed.length * 2 - 1 - step;
    const range = { start: { line, character }, end: { line, character: typing ? character : character + 1 } };
    client.notify('textDocument/didChange', {
      textDocument: { uri, version: ++version },
      contentChanges: [{ range, text: typing ? typed[step] : '' }],
    });
    return diagnose();
  };
  const letters = typed.length * 2;
  /** @param {() => Promise<unknown>} ask */
  const timed = async (ask) => {
    const asked = performance.now();
    await ask();
    return performance.now() - asked;
  };
  const places = placesToType(text);
  const typing = [];
  for (const line of places)
    for (let step = 0; step < letters; step++) typing.push(await timed(() => edit(line, step)));
  const hovers = [];
  const actions = [];
  for (const line of places) {
    const position = { line, character: 4 };
    hovers.push(await timed(() => client.request('textDocument/hover', { textDocument: { uri }, position })));
    const range = { start: position, end: position };
    const context = { diagnostics: [] };
    actions.push(
      await timed(() => client.request('textDocument/codeAction', { textDocument: { uri }, range, context })),
    );
  }
  const pid = client.process.pid ?? 0;
  const before = peakMemory(pid);
  for (let done = typing.length; done < edits; done++) await edit(places[done % PLACES] ?? 0, done % letters);
  const after = peakMemory(pid);
  await client.request('shutdown', null);
  client.notify('exit', null);
  return { file, lines: text.split('\n').length, first, typing, hovers, actions, before, after };
}
