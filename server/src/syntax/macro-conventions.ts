/**
 * What the arguments of structural macros mean to lowering. Pure data. The dialect pass makes these macros parse;
 * this table says which argument is a type, which is assigned, and what the scope's end does.
 */

/** `container_of(value, type, member)` and its like: positions of the arguments. */
export interface ContainerMacro {
  readonly value: number;
  /** Position of the type, or of a variable that points to it. */
  readonly type: number;
  readonly typeOf: 'type' | 'pointee';
  readonly member: number;
}

const CONTAINER: ContainerMacro = { value: 0, type: 1, typeOf: 'type', member: 2 };
const FROM_CALLBACK: ContainerMacro = { value: 1, type: 0, typeOf: 'pointee', member: 2 };

export const CONTAINER_MACROS: Readonly<Record<string, ContainerMacro>> = {
  container_of: CONTAINER,
  container_of_const: CONTAINER,
  container_of_safe: CONTAINER,
  list_entry: CONTAINER,
  list_entry_rcu: CONTAINER,
  list_entry_safe: CONTAINER,
  hlist_entry: CONTAINER,
  hlist_entry_safe: CONTAINER,
  hlist_nulls_entry: CONTAINER,
  hlist_bl_entry: CONTAINER,
  llist_entry: CONTAINER,
  plist_entry: CONTAINER,
  rb_entry: CONTAINER,
  rb_entry_safe: CONTAINER,
  btf_entry: CONTAINER,
  from_timer: FROM_CALLBACK,
  timer_container_of: FROM_CALLBACK,
  from_tasklet: FROM_CALLBACK,
  from_work: FROM_CALLBACK,
};

/** Macros that yield an element of a container: positions of the container, the element type and the member. */
export interface ElementMacro {
  readonly of: number;
  readonly type?: number;
  readonly member?: number;
}

export const ELEMENT_MACROS: Readonly<Record<string, ElementMacro>> = {
  list_first_entry: { of: 0, type: 1, member: 2 },
  list_last_entry: { of: 0, type: 1, member: 2 },
  list_first_entry_or_null: { of: 0, type: 1, member: 2 },
  list_last_entry_or_null: { of: 0, type: 1, member: 2 },
  list_first_or_null_rcu: { of: 0, type: 1, member: 2 },
  list_next_or_null_rcu: { of: 0, type: 2, member: 3 },
  list_next_entry: { of: 0, member: 1 },
  list_prev_entry: { of: 0, member: 1 },
  list_next_entry_circular: { of: 0, member: 2 },
  list_prev_entry_circular: { of: 0, member: 2 },
  hlist_nulls_first_entry: { of: 0, type: 1, member: 2 },
  plist_first_entry: { of: 0, type: 1, member: 2 },
  plist_last_entry: { of: 0, type: 1, member: 2 },
};

/** How a loop macro binds: the first pattern that fits its name decides. */
export interface LoopMacro {
  readonly pattern: RegExp;
  /** Arguments that get an element on every turn. */
  readonly elements: readonly number[];
  /** The argument that is walked, and the member that links the elements. */
  readonly of?: number;
  readonly member?: number;
  /** The loop ends when the first element is NULL, so it is NULL behind the loop. */
  readonly nullEnded?: boolean;
  /** Arguments that are numbers or iterators the loop also changes. */
  readonly counters?: readonly number[];
  /** The macro declares its element, which this cleanup function gives back after each turn. */
  readonly declares?: { readonly base: string; readonly cleanup?: string };
}

export const LOOP_MACROS: readonly LoopMacro[] = [
  { pattern: /^list_for_each_entry_safe_(?:continue|from)$/, elements: [0, 1], of: 2, member: 3 },
  { pattern: /^list_for_each_entry_safe(?:_reverse)?$/, elements: [0, 1], of: 2, member: 3 },
  { pattern: /^list_for_each_entry\w*$/, elements: [0], of: 1, member: 2 },
  { pattern: /^(?:list|hlist|plist)_for_each\w*_safe$/, elements: [0, 1], of: 2, member: 3 },
  { pattern: /^hlist_nulls_for_each_entry\w*$/, elements: [0, 1], of: 2, member: 3, nullEnded: true },
  { pattern: /^hlist_for_each_entry\w*$/, elements: [0], of: 1, member: 2, nullEnded: true },
  { pattern: /^(?:list|hlist|plist)_for_each\w*$/, elements: [0], of: 1, member: 2 },
  { pattern: /^llist_for_each_entry_safe$/, elements: [0, 1], of: 2, member: 3, nullEnded: true },
  { pattern: /^llist_for_each\w*$/, elements: [0], of: 1, member: 2, nullEnded: true },
  { pattern: /^rbtree_postorder_for_each_entry_safe$/, elements: [0, 1], of: 2, member: 3, nullEnded: true },
  { pattern: /^rb_for_each$/, elements: [0], of: 2, nullEnded: true },
  { pattern: /^hash_for_each(?:_rcu)?$/, elements: [2], of: 0, member: 3, counters: [1], nullEnded: true },
  { pattern: /^hash_for_each_safe$/, elements: [3, 2], of: 0, member: 4, counters: [1], nullEnded: true },
  { pattern: /^hash_for_each_possible\w*$/, elements: [1], of: 0, member: 2, nullEnded: true },
  { pattern: /^idr_for_each_entry(?:_continue)?$/, elements: [1], of: 0, counters: [2], nullEnded: true },
  { pattern: /^idr_for_each_entry_ul$/, elements: [1], of: 0, counters: [3], nullEnded: true },
  { pattern: /^xa_for_each\w*$/, elements: [2], of: 0, counters: [1], nullEnded: true },
  { pattern: /^xas_for_each\w*$/, elements: [1], of: 0, nullEnded: true },
  { pattern: /^mas?_for_each\w*$/, elements: [1], of: 0, nullEnded: true },
  { pattern: /^mt_for_each$/, elements: [1], of: 0, counters: [2], nullEnded: true },
  { pattern: /^radix_tree_for_each_\w+$/, elements: [0], of: 1 },
  {
    pattern: /^for_each_(?:available_|reserved_)?child_of_node_scoped$/,
    elements: [1],
    of: 0,
    declares: { base: 'struct device_node', cleanup: 'device_node' },
  },
  {
    pattern: /^(?:device|fwnode)_for_each_(?:available_)?child_node_scoped$/,
    elements: [1],
    of: 0,
    declares: { base: 'struct fwnode_handle', cleanup: 'fwnode_handle' },
  },
  {
    pattern: /^for_each_(?:available_|reserved_)?child_of_node(?:_with_prefix)?$/,
    elements: [1],
    of: 0,
    nullEnded: true,
  },
  { pattern: /^(?:device|fwnode)_for_each_\w*(?:child_node|endpoint)$/, elements: [1], of: 0, nullEnded: true },
  {
    pattern: /^for_each_(?:endpoint_of_node|of_graph_port|of_graph_port_endpoint)$/,
    elements: [1],
    of: 0,
    nullEnded: true,
  },
  { pattern: /^(?:device|shost|tty)_for_each\w*$/, elements: [0], of: 1, nullEnded: true },
  { pattern: /^for_each_(?:sg|sgtable_sg|sgtable_dma_sg)$/, elements: [1], of: 0, counters: [3] },
  { pattern: /^for_each_(?:netdev|net)\w*$/, elements: [1], of: 0 },
  { pattern: /^netdev_for_each\w*$/, elements: [1], of: 0 },
  { pattern: /^kvm_for_each_vcpu$/, elements: [1], of: 2, counters: [0] },
  { pattern: /^drm_(?:for_each_\w+_iter|client_for_each_\w+_iter)$/, elements: [0], of: 1, nullEnded: true },
  { pattern: /^queue_for_each_hw_ctx$/, elements: [1], of: 0, counters: [2] },
];

/** Scope macros named `name(class)(args)` as a statement. */
export const GUARD_MACROS: readonly string[] = ['guard'];
/** `NAME(class, variable)(args)`: declares a variable that its class's destructor ends. */
export const CLASS_MACROS: readonly string[] = ['CLASS', 'ACQUIRE'];
/** `name(class, args…) { … }`. */
export const SCOPED_GUARD_MACROS: readonly string[] = ['scoped_guard'];
/** `name(class, variable, args…) { … }`. */
export const SCOPED_CLASS_MACROS: readonly string[] = ['scoped_class'];
/** `name(class, fail statement, args…) { … }`. */
export const CONDITIONAL_SCOPED_GUARD_MACROS: readonly string[] = ['scoped_cond_guard'];
/** A guard class whose name fits may fail to enter; a scope with it is skipped then. */
export const CONDITIONAL_GUARD_CLASS = /_(?:try|intr|kill|interruptible|killable)$/;

/** What a revocable access macro does when the resource is gone. */
export type WhenRevoked = 'continue' | 'skip' | 'return' | 'return-error';

/** `NAME(revocable, variable)` as a statement or in front of a block: the variable is the resource, or NULL. */
export interface AccessMacro {
  readonly pattern: RegExp;
  readonly revoked: WhenRevoked;
  /** For `return-error`: the argument that is returned, or the error where the macro implies it. */
  readonly error?: number | string;
}

export const ACCESS_MACROS: readonly AccessMacro[] = [
  { pattern: /^REVOCABLE(?:_TRY_ACCESS_(?:WITH|SCOPED))?$/, revoked: 'continue' },
  { pattern: /^revocable_try_access_with(?:_scoped)?$/, revoked: 'continue' },
  { pattern: /^revocable_try_access_or_return_err(?:_scoped)?$/, revoked: 'return-error', error: 2 },
  { pattern: /^revocable_try_access_or_return_void(?:_scoped)?$/, revoked: 'return' },
  { pattern: /^revocable_try_access_or_return(?:_scoped)?$/, revoked: 'return-error', error: 'ENODEV' },
  { pattern: /^revocable_try_access_or_skip_scoped$/, revoked: 'skip' },
];

/** `name(value);` leaves the function with the value, which no cleanup touches. */
export const RETURN_MACROS: readonly string[] = ['return_ptr'];

/** Calls that never come back. */
export const NO_RETURN_CALLS: readonly string[] = [
  'BUG',
  'panic',
  'unreachable',
  'do_exit',
  'make_task_dead',
  'kthread_exit',
  'kthread_complete_and_exit',
  'nmi_panic',
  '__builtin_unreachable',
];

/** Branch hints: a condition means the same without them. */
export const BRANCH_HINTS: readonly string[] = ['likely', 'unlikely', '__builtin_expect'];

/** Calls whose value is the truth of their first argument. */
export const TRUTH_CALLS: readonly string[] = [
  'WARN_ON',
  'WARN_ON_ONCE',
  'WARN',
  'WARN_ONCE',
  'WARN_TAINT',
  'WARN_TAINT_ONCE',
];

/**
 * Macros that test one of their arguments again and again: the argument stays one value, whose `&&` and `||` are
 * operators, since it does not become control flow in front of the call.
 */
export const REPEATED_CONDITION_MACROS =
  /^_*(?:\w+_)?(?:wait_event|wait_on_bit|poll_timeout|wait_var_event)\w*$|^poll_\w+_timeout\w*$/;

/** Statements that are only a hint to the compiler. */
export const EMPTY_STATEMENTS: readonly string[] = ['fallthrough'];

/** `name(type, member)` and `sizeof`-likes: a number that only the compiler knows. */
export const LAYOUT_MACROS: readonly string[] = [
  'offsetof',
  'offsetofend',
  'sizeof_field',
  'struct_offset',
  'typeof_member',
  'struct_size_t',
  'FIELD_SIZEOF',
];

/** Macros that declare the variable they name in their first argument, and its type. */
export interface DeclarationMacro {
  readonly pattern: RegExp;
  readonly base: string;
  readonly pointers?: number;
  readonly array?: boolean;
}

export const DECLARATION_MACROS: readonly DeclarationMacro[] = [
  { pattern: /^DEFINE_MUTEX$/, base: 'struct mutex' },
  { pattern: /^DEFINE_WW_MUTEX$/, base: 'struct ww_mutex' },
  { pattern: /^DEFINE_RT_MUTEX$/, base: 'struct rt_mutex' },
  { pattern: /^DEFINE_SPINLOCK$/, base: 'spinlock_t' },
  { pattern: /^DEFINE_RAW_SPINLOCK$/, base: 'raw_spinlock_t' },
  { pattern: /^DEFINE_RWLOCK$/, base: 'rwlock_t' },
  { pattern: /^DEFINE_SEQLOCK$/, base: 'seqlock_t' },
  { pattern: /^DEFINE_SEMAPHORE$/, base: 'struct semaphore' },
  { pattern: /^DECLARE_RWSEM$/, base: 'struct rw_semaphore' },
  { pattern: /^DEFINE_STATIC_PERCPU_RWSEM$/, base: 'struct percpu_rw_semaphore' },
  { pattern: /^DEFINE_(?:STATIC_)?SRCU$/, base: 'struct srcu_struct' },
  { pattern: /^DEFINE_IDR$/, base: 'struct idr' },
  { pattern: /^DEFINE_IDA$/, base: 'struct ida' },
  { pattern: /^DEFINE_XARRAY\w*$/, base: 'struct xarray' },
  { pattern: /^LIST_HEAD$/, base: 'struct list_head' },
  { pattern: /^HLIST_HEAD$/, base: 'struct hlist_head' },
  { pattern: /^LLIST_HEAD$/, base: 'struct llist_head' },
  { pattern: /^RADIX_TREE$/, base: 'struct xarray' },
  { pattern: /^(?:DEFINE|DECLARE)_(?:READ_MOSTLY_)?HASHTABLE$/, base: 'struct hlist_head', array: true },
  { pattern: /^DECLARE_WAIT_QUEUE_HEAD(?:_ONSTACK)?$/, base: 'wait_queue_head_t' },
  { pattern: /^(?:DECLARE_WAITQUEUE|DEFINE_WAIT|DEFINE_WAIT_FUNC|DEFINE_WAIT_BIT)$/, base: 'wait_queue_entry_t' },
  { pattern: /^DECLARE_COMPLETION(?:_ONSTACK)?$/, base: 'struct completion' },
  { pattern: /^DECLARE_(?:DEFERRABLE_)?WORK$/, base: 'struct work_struct' },
  { pattern: /^DECLARE_DELAYED_WORK$/, base: 'struct delayed_work' },
  { pattern: /^DECLARE_TASKLET\w*$/, base: 'struct tasklet_struct' },
  { pattern: /^DEFINE_TIMER$/, base: 'struct timer_list' },
  { pattern: /^DECLARE_BITMAP$/, base: 'unsigned long', array: true },
  { pattern: /^(?:DECLARE|DEFINE)_KFIFO(?:_PTR)?$/, base: 'struct kfifo' },
  { pattern: /^DEFINE_RATELIMIT_STATE$/, base: 'struct ratelimit_state' },
  { pattern: /^BLOCKING_NOTIFIER_HEAD$/, base: 'struct blocking_notifier_head' },
  { pattern: /^ATOMIC_NOTIFIER_HEAD$/, base: 'struct atomic_notifier_head' },
  { pattern: /^RAW_NOTIFIER_HEAD$/, base: 'struct raw_notifier_head' },
  { pattern: /^SRCU_NOTIFIER_HEAD(?:_STATIC)?$/, base: 'struct srcu_notifier_head' },
  { pattern: /^DEFINE_STATIC_KEY_(?:TRUE|FALSE)\w*$/, base: 'struct static_key' },
  { pattern: /^DEFINE_DMA_UNMAP_(?:ADDR|LEN)$/, base: 'dma_addr_t' },
];
