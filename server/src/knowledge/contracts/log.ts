import { contracts, inTree } from '../schema.ts';

/**
 * Families of functions that do nothing the analyses look at: messages, strings, byte order, bits of numbers.
 */
export const log = contracts({
  header: 'linux/printk.h, linux/dev_printk.h, linux/string.h',
  patterns: [
    {
      pattern:
        '_?dev_(emerg|alert|crit|err|warn|notice|info|dbg|vdbg|printk|WARN|level)(_once|_ratelimited|_probe_once|_emit)?|dev_(err|warn)_probe|dev_err_ptr_probe|dev_err_cast_probe|dev_WARN(_ONCE)?|dev_vprintk_emit',
      does: [{ verb: 'nothing' }],
      summary: 'Message about a device.',
      evidence: [inTree('6.12', 'include/linux/dev_printk.h')],
    },
    {
      pattern:
        'pr_(emerg|alert|crit|err|warn|warning|notice|info|cont|debug|devel|fmt|dbg)(_once|_ratelimited)?|_?printk(_once|_ratelimited|_deferred)?|vprintk\\w*|no_printk|early_printk|print_hex_dump\\w*|hex_dump_to_buffer|dump_stack\\w*|printk_ratelimit|__?ratelimit|ratelimit_\\w+|trace_\\w+|show_regs|log_buf_\\w+',
      does: [{ verb: 'nothing' }],
      summary: 'Message or trace.',
      evidence: [inTree('6.12', 'include/linux/printk.h')],
    },
    {
      pattern:
        '(netdev|netif|wiphy|hid|sdev|scmd|shost|pci|acpi_handle|acpi|v4l2|v4l|vdev|drm|ata_(port|link|dev)|usb|pnp|ib|ibdev|cxgb4|snd|fsi|rproc|xenbus|mei|mei_cl|sd|scsi|nvme|tty|efi|tb|bt_dev|bt|edac_\\w*|iommu|rtnl)_(emerg|alert|crit|err|error|warn|warning|notice|info|dbg|debug|vdbg|printk|msg|log)(_\\w+)?|DRM_(ERROR|INFO|DEBUG|WARN|NOTE|DEV)\\w*|BT_(DBG|INFO|WARN|ERR)|DMESG\\w*|ACPI_(ERROR|DEBUG_PRINT|WARNING|INFO|EXCEPTION)',
      does: [{ verb: 'nothing' }],
      summary: 'Message of a subsystem.',
      evidence: [inTree('6.12', 'include/linux/netdevice.h')],
    },
    {
      pattern: 'drm_(dbg|err|info|warn|notice|print)\\w*|drm_printf\\w*',
      does: [{ verb: 'nothing' }],
      summary: 'Message of a graphics driver.',
      evidence: [inTree('6.12', 'include/drm/drm_print.h')],
    },
    {
      pattern:
        '(WARN|BUG|VM_BUG|VM_WARN|BUILD_BUG|lockdep_assert|might|KUNIT|static)_\\w*|WARN|BUG|static_assert|BUILD_BUG|assert_spin_locked|ASSERT_RTNL|__must_hold|lockdep_(is_held\\w*|set_\\w+|init_map\\w*|register_key|unregister_key|off)',
      does: [{ verb: 'nothing' }],
      summary: 'Assertion.',
      evidence: [inTree('6.12', 'include/linux/bug.h')],
    },
    {
      pattern:
        'str(n?cpy|l?cpy|s?cpy|scpy_pad|lcat|ncat|cat|cmp|ncmp|casecmp|ncasecmp|chr|rchr|nchr|chrnul|len|nlen|spn|cspn|pbrk|sep|str|nstr|im|im_all|replace|_has_prefix|tobool|ends|starts|end)|strim|skip_spaces|str_\\w+|strtomem\\w*|strscpy\\w*|strreplace|memtostr\\w*|sysfs_streq|match_string|__?sysfs_match_string|next_arg|get_option\\w*|parse_option_str|memparse|glob_match',
      does: [{ verb: 'nothing' }],
      summary: 'Strings.',
      evidence: [inTree('6.12', 'include/linux/string.h')],
    },
    {
      pattern:
        'mem(cpy|move|set|set16|set32|set64|cmp|chr|chr_inv|scan|zero_explicit|swap|cpy_and_pad|tostr|cpy_flushcache)(_\\w+)?|memset_(after|startat|p|l)|bcmp|__mem\\w+|copy_page|clear_page|unsafe_memcpy|array_size|size_(add|mul|sub)|struct_size(_t)?|flex_array_size|array3_size|struct_group\\w*|crc\\w+|__crc\\w+|bitrev\\w+|hash_\\w+|jhash\\w*|get_random_\\w+|prandom_\\w+|uuid_\\w+|guid_\\w+|sort|bsearch|hex_to_bin|hex2bin|bin2hex|hex_asc\\w*|base64_\\w+',
      does: [{ verb: 'nothing' }],
      summary: 'Memory and numbers.',
      evidence: [inTree('6.12', 'include/linux/string.h')],
    },
    {
      pattern:
        'v?s[cn]?n?printf|vs?scanf|sscanf|vscnprintf|snprintf|sprintf|sysfs_emit(_at)?|simple_strto\\w+|kstrto(u?(8|16|32|64|int|l|ll|short|char)|s(8|16|32|64)|bool)|kstrto(u|s)(8|16|32|64)|_kstrto\\w+|seq_(printf|puts|putc|write|escape\\w*|hex_dump|put_\\w+|has_overflowed|pad|setwidth|path\\w*|bitmap\\w*|commit|get_buf|show_option\\w*|list_\\w+|hlist_\\w+|file_path|vprintf|bprintf|dentry|user_ns|buf_\\w+)|add_uevent_var',
      does: [{ verb: 'nothing' }],
      summary: 'Formats or parses text.',
      evidence: [inTree('6.12', 'include/linux/kstrtox.h')],
    },
    {
      pattern:
        '(__)?(cpu|[lb]e(16|32|64))_to_\\w+|(le|be)(16|32|64)_(to_cpu|add_cpu)\\w*|cpu_to_[lb]e\\w+|[hn]to[hn][sl]|swab\\w+|__?swab\\w+|(get|put)_unaligned\\w*|__(get|put)_unaligned\\w*|be\\d+_to_cpup?|le\\d+_to_cpup?',
      does: [{ verb: 'nothing' }],
      summary: 'Byte order.',
      evidence: [inTree('6.12', 'include/linux/byteorder/generic.h')],
    },
    {
      pattern:
        '(min|max|clamp)(_t|_val|3|_array|_not_zero)?|abs(_diff)?|swap|DIV_\\w+|roundup\\w*|rounddown\\w*|round_(up|down)|ALIGN\\w*|IS_ALIGNED|PTR_ALIGN\\w*|BIT(S)?_\\w+|BIT|GENMASK\\w*|FIELD_\\w+|field_\\w+|ilog2|order_base_2|fls\\w*|ffs\\w*|ffz|__?ff[sz]|__?fls|hweight\\w+|is_power_of_2|roundup_pow_of_two|rol(8|16|32|64)|ror(8|16|32|64)|do_div|div(64|32|_u64|_s64)?\\w*|mul_u\\w+|int_sqrt\\w*|gcd|lcm|check_(add|sub|mul|shl)_overflow|sign_extend\\w+|upper_32_bits|lower_32_bits|(upper|lower)_16_bits|bcd2bin|_?bin2bcd|_?bcd2bin|linear_range\\w+|mult_frac|fixp_\\w+|u(8|16|32|64)_\\w+_bits|(u|le|be)\\d+_(encode|get|replace)\\w+',
      does: [{ verb: 'nothing' }],
      summary: 'Arithmetic.',
      evidence: [inTree('6.12', 'include/linux/minmax.h')],
    },
    {
      pattern:
        'ARRAY_SIZE|ARRAY_END|sizeof|sizeof_field|offsetof|offsetofend|typeof|__typeof__|typecheck|IS_(ENABLED|BUILTIN|MODULE|REACHABLE)|defined|__builtin_\\w+|fallthrough|CONCATENATE|__stringify|PAGE_ALIGN\\w*|PFN_\\w+|page_\\w+|virt_to_\\w+|phys_to_\\w+|__pa|__va|PHYS_PFN|offset_in_page|nr_cpu_ids|smp_processor_id|raw_smp_processor_id|get_cpu|put_cpu|num_\\w+_cpus|cpu_(online|possible|present|to_node)|for_each_\\w+cpu|preempt_(disable|enable)\\w*|local_(irq|bh)_(save|restore|disable|enable)\\w*|get_order|numa_\\w+|dev_to_node|set_dev_node',
      does: [{ verb: 'nothing' }],
      summary: 'Sizes, addresses and processors.',
      evidence: [inTree('6.12', 'include/linux/array_size.h')],
    },
    {
      pattern:
        '(ns_)?capable\\w*|security_\\w+|current_\\w+|task_\\w+|from_k[ug]id\\w*|make_k[ug]id|get_current|perfmon_capable|file_ns_capable|uid_\\w+|gid_\\w+|audit_\\w+|cred_\\w+|override_creds|revert_creds|sched_\\w+',
      does: [{ verb: 'nothing' }],
      summary: 'The calling task and its rights.',
      evidence: [inTree('6.12', 'include/linux/capability.h')],
    },
    {
      pattern: 'dmi_\\w+|of_machine_\\w+|soc_device_\\w+|x86_match_cpu|boot_cpu_\\w+|cpu_has\\w*|machine_is_\\w+',
      does: [{ verb: 'nothing' }],
      summary: 'Which machine this is.',
      evidence: [inTree('6.12', 'include/linux/dmi.h')],
    },
    {
      pattern:
        'add_taint|kstrdup_quotable\\w*|kernel_\\w*param\\w*|param_(get|set|ops)_\\w+|module_refcount|module_is_live',
      does: [{ verb: 'nothing' }],
      summary: 'Module parameters.',
      evidence: [inTree('6.12', 'include/linux/moduleparam.h')],
    },
  ],
});
