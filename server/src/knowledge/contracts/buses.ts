import { arg, contracts, inTree, result } from '../schema.ts';

/**
 * I2C, SPI and GPIO: transfers, which sleep, and the adapters that provide them.
 */
export const buses = contracts({
  header: 'linux/i2c.h, linux/spi/spi.h, linux/gpio/driver.h',
  functions: [
    {
      name: 'i2c_transfer',
      aliases: [
        '__i2c_transfer',
        'i2c_transfer_buffer_flags',
        'i2c_master_send',
        'i2c_master_recv',
        'i2c_master_send_dmasafe',
        'i2c_master_recv_dmasafe',
      ],
      prototype: 'int i2c_transfer(struct i2c_adapter *adap, struct i2c_msg *msgs, int num)',
      does: [{ verb: 'waits', for: 'io', bounded: true, on: arg(0) }],
      summary: 'A transfer on an I2C bus; sleeps until it is over or timed out.',
      evidence: [inTree('6.12', 'drivers/i2c/i2c-core-base.c', 'i2c_transfer')],
    },
    {
      name: 'i2c_add_adapter',
      aliases: ['i2c_add_numbered_adapter'],
      prototype: 'int i2c_add_adapter(struct i2c_adapter *adap)',
      does: [{ verb: 'publishes', node: 'i2c', on: arg(0), when: 'zero' }],
      summary: 'Registers an I2C adapter; transfers can come from here on.',
      evidence: [inTree('6.12', 'drivers/i2c/i2c-core-base.c')],
    },
    {
      name: 'devm_i2c_add_adapter',
      prototype: 'int devm_i2c_add_adapter(struct device *dev, struct i2c_adapter *adapter)',
      does: [{ verb: 'publishes', node: 'i2c', on: arg(1), managedBy: 'devres', device: arg(0) }],
      summary: 'Registers an I2C adapter until the device is unbound.',
      evidence: [inTree('6.12', 'drivers/i2c/i2c-core-base.c')],
    },
    {
      name: 'i2c_del_adapter',
      prototype: 'void i2c_del_adapter(struct i2c_adapter *adap)',
      does: [
        { verb: 'unpublishes', node: 'i2c', on: arg(0), fence: { verdict: 'drains-close', drainsAttributes: true } },
        { verb: 'waits', for: 'user' },
      ],
      summary:
        'Removes the clients, then waits until nobody holds the adapter: every open /dev/i2c-N does, so it can hang for ever.',
      duty: 'Disable the interrupt after it returns, not before.',
      evidence: [
        inTree('6.12', 'drivers/i2c/i2c-core-base.c', 'i2c_get_adapter'),
        inTree('6.12', 'drivers/i2c/i2c-dev.c', 'i2cdev_open'),
        inTree('7.2', 'drivers/i2c/i2c-core-base.c'),
      ],
    },
    {
      name: 'i2c_new_client_device',
      aliases: ['i2c_new_dummy_device', 'i2c_new_ancillary_device', 'i2c_new_scanned_device'],
      prototype:
        'struct i2c_client * i2c_new_client_device(struct i2c_adapter *adap, struct i2c_board_info const *info)',
      does: [{ verb: 'createsDevice', into: result }, { verb: 'maySleep' }],
      summary: 'Creates a client; its driver may be bound at once.',
      evidence: [inTree('6.12', 'drivers/i2c/i2c-core-base.c')],
    },
    {
      name: 'devm_i2c_new_dummy_device',
      prototype:
        'struct i2c_client * devm_i2c_new_dummy_device(struct device *dev, struct i2c_adapter *adap, u16 address)',
      does: [{ verb: 'allocates', what: 'device', into: result, owner: 'devres', device: arg(0) }],
      summary: 'Creates a client without a driver until the device is unbound.',
      evidence: [inTree('6.12', 'drivers/i2c/i2c-core-base.c')],
    },
    {
      name: 'i2c_unregister_device',
      prototype: 'void i2c_unregister_device(struct i2c_client *client)',
      does: [{ verb: 'removesDevice', on: arg(0) }, { verb: 'maySleep' }],
      summary: 'Removes a client: its driver is unbound when this returns.',
      evidence: [inTree('6.12', 'drivers/i2c/i2c-core-base.c')],
    },
    {
      name: 'spi_sync',
      aliases: [
        'spi_sync_locked',
        'spi_sync_transfer',
        'spi_write',
        'spi_read',
        'spi_write_then_read',
        'spi_w8r8',
        'spi_w8r16',
        'spi_w8r16be',
        'spi_mem_exec_op',
      ],
      prototype: 'int spi_sync(struct spi_device *spi, struct spi_message *message)',
      does: [{ verb: 'waits', for: 'io', bounded: true, on: arg(0) }],
      summary: 'A transfer on an SPI bus; sleeps until it is over.',
      evidence: [inTree('6.12', 'drivers/spi/spi.c', 'spi_sync')],
    },
    {
      name: 'spi_async',
      aliases: ['spi_async_locked'],
      prototype: 'int spi_async(struct spi_device *spi, struct spi_message *message)',
      does: [{ verb: 'arms', source: 'other', on: arg(1) }],
      summary: 'Starts a transfer; the complete() callback of the message runs later.',
      evidence: [inTree('6.12', 'drivers/spi/spi.c')],
    },
    {
      name: 'spi_setup',
      prototype: 'int spi_setup(struct spi_device *spi)',
      does: [{ verb: 'maySleep' }],
      summary: 'Sets mode and speed of an SPI device.',
      evidence: [inTree('6.12', 'drivers/spi/spi.c')],
    },
    {
      name: 'spi_register_controller',
      aliases: ['spi_register_master'],
      prototype: 'int spi_register_controller(struct spi_controller *ctlr)',
      does: [{ verb: 'publishes', node: 'spi', on: arg(0), when: 'zero' }],
      summary: 'Registers an SPI controller; transfers can come from here on.',
      evidence: [inTree('6.12', 'drivers/spi/spi.c')],
    },
    {
      name: 'devm_spi_register_controller',
      aliases: ['devm_spi_register_master'],
      prototype: 'int devm_spi_register_controller(struct device *dev, struct spi_controller *ctlr)',
      does: [{ verb: 'publishes', node: 'spi', on: arg(1), managedBy: 'devres', device: arg(0) }],
      summary: 'Registers an SPI controller until the device is unbound.',
      duty: 'A remove() that powers the controller down runs before it is undone.',
      evidence: [inTree('6.12', 'drivers/spi/spi.c')],
    },
    {
      name: 'spi_unregister_controller',
      aliases: ['spi_unregister_master'],
      prototype: 'void spi_unregister_controller(struct spi_controller *ctlr)',
      does: [
        { verb: 'maySleep' },
        {
          verb: 'unpublishes',
          node: 'spi',
          on: arg(0),
          fence: {
            verdict: 'drains-if',
            condition: 'the queue empties within about five seconds',
            drainsAttributes: true,
          },
        },
      ],
      summary: 'Removes the children and polls the queue; when it does not empty, logs an error and carries on.',
      evidence: [inTree('6.12', 'drivers/spi/spi.c'), inTree('7.2', 'drivers/spi/spi.c')],
    },
    {
      name: 'spi_alloc_host',
      aliases: ['spi_alloc_target', 'spi_alloc_master', 'spi_alloc_slave', '__spi_alloc_controller'],
      prototype: 'struct spi_controller *spi_alloc_host(struct device *dev, unsigned int size)',
      does: [{ verb: 'allocates', what: 'device', into: result, owner: 'caller', device: arg(0), privateSize: arg(1) }],
      summary: 'Allocates a controller with a private area; it is refcounted.',
      evidence: [inTree('6.12', 'drivers/spi/spi.c', '__spi_alloc_controller')],
    },
    {
      name: 'devm_spi_alloc_host',
      aliases: [
        'devm_spi_alloc_target',
        'devm_spi_alloc_master',
        'devm_spi_alloc_slave',
        '__devm_spi_alloc_controller',
      ],
      prototype: 'struct spi_controller *devm_spi_alloc_host(struct device *dev, unsigned int size)',
      does: [{ verb: 'allocates', what: 'device', into: result, owner: 'devres', device: arg(0), privateSize: arg(1) }],
      summary: 'Allocates a controller with a private area; devres drops its reference.',
      evidence: [inTree('6.12', 'drivers/spi/spi.c', '__devm_spi_alloc_controller')],
    },
    {
      name: 'spi_unregister_device',
      prototype: 'void spi_unregister_device(struct spi_device *spi)',
      does: [{ verb: 'removesDevice', on: arg(0) }, { verb: 'maySleep' }],
      summary: 'Removes an SPI device: its driver is unbound when this returns.',
      evidence: [inTree('6.12', 'drivers/spi/spi.c')],
    },
    {
      name: 'gpiochip_add_data',
      aliases: ['gpiochip_add_data_with_key'],
      prototype: 'gpiochip_add_data(gc, data)',
      does: [
        { verb: 'publishes', node: 'gpio', on: arg(0), when: 'zero' },
        { verb: 'setsPrivate', of: arg(0), value: arg(1) },
      ],
      summary: 'Registers a GPIO chip; its callbacks can run from here on.',
      evidence: [inTree('6.12', 'drivers/gpio/gpiolib.c', 'gpiochip_add_data_with_key')],
    },
    {
      name: 'devm_gpiochip_add_data',
      aliases: ['devm_gpiochip_add_data_with_key'],
      does: [
        { verb: 'publishes', node: 'gpio', on: arg(1), managedBy: 'devres', device: arg(0) },
        { verb: 'setsPrivate', of: arg(1), value: arg(2) },
      ],
      summary: 'Registers a GPIO chip until the device is unbound.',
      evidence: [inTree('6.12', 'drivers/gpio/gpiolib-devres.c', 'devm_gpiochip_add_data_with_key')],
    },
    {
      name: 'gpiochip_remove',
      prototype: 'void gpiochip_remove(struct gpio_chip *gc)',
      does: [
        {
          verb: 'unpublishes',
          node: 'gpio',
          on: arg(0),
          fence: { verdict: 'drains', drainsOpen: true, drainsAttributes: true },
        },
        { verb: 'maySleep' },
      ],
      summary: 'Takes the chip away: users get ENODEV, running callbacks are waited for (SRCU).',
      duty: 'May hang on a reader that sleeps in a line event read.',
      evidence: [inTree('6.12', 'drivers/gpio/gpiolib.c'), inTree('7.2', 'drivers/gpio/gpiolib.c')],
    },
  ],
  patterns: [
    {
      pattern: 'i2c_smbus_(read|write|xfer|process)_?\\w*|__i2c_smbus_xfer',
      does: [{ verb: 'waits', for: 'io', bounded: true }],
      summary: 'A transfer on an I2C bus; sleeps until it is over or timed out.',
      evidence: [inTree('6.12', 'include/linux/i2c.h')],
    },
    {
      pattern:
        '(?:i2c_(check_functionality\\w*|get_functionality|verify_\\w+|recover_bus|parse_fw_timings|client_get_device_id|match_id|acpi_\\w+|lock_bus|unlock_bus|trylock_bus|mark_adapter\\w*|8bit\\w*|adapter_id|for_each_dev|slave_\\w+|mux_\\w+|register_board_info|generic_\\w+|root_adapter|get_match_data|handle_smbus\\w+|dma\\w*|get_dma_safe_msg_buf|put_dma_safe_msg_buf|of_\\w+|bus_type)|to_i2c_(client|adapter)|of_i2c_\\w+|I2C_\\w+)(?<!(?:alloc|create|register|free|destroy|remove|release|cleanup|lock)(?:[^a-z]\\w*)?)',
      does: [{ verb: 'nothing' }],
      summary: 'Describes an I2C device.',
      evidence: [inTree('6.12', 'include/linux/i2c.h')],
    },
    {
      pattern:
        '(?:spi_(message|transfer|optimize|unoptimize|maybe|max|is|get|cs|set|bus|controller_(get|set|is|suspend|resume|xfer|dma|id)|mem|finalize|split|take|statistics|bpw|new|add|busnum|res|delay|flush|alloc_device|register_board_info|sync_queue|target|slave|replace|offload|match)_?\\w*|to_spi_device)(?<!(?:alloc|create|register|free|destroy|remove|release|cleanup|lock)(?:[^a-z]\\w*)?)',
      does: [{ verb: 'nothing' }],
      summary: 'Describes an SPI message or device.',
      evidence: [inTree('6.12', 'include/linux/spi/spi.h')],
    },
    {
      pattern:
        '(?:gpiochip_(generic|irq|irqchip|lock|unlock|is|line|relres|reqres|enable|disable|add_pin|add_pingroup|remove_pin|request|free|populate|set|dup|query|get_desc|get_ngpios|find)_?\\w*|bgpio_init|gpio_generic_\\w+)(?<!(?:alloc|create|register|free|destroy|remove|release|cleanup|lock)(?:[^a-z]\\w*)?)',
      does: [{ verb: 'nothing' }],
      summary: 'Helpers of a GPIO chip.',
      evidence: [inTree('6.12', 'include/linux/gpio/driver.h')],
    },
  ],
});
