/** Tables that are neither file operations nor drivers: when the core calls each function. */
import { contracts, inTree } from '../schema.ts';

export const tables = contracts({
  header: 'linux/device.h, linux/pm.h and the headers of subsystems',
  tables: [
    {
      struct: 'struct dev_pm_ops',
      roles: { '*': { context: 'power-management', device: 0 } },
      evidence: [inTree('6.12', 'include/linux/pm.h'), inTree('7.2', 'include/linux/pm.h')],
    },
    {
      struct: 'struct device_type',
      roles: {
        release: { context: 'object-release', device: 0 },
        uevent: { context: 'attribute' },
        devnode: { context: 'subsystem-callback' },
      },
      evidence: [inTree('6.12', 'include/linux/device.h'), inTree('7.2', 'include/linux/device.h')],
    },
    {
      struct: 'struct class',
      roles: {
        dev_release: { context: 'object-release', device: 0 },
        class_release: { context: 'object-release' },
        shutdown_pre: { context: 'teardown' },
        dev_uevent: { context: 'attribute' },
        devnode: { context: 'subsystem-callback' },
        '*': { context: 'subsystem-callback' },
      },
      evidence: [inTree('6.12', 'include/linux/device/class.h'), inTree('7.2', 'include/linux/device/class.h')],
    },
    {
      struct: 'struct kobj_type',
      roles: { release: { context: 'object-release', data: 0 }, '*': { context: 'subsystem-callback' } },
      evidence: [inTree('6.12', 'include/linux/kobject.h'), inTree('7.2', 'include/linux/kobject.h')],
    },
    {
      struct: 'struct device',
      roles: { release: { context: 'object-release', device: 0 } },
      evidence: [inTree('6.12', 'include/linux/device.h'), inTree('7.2', 'include/linux/device.h')],
    },
    {
      struct: 'struct bus_type',
      roles: {
        probe: { context: 'probe', device: 0 },
        remove: { context: 'teardown', device: 0 },
        shutdown: { context: 'teardown', device: 0 },
        uevent: { context: 'attribute' },
        suspend: { context: 'power-management' },
        resume: { context: 'power-management' },
        '*': { context: 'subsystem-callback' },
      },
      evidence: [inTree('6.12', 'include/linux/device/bus.h'), inTree('7.2', 'include/linux/device/bus.h')],
    },
    {
      struct: 'struct mfd_cell',
      roles: { suspend: { context: 'power-management' }, resume: { context: 'power-management' } },
      evidence: [inTree('6.12', 'include/linux/mfd/core.h'), inTree('7.2', 'include/linux/mfd/core.h')],
    },
    {
      struct: 'struct hid_ll_driver',
      roles: { '*': { context: 'subsystem-callback' } },
      evidence: [inTree('6.12', 'include/linux/hid.h'), inTree('7.2', 'include/linux/hid.h')],
    },
    {
      struct: 'struct watchdog_ops',
      node: 'watchdog',
      roles: { '*': { context: 'subsystem-callback' } },
      evidence: [inTree('6.12', 'include/linux/watchdog.h'), inTree('7.2', 'include/linux/watchdog.h')],
    },
    {
      struct: 'struct rtc_class_ops',
      node: 'rtc',
      roles: { '*': { context: 'subsystem-callback' } },
      evidence: [inTree('6.12', 'include/linux/rtc.h'), inTree('7.2', 'include/linux/rtc.h')],
    },
    {
      struct: 'struct hwrng',
      node: 'hwrng',
      roles: { '*': { context: 'subsystem-callback' } },
      evidence: [inTree('6.12', 'include/linux/hw_random.h'), inTree('7.2', 'include/linux/hw_random.h')],
    },
    {
      struct: 'struct nvmem_config',
      roles: { '*': { context: 'subsystem-callback' } },
      evidence: [inTree('6.12', 'include/linux/nvmem-provider.h'), inTree('7.2', 'include/linux/nvmem-provider.h')],
    },
    {
      struct: 'struct led_classdev',
      node: 'led',
      roles: { '*': { context: 'subsystem-callback' } },
      evidence: [inTree('6.12', 'include/linux/leds.h'), inTree('7.2', 'include/linux/leds.h')],
    },
    {
      struct: 'struct power_supply_desc',
      node: 'power-supply',
      roles: { '*': { context: 'subsystem-callback' } },
      evidence: [inTree('6.12', 'include/linux/power_supply.h'), inTree('7.2', 'include/linux/power_supply.h')],
    },
    {
      struct: 'struct ptp_clock_info',
      node: 'ptp',
      roles: { '*': { context: 'subsystem-callback' } },
      evidence: [inTree('6.12', 'include/linux/ptp_clock_kernel.h'), inTree('7.2', 'include/linux/ptp_clock_kernel.h')],
    },
    {
      struct: 'struct i2c_algorithm',
      node: 'i2c',
      roles: { '*': { context: 'subsystem-callback' } },
      evidence: [inTree('6.12', 'include/linux/i2c.h'), inTree('7.2', 'include/linux/i2c.h')],
    },
    {
      struct: 'struct gpio_chip',
      node: 'gpio',
      roles: { '*': { context: 'subsystem-callback' } },
      evidence: [inTree('6.12', 'include/linux/gpio/driver.h'), inTree('7.2', 'include/linux/gpio/driver.h')],
    },
    {
      struct: 'struct spi_controller',
      roles: { '*': { context: 'subsystem-callback' } },
      evidence: [inTree('6.12', 'include/linux/spi/spi.h'), inTree('7.2', 'include/linux/spi/spi.h')],
    },
    {
      struct: 'struct drm_driver',
      roles: { '*': { context: 'subsystem-callback' } },
      evidence: [inTree('6.12', 'include/drm/drm_drv.h'), inTree('7.2', 'include/drm/drm_drv.h')],
    },
    {
      struct: 'struct uart_driver',
      roles: { '*': { context: 'subsystem-callback' } },
      evidence: [inTree('6.12', 'include/linux/serial_core.h'), inTree('7.2', 'include/linux/serial_core.h')],
    },
    {
      struct: 'struct tty_driver',
      roles: { '*': { context: 'subsystem-callback' } },
      evidence: [inTree('6.12', 'include/linux/tty_driver.h'), inTree('7.2', 'include/linux/tty_driver.h')],
    },
    {
      struct: 'struct cpufreq_driver',
      roles: { '*': { context: 'subsystem-callback' } },
      evidence: [inTree('6.12', 'include/linux/cpufreq.h'), inTree('7.2', 'include/linux/cpufreq.h')],
    },
    {
      struct: 'struct cpuidle_driver',
      roles: { '*': { context: 'subsystem-callback' } },
      evidence: [inTree('6.12', 'include/linux/cpuidle.h'), inTree('7.2', 'include/linux/cpuidle.h')],
    },
    {
      struct: 'struct hc_driver',
      roles: { '*': { context: 'subsystem-callback' } },
      evidence: [inTree('6.12', 'include/linux/usb/hcd.h'), inTree('7.2', 'include/linux/usb/hcd.h')],
    },
    {
      struct: 'struct mtd_chip_driver',
      roles: { '*': { context: 'subsystem-callback' } },
      evidence: [inTree('6.12', 'include/linux/mtd/map.h'), inTree('7.2', 'include/linux/mtd/map.h')],
    },
    {
      struct: 'struct reboot_mode_driver',
      roles: { '*': { context: 'subsystem-callback' } },
      evidence: [inTree('6.12', 'include/linux/reboot-mode.h'), inTree('7.2', 'include/linux/reboot-mode.h')],
    },
    {
      struct: 'struct gb_hd_driver',
      roles: { '*': { context: 'subsystem-callback' } },
      evidence: [inTree('6.12', 'include/linux/greybus/hd.h'), inTree('7.2', 'include/linux/greybus/hd.h')],
    },
    {
      struct: 'struct v4l2_ioctl_ops',
      roles: { '*': { context: 'subsystem-callback' } },
      evidence: [inTree('6.12', 'include/media/v4l2-ioctl.h'), inTree('7.2', 'include/media/v4l2-ioctl.h')],
    },
    {
      struct: 'struct regmap_bus',
      roles: { '*': { context: 'subsystem-callback' } },
      evidence: [inTree('6.12', 'include/linux/regmap.h'), inTree('7.2', 'include/linux/regmap.h')],
    },
    {
      struct: 'struct regmap_config',
      roles: { '*': { context: 'subsystem-callback' } },
      evidence: [inTree('6.12', 'include/linux/regmap.h'), inTree('7.2', 'include/linux/regmap.h')],
    },
    {
      struct: 'struct irq_chip',
      roles: { '*': { context: 'subsystem-callback' } },
      evidence: [inTree('6.12', 'include/linux/irq.h'), inTree('7.2', 'include/linux/irq.h')],
    },
    {
      struct: 'struct pinmux_ops',
      roles: { '*': { context: 'subsystem-callback' } },
      evidence: [inTree('6.12', 'include/linux/pinctrl/pinmux.h'), inTree('7.2', 'include/linux/pinctrl/pinmux.h')],
    },
    {
      struct: 'struct dma_device',
      roles: { '*': { context: 'subsystem-callback' } },
      evidence: [inTree('6.12', 'include/linux/dmaengine.h'), inTree('7.2', 'include/linux/dmaengine.h')],
    },
    {
      struct: 'struct parport_operations',
      roles: { '*': { context: 'subsystem-callback' } },
      evidence: [inTree('6.12', 'include/linux/parport.h'), inTree('7.2', 'include/linux/parport.h')],
    },
    {
      struct: 'struct header_ops',
      roles: { '*': { context: 'subsystem-callback' } },
      evidence: [inTree('6.12', 'include/linux/netdevice.h'), inTree('7.2', 'include/linux/netdevice.h')],
    },
    {
      struct: 'struct proto_ops',
      roles: { '*': { context: 'subsystem-callback' } },
      evidence: [inTree('6.12', 'include/linux/net.h'), inTree('7.2', 'include/linux/net.h')],
    },
    {
      struct: 'struct mii_bus',
      roles: { '*': { context: 'subsystem-callback' } },
      evidence: [inTree('6.12', 'include/linux/phy.h'), inTree('7.2', 'include/linux/phy.h')],
    },
    {
      struct: 'struct v4l2_file_operations',
      roles: {
        open: { context: 'open', file: 0 },
        release: { context: 'release', file: 0, alwaysRuns: true },
        '*': { context: 'file-operation', file: 0 },
      },
      owner: 'owner',
      evidence: [inTree('6.12', 'include/media/v4l2-dev.h'), inTree('7.2', 'include/media/v4l2-dev.h')],
    },
    {
      struct: 'struct snd_soc_dai_driver',
      roles: { probe: { context: 'probe' }, remove: { context: 'teardown' }, '*': { context: 'subsystem-callback' } },
      evidence: [inTree('6.12', 'include/sound/soc-dai.h'), inTree('7.2', 'include/sound/soc-dai.h')],
    },
    {
      struct: 'struct usb_composite_driver',
      roles: {
        bind: { context: 'probe' },
        unbind: { context: 'teardown' },
        suspend: { context: 'power-management' },
        resume: { context: 'power-management' },
        disconnect: { context: 'subsystem-callback' },
        '*': { context: 'subsystem-callback' },
      },
      evidence: [inTree('6.12', 'include/linux/usb/composite.h'), inTree('7.2', 'include/linux/usb/composite.h')],
    },
    {
      struct: 'struct usb_function_driver',
      roles: { alloc_inst: { context: 'object-create' }, '*': { context: 'subsystem-callback' } },
      evidence: [inTree('6.12', 'include/linux/usb/composite.h'), inTree('7.2', 'include/linux/usb/composite.h')],
    },
    {
      struct: 'struct usb_function',
      roles: {
        bind: { context: 'probe' },
        unbind: { context: 'teardown' },
        free_func: { context: 'object-destroy' },
        '*': { context: 'subsystem-callback' },
      },
      evidence: [inTree('6.12', 'include/linux/usb/composite.h'), inTree('7.2', 'include/linux/usb/composite.h')],
    },
    {
      struct: 'struct faux_device_ops',
      roles: { probe: { context: 'probe', device: 0 }, remove: { context: 'teardown', device: 0 } },
      evidence: [inTree('7.2', 'include/linux/device/faux.h')],
    },
    {
      struct: 'struct component_ops',
      roles: { bind: { context: 'probe', device: 0 }, unbind: { context: 'teardown', device: 0 } },
      evidence: [inTree('6.12', 'include/linux/component.h'), inTree('7.2', 'include/linux/component.h')],
    },
    {
      struct: 'struct component_master_ops',
      roles: { bind: { context: 'probe', device: 0 }, unbind: { context: 'teardown', device: 0 } },
      evidence: [inTree('6.12', 'include/linux/component.h'), inTree('7.2', 'include/linux/component.h')],
    },
    {
      struct: 'struct pci_error_handlers',
      roles: { '*': { context: 'subsystem-callback', device: 0 } },
      evidence: [inTree('6.12', 'include/linux/pci.h'), inTree('7.2', 'include/linux/pci.h')],
    },
    {
      struct: 'struct syscore_ops',
      roles: { '*': { context: 'power-management' } },
      evidence: [inTree('6.12', 'include/linux/syscore_ops.h'), inTree('7.2', 'include/linux/syscore_ops.h')],
    },
  ],
});
