/** Calls of small buses and sensor drivers, and helpers that give the same object back. */
import { arg, contracts, inTree, result } from '../schema.ts';

export const peripherals = contracts({
  header: 'linux/parport.h, linux/w1.h, linux/greybus.h, linux/hsi/hsi.h, linux/tee_drv.h, linux/hwmon.h',
  functions: [
    {
      name: 'parport_register_dev_model',
      prototype:
        'pardevice *parport_register_dev_model(struct parport *port, const char *name, const struct pardev_cb *par_dev_cb, int cnt)',
      does: [
        { verb: 'allocates', what: 'device', into: result, owner: 'caller' },
        { verb: 'takesRef', on: arg(0), what: 'object' },
      ],
      summary: 'Adds a user to a parallel port and keeps the port; its callbacks run until it is unregistered.',
      evidence: [
        inTree('6.12', 'drivers/parport/share.c', 'parport_register_dev_model'),
        inTree('7.2', 'drivers/parport/share.c', 'parport_register_dev_model'),
      ],
    },
    {
      name: 'parport_unregister_device',
      prototype: 'void parport_unregister_device(struct pardevice *dev)',
      does: [{ verb: 'frees', what: 'device', on: arg(0) }],
      summary: 'Removes a user of a parallel port and drops its hold on the port; it does not wait for who claimed it.',
      evidence: [
        inTree('6.12', 'drivers/parport/share.c', 'parport_unregister_device'),
        inTree('7.2', 'drivers/parport/share.c', 'parport_unregister_device'),
      ],
    },
    {
      name: 'parport_claim',
      prototype: 'int parport_claim(struct pardevice *dev)',
      does: [{ verb: 'acquires', lock: 'subsystem', on: arg(0), mode: 'exclusive', when: 'zero' }],
      summary: 'Claims a parallel port for one user if it is free: 0 means it is held.',
      evidence: [inTree('6.12', 'include/linux/parport.h'), inTree('7.2', 'include/linux/parport.h')],
    },
    {
      name: 'parport_claim_or_block',
      prototype: 'int parport_claim_or_block(struct pardevice *dev)',
      does: [
        { verb: 'acquires', lock: 'subsystem', on: arg(0), mode: 'exclusive', when: 'nonnegative' },
        { verb: 'waits', for: 'condition', interruptible: true },
      ],
      summary:
        'Claims a parallel port for one user, sleeping until it is free; a negative result means it is not held.',
      evidence: [inTree('6.12', 'include/linux/parport.h'), inTree('7.2', 'include/linux/parport.h')],
    },
    {
      name: 'parport_release',
      prototype: 'void parport_release(struct pardevice *dev)',
      does: [{ verb: 'releases', lock: 'subsystem', on: arg(0) }],
      summary: 'Gives a parallel port back.',
      evidence: [inTree('6.12', 'include/linux/parport.h'), inTree('7.2', 'include/linux/parport.h')],
    },
    {
      name: 'parport_get_port',
      prototype: 'parport *parport_get_port(struct parport*)',
      does: [
        { verb: 'takesRef', on: arg(0), what: 'object' },
        { verb: 'returns', slot: arg(0) },
      ],
      summary: 'Keeps the memory of a parallel port.',
      evidence: [inTree('6.12', 'drivers/parport/share.c'), inTree('7.2', 'drivers/parport/share.c')],
    },
    {
      name: 'parport_put_port',
      prototype: 'void parport_put_port(struct parport*)',
      does: [{ verb: 'dropsRef', on: arg(0), what: 'object' }],
      summary: 'Drops a reference on a parallel port.',
      evidence: [inTree('6.12', 'drivers/parport/share.c'), inTree('7.2', 'drivers/parport/share.c')],
    },
    {
      name: 'parport_find_number',
      aliases: ['parport_find_base'],
      prototype: 'parport *parport_find_number(int)',
      does: [{ verb: 'takesRef', on: result, what: 'object', when: 'nonnull' }],
      summary: 'Finds a parallel port by number; the result holds a reference.',
      evidence: [inTree('6.12', 'include/linux/parport.h'), inTree('7.2', 'include/linux/parport.h')],
    },
    {
      name: 'w1_add_master_device',
      prototype: 'int w1_add_master_device(struct w1_bus_master *master)',
      does: [{ verb: 'nothing' }],
      summary: 'Registers a 1-wire bus; slaves are searched from here on.',
      evidence: [inTree('6.12', 'include/linux/w1.h'), inTree('7.2', 'include/linux/w1.h')],
    },
    {
      name: 'w1_remove_master_device',
      prototype: 'void w1_remove_master_device(struct w1_bus_master *master)',
      does: [{ verb: 'maySleep' }],
      summary: 'Removes a 1-wire bus and its slaves; it waits until nobody holds the bus.',
      evidence: [
        inTree('6.12', 'drivers/w1/w1_int.c', 'w1_remove_master_device'),
        inTree('7.2', 'drivers/w1/w1_int.c', 'w1_remove_master_device'),
      ],
    },
    {
      name: 'gb_connection_create',
      prototype:
        'gb_connection *gb_connection_create(struct gb_bundle *bundle, u16 cport_id, gb_request_handler_t handler)',
      does: [
        { verb: 'allocates', what: 'channel', into: result, owner: 'caller' },
        { verb: 'runs', callback: arg(2), context: 'subsystem-callback' },
      ],
      summary: 'Creates a greybus connection; its handler runs once it is enabled.',
      evidence: [
        inTree('6.12', 'include/linux/greybus/connection.h'),
        inTree('7.2', 'include/linux/greybus/connection.h'),
      ],
    },
    {
      name: 'gb_connection_create_flags',
      prototype:
        'gb_connection *gb_connection_create_flags(struct gb_bundle *bundle, u16 cport_id, gb_request_handler_t handler, unsigned long flags)',
      does: [
        { verb: 'allocates', what: 'channel', into: result, owner: 'caller' },
        { verb: 'runs', callback: arg(2), context: 'subsystem-callback' },
      ],
      summary: 'Creates a greybus connection; its handler runs once it is enabled.',
      evidence: [
        inTree('6.12', 'include/linux/greybus/connection.h'),
        inTree('7.2', 'include/linux/greybus/connection.h'),
      ],
    },
    {
      name: 'gb_connection_enable',
      aliases: ['gb_connection_enable_tx'],
      prototype: 'int gb_connection_enable(struct gb_connection *connection)',
      does: [{ verb: 'arms', source: 'other', on: arg(0) }, { verb: 'maySleep' }],
      summary: 'Enables a greybus connection; incoming requests reach its handler from here on.',
      evidence: [
        inTree('6.12', 'include/linux/greybus/connection.h'),
        inTree('7.2', 'include/linux/greybus/connection.h'),
      ],
    },
    {
      name: 'gb_operation_create',
      aliases: ['gb_operation_create_flags'],
      prototype:
        'gb_operation *gb_operation_create(struct gb_connection *connection, u8 type, size_t request_size, size_t response_size, gfp_t gfp)',
      does: [{ verb: 'allocates', what: 'other', into: result, owner: 'caller' }],
      summary: 'Allocates a greybus operation; gb_operation_put() drops it.',
      evidence: [
        inTree('6.12', 'include/linux/greybus/operation.h'),
        inTree('7.2', 'include/linux/greybus/operation.h'),
      ],
    },
    {
      name: 'gb_operation_get',
      prototype: 'void gb_operation_get(struct gb_operation *operation)',
      does: [{ verb: 'takesRef', on: arg(0), what: 'kref' }],
      summary: 'Keeps a greybus operation.',
      evidence: [
        inTree('6.12', 'include/linux/greybus/operation.h'),
        inTree('7.2', 'include/linux/greybus/operation.h'),
      ],
    },
    {
      name: 'gb_operation_put',
      prototype: 'void gb_operation_put(struct gb_operation *operation)',
      does: [{ verb: 'dropsRef', on: arg(0), what: 'kref' }],
      summary: 'Drops a reference on a greybus operation.',
      evidence: [
        inTree('6.12', 'include/linux/greybus/operation.h'),
        inTree('7.2', 'include/linux/greybus/operation.h'),
      ],
    },
    {
      name: 'gb_operation_request_send_sync',
      prototype: 'int gb_operation_request_send_sync(struct gb_operation *operation)',
      does: [{ verb: 'waits', for: 'io', bounded: true }],
      summary: 'Sends a request to a greybus module and waits for the answer, within a time.',
      evidence: [
        inTree('6.12', 'include/linux/greybus/operation.h'),
        inTree('7.2', 'include/linux/greybus/operation.h'),
      ],
    },
    {
      name: 'gb_operation_request_send_sync_timeout',
      prototype: 'int gb_operation_request_send_sync_timeout(struct gb_operation *operation, unsigned int timeout)',
      does: [{ verb: 'waits', for: 'io', bounded: true }],
      summary: 'Sends a request to a greybus module and waits for the answer, within a time.',
      evidence: [
        inTree('6.12', 'include/linux/greybus/operation.h'),
        inTree('7.2', 'include/linux/greybus/operation.h'),
      ],
    },
    {
      name: 'gb_operation_unidirectional',
      prototype:
        'int gb_operation_unidirectional(struct gb_connection *connection, int type, void *request, int request_size)',
      does: [{ verb: 'waits', for: 'io', bounded: true }],
      summary: 'Sends a request to a greybus module and waits for the answer, within a time.',
      evidence: [
        inTree('6.12', 'include/linux/greybus/operation.h'),
        inTree('7.2', 'include/linux/greybus/operation.h'),
      ],
    },
    {
      name: 'hsi_alloc_msg',
      prototype: 'hsi_msg *hsi_alloc_msg(unsigned int n_frag, gfp_t flags)',
      does: [{ verb: 'allocates', what: 'other', into: result, owner: 'caller' }],
      summary: 'Allocates an HSI message.',
      evidence: [inTree('6.12', 'include/linux/hsi/hsi.h'), inTree('7.2', 'include/linux/hsi/hsi.h')],
    },
    {
      name: 'hsi_free_msg',
      prototype: 'void hsi_free_msg(struct hsi_msg *msg)',
      does: [{ verb: 'frees', what: 'other', on: arg(0) }],
      summary: 'Frees an HSI message.',
      evidence: [inTree('6.12', 'include/linux/hsi/hsi.h'), inTree('7.2', 'include/linux/hsi/hsi.h')],
    },
    {
      name: 'hsi_claim_port',
      prototype: 'int hsi_claim_port(struct hsi_client *cl, unsigned int share)',
      does: [{ verb: 'takesRef', on: arg(0), what: 'module', when: 'zero' }],
      summary: 'Claims an HSI port and keeps the module of its controller: 0 means it is held.',
      evidence: [inTree('6.12', 'include/linux/hsi/hsi.h'), inTree('7.2', 'include/linux/hsi/hsi.h')],
    },
    {
      name: 'hsi_release_port',
      prototype: 'void hsi_release_port(struct hsi_client *cl)',
      does: [{ verb: 'dropsRef', on: arg(0), what: 'module' }],
      summary: 'Gives an HSI port back; it waits for nobody.',
      evidence: [inTree('6.12', 'include/linux/hsi/hsi.h'), inTree('7.2', 'include/linux/hsi/hsi.h')],
    },
    {
      name: 'hsi_async',
      aliases: ['hsi_async_read', 'hsi_async_write'],
      prototype: 'int hsi_async(struct hsi_client *cl, struct hsi_msg *msg)',
      does: [{ verb: 'nothing' }],
      summary: 'Queues an HSI message; its completion runs later.',
      evidence: [inTree('6.12', 'include/linux/hsi/hsi.h'), inTree('7.2', 'include/linux/hsi/hsi.h')],
    },
    {
      name: 'tee_client_open_context',
      prototype:
        'tee_context *tee_client_open_context(struct tee_context *start, int (*match)(struct tee_ioctl_version_data *, const void*), const void *data, struct tee_ioctl_version_data *vers)',
      does: [{ verb: 'allocates', what: 'other', into: result, owner: 'caller' }],
      summary: 'Opens a session with a trusted execution environment.',
      evidence: [inTree('6.12', 'include/linux/tee_drv.h'), inTree('7.2', 'include/linux/tee_drv.h')],
    },
    {
      name: 'tee_client_close_context',
      prototype: 'void tee_client_close_context(struct tee_context *ctx)',
      does: [{ verb: 'frees', what: 'other', on: arg(0) }],
      summary: 'Closes a session with a trusted execution environment.',
      evidence: [inTree('6.12', 'include/linux/tee_drv.h'), inTree('7.2', 'include/linux/tee_drv.h')],
    },
    {
      name: 'tee_shm_put',
      aliases: ['tee_shm_free'],
      prototype: 'void tee_shm_put(struct tee_shm *shm)',
      does: [{ verb: 'dropsRef', on: arg(0), what: 'object' }],
      summary: 'Drops a reference on shared memory.',
      evidence: [inTree('6.12', 'include/linux/tee_core.h'), inTree('7.2', 'include/linux/tee_core.h')],
    },
    {
      name: 'tee_shm_get_from_id',
      prototype: 'tee_shm *tee_shm_get_from_id(struct tee_context *ctx, int id)',
      does: [{ verb: 'takesRef', on: result, what: 'object', when: 'nonnull' }],
      summary: 'Finds shared memory by number; the result holds a reference.',
      evidence: [inTree('6.12', 'include/linux/tee_core.h'), inTree('7.2', 'include/linux/tee_core.h')],
    },
    {
      name: 'tee_client_invoke_func',
      aliases: ['tee_client_open_session', 'tee_client_close_session'],
      prototype:
        'int tee_client_invoke_func(struct tee_context *ctx, struct tee_ioctl_invoke_arg *arg, struct tee_param *param)',
      does: [{ verb: 'waits', for: 'io', bounded: true }],
      summary: 'Calls into a trusted execution environment and waits for it.',
      evidence: [inTree('6.12', 'include/linux/tee_drv.h'), inTree('7.2', 'include/linux/tee_drv.h')],
    },
    {
      name: 'devm_hwmon_device_register_with_info',
      aliases: ['devm_hwmon_device_register_with_groups'],
      prototype:
        'device *devm_hwmon_device_register_with_info(struct device *dev, const char *name, void *drvdata, const struct hwmon_chip_info *info, const struct attribute_group **extra_groups)',
      does: [
        { verb: 'publishes', node: 'sysfs', on: result, operations: arg(3), managedBy: 'devres', device: arg(0) },
        { verb: 'setsPrivate', of: result, value: arg(2) },
      ],
      summary: 'Registers a sensor device; its attributes are drained when devres runs.',
      evidence: [inTree('6.12', 'include/linux/hwmon.h'), inTree('7.2', 'include/linux/hwmon.h')],
    },
    {
      name: 'hwmon_device_register_with_info',
      aliases: ['hwmon_device_register_with_groups'],
      prototype:
        'device *hwmon_device_register_with_info(struct device *dev, const char *name, void *drvdata, const struct hwmon_chip_info *info, const struct attribute_group **extra_groups)',
      does: [
        { verb: 'publishes', node: 'sysfs', on: result, operations: arg(3) },
        { verb: 'setsPrivate', of: result, value: arg(2) },
      ],
      summary: 'Registers a sensor device.',
      evidence: [inTree('6.12', 'include/linux/hwmon.h'), inTree('7.2', 'include/linux/hwmon.h')],
    },
    {
      name: 'hwmon_device_register',
      prototype: 'device *hwmon_device_register(struct device *dev)',
      does: [{ verb: 'publishes', node: 'sysfs', on: result }],
      summary: 'Registers a sensor device without attributes of its own.',
      evidence: [inTree('6.12', 'include/linux/hwmon.h'), inTree('7.2', 'include/linux/hwmon.h')],
    },
    {
      name: 'hwmon_device_unregister',
      prototype: 'void hwmon_device_unregister(struct device *dev)',
      does: [{ verb: 'unpublishes', node: 'sysfs', on: arg(0), fence: { verdict: 'drains', drainsAttributes: true } }],
      summary: 'Removes a sensor device; its attributes are drained.',
      evidence: [inTree('6.12', 'include/linux/hwmon.h'), inTree('7.2', 'include/linux/hwmon.h')],
    },
    {
      name: 'no_free_ptr',
      aliases: ['return_ptr', 'retain_and_null_ptr'],
      prototype: 'no_free_ptr(p)',
      does: [{ verb: 'returns', slot: arg(0) }],
      summary: 'The pointer, which is not freed at the end of its scope any more.',
      evidence: [inTree('6.12', 'include/linux/cleanup.h'), inTree('7.2', 'include/linux/cleanup.h')],
    },
    {
      name: 'panic',
      aliases: ['nmi_panic'],
      prototype: 'void panic(const char *fmt, ...)',
      does: [{ verb: 'noReturn' }],
      summary: 'Stops the kernel.',
      evidence: [inTree('6.12', 'include/linux/panic.h'), inTree('7.2', 'include/linux/panic.h')],
    },
    {
      name: 'list_entry',
      aliases: ['hlist_entry', 'rb_entry', 'llist_entry', 'container_of_const', 'rb_entry_safe'],
      prototype: 'list_entry(ptr,type,member)',
      does: [{ verb: 'returns', slot: arg(0) }],
      summary: 'The object around a list entry, by container_of(): the same memory.',
      evidence: [inTree('6.12', 'include/linux/list.h'), inTree('7.2', 'include/linux/list.h')],
    },
  ],
  patterns: [
    {
      pattern: 'parport_(?:read|write|frob|wait|yield|negotiate|poll|ieee1284)\\w*',
      does: [{ verb: 'waits', for: 'io', bounded: true }],
      summary: 'Access to a parallel port that was claimed.',
      evidence: [inTree('6.12', 'include/linux/parport.h')],
    },
    {
      pattern: 'w1_(?:read|write|reset|touch|triplet|next|search)\\w*',
      does: [{ verb: 'waits', for: 'io', bounded: true }],
      summary: 'Transfer on a 1-wire bus.',
      evidence: [inTree('6.12', 'include/linux/w1.h')],
    },
    {
      pattern: 'w1_calc_\\w+|parport_(?:enable|disable|generic|irq|set|data)\\w*',
      does: [{ verb: 'nothing' }],
      summary: 'Helpers of 1-wire and parallel port drivers.',
      evidence: [inTree('6.12', 'include/linux/w1.h'), inTree('6.12', 'include/linux/parport.h')],
    },
    {
      pattern: 'gb_(?:operation|connection|bundle|interface|hd|pm_runtime)_\\w+',
      does: [{ verb: 'nothing' }],
      summary: 'Part of a greybus operation, connection or host.',
      evidence: [inTree('6.12', 'include/linux/greybus.h')],
    },
    {
      pattern: 'hsi_(?:get|set|setup|flush|start|stop|id|port|event|register|unregister|alloc|put|add)\\w*',
      does: [{ verb: 'nothing' }],
      summary: 'Part of an HSI port or controller.',
      evidence: [inTree('6.12', 'include/linux/hsi/hsi.h')],
    },
    {
      pattern: 'hwmon_(?:notify|lock|unlock|sanitize|pec)\\w*|devm_hwmon_sanitize_name|vid_\\w+',
      does: [{ verb: 'nothing' }],
      summary: 'Helpers of sensor drivers.',
      evidence: [inTree('6.12', 'include/linux/hwmon.h')],
    },
    {
      pattern: '(?:to|kobj_to|dev_to|cdev_to|work_to)_(?!cpu)\\w+',
      does: [{ verb: 'returns', slot: arg(0) }],
      summary: 'The object around a member, by container_of(): the same memory.',
      evidence: [inTree('6.12', 'include/linux/container_of.h')],
    },
    {
      pattern:
        'va_(?:start|end|copy|arg)|(?:per|this)_cpu_\\w+|raw_cpu_\\w+|__this_cpu_\\w+|(?:get|put)_cpu_(?:ptr|var)|rdmsr\\w*|wrmsr\\w*|__?(?:count|check)_\\w+|simple_strto\\w+|__builtin_\\w+|current_time|current_kernel_time\\w*|resource_(?:size|type|overlaps|contains)|release_resource|DMA_BIT_MASK|IRQ_RETVAL|LIST_HEAD_INIT|ATOMIC_INIT|__\\w+_INITIALIZER|prefetchw?|static_branch_\\w+|static_key_\\w+|trace_\\w+|usb_to_input_id|ec_(?:read|write)|CMOS_(?:READ|WRITE)|find_closest\\w*|linear_range_\\w+|sha\\d+_\\w+',
      does: [{ verb: 'nothing' }],
      summary: 'Reads or computes only.',
      evidence: [inTree('6.12', 'include/linux/percpu-defs.h'), inTree('6.12', 'include/linux/ioport.h')],
    },
  ],
});
