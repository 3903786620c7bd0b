/** One operation behind the fence, and the wait queues that teardown has to wake. */
import { fenceTemplate, pollWait } from '../../knowledge/fence-templates.ts';
import { slotsOf } from './counted-memory.ts';
import { callsOf } from './driver-shape.ts';
import type { Edits } from './edits.ts';
import { combine, fill } from './edits.ts';
import type { FencePlan } from './fence-plan.ts';

import type { Section } from './operation-section.ts';
import { enterSection, memberOf, objectIn, sleepsIn, wakeSleepers } from './operation-section.ts';

/** Wait queues of the object that teardown has to wake: those that operations sleep on, and those of poll. */
export function queuesOf(plan: Pick<FencePlan, 'type' | 'guarded'>): readonly string[] {
  const queues = plan.guarded.flatMap((place) => {
    const slept = sleepsIn(place).map(({ call, queue }) =>
      queue === undefined ? undefined : memberOf(plan, place, call, queue),
    );
    const polled = callsOf(place.fn)
      .filter((call) => call.name === pollWait.name)
      .map((call) => memberOf(plan, place, call, pollWait.queue));
    return [...slept, ...polled];
  });
  return [...new Set(queues.filter((queue) => queue !== undefined))];
}

/** The test of the flag, as an expression. */
export function testOf(plan: FencePlan, object: string): string {
  return fill(queuesOf(plan).length > 0 ? fenceTemplate.looseTest : fenceTemplate.test, slotsOf(plan, object));
}

export function guardOperation(plan: FencePlan, place: FencePlan['guarded'][number]): Edits {
  const object = objectIn(plan, place);
  if (object === undefined) return { refused: `${place.fn.ir.name}() has no variable for its ${plan.type}` };
  const section: Section = {
    ...plan,
    enter: () => fill(fenceTemplate.enter, slotsOf(plan, object)),
    test: () => testOf(plan, object),
  };
  return combine([() => enterSection(section, place, object), () => wakeSleepers(section, place, object)]);
}
