import { pick, reported } from '../analysis/revocable/facts.ts';
import { dropFirst } from './fixes/guard-scope.ts';
import { defineRule } from './rule.ts';

export default defineRule({
  id: 'revoke-inside-guard',
  since: 'next',
  status: 'preview',
  severity: 'error',
  languages: ['rust'],
  facts: 'revocable',
  summary: 'A resource is revoked inside a section that revoking waits for, or where sleeping is forbidden.',
  why: `Revoking waits for every RCU read section to end. Inside such a section it waits for itself; under a spinlock or in interrupt context it sleeps where that is forbidden. Dropping a \`Devres\` revokes it.`,
  remedy: `Drop the guard first, or hand the work over to process context.`,
  limits: `A drop at the end of a block is told by \`sleep-in-revocable-guard\`.`,
  references: ['rust/kernel/revocable.rs', 'rust/kernel/devres.rs'],
  messages: {
    underGuard: '{call} waits for all read sections, and {guard} is one',
    inAtomic: '{call} sleeps, and {operation}() runs where sleeping is forbidden',
  },
  hint: 'revoke after the guard is gone',
  fixes: { dropFirst },

  *check(analysis) {
    for (const fact of analysis.revocable) {
      const common = reported(fact);
      if (fact.kind === 'revoked-under-guard')
        yield { ...common, message: 'underGuard', fixes: ['dropFirst'], data: pick(fact, 'call', 'guard') };
      else if (fact.kind === 'revoked-in-atomic')
        yield { ...common, message: 'inAtomic', data: pick(fact, 'call', 'operation') };
    }
  },
});
