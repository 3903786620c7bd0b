/**
 * What must hold before an open file's operations can be replaced by revocable ones. Each gate is a known weakness of the
 * wrapper that would turn the fix into a new bug; the reason is shown to the author.
 */
import type { ModuleInput } from '../../analysis/model.ts';
import type { FsRevocableTemplate } from '../../knowledge/fix-templates.ts';
import { FILE_OPERATIONS } from '../../knowledge/fix-templates.ts';
import { Knowledge } from '../../knowledge/lookup.ts';
import type { Effect } from '../../knowledge/schema.ts';
import type { FixContext } from '../rule.ts';
import { callsOf, functionNamed, reachable } from './driver-shape.ts';
import { orderGate } from './fence-plan.ts';
import type { Node, Plan } from './fs-revocable-plan.ts';
import { sectionGate } from './fs-revocable-sections.ts';

/** Why the fix cannot be applied to this node; undefined when every gate holds. */
export function closedGate(ctx: FixContext, node: Node, plan: Plan): string | undefined {
  return (
    coreGate(ctx, plan.template) ??
    releaseGate(ctx.module, node) ??
    orderGate(node) ??
    lifetimeGate(ctx, node, plan.type) ??
    sectionGate(ctx, node, plan) ??
    severalGate(plan) ??
    (plan.template.takesPrivateData ? privateDataGate(ctx.module, node) : undefined)
  );
}

/** The wrapper is written against the first generations of the core. */
function coreGate({ generation }: FixContext, template: FsRevocableTemplate): string | undefined {
  if (generation.core === 'none' || generation.forced) return undefined;
  return template.cores.includes(generation.core) || generation.core === 'G3r'
    ? undefined
    : `${template.id} does not compile against generation ${generation.core} of the revocable core`;
}

/** Open files run in the sections of all or of none. */
function severalGate({ template, others, type }: Plan): string | undefined {
  return others.length > 0 && template.callForSeveral === undefined
    ? `${template.id} takes one provider, and open files would have to enter ${others.join(' and ')} besides that of ${type}`
    : undefined;
}

/** After the revoke the driver's release is skipped: what it frees or puts would leak. */
function releaseGate(module: ModuleInput, node: Node): string | undefined {
  const knowledge = Knowledge.builtin();
  for (const [field, name] of Object.entries(node.operations.entries)) {
    if (knowledge.findRole(FILE_OPERATIONS, field)?.context !== 'release') continue;
    if (functionNamed(module, name) === undefined)
      return `${name}() was not found, and the wrapper skips it after the revoke`;
    for (const { fn } of reachable(module, name)) {
      for (const call of callsOf(fn)) {
        if (functionNamed(module, call.name) !== undefined) continue;
        const effects = knowledge.findFunction(call.name)?.does;
        if (effects === undefined || effects.some(outlivesSkipping)) {
          return `after the revoke the wrapper skips ${name}(), so what ${call.name}() releases there would leak`;
        }
      }
    }
  }
  return undefined;
}

function outlivesSkipping(effect: Effect): boolean {
  return ['frees', 'dropsRef', 'disables', 'unlinks', 'unpublishes', 'waitsFor', 'disarms', 'decrements'].includes(
    effect.verb,
  );
}

/** What goes with the device must not be in reach past the wrapper: of a late open, or of a poll that stays queued. */
function lifetimeGate({ analysis }: FixContext, node: Node, holder: string): string | undefined {
  const owner = analysis.objects.find((object) => object.type === holder)?.owner;
  const isSpared = node.races.length > 0 && node.races.every(({ object }) => object.name !== holder);
  const isHeld = isSpared || owner === 'refcount' || owner === 'module';
  const fence = Knowledge.builtin()
    .findFunction(node.unregister?.api ?? '')
    ?.does.find((effect) => effect.verb === 'unpublishes')?.fence;
  if (fence?.drainsOpen !== true) {
    const late = `open can still run after ${node.unregister?.api ?? 'teardown'}(), and would find`;
    return isHeld
      ? `${late} a provider that went with the revoke, which drops its last reference`
      : `${late} ${holder} freed: it needs a reference count first`;
  }
  if (!isHeld && node.operations.entries.poll !== undefined) {
    return `a poll stays queued on a wait queue in ${holder}, which is freed with the device: it needs a reference count first`;
  }
  return undefined;
}

/** This form keeps its own data in `private_data` after open; a driver that writes it later would lose one of the two. */
function privateDataGate(module: ModuleInput, node: Node): string | undefined {
  for (const [field, name] of Object.entries(node.operations.entries)) {
    if (field === 'open') continue;
    for (const { fn } of reachable(module, name)) {
      for (const block of fn.ir.blocks) {
        for (const operation of block.operations) {
          const last = operation.kind === 'assign' ? operation.to.steps.at(-1) : undefined;
          if (last?.kind === 'field' && last.name === 'private_data') {
            return `${fn.ir.name}() writes private_data after open, where the wrapper keeps its own`;
          }
        }
      }
    }
  }
  return undefined;
}
