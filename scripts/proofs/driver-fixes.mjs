// @ts-check
// The fixes that the engine offers for a driver, each as a set of changed files: what the proofs compile and boot.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { importTypeScript } from '../import-typescript.mjs';
import { ROOT } from '../installation.mjs';

/**
 * @typedef {{ file: string, span: { start: number, end: number }, text: string }} Edit
 * @typedef {{ rule: string, message: string, at: { file: string, fn?: string, span: { start: number, end: number } } }} Finding
 * @typedef {object} Variant
 * @property {string} rule
 * @property {string} fix       name in the rule's `fixes`
 * @property {string} title
 * @property {number} line      of the finding, from 1
 * @property {string} [disabled] why it cannot be applied here
 * @property {string} [lacks]   what the tree lacks for it
 * @property {ReadonlyMap<string, string>} files  changed files with their new text
 * @property {readonly string[]} complaints  what is wrong with it in the eyes of the analysis
 */

/** @type {Promise<any> | undefined} */
let loaded;

/** The parts of the product that the proofs use. @returns {Promise<any>} */
function product() {
  loaded ??= importTypeScript(`
    export { createEngine } from './server/src/engine/engine.ts';
    export { createNodeHost } from './server/src/base-node/node-host.ts';
    export { racesBehind, raceShownBy } from './server/src/engine/races-behind.ts';
    export { parseFixture } from './test/support/fixtures.ts';
  `);
  return loaded;
}

/** @returns {Promise<any>} an engine over the disk, and what goes with it */
export async function startEngine() {
  const { createEngine, createNodeHost, parseFixture } = await product();
  const wasm = (/** @type {string} */ path) => new Uint8Array(readFileSync(join(ROOT, 'node_modules', path)));
  const grammars = {
    runtime: wasm('web-tree-sitter/web-tree-sitter.wasm'),
    c: wasm('tree-sitter-c/tree-sitter-c.wasm'),
  };
  return { engine: await createEngine({ host: createNodeHost(), grammars }), parseFixture };
}

/** Every fix that is offered for a finding of the file. @param {any} engine @param {string} path @returns {Promise<Variant[]>} */
export async function variantsOf(engine, path) {
  const { findings } = await engine.checkFile(path);
  const text = engine.text(path) ?? '';
  /** @type {Map<string, Variant>} */
  const variants = new Map();
  for (const finding of findings) {
    for (const offer of await engine.codeActions(path, finding.at.span)) {
      if (offer.finding.rule !== finding.rule || variants.has(offer.id)) continue;
      const [rule = '', fix = ''] = offer.id.split(':');
      const edits = offer.disabled === undefined ? ((await engine.resolveAction(path, offer.id)) ?? []) : [];
      const line = text.slice(0, finding.at.span.start).split('\n').length;
      variants.set(offer.id, {
        rule,
        fix,
        title: offer.title,
        line,
        disabled: offer.disabled,
        lacks: offer.lacks,
        files: changedFiles(engine, edits),
        complaints: offer.disabled === undefined ? await judge(engine, path, offer.finding, edits) : [],
      });
    }
  }
  return [...variants.values()];
}

/** @param {any} engine @param {readonly Edit[]} edits @returns {Map<string, string>} */
function changedFiles(engine, edits) {
  const files = new Map();
  for (const edit of [...edits].sort((a, b) => b.span.start - a.span.start || b.span.end - a.span.end)) {
    const text = files.get(edit.file) ?? engine.text(edit.file);
    files.set(edit.file, text.slice(0, edit.span.start) + edit.text + text.slice(edit.span.end));
  }
  return files;
}

/** @param {Finding} finding */
const keyOf = ({ rule, message, at }) => `${rule}(${message}) in ${at.fn ?? '-'}`;

/** Whether the finding is gone and none has come. @param {any} engine @param {string} path @param {Finding} finding @param {readonly Edit[]} edits */
async function judge(engine, path, finding, edits) {
  const { racesBehind, raceShownBy } = await product();
  const { findings } = await engine.checkFile(path);
  const before = countsOf(findings);
  const hidden = racesBehind(findings);
  const changed = changedFiles(engine, edits);
  for (const [file, text] of changed) engine.openDocument(file, text, 1);
  const { findings: remaining } = await engine.checkFile(path);
  for (const file of changed.keys()) engine.closeDocument(file);
  const key = keyOf(finding);
  const complaints = (countsOf(remaining).get(key) ?? 0) < (before.get(key) ?? 0) ? [] : ['the finding stays'];
  const fresh = remaining.filter((/** @type {Finding} */ found) => !hidden.has(raceShownBy(found)));
  for (const [found, count] of countsOf(fresh))
    if (count > (before.get(found) ?? 0)) complaints.push(`brings ${found}`);
  return complaints;
}

/** @param {readonly Finding[]} findings @returns {Map<string, number>} */
function countsOf(findings) {
  const counts = new Map();
  for (const finding of findings) counts.set(keyOf(finding), (counts.get(keyOf(finding)) ?? 0) + 1);
  return counts;
}
