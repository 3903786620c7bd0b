import { pick, reported } from '../analysis/revocable/facts.ts';
import { defineRule } from './rule.ts';

export default defineRule({
  id: 'revoke-inside-access',
  since: 'next',
  status: 'preview',
  severity: 'error',
  languages: ['c'],
  facts: 'revocable',
  summary: 'A provider is revoked inside one of its own sections.',
  why: `Revoking waits for every section that has begun. Called inside one, directly or through another function, it waits
for itself: the task hangs for ever, with the locks that it holds.`,
  remedy: 'Leave the section first, or hand the revoking to a work item that runs outside of it.',
  limits: `Sections are told apart by the member that holds the provider: revoking the provider of another object of the
same type is taken for the same one.`,
  references: ['kernel/rcu/srcutree.c'],
  messages: {
    inside: '{revoke} waits for the sections of {provider}, and this path is inside one: it waits for itself',
  },
  hint: 'leave the section before revoking',
  fixes: {},

  *check(analysis) {
    for (const fact of analysis.revocable) {
      if (fact.kind === 'revoked-inside')
        yield { ...reported(fact), message: 'inside', data: pick(fact, 'revoke', 'provider') };
    }
  },
});
