import { arg, contracts, inTree, result } from '../schema.ts';

/**
 * DMA channels, mappings and shared buffers.
 */
export const dma = contracts({
  header: 'linux/dmaengine.h, linux/dma-mapping.h, linux/dma-buf.h',
  functions: [
    {
      name: 'dmaengine_submit',
      prototype: 'dma_cookie_t dmaengine_submit(struct dma_async_tx_descriptor *desc)',
      does: [{ verb: 'nothing' }],
      summary: 'Queues a descriptor; its callback runs later, when the channel has been started.',
      evidence: [inTree('6.12', 'include/linux/dmaengine.h')],
    },
    {
      name: 'dma_async_issue_pending',
      prototype: 'void dma_async_issue_pending(struct dma_chan *chan)',
      does: [{ verb: 'arms', source: 'dma', on: arg(0) }],
      summary: 'Starts what is queued on the channel.',
      evidence: [inTree('6.12', 'include/linux/dmaengine.h')],
    },
    {
      name: 'dmaengine_terminate_sync',
      prototype: 'int dmaengine_terminate_sync(struct dma_chan *chan)',
      does: [
        { verb: 'disarms', source: 'dma', on: arg(0) },
        { verb: 'waitsFor', source: 'dma', on: arg(0) },
        { verb: 'waits', for: 'hardware', bounded: true },
      ],
      summary: 'Aborts transfers and waits for callbacks, if the provider implements device_synchronize().',
      duty: 'Not from a callback. Free buffers only afterwards. An error of the abort is returned without waiting.',
      evidence: [inTree('6.12', 'include/linux/dmaengine.h'), inTree('7.2', 'include/linux/dmaengine.h')],
    },
    {
      name: 'dmaengine_terminate_async',
      aliases: ['dmaengine_terminate_all'],
      prototype: 'int dmaengine_terminate_async(struct dma_chan *chan)',
      does: [{ verb: 'disarms', source: 'dma', on: arg(0) }],
      summary: 'Aborts transfers; callbacks may still run and buffers may still be written.',
      duty: 'dmaengine_synchronize() before memory is freed.',
      alternative: 'dmaengine_terminate_sync()',
      evidence: [inTree('6.12', 'include/linux/dmaengine.h')],
    },
    {
      name: 'dmaengine_synchronize',
      prototype: 'void dmaengine_synchronize(struct dma_chan *chan)',
      does: [{ verb: 'waitsFor', source: 'dma', on: arg(0) }, { verb: 'maySleep' }],
      summary: 'Waits for callbacks of transfers that were aborted.',
      evidence: [inTree('6.12', 'include/linux/dmaengine.h')],
    },
    {
      name: 'dma_sync_wait',
      aliases: ['dma_wait_for_async_tx'],
      prototype: 'enum dma_status dma_sync_wait(struct dma_chan *chan, dma_cookie_t cookie)',
      does: [{ verb: 'waits', for: 'hardware', bounded: true }],
      summary: 'Spins until the transfer is over.',
      evidence: [inTree('6.12', 'drivers/dma/dmaengine.c')],
    },
    {
      name: 'dma_buf_export',
      prototype: 'struct dma_buf *dma_buf_export(const struct dma_buf_export_info *exp_info)',
      does: [{ verb: 'allocates', what: 'other', into: result, owner: 'caller' }],
      summary: 'Exports a buffer as a file; it lives until the last fd or importer lets go.',
      duty: 'Callbacks of the buffer run after the device is gone: they must not touch it, and the owner must be set.',
      evidence: [inTree('6.12', 'drivers/dma-buf/dma-buf.c')],
    },
    {
      name: 'dma_buf_fd',
      prototype: 'int dma_buf_fd(struct dma_buf *dmabuf, int flags)',
      does: [{ verb: 'nothing' }],
      summary: 'Gives user space an fd of the buffer.',
      evidence: [inTree('6.12', 'drivers/dma-buf/dma-buf.c')],
    },
    {
      name: 'dma_buf_get',
      prototype: 'struct dma_buf *dma_buf_get(int fd)',
      does: [{ verb: 'takesRef', what: 'object', on: result }],
      summary: 'Takes a reference on a buffer by fd.',
      evidence: [inTree('6.12', 'drivers/dma-buf/dma-buf.c')],
    },
    {
      name: 'dma_buf_put',
      prototype: 'void dma_buf_put(struct dma_buf *dmabuf)',
      does: [{ verb: 'dropsRef', what: 'object', on: arg(0) }],
      summary: 'Drops a reference on a buffer.',
      evidence: [inTree('6.12', 'drivers/dma-buf/dma-buf.c')],
    },
    {
      name: 'dma_fence_get',
      prototype: 'struct dma_fence *dma_fence_get(struct dma_fence *fence)',
      does: [
        { verb: 'takesRef', what: 'object', on: arg(0) },
        { verb: 'returns', slot: arg(0) },
      ],
      summary: 'Takes a reference on a fence.',
      evidence: [inTree('6.12', 'include/linux/dma-fence.h')],
    },
    {
      name: 'dma_fence_put',
      prototype: 'void dma_fence_put(struct dma_fence *fence)',
      does: [{ verb: 'dropsRef', what: 'object', on: arg(0) }],
      summary: 'Drops a reference on a fence.',
      evidence: [inTree('6.12', 'include/linux/dma-fence.h')],
    },
    {
      name: 'dma_fence_wait',
      aliases: ['dma_fence_wait_timeout'],
      prototype: 'signed long dma_fence_wait(struct dma_fence *fence, bool intr)',
      does: [{ verb: 'waits', for: 'completion', on: arg(0), interruptible: true }],
      summary: 'Sleeps until the fence is signalled.',
      evidence: [
        inTree('6.12', 'include/linux/dma-fence.h'),
        inTree('6.12', 'drivers/dma-buf/dma-fence.c', 'dma_fence_wait_timeout'),
      ],
    },
  ],
  patterns: [
    {
      pattern:
        '(?:dmaengine_(prep|slave|pause|resume|tx|get|put|unmap|desc|check|is|result)_?\\w*|dma_(async_is|cap|set|get|has|slave|cookie|descriptor|maxpq|chan|find|dev|tx|request_slave_channel_compat|async_tx|async_device|addressing|max|opt|need|can|skip|pci|submit_error)_?\\w*|is_slave_direction|is_dma_\\w+|of_dma_\\w+|dmaenginem_\\w+|async_dma_\\w+)(?<!(?:alloc|create|register|free|destroy|remove|release|cleanup|lock)(?:[^a-z]\\w*)?)',
      does: [{ verb: 'nothing' }],
      summary: 'Prepares descriptors or asks for abilities.',
      evidence: [inTree('6.12', 'include/linux/dmaengine.h')],
    },
    {
      pattern:
        '(?:dma_(map|unmap|sync|mapping)_\\w+|dmam?_\\w*mask\\w*|(__)?sg_\\w+|sg(list)?_\\w+|for_each_sg\\w*|__?dma_\\w+_attrs|set_dma_ops|get_dma_ops|dma_(mmap|get_sgtable)_\\w+|dma_(alloc|free)_(pages|noncontiguous|noncoherent|wc|attrs)|dma_(v|n)map_noncontiguous|phys_to_dma|dma_to_phys)(?<!(?:alloc|create|register|free|destroy|remove|release|cleanup|lock)(?:[^a-z]\\w*)?)',
      does: [{ verb: 'nothing' }],
      summary: 'Maps memory for a device.',
      evidence: [inTree('6.12', 'include/linux/dma-mapping.h')],
    },
    {
      pattern:
        '(?:dma_buf_\\w+|dma_fence_\\w+|dma_resv_\\w+|iosys_map_\\w+|sync_file_\\w+)(?<!(?:alloc|create|register|free|destroy|remove|release|cleanup|lock)(?:[^a-z]\\w*)?)',
      does: [{ verb: 'nothing' }],
      summary: 'Shared buffers and fences.',
      evidence: [inTree('6.12', 'include/linux/dma-buf.h')],
    },
  ],
  tables: [
    {
      struct: 'struct dma_async_tx_descriptor',
      roles: {
        callback: { context: 'subsystem-callback', data: 0 },
        callback_result: { context: 'subsystem-callback', data: 0 },
      },
      evidence: [inTree('6.12', 'include/linux/dmaengine.h')],
    },
    {
      struct: 'struct dma_buf_ops',
      roles: {
        '*': { context: 'subsystem-callback' },
      },
      evidence: [inTree('6.12', 'include/linux/dma-buf.h')],
    },
    {
      struct: 'struct dma_fence_ops',
      roles: {
        '*': { context: 'subsystem-callback' },
      },
      evidence: [inTree('6.12', 'include/linux/dma-fence.h')],
    },
  ],
  structs: [{ struct: 'struct dma_chan', source: 'dma', evidence: [inTree('6.12', 'include/linux/dmaengine.h')] }],
});
