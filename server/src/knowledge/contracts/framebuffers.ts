import { arg, contracts, inTree, result } from '../schema.ts';

/**
 * Frame buffers. An open fd holds a reference on its struct fb_info; framebuffer_release() warns and leaves the
 * memory when one is left.
 */
export const framebuffers = contracts({
  header: 'linux/fb.h',
  functions: [
    {
      name: 'framebuffer_alloc',
      prototype: 'struct fb_info *framebuffer_alloc(size_t size, struct device *dev)',
      does: [{ verb: 'allocates', what: 'device', into: result, owner: 'caller', device: arg(1), privateSize: arg(0) }],
      summary: 'Allocates a frame buffer with a private area.',
      evidence: [inTree('6.12', 'drivers/video/fbdev/core/fb_info.c')],
    },
    {
      name: 'framebuffer_release',
      prototype: 'void framebuffer_release(struct fb_info *info)',
      does: [{ verb: 'dropsRef', what: 'object', on: arg(0) }],
      summary: 'Frees the frame buffer; while an fd is open it warns and frees nothing, now or later.',
      duty: 'Call it in fb_destroy(), which the last fd calls.',
      evidence: [inTree('6.12', 'drivers/video/fbdev/core/fb_info.c', 'framebuffer_release')],
    },
    {
      name: 'register_framebuffer',
      prototype: 'int register_framebuffer(struct fb_info *fb_info)',
      does: [{ verb: 'publishes', node: 'framebuffer', on: arg(0), when: 'zero' }, { verb: 'maySleep' }],
      summary: 'Makes the frame buffer visible; its callbacks can run from here on.',
      evidence: [inTree('6.12', 'drivers/video/fbdev/core/fbmem.c')],
    },
    {
      name: 'unregister_framebuffer',
      prototype: 'void unregister_framebuffer(struct fb_info *fb_info)',
      does: [
        {
          verb: 'unpublishes',
          node: 'framebuffer',
          on: arg(0),
          fence: {
            verdict: 'blocks-new-only',
            refusesLater: true,
            exceptRelease: true,
            coreUses: [
              { in: 'close', by: 'fb_release' },
              {
                in: 'running',
                by: 'fb_write',
                members: ['struct fb_info.screen_base', 'struct fb_info.screen_buffer'],
              },
            ],
          },
        },
        { verb: 'maySleep' },
      ],
      summary:
        'Takes a frame buffer away: later operations on open fds are refused by an unlocked test, running ones and mappings go on; release() always runs.',
      duty: 'Free in fb_destroy(), which the last fd calls.',
      evidence: [
        inTree('6.12', 'drivers/video/fbdev/core/fbmem.c', 'do_unregister_framebuffer'),
        inTree('6.12', 'drivers/video/fbdev/core/fb_chrdev.c', 'file_fb_info'),
        inTree('6.12', 'drivers/video/fbdev/core/fb_chrdev.c', 'fb_release'),
        inTree('7.2', 'drivers/video/fbdev/core/fbmem.c', 'do_unregister_framebuffer'),
      ],
    },
  ],
  structs: [
    {
      struct: 'struct fb_info',
      callbacks: { fbops: { open: ['fb_open'], release: ['fb_release'], never: ['fb_destroy'] } },
      fields: { fbops: 'struct fb_ops *', screen_base: 'char *', screen_buffer: 'char *', par: 'void *' },
      evidence: [inTree('6.12', 'include/linux/fb.h')],
    },
  ],
  nodes: [
    {
      node: 'framebuffer',
      keeps: ['struct fb_info'],
      freedBy: ['struct fb_ops.fb_destroy'],
      evidence: [
        inTree('6.12', 'drivers/video/fbdev/core/fb_chrdev.c', 'fb_open'),
        inTree('6.12', 'drivers/video/fbdev/core/fbmem.c', 'put_fb_info'),
      ],
    },
  ],
});
