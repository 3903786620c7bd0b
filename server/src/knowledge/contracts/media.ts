import { arg, contracts, inTree, result } from '../schema.ts';

/** What the video core offers as file operations: they take the lock of the device or of its queue, or need none. */
const lockedOperations = {
  unlocked_ioctl: ['video_ioctl2'],
  compat_ioctl32: ['video_ioctl2'],
  read: ['vb2_fop_read'],
  write: ['vb2_fop_write'],
  poll: ['vb2_fop_poll', 'v4l2_m2m_fop_poll', 'v4l2_ctrl_poll'],
  mmap: ['vb2_fop_mmap', 'v4l2_m2m_fop_mmap'],
  get_unmapped_area: ['vb2_fop_get_unmapped_area', 'v4l2_m2m_get_unmapped_area'],
};

/** Ioctls that the core calls under the lock of the queue, where it has one. */
const queueIoctls = [
  'vidioc_reqbufs',
  'vidioc_querybuf',
  'vidioc_qbuf',
  'vidioc_expbuf',
  'vidioc_dqbuf',
  'vidioc_streamon',
  'vidioc_streamoff',
  'vidioc_create_bufs',
  'vidioc_prepare_buf',
  'vidioc_remove_bufs',
];

/** Closing the last fd drops the reference on the video device, which lives in the driver's memory or of its own. */
const closesVideo = [{ in: 'close', by: 'v4l2_release' }] as const;

/**
 * Video, media, CEC, remote control and DVB devices.
 */
export const media = contracts({
  header: 'media/v4l2-dev.h, media/media-device.h, media/cec.h, media/rc-core.h',
  functions: [
    {
      name: 'video_register_device',
      aliases: ['video_register_device_no_warn', '__video_register_device'],
      prototype: 'int video_register_device(struct video_device *vdev, enum vfl_devnode_type type, int nr)',
      does: [{ verb: 'publishes', node: 'video', on: arg(0), when: 'zero' }],
      summary: 'Makes a video device visible; operations come from its fops and ioctl_ops fields.',
      evidence: [inTree('6.12', 'drivers/media/v4l2-core/v4l2-dev.c', '__video_register_device')],
    },
    {
      name: 'video_unregister_device',
      prototype: 'void video_unregister_device(struct video_device *vdev)',
      does: [
        { verb: 'maySleep' },
        {
          verb: 'unpublishes',
          node: 'video',
          on: arg(0),
          fence: {
            verdict: 'drains-if',
            condition: 'teardown holds the locks of the device and of its queue, or takes them afterwards',
            refusesLater: true,
            exceptRelease: true,
            coreUses: closesVideo,
            holds: { lockIn: ['struct video_device.lock', 'struct vb2_queue.lock'], locked: lockedOperations },
          },
        },
      ],
      summary:
        'Takes the node away; the core refuses later operations by an unlocked test, release() is always forwarded, running ones are not waited for.',
      duty: 'Stop streaming and take the lock of the device, so that running ioctls have ended. Mapped buffers live on.',
      alternative: 'vb2_video_unregister_device()',
      evidence: [
        inTree('6.12', 'drivers/media/v4l2-core/v4l2-dev.c'),
        inTree('6.12', 'drivers/media/v4l2-core/v4l2-dev.c', 'v4l2_ioctl'),
        inTree('6.12', 'drivers/media/v4l2-core/v4l2-dev.c', 'v4l2_release'),
        inTree('6.12', 'drivers/media/v4l2-core/v4l2-ioctl.c', 'v4l2_ioctl_get_lock'),
        inTree('7.2', 'drivers/media/v4l2-core/v4l2-dev.c'),
      ],
    },
    {
      name: 'vb2_video_unregister_device',
      prototype: 'void vb2_video_unregister_device(struct video_device *vdev)',
      does: [
        { verb: 'maySleep' },
        {
          verb: 'unpublishes',
          node: 'video',
          on: arg(0),
          fence: {
            verdict: 'drains-if',
            condition: 'every operation uses the lock of the queue, or teardown takes the lock of the device as well',
            refusesLater: true,
            exceptRelease: true,
            coreUses: closesVideo,
            holds: {
              lockIn: ['struct video_device.lock', 'struct vb2_queue.lock'],
              takes: ['struct vb2_queue.lock', 'struct video_device.lock'],
              underTaken: queueIoctls,
              locked: lockedOperations,
            },
          },
        },
      ],
      summary: 'As video_unregister_device(), then takes the lock and stops streaming.',
      duty: 'Ioctls with another lock, control handlers and mapped buffers are not covered.',
      evidence: [
        inTree('6.12', 'drivers/media/common/videobuf2/videobuf2-v4l2.c'),
        inTree('7.2', 'drivers/media/common/videobuf2/videobuf2-v4l2.c'),
      ],
    },
    {
      name: 'video_device_alloc',
      prototype: 'struct video_device * video_device_alloc(void)',
      does: [{ verb: 'allocates', what: 'device', into: result, owner: 'caller' }],
      summary: 'Allocates a video device.',
      evidence: [inTree('6.12', 'drivers/media/v4l2-core/v4l2-dev.c')],
    },
    {
      name: 'video_device_release',
      prototype: 'void video_device_release(struct video_device *vdev)',
      does: [{ verb: 'frees', what: 'device', on: arg(0) }],
      summary: 'Frees a video device; meant as its release() callback.',
      evidence: [inTree('6.12', 'drivers/media/v4l2-core/v4l2-dev.c')],
    },
    {
      name: 'video_device_release_empty',
      aliases: ['video_is_registered', 'video_device_node_name', 'video_devdata'],
      prototype: 'void video_device_release_empty(struct video_device *vdev)',
      does: [{ verb: 'nothing' }],
      summary: 'State of a video device.',
      evidence: [inTree('6.12', 'include/media/v4l2-dev.h')],
    },
    {
      name: 'video_ioctl2',
      aliases: ['video_usercopy'],
      prototype: 'long int video_ioctl2(struct file *file, unsigned int cmd, unsigned long int arg)',
      does: [{ verb: 'copiesUser' }],
      summary: 'Dispatches an ioctl to ioctl_ops under the lock of the device; refuses when the device is gone.',
      evidence: [inTree('6.12', 'drivers/media/v4l2-core/v4l2-ioctl.c')],
    },
    {
      name: 'media_device_register',
      aliases: ['__media_device_register'],
      prototype: 'int media_device_register(struct media_device *mdev)',
      does: [{ verb: 'publishes', node: 'media', on: arg(0), when: 'zero' }],
      summary: 'Makes a media controller visible.',
      evidence: [inTree('6.12', 'drivers/media/mc/mc-device.c', '__media_device_register')],
    },
    {
      name: 'media_device_unregister',
      prototype: 'void media_device_unregister(struct media_device *mdev)',
      does: [
        {
          verb: 'unpublishes',
          node: 'media',
          on: arg(0),
          fence: {
            verdict: 'blocks-new-only',
            refusesLater: true,
            coreUses: [{ in: 'running', by: 'media_device_ioctl' }],
          },
        },
        { verb: 'maySleep' },
      ],
      summary:
        'Takes the media controller away; later ioctls are refused by an unlocked test, running ones are not waited for.',
      duty: 'The media device must outlive open fds.',
      evidence: [
        inTree('6.12', 'drivers/media/mc/mc-device.c'),
        inTree('6.12', 'drivers/media/mc/mc-devnode.c', 'media_devnode_unregister'),
        inTree('7.2', 'drivers/media/mc/mc-devnode.c', 'media_devnode_unregister'),
      ],
    },
    {
      name: 'media_device_init',
      aliases: ['media_device_cleanup'],
      prototype: 'void media_device_init(struct media_device *mdev)',
      does: [{ verb: 'nothing' }],
      summary: 'Sets a media device up or takes it down.',
      evidence: [inTree('6.12', 'drivers/media/mc/mc-device.c')],
    },
    {
      name: 'v4l2_device_register',
      prototype: 'int v4l2_device_register(struct device *dev, struct v4l2_device *v4l2_dev)',
      does: [{ verb: 'takesRef', what: 'kref', on: arg(1) }],
      summary: 'Sets the parent object of video devices up.',
      evidence: [inTree('6.12', 'drivers/media/v4l2-core/v4l2-device.c')],
    },
    {
      name: 'v4l2_device_unregister',
      aliases: ['v4l2_device_disconnect'],
      prototype: 'void v4l2_device_unregister(struct v4l2_device *v4l2_dev)',
      does: [{ verb: 'maySleep' }],
      summary: 'Unregisters the sub-devices and cuts the link to the parent device; does not wait for open fds.',
      evidence: [inTree('6.12', 'drivers/media/v4l2-core/v4l2-device.c')],
    },
    {
      name: 'v4l2_device_get',
      prototype: 'void v4l2_device_get(struct v4l2_device *v4l2_dev)',
      does: [{ verb: 'takesRef', what: 'kref', on: arg(0) }],
      summary: 'Takes a reference on the parent object; each video device holds one until its last fd is closed.',
      evidence: [inTree('6.12', 'include/media/v4l2-device.h')],
    },
    {
      name: 'v4l2_device_put',
      prototype: 'int v4l2_device_put(struct v4l2_device *v4l2_dev)',
      does: [{ verb: 'dropsRef', what: 'kref', on: arg(0) }],
      summary: 'Drops a reference on the parent object; the last calls its release() callback.',
      evidence: [inTree('6.12', 'drivers/media/v4l2-core/v4l2-device.c')],
    },
    {
      name: 'v4l2_ctrl_handler_free',
      prototype: 'void v4l2_ctrl_handler_free(struct v4l2_ctrl_handler *hdl)',
      does: [{ verb: 'frees', what: 'container', on: arg(0) }],
      summary: 'Frees controls; they must not be used any more.',
      evidence: [inTree('6.12', 'drivers/media/v4l2-core/v4l2-ctrls-core.c')],
    },
    {
      name: 'vb2_queue_release',
      aliases: ['vb2_core_queue_release'],
      prototype: 'void vb2_queue_release(struct vb2_queue *q)',
      does: [{ verb: 'maySleep' }],
      summary: 'Stops streaming and frees the buffers.',
      evidence: [inTree('6.12', 'drivers/media/common/videobuf2/videobuf2-core.c', 'vb2_core_queue_release')],
    },
    {
      name: 'vb2_streamoff',
      aliases: ['vb2_core_streamoff', 'vb2_wait_for_all_buffers'],
      prototype: 'int vb2_streamoff(struct vb2_queue *q, enum v4l2_buf_type type)',
      does: [{ verb: 'maySleep' }],
      summary: 'Stops streaming, or waits for the buffers.',
      evidence: [inTree('6.12', 'drivers/media/common/videobuf2/videobuf2-core.c', 'vb2_wait_for_all_buffers')],
    },
    {
      name: 'vb2_ops_wait_prepare',
      aliases: ['vb2_ops_wait_finish'],
      prototype: 'void vb2_ops_wait_prepare(struct vb2_queue *vq)',
      does: [{ verb: 'nothing' }],
      summary: 'Drops the lock of the queue while a caller sleeps for a buffer, and takes it again.',
      evidence: [inTree('6.12', 'drivers/media/common/videobuf2/videobuf2-v4l2.c')],
    },
    {
      name: 'cec_allocate_adapter',
      prototype:
        'struct cec_adapter *cec_allocate_adapter(const struct cec_adap_ops *ops, void *priv, const char *name, u32 caps, u8 available_las)',
      does: [{ verb: 'allocates', what: 'device', into: result, owner: 'caller' }],
      summary: 'Allocates a CEC adapter.',
      evidence: [inTree('6.12', 'drivers/media/cec/core/cec-core.c')],
    },
    {
      name: 'cec_register_adapter',
      prototype: 'int cec_register_adapter(struct cec_adapter *adap, struct device *parent)',
      does: [{ verb: 'publishes', node: 'cec', on: arg(0), when: 'zero' }],
      summary: 'Makes a CEC adapter visible.',
      evidence: [inTree('6.12', 'drivers/media/cec/core/cec-core.c')],
    },
    {
      name: 'cec_unregister_adapter',
      prototype: 'void cec_unregister_adapter(struct cec_adapter *adap)',
      does: [
        { verb: 'maySleep' },
        {
          verb: 'unpublishes',
          node: 'cec',
          on: arg(0),
          fence: { verdict: 'drains' },
        },
      ],
      summary: 'Takes the CEC adapter away; later ioctls are refused, callbacks under its lock are waited for.',
      duty: 'The adapter lives until its last fd is closed and calls adap_free() then: what that uses must live too.',
      evidence: [
        inTree('6.12', 'drivers/media/cec/core/cec-core.c', 'cec_devnode_unregister'),
        inTree('6.12', 'drivers/media/cec/core/cec-core.c', 'cec_unregister_adapter'),
      ],
    },
    {
      name: 'cec_delete_adapter',
      prototype: 'void cec_delete_adapter(struct cec_adapter *adap)',
      does: [{ verb: 'dropsRef', what: 'device', on: arg(0) }],
      summary: 'Deletes an adapter; frees it at once when it was never registered.',
      evidence: [inTree('6.12', 'drivers/media/cec/core/cec-core.c')],
    },
    {
      name: 'rc_allocate_device',
      prototype: 'struct rc_dev *rc_allocate_device(enum rc_driver_type)',
      does: [{ verb: 'allocates', what: 'device', into: result, owner: 'caller' }],
      summary: 'Allocates a remote control receiver.',
      evidence: [inTree('6.12', 'drivers/media/rc/rc-main.c')],
    },
    {
      name: 'devm_rc_allocate_device',
      prototype: 'struct rc_dev *devm_rc_allocate_device(struct device *dev, enum rc_driver_type)',
      does: [{ verb: 'allocates', what: 'device', into: result, owner: 'devres', device: arg(0) }],
      summary: 'Allocates a remote control receiver; freed when the device is unbound.',
      evidence: [inTree('6.12', 'drivers/media/rc/rc-main.c')],
    },
    {
      name: 'rc_free_device',
      prototype: 'void rc_free_device(struct rc_dev *dev)',
      does: [{ verb: 'frees', what: 'device', on: arg(0) }],
      summary: 'Frees a receiver that is not registered.',
      evidence: [inTree('6.12', 'drivers/media/rc/rc-main.c')],
    },
    {
      name: 'rc_register_device',
      prototype: 'int rc_register_device(struct rc_dev *dev)',
      does: [{ verb: 'publishes', node: 'rc', on: arg(0), when: 'zero' }],
      summary: 'Makes a receiver visible.',
      evidence: [inTree('6.12', 'drivers/media/rc/rc-main.c')],
    },
    {
      name: 'devm_rc_register_device',
      prototype: 'int devm_rc_register_device(struct device *parent, struct rc_dev *dev)',
      does: [{ verb: 'publishes', node: 'rc', on: arg(1), managedBy: 'devres', device: arg(0) }],
      summary: 'Makes a receiver visible until the device is unbound.',
      evidence: [inTree('6.12', 'drivers/media/rc/rc-main.c')],
    },
    {
      name: 'rc_unregister_device',
      prototype: 'void rc_unregister_device(struct rc_dev *dev)',
      does: [
        {
          verb: 'unpublishes',
          node: 'rc',
          on: arg(0),
          fence: { verdict: 'drains', drainsOpen: true, drainsAttributes: true },
        },
        { verb: 'maySleep' },
      ],
      summary: 'Takes the receiver away: its timers are waited for and close() is called.',
      duty: 'Stop the interrupt as well, and keep the device until rc_free_device(). In 6.1 it frees the device itself unless that came from devm_rc_allocate_device().',
      evidence: [inTree('6.12', 'drivers/media/rc/rc-main.c'), inTree('7.2', 'drivers/media/rc/rc-main.c')],
    },
    {
      name: 'dvb_register_device',
      prototype:
        'int dvb_register_device(struct dvb_adapter *adap, struct dvb_device **pdvbdev, const struct dvb_device *template, void *priv, enum dvb_device_type type, int demux_sink_pads)',
      does: [{ verb: 'publishes', node: 'dvb', on: arg(1), operations: arg(2), when: 'zero' }],
      summary: 'Makes a DVB device visible.',
      evidence: [inTree('6.12', 'drivers/media/dvb-core/dvbdev.c')],
    },
    {
      name: 'dvb_unregister_device',
      prototype: 'void dvb_unregister_device(struct dvb_device *dvbdev)',
      does: [
        { verb: 'unpublishes', node: 'dvb', on: arg(0), fence: { verdict: 'blocks-new-only' } },
        { verb: 'maySleep' },
      ],
      summary: 'Takes a DVB node away; operations on open fds go on.',
      evidence: [inTree('6.12', 'drivers/media/dvb-core/dvbdev.c')],
    },
    {
      name: 'dvb_register_frontend',
      prototype: 'int dvb_register_frontend(struct dvb_adapter *dvb, struct dvb_frontend *fe)',
      does: [{ verb: 'publishes', node: 'dvb', on: arg(1), when: 'zero' }],
      summary: 'Makes a DVB frontend visible.',
      evidence: [inTree('6.12', 'drivers/media/dvb-core/dvb_frontend.c')],
    },
    {
      name: 'dvb_unregister_frontend',
      prototype: 'int dvb_unregister_frontend(struct dvb_frontend *fe)',
      does: [
        {
          verb: 'unpublishes',
          node: 'dvb',
          on: arg(0),
          fence: {
            verdict: 'blocks-new-only',
            refusesLater: true,
            coreUses: [{ in: 'close', by: 'dvb_frontend_release', on: arg(0) }],
          },
        },
        { verb: 'maySleep' },
      ],
      summary:
        'Takes a frontend away and stops its thread; later ioctls are refused, running ones are not waited for. The frontend is refcounted, the adapter is not: close() uses it.',
      duty: 'Keep the adapter until the last fd is closed.',
      evidence: [
        inTree('6.12', 'drivers/media/dvb-core/dvb_frontend.c'),
        inTree('6.12', 'drivers/media/dvb-core/dvb_frontend.c', 'dvb_frontend_stop'),
        inTree('6.12', 'drivers/media/dvb-core/dvb_frontend.c', 'dvb_frontend_do_ioctl'),
        inTree('6.12', 'drivers/media/dvb-core/dvb_frontend.c', 'dvb_frontend_release'),
      ],
    },
    {
      name: 'dvb_register_adapter',
      aliases: ['dvb_unregister_adapter'],
      prototype:
        'int dvb_register_adapter(struct dvb_adapter *adap, const char *name, struct module *module, struct device *device, short *adapter_nums)',
      does: [{ verb: 'maySleep' }],
      summary: 'Groups DVB devices.',
      evidence: [inTree('6.12', 'drivers/media/dvb-core/dvbdev.c')],
    },
  ],
  patterns: [
    {
      pattern:
        '(?:(v4l2|vb2|media|video|tuner|videobuf|v4l|subdev|vidioc|V4L2|MEDIA|saa7146|dvb|dmx|tveeprom)_(?!register|unregister|device_(un)?register)\\w+)(?<!(?:alloc|create|register|free|destroy|remove|release|cleanup|lock)(?:[^a-z]\\w*)?)',
      does: [{ verb: 'nothing' }],
      summary: 'Helpers of the media core.',
      evidence: [inTree('6.12', 'include/media/v4l2-device.h')],
    },
    {
      pattern:
        '(?:cec_(transmit|received|queue|s_|msg|phys|notifier|fill|get|pin|is|op|connector|ops)\\w*)(?<!(?:alloc|create|register|free|destroy|remove|release|cleanup|lock)(?:[^a-z]\\w*)?)',
      does: [{ verb: 'nothing' }],
      summary: 'Messages of CEC.',
      evidence: [inTree('6.12', 'include/media/cec.h')],
    },
    {
      pattern:
        '(?:rc_(key\\w+|repeat|map_\\w+|g_\\w+|open|close)|ir_(raw_\\w+|encode_\\w+|lirc_\\w+)|lirc_\\w+)(?<!(?:alloc|create|register|free|destroy|remove|release|cleanup|lock)(?:[^a-z]\\w*)?)',
      does: [{ verb: 'nothing' }],
      summary: 'Events of a remote control.',
      evidence: [inTree('6.12', 'include/media/rc-core.h')],
    },
  ],
  tables: [
    {
      struct: 'struct video_device',
      roles: { release: { context: 'object-release' } },
      evidence: [inTree('6.12', 'drivers/media/v4l2-core/v4l2-dev.c', 'v4l2_device_release')],
    },
    {
      struct: 'struct v4l2_device',
      roles: { release: { context: 'object-release' } },
      evidence: [inTree('6.12', 'drivers/media/v4l2-core/v4l2-device.c', 'v4l2_device_put')],
    },
    {
      struct: 'struct v4l2_async_notifier_operations',
      roles: {
        bound: { context: 'probe' },
        complete: { context: 'probe' },
        // Also when only the sub-device goes: nothing of the driver that listens is freed then.
        unbind: { context: 'object-destroy' },
        '*': { context: 'subsystem-callback' },
      },
      evidence: [inTree('6.12', 'drivers/media/v4l2-core/v4l2-async.c', 'v4l2_async_unbind_subdev_one')],
    },
    {
      struct: 'struct v4l2_subdev_internal_ops',
      roles: {
        registered: { context: 'probe' },
        unregistered: { context: 'object-destroy' },
        '*': { context: 'subsystem-callback' },
      },
      evidence: [inTree('6.12', 'drivers/media/v4l2-core/v4l2-device.c', 'v4l2_device_unregister_subdev')],
    },
    {
      struct: 'struct vb2_ops',
      roles: {
        '*': { context: 'subsystem-callback' },
      },
      evidence: [inTree('6.12', 'include/media/videobuf2-core.h')],
    },
    {
      struct: 'struct v4l2_ctrl_ops',
      roles: {
        '*': { context: 'subsystem-callback' },
      },
      evidence: [inTree('6.12', 'include/media/v4l2-ctrls.h')],
    },
    {
      struct: 'struct v4l2_subdev_core_ops',
      roles: {
        '*': { context: 'subsystem-callback' },
      },
      evidence: [inTree('6.12', 'include/media/v4l2-subdev.h')],
    },
    {
      struct: 'struct v4l2_subdev_video_ops',
      roles: {
        '*': { context: 'subsystem-callback' },
      },
      evidence: [inTree('6.12', 'include/media/v4l2-subdev.h')],
    },
    {
      struct: 'struct v4l2_subdev_pad_ops',
      roles: {
        '*': { context: 'subsystem-callback' },
      },
      evidence: [inTree('6.12', 'include/media/v4l2-subdev.h')],
    },
    {
      struct: 'struct media_device_ops',
      roles: {
        '*': { context: 'subsystem-callback' },
      },
      evidence: [inTree('6.12', 'include/media/media-device.h')],
    },
    {
      struct: 'struct cec_adap_ops',
      roles: {
        '*': { context: 'subsystem-callback' },
      },
      evidence: [inTree('6.12', 'include/media/cec.h')],
    },
    {
      struct: 'struct v4l2_m2m_ops',
      roles: {
        '*': { context: 'subsystem-callback' },
      },
      evidence: [inTree('6.12', 'include/media/v4l2-mem2mem.h')],
    },
  ],
  structs: [
    {
      struct: 'struct video_device',
      operations: 'fops',
      callbacks: { ioctl_ops: {} },
      fields: {
        fops: 'struct v4l2_file_operations *',
        ioctl_ops: 'struct v4l2_ioctl_ops *',
        queue: 'struct vb2_queue *',
        lock: 'struct mutex *',
        v4l2_dev: 'struct v4l2_device *',
        dev: 'struct device',
      },
      evidence: [inTree('6.12', 'include/media/v4l2-dev.h'), inTree('7.2', 'include/media/v4l2-dev.h')],
    },
    {
      struct: 'struct dvb_device',
      operations: 'fops',
      fields: { fops: 'struct file_operations *', priv: 'void *' },
      evidence: [inTree('6.12', 'include/media/dvbdev.h'), inTree('7.2', 'include/media/dvbdev.h')],
    },
  ],
  nodes: [
    {
      node: 'video',
      keeps: ['struct video_device'],
      freedBy: ['struct video_device.release', 'struct v4l2_device.release'],
      evidence: [
        inTree('6.12', 'drivers/media/v4l2-core/v4l2-dev.c', 'v4l2_device_release'),
        inTree('6.12', 'drivers/media/v4l2-core/v4l2-dev.c', 'v4l2_open'),
      ],
    },
    {
      node: 'media',
      callbacks: [{ table: 'struct media_device_ops' }],
      evidence: [
        inTree('6.12', 'drivers/media/mc/mc-device.c', 'media_device_ioctl'),
        inTree('6.12', 'drivers/media/mc/mc-devnode.c', 'media_open'),
      ],
    },
  ],
});
