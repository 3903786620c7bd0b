/** Macros of the kernel crate that only speak, or only check. */
import { contracts, inTree } from '../schema.ts';

export const rustLog = contracts({
  header: 'kernel::print, kernel::device, kernel::bug, kernel::sync',
  rustFunctions: [
    {
      name: 'dev_info!',
      aliases: ['dev_err!', 'dev_warn!', 'dev_dbg!', 'dev_notice!', 'dev_emerg!', 'dev_alert!', 'dev_crit!'],
      summary: 'Logs, with the name of the device. It may stand inside a read section.',
      evidence: [inTree('7.2', 'rust/kernel/device.rs')],
    },
    {
      name: 'pr_info!',
      aliases: ['pr_err!', 'pr_warn!', 'pr_debug!', 'pr_notice!', 'pr_emerg!', 'pr_alert!', 'pr_crit!', 'pr_cont!'],
      summary: 'Logs. It may stand inside a read section.',
      evidence: [inTree('7.2', 'rust/kernel/print.rs')],
    },
    {
      name: 'build_assert!',
      aliases: ['static_assert!', 'const_assert!'],
      summary: 'Is checked when the kernel is built.',
      evidence: [inTree('7.2', 'rust/kernel/build_assert.rs')],
    },
    {
      name: 'new_mutex!',
      aliases: ['new_spinlock!', 'new_condvar!', 'new_work!', 'new_delayed_work!', 'new_poll_condvar!'],
      summary: 'Initialises in place, with a lock class of its own.',
      evidence: [inTree('7.2', 'rust/kernel/sync/lock/mutex.rs'), inTree('7.2', 'rust/kernel/workqueue.rs')],
    },
    {
      name: 'c_str!',
      summary: 'A string for C.',
      evidence: [inTree('7.2', 'rust/kernel/str.rs')],
    },
    {
      name: 'matches!',
      aliases: ['assert!', 'assert_eq!', 'assert_ne!', 'debug_assert!', 'debug_assert_eq!'],
      summary: 'Tests a value.',
      evidence: [inTree('7.2', 'rust/kernel/alloc/kvec.rs')],
    },
  ],
});
