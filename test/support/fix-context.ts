/** A driver from text with the facts that an analysis would find, made by hand: what fixes and features are tested on. */

import type { DeviceNode, ModuleAnalysis, ModuleInput, ObjectFacts, Race } from '../../server/src/analysis/model.ts';
import type { Location } from '../../server/src/base/span.ts';
import type { Finding, Fix, FixContext, GenerationView } from '../../server/src/rules/rule.ts';
import { lowerText } from './lower.ts';

export const FILE = '/tree/drivers/fixture/foo.c';

export const NO_API: GenerationView = { core: 'none', fops: 'none', forced: false, sync: 'none', has: () => true };

/** The first place of `needle` in the text; it must be there. */
export function placeOf(source: string, needle: string, fn?: string, file = FILE): Location {
  const start = source.indexOf(needle);
  if (start < 0) throw new Error(`no ${needle} in the source`);
  return { file, span: { start, end: start + needle.length }, ...(fn === undefined ? {} : { fn }) };
}

export interface NodeFacts {
  readonly register: { readonly call: string; readonly fn: string };
  readonly unregister?: { readonly call: string; readonly fn: string };
  readonly entries: Readonly<Record<string, string>>;
  readonly privateType?: string;
  readonly owner?: DeviceNode['operations']['owner'];
  /** Text at which the table's first field starts. */
  readonly firstField?: string;
  readonly verdict?: DeviceNode['verdict'];
  readonly races?: readonly Race[];
}

export function nodeOf(source: string, facts: NodeFacts): DeviceNode {
  const site = ({ call, fn }: { readonly call: string; readonly fn: string }) => ({
    api: /^\w+/.exec(call)?.[0] ?? '',
    at: placeOf(source, call, fn),
    fn,
  });
  return {
    id: 'foo',
    kind: 'misc',
    register: site(facts.register),
    ...(facts.unregister === undefined ? {} : { unregister: site(facts.unregister) }),
    operations: {
      name: 'foo_fops',
      entries: facts.entries,
      owner: facts.owner ?? 'set',
      ...(facts.firstField === undefined ? {} : { ownerInsert: placeOf(source, facts.firstField) }),
    },
    ...(facts.entries.open === undefined ? {} : { openFn: facts.entries.open }),
    ...(facts.privateType === undefined ? {} : { privateType: facts.privateType }),
    teardown: 'driver-remove',
    contexts: ['file-operation', 'teardown'],
    triggers: ['sysfs-unbind'],
    verdict: facts.verdict ?? 'vulnerable',
    fences: [],
    evidence: [],
    races: facts.races ?? [],
    ownerMissing: facts.owner === 'missing',
    blockingWaits: [],
    unknowns: [],
  };
}

export function moduleOf(source: string): ModuleInput {
  return { name: 'foo', units: [{ path: FILE, ir: lowerText(source) }], headers: [], neighbours: [] };
}

export function analysisOf(
  nodes: readonly DeviceNode[],
  objects: readonly ObjectFacts[] = [],
  functions: ModuleAnalysis['functions'] = [],
): ModuleAnalysis {
  return {
    name: 'foo',
    nodes,
    functions,
    objects,
    teardownOrder: [],
    checkThenUse: [],
    revocable: [],
    unknownCallees: {},
    problems: [],
  };
}

export function findingOf(at: Location, node?: DeviceNode): Finding {
  return {
    rule: 'unfenced-unregister',
    message: 'races',
    text: 'open files keep using what dies',
    hint: 'Fence the operations.',
    at,
    severity: 'warning',
    certainty: 'must',
    triggers: ['sysfs-unbind'],
    ...(node === undefined ? {} : { node }),
    group: 'foo',
    fixes: [],
  };
}

export function fixContext(
  source: string,
  finding: Finding,
  options: { readonly generation?: GenerationView; readonly objects?: readonly ObjectFacts[] } = {},
): FixContext {
  return {
    module: moduleOf(source),
    analysis: analysisOf(finding.node === undefined ? [] : [finding.node], options.objects),
    finding,
    text: () => source,
    generation: options.generation ?? NO_API,
  };
}

/** The text after the fix; a fix that gives no edits fails the test with its reason. */
export function applied(fix: Fix, ctx: FixContext): string {
  const result = fix.edit(ctx);
  if (result.kind !== 'edits') throw new Error(result.kind === 'disabled' ? result.reason : 'the fix is not offered');
  let text = ctx.text(FILE);
  for (const edit of [...result.edits].sort((a, b) => b.span.start - a.span.start || b.span.end - a.span.end)) {
    text = text.slice(0, edit.span.start) + edit.text + text.slice(edit.span.end);
  }
  return text;
}

/** Why a fix is shown disabled. */
export function refusal(fix: Fix, ctx: FixContext): string | undefined {
  const result = fix.edit(ctx);
  return result.kind === 'disabled' ? result.reason : undefined;
}
