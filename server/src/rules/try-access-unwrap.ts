import { pick, reported } from '../analysis/revocable/facts.ts';
import { okOr } from './fixes/ok-or-enodev.ts';
import { defineRule } from './rule.ts';

export default defineRule({
  id: 'try-access-unwrap',
  since: 'next',
  status: 'preview',
  severity: 'error',
  languages: ['rust'],
  facts: 'revocable',
  summary: 'A driver panics when access to a revocable resource is refused.',
  why: `Access is refused once the device is unbound. That is a normal state, and user space or a timer can bring the code there at any time; \`unwrap()\` and \`expect()\` make it a kernel panic.`,
  remedy: `Turn the refusal into an error: \`.ok_or(ENODEV)?\`, \`let Some(x) = … else\`, or \`if let\`.`,
  limits: `A value that comes from another function is not followed back to the access.`,
  references: ['rust/kernel/revocable.rs', 'rust/kernel/devres.rs'],
  messages: {
    unwrapped: '{call} panics when {access} finds the device unbound',
  },
  hint: 'return an error instead',
  fixes: { okOr },

  *check(analysis) {
    for (const fact of analysis.revocable) {
      const common = reported(fact);
      if (fact.kind === 'unwrapped')
        yield { ...common, message: 'unwrapped', data: pick(fact, 'call', 'access'), fixes: ['okOr'] };
    }
  },
});
