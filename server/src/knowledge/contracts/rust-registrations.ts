/** Registrations of the kernel crate: what dropping one stops, what goes on all the same; and the traits that drivers implement. */
import { contracts, inTree } from '../schema.ts';

export const rustRegistrations = contracts({
  header: 'kernel::miscdevice, kernel::irq, kernel::platform, kernel::pci, kernel::drm, kernel::time::hrtimer',
  tables: [
    {
      struct: 'trait MiscDevice',
      roles: {
        open: { context: 'open' },
        release: { context: 'release', alwaysRuns: true },
        read_iter: { context: 'file-operation' },
        write_iter: { context: 'file-operation' },
        mmap: { context: 'file-operation' },
        ioctl: { context: 'file-operation' },
        compat_ioctl: { context: 'file-operation' },
        show_fdinfo: { context: 'file-operation' },
      },
      evidence: [inTree('7.2', 'rust/kernel/miscdevice.rs')],
    },
    {
      struct: 'trait file::Operations',
      roles: {
        open: { context: 'open' },
        release: { context: 'release', alwaysRuns: true },
        read: { context: 'file-operation' },
        write: { context: 'file-operation' },
        seek: { context: 'file-operation' },
        ioctl: { context: 'file-operation' },
        compat_ioctl: { context: 'file-operation' },
        mmap: { context: 'file-operation' },
        fsync: { context: 'file-operation' },
        poll: { context: 'file-operation' },
      },
      evidence: [{ kernel: 'before 6.8', file: 'rust/kernel/file.rs', skimmed: true }],
    },
    {
      struct: 'trait FileOperations',
      roles: {
        open: { context: 'open' },
        release: { context: 'release', alwaysRuns: true },
        read: { context: 'file-operation' },
        write: { context: 'file-operation' },
        seek: { context: 'file-operation' },
        ioctl: { context: 'file-operation' },
        compat_ioctl: { context: 'file-operation' },
        mmap: { context: 'file-operation' },
        fsync: { context: 'file-operation' },
        poll: { context: 'file-operation' },
      },
      evidence: [{ kernel: 'before 5.19', file: 'rust/kernel/file_operations.rs', skimmed: true }],
    },
    {
      struct: 'trait IoctlHandler',
      roles: {
        pure: { context: 'file-operation' },
        read: { context: 'file-operation' },
        write: { context: 'file-operation' },
        read_write: { context: 'file-operation' },
      },
      evidence: [{ kernel: 'before 6.8', file: 'rust/kernel/file.rs', skimmed: true }],
    },
    {
      struct: 'trait platform::Driver',
      roles: {
        probe: { context: 'probe', device: 0 },
        unbind: { context: 'teardown', device: 0 },
        remove: { context: 'teardown', device: 0 },
      },
      evidence: [inTree('7.2', 'rust/kernel/platform.rs')],
    },
    {
      struct: 'trait pci::Driver',
      roles: {
        probe: { context: 'probe', device: 0 },
        unbind: { context: 'teardown', device: 0 },
        remove: { context: 'teardown', device: 0 },
      },
      evidence: [inTree('7.2', 'rust/kernel/pci.rs')],
    },
    {
      struct: 'trait usb::Driver',
      roles: { probe: { context: 'probe', device: 0 }, disconnect: { context: 'teardown', device: 0 } },
      evidence: [inTree('7.2', 'rust/kernel/usb.rs')],
    },
    {
      struct: 'trait i2c::Driver',
      roles: {
        probe: { context: 'probe', device: 0 },
        unbind: { context: 'teardown', device: 0 },
        shutdown: { context: 'teardown', device: 0 },
      },
      evidence: [inTree('7.2', 'rust/kernel/i2c.rs')],
    },
    {
      struct: 'trait auxiliary::Driver',
      roles: { probe: { context: 'probe', device: 0 }, unbind: { context: 'teardown', device: 0 } },
      evidence: [inTree('7.2', 'rust/kernel/auxiliary.rs')],
    },
    {
      struct: 'trait irq::Handler',
      roles: { handle: { context: 'interrupt' } },
      evidence: [inTree('7.2', 'rust/kernel/irq/request.rs')],
    },
    {
      struct: 'trait irq::request::Handler',
      roles: { handle: { context: 'interrupt' }, handle_irq: { context: 'interrupt' } },
      evidence: [{ kernel: 'before 6.18', file: 'rust/kernel/irq/request.rs', skimmed: true }],
    },
    {
      struct: 'trait irq::ThreadedHandler',
      roles: { handle: { context: 'interrupt' }, handle_threaded: { context: 'threaded-interrupt' } },
      evidence: [inTree('7.2', 'rust/kernel/irq/request.rs')],
    },
    {
      struct: 'trait WorkItem',
      roles: { run: { context: 'work' } },
      evidence: [inTree('7.2', 'rust/kernel/workqueue.rs')],
    },
    {
      struct: 'trait HrTimerCallback',
      roles: { run: { context: 'timer' } },
      evidence: [inTree('7.2', 'rust/kernel/time/hrtimer.rs')],
    },
    {
      struct: 'trait Module',
      roles: { init: { context: 'module-init' } },
      evidence: [inTree('7.2', 'rust/kernel/lib.rs')],
    },
    {
      struct: 'trait InPlaceModule',
      roles: { init: { context: 'module-init' } },
      evidence: [inTree('7.2', 'rust/kernel/lib.rs')],
    },
  ],
  rustTypes: [
    {
      name: 'MiscDeviceRegistration',
      registration: {
        of: 'device-node',
        fences: false,
        goesOn: 'operations on files that are open, and their release',
      },
      summary: 'Dropping it takes the device node away. Operations on open files go on, and others begin.',
      evidence: [inTree('7.2', 'rust/kernel/miscdevice.rs')],
    },
    {
      name: 'Kiocb',
      derefs: 0,
      summary: 'One read or write of an open file.',
      evidence: [inTree('7.2', 'rust/kernel/fs/kiocb.rs')],
    },
    {
      name: 'miscdev::Registration',
      registration: {
        of: 'device-node',
        fences: false,
        goesOn: 'operations on files that are open, and their release',
      },
      summary: 'Dropping it takes the device node away. Operations on open files go on, and others begin.',
      evidence: [{ kernel: 'before 6.8', file: 'rust/kernel/miscdev.rs', skimmed: true }],
    },
    {
      name: 'chrdev::Registration',
      registration: {
        of: 'device-node',
        fences: false,
        goesOn: 'operations on files that are open, and their release',
      },
      summary: 'Dropping it takes the device numbers away. Operations on open files go on, and others begin.',
      evidence: [{ kernel: 'before 6.8', file: 'rust/kernel/chrdev.rs', skimmed: true }],
    },
    {
      name: 'irq::Registration',
      aliases: ['irq::ThreadedRegistration', 'irq::request::Registration', 'irq::request::ThreadedRegistration'],
      registration: { of: 'interrupt', fences: true },
      dropSleeps: true,
      summary: 'Dropping it frees the interrupt and waits for its handler.',
      evidence: [inTree('7.2', 'rust/kernel/irq/request.rs')],
    },
    {
      name: 'drm::driver::Registration',
      aliases: ['drm::Registration'],
      registration: { of: 'device-node', fences: false, goesOn: 'ioctls on files that are open' },
      summary: 'Dropping it unregisters the DRM device without unplugging it: ioctls on open files go on.',
      evidence: [inTree('7.2', 'rust/kernel/drm/driver.rs')],
    },
    {
      name: 'auxiliary::Registration',
      registration: { of: 'child', fences: true },
      dropSleeps: true,
      summary: 'Dropping it unbinds the child device first, and then frees its registration data.',
      evidence: [inTree('7.2', 'rust/kernel/auxiliary.rs')],
    },
    {
      name: 'ArcHrTimerHandle',
      aliases: ['BoxHrTimerHandle', 'PinHrTimerHandle', 'PinMutHrTimerHandle'],
      registration: { of: 'timer', fences: true },
      summary: 'Dropping it cancels the timer and waits for its callback.',
      evidence: [inTree('7.2', 'rust/kernel/time/hrtimer.rs')],
    },
    {
      name: 'IoMem',
      aliases: ['ExclusiveIoMem', 'pci::Bar'],
      resource: 'mmio',
      summary: 'Registers of the device, mapped. They answer only while the device is bound.',
      evidence: [inTree('7.2', 'rust/kernel/io/mem.rs'), inTree('7.2', 'rust/kernel/pci/io.rs')],
    },
    {
      name: 'Coherent',
      aliases: ['CoherentAllocation', 'CoherentBox'],
      resource: 'dma',
      summary: 'Memory that the device reaches.',
      evidence: [inTree('7.2', 'rust/kernel/dma.rs')],
    },
  ],
  rustFunctions: [
    {
      name: 'MiscDeviceRegistration::register',
      role: 'register',
      summary: 'Makes a device node. From here on user space can open it.',
      evidence: [inTree('7.2', 'rust/kernel/miscdevice.rs')],
    },
    {
      name: 'Kiocb::file',
      gives: '$0',
      role: 'inner',
      summary: 'The data of the open file, borrowed.',
      evidence: [inTree('7.2', 'rust/kernel/fs/kiocb.rs')],
    },
    {
      name: 'irq::Registration::synchronize',
      aliases: [
        'irq::Registration::try_synchronize',
        'irq::ThreadedRegistration::synchronize',
        'irq::ThreadedRegistration::try_synchronize',
      ],
      sleeps: 'always',
      summary: 'Waits for handlers that run on other processors.',
      evidence: [inTree('7.2', 'rust/kernel/irq/request.rs')],
    },
  ],
});
