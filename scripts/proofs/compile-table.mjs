// @ts-check
// Counts what compiled, per fix.
import { basename } from 'node:path';

/**
 * @typedef {import('./compile-cases.mjs').Case} Case
 * @typedef {import('./driver-fixes.mjs').Variant} Variant
 * @typedef {{ name: string, line: number, text: string }} Note
 * @typedef {object} Row
 * @property {string} fix
 * @property {number} offered
 * @property {number} buildable  of these, in a driver that compiles without it, or for the first time with it
 * @property {number} compiled
 * @property {number} clean      of the compiled, silence their finding and bring none
 * @property {Map<string, number>} refused  reason → number
 * @property {Note[]} broken
 * @property {Note[]} unclean
 */

/** Drivers that compile as they are. @param {readonly Case[]} cases @param {readonly { item: Case, variant?: Variant, object: string }[]} builds @param {ReadonlyMap<string, string>} failures */
export function tally(cases, builds, failures) {
  const buildable = new Set(
    builds.filter(({ variant, object }) => variant === undefined && !failures.has(object)).map(({ item }) => item),
  );
  /** @type {Map<string, Row>} */
  const rows = new Map();
  const rowOf = (/** @type {Case} */ item, /** @type {Variant} */ { fix }) => {
    const key = `${item.kind}:${fix}`;
    const row = rows.get(key) ?? {
      fix: key,
      offered: 0,
      buildable: 0,
      compiled: 0,
      clean: 0,
      refused: new Map(),
      broken: [],
      unclean: [],
    };
    rows.set(key, row);
    return row;
  };
  for (const item of cases) {
    for (const variant of item.variants) {
      if (variant.disabled === undefined) continue;
      const { refused } = rowOf(item, variant);
      refused.set(variant.disabled, (refused.get(variant.disabled) ?? 0) + 1);
    }
  }
  for (const { item, variant, object } of builds) {
    if (variant === undefined) continue;
    const row = rowOf(item, variant);
    row.offered += 1;
    const note = (/** @type {string} */ text) => ({ name: item.name, line: variant.line, text });
    if (variant.complaints.length > 0) row.unclean.push(note(variant.complaints.join('; ')));
    else row.clean += 1;
    const failure = failures.get(object);
    if (!buildable.has(item) && failure !== undefined) continue;
    row.buildable += 1;
    if (failure === undefined) row.compiled += 1;
    else row.broken.push(note(failure));
  }
  return { rows: [...rows.values()].sort((a, b) => (a.fix < b.fix ? -1 : 1)), cases, buildable, builds, failures };
}

/** Reasons without the names of one driver, most frequent first. @param {readonly Row[]} rows */
function reasonsOf(rows) {
  /** @type {Map<string, number>} */
  const reasons = new Map();
  for (const { fix, refused } of rows) {
    for (const [reason, count] of refused) {
      const general = reason
        .replace(/\b(?:struct|union) \w+/g, 'the object')
        .replace(/\b\w+\(\)/g, 'f()')
        .replace(/\(\w+\)/g, '(f)')
        .replace(/^\S+ is not an operation/, 'it is not an operation');
      const key = `${fix.replace(/^\w+:/, '')} | ${general}`;
      reasons.set(key, (reasons.get(key) ?? 0) + count);
    }
  }
  return [...reasons].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1));
}

/** @param {ReturnType<typeof tally>} counted @param {{ headers: string, labels: boolean }} context */
export function compileTable({ rows, cases, buildable, builds, failures }, { headers }) {
  const kinds = /** @type {const} */ (['sample', 'fixture', 'driver']);
  const lines = kinds.flatMap((kind) => {
    const all = cases.filter((item) => item.kind === kind);
    return all.length === 0
      ? []
      : [`${all.length} ${kind}s, ${all.filter((item) => buildable.has(item)).length} compile before any fix`];
  });
  const table = rows.map((row) => {
    const refused = [...row.refused.values()].reduce((sum, count) => sum + count, 0);
    return [row.fix, row.offered, refused, row.buildable, row.compiled, row.clean];
  });
  const header = ['fix', 'offered', 'refused', 'buildable', 'compiled', 'clean'];
  const sum = (/** @type {keyof Row} */ key) => rows.reduce((total, row) => total + Number(row[key]), 0);
  const failed = sum('buildable') - sum('compiled');
  const markdown = [
    `Headers: ${basename(headers)}.`,
    ...lines.map((line) => `- ${line}`),
    '',
    `| ${header.join(' | ')} |`,
    `| ${header.map(() => '---').join(' | ')} |`,
    ...table.map((cells) => `| ${cells.join(' | ')} |`),
    '',
    'Shown with the reason why they cannot be applied, and what does not compile:',
    '',
    '| fix | reason | findings |',
    '| --- | --- | --- |',
    ...reasonsOf(rows).map(([reason, count]) => `| ${reason} | ${count} |`),
    ...rows.flatMap((row) =>
      row.broken.map(
        ({ text }) => `| ${row.fix} | does not compile: ${text.split('\n')[0]?.replace(/^\S+ /, '')} | 1 |`,
      ),
    ),
    '',
  ].join('\n');
  const details = [
    ...rows.flatMap((row) => [
      ...row.broken.map((note) => `BROKEN ${row.fix} ${note.name}:${note.line}\n${note.text}`),
      ...row.unclean.map((note) => `UNCLEAN ${row.fix} ${note.name}:${note.line} ${note.text}`),
      ...[...row.refused].map(([reason, count]) => `REFUSED ${row.fix} ${count}x ${reason}`),
    ]),
    ...builds
      .filter(({ variant, object }) => variant === undefined && failures.has(object))
      .map(({ item, object }) => `NOT BUILDABLE ${item.name}: ${failures.get(object)?.split('\n')[0]}`),
  ];
  const text = [markdown, ...details, `${sum('compiled')} passed, ${failed} failed`].join('\n');
  return { text, markdown, failed };
}
