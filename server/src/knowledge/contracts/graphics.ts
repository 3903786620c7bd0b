import { arg, contracts, inTree, result } from '../schema.ts';

/**
 * Graphics devices. An open fd keeps the struct drm_device and what embeds it, not the hardware.
 */
export const graphics = contracts({
  header: 'drm/drm_drv.h',
  functions: [
    {
      name: 'drm_dev_register',
      prototype: 'int drm_dev_register(struct drm_device *dev, unsigned long flags)',
      does: [{ verb: 'publishes', node: 'drm', on: arg(0), when: 'zero' }],
      summary: 'Makes a graphics device visible.',
      evidence: [inTree('6.12', 'drivers/gpu/drm/drm_drv.c')],
    },
    {
      name: 'drm_dev_unregister',
      prototype: 'void drm_dev_unregister(struct drm_device *dev)',
      does: [
        {
          verb: 'unpublishes',
          node: 'drm',
          on: arg(0),
          fence: { verdict: 'blocks-new-only', drainsAttributes: true, exceptRelease: true, atMost: 'may' },
        },
        { verb: 'maySleep' },
      ],
      summary: 'Takes the node away; ioctls on open fds go on.',
      alternative: 'drm_dev_unplug() where the device can be removed',
      evidence: [inTree('6.12', 'drivers/gpu/drm/drm_drv.c'), inTree('7.2', 'drivers/gpu/drm/drm_drv.c')],
    },
    {
      name: 'drm_dev_unplug',
      prototype: 'void drm_dev_unplug(struct drm_device *dev)',
      does: [
        { verb: 'maySleep' },
        { verb: 'synchronizes', lock: 'drm-dev-enter' },
        {
          verb: 'unpublishes',
          node: 'drm',
          on: arg(0),
          fence: {
            verdict: 'drains-if',
            condition: 'every access to the hardware is between drm_dev_enter() and drm_dev_exit()',
            drainsAttributes: true,
            refusesLater: true,
            exceptRelease: true,
            atMost: 'may',
          },
        },
      ],
      summary: 'Takes the node away, refuses later ioctls, zaps mappings and waits for drm_dev_enter() sections.',
      duty: 'All graphics drivers share one section: a driver that sleeps inside delays the unplug of all.',
      evidence: [
        inTree('6.12', 'drivers/gpu/drm/drm_drv.c'),
        inTree('6.12', 'drivers/gpu/drm/drm_ioctl.c', 'drm_ioctl'),
        inTree('6.12', 'drivers/gpu/drm/drm_drv.c', 'drm_dev_enter'),
        inTree('7.2', 'drivers/gpu/drm/drm_drv.c'),
      ],
    },
    {
      name: 'drm_dev_is_unplugged',
      prototype: 'bool drm_dev_is_unplugged(struct drm_device *dev)',
      does: [{ verb: 'tests', on: arg(0) }],
      summary: 'Whether the device was unplugged; a test without a section proves nothing.',
      evidence: [inTree('6.12', 'include/drm/drm_drv.h')],
    },
    {
      name: 'drm_dev_get',
      prototype: 'void drm_dev_get(struct drm_device *dev)',
      does: [{ verb: 'takesRef', what: 'device', on: arg(0) }],
      summary: 'Takes a reference on the graphics device.',
      evidence: [inTree('6.12', 'drivers/gpu/drm/drm_drv.c')],
    },
    {
      name: 'drm_dev_put',
      prototype: 'void drm_dev_put(struct drm_device *dev)',
      does: [{ verb: 'dropsRef', what: 'device', on: arg(0) }],
      summary: 'Drops a reference on the graphics device.',
      evidence: [inTree('6.12', 'drivers/gpu/drm/drm_drv.c')],
    },
    {
      name: 'drm_ioctl',
      aliases: ['drm_compat_ioctl'],
      prototype: 'long drm_ioctl(struct file *filp, unsigned int cmd, unsigned long arg)',
      does: [{ verb: 'copiesUser' }],
      summary: 'Dispatches an ioctl; refuses when the device was unplugged.',
      evidence: [inTree('6.12', 'drivers/gpu/drm/drm_ioctl.c')],
    },
    {
      name: 'drm_dev_alloc',
      prototype: 'struct drm_device *drm_dev_alloc(const struct drm_driver *driver, struct device *parent)',
      does: [{ verb: 'allocates', what: 'device', into: result, owner: 'caller' }],
      summary: 'Allocates a graphics device; it is refcounted.',
      evidence: [inTree('6.12', 'drivers/gpu/drm/drm_drv.c')],
    },
    {
      name: 'devm_drm_dev_alloc',
      prototype: 'devm_drm_dev_alloc(parent, driver, type, member)',
      does: [{ verb: 'allocates', what: 'device', into: result, owner: 'caller', device: arg(0) }],
      summary: 'Allocates a graphics device; devres drops its reference, open fds keep it alive.',
      evidence: [inTree('6.12', 'include/drm/drm_drv.h')],
    },
  ],
  patterns: [
    {
      pattern:
        '(?:(drmm?|devm_drm|intel|i915|amdgpu|radeon|ttm)_(atomic|mode|connector|crtc|encoder|plane|gem|bridge|panel|fb|kms|vblank|crtc_\\w+|helper|property|edid|mm|sched|syncobj|prime|file|master|format|framebuffer|modeset|of|simple|display|rect|color|hdmi|dp|dsc|scdc|get|put|open|release|read|poll|client|fbdev|add|alloc|kzalloc|k\\w+|release_\\w+|mutex_init)_?\\w*|mipi_dsi_\\w+|backlight_\\w+)(?<!(?:alloc|create|register|free|destroy|remove|release|cleanup|lock)(?:[^a-z]\\w*)?)',
      does: [{ verb: 'nothing' }],
      summary: 'Helpers of the graphics core.',
      evidence: [inTree('6.12', 'include/drm/drm_drv.h')],
    },
  ],
  tables: [
    {
      struct: 'struct drm_gem_object_funcs',
      roles: {
        '*': { context: 'subsystem-callback' },
      },
      evidence: [inTree('6.12', 'include/drm/drm_gem.h')],
    },
  ],
  nodes: [
    {
      node: 'drm',
      keeps: ['struct drm_device'],
      callbacks: [
        {
          table: 'struct drm_driver',
          fields: { open: ['open'], release: ['postclose'], never: ['load', 'unload', 'release', 'debugfs_init'] },
        },
        { table: 'struct drm_gem_object_funcs', fields: { release: ['free', 'close'] } },
        // What an ioctl of mode setting leads to.
        {
          table: 'struct drm_mode_config_funcs',
          fields: { never: ['destroy', 'late_register', 'early_unregister', 'attach', 'detach', 'debugfs_init'] },
        },
        {
          table: 'struct drm_mode_config_helper_funcs',
          fields: { never: ['destroy', 'late_register', 'early_unregister', 'attach', 'detach', 'debugfs_init'] },
        },
        {
          table: 'struct drm_plane_funcs',
          fields: { never: ['destroy', 'late_register', 'early_unregister', 'attach', 'detach', 'debugfs_init'] },
        },
        {
          table: 'struct drm_plane_helper_funcs',
          fields: { never: ['destroy', 'late_register', 'early_unregister', 'attach', 'detach', 'debugfs_init'] },
        },
        {
          table: 'struct drm_crtc_funcs',
          fields: { never: ['destroy', 'late_register', 'early_unregister', 'attach', 'detach', 'debugfs_init'] },
        },
        {
          table: 'struct drm_crtc_helper_funcs',
          fields: { never: ['destroy', 'late_register', 'early_unregister', 'attach', 'detach', 'debugfs_init'] },
        },
        {
          table: 'struct drm_encoder_helper_funcs',
          fields: { never: ['destroy', 'late_register', 'early_unregister', 'attach', 'detach', 'debugfs_init'] },
        },
        {
          table: 'struct drm_connector_funcs',
          fields: { never: ['destroy', 'late_register', 'early_unregister', 'attach', 'detach', 'debugfs_init'] },
        },
        {
          table: 'struct drm_connector_helper_funcs',
          fields: { never: ['destroy', 'late_register', 'early_unregister', 'attach', 'detach', 'debugfs_init'] },
        },
        {
          table: 'struct drm_simple_display_pipe_funcs',
          fields: { never: ['destroy', 'late_register', 'early_unregister', 'attach', 'detach', 'debugfs_init'] },
        },
        {
          table: 'struct drm_bridge_funcs',
          fields: { never: ['destroy', 'late_register', 'early_unregister', 'attach', 'detach', 'debugfs_init'] },
        },
      ],
      evidence: [
        inTree('6.12', 'drivers/gpu/drm/drm_file.c', 'drm_open'),
        inTree('6.12', 'drivers/gpu/drm/drm_drv.c', 'drm_minor_acquire'),
        inTree('6.12', 'drivers/gpu/drm/drm_ioctl.c', 'drm_ioctl_kernel'),
      ],
    },
  ],
});
