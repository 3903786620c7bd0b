/** Driver tables of old and embedded buses, and the tables of cores that call add and remove like a bus. */
import { contracts, inTree } from '../schema.ts';

export const classDrivers = contracts({
  header: 'driver tables of platforms, classes and cores',
  tables: [
    {
      struct: 'struct tc_driver',
      roles: {
        'driver.probe': { context: 'probe', device: 0 },
        'driver.remove': { context: 'teardown', device: 0 },
        'driver.shutdown': { context: 'teardown', device: 0 },
      },
      owner: 'driver.owner',
      driver: { bus: 'tc', triggers: ['sysfs-unbind', 'module-unload'], suppressBind: 'driver.suppress_bind_attrs' },
      evidence: [inTree('6.12', 'include/linux/tc.h'), inTree('7.2', 'include/linux/tc.h')],
    },
    {
      struct: 'struct maple_driver',
      roles: {
        'drv.probe': { context: 'probe', device: 0 },
        'drv.remove': { context: 'teardown', device: 0 },
        'drv.shutdown': { context: 'teardown', device: 0 },
      },
      owner: 'drv.owner',
      driver: {
        bus: 'maple',
        triggers: ['hot-unplug', 'sysfs-unbind', 'module-unload'],
        suppressBind: 'drv.suppress_bind_attrs',
      },
      evidence: [inTree('6.12', 'include/linux/maple.h'), inTree('7.2', 'include/linux/maple.h')],
    },
    {
      struct: 'struct nubus_driver',
      roles: {
        probe: { context: 'probe', device: 0 },
        remove: { context: 'teardown', device: 0 },
      },
      owner: 'driver.owner',
      driver: {
        bus: 'nubus',
        triggers: ['sysfs-unbind', 'module-unload'],
        suppressBind: 'driver.suppress_bind_attrs',
        device: 'struct nubus_board',
      },
      evidence: [inTree('6.12', 'include/linux/nubus.h'), inTree('7.2', 'include/linux/nubus.h')],
    },
    {
      struct: 'struct parisc_driver',
      roles: {
        probe: { context: 'probe', device: 0 },
        remove: { context: 'teardown', device: 0 },
      },
      owner: 'drv.owner',
      driver: {
        bus: 'parisc',
        triggers: ['sysfs-unbind', 'module-unload'],
        suppressBind: 'drv.suppress_bind_attrs',
        device: 'struct parisc_device',
      },
      evidence: [
        inTree('6.12', 'arch/parisc/include/asm/parisc-device.h'),
        inTree('7.2', 'arch/parisc/include/asm/parisc-device.h'),
      ],
    },
    {
      struct: 'struct css_driver',
      roles: {
        probe: { context: 'probe', device: 0 },
        remove: { context: 'teardown', device: 0 },
        shutdown: { context: 'teardown', device: 0 },
        '*': { context: 'subsystem-callback' },
      },
      owner: 'drv.owner',
      driver: {
        bus: 'css',
        triggers: ['hot-unplug', 'sysfs-unbind', 'module-unload'],
        suppressBind: 'drv.suppress_bind_attrs',
        device: 'struct subchannel',
      },
      evidence: [inTree('6.12', 'drivers/s390/cio/css.h'), inTree('7.2', 'drivers/s390/cio/css.h')],
    },
    {
      struct: 'struct ap_driver',
      roles: {
        probe: { context: 'probe', device: 0 },
        remove: { context: 'teardown', device: 0 },
        '*': { context: 'subsystem-callback' },
      },
      owner: 'driver.owner',
      driver: {
        bus: 'ap',
        triggers: ['hot-unplug', 'sysfs-unbind', 'module-unload'],
        suppressBind: 'driver.suppress_bind_attrs',
        device: 'struct ap_device',
      },
      evidence: [inTree('6.12', 'drivers/s390/crypto/ap_bus.h'), inTree('7.2', 'drivers/s390/crypto/ap_bus.h')],
    },
    {
      struct: 'struct ccw_driver',
      roles: {
        probe: { context: 'probe', device: 0 },
        remove: { context: 'teardown', device: 0 },
        shutdown: { context: 'teardown', device: 0 },
        '*': { context: 'subsystem-callback' },
      },
      owner: 'driver.owner',
      driver: {
        bus: 'ccw',
        triggers: ['hot-unplug', 'sysfs-unbind', 'module-unload'],
        suppressBind: 'driver.suppress_bind_attrs',
        device: 'struct ccw_device',
      },
      evidence: [inTree('6.12', 'arch/s390/include/asm/ccwdev.h'), inTree('7.2', 'arch/s390/include/asm/ccwdev.h')],
    },
    {
      struct: 'struct ccwgroup_driver',
      roles: {
        remove: { context: 'teardown', device: 0 },
        shutdown: { context: 'teardown', device: 0 },
        '*': { context: 'subsystem-callback' },
      },
      owner: 'driver.owner',
      driver: {
        bus: 'ccwgroup',
        triggers: ['object-destroy', 'sysfs-unbind', 'module-unload'],
        suppressBind: 'driver.suppress_bind_attrs',
        device: 'struct ccwgroup_device',
      },
      evidence: [inTree('6.12', 'arch/s390/include/asm/ccwgroup.h'), inTree('7.2', 'arch/s390/include/asm/ccwgroup.h')],
    },
    {
      struct: 'struct locomo_driver',
      roles: {
        probe: { context: 'probe', device: 0 },
        remove: { context: 'teardown', device: 0 },
      },
      owner: 'drv.owner',
      driver: {
        bus: 'locomo',
        triggers: ['sysfs-unbind', 'module-unload'],
        suppressBind: 'drv.suppress_bind_attrs',
        device: 'struct locomo_dev',
      },
      evidence: [
        inTree('6.12', 'arch/arm/include/asm/hardware/locomo.h'),
        inTree('7.2', 'arch/arm/include/asm/hardware/locomo.h'),
      ],
    },
    {
      struct: 'struct sa1111_driver',
      roles: {
        probe: { context: 'probe', device: 0 },
        remove: { context: 'teardown', device: 0 },
      },
      owner: 'drv.owner',
      driver: {
        bus: 'sa1111',
        triggers: ['sysfs-unbind', 'module-unload'],
        suppressBind: 'drv.suppress_bind_attrs',
        device: 'struct sa1111_dev',
      },
      evidence: [
        inTree('6.12', 'arch/arm/include/asm/hardware/sa1111.h'),
        inTree('7.2', 'arch/arm/include/asm/hardware/sa1111.h'),
      ],
    },
    {
      struct: 'struct ucb1x00_driver',
      roles: {
        add: { context: 'probe', device: 0 },
        remove: { context: 'teardown', device: 0 },
        suspend: { context: 'power-management', device: 0 },
        resume: { context: 'power-management', device: 0 },
      },
      driver: { bus: 'ucb1x00', triggers: ['parent-removal', 'module-unload'], device: 'struct ucb1x00_dev' },
      evidence: [inTree('6.12', 'include/linux/mfd/ucb1x00.h'), inTree('7.2', 'include/linux/mfd/ucb1x00.h')],
    },
    {
      struct: 'struct mcp_driver',
      roles: {
        probe: { context: 'probe', device: 0 },
        remove: { context: 'teardown', device: 0 },
      },
      owner: 'drv.owner',
      driver: {
        bus: 'mcp',
        triggers: ['sysfs-unbind', 'module-unload'],
        suppressBind: 'drv.suppress_bind_attrs',
        device: 'struct mcp',
      },
      evidence: [inTree('6.12', 'include/linux/mfd/mcp.h'), inTree('7.2', 'include/linux/mfd/mcp.h')],
    },
    {
      struct: 'struct anybuss_client_driver',
      roles: {
        probe: { context: 'probe', device: 0 },
        remove: { context: 'teardown', device: 0 },
      },
      owner: 'driver.owner',
      driver: {
        bus: 'anybuss',
        triggers: ['parent-removal', 'sysfs-unbind', 'module-unload'],
        suppressBind: 'driver.suppress_bind_attrs',
        device: 'struct anybuss_client',
      },
      evidence: [inTree('6.12', 'drivers/staging/fieldbus/anybuss/anybuss-client.h')],
    },
    {
      struct: 'struct vme_driver',
      roles: {
        probe: { context: 'probe', device: 0 },
        remove: { context: 'teardown', device: 0 },
        '*': { context: 'subsystem-callback' },
      },
      owner: 'driver.owner',
      driver: {
        bus: 'vme',
        triggers: ['parent-removal', 'sysfs-unbind', 'module-unload'],
        suppressBind: 'driver.suppress_bind_attrs',
        device: 'struct vme_dev',
      },
      evidence: [inTree('6.12', 'drivers/staging/vme_user/vme.h'), inTree('7.2', 'drivers/staging/vme_user/vme.h')],
    },
    {
      struct: 'struct vchiq_driver',
      roles: {
        probe: { context: 'probe', device: 0 },
        remove: { context: 'teardown', device: 0 },
        resume: { context: 'power-management', device: 0 },
        suspend: { context: 'power-management', device: 0 },
      },
      owner: 'driver.owner',
      driver: {
        bus: 'vchiq',
        triggers: ['parent-removal', 'sysfs-unbind', 'module-unload'],
        suppressBind: 'driver.suppress_bind_attrs',
        device: 'struct vchiq_device',
      },
      evidence: [
        inTree('6.12', 'drivers/staging/vc04_services/interface/vchiq_arm/vchiq_bus.h'),
        inTree('7.2', 'include/linux/raspberrypi/vchiq_bus.h'),
      ],
    },
    {
      struct: 'struct intel_th_driver',
      roles: {
        probe: { context: 'probe', device: 0 },
        remove: { context: 'teardown', device: 0 },
        '*': { context: 'subsystem-callback' },
      },
      owner: 'driver.owner',
      driver: {
        bus: 'intel-th',
        triggers: ['parent-removal', 'sysfs-unbind', 'module-unload'],
        suppressBind: 'driver.suppress_bind_attrs',
        device: 'struct intel_th_device',
      },
      evidence: [
        inTree('6.12', 'drivers/hwtracing/intel_th/intel_th.h'),
        inTree('7.2', 'drivers/hwtracing/intel_th/intel_th.h'),
      ],
    },
    {
      struct: 'struct idxd_device_driver',
      roles: {
        probe: { context: 'probe', device: 0 },
        remove: { context: 'teardown', device: 0 },
        '*': { context: 'subsystem-callback' },
      },
      owner: 'drv.owner',
      driver: {
        bus: 'dsa',
        triggers: ['sysfs-unbind', 'module-unload'],
        suppressBind: 'drv.suppress_bind_attrs',
        device: 'struct idxd_dev',
      },
      evidence: [inTree('6.12', 'drivers/dma/idxd/idxd.h'), inTree('7.2', 'drivers/dma/idxd/idxd.h')],
    },
    {
      struct: 'struct hda_codec_driver',
      roles: {
        'core.driver.probe': { context: 'probe', device: 0 },
        'core.driver.remove': { context: 'teardown', device: 0 },
        'core.driver.shutdown': { context: 'teardown', device: 0 },
      },
      owner: 'core.driver.owner',
      driver: {
        bus: 'hda',
        triggers: ['parent-removal', 'sysfs-unbind', 'module-unload'],
        suppressBind: 'core.driver.suppress_bind_attrs',
      },
      evidence: [inTree('6.12', 'include/sound/hda_codec.h'), inTree('7.2', 'include/sound/hda_codec.h')],
    },
    {
      struct: 'struct hdac_driver',
      roles: {
        probe: { context: 'probe', device: 0 },
        remove: { context: 'teardown', device: 0 },
        shutdown: { context: 'teardown', device: 0 },
        '*': { context: 'subsystem-callback' },
      },
      owner: 'driver.owner',
      driver: {
        bus: 'hda',
        triggers: ['parent-removal', 'sysfs-unbind', 'module-unload'],
        suppressBind: 'driver.suppress_bind_attrs',
        device: 'struct hdac_device',
      },
      evidence: [inTree('6.12', 'include/sound/hdaudio.h'), inTree('7.2', 'include/sound/hdaudio.h')],
    },
    {
      struct: 'struct ac97_codec_driver',
      roles: {
        probe: { context: 'probe', device: 0 },
        remove: { context: 'teardown', device: 0 },
        shutdown: { context: 'teardown', device: 0 },
      },
      owner: 'driver.owner',
      driver: {
        bus: 'ac97',
        triggers: ['parent-removal', 'sysfs-unbind', 'module-unload'],
        suppressBind: 'driver.suppress_bind_attrs',
        device: 'struct ac97_codec_device',
      },
      evidence: [inTree('6.12', 'include/sound/ac97/codec.h'), inTree('7.2', 'include/sound/ac97/codec.h')],
    },
    {
      struct: 'struct snd_seq_driver',
      roles: {
        probe: { context: 'probe', device: 0 },
        remove: { context: 'teardown', device: 0 },
        'driver.probe': { context: 'probe', device: 0 },
        'driver.remove': { context: 'teardown', device: 0 },
        'driver.shutdown': { context: 'teardown', device: 0 },
      },
      owner: 'driver.owner',
      driver: {
        bus: 'snd-seq',
        triggers: ['parent-removal', 'sysfs-unbind', 'module-unload'],
        suppressBind: 'driver.suppress_bind_attrs',
        device: 'struct snd_seq_device',
      },
      evidence: [inTree('6.12', 'include/sound/seq_device.h'), inTree('7.2', 'include/sound/seq_device.h')],
    },
    {
      struct: 'struct tifm_driver',
      roles: {
        probe: { context: 'probe', device: 0 },
        remove: { context: 'teardown', device: 0 },
        suspend: { context: 'power-management', device: 0 },
        resume: { context: 'power-management', device: 0 },
      },
      owner: 'driver.owner',
      driver: {
        bus: 'tifm',
        triggers: ['hot-unplug', 'sysfs-unbind', 'module-unload'],
        suppressBind: 'driver.suppress_bind_attrs',
        device: 'struct tifm_dev',
      },
      evidence: [inTree('6.12', 'include/linux/tifm.h'), inTree('7.2', 'include/linux/tifm.h')],
    },
    {
      struct: 'struct rmi_function_handler',
      roles: {
        probe: { context: 'probe', device: 0 },
        remove: { context: 'teardown', device: 0 },
        suspend: { context: 'power-management', device: 0 },
        resume: { context: 'power-management', device: 0 },
        '*': { context: 'subsystem-callback' },
      },
      owner: 'driver.owner',
      driver: {
        bus: 'rmi4',
        triggers: ['parent-removal', 'sysfs-unbind', 'module-unload'],
        suppressBind: 'driver.suppress_bind_attrs',
        device: 'struct rmi_function',
      },
      evidence: [inTree('6.12', 'drivers/input/rmi4/rmi_bus.h'), inTree('7.2', 'drivers/input/rmi4/rmi_bus.h')],
    },
    {
      struct: 'struct pci_epf_driver',
      roles: {
        probe: { context: 'probe', device: 0 },
        remove: { context: 'teardown', device: 0 },
      },
      owner: 'owner',
      driver: {
        bus: 'pci-epf',
        triggers: ['object-destroy', 'sysfs-unbind', 'module-unload'],
        suppressBind: 'driver.suppress_bind_attrs',
        device: 'struct pci_epf',
      },
      evidence: [inTree('6.12', 'include/linux/pci-epf.h'), inTree('7.2', 'include/linux/pci-epf.h')],
    },
    {
      struct: 'struct usb_gadget_driver',
      roles: {
        bind: { context: 'probe', device: 0 },
        unbind: { context: 'teardown', device: 0 },
        disconnect: { context: 'subsystem-callback' },
        suspend: { context: 'power-management', device: 0 },
        resume: { context: 'power-management', device: 0 },
        '*': { context: 'subsystem-callback' },
      },
      owner: 'driver.owner',
      driver: {
        bus: 'gadget',
        triggers: ['object-destroy', 'sysfs-unbind', 'module-unload'],
        suppressBind: 'driver.suppress_bind_attrs',
        device: 'struct usb_gadget',
      },
      evidence: [inTree('6.12', 'include/linux/usb/gadget.h'), inTree('7.2', 'include/linux/usb/gadget.h')],
    },
    {
      struct: 'struct pcie_port_service_driver',
      roles: {
        probe: { context: 'probe', device: 0 },
        remove: { context: 'teardown', device: 0 },
        suspend: { context: 'power-management', device: 0 },
        resume_noirq: { context: 'power-management', device: 0 },
        resume: { context: 'power-management', device: 0 },
        runtime_suspend: { context: 'power-management', device: 0 },
        runtime_resume: { context: 'power-management', device: 0 },
        '*': { context: 'subsystem-callback' },
      },
      owner: 'driver.owner',
      driver: {
        bus: 'pcie-port',
        triggers: ['hot-unplug', 'sysfs-unbind', 'module-unload'],
        suppressBind: 'driver.suppress_bind_attrs',
        device: 'struct pcie_device',
      },
      evidence: [inTree('6.12', 'drivers/pci/pcie/portdrv.h'), inTree('7.2', 'drivers/pci/pcie/portdrv.h')],
    },
    {
      struct: 'struct adb_driver',
      roles: {
        probe: { context: 'probe' },
        '*': { context: 'subsystem-callback' },
      },
      driver: { bus: 'adb', triggers: ['sysfs-unbind', 'module-unload'] },
      evidence: [inTree('6.12', 'include/linux/adb.h'), inTree('7.2', 'include/linux/adb.h')],
    },
    {
      struct: 'struct device_driver',
      roles: {
        probe: { context: 'probe', device: 0 },
        remove: { context: 'teardown', device: 0 },
        shutdown: { context: 'teardown', device: 0 },
        suspend: { context: 'power-management', device: 0 },
        resume: { context: 'power-management', device: 0 },
        coredump: { context: 'attribute' },
        post_unbind_rust: { context: 'teardown', device: 0 },
        '*': { context: 'subsystem-callback' },
      },
      owner: 'owner',
      driver: { bus: 'driver-core', triggers: ['sysfs-unbind', 'module-unload'], device: 'struct device' },
      evidence: [inTree('6.12', 'include/linux/device/driver.h'), inTree('7.2', 'include/linux/device/driver.h')],
    },
    {
      struct: 'struct class_interface',
      roles: {
        add_dev: { context: 'probe', device: 0 },
        remove_dev: { context: 'teardown', device: 0 },
      },
      driver: {
        bus: 'class',
        triggers: ['parent-removal', 'module-unload'],
        device: 'struct device',
        keepsDevres: true,
      },
      evidence: [inTree('6.12', 'include/linux/device/class.h'), inTree('7.2', 'include/linux/device/class.h')],
    },
    {
      struct: 'struct subsys_interface',
      roles: {
        add_dev: { context: 'probe', device: 0 },
        remove_dev: { context: 'teardown', device: 0 },
      },
      driver: {
        bus: 'subsys',
        triggers: ['parent-removal', 'module-unload'],
        device: 'struct device',
        keepsDevres: true,
      },
      evidence: [inTree('6.12', 'include/linux/device.h'), inTree('7.2', 'include/linux/device.h')],
    },
    {
      struct: 'struct ipmi_smi_watcher',
      roles: {
        new_smi: { context: 'probe' },
        smi_gone: { context: 'teardown' },
      },
      owner: 'owner',
      driver: { bus: 'ipmi', triggers: ['parent-removal'], device: 'struct device', keepsDevres: true },
      evidence: [inTree('6.12', 'include/linux/ipmi.h'), inTree('7.2', 'include/linux/ipmi.h')],
    },
    {
      struct: 'struct ib_client',
      roles: {
        add: { context: 'probe', device: 0 },
        remove: { context: 'teardown', device: 0 },
        '*': { context: 'subsystem-callback' },
      },
      driver: {
        bus: 'infiniband',
        triggers: ['parent-removal', 'module-unload'],
        device: 'struct ib_device',
        keepsDevres: true,
      },
      evidence: [inTree('6.12', 'include/rdma/ib_verbs.h'), inTree('7.2', 'include/rdma/ib_verbs.h')],
    },
    {
      struct: 'struct input_handler',
      roles: {
        connect: { context: 'probe', device: 0 },
        disconnect: { context: 'teardown', device: 0 },
        start: { context: 'subsystem-callback' },
        '*': { context: 'subsystem-callback' },
      },
      driver: {
        bus: 'input',
        triggers: ['hot-unplug', 'parent-removal', 'module-unload'],
        device: 'struct input_dev',
        keepsDevres: true,
      },
      evidence: [inTree('6.12', 'include/linux/input.h'), inTree('7.2', 'include/linux/input.h')],
    },
    {
      struct: 'struct kcs_bmc_driver_ops',
      roles: {
        add_device: { context: 'probe', device: 0 },
        remove_device: { context: 'teardown', device: 0 },
      },
      driver: { bus: 'kcs-bmc', triggers: ['parent-removal', 'module-unload'] },
      evidence: [
        inTree('6.12', 'drivers/char/ipmi/kcs_bmc_client.h'),
        inTree('7.2', 'drivers/char/ipmi/kcs_bmc_client.h'),
      ],
    },
    {
      struct: 'struct w1_family_ops',
      roles: {
        add_slave: { context: 'probe', device: 0 },
        remove_slave: { context: 'teardown', device: 0 },
      },
      driver: { bus: 'w1', triggers: ['hot-unplug', 'module-unload'] },
      evidence: [inTree('6.12', 'include/linux/w1.h'), inTree('7.2', 'include/linux/w1.h')],
    },
    {
      struct: 'struct comedi_driver',
      roles: {
        attach: { context: 'probe', device: 0 },
        detach: { context: 'teardown', device: 0 },
        auto_attach: { context: 'probe', device: 0 },
      },
      driver: {
        bus: 'comedi',
        triggers: ['object-destroy', 'parent-removal', 'module-unload'],
        device: 'struct comedi_device',
      },
      evidence: [inTree('6.12', 'include/linux/comedi/comedidev.h'), inTree('7.2', 'include/linux/comedi/comedidev.h')],
    },
    {
      struct: 'struct snd_soc_component_driver',
      roles: {
        probe: { context: 'probe', device: 0 },
        remove: { context: 'teardown', device: 0 },
        suspend: { context: 'power-management', device: 0 },
        resume: { context: 'power-management', device: 0 },
        '*': { context: 'subsystem-callback' },
      },
      driver: {
        bus: 'asoc',
        triggers: ['parent-removal', 'sysfs-unbind', 'module-unload'],
        device: 'struct snd_soc_component',
        keepsDevres: true,
      },
      evidence: [inTree('6.12', 'include/sound/soc-component.h'), inTree('7.2', 'include/sound/soc-component.h')],
    },
  ],
});
