import { arg, contracts, inTree, result } from '../schema.ts';

/**
 * Children of multi-function devices, register access through their parents, and small services.
 */
export const multiFunction = contracts({
  header: 'linux/mfd/core.h, linux/eventfd.h, linux/coresight.h, …',
  functions: [
    {
      name: 'mfd_add_devices',
      aliases: ['mfd_add_hotplug_devices'],
      prototype:
        'int mfd_add_devices(struct device *parent, int id, const struct mfd_cell *cells, int n_devs, struct resource *mem_base, int irq_base, struct irq_domain *irq_domain)',
      does: [{ verb: 'createsDevice', into: arg(0) }, { verb: 'maySleep' }],
      summary: 'Creates the child devices of a multi-function device; their drivers may be bound at once.',
      evidence: [
        inTree('6.12', 'drivers/mfd/mfd-core.c'),
        inTree('6.12', 'include/linux/mfd/core.h', 'mfd_add_hotplug_devices'),
      ],
    },
    {
      name: 'devm_mfd_add_devices',
      prototype:
        'int devm_mfd_add_devices(struct device *dev, int id, const struct mfd_cell *cells, int n_devs, struct resource *mem_base, int irq_base, struct irq_domain *irq_domain)',
      does: [{ verb: 'createsDevice', into: arg(0) }, { verb: 'maySleep' }],
      summary:
        'Creates child devices until the parent is unbound; their drivers are unbound after remove() of the parent.',
      duty: 'What the children use of the parent must be obtained before this call.',
      evidence: [inTree('6.12', 'drivers/mfd/mfd-core.c')],
    },
    {
      name: 'mfd_remove_devices',
      aliases: ['mfd_remove_devices_late'],
      prototype: 'void mfd_remove_devices(struct device *parent)',
      does: [{ verb: 'removesDevice', on: arg(0) }, { verb: 'maySleep' }],
      summary:
        'Removes the child devices: their drivers are unbound when this returns. Open fds of the children are not fenced by it.',
      evidence: [inTree('6.12', 'drivers/mfd/mfd-core.c')],
    },
    {
      name: 'wm8350_register_irq',
      prototype:
        'int wm8350_register_irq(struct wm8350 *wm8350, int irq, irq_handler_t handler, unsigned long flags, const char *name, void *data)',
      does: [
        {
          verb: 'runs',
          callback: arg(2),
          context: 'threaded-interrupt',
          data: arg(5),
          parameter: 1,
          source: { kind: 'irq', on: arg(1) },
        },
        { verb: 'arms', source: 'irq', on: arg(1) },
      ],
      summary: 'Installs an interrupt handler on a line of the parent.',
      evidence: [inTree('6.12', 'include/linux/mfd/wm8350/core.h')],
    },
    {
      name: 'wm8350_free_irq',
      prototype: 'void wm8350_free_irq(struct wm8350 *wm8350, int irq, void *data)',
      does: [
        { verb: 'disarms', source: 'irq', on: arg(1) },
        { verb: 'waitsFor', source: 'irq', on: arg(1) },
        { verb: 'seals', source: 'irq', on: arg(1) },
        { verb: 'maySleep' },
      ],
      summary: 'Removes the handler and waits for it.',
      evidence: [inTree('6.12', 'include/linux/mfd/wm8350/core.h')],
    },
    {
      name: 'da9052_request_irq',
      prototype:
        'int da9052_request_irq(struct da9052 *da9052, int irq, char *name, irq_handler_t handler, void *data)',
      does: [
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
      summary: 'Installs an interrupt handler on a line of the parent.',
      evidence: [inTree('6.12', 'drivers/mfd/da9052-irq.c')],
    },
    {
      name: 'da9052_free_irq',
      prototype: 'void da9052_free_irq(struct da9052 *da9052, int irq, void *data)',
      does: [
        { verb: 'disarms', source: 'irq', on: arg(1) },
        { verb: 'waitsFor', source: 'irq', on: arg(1) },
        { verb: 'seals', source: 'irq', on: arg(1) },
        { verb: 'maySleep' },
      ],
      summary: 'Removes the handler and waits for it.',
      evidence: [inTree('6.12', 'drivers/mfd/da9052-irq.c')],
    },
    {
      name: 'mc13xxx_irq_request',
      prototype:
        'int mc13xxx_irq_request(struct mc13xxx *mc13xxx, int irq, irq_handler_t handler, const char *name, void *dev)',
      does: [
        {
          verb: 'runs',
          callback: arg(2),
          context: 'threaded-interrupt',
          data: arg(4),
          parameter: 1,
          source: { kind: 'irq', on: arg(1) },
        },
        { verb: 'arms', source: 'irq', on: arg(1) },
      ],
      summary: 'Installs an interrupt handler on a line of the parent.',
      evidence: [inTree('6.12', 'drivers/mfd/mc13xxx-core.c')],
    },
    {
      name: 'mc13xxx_irq_free',
      prototype: 'int mc13xxx_irq_free(struct mc13xxx *mc13xxx, int irq, void *dev)',
      does: [
        { verb: 'disarms', source: 'irq', on: arg(1) },
        { verb: 'waitsFor', source: 'irq', on: arg(1) },
        { verb: 'seals', source: 'irq', on: arg(1) },
        { verb: 'maySleep' },
      ],
      summary: 'Removes the handler and waits for it.',
      evidence: [inTree('6.12', 'drivers/mfd/mc13xxx-core.c')],
    },
    {
      name: 'mc13xxx_lock',
      prototype: 'void mc13xxx_lock(struct mc13xxx *mc13xxx)',
      does: [{ verb: 'acquires', lock: 'subsystem', on: arg(0), mode: 'exclusive' }],
      summary: 'Takes the lock of the parent.',
      evidence: [inTree('6.12', 'drivers/mfd/mc13xxx-core.c')],
    },
    {
      name: 'mc13xxx_unlock',
      prototype: 'void mc13xxx_unlock(struct mc13xxx *mc13xxx)',
      does: [{ verb: 'releases', lock: 'subsystem', on: arg(0) }],
      summary: 'Drops the lock of the parent.',
      evidence: [inTree('6.12', 'drivers/mfd/mc13xxx-core.c')],
    },
    {
      name: 'kempld_get_mutex',
      prototype: 'void kempld_get_mutex(struct kempld_device_data *pld)',
      does: [{ verb: 'acquires', lock: 'subsystem', on: arg(0), mode: 'exclusive' }],
      summary: 'Takes the hardware lock of the parent.',
      evidence: [inTree('6.12', 'drivers/mfd/kempld-core.c')],
    },
    {
      name: 'kempld_release_mutex',
      prototype: 'void kempld_release_mutex(struct kempld_device_data *pld)',
      does: [{ verb: 'releases', lock: 'subsystem', on: arg(0) }],
      summary: 'Drops the hardware lock of the parent.',
      evidence: [inTree('6.12', 'drivers/mfd/kempld-core.c')],
    },
    {
      name: 'eventfd_ctx_fdget',
      aliases: ['eventfd_ctx_fileget'],
      prototype: 'struct eventfd_ctx *eventfd_ctx_fdget(int fd)',
      does: [{ verb: 'takesRef', what: 'object', on: result }],
      summary: 'Takes a reference on an eventfd.',
      evidence: [inTree('6.12', 'fs/eventfd.c')],
    },
    {
      name: 'eventfd_ctx_put',
      prototype: 'void eventfd_ctx_put(struct eventfd_ctx *ctx)',
      does: [{ verb: 'dropsRef', what: 'object', on: arg(0) }],
      summary: 'Drops a reference on an eventfd.',
      evidence: [inTree('6.12', 'fs/eventfd.c')],
    },
    {
      name: 'eventfd_signal',
      aliases: ['eventfd_signal_mask'],
      prototype: 'void eventfd_signal(struct eventfd_ctx *ctx)',
      does: [{ verb: 'wakes', on: arg(0) }],
      summary: 'Adds to an eventfd and wakes its readers; does not sleep.',
      evidence: [inTree('6.12', 'fs/eventfd.c'), inTree('6.12', 'include/linux/eventfd.h', 'eventfd_signal')],
    },
    {
      name: 'bus_register_notifier',
      prototype: 'int bus_register_notifier(const struct bus_type *bus, struct notifier_block *nb)',
      does: [{ verb: 'arms', source: 'notifier', on: arg(1) }],
      summary: 'Starts calls of the notifier on bus events.',
      evidence: [inTree('6.12', 'drivers/base/bus.c')],
    },
    {
      name: 'bus_unregister_notifier',
      prototype: 'int bus_unregister_notifier(const struct bus_type *bus, struct notifier_block *nb)',
      does: [
        { verb: 'disarms', source: 'notifier', on: arg(1) },
        { verb: 'waitsFor', source: 'notifier', on: arg(1) },
        { verb: 'seals', source: 'notifier', on: arg(1) },
        { verb: 'maySleep' },
      ],
      summary: 'Stops calls of the notifier on bus events and waits for one in progress.',
      evidence: [inTree('6.12', 'drivers/base/bus.c')],
    },
    {
      name: 'sensor_hub_register_callback',
      prototype:
        'int sensor_hub_register_callback(struct hid_sensor_hub_device *hsdev, u32 usage_id, struct hid_sensor_hub_callbacks *usage_callback)',
      does: [{ verb: 'arms', source: 'other', on: arg(0) }],
      summary: 'Starts calls of the callbacks for reports of the sensor.',
      evidence: [inTree('6.12', 'drivers/hid/hid-sensor-hub.c')],
    },
    {
      name: 'sensor_hub_remove_callback',
      prototype: 'int sensor_hub_remove_callback(struct hid_sensor_hub_device *hsdev, u32 usage_id)',
      does: [{ verb: 'disarms', source: 'other', on: arg(0) }],
      summary: 'Takes the callbacks off the list; a call in progress is not waited for.',
      evidence: [inTree('6.12', 'drivers/hid/hid-sensor-hub.c')],
    },
    {
      name: 'ssam_notifier_register',
      prototype: 'int ssam_notifier_register(struct ssam_controller *ctrl, struct ssam_event_notifier *n)',
      does: [{ verb: 'arms', source: 'notifier', on: arg(1) }, { verb: 'maySleep' }],
      summary: 'Starts calls of the notifier on events of the embedded controller.',
      evidence: [inTree('6.12', 'drivers/platform/surface/aggregator/controller.c')],
    },
    {
      name: 'ssam_notifier_unregister',
      prototype: 'int ssam_notifier_unregister(struct ssam_controller *ctrl, struct ssam_event_notifier *n)',
      does: [
        { verb: 'disarms', source: 'notifier', on: arg(1) },
        { verb: 'waitsFor', source: 'notifier', on: arg(1) },
        { verb: 'seals', source: 'notifier', on: arg(1) },
        { verb: 'maySleep' },
      ],
      summary: 'Stops calls of the notifier and waits for one in progress (SRCU).',
      evidence: [inTree('6.12', 'include/linux/surface_aggregator/controller.h')],
    },
    {
      name: 'i8042_install_filter',
      prototype: 'int i8042_install_filter(bool (*filter)(unsigned char data, unsigned char str, struct serio *serio))',
      does: [
        { verb: 'runs', callback: arg(0), context: 'interrupt' },
        { verb: 'arms', source: 'other', on: arg(0) },
      ],
      summary: 'Installs a filter for keyboard controller data.',
      evidence: [inTree('6.12', 'drivers/input/serio/i8042.c')],
    },
    {
      name: 'i8042_remove_filter',
      prototype: 'int i8042_remove_filter(bool (*filter)(unsigned char data, unsigned char str, struct serio *serio))',
      does: [
        { verb: 'disarms', source: 'other', on: arg(0) },
        { verb: 'waitsFor', source: 'other', on: arg(0) },
        { verb: 'seals', source: 'other', on: arg(0) },
      ],
      summary: 'Removes the filter under the lock with which it is called.',
      evidence: [inTree('6.12', 'drivers/input/serio/i8042.c')],
    },
    {
      name: 'coresight_register',
      prototype: 'struct coresight_device * coresight_register(struct coresight_desc *desc)',
      does: [{ verb: 'publishes', node: 'other', on: result, when: 'nonnull' }],
      summary: 'Registers a trace device; its callbacks can run from here on.',
      evidence: [inTree('6.12', 'drivers/hwtracing/coresight/coresight-core.c')],
    },
    {
      name: 'coresight_unregister',
      prototype: 'void coresight_unregister(struct coresight_device *csdev)',
      does: [
        {
          verb: 'unpublishes',
          node: 'other',
          on: arg(0),
          fence: { verdict: 'blocks-new-only', drainsAttributes: true },
        },
        { verb: 'maySleep' },
      ],
      summary: 'Takes a trace device away; sysfs is drained, an active trace session is not waited for.',
      evidence: [inTree('6.12', 'drivers/hwtracing/coresight/coresight-core.c')],
    },
    {
      name: 'typec_register_port',
      aliases: [
        'typec_register_partner',
        'typec_register_cable',
        'typec_register_plug',
        'typec_mux_register',
        'typec_switch_register',
        'typec_retimer_register',
      ],
      prototype: 'struct typec_port *typec_register_port(struct device *parent, const struct typec_capability *cap)',
      does: [{ verb: 'publishes', node: 'other', on: result, when: 'nonnull' }],
      summary: 'Registers a part of a USB Type-C connector; its callbacks can run from here on.',
      evidence: [inTree('6.12', 'drivers/usb/typec/class.c', 'typec_register_port')],
    },
    {
      name: 'typec_unregister_port',
      aliases: [
        'typec_unregister_partner',
        'typec_unregister_cable',
        'typec_unregister_plug',
        'typec_unregister_altmode',
        'typec_mux_unregister',
        'typec_switch_unregister',
        'typec_retimer_unregister',
      ],
      prototype: 'void typec_unregister_port(struct typec_port *port)',
      does: [
        { verb: 'unpublishes', node: 'other', on: arg(0), fence: { verdict: 'drains', drainsAttributes: true } },
        { verb: 'maySleep' },
      ],
      summary: 'Takes a part of a USB Type-C connector away; its attributes are drained.',
      evidence: [inTree('6.12', 'drivers/usb/typec/class.c', 'typec_unregister_port')],
    },
    {
      name: 'devm_register_sys_off_handler',
      prototype:
        'int devm_register_sys_off_handler(struct device *dev, enum sys_off_mode mode, int priority, int (*callback)(struct sys_off_data *data), void *cb_data)',
      does: [{ verb: 'runs', callback: arg(3), context: 'notifier', data: arg(4) }],
      summary: 'Calls the function when the machine goes down, until the device is unbound.',
      evidence: [inTree('6.12', 'kernel/reboot.c')],
    },
  ],
  patterns: [
    {
      pattern:
        '(?:(wm8350|wm831x|wm8994|wm8400|da903x|da9052|da9055|da9150|twl|twl6040|tc3589x|tc6393xb|stmpe|abx500|ab8500|pm860x|max8925|max8997|max8998|max77\\w*|palmas|adp5520|pcf50633|rc5t583|lp8788|lm3533|kempld|ezx_pcap|ucb1x00|mc13xxx|tps\\w*|rave_sp|adis|ad_sd|st_sensors|ljca|dln2|menelaus|ds1wm|asic3|retu|aat\\w+|si476x_core|vprbrd|viperboard|atmel_tcb|intel_soc_pmic|rtsx_(pci|usb)|olpc_ec|wm97xx|smc501|imx_scu|zynqmp_pm|tegra_bpmp|rpi_firmware|meson_sm|qcom_scm|ti_sci|omnia_cmd|cros_ec|wilco_ec|ishtp|sensor_hub|intel_scu|intel_pmc|ps2|i8042|rio|st)_(?!\\w*(un)?register(ed)?(_\\w+)?$|driver|device)(\\w+_)?(reg|regs|read|write|update|set|clear|get|cmd|add_cmd|send_cmd|transfer|call|call_rpc|command|mailbox|block|bulk|bits|control|disable|enable|mask|unmask|test|sendbyte|init_cmd|property|begin|end|msg|invoke|check|query|connect|disconnect|probe|resume|suspend|motion|prepare|alloc_device|xfer|sg|raw|switch|gain|calc|adc|io|mutex|lock|unlock|feature|attribute|attr|config|local|mport|data|bit|byte|word|page|host|event|scale|names?|send|fn|u8|u16|u32)\\w*)(?<!(?:alloc|create|register|free|destroy|remove|release|cleanup|lock)(?:[^a-z]\\w*)?)',
      does: [{ verb: 'maySleep' }],
      summary: 'Register or message access through a parent device; most of them sleep.',
      evidence: [inTree('6.12', 'drivers/mfd/mfd-core.c')],
    },
    {
      pattern:
        '(?:coresight_(?!(un)?register$)\\w+|cti_\\w+|etm4?_\\w+)(?<!(?:alloc|create|register|free|destroy|remove|release|cleanup|lock)(?:[^a-z]\\w*)?)',
      does: [{ verb: 'nothing' }],
      summary: 'Helpers of trace devices.',
      evidence: [inTree('6.12', 'include/linux/coresight.h')],
    },
    {
      pattern:
        '(?:(devm_)?gen_pool_(?!create|destroy)\\w+|tpm_buf_\\w+|tpm2?_(flush|end|start)_\\w+|vfio_(?!(un)?register|alloc_device|put_device)\\w+|iommu_\\w+|mhi_(?!register|unregister|alloc|free)\\w+|vmci_\\w+|fsi_(get|free)_\\w+|smp_call_function\\w*|on_each_cpu\\w*|per_cpu(_ptr)?|this_cpu_\\w+|get_count_order\\w*|typec_(?!(un)?register|\\w+_(un)?register)\\w+|efi_\\w+|memblock_\\w+|early_mem\\w+|cpumask_\\w+|free_cpumask_var|alloc_cpumask_var|int_pow|polynomial_calc|(vmap|vunmap)|pcibios_\\w+|(__)?sysfs_match_string|int_to_\\w+|export_uuid|import_uuid|memory_read_from_buffer)(?<!(?:alloc|create|register|free|destroy|remove|release|cleanup|lock)(?:[^a-z]\\w*)?)',
      does: [{ verb: 'nothing' }],
      summary: 'Small helpers.',
      evidence: [inTree('6.12', 'include/linux/genalloc.h')],
    },
    {
      pattern:
        '(rtsx|abx500|asus_wmi|wm\\w+|pcf50633|tps\\w+)_(\\w+_)?(read|write|set|get|mask_and_set|update)_(\\w+_)?(register|devstate)\\w*|__adis_\\w+|adis_\\w+|gameport_time|tegra_cbb_\\w+|wmi_has_guid|ssam_retry|pcr_dbg|dbg_hid',
      does: [{ verb: 'maySleep' }],
      summary: 'Register access through a parent device.',
      evidence: [inTree('6.12', 'drivers/mfd/mfd-core.c')],
    },
  ],
});
