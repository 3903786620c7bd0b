/** Revocable resources of Rust drivers: an RCU read section around each use, and what proves that none is needed. */
import { contracts, inTree } from '../schema.ts';

export const rustRevocable = contracts({
  header: 'kernel::revocable, kernel::devres, kernel::device, kernel::sync::rcu',
  rustTypes: [
    {
      name: 'Revocable',
      revocable: true,
      summary:
        'A value that another thread may take away. Access runs inside an RCU read section, which revoking waits for; nothing inside may sleep.',
      evidence: [inTree('7.2', 'rust/kernel/revocable.rs')],
    },
    {
      name: 'Devres',
      revocable: true,
      dropSleeps: true,
      summary:
        'A value that goes when its device is unbound. Access needs a guard (nothing inside may sleep) or a reference to the bound device.',
      evidence: [inTree('7.2', 'rust/kernel/devres.rs')],
    },
    {
      name: 'RevocableGuard',
      derefs: 0,
      points: true,
      guard: 'revocable',
      summary: 'An RCU read section: until it is dropped nothing may sleep, and the resource stays.',
      evidence: [inTree('7.2', 'rust/kernel/revocable.rs')],
    },
    {
      name: 'rcu::Guard',
      guard: 'rcu',
      summary: 'An RCU read section: until it is dropped nothing may sleep.',
      evidence: [inTree('7.2', 'rust/kernel/sync/rcu.rs')],
    },
    {
      name: 'Device',
      bound: { by: ['Bound', 'Core', 'CoreInternal'], at: 0 },
      summary:
        'A device. A reference proves that it is bound only where the type says so; a counted reference never does.',
      evidence: [inTree('7.2', 'rust/kernel/device.rs'), inTree('7.2', 'rust/kernel/platform.rs')],
    },
  ],
  rustFunctions: [
    {
      name: 'Revocable::try_access',
      aliases: ['Devres::try_access'],
      gives: 'Option<RevocableGuard<$0>>',
      role: 'try-access',
      summary: 'Enters the read section unless access was revoked. Until the guard goes, nothing may sleep.',
      evidence: [inTree('7.2', 'rust/kernel/revocable.rs'), inTree('7.2', 'rust/kernel/devres.rs')],
    },
    {
      name: 'Revocable::try_access_with_guard',
      aliases: ['Devres::try_access_with_guard'],
      gives: 'Option<&$0>',
      role: 'try-access-with-guard',
      summary: 'The resource, for as long as the RCU guard lives; nothing may sleep meanwhile.',
      evidence: [inTree('7.2', 'rust/kernel/revocable.rs'), inTree('7.2', 'rust/kernel/devres.rs')],
    },
    {
      name: 'Revocable::try_access_with',
      aliases: ['Devres::try_access_with'],
      gives: 'Option<unknown>',
      calls: { argument: 1, passes: '&$0', under: 'revocable' },
      role: 'try-access-closure',
      summary: 'Runs the closure inside the read section unless access was revoked. It may not sleep.',
      evidence: [inTree('7.2', 'rust/kernel/revocable.rs'), inTree('7.2', 'rust/kernel/devres.rs')],
    },
    {
      name: 'Devres::access',
      gives: 'Result<&$0>',
      role: 'access-bound',
      summary:
        'The resource, by proof that its device is bound: no section, sleeping is allowed. Fails for another device.',
      evidence: [inTree('7.2', 'rust/kernel/devres.rs')],
    },
    {
      name: 'Revocable::access',
      gives: '&$0',
      role: 'access-unchecked',
      summary: 'The resource, on the promise that it is not revoked meanwhile.',
      evidence: [inTree('7.2', 'rust/kernel/revocable.rs')],
    },
    {
      name: 'Revocable::revoke',
      sleeps: 'always',
      role: 'revoke',
      summary: 'Refuses new access, waits for every section to end, and drops the value.',
      evidence: [inTree('7.2', 'rust/kernel/revocable.rs')],
    },
    {
      name: 'Revocable::revoke_nosync',
      role: 'revoke-nosync',
      summary: 'Drops the value at once, on the promise that nobody can be inside.',
      evidence: [inTree('7.2', 'rust/kernel/revocable.rs')],
    },
    {
      name: 'Devres::new',
      gives: 'Result<Devres>',
      sleeps: 'always',
      summary: 'Ties a value to a bound device: it is revoked when the device is unbound.',
      evidence: [inTree('7.2', 'rust/kernel/devres.rs')],
    },
    {
      name: 'Devres::device',
      gives: '&Device',
      summary: 'The device that the value is tied to. It need not be bound.',
      evidence: [inTree('7.2', 'rust/kernel/devres.rs')],
    },
    {
      name: 'devres::register',
      aliases: ['Devres::new_foreign_owned'],
      sleeps: 'always',
      role: 'devres-register',
      summary: 'Hands the value to the device: it is dropped at unbind, after the data of the driver.',
      evidence: [inTree('7.2', 'rust/kernel/devres.rs'), inTree('7.2', 'drivers/base/dd.c', 'device_unbind_cleanup')],
    },
    {
      name: 'Device::as_bound',
      gives: '&Device<Bound>',
      role: 'as-bound',
      summary: 'Claims that the device is bound, on the promise that it stays so as long as the reference lives.',
      evidence: [inTree('7.2', 'rust/kernel/device.rs')],
    },
    {
      name: 'rcu::read_lock',
      aliases: ['rcu::Guard::new'],
      gives: 'rcu::Guard',
      summary: 'Enters an RCU read section; nothing may sleep until the guard goes.',
      evidence: [inTree('7.2', 'rust/kernel/sync/rcu.rs')],
    },
    {
      name: 'rcu::Guard::unlock',
      takesSelf: true,
      role: 'drop',
      summary: 'Leaves the RCU read section.',
      evidence: [inTree('7.2', 'rust/kernel/sync/rcu.rs')],
    },
  ],
});
