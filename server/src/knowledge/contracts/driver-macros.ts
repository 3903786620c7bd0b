/** Macros that register a driver table at module init and unregister it at exit. */
import { contracts, inTree } from '../schema.ts';

export const driverMacros = contracts({
  header: 'linux/device/driver.h and the headers of the buses',
  macros: [
    {
      name: 'builtin_amba_driver',
      does: [{ verb: 'drives', table: 0, builtin: true }],
      evidence: [inTree('6.12', 'include/linux/amba/bus.h'), inTree('7.2', 'include/linux/amba/bus.h')],
    },
    {
      name: 'builtin_i2c_driver',
      does: [{ verb: 'drives', table: 0, builtin: true }],
      evidence: [inTree('6.12', 'include/linux/i2c.h'), inTree('7.2', 'include/linux/i2c.h')],
    },
    {
      name: 'builtin_mips_cdmm_driver',
      does: [{ verb: 'drives', table: 0, builtin: true }],
      evidence: [inTree('6.12', 'arch/mips/include/asm/cdmm.h'), inTree('7.2', 'arch/mips/include/asm/cdmm.h')],
    },
    {
      name: 'builtin_pci_driver',
      does: [{ verb: 'drives', table: 0, builtin: true }],
      evidence: [inTree('6.12', 'include/linux/pci.h'), inTree('7.2', 'include/linux/pci.h')],
    },
    {
      name: 'builtin_platform_driver',
      does: [{ verb: 'drives', table: 0, builtin: true }],
      evidence: [inTree('6.12', 'include/linux/platform_device.h'), inTree('7.2', 'include/linux/platform_device.h')],
    },
    {
      name: 'module_acpi_driver',
      does: [{ verb: 'drives', table: 0 }],
      evidence: [inTree('6.12', 'include/acpi/acpi_bus.h'), inTree('7.2', 'include/acpi/acpi_bus.h')],
    },
    {
      name: 'module_amba_driver',
      does: [{ verb: 'drives', table: 0 }],
      evidence: [inTree('6.12', 'include/linux/amba/bus.h'), inTree('7.2', 'include/linux/amba/bus.h')],
    },
    {
      name: 'module_apr_driver',
      does: [{ verb: 'drives', table: 0 }],
      evidence: [inTree('6.12', 'include/linux/soc/qcom/apr.h'), inTree('7.2', 'include/linux/soc/qcom/apr.h')],
    },
    {
      name: 'module_auxiliary_driver',
      does: [{ verb: 'drives', table: 0 }],
      evidence: [inTree('6.12', 'include/linux/auxiliary_bus.h'), inTree('7.2', 'include/linux/auxiliary_bus.h')],
    },
    {
      name: 'module_bcma_driver',
      does: [{ verb: 'drives', table: 0 }],
      evidence: [inTree('6.12', 'include/linux/bcma/bcma.h'), inTree('7.2', 'include/linux/bcma/bcma.h')],
    },
    {
      name: 'module_comedi_driver',
      does: [{ verb: 'drives', table: 0 }],
      evidence: [inTree('6.12', 'include/linux/comedi/comedidev.h'), inTree('7.2', 'include/linux/comedi/comedidev.h')],
    },
    {
      name: 'module_comedi_pci_driver',
      does: [
        { verb: 'drives', table: 1 },
        { verb: 'drives', table: 0 },
      ],
      evidence: [
        inTree('6.12', 'include/linux/comedi/comedi_pci.h'),
        inTree('7.2', 'include/linux/comedi/comedi_pci.h'),
      ],
    },
    {
      name: 'module_comedi_pcmcia_driver',
      does: [
        { verb: 'drives', table: 1 },
        { verb: 'drives', table: 0 },
      ],
      evidence: [
        inTree('6.12', 'include/linux/comedi/comedi_pcmcia.h'),
        inTree('7.2', 'include/linux/comedi/comedi_pcmcia.h'),
      ],
    },
    {
      name: 'module_comedi_usb_driver',
      does: [
        { verb: 'drives', table: 1 },
        { verb: 'drives', table: 0 },
      ],
      evidence: [
        inTree('6.12', 'include/linux/comedi/comedi_usb.h'),
        inTree('7.2', 'include/linux/comedi/comedi_usb.h'),
      ],
    },
    {
      name: 'module_coreboot_driver',
      does: [{ verb: 'drives', table: 0 }],
      evidence: [
        inTree('6.12', 'drivers/firmware/google/coreboot_table.h'),
        inTree('7.2', 'drivers/firmware/google/coreboot_table.h'),
      ],
    },
    {
      name: 'module_cxl_driver',
      does: [{ verb: 'drives', table: 0 }],
      evidence: [inTree('6.12', 'drivers/cxl/cxl.h'), inTree('7.2', 'drivers/cxl/cxl.h')],
    },
    {
      name: 'module_dfl_driver',
      does: [{ verb: 'drives', table: 0 }],
      evidence: [inTree('6.12', 'include/linux/dfl.h'), inTree('7.2', 'include/linux/dfl.h')],
    },
    {
      name: 'module_ffa_driver',
      does: [{ verb: 'drives', table: 0 }],
      evidence: [inTree('6.12', 'include/linux/arm_ffa.h'), inTree('7.2', 'include/linux/arm_ffa.h')],
    },
    {
      name: 'module_fsi_driver',
      does: [{ verb: 'drives', table: 0 }],
      evidence: [inTree('6.12', 'include/linux/fsi.h'), inTree('7.2', 'include/linux/fsi.h')],
    },
    {
      name: 'module_fsl_mc_driver',
      does: [{ verb: 'drives', table: 0 }],
      evidence: [inTree('6.12', 'include/linux/fsl/mc.h'), inTree('7.2', 'include/linux/fsl/mc.h')],
    },
    {
      name: 'module_gameport_driver',
      does: [{ verb: 'drives', table: 0 }],
      evidence: [inTree('6.12', 'include/linux/gameport.h'), inTree('7.2', 'include/linux/gameport.h')],
    },
    {
      name: 'module_gbphy_driver',
      does: [{ verb: 'drives', table: 0 }],
      evidence: [inTree('6.12', 'drivers/staging/greybus/gbphy.h'), inTree('7.2', 'drivers/staging/greybus/gbphy.h')],
    },
    {
      name: 'module_gpr_driver',
      does: [{ verb: 'drives', table: 0 }],
      evidence: [inTree('6.12', 'include/linux/soc/qcom/apr.h'), inTree('7.2', 'include/linux/soc/qcom/apr.h')],
    },
    {
      name: 'module_greybus_driver',
      does: [{ verb: 'drives', table: 0 }],
      evidence: [inTree('6.12', 'include/linux/greybus.h'), inTree('7.2', 'include/linux/greybus.h')],
    },
    {
      name: 'module_hda_codec_driver',
      does: [{ verb: 'drives', table: 0 }],
      evidence: [inTree('6.12', 'include/sound/hda_codec.h'), inTree('7.2', 'include/sound/hda_codec.h')],
    },
    {
      name: 'module_hid_driver',
      does: [{ verb: 'drives', table: 0 }],
      evidence: [inTree('6.12', 'include/linux/hid.h'), inTree('7.2', 'include/linux/hid.h')],
    },
    {
      name: 'module_i2c_driver',
      does: [{ verb: 'drives', table: 0 }],
      evidence: [inTree('6.12', 'include/linux/i2c.h'), inTree('7.2', 'include/linux/i2c.h')],
    },
    {
      name: 'module_i3c_driver',
      does: [{ verb: 'drives', table: 0 }],
      evidence: [inTree('6.12', 'include/linux/i3c/device.h'), inTree('7.2', 'include/linux/i3c/device.h')],
    },
    {
      name: 'module_i3c_i2c_driver',
      does: [
        { verb: 'drives', table: 0 },
        { verb: 'drives', table: 1 },
      ],
      evidence: [inTree('6.12', 'include/linux/i3c/device.h'), inTree('7.2', 'include/linux/i3c/device.h')],
    },
    {
      name: 'module_idxd_driver',
      does: [{ verb: 'drives', table: 0 }],
      evidence: [inTree('6.12', 'drivers/dma/idxd/idxd.h'), inTree('7.2', 'drivers/dma/idxd/idxd.h')],
    },
    {
      name: 'module_isa_driver',
      does: [{ verb: 'drives', table: 0 }],
      evidence: [inTree('6.12', 'include/linux/isa.h'), inTree('7.2', 'include/linux/isa.h')],
    },
    {
      name: 'module_mcb_driver',
      does: [{ verb: 'drives', table: 0 }],
      evidence: [inTree('6.12', 'include/linux/mcb.h'), inTree('7.2', 'include/linux/mcb.h')],
    },
    {
      name: 'module_mei_cl_driver',
      does: [{ verb: 'drives', table: 0 }],
      evidence: [inTree('6.12', 'include/linux/mei_cl_bus.h'), inTree('7.2', 'include/linux/mei_cl_bus.h')],
    },
    {
      name: 'module_mhi_driver',
      does: [{ verb: 'drives', table: 0 }],
      evidence: [inTree('6.12', 'include/linux/mhi.h'), inTree('7.2', 'include/linux/mhi.h')],
    },
    {
      name: 'module_mhi_ep_driver',
      does: [{ verb: 'drives', table: 0 }],
      evidence: [inTree('6.12', 'include/linux/mhi_ep.h'), inTree('7.2', 'include/linux/mhi_ep.h')],
    },
    {
      name: 'module_mipi_dsi_driver',
      does: [{ verb: 'drives', table: 0 }],
      evidence: [inTree('6.12', 'include/drm/drm_mipi_dsi.h'), inTree('7.2', 'include/drm/drm_mipi_dsi.h')],
    },
    {
      name: 'module_mips_cdmm_driver',
      does: [{ verb: 'drives', table: 0 }],
      evidence: [inTree('6.12', 'arch/mips/include/asm/cdmm.h'), inTree('7.2', 'arch/mips/include/asm/cdmm.h')],
    },
    {
      name: 'module_moxtet_driver',
      does: [{ verb: 'drives', table: 0 }],
      evidence: [inTree('6.12', 'include/linux/moxtet.h'), inTree('7.2', 'include/linux/moxtet.h')],
    },
    {
      name: 'module_nd_driver',
      does: [{ verb: 'drives', table: 0 }],
      evidence: [inTree('6.12', 'include/linux/nd.h'), inTree('7.2', 'include/linux/nd.h')],
    },
    {
      name: 'module_nvmem_layout_driver',
      does: [{ verb: 'drives', table: 0 }],
      evidence: [inTree('6.12', 'include/linux/nvmem-provider.h'), inTree('7.2', 'include/linux/nvmem-provider.h')],
    },
    {
      name: 'module_parport_driver',
      does: [{ verb: 'drives', table: 0 }],
      evidence: [inTree('6.12', 'include/linux/parport.h'), inTree('7.2', 'include/linux/parport.h')],
    },
    {
      name: 'module_pci_driver',
      does: [{ verb: 'drives', table: 0 }],
      evidence: [inTree('6.12', 'include/linux/pci.h'), inTree('7.2', 'include/linux/pci.h')],
    },
    {
      name: 'module_pcmcia_driver',
      does: [{ verb: 'drives', table: 0 }],
      evidence: [inTree('6.12', 'include/pcmcia/ds.h'), inTree('7.2', 'include/pcmcia/ds.h')],
    },
    {
      name: 'module_peci_driver',
      does: [{ verb: 'drives', table: 0 }],
      evidence: [inTree('6.12', 'drivers/peci/internal.h'), inTree('7.2', 'drivers/peci/internal.h')],
    },
    {
      name: 'module_phy_driver',
      does: [{ verb: 'drives', table: 0 }],
      evidence: [inTree('6.12', 'include/linux/phy.h'), inTree('7.2', 'include/linux/phy.h')],
    },
    {
      name: 'module_platform_driver',
      does: [{ verb: 'drives', table: 0 }],
      evidence: [inTree('6.12', 'include/linux/platform_device.h'), inTree('7.2', 'include/linux/platform_device.h')],
    },
    {
      name: 'module_pnp_driver',
      does: [{ verb: 'drives', table: 0 }],
      evidence: [inTree('6.12', 'include/linux/pnp.h'), inTree('7.2', 'include/linux/pnp.h')],
    },
    {
      name: 'module_rpmsg_driver',
      does: [{ verb: 'drives', table: 0 }],
      evidence: [inTree('6.12', 'include/linux/rpmsg.h'), inTree('7.2', 'include/linux/rpmsg.h')],
    },
    {
      name: 'module_scmi_driver',
      does: [{ verb: 'drives', table: 0 }],
      evidence: [inTree('6.12', 'include/linux/scmi_protocol.h'), inTree('7.2', 'include/linux/scmi_protocol.h')],
    },
    {
      name: 'module_sdio_driver',
      does: [{ verb: 'drives', table: 0 }],
      evidence: [inTree('6.12', 'include/linux/mmc/sdio_func.h'), inTree('7.2', 'include/linux/mmc/sdio_func.h')],
    },
    {
      name: 'module_sdw_driver',
      does: [{ verb: 'drives', table: 0 }],
      evidence: [
        inTree('6.12', 'include/linux/soundwire/sdw_type.h'),
        inTree('7.2', 'include/linux/soundwire/sdw_type.h'),
      ],
    },
    {
      name: 'module_serdev_device_driver',
      does: [{ verb: 'drives', table: 0 }],
      evidence: [inTree('6.12', 'include/linux/serdev.h'), inTree('7.2', 'include/linux/serdev.h')],
    },
    {
      name: 'module_serio_driver',
      does: [{ verb: 'drives', table: 0 }],
      evidence: [inTree('6.12', 'include/linux/serio.h'), inTree('7.2', 'include/linux/serio.h')],
    },
    {
      name: 'module_siox_driver',
      does: [{ verb: 'drives', table: 0 }],
      evidence: [inTree('6.12', 'include/linux/siox.h'), inTree('7.2', 'include/linux/siox.h')],
    },
    {
      name: 'module_slim_driver',
      does: [{ verb: 'drives', table: 0 }],
      evidence: [inTree('6.12', 'include/linux/slimbus.h'), inTree('7.2', 'include/linux/slimbus.h')],
    },
    {
      name: 'module_snd_seq_driver',
      does: [{ verb: 'drives', table: 0 }],
      evidence: [inTree('6.12', 'include/sound/seq_device.h'), inTree('7.2', 'include/sound/seq_device.h')],
    },
    {
      name: 'module_spi_driver',
      does: [{ verb: 'drives', table: 0 }],
      evidence: [inTree('6.12', 'include/linux/spi/spi.h'), inTree('7.2', 'include/linux/spi/spi.h')],
    },
    {
      name: 'module_spi_mem_driver',
      does: [{ verb: 'drives', table: 0 }],
      evidence: [inTree('6.12', 'include/linux/spi/spi-mem.h'), inTree('7.2', 'include/linux/spi/spi-mem.h')],
    },
    {
      name: 'module_spmi_driver',
      does: [{ verb: 'drives', table: 0 }],
      evidence: [inTree('6.12', 'include/linux/spmi.h'), inTree('7.2', 'include/linux/spmi.h')],
    },
    {
      name: 'module_ssam_device_driver',
      does: [{ verb: 'drives', table: 0 }],
      evidence: [
        inTree('6.12', 'include/linux/surface_aggregator/device.h'),
        inTree('7.2', 'include/linux/surface_aggregator/device.h'),
      ],
    },
    {
      name: 'module_sunxi_rsb_driver',
      does: [{ verb: 'drives', table: 0 }],
      evidence: [inTree('6.12', 'include/linux/sunxi-rsb.h'), inTree('7.2', 'include/linux/sunxi-rsb.h')],
    },
    {
      name: 'module_tee_client_driver',
      does: [{ verb: 'drives', table: 0 }],
      evidence: [inTree('7.2', 'include/linux/tee_drv.h')],
    },
    {
      name: 'module_typec_altmode_driver',
      does: [{ verb: 'drives', table: 0 }],
      evidence: [
        inTree('6.12', 'include/linux/usb/typec_altmode.h'),
        inTree('7.2', 'include/linux/usb/typec_altmode.h'),
      ],
    },
    {
      name: 'module_ulpi_driver',
      does: [{ verb: 'drives', table: 0 }],
      evidence: [inTree('6.12', 'include/linux/ulpi/driver.h'), inTree('7.2', 'include/linux/ulpi/driver.h')],
    },
    {
      name: 'module_usb_composite_driver',
      does: [{ verb: 'drives', table: 0 }],
      evidence: [inTree('6.12', 'include/linux/usb/composite.h'), inTree('7.2', 'include/linux/usb/composite.h')],
    },
    {
      name: 'module_usb_driver',
      does: [{ verb: 'drives', table: 0 }],
      evidence: [inTree('6.12', 'include/linux/usb.h'), inTree('7.2', 'include/linux/usb.h')],
    },
    {
      name: 'module_usb_serial_driver',
      does: [{ verb: 'drives', table: 0 }],
      evidence: [inTree('6.12', 'include/linux/usb/serial.h'), inTree('7.2', 'include/linux/usb/serial.h')],
    },
    {
      name: 'module_vchiq_driver',
      does: [{ verb: 'drives', table: 0 }],
      evidence: [
        inTree('6.12', 'drivers/staging/vc04_services/interface/vchiq_arm/vchiq_bus.h'),
        inTree('7.2', 'include/linux/raspberrypi/vchiq_bus.h'),
      ],
    },
    {
      name: 'module_vdpa_driver',
      does: [{ verb: 'drives', table: 0 }],
      evidence: [inTree('6.12', 'include/linux/vdpa.h'), inTree('7.2', 'include/linux/vdpa.h')],
    },
    {
      name: 'module_virtio_driver',
      does: [{ verb: 'drives', table: 0 }],
      evidence: [inTree('6.12', 'include/linux/virtio.h'), inTree('7.2', 'include/linux/virtio.h')],
    },
    {
      name: 'module_wmi_driver',
      does: [{ verb: 'drives', table: 0 }],
      evidence: [inTree('6.12', 'include/linux/wmi.h'), inTree('7.2', 'include/linux/wmi.h')],
    },
    {
      name: 'module_driver',
      does: [{ verb: 'drives', table: 0 }],
      evidence: [inTree('6.12', 'include/linux/device/driver.h'), inTree('7.2', 'include/linux/device/driver.h')],
    },
    {
      name: 'builtin_driver',
      does: [{ verb: 'drives', table: 0, builtin: true }],
      evidence: [inTree('6.12', 'include/linux/device/driver.h'), inTree('7.2', 'include/linux/device/driver.h')],
    },
    {
      name: 'module_platform_driver_probe',
      does: [{ verb: 'drives', table: 0, suppressesUnbind: true, probe: 1 }],
      evidence: [inTree('6.12', 'include/linux/platform_device.h'), inTree('7.2', 'include/linux/platform_device.h')],
    },
    {
      name: 'builtin_platform_driver_probe',
      does: [{ verb: 'drives', table: 0, builtin: true, suppressesUnbind: true, probe: 1 }],
      evidence: [inTree('6.12', 'include/linux/platform_device.h'), inTree('7.2', 'include/linux/platform_device.h')],
    },
  ],
});
