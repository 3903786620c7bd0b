import { pick, reported } from '../analysis/revocable/facts.ts';
import { waitForUsers } from './fixes/rust-access.ts';
import { defineRule } from './rule.ts';

export default defineRule({
  id: 'revoke-nosync-with-users',
  since: 'next',
  status: 'preview',
  severity: 'error',
  languages: ['rust'],
  facts: 'revocable',
  summary: 'A resource is revoked without waiting while others may be using it.',
  why: `\`revoke_nosync()\` drops the resource at once. It is sound only where nobody can be inside a section; file operations, work items and interrupt handlers can.`,
  remedy: `Use \`revoke()\`, which waits for every section.`,
  limits: `Users are found by the traits that they implement and by the member that they access.`,
  references: ['rust/kernel/revocable.rs'],
  messages: {
    noSync: '{call} does not wait, and {operation}() may be using the resource',
  },
  hint: 'use revoke()',
  fixes: { waitForUsers },

  *check(analysis) {
    for (const fact of analysis.revocable) {
      const common = reported(fact);
      if (fact.kind === 'revoked-nosync')
        yield { ...common, message: 'noSync', fixes: ['waitForUsers'], data: pick(fact, 'call', 'operation') };
    }
  },
});
