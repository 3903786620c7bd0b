/**
 * The fence of a node that is no part of an object: lock and flag stand beside the operations, in memory that lives as long
 * as the module, which an open file pins.
 */
import { fenceTemplate, globalFence, pollWait } from '../../knowledge/fence-templates.ts';
import type { FixContext } from '../rule.ts';
import { blockEnd, maskC } from './c-text.ts';
import { beforeComment } from './counted-memory.ts';
import type { NamedCall, PlacedFunction } from './driver-shape.ts';
import { callsOf, functionNamed, pathOf, structNamed } from './driver-shape.ts';
import type { Edits } from './edits.ts';
import { combine, fill, insertAfter, insertBefore, insertInclude, insertion, lineStart } from './edits.ts';
import { apartGate, lockGate, mappingGate, operationsOf, orderGate, selfGate } from './fence-plan.ts';
import { callAt } from './fs-revocable-plan.ts';
import type { Node, Section } from './operation-section.ts';
import { enterSection, wakeSleepers } from './operation-section.ts';
import { argumentsAt } from './revocable-text.ts';

type Call = PlacedFunction & { readonly call: NamedCall };

/** Registers what is not found through a pointer: `misc_register(&foo_misc)`, `register_chrdev(major, …)`. */
export function isGlobalNode(ctx: FixContext, node: Node): boolean {
  const register = functionNamed(ctx.module, node.register.fn, node.register.at.file);
  const call = register && callAt(register, node.register.at);
  return (
    call !== undefined && ['misc', 'chrdev'].includes(node.kind) && call.args.every((arg) => pathOf(arg) === undefined)
  );
}

export function globalFenceOf(ctx: FixContext, node: Node): Edits {
  const { unregister } = node;
  const register = functionNamed(ctx.module, node.register.fn, node.register.at.file);
  const call = register && callAt(register, node.register.at);
  if (unregister === undefined || register === undefined || call === undefined)
    return { refused: 'no unregister call was found after which the flag could be set' };
  const mapped = mappingGate(node);
  if (mapped !== undefined) return { refused: mapped };
  const held = structNamed(ctx.module, node.privateType ?? '')?.struct;
  if (held !== undefined)
    return { refused: `files that were opened before would find their ${held.name} again when the device comes back` };
  const functions = operationsOf(ctx, node, '');
  if ('refused' in functions) return functions;
  const file = register.unit.path;
  const unregisters = unregistersOf(ctx, node, unregister.api, argumentsAt(ctx.text(file), call.span.start)?.[0]);
  const { guarded, open, release } = functions;
  const away = [...guarded, open, release, ...unregisters].find(
    (place) => place !== undefined && place.unit.path !== file,
  );
  if (away !== undefined) return { refused: `${away.fn.ir.name}() stands in another file than the registration` };
  const text = ctx.text(file);
  const mask = maskC(text);
  // What one driver's devices share goes when the last of them does.
  const shared = unregisters.find((place) => blockEnd(mask, place.call.span.start) !== place.fn.end - 1);
  if (node.kind !== 'misc' && shared !== undefined)
    return { refused: `${shared.fn.ir.name}() calls ${unregister.api}() under a condition` };
  const polled = guarded.find(({ fn }) =>
    callsOf(fn).some((made) => made.name === pollWait.name && pathOf(made.args[pollWait.queue]) !== undefined),
  );
  if (polled !== undefined)
    return { refused: `${polled.fn.ir.name}() leaves sleepers on a queue in memory that goes away` };
  const gate = apartGate(node) ?? orderGate(node) ?? lockGate(unregisters) ?? selfGate(ctx, guarded, unregisters);
  if (gate !== undefined) return { refused: gate };
  const prefix = prefixOf(node, mask);
  if (prefix === undefined) return { refused: 'the names of such a fence are taken' };
  const slots = { prefix };
  const lines = (template: readonly string[]): readonly string[] => template.map((line) => fill(line, slots));
  const section: Section = {
    ctx,
    node,
    file,
    text,
    mask,
    type: '',
    enter: () => fill(globalFence.enter, slots),
    test: () => fill(globalFence.test, slots),
  };
  return combine([
    () => ({ edits: fenceTemplate.headers.flatMap((header) => insertInclude(file, text, header)) }),
    () => declared(section, [register, ...guarded, release, ...unregisters], lines(globalFence.declare)),
    ...guarded.flatMap((place) => [
      () => enterSection(section, place, undefined),
      () => wakeSleepers(section, place, undefined),
    ]),
    () =>
      release !== undefined && functions.releaseFenced
        ? enterSection(section, release, undefined, globalFence.done)
        : { edits: [] },
    () => insertBefore(file, text, call.span.start, lines(globalFence.clear)),
    ...unregisters.map(
      (place) => () => insertAfter(file, text, place.call.span.start, ['', ...lines(globalFence.set)]),
    ),
  ]);
}

/** Of this node, which its first argument names. */
function unregistersOf(ctx: FixContext, { kind }: Node, api: string, named: string | undefined): readonly Call[] {
  return ctx.module.units.flatMap((unit) =>
    unit.ir.functions.flatMap((fn) =>
      callsOf(fn)
        .filter(({ name }) => name === api)
        .filter(({ span }) => kind !== 'misc' || argumentsAt(ctx.text(unit.path), span.start)?.[0] === named)
        .map((call) => ({ unit, fn, call })),
    ),
  );
}

/** Before the first function that uses them. */
function declared(
  { file, text }: Section,
  users: readonly (PlacedFunction | undefined)[],
  lines: readonly string[],
): Edits {
  const first = Math.min(...users.flatMap((place) => place?.fn.at ?? []));
  const at = beforeComment(text, lineStart(text, first));
  return { edits: [insertion(file, at, `${lines.join('\n')}\n\n`)] };
}

/** `foo` of `foo_fops`, where the names that begin with it are free. */
function prefixOf(node: Node, mask: string): string | undefined {
  const base = (node.operations.name ?? '').replace(/_(?:misc_)?(?:fops|ops|file_operations)$/, '');
  return base !== '' &&
    globalFence.defines.every((name) => !new RegExp(`\\b${fill(name, { prefix: base })}\\b`).test(mask))
    ? base
    : undefined;
}
