import { pick, reported } from '../analysis/revocable/facts.ts';
import { boundAccess } from './fixes/bound-access.ts';
import { defineRule } from './rule.ts';

export default defineRule({
  id: 'prefer-bound-access',
  since: 'next',
  status: 'preview',
  severity: 'hint',
  languages: ['rust'],
  facts: 'revocable',
  summary: 'A read section is entered where the device is known to be bound.',
  why: `A reference to the bound device proves that the resource is there: \`access(dev)\` gives it without a section, and what follows may sleep.`,
  remedy: `Use \`access(dev)\` with the device that the function is given.`,
  limits: `The device is assumed to be the one that the resource belongs to; \`access()\` tells at run time.`,
  references: ['rust/kernel/devres.rs'],
  messages: {
    bound: '{access} is not needed: {device} proves that the device is bound',
  },
  hint: 'use access() with the bound device',
  fixes: { boundAccess },

  *check(analysis) {
    for (const fact of analysis.revocable) {
      const common = reported(fact);
      if (fact.kind === 'bound-at-hand')
        yield { ...common, message: 'bound', fixes: ['boundAccess'], data: pick(fact, 'access', 'device') };
    }
  },
});
