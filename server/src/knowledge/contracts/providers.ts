import { arg, contracts, inTree, result } from '../schema.ts';

/**
 * Subsystems in which a driver provides something to others rather than a device node of its own.
 */
export const providers = contracts({
  header: 'linux/leds.h, linux/power_supply.h, linux/thermal.h, linux/nvmem-provider.h, …',
  functions: [
    {
      name: 'hwrng_register',
      prototype: 'int hwrng_register(struct hwrng *rng)',
      does: [{ verb: 'publishes', node: 'hwrng', on: arg(0), when: 'zero' }],
      summary: 'Registers a random number generator; its callbacks can run from here on.',
      evidence: [inTree('6.12', 'drivers/char/hw_random/core.c')],
    },
    {
      name: 'hwrng_unregister',
      prototype: 'void hwrng_unregister(struct hwrng *rng)',
      does: [{ verb: 'unpublishes', node: 'hwrng', on: arg(0), fence: { verdict: 'drains' } }, { verb: 'maySleep' }],
      summary: 'Takes the generator away and waits for its last user.',
      duty: 'A read callback that sleeps must use hwrng_msleep(), which ends early.',
      evidence: [
        inTree('6.12', 'drivers/char/hw_random/core.c', 'hwrng_unregister'),
        inTree('7.2', 'drivers/char/hw_random/core.c', 'hwrng_unregister'),
      ],
    },
    {
      name: 'devm_hwrng_register',
      prototype: 'int devm_hwrng_register(struct device *dev, struct hwrng *rng)',
      does: [{ verb: 'publishes', node: 'hwrng', on: arg(1), managedBy: 'devres', device: arg(0) }],
      summary: 'Registers a random number generator until the device is unbound.',
      duty: 'The callbacks end after remove(), in reverse order of registration: register last, and do not power the device off in remove().',
      evidence: [inTree('6.12', 'drivers/char/hw_random/core.c')],
    },
    {
      name: 'devm_hwrng_unregister',
      prototype: 'void devm_hwrng_unregister(struct device *dve, struct hwrng *rng)',
      does: [{ verb: 'unpublishes', node: 'hwrng', on: arg(1), fence: { verdict: 'drains' } }, { verb: 'maySleep' }],
      summary: 'Undoes devm_hwrng_register() early.',
      evidence: [inTree('6.12', 'drivers/char/hw_random/core.c')],
    },
    {
      name: 'hwrng_msleep',
      aliases: ['hwrng_yield'],
      prototype: 'long hwrng_msleep(struct hwrng *rng, unsigned int msecs)',
      does: [{ verb: 'waits', for: 'time', bounded: true, interruptible: true }],
      summary: 'Sleeps in a read callback; ends early when the generator is unregistered.',
      evidence: [inTree('6.12', 'drivers/char/hw_random/core.c')],
    },
    {
      name: 'led_classdev_register_ext',
      aliases: ['led_classdev_register'],
      prototype:
        'int led_classdev_register_ext(struct device *parent, struct led_classdev *led_cdev, struct led_init_data *init_data)',
      does: [{ verb: 'publishes', node: 'led', on: arg(1), device: arg(0), when: 'zero' }],
      summary: 'Registers an LED; its callbacks can run from here on.',
      evidence: [inTree('6.12', 'drivers/leds/led-class.c')],
    },
    {
      name: 'devm_led_classdev_register_ext',
      aliases: [
        'devm_led_classdev_register',
        'devm_led_classdev_multicolor_register_ext',
        'devm_led_classdev_multicolor_register',
        'devm_led_classdev_flash_register_ext',
        'devm_led_classdev_flash_register',
      ],
      prototype:
        'int devm_led_classdev_register_ext(struct device *parent, struct led_classdev *led_cdev, struct led_init_data *init_data)',
      does: [{ verb: 'publishes', node: 'led', on: arg(1), managedBy: 'devres', device: arg(0) }],
      summary: 'Registers an LED until the device is unbound; then it is switched off, after remove().',
      duty: 'The hardware must be accessible when devres unregisters it: brightness is set to off unless LED_RETAIN_AT_SHUTDOWN.',
      evidence: [inTree('6.12', 'drivers/leds/led-class.c')],
    },
    {
      name: 'led_classdev_unregister',
      prototype: 'void led_classdev_unregister(struct led_classdev *led_cdev)',
      does: [
        { verb: 'unpublishes', node: 'led', on: arg(0), fence: { verdict: 'drains', drainsAttributes: true } },
        { verb: 'maySleep' },
      ],
      summary:
        'Takes the LED away: sysfs and pending work are waited for; sets brightness to off unless LED_RETAIN_AT_SHUTDOWN.',
      duty: 'The hardware must still be accessible. Direct in-kernel users of led_set_brightness() are not fenced.',
      evidence: [inTree('6.12', 'drivers/leds/led-class.c'), inTree('7.2', 'drivers/leds/led-class.c')],
    },
    {
      name: 'devm_led_classdev_unregister',
      prototype: 'void devm_led_classdev_unregister(struct device *parent, struct led_classdev *led_cdev)',
      does: [
        { verb: 'unpublishes', node: 'led', on: arg(1), fence: { verdict: 'drains', drainsAttributes: true } },
        { verb: 'maySleep' },
      ],
      summary: 'Undoes devm_led_classdev_register() early.',
      evidence: [inTree('6.12', 'drivers/leds/led-class.c')],
    },
    {
      name: 'power_supply_register',
      aliases: ['power_supply_register_no_ws'],
      prototype:
        'struct power_supply *power_supply_register(struct device *parent, const struct power_supply_desc *desc, const struct power_supply_config *cfg)',
      does: [
        { verb: 'publishes', node: 'power-supply', on: result, device: arg(0), operations: arg(1), when: 'nonnull' },
      ],
      summary: 'Registers a power supply; get_property() can run from here on.',
      evidence: [inTree('6.12', 'drivers/power/supply/power_supply_core.c')],
    },
    {
      name: 'devm_power_supply_register',
      aliases: ['devm_power_supply_register_no_ws'],
      prototype:
        'struct power_supply *devm_power_supply_register(struct device *parent, const struct power_supply_desc *desc, const struct power_supply_config *cfg)',
      does: [
        {
          verb: 'publishes',
          node: 'power-supply',
          on: result,
          device: arg(0),
          operations: arg(1),
          managedBy: 'devres',
        },
      ],
      summary: 'Registers a power supply until the device is unbound.',
      evidence: [inTree('6.12', 'drivers/power/supply/power_supply_core.c')],
    },
    {
      name: 'power_supply_unregister',
      prototype: 'void power_supply_unregister(struct power_supply *psy)',
      does: [
        { verb: 'maySleep' },
        {
          verb: 'unpublishes',
          node: 'power-supply',
          on: arg(0),
          fence: { verdict: 'drains-if', condition: 'no in-kernel user calls get_property()', drainsAttributes: true },
        },
      ],
      summary:
        'Takes the power supply away: work and sysfs are waited for; in-kernel users are tested for, not waited for.',
      duty: 'Unregister before the data is freed.',
      evidence: [
        inTree('6.12', 'drivers/power/supply/power_supply_core.c'),
        inTree('7.2', 'drivers/power/supply/power_supply_core.c'),
      ],
    },
    {
      name: 'thermal_zone_device_register_with_trips',
      prototype:
        'struct thermal_zone_device *thermal_zone_device_register_with_trips( const char *type, const struct thermal_trip *trips, int num_trips, void *devdata, const struct thermal_zone_device_ops *ops, const struct thermal_zone_params *tzp, unsigned int passive_delay, unsigned int polling_delay)',
      does: [{ verb: 'publishes', node: 'thermal', on: result, operations: arg(4), when: 'nonnull' }],
      summary: 'Registers a thermal zone; get_temp() can run from here on.',
      evidence: [inTree('6.12', 'drivers/thermal/thermal_core.c')],
    },
    {
      name: 'thermal_tripless_zone_device_register',
      prototype:
        'struct thermal_zone_device *thermal_tripless_zone_device_register( const char *type, void *devdata, const struct thermal_zone_device_ops *ops, const struct thermal_zone_params *tzp)',
      does: [{ verb: 'publishes', node: 'thermal', on: result, operations: arg(2), when: 'nonnull' }],
      summary: 'Registers a thermal zone without trip points.',
      evidence: [inTree('6.12', 'drivers/thermal/thermal_core.c')],
    },
    {
      name: 'devm_thermal_of_zone_register',
      prototype:
        'struct thermal_zone_device *devm_thermal_of_zone_register(struct device *dev, int id, void *data, const struct thermal_zone_device_ops *ops)',
      does: [
        { verb: 'publishes', node: 'thermal', on: result, operations: arg(3), managedBy: 'devres', device: arg(0) },
      ],
      summary: 'Registers a thermal zone until the device is unbound.',
      evidence: [inTree('6.12', 'drivers/thermal/thermal_of.c')],
    },
    {
      name: 'thermal_zone_device_unregister',
      prototype: 'void thermal_zone_device_unregister(struct thermal_zone_device *tz)',
      does: [
        { verb: 'unpublishes', node: 'thermal', on: arg(0), fence: { verdict: 'drains', drainsAttributes: true } },
        { verb: 'maySleep' },
      ],
      summary: 'Takes the thermal zone away: polling, sysfs and the last user are waited for.',
      duty: 'Stop the interrupt that calls thermal_zone_device_update() first.',
      evidence: [inTree('6.12', 'drivers/thermal/thermal_core.c'), inTree('7.2', 'drivers/thermal/thermal_core.c')],
    },
    {
      name: 'thermal_cooling_device_register',
      aliases: ['thermal_of_cooling_device_register'],
      prototype:
        'struct thermal_cooling_device *thermal_cooling_device_register(const char *, void *, const struct thermal_cooling_device_ops *)',
      does: [{ verb: 'publishes', node: 'thermal', on: result, when: 'nonnull' }],
      summary: 'Registers a cooling device.',
      evidence: [inTree('6.12', 'drivers/thermal/thermal_core.c')],
    },
    {
      name: 'devm_thermal_of_cooling_device_register',
      prototype:
        'struct thermal_cooling_device * devm_thermal_of_cooling_device_register(struct device *dev, struct device_node *np, const char *type, void *devdata, const struct thermal_cooling_device_ops *ops)',
      does: [
        { verb: 'publishes', node: 'thermal', on: result, operations: arg(4), managedBy: 'devres', device: arg(0) },
      ],
      summary: 'Registers a cooling device until the device is unbound.',
      evidence: [inTree('6.12', 'drivers/thermal/thermal_core.c')],
    },
    {
      name: 'thermal_cooling_device_unregister',
      prototype: 'void thermal_cooling_device_unregister(struct thermal_cooling_device *)',
      does: [
        { verb: 'unpublishes', node: 'thermal', on: arg(0), fence: { verdict: 'drains', drainsAttributes: true } },
        { verb: 'maySleep' },
      ],
      summary: 'Takes the cooling device away.',
      evidence: [inTree('6.12', 'drivers/thermal/thermal_core.c')],
    },
    {
      name: 'nvmem_register',
      prototype: 'struct nvmem_device *nvmem_register(const struct nvmem_config *cfg)',
      does: [{ verb: 'publishes', node: 'nvmem', on: result, operations: arg(0), when: 'nonnull' }],
      summary: 'Registers non-volatile memory; reg_read() and reg_write() can run from here on.',
      evidence: [inTree('6.12', 'drivers/nvmem/core.c')],
    },
    {
      name: 'devm_nvmem_register',
      prototype: 'struct nvmem_device *devm_nvmem_register(struct device *dev, const struct nvmem_config *cfg)',
      does: [{ verb: 'publishes', node: 'nvmem', on: result, operations: arg(1), managedBy: 'devres', device: arg(0) }],
      summary: 'Registers non-volatile memory until the device is unbound.',
      evidence: [inTree('6.12', 'drivers/nvmem/core.c')],
    },
    {
      name: 'nvmem_unregister',
      prototype: 'void nvmem_unregister(struct nvmem_device *nvmem)',
      does: [
        { verb: 'maySleep' },
        {
          verb: 'unpublishes',
          node: 'nvmem',
          on: arg(0),
          // Consumers are unbound first, by the device links that their nvmem-cells property makes; their references go then.
          fence: { verdict: 'drains', drainsAttributes: true },
        },
      ],
      summary:
        'Drops the reference of the provider; with the last one the file in sysfs goes, which waits for readers and writers. The callbacks go on as long as a consumer holds a reference.',
      duty: 'Keep the private data alive, or test a gone flag in reg_read() and reg_write(), where something without a device link to the provider is a consumer.',
      evidence: [
        inTree('6.12', 'drivers/nvmem/core.c', 'nvmem_unregister'),
        inTree('6.12', 'drivers/of/property.c', 'parse_nvmem_cells'),
        inTree('6.12', 'drivers/nvmem/core.c', 'nvmem_device_release'),
        inTree('7.2', 'drivers/nvmem/core.c', 'nvmem_device_release'),
      ],
    },
    {
      name: 'nvmem_cell_read',
      aliases: [
        'nvmem_device_read',
        'nvmem_cell_read_u8',
        'nvmem_cell_read_u16',
        'nvmem_cell_read_u32',
        'nvmem_cell_read_u64',
        'nvmem_cell_write',
        'nvmem_device_write',
        'nvmem_cell_read_variable_le_u32',
        'nvmem_cell_read_variable_le_u64',
      ],
      prototype: 'void *nvmem_cell_read(struct nvmem_cell *cell, size_t *len)',
      does: [{ verb: 'waits', for: 'io', bounded: true }],
      summary: 'Reads or writes the memory of another device.',
      evidence: [inTree('6.12', 'drivers/nvmem/core.c')],
    },
  ],
  patterns: [
    {
      pattern:
        '(?:led_(set|trigger|get|update|init|compose|blink|stop|classdev|mc|sysfs|put|remove|add)_\\w+)(?<!(?:alloc|create|register|free|destroy|remove|release|cleanup|lock)(?:[^a-z]\\w*)?)',
      does: [{ verb: 'nothing' }],
      summary: 'State and triggers of an LED.',
      evidence: [inTree('6.12', 'include/linux/leds.h')],
    },
    {
      pattern:
        '(?:power_supply_(changed|get_\\w+|set_\\w+|put|am_i_supplied|is_\\w+|powers|property_\\w+|temp2\\w+|ocv2\\w+|vbat2\\w+|external_\\w+|reg_notifier|put_\\w+|batinfo_\\w+|battery_\\w+|for_each_\\w+|charge_\\w+|supports_\\w+))(?<!(?:alloc|create|register|free|destroy|remove|release|cleanup|lock)(?:[^a-z]\\w*)?)',
      does: [{ verb: 'nothing' }],
      summary: 'State of a power supply.',
      evidence: [inTree('6.12', 'include/linux/power_supply.h')],
    },
    {
      pattern:
        '(?:thermal_(zone_device_\\w+|cdev_\\w+|zone_\\w+|add_\\w+|trip_\\w+|notify_\\w+|get_\\w+)|(devm_)?thermal_(add|remove)_hwmon\\w*)(?<!(?:alloc|create|register|free|destroy|remove|release|cleanup|lock)(?:[^a-z]\\w*)?)',
      does: [{ verb: 'nothing' }],
      summary: 'State of a thermal zone.',
      evidence: [inTree('6.12', 'include/linux/thermal.h')],
    },
  ],
});
