import { arg, contracts, inTree, result } from '../schema.ts';

/**
 * Disks and SCSI hosts.
 */
export const storage = contracts({
  header: 'linux/blkdev.h, scsi/scsi_host.h',
  functions: [
    {
      name: 'device_add_disk',
      prototype:
        'int device_add_disk(struct device *parent, struct gendisk *disk, const struct attribute_group **groups)',
      does: [{ verb: 'publishes', node: 'block', on: arg(1), device: arg(0), when: 'zero' }],
      summary: 'Makes a disk visible; requests can come from here on.',
      evidence: [inTree('6.12', 'block/genhd.c')],
    },
    {
      name: 'add_disk',
      aliases: ['add_disk_fwnode'],
      prototype: 'int add_disk(struct gendisk *disk)',
      does: [{ verb: 'publishes', node: 'block', on: arg(0), when: 'zero' }],
      summary: 'Makes a disk visible; requests can come from here on.',
      evidence: [inTree('6.12', 'include/linux/blkdev.h')],
    },
    {
      name: 'del_gendisk',
      prototype: 'void del_gendisk(struct gendisk *gp)',
      does: [
        { verb: 'unpublishes', node: 'block', on: arg(0), fence: { verdict: 'drains', drainsAttributes: true } },
        { verb: 'maySleep' },
      ],
      summary:
        'Takes a disk away: requests are waited for and later ones fail; release() and ioctl() of open fds are not fenced.',
      duty: 'blk_mark_disk_dead() first when the device is already gone. put_disk() afterwards, then free the tag set.',
      evidence: [inTree('6.12', 'block/genhd.c'), inTree('7.2', 'block/genhd.c', '__del_gendisk')],
    },
    {
      name: 'put_disk',
      prototype: 'void put_disk(struct gendisk *disk)',
      does: [{ verb: 'dropsRef', what: 'device', on: arg(0) }],
      summary: 'Drops the reference on a disk; free_disk() runs with the last.',
      evidence: [inTree('6.12', 'block/genhd.c')],
    },
    {
      name: 'blk_mq_alloc_disk',
      aliases: ['blk_alloc_disk', '__blk_mq_alloc_disk', '__blk_alloc_disk'],
      prototype: 'blk_mq_alloc_disk(set, lim, queuedata)',
      does: [{ verb: 'allocates', what: 'device', into: result, owner: 'caller' }],
      summary: 'Allocates a disk; it is refcounted.',
      evidence: [inTree('6.12', 'include/linux/blk-mq.h'), inTree('6.12', 'include/linux/blkdev.h', 'blk_alloc_disk')],
    },
    {
      name: 'blk_get_queue',
      prototype: 'bool blk_get_queue(struct request_queue *)',
      does: [{ verb: 'takesRef', on: arg(0), what: 'object', when: 'nonzero' }],
      summary: 'Keeps a request queue: true means it is held. Requests on a dying queue fail.',
      evidence: [inTree('6.12', 'block/blk-core.c'), inTree('7.2', 'block/blk-core.c')],
    },
    {
      name: 'blk_put_queue',
      prototype: 'void blk_put_queue(struct request_queue *)',
      does: [{ verb: 'dropsRef', on: arg(0), what: 'object' }],
      summary: 'Drops a reference of blk_get_queue().',
      evidence: [inTree('6.12', 'block/blk-core.c'), inTree('7.2', 'block/blk-core.c')],
    },
    {
      name: 'blk_mq_alloc_tag_set',
      aliases: ['blk_mq_alloc_sq_tag_set'],
      prototype: 'int blk_mq_alloc_tag_set(struct blk_mq_tag_set *set)',
      does: [{ verb: 'allocates', what: 'other', into: arg(0), owner: 'caller' }],
      summary: 'Allocates the tags of a queue; its callbacks come from the ops field.',
      evidence: [inTree('6.12', 'block/blk-mq.c')],
    },
    {
      name: 'blk_mq_free_tag_set',
      prototype: 'void blk_mq_free_tag_set(struct blk_mq_tag_set *set)',
      does: [{ verb: 'frees', what: 'other', on: arg(0) }, { verb: 'maySleep' }],
      summary: 'Frees the tags of a queue.',
      duty: 'After put_disk().',
      evidence: [inTree('6.12', 'block/blk-mq.c')],
    },
    {
      name: 'blk_mq_freeze_queue',
      prototype: 'void blk_mq_freeze_queue(struct request_queue *q)',
      does: [{ verb: 'acquires', lock: 'subsystem', on: arg(0), mode: 'exclusive' }, { verb: 'maySleep' }],
      summary: 'Refuses new requests and waits for those in progress.',
      evidence: [inTree('6.12', 'block/blk-mq.c')],
    },
    {
      name: 'blk_mq_unfreeze_queue',
      prototype: 'void blk_mq_unfreeze_queue(struct request_queue *q)',
      does: [{ verb: 'releases', lock: 'subsystem', on: arg(0) }],
      summary: 'Lets requests through again.',
      evidence: [inTree('6.12', 'block/blk-mq.c')],
    },
    {
      name: 'blk_mq_quiesce_queue',
      prototype: 'void blk_mq_quiesce_queue(struct request_queue *q)',
      does: [
        { verb: 'disarms', source: 'other', on: arg(0) },
        { verb: 'waitsFor', source: 'other', on: arg(0) },
        { verb: 'maySleep' },
      ],
      summary: 'Keeps queue_rq() from running and waits for it.',
      evidence: [inTree('6.12', 'block/blk-mq.c')],
    },
    {
      name: 'blk_mq_unquiesce_queue',
      prototype: 'void blk_mq_unquiesce_queue(struct request_queue *q)',
      does: [{ verb: 'arms', source: 'other', on: arg(0) }],
      summary: 'Lets queue_rq() run again.',
      evidence: [inTree('6.12', 'block/blk-mq.c')],
    },
    {
      name: 'scsi_remove_host',
      prototype: 'void scsi_remove_host(struct Scsi_Host *)',
      does: [{ verb: 'maySleep' }, { verb: 'removesDevice', on: arg(0) }],
      summary: 'Removes the SCSI host and its devices; commands are waited for.',
      evidence: [inTree('6.12', 'drivers/scsi/hosts.c')],
    },
    {
      name: 'scsi_add_host',
      aliases: ['scsi_add_host_with_dma'],
      does: [{ verb: 'publishes', node: 'other', on: arg(0), when: 'zero' }],
      summary: 'Makes a SCSI host visible; commands can come from here on.',
      evidence: [inTree('6.12', 'include/scsi/scsi_host.h')],
    },
    {
      name: 'scsi_execute_cmd',
      aliases: ['scsi_execute_req', 'scsi_test_unit_ready', 'scsi_mode_sense'],
      does: [{ verb: 'waits', for: 'io', bounded: true, on: arg(0) }],
      summary: 'Runs a SCSI command and waits for it.',
      evidence: [inTree('6.12', 'drivers/scsi/scsi_lib.c')],
    },
  ],
  patterns: [
    {
      pattern:
        '(?:blk_\\w+|bio_\\w+|rq_\\w+|req_\\w+|bdev_\\w+|disk_\\w+|set_capacity\\w*|get_capacity|bvec_\\w+|submit_bio\\w*|set_disk_ro|get_disk_ro|queue_flag\\w*|blkdev_\\w+|elevator_\\w+|nvme_\\w+|ata_\\w+|sata_\\w+|scsi_(device|host|done|execute|add|remove|scan|report|block|unblock|cmd|get|set|sg|dma|print|command|normalize|sense|internal|is|mode|test|prot|change|track|target|transfer|bufflen|schedule|eh|bios|internal_device|rescan|queue|build|level|vpd|register|unregister|nonatomic|req|cmnd|flush)_?\\w*|mmc_\\w+|sdhci_\\w+|mtd_\\w+|nand_\\w+|ubi_\\w+)(?<!(?:alloc|create|register|free|destroy|remove|release|cleanup|lock)(?:[^a-z]\\w*)?)',
      does: [{ verb: 'nothing' }],
      summary: 'Requests and helpers of the storage core.',
      evidence: [inTree('6.12', 'include/linux/blkdev.h')],
    },
  ],
  tables: [
    {
      struct: 'struct block_device_operations',
      roles: {
        open: { context: 'open' },
        release: { context: 'release', alwaysRuns: true },
        '*': { context: 'subsystem-callback' },
      },
      owner: 'owner',
      evidence: [inTree('6.12', 'include/linux/blkdev.h')],
    },
    {
      struct: 'struct blk_mq_ops',
      roles: {
        '*': { context: 'subsystem-callback' },
      },
      evidence: [inTree('6.12', 'include/linux/blk-mq.h')],
    },
    {
      struct: 'struct scsi_host_template',
      roles: {
        '*': { context: 'subsystem-callback' },
      },
      owner: 'module',
      evidence: [inTree('6.12', 'include/scsi/scsi_host.h')],
    },
  ],
});
