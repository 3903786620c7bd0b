/** What the knowledge base says about one kind of node, looked up by kind rather than by call. */
import type { Knowledge } from '../knowledge/lookup.ts';
import type { Effect, NodeKind, Trigger, UnregisterFence } from '../knowledge/schema.ts';
import type { NodeSite } from './nodes.ts';
import type { Call, Fn, Program } from './program.ts';
import type { Parts } from './removal.ts';

/** The call that registers a node and its contract. */
export interface Publication {
  readonly effect: Extract<Effect, { verb: 'publishes' }> | undefined;
  readonly call: Call | undefined;
}

export function publicationOf(site: NodeSite, program: Program): Publication {
  const effects = program.knowledge.findFunction(site.api)?.does ?? [];
  const effect = effects.find((e) => e.verb === 'publishes' && e.node === site.kind);
  return {
    effect: effect?.verb === 'publishes' ? effect : undefined,
    call: site.fn === undefined ? undefined : callAt(site, site.fn),
  };
}

function callAt(site: NodeSite, fn: Fn): Call | undefined {
  for (const call of fn.calls.values()) if (fn.at + call.span.start === site.at.span.start) return call;
  return undefined;
}

const fencesByKind = new WeakMap<Knowledge, Map<NodeKind, UnregisterFence>>();

/** What the unregister call of a kind promises; of several, the first in the knowledge base. */
export function kindFence(kind: NodeKind, knowledge: Knowledge): UnregisterFence | undefined {
  let fences = fencesByKind.get(knowledge);
  if (fences === undefined) {
    fences = new Map();
    for (const file of knowledge.files) {
      for (const row of file.functions ?? []) {
        for (const effect of row.does)
          if (effect.verb === 'unpublishes' && !fences.has(effect.node)) fences.set(effect.node, effect.fence);
      }
    }
    fencesByKind.set(knowledge, fences);
  }
  return fences.get(kind);
}

/** The module allocates, device-managed, an object that takes its node of this kind along. */
export function devresUnregisters(kind: NodeKind, program: Program): boolean {
  for (const key of program.own) {
    for (const call of program.functions.get(key)?.calls.values() ?? []) {
      if (call.callee.kind !== 'named') continue;
      const effects = program.knowledge.findFunction(call.callee.name)?.does ?? [];
      if (effects.some((e) => e.verb === 'allocates' && e.owner === 'devres' && e.unregisters === kind)) return true;
    }
  }
  return false;
}

/** Where the contract of a call was read: ` (6.12 drivers/foo.c:bar)`. */
export function evidenceText(api: string, knowledge: Knowledge): string {
  const [row] = knowledge.findFunction(api)?.evidence ?? [];
  return row === undefined ? '' : ` (${row.kernel} ${row.file}${row.fn === undefined ? '' : `:${row.fn}`})`;
}

/** What unbinds the module's drivers, for nodes that no function of the module takes down. */
export function driverTriggers({ program, tables, teardown }: Parts): readonly Trigger[] {
  const roots = teardown.roots.filter((root) => root.kind === 'driver').flatMap((root) => root.triggers);
  const drivers = tables.all
    .filter((table) => program.input.units.includes(table.unit))
    .flatMap((table) => program.knowledge.findTable(table.struct)?.driver?.triggers ?? []);
  return [...new Set(roots.length > 0 ? roots : drivers)];
}
