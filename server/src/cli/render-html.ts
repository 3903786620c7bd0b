/** One page that needs nothing else: findings by file, each with both threads side by side. */
import type { Step, Witness } from '../engine/api.ts';
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
.race { display: grid; grid-template-columns: 1fr 1fr; gap: 1.5rem; } @media (max-width: 55rem) { .race { grid-template-columns: 1fr; } }
.race h4 { margin: .6rem 0 0; font-size: .85rem; } ol { padding-left: 1.3rem; margin: .2rem 0; } .place { opacity: .7; font-size: .85rem; }
code { font-family: ui-monospace, monospace; font-size: .85rem; } li > code { display: block; white-space: pre-wrap; overflow-wrap: anywhere; }
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
      `<section><h2><code>${html(path)}</code></h2>${findings.map((reported) => renderFinding(reported, input)).join('')}</section>`,
  );
  return [
    '<!doctype html>',
    '<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">',
    `<title>Device-removal report</title><style>${STYLE}</style></head><body>`,
    '<h1>Device-removal report</h1>',
    `<p>${html(renderSummary(input))}. ${input.stats.nodes} device nodes in ${input.stats.modules} modules.</p>`,
    ...sections,
    renderFailures(input),
    `<footer class="place">revsafe ${html(input.version)}</footer></body></html>`,
    '',
  ].join('\n');
}

function renderFinding({ finding }: ReportedFinding, input: ReportInput): string {
  const place = placeOf(finding.at, input.sources, input.root);
  const where = `line ${place.line}${place.fn === undefined ? '' : `, ${place.fn}()`}`;
  return [
    `<article class="${finding.severity}">`,
    `<h3><span class="level">${finding.severity}</span>: ${html(finding.text)} <code>${html(finding.rule)}</code></h3>`,
    `<div class="place">${html(where)}</div><code>${html(sourceLine(finding.at, input.sources))}</code>`,
    finding.witness === undefined ? '' : renderWitness(finding.witness, input),
    `<p><b>What to do:</b> ${html(finding.hint)}</p></article>`,
  ].join('');
}

function renderWitness(witness: Witness, input: ReportInput): string {
  const thread = (name: string, steps: readonly Step[]): string =>
    steps.length === 0
      ? ''
      : `<div><h4>${name}</h4><ol>${shortened(steps)
          .map((step) => renderStep(step, input))
          .join('')}</ol></div>`;
  const missing = witness.missing === '' ? '' : `<p><b>Missing:</b> ${html(witness.missing)}</p>`;
  return (
    `<details open><summary>How it happens</summary><div class="race">${thread(witness.label ?? 'fd user', witness.user)}` +
    `${thread('teardown', witness.teardown)}</div>${missing}</details>`
  );
}

function renderStep(step: Step, input: ReportInput): string {
  const place = placeOf(step.at, input.sources, input.root);
  const fn = place.fn === undefined ? '' : ` ${place.fn}()`;
  return (
    `<li>${html(step.text)} <span class="place">${html(`${place.path}:${place.line}${fn}`)}</span>` +
    `<code>${html(sourceLine(step.at, input.sources))}</code></li>`
  );
}

function renderFailures(input: ReportInput): string {
  if (input.failures.length === 0) return '';
  const items = input.failures.map(({ file, reason }) => `<li><code>${html(file)}</code>: ${html(reason)}</li>`);
  return `<h2>Not checked</h2><ul>${items.join('')}</ul>`;
}

function html(text: string): string {
  return text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;').replace(/"/g, '&quot;');
}
