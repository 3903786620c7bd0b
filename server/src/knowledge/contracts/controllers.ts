import { arg, contracts, inTree, result } from '../schema.ts';

/**
 * Controllers that a driver provides: storage, PWM, display and USB.
 */
export const controllers = contracts({
  header: 'linux/mmc/host.h, linux/pwm.h, linux/usb/hcd.h, …',
  functions: [
    {
      name: 'mmc_alloc_host',
      prototype: 'struct mmc_host *mmc_alloc_host(int extra, struct device *)',
      does: [{ verb: 'allocates', what: 'device', into: result, owner: 'caller', device: arg(1), privateSize: arg(0) }],
      summary: 'Allocates the object with a private area.',
      evidence: [inTree('6.12', 'drivers/mmc/core/host.c')],
    },
    {
      name: 'devm_mmc_alloc_host',
      prototype: 'struct mmc_host *devm_mmc_alloc_host(struct device *dev, int extra)',
      does: [{ verb: 'allocates', what: 'device', into: result, owner: 'devres', device: arg(0), privateSize: arg(1) }],
      summary:
        'Allocates the object with a private area; devres frees it, or drops its reference, when the device is unbound.',
      evidence: [inTree('6.12', 'drivers/mmc/core/host.c')],
    },
    {
      name: 'mmc_free_host',
      prototype: 'void mmc_free_host(struct mmc_host *)',
      does: [{ verb: 'frees', what: 'device', on: arg(0) }, { verb: 'maySleep' }],
      summary: 'Frees the object, or drops the reference on it.',
      evidence: [inTree('6.12', 'drivers/mmc/core/host.c')],
    },
    {
      name: 'mmc_add_host',
      prototype: 'int mmc_add_host(struct mmc_host *)',
      does: [{ verb: 'publishes', node: 'block', on: arg(0), when: 'zero' }, { verb: 'maySleep' }],
      summary: 'Makes the object visible; its callbacks can run from here on.',
      evidence: [inTree('6.12', 'drivers/mmc/core/host.c')],
    },
    {
      name: 'mmc_remove_host',
      prototype: 'void mmc_remove_host(struct mmc_host *)',
      does: [
        { verb: 'unpublishes', node: 'block', on: arg(0), fence: { verdict: 'drains', drainsAttributes: true } },
        { verb: 'maySleep' },
      ],
      summary: 'Takes the object away; its callbacks have ended when this returns.',
      evidence: [inTree('6.12', 'drivers/mmc/core/host.c')],
    },
    {
      name: 'ata_host_alloc',
      prototype: 'struct ata_host *ata_host_alloc(struct device *dev, int n_ports)',
      does: [{ verb: 'allocates', what: 'device', into: result, owner: 'caller', device: arg(0) }],
      summary: 'Allocates the object.',
      evidence: [inTree('6.12', 'drivers/ata/libata-core.c')],
    },
    {
      name: 'ata_host_alloc_pinfo',
      prototype:
        'struct ata_host *ata_host_alloc_pinfo(struct device *dev, const struct ata_port_info * const * ppi, int n_ports)',
      does: [{ verb: 'allocates', what: 'device', into: result, owner: 'caller', device: arg(0) }],
      summary: 'Allocates the object.',
      evidence: [inTree('6.12', 'drivers/ata/libata-core.c')],
    },
    {
      name: 'ata_host_activate',
      prototype:
        'int ata_host_activate(struct ata_host *host, int irq, irq_handler_t irq_handler, unsigned long irq_flags, const struct scsi_host_template *sht)',
      does: [
        {
          verb: 'runs',
          callback: arg(2),
          context: 'interrupt',
          data: arg(0),
          parameter: 1,
          source: { kind: 'irq', on: arg(1) },
        },
        { verb: 'arms', source: 'irq', on: arg(1) },
      ],
      summary: 'Installs the interrupt handler and registers the ports.',
      evidence: [inTree('6.12', 'drivers/ata/libata-core.c')],
    },
    {
      name: 'ata_host_detach',
      aliases: ['ata_pci_remove_one', 'ata_platform_remove_one'],
      does: [{ verb: 'maySleep' }],
      summary: 'Detaches the ports; commands are waited for.',
      evidence: [inTree('6.12', 'drivers/ata/libata-core.c')],
    },
    {
      name: 'pwmchip_alloc',
      prototype: 'struct pwm_chip *pwmchip_alloc(struct device *parent, unsigned int npwm, size_t sizeof_priv)',
      does: [{ verb: 'allocates', what: 'device', into: result, owner: 'caller', device: arg(0), privateSize: arg(2) }],
      summary: 'Allocates the object with a private area.',
      evidence: [inTree('6.12', 'drivers/pwm/core.c')],
    },
    {
      name: 'devm_pwmchip_alloc',
      prototype: 'struct pwm_chip *devm_pwmchip_alloc(struct device *parent, unsigned int npwm, size_t sizeof_priv)',
      does: [{ verb: 'allocates', what: 'device', into: result, owner: 'devres', device: arg(0), privateSize: arg(2) }],
      summary:
        'Allocates the object with a private area; devres frees it, or drops its reference, when the device is unbound.',
      evidence: [inTree('6.12', 'drivers/pwm/core.c')],
    },
    {
      name: 'pwmchip_add',
      aliases: ['__pwmchip_add'],
      prototype: 'int pwmchip_add(struct pwm_chip *chip)',
      does: [{ verb: 'publishes', node: 'other', on: arg(0), when: 'zero' }, { verb: 'maySleep' }],
      summary: 'Makes the object visible; its callbacks can run from here on.',
      evidence: [inTree('6.12', 'drivers/pwm/core.c', '__pwmchip_add')],
    },
    {
      name: 'devm_pwmchip_add',
      aliases: ['__devm_pwmchip_add'],
      prototype: 'int devm_pwmchip_add(struct device *dev, struct pwm_chip *chip)',
      does: [{ verb: 'publishes', node: 'other', on: arg(1), managedBy: 'devres', device: arg(0) }],
      summary: 'Makes the chip visible until the device is unbound.',
      evidence: [inTree('6.12', 'drivers/pwm/core.c', '__devm_pwmchip_add')],
    },
    {
      name: 'pwmchip_remove',
      prototype: 'void pwmchip_remove(struct pwm_chip *chip)',
      does: [
        { verb: 'unpublishes', node: 'other', on: arg(0), fence: { verdict: 'drains', drainsAttributes: true } },
        { verb: 'maySleep' },
      ],
      summary: 'Takes the object away; its callbacks have ended when this returns.',
      evidence: [inTree('6.12', 'drivers/pwm/core.c')],
    },
    {
      name: 'backlight_device_register',
      prototype:
        'struct backlight_device * backlight_device_register(const char *name, struct device *dev, void *devdata, const struct backlight_ops *ops, const struct backlight_properties *props)',
      does: [{ verb: 'publishes', node: 'other', on: result, operations: arg(3), when: 'nonnull' }],
      summary: 'Registers a backlight; its callbacks can run from here on.',
      evidence: [inTree('6.12', 'drivers/video/backlight/backlight.c')],
    },
    {
      name: 'devm_backlight_device_register',
      prototype:
        'struct backlight_device * devm_backlight_device_register(struct device *dev, const char *name, struct device *parent, void *devdata, const struct backlight_ops *ops, const struct backlight_properties *props)',
      does: [{ verb: 'publishes', node: 'other', on: result, operations: arg(4), managedBy: 'devres', device: arg(0) }],
      summary: 'Registers a backlight until the device is unbound.',
      evidence: [inTree('6.12', 'drivers/video/backlight/backlight.c')],
    },
    {
      name: 'backlight_device_unregister',
      prototype: 'void backlight_device_unregister(struct backlight_device *bd)',
      does: [
        { verb: 'unpublishes', node: 'other', on: arg(0), fence: { verdict: 'drains', drainsAttributes: true } },
        { verb: 'maySleep' },
      ],
      summary: 'Takes the object away; its callbacks have ended when this returns.',
      evidence: [inTree('6.12', 'drivers/video/backlight/backlight.c')],
    },
    {
      name: 'devm_backlight_device_unregister',
      prototype: 'void devm_backlight_device_unregister(struct device *dev, struct backlight_device *bd)',
      does: [
        { verb: 'unpublishes', node: 'other', on: arg(1), fence: { verdict: 'drains', drainsAttributes: true } },
        { verb: 'maySleep' },
      ],
      summary: 'Undoes devm_backlight_device_register() early.',
      evidence: [inTree('6.12', 'drivers/video/backlight/backlight.c')],
    },
    {
      name: 'usb_create_hcd',
      prototype:
        'struct usb_hcd *usb_create_hcd(const struct hc_driver *driver, struct device *dev, const char *bus_name)',
      does: [{ verb: 'allocates', what: 'device', into: result, owner: 'caller', device: arg(1) }],
      summary: 'Allocates the object.',
      evidence: [inTree('6.12', 'drivers/usb/core/hcd.c')],
    },
    {
      name: 'usb_create_shared_hcd',
      prototype:
        'struct usb_hcd *usb_create_shared_hcd(const struct hc_driver *driver, struct device *dev, const char *bus_name, struct usb_hcd *shared_hcd)',
      does: [{ verb: 'allocates', what: 'device', into: result, owner: 'caller', device: arg(1) }],
      summary: 'Allocates the object.',
      evidence: [inTree('6.12', 'drivers/usb/core/hcd.c')],
    },
    {
      name: 'usb_put_hcd',
      prototype: 'void usb_put_hcd(struct usb_hcd *hcd)',
      does: [{ verb: 'frees', what: 'device', on: arg(0) }, { verb: 'maySleep' }],
      summary: 'Frees the object, or drops the reference on it.',
      evidence: [inTree('6.12', 'drivers/usb/core/hcd.c')],
    },
    {
      name: 'usb_add_hcd',
      prototype: 'int usb_add_hcd(struct usb_hcd *hcd, unsigned int irqnum, unsigned long irqflags)',
      does: [{ verb: 'arms', source: 'irq', on: arg(1) }, { verb: 'maySleep' }],
      summary: 'Starts a host controller.',
      evidence: [inTree('6.12', 'drivers/usb/core/hcd.c')],
    },
    {
      name: 'usb_remove_hcd',
      prototype: 'void usb_remove_hcd(struct usb_hcd *hcd)',
      does: [
        { verb: 'disarms', source: 'irq', on: arg(0) },
        { verb: 'waitsFor', source: 'irq', on: arg(0) },
        { verb: 'seals', source: 'irq', on: arg(0) },
        { verb: 'maySleep' },
      ],
      summary: 'Stops a host controller: its devices are disconnected and its interrupt is freed.',
      evidence: [inTree('6.12', 'drivers/usb/core/hcd.c')],
    },
    {
      name: 'usb_add_gadget_udc',
      aliases: ['usb_add_gadget'],
      prototype: 'int usb_add_gadget_udc(struct device *parent, struct usb_gadget *gadget)',
      does: [{ verb: 'publishes', node: 'other', on: arg(0), when: 'zero' }, { verb: 'maySleep' }],
      summary: 'Makes the object visible; its callbacks can run from here on.',
      evidence: [inTree('6.12', 'drivers/usb/gadget/udc/core.c')],
    },
    {
      name: 'usb_del_gadget_udc',
      aliases: ['usb_del_gadget'],
      prototype: 'void usb_del_gadget_udc(struct usb_gadget *gadget)',
      does: [
        { verb: 'unpublishes', node: 'other', on: arg(0), fence: { verdict: 'drains', drainsAttributes: true } },
        { verb: 'maySleep' },
      ],
      summary: 'Takes the object away; its callbacks have ended when this returns.',
      evidence: [inTree('6.12', 'drivers/usb/gadget/udc/core.c')],
    },
    {
      name: 'usb_ep_queue',
      prototype: 'int usb_ep_queue(struct usb_ep *ep, struct usb_request *req, gfp_t gfp_flags)',
      does: [{ verb: 'arms', source: 'urb', on: arg(1) }],
      summary: 'Starts a gadget transfer; its complete() callback runs later.',
      evidence: [inTree('6.12', 'drivers/usb/gadget/udc/core.c')],
    },
    {
      name: 'usb_ep_dequeue',
      prototype: 'int usb_ep_dequeue(struct usb_ep *ep, struct usb_request *req)',
      does: [{ verb: 'disarms', source: 'urb', on: arg(1) }],
      summary: 'Asks for a gadget transfer back; its complete() callback comes later.',
      evidence: [inTree('6.12', 'drivers/usb/gadget/udc/core.c')],
    },
    {
      name: 'usb_ep_disable',
      prototype: 'int usb_ep_disable(struct usb_ep *ep)',
      does: [{ verb: 'disarms', source: 'urb', on: arg(0) }],
      summary: 'Disables an endpoint; its transfers are given back.',
      evidence: [inTree('6.12', 'drivers/usb/gadget/udc/core.c')],
    },
    {
      name: 'usb_ep_alloc_request',
      prototype: 'struct usb_request *usb_ep_alloc_request(struct usb_ep *ep, gfp_t gfp_flags)',
      does: [{ verb: 'allocates', what: 'urb', into: result, owner: 'caller' }],
      summary: 'Allocates the object.',
      evidence: [inTree('6.12', 'drivers/usb/gadget/udc/core.c')],
    },
    {
      name: 'usb_ep_free_request',
      prototype: 'void usb_ep_free_request(struct usb_ep *ep, struct usb_request *req)',
      does: [{ verb: 'frees', what: 'urb', on: arg(1) }],
      summary: 'Frees a gadget transfer.',
      evidence: [inTree('6.12', 'drivers/usb/gadget/udc/core.c')],
    },
    {
      name: 'usb_role_switch_register',
      prototype:
        'struct usb_role_switch * usb_role_switch_register(struct device *parent, const struct usb_role_switch_desc *desc)',
      does: [{ verb: 'publishes', node: 'other', on: result, when: 'nonnull' }, { verb: 'maySleep' }],
      summary: 'Makes the object visible; its callbacks can run from here on.',
      evidence: [inTree('6.12', 'drivers/usb/roles/class.c')],
    },
    {
      name: 'usb_role_switch_unregister',
      prototype: 'void usb_role_switch_unregister(struct usb_role_switch *sw)',
      does: [
        { verb: 'unpublishes', node: 'other', on: arg(0), fence: { verdict: 'drains', drainsAttributes: true } },
        { verb: 'maySleep' },
      ],
      summary: 'Takes the object away; its callbacks have ended when this returns.',
      evidence: [inTree('6.12', 'drivers/usb/roles/class.c')],
    },
  ],
  tables: [
    {
      struct: 'struct usb_request',
      roles: {
        complete: { context: 'urb-completion' },
      },
      evidence: [inTree('6.12', 'include/linux/usb/gadget.h')],
    },
  ],
});
