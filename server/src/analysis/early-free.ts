/**
 * Teardown gives up the object that holds the node before it unregisters the node: an open() in between, and the
 * unregister call itself, use freed memory.
 */
import type { Race } from './model.ts';
import type { NodeSite, UnregisterSite } from './nodes.ts';
import type { TracedOperation } from './open-pins.ts';
import type { Parts } from './removal.ts';
import type { TeardownRoot } from './teardown.ts';
import type { TraceEvent } from './trace.ts';
import { chainSteps } from './witness.ts';

export function earlyFreeRace(
  site: NodeSite,
  roots: readonly TeardownRoot[],
  unregister: UnregisterSite | undefined,
  operations: readonly TracedOperation[],
  parts: Parts,
): Race | undefined {
  const { holder } = site;
  if (holder === undefined || unregister === undefined || !parts.program.isOwnStruct(holder)) return undefined;
  for (const root of roots) {
    const reached = root.trace.events.find((e) => e.event === unregister.event);
    if (reached === undefined || reached.chain.some((frame) => frame.call.release)) continue;
    const taken = root.trace.events.some(
      (e) => touches(e, holder) && e.event.kind === 'effect' && e.event.effect.verb === 'takesRef',
    );
    const freed = root.trace.events.find(
      (e) => e.order < reached.order && givesUp(e, holder, root, parts) && isOnEveryWay(e, reached),
    );
    if (freed === undefined || taken) continue;
    const { program } = parts;
    const open = operations.find((o) => o.operation.context === 'open') ?? operations[0];
    const at = program.locate(freed.fn, freed.event.span);
    const entry = {
      kind: 'entry' as const,
      at: program.nameOf(root.fn),
      text: `teardown (${root.triggers.join(', ')}) enters ${root.fn.ir.name}()`,
    };
    const death = { kind: 'free' as const, at, text: `gives up ${holder}, in which the node still is registered` };
    return {
      operation: 'open',
      operationFn: open?.operation.fn.ir.name ?? unregister.fn.ir.name,
      use: { at: unregister.at, text: holder },
      object: { name: holder, kind: 'memory', owner: 'teardown', death },
      certainty: 'must',
      witness: {
        user: [
          {
            kind: 'entry',
            at: open === undefined ? site.at : program.nameOf(open.operation.fn),
            text: 'open() finds the node, which is registered still',
          },
        ],
        teardown: [
          entry,
          ...chainSteps(program, freed.chain).slice(-6),
          death,
          ...chainSteps(program, reached.chain).slice(-6),
          { kind: 'unregister', at: unregister.at, text: `${unregister.api}() then uses ${holder}` },
        ],
        missing: `the node is unregistered after ${holder} is given up`,
      },
    };
  }
  return undefined;
}

function touches({ event }: TraceEvent, holder: string): boolean {
  return event.kind === 'effect' && (event.object === holder || event.holder === holder);
}

/** No test stands before it that does not stand before the other too: a free behind a test is somebody's protocol. */
function isOnEveryWay(e: TraceEvent, later: TraceEvent): boolean {
  return later.states.every((after) =>
    e.states.some((before) =>
      before.tests.every((test) => after.tests.some((t) => t.cell === test.cell && t.outcome === test.outcome)),
    ),
  );
}

function givesUp(e: TraceEvent, holder: string, root: TeardownRoot, parts: Parts): boolean {
  if (e.event.kind !== 'effect' || e.event.cleanup || !touches(e, holder)) return false;
  if (e.chain.some((frame) => frame.call.release) || (root.byOperation && parts.teardown.isInCreation(e))) return false;
  const { effect } = e.event;
  if (effect.verb === 'frees') return effect.what === 'memory' && e.event.object === holder;
  return (
    !root.byOperation &&
    effect.verb === 'dropsRef' &&
    effect.release !== undefined &&
    parts.teardown.freedByRelease(holder)
  );
}
