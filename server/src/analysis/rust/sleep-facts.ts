/** Calls that may sleep while a read section is open. */
import type { LockKind } from '../../knowledge/schema.ts';
import type { RevocableFact } from '../revocable/facts.ts';
import { locate, nameOfGuard, stepAt, stepOfGuard } from './describe.ts';
import type { Guard } from './guards.ts';
import type { RustContext } from './index.ts';

const READ_SECTIONS: ReadonlySet<LockKind> = new Set(['revocable', 'rcu']);

/** Whether the guard is a read section, which nothing inside may sleep in. */
export function isReadSection(guard: Guard): boolean {
  return guard.row.guard !== undefined && READ_SECTIONS.has(guard.row.guard);
}

export function sleepFacts(context: RustContext): readonly RevocableFact[] {
  const facts: RevocableFact[] = [];
  for (const linked of context.linker.functions) {
    const told = new Set<unknown>();
    for (const { operation, live } of context.lives(linked).points) {
      if (operation?.kind !== 'call') continue;
      const guard = live.find(isReadSection);
      if (guard === undefined) continue;
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
