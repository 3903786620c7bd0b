import { pick, reported } from '../analysis/revocable/facts.ts';
import { askForAccess } from './fixes/rust-access.ts';
import { defineRule } from './rule.ts';

export default defineRule({
  id: 'unproven-bound-access',
  since: 'next',
  status: 'preview',
  severity: 'error',
  languages: ['rust'],
  facts: 'revocable',
  summary: 'Code that can run after unbind claims that the device is bound.',
  why: `\`as_bound()\` and the unsafe \`access()\` take the caller's word that the device stays bound. File operations run on files that stay open after unbind; work items have no cancel call in the kernel crate; both can break the promise.`,
  remedy: `Ask with \`try_access()\`, or let an abstraction that waits at unbind hand out the reference.`,
  limits: `Functions are known to run there by the traits that they implement and by calls within the crate.`,
  references: ['rust/kernel/device.rs', 'rust/kernel/revocable.rs'],
  messages: {
    unproven: '{call} claims that the device is bound, but {operation}() {why}',
  },
  hint: 'use try_access() here',
  fixes: { askForAccess },

  *check(analysis) {
    for (const fact of analysis.revocable) {
      const common = reported(fact);
      if (fact.kind === 'unproven')
        yield { ...common, message: 'unproven', fixes: ['askForAccess'], data: pick(fact, 'call', 'operation', 'why') };
    }
  },
});
