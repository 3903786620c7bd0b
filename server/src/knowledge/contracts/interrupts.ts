import { arg, contracts, inTree } from '../schema.ts';

/**
 * Interrupt handlers and tasklets.
 */
export const interrupts = contracts({
  header: 'linux/interrupt.h',
  functions: [
    {
      name: 'request_irq',
      prototype:
        'int request_irq(unsigned int irq, irq_handler_t handler, unsigned long flags, const char *name, void *dev)',
      does: [
        {
          verb: 'runs',
          callback: arg(1),
          context: 'interrupt',
          data: arg(4),
          parameter: 1,
          source: { kind: 'irq', on: arg(0) },
        },
        { verb: 'arms', source: 'irq', on: arg(0) },
      ],
      summary: 'Installs an interrupt handler; it may run at once.',
      duty: 'Everything the handler touches must be ready before, and alive until free_irq() returns.',
      evidence: [inTree('6.12', 'include/linux/interrupt.h')],
    },
    {
      name: 'request_threaded_irq',
      prototype:
        'int request_threaded_irq(unsigned int irq, irq_handler_t handler, irq_handler_t thread_fn, unsigned long flags, const char *name, void *dev)',
      does: [
        {
          verb: 'runs',
          callback: arg(1),
          context: 'interrupt',
          data: arg(5),
          parameter: 1,
          source: { kind: 'irq', on: arg(0) },
        },
        {
          verb: 'runs',
          callback: arg(2),
          context: 'threaded-interrupt',
          data: arg(5),
          parameter: 1,
          source: { kind: 'irq', on: arg(0) },
        },
        { verb: 'arms', source: 'irq', on: arg(0) },
      ],
      summary: 'Installs an interrupt handler with a thread; both may run at once.',
      duty: 'Everything the handlers touch must be ready before, and alive until free_irq() returns.',
      evidence: [inTree('6.12', 'kernel/irq/manage.c')],
    },
    {
      name: 'request_any_context_irq',
      prototype:
        'int request_any_context_irq(unsigned int irq, irq_handler_t handler, unsigned long flags, const char *name, void *dev_id)',
      does: [
        {
          verb: 'runs',
          callback: arg(1),
          context: 'threaded-interrupt',
          data: arg(4),
          parameter: 1,
          source: { kind: 'irq', on: arg(0) },
        },
        { verb: 'arms', source: 'irq', on: arg(0) },
      ],
      summary: 'Installs an interrupt handler that runs in whatever context the line has.',
      evidence: [inTree('6.12', 'kernel/irq/manage.c')],
    },
    {
      name: 'devm_request_irq',
      prototype:
        'int devm_request_irq(struct device *dev, unsigned int irq, irq_handler_t handler, unsigned long irqflags, const char *devname, void *dev_id)',
      does: [
        {
          verb: 'runs',
          callback: arg(2),
          context: 'interrupt',
          data: arg(5),
          parameter: 1,
          source: { kind: 'irq', on: arg(1) },
          managedBy: 'devres',
        },
        { verb: 'arms', source: 'irq', on: arg(1) },
      ],
      summary: 'Installs an interrupt handler that is freed when the device is unbound.',
      duty: 'Runs until after remove() has returned: anything that remove() frees or switches off and the handler touches needs devm_free_irq() or disable_irq() first.',
      evidence: [inTree('6.12', 'include/linux/interrupt.h')],
    },
    {
      name: 'devm_request_threaded_irq',
      prototype:
        'int devm_request_threaded_irq(struct device *dev, unsigned int irq, irq_handler_t handler, irq_handler_t thread_fn, unsigned long irqflags, const char *devname, void *dev_id)',
      does: [
        {
          verb: 'runs',
          callback: arg(2),
          context: 'interrupt',
          data: arg(6),
          parameter: 1,
          source: { kind: 'irq', on: arg(1) },
          managedBy: 'devres',
        },
        {
          verb: 'runs',
          callback: arg(3),
          context: 'threaded-interrupt',
          data: arg(6),
          parameter: 1,
          source: { kind: 'irq', on: arg(1) },
          managedBy: 'devres',
        },
        { verb: 'arms', source: 'irq', on: arg(1) },
      ],
      summary: 'Installs an interrupt handler with a thread, freed when the device is unbound.',
      duty: 'Runs until after remove() has returned: anything that remove() frees or switches off and the handler touches needs devm_free_irq() or disable_irq() first.',
      evidence: [inTree('6.12', 'kernel/irq/devres.c')],
    },
    {
      name: 'devm_request_any_context_irq',
      prototype:
        'int devm_request_any_context_irq(struct device *dev, unsigned int irq, irq_handler_t handler, unsigned long irqflags, const char *devname, void *dev_id)',
      does: [
        {
          verb: 'runs',
          callback: arg(2),
          context: 'threaded-interrupt',
          data: arg(5),
          parameter: 1,
          source: { kind: 'irq', on: arg(1) },
          managedBy: 'devres',
        },
        { verb: 'arms', source: 'irq', on: arg(1) },
      ],
      summary:
        'Installs an interrupt handler that runs in whatever context the line has, freed when the device is unbound.',
      duty: 'Runs until after remove() has returned: anything that remove() frees or switches off and the handler touches needs devm_free_irq() or disable_irq() first.',
      evidence: [inTree('6.12', 'kernel/irq/devres.c')],
    },
    {
      name: 'pci_request_irq',
      does: [
        {
          verb: 'runs',
          callback: arg(2),
          context: 'interrupt',
          data: arg(4),
          parameter: 1,
          source: { kind: 'irq', on: arg(1) },
        },
        {
          verb: 'runs',
          callback: arg(3),
          context: 'threaded-interrupt',
          data: arg(4),
          parameter: 1,
          source: { kind: 'irq', on: arg(1) },
        },
        { verb: 'arms', source: 'irq', on: arg(1) },
      ],
      summary: 'Installs the handler of one vector of a PCI device.',
      evidence: [inTree('6.12', 'drivers/pci/irq.c')],
    },
    {
      name: 'pci_free_irq',
      prototype: 'void pci_free_irq(struct pci_dev *dev, unsigned int nr, void *dev_id)',
      does: [
        { verb: 'disarms', source: 'irq', on: arg(1) },
        { verb: 'waitsFor', source: 'irq', on: arg(1) },
        { verb: 'seals', source: 'irq', on: arg(1) },
      ],
      summary: 'Removes the handler of one vector of a PCI device and waits for it.',
      evidence: [inTree('6.12', 'drivers/pci/irq.c')],
    },
    {
      name: 'free_irq',
      prototype: 'const void *free_irq(unsigned int, void *)',
      does: [
        { verb: 'disarms', source: 'irq', on: arg(0) },
        { verb: 'waitsFor', source: 'irq', on: arg(0) },
        { verb: 'seals', source: 'irq', on: arg(0) },
      ],
      summary: 'Removes the handler, and waits for it and its thread.',
      duty: 'It stops nothing that the handler queued (work, timers): cancel those after it. On a shared line with CONFIG_DEBUG_SHIRQ the handler is called once more.',
      evidence: [
        inTree('6.12', 'kernel/irq/manage.c', '__free_irq'),
        inTree('7.2', 'kernel/irq/manage.c', '__free_irq'),
      ],
    },
    {
      name: 'devm_free_irq',
      prototype: 'void devm_free_irq(struct device *dev, unsigned int irq, void *dev_id)',
      does: [
        { verb: 'disarms', source: 'irq', on: arg(1) },
        { verb: 'waitsFor', source: 'irq', on: arg(1) },
        { verb: 'seals', source: 'irq', on: arg(1) },
      ],
      summary: 'Removes a handler that was installed with devm_request_irq(), and waits for it.',
      evidence: [inTree('6.12', 'kernel/irq/devres.c')],
    },
    {
      name: 'disable_irq',
      aliases: ['disable_hardirq'],
      prototype: 'void disable_irq(unsigned int irq)',
      does: [
        { verb: 'disarms', source: 'irq', on: arg(0) },
        { verb: 'waitsFor', source: 'irq', on: arg(0) },
      ],
      summary: 'Disables the line for all its users and waits for the handlers; enable_irq() turns it on again.',
      duty: 'On a shared line the neighbours stop as well.',
      evidence: [inTree('6.12', 'kernel/irq/manage.c')],
    },
    {
      name: 'disable_irq_nosync',
      aliases: ['disable_nmi_nosync'],
      prototype: 'void disable_irq_nosync(unsigned int irq)',
      does: [{ verb: 'disarms', source: 'irq', on: arg(0) }],
      summary: 'Disables the line; a running handler goes on.',
      alternative: 'disable_irq() in teardown',
      evidence: [inTree('6.12', 'kernel/irq/manage.c')],
    },
    {
      name: 'enable_irq',
      aliases: ['enable_nmi'],
      prototype: 'void enable_irq(unsigned int irq)',
      does: [{ verb: 'arms', source: 'irq', on: arg(0) }],
      summary: 'Enables the line again.',
      evidence: [inTree('6.12', 'kernel/irq/manage.c')],
    },
    {
      name: 'synchronize_hardirq',
      prototype: 'bool synchronize_hardirq(unsigned int irq)',
      does: [{ verb: 'waitsFor', source: 'irq', on: arg(0) }],
      summary: 'Waits for running hard interrupt handlers, spinning; a threaded handler is not waited for.',
      duty: 'Mask the interrupt in the device first. The answer tells whether a threaded handler is still at work.',
      alternative: 'synchronize_irq() where sleeping is allowed',
      evidence: [inTree('6.12', 'kernel/irq/manage.c'), inTree('7.2', 'kernel/irq/manage.c')],
    },
    {
      name: 'synchronize_irq',
      prototype: 'void synchronize_irq(unsigned int irq)',
      does: [{ verb: 'waitsFor', source: 'irq', on: arg(0) }, { verb: 'maySleep' }],
      summary: 'Waits for running handlers; stops nothing.',
      duty: 'Mask the interrupt in the device first.',
      evidence: [inTree('6.12', 'kernel/irq/manage.c')],
    },
    {
      name: 'enable_irq_wake',
      aliases: ['disable_irq_wake', 'irq_set_irq_wake'],
      prototype: 'int enable_irq_wake(unsigned int irq)',
      does: [{ verb: 'nothing' }],
      summary: 'Whether the line wakes the system.',
      evidence: [inTree('6.12', 'include/linux/interrupt.h')],
    },
    {
      name: 'irq_wake_thread',
      prototype: 'void irq_wake_thread(unsigned int irq, void *dev_id)',
      does: [{ verb: 'nothing' }],
      summary: 'Wakes the thread of a handler.',
      evidence: [inTree('6.12', 'kernel/irq/manage.c')],
    },
    {
      name: 'irq_dispose_mapping',
      prototype: 'void irq_dispose_mapping(unsigned int virq)',
      does: [{ verb: 'nothing' }],
      summary: 'Removes the mapping of an interrupt number.',
      evidence: [inTree('6.12', 'include/linux/irqdomain.h')],
    },
    {
      name: 'pci_alloc_irq_vectors',
      aliases: ['pci_alloc_irq_vectors_affinity', 'pci_enable_msi', 'pci_enable_msix_range', 'pci_enable_msix_exact'],
      does: [{ verb: 'enables', what: 'irq', on: arg(0) }],
      summary: 'Allocates the interrupt vectors of a PCI device.',
      evidence: [inTree('6.12', 'include/linux/pci.h')],
    },
    {
      name: 'pci_free_irq_vectors',
      aliases: ['pci_disable_msi', 'pci_disable_msix'],
      does: [{ verb: 'disables', what: 'irq', on: arg(0) }],
      summary: 'Frees the interrupt vectors of a PCI device; handlers must be freed before.',
      evidence: [inTree('6.12', 'include/linux/pci.h')],
    },
    {
      name: 'dev_pm_set_wake_irq',
      aliases: ['dev_pm_set_dedicated_wake_irq', 'dev_pm_clear_wake_irq', 'devm_pm_set_wake_irq'],
      does: [{ verb: 'nothing' }],
      summary: 'Which line wakes the device.',
      evidence: [inTree('7.2', 'include/linux/pm_wakeirq.h')],
    },
    {
      name: 'tasklet_setup',
      prototype: 'void tasklet_setup(struct tasklet_struct *t, void (*callback)(struct tasklet_struct *))',
      does: [
        { verb: 'runs', callback: arg(1), context: 'tasklet', data: arg(0), source: { kind: 'tasklet', on: arg(0) } },
      ],
      summary: 'Sets a tasklet up.',
      evidence: [inTree('6.12', 'include/linux/interrupt.h'), inTree('6.12', 'kernel/softirq.c')],
    },
    {
      name: 'tasklet_init',
      prototype: 'void tasklet_init(struct tasklet_struct *t, void (*func)(unsigned long), unsigned long data)',
      does: [
        { verb: 'runs', callback: arg(1), context: 'tasklet', data: arg(2), source: { kind: 'tasklet', on: arg(0) } },
      ],
      summary: 'Sets a tasklet up, old style.',
      evidence: [inTree('6.12', 'kernel/softirq.c')],
    },
    {
      name: 'tasklet_schedule',
      aliases: ['tasklet_hi_schedule'],
      prototype: 'void tasklet_schedule(struct tasklet_struct *t)',
      does: [{ verb: 'arms', source: 'tasklet', on: arg(0) }],
      summary: 'Schedules the tasklet.',
      evidence: [inTree('6.12', 'include/linux/interrupt.h')],
    },
    {
      name: 'tasklet_kill',
      prototype: 'void tasklet_kill(struct tasklet_struct *t)',
      does: [
        { verb: 'disarms', source: 'tasklet', on: arg(0) },
        { verb: 'waitsFor', source: 'tasklet', on: arg(0) },
      ],
      summary: 'Waits until the tasklet is neither scheduled nor running; it can be scheduled again.',
      duty: 'Stop what schedules it (usually the interrupt) first.',
      evidence: [inTree('6.12', 'kernel/softirq.c')],
    },
    {
      name: 'tasklet_disable',
      aliases: ['tasklet_disable_in_atomic'],
      prototype: 'void tasklet_disable(struct tasklet_struct *t)',
      does: [
        { verb: 'disarms', source: 'tasklet', on: arg(0) },
        { verb: 'waitsFor', source: 'tasklet', on: arg(0) },
      ],
      summary: 'Keeps the tasklet from running and waits for a run in progress.',
      evidence: [inTree('6.12', 'include/linux/interrupt.h')],
    },
    {
      name: 'tasklet_disable_nosync',
      prototype: 'void tasklet_disable_nosync(struct tasklet_struct *t)',
      does: [{ verb: 'disarms', source: 'tasklet', on: arg(0) }],
      summary: 'Keeps the tasklet from running; a run in progress goes on.',
      evidence: [inTree('6.12', 'include/linux/interrupt.h')],
    },
    {
      name: 'tasklet_enable',
      prototype: 'void tasklet_enable(struct tasklet_struct *t)',
      does: [{ verb: 'arms', source: 'tasklet', on: arg(0) }],
      summary: 'Lets the tasklet run again.',
      evidence: [inTree('6.12', 'include/linux/interrupt.h')],
    },
  ],
  patterns: [
    {
      pattern:
        '(?:irq_(set|get|of|has|create|dispose|find|domain|desc|data|chip|modify|can|force|update|to|is|inject|mark|generic)_\\w+|irqd_\\w+|generic_handle_\\w*irq\\w*|handle_(level|edge|simple|bad|nested|fasteoi)_irq|chained_irq_(enter|exit)|irqs_disabled\\w*|in_(interrupt|atomic|task|irq|hardirq|softirq|serving_softirq))(?<!(?:alloc|create|register|free|destroy|remove|release|cleanup|lock)(?:[^a-z]\\w*)?)',
      does: [{ verb: 'nothing' }],
      summary: 'Bookkeeping of interrupt lines and domains.',
      evidence: [inTree('6.12', 'include/linux/irq.h')],
    },
    {
      pattern:
        '(?:(devm_)?(platform|of|acpi_dev_gpio|fwnode|i2c_acpi)_(get_irq\\w*|irq_\\w+|gpio_irq_get\\w*)|irq_of_parse_and_map|platform_irq_count|pci_irq_vector|gpiod_to_irq|gpio_to_irq|regmap_irq_get_virq)(?<!(?:alloc|create|register|free|destroy|remove|release|cleanup|lock)(?:[^a-z]\\w*)?)',
      does: [{ verb: 'nothing' }],
      summary: 'Looks an interrupt number up.',
      evidence: [inTree('6.12', 'include/linux/platform_device.h')],
    },
  ],
  tables: [
    {
      struct: 'struct tasklet_struct',
      roles: {
        callback: { context: 'tasklet', data: 0 },
        func: { context: 'tasklet', data: 0 },
      },
      evidence: [inTree('6.12', 'include/linux/interrupt.h')],
    },
  ],
  macros: [
    {
      name: 'DECLARE_TASKLET',
      does: [{ verb: 'defines', variable: '{0}', struct: 'struct tasklet_struct', fields: { callback: '{1}' } }],
      evidence: [inTree('6.12', 'include/linux/interrupt.h')],
    },
    {
      name: 'DECLARE_TASKLET_OLD',
      does: [{ verb: 'defines', variable: '{0}', struct: 'struct tasklet_struct', fields: { func: '{1}' } }],
      evidence: [inTree('6.12', 'include/linux/interrupt.h')],
    },
  ],
  structs: [
    { struct: 'struct tasklet_struct', source: 'tasklet', evidence: [inTree('6.12', 'include/linux/interrupt.h')] },
  ],
});
