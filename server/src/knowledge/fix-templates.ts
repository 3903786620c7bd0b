/**
 * Code that quick fixes insert, as text with `{slots}`: the one place where its spelling stands. Slots are `holder` (an
 * expression for the object that holds the provider), `object` (its address), `member` (`holder` and the provider field),
 * `file` (open's parameter) and `prefix` (the driver's own name for its functions).
 */

/** One form of replacing an open file's operations by revocable ones. */
export interface FsRevocableTemplate {
  readonly id: string;
  /** Generations of the revocable core that it compiles against. */
  readonly cores: readonly string[];
  readonly title: string;
  readonly headers: readonly string[];
  /** Declaration of the provider field, without its name. */
  readonly providerType: string;
  readonly allocate: string;
  readonly revoke: string;
  readonly call: string;
  /** The call for several providers, with the slot `providers`; absent where the form takes one. */
  readonly callForSeveral?: string;
  /** Definitions that go before open, one line each; empty where the form needs none. */
  readonly definitions: readonly string[];
  /** Names of what the definitions define: a file that has one of them is left alone. */
  readonly defines: readonly string[];
  /** The wrapper keeps its own data in `file->private_data`. */
  readonly takesPrivateData: boolean;
}

const TITLE = 'Guard open files with fs_revocable_replace()';

/** Cores whose provider is a pointer by value. */
const BY_VALUE = {
  cores: ['G2', 'G3'],
  title: TITLE,
  headers: ['linux/fs_revocable.h', 'linux/revocable.h'],
  providerType: 'struct revocable_provider *',
  allocate: '{member} = revocable_provider_alloc({object});',
  revoke: 'revocable_provider_revoke({member});',
} as const;

const F3 = {
  ...BY_VALUE,
  call: 'fs_revocable_replace({member}, {file})',
  definitions: [],
  defines: [],
};

export const fsRevocableTemplates: readonly FsRevocableTemplate[] = [
  {
    ...BY_VALUE,
    id: 'F2',
    call: 'fs_revocable_replace({file}, &{prefix}_frops, &{member}, 1)',
    callForSeveral: 'fs_revocable_replace({file}, &{prefix}_frops, {providers}, ARRAY_SIZE({providers}))',
    // Every provider is entered even after one has failed, since the wrapper leaves all of them.
    definitions: [
      'static int {prefix}_try_access(struct revocable **revs, size_t num_revs, void *data)',
      '{',
      '\tint ret = 0;',
      '\tsize_t i;',
      '',
      '\tfor (i = 0; i < num_revs; i++) {',
      '\t\tif (!revocable_try_access(revs[i]))',
      '\t\t\tret = -ENODEV;',
      '\t}',
      '',
      '\treturn ret;',
      '}',
      '',
      'static const struct fs_revocable_operations {prefix}_frops = {',
      '\t.try_access = {prefix}_try_access,',
      '};',
    ],
    defines: ['{prefix}_try_access', '{prefix}_frops'],
    takesPrivateData: false,
  },
  { ...F3, id: 'F3a', takesPrivateData: false },
  { ...F3, id: 'F3b', takesPrivateData: true },
];

/**
 * A section of its own for an operation that the wrapper does not cover: a function that stands in the table in its place.
 * Slots: `head` (the operation's own head with another name), `operation`, `arguments`, `returns`, `gone`, `noMemory`.
 */
export const explicitSection = {
  suffix: '_in_section',
  enter: [
    '\tstruct revocable *rev = revocable_alloc({member});',
    '\t{returns} ret = {gone};',
    '',
    '\tif (!rev)',
    '\t\treturn {noMemory};',
    '',
    '\tif (revocable_try_access(rev))',
    '\t\tret = {operation}({arguments});',
    '\trevocable_withdraw_access(rev);',
    '\trevocable_free(rev);',
    '\treturn ret;',
    '}',
    '',
  ],
  /** What `file->private_data` is reached from: a file, or what stands for one call on it. */
  privateData: { file: '{argument}->private_data', call: '{argument}->ki_filp->private_data' },
} as const;

/** Operations that no section around them fences, with the reason. */
export const neverAtOnce: Readonly<Record<string, string>> = {
  mmap: 'what it has mapped stays mapped',
  mmap_prepare: 'what it has mapped stays mapped',
  fasync: 'closing the file calls it once more after the revoke',
  uring_cmd: 'its commands end after it has returned',
  uring_cmd_iopoll: 'it ends commands that began before',
  iopoll: 'it ends requests that began before',
};

/** The core that keeps its provider under RCU takes its address to revoke; everything else is as before. */
export const rcuProvider = {
  core: 'G3r',
  providerType: 'struct revocable_provider __rcu *',
  revoke: 'revocable_provider_revoke(&{member});',
} as const;

/** The form for trees that have none. */
export const DEFAULT_FORM = 'F2';

/** Functions of the kernel that are safe in an operations table whatever has been torn down. */
export const harmlessOperations: readonly string[] = [
  'no_llseek',
  'noop_llseek',
  // It calls the table's own 64-bit entry, which is the wrapped one.
  'compat_ptr_ioctl',
];

/** The wrapped table. */
export const FILE_OPERATIONS = 'struct file_operations';

/** Error code expressions. */
export const NO_MEMORY = '-ENOMEM';
export const NO_DEVICE = '-ENODEV';

/** Header of the revocable core, in every generation. */
export const REVOCABLE_HEADER = 'linux/revocable.h';

/** What an operation answers when the device is gone, by its return type. */
export const goneAnswers: Readonly<Record<string, string>> = {
  int: '-ENODEV',
  long: '-ENODEV',
  ssize_t: '-ENODEV',
  loff_t: '-ENODEV',
  __poll_t: 'EPOLLERR | EPOLLHUP',
  'unsigned int': 'EPOLLERR | EPOLLHUP',
};

/** The initializer that pins the module while an fd is open. */
export const OWNER_VALUE = 'THIS_MODULE';
export const OWNER_FIELD = '.owner';
export const OWNER_HEADER = 'linux/module.h';

/** Macros that stand among the declarations of a block. */
export const declaringMacro = /^(?:DEFINE|DECLARE|LIST_HEAD)\w*\s*\(/;

/** Rust: nothing becomes an error. */
export const RUST_REFUSAL = '.ok_or(ENODEV)?';

/** Rust: the section is the closure. */
export const RUST_CLOSURE_ACCESS = '.try_access_with(|{name}| {use})';

/** Rust: the life of a guard ends here. */
export const RUST_DROP = 'drop({name});';

/** Rust: access that is asked for, and refused when the device is gone. */
export const RUST_ASKED_ACCESS = '.try_access().ok_or(ENODEV)?';

/** Rust: revoking that waits for all sections. */
export const RUST_WAITING_REVOKE = '.revoke()';

/** Rust: access by the proof that the device is bound. */
export const RUST_BOUND_ACCESS = '.access({device})?';

/** A lock that a guard can take, and the calls that the guard takes the place of. `guard()` came with 6.5. */
export interface LockForm {
  readonly kind: string;
  readonly take: string;
  readonly calls: readonly string[];
}

/** For the thread that checks and uses. */
export const lockForms: readonly LockForm[] = [
  { kind: 'mutex', take: 'guard(mutex)(&{lock});', calls: ['mutex_lock', 'mutex_unlock'] },
  { kind: 'rwsem', take: 'guard(rwsem_read)(&{lock});', calls: ['down_read', 'up_read'] },
];

/** For the thread that writes. */
export const writeLockForms: readonly LockForm[] = [
  { kind: 'mutex', take: 'guard(mutex)(&{lock});', calls: ['mutex_lock', 'mutex_unlock'] },
  { kind: 'rwsem', take: 'guard(rwsem_write)(&{lock});', calls: ['down_write', 'up_write'] },
];

/** A lock over check and use: a member of the object, or beside a global. */
export const checkLock = {
  title: 'Hold one lock from the check to the use',
  header: 'linux/mutex.h',
  names: ['lock', 'data_lock', 'state_lock'],
  member: 'struct mutex {name}; /* protects {what} */',
  initialise: 'mutex_init(&{holder}{name});',
  beside: 'static DEFINE_MUTEX({name});',
  initializer: '.{member} = __MUTEX_INITIALIZER({variable}.{member}),',
} as const;

/** Ends of sections in which one may sleep, and the call that begins one. */
export const locksOfUnlocks: Readonly<Record<string, string>> = {
  mutex_unlock: 'mutex_lock',
  up_read: 'down_read',
  up_write: 'down_write',
};

/** Calls that set something up, need nothing but their arguments and cannot fail. */
export const initialisers: readonly string[] = [
  'spin_lock_init',
  'raw_spin_lock_init',
  'rwlock_init',
  'mutex_init',
  'init_rwsem',
  'sema_init',
  'init_completion',
  'init_waitqueue_head',
  'INIT_LIST_HEAD',
  'INIT_WORK',
  'INIT_DELAYED_WORK',
  'timer_setup',
  'tasklet_setup',
];

/** Calls by which devres comes to own an interrupt: what frees it early, and the arguments of the first that it takes. */
export const earlyReleases: Readonly<Record<string, { readonly release: string; readonly args: readonly number[] }>> = {
  devm_request_irq: { release: 'devm_free_irq', args: [0, 1, 5] },
  devm_request_threaded_irq: { release: 'devm_free_irq', args: [0, 1, 6] },
  devm_request_any_context_irq: { release: 'devm_free_irq', args: [0, 1, 5] },
};

/** The field of `struct device_driver` that keeps sysfs from offering to unbind it, and where that struct lies. */
export const bindAttributes = {
  title: 'Take the bind and unbind attributes away from sysfs',
  field: '.suppress_bind_attrs',
  value: 'true',
  holder: /\.driver\s*=\s*\{\s*/,
} as const;
