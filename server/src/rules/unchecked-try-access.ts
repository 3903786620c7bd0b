import { pick, reported } from '../analysis/revocable/facts.ts';
import { testAccess } from './fixes/test-access.ts';
import { defineRule } from './rule.ts';

export default defineRule({
  id: 'unchecked-try-access',
  since: 'next',
  status: 'preview',
  severity: 'error',
  languages: ['c'],
  facts: 'revocable',
  summary: 'The resource of a revocable section is used without a test for NULL.',
  why: `After the device is gone, \`revocable_try_access()\` and the \`_with\` macros give NULL. That is no error path that
never runs: it is the one that every open file takes after unbind.`,
  remedy: `Test the variable right after entering and answer \`-ENODEV\`; or use an \`or_return\` form of the macro, where
the tree has one, which does both.`,
  limits: 'A test that a function of another module makes is not seen.',
  references: ['drivers/base/revocable.c'],
  messages: {
    untested: '{resource} is used without a test for NULL, which {enter} gives once the device is gone',
  },
  hint: 'test it for NULL right after entering the section',
  fixes: { testAccess },

  *check(analysis) {
    for (const fact of analysis.revocable) {
      if (fact.kind !== 'untested') continue;
      yield {
        ...reported(fact),
        message: 'untested',
        fixes: ['testAccess'],
        data: pick(fact, 'resource', 'enter'),
      };
    }
  },
});
