/**
 * The C revocable core, generation by generation. The same name means different things in different generations
 * (`revocable_alloc` makes a consumer up to G3 and a provider from G5 on), so nothing may match on a name alone.
 * Provider: what teardown revokes. Consumer: what one access enters and leaves the section with.
 */
import type { CoreGeneration, FopsGeneration } from './generation.ts';
import type { Effect, FunctionContract } from './schema.ts';
import { arg, pointee, result } from './schema.ts';

export type RevocableRole =
  | 'provider-alloc'
  | 'provider-init'
  | 'provider-get'
  | 'provider-put'
  | 'provider-destroy'
  | 'revoke'
  | 'consumer-alloc'
  | 'consumer-init'
  | 'consumer-free'
  | 'enter'
  | 'leave';

export interface RevocableCall extends FunctionContract {
  readonly role: RevocableRole;
}

export interface RevocableMacro {
  readonly name: string;
  /** `statement` declares a cleanup up to the end of the block; `block` is a hidden loop around the braces after it. */
  readonly form: 'statement' | 'block';
  /** What the first argument is. */
  readonly takes: 'consumer' | 'provider';
  /** What happens when the resource is gone; only after `null` must the caller test the variable. */
  readonly whenRevoked: 'null' | 'return-error' | 'return' | 'skip';
  /** The argument that is the error to return; absent: ENODEV is implied. */
  readonly error?: number;
}

export interface RevocableGeneration {
  readonly id: CoreGeneration;
  readonly providerType: string;
  readonly consumerType: string;
  /** The driver declares the provider with `__rcu`, and revoke takes the address of the pointer. */
  readonly rcuProvider: boolean;
  /** Where a provider can live. */
  readonly providerStorage: readonly ('allocated' | 'embedded')[];
  readonly consumerStorage: 'allocated' | 'local';
  readonly calls: readonly RevocableCall[];
  readonly macros: readonly RevocableMacro[];
  /** References at birth of a provider, all of which teardown must drop. */
  readonly birthReferences: 1 | 2;
  /** Revoking drops one of them. */
  readonly revokeDropsReference: boolean;
  /** Revoking twice is harmless; elsewhere the count goes below zero. */
  readonly revokeTwice: boolean;
  /** After a failed access the section is entered all the same, and leaving is mandatory. */
  readonly leaveAfterFailure: boolean;
  /** A copy of the provider pointer stays valid as long as a reference is held. */
  readonly copyableProvider: boolean;
  /** An embedded provider holds a count and lives in memory that the driver frees; undefined where none can be embedded. */
  readonly embeddedRefcount?: boolean;
  /** The last put may run where sleeping is forbidden. */
  readonly atomicPut: boolean;
  /** Where it was posted or merged. */
  readonly origin: string;
}

const HEADER = 'include/linux/revocable.h';

function call(role: RevocableRole, prototype: string, does: readonly Effect[], summary: string): RevocableCall {
  const name = /(\w+)\(/.exec(prototype)?.[1] ?? prototype;
  return { role, name, prototype, does, summary, evidence: [{ kernel: 'posted', file: HEADER, fn: name }] };
}

const ENTER: readonly Effect[] = [{ verb: 'acquires', lock: 'revocable', on: arg(0), mode: 'shared' }];
const LEAVE: readonly Effect[] = [{ verb: 'releases', lock: 'revocable', on: arg(0) }];
const ALLOC: readonly Effect[] = [{ verb: 'allocates', what: 'memory', into: result, owner: 'caller' }];
const FREE: readonly Effect[] = [{ verb: 'frees', what: 'memory', on: arg(0) }, { verb: 'maySleep' }];
const NOTHING: readonly Effect[] = [{ verb: 'nothing' }];
const GET: readonly Effect[] = [{ verb: 'takesRef', on: arg(0), what: 'kref' }];
const PUT: readonly Effect[] = [{ verb: 'dropsRef', on: arg(0), what: 'kref' }];

const revokes = (dropsReference: boolean, on = arg(0)): readonly Effect[] => [
  { verb: 'synchronizes', lock: 'revocable', on },
  ...(dropsReference ? ([{ verb: 'dropsRef', on, what: 'kref' }] as const) : []),
  { verb: 'maySleep' },
];

const ENTERS =
  'Enters the section and gives the resource, or NULL when it was revoked; leave the section in both cases.';
const LEAVES = 'Leaves the section.';
const REVOKES = 'Refuses later access and waits for every section that has begun; sleeps.';
const MAKES_CONSUMER = 'Allocates a consumer of the provider, for one access at a time; NULL when memory runs out.';
const MAKES_PROVIDER = 'Allocates a provider of the resource; NULL when memory runs out.';

const enter = (parameter: string) => call('enter', `void *revocable_try_access(${parameter})`, ENTER, ENTERS);
const leave = (name: string, parameter: string) => call('leave', `void ${name}(${parameter})`, LEAVE, LEAVES);

/** Provider and consumer both allocated (G1 to G3). */
const allocatedPair = (provider: string): readonly RevocableCall[] => [
  call('provider-alloc', `${provider}revocable_provider_alloc(void *res)`, ALLOC, MAKES_PROVIDER),
  call('consumer-alloc', `struct revocable *revocable_alloc(${provider}rp)`, ALLOC, MAKES_CONSUMER),
  call('consumer-free', 'void revocable_free(struct revocable *rev)', FREE, 'Frees a consumer and its reference.'),
  enter('struct revocable *rev'),
];
const devmProvider = call(
  'provider-alloc',
  'struct revocable_provider *devm_revocable_provider_alloc(struct device *dev, void *res)',
  [{ verb: 'allocates', what: 'memory', into: result, owner: 'devres', device: arg(0) }],
  'Allocates a provider that is revoked when the device is unbound, right after remove().',
);

const PLAIN = 'struct revocable_provider *';
const RCU = 'struct revocable_provider __rcu *';

/** Macros of G5 to G7; all take the provider. */
const lowerCaseMacros: readonly RevocableMacro[] = (
  [
    ['revocable_try_access_with', 'null'],
    ['revocable_try_access_or_return_err', 'return-error', 2],
    ['revocable_try_access_or_return', 'return-error'],
    ['revocable_try_access_or_return_void', 'return'],
  ] as const
)
  .flatMap(([name, whenRevoked, error]): RevocableMacro[] => {
    const macro = { takes: 'provider', whenRevoked, ...(error === undefined ? {} : { error }) } as const;
    return [
      { ...macro, name, form: 'statement' },
      { ...macro, name: `${name}_scoped`, form: 'block' },
    ];
  })
  .concat({ name: 'revocable_try_access_or_skip_scoped', form: 'block', takes: 'provider', whenRevoked: 'skip' });

const upperCaseMacros = (takes: 'consumer' | 'provider'): readonly RevocableMacro[] => [
  { name: 'REVOCABLE_TRY_ACCESS_WITH', form: 'statement', takes, whenRevoked: 'null' },
  { name: 'REVOCABLE_TRY_ACCESS_SCOPED', form: 'block', takes, whenRevoked: 'null' },
];

const allocated = {
  providerType: 'struct revocable_provider',
  consumerType: 'struct revocable',
  rcuProvider: false,
  providerStorage: ['allocated'],
  consumerStorage: 'allocated',
  birthReferences: 1,
  revokeDropsReference: true,
  revokeTwice: false,
  leaveAfterFailure: true,
  copyableProvider: true,
  atomicPut: false,
} as const;

const counted = {
  providerType: 'struct revocable',
  rcuProvider: false,
  consumerStorage: 'local',
  birthReferences: 2,
  revokeDropsReference: true,
  revokeTwice: false,
  leaveAfterFailure: true,
  copyableProvider: true,
  atomicPut: false,
} as const;

const providerCalls = (dropsReference: boolean): readonly RevocableCall[] => [
  call('provider-alloc', 'struct revocable *revocable_alloc(void *res)', ALLOC, MAKES_PROVIDER),
  call('provider-get', 'void revocable_get(struct revocable *rev)', GET, 'Takes a reference on the provider.'),
  call('provider-put', 'void revocable_put(struct revocable *rev)', PUT, 'Drops a reference on the provider.'),
  call('revoke', 'void revocable_revoke(struct revocable *rev)', revokes(dropsReference), REVOKES),
];

const embeds = (name: string) =>
  call(
    'provider-init',
    `int ${name}(struct revocable *rev, void *res)`,
    NOTHING,
    'Sets an embedded provider up; 0 or a negative error.',
  );

const consumerCalls = (kind: string, name: string, init: string, deinit: string): readonly RevocableCall[] => [
  call(
    'consumer-init',
    `void ${init}(struct revocable *rev, struct ${kind} *${name})`,
    NOTHING,
    'Sets a consumer on the stack up.',
  ),
  call('consumer-free', `void ${deinit}(struct ${kind} *${name})`, NOTHING, 'Takes a consumer on the stack down.'),
  enter(`struct ${kind} *${name}`),
  leave('revocable_withdraw_access', `struct ${kind} *${name}`),
];

const G3_REVOKE = call('revoke', `void revocable_provider_revoke(${PLAIN}rp)`, revokes(true), REVOKES);
const RCU_REVOKE = call('revoke', `void revocable_provider_revoke(${RCU}*rp)`, revokes(true, pointee(0)), REVOKES);
const WITHDRAW = leave('revocable_withdraw_access', 'struct revocable *rev');

/** Oldest first. */
export const revocableGenerations: Readonly<Record<CoreGeneration, RevocableGeneration>> = {
  G1: {
    ...allocated,
    id: 'G1',
    origin: 'posted as v2 and v3 in August and September 2025; ChromiumOS kernels carry it',
    calls: [
      ...allocatedPair(PLAIN),
      devmProvider,
      call('revoke', `void revocable_provider_free(${PLAIN}rp)`, revokes(true), REVOKES),
      leave('revocable_release', 'struct revocable *rev'),
    ],
    macros: [{ name: 'REVOCABLE', form: 'block', takes: 'consumer', whenRevoked: 'null' }],
  },
  G2: {
    ...allocated,
    id: 'G2',
    origin: 'posted as v4 and v5 in September and October 2025',
    calls: [...allocatedPair(PLAIN), devmProvider, G3_REVOKE, WITHDRAW],
    macros: [{ name: 'REVOCABLE_TRY_ACCESS_WITH', form: 'block', takes: 'consumer', whenRevoked: 'null' }],
  },
  G3: {
    ...allocated,
    id: 'G3',
    origin: 'posted as v6 and v7; merged as 62eb557580eb in January 2026, reverted before 7.0',
    calls: [...allocatedPair(PLAIN), devmProvider, G3_REVOKE, WITHDRAW],
    macros: upperCaseMacros('consumer'),
  },
  G3r: {
    ...allocated,
    id: 'G3r',
    origin: 'commit 4d7dc4d1a62d on the way to G4, reverted before 7.0',
    rcuProvider: true,
    calls: [...allocatedPair(RCU), RCU_REVOKE, WITHDRAW],
    macros: upperCaseMacros('consumer'),
  },
  G4: {
    ...allocated,
    id: 'G4',
    origin: 'commit 377563ce0653 of January 2026, reverted before 7.0',
    rcuProvider: true,
    consumerStorage: 'local',
    revokeTwice: true,
    leaveAfterFailure: false,
    copyableProvider: false,
    calls: [
      call('provider-alloc', `${RCU}revocable_provider_alloc(void *res)`, ALLOC, MAKES_PROVIDER),
      RCU_REVOKE,
      call(
        'consumer-init',
        `int revocable_init(${RCU}rp, struct revocable *rev)`,
        NOTHING,
        'Sets a consumer on the stack up; fails when the resource was revoked.',
      ),
      call(
        'consumer-free',
        'void revocable_deinit(struct revocable *rev)',
        NOTHING,
        'Takes a consumer on the stack down.',
      ),
      enter('struct revocable *rev'),
      WITHDRAW,
    ],
    macros: upperCaseMacros('provider'),
  },
  G5: {
    ...counted,
    id: 'G5',
    origin: 'posted as v8 in February 2026',
    consumerType: 'struct revocable_consumer',
    providerStorage: ['allocated'],
    calls: [...providerCalls(true), ...consumerCalls('revocable_consumer', 'rc', 'revocable_init', 'revocable_deinit')],
    macros: lowerCaseMacros,
  },
  G6: {
    ...counted,
    id: 'G6',
    origin: 'posted as v9 in April 2026',
    consumerType: 'struct revocable_consumer',
    providerStorage: ['allocated', 'embedded'],
    embeddedRefcount: false,
    calls: [
      ...providerCalls(true),
      embeds('revocable_embed_init'),
      call(
        'provider-destroy',
        'void revocable_embed_destroy(struct revocable *rev)',
        [{ verb: 'maySleep' }],
        'Takes an embedded provider down.',
      ),
      ...consumerCalls('revocable_consumer', 'rc', 'revocable_init', 'revocable_deinit'),
    ],
    macros: lowerCaseMacros,
  },
  G7: {
    ...counted,
    id: 'G7',
    origin: 'posted as v10 and v11 in May 2026',
    consumerType: 'struct revocable_handle',
    providerStorage: ['allocated', 'embedded'],
    embeddedRefcount: true,
    calls: [
      ...providerCalls(true),
      embeds('revocable_init'),
      ...consumerCalls('revocable_handle', 'rh', 'revocable_handle_init', 'revocable_handle_deinit'),
    ],
    macros: lowerCaseMacros,
  },
  // Only the implementation was seen, not the header: its macros are unknown, and those of G7 are assumed.
  G8: {
    ...counted,
    id: 'G8',
    origin: 'a branch of the author, September 2026; its header was not seen',
    consumerType: 'struct revocable_handle',
    providerStorage: ['allocated', 'embedded'],
    birthReferences: 1,
    revokeDropsReference: false,
    revokeTwice: true,
    embeddedRefcount: false,
    atomicPut: true,
    calls: [
      ...providerCalls(false),
      embeds('revocable_init'),
      call(
        'provider-destroy',
        'void revocable_destroy(struct revocable *rev)',
        [{ verb: 'maySleep' }],
        'Takes an embedded provider down.',
      ),
      ...consumerCalls('revocable_handle', 'rh', 'revocable_handle_init', 'revocable_handle_destroy'),
    ],
    macros: lowerCaseMacros,
  },
};

export interface FsRevocableGeneration {
  readonly id: FopsGeneration;
  readonly function: string;
  readonly prototype: string;
  /** Where it may be called: in the driver's open(), or by the misc core around it. */
  readonly calledFrom: 'open' | 'misc core before open' | 'misc core after open';
  /** Argument that is the file, the provider or providers, and the driver's table of callbacks. */
  readonly file: number;
  readonly provider: number;
  readonly operations?: number;
  /** Struct that holds the driver's own try_access callback. */
  readonly operationsType?: string;
  /** Where the wrapper keeps its context. `private_data`: every operation that is not wrapped sees the wrong pointer. */
  readonly context: 'global list' | 'struct file' | 'private_data';
  /** Operations that run in the section. */
  readonly covers: readonly string[];
  /** Cores that it compiles against. */
  readonly cores: readonly CoreGeneration[];
  /** One consumer is shared by all threads of an open file, so two concurrent calls break the section. */
  readonly sharedConsumer: boolean;
  /** Where it was posted. */
  readonly origin: string;
}

const COVERS = ['read', 'poll', 'unlocked_ioctl', 'release'];
const BY_PROVIDER = 'int fs_revocable_replace(struct revocable_provider *rp, struct file *filp)';

export const fsRevocableGenerations: Readonly<Record<FopsGeneration, FsRevocableGeneration>> = {
  F1: {
    id: 'F1',
    origin: 'posted with v4 in September 2025',
    function: 'revocable_replace_fops',
    prototype:
      'int revocable_replace_fops(struct file *filp, struct revocable_provider *rp, const struct revocable_operations *rops)',
    calledFrom: 'misc core before open',
    file: 0,
    provider: 1,
    operations: 2,
    operationsType: 'struct revocable_operations',
    context: 'global list',
    covers: COVERS,
    cores: ['G2'],
    sharedConsumer: true,
  },
  F2: {
    id: 'F2',
    origin: 'posted with v5 in October 2025',
    function: 'fs_revocable_replace',
    prototype:
      'int fs_revocable_replace(struct file *filp, const struct fs_revocable_operations *frops, struct revocable_provider **rps, size_t num_rps)',
    calledFrom: 'open',
    file: 0,
    provider: 2,
    operations: 1,
    operationsType: 'struct fs_revocable_operations',
    context: 'struct file',
    covers: COVERS,
    cores: ['G2', 'G3'],
    sharedConsumer: true,
  },
  F3a: {
    id: 'F3a',
    origin: 'posted in the discussion of v5 in October 2025',
    function: 'fs_revocable_replace',
    prototype: BY_PROVIDER,
    calledFrom: 'misc core before open',
    file: 1,
    provider: 0,
    context: 'struct file',
    covers: COVERS,
    cores: ['G2', 'G3'],
    sharedConsumer: true,
  },
  F3b: {
    id: 'F3b',
    origin: 'posted with v6 in November 2025; nothing was posted after it',
    function: 'fs_revocable_replace',
    prototype: BY_PROVIDER,
    calledFrom: 'misc core after open',
    file: 1,
    provider: 0,
    context: 'private_data',
    covers: COVERS,
    cores: ['G2', 'G3'],
    sharedConsumer: true,
  },
};

/** The forms that a tree has, overruled by the one that the user chose (`--api`); a wrapper brings a core that it compiles against. */
export function revocableForms(
  tree: { readonly core: CoreGeneration | 'none'; readonly fops: FopsGeneration | 'none' },
  chosen: string,
): { readonly core?: RevocableGeneration; readonly fops?: FsRevocableGeneration } {
  const fopsId = chosen.startsWith('F') ? chosen : tree.fops;
  const fops = Object.values(fsRevocableGenerations).find(({ id }) => id === fopsId);
  const treeCore = tree.core === 'none' ? fops?.cores.at(-1) : tree.core;
  const coreId = chosen.startsWith('G') ? chosen : treeCore;
  const core = Object.values(revocableGenerations).find(({ id }) => id === coreId);
  return { ...(core === undefined ? {} : { core }), ...(fops === undefined ? {} : { fops }) };
}

/** Every function and macro of the family, in any generation. */
export const revocableNames: ReadonlySet<string> = new Set([
  ...Object.values(revocableGenerations).flatMap(({ calls, macros }) => [...calls, ...macros].map(({ name }) => name)),
  ...Object.values(fsRevocableGenerations).map((form) => form.function),
]);

/** Types of the parameters in a prototype, as written. */
export function parametersOf(prototype: string): readonly string[] {
  return (/\((.*)\)/.exec(prototype)?.[1] ?? '').split(',').map((text) => text.trim().replace(/\w+$/, ''));
}

/** The macro of this generation that is another one's by another name, and differs in nothing else. */
export function renamedMacro(name: string, core: RevocableGeneration): RevocableMacro | undefined {
  const meant = Object.values(revocableGenerations).flatMap(({ macros }) => macros.filter((one) => one.name === name));
  return core.macros.find((one) =>
    meant.some(
      (old) =>
        one.form === old.form &&
        one.takes === old.takes &&
        one.whenRevoked === old.whenRevoked &&
        one.error === old.error,
    ),
  );
}

/** The same of a call. */
export function renamedCall(name: string, core: RevocableGeneration): RevocableCall | undefined {
  const meant = Object.values(revocableGenerations).flatMap(({ calls }) => calls.filter((one) => one.name === name));
  const parameters = (call: RevocableCall): string => parametersOf(call.prototype ?? '').join();
  return core.calls.find((one) => meant.some((old) => one.role === old.role && parameters(one) === parameters(old)));
}
