/**
 * What the removal analysis says of a module: plain data that rules, the inventory, hover and explain read.
 * Every place is absolute (file and UTF-16 offsets).
 */
import type { Location } from '../base/span.ts';
import type { FileIr } from '../ir/ir.ts';
import type { AsyncSource, Context, NodeKind, Trigger } from '../knowledge/schema.ts';
import type { CheckFact } from './check-then-use/facts.ts';
import type { RevocableFact } from './revocable/facts.ts';
import type { RustView } from './rust/view.ts';
import type { OrderFact } from './teardown-order/facts.ts';

/** A source file as the analysis gets it. */
export interface SourceUnit {
  readonly path: string;
  readonly ir: FileIr;
}

/** The files that link into one kernel module, and what else is in reach. */
export interface ModuleInput {
  /** Name of the object, `foo` of foo.ko; the file's base name when no Kbuild says more. */
  readonly name: string;
  readonly units: readonly SourceUnit[];
  /** Headers of the module's own folders that its files include, directly or not. */
  readonly headers: readonly SourceUnit[];
  /**
   * Files of other modules nearby that call what this module exports, or define what it calls. Their findings are
   * reported with their own module; here they only give contexts and summaries.
   */
  readonly neighbours: readonly SourceUnit[];
  /** `true`: Kbuild can only build it in (`obj-y`, or a bool option); `false`: it can be a module; undefined: not known. */
  readonly builtin?: boolean;
  /** The module is too large to be looked at as a whole: who calls its functions is known of exported ones only in part. */
  readonly cut?: boolean;
}

export type FenceKind =
  | 'revocable'
  | 'lock-flag'
  | 'refcount'
  | 'srcu'
  | 'rcu'
  | 'percpu-ref'
  | 'drm-dev-enter'
  | 'wait'
  | 'subsystem-fence'
  | 'module-owner'
  | 'suppress-bind'
  | 'builtin'
  | 'no-state'
  | 'other';

/**
 * `must`: seen to happen on some path with nothing unknown in between. `may`: it depends on something not understood, or on
 * an operation that was already running when its core began to refuse.
 */
export type Certainty = 'must' | 'may';

export type StepKind =
  | 'entry'
  | 'call'
  | 'load'
  | 'test'
  | 'lock'
  | 'use'
  | 'store'
  | 'unregister'
  | 'free'
  | 'return'
  | 'note';

/** One place of a story and a sentence about it. */
export interface Step {
  readonly kind: StepKind;
  readonly at: Location;
  readonly text: string;
}

/** What runs a thread of a witness: a source that goes off by itself, or one of these; `path` is one path alone. */
export type ThreadKind = 'fd-user' | 'other-fd-user' | 'reader' | 'path' | 'setup' | 'teardown' | AsyncSource;

/** Two threads that meet: at most 15 steps each. */
export interface Witness {
  /** What the threads are; an fd user and teardown when absent. */
  readonly threads?: readonly [ThreadKind, ThreadKind];
  /** Where the first thread runs between two steps of the second: how many come before. Else it meets the death. */
  readonly between?: number;
  /** How the fd user, or what else the first thread is, gets to the use. */
  readonly user: readonly Step[];
  /** How teardown gets to the death. */
  readonly teardown: readonly Step[];
  /** What is missing between them, one sentence. */
  readonly missing: string;
}

/** Who frees an object (DESIGN §3). */
export type ObjectOwner =
  | 'cleared'
  | 'devres'
  | 'teardown'
  | 'refcount'
  | 'borrowed'
  | 'open-file'
  | 'module'
  | 'unknown';

/** An operation that can still run after teardown, and what it then touches. */
export interface Race {
  /** Operation in the table: `read`, `unlocked_ioctl`, … */
  readonly operation: string;
  /** The function in the table. */
  readonly operationFn: string;
  /** First unfenced use; `at.fn` may be a callee of the operation. */
  readonly use: { readonly at: Location; readonly text: string };
  /** What dies: `struct foo`, `foo.regs`, … as users would say it, and how. */
  readonly object: {
    readonly name: string;
    readonly kind: 'memory' | 'resource' | 'stale';
    readonly owner: ObjectOwner;
    readonly death: Step;
  };
  /** The use stands in a section of this revocable provider, which teardown never revokes. */
  readonly unrevoked?: string;
  /** The use is the core's own, which its contract tells; no code of the driver can be put into a section. */
  readonly core?: true;
  readonly witness: Witness;
  readonly certainty: Certainty;
}

/** An operation that sleeps inside the section that teardown must wait for, on a condition without the gone test. */
export interface BlockingWait {
  /** `blocks`: an operation sleeps inside the fence; `drains-close`: teardown waits until user space closes its fds. */
  readonly kind: 'blocks' | 'drains-close';
  readonly operation: string;
  readonly at: Location;
  /** The wait, as written: `wait_event_interruptible(priv->wait, …)`. */
  readonly text: string;
  /** The fence it blocks, e.g. `foo.sem`. */
  readonly fence: string;
  readonly witness: Witness;
  readonly certainty: Certainty;
}

export interface CallSite {
  readonly api: string;
  readonly at: Location;
  readonly fn: string;
}

export interface OperationsTable {
  /** Variable name; absent when the table was not found. */
  readonly name?: string;
  readonly at?: Location;
  /** Field → function name, in the order of the table. */
  readonly entries: Readonly<Record<string, string>>;
  /** `set`: `.owner` names the module; `pinned`: open takes a module reference by hand. */
  readonly owner: 'set' | 'missing' | 'pinned' | 'unknown';
  /** Where an `.owner` line belongs: the start of the first field, absolute. */
  readonly ownerInsert?: Location;
}

export type TeardownContext = 'driver-remove' | 'module-exit' | 'object-destroy' | 'both' | 'none';

/** One thing that was not understood and that the verdict depends on. */
export interface Unknown {
  readonly at: Location;
  readonly reason: string;
}

/** One registration that user space can open, and its verdict. */
export interface DeviceNode {
  /** Stable inside the module: `file:fn:api:n`. */
  readonly id: string;
  readonly kind: NodeKind;
  /** Rules that speak of C leave others alone. */
  readonly language?: 'rust';
  readonly register: CallSite;
  /** The unregister call that teardown reaches; other ones are error paths. */
  readonly unregister?: CallSite;
  readonly operations: OperationsTable;
  /** Functions that quick fixes edit, where they are known. */
  readonly openFn?: string;
  /** Struct that `file->private_data` points to in the operations. */
  readonly privateType?: string;
  readonly teardown: TeardownContext;
  /** Contexts in which the functions of this node run. */
  readonly contexts: readonly Context[];
  readonly triggers: readonly Trigger[];
  readonly verdict: 'safe' | 'vulnerable' | 'unknown';
  readonly fences: readonly FenceKind[];
  /** The locks, counters and domains of these fences by name: `rwsem foo.gone_sem`. */
  readonly guards?: readonly string[];
  /** Lines that prove a safe verdict. */
  readonly evidence: readonly Step[];
  readonly races: readonly Race[];
  /** The module can go away under an open fd. */
  readonly ownerMissing: boolean;
  readonly blockingWaits: readonly BlockingWait[];
  readonly unknowns: readonly Unknown[];
}

/** How a function is reached: hover and explain show it. */
export interface FunctionFacts {
  readonly name: string;
  readonly at: Location;
  readonly contexts: readonly Context[];
  /** For operations: locks that are held in them and gone tests, as text. */
  readonly protectedBy: readonly string[];
}

/** How objects of a struct type live in this module: hover and explain show it. */
export interface ObjectFacts {
  readonly type: string;
  readonly owner: ObjectOwner;
  readonly allocatedAt: readonly Step[];
  readonly freedAt: readonly Step[];
  /** Why the owner was decided so. */
  readonly because: string;
}

/** Facts that one analysis makes and some rules read: a run without those rules leaves them out. */
export type FactFamily = 'nodes' | 'revocable' | 'teardownOrder' | 'checkThenUse';

export interface ModuleAnalysis {
  readonly name: string;
  readonly nodes: readonly DeviceNode[];
  readonly functions: readonly FunctionFacts[];
  readonly objects: readonly ObjectFacts[];
  /** What stops too late, not at all or not for good, and what starts too early. */
  readonly teardownOrder: readonly OrderFact[];
  /** What is checked in one critical section and used in another. */
  readonly checkThenUse: readonly CheckFact[];
  /** Callees that neither the module nor the knowledge base knows, with the number of calls. */
  readonly unknownCallees: Readonly<Record<string, number>>;
  /** What it does wrong with the revocable API. */
  readonly revocable: readonly RevocableFact[];
  /** For modules in Rust: what editors show besides findings. */
  readonly rust?: RustView;
  /** What was not understood in the module's own files. */
  readonly problems: readonly { readonly at: Location; readonly reason: string }[];
}
