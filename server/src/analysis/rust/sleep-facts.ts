/** Calls that may sleep while a read section is open. */
import type { RevocableFact } from '../revocable/facts.ts';
import type { RustContext } from './context.ts';
import { locate, nameOfGuard, stepAt, stepOfGuard } from './describe.ts';
import { hasReadSection, isReadSection } from './guards.ts';
import { revokes } from './revoke-facts.ts';

export function sleepFacts(context: RustContext): readonly RevocableFact[] {
  const facts: RevocableFact[] = [];
  for (const linked of context.linker.functions) {
    const { guards, points } = context.lives(linked);
    if (!hasReadSection(guards)) continue;
    const told = new Set<unknown>();
    for (const { operation, live } of points) {
      if (operation?.kind !== 'call') continue;
      const guard = live.find(isReadSection);
      if (guard === undefined) continue;
      const one = linked.calls.get(operation.id);
      // Told by itself.
      if (one !== undefined && revokes(one, linked, context)) continue;
      const sleep = context.sleeping.ofCall(operation, linked);
      if (sleep === undefined || told.has(operation.span.start)) continue;
      told.add(operation.span.start);
      const isClosure = guard.made === undefined && guard.name === undefined;
      facts.push({
        kind: isClosure ? 'sleeps-in-closure' : 'sleeps-under-guard',
        at: locate(linked, operation.span),
        names: { call: sleep.name, guard: nameOfGuard(guard) },
        story: [
          stepOfGuard(linked, guard),
          stepAt(linked, operation.span, 'call', `${sleep.name} may sleep while the section is open`),
          ...sleep.story,
        ].slice(0, 15),
        certainty: 'must',
        origin: locate(linked, guard.at),
      });
    }
  }
  return facts;
}
