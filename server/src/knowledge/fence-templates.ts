/**
 * Code of the driver-local fence that quick fixes insert, as text with `{slots}`: `object` is a pointer to the driver's
 * data, `type` its struct, `prefix` the name that its functions begin with, `count`, `lock` and `gone` the names of the new fields.
 */

/** Fields that the fence needs, and names for them in the order of preference. */
export const fenceFields = {
  count: { declaration: 'struct kref {name};', names: ['kref', 'refcount', 'fence_ref'] },
  lock: { declaration: 'struct rw_semaphore {name};', names: ['gone_sem', 'fence_sem'] },
  gone: {
    declaration: 'bool {name};\t/* set in remove, tested under {lock} */',
    /** Where a wake-up follows, and no lock of the fix's own. */
    bare: 'bool {name};\t/* set in remove, before sleepers are woken */',
    names: ['gone', 'is_gone', 'was_removed'],
  },
} as const;

export const fenceTemplate = {
  title: 'Fence the operations: reference count, semaphore and gone flag',
  headers: ['linux/kref.h', 'linux/rwsem.h', 'linux/slab.h'],
  /** Right after the allocation. */
  initialise: ['kref_init(&{object}->{count});', 'init_rwsem(&{object}->{lock});'],
  /** Devres drops the driver's own reference where it freed the memory before. */
  dropLater: 'devm_add_action_or_reset({device}, {prefix}_put, {object})',
  take: 'kref_get(&{object}->{count});',
  drop: 'kref_put(&{object}->{count}, {prefix}_free);',
  free: ['static void {prefix}_free(struct kref *kref)', '{', '\tkfree(container_of(kref, {type}, {count}));', '}', ''],
  put: ['static void {prefix}_put(void *data)', '{', '\t{type} *{object} = data;', '', '\t{drop}', '}', ''],
  /** What takes the lock for the rest of a function. */
  enter: 'guard(rwsem_read)(&{object}->{lock});',
  test: '{object}->{gone}',
  /** The test where the flag is set outside of the lock. */
  looseTest: 'READ_ONCE({object}->{gone})',
  set: ['down_write(&{object}->{lock});', '{object}->{gone} = true;', 'up_write(&{object}->{lock});'],
  /** Sleepers hold the lock for reading: they are woken first, with the flag set, or taking it would wait for them. */
  setAndWake: ['WRITE_ONCE({object}->{gone}, true);'],
  wake: 'wake_up_all(&{object}->{queue});',
  drain: [
    '/* Operations that have not seen the flag end before this. */',
    'down_write(&{object}->{lock});',
    'up_write(&{object}->{lock});',
  ],
} as const;

/** What an operation of a miscdevice finds in the file before open has written anything there. */
export const miscPrivateData = 'container_of({file}->private_data, {type}, {member})';

/** Managed allocators: the plain one, and which argument is the device. */
export const plainAllocators: Readonly<Record<string, { readonly plain: string; readonly device: number }>> = {
  devm_kzalloc: { plain: 'kzalloc', device: 0 },
  devm_kmalloc: { plain: 'kmalloc', device: 0 },
};

/** Allocators whose memory the free function of the template may free. */
export const countedAllocators: readonly string[] = ['kzalloc', 'kmalloc'];
export const plainFree = 'kfree';

/** Adds a file to a wait queue, which is the argument of this index. */
export const pollWait = { name: 'poll_wait', queue: 1 } as const;

/** Functions that open may return the value of, and that never fail. */
export const alwaysSucceed: readonly string[] = ['nonseekable_open', 'stream_open', 'no_seek_open'];

/** Parts of the functions that are added to a table. */
export const addedFunctions = {
  open: [
    'static int {name}(struct inode *inode, struct file *file)',
    '{',
    '\t{type} *{object} = {find};',
    '',
    '\t{take}',
    '\treturn 0;',
    '}',
    '',
  ],
  release: [
    'static int {name}(struct inode *inode, struct file *file)',
    '{',
    '\t{type} *{object} = {find};',
    '',
    '\t{drop}',
    '\treturn 0;',
    '}',
    '',
  ],
  /** Calls the release that was there, then drops the reference. */
  wrapRelease: [
    'static int {name}(struct inode *inode, struct file *file)',
    '{',
    '\t{type} *{object} = {find};',
    '\tint ret = {release}(inode, file);',
    '',
    '\t{drop}',
    '\treturn ret;',
    '}',
    '',
  ],
  /** The same where that release touches the device: not after it has gone. */
  fencedRelease: [
    'static int {name}(struct inode *inode, struct file *file)',
    '{',
    '\t{type} *{object} = {find};',
    '\tint ret = 0;',
    '',
    '\tdown_read(&{object}->{lock});',
    '\tif (!{test})',
    '\t\tret = {release}(inode, file);',
    '\tup_read(&{object}->{lock});',
    '',
    '\t{drop}',
    '\treturn ret;',
    '}',
    '',
  ],
} as const;

/** Calls that take a lock as a reader or alone, and the guard that takes it for the rest of a block (`guard()` came with 6.5). */
export const guardOfLock: Readonly<Record<string, string>> = {
  down_read: 'rwsem_read',
  down_write: 'rwsem_write',
  mutex_lock: 'mutex',
  srcu_read_lock: 'srcu',
};

/** Operations may sleep under these. */
export const sleepingGuards: readonly string[] = ['rwsem_read', 'rwsem_write', 'mutex', 'srcu'];
export const guardTemplate = 'guard({guard})(&{lock});';

/** A flag that is set outside of the lock under which it is tested. */
export const looseFlag = {
  declaration: 'bool {name};\t/* set before {lock} is taken, for those who sleep under it */',
  reader: 'READ_ONCE',
  read: 'READ_ONCE({flag})',
  writer: 'WRITE_ONCE',
  write: 'WRITE_ONCE({flag}, true);',
} as const;
