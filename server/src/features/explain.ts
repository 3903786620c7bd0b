/** `explain FILE:LINE`: the facts by which a line was or was not reported. */

import type { DeviceNode, ModuleAnalysis, SourceUnit } from '../analysis/model.ts';
import type { Location, Span } from '../base/span.ts';
import { LineIndex } from '../base/span.ts';
import type { Finding } from '../rules/rule.ts';
import type { TextOf } from './markdown.ts';
import { bullets, code, paragraphs, placeLink, sentence } from './markdown.ts';
import { functionMarkdown, nodeMarkdown, raceMarkdown, stepLine } from './node-text.ts';
import { OWNER } from './vocabulary.ts';

export interface ExplainRequest {
  readonly unit: SourceUnit;
  readonly analysis: ModuleAnalysis;
  /** Findings of the file that are reported. */
  readonly findings: readonly Finding[];
  /** Findings of the file that are not, and why. */
  readonly suppressed: readonly { readonly finding: Finding; readonly reason: string }[];
  /** Zero-based. */
  readonly line: number;
  readonly text: TextOf;
}

/** Markdown; never empty: where nothing is known it says so. */
export function explainLine(request: ExplainRequest): string {
  const { unit, analysis, findings, suppressed, line, text } = request;
  const lines = new LineIndex(text(unit.path));
  const span: Span = { start: lines.lineStart(line), end: lines.lineStart(line + 1) };
  const here = (at: Location): boolean => at.file === unit.path && overlaps(at.span, span);
  const nodes = analysis.nodes.filter((node) => placesOf(node).some(here));
  const fn = unit.ir.functions.find((candidate) => overlaps({ start: candidate.at, end: candidate.end }, span));
  const facts = fn && analysis.functions.find((candidate) => candidate.name === fn.ir.name);

  const parts: (string | undefined)[] = [
    ...findings.filter((finding) => here(finding.at)).map((finding) => findingMarkdown(finding)),
    ...suppressed
      .filter(({ finding }) => here(finding.at))
      .map(({ finding, reason }) => `**Suppressed** ${code(finding.rule)}: ${sentence(reason)}`),
    ...nodes.flatMap((node) => [nodeMarkdown(node, text), ...racesAt(node, here, text)]),
    ...analysis.problems
      .filter((problem) => here(problem.at))
      .map((problem) => `Not understood: ${sentence(problem.reason)}`),
    facts === undefined ? undefined : functionMarkdown(facts, analysis.nodes, text),
    objectsMarkdown(nodes, analysis, text),
  ];
  const said = paragraphs(parts);
  const head = `**${placeLink({ file: unit.path, span }, text)}**`;
  if (said !== '') return paragraphs([head, said]);
  return paragraphs([
    head,
    fn === undefined
      ? 'The line lies in no function that was understood, and no device node refers to it.'
      : `The line lies in ${code(`${fn.ir.name}()`)}, which no device node of ${code(analysis.name)} is known to reach: nothing here can run on an open fd after teardown.`,
  ]);
}

function findingMarkdown(finding: Finding): string {
  const depends = finding.certainty === 'may' ? ' It depends on something that was not understood.' : '';
  return `**Reported** as ${code(finding.rule)} (${finding.severity}): ${sentence(finding.text)}${depends} ${sentence(finding.hint)}`;
}

/** Everything of a node that a line can be about. */
function placesOf(node: DeviceNode): Location[] {
  return [
    node.register.at,
    ...(node.unregister === undefined ? [] : [node.unregister.at]),
    ...(node.operations.at === undefined ? [] : [node.operations.at]),
    ...node.evidence.map((step) => step.at),
    ...node.unknowns.map((unknown) => unknown.at),
    ...node.blockingWaits.map((wait) => wait.at),
    ...node.races.flatMap((race) => [
      race.use.at,
      race.object.death.at,
      ...race.witness.user.map((step) => step.at),
      ...race.witness.teardown.map((step) => step.at),
    ]),
  ];
}

function racesAt(node: DeviceNode, here: (at: Location) => boolean, text: TextOf): string[] {
  return node.races
    .filter((race) => here(race.use.at) || here(race.object.death.at) || here(node.register.at))
    .slice(0, 3)
    .map((race) => raceMarkdown(race, text));
}

function objectsMarkdown(nodes: readonly DeviceNode[], analysis: ModuleAnalysis, text: TextOf): string | undefined {
  const types = new Set(nodes.flatMap((node) => (node.privateType === undefined ? [] : [node.privateType])));
  const objects = analysis.objects.filter((object) => types.has(object.type));
  if (objects.length === 0) return undefined;
  return paragraphs(
    objects.map((object) =>
      paragraphs([
        `**${code(object.type)}**: ${OWNER[object.owner]}. ${sentence(object.because)}`,
        bullets([...object.allocatedAt, ...object.freedAt].slice(0, 6).map((step) => stepLine(step, text))),
      ]),
    ),
  );
}

function overlaps(a: Span, b: Span): boolean {
  return a.start < b.end && b.start < Math.max(a.end, a.start + 1);
}
