/**
 * The driver-local fence: the driver's data is counted and every open file holds it, a semaphore and a flag stand before
 * every operation, and teardown sets the flag after the unregister call.
 */
import { fenceTemplate } from '../../knowledge/fence-templates.ts';
import type { Fix } from '../rule.ts';
import { attachToCdev, countMemory, lifetimeFunctions } from './counted-memory.ts';
import { asResult, combine, insertInclude } from './edits.ts';
import { fenceMembers, fileReferences, setFlag } from './fence-lifetime.ts';
import { guardOperation } from './fence-operation.ts';
import { fencePlan } from './fence-plan.ts';
import { globalFenceOf, isGlobalNode } from './global-fence.ts';

export const fenceOperations: Fix = {
  title: fenceTemplate.title,
  // It takes a lock on every call, and what the driver's own locks are for is the author's to say.
  safety: 'review',
  preferred: ({ generation }) => generation.fops === 'none' || generation.forced,
  offered: ({ finding }) => finding.node !== undefined,
  edit: (ctx) => {
    const { node } = ctx.finding;
    if (node === undefined) return { kind: 'none' };
    if (isGlobalNode(ctx, node)) return asResult(globalFenceOf(ctx, node), ctx.text);
    const plan = fencePlan(ctx, node);
    if ('refused' in plan) return { kind: 'disabled', reason: plan.refused };
    return asResult(
      combine([
        () => ({
          edits: [...fenceTemplate.headers, ...(plan.lifetime?.headers ?? [])]
            .sort()
            .flatMap((header) => insertInclude(plan.file, plan.text, header)),
        }),
        () => fenceMembers(plan),
        () => lifetimeFunctions(plan),
        () => countMemory(plan),
        ...plan.guarded.map((place) => () => guardOperation(plan, place)),
        () => fileReferences(plan),
        () => attachToCdev(plan),
        () => setFlag(plan),
      ]),
      ctx.text,
    );
  },
};
