/** One page that needs nothing else: findings by file, each with the picture of its race. */
import type { Finding } from '../engine/api.ts';
import { escapeXml, TIMELINE_STYLE, timelineOf, timelineSvg } from '../engine/api.ts';
import { renderSummary } from './render-text.ts';
import type { ReportedFinding, ReportInput } from './report-input.ts';
import { shortened } from './report-input.ts';
import { placeOf, sourceLine } from './sources.ts';

const STYLE = `
:root { color-scheme: light dark; --line: #8886; --error: #c62828; --warning: #b26a00; --hint: #1565c0; }
@media (prefers-color-scheme: dark) { :root { --error: #ef9a9a; --warning: #ffcc80; --hint: #90caf9; } }
body { font: 15px/1.5 system-ui, sans-serif; max-width: 78rem; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.5rem; } h2 { font-size: 1.05rem; margin-top: 2.5rem; border-bottom: 1px solid var(--line); }
article { margin: 1.2rem 0; padding-left: .8rem; border-left: 4px solid var(--line); }
article.error { border-color: var(--error); } article.warning { border-color: var(--warning); } article.hint { border-color: var(--hint); }
h3 { font-size: 1rem; margin: 0; } .error .level { color: var(--error); } .warning .level { color: var(--warning); } .hint .level { color: var(--hint); }
.place { opacity: .7; font-size: .85rem; } code { font-family: ui-monospace, monospace; font-size: .85rem; }
svg.race { max-width: 100%; height: auto; }
summary { cursor: pointer; }`;

export function renderHtml(input: ReportInput): string {
  const byFile = new Map<string, ReportedFinding[]>();
  for (const reported of input.findings) {
    const { path } = placeOf(reported.finding.at, input.sources, input.root);
    const list = byFile.get(path);
    if (list === undefined) byFile.set(path, [reported]);
    else list.push(reported);
  }
  const sections = [...byFile].map(
    ([path, findings]) =>
      `<section><h2><code>${escapeXml(path)}</code></h2>${findings.map((reported) => renderFinding(reported, input)).join('')}</section>`,
  );
  return [
    '<!doctype html>',
    '<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">',
    `<title>Device-removal report</title><style>${STYLE}${TIMELINE_STYLE}</style></head><body>`,
    '<h1>Device-removal report</h1>',
    `<p>${escapeXml(renderSummary(input))}. ${input.stats.nodes} device nodes in ${input.stats.modules} modules.</p>`,
    ...sections,
    renderFailures(input),
    `<footer class="place">revsafe ${escapeXml(input.version)}</footer></body></html>`,
    '',
  ].join('\n');
}

function renderFinding({ finding }: ReportedFinding, input: ReportInput): string {
  const place = placeOf(finding.at, input.sources, input.root);
  const where = `line ${place.line}${place.fn === undefined ? '' : `, ${place.fn}()`}`;
  return [
    `<article class="${finding.severity}">`,
    `<h3><span class="level">${finding.severity}</span>: ${escapeXml(finding.text)} <code>${escapeXml(finding.rule)}</code></h3>`,
    `<div class="place">${escapeXml(where)}</div><code>${escapeXml(sourceLine(finding.at, input.sources))}</code>`,
    renderRace(finding, input),
    `<p><b>What to do:</b> ${escapeXml(finding.hint)}</p></article>`,
  ].join('');
}

function renderRace({ text, witness }: Finding, input: ReportInput): string {
  if (witness === undefined) return '';
  const shown = { ...witness, user: shortened(witness.user), teardown: shortened(witness.teardown) };
  const timeline = timelineOf(text, shown, (file) => input.sources.get(file)?.text ?? '');
  const picture = timelineSvg(timeline, { standalone: false, links: false });
  return `<details open><summary>How it happens</summary>${picture}</details>`;
}

function renderFailures(input: ReportInput): string {
  if (input.failures.length === 0) return '';
  const items = input.failures.map(
    ({ file, reason }) => `<li><code>${escapeXml(file)}</code>: ${escapeXml(reason)}</li>`,
  );
  return `<h2>Not checked</h2><ul>${items.join('')}</ul>`;
}
