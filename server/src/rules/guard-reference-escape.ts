import { pick, reported } from '../analysis/revocable/facts.ts';
import { defineRule } from './rule.ts';

export default defineRule({
  id: 'guard-reference-escape',
  since: 'next',
  status: 'preview',
  severity: 'error',
  languages: ['rust'],
  facts: 'revocable',
  summary: 'A raw pointer into a revocable resource is used after its guard is gone.',
  why: `The borrow checker ties references to the guard, raw pointers to nothing. Once the guard is dropped, unbinding no longer waits, and the pointer leads to a resource that may be unmapped or freed.`,
  remedy: `Use the resource while the guard is alive, and let no pointer out of the section.`,
  limits: `Pointers that are stored in a struct and read back elsewhere are not followed.`,
  references: ['rust/kernel/revocable.rs'],
  messages: {
    escaped: 'a raw pointer from inside {guard} is used after the guard is gone',
  },
  hint: 'use it while the guard lives',
  fixes: {},

  *check(analysis) {
    for (const fact of analysis.revocable) {
      const common = reported(fact);
      if (fact.kind === 'reference-escaped') yield { ...common, message: 'escaped', data: pick(fact, 'guard') };
    }
  },
});
