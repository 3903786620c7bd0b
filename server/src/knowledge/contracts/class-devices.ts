import { arg, contracts, inTree, pointee, result } from '../schema.ts';

/**
 * Multiplexers, triggers, mailboxes, pins and clocks: allocating, registering and freeing.
 */
export const classDevices = contracts({
  header: 'linux/i2c-mux.h, linux/leds.h, linux/mailbox_controller.h, …',
  functions: [
    {
      name: 'i2c_mux_alloc',
      prototype:
        'struct i2c_mux_core *i2c_mux_alloc(struct i2c_adapter *parent, struct device *dev, int max_adapters, int sizeof_priv, u32 flags, int (*select)(struct i2c_mux_core *, u32), int (*deselect)(struct i2c_mux_core *, u32))',
      does: [{ verb: 'allocates', what: 'device', into: result, owner: 'devres', device: arg(1), privateSize: arg(3) }],
      summary:
        'Allocates the object with a private area; devres frees it, or drops its reference, when the device is unbound.',
      evidence: [inTree('6.12', 'drivers/i2c/i2c-mux.c')],
    },
    {
      name: 'i2c_mux_add_adapter',
      prototype: 'int i2c_mux_add_adapter(struct i2c_mux_core *muxc, u32 force_nr, u32 chan_id)',
      does: [{ verb: 'publishes', node: 'i2c', on: arg(0), when: 'zero' }, { verb: 'maySleep' }],
      summary: 'Makes the object visible; its callbacks can run from here on.',
      evidence: [inTree('6.12', 'drivers/i2c/i2c-mux.c')],
    },
    {
      name: 'i2c_mux_del_adapters',
      prototype: 'void i2c_mux_del_adapters(struct i2c_mux_core *muxc)',
      does: [
        { verb: 'unpublishes', node: 'i2c', on: arg(0), fence: { verdict: 'drains-close' } },
        { verb: 'maySleep' },
      ],
      summary: 'Deletes the adapters behind a multiplexer; waits for open fds as i2c_del_adapter() does.',
      evidence: [inTree('6.12', 'drivers/i2c/i2c-mux.c')],
    },
    {
      name: 'i2c_slave_register',
      prototype: 'int i2c_slave_register(struct i2c_client *client, i2c_slave_cb_t slave_cb)',
      does: [
        { verb: 'runs', callback: arg(1), context: 'interrupt', data: arg(0) },
        { verb: 'arms', source: 'irq', on: arg(0) },
      ],
      summary: 'Answers as a target; the callback runs in the interrupt of the adapter.',
      evidence: [inTree('6.12', 'drivers/i2c/i2c-core-slave.c')],
    },
    {
      name: 'i2c_slave_unregister',
      prototype: 'int i2c_slave_unregister(struct i2c_client *client)',
      does: [{ verb: 'disarms', source: 'irq', on: arg(0) }, { verb: 'maySleep' }],
      summary: 'Ends answering as a target; the adapter decides whether a running callback is waited for.',
      evidence: [inTree('6.12', 'drivers/i2c/i2c-core-slave.c')],
    },
    {
      name: 'soc_device_register',
      prototype: 'struct soc_device *soc_device_register( struct soc_device_attribute *soc_plat_dev_attr)',
      does: [{ verb: 'publishes', node: 'sysfs', on: result, when: 'nonnull' }],
      summary: 'Describes the chip in sysfs.',
      evidence: [inTree('6.12', 'drivers/base/soc.c')],
    },
    {
      name: 'soc_device_unregister',
      prototype: 'void soc_device_unregister(struct soc_device *soc_dev)',
      does: [
        { verb: 'unpublishes', node: 'sysfs', on: arg(0), fence: { verdict: 'drains', drainsAttributes: true } },
        { verb: 'maySleep' },
      ],
      summary: 'Takes the object away; its callbacks have ended when this returns.',
      evidence: [inTree('6.12', 'drivers/base/soc.c')],
    },
    {
      name: 'iio_trigger_register',
      prototype: 'int iio_trigger_register(struct iio_trigger *trig_info)',
      does: [{ verb: 'publishes', node: 'other', on: arg(0), when: 'zero' }, { verb: 'maySleep' }],
      summary: 'Makes the object visible; its callbacks can run from here on.',
      evidence: [inTree('6.12', 'drivers/iio/industrialio-trigger.c')],
    },
    {
      name: 'devm_iio_trigger_register',
      prototype: 'int devm_iio_trigger_register(struct device *dev, struct iio_trigger *trig_info)',
      does: [{ verb: 'publishes', node: 'other', on: arg(1), managedBy: 'devres', device: arg(0) }],
      summary: 'Registers a trigger until the device is unbound.',
      evidence: [inTree('6.12', 'drivers/iio/industrialio-trigger.c')],
    },
    {
      name: 'iio_trigger_unregister',
      prototype: 'void iio_trigger_unregister(struct iio_trigger *trig_info)',
      does: [
        { verb: 'unpublishes', node: 'other', on: arg(0), fence: { verdict: 'drains', drainsAttributes: true } },
        { verb: 'maySleep' },
      ],
      summary: 'Takes the object away; its callbacks have ended when this returns.',
      evidence: [inTree('6.12', 'drivers/iio/industrialio-trigger.c')],
    },
    {
      name: 'iio_kfifo_allocate',
      prototype: 'struct iio_buffer *iio_kfifo_allocate(void)',
      does: [{ verb: 'allocates', what: 'device', into: result, owner: 'caller' }],
      summary: 'Allocates the object.',
      evidence: [inTree('6.12', 'drivers/iio/buffer/kfifo_buf.c')],
    },
    {
      name: 'iio_kfifo_free',
      prototype: 'void iio_kfifo_free(struct iio_buffer *r)',
      does: [{ verb: 'frees', what: 'device', on: arg(0) }, { verb: 'maySleep' }],
      summary: 'Frees the object, or drops the reference on it.',
      evidence: [inTree('6.12', 'drivers/iio/buffer/kfifo_buf.c')],
    },
    {
      name: 'iio_triggered_event_cleanup',
      aliases: ['iio_map_array_register', 'iio_map_array_unregister', 'devm_iio_map_array_register'],
      prototype: 'void iio_triggered_event_cleanup(struct iio_dev *indio_dev)',
      does: [{ verb: 'maySleep' }],
      summary: 'Bookkeeping of the IIO core.',
      evidence: [inTree('6.12', 'drivers/iio/inkern.c', 'iio_map_array_register')],
    },
    {
      name: 'led_trigger_register',
      prototype: 'int led_trigger_register(struct led_trigger *trigger)',
      does: [{ verb: 'publishes', node: 'other', on: arg(0), when: 'zero' }, { verb: 'maySleep' }],
      summary: 'Makes the object visible; its callbacks can run from here on.',
      evidence: [inTree('6.12', 'drivers/leds/led-triggers.c')],
    },
    {
      name: 'devm_led_trigger_register',
      prototype: 'int devm_led_trigger_register(struct device *dev, struct led_trigger *trigger)',
      does: [{ verb: 'publishes', node: 'other', on: arg(1), managedBy: 'devres', device: arg(0) }],
      summary: 'Registers a trigger until the device is unbound.',
      evidence: [inTree('6.12', 'drivers/leds/led-triggers.c')],
    },
    {
      name: 'led_trigger_unregister',
      prototype: 'void led_trigger_unregister(struct led_trigger *trigger)',
      does: [
        { verb: 'unpublishes', node: 'other', on: arg(0), fence: { verdict: 'drains', drainsAttributes: true } },
        { verb: 'maySleep' },
      ],
      summary: 'Takes the object away; its callbacks have ended when this returns.',
      evidence: [inTree('6.12', 'drivers/leds/led-triggers.c')],
    },
    {
      name: 'led_trigger_register_simple',
      prototype: 'void led_trigger_register_simple(const char *name, struct led_trigger **trigger)',
      does: [{ verb: 'publishes', node: 'other', on: pointee(1) }],
      summary: 'Registers a trigger without callbacks.',
      evidence: [inTree('6.12', 'drivers/leds/led-triggers.c')],
    },
    {
      name: 'led_trigger_unregister_simple',
      prototype: 'void led_trigger_unregister_simple(struct led_trigger *trigger)',
      does: [
        { verb: 'unpublishes', node: 'other', on: arg(0), fence: { verdict: 'drains', drainsAttributes: true } },
        { verb: 'maySleep' },
      ],
      summary: 'Takes the object away; its callbacks have ended when this returns.',
      evidence: [inTree('6.12', 'drivers/leds/led-triggers.c')],
    },
    {
      name: 'led_classdev_multicolor_register',
      aliases: [
        'led_classdev_multicolor_register_ext',
        'led_classdev_flash_register',
        'led_classdev_flash_register_ext',
      ],
      does: [{ verb: 'publishes', node: 'led', on: arg(1), device: arg(0), when: 'zero' }],
      summary: 'Registers an LED; its callbacks can run from here on.',
      evidence: [inTree('6.12', 'include/linux/led-class-multicolor.h')],
    },
    {
      name: 'led_classdev_multicolor_unregister',
      aliases: ['led_classdev_flash_unregister'],
      prototype: 'void led_classdev_multicolor_unregister(struct led_classdev_mc *mcled_cdev)',
      does: [
        { verb: 'unpublishes', node: 'led', on: arg(0), fence: { verdict: 'drains', drainsAttributes: true } },
        { verb: 'maySleep' },
      ],
      summary: 'Takes the LED away; sets brightness to off unless LED_RETAIN_AT_SHUTDOWN.',
      evidence: [inTree('6.12', 'drivers/leds/led-class-multicolor.c')],
    },
    {
      name: 'mbox_controller_register',
      prototype: 'int mbox_controller_register(struct mbox_controller *mbox)',
      does: [{ verb: 'publishes', node: 'other', on: arg(0), when: 'zero' }, { verb: 'maySleep' }],
      summary: 'Makes the object visible; its callbacks can run from here on.',
      evidence: [inTree('6.12', 'drivers/mailbox/mailbox.c')],
    },
    {
      name: 'devm_mbox_controller_register',
      prototype: 'int devm_mbox_controller_register(struct device *dev, struct mbox_controller *mbox)',
      does: [{ verb: 'publishes', node: 'other', on: arg(1), managedBy: 'devres', device: arg(0) }],
      summary: 'Registers a mailbox controller until the device is unbound.',
      evidence: [inTree('6.12', 'drivers/mailbox/mailbox.c')],
    },
    {
      name: 'mbox_controller_unregister',
      prototype: 'void mbox_controller_unregister(struct mbox_controller *mbox)',
      does: [{ verb: 'unpublishes', node: 'other', on: arg(0), fence: { verdict: 'drains' } }, { verb: 'maySleep' }],
      summary: 'Takes a mailbox controller away and frees the channels that are in use.',
      evidence: [inTree('6.12', 'drivers/mailbox/mailbox.c')],
    },
    {
      name: 'dma_async_device_register',
      prototype: 'int dma_async_device_register(struct dma_device *device)',
      does: [{ verb: 'publishes', node: 'other', on: arg(0), when: 'zero' }, { verb: 'maySleep' }],
      summary: 'Makes the object visible; its callbacks can run from here on.',
      evidence: [inTree('6.12', 'drivers/dma/dmaengine.c')],
    },
    {
      name: 'dmaenginem_async_device_register',
      prototype: 'int dmaenginem_async_device_register(struct dma_device *device)',
      does: [{ verb: 'publishes', node: 'other', on: arg(0), managedBy: 'devres', when: 'zero' }],
      summary: 'Registers a DMA provider until its device is unbound.',
      evidence: [inTree('6.12', 'drivers/dma/dmaengine.c')],
    },
    {
      name: 'dma_async_device_unregister',
      prototype: 'void dma_async_device_unregister(struct dma_device *device)',
      does: [
        { verb: 'maySleep' },
        {
          verb: 'unpublishes',
          node: 'other',
          on: arg(0),
          fence: { verdict: 'drains-if', condition: 'no channel is in use' },
        },
      ],
      summary: 'Takes a DMA provider away; consumers must have given their channels back.',
      evidence: [inTree('6.12', 'drivers/dma/dmaengine.c')],
    },
    {
      name: 'of_dma_controller_register',
      prototype:
        'int of_dma_controller_register(struct device_node *np, struct dma_chan *(*of_dma_xlate) (struct of_phandle_args *, struct of_dma *), void *data)',
      does: [{ verb: 'runs', callback: arg(1), context: 'subsystem-callback' }, { verb: 'maySleep' }],
      summary: 'Lets consumers find the DMA provider through the device tree.',
      evidence: [inTree('6.12', 'drivers/dma/of-dma.c')],
    },
    {
      name: 'of_dma_controller_free',
      prototype: 'void of_dma_controller_free(struct device_node *np)',
      does: [{ verb: 'maySleep' }],
      summary: 'Undoes of_dma_controller_register().',
      evidence: [inTree('6.12', 'drivers/dma/of-dma.c')],
    },
  ],
  patterns: [
    {
      pattern: '(devm_)?pinctrl_(register|unregister)\\w*|(devm_)?pinctrl_put|pinctrl_(remove|gpio_free)\\w*',
      does: [{ verb: 'maySleep' }],
      summary: 'Registers pins, or undoes it.',
      evidence: [inTree('6.12', 'drivers/pinctrl/core.c')],
    },
    {
      pattern: '(devm_)?(of_)?clk_(hw_)?(un)?register\\w*|(devm_)?clk_(hw_)?register\\w*',
      does: [{ verb: 'maySleep' }],
      summary: 'Registers a clock that the driver provides, or undoes it; its callbacks end with unregistering.',
      evidence: [inTree('6.12', 'drivers/clk/clk.c')],
    },
    {
      pattern:
        'software_node_(un)?register\\w*|fwnode_(create|remove)_software_node|(of|acpi)_reserved_mem_device_(init|release)\\w*|acpi_(dev_free_resource_list|os_\\w+|video_(un)?register\\w*|create_platform_device|dma_controller_(register|free)|(un)?register_gsi|processor_(un)?register\\w*)|of_reserved_mem_device_(init|release)\\w*|of_device_(un)?register',
      does: [{ verb: 'maySleep' }],
      summary: 'Registers or frees what firmware describes.',
      evidence: [inTree('6.12', 'include/linux/acpi.h')],
    },
  ],
});
