/** Error pointers, and the many helpers that only compute. */
import { arg, contracts, inTree } from '../schema.ts';

export const values = contracts({
  header: 'linux/err.h, linux/bug.h, linux/compiler.h, linux/math.h',
  functions: [
    {
      name: 'IS_ERR',
      prototype: 'bool IS_ERR(__force const void *ptr)',
      does: [{ verb: 'isError', slot: arg(0) }],
      summary: 'True when a pointer holds an error number.',
      evidence: [inTree('6.12', 'include/linux/err.h'), inTree('7.2', 'include/linux/err.h')],
    },
    {
      name: 'IS_ERR_OR_NULL',
      prototype: 'bool IS_ERR_OR_NULL(__force const void *ptr)',
      does: [{ verb: 'isError', slot: arg(0), orNull: true }],
      summary: 'True when a pointer is NULL or holds an error number.',
      evidence: [inTree('6.12', 'include/linux/err.h'), inTree('7.2', 'include/linux/err.h')],
    },
    {
      name: 'IS_ERR_VALUE',
      prototype: 'IS_ERR_VALUE(x)',
      does: [{ verb: 'isError', slot: arg(0) }],
      summary: 'True when a number is in the range of errors.',
      evidence: [inTree('6.12', 'include/linux/err.h'), inTree('7.2', 'include/linux/err.h')],
    },
    {
      name: 'PTR_ERR',
      prototype: 'long PTR_ERR(__force const void *ptr)',
      does: [{ verb: 'makesError', slot: arg(0) }],
      summary: 'Error number in a pointer.',
      evidence: [inTree('6.12', 'include/linux/err.h'), inTree('7.2', 'include/linux/err.h')],
    },
    {
      name: 'ERR_PTR',
      aliases: ['ERR_PTR_PCPU'],
      prototype: 'void *ERR_PTR(long error)',
      does: [{ verb: 'makesError', slot: arg(0) }],
      summary: 'Error pointer from a number.',
      evidence: [inTree('6.12', 'include/linux/err.h'), inTree('7.2', 'include/linux/err.h')],
    },
    {
      name: 'ERR_CAST',
      prototype: 'void *ERR_CAST(__force const void *ptr)',
      does: [{ verb: 'makesError', slot: arg(0) }],
      summary: 'The same error pointer with another type.',
      evidence: [inTree('6.12', 'include/linux/err.h'), inTree('7.2', 'include/linux/err.h')],
    },
    {
      name: 'PTR_ERR_OR_ZERO',
      prototype: 'int PTR_ERR_OR_ZERO(__force const void *ptr)',
      does: [{ verb: 'makesError', slot: arg(0) }],
      summary: 'Error number in a pointer, or zero.',
      evidence: [inTree('6.12', 'include/linux/err.h'), inTree('7.2', 'include/linux/err.h')],
    },
    {
      name: 'dev_err_probe',
      prototype: 'int dev_err_probe(const struct device *dev, int err, const char *fmt, ...)',
      does: [{ verb: 'makesError', slot: arg(1) }],
      summary: 'Logs why probe fails and returns the error number.',
      evidence: [inTree('6.12', 'include/linux/dev_printk.h'), inTree('7.2', 'include/linux/dev_printk.h')],
    },
    {
      name: 'dev_err_ptr_probe',
      prototype: 'dev_err_ptr_probe(dev,___err,fmt,...)',
      does: [{ verb: 'makesError', slot: arg(1) }],
      summary: 'Logs why probe fails and returns an error pointer.',
      evidence: [inTree('6.12', 'include/linux/dev_printk.h'), inTree('7.2', 'include/linux/dev_printk.h')],
    },
    {
      name: 'likely',
      aliases: ['unlikely'],
      prototype: 'likely(x)',
      does: [{ verb: 'returns', slot: arg(0) }],
      summary: 'Same truth value, with a hint for the compiler.',
      evidence: [inTree('6.12', 'include/linux/compiler.h'), inTree('7.2', 'include/linux/compiler.h')],
    },
    {
      name: 'WARN_ON',
      aliases: ['WARN_ON_ONCE', 'WARN', 'WARN_ONCE', 'WARN_TAINT', 'WARN_ON_SMP', 'drm_WARN_ON'],
      prototype: 'WARN_ON(condition)',
      does: [{ verb: 'returns', slot: arg(0) }],
      summary: 'Same truth value, with a warning when true.',
      evidence: [inTree('6.12', 'include/asm-generic/bug.h'), inTree('7.2', 'include/asm-generic/bug.h')],
    },
    {
      name: 'BUG',
      prototype: 'BUG()',
      does: [{ verb: 'noReturn' }],
      summary: 'Stops the kernel.',
      evidence: [inTree('6.12', 'include/asm-generic/bug.h'), inTree('7.2', 'include/asm-generic/bug.h')],
    },
    {
      name: 'do_exit',
      prototype: 'void do_exit(long error_code)',
      does: [{ verb: 'noReturn' }],
      summary: 'Ends the current task.',
      evidence: [inTree('6.12', 'include/linux/sched/task.h'), inTree('7.2', 'include/linux/sched/task.h')],
    },
    {
      name: 'unreachable',
      prototype: 'unreachable()',
      does: [{ verb: 'noReturn' }],
      summary: 'Never reached.',
      evidence: [inTree('6.12', 'include/linux/compiler.h'), inTree('7.2', 'include/linux/compiler.h')],
    },
    {
      name: 'emergency_restart',
      prototype: 'void emergency_restart(void)',
      does: [{ verb: 'noReturn' }],
      summary: 'Restarts the machine.',
      evidence: [inTree('6.12', 'include/linux/reboot.h'), inTree('7.2', 'include/linux/reboot.h')],
    },
    {
      name: 'make_task_dead',
      prototype: 'void __noreturn make_task_dead(int signr)',
      does: [{ verb: 'noReturn' }],
      summary: 'Ends the current task.',
      evidence: [inTree('6.12', 'include/linux/sched/task.h'), inTree('7.2', 'include/linux/sched/task.h')],
    },
    {
      name: 'do_task_dead',
      prototype: 'void __noreturn do_task_dead(void)',
      does: [{ verb: 'noReturn' }],
      summary: 'Ends the current task.',
      evidence: [inTree('6.12', 'include/linux/sched.h'), inTree('7.2', 'include/linux/sched.h')],
    },
    {
      name: 'array_index_nospec',
      prototype: 'array_index_nospec(index,size)',
      does: [{ verb: 'returns', slot: arg(0) }],
      summary: 'The index, clamped against speculation.',
      evidence: [inTree('6.12', 'include/linux/nospec.h'), inTree('7.2', 'include/linux/nospec.h')],
    },
    {
      name: 'pm_ptr',
      aliases: ['pm_sleep_ptr', 'of_match_ptr', 'ACPI_PTR', 'PTR_IF'],
      prototype: 'pm_ptr(_ptr)',
      does: [{ verb: 'returns', slot: arg(0) }],
      summary: 'The pointer, or NULL when the kernel has no power management.',
      evidence: [inTree('6.12', 'include/linux/pm.h'), inTree('7.2', 'include/linux/pm.h')],
    },
  ],
  patterns: [
    {
      pattern: '(?:VM_)?BUG_ON(?:_\\w+)?|BUILD_BUG_ON(?:_\\w+)?|BUILD_BUG|static_assert|ASSERT_RTNL|BUILD_\\w+_ZERO',
      does: [{ verb: 'nothing' }],
      summary: 'Stops the kernel or the build when something impossible is true.',
      evidence: [inTree('6.12', 'include/asm-generic/bug.h'), inTree('6.12', 'include/linux/build_bug.h')],
    },
    {
      pattern: '(?:__)?smp_\\w*mb\\w*|(?:r|w)?mb|dma_[rw]?mb|smp_mb__\\w+|barrier(?:_nospec)?|mmiowb|io_stop_wc',
      does: [{ verb: 'nothing' }],
      summary: 'Orders memory accesses; excludes nobody.',
      evidence: [inTree('6.12', 'include/asm-generic/barrier.h')],
    },
    {
      pattern:
        '(?:__)?(?:min|max|clamp|swap|abs|abs_diff)(?:_t|_val|3|_not_zero)?|ARRAY_SIZE|ALIGN(?:_DOWN)?|PTR_ALIGN|IS_ALIGNED|round(?:up|down|_up|_down)\\w*|DIV_\\w+|do_div|div\\w*_[us]\\w+|div_u64\\w*|mult_frac|sign_extend\\w+|int_sqrt\\w*|gcd|lcm|rol\\d+|ror\\d+|hweight\\w*|f[lf][sz]\\d*|__f[lf][sz]|fls_long|ilog2|order_base_2|is_power_of_2|roundup_pow_of_two|rounddown_pow_of_two|get_order|size_(?:add|mul|sub)|array_size|array3_size|struct_size(?:_t)?|flex_array_size|check_\\w+_overflow|overflows_type|sizeof_field|offsetof(?:end)?|(?:upper|lower)_(?:32|16)_bits',
      does: [{ verb: 'nothing' }],
      summary: 'Arithmetic.',
      evidence: [
        inTree('6.12', 'include/linux/minmax.h'),
        inTree('6.12', 'include/linux/math.h'),
        inTree('6.12', 'include/linux/bitops.h'),
        inTree('6.12', 'include/linux/overflow.h'),
      ],
    },
    {
      pattern:
        'BIT(?:_ULL|_MASK|_WORD|S_\\w+|_U\\d+)?|GENMASK\\w*|FIELD_(?:PREP|GET|FIT|MAX|MODIFY|PREP_CONST|PREP_WM16\\w*)|\\w+_(?:get|encode|replace)_bits|u\\d+_(?:get|encode)_bits|le\\d+_(?:get|encode)_bits|_IO[WRC]*|_IO[WR]+_BAD|_IOC_\\w+|U\\d+_MAX|IS_(?:ENABLED|BUILTIN|MODULE|REACHABLE)|__stringify|__must_be_array|READ_PLUS|upper_bits',
      does: [{ verb: 'nothing' }],
      summary: 'A constant or a part of a number.',
      evidence: [
        inTree('6.12', 'include/linux/bits.h'),
        inTree('6.12', 'include/linux/bitfield.h'),
        inTree('6.12', 'include/uapi/asm-generic/ioctl.h'),
      ],
    },
    {
      pattern:
        '(?:__)?(?:cpu_to_)?[bl]e\\d+(?:_to_cpu)?[ps]?|(?:__)?[bl]e\\d+_to_cpup?s?|(?:__)?cpu_to_[bl]e\\d+[ps]?|swab\\w*|hton[sl]|ntoh[sl]|(?:get|put)_unaligned(?:_\\w+)?|bcd2bin|bin2bcd|hex_to_bin|hex2bin|bin2hex|hex_asc\\w*|[bl]e\\d+_add_cpu|crc\\w+|__crc\\w+|jhash\\w*|hash_\\d+|hash_(?:long|ptr)',
      does: [{ verb: 'nothing' }],
      summary: 'Conversion of numbers.',
      evidence: [inTree('6.12', 'include/linux/byteorder/generic.h'), inTree('6.12', 'include/linux/unaligned.h')],
    },
    {
      pattern:
        '(?:bitmap|cpumask)_(?!alloc|zalloc|free)\\w+|find_(?:first|next|last|nth)\\w*bit\\w*|nodes?_\\w+_map|get_bitmask_order|bitrev\\d+',
      does: [{ verb: 'nothing' }],
      summary: 'Sets of bits.',
      evidence: [inTree('6.12', 'include/linux/bitmap.h'), inTree('6.12', 'include/linux/find.h')],
    },
    {
      pattern:
        '(?:is)?(?:alpha|alnum|digit|xdigit|space|print|upper|lower|ascii|punct|graph|cntrl)|toupper|tolower|isal(?:pha|num)|is(?:digit|xdigit|space|print|upper|lower|ascii|punct|graph|cntrl)',
      does: [{ verb: 'nothing' }],
      summary: 'Character classes.',
      evidence: [inTree('6.12', 'include/linux/ctype.h')],
    },
    {
      pattern:
        'capable|ns_capable|perfmon_capable|uid_eq|gid_eq|current_\\w*(?:uid|gid|cred)\\w*|from_kuid\\w*|make_kuid|(?:task_)?(?:pid|tgid)_(?:nr|vnr)\\w*|smp_processor_id|raw_smp_processor_id|(?:get|put)_cpu|num_\\w+_cpus|nr_cpu_ids|cpu_(?:online|possible|present)|cpu_to_node|numa_node_id|need_resched|task_\\w+_nr\\w*|security_locked_down|dmi_\\w+|of_machine_\\w+|soc_is_\\w+|totalram_pages|si_meminfo',
      does: [{ verb: 'nothing' }],
      summary: 'Facts about the task, the machine or its rights.',
      evidence: [inTree('6.12', 'include/linux/capability.h'), inTree('6.12', 'include/linux/dmi.h')],
    },
    {
      pattern:
        'get_random_\\w+|random32|prandom_\\w+|memchr\\w*|uuid_\\w+|guid_\\w+|UUID_INIT|GUID_INIT|add_(?:device|hwgenerator|interrupt|bootloader|input)_randomness',
      does: [{ verb: 'nothing' }],
      summary: 'Random numbers and identifiers.',
      evidence: [inTree('6.12', 'include/linux/random.h'), inTree('6.12', 'include/linux/uuid.h')],
    },
    {
      pattern:
        '(?:virt|phys|page|pfn)_to_(?:virt|phys|page|pfn|bus|address)|page_address|(?:k|__)?va|__pa(?:_\\w+)?|__va|offset_in_page|PAGE_ALIGN\\w*|PFN_\\w+|PHYS_PFN|pfn_valid|virt_addr_valid|is_vmalloc_addr|vmalloc_to_(?:page|pfn)|pgprot_\\w+|page_to_nid|k(?:un)?map\\w*|memalloc_\\w+|object_is_on_stack|access_ok|untagged_addr',
      does: [{ verb: 'nothing' }],
      summary: 'Addresses and pages.',
      evidence: [inTree('6.12', 'include/linux/mm.h'), inTree('6.12', 'include/linux/io.h')],
    },
    {
      pattern: 'KUNIT_\\w+|kunit_(?!kzalloc|kmalloc)\\w+',
      does: [{ verb: 'nothing' }],
      summary: 'Test assertions.',
      evidence: [inTree('6.12', 'include/kunit/test.h')],
    },
  ],
});
