import { arg, contracts, inTree } from '../schema.ts';

/**
 * Flash devices. An open fd of /dev/mtdN pins the driver's module and, for partitions, the partition; the memory of the
 * device stays the driver's, unless it counts users in _get_device() and _put_device().
 */
export const flash = contracts({
  header: 'linux/mtd/mtd.h',
  functions: [
    {
      name: 'mtd_device_register',
      aliases: ['mtd_device_parse_register'],
      prototype: 'int mtd_device_register(struct mtd_info *master, const struct mtd_partition *parts, int nr_parts)',
      does: [{ verb: 'publishes', node: 'mtd', on: arg(0), pinsModule: true, when: 'zero' }, { verb: 'maySleep' }],
      summary: 'Makes a flash device and its partitions visible; its callbacks can run from here on.',
      evidence: [
        inTree('6.12', 'drivers/mtd/mtdcore.c', 'mtd_device_parse_register'),
        inTree('6.12', 'drivers/mtd/mtdcore.c', '__get_mtd_device'),
      ],
    },
    {
      name: 'mtd_device_unregister',
      prototype: 'int mtd_device_unregister(struct mtd_info *master)',
      does: [
        {
          verb: 'unpublishes',
          node: 'mtd',
          on: arg(0),
          fence: {
            verdict: 'blocks-new-only',
            drainsAttributes: true,
            atMost: 'may',
            coreUses: [{ in: 'operations', by: 'mtdchar_read' }],
          },
        },
        { verb: 'maySleep' },
      ],
      summary:
        'Takes a flash device away; operations on open fds go on and use it, their references keep partitions only.',
      duty: 'Count users in _get_device() and _put_device(), and free the device with the last.',
      evidence: [
        inTree('6.12', 'drivers/mtd/mtdcore.c', 'del_mtd_device'),
        inTree('6.12', 'drivers/mtd/mtdcore.c', '__put_mtd_device'),
        inTree('6.12', 'drivers/mtd/mtdchar.c', 'mtdchar_read'),
        inTree('7.2', 'drivers/mtd/mtdcore.c', '__get_mtd_device'),
      ],
    },
    {
      name: 'map_destroy',
      prototype: 'void map_destroy(struct mtd_info *mtd)',
      does: [{ verb: 'frees', what: 'device', on: arg(0) }],
      summary: 'Frees what do_map_probe() made.',
      evidence: [inTree('6.12', 'drivers/mtd/chips/chipreg.c', 'map_destroy')],
    },
    {
      name: 'nand_to_mtd',
      aliases: ['nanddev_to_mtd', 'spinand_to_mtd'],
      prototype: 'struct mtd_info *nand_to_mtd(struct nand_chip *chip)',
      does: [{ verb: 'returns', slot: arg(0) }],
      summary: 'The flash device that is part of the chip.',
      evidence: [inTree('6.12', 'include/linux/mtd/rawnand.h', 'nand_to_mtd')],
    },
    {
      name: 'nand_cleanup',
      prototype: 'void nand_cleanup(struct nand_chip *chip)',
      does: [{ verb: 'maySleep' }],
      summary: 'Takes a NAND chip down; the flash device must be unregistered before.',
      evidence: [inTree('6.12', 'drivers/mtd/nand/raw/nand_base.c')],
    },
  ],
  tables: [
    {
      struct: 'struct mtd_info',
      roles: { '*': { context: 'subsystem-callback' } },
      evidence: [inTree('6.12', 'include/linux/mtd/mtd.h')],
    },
  ],
  nodes: [
    {
      node: 'mtd',
      callbacks: [
        {
          table: 'struct mtd_info',
          fields: {
            open: ['_get_device'],
            release: ['_put_device'],
            never: ['_suspend', '_resume', '_reboot'],
          },
        },
      ],
      evidence: [
        inTree('6.12', 'drivers/mtd/mtdcore.c', '__get_mtd_device'),
        inTree('6.12', 'drivers/mtd/mtdcore.c', '__put_mtd_device'),
      ],
    },
  ],
});
