import { pick, reported } from '../analysis/revocable/facts.ts';
import { defineRule } from './rule.ts';

export default defineRule({
  id: 'use-after-withdraw',
  since: 'next',
  status: 'preview',
  severity: 'error',
  languages: ['c'],
  facts: 'revocable',
  summary: 'The resource of a revocable section is used beyond the section, or a provider beyond its last reference.',
  why: `Teardown waits for sections, not for pointers. Once the section is left, nothing keeps the resource: a use after it,
through a field, a return value or a copy, is the use after free that the section was meant to prevent. The same goes for the
provider: where revoking drops its last reference, a second revoke or a new handle uses freed memory.`,
  remedy: 'Keep every use inside the section, and hand out values that were read there, not pointers.',
  limits: `Containers such as lists are not followed. Whether memory that the resource points to dies with it is not known: its
use after the section is a hint.`,
  references: ['drivers/base/revocable.c'],
  messages: {
    used: '{resource} is used after the section that {enter} entered was left',
    derived: '{pointer} comes from {resource} and is used after the section that {enter} entered was left',
    stored: '{resource} is stored in {where} and stays there when its section is left',
    returned: '{resource} is returned when its section is left',
    revokedTwice: '{revoke} drops a reference of {provider} that is no longer there: it is revoked twice',
    madeAfter: '{make} takes {provider}, whose last reference went when it was revoked',
  },
  hint: 'use it inside the section only, and do not keep it anywhere',
  fixes: {},

  *check(analysis) {
    for (const fact of analysis.revocable) {
      const common = reported(fact);
      if (fact.kind === 'used-after') yield { ...common, message: 'used', data: pick(fact, 'resource', 'enter') };
      else if (fact.kind === 'derived-after')
        yield { ...common, message: 'derived', data: pick(fact, 'pointer', 'resource', 'enter') };
      else if (fact.kind === 'stored') yield { ...common, message: 'stored', data: pick(fact, 'resource', 'where') };
      else if (fact.kind === 'revoked-twice')
        yield { ...common, message: 'revokedTwice', data: pick(fact, 'revoke', 'provider') };
      else if (fact.kind === 'made-after')
        yield { ...common, message: 'madeAfter', data: pick(fact, 'make', 'provider') };
      else if (fact.kind === 'returned') yield { ...common, message: 'returned', data: pick(fact, 'resource') };
    }
  },
});
