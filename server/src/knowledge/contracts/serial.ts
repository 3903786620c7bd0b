import { arg, contracts, inTree } from '../schema.ts';

/**
 * Terminals, serial ports and VFIO devices.
 */
export const serial = contracts({
  header: 'linux/serial_core.h, linux/tty.h, linux/vfio.h',
  functions: [
    {
      name: 'uart_add_one_port',
      prototype: 'int uart_add_one_port(struct uart_driver *reg, struct uart_port *port)',
      does: [{ verb: 'publishes', node: 'serial', on: arg(1), when: 'zero' }],
      summary: 'Makes a serial port visible; its callbacks can run from here on.',
      evidence: [inTree('6.12', 'drivers/tty/serial/serial_core.c', 'serial_core_add_one_port')],
    },
    {
      name: 'uart_remove_one_port',
      prototype: 'void uart_remove_one_port(struct uart_driver *reg, struct uart_port *port)',
      does: [
        { verb: 'unpublishes', node: 'serial', on: arg(1), fence: { verdict: 'drains', drainsOpen: true } },
        { verb: 'maySleep' },
      ],
      summary: 'Hangs the terminal up and waits until the port is unused.',
      evidence: [
        inTree('6.12', 'drivers/tty/serial/serial_core.c', 'serial_core_remove_one_port'),
        inTree('7.2', 'drivers/tty/serial/serial_core.c', 'serial_core_remove_one_port'),
      ],
    },
    {
      name: 'uart_register_driver',
      prototype: 'int uart_register_driver(struct uart_driver *uart)',
      does: [{ verb: 'nothing' }],
      summary: 'Registers the terminals of a serial driver; a port becomes visible with uart_add_one_port().',
      evidence: [inTree('6.12', 'drivers/tty/serial/serial_core.c')],
    },
    {
      name: 'uart_unregister_driver',
      prototype: 'void uart_unregister_driver(struct uart_driver *uart)',
      does: [{ verb: 'maySleep' }],
      summary: 'Unregisters the terminals of a serial driver.',
      evidence: [inTree('6.12', 'drivers/tty/serial/serial_core.c')],
    },
    {
      name: 'tty_register_driver',
      prototype: 'int tty_register_driver(struct tty_driver *driver)',
      does: [{ verb: 'publishes', node: 'serial', on: arg(0), pinsModule: true, when: 'zero' }],
      summary: 'Makes the terminals of a driver visible; an open one pins the module that allocated the driver.',
      evidence: [inTree('6.12', 'drivers/tty/tty_io.c')],
    },
    {
      name: 'tty_unregister_driver',
      prototype: 'void tty_unregister_driver(struct tty_driver *driver)',
      does: [{ verb: 'unpublishes', node: 'serial', on: arg(0), fence: { verdict: 'no-fence' } }, { verb: 'maySleep' }],
      summary: 'Takes the character device of a terminal driver away; open terminals go on.',
      evidence: [inTree('6.12', 'drivers/tty/tty_io.c')],
    },
    {
      name: 'tty_register_device',
      aliases: ['tty_register_device_attr'],
      prototype: 'struct device *tty_register_device(struct tty_driver *driver, unsigned index, struct device *dev)',
      does: [{ verb: 'publishes', node: 'serial', on: arg(0), pinsModule: true, when: 'nonnull' }],
      summary: 'Makes one terminal visible.',
      evidence: [inTree('6.12', 'drivers/tty/tty_io.c')],
    },
    {
      name: 'tty_port_register_device',
      aliases: [
        'tty_port_register_device_attr',
        'tty_port_register_device_serdev',
        'tty_port_register_device_attr_serdev',
      ],
      prototype:
        'struct device *tty_port_register_device(struct tty_port *port, struct tty_driver *driver, unsigned index, struct device *device)',
      does: [{ verb: 'publishes', node: 'serial', on: arg(0), pinsModule: true, when: 'nonnull' }],
      summary: 'Makes one terminal of a port visible.',
      evidence: [inTree('6.12', 'drivers/tty/tty_port.c')],
    },
    {
      name: 'tty_unregister_device',
      prototype: 'void tty_unregister_device(struct tty_driver *driver, unsigned index)',
      does: [
        { verb: 'unpublishes', node: 'serial', on: arg(0), fence: { verdict: 'blocks-new-only' } },
        { verb: 'maySleep' },
      ],
      summary: 'Takes one terminal away; open fds go on until they are hung up.',
      duty: 'tty_port_tty_vhangup() or tty_vhangup() first; memory by the reference of the port.',
      evidence: [inTree('6.12', 'drivers/tty/tty_io.c')],
    },
    {
      name: 'tty_port_unregister_device',
      prototype: 'void tty_port_unregister_device(struct tty_port *port, struct tty_driver *driver, unsigned index)',
      does: [
        { verb: 'unpublishes', node: 'serial', on: arg(0), fence: { verdict: 'blocks-new-only' } },
        { verb: 'maySleep' },
      ],
      summary: 'Takes one terminal of a port away; open fds go on until they are hung up.',
      evidence: [inTree('6.12', 'drivers/tty/tty_port.c')],
    },
    {
      name: 'tty_port_destroy',
      prototype: 'void tty_port_destroy(struct tty_port *port)',
      does: [{ verb: 'frees', what: 'other', on: arg(0) }],
      summary: 'Takes a port down that was not refcounted.',
      evidence: [inTree('6.12', 'drivers/tty/tty_port.c')],
    },
    {
      name: 'vfio_register_group_dev',
      aliases: ['vfio_register_emulated_iommu_dev', 'vfio_pci_core_register_device'],
      prototype: 'int vfio_register_group_dev(struct vfio_device *device)',
      does: [{ verb: 'publishes', node: 'vfio', on: arg(0), when: 'zero' }],
      summary: 'Makes a VFIO device visible.',
      evidence: [inTree('6.12', 'drivers/vfio/vfio_main.c')],
    },
    {
      name: 'vfio_unregister_group_dev',
      aliases: ['vfio_pci_core_unregister_device'],
      prototype: 'void vfio_unregister_group_dev(struct vfio_device *device)',
      does: [
        { verb: 'unpublishes', node: 'vfio', on: arg(0), fence: { verdict: 'drains-close', drainsOpen: true } },
        { verb: 'waits', for: 'user' },
      ],
      summary: 'Takes a VFIO device away: asks its users to let go and waits until they have.',
      evidence: [inTree('6.12', 'drivers/vfio/vfio_main.c'), inTree('7.2', 'drivers/vfio/vfio_main.c')],
    },
  ],
  patterns: [
    {
      pattern:
        '(?:uart_(?!add_one_port|remove_one_port|register_driver|unregister_driver)\\w+|serial8250_(?!register|unregister)\\w+|tty_(insert|flip|buffer|kref|port_(init|put|get|tty|register|set|check|link|carrier|open|close|raise|lower|install|alloc|free|initialized|active|block|cts|suspended|kopened|users)|get|set|wakeup|hangup|vhangup|ldisc|driver|name|standard|std|init|termios|encode|hung|port_hangup|do|send|write|throttle|unthrottle|chars|wait|check|vt|kopen|kclose|mode|lock|unlock|alloc|audit|devnum|io|is|unlink|update|perform)_?\\w*|hvc_\\w+|usb_serial_\\w+|n_tty_\\w+|con_\\w+|console_\\w+)(?<!(?:alloc|create|register|free|destroy|remove|release|cleanup|lock)(?:[^a-z]\\w*)?)',
      does: [{ verb: 'nothing' }],
      summary: 'Helpers of terminals.',
      evidence: [inTree('6.12', 'include/linux/serial_core.h')],
    },
  ],
  tables: [
    {
      struct: 'struct tty_operations',
      roles: {
        open: { context: 'open' },
        close: { context: 'release' },
        '*': { context: 'subsystem-callback' },
      },
      evidence: [inTree('6.12', 'include/linux/tty_driver.h')],
    },
    {
      struct: 'struct tty_port_operations',
      roles: {
        destruct: { context: 'object-release' },
        '*': { context: 'subsystem-callback' },
      },
      evidence: [inTree('6.12', 'include/linux/tty_port.h')],
    },
    {
      struct: 'struct uart_ops',
      node: 'serial',
      roles: {
        '*': { context: 'subsystem-callback' },
      },
      evidence: [inTree('6.12', 'include/linux/serial_core.h')],
    },
    {
      struct: 'struct vfio_device_ops',
      roles: {
        release: { context: 'object-release' },
        open_device: { context: 'open' },
        close_device: { context: 'release' },
        '*': { context: 'subsystem-callback' },
      },
      evidence: [inTree('6.12', 'include/linux/vfio.h')],
    },
  ],
});
