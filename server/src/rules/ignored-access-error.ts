import { pick, reported } from '../analysis/revocable/facts.ts';
import { propagate } from './fixes/rust-access.ts';
import { defineRule } from './rule.ts';

export default defineRule({
  id: 'ignored-access-error',
  since: 'next',
  status: 'preview',
  severity: 'warning',
  languages: ['rust'],
  facts: 'revocable',
  summary: 'The result of asking for a resource by its bound device is ignored.',
  why: `\`access(dev)\` fails when the resource belongs to another device. Code that goes on regardless works on the wrong device, or on nothing.`,
  remedy: `Propagate the error with \`?\`.`,
  limits: `Only results that nothing reads are reported.`,
  references: ['rust/kernel/devres.rs'],
  messages: {
    ignored: 'the result of {call} is ignored: it fails when the resource belongs to another device',
  },
  hint: 'propagate the error',
  fixes: { propagate },

  *check(analysis) {
    for (const fact of analysis.revocable) {
      const common = reported(fact);
      if (fact.kind === 'access-ignored')
        yield { ...common, message: 'ignored', fixes: ['propagate'], data: pick(fact, 'call') };
    }
  },
});
