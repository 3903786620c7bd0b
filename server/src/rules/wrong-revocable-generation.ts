import { pick, reported } from '../analysis/revocable/facts.ts';
import { migrateArgument, migrateName } from './fixes/migrate-name.ts';
import { defineRule } from './rule.ts';

export default defineRule({
  id: 'wrong-revocable-generation',
  since: 'next',
  status: 'preview',
  severity: 'error',
  languages: ['c'],
  facts: 'revocable',
  summary: 'A call or macro of the revocable API is written as another generation of it has it.',
  why: `The API was posted in several forms, and names changed their meaning between them: \`revocable_alloc()\` makes a
handle in one and a provider in the next, and \`REVOCABLE_TRY_ACCESS_WITH\` is a block in one and a declaration in the next. In the
worst case the code compiles and protects nothing: a block macro with a \`;\` behind it has an empty body.`,
  remedy: `Write what this tree's \`include/linux/revocable.h\` has. Hovering over a name shows its meaning in each generation.`,
  limits: `Reported only where the tree has the API, or a generation was chosen. Arguments are told apart by their types, which
does not see through \`void *\`.`,
  references: ['include/linux/revocable.h'],
  messages: {
    absent: '{name} does not exist in generation {generation}, which this tree has',
    arguments: '{name} is given other arguments than generation {generation} takes: {prototype}',
    form: '{name} stands {form} in generation {generation}, and only there',
  },
  hint: 'write it as the header of this tree has it',
  fixes: { migrateName, migrateArgument },

  *check(analysis) {
    for (const fact of analysis.revocable) {
      const common = reported(fact);
      if (fact.kind === 'absent-name')
        yield { ...common, message: 'absent', fixes: ['migrateName'], data: pick(fact, 'name', 'generation') };
      else if (fact.kind === 'wrong-arguments')
        yield {
          ...common,
          message: 'arguments',
          fixes: ['migrateName', 'migrateArgument'],
          data: pick(fact, 'name', 'generation', 'prototype'),
        };
      else if (fact.kind === 'wrong-form')
        yield { ...common, message: 'form', fixes: ['migrateName'], data: pick(fact, 'name', 'form', 'generation') };
    }
  },
});
