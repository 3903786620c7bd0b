import { pick, reported } from '../analysis/revocable/facts.ts';
import { revokeInTeardown } from './fixes/revoke-in-teardown.ts';
import { freeHandle } from './fixes/withdraw-access.ts';
import { defineRule } from './rule.ts';

export default defineRule({
  id: 'revocable-leak',
  since: 'next',
  status: 'preview',
  severity: 'warning',
  languages: ['c'],
  facts: 'revocable',
  summary: 'A revocable handle is not freed, or a provider is not revoked and put when the device goes.',
  why: `A handle holds a reference on its provider, so that one which is never freed keeps both for ever. A provider that
teardown does not revoke fences nothing: sections go on handing out the resource after it is gone. From the form with
embedded providers on, a provider starts with two references, one for \`revocable_revoke()\` and one for \`revocable_put()\`.`,
  remedy: `Free the handle on every path. Revoke the provider after the unregister call and before the resource is
released, and drop what is left when its memory goes.`,
  limits: `Providers and handles are told apart by the member that holds them. Where a function fails and has callers in the
module, these are taken to clean up.`,
  references: ['drivers/base/revocable.c'],
  messages: {
    handle: 'this path leaves the function without freeing {handle}, which {make} has made',
    handleKept: '{make} makes {handle}, which nothing frees',
    provider: 'this path fails without revoking {provider}, which {make} has made',
    neverRevoked: '{make} makes {provider}, which no teardown revokes: its sections fence nothing',
    referenceKept: '{provider} is revoked, but no teardown gives it up with {drop}',
  },
  hint: 'free handles on every path, and revoke and put providers in teardown',
  fixes: { freeHandle, revokeInTeardown },

  *check(analysis) {
    for (const fact of analysis.revocable) {
      const common = reported(fact);
      if (fact.kind === 'handle-leaked')
        yield { ...common, message: 'handle', fixes: ['freeHandle'], data: pick(fact, 'handle', 'make') };
      else if (fact.kind === 'handle-kept')
        yield { ...common, message: 'handleKept', data: pick(fact, 'make', 'handle') };
      else if (fact.kind === 'provider-leaked')
        yield { ...common, message: 'provider', data: pick(fact, 'provider', 'make') };
      else if (fact.kind === 'never-revoked')
        yield { ...common, message: 'neverRevoked', fixes: ['revokeInTeardown'], data: pick(fact, 'make', 'provider') };
      else if (fact.kind === 'reference-kept')
        yield { ...common, message: 'referenceKept', data: pick(fact, 'provider', 'drop') };
    }
  },
});
