/** What a module does wrong with the revocable API; nothing for modules that do not use it. */
import type { CallResolver } from '../call-graph.ts';
import type { DeviceNode } from '../model.ts';
import type { Parts } from '../removal.ts';
import type { RevocableFact } from './facts.ts';
import { sharedHandles } from './handle-sharing.ts';
import { lifetimeFacts } from './lifetimes.ts';
import { replacingFacts } from './replacing.ts';
import { revokedInside } from './revoke-inside.ts';
import { SectionContext } from './section-context.ts';

export function revocableFacts(
  parts: Parts,
  calls: CallResolver,
  nodes: readonly DeviceNode[],
): readonly RevocableFact[] {
  const api = parts.cells.revocable;
  if (api === undefined) return [];
  const context = new SectionContext(api, { ...parts, calls });
  return [
    ...context.ownUsers().flatMap((fn) => context.of(fn).facts),
    ...sharedHandles(context, parts),
    ...revokedInside(context, parts),
    ...lifetimeFacts(context, parts),
    ...replacingFacts(context, parts, nodes),
  ];
}
