// @ts-check
// The bug shapes that a booted kernel shows, each with what it does there, what the log says of the bug, and what is to be
// seen once it is repaired. Steps are those of init.c.

/**
 * @typedef {object} BootCase
 * @property {string} name      of the driver in `drivers/`
 * @property {string} shape     what is wrong, for the table
 * @property {string} fix       name of the fix that repairs it; `none` for a hole that is shown
 * @property {readonly string[]} steps
 * @property {RegExp} before    what the log of the driver as it is must show
 * @property {string} shows     the same in words
 * @property {RegExp} [after]   what the log of the repaired driver must show
 * @property {string} [becomes]    the same in words
 * @property {boolean} [fatal]  takes the whole kernel down, so it gets a boot of its own
 */

const NO_DEVICE = /^@ unbind: done\n(?:.*\n)*?@ read: ENODEV$/m;

/** @type {readonly BootCase[]} */
export const bootCases = [
  {
    name: 'devm_misc',
    shape: 'devm memory with a miscdevice in it',
    fix: 'fenceOperations',
    steps: ['insmod', 'open', 'read', 'unbind', 'read', 'close'],
    before: /^@ read: 600df00d\n(?:.*\n)*?@ unbind: done\n(?:.*\n)*?@ read: 6b6b6b6b$/m,
    shows: 'read returns the poison of freed memory',
    after: NO_DEVICE,
    becomes: 'read answers -ENODEV',
  },
  {
    name: 'release_only',
    shape: 'only release touches what is freed',
    fix: 'fenceOperations',
    steps: ['insmod', 'open', 'unbind', 'close'],
    before: /released with 6b6b6b6b/,
    shows: 'release reads poison',
    after: /^@ unbind: done\n(?:.*\n)*?@ close: 0$/m,
    becomes: 'close does without the device',
  },
  {
    name: 'lock_in_object',
    shape: 'lock and flag inside the freed object',
    fix: 'fenceOperations',
    steps: ['insmod', 'open', 'read', 'unbind', 'read', 'close'],
    before: /^@ unbind: done$(?:.|\n)*(?:^@ stuck$|spin_lock_slowpath|6b6b6b6b)/m,
    shows: 'read takes a lock of poison and never comes back',
    after: NO_DEVICE,
    becomes: 'read answers -ENODEV',
    fatal: true,
  },
  {
    name: 'sleeping_reader',
    shape: 'a reader asleep on a queue in the freed object',
    fix: 'fenceOperations',
    steps: ['insmod', 'open', 'start reader', 'unbind', 'end reader', 'poll', 'close'],
    before: /^@ end reader: sleeps$/m,
    shows: 'the reader sleeps on, in freed memory',
    after: /^@ reader: ENODEV$(?:.|\n)*^@ poll: 18$/m,
    becomes: 'the reader wakes with -ENODEV, poll says EPOLLERR and EPOLLHUP',
    fatal: true,
  },
  {
    name: 'missed_ioctl',
    shape: 'ioctl missed by a fence that is right elsewhere',
    fix: 'coverOperations',
    steps: ['insmod', 'open', 'unbind', 'read', 'ioctl 1', 'close'],
    before: /^@ read: ENODEV\n(?:.*\n)*?@ ioctl: 6b6b6b6b$/m,
    shows: 'ioctl returns poison, while read answers -ENODEV',
    after: /^@ read: ENODEV\n(?:.*\n)*?@ ioctl: ENODEV$/m,
    becomes: 'both answer -ENODEV',
  },
  {
    name: 'blocking_fence',
    shape: 'a reader asleep inside the fence',
    fix: 'wakeSleepers',
    steps: ['insmod', 'open', 'start reader', 'unbind', 'end reader', 'close'],
    before: /^@ unbind: hangs$/m,
    shows: 'unbind hangs until the reader is killed',
    after: /^@ reader: ENODEV$(?:.|\n)*^@ unbind: done$|^@ unbind: done$(?:.|\n)*^@ reader: ENODEV$/m,
    becomes: 'unbind ends, the reader answers -ENODEV',
  },
  {
    name: 'cdev_in_counted',
    shape: 'cdev embedded in refcounted memory',
    fix: 'holdByCdev',
    steps: ['insmod', 'open', 'unbind', 'read', 'close'],
    before: /6b6b6b6b|Oops|general protection/,
    shows: 'the last close puts a cdev that it has just freed',
    after: /^@ read: ENODEV\n(?:.*\n)*?@ close: 0$/m,
    becomes: 'the memory goes with the cdev',
    fatal: true,
  },
  {
    name: 'devm_cdev',
    shape: 'devm memory with a cdev in it',
    fix: 'fenceOperations',
    steps: ['insmod', 'open', 'read', 'unbind', 'read', 'close'],
    before: /^@ read: 600df00d\n(?:.*\n)*?@ unbind: done\n(?:.*\n)*?@ read: 6b6b6b6b$/m,
    shows: 'read returns the poison of freed memory',
    after: /^@ read: ENODEV\n(?:.*\n)*?@ close: 0$/m,
    becomes: 'read answers -ENODEV, and the last close frees',
    fatal: true,
  },
  {
    name: 'static_misc',
    shape: 'static node, global pointer to freed memory',
    fix: 'fenceOperations',
    steps: ['insmod', 'open', 'read', 'unbind', 'read', 'close'],
    before: /^@ read: 600df00d\n(?:.*\n)*?@ unbind: done\n(?:.*\n)*?@ read: 6b6b6b6b$/m,
    shows: 'read returns the poison of freed memory',
    after: NO_DEVICE,
    becomes: 'read answers -ENODEV',
  },
  {
    name: 'no_owner',
    shape: 'module exit without an owner',
    fix: 'addOwner',
    steps: ['insmod', 'open', 'read', 'rmmod', 'read', 'close'],
    before: /^@ rmmod: 0$(?:.|\n)*(?:BUG: unable to handle page fault|Oops)/m,
    shows: 'the module goes, and read jumps into unmapped code',
    after: /^@ rmmod: E(?:AGAIN|BUSY|WOULDBLOCK)\n(?:.*\n)*?@ read: 600df00d$/m,
    becomes: 'rmmod is refused while the file is open',
    fatal: true,
  },
  {
    name: 'timer_after_free',
    shape: 'timer after free',
    fix: 'addStop',
    steps: ['insmod', 'unbind', 'await tick with'],
    before: /6b6b6b6b|Oops|general protection/,
    shows: 'the timer wheel follows poison',
    after: /^@ unbind: done\n(?:.*\n)*?@ await: nothing$/m,
    becomes: 'nothing runs after unbind',
    fatal: true,
  },
  {
    name: 'work_after_free',
    shape: 'work item after free',
    fix: 'addStop',
    steps: ['insmod', 'unbind', 'await work with'],
    before: /6b6b6b6b|Oops|general protection/,
    shows: 'the work item is run from freed memory',
    after: /^@ unbind: done\n(?:.*\n)*?@ await: nothing$/m,
    becomes: 'nothing runs after unbind',
    fatal: true,
  },
  {
    name: 'cancel_no_wait',
    shape: 'cancel that does not wait',
    fix: 'useWaitingForm',
    steps: ['insmod', 'await work begins', 'unbind', 'await work with'],
    before: /work with 6b6b6b6b/,
    shows: 'the work item in progress reads poison',
    after: /work with 600df00d/,
    becomes: 'unbind waits for it',
  },
  {
    name: 'rearm_cancel',
    shape: 'cancel while what arms it is live',
    fix: 'useSealingForm',
    steps: ['insmod', 'unbind', 'await work with'],
    before: /work with 6b6b6b6b/,
    shows: 'the work item that the timer queues reads poison',
    after: /^@ unbind: done\n(?:.*\n)*?@ await: nothing$/m,
    becomes: 'nothing runs after unbind',
  },
  {
    name: 'irq_after_free',
    shape: 'devm order: interrupt after free',
    fix: 'freeHandlerFirst',
    steps: ['insmod', 'unbind'],
    before: /interrupt with 6b6b6b6b/,
    shows: 'the handler reads poison',
    after: /^@ unbind: done$/m,
    becomes: 'no interrupt after the free',
  },
  {
    name: 'irq_before_ready',
    shape: 'interrupt before what it uses is ready',
    fix: 'initialiseFirst',
    steps: ['insmod', 'unbind'],
    before: /NULL pointer dereference|Oops/,
    shows: 'the handler follows a NULL pointer',
    after: /removed with 600df00d/,
    becomes: 'probe and unbind pass',
    fatal: true,
  },
  {
    name: 'check_then_use',
    shape: 'length checked in one section, buffer used in another',
    fix: 'keepSection',
    steps: ['insmod', 'open', 'start reader', 'ioctl 1', 'end reader', 'close'],
    before: /^@ reader: (?:bbbbbbbb|cccccccc)$/m,
    shows: 'read returns the red zone behind the buffer',
    after: /^@ reader: 600df00d$/m,
    becomes: 'read returns a sample',
  },
  {
    name: 'fs_read',
    shape: 'devm memory, fs_revocable_replace() inserted',
    fix: 'insertFsRevocable',
    steps: ['insmod', 'open', 'read', 'unbind', 'read', 'ioctl 1', 'close'],
    before: /^@ unbind: done\n(?:.*\n)*?@ read: 6b6b6b6b$/m,
    shows: 'read and ioctl return poison',
    after: /^@ read: ENODEV\n(?:.*\n)*?@ ioctl: ENODEV$/m,
    becomes: 'both answer -ENODEV',
  },
  {
    name: 'fs_write',
    shape: 'known hole of fs_revocable_replace(): write is not covered',
    fix: 'none',
    steps: ['insmod', 'open', 'unbind', 'read', 'write', 'close'],
    before: /(?=(?:.|\n)*^@ read: ENODEV$)(?:.|\n)*written with 6b6b6b6b/m,
    shows: 'read answers -ENODEV, write reads poison',
  },
];

/** What no repaired driver leaves in the log. */
export const TROUBLE = /6b6b6b6b|\bBUG\b|Oops|general protection|WARNING:|refcount_t|Call Trace|@ stuck|cannot do/;
