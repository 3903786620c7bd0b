/**
 * SARIF 2.1.0. The witness is a code flow with two thread flows; hints are notes; paths are relative to `%SRCROOT%`; suppressed
 * findings are kept, with their reason.
 */

import type {
  CodeFlow,
  Log,
  ReportingDescriptor,
  Result,
  Location as SarifLocation,
  Suppression,
  ThreadFlow,
} from 'sarif';
import type { Location } from '../base/span.ts';
import type { Finding, Rule, Severity, Step, Witness } from '../engine/api.ts';
import { threadNames } from '../engine/api.ts';
import type { Fingerprint } from '../engine/fingerprint.ts';
import type { ReportedSuppression, ReportInput } from './report-input.ts';
import { shortened } from './report-input.ts';
import { placeOf } from './sources.ts';

const SCHEMA = 'https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json';
const LEVELS: Readonly<Record<Severity, Result.level>> = { error: 'error', warning: 'warning', hint: 'note' };

export function renderSarif(input: ReportInput): string {
  const ruleIndex = new Map(input.rules.map((rule, index) => [rule.id, index]));
  const toResult = (finding: Finding, fingerprint: Fingerprint): Result => ({
    ruleId: finding.rule,
    ruleIndex: ruleIndex.get(finding.rule) ?? -1,
    level: LEVELS[finding.severity],
    message: { text: `${finding.text}. ${finding.hint}` },
    locations: [toLocation(finding.at, input)],
    ...(finding.witness === undefined ? {} : { codeFlows: [toCodeFlow(finding.witness, input)] }),
    partialFingerprints: { 'revsafeFinding/v1': fingerprint.finding, 'revsafeRace/v1': fingerprint.race },
    properties: {
      certainty: finding.certainty,
      triggers: [...finding.triggers],
      hint: finding.hint,
      fixes: [...finding.fixes],
    },
  });
  const log: Log = {
    $schema: SCHEMA,
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: {
            name: 'revsafe',
            fullName: 'Revocable Safety',
            version: input.version,
            semanticVersion: input.version,
            rules: input.rules.map(toDescriptor),
          },
        },
        columnKind: 'utf16CodeUnits',
        originalUriBaseIds: { '%SRCROOT%': { uri: `file://${toUri(input.root).replace(/\/?$/, '/')}` } },
        invocations: [
          {
            executionSuccessful: input.complete && !input.failures.some((failure) => failure.internal),
            toolExecutionNotifications: input.failures.map(({ file, reason, internal }) => ({
              level: internal ? ('error' as const) : ('warning' as const),
              message: { text: reason },
              locations: [{ physicalLocation: { artifactLocation: toArtifact(file, input) } }],
            })),
          },
        ],
        results: [
          ...input.findings.map(({ finding, fingerprint }) => toResult(finding, fingerprint)),
          ...input.suppressed.map((entry) => ({
            ...toResult(entry.finding, entry.fingerprint),
            ...(entry.kind === 'baseline' ? { baselineState: 'unchanged' as const } : {}),
            suppressions: [toSuppression(entry)],
          })),
        ],
      },
    ],
  };
  return `${JSON.stringify(log, undefined, 2)}\n`;
}

function toDescriptor(rule: Rule): ReportingDescriptor {
  const markdown = [`# ${rule.id}`, rule.summary, rule.why, rule.remedy, rule.limits]
    .filter((part) => part !== '')
    .join('\n\n');
  return {
    id: rule.id,
    name: rule.id.replace(/(?:^|-)(\w)/g, (_, letter: string) => letter.toUpperCase()),
    shortDescription: { text: rule.summary },
    fullDescription: { text: rule.why },
    help: { text: `${rule.summary}\n\n${rule.remedy}`, markdown },
    ...(firstUri(rule) === undefined ? {} : { helpUri: firstUri(rule) as string }),
    defaultConfiguration: { level: rule.severity === 'by-trigger' ? 'warning' : LEVELS[rule.severity] },
    properties: { tags: ['linux', 'driver', 'device-removal', ...rule.languages, rule.status] },
  };
}

/** Rule pages ship with the program; only a reference with an address of its own can be linked. */
function firstUri(rule: Rule): string | undefined {
  return rule.references.find((reference) => /^https:\/\/\S+$/.test(reference));
}

function toLocation(at: Location, input: ReportInput): SarifLocation {
  const place = placeOf(at, input.sources, input.root);
  return {
    physicalLocation: {
      artifactLocation: toArtifact(at.file, input),
      region: {
        startLine: place.line,
        startColumn: place.column,
        endLine: place.endLine,
        endColumn: place.endColumn,
      },
    },
    ...(place.fn === undefined ? {} : { logicalLocations: [{ name: place.fn, kind: 'function' }] }),
  };
}

function toArtifact(file: string, input: ReportInput): { uri: string; uriBaseId?: string } {
  const prefix = input.root.endsWith('/') ? input.root : `${input.root}/`;
  return file.startsWith(prefix)
    ? { uri: toUri(file.slice(prefix.length)), uriBaseId: '%SRCROOT%' }
    : { uri: `file://${toUri(file)}` };
}

function toUri(path: string): string {
  return path.split('/').map(encodeURIComponent).join('/');
}

function toCodeFlow(witness: Witness, input: ReportInput): CodeFlow {
  const [first, second] = threadNames(witness);
  return {
    message: { text: witness.missing },
    threadFlows: [toThreadFlow(first, witness.user, input), toThreadFlow(second, witness.teardown, input)].filter(
      (flow) => flow.locations.length > 0,
    ),
  };
}

function toThreadFlow(id: string, steps: readonly Step[], input: ReportInput): ThreadFlow {
  return {
    id,
    message: { text: id },
    locations: shortened(steps).map((step) => ({
      location: { ...toLocation(step.at, input), message: { text: step.text } },
      kinds: [step.kind],
    })),
  };
}

function toSuppression(entry: ReportedSuppression): Suppression {
  return {
    kind: entry.kind === 'comment' ? 'inSource' : 'external',
    status: 'accepted',
    justification: entry.reason,
  };
}
