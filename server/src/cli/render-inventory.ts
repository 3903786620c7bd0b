/** Every device node with its contexts, verdict and fence: JSON for scripts, a table for people. */
import type { CallSite, DeviceNode, Race, Step } from '../engine/api.ts';
import { shortened } from './report-input.ts';
import type { Sources } from './sources.ts';
import { placeOf, sourceLine } from './sources.ts';

export interface InventoryInput {
  readonly nodes: readonly DeviceNode[];
  readonly sources: Sources;
  readonly root: string;
}

export function renderInventoryJson(input: InventoryInput): string {
  return `${JSON.stringify(
    input.nodes.map((node) => toEntry(node, input)),
    undefined,
    2,
  )}\n`;
}

export function renderInventoryText(input: InventoryInput): string {
  const out: string[] = [];
  for (const node of input.nodes) {
    const { path, line } = placeOf(node.register.at, input.sources, input.root);
    const proof = node.fences.length > 0 ? ` (${node.fences.join(', ')})` : '';
    out.push(`${path}:${line}: ${node.register.api}: ${node.verdict}${proof}`);
    const operations = Object.entries(node.operations.entries).map(([name, fn]) => `${name}=${fn}`);
    out.push(`    ${node.operations.name ?? 'operations not found'}: ${operations.join(' ')}`);
    const unregister = node.unregister;
    if (unregister === undefined) out.push('    never unregistered');
    else {
      const place = placeOf(unregister.at, input.sources, input.root);
      out.push(`    ${unregister.api} in ${unregister.fn}() at ${place.path}:${place.line}`);
    }
    out.push(`    teardown: ${node.teardown}; triggers: ${node.triggers.join(', ') || 'none'}`);
    for (const race of node.races.slice(0, 3))
      out.push(`    ${race.operation}: ${race.use.text}; ${race.object.death.text}`);
    for (const step of node.evidence.slice(0, 3)) {
      const place = placeOf(step.at, input.sources, input.root);
      out.push(`    ${place.path}:${place.line}: ${step.text}`);
    }
    for (const unknown of node.unknowns.slice(0, 3)) {
      const place = placeOf(unknown.at, input.sources, input.root);
      out.push(`    not understood: ${place.path}:${place.line}: ${unknown.reason}`);
    }
  }
  return out.length === 0 ? '' : `${out.join('\n')}\n`;
}

/** Files that an entry's places point into. */
export function filesOfNode(node: DeviceNode): readonly string[] {
  const race = witnessOf(node);
  const steps = [...node.evidence, ...(race?.witness.user ?? []), ...(race?.witness.teardown ?? [])];
  const sites = [node.register.at, ...(node.unregister === undefined ? [] : [node.unregister.at])];
  return [...sites, ...steps.map((step) => step.at), ...node.unknowns.map((unknown) => unknown.at)].map(
    (at) => at.file,
  );
}

function toEntry(node: DeviceNode, input: InventoryInput): object {
  const { path, line } = placeOf(node.register.at, input.sources, input.root);
  const race = witnessOf(node);
  return {
    file: path,
    line,
    register: node.register.api,
    unregister: node.unregister === undefined ? null : toSite(node.unregister, input),
    ops: node.operations.entries,
    contexts: node.contexts,
    teardown: node.teardown,
    triggers: node.triggers,
    verdict: node.verdict,
    fences: node.fences,
    evidence: node.evidence.map((step) => toStep(step, input)),
    unknowns: node.unknowns.map(({ at, reason }) => {
      const place = placeOf(at, input.sources, input.root);
      return { file: place.path, line: place.line, reason };
    }),
    witness:
      race === undefined
        ? null
        : {
            operation: race.operation,
            object: race.object.name,
            certainty: race.certainty,
            user: shortened(race.witness.user).map((step) => toStep(step, input)),
            teardown: shortened(race.witness.teardown).map((step) => toStep(step, input)),
            missing: race.witness.missing,
          },
  };
}

/** The race that is told: a certain one if there is one. */
function witnessOf(node: DeviceNode): Race | undefined {
  return node.races.find((race) => race.certainty === 'must') ?? node.races[0];
}

function toSite(site: CallSite, input: InventoryInput): object {
  const { path, line } = placeOf(site.at, input.sources, input.root);
  return { api: site.api, fn: site.fn, file: path, line };
}

function toStep(step: Step, input: InventoryInput): object {
  const { path, line, fn } = placeOf(step.at, input.sources, input.root);
  return { kind: step.kind, file: path, line, fn, text: step.text, source: sourceLine(step.at, input.sources) };
}
