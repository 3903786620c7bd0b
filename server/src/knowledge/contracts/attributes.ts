/** Tables of attributes and pseudo files, and tables whose objects user space creates and destroys. */
import { contracts, inTree } from '../schema.ts';

export const attributes = contracts({
  header: 'linux/sysfs.h, linux/proc_fs.h, linux/configfs.h, net/rtnetlink.h',
  tables: [
    {
      struct: 'struct device_attribute',
      roles: { '*': { context: 'attribute', device: 0 } },
      evidence: [inTree('6.12', 'include/linux/device.h'), inTree('7.2', 'include/linux/device.h')],
    },
    {
      struct: 'struct driver_attribute',
      roles: { '*': { context: 'attribute' } },
      evidence: [inTree('6.12', 'include/linux/device/driver.h'), inTree('7.2', 'include/linux/device/driver.h')],
    },
    {
      struct: 'struct bus_attribute',
      roles: { '*': { context: 'attribute' } },
      evidence: [inTree('6.12', 'include/linux/device/bus.h'), inTree('7.2', 'include/linux/device/bus.h')],
    },
    {
      struct: 'struct class_attribute',
      roles: { '*': { context: 'attribute' } },
      evidence: [inTree('6.12', 'include/linux/device/class.h'), inTree('7.2', 'include/linux/device/class.h')],
    },
    {
      struct: 'struct kobj_attribute',
      roles: { '*': { context: 'attribute' } },
      evidence: [inTree('6.12', 'include/linux/kobject.h'), inTree('7.2', 'include/linux/kobject.h')],
    },
    {
      struct: 'struct sysfs_ops',
      roles: { '*': { context: 'attribute' } },
      evidence: [inTree('6.12', 'include/linux/sysfs.h'), inTree('7.2', 'include/linux/sysfs.h')],
    },
    {
      struct: 'struct bin_attribute',
      roles: { '*': { context: 'attribute' } },
      evidence: [inTree('6.12', 'include/linux/sysfs.h'), inTree('7.2', 'include/linux/sysfs.h')],
    },
    {
      struct: 'struct attribute_group',
      roles: { '*': { context: 'attribute' } },
      evidence: [inTree('6.12', 'include/linux/sysfs.h'), inTree('7.2', 'include/linux/sysfs.h')],
    },
    {
      struct: 'struct configfs_attribute',
      roles: { '*': { context: 'attribute' } },
      evidence: [inTree('6.12', 'include/linux/configfs.h'), inTree('7.2', 'include/linux/configfs.h')],
    },
    {
      struct: 'struct configfs_bin_attribute',
      roles: { '*': { context: 'attribute' } },
      evidence: [inTree('6.12', 'include/linux/configfs.h'), inTree('7.2', 'include/linux/configfs.h')],
    },
    {
      struct: 'struct kernel_param_ops',
      roles: { '*': { context: 'attribute' } },
      evidence: [inTree('6.12', 'include/linux/moduleparam.h'), inTree('7.2', 'include/linux/moduleparam.h')],
    },
    {
      struct: 'struct ctl_table',
      roles: { '*': { context: 'attribute' } },
      evidence: [inTree('6.12', 'include/linux/sysctl.h'), inTree('7.2', 'include/linux/sysctl.h')],
    },
    {
      struct: 'struct module_attribute',
      roles: { '*': { context: 'attribute' } },
      evidence: [inTree('6.12', 'include/linux/module.h'), inTree('7.2', 'include/linux/module.h')],
    },
    {
      struct: 'struct sensor_device_attribute',
      roles: { '*': { context: 'attribute' } },
      evidence: [inTree('6.12', 'include/linux/hwmon-sysfs.h'), inTree('7.2', 'include/linux/hwmon-sysfs.h')],
    },
    {
      struct: 'struct sensor_device_attribute_2',
      roles: { '*': { context: 'attribute' } },
      evidence: [inTree('6.12', 'include/linux/hwmon-sysfs.h'), inTree('7.2', 'include/linux/hwmon-sysfs.h')],
    },
    {
      struct: 'struct hwmon_ops',
      roles: { '*': { context: 'attribute' } },
      evidence: [inTree('6.12', 'include/linux/hwmon.h'), inTree('7.2', 'include/linux/hwmon.h')],
    },
    {
      struct: 'struct seq_operations',
      roles: { '*': { context: 'pseudo-file' } },
      evidence: [inTree('6.12', 'include/linux/seq_file.h'), inTree('7.2', 'include/linux/seq_file.h')],
    },
    {
      struct: 'struct simple_attr',
      roles: { '*': { context: 'pseudo-file', data: 0 } },
      evidence: [inTree('6.12', 'fs/libfs.c'), inTree('7.2', 'fs/libfs.c')],
    },
    {
      struct: 'struct proc_ops',
      roles: {
        proc_open: { context: 'pseudo-file', inode: 0, file: 1 },
        proc_release: { context: 'pseudo-file', inode: 0, file: 1 },
        '*': { context: 'pseudo-file', file: 0 },
      },
      evidence: [inTree('6.12', 'include/linux/proc_fs.h'), inTree('7.2', 'include/linux/proc_fs.h')],
    },
    {
      struct: 'struct notifier_block',
      roles: { notifier_call: { context: 'notifier' } },
      evidence: [inTree('6.12', 'include/linux/notifier.h'), inTree('7.2', 'include/linux/notifier.h')],
    },
    {
      struct: 'struct usb_class_driver',
      roles: { devnode: { context: 'subsystem-callback' } },
      evidence: [inTree('6.12', 'include/linux/usb.h'), inTree('7.2', 'include/linux/usb.h')],
    },
    {
      struct: 'struct ipmi_user_hndl',
      roles: { '*': { context: 'subsystem-callback' } },
      evidence: [inTree('6.12', 'include/linux/ipmi.h'), inTree('7.2', 'include/linux/ipmi.h')],
    },
    {
      struct: 'struct configfs_group_operations',
      roles: {
        make_item: { context: 'object-create' },
        make_group: { context: 'object-create' },
        drop_item: { context: 'object-destroy' },
        disconnect_notify: { context: 'object-destroy' },
        '*': { context: 'subsystem-callback' },
      },
      evidence: [inTree('6.12', 'include/linux/configfs.h'), inTree('7.2', 'include/linux/configfs.h')],
    },
    {
      struct: 'struct configfs_item_operations',
      roles: { release: { context: 'object-release' }, '*': { context: 'subsystem-callback' } },
      evidence: [inTree('6.12', 'include/linux/configfs.h'), inTree('7.2', 'include/linux/configfs.h')],
    },
    {
      struct: 'struct rtnl_link_ops',
      roles: {
        setup: { context: 'object-create' },
        newlink: { context: 'object-create' },
        dellink: { context: 'object-destroy' },
        '*': { context: 'subsystem-callback' },
      },
      evidence: [inTree('6.12', 'include/net/rtnetlink.h'), inTree('7.2', 'include/net/rtnetlink.h')],
    },
    {
      struct: 'struct pernet_operations',
      roles: {
        init: { context: 'object-create' },
        exit: { context: 'object-destroy' },
        pre_exit: { context: 'object-destroy' },
        exit_batch: { context: 'object-destroy' },
        exit_batch_rtnl: { context: 'object-destroy' },
        exit_rtnl: { context: 'object-destroy' },
      },
      evidence: [inTree('6.12', 'include/net/net_namespace.h'), inTree('7.2', 'include/net/net_namespace.h')],
    },
    {
      struct: 'struct vdpa_mgmtdev_ops',
      roles: {
        dev_add: { context: 'object-create' },
        dev_del: { context: 'object-destroy' },
        '*': { context: 'subsystem-callback' },
      },
      evidence: [inTree('6.12', 'include/linux/vdpa.h'), inTree('7.2', 'include/linux/vdpa.h')],
    },
    {
      struct: 'struct mtd_notifier',
      roles: { add: { context: 'probe', device: 0 }, remove: { context: 'teardown', device: 0 } },
      driver: { bus: 'mtd', triggers: ['parent-removal', 'module-unload'], device: 'struct mtd_info' },
      evidence: [inTree('6.12', 'include/linux/mtd/mtd.h'), inTree('7.2', 'include/linux/mtd/mtd.h')],
    },
    {
      struct: 'struct acpi_battery_hook',
      roles: { add_battery: { context: 'probe' }, remove_battery: { context: 'teardown' } },
      driver: { bus: 'acpi-battery', triggers: ['parent-removal', 'module-unload'], device: 'struct power_supply' },
      evidence: [inTree('6.12', 'include/acpi/battery.h'), inTree('7.2', 'include/acpi/battery.h')],
    },
    {
      struct: 'struct pmu',
      roles: { '*': { context: 'subsystem-callback' } },
      evidence: [inTree('6.12', 'include/linux/perf_event.h'), inTree('7.2', 'include/linux/perf_event.h')],
    },
    {
      struct: 'struct console',
      roles: { '*': { context: 'subsystem-callback' } },
      evidence: [inTree('6.12', 'include/linux/console.h'), inTree('7.2', 'include/linux/console.h')],
    },
  ],
  serialised: [
    {
      table: 'struct kernel_param_ops',
      operations: ['get', 'set'],
      lock: 'param_lock',
      evidence: [
        inTree('6.12', 'kernel/params.c', 'param_attr_store'),
        inTree('7.2', 'kernel/params.c', 'param_attr_store'),
      ],
    },
  ],
});
