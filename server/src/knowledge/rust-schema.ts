/**
 * What is known of the kernel crate's types and functions, in the same spirit as `schema.ts`: rows of data with evidence. A
 * row is named by the end of a path (`Devres::access`, `irq::Registration`), as short as it can be without meaning
 * something else; a longer row wins.
 */
import type { Evidence, LockKind } from './schema.ts';

/** A type of the kernel crate or of the core library. */
export interface RustTypeContract {
  readonly name: string;
  readonly aliases?: readonly string[];
  /** Index of the generic argument that it dereferences to. */
  readonly derefs?: number;
  /** The dereferenced value lives in memory that the value points to; a lock or a cell holds it inside itself. */
  readonly points?: boolean;
  /** As long as such a value lives, this is held. Read sections and spinlocks forbid sleeping. */
  readonly guard?: LockKind;
  /** Generic argument of the value inside, which a guard or a method gives access to. */
  readonly holds?: number;
  /** What it holds is never dropped by itself. */
  readonly neverDrops?: boolean;
  /** A function of C that does to a pointer what dropping this does. */
  readonly dropsLike?: string;
  /** Dropping it may sleep. */
  readonly dropSleeps?: boolean;
  /** Dropping it unregisters; whether callbacks that run are waited for, and no others begin. */
  readonly registration?: {
    readonly of: 'device-node' | 'interrupt' | 'timer' | 'child' | 'subsystem' | 'pseudo-file';
    readonly fences: boolean;
    /** What user space can still do with what it has open, for people. */
    readonly goesOn?: string;
  };
  /** It gives access to the device: useless, and dangerous, once the device is unbound. */
  readonly resource?: 'mmio' | 'clock' | 'regulator' | 'dma' | 'irq' | 'port';
  /** A value of it, or a reference to one with this generic argument, proves that the device is bound. */
  readonly bound?: { readonly by: readonly string[]; readonly at: number };
  /** Memory of whoever made the system call: how long it is does not change by itself. */
  readonly ofCaller?: boolean;
  /** Access has to be asked for, since teardown may have revoked it. */
  readonly revocable?: boolean;
  readonly summary: string;
  readonly evidence: readonly Evidence[];
}

/** What rules look for in a call. */
export type RustRole =
  /** Gives a guard, or nothing once access is revoked. */
  | 'try-access'
  /** Gives a reference that is good while a guard that is given lives. */
  | 'try-access-with-guard'
  /** Runs a closure inside the section. */
  | 'try-access-closure'
  /** Gives a reference by proof that the device is bound; fails for another device. */
  | 'access-bound'
  /** Gives a reference on the caller's word. */
  | 'access-unchecked'
  /** Makes the proof on the caller's word. */
  | 'as-bound'
  | 'revoke'
  | 'revoke-nosync'
  /** Ends the life of its argument now. */
  | 'drop'
  /** Ends its argument's life never. */
  | 'forget'
  /** Panics where there is nothing. */
  | 'unwrap'
  /** Tells only whether there is something. */
  | 'test'
  /** Hands the value to devres: it is dropped after the driver's own data. */
  | 'devres-register'
  /** Reads or writes what the receiver holds. */
  | 'load'
  | 'store'
  | 'exchange'
  /** Gives what its receiver stands for. */
  | 'inner'
  /** Makes a registration. */
  | 'register'
  /** A pointer or a reference without lifetime comes from its argument. */
  | 'launder';

export interface RustFunctionContract {
  /** `Type::method`, or the end of a function's path with one module at least: `delay::fsleep`. */
  readonly name: string;
  readonly aliases?: readonly string[];
  /** Its result: `Option<RevocableGuard<$0>>`, where `$0` is the first generic argument of the type, `$self` the type. */
  readonly gives?: string;
  /** `gfp`: unless the flags that it is given forbid that. */
  readonly sleeps?: 'always' | 'gfp';
  /** It takes its receiver by value. */
  readonly takesSelf?: boolean;
  /** It calls the closure in this argument (the receiver is number 0) with a value of this type, holding `under` if given. */
  readonly calls?: { readonly argument: number; readonly passes?: string; readonly under?: LockKind };
  readonly role?: RustRole;
  /** A function of C with the same effect on the same arguments. */
  readonly like?: string;
  readonly summary: string;
  readonly evidence: readonly Evidence[];
}

/** Flags of the page allocator, and whether an allocation with them may sleep. */
export interface RustFlagContract {
  readonly name: string;
  readonly sleeps: boolean;
  readonly evidence: readonly Evidence[];
}
