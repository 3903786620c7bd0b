import { pick, reported } from '../analysis/revocable/facts.ts';
import { defineRule } from './rule.ts';

export default defineRule({
  id: 'jump-over-try-access',
  since: 'next',
  status: 'preview',
  severity: 'error',
  languages: ['c'],
  facts: 'revocable',
  summary: 'A jump gets into a revocable scope without entering it, or leaves the scope instead of the loop around it.',
  why: `The macros declare a variable whose cleanup leaves the section at the end of the scope. A \`goto\` or \`case\` label that
gets there without passing the declaration leaves a section that was never entered; compilers refuse some of these and accept
others. The block forms are loops of their own, so that \`break\` in one ends the block and not the loop around it. As the body
of an \`if\` without braces the declaration's scope ends with its own semicolon, and what follows is outside of the section.`,
  remedy:
    'Put the scope into a block of its own, so that no label stands behind it in the same block; leave an outer loop by a flag or a `goto`.',
  limits: 'A `break` is reported only where the block stands in a loop.',
  references: ['include/linux/cleanup.h'],
  messages: {
    jumped: 'a jump gets into the scope of {enter} without passing it',
    hiddenLoop: '{jump} ends the scope of {enter}, not the loop around it',
    unbraced: '{name} is a declaration and the whole body of a statement without braces: its section ends at once',
  },
  hint: 'give the scope a block of its own',
  fixes: {},

  *check(analysis) {
    for (const fact of analysis.revocable) {
      const common = reported(fact);
      if (fact.kind === 'jumped-over') yield { ...common, message: 'jumped', data: pick(fact, 'enter') };
      else if (fact.kind === 'hidden-loop')
        yield { ...common, message: 'hiddenLoop', data: pick(fact, 'jump', 'enter') };
      else if (fact.kind === 'unbraced') yield { ...common, message: 'unbraced', data: pick(fact, 'name') };
    }
  },
});
