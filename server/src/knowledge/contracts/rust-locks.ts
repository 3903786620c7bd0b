/** Locks of the kernel crate. A guard holds its lock until it is dropped. */
import { contracts, inTree } from '../schema.ts';

export const rustLocks = contracts({
  header: 'kernel::sync',
  guards: [
    {
      class: 'Mutex::lock',
      lock: 'mutex',
      mode: 'exclusive',
      on: 0,
      evidence: [inTree('7.2', 'rust/kernel/sync/lock/mutex.rs')],
    },
    {
      class: 'std::sync::Mutex::lock',
      lock: 'mutex',
      mode: 'exclusive',
      on: 0,
      evidence: [{ kernel: 'user space', file: 'library/std/src/sync/poison/mutex.rs', skimmed: true }],
    },
    {
      class: 'SpinLock::lock',
      lock: 'spinlock',
      mode: 'exclusive',
      on: 0,
      evidence: [inTree('7.2', 'rust/kernel/sync/lock/spinlock.rs')],
    },
    {
      class: 'Revocable::try_access',
      lock: 'revocable',
      mode: 'shared',
      on: 0,
      evidence: [inTree('7.2', 'rust/kernel/revocable.rs')],
    },
    {
      class: 'rcu::read_lock',
      lock: 'rcu',
      mode: 'shared',
      evidence: [inTree('7.2', 'rust/kernel/sync/rcu.rs')],
    },
  ],
  rustTypes: [
    {
      name: 'Mutex',
      holds: 0,
      summary: 'A sleeping lock around a value.',
      evidence: [inTree('7.2', 'rust/kernel/sync/lock/mutex.rs')],
    },
    {
      name: 'std::sync::Mutex',
      holds: 0,
      summary: 'A lock around a value, in models of drivers that run in user space.',
      evidence: [{ kernel: 'user space', file: 'library/std/src/sync/poison/mutex.rs', skimmed: true }],
    },
    {
      name: 'SpinLock',
      holds: 0,
      summary: 'A lock around a value that may be taken where sleeping is forbidden.',
      evidence: [inTree('7.2', 'rust/kernel/sync/lock/spinlock.rs')],
    },
    {
      name: 'MutexGuard',
      derefs: 0,
      points: true,
      guard: 'mutex',
      summary: 'Holds the mutex until it is dropped.',
      evidence: [inTree('7.2', 'rust/kernel/sync/lock/mutex.rs')],
    },
    {
      name: 'SpinLockGuard',
      derefs: 0,
      points: true,
      guard: 'spinlock',
      summary: 'Holds the spinlock until it is dropped; nothing may sleep meanwhile.',
      evidence: [inTree('7.2', 'rust/kernel/sync/lock/spinlock.rs')],
    },
    {
      name: 'lock::Guard',
      derefs: 0,
      points: true,
      summary: 'Holds some lock until it is dropped.',
      evidence: [inTree('7.2', 'rust/kernel/sync/lock.rs')],
    },
  ],
  rustFunctions: [
    {
      name: 'Mutex::lock',
      gives: 'MutexGuard<$0>',
      sleeps: 'always',
      summary: 'Takes the mutex; sleeps until it is free.',
      evidence: [inTree('7.2', 'rust/kernel/sync/lock.rs')],
    },
    {
      name: 'Mutex::try_lock',
      gives: 'Option<MutexGuard<$0>>',
      summary: 'Takes the mutex if it is free.',
      evidence: [inTree('7.2', 'rust/kernel/sync/lock.rs')],
    },
    {
      name: 'std::sync::Mutex::lock',
      gives: 'Result<MutexGuard<$0>>',
      sleeps: 'always',
      summary: 'Takes the mutex; fails where a thread panicked that held it.',
      evidence: [{ kernel: 'user space', file: 'library/std/src/sync/poison/mutex.rs', skimmed: true }],
    },
    {
      name: 'SpinLock::lock',
      aliases: ['SpinLock::lock_irqdisable', 'SpinLock::lock_irqsave'],
      gives: 'SpinLockGuard<$0>',
      summary: 'Takes the spinlock.',
      evidence: [inTree('7.2', 'rust/kernel/sync/lock.rs')],
    },
    {
      name: 'SpinLock::try_lock',
      gives: 'Option<SpinLockGuard<$0>>',
      summary: 'Takes the spinlock if it is free.',
      evidence: [inTree('7.2', 'rust/kernel/sync/lock.rs')],
    },
    {
      name: 'CondVar::wait',
      aliases: [
        'CondVar::wait_interruptible',
        'CondVar::wait_interruptible_timeout',
        'CondVar::wait_interruptible_freezable',
      ],
      sleeps: 'always',
      summary: 'Gives the lock up, sleeps until somebody wakes it, and takes the lock again.',
      evidence: [inTree('7.2', 'rust/kernel/sync/condvar.rs')],
    },
    {
      name: 'Completion::wait_for_completion',
      sleeps: 'always',
      summary: 'Sleeps until the completion is signalled.',
      evidence: [inTree('7.2', 'rust/kernel/sync/completion.rs')],
    },
  ],
});
