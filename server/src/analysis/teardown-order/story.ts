/** Tells an order defect as two threads: how the callback comes to run, and how teardown gets ahead of it. */
import type { Location } from '../../base/span.ts';
import type { Step, ThreadKind, Witness } from '../model.ts';
import type { Fn } from '../program.ts';
import type { Parts } from '../removal.ts';
import type { Frame, TraceEvent } from '../trace.ts';
import { chainSteps, shorten } from '../witness.ts';
import type { TracedUse } from './callbacks.ts';
import type { Disposal } from './disposals.ts';
import type { Source } from './sources.ts';
import { sourceText } from './text.ts';

export function userThread(source: Source, use: TracedUse | undefined, what: string, parts: Parts): readonly Step[] {
  const { program } = parts;
  const steps: Step[] = [];
  const [arm] = source.arms;
  const setup = source.setups[0];
  if (arm !== undefined)
    steps.push({ kind: 'note', at: arm.at, text: `${arm.api}() in ${arm.fn.ir.name}() arms ${sourceText(source)}` });
  else if (setup !== undefined)
    steps.push({ kind: 'note', at: setup.at, text: `${setup.api} installs ${setup.callback.ir.name}()` });
  if (setup === undefined) return steps;
  steps.push({ kind: 'entry', at: program.nameOf(setup.callback), text: `${setup.callback.ir.name}() runs` });
  if (use !== undefined) {
    steps.push(...chainSteps(program, use.traced.chain));
    steps.push({ kind: 'use', at: program.locate(use.traced.fn, use.use.span), text: `uses ${what}` });
  }
  return shorten(steps);
}

export interface StoryStep {
  readonly traced: TraceEvent | undefined;
  readonly step: Step;
}

/** Teardown's own steps, in the order given, each with the calls that lead to it. */
export function teardownThread(fn: Fn, entry: string, story: readonly StoryStep[], parts: Parts): readonly Step[] {
  const { program } = parts;
  const steps: Step[] = [{ kind: 'entry', at: program.nameOf(fn), text: entry }];
  let before: readonly Frame[] = [];
  for (const { traced, step } of story) {
    const chain = traced?.chain ?? [];
    let shared = 0;
    while (shared < chain.length && chain[shared]?.call === before[shared]?.call) shared += 1;
    steps.push(...chainSteps(program, chain.slice(shared)), step);
    before = chain;
  }
  return shorten(steps);
}

export function entryText(disposal: Disposal): string {
  const name = disposal.fn.ir.name;
  if (disposal.kind === 'driver') return `teardown (${disposal.triggers.join(', ')}) enters ${name}()`;
  return disposal.kind === 'exit' ? `module unload enters ${name}()` : `the owner of the object calls ${name}()`;
}

/** `between`: how many of teardown's steps come before the first thread, where it does not meet the death. */
export function witness(
  threads: readonly [ThreadKind, ThreadKind],
  user: readonly Step[],
  teardown: readonly Step[],
  missing: string,
  between?: number,
): Witness {
  return { threads, user, teardown, missing, ...(between === undefined ? {} : { between }) };
}

/** Where in the function that decides the order of two events one of them happens. */
export function placeOfOrder(event: TraceEvent, other: TraceEvent | undefined, parts: Parts): Location {
  const { program } = parts;
  const theirs = other?.chain ?? [];
  for (let depth = 0; depth < event.chain.length; depth += 1) {
    const frame = event.chain[depth];
    if (frame === undefined) break;
    if (frame.call !== theirs[depth]?.call) return program.locate(frame.fn, frame.call.span);
  }
  return program.locate(event.fn, event.event.span);
}
