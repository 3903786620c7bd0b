import { pick, reported } from '../analysis/revocable/facts.ts';
import { convertToScope } from './fixes/convert-to-scope.ts';
import { withdrawAccess } from './fixes/withdraw-access.ts';
import { defineRule } from './rule.ts';

export default defineRule({
  id: 'unbalanced-try-access',
  since: 'next',
  status: 'preview',
  severity: 'error',
  languages: ['c'],
  facts: 'revocable',
  summary: 'A path enters a revocable section and does not leave it exactly once, with the same handle.',
  why: `The section is an SRCU read side. One that is never left keeps revoking, and so unbind, waiting for ever; one that
is left twice lets it go on while another reader is inside. The section is entered even when
\`revocable_try_access()\` gives NULL (in all forms of the API but the one where setting the handle up fails instead).`,
  remedy: `Leave the section on every path, the one with NULL included; or use a scope macro, which leaves by itself.`,
  limits: `Handles in arrays are not followed. A function that enters for its callers must do so on every success and on no
failure.`,
  references: ['drivers/base/revocable.c', 'Documentation/RCU/checklist.rst'],
  messages: {
    leftOpen: 'this path leaves the function inside the section that {enter} entered with {handle}',
    enteredTwice: '{enter} enters with {handle}, which is inside a section already: the first can never be left',
    leftTwice: '{leave} leaves the section of {handle} a second time',
    freedInside: '{free} frees {handle} inside the section that was entered with it',
    otherHandle: '{leave} is given another handle than {handle}, with which the section was entered',
  },
  hint: 'leave the section once on every path, also where NULL came back',
  fixes: { withdrawAccess, convertToScope },

  *check(analysis) {
    for (const fact of analysis.revocable) {
      const common = reported(fact);
      if (fact.kind === 'left-open')
        yield {
          ...common,
          message: 'leftOpen',
          fixes: ['withdrawAccess', 'convertToScope'],
          data: pick(fact, 'enter', 'handle'),
        };
      else if (fact.kind === 'entered-twice')
        yield { ...common, message: 'enteredTwice', data: pick(fact, 'enter', 'handle') };
      else if (fact.kind === 'left-twice')
        yield { ...common, message: 'leftTwice', fixes: ['convertToScope'], data: pick(fact, 'leave', 'handle') };
      else if (fact.kind === 'freed-inside')
        yield { ...common, message: 'freedInside', data: pick(fact, 'free', 'handle') };
      else if (fact.kind === 'other-handle')
        yield { ...common, message: 'otherHandle', data: pick(fact, 'leave', 'handle') };
    }
  },
});
