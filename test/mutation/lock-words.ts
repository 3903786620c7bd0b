/** Locks as the mutators know them, apart from the analysis's own tables: a mistake there must not hide here too. */

export interface LockWords {
  readonly lock: string;
  readonly unlock: string;
  /** Class for `guard(class)`, where there is one. */
  readonly guard?: string;
  /** The lock call's value is handed to the unlock call. */
  readonly token?: true;
  /** The lock call stands without an argument. */
  readonly bare?: true;
}

export const LOCKS: readonly LockWords[] = [
  { lock: 'mutex_lock', unlock: 'mutex_unlock', guard: 'mutex' },
  { lock: 'spin_lock', unlock: 'spin_unlock', guard: 'spinlock' },
  { lock: 'spin_lock_irq', unlock: 'spin_unlock_irq', guard: 'spinlock_irq' },
  { lock: 'spin_lock_irqsave', unlock: 'spin_unlock_irqrestore', guard: 'spinlock_irqsave' },
  { lock: 'down_read', unlock: 'up_read', guard: 'rwsem_read' },
  { lock: 'down_write', unlock: 'up_write', guard: 'rwsem_write' },
  { lock: 'srcu_read_lock', unlock: 'srcu_read_unlock', guard: 'srcu', token: true },
  { lock: 'rcu_read_lock', unlock: 'rcu_read_unlock', guard: 'rcu', bare: true },
];

/** Initialisers of a lock in a struct, and the struct that they initialise. */
export const LOCK_INITIALISERS: Readonly<Record<string, string>> = {
  mutex_init: 'struct mutex',
  init_rwsem: 'struct rw_semaphore',
  spin_lock_init: 'spinlock_t',
};

/** Macros that define a lock or a container at file level, and the type that an `extern` declaration gives it. */
export const DEFINED_TYPES: Readonly<Record<string, string>> = {
  DEFINE_MUTEX: 'struct mutex',
  DEFINE_SPINLOCK: 'spinlock_t',
  DECLARE_RWSEM: 'struct rw_semaphore',
  DEFINE_IDR: 'struct idr',
  DEFINE_IDA: 'struct ida',
  LIST_HEAD: 'struct list_head',
  DECLARE_WAIT_QUEUE_HEAD: 'wait_queue_head_t',
  DECLARE_COMPLETION: 'struct completion',
  DEFINE_STATIC_SRCU: 'struct srcu_struct',
  DEFINE_SRCU: 'struct srcu_struct',
};

/** Device structs whose drivers bind to them: `&x->dev` is what devm functions take. */
export const BUS_DEVICES = new Set([
  'struct platform_device',
  'struct i2c_client',
  'struct spi_device',
  'struct pci_dev',
  'struct usb_interface',
  'struct auxiliary_device',
  'struct hid_device',
  'struct rpmsg_device',
  'struct serdev_device',
  'struct virtio_device',
  'struct amba_device',
  'struct mei_cl_device',
  'struct cxl_dev',
]);
