/**
 * The vocabulary in which kernel facts are written. Contracts are data: literals of these types, one file per header or
 * subsystem in `contracts/`, each row with evidence. The set of verbs is closed: a new verb is a decision record,
 * since every analysis must understand it; a new row is not.
 */

import type { RustFlagContract, RustFunctionContract, RustTypeContract } from './rust-schema.ts';

/** Where in a call something is. */
export type Slot =
  | { readonly at: 'arg'; readonly index: number }
  /** What the argument points to (an out parameter: `alloc_chrdev_region(&devt, …)`). */
  | { readonly at: 'pointee'; readonly index: number }
  | { readonly at: 'result' };

/** Which result of a call means that its effect took place. Absent: it always does. */
export type Outcome = 'zero' | 'nonzero' | 'nonnull' | 'null' | 'nonnegative';

/** `read-section` is RCU or SRCU; `count` is a counter that is
 * raised around a use and that teardown waits for; the rest are enter/exit pairs such as drm_dev_enter. */
export type LockKind =
  | 'mutex'
  | 'spinlock'
  | 'rwsem'
  | 'rwlock'
  | 'semaphore'
  | 'seqlock'
  | 'device-lock'
  | 'rcu'
  | 'srcu'
  | 'count'
  | 'percpu-ref'
  | 'drm-dev-enter'
  | 'revocable'
  | 'subsystem';

export type ResourceKind =
  | 'memory'
  | 'mmio'
  | 'clock'
  | 'regulator'
  | 'gpio'
  | 'reset'
  | 'regmap'
  | 'irq'
  | 'dma-buffer'
  | 'dma-channel'
  | 'kfifo'
  | 'urb'
  | 'workqueue'
  | 'thread'
  | 'device'
  | 'module'
  | 'id'
  | 'container'
  | 'region'
  | 'power'
  | 'channel'
  | 'file'
  | 'firmware'
  | 'network'
  | 'other';

/** Who frees what was allocated. `devres`: right after remove() returns, last in first out. `subsystem`: the named object that it is part of. */
export type Owner = 'caller' | 'devres' | 'subsystem';

/** Why code runs (DESIGN §3). */
export type Context =
  | 'open'
  | 'file-operation'
  | 'release'
  | 'probe'
  | 'teardown'
  | 'object-create'
  | 'object-destroy'
  | 'module-init'
  | 'module-exit'
  | 'object-release'
  | 'interrupt'
  | 'threaded-interrupt'
  | 'timer'
  | 'work'
  | 'tasklet'
  | 'thread'
  | 'notifier'
  | 'urb-completion'
  | 'attribute'
  | 'pseudo-file'
  | 'subsystem-callback'
  | 'power-management'
  | 'rcu-callback'
  | 'devres-action'
  | 'vm-operation';

export type NodeKind =
  | 'misc'
  | 'cdev'
  | 'chrdev'
  | 'usb'
  | 'video'
  | 'media'
  | 'drm'
  | 'iio'
  | 'input'
  | 'hidraw'
  | 'rtc'
  | 'watchdog'
  | 'tpm'
  | 'posix-clock'
  | 'ptp'
  | 'uio'
  | 'sound'
  | 'cec'
  | 'dvb'
  | 'framebuffer'
  | 'rc'
  | 'pps'
  | 'counter'
  | 'serial'
  | 'block'
  | 'net'
  | 'vfio'
  | 'gpio'
  | 'i2c'
  | 'spi'
  | 'hwrng'
  | 'led'
  | 'power-supply'
  | 'thermal'
  | 'nvmem'
  | 'mtd'
  | 'remoteproc'
  | 'sysfs'
  | 'sysfs-binary'
  | 'debugfs'
  | 'debugfs-unsafe'
  | 'directory'
  | 'proc'
  | 'configfs'
  | 'other';

/** What an unregister call does for the callbacks of what it unregisters; tokens as in the fence table. */
export type FenceVerdict =
  | 'no-fence'
  | 'blocks-new-only'
  | 'drains'
  | 'drains-if'
  | 'drains-close'
  | 'drains-once'
  | 'n/a';

export interface UnregisterFence {
  readonly verdict: FenceVerdict;
  /** For `drains-if`: what must be true, in words. */
  readonly condition?: string;
  /** An open() in progress is waited for, and none starts later. */
  readonly drainsOpen?: boolean;
  /** Sysfs attributes of the same device are drained. */
  readonly drainsAttributes?: boolean;
  /** `release` is called all the same, whenever the fd is closed. */
  readonly exceptRelease?: boolean;
  /** The core refuses operations that begin later, by a test without a lock: only one that runs already can meet teardown. */
  readonly refusesLater?: boolean;
  /** Every driver of the kind has this hole, as its maintainers know: what is found in one is no more than a hint. */
  readonly atMost?: 'may';
  /** What the core itself follows on fds that stay open. */
  readonly coreUses?: readonly CoreUse[];
  /** For `drains-if`: the condition in terms that an analysis can check. Without it the condition is never taken to hold. */
  readonly holds?: FenceCondition;
}

/** Memory that a core follows on an fd that is still open after the unregister call. */
export interface CoreUse {
  /** In any operation, in one that runs already (later ones are refused), or when the fd is closed. */
  readonly in: 'operations' | 'running' | 'close';
  /** The function of the core. */
  readonly by: string;
  /** Members of the registered object whose target it follows, `struct foo.bar`. Absent: the object itself. */
  readonly members?: readonly string[];
  /** The argument of the registering call that it follows instead of the registered object. */
  readonly on?: Slot;
}

/** The core calls operations under locks that the driver chooses, and tests under them whether the node is gone. */
export interface FenceCondition {
  /** Members that may point to such a lock (`struct video_device.lock`); the driver must set one. */
  readonly lockIn: readonly string[];
  /**
   * Those that the unregister call takes itself after it has marked the node: the first that the driver sets. Teardown
   * must hold every other one at the call, or take it later.
   */
  readonly takes?: readonly string[];
  /** Operations that the core calls under the lock that the call takes. */
  readonly underTaken?: readonly string[];
  /** Field of the operations table → functions of the core that take the lock or need none. Any other one there is not fenced. */
  readonly locked: Readonly<Record<string, readonly string[]>>;
}

export type AsyncSource =
  | 'irq'
  | 'timer'
  | 'hrtimer'
  | 'work'
  | 'delayed-work'
  | 'workqueue'
  | 'tasklet'
  | 'thread'
  | 'urb'
  | 'urb-anchor'
  | 'notifier'
  | 'dma'
  | 'napi'
  | 'completion'
  | 'input-poll'
  | 'other';

export type Effect =
  // ---- locks and read sections ----
  | {
      readonly verb: 'acquires';
      readonly lock: LockKind;
      readonly on?: Slot;
      readonly mode: 'exclusive' | 'shared';
      readonly when?: Outcome;
    }
  | { readonly verb: 'releases'; readonly lock: LockKind; readonly on?: Slot }
  /** Waits for every reader that has already begun: synchronize_rcu, synchronize_srcu(&x). */
  | {
      readonly verb: 'synchronizes';
      readonly lock: 'rcu' | 'srcu' | 'drm-dev-enter' | 'percpu-ref' | 'revocable';
      readonly on?: Slot;
    }
  // ---- memory and other resources ----
  | {
      readonly verb: 'allocates';
      readonly what: ResourceKind;
      readonly into: Slot;
      readonly owner: Owner;
      readonly device?: Slot;
      /** The argument that holds `sizeof(struct priv)` of a private area inside the new object (scsi_host_alloc, alloc_etherdev). */
      readonly privateSize?: Slot;
      /** For `devres`: a node of this kind that is registered on the object is unregistered with it. */
      readonly unregisters?: NodeKind;
    }
  | {
      readonly verb: 'frees';
      readonly what: ResourceKind;
      readonly on: Slot;
      readonly when?: 'now' | 'after-grace-period';
    }
  /** The private area inside an object: netdev_priv(dev), shost_priv(host), iio_priv(indio). Lives exactly as long as the object. */
  | { readonly verb: 'getsEmbedded'; readonly of: Slot }
  /** Turns something off that later access needs powered (clk_disable_unprepare, regulator_disable, pci_disable_device). */
  | { readonly verb: 'disables'; readonly what: ResourceKind; readonly on: Slot }
  | { readonly verb: 'enables'; readonly what: ResourceKind; readonly on: Slot }
  // ---- references ----
  /**
   * The memory of `on` stays while the reference is held. It says nothing about the device behind it. `provider`: only
   * memory of its own stays, not what it is embedded in.
   */
  | {
      readonly verb: 'takesRef';
      readonly on: Slot;
      readonly what: 'kref' | 'refcount' | 'device' | 'kobject' | 'module' | 'object' | 'counter' | 'provider';
      readonly when?: Outcome;
    }
  /** `release`: the argument that is called with the object when the last reference goes. */
  | {
      readonly verb: 'dropsRef';
      readonly on: Slot;
      readonly what: 'kref' | 'refcount' | 'device' | 'kobject' | 'module' | 'object' | 'counter';
      readonly release?: Slot;
    }
  /** An open fd of the node `on` holds a reference on the object that embeds or is `by` (cdev_set_parent, cdev_device_add). */
  | { readonly verb: 'pins'; readonly on: Slot; readonly by: Slot }
  // ---- device nodes ----
  | { readonly verb: 'bindsOperations'; readonly on: Slot; readonly operations: Slot }
  | {
      readonly verb: 'publishes';
      readonly node: NodeKind;
      readonly on: Slot;
      /** The argument that is the operations table. Absent: the table hangs on the object (see StructContract.operations). */
      readonly operations?: Slot;
      /** The table goes to the driver through a core that fences it itself (see the fence of the unregister call). */
      readonly managedBy?: 'devres';
      /** For `managedBy`: what the unregister call does that devres makes. Absent: as the unregister call of this kind. */
      readonly fence?: UnregisterFence;
      readonly device?: Slot;
      /** The directory of a pseudo filesystem: the file goes when it is removed. */
      readonly parent?: Slot;
      /** The core pins the driver's module while an fd is open, whatever the operations table says. */
      readonly pinsModule?: boolean;
      readonly when?: Outcome;
    }
  | { readonly verb: 'unpublishes'; readonly node: NodeKind; readonly on: Slot; readonly fence: UnregisterFence }
  // ---- private data ----
  | { readonly verb: 'setsPrivate'; readonly of: Slot; readonly value: Slot }
  | { readonly verb: 'getsPrivate'; readonly of: Slot }
  // ---- callbacks ----
  | {
      readonly verb: 'runs';
      readonly callback: Slot;
      readonly data?: Slot;
      /** Index of the parameter of the callback that receives `data`. Absent: the first. */
      readonly parameter?: number;
      readonly context: Context;
      readonly managedBy?: 'devres';
      /** The object whose disarm/cancel call stops it (timer, work item), where the callback is set up apart from being armed. */
      readonly source?: { readonly kind: AsyncSource; readonly on: Slot };
    }
  // ---- asynchronous sources ----
  /** `managedBy`: devres stops it after remove has returned. */
  | { readonly verb: 'arms'; readonly source: AsyncSource; readonly on: Slot; readonly managedBy?: 'devres' }
  | { readonly verb: 'disarms'; readonly source: AsyncSource; readonly on: Slot }
  | { readonly verb: 'waitsFor'; readonly source: AsyncSource; readonly on: Slot; readonly when?: Outcome }
  /** Cannot be armed again until it is set up anew. */
  | { readonly verb: 'seals'; readonly source: AsyncSource; readonly on: Slot }
  // ---- sleeping ----
  /** May sleep until user space or hardware acts. `condition`: the argument that is the condition expression (macros). */
  | {
      readonly verb: 'waits';
      readonly for: 'condition' | 'completion' | 'user' | 'hardware' | 'time' | 'io';
      readonly on?: Slot;
      readonly condition?: Slot;
      readonly bounded?: boolean;
      readonly interruptible?: boolean;
      /** The argument that is the lock which is dropped while sleeping (wait_event_interruptible_lock_irq). */
      readonly drops?: Slot;
    }
  | { readonly verb: 'wakes'; readonly on: Slot }
  /** Reads or writes the I/O port whose number `on` is. */
  | { readonly verb: 'usesPort'; readonly on: Slot }
  | { readonly verb: 'maySleep' }
  // ---- values ----
  /** Result is the value of, or a test of, what `on` points to (atomic_read, test_bit, list_empty, refcount_read, READ_ONCE with `direct`). */
  | { readonly verb: 'tests'; readonly on: Slot; readonly direct?: boolean }
  /** Writes what `on` points to (`direct`: writes `on` itself): set_bit, atomic_set, WRITE_ONCE, rcu_assign_pointer, complete_all. */
  | {
      readonly verb: 'sets';
      readonly on: Slot;
      readonly to: 'zero' | 'nonzero' | 'value';
      readonly value?: Slot;
      readonly direct?: boolean;
      /** In one step, and the result is what was there before: xchg. */
      readonly exchanges?: boolean;
    }
  | { readonly verb: 'increments'; readonly on: Slot }
  | { readonly verb: 'decrements'; readonly on: Slot }
  /** Result is the same object as the slot (get_device(dev), kobject_get, likely(x) with `truth`). */
  | { readonly verb: 'returns'; readonly slot: Slot }
  /** Result is true exactly when the slot holds an error pointer / NULL. */
  | { readonly verb: 'isError'; readonly slot: Slot; readonly orNull?: boolean }
  /** Result is an error pointer made from the slot / an error number taken from it. */
  | { readonly verb: 'makesError'; readonly slot: Slot }
  // ---- containers ----
  | { readonly verb: 'links'; readonly entry?: Slot; readonly container: Slot; readonly value?: Slot }
  | { readonly verb: 'unlinks'; readonly entry?: Slot; readonly container?: Slot }
  | { readonly verb: 'finds'; readonly container: Slot }
  // ---- drivers ----
  /** Registers a driver table: `on` is the driver; `suppressesUnbind` as platform_driver_probe does. */
  | { readonly verb: 'registersDriver'; readonly on: Slot; readonly suppressesUnbind?: boolean; readonly probe?: Slot }
  | { readonly verb: 'unregistersDriver'; readonly on: Slot }
  /** A device whose lifetime is this module's (platform_device_register_simple in module_init). */
  | { readonly verb: 'createsDevice'; readonly into: Slot }
  | { readonly verb: 'removesDevice'; readonly on: Slot }
  /** Copies to or from user space: may fault and sleep as long as user space likes. */
  | { readonly verb: 'copiesUser' }
  | { readonly verb: 'noReturn' }
  /** Known to do nothing that the analyses look at. Keeps the function out of `coverage`. */
  | { readonly verb: 'nothing' };

export interface Evidence {
  /** Kernel release that was read: '6.1', '6.12', '7.2'. */
  readonly kernel: string;
  /** Path in that tree. */
  readonly file: string;
  readonly fn?: string;
  /** Only skimmed, or follows from the primitive it is made of. */
  readonly skimmed?: boolean;
}

/** A function or function-like macro of the kernel. */
export interface FunctionContract {
  readonly name: string;
  /** Older or newer spellings with the same contract. */
  readonly aliases?: readonly string[];
  readonly prototype?: string;
  readonly does: readonly Effect[];
  /** One sentence for hover: what it does and what it does not stop. */
  readonly summary: string;
  /** What a driver must do besides, shown on hover. */
  readonly duty?: string;
  /** A better call, or the idiom to use. */
  readonly alternative?: string;
  readonly evidence: readonly Evidence[];
}

/** Many functions that share one shape of name and contract (`dev_err`, `dev_warn`, …). Matched after the exact rows. */
export interface FunctionPattern {
  /** Regular expression source, anchored by the lookup. */
  readonly pattern: string;
  readonly does: readonly Effect[];
  readonly summary: string;
  readonly evidence: readonly Evidence[];
}

/** What a function pointer in a table means. `parameters` names the role of some parameters. */
export interface Role {
  readonly context: Context;
  /** Index of the parameter that is the open file, the inode, the bound device, the data. */
  readonly file?: number;
  readonly inode?: number;
  readonly device?: number;
  readonly data?: number;
  /** For file operations: the fs_revocable wrapper covers it. */
  readonly coveredByFsRevocable?: boolean;
  /** For file operations: a late call after teardown is certain to come (release). */
  readonly alwaysRuns?: boolean;
}

export interface TableContract {
  /** `struct file_operations`, `struct platform_driver`, … */
  readonly struct: string;
  /** Field path (dotted) → role; `*` stands for every function field that has no entry of its own. */
  readonly roles: Readonly<Record<string, Role>>;
  /** Field path of the module owner. */
  readonly owner?: string;
  /** The core calls these until this kind of node is unregistered, not later. */
  readonly node?: NodeKind;
  /** Facts about a bus's driver table. */
  readonly driver?: DriverFacts;
  /** Rust: what kind of device node a trait of file operations serves. */
  readonly serves?: NodeKind;
  readonly evidence: readonly Evidence[];
}

export interface DriverFacts {
  readonly bus: string;
  /** What makes remove() run while an fd is open, most likely first. */
  readonly triggers: readonly Trigger[];
  /** Field path of the flag that takes sysfs unbind away. */
  readonly suppressBind?: string;
  /** Struct of the device that is bound. */
  readonly device?: string;
  /** Devres of the device outlives remove(): that is a class's or a card's, and the driver of the bus is unbound on its own. */
  readonly keepsDevres?: boolean;
}

export type Trigger = 'hot-unplug' | 'parent-removal' | 'sysfs-unbind' | 'object-destroy' | 'module-unload';

/** A file-level macro: module_init(x), module_platform_driver(x), DEFINE_SHOW_ATTRIBUTE(x), EXPORT_SYMBOL(x). */
export interface MacroContract {
  readonly name: string;
  readonly does: readonly (
    | { readonly verb: 'exports'; readonly symbol: number }
    | {
        readonly verb: 'entry';
        readonly fn: number;
        readonly context: 'module-init' | 'module-exit' | 'probe' | 'teardown';
      }
    /** Registers the driver table at init and, unless `builtin`, unregisters it at exit. */
    | {
        readonly verb: 'drives';
        readonly table: number;
        readonly builtin?: boolean;
        readonly suppressesUnbind?: boolean;
        readonly probe?: number;
      }
    /** Registers a node at init and unregisters it at exit with this API, e.g. module_misc_device. */
    | {
        readonly verb: 'nodes';
        readonly on: number;
        readonly node: NodeKind;
        readonly register: string;
        readonly unregister?: string;
      }
    /** Defines a table named by a template (`{0}_fops`) whose fields are functions named by templates. */
    | {
        readonly verb: 'defines';
        readonly variable: string;
        readonly struct: string;
        readonly fields: Readonly<Record<string, string>>;
      }
    /** Defines an object of a kernel type: DEFINE_MUTEX(x) is `struct mutex x`. */
    | { readonly verb: 'declares'; readonly variable: number; readonly type: string }
    | { readonly verb: 'nothing' }
  )[];
  readonly evidence: readonly Evidence[];
}

/** Facts about a kernel struct that drivers embed or point to. */
export interface StructContract {
  readonly struct: string;
  /** Objects of this type are bound devices; a bare pointer to one is borrowed and dies as this says. */
  readonly boundDevice?: { readonly bus: string; readonly diesWith: 'parent-removal' | 'hot-unplug' | 'remove' };
  /** Embedding it makes the outer object refcounted, freed by the function in this field (`release`), or by the release argument of its put. */
  readonly refcounted?: { readonly releaseField?: string; readonly typeField?: string };
  /** Field path of the operations table of a node object: `fops` of struct miscdevice, `ops` of struct cdev. */
  readonly operations?: string;
  /** Members that point to tables of callbacks which operations on open fds of this object lead to. */
  readonly callbacks?: Readonly<Record<string, CallbackFields>>;
  /** Positional fields that drivers fill without designators, in order (struct miscdevice: minor, name, fops, …). */
  readonly fieldOrder?: readonly string[];
  /** Types of the fields that analysis follows through this kernel struct: field → type (`driver_data` → `void *`, `dev` → `struct device`). */
  readonly fields?: Readonly<Record<string, string>>;
  /** It is a lock of this kind. */
  readonly lock?: LockKind;
  /** It is an asynchronous source of this kind. */
  readonly source?: AsyncSource;
  readonly waitQueue?: boolean;
  /** Member that is the driver's private area inside the object (`hostdata` of struct Scsi_Host). */
  readonly privateArea?: string;
  /** The functions that take a pointer to one take NULL for "there is none". */
  readonly nullable?: boolean;
  readonly evidence: readonly Evidence[];
}

/** `guard(mutex)(&x)`, `scoped_guard(rwsem_read, &x)`. */
export interface GuardContract {
  readonly class: string;
  readonly lock: LockKind;
  readonly mode: 'exclusive' | 'shared';
  /** Index of the lock among the guard's arguments; absent when it guards a global domain (`rcu`). */
  readonly on?: number;
  readonly evidence: readonly Evidence[];
}

/** A loop macro or list accessor: which container its element comes from. */
export interface LoopContract {
  readonly pattern: string;
  readonly kind: 'list' | 'hash' | 'xarray' | 'idr' | 'tree' | 'array' | 'other';
  readonly evidence: readonly Evidence[];
}

/** Operations of a kind of node, or in a table, that a core calls with one lock held: two of them never run at once. */
export interface SerialisedOperations {
  readonly node?: NodeKind;
  /** `struct foo_ops`. */
  readonly table?: string;
  /** Fields of the operations table. */
  readonly operations: readonly string[];
  /** Name of the lock in the core. */
  readonly lock: string;
  readonly evidence: readonly Evidence[];
}

/** What an open fd of a kind of node leads to and keeps, apart from its operations table. */
export interface NodeContract {
  readonly node: NodeKind;
  /** Tables of callbacks anywhere in the module that the core calls for operations on open fds. */
  readonly callbacks?: readonly CallbackTable[];
  /** Structs of the core that an open fd keeps by a reference. */
  readonly keeps?: readonly string[];
  /** Members that hold functions which free when the last fd is closed, `struct foo.release`: what they free lives until then. */
  readonly freedBy?: readonly string[];
  readonly evidence: readonly Evidence[];
}

export interface CallbackTable {
  readonly table: string;
  readonly fields?: CallbackFields;
}

/** Fields of a table of callbacks that do not run for just any operation; `never`: for none on an open fd. */
export interface CallbackFields {
  readonly open?: readonly string[];
  readonly release?: readonly string[];
  readonly never?: readonly string[];
}

export interface ContractFile {
  /** Header or subsystem, shown in docs: `linux/miscdevice.h`. */
  readonly header: string;
  readonly functions?: readonly FunctionContract[];
  readonly patterns?: readonly FunctionPattern[];
  readonly tables?: readonly TableContract[];
  readonly macros?: readonly MacroContract[];
  readonly structs?: readonly StructContract[];
  readonly guards?: readonly GuardContract[];
  readonly loops?: readonly LoopContract[];
  readonly rustTypes?: readonly RustTypeContract[];
  readonly rustFunctions?: readonly RustFunctionContract[];
  readonly rustFlags?: readonly RustFlagContract[];
  readonly serialised?: readonly SerialisedOperations[];
  readonly nodes?: readonly NodeContract[];
}

export const arg = (index: number): Slot => ({ at: 'arg', index });
export const pointee = (index: number): Slot => ({ at: 'pointee', index });
export const result: Slot = { at: 'result' };

/** Marks a literal as a contract file; the compiler points at the wrong row. */
export function contracts<const T extends ContractFile>(file: T): T {
  return file;
}

/** Evidence read in a tree: `inTree('6.12', 'drivers/char/misc.c', 'misc_deregister')`. */
export function inTree(kernel: string, file: string, fn?: string): Evidence {
  return fn === undefined ? { kernel, file } : { kernel, file, fn };
}
