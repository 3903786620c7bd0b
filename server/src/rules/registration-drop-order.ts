import { pick, reported } from '../analysis/revocable/facts.ts';
import { orderFields } from './fixes/order-fields.ts';
import { defineRule } from './rule.ts';

export default defineRule({
  id: 'registration-drop-order',
  since: 'next',
  status: 'preview',
  severity: 'warning',
  languages: ['rust'],
  facts: 'revocable',
  summary: 'A registration is dropped after what its callbacks need.',
  why: `Fields of a struct are dropped in the order of their declaration. A registration that stands behind a resource keeps its callbacks alive while the resource is already gone. Where drivers keep their data by lifetime, that data is dropped before devres releases what was handed to it.`,
  remedy: `Declare registrations first and resources last, or unregister in \`unbind()\`.`,
  limits: `Whether a callback really reaches the resource is not followed; interrupts and timers are hints for that reason.`,
  references: ['rust/kernel/driver.rs', 'drivers/base/dd.c'],
  messages: {
    order: '{field} ({registration}) is dropped after {resource}: its callbacks can run when {resource} is gone',
    forgotten: '{registration} is never dropped: its callbacks can run when what they use is gone',
    devres: '{call} outlives the data of the driver, which {struct}.{field} may point to',
  },
  hint: 'declare the registration before what it uses',
  hints: { forgotten: 'let it be dropped with what its callbacks use' },
  fixes: { orderFields },

  *check(analysis) {
    for (const fact of analysis.revocable) {
      const common = reported(fact);
      if (fact.kind === 'dropped-late')
        yield {
          ...common,
          message: 'order',
          fixes: ['orderFields'],
          data: pick(fact, 'field', 'registration', 'resource'),
        };
      else if (fact.kind === 'registration-forgotten')
        yield { ...common, message: 'forgotten', data: pick(fact, 'registration') };
      else if (fact.kind === 'registered-beyond')
        yield { ...common, message: 'devres', data: pick(fact, 'call', 'struct', 'field') };
    }
  },
});
