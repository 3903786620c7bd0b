import { arg, contracts, inTree, pointee, result } from '../schema.ts';

/**
 * Firmware files and firmware tables.
 */
export const firmware = contracts({
  header: 'linux/firmware.h, linux/of.h, linux/acpi.h',
  functions: [
    {
      name: 'request_firmware',
      aliases: [
        'firmware_request_nowarn',
        'request_firmware_direct',
        'request_firmware_into_buf',
        'firmware_request_platform',
        'request_partial_firmware_into_buf',
      ],
      prototype: 'int request_firmware(const struct firmware **fw, const char *name, struct device *device)',
      does: [
        { verb: 'allocates', what: 'firmware', into: pointee(0), owner: 'caller' },
        { verb: 'waits', for: 'user' },
      ],
      summary: 'Loads a firmware file; may sleep for a user-space helper.',
      evidence: [inTree('6.12', 'drivers/base/firmware_loader/main.c')],
    },
    {
      name: 'release_firmware',
      prototype: 'void release_firmware(const struct firmware *fw)',
      does: [{ verb: 'frees', what: 'firmware', on: arg(0) }],
      summary: 'Frees a firmware file.',
      evidence: [inTree('6.12', 'drivers/base/firmware_loader/main.c')],
    },
    {
      name: 'request_firmware_nowait',
      prototype:
        'int request_firmware_nowait( struct module *module, bool uevent, const char *name, struct device *device, gfp_t gfp, void *context, void (*cont)(const struct firmware *fw, void *context))',
      does: [{ verb: 'runs', callback: arg(6), context: 'work', data: arg(5), parameter: 1 }],
      summary:
        'Loads a firmware file from a work item that later calls the function; holds the device, not its binding.',
      duty: 'The callback may run after remove(): let it complete something that remove() waits for.',
      evidence: [inTree('6.12', 'drivers/base/firmware_loader/main.c')],
    },
    {
      name: 'firmware_request_nowait_nowarn',
      prototype:
        'int firmware_request_nowait_nowarn( struct module *module, const char *name, struct device *device, gfp_t gfp, void *context, void (*cont)(const struct firmware *fw, void *context))',
      does: [{ verb: 'runs', callback: arg(5), context: 'work', data: arg(4), parameter: 1 }],
      summary: 'As request_firmware_nowait(), without a warning.',
      evidence: [inTree('6.12', 'drivers/base/firmware_loader/main.c')],
    },
    {
      name: 'request_firmware_nowait_cancel',
      prototype:
        'void request_firmware_nowait_cancel(struct device *device, void *context, void (*cont)(const struct firmware *fw, void *context))',
      does: [
        { verb: 'disarms', source: 'other', on: arg(1) },
        { verb: 'waitsFor', source: 'other', on: arg(1) },
        { verb: 'maySleep' },
      ],
      summary: 'Cancels a load in the background and waits for its callback.',
      evidence: [inTree('7.2', 'include/linux/firmware.h')],
    },
    {
      name: 'firmware_upload_register',
      prototype:
        'struct fw_upload * firmware_upload_register(struct module *module, struct device *parent, const char *name, const struct fw_upload_ops *ops, void *dd_handle)',
      does: [{ verb: 'publishes', node: 'sysfs', on: result, operations: arg(3) }],
      summary: 'Lets user space upload firmware; callbacks run in a work item.',
      evidence: [inTree('6.12', 'drivers/base/firmware_loader/sysfs_upload.c')],
    },
    {
      name: 'firmware_upload_unregister',
      prototype: 'void firmware_upload_unregister(struct fw_upload *fw_upload)',
      does: [
        { verb: 'unpublishes', node: 'sysfs', on: arg(0), fence: { verdict: 'drains', drainsAttributes: true } },
        { verb: 'maySleep' },
      ],
      summary: 'Ends uploads; one in progress is cancelled and waited for.',
      evidence: [inTree('6.12', 'drivers/base/firmware_loader/sysfs_upload.c')],
    },
    {
      name: 'acpi_evaluate_integer',
      aliases: [
        'acpi_evaluate_object',
        'acpi_execute_simple_method',
        'acpi_evaluate_dsm',
        'acpi_evaluate_dsm_typed',
        'acpi_evaluate_reference',
        'wmi_evaluate_method',
        'wmidev_evaluate_method',
        'wmi_query_block',
        'wmi_set_block',
        'wmidev_block_query',
      ],
      does: [{ verb: 'maySleep' }],
      summary: 'Runs a method of the firmware.',
      evidence: [
        inTree('6.12', 'include/acpi/acpi_bus.h', 'acpi_evaluate_dsm'),
        inTree('6.12', 'include/acpi/acpixf.h', 'acpi_evaluate_object'),
      ],
    },
    {
      name: 'wmi_install_notify_handler',
      prototype: 'acpi_status wmi_install_notify_handler(const char *guid, wmi_notify_handler handler, void *data)',
      does: [
        { verb: 'arms', source: 'notifier', on: arg(1) },
        { verb: 'runs', callback: arg(1), context: 'notifier', data: arg(2), parameter: 1 },
      ],
      summary: 'Starts calls of the handler on WMI events.',
      evidence: [inTree('6.12', 'drivers/platform/x86/wmi.c')],
    },
    {
      name: 'wmi_remove_notify_handler',
      prototype: 'acpi_status wmi_remove_notify_handler(const char *guid)',
      does: [
        { verb: 'disarms', source: 'notifier', on: arg(0) },
        { verb: 'waitsFor', source: 'notifier', on: arg(0) },
        { verb: 'seals', source: 'notifier', on: arg(0) },
        { verb: 'maySleep' },
      ],
      summary: 'Stops calls of the handler on WMI events.',
      evidence: [inTree('6.12', 'drivers/platform/x86/wmi.c')],
    },
    {
      name: 'arm_smccc_smc',
      aliases: ['arm_smccc_hvc', 'arm_smccc_1_1_smc', 'arm_smccc_1_1_invoke', 'arm_smccc_1_2_smc'],
      prototype: 'arm_smccc_smc(...)',
      does: [{ verb: 'nothing' }],
      summary: 'Calls the secure firmware.',
      evidence: [inTree('6.12', 'include/linux/arm-smccc.h')],
    },
  ],
  patterns: [
    {
      pattern:
        '(?:of_(match_ptr|match_node|node_\\w+|prop_\\w+|get_\\w+|find_\\w+|parse_\\w+|property_\\w+|device_\\w+|graph_\\w+|count_\\w+|alias_\\w+|n_\\w+|address_\\w+|translate_\\w+|dma_\\w+|reserved_\\w+|phandle_\\w+|read_\\w+|root|have_\\w+|cpu_\\w+|usb_\\w+|iommu_\\w+|led_\\w+|modalias\\w*|irq_\\w+|msi_\\w+|pci_\\w+|drm_\\w+|thermal_\\w+)|fwnode_\\w+|device_(get|property|dma|for_each|match|find|is|get_match_data|get_named)_\\w+|to_of_node|is_of_node|dev_(of_node|fwnode|name|set_name|driver_string|bus_name|is_\\w+|to_\\w+|num_vf)|software_node_\\w+|of_fwnode_handle|is_acpi_\\w+|has_acpi_companion|ACPI_(HANDLE|COMPANION|PTR|FAILURE|SUCCESS|FREE|ALLOCATE)\\w*|acpi_(has|match|is|check|get|os|gbl|disabled|dev_\\w+|device_(bid|hid|name|uid|dep|enumerated|set_\\w+|get_\\w+|is_\\w+|handle)|driver_data|data_\\w+|node_\\w+|fwnode_\\w+|format_\\w+|status_\\w+|bus_(get|generate|register|unregister)\\w*|name\\w*|extract\\w*|resource\\w*|buffer\\w*|table\\w*|find_\\w+|create_\\w+|reduce\\w*|ut_\\w+|quirk\\w*|set_\\w+|ec_\\w+|warn\\w*|error\\w*|scan_\\w+|walk_\\w+|store_\\w+|video_\\w+|lid_\\w+|backlight_\\w+)\\w*)(?<!(?:alloc|create|register|free|destroy|remove|release|cleanup|lock)(?:[^a-z]\\w*)?)',
      does: [{ verb: 'nothing' }],
      summary: 'Reads firmware tables.',
      evidence: [inTree('6.12', 'include/linux/property.h')],
    },
  ],
});
