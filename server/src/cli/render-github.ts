/** Annotations for GitHub Actions: one workflow command a finding, shown beside the changed line. */
import type { Severity } from '../engine/api.ts';
import type { ReportInput } from './report-input.ts';
import { placeOf } from './sources.ts';

const COMMANDS: Readonly<Record<Severity, string>> = { error: 'error', warning: 'warning', hint: 'notice' };

export function renderGithub(input: ReportInput): string {
  let out = '';
  for (const { finding } of input.findings) {
    const place = placeOf(finding.at, input.sources, input.root);
    const properties = [
      `file=${property(place.path)}`,
      `line=${place.line}`,
      `endLine=${place.endLine}`,
      `col=${place.column}`,
      `title=${property(finding.rule)}`,
    ];
    const missing = finding.witness?.missing ? `\n${finding.witness.missing}` : '';
    out += `::${COMMANDS[finding.severity]} ${properties.join(',')}::${data(`${finding.text}${missing}\n${finding.hint}`)}\n`;
  }
  return out;
}

function data(text: string): string {
  return text.replace(/%/g, '%25').replace(/\r/g, '%0D').replace(/\n/g, '%0A');
}

function property(text: string): string {
  return data(text).replace(/:/g, '%3A').replace(/,/g, '%2C');
}
