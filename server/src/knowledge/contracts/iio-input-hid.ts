import { arg, contracts, inTree, result } from '../schema.ts';

/**
 * Input, industrial I/O and HID devices.
 */
export const iioInputHid = contracts({
  header: 'linux/input.h, linux/iio/iio.h, linux/hid.h',
  functions: [
    {
      name: 'input_allocate_device',
      prototype: 'struct input_dev *input_allocate_device(void)',
      does: [{ verb: 'allocates', what: 'device', into: result, owner: 'caller' }],
      summary: 'Allocates an input device; it is refcounted.',
      evidence: [inTree('6.12', 'drivers/input/input.c')],
    },
    {
      name: 'devm_input_allocate_device',
      prototype: 'struct input_dev *devm_input_allocate_device(struct device *)',
      does: [
        { verb: 'allocates', what: 'device', into: result, owner: 'devres', device: arg(0), unregisters: 'input' },
      ],
      summary: 'Allocates an input device that is unregistered and put when the device is unbound.',
      evidence: [inTree('6.12', 'drivers/input/input.c')],
    },
    {
      name: 'input_free_device',
      prototype: 'void input_free_device(struct input_dev *dev)',
      does: [{ verb: 'frees', what: 'device', on: arg(0) }],
      summary: 'Frees an input device that was never registered.',
      duty: 'Not after input_unregister_device().',
      evidence: [inTree('6.12', 'drivers/input/input.c')],
    },
    {
      name: 'input_register_device',
      prototype: 'int input_register_device(struct input_dev *)',
      does: [{ verb: 'publishes', node: 'input', on: arg(0), when: 'zero' }],
      summary: 'Makes the input device visible; open() and event() can be called from here on.',
      evidence: [inTree('6.12', 'drivers/input/input.c')],
    },
    {
      name: 'input_unregister_device',
      prototype: 'void input_unregister_device(struct input_dev *)',
      does: [
        {
          verb: 'unpublishes',
          node: 'input',
          on: arg(0),
          fence: { verdict: 'drains', drainsOpen: true, drainsAttributes: true },
        },
        { verb: 'frees', what: 'device', on: arg(0) },
        { verb: 'maySleep' },
      ],
      summary:
        'Takes the input device away: its open, close, event, flush and poll callbacks are waited for, open fds are refused.',
      duty: 'Stop interrupts, timers and work that report events first. Do not call input_free_device() afterwards.',
      evidence: [
        inTree('6.12', 'drivers/input/input.c', '__input_unregister_device'),
        inTree('6.12', 'drivers/input/evdev.c', 'evdev_disconnect'),
        inTree('7.2', 'drivers/input/input.c', '__input_unregister_device'),
      ],
    },
    {
      name: 'input_setup_polling',
      prototype: 'int input_setup_polling(struct input_dev *dev, void (*poll_fn)(struct input_dev *dev))',
      does: [{ verb: 'runs', callback: arg(1), context: 'subsystem-callback', data: arg(0) }],
      summary: 'Calls the function in a work item while the device is open; stopped by input_unregister_device().',
      evidence: [inTree('6.12', 'drivers/input/input-poller.c')],
    },
    {
      name: 'input_register_handle',
      aliases: ['input_unregister_handle', 'input_open_device', 'input_close_device'],
      prototype: 'int input_register_handle(struct input_handle *)',
      does: [{ verb: 'maySleep' }],
      summary: 'Handles that connect a handler to an input device.',
      evidence: [inTree('6.12', 'drivers/input/input.c')],
    },
    {
      name: 'input_ff_create_memless',
      prototype:
        'int input_ff_create_memless(struct input_dev *dev, void *data, int (*play_effect)(struct input_dev *, void *, struct ff_effect *))',
      does: [{ verb: 'runs', callback: arg(2), context: 'subsystem-callback', data: arg(1), parameter: 1 }],
      summary: 'Force feedback through one callback; the data is freed with the input device.',
      evidence: [inTree('6.12', 'drivers/input/ff-memless.c')],
    },
    {
      name: 'iio_device_alloc',
      prototype: 'struct iio_dev *iio_device_alloc(struct device *parent, int sizeof_priv)',
      does: [{ verb: 'allocates', what: 'device', into: result, owner: 'caller', device: arg(0), privateSize: arg(1) }],
      summary: 'Allocates an IIO device with a private area; both are refcounted.',
      evidence: [inTree('6.12', 'drivers/iio/industrialio-core.c')],
    },
    {
      name: 'devm_iio_device_alloc',
      prototype: 'struct iio_dev *devm_iio_device_alloc(struct device *parent, int sizeof_priv)',
      does: [{ verb: 'allocates', what: 'device', into: result, owner: 'devres', device: arg(0), privateSize: arg(1) }],
      summary:
        'Allocates an IIO device with a private area; devres drops its reference when the device is unbound, an open fd keeps it alive.',
      evidence: [inTree('6.12', 'drivers/iio/industrialio-core.c')],
    },
    {
      name: 'iio_device_free',
      prototype: 'void iio_device_free(struct iio_dev *indio_dev)',
      does: [{ verb: 'dropsRef', what: 'device', on: arg(0) }],
      summary: 'Drops the reference of iio_device_alloc().',
      evidence: [inTree('6.12', 'drivers/iio/industrialio-core.c')],
    },
    {
      name: 'iio_priv',
      prototype: 'void *iio_priv(const struct iio_dev *indio_dev)',
      does: [{ verb: 'getsEmbedded', of: arg(0) }],
      summary: 'The private area of an IIO device; lives as long as the device.',
      evidence: [inTree('6.12', 'include/linux/iio/iio.h')],
    },
    {
      name: 'iio_device_register',
      aliases: ['__iio_device_register'],
      does: [{ verb: 'publishes', node: 'iio', on: arg(0), when: 'zero' }],
      summary: 'Makes the IIO device visible; its callbacks can run from here on.',
      evidence: [
        inTree('6.12', 'include/linux/iio/iio.h'),
        inTree('6.12', 'drivers/iio/industrialio-core.c', '__iio_device_register'),
      ],
    },
    {
      name: 'devm_iio_device_register',
      aliases: ['__devm_iio_device_register'],
      does: [{ verb: 'publishes', node: 'iio', on: arg(1), managedBy: 'devres', device: arg(0) }],
      summary: 'Makes the IIO device visible until it is unbound.',
      duty: 'Call it last in probe: it is undone first. A remove() that powers the device off runs before it is undone.',
      evidence: [
        inTree('6.12', 'include/linux/iio/iio.h'),
        inTree('6.12', 'drivers/iio/industrialio-core.c', '__devm_iio_device_register'),
      ],
    },
    {
      name: 'iio_device_unregister',
      prototype: 'void iio_device_unregister(struct iio_dev *indio_dev)',
      does: [
        {
          verb: 'unpublishes',
          node: 'iio',
          on: arg(0),
          fence: { verdict: 'drains', drainsOpen: true, drainsAttributes: true },
        },
        { verb: 'maySleep' },
      ],
      summary:
        'Takes the IIO device away: sysfs, ioctl and in-kernel users are waited for and later ones refused, buffers are switched off.',
      duty: 'Free the interrupt and the trigger before. Buffer reads test the device without a lock.',
      evidence: [inTree('6.12', 'drivers/iio/industrialio-core.c'), inTree('7.2', 'drivers/iio/industrialio-core.c')],
    },
    {
      name: 'iio_device_get',
      prototype: 'struct iio_dev *iio_device_get(struct iio_dev *indio_dev)',
      does: [
        { verb: 'takesRef', what: 'device', on: arg(0) },
        { verb: 'returns', slot: arg(0) },
      ],
      summary: 'Takes a reference on the IIO device.',
      evidence: [inTree('6.12', 'include/linux/iio/iio.h')],
    },
    {
      name: 'iio_device_put',
      prototype: 'void iio_device_put(struct iio_dev *indio_dev)',
      does: [{ verb: 'dropsRef', what: 'device', on: arg(0) }],
      summary: 'Drops a reference on the IIO device.',
      evidence: [inTree('6.12', 'include/linux/iio/iio.h')],
    },
    {
      name: 'iio_device_claim_direct_mode',
      prototype: 'int iio_device_claim_direct_mode(struct iio_dev *indio_dev)',
      does: [{ verb: 'acquires', lock: 'subsystem', on: arg(0), mode: 'exclusive', when: 'zero' }],
      summary: 'Keeps the device in direct mode.',
      evidence: [inTree('6.12', 'drivers/iio/industrialio-core.c')],
    },
    {
      name: 'iio_device_claim_direct',
      prototype: 'bool iio_device_claim_direct(struct iio_dev *indio_dev)',
      does: [{ verb: 'acquires', lock: 'subsystem', on: arg(0), mode: 'exclusive', when: 'nonzero' }],
      summary: 'Keeps the device in direct mode.',
      evidence: [inTree('7.2', 'include/linux/iio/iio.h')],
    },
    {
      name: 'iio_device_release_direct_mode',
      aliases: ['iio_device_release_direct'],
      prototype: 'void iio_device_release_direct_mode(struct iio_dev *indio_dev)',
      does: [{ verb: 'releases', lock: 'subsystem', on: arg(0) }],
      summary: 'Lets the device change its mode.',
      evidence: [inTree('6.12', 'drivers/iio/industrialio-core.c')],
    },
    {
      name: 'iio_triggered_buffer_setup',
      aliases: ['iio_triggered_buffer_setup_ext'],
      does: [
        { verb: 'runs', callback: arg(1), context: 'interrupt', parameter: 1 },
        { verb: 'runs', callback: arg(2), context: 'threaded-interrupt', parameter: 1 },
      ],
      summary: 'Sets a buffer up that is filled by a trigger.',
      evidence: [
        inTree('6.12', 'drivers/iio/buffer/industrialio-triggered-buffer.c', 'iio_triggered_buffer_setup_ext'),
      ],
    },
    {
      name: 'devm_iio_triggered_buffer_setup',
      aliases: ['devm_iio_triggered_buffer_setup_ext'],
      does: [
        { verb: 'runs', callback: arg(2), context: 'interrupt', parameter: 1, managedBy: 'devres' },
        { verb: 'runs', callback: arg(3), context: 'threaded-interrupt', parameter: 1, managedBy: 'devres' },
      ],
      summary: 'Sets a buffer up that is filled by a trigger, until the device is unbound.',
      evidence: [
        inTree('6.12', 'drivers/iio/buffer/industrialio-triggered-buffer.c', 'devm_iio_triggered_buffer_setup_ext'),
      ],
    },
    {
      name: 'iio_triggered_buffer_cleanup',
      prototype: 'void iio_triggered_buffer_cleanup(struct iio_dev *indio_dev)',
      does: [{ verb: 'maySleep' }],
      summary: 'Frees the buffer and the poll function; the device must be unregistered before.',
      evidence: [inTree('6.12', 'drivers/iio/buffer/industrialio-triggered-buffer.c')],
    },
    {
      name: 'devm_iio_trigger_alloc',
      aliases: ['__devm_iio_trigger_alloc'],
      does: [{ verb: 'allocates', what: 'device', into: result, owner: 'devres', device: arg(0) }],
      summary: 'Allocates a trigger.',
      evidence: [inTree('6.12', 'drivers/iio/industrialio-trigger.c', 'devm_iio_trigger_register')],
    },
    {
      name: 'iio_trigger_alloc',
      prototype: 'iio_trigger_alloc(parent, fmt, ...)',
      does: [{ verb: 'allocates', what: 'device', into: result, owner: 'caller' }],
      summary: 'Allocates a trigger.',
      evidence: [inTree('6.12', 'include/linux/iio/trigger.h')],
    },
    {
      name: 'iio_trigger_free',
      prototype: 'void iio_trigger_free(struct iio_trigger *trig)',
      does: [{ verb: 'frees', what: 'device', on: arg(0) }],
      summary: 'Frees a trigger.',
      evidence: [inTree('6.12', 'drivers/iio/industrialio-trigger.c')],
    },
    {
      name: 'iio_read_channel_raw',
      aliases: [
        'iio_read_channel_processed',
        'iio_write_channel_raw',
        'iio_read_channel_average_raw',
        'iio_read_channel_processed_scale',
      ],
      prototype: 'int iio_read_channel_raw(struct iio_channel *chan, int *val)',
      does: [{ verb: 'waits', for: 'io', bounded: true }],
      summary: 'Asks another device for a sample; fails once that device is gone.',
      evidence: [inTree('6.12', 'drivers/iio/inkern.c')],
    },
    {
      name: 'hid_hw_start',
      prototype: 'int hid_hw_start(struct hid_device *hdev, unsigned int connect_mask)',
      does: [{ verb: 'publishes', node: 'hidraw', on: arg(0), when: 'zero' }, { verb: 'maySleep' }],
      summary: 'Starts the transport and connects hidraw, hiddev and input as asked for.',
      evidence: [inTree('6.12', 'drivers/hid/hid-core.c')],
    },
    {
      name: 'hid_hw_stop',
      prototype: 'void hid_hw_stop(struct hid_device *hdev)',
      does: [
        { verb: 'unpublishes', node: 'hidraw', on: arg(0), fence: { verdict: 'drains', drainsOpen: true } },
        { verb: 'maySleep' },
      ],
      summary:
        'Disconnects hidraw, hiddev and input, then stops the transport; callbacks of the lower driver are waited for.',
      duty: 'Own sysfs files, work, timers and LEDs are not stopped. hid_hw_close() first.',
      evidence: [
        inTree('6.12', 'drivers/hid/hid-core.c'),
        inTree('6.12', 'drivers/hid/hidraw.c', 'hidraw_disconnect'),
        inTree('7.2', 'drivers/hid/hidraw.c', 'hidraw_disconnect'),
      ],
    },
    {
      name: 'hid_connect',
      prototype: 'int hid_connect(struct hid_device *hid, unsigned int connect_mask)',
      does: [{ verb: 'publishes', node: 'hidraw', on: arg(0), when: 'zero' }],
      summary: 'Connects hidraw, hiddev and input as asked for.',
      evidence: [inTree('6.12', 'drivers/hid/hid-core.c')],
    },
    {
      name: 'hid_disconnect',
      prototype: 'void hid_disconnect(struct hid_device *hid)',
      does: [
        { verb: 'unpublishes', node: 'hidraw', on: arg(0), fence: { verdict: 'drains', drainsOpen: true } },
        { verb: 'maySleep' },
      ],
      summary: 'Disconnects hidraw, hiddev and input.',
      evidence: [inTree('6.12', 'drivers/hid/hid-core.c')],
    },
    {
      name: 'hid_hw_open',
      prototype: 'int hid_hw_open(struct hid_device *hdev)',
      does: [{ verb: 'arms', source: 'other', on: arg(0) }, { verb: 'maySleep' }],
      summary: 'Starts the flow of reports: raw_event() and event() run from here on.',
      evidence: [inTree('6.12', 'drivers/hid/hid-core.c')],
    },
    {
      name: 'hid_hw_close',
      prototype: 'void hid_hw_close(struct hid_device *hdev)',
      does: [{ verb: 'disarms', source: 'other', on: arg(0) }, { verb: 'maySleep' }],
      summary: 'Ends the flow of reports.',
      evidence: [inTree('6.12', 'drivers/hid/hid-core.c')],
    },
    {
      name: 'hid_hw_raw_request',
      aliases: ['hid_hw_output_report', 'hid_hw_wait', '__hid_hw_raw_request', '__hid_hw_output_report'],
      does: [{ verb: 'waits', for: 'io', bounded: true, on: arg(0) }],
      summary: 'Sends or gets a report; sleeps until the device answers.',
      evidence: [inTree('6.12', 'drivers/hid/hid-core.c')],
    },
    {
      name: 'hid_hw_request',
      prototype:
        'void hid_hw_request(struct hid_device *hdev, struct hid_report *report, enum hid_class_request reqtype)',
      does: [{ verb: 'waits', for: 'io', bounded: true, on: arg(0) }],
      summary: 'Sends or gets a report; may be queued by the transport.',
      evidence: [inTree('6.12', 'drivers/hid/hid-core.c')],
    },
    {
      name: 'hid_hw_power',
      aliases: ['hid_hw_idle'],
      prototype: 'int hid_hw_power(struct hid_device *hdev, int level)',
      does: [{ verb: 'maySleep' }],
      summary: 'Power state of the device.',
      evidence: [inTree('6.12', 'include/linux/hid.h')],
    },
    {
      name: 'hid_parse',
      aliases: ['hid_open_report'],
      prototype: 'int hid_parse(struct hid_device *hdev)',
      does: [{ verb: 'nothing' }],
      summary: 'Parses the report descriptor; it is freed when the driver is unbound.',
      evidence: [inTree('6.12', 'drivers/hid/hid-core.c', 'hid_open_report')],
    },
    {
      name: 'hid_device_io_start',
      aliases: ['hid_device_io_stop'],
      prototype: 'void hid_device_io_start(struct hid_device *hid)',
      does: [{ verb: 'nothing' }],
      summary: 'Lets reports through during probe.',
      evidence: [inTree('6.12', 'include/linux/hid.h')],
    },
    {
      name: 'hid_allocate_device',
      prototype: 'struct hid_device *hid_allocate_device(void)',
      does: [{ verb: 'allocates', what: 'device', into: result, owner: 'caller' }],
      summary: 'Allocates a HID device.',
      evidence: [inTree('6.12', 'drivers/hid/hid-core.c')],
    },
    {
      name: 'hid_add_device',
      prototype: 'int hid_add_device(struct hid_device *)',
      does: [{ verb: 'maySleep' }],
      summary: 'Adds the HID device; its driver may be bound at once.',
      evidence: [inTree('6.12', 'drivers/hid/hid-core.c')],
    },
    {
      name: 'hid_destroy_device',
      prototype: 'void hid_destroy_device(struct hid_device *)',
      does: [
        { verb: 'removesDevice', on: arg(0) },
        { verb: 'frees', what: 'device', on: arg(0) },
        { verb: 'maySleep' },
      ],
      summary: 'Removes the HID device: its driver is unbound when this returns.',
      evidence: [inTree('6.12', 'drivers/hid/hid-core.c')],
    },
  ],
  patterns: [
    {
      pattern:
        '(?:input_(report_\\w+|event|inject_event|sync|set_\\w+|get_\\w+|abs_\\w+|mt_\\w+|alloc_absinfo|copy_abs|scancode_to_scalar|device_enabled|enable_softrepeat|ff_\\w+|match_device_id|reset_device|grab_device|release_device|handler_for_each_handle|is_open)|touchscreen_\\w+|sparse_keymap_\\w+|matrix_keypad_\\w+|ff_\\w+|input_free_minor|input_get_new_minor|devm_input_\\w+)(?<!(?:alloc|create|register|free|destroy|remove|release|cleanup|lock)(?:[^a-z]\\w*)?)',
      does: [{ verb: 'nothing' }],
      summary: 'Reports events or describes the device.',
      evidence: [inTree('6.12', 'include/linux/input.h')],
    },
    {
      pattern:
        '(?:(devm_)?iio_(trigger|push|buffer|kfifo|dmaengine|channel|get|read|write|convert|show|enum|format|str|map|validate|alloc_pollfunc|dealloc_pollfunc|pollfunc|device_(id|set|resume|suspend|attach|get_clock|has)|event|gts|hw_consumer|sw|backend|in|triggered_event)_?\\w*|IIO_\\w+|devm_iio_(kfifo|dmaengine|trigger)_\\w+)(?<!(?:alloc|create|register|free|destroy|remove|release|cleanup|lock)(?:[^a-z]\\w*)?)',
      does: [{ verb: 'nothing' }],
      summary: 'Helpers of the IIO core.',
      evidence: [inTree('6.12', 'include/linux/iio/iio.h')],
    },
    {
      pattern:
        '(?:hid_(report|field|debug|register|validate|map|set_field|snto32|input|is|check|ignore|lookup|match|resolve|parse|output|alloc_report|calculate|compute|hw_(may_wakeup|get_\\w+)|bpf|quirks|dump|sensor)_?\\w*|hidinput_\\w+|hid_hw_may_wakeup|hiddev_\\w+|hidraw_report_event)(?<!(?:alloc|create|register|free|destroy|remove|release|cleanup|lock)(?:[^a-z]\\w*)?)',
      does: [{ verb: 'nothing' }],
      summary: 'Helpers of the HID core.',
      evidence: [inTree('6.12', 'include/linux/hid.h')],
    },
  ],
  tables: [
    {
      struct: 'struct input_dev',
      node: 'input',
      roles: {
        open: { context: 'subsystem-callback' },
        close: { context: 'subsystem-callback' },
        event: { context: 'subsystem-callback' },
        flush: { context: 'subsystem-callback' },
        setkeycode: { context: 'subsystem-callback' },
        getkeycode: { context: 'subsystem-callback' },
      },
      evidence: [inTree('6.12', 'include/linux/input.h')],
    },
    {
      struct: 'struct iio_info',
      node: 'iio',
      roles: {
        '*': { context: 'subsystem-callback' },
      },
      evidence: [inTree('6.12', 'include/linux/iio/iio.h')],
    },
    {
      struct: 'struct iio_trigger_ops',
      roles: {
        '*': { context: 'subsystem-callback' },
      },
      evidence: [inTree('6.12', 'include/linux/iio/trigger.h')],
    },
  ],
});
