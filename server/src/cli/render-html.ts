/** One page that needs nothing else: counts by subsystem and rule, findings by file with the picture of each race, device nodes. */
import type { DeviceNode, Finding, Severity } from '../engine/api.ts';
import { escapeXml, TIMELINE_STYLE, timelineOf, timelineSvg } from '../engine/api.ts';
import { PAGE_SCRIPT, PAGE_STYLE } from './html-page.ts';
import { renderSummary } from './render-text.ts';
import type { ReportedFinding, ReportInput } from './report-input.ts';
import { shortened } from './report-input.ts';
import { placeOf } from './sources.ts';

export function renderHtml(input: ReportInput): string {
  const byFile = groupBy(input.findings, ({ finding }) => placeOf(finding.at, input.sources, input.root).path);
  const summary = `${renderSummary(input)}. ${input.nodes.length} device nodes in ${input.stats.modules} modules`;
  return [
    '<!doctype html>',
    '<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">',
    `<title>Device-removal report</title><style>${PAGE_STYLE}${TIMELINE_STYLE}</style></head><body>`,
    '<h1>Device-removal report</h1>',
    `<p>${escapeXml(summary)}.</p>`,
    '<form role="search"><input type="search" aria-label="Search" placeholder="File, function, rule, verdict, any words"><output></output></form>',
    renderFailures(input),
    renderCounts(input),
    byFile.size === 0 ? '' : '<h2>Findings</h2>',
    ...[...byFile].map(([path, findings]) => renderFile(path, findings, input)),
    renderNodes(input),
    `<footer class="place">revsafe ${escapeXml(input.version)}</footer><script>${PAGE_SCRIPT}</script></body></html>`,
    '',
  ].join('\n');
}

/** `drivers/usb/misc/x.c` belongs to `drivers/usb`; files of other folders to their first. */
function subsystemOf(path: string): string {
  const folders = path.split('/').slice(0, -1);
  return folders.slice(0, folders[0] === 'drivers' ? 2 : 1).join('/') || '.';
}

/** What a search looks through beside the text: the path, so that it begins with the name of its subsystem. */
function keyOf(path: string): string {
  return escapeXml(path.includes('/') ? path : `./${path}`);
}

const SEVERITIES: readonly Severity[] = ['error', 'warning', 'hint'];
const VERDICTS: readonly DeviceNode['verdict'][] = ['vulnerable', 'unknown', 'safe'];

function renderCounts(input: ReportInput): string {
  const subsystem = (at: Finding['at']): string => subsystemOf(placeOf(at, input.sources, input.root).path);
  const findings = groupBy(input.findings, ({ finding }) => subsystem(finding.at));
  const nodes = groupBy(input.nodes, (node) => subsystem(node.register.at));
  const names = [...new Set([...findings.keys(), ...nodes.keys()])].sort();
  if (names.length === 0) return '';
  const severities = (of: readonly ReportedFinding[]): readonly number[] =>
    SEVERITIES.map((severity) => of.filter(({ finding }) => finding.severity === severity).length);
  const subsystems = names.map((name): Row => {
    const verdicts = VERDICTS.map((verdict) => nodes.get(name)?.filter((node) => node.verdict === verdict).length ?? 0);
    return [`${name}/`, [...severities(findings.get(name) ?? []), ...verdicts]];
  });
  const rules = [...groupBy(input.findings, ({ finding }) => finding.rule)]
    .sort((a, b) => b[1].length - a[1].length || (a[0] < b[0] ? -1 : 1))
    .map(([rule, found]): Row => [rule, severities(found)]);
  return [
    '<h2>By subsystem</h2>',
    renderTable(['', ...SEVERITIES, ...VERDICTS.map((verdict) => `nodes ${verdict}`)], subsystems),
    ...(rules.length === 0 ? [] : ['<h2>By rule</h2>', renderTable(['', ...SEVERITIES], rules)]),
  ].join('\n');
}

/** What a search for it finds, and the counts. */
type Row = readonly [name: string, counts: readonly number[]];

function renderTable([first = '', ...heads]: readonly string[], rows: readonly Row[]): string {
  const head = heads.map((text) => `<th class="count" scope="col">${text}</th>`).join('');
  const body = rows.map(([name, counts]) => {
    const search = `<button type="button" data-search="${escapeXml(name)}"><code>${escapeXml(name)}</code></button>`;
    const cells = counts.map((count) => `<td class="count">${count === 0 ? '' : count}</td>`).join('');
    return `<tr><th scope="row">${search}</th>${cells}</tr>`;
  });
  return `<table><thead><tr><th>${first}</th>${head}</tr></thead><tbody>${body.join('')}</tbody></table>`;
}

function renderFile(path: string, findings: readonly ReportedFinding[], input: ReportInput): string {
  const articles = findings.map(({ finding }) => renderFinding(finding, path, input)).join('');
  return `<section><h3><code>${escapeXml(path)}</code></h3>${articles}</section>`;
}

function renderFinding(finding: Finding, path: string, input: ReportInput): string {
  const place = placeOf(finding.at, input.sources, input.root);
  const where = `line ${place.line}${place.fn === undefined ? '' : `, ${place.fn}()`}`;
  return [
    `<article class="${finding.severity}" data-key="${keyOf(path)}">`,
    `<h4><span class="level">${finding.severity}</span>: ${escapeXml(finding.text)} <code>${escapeXml(finding.rule)}</code></h4>`,
    `<div class="place">${escapeXml(where)}</div>${renderExcerpt(finding.at, input)}`,
    renderRace(finding, input),
    `<p><b>What to do:</b> ${escapeXml(finding.hint)}</p></article>`,
  ].join('');
}

/** Lines of source shown before and after the place. */
const AROUND = 2;

function renderExcerpt(at: Finding['at'], { sources }: ReportInput): string {
  const source = sources.get(at.file);
  if (source === undefined || source.text === '') return '';
  const { line } = source.lines.positionAt(at.span.start);
  const rows: string[] = [];
  const isThere = (shown: number): boolean => source.lines.lineStart(shown) < source.text.length;
  for (let shown = Math.max(0, line - AROUND); shown <= line + AROUND && isThere(shown); shown++) {
    const text = source.text
      .slice(source.lines.lineStart(shown), source.lines.lineStart(shown + 1))
      .replace(/\r?\n$/, '');
    const row = `${String(shown + 1).padStart(5)}  ${escapeXml(text)}`;
    rows.push(shown === line ? `<mark>${row}</mark>` : row);
  }
  return `<pre>${rows.join('\n')}</pre>`;
}

function renderRace({ text, witness }: Finding, input: ReportInput): string {
  if (witness === undefined) return '';
  const shown = { ...witness, user: shortened(witness.user), teardown: shortened(witness.teardown) };
  const timeline = timelineOf(text, shown, (file) => input.sources.get(file)?.text ?? '');
  const picture = timelineSvg(timeline, { standalone: false, links: false });
  return `<details open><summary>How it happens</summary>${picture}</details>`;
}

/** Rows of one `tbody`: a browser lays out each when it comes into view. */
const NODES_TOGETHER = 50;

function renderNodes(input: ReportInput): string {
  if (input.nodes.length === 0) return '';
  const rows = input.nodes.map((node) => {
    const { path, line } = placeOf(node.register.at, input.sources, input.root);
    const why = node.verdict === 'unknown' ? (node.unknowns[0]?.reason ?? '') : node.fences.join(', ');
    const cells = [
      `<code>${escapeXml(path)}:${line}</code>`,
      `<code>${escapeXml(node.register.api)}</code>`,
      `<span class="${node.verdict}">${node.verdict}</span>`,
      escapeXml(why),
      escapeXml(node.teardown),
    ];
    return `<tr data-key="${keyOf(path)}">${cells.map((cell) => `<td>${cell}</td>`).join('')}</tr>`;
  });
  const bodies: string[] = [];
  for (let first = 0; first < rows.length; first += NODES_TOGETHER)
    bodies.push(`<tbody class="nodes">${rows.slice(first, first + NODES_TOGETHER).join('\n')}</tbody>`);
  const heads = ['Registered at', 'By', 'Verdict', 'Fences, or what was not understood', 'Teardown'];
  const head = heads.map((text) => `<th scope="col">${text}</th>`).join('');
  return `<section><h2>Device nodes</h2><table><thead><tr>${head}</tr></thead>${bodies.join('')}</table></section>`;
}

function renderFailures(input: ReportInput): string {
  if (input.failures.length === 0) return '';
  const items = input.failures.map(
    ({ file, reason }) => `<li><code>${escapeXml(file)}</code>: ${escapeXml(reason)}</li>`,
  );
  return `<h2>Not checked</h2><ul>${items.join('')}</ul>`;
}

function groupBy<T>(items: readonly T[], keyOf: (item: T) => string): ReadonlyMap<string, readonly T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const key = keyOf(item);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [item]);
    else group.push(item);
  }
  return groups;
}
