/** JSON for scripts: findings with their stories, suppressions, failures and numbers. */
import { relative } from '../base/host.ts';
import type { Finding, Step } from '../engine/api.ts';
import { threadNames } from '../engine/api.ts';
import type { Fingerprint } from '../engine/fingerprint.ts';
import type { ReportInput } from './report-input.ts';
import { shortened } from './report-input.ts';
import { placeOf, sourceLine } from './sources.ts';

export function renderJson(input: ReportInput): string {
  const toStep = (step: Step): object => {
    const { path, line, column, fn } = placeOf(step.at, input.sources, input.root);
    return {
      kind: step.kind,
      file: path,
      line,
      column,
      fn,
      text: step.text,
      source: sourceLine(step.at, input.sources),
    };
  };
  const toFinding = (finding: Finding, fingerprint: Fingerprint): object => {
    const { path, line, column, endLine, endColumn, fn } = placeOf(finding.at, input.sources, input.root);
    return {
      rule: finding.rule,
      messageId: finding.message,
      severity: finding.severity,
      certainty: finding.certainty,
      file: path,
      line,
      column,
      endLine,
      endColumn,
      fn,
      message: finding.text,
      hint: finding.hint,
      triggers: finding.triggers,
      fingerprint: fingerprint.finding,
      race: fingerprint.race,
      fixes: finding.fixes,
      witness: finding.witness && {
        threads: threadNames(finding.witness),
        user: shortened(finding.witness.user).map(toStep),
        teardown: shortened(finding.witness.teardown).map(toStep),
        missing: finding.witness.missing,
      },
    };
  };
  const report = {
    version: input.version,
    complete: input.complete,
    findings: input.findings.map(({ finding, fingerprint }) => toFinding(finding, fingerprint)),
    suppressed: input.suppressed.map(({ finding, fingerprint, reason, kind }) => ({
      ...toFinding(finding, fingerprint),
      suppression: { kind, reason },
    })),
    // Lines are those of a state that is not on disk: the function says where.
    fixed: input.fixed.map(({ finding, fingerprint }) => ({
      rule: finding.rule,
      messageId: finding.message,
      severity: finding.severity,
      file: relative(input.root, finding.at.file),
      fn: finding.at.fn,
      message: finding.text,
      fingerprint: fingerprint.finding,
      race: fingerprint.race,
    })),
    notes: input.notes.map((note) => {
      const { path, line, column } = placeOf(note.at, input.sources, input.root);
      return { file: path, line, column, kind: note.kind, reason: note.reason };
    }),
    failures: input.failures,
    stats: input.stats,
  };
  return `${JSON.stringify(report, undefined, 2)}\n`;
}
