/** A device node's verdict, proof and races as Markdown: hover and explain share it. */
import type { DeviceNode, FunctionFacts, Race, Step } from '../analysis/model.ts';
import type { Location } from '../base/span.ts';
import type { TextOf } from './markdown.ts';
import { bullets, capital, code, codeList, paragraphs, placeLink, sentence } from './markdown.ts';
import { contextText, FENCE_KIND, OWNER, STEP, TEARDOWN, TRIGGER, threadNames, verdictText } from './vocabulary.ts';

const STEPS_IN_HOVER = 6;

export function stepLine(step: Step, text: TextOf): string {
  return `${placeLink(step.at, text)} ${STEP[step.kind] === 'note' ? '' : `*${STEP[step.kind]}*: `}${step.text}`;
}

export function raceMarkdown(race: Race, text: TextOf): string {
  const [first, second] = threadNames(race.witness);
  const likely = race.certainty === 'may' ? ' (depends on something that was not understood)' : '';
  return paragraphs([
    `${code(race.operation)} → ${code(race.operationFn)} touches ${race.object.name} at ${placeLink(race.use.at, text)}` +
      `${likely}: ${race.use.text}; ${OWNER[race.object.owner]}.`,
    `*${first}*\n${bullets(race.witness.user.map((step) => stepLine(step, text)))}`,
    `*${second}*\n${bullets(race.witness.teardown.map((step) => stepLine(step, text)))}`,
    `Missing: ${sentence(race.witness.missing)}`,
  ]);
}

function raceLine(race: Race, text: TextOf): string {
  const may = race.certainty === 'may' ? ' (may)' : '';
  return `${code(race.operation)} (${code(race.operationFn)}) touches ${race.object.name} at ${placeLink(race.use.at, text)}${may}`;
}

/** The lines that a verdict stands on: its proof, its races, or what was not understood. */
export function nodeDetails(node: DeviceNode): readonly { readonly text: string; readonly at: Location }[] {
  const owner = node.ownerMissing
    ? [{ text: 'no owner: the module can be unloaded under an open fd', at: node.operations.at ?? node.register.at }]
    : [];
  return [
    ...(node.verdict === 'safe' ? node.evidence : []),
    ...node.races.map((race) => ({
      text: `${race.operation} (${race.operationFn}) touches ${race.object.name}`,
      at: race.use.at,
    })),
    ...owner,
    ...node.blockingWaits.map((wait) => ({
      text: `teardown may hang: ${wait.operation} sleeps in ${wait.text}`,
      at: wait.at,
    })),
    ...(node.verdict === 'unknown' ? node.unknowns.map(({ reason, at }) => ({ text: reason, at })) : []),
  ];
}

/** The facts about a node that hold whatever its verdict is. */
export function nodeFacts(node: DeviceNode, text: TextOf): string[] {
  const lines = [`registered by ${code(node.register.api)} at ${placeLink(node.register.at, text)}`];
  lines.push(
    node.unregister === undefined
      ? 'no unregister call that teardown reaches was found'
      : `unregistered by ${code(node.unregister.api)} at ${placeLink(node.unregister.at, text)}`,
  );
  lines.push(`torn down ${TEARDOWN[node.teardown]}`);
  if (node.triggers.length > 0) lines.push(`triggers: ${node.triggers.map((trigger) => TRIGGER[trigger]).join(', ')}`);
  const operations = Object.keys(node.operations.entries);
  if (operations.length > 0) {
    const table = node.operations.name === undefined ? '' : ` (${code(node.operations.name)})`;
    lines.push(`operations${table}: ${codeList(operations)}`);
  }
  if (node.ownerMissing) lines.push('the operations have no owner: the module can be unloaded under an open fd');
  return lines.map(sentence);
}

/** The verdict and what it stands on come first: a hover shows little at once. */
export function nodeMarkdown(node: DeviceNode, text: TextOf): string {
  return paragraphs([
    `**${capital(verdictText(node))}**`,
    node.evidence.length === 0
      ? undefined
      : `**Proof**\n${bullets(node.evidence.slice(0, STEPS_IN_HOVER).map((step) => stepLine(step, text)))}`,
    node.races.length === 0
      ? undefined
      : `**Races**\n${bullets(node.races.slice(0, STEPS_IN_HOVER).map((race) => raceLine(race, text)))}`,
    node.blockingWaits.length === 0
      ? undefined
      : `**Teardown may hang**\n${bullets(
          node.blockingWaits.map(
            (wait) =>
              `${code(wait.operation)} sleeps in ${code(wait.text)} at ${placeLink(wait.at, text)}, inside ${wait.fence}`,
          ),
        )}`,
    node.unknowns.length === 0
      ? undefined
      : `**Not understood**\n${bullets(
          node.unknowns
            .slice(0, STEPS_IN_HOVER)
            .map((unknown) => `${placeLink(unknown.at, text)} ${sentence(unknown.reason)}`),
        )}`,
    bullets(nodeFacts(node, text)),
  ]);
}

/** What a function is to the nodes of its module, what may run beside it and what protects it. */
export function functionMarkdown(facts: FunctionFacts, nodes: readonly DeviceNode[], text: TextOf): string {
  const lines: string[] = [];
  for (const node of nodes) {
    const fields = Object.entries(node.operations.entries).filter(([, fn]) => fn === facts.name);
    if (fields.length === 0) continue;
    const table = node.operations.name ?? node.register.api;
    lines.push(`${codeList(fields.map(([field]) => field))} of ${code(table)}: ${verdictText(node)}`);
    if (node.unregister !== undefined && node.unregister.fn !== facts.name) {
      lines.push(`may run at the same time as ${code(node.unregister.fn)} (${TEARDOWN[node.teardown]}) and after it`);
    }
    for (const race of node.races) {
      if (race.operationFn === facts.name) lines.push(raceLine(race, text));
    }
  }
  for (const node of nodes) {
    if (node.unregister?.fn !== facts.name) continue;
    const racing = [...new Set(node.races.map((race) => race.operationFn))];
    lines.push(
      racing.length === 0
        ? `tears down ${code(node.register.api)}'s node: ${verdictText(node)}`
        : `may run at the same time as, and before, ${codeList(racing)}`,
    );
  }
  const safe = nodes.filter((node) => node.verdict === 'safe' && usesFunction(node, facts.name));
  for (const node of safe) {
    if (node.fences.length > 0) lines.push(`fence: ${node.fences.map((fence) => FENCE_KIND[fence]).join(', ')}`);
  }
  return paragraphs([
    `**${code(`${facts.name}()`)}**`,
    facts.contexts.length === 0
      ? 'Nothing in this module is known to call it.'
      : sentence(`runs in ${facts.contexts.map(contextText).join(', ')}`),
    bullets([...new Set(lines)].map(sentence)),
    facts.protectedBy.length === 0
      ? undefined
      : `**Protected by**\n${bullets(facts.protectedBy.map((protection) => code(protection)))}`,
  ]);
}

function usesFunction(node: DeviceNode, name: string): boolean {
  return Object.values(node.operations.entries).includes(name);
}
