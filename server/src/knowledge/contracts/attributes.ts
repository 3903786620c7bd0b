/** Tables and macros of attributes and pseudo files, and tables whose objects user space creates and destroys. */
import { contracts, inTree } from '../schema.ts';

export const attributes = contracts({
  header: 'linux/sysfs.h, linux/seq_file.h, linux/configfs.h, linux/hwmon-sysfs.h',
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
  macros: [
    {
      name: 'DEVICE_ATTR_RO',
      does: [
        { verb: 'defines', variable: 'dev_attr_{0}', struct: 'struct device_attribute', fields: { show: '{0}_show' } },
      ],
      evidence: [inTree('6.12', 'include/linux/device.h'), inTree('7.2', 'include/linux/device.h')],
    },
    {
      name: 'DEVICE_ATTR_RW',
      does: [
        {
          verb: 'defines',
          variable: 'dev_attr_{0}',
          struct: 'struct device_attribute',
          fields: { show: '{0}_show', store: '{0}_store' },
        },
      ],
      evidence: [inTree('6.12', 'include/linux/device.h'), inTree('7.2', 'include/linux/device.h')],
    },
    {
      name: 'DEVICE_ATTR_WO',
      does: [
        {
          verb: 'defines',
          variable: 'dev_attr_{0}',
          struct: 'struct device_attribute',
          fields: { store: '{0}_store' },
        },
      ],
      evidence: [inTree('6.12', 'include/linux/device.h'), inTree('7.2', 'include/linux/device.h')],
    },
    {
      name: 'DRIVER_ATTR_RO',
      does: [
        {
          verb: 'defines',
          variable: 'driver_attr_{0}',
          struct: 'struct driver_attribute',
          fields: { show: '{0}_show' },
        },
      ],
      evidence: [inTree('6.12', 'include/linux/device/driver.h'), inTree('7.2', 'include/linux/device/driver.h')],
    },
    {
      name: 'DRIVER_ATTR_RW',
      does: [
        {
          verb: 'defines',
          variable: 'driver_attr_{0}',
          struct: 'struct driver_attribute',
          fields: { show: '{0}_show', store: '{0}_store' },
        },
      ],
      evidence: [inTree('6.12', 'include/linux/device/driver.h'), inTree('7.2', 'include/linux/device/driver.h')],
    },
    {
      name: 'DRIVER_ATTR_WO',
      does: [
        {
          verb: 'defines',
          variable: 'driver_attr_{0}',
          struct: 'struct driver_attribute',
          fields: { store: '{0}_store' },
        },
      ],
      evidence: [inTree('6.12', 'include/linux/device/driver.h'), inTree('7.2', 'include/linux/device/driver.h')],
    },
    {
      name: 'BUS_ATTR_RO',
      does: [
        { verb: 'defines', variable: 'bus_attr_{0}', struct: 'struct bus_attribute', fields: { show: '{0}_show' } },
      ],
      evidence: [inTree('6.12', 'include/linux/device/bus.h'), inTree('7.2', 'include/linux/device/bus.h')],
    },
    {
      name: 'BUS_ATTR_RW',
      does: [
        {
          verb: 'defines',
          variable: 'bus_attr_{0}',
          struct: 'struct bus_attribute',
          fields: { show: '{0}_show', store: '{0}_store' },
        },
      ],
      evidence: [inTree('6.12', 'include/linux/device/bus.h'), inTree('7.2', 'include/linux/device/bus.h')],
    },
    {
      name: 'BUS_ATTR_WO',
      does: [
        { verb: 'defines', variable: 'bus_attr_{0}', struct: 'struct bus_attribute', fields: { store: '{0}_store' } },
      ],
      evidence: [inTree('6.12', 'include/linux/device/bus.h'), inTree('7.2', 'include/linux/device/bus.h')],
    },
    {
      name: 'CLASS_ATTR_RO',
      does: [
        { verb: 'defines', variable: 'class_attr_{0}', struct: 'struct class_attribute', fields: { show: '{0}_show' } },
      ],
      evidence: [inTree('6.12', 'include/linux/device/class.h'), inTree('7.2', 'include/linux/device/class.h')],
    },
    {
      name: 'CLASS_ATTR_RW',
      does: [
        {
          verb: 'defines',
          variable: 'class_attr_{0}',
          struct: 'struct class_attribute',
          fields: { show: '{0}_show', store: '{0}_store' },
        },
      ],
      evidence: [inTree('6.12', 'include/linux/device/class.h'), inTree('7.2', 'include/linux/device/class.h')],
    },
    {
      name: 'CLASS_ATTR_WO',
      does: [
        {
          verb: 'defines',
          variable: 'class_attr_{0}',
          struct: 'struct class_attribute',
          fields: { store: '{0}_store' },
        },
      ],
      evidence: [inTree('6.12', 'include/linux/device/class.h'), inTree('7.2', 'include/linux/device/class.h')],
    },
    {
      name: 'DEVICE_ATTR_ADMIN_RO',
      does: [
        { verb: 'defines', variable: 'dev_attr_{0}', struct: 'struct device_attribute', fields: { show: '{0}_show' } },
      ],
      evidence: [inTree('6.12', 'include/linux/device.h'), inTree('7.2', 'include/linux/device.h')],
    },
    {
      name: 'DEVICE_ATTR_ADMIN_RW',
      does: [
        {
          verb: 'defines',
          variable: 'dev_attr_{0}',
          struct: 'struct device_attribute',
          fields: { show: '{0}_show', store: '{0}_store' },
        },
      ],
      evidence: [inTree('6.12', 'include/linux/device.h'), inTree('7.2', 'include/linux/device.h')],
    },
    {
      name: 'DEVICE_ATTR',
      does: [
        {
          verb: 'defines',
          variable: 'dev_attr_{0}',
          struct: 'struct device_attribute',
          fields: { show: '{2}', store: '{3}' },
        },
      ],
      evidence: [inTree('6.12', 'include/linux/device.h'), inTree('7.2', 'include/linux/device.h')],
    },
    {
      name: 'DEVICE_ATTR_PREALLOC',
      does: [
        {
          verb: 'defines',
          variable: 'dev_attr_{0}',
          struct: 'struct device_attribute',
          fields: { show: '{2}', store: '{3}' },
        },
      ],
      evidence: [inTree('6.12', 'include/linux/device.h'), inTree('7.2', 'include/linux/device.h')],
    },
    {
      name: 'DEVICE_ATTR_IGNORE_LOCKDEP',
      does: [
        {
          verb: 'defines',
          variable: 'dev_attr_{0}',
          struct: 'struct device_attribute',
          fields: { show: '{2}', store: '{3}' },
        },
      ],
      evidence: [inTree('6.12', 'include/linux/device.h'), inTree('7.2', 'include/linux/device.h')],
    },
    {
      name: 'SENSOR_DEVICE_ATTR',
      does: [
        {
          verb: 'defines',
          variable: 'sensor_dev_attr_{0}',
          struct: 'struct sensor_device_attribute',
          fields: { 'dev_attr.show': '{2}', 'dev_attr.store': '{3}' },
        },
      ],
      evidence: [inTree('6.12', 'include/linux/hwmon-sysfs.h'), inTree('7.2', 'include/linux/hwmon-sysfs.h')],
    },
    {
      name: 'SENSOR_DEVICE_ATTR_RO',
      does: [
        {
          verb: 'defines',
          variable: 'sensor_dev_attr_{0}',
          struct: 'struct sensor_device_attribute',
          fields: { 'dev_attr.show': '{1}_show' },
        },
      ],
      evidence: [inTree('6.12', 'include/linux/hwmon-sysfs.h'), inTree('7.2', 'include/linux/hwmon-sysfs.h')],
    },
    {
      name: 'SENSOR_DEVICE_ATTR_RW',
      does: [
        {
          verb: 'defines',
          variable: 'sensor_dev_attr_{0}',
          struct: 'struct sensor_device_attribute',
          fields: { 'dev_attr.show': '{1}_show', 'dev_attr.store': '{1}_store' },
        },
      ],
      evidence: [inTree('6.12', 'include/linux/hwmon-sysfs.h'), inTree('7.2', 'include/linux/hwmon-sysfs.h')],
    },
    {
      name: 'SENSOR_DEVICE_ATTR_WO',
      does: [
        {
          verb: 'defines',
          variable: 'sensor_dev_attr_{0}',
          struct: 'struct sensor_device_attribute',
          fields: { 'dev_attr.store': '{1}_store' },
        },
      ],
      evidence: [inTree('6.12', 'include/linux/hwmon-sysfs.h'), inTree('7.2', 'include/linux/hwmon-sysfs.h')],
    },
    {
      name: 'SENSOR_DEVICE_ATTR_2',
      does: [
        {
          verb: 'defines',
          variable: 'sensor_dev_attr_{0}',
          struct: 'struct sensor_device_attribute_2',
          fields: { 'dev_attr.show': '{2}', 'dev_attr.store': '{3}' },
        },
      ],
      evidence: [inTree('6.12', 'include/linux/hwmon-sysfs.h'), inTree('7.2', 'include/linux/hwmon-sysfs.h')],
    },
    {
      name: 'SENSOR_DEVICE_ATTR_2_RO',
      does: [
        {
          verb: 'defines',
          variable: 'sensor_dev_attr_{0}',
          struct: 'struct sensor_device_attribute_2',
          fields: { 'dev_attr.show': '{1}_show' },
        },
      ],
      evidence: [inTree('6.12', 'include/linux/hwmon-sysfs.h'), inTree('7.2', 'include/linux/hwmon-sysfs.h')],
    },
    {
      name: 'SENSOR_DEVICE_ATTR_2_RW',
      does: [
        {
          verb: 'defines',
          variable: 'sensor_dev_attr_{0}',
          struct: 'struct sensor_device_attribute_2',
          fields: { 'dev_attr.show': '{1}_show', 'dev_attr.store': '{1}_store' },
        },
      ],
      evidence: [inTree('6.12', 'include/linux/hwmon-sysfs.h'), inTree('7.2', 'include/linux/hwmon-sysfs.h')],
    },
    {
      name: 'SENSOR_DEVICE_ATTR_2_WO',
      does: [
        {
          verb: 'defines',
          variable: 'sensor_dev_attr_{0}',
          struct: 'struct sensor_device_attribute_2',
          fields: { 'dev_attr.store': '{1}_store' },
        },
      ],
      evidence: [inTree('6.12', 'include/linux/hwmon-sysfs.h'), inTree('7.2', 'include/linux/hwmon-sysfs.h')],
    },
    {
      name: 'BIN_ATTR',
      does: [
        {
          verb: 'defines',
          variable: 'bin_attr_{0}',
          struct: 'struct bin_attribute',
          fields: { read: '{2}', write: '{3}' },
        },
      ],
      evidence: [inTree('6.12', 'include/linux/sysfs.h'), inTree('7.2', 'include/linux/sysfs.h')],
    },
    {
      name: 'BIN_ATTR_RO',
      does: [
        { verb: 'defines', variable: 'bin_attr_{0}', struct: 'struct bin_attribute', fields: { read: '{0}_read' } },
      ],
      evidence: [inTree('6.12', 'include/linux/sysfs.h'), inTree('7.2', 'include/linux/sysfs.h')],
    },
    {
      name: 'BIN_ATTR_RW',
      does: [
        {
          verb: 'defines',
          variable: 'bin_attr_{0}',
          struct: 'struct bin_attribute',
          fields: { read: '{0}_read', write: '{0}_write' },
        },
      ],
      evidence: [inTree('6.12', 'include/linux/sysfs.h'), inTree('7.2', 'include/linux/sysfs.h')],
    },
    {
      name: 'BIN_ATTR_ADMIN_RO',
      does: [
        { verb: 'defines', variable: 'bin_attr_{0}', struct: 'struct bin_attribute', fields: { read: '{0}_read' } },
      ],
      evidence: [inTree('6.12', 'include/linux/sysfs.h'), inTree('7.2', 'include/linux/sysfs.h')],
    },
    {
      name: 'BIN_ATTR_ADMIN_RW',
      does: [
        {
          verb: 'defines',
          variable: 'bin_attr_{0}',
          struct: 'struct bin_attribute',
          fields: { read: '{0}_read', write: '{0}_write' },
        },
      ],
      evidence: [inTree('6.12', 'include/linux/sysfs.h'), inTree('7.2', 'include/linux/sysfs.h')],
    },
    {
      name: 'BIN_ATTR_WO',
      does: [
        { verb: 'defines', variable: 'bin_attr_{0}', struct: 'struct bin_attribute', fields: { write: '{0}_write' } },
      ],
      evidence: [inTree('6.12', 'include/linux/sysfs.h'), inTree('7.2', 'include/linux/sysfs.h')],
    },
    {
      name: 'CONFIGFS_ATTR',
      does: [
        {
          verb: 'defines',
          variable: '{0}attr_{1}',
          struct: 'struct configfs_attribute',
          fields: { show: '{0}{1}_show', store: '{0}{1}_store' },
        },
      ],
      evidence: [inTree('6.12', 'include/linux/configfs.h'), inTree('7.2', 'include/linux/configfs.h')],
    },
    {
      name: 'CONFIGFS_ATTR_RO',
      does: [
        {
          verb: 'defines',
          variable: '{0}attr_{1}',
          struct: 'struct configfs_attribute',
          fields: { show: '{0}{1}_show' },
        },
      ],
      evidence: [inTree('6.12', 'include/linux/configfs.h'), inTree('7.2', 'include/linux/configfs.h')],
    },
    {
      name: 'CONFIGFS_ATTR_WO',
      does: [
        {
          verb: 'defines',
          variable: '{0}attr_{1}',
          struct: 'struct configfs_attribute',
          fields: { store: '{0}{1}_store' },
        },
      ],
      evidence: [inTree('6.12', 'include/linux/configfs.h'), inTree('7.2', 'include/linux/configfs.h')],
    },
    {
      name: 'DEFINE_SHOW_ATTRIBUTE',
      does: [{ verb: 'defines', variable: '{0}_fops', struct: 'struct seq_operations', fields: { show: '{0}_show' } }],
      evidence: [inTree('6.12', 'include/linux/seq_file.h'), inTree('7.2', 'include/linux/seq_file.h')],
    },
    {
      name: 'DEFINE_SHOW_STORE_ATTRIBUTE',
      does: [
        {
          verb: 'defines',
          variable: '{0}_fops',
          struct: 'struct seq_operations',
          fields: { show: '{0}_show', write: '{0}_write' },
        },
      ],
      evidence: [inTree('6.12', 'include/linux/seq_file.h'), inTree('7.2', 'include/linux/seq_file.h')],
    },
    {
      name: 'DEFINE_PROC_SHOW_ATTRIBUTE',
      does: [
        { verb: 'defines', variable: '{0}_proc_ops', struct: 'struct seq_operations', fields: { show: '{0}_show' } },
      ],
      evidence: [inTree('6.12', 'include/linux/seq_file.h'), inTree('7.2', 'include/linux/seq_file.h')],
    },
    {
      name: 'DEFINE_SIMPLE_ATTRIBUTE',
      does: [{ verb: 'defines', variable: '{0}', struct: 'struct simple_attr', fields: { get: '{1}', set: '{2}' } }],
      evidence: [inTree('6.12', 'include/linux/fs.h'), inTree('7.2', 'include/linux/fs.h')],
    },
    {
      name: 'DEFINE_SIMPLE_ATTRIBUTE_SIGNED',
      does: [{ verb: 'defines', variable: '{0}', struct: 'struct simple_attr', fields: { get: '{1}', set: '{2}' } }],
      evidence: [inTree('6.12', 'include/linux/fs.h'), inTree('7.2', 'include/linux/fs.h')],
    },
    {
      name: 'DEFINE_DEBUGFS_ATTRIBUTE',
      does: [{ verb: 'defines', variable: '{0}', struct: 'struct simple_attr', fields: { get: '{1}', set: '{2}' } }],
      evidence: [inTree('6.12', 'include/linux/debugfs.h'), inTree('7.2', 'include/linux/debugfs.h')],
    },
    {
      name: 'DEFINE_DEBUGFS_ATTRIBUTE_SIGNED',
      does: [{ verb: 'defines', variable: '{0}', struct: 'struct simple_attr', fields: { get: '{1}', set: '{2}' } }],
      evidence: [inTree('6.12', 'include/linux/debugfs.h'), inTree('7.2', 'include/linux/debugfs.h')],
    },
    {
      name: 'ATTRIBUTE_GROUPS',
      does: [{ verb: 'nothing' }],
      evidence: [inTree('6.12', 'include/linux/sysfs.h'), inTree('7.2', 'include/linux/sysfs.h')],
    },
    {
      name: 'BIN_ATTRIBUTE_GROUPS',
      does: [{ verb: 'nothing' }],
      evidence: [inTree('6.12', 'include/linux/sysfs.h'), inTree('7.2', 'include/linux/sysfs.h')],
    },
    {
      name: 'DEVICE_INT_ATTR',
      does: [{ verb: 'nothing' }],
      evidence: [inTree('6.12', 'include/linux/device.h'), inTree('7.2', 'include/linux/device.h')],
    },
    {
      name: 'DEVICE_ULONG_ATTR',
      does: [{ verb: 'nothing' }],
      evidence: [inTree('6.12', 'include/linux/device.h'), inTree('7.2', 'include/linux/device.h')],
    },
    {
      name: 'DEVICE_BOOL_ATTR',
      does: [{ verb: 'nothing' }],
      evidence: [inTree('6.12', 'include/linux/device.h'), inTree('7.2', 'include/linux/device.h')],
    },
    {
      name: 'CLASS_ATTR_STRING',
      does: [{ verb: 'nothing' }],
      evidence: [inTree('6.12', 'include/linux/device/class.h'), inTree('7.2', 'include/linux/device/class.h')],
    },
  ],
});
