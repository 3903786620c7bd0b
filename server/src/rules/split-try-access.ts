import { pick, reported } from '../analysis/revocable/facts.ts';
import { keepGuard } from './fixes/rust-access.ts';
import { defineRule } from './rule.ts';

export default defineRule({
  id: 'split-try-access',
  since: 'next',
  status: 'preview',
  severity: 'warning',
  languages: ['rust'],
  facts: 'revocable',
  summary: 'Access to a revocable resource is tested in one section and used in another.',
  why: `The guard of the test is a temporary: it goes at the end of the condition. Between there and the next access the device can be unbound, so that the test has said nothing.`,
  remedy: `Keep the guard of the test and use it: \`if let Some(x) = ….try_access()\`, or pass the reference on.`,
  limits: `Reported where the same member is accessed again in the function or in what it calls.`,
  references: ['rust/kernel/revocable.rs'],
  messages: {
    split: '{access} is tested here, and {again} asks again when the answer may have changed',
  },
  hint: 'keep the guard that was tested',
  fixes: { keepGuard },

  *check(analysis) {
    for (const fact of analysis.revocable) {
      const common = reported(fact);
      if (fact.kind === 'split-access')
        yield { ...common, message: 'split', fixes: ['keepGuard'], data: pick(fact, 'access', 'again') };
    }
  },
});
