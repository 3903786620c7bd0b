/** Reports as text for snapshots: every finding with both threads of its witness, every node with its verdict. */

import type { DeviceNode, Step } from '../../server/src/analysis/model.ts';
import type { Location } from '../../server/src/base/span.ts';
import { LineIndex } from '../../server/src/base/span.ts';
import type { CodeActionOffer, ModuleReport } from '../../server/src/engine/api.ts';
import { threadNames } from '../../server/src/engine/api.ts';
import type { Finding } from '../../server/src/rules/rule.ts';
import type { Files } from './engine.ts';
import { nameInFixture } from './engine.ts';

export function renderReports(
  reports: readonly ModuleReport[],
  files: Files,
  offers: readonly CodeActionOffer[] = [],
): string {
  const place = placer(files);
  const all = reports.flatMap((report) => report.files);
  const parts = [
    ...all.flatMap((report) => report.findings).map((finding) => renderFinding(finding, place)),
    ...all
      .flatMap((report) => report.suppressed)
      .map(
        ({ finding, kind, reason }) => `suppressed by ${kind}: ${finding.rule} at ${place(finding.at)}: ${reason}\n`,
      ),
    ...offers.map((offer) => renderOffer(offer, place)),
    ...reports.flatMap((report) => report.analysis.nodes).map((node) => renderNode(node, place)),
    ...all.flatMap((report) => report.notes).map(({ at, reason }) => `note ${place(at)}: ${reason}\n`),
  ];
  return parts.join('\n');
}

type Placer = (at: Location) => string;

function placer(files: Files): Placer {
  const indexes = new Map([...files].map(([path, text]) => [path, new LineIndex(text)]));
  return ({ file, span }) => {
    const position = indexes.get(file)?.positionAt(span.start);
    if (position === undefined) throw new Error(`place in a file that the fixture does not have: ${file}`);
    return `${nameInFixture(file)}:${position.line + 1}:${position.column + 1}`;
  };
}

function renderFinding(finding: Finding, place: Placer): string {
  const { witness } = finding;
  const lines = [
    `${place(finding.at)}: ${finding.severity}: ${finding.text} [${finding.rule}(${finding.message})]`,
    `  ${finding.certainty}, ${finding.triggers.join(' + ') || 'no trigger'}, in ${finding.at.fn ?? 'no function'}`,
    `  hint: ${finding.hint}`,
  ];
  if (witness !== undefined) {
    const [first, second] = threadNames(witness);
    lines.push(`  ${first}:`, ...witness.user.map((step) => renderStep(step, place)));
    if (witness.teardown.length > 0)
      lines.push(`  ${second}:`, ...witness.teardown.map((step) => renderStep(step, place)));
    if (witness.missing !== '') lines.push(`  missing: ${witness.missing}`);
  }
  if (finding.fixes.length > 0) lines.push(`  fixes: ${finding.fixes.join(', ')}`);
  return `${lines.join('\n')}\n`;
}

function renderOffer(offer: CodeActionOffer, place: Placer): string {
  const state = offer.disabled === undefined ? '' : `, disabled: ${offer.disabled}`;
  const lines = [
    `fix for ${place(offer.finding.at)} [${offer.finding.rule}]: ${offer.title}`,
    `  ${offer.safety}${offer.preferred ? ', preferred' : ''}${state}`,
  ];
  return `${lines.join('\n')}\n`;
}

function renderNode(node: DeviceNode, place: Placer): string {
  const lines = [
    `node ${node.kind} ${node.register.api} at ${place(node.register.at)}: ${node.verdict}`,
    `  teardown: ${node.teardown}${node.unregister === undefined ? '' : `, ${node.unregister.api} at ${place(node.unregister.at)}`}`,
    `  triggers: ${node.triggers.join(', ') || 'none'}`,
    `  owner: ${node.operations.owner}${node.ownerMissing ? ', and the module can go away' : ''}`,
  ];
  if (node.fences.length > 0) lines.push(`  fences: ${node.fences.join(', ')}`);
  lines.push(...node.evidence.map((step) => renderStep(step, place)));
  lines.push(...node.unknowns.map(({ at, reason }) => `  not understood at ${place(at)}: ${reason}`));
  return `${lines.join('\n')}\n`;
}

function renderStep(step: Step, place: Placer): string {
  return `    ${place(step.at)} ${step.kind}: ${step.text}`;
}
