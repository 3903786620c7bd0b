import { pick, reported } from '../analysis/revocable/facts.ts';
import { defineRule } from './rule.ts';

export default defineRule({
  id: 'raw-resource-in-file-data',
  since: 'next',
  status: 'preview',
  severity: 'warning',
  languages: ['rust'],
  facts: 'revocable',
  summary: 'The data of an open file holds a resource that nobody can revoke.',
  why: `The data of an open file lives until the file is closed, which user space decides; the device may be unbound long before. A raw pointer or a resource without a \`Devres\` around it then leads to registers or memory that are gone. A counted reference to the device keeps it in memory, not bound.`,
  remedy: `Keep an \`Arc<Devres<…>>\` and ask for access in each operation.`,
  limits: `Raw pointers are hints: they may point to memory that the file owns.`,
  references: ['rust/kernel/miscdevice.rs', 'rust/kernel/devres.rs'],
  messages: {
    raw: '{struct}.{field} ({resource}) outlives the binding of the device: the file may stay open',
  },
  hint: 'put it behind a Devres',
  fixes: {},

  *check(analysis) {
    for (const fact of analysis.revocable) {
      const common = reported(fact);
      if (fact.kind === 'raw-resource')
        yield { ...common, message: 'raw', data: pick(fact, 'struct', 'field', 'resource') };
    }
  },
});
