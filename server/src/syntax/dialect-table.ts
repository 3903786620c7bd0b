/**
 * The kernel's dialect of C as data: what the dialect pass must know by name. Everything that can be told from the
 * shape of the text (a name and parentheses before a brace, a type as an argument) is not listed here.
 */

/** Annotations without arguments: blanked wherever they stand. */
export const ANNOTATIONS: readonly string[] = [
  // Address spaces and checker marks.
  '__user',
  '__efiapi',
  '__iomem',
  '__kernel',
  '__rcu',
  '__percpu',
  '__force',
  '__bitwise',
  '__bitwise__',
  '__nocast',
  '__chk_user_ptr',
  // Sections and lifetime.
  '__init',
  '__exit',
  '__initdata',
  '__initconst',
  '__exitdata',
  '__devexit_p',
  '__init_or_module',
  '__initdata_or_module',
  '__initconst_or_module',
  '__initdata_or_meminfo',
  '__init_memblock',
  '__initdata_memblock',
  '__meminit',
  '__meminitdata',
  '__meminitconst',
  '__ref',
  '__refdata',
  '__refconst',
  '__ro_after_init',
  '__read_mostly',
  '__nosavedata',
  '__net_init',
  '__net_exit',
  '__net_initdata',
  '__net_initconst',
  '__page_aligned_data',
  '__page_aligned_bss',
  '__sched',
  '__kprobes',
  '__lockfunc',
  '__cold',
  'noinstr',
  '__cpuidle',
  '__irq_entry',
  '__softirq_entry',
  '__data_racy',
  '__latent_entropy',
  '__randomize_layout',
  '__no_randomize_layout',
  '__designated_init',
  // Function and variable attributes.
  '__packed',
  '__packed2__',
  '__pure',
  '__used',
  '__unused',
  '__maybe_unused',
  '__always_unused',
  '__must_check',
  '__weak',
  '__visible',
  '__noreturn',
  '__deprecated',
  '__malloc',
  '__noclone',
  '__always_inline',
  '__inline_maybe_unused',
  '__cacheline_aligned',
  '__cacheline_aligned_in_smp',
  '____cacheline_aligned',
  '____cacheline_aligned_in_smp',
  '____cacheline_internodealigned_in_smp',
  '__no_sanitize_address',
  '__no_sanitize_thread',
  '__no_sanitize_undefined',
  '__no_sanitize_memory',
  '__no_sanitize_coverage',
  '__no_kasan_or_inline',
  '__no_kcsan',
  '__no_sanitize_or_inline',
  '__no_kmsan_checks',
  '__no_stack_protector',
  '__no_profile',
  '__no_kstack_erase',
  '__nocfi',
  '__naked',
  '__flatten',
  '__overloadable',
  '__nonstring',
  '__no_context_analysis',
  '__disable_sanitizer_instrumentation',
  '__gnu_inline',
  '__aligned_largest',
  '__attribute_const__',
  '__uninitialized',
  '__restrict',
  'restrict',
  'noinline',
  'noinline_for_stack',
  'noinline_for_tracing',
  'notrace',
  'asmlinkage',
  'asmlinkage_protect',
  'fastcall',
  'randomized_struct_fields_start',
  'randomized_struct_fields_end',
  '__extension__',
  '__bpf_kfunc',
  'ACPI_UNUSED_VAR',
  'ACPI_INLINE',
  'ACPI_INTERNAL_VAR_XFACE',
  'ACPI_INTERNAL_XFACE',
  'ACPI_SYSTEM_XFACE',
  'ACPI_NONSTRING',
  '__cdecl',
  '__nonnull',
  '__unsafe',
  'VISIBLE_IF_KUNIT',
  'INDIRECT_CALLABLE_SCOPE',
];

/** Annotations with arguments: blanked with their parentheses. */
export const ANNOTATIONS_WITH_ARGUMENTS: readonly string[] = [
  '__attribute__',
  '__attribute',
  '__declspec',
  '__printf',
  '__scanf',
  '__aligned',
  '__section',
  '__cleanup',
  '__free',
  '__alias',
  '__acquires',
  '__releases',
  '__must_hold',
  '__acquires_shared',
  '__releases_shared',
  '__must_hold_shared',
  '__cond_acquires',
  '__cond_acquires_shared',
  '__acquires_ret',
  '__acquires_shared_ret',
  '__cond_releases',
  '__guarded_by',
  '__pt_guarded_by',
  '__assumes_ctx_lock',
  '__counted_by',
  '__counted_by_le',
  '__counted_by_be',
  '__counted_by_ptr',
  '__alloc_size',
  '__assume_aligned',
  '__realloc_size',
  '__compiletime_error',
  '__compiletime_warning',
  '__nonnull_args',
  '__noscs',
  '__alloc_size__',

  'ACPI_PRINTF_LIKE',
  'BTF_TYPE_TAG',
];

/** Spellings of keywords that the grammar does not have: written over in place. The replacement is not longer. */
export const RESPELLED: Readonly<Record<string, string>> = {
  __volatile__: 'volatile',
  STATIC: 'static',
  // As a type that is inferred; the grammar knows it as a storage class only.
  auto: '_uto',
  at_least: 'static',
  __volatile: 'volatile',
  __const__: 'const',
  __signed__: 'signed',
  // A constant, too, and `sizeof` takes an expression as well as a type.
  __alignof__: 'sizeof',
  __alignof: 'sizeof',
  _Alignof: 'sizeof',
  alignof: 'sizeof',
};

/** `typeof` and its spellings: with the parentheses they become one type name. */
export const TYPEOF_WORDS: readonly string[] = [
  'typeof',
  '__typeof__',
  '__typeof',
  'typeof_unqual',
  '__typeof_unqual__',
  'typeof_member',
  '__unqual_scalar_typeof',
  '__rcu_typeof',
];

export const ASM_WORDS: readonly string[] = ['asm', '__asm__', '__asm', 'asm_inline'];

/** Names that are loops when a statement or brace follows their parentheses. */
export const LOOP_NAME =
  /(?:^|_)(?:for|foreach|for_?each\w*|iterate|each|loop|while|until|walk|traverse|repeat|iter)(?:_|$)|^(?:FOR|WHILE|LOOP|FOREACH)|^do_each|^list_walk/i;

/** Scope macros: run their body once (or not at all), also when it has no braces. */
export const SCOPE_NAME =
  /^(?:scoped_\w+|if_not_\w+|if_\w+|unless\w*|\w+_scoped?|with_\w+|REVOCABLE(?:_TRY_ACCESS_WITH)?)$|_SCOPED$|^(?:UNLESS|IF)_/;

/** Macros that define a function when a body follows: the name is the first argument, type and name pairs follow. */
export const PAIRED_PARAMETERS = /^(?:(?:COMPAT_)?SYSCALL_DEFINE\d|BPF_CALL_\d)$/;

/** Struct bodies in an argument: number of arguments before the members. */
export const MEMBER_GROUPS: Readonly<Record<string, number>> = {
  struct_group: 1,
  struct_group_attr: 2,
  struct_group_tagged: 2,
  __struct_group: 3,
  DECLARE_FLEX_GROUP: 1,
  libeth_cacheline_group: 1,
};

/** Declaring macros inside a struct: position of the argument that names the field, where it is not the first. */
export const FIELD_NAME_ARGUMENT: Readonly<Record<string, number>> = {
  DECLARE_FLEX_ARRAY: 1,
  __DECLARE_FLEX_ARRAY: 1,
  TRAILING_OVERLAP: 1,
  __TRAILING_OVERLAP: 1,
  DECLARE_KFIFO_PTR: 0,
};

/** Names that no build of a kernel object defines; their branches are for other languages and checkers. */
export const NEVER_DEFINED: readonly string[] = [
  '__cplusplus',
  '__CHECKER__',
  '__ASSEMBLY__',
  '__ASSEMBLER__',
  '__GENKSYMS__',
  '__DOXYGEN__',
  'DOXYGEN',
  '_lint',
  'lint',
  '__COVERITY__',
];

/** Conditions on the configuration: more likely on than off, for what is on has more to check. */
export const CONFIGURED = /\bCONFIG_\w+|\bIS_(?:ENABLED|REACHABLE|BUILTIN|MODULE)\b|^MODULE$/;
