import { arg, contracts, inTree } from '../schema.ts';

/**
 * Timers, high-resolution timers, and delays.
 */
export const timers = contracts({
  header: 'linux/timer.h, linux/hrtimer.h, linux/delay.h',
  functions: [
    {
      name: 'timer_setup',
      aliases: ['timer_setup_on_stack', '__timer_init', '__timer_init_on_stack'],
      prototype: 'timer_setup(timer, callback, flags)',
      does: [{ verb: 'runs', callback: arg(1), context: 'timer', data: arg(0), source: { kind: 'timer', on: arg(0) } }],
      summary: 'Sets a timer up; it is armed later.',
      evidence: [inTree('6.12', 'include/linux/timer.h'), inTree('7.2', 'include/linux/timer.h')],
    },
    {
      name: 'mod_timer',
      aliases: ['timer_reduce'],
      prototype: 'int mod_timer(struct timer_list *timer, unsigned long expires)',
      does: [{ verb: 'arms', source: 'timer', on: arg(0) }],
      summary: 'Arms the timer, or moves its expiry.',
      duty: 'Does nothing after timer_shutdown().',
      evidence: [inTree('6.12', 'kernel/time/timer.c')],
    },
    {
      name: 'add_timer',
      aliases: ['add_timer_local', 'add_timer_global', 'add_timer_on'],
      prototype: 'void add_timer(struct timer_list *timer)',
      does: [{ verb: 'arms', source: 'timer', on: arg(0) }],
      summary: 'Arms a timer that is not pending.',
      evidence: [inTree('6.12', 'kernel/time/timer.c')],
    },
    {
      name: 'mod_timer_pending',
      prototype: 'int mod_timer_pending(struct timer_list *timer, unsigned long expires)',
      does: [{ verb: 'nothing' }],
      summary: 'Moves the expiry of a timer that is pending already.',
      evidence: [inTree('6.12', 'kernel/time/timer.c')],
    },
    {
      name: 'timer_pending',
      prototype: 'int timer_pending(const struct timer_list * timer)',
      does: [{ verb: 'tests', on: arg(0) }],
      summary: 'Whether the timer is armed; a running callback does not count.',
      evidence: [inTree('6.12', 'include/linux/timer.h')],
    },
    {
      name: 'timer_delete',
      aliases: ['del_timer'],
      prototype: 'int timer_delete(struct timer_list *timer)',
      does: [{ verb: 'disarms', source: 'timer', on: arg(0) }],
      summary: 'Takes the timer off the queue; a callback that is running goes on.',
      duty: 'The callback may run while and after this returns.',
      alternative: 'timer_shutdown_sync() in teardown',
      evidence: [inTree('6.12', 'include/linux/timer.h'), inTree('7.2', 'include/linux/timer.h')],
    },
    {
      name: 'timer_delete_sync',
      aliases: ['del_timer_sync'],
      prototype: 'int timer_delete_sync(struct timer_list *timer)',
      does: [
        { verb: 'disarms', source: 'timer', on: arg(0) },
        { verb: 'waitsFor', source: 'timer', on: arg(0) },
      ],
      summary: 'Takes the timer off the queue and waits for a running callback; anyone may arm it again.',
      duty: 'Stop what arms it first. Deadlocks when called with a lock held that the callback takes.',
      alternative: 'timer_shutdown_sync() in teardown',
      evidence: [inTree('6.12', 'kernel/time/timer.c'), inTree('7.2', 'kernel/time/timer.c')],
    },
    {
      name: 'timer_shutdown',
      prototype: 'int timer_shutdown(struct timer_list *timer)',
      does: [
        { verb: 'disarms', source: 'timer', on: arg(0) },
        { verb: 'seals', source: 'timer', on: arg(0) },
      ],
      summary: 'Takes the timer off the queue and makes later arming do nothing; a running callback goes on.',
      alternative: 'timer_shutdown_sync() in teardown',
      evidence: [inTree('6.12', 'kernel/time/timer.c')],
    },
    {
      name: 'timer_shutdown_sync',
      prototype: 'int timer_shutdown_sync(struct timer_list *timer)',
      does: [
        { verb: 'disarms', source: 'timer', on: arg(0) },
        { verb: 'waitsFor', source: 'timer', on: arg(0) },
        { verb: 'seals', source: 'timer', on: arg(0) },
      ],
      summary: 'Takes the timer off the queue, makes later arming do nothing, and waits for a running callback.',
      duty: 'Deadlocks when called with a lock held that the callback takes.',
      evidence: [inTree('6.12', 'kernel/time/timer.c'), inTree('7.2', 'kernel/time/timer.c')],
    },
    {
      name: 'try_to_del_timer_sync',
      aliases: ['timer_delete_sync_try'],
      prototype: 'int try_to_del_timer_sync(struct timer_list *timer)',
      does: [
        { verb: 'disarms', source: 'timer', on: arg(0) },
        { verb: 'waitsFor', source: 'timer', on: arg(0), when: 'nonnegative' },
      ],
      summary: 'Takes the timer off the queue unless its callback is running (-1).',
      evidence: [
        inTree('6.12', 'include/linux/timer.h'),
        inTree('7.2', 'include/linux/timer.h', 'timer_delete_sync_try'),
      ],
    },
    {
      name: 'timer_destroy_on_stack',
      aliases: ['destroy_timer_on_stack'],
      prototype: 'void timer_destroy_on_stack(struct timer_list *timer)',
      does: [{ verb: 'nothing' }],
      summary: 'Tells the debug code that an on-stack timer is over.',
      evidence: [
        inTree('7.2', 'include/linux/timer.h'),
        inTree('6.12', 'include/linux/timer.h', 'destroy_timer_on_stack'),
      ],
    },
    {
      name: 'hrtimer_init',
      aliases: ['hrtimer_init_on_stack'],
      prototype: 'void hrtimer_init(struct hrtimer *timer, clockid_t which_clock, enum hrtimer_mode mode)',
      does: [{ verb: 'nothing' }],
      summary: 'Sets a high-resolution timer up; the callback is assigned to its field.',
      evidence: [inTree('6.12', 'kernel/time/hrtimer.c', 'hrtimer_init')],
    },
    {
      name: 'hrtimer_setup',
      aliases: ['hrtimer_setup_on_stack'],
      prototype:
        'void hrtimer_setup(struct hrtimer *timer, enum hrtimer_restart (*function)(struct hrtimer *), clockid_t clock_id, enum hrtimer_mode mode)',
      does: [
        { verb: 'runs', callback: arg(1), context: 'timer', data: arg(0), source: { kind: 'hrtimer', on: arg(0) } },
      ],
      summary: 'Sets a high-resolution timer up with its callback.',
      evidence: [inTree('7.2', 'kernel/time/hrtimer.c')],
    },
    {
      name: 'hrtimer_update_function',
      prototype:
        'void hrtimer_update_function(struct hrtimer *timer, enum hrtimer_restart (*function)(struct hrtimer *))',
      does: [
        { verb: 'runs', callback: arg(1), context: 'timer', data: arg(0), source: { kind: 'hrtimer', on: arg(0) } },
      ],
      summary: 'Gives a high-resolution timer another callback.',
      evidence: [inTree('7.2', 'include/linux/hrtimer.h')],
    },
    {
      name: 'hrtimer_start',
      aliases: [
        'hrtimer_start_range_ns',
        'hrtimer_start_expires',
        'hrtimer_restart',
        'hrtimer_start_range_ns_user',
        'hrtimer_start_expires_user',
      ],
      prototype: 'void hrtimer_start(struct hrtimer *timer, ktime_t tim, const enum hrtimer_mode mode)',
      does: [{ verb: 'arms', source: 'hrtimer', on: arg(0) }],
      summary: 'Arms a high-resolution timer.',
      evidence: [
        inTree('6.12', 'include/linux/hrtimer.h'),
        inTree('6.12', 'kernel/time/hrtimer.c', 'hrtimer_start_range_ns'),
      ],
    },
    {
      name: 'hrtimer_cancel',
      prototype: 'int hrtimer_cancel(struct hrtimer *timer)',
      does: [
        { verb: 'disarms', source: 'hrtimer', on: arg(0) },
        { verb: 'waitsFor', source: 'hrtimer', on: arg(0) },
      ],
      summary: 'Dequeues the timer and waits for its callback; anyone may start it again.',
      duty: 'Stop what starts it first. Deadlocks when called with a lock held that the callback takes.',
      evidence: [inTree('6.12', 'kernel/time/hrtimer.c'), inTree('7.2', 'kernel/time/hrtimer.c')],
    },
    {
      name: 'hrtimer_try_to_cancel',
      prototype: 'int hrtimer_try_to_cancel(struct hrtimer *timer)',
      does: [
        { verb: 'disarms', source: 'hrtimer', on: arg(0) },
        { verb: 'waitsFor', source: 'hrtimer', on: arg(0), when: 'nonnegative' },
      ],
      summary: 'Dequeues the timer unless its callback is running (-1).',
      evidence: [inTree('6.12', 'kernel/time/hrtimer.c')],
    },
    {
      name: 'hrtimer_active',
      aliases: ['hrtimer_is_queued', 'hrtimer_callback_running'],
      prototype: 'bool hrtimer_active(const struct hrtimer *timer)',
      does: [{ verb: 'tests', on: arg(0) }],
      summary: 'State of a high-resolution timer.',
      evidence: [inTree('6.12', 'include/linux/hrtimer.h')],
    },
    {
      name: 'msleep',
      aliases: ['ssleep', 'fsleep', 'usleep_range', 'usleep_idle_range', 'usleep_range_idle', 'usleep_range_state'],
      prototype: 'void msleep(unsigned int msecs)',
      does: [{ verb: 'waits', for: 'time', bounded: true }],
      summary: 'Sleeps for a given time.',
      evidence: [inTree('6.12', 'include/linux/delay.h'), inTree('7.2', 'include/linux/delay.h')],
    },
    {
      name: 'msleep_interruptible',
      prototype: 'unsigned long msleep_interruptible(unsigned int msecs)',
      does: [{ verb: 'waits', for: 'time', bounded: true, interruptible: true }],
      summary: 'Sleeps for a given time or until a signal arrives.',
      evidence: [inTree('6.12', 'include/linux/delay.h')],
    },
    {
      name: 'udelay',
      aliases: ['mdelay', 'ndelay', '__udelay', '__ndelay', '__const_udelay', 'cpu_relax'],
      does: [{ verb: 'nothing' }],
      summary: 'Spins for a short time.',
      evidence: [
        inTree('6.12', 'include/linux/delay.h'),
        inTree('6.12', 'include/asm-generic/delay.h', '__const_udelay'),
        inTree('6.12', 'arch/x86/include/asm/vdso/processor.h', 'cpu_relax'),
      ],
    },
    {
      name: 'readl_poll_timeout',
      aliases: [
        'readb_poll_timeout',
        'readw_poll_timeout',
        'readq_poll_timeout',
        'readx_poll_timeout',
        'readl_relaxed_poll_timeout',
        'readb_relaxed_poll_timeout',
        'readw_relaxed_poll_timeout',
        'readq_relaxed_poll_timeout',
      ],
      does: [{ verb: 'waits', for: 'hardware', condition: arg(2), bounded: true }],
      summary: 'Reads a register until the condition holds or the time is over, sleeping in between.',
      evidence: [inTree('6.12', 'include/linux/iopoll.h')],
    },
    {
      name: 'readl_poll_timeout_atomic',
      aliases: [
        'readb_poll_timeout_atomic',
        'readw_poll_timeout_atomic',
        'readq_poll_timeout_atomic',
        'readx_poll_timeout_atomic',
        'readl_relaxed_poll_timeout_atomic',
        'readb_relaxed_poll_timeout_atomic',
        'readw_relaxed_poll_timeout_atomic',
        'readq_relaxed_poll_timeout_atomic',
        'read_poll_timeout_atomic',
      ],
      prototype: 'readl_poll_timeout_atomic(addr, val, cond, delay_us, timeout_us)',
      does: [{ verb: 'nothing' }],
      summary: 'Spins on a register until the condition holds or the time is over.',
      evidence: [inTree('6.12', 'include/linux/iopoll.h')],
    },
    {
      name: 'read_poll_timeout',
      prototype: 'read_poll_timeout(op, val, cond, sleep_us, timeout_us, \\ sleep_before_read, args...)',
      does: [{ verb: 'waits', for: 'hardware', condition: arg(2), bounded: true }],
      summary: 'Calls an accessor until the condition holds or the time is over, sleeping in between.',
      evidence: [inTree('6.12', 'include/linux/iopoll.h'), inTree('7.2', 'include/linux/iopoll.h')],
    },
    {
      name: 'poll_timeout_us',
      prototype: 'poll_timeout_us(op, cond, sleep_us, timeout_us, sleep_before_op)',
      does: [{ verb: 'waits', for: 'hardware', condition: arg(1), bounded: true }],
      summary: 'Repeats an operation until the condition holds or the time is over, sleeping in between.',
      evidence: [inTree('7.2', 'include/linux/iopoll.h')],
    },
    {
      name: 'poll_timeout_us_atomic',
      prototype: 'poll_timeout_us_atomic(op, cond, delay_us, timeout_us, \\ delay_before_op)',
      does: [{ verb: 'nothing' }],
      summary: 'Repeats an operation until the condition holds or the time is over, spinning.',
      evidence: [inTree('7.2', 'include/linux/iopoll.h')],
    },
  ],
  patterns: [
    {
      pattern:
        '(?:hrtimer_(forward|forward_now|get_\\w+|set_expires\\w*|add_expires\\w*|cb_get_time|expires_remaining|resolution))(?<!(?:alloc|create|register|free|destroy|remove|release|cleanup|lock)(?:[^a-z]\\w*)?)',
      does: [{ verb: 'nothing' }],
      summary: 'Reads or moves the expiry time of a high-resolution timer.',
      evidence: [inTree('6.12', 'include/linux/hrtimer.h')],
    },
    {
      pattern:
        '(?:(nsecs|usecs|msecs|secs|clock_t|timespec64)_to_\\w+|jiffies(64)?_to_\\w+|jiffies_delta_to_\\w+|get_jiffies_64|round_jiffies\\w*|time_(after|before|in_range|is_after_jiffies|is_before_jiffies)\\w*)(?<!(?:alloc|create|register|free|destroy|remove|release|cleanup|lock)(?:[^a-z]\\w*)?)',
      does: [{ verb: 'nothing' }],
      summary: 'Time arithmetic.',
      evidence: [inTree('6.12', 'include/linux/jiffies.h')],
    },
    {
      pattern:
        '(?:ktime_\\w+|(ns|us|ms|timespec64|timeval)_to_ktime|us_to_ktime|timespec64_\\w+|ns_to_timespec64|(local|sched)_clock\\w*|mktime64|time64_to_tm|getnstimeofday\\w*|get_cycles\\w*)(?<!(?:alloc|create|register|free|destroy|remove|release|cleanup|lock)(?:[^a-z]\\w*)?)',
      does: [{ verb: 'nothing' }],
      summary: 'Reads a clock, or time arithmetic.',
      evidence: [inTree('6.12', 'include/linux/ktime.h')],
    },
  ],
  tables: [
    {
      struct: 'struct timer_list',
      roles: {
        function: { context: 'timer', data: 0 },
      },
      evidence: [inTree('6.12', 'include/linux/timer.h'), inTree('7.2', 'include/linux/timer.h')],
    },
    {
      struct: 'struct hrtimer',
      roles: {
        function: { context: 'timer', data: 0 },
      },
      evidence: [inTree('6.12', 'include/linux/hrtimer_types.h'), inTree('7.2', 'include/linux/hrtimer_types.h')],
    },
  ],
  macros: [
    {
      name: 'DEFINE_TIMER',
      does: [{ verb: 'defines', variable: '{0}', struct: 'struct timer_list', fields: { function: '{1}' } }],
      evidence: [inTree('6.12', 'include/linux/timer.h')],
    },
  ],
  structs: [
    { struct: 'struct timer_list', source: 'timer', evidence: [inTree('6.12', 'include/linux/timer_types.h')] },
    { struct: 'struct hrtimer', source: 'hrtimer', evidence: [inTree('6.12', 'include/linux/hrtimer_types.h')] },
  ],
});
