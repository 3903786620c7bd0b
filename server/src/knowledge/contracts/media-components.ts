import { arg, contracts, inTree, result } from '../schema.ts';

/**
 * Components of media devices and sound cards, and objects of small subsystems.
 */
export const mediaComponents = contracts({
  header: 'media/v4l2-mem2mem.h, media/v4l2-async.h, sound/soc.h, …',
  functions: [
    {
      name: 'v4l2_m2m_init',
      prototype: 'struct v4l2_m2m_dev *v4l2_m2m_init(const struct v4l2_m2m_ops *m2m_ops)',
      does: [{ verb: 'allocates', what: 'device', into: result, owner: 'caller' }],
      summary: 'Allocates the object.',
      evidence: [inTree('6.12', 'drivers/media/v4l2-core/v4l2-mem2mem.c')],
    },
    {
      name: 'v4l2_m2m_release',
      prototype: 'void v4l2_m2m_release(struct v4l2_m2m_dev *m2m_dev)',
      does: [{ verb: 'frees', what: 'device', on: arg(0) }, { verb: 'maySleep' }],
      summary: 'Frees the object, or drops the reference on it.',
      evidence: [inTree('6.12', 'drivers/media/v4l2-core/v4l2-mem2mem.c')],
    },
    {
      name: 'v4l2_m2m_ctx_init',
      prototype:
        'struct v4l2_m2m_ctx *v4l2_m2m_ctx_init(struct v4l2_m2m_dev *m2m_dev, void *drv_priv, int (*queue_init)(void *priv, struct vb2_queue *src_vq, struct vb2_queue *dst_vq))',
      does: [{ verb: 'allocates', what: 'device', into: result, owner: 'caller' }],
      summary: 'Allocates the object.',
      evidence: [inTree('6.12', 'drivers/media/v4l2-core/v4l2-mem2mem.c')],
    },
    {
      name: 'v4l2_m2m_ctx_release',
      prototype: 'void v4l2_m2m_ctx_release(struct v4l2_m2m_ctx *m2m_ctx)',
      does: [{ verb: 'frees', what: 'device', on: arg(0) }, { verb: 'maySleep' }],
      summary: 'Frees the object, or drops the reference on it.',
      evidence: [inTree('6.12', 'drivers/media/v4l2-core/v4l2-mem2mem.c')],
    },
    {
      name: 'v4l2_async_register_subdev',
      aliases: [
        'v4l2_async_register_subdev_sensor',
        'v4l2_async_nf_register',
        'v4l2_device_register_subdev',
        'v4l2_device_register_subdev_nodes',
      ],
      does: [{ verb: 'maySleep' }],
      summary: 'Registers a sub-device, or waits for some in the background; callbacks can run from here on.',
      evidence: [inTree('6.12', 'drivers/media/v4l2-core/v4l2-async.c', 'v4l2_async_nf_register')],
    },
    {
      name: 'v4l2_async_unregister_subdev',
      aliases: [
        'v4l2_async_nf_unregister',
        'v4l2_async_nf_cleanup',
        'v4l2_device_unregister_subdev',
        'v4l2_subdev_cleanup',
        'media_entity_cleanup',
        'media_devnode_remove',
        'media_entity_remove_links',
      ],
      does: [{ verb: 'maySleep' }],
      summary: 'Unregisters a sub-device or frees its state; open fds of its node are not waited for.',
      evidence: [inTree('6.12', 'drivers/media/v4l2-core/v4l2-async.c', 'v4l2_async_nf_unregister')],
    },
    {
      name: 'v4l2_fh_open',
      prototype: 'int v4l2_fh_open(struct file *filp)',
      does: [{ verb: 'allocates', what: 'memory', into: result, owner: 'caller' }],
      summary: 'Opens a file handle in private_data.',
      evidence: [inTree('6.12', 'drivers/media/v4l2-core/v4l2-fh.c')],
    },
    {
      name: 'v4l2_fh_release',
      aliases: ['vb2_fop_release', 'v4l2_fh_exit'],
      does: [{ verb: 'maySleep' }],
      summary: 'Frees the file handle in private_data, or takes it down.',
      evidence: [inTree('6.12', 'drivers/media/v4l2-core/v4l2-fh.c', 'v4l2_fh_release')],
    },
    {
      name: 'dvb_dmx_release',
      aliases: ['dvb_dmxdev_release', 'dvb_net_release', 'dvb_ca_en50221_release', 'dvb_module_release'],
      does: [{ verb: 'maySleep' }],
      summary: 'Takes a DVB component down; dmxdev waits until its fds are closed.',
      evidence: [inTree('6.12', 'drivers/media/dvb-core/dmxdev.c', 'dvb_dmxdev_release')],
    },
    {
      name: 'media_request_put',
      prototype: 'void media_request_put(struct media_request *req)',
      does: [{ verb: 'dropsRef', what: 'object', on: arg(0) }],
      summary: 'Drops a reference on a media request.',
      evidence: [inTree('6.12', 'drivers/media/mc/mc-request.c')],
    },
    {
      name: 'cec_notifier_conn_register',
      aliases: ['cec_notifier_cec_adap_register'],
      prototype:
        'struct cec_notifier * cec_notifier_conn_register(struct device *hdmi_dev, const char *port_name, const struct cec_connector_info *conn_info)',
      does: [{ verb: 'allocates', what: 'other', into: result, owner: 'caller' }],
      summary: 'Connects an HDMI port and a CEC adapter.',
      evidence: [inTree('6.12', 'drivers/media/cec/core/cec-notifier.c')],
    },
    {
      name: 'cec_notifier_conn_unregister',
      aliases: ['cec_notifier_cec_adap_unregister'],
      prototype: 'void cec_notifier_conn_unregister(struct cec_notifier *n)',
      does: [{ verb: 'frees', what: 'other', on: arg(0) }, { verb: 'maySleep' }],
      summary: 'Undoes the connection of an HDMI port and a CEC adapter.',
      evidence: [inTree('6.12', 'drivers/media/cec/core/cec-notifier.c')],
    },
    {
      name: 'snd_soc_register_card',
      prototype: 'int snd_soc_register_card(struct snd_soc_card *card)',
      does: [{ verb: 'publishes', node: 'sound', on: arg(0), when: 'zero' }, { verb: 'maySleep' }],
      summary: 'Registers a sound card; it becomes visible when all of its components are there.',
      evidence: [inTree('6.12', 'sound/soc/soc-core.c', 'snd_soc_register_card')],
    },
    {
      name: 'devm_snd_soc_register_card',
      prototype: 'int devm_snd_soc_register_card(struct device *dev, struct snd_soc_card *card)',
      does: [{ verb: 'publishes', node: 'sound', on: arg(1), managedBy: 'devres', device: arg(0) }],
      summary: 'Registers a sound card until the device is unbound, which waits until every file is closed.',
      evidence: [inTree('6.12', 'sound/soc/soc-devres.c', 'devm_snd_soc_register_card')],
    },
    {
      name: 'snd_soc_unregister_card',
      prototype: 'void snd_soc_unregister_card(struct snd_soc_card *card)',
      does: [
        { verb: 'unpublishes', node: 'sound', on: arg(0), fence: { verdict: 'drains-close' } },
        { verb: 'waits', for: 'user' },
      ],
      summary: 'Disconnects the card and waits until every file is closed.',
      evidence: [
        inTree('6.12', 'sound/soc/soc-core.c', 'soc_cleanup_card_resources'),
        inTree('7.2', 'sound/soc/soc-core.c', 'soc_cleanup_card_resources'),
      ],
    },
    {
      name: 'snd_soc_register_component',
      aliases: ['snd_soc_register_dai'],
      prototype:
        'int snd_soc_register_component(struct device *dev, const struct snd_soc_component_driver *component_driver, struct snd_soc_dai_driver *dai_drv, int num_dai)',
      does: [{ verb: 'publishes', node: 'other', on: arg(0), when: 'zero' }, { verb: 'maySleep' }],
      summary: 'Registers a part of a sound card.',
      evidence: [inTree('6.12', 'sound/soc/soc-core.c')],
    },
    {
      name: 'devm_snd_soc_register_component',
      aliases: ['devm_snd_dmaengine_pcm_register'],
      prototype:
        'int devm_snd_soc_register_component(struct device *dev, const struct snd_soc_component_driver *component_driver, struct snd_soc_dai_driver *dai_drv, int num_dai)',
      does: [{ verb: 'publishes', node: 'other', on: arg(1), managedBy: 'devres', device: arg(0) }],
      summary: 'Registers a part of a sound card until the device is unbound.',
      evidence: [inTree('6.12', 'sound/soc/soc-devres.c')],
    },
    {
      name: 'snd_soc_unregister_component',
      aliases: ['snd_soc_unregister_dai'],
      prototype: 'void snd_soc_unregister_component(struct device *dev)',
      does: [
        { verb: 'unpublishes', node: 'other', on: arg(0), fence: { verdict: 'drains-close' } },
        { verb: 'waits', for: 'user' },
      ],
      summary: 'Takes a part of a sound card away: the card is disconnected, and every file must be closed first.',
      evidence: [
        inTree('6.12', 'sound/soc/soc-core.c', 'snd_soc_del_component_unlocked'),
        inTree('7.2', 'sound/soc/soc-core.c', 'snd_soc_del_component_unlocked'),
      ],
    },
    {
      name: 'hid_alloc_report_buf',
      prototype: 'u8 *hid_alloc_report_buf(struct hid_report *report, gfp_t flags)',
      does: [{ verb: 'allocates', what: 'memory', into: result, owner: 'caller' }],
      summary: 'Allocates the object.',
      evidence: [inTree('6.12', 'drivers/hid/hid-core.c')],
    },
    {
      name: 'ishtp_cl_allocate',
      prototype: 'struct ishtp_cl *ishtp_cl_allocate(struct ishtp_cl_device *cl_device)',
      does: [{ verb: 'allocates', what: 'device', into: result, owner: 'caller' }],
      summary: 'Allocates the object.',
      evidence: [inTree('6.12', 'drivers/hid/intel-ish-hid/ishtp/client.c')],
    },
    {
      name: 'ishtp_cl_free',
      prototype: 'void ishtp_cl_free(struct ishtp_cl *cl)',
      does: [{ verb: 'frees', what: 'device', on: arg(0) }, { verb: 'maySleep' }],
      summary: 'Frees the object, or drops the reference on it.',
      evidence: [inTree('6.12', 'drivers/hid/intel-ish-hid/ishtp/client.c')],
    },
    {
      name: 'edac_mc_alloc',
      does: [{ verb: 'allocates', what: 'device', into: result, owner: 'caller', privateSize: arg(3) }],
      summary: 'Allocates the object with a private area.',
      evidence: [inTree('6.12', 'drivers/edac/edac_mc.c')],
    },
    {
      name: 'edac_mc_free',
      does: [{ verb: 'frees', what: 'device', on: arg(0) }, { verb: 'maySleep' }],
      summary: 'Frees the object, or drops the reference on it.',
      evidence: [inTree('6.12', 'drivers/edac/edac_mc.c')],
    },
    {
      name: 'devm_rproc_alloc',
      prototype:
        'struct rproc *devm_rproc_alloc(struct device *dev, const char *name, const struct rproc_ops *ops, const char *firmware, int len)',
      does: [{ verb: 'allocates', what: 'device', into: result, owner: 'devres', device: arg(0), privateSize: arg(4) }],
      summary:
        'Allocates the object with a private area; devres frees it, or drops its reference, when the device is unbound.',
      evidence: [inTree('6.12', 'drivers/remoteproc/remoteproc_core.c')],
    },
    {
      name: 'devm_alloc_etherdev_mqs',
      aliases: ['devm_alloc_etherdev'],
      prototype:
        'struct net_device *devm_alloc_etherdev_mqs(struct device *dev, int sizeof_priv, unsigned int txqs, unsigned int rxqs)',
      does: [{ verb: 'allocates', what: 'device', into: result, owner: 'devres', device: arg(0), privateSize: arg(1) }],
      summary:
        'Allocates the object with a private area; devres frees it, or drops its reference, when the device is unbound.',
      evidence: [inTree('6.12', 'net/devres.c')],
    },
    {
      name: 'devm_phy_create',
      prototype: 'struct phy *devm_phy_create(struct device *dev, struct device_node *node, const struct phy_ops *ops)',
      does: [{ verb: 'allocates', what: 'device', into: result, owner: 'devres', device: arg(0) }],
      summary: 'Allocates the object; devres frees it, or drops its reference, when the device is unbound.',
      evidence: [inTree('6.12', 'drivers/phy/phy-core.c')],
    },
    {
      name: 'comedi_alloc_devpriv',
      prototype: 'void *comedi_alloc_devpriv(struct comedi_device *dev, size_t size)',
      does: [{ verb: 'allocates', what: 'memory', into: result, owner: 'caller', privateSize: arg(1) }],
      summary: 'Allocates the object with a private area.',
      evidence: [inTree('6.12', 'drivers/comedi/drivers.c')],
    },
    {
      name: 'agp_alloc_bridge',
      does: [{ verb: 'allocates', what: 'device', into: result, owner: 'caller' }],
      summary: 'Allocates the object.',
      evidence: [inTree('6.12', 'drivers/char/agp/backend.c')],
    },
    {
      name: 'serdev_device_alloc',
      aliases: ['serdev_controller_alloc'],
      prototype: 'struct serdev_device *serdev_device_alloc(struct serdev_controller *)',
      does: [{ verb: 'allocates', what: 'device', into: result, owner: 'caller' }],
      summary: 'Allocates the object.',
      evidence: [inTree('6.12', 'drivers/tty/serdev/core.c')],
    },
    {
      name: 'power_supply_put',
      prototype: 'void power_supply_put(struct power_supply *psy)',
      does: [{ verb: 'dropsRef', what: 'device', on: arg(0) }],
      summary: 'Drops a reference on a power supply.',
      evidence: [inTree('6.12', 'drivers/power/supply/power_supply_core.c')],
    },
    {
      name: 'iio_buffer_put',
      prototype: 'void iio_buffer_put(struct iio_buffer *buffer)',
      does: [{ verb: 'dropsRef', what: 'object', on: arg(0) }],
      summary: 'Drops a reference on a buffer.',
      evidence: [inTree('6.12', 'drivers/iio/industrialio-buffer.c')],
    },
    {
      name: 'config_item_put',
      prototype: 'void config_item_put(struct config_item *)',
      does: [{ verb: 'dropsRef', what: 'kref', on: arg(0) }],
      summary: 'Drops a reference on an item; its release() callback runs with the last.',
      evidence: [inTree('6.12', 'fs/configfs/item.c')],
    },
    {
      name: 'config_item_get',
      prototype: 'struct config_item *config_item_get(struct config_item *)',
      does: [
        { verb: 'takesRef', what: 'kref', on: arg(0) },
        { verb: 'returns', slot: arg(0) },
      ],
      summary: 'Takes a reference on an item.',
      evidence: [inTree('6.12', 'fs/configfs/item.c')],
    },
    {
      name: 'vfio_put_device',
      prototype: 'void vfio_put_device(struct vfio_device *device)',
      does: [{ verb: 'dropsRef', what: 'device', on: arg(0) }],
      summary: 'Drops the reference on a VFIO device.',
      evidence: [inTree('6.12', 'include/linux/vfio.h')],
    },
    {
      name: 'mmc_wait_for_cmd',
      aliases: ['mmc_wait_for_req'],
      prototype: 'int mmc_wait_for_cmd(struct mmc_host *host, struct mmc_command *cmd, int retries)',
      does: [{ verb: 'waits', for: 'hardware', bounded: true }],
      summary: 'Sends a command to a card and waits for its answer.',
      evidence: [inTree('6.12', 'drivers/mmc/core/core.c')],
    },
  ],
  patterns: [
    {
      pattern:
        'snd_(?:\\w+_)?(?:create|new|alloc|preallocate|register|free|release|remove|unregister|cleanup)(?:_\\w+)?|snd_\\w+_(?:lock|unlock)(?:_\\w+)?',
      does: [{ verb: 'maySleep' }],
      summary: 'Components of a sound card, which live as long as the card.',
      evidence: [inTree('6.12', 'include/sound/core.h')],
    },
    {
      pattern:
        '(?:si476x_core|wm8350_reg|wm831x_reg|wiphy|v4l2_ctrl|snd_soc_dapm_mutex|snd_soc_dpcm_mutex|mtd|genl|nfc|mdiobus|pci_dev|pci_cfg_access|bus|i2c|netif_tx|netif_addr|spi_bus)_(?:lock|lock_bus|access_lock|lock_bh)',
      does: [{ verb: 'acquires', lock: 'subsystem', on: arg(0), mode: 'exclusive' }],
      summary: 'Takes a lock of the subsystem.',
      evidence: [inTree('6.12', 'include/linux/mtd/mtd.h')],
    },
    {
      pattern:
        '(?:si476x_core|wm8350_reg|wm831x_reg|wiphy|v4l2_ctrl|snd_soc_dapm_mutex|snd_soc_dpcm_mutex|mtd|genl|nfc|mdiobus|pci_dev|pci_cfg_access|bus|i2c|netif_tx|netif_addr|spi_bus)_(?:unlock|unlock_bus|access_unlock|unlock_bh)',
      does: [{ verb: 'releases', lock: 'subsystem', on: arg(0) }],
      summary: 'Drops a lock of the subsystem.',
      evidence: [inTree('6.12', 'include/linux/mtd/mtd.h')],
    },
  ],
});
