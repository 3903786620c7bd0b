import { pick, reported } from '../analysis/revocable/facts.ts';
import { defineRule } from './rule.ts';

export default defineRule({
  id: 'shared-revocable-handle',
  since: 'next',
  status: 'preview',
  severity: 'error',
  languages: ['c'],
  facts: 'revocable',
  summary: 'One revocable handle is entered by several threads at once.',
  why: `A handle remembers the index of the one section that it is inside of. Two threads that enter with the same one,
through one open file or one device, overwrite it: one SRCU counter is then never lowered, another lowered twice, and
revoking hangs or returns too early. This is one of the reasons for which the first form of the API was taken back.`,
  remedy: `Use a handle for each call: allocate or set it up in the function that enters, or use a macro that takes the
provider and brings its own.`,
  limits:
    'A lock that every user of the handle holds exclusively makes it safe; one that only most of them hold does not.',
  references: ['drivers/base/revocable.c'],
  messages: {
    shared: '{enter} enters with {handle}, which other threads use at the same time: they overwrite its index',
  },
  hint: 'use one handle for each call, on the stack where the tree has that form',
  fixes: {},

  *check(analysis) {
    for (const fact of analysis.revocable) {
      if (fact.kind === 'shared-handle')
        yield { ...reported(fact), message: 'shared', data: pick(fact, 'enter', 'handle') };
    }
  },
});
