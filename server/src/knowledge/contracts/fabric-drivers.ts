/** Driver tables of interconnects, firmware interfaces and virtual buses. */
import { contracts, inTree } from '../schema.ts';

export const fabricDrivers = contracts({
  header: 'driver tables of interconnects, firmware and virtual buses',
  tables: [
    {
      struct: 'struct pcmcia_driver',
      roles: {
        probe: { context: 'probe', device: 0 },
        remove: { context: 'teardown', device: 0 },
        suspend: { context: 'power-management', device: 0 },
        resume: { context: 'power-management', device: 0 },
      },
      owner: 'owner',
      driver: {
        bus: 'pcmcia',
        triggers: ['hot-unplug', 'sysfs-unbind', 'module-unload'],
        suppressBind: 'drv.suppress_bind_attrs',
        device: 'struct pcmcia_device',
      },
      evidence: [inTree('6.12', 'include/pcmcia/ds.h'), inTree('7.2', 'include/pcmcia/ds.h')],
    },
    {
      struct: 'struct cxl_driver',
      roles: {
        probe: { context: 'probe', device: 0 },
        remove: { context: 'teardown', device: 0 },
        '*': { context: 'subsystem-callback' },
      },
      owner: 'drv.owner',
      driver: {
        bus: 'cxl',
        triggers: ['hot-unplug', 'parent-removal', 'sysfs-unbind', 'module-unload'],
        suppressBind: 'drv.suppress_bind_attrs',
        device: 'struct device',
      },
      evidence: [inTree('6.12', 'drivers/cxl/cxl.h'), inTree('7.2', 'drivers/cxl/cxl.h')],
    },
    {
      struct: 'struct dax_device_driver',
      roles: {
        probe: { context: 'probe', device: 0 },
        remove: { context: 'teardown', device: 0 },
      },
      owner: 'drv.owner',
      driver: {
        bus: 'dax',
        triggers: ['sysfs-unbind', 'module-unload'],
        suppressBind: 'drv.suppress_bind_attrs',
        device: 'struct dev_dax',
      },
      evidence: [inTree('6.12', 'drivers/dax/bus.h'), inTree('7.2', 'drivers/dax/bus.h')],
    },
    {
      struct: 'struct nd_device_driver',
      roles: {
        probe: { context: 'probe', device: 0 },
        remove: { context: 'teardown', device: 0 },
        shutdown: { context: 'teardown', device: 0 },
        '*': { context: 'subsystem-callback' },
      },
      owner: 'drv.owner',
      driver: {
        bus: 'nd',
        triggers: ['sysfs-unbind', 'module-unload'],
        suppressBind: 'drv.suppress_bind_attrs',
        device: 'struct device',
      },
      evidence: [inTree('6.12', 'include/linux/nd.h'), inTree('7.2', 'include/linux/nd.h')],
    },
    {
      struct: 'struct vdpa_driver',
      roles: {
        probe: { context: 'probe', device: 0 },
        remove: { context: 'teardown', device: 0 },
      },
      owner: 'driver.owner',
      driver: {
        bus: 'vdpa',
        triggers: ['object-destroy', 'parent-removal', 'sysfs-unbind', 'module-unload'],
        suppressBind: 'driver.suppress_bind_attrs',
        device: 'struct vdpa_device',
      },
      evidence: [inTree('6.12', 'include/linux/vdpa.h'), inTree('7.2', 'include/linux/vdpa.h')],
    },
    {
      struct: 'struct mdev_driver',
      roles: {
        probe: { context: 'probe', device: 0 },
        remove: { context: 'teardown', device: 0 },
        '*': { context: 'subsystem-callback' },
      },
      owner: 'driver.owner',
      driver: {
        bus: 'mdev',
        triggers: ['object-destroy', 'parent-removal', 'sysfs-unbind', 'module-unload'],
        suppressBind: 'driver.suppress_bind_attrs',
        device: 'struct mdev_device',
      },
      evidence: [inTree('6.12', 'include/linux/mdev.h'), inTree('7.2', 'include/linux/mdev.h')],
    },
    {
      struct: 'struct mhi_driver',
      roles: {
        probe: { context: 'probe', device: 0 },
        remove: { context: 'teardown', device: 0 },
        '*': { context: 'subsystem-callback' },
      },
      owner: 'driver.owner',
      driver: {
        bus: 'mhi',
        triggers: ['parent-removal', 'sysfs-unbind', 'module-unload'],
        suppressBind: 'driver.suppress_bind_attrs',
        device: 'struct mhi_device',
      },
      evidence: [inTree('6.12', 'include/linux/mhi.h'), inTree('7.2', 'include/linux/mhi.h')],
    },
    {
      struct: 'struct mhi_ep_driver',
      roles: {
        probe: { context: 'probe', device: 0 },
        remove: { context: 'teardown', device: 0 },
        '*': { context: 'subsystem-callback' },
      },
      owner: 'driver.owner',
      driver: {
        bus: 'mhi-ep',
        triggers: ['parent-removal', 'sysfs-unbind', 'module-unload'],
        suppressBind: 'driver.suppress_bind_attrs',
        device: 'struct mhi_ep_device',
      },
      evidence: [inTree('6.12', 'include/linux/mhi_ep.h'), inTree('7.2', 'include/linux/mhi_ep.h')],
    },
    {
      struct: 'struct fw_driver',
      roles: {
        probe: { context: 'probe', device: 0 },
        remove: { context: 'teardown', device: 0 },
        '*': { context: 'subsystem-callback' },
      },
      owner: 'driver.owner',
      driver: {
        bus: 'firewire',
        triggers: ['hot-unplug', 'sysfs-unbind', 'module-unload'],
        suppressBind: 'driver.suppress_bind_attrs',
        device: 'struct fw_unit',
      },
      evidence: [inTree('6.12', 'include/linux/firewire.h'), inTree('7.2', 'include/linux/firewire.h')],
    },
    {
      struct: 'struct bcma_driver',
      roles: {
        probe: { context: 'probe', device: 0 },
        remove: { context: 'teardown', device: 0 },
        suspend: { context: 'power-management', device: 0 },
        resume: { context: 'power-management', device: 0 },
        shutdown: { context: 'teardown', device: 0 },
      },
      owner: 'drv.owner',
      driver: {
        bus: 'bcma',
        triggers: ['parent-removal', 'sysfs-unbind', 'module-unload'],
        suppressBind: 'drv.suppress_bind_attrs',
        device: 'struct bcma_device',
      },
      evidence: [inTree('6.12', 'include/linux/bcma/bcma.h'), inTree('7.2', 'include/linux/bcma/bcma.h')],
    },
    {
      struct: 'struct ssb_driver',
      roles: {
        probe: { context: 'probe', device: 0 },
        remove: { context: 'teardown', device: 0 },
        suspend: { context: 'power-management', device: 0 },
        resume: { context: 'power-management', device: 0 },
        shutdown: { context: 'teardown', device: 0 },
      },
      owner: 'drv.owner',
      driver: {
        bus: 'ssb',
        triggers: ['parent-removal', 'sysfs-unbind', 'module-unload'],
        suppressBind: 'drv.suppress_bind_attrs',
        device: 'struct ssb_device',
      },
      evidence: [inTree('6.12', 'include/linux/ssb/ssb.h'), inTree('7.2', 'include/linux/ssb/ssb.h')],
    },
    {
      struct: 'struct fsl_mc_driver',
      roles: {
        probe: { context: 'probe', device: 0 },
        remove: { context: 'teardown', device: 0 },
        shutdown: { context: 'teardown', device: 0 },
        suspend: { context: 'power-management', device: 0 },
        resume: { context: 'power-management', device: 0 },
      },
      owner: 'driver.owner',
      driver: {
        bus: 'fsl-mc',
        triggers: ['hot-unplug', 'sysfs-unbind', 'module-unload'],
        suppressBind: 'driver.suppress_bind_attrs',
        device: 'struct fsl_mc_device',
      },
      evidence: [inTree('6.12', 'include/linux/fsl/mc.h'), inTree('7.2', 'include/linux/fsl/mc.h')],
    },
    {
      struct: 'struct scmi_driver',
      roles: {
        probe: { context: 'probe', device: 0 },
        remove: { context: 'teardown', device: 0 },
      },
      owner: 'driver.owner',
      driver: {
        bus: 'scmi',
        triggers: ['parent-removal', 'sysfs-unbind', 'module-unload'],
        suppressBind: 'driver.suppress_bind_attrs',
        device: 'struct scmi_device',
      },
      evidence: [inTree('6.12', 'include/linux/scmi_protocol.h'), inTree('7.2', 'include/linux/scmi_protocol.h')],
    },
    {
      struct: 'struct ffa_driver',
      roles: {
        probe: { context: 'probe', device: 0 },
        remove: { context: 'teardown', device: 0 },
      },
      owner: 'driver.owner',
      driver: {
        bus: 'ffa',
        triggers: ['parent-removal', 'sysfs-unbind', 'module-unload'],
        suppressBind: 'driver.suppress_bind_attrs',
        device: 'struct ffa_device',
      },
      evidence: [inTree('6.12', 'include/linux/arm_ffa.h'), inTree('7.2', 'include/linux/arm_ffa.h')],
    },
    {
      struct: 'struct apr_driver',
      roles: {
        probe: { context: 'probe', device: 0 },
        remove: { context: 'teardown', device: 0 },
        '*': { context: 'subsystem-callback' },
      },
      owner: 'driver.owner',
      driver: {
        bus: 'apr',
        triggers: ['parent-removal', 'sysfs-unbind', 'module-unload'],
        suppressBind: 'driver.suppress_bind_attrs',
        device: 'struct apr_device',
      },
      evidence: [inTree('6.12', 'include/linux/soc/qcom/apr.h'), inTree('7.2', 'include/linux/soc/qcom/apr.h')],
    },
    {
      struct: 'struct coreboot_driver',
      roles: {
        probe: { context: 'probe', device: 0 },
        remove: { context: 'teardown', device: 0 },
      },
      owner: 'drv.owner',
      driver: {
        bus: 'coreboot',
        triggers: ['sysfs-unbind', 'module-unload'],
        suppressBind: 'drv.suppress_bind_attrs',
        device: 'struct coreboot_device',
      },
      evidence: [
        inTree('6.12', 'drivers/firmware/google/coreboot_table.h'),
        inTree('7.2', 'drivers/firmware/google/coreboot_table.h'),
      ],
    },
    {
      struct: 'struct dfl_driver',
      roles: {
        probe: { context: 'probe', device: 0 },
        remove: { context: 'teardown', device: 0 },
      },
      owner: 'drv.owner',
      driver: {
        bus: 'dfl',
        triggers: ['parent-removal', 'sysfs-unbind', 'module-unload'],
        suppressBind: 'drv.suppress_bind_attrs',
        device: 'struct dfl_device',
      },
      evidence: [inTree('6.12', 'include/linux/dfl.h'), inTree('7.2', 'include/linux/dfl.h')],
    },
    {
      struct: 'struct nvmem_layout_driver',
      roles: {
        probe: { context: 'probe', device: 0 },
        remove: { context: 'teardown', device: 0 },
      },
      owner: 'driver.owner',
      driver: {
        bus: 'nvmem-layout',
        triggers: ['parent-removal', 'sysfs-unbind', 'module-unload'],
        suppressBind: 'driver.suppress_bind_attrs',
        device: 'struct nvmem_layout',
      },
      evidence: [inTree('6.12', 'include/linux/nvmem-provider.h'), inTree('7.2', 'include/linux/nvmem-provider.h')],
    },
    {
      struct: 'struct mipi_dsi_driver',
      roles: {
        probe: { context: 'probe', device: 0 },
        remove: { context: 'teardown', device: 0 },
        shutdown: { context: 'teardown', device: 0 },
      },
      owner: 'driver.owner',
      driver: {
        bus: 'mipi-dsi',
        triggers: ['parent-removal', 'sysfs-unbind', 'module-unload'],
        suppressBind: 'driver.suppress_bind_attrs',
        device: 'struct mipi_dsi_device',
      },
      evidence: [inTree('6.12', 'include/drm/drm_mipi_dsi.h'), inTree('7.2', 'include/drm/drm_mipi_dsi.h')],
    },
    {
      struct: 'struct dp_aux_ep_driver',
      roles: {
        probe: { context: 'probe', device: 0 },
        remove: { context: 'teardown', device: 0 },
        shutdown: { context: 'teardown', device: 0 },
      },
      owner: 'driver.owner',
      driver: {
        bus: 'dp-aux',
        triggers: ['parent-removal', 'sysfs-unbind', 'module-unload'],
        suppressBind: 'driver.suppress_bind_attrs',
        device: 'struct dp_aux_ep_device',
      },
      evidence: [
        inTree('6.12', 'include/drm/display/drm_dp_aux_bus.h'),
        inTree('7.2', 'include/drm/display/drm_dp_aux_bus.h'),
      ],
    },
    {
      struct: 'struct host1x_driver',
      roles: {
        probe: { context: 'probe', device: 0 },
        remove: { context: 'teardown', device: 0 },
        shutdown: { context: 'teardown', device: 0 },
      },
      owner: 'driver.owner',
      driver: {
        bus: 'host1x',
        triggers: ['parent-removal', 'sysfs-unbind', 'module-unload'],
        suppressBind: 'driver.suppress_bind_attrs',
        device: 'struct host1x_device',
      },
      evidence: [inTree('6.12', 'include/linux/host1x.h'), inTree('7.2', 'include/linux/host1x.h')],
    },
    {
      struct: 'struct peci_driver',
      roles: {
        probe: { context: 'probe', device: 0 },
        remove: { context: 'teardown', device: 0 },
      },
      owner: 'driver.owner',
      driver: {
        bus: 'peci',
        triggers: ['parent-removal', 'sysfs-unbind', 'module-unload'],
        suppressBind: 'driver.suppress_bind_attrs',
        device: 'struct peci_device',
      },
      evidence: [inTree('6.12', 'drivers/peci/internal.h'), inTree('7.2', 'drivers/peci/internal.h')],
    },
    {
      struct: 'struct cdx_driver',
      roles: {
        probe: { context: 'probe', device: 0 },
        remove: { context: 'teardown', device: 0 },
        shutdown: { context: 'teardown', device: 0 },
        '*': { context: 'subsystem-callback' },
      },
      owner: 'driver.owner',
      driver: {
        bus: 'cdx',
        triggers: ['hot-unplug', 'sysfs-unbind', 'module-unload'],
        suppressBind: 'driver.suppress_bind_attrs',
        device: 'struct cdx_device',
      },
      evidence: [inTree('6.12', 'include/linux/cdx/cdx_bus.h'), inTree('7.2', 'include/linux/cdx/cdx_bus.h')],
    },
    {
      struct: 'struct sunxi_rsb_driver',
      roles: {
        probe: { context: 'probe', device: 0 },
        remove: { context: 'teardown', device: 0 },
      },
      owner: 'driver.owner',
      driver: {
        bus: 'sunxi-rsb',
        triggers: ['parent-removal', 'sysfs-unbind', 'module-unload'],
        suppressBind: 'driver.suppress_bind_attrs',
        device: 'struct sunxi_rsb_device',
      },
      evidence: [inTree('6.12', 'include/linux/sunxi-rsb.h'), inTree('7.2', 'include/linux/sunxi-rsb.h')],
    },
    {
      struct: 'struct moxtet_driver',
      roles: {
        'driver.probe': { context: 'probe', device: 0 },
        'driver.remove': { context: 'teardown', device: 0 },
        'driver.shutdown': { context: 'teardown', device: 0 },
      },
      owner: 'driver.owner',
      driver: {
        bus: 'moxtet',
        triggers: ['parent-removal', 'sysfs-unbind', 'module-unload'],
        suppressBind: 'driver.suppress_bind_attrs',
      },
      evidence: [inTree('6.12', 'include/linux/moxtet.h'), inTree('7.2', 'include/linux/moxtet.h')],
    },
  ],
});
