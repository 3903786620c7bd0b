/** Character devices: what makes them visible, what their unregister calls stop, and their operations tables. */
import { arg, contracts, inTree, pointee, result } from '../schema.ts';

export const chardev = contracts({
  header: 'linux/miscdevice.h, linux/cdev.h, linux/fs.h',
  functions: [
    {
      name: 'misc_register',
      prototype: 'int misc_register(struct miscdevice *misc)',
      does: [{ verb: 'publishes', node: 'misc', on: arg(0), when: 'zero' }],
      summary:
        'Creates a misc character device; open() can run from here on. Operations come from the fops field, and open() finds the miscdevice in private_data.',
      duty: 'Everything that operations use must be ready before this call.',
      evidence: [
        inTree('6.12', 'drivers/char/misc.c', 'misc_register'),
        inTree('7.2', 'drivers/char/misc.c', 'misc_register'),
      ],
    },
    {
      name: 'misc_deregister',
      prototype: 'void misc_deregister(struct miscdevice *misc)',
      does: [
        { verb: 'unpublishes', node: 'misc', on: arg(0), fence: { verdict: 'blocks-new-only', drainsOpen: true } },
      ],
      summary:
        'Takes a misc device away: later opens fail and an open in progress is waited for. Open fds go on calling the driver, and running operations are not waited for.',
      duty: 'Fence read, write, ioctl, mmap, poll and release, and keep the memory they use until the last fd is closed. Never call it from open() or with a lock that open() takes.',
      alternative:
        'A rw_semaphore around each operation, a pointer that teardown clears under it, and data owned by a kref.',
      evidence: [
        inTree('6.12', 'drivers/char/misc.c', 'misc_deregister'),
        inTree('7.2', 'drivers/char/misc.c', 'misc_deregister'),
      ],
    },
    {
      name: 'cdev_init',
      prototype: 'void cdev_init(struct cdev *, const struct file_operations*)',
      does: [{ verb: 'bindsOperations', on: arg(0), operations: arg(1) }],
      summary: 'Initialises a cdev that is part of another object and gives it its operations.',
      duty: 'Set .owner; tie the cdev to the object that holds it with cdev_set_parent() or cdev_device_add().',
      evidence: [inTree('6.12', 'fs/char_dev.c', 'cdev_init'), inTree('7.2', 'fs/char_dev.c', 'cdev_init')],
    },
    {
      name: 'cdev_alloc',
      prototype: 'cdev *cdev_alloc(void)',
      does: [{ verb: 'allocates', what: 'memory', into: result, owner: 'caller' }],
      summary: 'Allocates a refcounted cdev; the last of cdev_del() and the open fds frees it.',
      duty: 'Set .owner and .ops by hand.',
      evidence: [inTree('6.12', 'fs/char_dev.c', 'cdev_alloc'), inTree('7.2', 'fs/char_dev.c', 'cdev_alloc')],
    },
    {
      name: 'cdev_add',
      prototype: 'int cdev_add(struct cdev *, dev_t, unsigned)',
      does: [{ verb: 'publishes', node: 'cdev', on: arg(0), when: 'zero' }],
      summary: 'Makes a character device live; open() can run from here on.',
      evidence: [inTree('6.12', 'fs/char_dev.c', 'cdev_add'), inTree('7.2', 'fs/char_dev.c', 'cdev_add')],
    },
    {
      name: 'cdev_del',
      prototype: 'void cdev_del(struct cdev*)',
      does: [
        { verb: 'unpublishes', node: 'cdev', on: arg(0), fence: { verdict: 'no-fence' } },
        { verb: 'dropsRef', on: arg(0), what: 'kobject' },
      ],
      summary:
        'Takes a cdev out of the device number map. Open fds go on calling the driver, nothing is waited for, and a cached inode can even be opened again.',
      duty: 'Test a gone flag in every operation, open() too, and keep the memory that holds the cdev until the last fd is closed.',
      alternative: 'cdev_device_add() and cdev_device_del() with a refcounted device.',
      evidence: [inTree('6.12', 'fs/char_dev.c', 'cdev_del'), inTree('7.2', 'fs/char_dev.c', 'cdev_del')],
    },
    {
      name: 'cdev_set_parent',
      prototype: 'void cdev_set_parent(struct cdev *p, struct kobject *kobj)',
      does: [{ verb: 'pins', on: arg(0), by: arg(1) }],
      summary: 'An open fd of the cdev holds a reference on this kobject and so on the object that embeds it.',
      evidence: [inTree('6.12', 'fs/char_dev.c', 'cdev_set_parent'), inTree('7.2', 'fs/char_dev.c', 'cdev_set_parent')],
    },
    {
      name: 'cdev_device_add',
      prototype: 'int cdev_device_add(struct cdev *cdev, struct device *dev)',
      does: [
        { verb: 'publishes', node: 'cdev', on: arg(0), when: 'zero' },
        { verb: 'pins', on: arg(0), by: arg(1) },
      ],
      summary: 'Makes a cdev and its device live; an open fd holds a reference on the device.',
      duty: 'The release function of the device must free the object that operations use; devm memory dies at unbind all the same.',
      evidence: [inTree('6.12', 'fs/char_dev.c', 'cdev_device_add'), inTree('7.2', 'fs/char_dev.c', 'cdev_device_add')],
    },
    {
      name: 'cdev_device_del',
      prototype: 'void cdev_device_del(struct cdev *cdev, struct device *dev)',
      does: [
        {
          verb: 'unpublishes',
          node: 'cdev',
          on: arg(0),
          fence: { verdict: 'blocks-new-only', drainsAttributes: true },
        },
      ],
      summary:
        'Takes a cdev and its device node away. Open fds go on calling the driver; only sysfs attributes of the device are waited for.',
      duty: 'put_device() last; its release function frees. Operations still need a gone test.',
      evidence: [inTree('6.12', 'fs/char_dev.c', 'cdev_device_del'), inTree('7.2', 'fs/char_dev.c', 'cdev_device_del')],
    },
    {
      name: 'register_chrdev',
      prototype: 'int register_chrdev(unsigned int major, const char *name, const struct file_operations *fops)',
      does: [{ verb: 'publishes', node: 'chrdev', on: arg(0), operations: arg(2), when: 'nonnegative' }],
      summary: 'Makes 256 minors of a major live with one operations table; with major 0 the result is the new major.',
      duty: 'Set .owner in the operations.',
      evidence: [
        inTree('6.12', 'include/linux/fs.h', 'register_chrdev'),
        inTree('7.2', 'include/linux/fs.h', 'register_chrdev'),
      ],
    },
    {
      name: '__register_chrdev',
      prototype:
        'int __register_chrdev(unsigned int major, unsigned int baseminor, unsigned int count, const char *name, const struct file_operations *fops)',
      does: [{ verb: 'publishes', node: 'chrdev', on: arg(0), operations: arg(4), when: 'nonnegative' }],
      summary: 'Makes minors of a major live with one operations table; with major 0 the result is the new major.',
      evidence: [
        inTree('6.12', 'fs/char_dev.c', '__register_chrdev'),
        inTree('7.2', 'fs/char_dev.c', '__register_chrdev'),
      ],
    },
    {
      name: 'unregister_chrdev',
      prototype: 'void unregister_chrdev(unsigned int major, const char *name)',
      does: [{ verb: 'unpublishes', node: 'chrdev', on: arg(0), fence: { verdict: 'no-fence' } }],
      summary: 'Takes a major away like cdev_del(): open fds go on calling the driver and nothing is waited for.',
      alternative: 'cdev_device_add() with a refcounted device for each minor.',
      evidence: [
        inTree('6.12', 'include/linux/fs.h', 'unregister_chrdev'),
        inTree('7.2', 'include/linux/fs.h', 'unregister_chrdev'),
      ],
    },
    {
      name: '__unregister_chrdev',
      prototype:
        'void __unregister_chrdev(unsigned int major, unsigned int baseminor, unsigned int count, const char *name)',
      does: [{ verb: 'unpublishes', node: 'chrdev', on: arg(0), fence: { verdict: 'no-fence' } }],
      summary: 'Takes minors of a major away like cdev_del(): open fds go on calling the driver.',
      evidence: [
        inTree('6.12', 'fs/char_dev.c', '__unregister_chrdev'),
        inTree('7.2', 'fs/char_dev.c', '__unregister_chrdev'),
      ],
    },
    {
      name: 'alloc_chrdev_region',
      prototype: 'int alloc_chrdev_region(dev_t *, unsigned, unsigned, const char*)',
      does: [{ verb: 'allocates', what: 'id', into: pointee(0), owner: 'caller' }],
      summary: 'Reserves a range of device numbers; nothing becomes visible.',
      evidence: [
        inTree('6.12', 'fs/char_dev.c', 'alloc_chrdev_region'),
        inTree('7.2', 'fs/char_dev.c', 'alloc_chrdev_region'),
      ],
    },
    {
      name: 'register_chrdev_region',
      prototype: 'int register_chrdev_region(dev_t, unsigned, const char*)',
      does: [{ verb: 'nothing' }],
      summary: 'Reserves a given range of device numbers; nothing becomes visible.',
      evidence: [
        inTree('6.12', 'fs/char_dev.c', 'register_chrdev_region'),
        inTree('7.2', 'fs/char_dev.c', 'register_chrdev_region'),
      ],
    },
    {
      name: 'unregister_chrdev_region',
      prototype: 'void unregister_chrdev_region(dev_t, unsigned)',
      does: [{ verb: 'nothing' }],
      summary: 'Gives device numbers back; it stops and waits for nothing.',
      duty: 'Call it after cdev_del().',
      evidence: [
        inTree('6.12', 'fs/char_dev.c', 'unregister_chrdev_region'),
        inTree('7.2', 'fs/char_dev.c', 'unregister_chrdev_region'),
      ],
    },
    {
      name: 'usb_register_dev',
      prototype: 'int usb_register_dev(struct usb_interface *intf, struct usb_class_driver *class_driver)',
      does: [{ verb: 'publishes', node: 'usb', on: arg(0), operations: arg(1), when: 'zero' }],
      summary: 'Gives a USB interface a character device with the operations of its usb_class_driver.',
      duty: 'usb_set_intfdata() must come before it.',
      evidence: [
        inTree('6.12', 'drivers/usb/core/file.c', 'usb_register_dev'),
        inTree('7.2', 'drivers/usb/core/file.c', 'usb_register_dev'),
      ],
    },
    {
      name: 'usb_deregister_dev',
      prototype: 'void usb_deregister_dev(struct usb_interface *intf, struct usb_class_driver *class_driver)',
      does: [{ verb: 'unpublishes', node: 'usb', on: arg(0), fence: { verdict: 'blocks-new-only', drainsOpen: true } }],
      summary:
        'Takes the character device of a USB interface away: later opens fail and an open in progress is waited for. Open fds go on calling the driver.',
      duty: 'Set a disconnected flag under the mutex that operations hold, kill or poison the URBs, and own the data by a kref.',
      evidence: [
        inTree('6.12', 'drivers/usb/core/file.c', 'usb_deregister_dev'),
        inTree('7.2', 'drivers/usb/core/file.c', 'usb_deregister_dev'),
      ],
    },
    {
      name: 'device_create',
      aliases: ['device_create_with_groups'],
      prototype:
        'device *device_create(const struct class *cls, struct device *parent, dev_t devt, void *drvdata, const char *fmt, ...)',
      does: [
        { verb: 'allocates', what: 'device', into: result, owner: 'caller' },
        { verb: 'setsPrivate', of: result, value: arg(3) },
      ],
      summary:
        'Creates a device of a class and its node under /dev; the character device behind it is registered apart.',
      evidence: [
        inTree('6.12', 'drivers/base/core.c', 'device_create'),
        inTree('7.2', 'drivers/base/core.c', 'device_create'),
      ],
    },
    {
      name: 'device_destroy',
      prototype: 'void device_destroy(const struct class *cls, dev_t devt)',
      does: [{ verb: 'nothing' }],
      summary:
        'Removes a device of a class and its node under /dev, draining its sysfs attributes; open fds are untouched.',
      duty: 'Tear the character device down apart.',
      evidence: [
        inTree('6.12', 'drivers/base/core.c', 'device_destroy'),
        inTree('7.2', 'drivers/base/core.c', 'device_destroy'),
      ],
    },
    {
      name: 'class_create',
      prototype: 'class *class_create(const char *name)',
      does: [{ verb: 'nothing' }],
      summary: 'Creates a device class; 6.1 takes the module first.',
      evidence: [inTree('6.12', 'include/linux/device/class.h'), inTree('7.2', 'include/linux/device/class.h')],
    },
    {
      name: 'class_destroy',
      prototype: 'void class_destroy(const struct class *cls)',
      does: [{ verb: 'nothing' }],
      summary: 'Removes a device class.',
      evidence: [inTree('6.12', 'include/linux/device/class.h'), inTree('7.2', 'include/linux/device/class.h')],
    },
    {
      name: 'class_register',
      prototype: 'int class_register(const struct class *class)',
      does: [{ verb: 'nothing' }],
      summary: 'Registers a device class.',
      evidence: [inTree('6.12', 'include/linux/device/class.h'), inTree('7.2', 'include/linux/device/class.h')],
    },
    {
      name: 'class_unregister',
      prototype: 'void class_unregister(const struct class *class)',
      does: [{ verb: 'nothing' }],
      summary: 'Removes a device class.',
      evidence: [inTree('6.12', 'include/linux/device/class.h'), inTree('7.2', 'include/linux/device/class.h')],
    },
    {
      name: '__class_create',
      prototype: 'class *__class_create(struct module *owner, const char *name, struct lock_class_key *key)',
      does: [{ verb: 'nothing' }],
      summary: 'Creates a device class.',
      evidence: [inTree('6.1', 'drivers/base/class.c')],
    },
    {
      name: 'fasync_helper',
      prototype: 'int fasync_helper(int, struct file *, int, struct fasync_struct **)',
      does: [{ verb: 'maySleep' }],
      summary: 'Adds or removes a file from an asynchronous notification list; release() must take it off.',
      evidence: [inTree('6.12', 'include/linux/fs.h'), inTree('7.2', 'include/linux/fs.h')],
    },
    {
      name: 'kill_fasync',
      prototype: 'void kill_fasync(struct fasync_struct **, int, int)',
      does: [{ verb: 'nothing' }],
      summary: 'Sends a signal to the files of a notification list.',
      evidence: [inTree('6.12', 'include/linux/fs.h'), inTree('7.2', 'include/linux/fs.h')],
    },
  ],
  patterns: [
    {
      pattern:
        'nonseekable_open|stream_open|no(?:op)?_llseek|no_seek_end_llseek|default_llseek|generic_file_llseek|fixed_size_llseek',
      does: [{ verb: 'nothing' }],
      summary: 'Sets or reads the position of an open file.',
      evidence: [inTree('6.12', 'include/linux/fs.h')],
    },
    {
      pattern:
        'i(?:minor|major)|MAJOR|MINOR|MKDEV|compat_ptr(?:_ioctl)?|file_inode|fops_(?:get|put)|replace_fops|print_dev_t|format_dev_t|old_(?:en|de)code_dev|new_(?:en|de)code_dev',
      does: [{ verb: 'nothing' }],
      summary: 'Device numbers and other parts of an open file.',
      evidence: [inTree('6.12', 'include/linux/fs.h'), inTree('6.12', 'include/linux/kdev_t.h')],
    },
  ],
  tables: [
    {
      struct: 'struct file_operations',
      roles: {
        llseek: { context: 'file-operation', file: 0 },
        read: { context: 'file-operation', file: 0, coveredByFsRevocable: true },
        write: { context: 'file-operation', file: 0 },
        read_iter: { context: 'file-operation' },
        write_iter: { context: 'file-operation' },
        iopoll: { context: 'file-operation' },
        iterate: { context: 'file-operation', file: 0 },
        iterate_shared: { context: 'file-operation', file: 0 },
        poll: { context: 'file-operation', file: 0, coveredByFsRevocable: true },
        unlocked_ioctl: { context: 'file-operation', file: 0, coveredByFsRevocable: true },
        compat_ioctl: { context: 'file-operation', file: 0 },
        mmap: { context: 'file-operation', file: 0 },
        mmap_prepare: { context: 'file-operation' },
        flush: { context: 'file-operation', file: 0 },
        fsync: { context: 'file-operation', file: 0 },
        fasync: { context: 'file-operation', file: 1 },
        lock: { context: 'file-operation', file: 0 },
        sendpage: { context: 'file-operation', file: 0 },
        get_unmapped_area: { context: 'file-operation', file: 0 },
        flock: { context: 'file-operation', file: 0 },
        splice_write: { context: 'file-operation', file: 1 },
        splice_read: { context: 'file-operation', file: 0 },
        splice_eof: { context: 'file-operation', file: 0 },
        setlease: { context: 'file-operation', file: 0 },
        fallocate: { context: 'file-operation', file: 0 },
        show_fdinfo: { context: 'file-operation', file: 1 },
        mmap_capabilities: { context: 'file-operation', file: 0 },
        copy_file_range: { context: 'file-operation', file: 0 },
        remap_file_range: { context: 'file-operation', file: 0 },
        fadvise: { context: 'file-operation', file: 0 },
        uring_cmd: { context: 'file-operation' },
        uring_cmd_iopoll: { context: 'file-operation' },
        open: { context: 'open', inode: 0, file: 1 },
        release: { context: 'release', inode: 0, file: 1, alwaysRuns: true, coveredByFsRevocable: true },
      },
      owner: 'owner',
      evidence: [inTree('6.12', 'include/linux/fs.h'), inTree('7.2', 'include/linux/fs.h')],
    },
    {
      struct: 'struct vm_operations_struct',
      roles: {
        open: { context: 'vm-operation' },
        close: { context: 'vm-operation' },
        may_split: { context: 'vm-operation' },
        mremap: { context: 'vm-operation' },
        mprotect: { context: 'vm-operation' },
        fault: { context: 'vm-operation' },
        huge_fault: { context: 'vm-operation' },
        map_pages: { context: 'vm-operation' },
        pagesize: { context: 'vm-operation' },
        page_mkwrite: { context: 'vm-operation' },
        pfn_mkwrite: { context: 'vm-operation' },
        access: { context: 'vm-operation' },
        name: { context: 'vm-operation' },
        set_policy: { context: 'vm-operation' },
        get_policy: { context: 'vm-operation' },
        find_special_page: { context: 'vm-operation' },
      },
      evidence: [inTree('6.12', 'include/linux/mm.h'), inTree('7.2', 'include/linux/mm.h')],
    },
  ],
  structs: [
    {
      struct: 'struct miscdevice',
      operations: 'fops',
      fieldOrder: ['minor', 'name', 'fops', 'list', 'parent', 'this_device', 'groups', 'nodename', 'mode'],
      fields: { fops: 'struct file_operations *', parent: 'struct device *', this_device: 'struct device *' },
      evidence: [inTree('6.12', 'include/linux/miscdevice.h'), inTree('7.2', 'include/linux/miscdevice.h')],
    },
    {
      struct: 'struct cdev',
      operations: 'ops',
      fieldOrder: ['kobj', 'owner', 'ops', 'list', 'dev', 'count'],
      fields: { kobj: 'struct kobject', ops: 'struct file_operations *', dev: 'dev_t' },
      evidence: [inTree('6.12', 'include/linux/cdev.h'), inTree('7.2', 'include/linux/cdev.h')],
    },
    {
      struct: 'struct usb_class_driver',
      operations: 'fops',
      fieldOrder: ['name', 'devnode', 'fops', 'minor_base'],
      fields: { fops: 'struct file_operations *' },
      evidence: [inTree('6.12', 'include/linux/usb.h'), inTree('7.2', 'include/linux/usb.h')],
    },
    {
      struct: 'struct file',
      fields: {
        private_data: 'void *',
        f_op: 'struct file_operations *',
        f_inode: 'struct inode *',
        f_flags: 'unsigned int',
      },
      evidence: [inTree('6.12', 'include/linux/fs.h'), inTree('7.2', 'include/linux/fs.h')],
    },
    {
      struct: 'struct inode',
      fields: { i_private: 'void *', i_cdev: 'struct cdev *', i_rdev: 'dev_t' },
      evidence: [inTree('6.12', 'include/linux/fs.h'), inTree('7.2', 'include/linux/fs.h')],
    },
    {
      struct: 'struct vm_area_struct',
      fields: { vm_private_data: 'void *', vm_file: 'struct file *', vm_ops: 'struct vm_operations_struct *' },
      evidence: [inTree('6.12', 'include/linux/mm_types.h'), inTree('7.2', 'include/linux/mm_types.h')],
    },
    {
      struct: 'struct kiocb',
      fields: { ki_filp: 'struct file *', private: 'void *' },
      evidence: [inTree('6.12', 'include/linux/fs.h'), inTree('7.2', 'include/linux/fs.h')],
    },
  ],
  macros: [
    {
      name: 'module_misc_device',
      does: [{ verb: 'nodes', on: 0, node: 'misc', register: 'misc_register', unregister: 'misc_deregister' }],
      evidence: [inTree('6.12', 'include/linux/miscdevice.h'), inTree('7.2', 'include/linux/miscdevice.h')],
    },
    {
      name: 'builtin_misc_device',
      does: [{ verb: 'nodes', on: 0, node: 'misc', register: 'misc_register' }],
      evidence: [inTree('6.12', 'include/linux/miscdevice.h'), inTree('7.2', 'include/linux/miscdevice.h')],
    },
  ],
  // A cdev's open is called without a lock, and no lock of a file's position is taken for character devices.
  serialised: [
    {
      node: 'misc',
      operations: ['open'],
      lock: 'misc_mtx',
      evidence: [inTree('6.12', 'drivers/char/misc.c', 'misc_open'), inTree('7.2', 'drivers/char/misc.c', 'misc_open')],
    },
  ],
});
