/**
 * For people and for editors that read compiler output: `file:line:col: severity: message [rule]`, then the story of the race
 * in two blocks with the source lines, what is missing, and what to do.
 */
import { relative } from '../base/host.ts';
import type { Severity, Step } from '../engine/api.ts';
import { threadNames } from '../engine/api.ts';
import type { ReportedFinding, ReportInput } from './report-input.ts';
import { shortened } from './report-input.ts';
import type { Sources } from './sources.ts';
import { placeOf, sourceLine } from './sources.ts';

type Style = 'bold' | 'dim' | 'red' | 'green' | 'yellow' | 'blue' | 'cyan';

const CODES: Readonly<Record<Style, number>> = { bold: 1, dim: 2, red: 31, green: 32, yellow: 33, blue: 34, cyan: 36 };
const STYLES: Readonly<Record<Severity, Style>> = { error: 'red', warning: 'yellow', hint: 'blue' };

export interface TextOptions {
  readonly colour: boolean;
}

export function renderText(input: ReportInput, options: TextOptions): string {
  const paint = (text: string, ...styles: readonly Style[]): string =>
    options.colour && styles.length > 0
      ? `${styles.map((style) => `\u001b[${CODES[style]}m`).join('')}${text}\u001b[0m`
      : text;
  const out: string[] = [];
  for (const reported of input.findings) out.push(...renderFinding(reported, input, paint), '');
  for (const { finding } of input.fixed) {
    const place = relative(input.root, finding.at.file);
    const fn = finding.at.fn === undefined ? '' : ` ${finding.at.fn}()`;
    out.push(`${place}:${fn} ${paint('fixed', 'green')}: ${finding.text} ${paint(`[${finding.rule}]`, 'dim')}`);
  }
  for (const note of input.notes) {
    const place = placeOf(note.at, input.sources, input.root);
    out.push(`${place.path}:${place.line}:${place.column}: ${paint('note', 'cyan')}: ${note.reason}`);
  }
  return out.length === 0 ? '' : `${out.join('\n').replace(/\n+$/, '')}\n`;
}

type Paint = (text: string, ...styles: readonly Style[]) => string;

function renderFinding({ finding }: ReportedFinding, input: ReportInput, paint: Paint): readonly string[] {
  const { sources, root } = input;
  const place = placeOf(finding.at, sources, root);
  const head = paint(`${place.path}:${place.line}:${place.column}:`, 'bold');
  const severity = paint(`${finding.severity}:`, 'bold', STYLES[finding.severity]);
  const lines = [`${head} ${severity} ${paint(finding.text, 'bold')} ${paint(`[${finding.rule}]`, 'dim')}`];
  if (finding.certainty === 'may') lines.push('  not certain: it depends on something that was not understood');
  const { witness } = finding;
  if (witness === undefined) lines.push(`    ${sourceLine(finding.at, sources)}`);
  else {
    const [first, second] = threadNames(witness);
    lines.push(...renderThread(first, witness.user, sources, root, paint));
    lines.push(...renderThread(second, witness.teardown, sources, root, paint));
    if (witness.missing !== '') lines.push(`  ${paint('missing:', 'bold')} ${witness.missing}`);
  }
  lines.push(`  ${paint('hint:', 'bold')} ${finding.hint}`);
  if (finding.fixes.length > 0) {
    const fixes = input.rules.find((rule) => rule.id === finding.rule)?.fixes ?? {};
    const named = finding.fixes.map((name, index) => {
      const title = finding.fixTitles?.[index] ?? name;
      return fixes[name]?.safety === 'review' ? `${title} (review)` : title;
    });
    lines.push(`  ${paint('fix:', 'bold')} ${named.join(', ')}`);
  }
  return lines;
}

function renderThread(
  name: string,
  steps: readonly Step[],
  sources: Sources,
  root: string,
  paint: Paint,
): readonly string[] {
  if (steps.length === 0) return [];
  const lines = [`  ${paint(name, 'cyan')}`];
  for (const step of shortened(steps)) {
    const place = placeOf(step.at, sources, root);
    const fn = place.fn === undefined ? '' : ` ${place.fn}()`;
    lines.push(`    ${place.path}:${place.line}:${fn} ${step.text}`);
    const source = sourceLine(step.at, sources);
    if (source !== '') lines.push(`        ${paint(source, 'dim')}`);
  }
  return lines;
}

/** One line at the end, for standard error. */
export function renderSummary(input: ReportInput): string {
  const count = (severity: Severity): number =>
    input.findings.filter(({ finding }) => finding.severity === severity).length;
  const parts = (['error', 'warning', 'hint'] as const)
    .filter((severity) => count(severity) > 0)
    .map((severity) => plural(count(severity), severity));
  const suppressed = input.suppressed.length > 0 ? `, ${input.suppressed.length} suppressed` : '';
  const fixed = input.fixed.length > 0 ? `, ${input.fixed.length} fixed` : '';
  const stopped = input.complete ? '' : ' (stopped before the end)';
  return `${parts.length === 0 ? 'nothing found' : parts.join(', ')}${suppressed}${fixed}${stopped}`;
}

export function plural(count: number, noun: string, nouns = `${noun}s`): string {
  return `${count} ${count === 1 ? noun : nouns}`;
}
