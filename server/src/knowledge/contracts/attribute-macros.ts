/** Macros that define an attribute or a pseudo file and so name the functions behind it. */
import { contracts, inTree } from '../schema.ts';

export const attributeMacros = contracts({
  header: 'linux/device.h, linux/sysfs.h, linux/seq_file.h, linux/hwmon-sysfs.h, linux/configfs.h',
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
