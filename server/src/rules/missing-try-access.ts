import { pick, reported } from '../analysis/revocable/facts.ts';
import { coverOperations } from './fixes/cover-operations.ts';
import { fenceOperations } from './fixes/fence-operations.ts';
import { holdByCdev } from './fixes/hold-by-cdev.ts';
import { insertFsRevocable } from './fixes/insert-fs-revocable.ts';
import { suppressBind } from './fixes/suppress-bind.ts';
import { wrapTryAccess } from './fixes/wrap-try-access.ts';
import { defineRule, nodesInC } from './rule.ts';
import { groupOf } from './unfenced-unregister.ts';

/** Diagnostics a node may have in all; one is the unregister call's. */
const MAX_RACES_SHOWN = 2;

export default defineRule({
  id: 'missing-try-access',
  since: 'next',
  status: 'preview',
  severity: 'by-trigger',
  languages: ['c', 'rust'],
  facts: 'nodes',
  summary: 'A file operation uses what teardown takes away, outside of any section that teardown waits for.',
  why: `The operation can run on a descriptor that was opened before the device went away. Nothing around this use
makes teardown wait for it, and nothing refuses it afterwards.`,
  remedy: `Put the use into a \`revocable\` try_access scope where the tree has that API, or into the section of a
driver-local fence: take the lock, test that the device is still there, use it, and drop the lock.`,
  limits: `Only the first such use of an operation is shown, and at most two operations of a node.`,
  references: ['Documentation/driver-api/driver-model/devres.rst'],
  messages: {
    unfenced: '{operation} uses {object} with no fence against {teardown}()',
    unguarded: '{operation} uses {field} with no guard against the unbinding of the device',
    unrevoked: '{operation} uses {object} in a section of {provider}, which {teardown}() does not revoke in time',
  },
  hint: 'use it inside a try_access scope, or under the lock that teardown takes, after testing that it is still there',
  hints: { unguarded: 'put it behind a Devres, and use it inside try_access()' },
  fixes: { wrapTryAccess, coverOperations, holdByCdev, fenceOperations, insertFsRevocable, suppressBind },

  *check(analysis) {
    for (const fact of analysis.revocable)
      if (fact.kind === 'unfenced-use')
        yield {
          ...reported(fact),
          message: 'unguarded',
          triggers: ['sysfs-unbind'],
          data: pick(fact, 'operation', 'field'),
        };
    const seen = new Set<string>();
    for (const node of nodesInC(analysis)) {
      // A missing owner is a finding of its own on the same node.
      let shown = node.ownerMissing ? 1 : 0;
      for (const race of node.races) {
        // The unregister call itself is where that one stands.
        if (race.operation === 'open' || race.core === true) continue;
        const key = `${race.use.at.file}:${race.use.at.span.start}`;
        if (shown >= MAX_RACES_SHOWN || seen.has(key)) continue;
        seen.add(key);
        shown += 1;
        const { unrevoked } = race;
        const fixes =
          unrevoked === undefined
            ? ([
                'wrapTryAccess',
                'coverOperations',
                'holdByCdev',
                'fenceOperations',
                'insertFsRevocable',
                'suppressBind',
              ] as const)
            : [];
        const names = {
          operation: race.operation,
          object: race.object.name,
          teardown: race.witness.teardown[0]?.at.fn ?? 'teardown',
        };
        yield {
          ...(unrevoked === undefined
            ? { message: 'unfenced' as const, data: names }
            : { message: 'unrevoked' as const, data: { ...names, provider: unrevoked } }),
          at: race.use.at,
          certainty: race.certainty,
          triggers: node.triggers,
          witness: race.witness,
          node,
          group: groupOf(node, race),
          fixes,
        };
      }
    }
  },
});
