/** Findings that were there all along and were not shown, because a node has few diagnostics: a fix that uncovers one does not bring it. */
import type { DeviceNode, Race } from '../analysis/model.ts';
import type { Finding } from '../rules/rule.ts';

/** Names of all races of the nodes that the findings are about. */
export function racesBehind(findings: readonly Finding[]): ReadonlySet<string> {
  return new Set(findings.flatMap(({ node }) => node?.races.map((race) => nameOf(node, race)) ?? []));
}

/** Name of the race that a finding shows at its use; undefined for findings of another kind. */
export function raceShownBy({ node, at }: Finding): string | undefined {
  const race = node?.races.find(({ use }) => use.at.file === at.file && use.at.span.start === at.span.start);
  return node === undefined || race === undefined ? undefined : nameOf(node, race);
}

function nameOf({ id }: DeviceNode, { operation, use, object }: Race): string {
  return `${id}:${operation}:${use.at.file}:${use.at.fn ?? ''}:${object.name}`;
}
