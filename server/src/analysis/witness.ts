/** Tells a race as two threads of steps: how the fd user gets to the use, how teardown gets to the death. */
import type { Step, Witness } from './model.ts';
import type { Operation, UnregisterSite } from './nodes.ts';
import type { Program } from './program.ts';
import type { Death } from './teardown.ts';
import type { Frame, TraceEvent } from './trace.ts';

/** Steps a thread may have at most (DESIGN §7). */
const MAX_STEPS = 15;

export function witnessOf(
  program: Program,
  operation: Operation,
  use: TraceEvent,
  death: Death,
  unregister: UnregisterSite | undefined,
  object: string,
): Witness {
  const user: Step[] = [
    {
      kind: 'entry',
      at: program.nameOf(operation.fn),
      text: `${operation.field} on an fd that is still open enters ${operation.fn.ir.name}()`,
    },
    ...chainSteps(program, use.chain),
    { kind: 'use', at: program.locate(use.fn, use.event.span), text: `uses ${object}` },
  ];
  const { root } = death;
  const teardown: Step[] = [
    {
      kind: 'entry',
      at: program.nameOf(root.fn),
      text: `teardown (${root.triggers.join(', ')}) enters ${root.fn.ir.name}()`,
    },
  ];
  const before: Step[] = [];
  let stays: Step | undefined;
  if (unregister !== undefined) {
    const reached = root.trace.events.find((e) => e.fn === unregister.fn && e.event === unregister.event);
    if (reached === undefined) {
      stays = {
        kind: 'note',
        at: unregister.at,
        text: `the node stays registered: ${unregister.api}() comes only with ${unregister.fn.ir.name}()`,
      };
    } else {
      before.push(...chainSteps(program, reached.chain), {
        kind: 'unregister',
        at: unregister.at,
        text: `${unregister.api}() stops new opens; it ${promiseOf(unregister)}`,
      });
    }
  }
  const end: Step[] = death.event === undefined ? [] : chainSteps(program, death.event.chain);
  const freed: Step = { kind: death.event === undefined ? 'return' : 'free', at: death.at, text: death.text };
  const freesFirst =
    death.event !== undefined &&
    unregister !== undefined &&
    root.trace.events.some((e) => e.event === unregister.event && e.order > (death.event?.order ?? 0));
  teardown.push(...(freesFirst ? [...end, freed, ...before] : [...before, ...end, freed]));
  if (stays !== undefined) teardown.push(stays);
  return {
    user: shorten(user),
    teardown: shorten(dedupe(teardown)),
    missing:
      unregister?.fence.refusesLater === true && operation.context !== 'release'
        ? `nothing makes ${root.fn.ir.name}() wait for ${operation.fn.ir.name}() where it runs already`
        : `nothing makes ${root.fn.ir.name}() wait for ${operation.fn.ir.name}(), and nothing makes ${operation.fn.ir.name}() fail once ${object} is gone`,
  };
}

function promiseOf({ fence }: UnregisterSite): string {
  if (fence.refusesLater === true) return 'refuses operations that begin later, but does not wait for running ones';
  return fence.verdict === 'drains-if'
    ? 'does not wait for this operation'
    : 'neither waits for operations nor refuses later ones';
}

export function chainSteps(program: Program, chain: readonly Frame[]): Step[] {
  return chain.map((frame) => ({
    kind: 'call' as const,
    at: program.locate(frame.fn, frame.call.span),
    text: `calls ${frame.call.target.replace(/^.*:/, '').replace(/[<#].*$/, '')}()`,
  }));
}

function dedupe(steps: readonly Step[]): Step[] {
  const seen = new Set<string>();
  return steps.filter((step) => {
    const key = `${step.at.file}:${step.at.span.start}:${step.text}`;
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}

/** Keeps the ends, which say most, and drops calls in the middle. */
export function shorten(steps: readonly Step[]): readonly Step[] {
  if (steps.length <= MAX_STEPS) return steps;
  const kept = [...steps];
  while (kept.length > MAX_STEPS) {
    const middle = kept.findIndex((step, i) => i > 1 && step.kind === 'call');
    kept.splice(middle < 0 ? Math.floor(kept.length / 2) : middle, 1);
  }
  return kept;
}
