/**
 * Code of the driver-local fence that quick fixes insert, as text with `{slots}`: `object` is a pointer to the driver's
 * data, `type` its struct, `prefix` the name that its functions begin with, `count`, `lock` and `gone` the names of the new fields.
 */

/** How the object is made to live as long as the last open file. */
export interface LifetimeTemplate {
  readonly headers: readonly string[];
  readonly field: { readonly declaration: string; readonly names: readonly string[] };
  /** Right after the allocation. */
  readonly initialise: string;
  readonly take: string;
  readonly drop: string;
  /** Frees the object when the last reference has gone. */
  readonly free: readonly string[];
  /** Names that these define. */
  readonly defines: readonly string[];
  /** Before the cdev goes live, where it holds the object. */
  readonly attach?: string;
}

/** Devres drops the driver's own reference by this function where it freed the memory before. */
export const dropLater = {
  name: '{prefix}_put',
  lines: ['static void {prefix}_put(void *data)', '{', '\t{type} *{object} = data;', '', '\t{drop}', '}', ''],
  call: 'devm_add_action_or_reset({device}, {prefix}_put, {object})',
} as const;

export const lifetimeTemplates = {
  /** A reference for every open file: right where open cannot run any more once the unregister call has returned. */
  'per-file': {
    headers: ['linux/kref.h', 'linux/slab.h'],
    field: { declaration: 'struct kref {name};', names: ['kref', 'refcount', 'fence_ref'] },
    initialise: 'kref_init(&{object}->{count});',
    take: 'kref_get(&{object}->{count});',
    drop: 'kref_put(&{object}->{count}, {prefix}_free);',
    free: [
      'static void {prefix}_free(struct kref *kref)',
      '{',
      '\tkfree(container_of(kref, {type}, {count}));',
      '}',
      '',
    ],
    defines: ['{prefix}_free'],
  },
  /** The cdev, which every open file holds and which lies in the object, holds the object. */
  'by-cdev': {
    headers: ['linux/kobject.h', 'linux/slab.h'],
    field: { declaration: 'struct kobject {name};\t/* parent of {member} */', names: ['kobj', 'holder', 'fence_kobj'] },
    initialise: 'kobject_init(&{object}->{count}, &{prefix}_ktype);',
    take: 'kobject_get(&{object}->{count});',
    drop: 'kobject_put(&{object}->{count});',
    free: [
      'static void {prefix}_kobj_release(struct kobject *kobj)',
      '{',
      '\tkfree(container_of(kobj, {type}, {count}));',
      '}',
      '',
      'static const struct kobj_type {prefix}_ktype = {',
      '\t.release = {prefix}_kobj_release,',
      '};',
      '',
    ],
    defines: ['{prefix}_kobj_release', '{prefix}_ktype'],
    attach: 'cdev_set_parent(&{object}->{member}, &{object}->{count});',
  },
} as const satisfies Readonly<Record<string, LifetimeTemplate>>;

/** Fields that the fence needs besides, and names for them in the order of preference. */
export const fenceFields = {
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
  headers: ['linux/rwsem.h'],
  /** Right after the allocation. */
  initialise: 'init_rwsem(&{object}->{lock});',
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

/** Managed allocators that clear the memory, which the flag relies on: the plain one, and which argument is the device. */
export const plainAllocators: Readonly<Record<string, { readonly plain: string; readonly device: number }>> = {
  devm_kzalloc: { plain: 'kzalloc', device: 0 },
};

/** Allocators that clear the memory and that the free function of the template gives it back to. */
export const countedAllocators: readonly string[] = ['kzalloc', 'kzalloc_obj'];
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
  /** The same where the file's reference is not the driver's to drop. */
  skippedRelease: [
    'static int {name}(struct inode *inode, struct file *file)',
    '{',
    '\t{type} *{object} = {find};',
    '',
    '\t{enter}',
    '\tif ({test})',
    '\t\treturn 0;',
    '',
    '\treturn {release}(inode, file);',
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

/** The same for a node that is no part of an object: lock and flag of the file. */
export const globalFence = {
  defines: ['{prefix}_gone_sem', '{prefix}_gone'],
  declare: [
    'static DECLARE_RWSEM({prefix}_gone_sem);',
    'static bool {prefix}_gone;\t/* set in remove, tested under {prefix}_gone_sem */',
  ],
  enter: 'guard(rwsem_read)(&{prefix}_gone_sem);',
  test: '{prefix}_gone',
  /** What release answers when there is nothing left to do. */
  done: 'return 0;',
  set: ['down_write(&{prefix}_gone_sem);', '{prefix}_gone = true;', 'up_write(&{prefix}_gone_sem);'],
  /** The device may come back while the module stays. */
  clear: ['down_write(&{prefix}_gone_sem);', '{prefix}_gone = false;', 'up_write(&{prefix}_gone_sem);', ''],
} as const;
