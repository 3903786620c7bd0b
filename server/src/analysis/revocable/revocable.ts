/** What a module does wrong with the revocable API; nothing for modules that do not use it. */
import type { CallResolver } from '../call-graph.ts';
import type { DeviceNode } from '../model.ts';
import type { Parts } from '../removal.ts';
import type { RevocableFact } from './facts.ts';
import { sharedHandles } from './handle-sharing.ts';
import { hiddenLoopFacts } from './hidden-loops.ts';
import { lifetimeFacts } from './lifetimes.ts';
import { replacingFacts } from './replacing.ts';
import { revokedInside } from './revoke-inside.ts';
import { SectionContext } from './section-context.ts';
import { spellingFacts } from './spelling.ts';

export function revocableFacts(
  parts: Parts,
  calls: CallResolver,
  nodes: readonly DeviceNode[],
): readonly RevocableFact[] {
  const api = parts.cells.revocable;
  if (api === undefined) return [];
  const context = new SectionContext(api, { ...parts, calls });
  const spelling = spellingFacts(context);
  // What follows from a call that means something else here is not told as well.
  const misread = new Set(spelling.map(({ at }) => `${at.file}:${at.span.start}`));
  const followed = [
    ...context.ownUsers().flatMap((fn) => context.of(fn).facts),
    ...sharedHandles(context, parts),
    ...revokedInside(context, parts),
    ...lifetimeFacts(context, parts),
    ...replacingFacts(context, parts, nodes),
    ...hiddenLoopFacts(context),
  ].filter(({ at, origin = at }) => !misread.has(`${origin.file}:${origin.span.start}`));
  return [...followed, ...spelling];
}
