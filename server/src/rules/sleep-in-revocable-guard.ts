import { pick, reported } from '../analysis/revocable/facts.ts';
import { closureForm, dropFirst, hoistFromClosure, sleepFirst } from './fixes/guard-scope.ts';
import { defineRule } from './rule.ts';

export default defineRule({
  id: 'sleep-in-revocable-guard',
  since: 'next',
  status: 'preview',
  severity: 'error',
  languages: ['rust'],
  facts: 'revocable',
  summary: 'Something sleeps while the guard of a revocable resource is alive.',
  why: `The guard that \`try_access()\` gives is an RCU read section: from there to the guard's drop the code may not sleep, and
so it may not take a mutex, allocate with \`GFP_KERNEL\`, copy from or to user space, or wait for anything. The guard lives to the
end of its block, not to its last use; shadowing its name does not drop it, and \`?\` leaves it alive.`,
  remedy: `Do what sleeps before the access, or after the guard is dropped; keep the section short with \`try_access_with()\` or a
block of its own. Where a reference to the bound device is at hand, \`access(dev)\` needs no section, and sleeping is allowed.`,
  limits: `A call whose receiver's type is not known, or that goes through a trait object, is taken not to sleep. Allocation
flags that come from a variable say nothing.`,
  references: ['rust/kernel/revocable.rs', 'rust/kernel/devres.rs', 'Documentation/RCU/whatisRCU.rst'],
  messages: {
    underGuard: '{call} may sleep, and {guard} keeps an RCU read section open here',
    inClosure: '{call} may sleep, and this closure runs inside an RCU read section',
  },
  hint: 'sleep before the access or after the guard is dropped, or use `access(dev)` with a bound device',
  fixes: { sleepFirst, dropFirst, closureForm, hoistFromClosure },

  *check(analysis) {
    for (const fact of analysis.revocable) {
      const common = reported(fact);
      if (fact.kind === 'sleeps-under-guard')
        yield {
          ...common,
          message: 'underGuard',
          fixes: ['sleepFirst', 'dropFirst', 'closureForm'],
          data: pick(fact, 'call', 'guard'),
        };
      else if (fact.kind === 'sleeps-in-closure')
        yield { ...common, message: 'inClosure', fixes: ['hoistFromClosure'], data: pick(fact, 'call') };
    }
  },
});
