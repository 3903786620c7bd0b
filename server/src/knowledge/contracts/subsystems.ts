import { arg, contracts, inTree, result } from '../schema.ts';

/**
 * Subsystems whose core owns the character device and fences the callbacks of the driver, or does not.
 */
export const subsystems = contracts({
  header: 'linux/watchdog.h, linux/rtc.h, linux/uio_driver.h, …',
  functions: [
    {
      name: 'watchdog_register_device',
      prototype: 'int watchdog_register_device(struct watchdog_device *)',
      does: [{ verb: 'publishes', node: 'watchdog', on: arg(0), when: 'zero' }],
      summary: 'Registers a watchdog; its operations can run from here on.',
      evidence: [inTree('6.12', 'drivers/watchdog/watchdog_core.c')],
    },
    {
      name: 'watchdog_unregister_device',
      prototype: 'void watchdog_unregister_device(struct watchdog_device *)',
      does: [
        {
          verb: 'unpublishes',
          node: 'watchdog',
          on: arg(0),
          fence: { verdict: 'drains', drainsOpen: true, drainsAttributes: true },
        },
        { verb: 'maySleep' },
      ],
      summary:
        'Takes the watchdog away: running operations are waited for, open fds get ENODEV, timer and worker are cancelled.',
      duty: 'The hardware keeps running unless WDOG_STOP_ON_UNREGISTER is set. Timers of the driver are not stopped.',
      evidence: [
        inTree('6.12', 'drivers/watchdog/watchdog_core.c', 'watchdog_unregister_device'),
        inTree('6.12', 'drivers/watchdog/watchdog_dev.c', 'watchdog_cdev_unregister'),
        inTree('7.2', 'drivers/watchdog/watchdog_dev.c', 'watchdog_cdev_unregister'),
      ],
    },
    {
      name: 'devm_watchdog_register_device',
      prototype: 'int devm_watchdog_register_device(struct device *dev, struct watchdog_device *)',
      does: [{ verb: 'publishes', node: 'watchdog', on: arg(1), managedBy: 'devres', device: arg(0) }],
      summary: 'Registers a watchdog until the device is unbound.',
      duty: 'The callbacks end after remove(), in reverse order of registration: register last, and do not power the device off in remove().',
      evidence: [inTree('6.12', 'drivers/watchdog/watchdog_core.c')],
    },
    {
      name: 'devm_rtc_allocate_device',
      prototype: 'struct rtc_device *devm_rtc_allocate_device(struct device *dev)',
      does: [{ verb: 'allocates', what: 'device', into: result, owner: 'devres', device: arg(0) }],
      summary: 'Allocates a clock; it is refcounted, devres drops the reference.',
      evidence: [inTree('6.12', 'drivers/rtc/class.c')],
    },
    {
      name: 'devm_rtc_register_device',
      aliases: ['__devm_rtc_register_device'],
      does: [
        {
          verb: 'publishes',
          node: 'rtc',
          on: arg(0),
          managedBy: 'devres',
          fence: { verdict: 'drains', drainsOpen: true },
          when: 'zero',
        },
      ],
      summary:
        'Registers a clock until its parent is unbound; then its operations are waited for and later calls get ENODEV.',
      duty: 'The interrupt may still call rtc_update_irq(). ioctl() on a left-over fd samples the operations before it takes their lock.',
      evidence: [
        inTree('6.12', 'drivers/rtc/class.c', 'devm_rtc_unregister_device'),
        inTree('7.2', 'drivers/rtc/class.c', 'devm_rtc_unregister_device'),
      ],
    },
    {
      name: 'devm_rtc_device_register',
      prototype:
        'struct rtc_device *devm_rtc_device_register(struct device *dev, const char *name, const struct rtc_class_ops *ops, struct module *owner)',
      does: [
        { verb: 'allocates', what: 'device', into: result, owner: 'devres', device: arg(0) },
        {
          verb: 'publishes',
          node: 'rtc',
          on: result,
          operations: arg(2),
          managedBy: 'devres',
          fence: { verdict: 'drains', drainsOpen: true },
          device: arg(0),
        },
      ],
      summary: 'Allocates and registers a clock until the device is unbound.',
      evidence: [inTree('6.12', 'drivers/rtc/class.c')],
    },
    {
      name: 'tpm_chip_register',
      does: [{ verb: 'publishes', node: 'tpm', on: arg(0), when: 'zero' }],
      summary: 'Registers a TPM; its operations can run from here on.',
      evidence: [inTree('6.12', 'drivers/char/tpm/tpm-chip.c')],
    },
    {
      name: 'tpm_chip_unregister',
      does: [
        {
          verb: 'unpublishes',
          node: 'tpm',
          on: arg(0),
          fence: { verdict: 'drains', drainsOpen: true, drainsAttributes: true },
        },
        { verb: 'maySleep' },
      ],
      summary: 'Takes the TPM away: running operations are waited for, later ones refused.',
      evidence: [
        inTree('6.12', 'drivers/char/tpm/tpm-chip.c', 'tpm_del_char_device'),
        inTree('6.12', 'drivers/char/tpm/tpm-chip.c', 'tpm_try_get_ops'),
        inTree('7.2', 'drivers/char/tpm/tpm-chip.c', 'tpm_del_char_device'),
      ],
    },
    {
      name: 'tpmm_chip_alloc',
      does: [{ verb: 'allocates', what: 'device', into: result, owner: 'devres', device: arg(0) }],
      summary: 'Allocates a TPM; devres drops its reference.',
      evidence: [inTree('6.12', 'drivers/char/tpm/tpm-chip.c')],
    },
    {
      name: 'tpm_chip_alloc',
      does: [{ verb: 'allocates', what: 'device', into: result, owner: 'caller', device: arg(0) }],
      summary: 'Allocates a TPM; it is refcounted.',
      evidence: [inTree('6.12', 'drivers/char/tpm/tpm-chip.c')],
    },
    {
      name: 'tpm_try_get_ops',
      prototype: 'int tpm_try_get_ops(struct tpm_chip *chip)',
      does: [{ verb: 'acquires', lock: 'subsystem', on: arg(0), mode: 'shared', when: 'zero' }],
      summary: 'Enters the section that unregistering waits for, unless the TPM is gone.',
      evidence: [inTree('6.12', 'drivers/char/tpm/tpm-chip.c')],
    },
    {
      name: 'tpm_put_ops',
      prototype: 'void tpm_put_ops(struct tpm_chip *chip)',
      does: [{ verb: 'releases', lock: 'subsystem', on: arg(0) }],
      summary: 'Leaves the section that unregistering waits for.',
      evidence: [inTree('6.12', 'drivers/char/tpm/tpm-chip.c')],
    },
    {
      name: 'posix_clock_register',
      prototype: 'int posix_clock_register(struct posix_clock *clk, struct device *dev)',
      does: [{ verb: 'publishes', node: 'posix-clock', on: arg(0), when: 'zero' }],
      summary: 'Registers a dynamic clock; operations come from its ops field.',
      evidence: [inTree('6.12', 'kernel/time/posix-clock.c')],
    },
    {
      name: 'posix_clock_unregister',
      prototype: 'void posix_clock_unregister(struct posix_clock *clk)',
      does: [
        { verb: 'unpublishes', node: 'posix-clock', on: arg(0), fence: { verdict: 'drains', drainsOpen: true } },
        { verb: 'maySleep' },
      ],
      summary: 'Takes the clock away: running calls are waited for, later ones get ENODEV.',
      duty: 'A sleeping read must be woken first. The clock is freed by the release() of its device.',
      evidence: [
        inTree('6.12', 'kernel/time/posix-clock.c', 'posix_clock_unregister'),
        inTree('7.2', 'kernel/time/posix-clock.c', 'posix_clock_unregister'),
      ],
    },
    {
      name: 'ptp_clock_register',
      prototype: 'struct ptp_clock *ptp_clock_register(struct ptp_clock_info *info, struct device *parent)',
      does: [{ verb: 'publishes', node: 'ptp', on: result, operations: arg(0), when: 'nonnull' }],
      summary: 'Registers a PTP clock; callbacks come from its info.',
      evidence: [inTree('6.12', 'drivers/ptp/ptp_clock.c')],
    },
    {
      name: 'ptp_clock_unregister',
      prototype: 'int ptp_clock_unregister(struct ptp_clock *ptp)',
      does: [
        { verb: 'unpublishes', node: 'ptp', on: arg(0), fence: { verdict: 'drains', drainsOpen: true } },
        { verb: 'frees', what: 'device', on: arg(0) },
        { verb: 'maySleep' },
      ],
      summary: 'Takes the PTP clock away: running calls are waited for, its worker is stopped.',
      duty: 'Stop the interrupt that calls ptp_clock_event() before. Do not touch the clock afterwards.',
      evidence: [inTree('6.12', 'drivers/ptp/ptp_clock.c'), inTree('7.2', 'drivers/ptp/ptp_clock.c')],
    },
    {
      name: 'ptp_clock_event',
      aliases: [
        'ptp_clock_index',
        'ptp_find_pin',
        'ptp_find_pin_unlocked',
        'ptp_schedule_worker',
        'ptp_cancel_worker_sync',
      ],
      prototype: 'void ptp_clock_event(struct ptp_clock *ptp, struct ptp_clock_event *event)',
      does: [{ verb: 'nothing' }],
      summary: 'Events and worker of a PTP clock.',
      evidence: [inTree('6.12', 'drivers/ptp/ptp_clock.c')],
    },
    {
      name: 'uio_register_device',
      aliases: ['__uio_register_device'],
      does: [{ verb: 'publishes', node: 'uio', on: arg(1), device: arg(0), when: 'zero' }],
      summary: 'Registers a user-space I/O device; its callbacks and interrupt can run from here on.',
      evidence: [inTree('6.12', 'drivers/uio/uio.c', '__uio_register_device')],
    },
    {
      name: 'devm_uio_register_device',
      aliases: ['__devm_uio_register_device'],
      does: [{ verb: 'publishes', node: 'uio', on: arg(1), managedBy: 'devres', device: arg(0) }],
      summary: 'Registers a user-space I/O device until it is unbound.',
      evidence: [inTree('6.12', 'drivers/uio/uio.c', '__devm_uio_register_device')],
    },
    {
      name: 'uio_unregister_device',
      prototype: 'void uio_unregister_device(struct uio_info *info)',
      does: [
        { verb: 'unpublishes', node: 'uio', on: arg(0), fence: { verdict: 'drains', drainsOpen: true } },
        { verb: 'maySleep' },
      ],
      summary:
        'Takes the device away: running operations are waited for, later ones fail, the interrupt is freed unless it is UIO_IRQ_CUSTOM.',
      duty: 'Existing mappings of the hardware are not zapped: do not power it off while user space may touch them.',
      evidence: [inTree('6.12', 'drivers/uio/uio.c'), inTree('7.2', 'drivers/uio/uio.c')],
    },
    {
      name: 'uio_event_notify',
      prototype: 'void uio_event_notify(struct uio_info *info)',
      does: [{ verb: 'nothing' }],
      summary: 'Reports an interrupt to readers.',
      evidence: [inTree('6.12', 'drivers/uio/uio.c')],
    },
    {
      name: 'counter_alloc',
      prototype: 'struct counter_device *counter_alloc(size_t sizeof_priv)',
      does: [{ verb: 'allocates', what: 'device', into: result, owner: 'caller', privateSize: arg(0) }],
      summary: 'Allocates a counter with a private area; it is refcounted.',
      evidence: [inTree('6.12', 'drivers/counter/counter-core.c')],
    },
    {
      name: 'devm_counter_alloc',
      prototype: 'struct counter_device *devm_counter_alloc(struct device *dev, size_t sizeof_priv)',
      does: [{ verb: 'allocates', what: 'device', into: result, owner: 'devres', device: arg(0), privateSize: arg(1) }],
      summary: 'Allocates a counter with a private area; devres drops its reference.',
      evidence: [inTree('6.12', 'drivers/counter/counter-core.c')],
    },
    {
      name: 'counter_put',
      prototype: 'void counter_put(struct counter_device *const counter)',
      does: [{ verb: 'dropsRef', what: 'device', on: arg(0) }],
      summary: 'Drops the reference on a counter.',
      evidence: [inTree('6.12', 'drivers/counter/counter-core.c')],
    },
    {
      name: 'counter_add',
      prototype: 'int counter_add(struct counter_device *const counter)',
      does: [{ verb: 'publishes', node: 'counter', on: arg(0), when: 'zero' }],
      summary: 'Makes the counter visible; its callbacks can run from here on.',
      evidence: [inTree('6.12', 'drivers/counter/counter-core.c')],
    },
    {
      name: 'devm_counter_add',
      prototype: 'int devm_counter_add(struct device *dev, struct counter_device *const counter)',
      does: [{ verb: 'publishes', node: 'counter', on: arg(1), managedBy: 'devres', device: arg(0) }],
      summary: 'Makes the counter visible until it is unbound.',
      evidence: [inTree('6.12', 'drivers/counter/counter-core.c')],
    },
    {
      name: 'counter_unregister',
      prototype: 'void counter_unregister(struct counter_device *const counter)',
      does: [
        {
          verb: 'unpublishes',
          node: 'counter',
          on: arg(0),
          fence: { verdict: 'drains', drainsOpen: true, drainsAttributes: true },
        },
        { verb: 'maySleep' },
      ],
      summary: 'Takes the counter away: running operations are waited for, later ones get ENODEV.',
      evidence: [inTree('6.12', 'drivers/counter/counter-core.c'), inTree('7.2', 'drivers/counter/counter-core.c')],
    },
    {
      name: 'counter_push_event',
      prototype: 'void counter_push_event(struct counter_device *const counter, const u8 event, const u8 channel)',
      does: [{ verb: 'nothing' }],
      summary: 'Reports an event to readers.',
      evidence: [inTree('6.12', 'drivers/counter/counter-chrdev.c')],
    },
    {
      name: 'pps_register_source',
      prototype: 'struct pps_device *pps_register_source( struct pps_source_info *info, int default_params)',
      does: [{ verb: 'publishes', node: 'pps', on: result, when: 'nonnull' }],
      summary: 'Registers a source of pulses.',
      evidence: [inTree('6.12', 'drivers/pps/kapi.c')],
    },
    {
      name: 'pps_unregister_source',
      prototype: 'void pps_unregister_source(struct pps_device *pps)',
      does: [
        { verb: 'unpublishes', node: 'pps', on: arg(0), fence: { verdict: 'blocks-new-only' } },
        { verb: 'maySleep' },
      ],
      summary: 'Takes the source away: no new open; open fds work on the refcounted source.',
      duty: 'Stop the source of events first.',
      evidence: [inTree('6.12', 'drivers/pps/kapi.c'), inTree('7.2', 'drivers/pps/pps.c', 'pps_unregister_cdev')],
    },
    {
      name: 'pps_event',
      prototype: 'void pps_event(struct pps_device *pps, struct pps_event_time *ts, int event, void *data)',
      does: [{ verb: 'nothing' }],
      summary: 'Reports a pulse.',
      evidence: [inTree('6.12', 'drivers/pps/kapi.c')],
    },
  ],
  patterns: [
    {
      pattern:
        '(?:watchdog_(active|hw_running|init_timeout|notify_pretimeout|pretimeout_invalid|timeout_invalid|set_\\w+|stop_\\w+|dev_\\w+))(?<!(?:alloc|create|register|free|destroy|remove|release|cleanup|lock)(?:[^a-z]\\w*)?)',
      does: [{ verb: 'nothing' }],
      summary: 'State and limits of a watchdog.',
      evidence: [inTree('6.12', 'include/linux/watchdog.h')],
    },
    {
      pattern:
        '(?:rtc_(update_irq|valid_tm|tm_\\w+|time64_to_tm|ktime_to_tm|year_days|month_days|set_\\w+|read_\\w+|alarm_\\w+|aie_\\w+|class_\\w+|irq_\\w+|add_\\w+|timer_\\w+|initialize_alarm|handle_legacy_irq|is_\\w+)|devm_rtc_nvmem_register|rtc_lock)(?<!(?:alloc|create|register|free|destroy|remove|release|cleanup|lock)(?:[^a-z]\\w*)?)',
      does: [{ verb: 'nothing' }],
      summary: 'Clock arithmetic and helpers.',
      evidence: [inTree('6.12', 'include/linux/rtc.h')],
    },
  ],
  tables: [
    {
      struct: 'struct tpm_class_ops',
      roles: {
        '*': { context: 'subsystem-callback' },
      },
      evidence: [inTree('6.12', 'include/linux/tpm.h')],
    },
    {
      struct: 'struct posix_clock_operations',
      roles: {
        open: { context: 'open', file: 0 },
        release: { context: 'release', file: 0, alwaysRuns: true },
        '*': { context: 'subsystem-callback' },
      },
      owner: 'owner',
      evidence: [inTree('6.12', 'include/linux/posix-clock.h')],
    },
    {
      struct: 'struct uio_info',
      roles: {
        handler: { context: 'interrupt' },
        open: { context: 'open' },
        release: { context: 'release', alwaysRuns: true },
        mmap: { context: 'subsystem-callback' },
        irqcontrol: { context: 'subsystem-callback' },
      },
      evidence: [inTree('6.12', 'include/linux/uio_driver.h')],
    },
    {
      struct: 'struct counter_ops',
      node: 'counter',
      roles: {
        '*': { context: 'subsystem-callback' },
      },
      evidence: [inTree('6.12', 'include/linux/counter.h')],
    },
  ],
  serialised: [
    {
      node: 'uio',
      operations: ['open', 'release', 'irqcontrol'],
      lock: 'info_lock',
      evidence: [inTree('6.12', 'drivers/uio/uio.c', 'uio_open'), inTree('7.2', 'drivers/uio/uio.c', 'uio_open')],
    },
  ],
  nodes: [
    {
      // Its file operations reach no driver: they read what pps_event() has left in the source, which they keep.
      node: 'pps',
      evidence: [
        inTree('6.12', 'drivers/pps/pps.c', 'pps_cdev_open'),
        inTree('6.12', 'drivers/pps/pps.c', 'pps_cdev_ioctl'),
      ],
    },
  ],
});
