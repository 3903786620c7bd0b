import { arg, contracts, inTree } from '../schema.ts';

/**
 * Access to device registers. Passing the mapping or the regmap is a use of it; the rows say which calls sleep.
 */
export const registers = contracts({
  header: 'linux/io.h, linux/regmap.h',
  functions: [
    {
      name: 'inb',
      aliases: ['inw', 'inl', 'inb_p', 'inw_p', 'inl_p', 'insb', 'insw', 'insl'],
      prototype: 'u8 inb(unsigned long addr)',
      does: [{ verb: 'usesPort', on: arg(0) }],
      summary: 'Reads an I/O port.',
      evidence: [inTree('6.12', 'include/asm-generic/io.h'), inTree('7.2', 'include/asm-generic/io.h')],
    },
    {
      name: 'outb',
      aliases: ['outw', 'outl', 'outb_p', 'outw_p', 'outl_p'],
      prototype: 'void outb(u8 value, unsigned long addr)',
      does: [{ verb: 'usesPort', on: arg(1) }],
      summary: 'Writes an I/O port.',
      evidence: [inTree('6.12', 'include/asm-generic/io.h'), inTree('7.2', 'include/asm-generic/io.h')],
    },
    {
      name: 'outsb',
      aliases: ['outsw', 'outsl'],
      prototype: 'void outsb(unsigned long addr, const void *buffer, unsigned int count)',
      does: [{ verb: 'usesPort', on: arg(0) }],
      summary: 'Writes an I/O port from a buffer.',
      evidence: [inTree('6.12', 'include/asm-generic/io.h'), inTree('7.2', 'include/asm-generic/io.h')],
    },
    {
      name: 'regmap_read_poll_timeout',
      prototype: 'regmap_read_poll_timeout(map, addr, val, cond, sleep_us, timeout_us)',
      does: [{ verb: 'waits', for: 'hardware', condition: arg(3), bounded: true }],
      summary: 'Reads a register until the condition holds or the time is over, sleeping in between.',
      evidence: [inTree('6.12', 'include/linux/regmap.h')],
    },
    {
      name: 'regmap_field_read_poll_timeout',
      prototype: 'regmap_field_read_poll_timeout(field, val, cond, sleep_us, timeout_us)',
      does: [{ verb: 'waits', for: 'hardware', condition: arg(2), bounded: true }],
      summary: 'Reads a field until the condition holds or the time is over, sleeping in between.',
      evidence: [inTree('6.12', 'include/linux/regmap.h')],
    },
    {
      name: 'regmap_read_poll_timeout_atomic',
      prototype: 'regmap_read_poll_timeout_atomic(map, addr, val, cond, delay_us, timeout_us)',
      does: [{ verb: 'nothing' }],
      summary: 'Spins on a register until the condition holds or the time is over.',
      evidence: [inTree('6.12', 'include/linux/regmap.h')],
    },
    {
      name: 'regcache_sync',
      aliases: [
        'regcache_sync_region',
        'regcache_drop_region',
        'regcache_cache_only',
        'regcache_mark_dirty',
        'regcache_cache_bypass',
        'regcache_reg_cached',
      ],
      does: [{ verb: 'maySleep' }],
      summary: 'Cache of a regmap.',
      evidence: [inTree('6.12', 'include/linux/regmap.h')],
    },
  ],
  patterns: [
    {
      pattern:
        '(?:(__raw_)?(read|write)[bwlq](_relaxed|_be)?|(__)?(io)?(read|write)s?(8|16|32|64)\\w*|ioread(8|16|32|64)\\w*|iowrite(8|16|32|64)\\w*|(read|write)s[bwlq]|(in|out)s?[bwl](_p)?|memcpy_(fromio|toio)|memset_io|__io\\w+copy\\w*|lo_hi_\\w+|hi_lo_\\w+|(set|clr|clear|setclr)bits\\w*|(in|out)_(be|le)?\\d+|i?o?(wmb|rmb|mb)|dma_(r|w)?mb|mmiowb|readx|flush_write_buffers)(?<!(?:alloc|create|register|free|destroy|remove|release|cleanup|lock)(?:[^a-z]\\w*)?)',
      does: [{ verb: 'nothing' }],
      summary: 'Reads or writes device registers; does not sleep. Faults when the mapping is gone.',
      evidence: [inTree('6.12', 'include/asm-generic/io.h')],
    },
    {
      pattern:
        'regmap_(read|write|update_bits|set_bits|clear_bits|assign_bits|test_bits|bulk|raw|noinc|multi_reg|async|write_bits|field|fields|register_patch|reinit|might|read_bypassed|default)_?\\w*',
      does: [{ verb: 'maySleep' }],
      summary: 'Reads or writes registers through a regmap; sleeps unless the bus is memory mapped.',
      evidence: [inTree('6.12', 'include/linux/regmap.h')],
    },
    {
      pattern:
        '(?:regmap_(get|can|parse|reg_in|check|irq|mmio|attach|exit|add)_\\w+|(devm_)?regmap_(add|del)_irq_chip\\w*|REG_FIELD\\w*|regmap_reg_range)(?<!(?:alloc|create|register|free|destroy|remove|release|cleanup|lock)(?:[^a-z]\\w*)?)',
      does: [{ verb: 'nothing' }],
      summary: 'Describes a regmap.',
      evidence: [inTree('6.12', 'include/linux/regmap.h')],
    },
  ],
});
