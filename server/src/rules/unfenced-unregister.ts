import type { DeviceNode, Race } from '../analysis/model.ts';
import { pick, reported } from '../analysis/revocable/facts.ts';
import { coverOperations } from './fixes/cover-operations.ts';
import { fenceOperations } from './fixes/fence-operations.ts';
import { holdByCdev } from './fixes/hold-by-cdev.ts';
import { insertFsRevocable } from './fixes/insert-fs-revocable.ts';
import { suppressBind } from './fixes/suppress-bind.ts';
import { defineRule, nodesInC } from './rule.ts';

export default defineRule({
  id: 'unfenced-unregister',
  since: 'next',
  status: 'preview',
  severity: 'by-trigger',
  languages: ['c', 'rust'],
  facts: 'nodes',
  summary: 'After this unregister call, file operations on open fds still run and touch what teardown takes away.',
  why: `Unregistering a device node removes its name. It does not wait for operations that are running, and it does
not refuse operations on file descriptors that were opened before. When the device is unplugged or the driver is
unbound, \`remove()\` goes on, its data is freed and its registers are unmapped, and the next \`read()\`, \`ioctl()\`
or \`close()\` on such a descriptor uses them.`,
  remedy: `Order the operations against teardown, and let what they need outlive the descriptor:

- own the data by a reference count that \`open\` takes and \`release\` drops, instead of devm memory;
- keep a pointer or flag in that data which teardown clears under a lock, and which each operation, \`release\` and
  \`compat_ioctl\` included, tests under the same lock around the whole use (a rw_semaphore, or SRCU);
- or put the uses into a \`revocable\` scope, where the tree has that API;
- or, where sysfs unbind is the only way in and nothing needs it, set \`.suppress_bind_attrs\`.`,
  limits: `Objects of one struct type are one object to the analysis. Function pointers that are stored outside of
the module are not followed.`,
  references: ['Documentation/driver-api/driver-model/devres.rst', 'drivers/usb/usb-skeleton.c'],
  messages: {
    freed: '{stop} {operations} from using {object} after it is freed',
    resource: '{stop} {operations} from using {object} after it is released',
    borrowed: '{stop} {operations} from using {object}, borrowed from another device that may be gone',
    dropped: 'dropping {registration} does not stop {operation} from using {field} after the device is unbound',
    stale: '{stop} {operations} from following {object} after teardown has left or cleared it',
  },
  hint: 'fence the operations: refcounted data, and a gone test under a lock that outlives the fd',
  hints: { dropped: 'put it behind a Devres, and ask for access in each operation' },
  fixes: { coverOperations, holdByCdev, fenceOperations, insertFsRevocable, suppressBind },

  *check(analysis) {
    for (const fact of analysis.revocable) {
      if (fact.kind !== 'unfenced-registration') continue;
      const names = pick(fact, 'registration', 'operation', 'field');
      yield { ...reported(fact), message: 'dropped', triggers: ['sysfs-unbind'], data: names };
    }
    for (const node of nodesInC(analysis)) {
      const [race] = node.races;
      if (race === undefined) continue;
      const at = node.unregister?.at ?? race.use.at;
      yield {
        message: messageFor(race),
        at,
        certainty: node.races.some((r) => r.certainty === 'must') ? 'must' : 'may',
        triggers: node.triggers,
        witness: race.witness,
        node,
        group: groupOf(node, race),
        fixes:
          race.core === true
            ? []
            : ['coverOperations', 'holdByCdev', 'fenceOperations', 'insertFsRevocable', 'suppressBind'],
        data: {
          stop: stopText(node, race),
          operations: operationList(node),
          object: race.object.name,
        },
      };
    }
  },
});

function messageFor(race: Race): 'freed' | 'resource' | 'borrowed' | 'stale' {
  if (race.object.kind === 'stale') return 'stale';
  if (race.object.owner === 'borrowed') return 'borrowed';
  return race.object.kind === 'memory' ? 'freed' : 'resource';
}

/** The unregister call only where the witness passes it; a node that stays registered is stopped by nothing. */
function stopText(node: DeviceNode, race: Race): string {
  const passed = race.witness.teardown.some((step) => step.kind === 'unregister');
  return passed && node.unregister !== undefined ? `${node.unregister.api}() does not stop` : 'nothing stops';
}

/** Key that both ends of a race share. */
export function groupOf(node: DeviceNode, race: Race): string {
  return `${node.register.fn}:${node.register.api}:${node.operations.name ?? ''}:${race.object.name}`;
}

function operationList(node: DeviceNode): string {
  const names = [...new Set(node.races.map((race) => race.operation))];
  if (names.length <= 1) return names[0] ?? 'operations';
  return `${names.slice(0, -1).join(', ')} and ${names[names.length - 1]}`;
}
