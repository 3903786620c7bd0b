/**
 * What a module must name for an analysis to find anything in it, so that a batch run parses no other. The names come from
 * the knowledge base: a new contract is looked for without a change here.
 */
import type { Knowledge } from '../knowledge/lookup.ts';
import { revocableNames } from '../knowledge/revocable-generations.ts';
import type { AsyncSource, Context, Effect, FunctionContract, NodeKind, UnregisterFence } from '../knowledge/schema.ts';
import { HANDED_THROUGH } from './check-then-use/index.ts';
import type { FactFamily } from './model.ts';
import { DIRECT } from './nodes.ts';
import { SUBSYSTEM_KINDS } from './subsystem-nodes.ts';
import { leavesRunning } from './teardown-order/transfers.ts';

/** Names of which a module must have one: functions and macros that it calls, fields of tables that it sets. */
export interface Names {
  readonly calls: ReadonlySet<string>;
  /** Set to something else than a function of the kernel's own. */
  readonly fields?: ReadonlySet<string>;
  /** Words of Rust files. */
  readonly rust?: ReadonlySet<string>;
}

type Publishes = Extract<Effect, { verb: 'publishes' }>;

/** One name of each group must be there. */
export type Start = readonly Names[];

export const FAMILIES: readonly FactFamily[] = ['nodes', 'revocable', 'teardownOrder', 'checkThenUse'];

/** Any of these will do. */
export function startsOf(family: FactFamily, knowledge: Knowledge): readonly Start[] {
  switch (family) {
    case 'nodes':
      return [...nodeStarts(knowledge), inRust(knowledge)];
    case 'revocable':
      return [[{ calls: new Set([...revocableNames, ...calls(knowledge, isRevocable)]) }], inRust(knowledge)];
    case 'teardownOrder':
      return [[{ calls: sourceNames(knowledge) }], ...graceStarts(knowledge)];
    case 'checkThenUse':
      return [
        [
          { calls: publishers(new Set([...DIRECT, ...HANDED_THROUGH]), knowledge) },
          { calls: new Set(), fields: fieldsWith(knowledge, ['open', 'file-operation', 'release']) },
        ],
        inRust(knowledge),
      ];
  }
}

/** In Rust the names are types and traits; one module is about everything that they tell. */
function inRust(knowledge: Knowledge): Start {
  return [{ calls: new Set(), rust: new Set(knowledge.rust.startingWords()) }];
}

/** Functions of the kernel's own: a table that holds no others says nothing about a driver. */
export function kernelFunctions(knowledge: Knowledge): ReadonlySet<string> {
  const names = new Set<string>();
  for (const file of knowledge.files)
    for (const { name, aliases } of file.functions ?? []) for (const one of [name, ...(aliases ?? [])]) names.add(one);
  return names;
}

/** Everything that registers what user space opens, behind a core or not: the inventory lists it, whatever the rules say. */
export function everyNode(knowledge: Knowledge): readonly Start[] {
  return [
    [{ calls: publishers(new Set([...DIRECT, ...SUBSYSTEM_KINDS]), knowledge) }],
    ...startsOf('revocable', knowledge),
  ];
}

/**
 * Nodes that no core stands before; those whose unregister call leaves their operations running, or drains under a lock that
 * the driver chooses; those whose release still runs, which matters where devres may have freed what it uses. Behind
 * a core only operations that are the driver's own count.
 */
function nodeStarts(knowledge: Knowledge): readonly Start[] {
  const open = kindsWith(knowledge, (fence) => fence.verdict === 'blocks-new-only' || fence.verdict === 'no-fence');
  const late = kindsWith(knowledge, (fence) => fence.exceptRelease === true);
  const chosen = kindsWith(knowledge, (fence) => fence.holds?.takes !== undefined);
  const devresMemory = (e: Effect): boolean => e.verb === 'allocates' && e.what === 'memory' && e.owner === 'devres';
  return [
    [{ calls: publishers(DIRECT, knowledge) }],
    [{ calls: publishers(open.kinds, knowledge, handsOver) }, { calls: open.calls }],
    [
      { calls: publishers(late.kinds, knowledge, handsOver) },
      { calls: calls(knowledge, devresMemory) },
      { calls: new Set(), fields: fieldsWith(knowledge, ['release']) },
    ],
    [
      { calls: publishers(keptKinds(knowledge), knowledge) },
      { calls: new Set(), fields: new Set([...fieldsWith(knowledge, ['release']), ...releaseCallbacks(knowledge)]) },
    ],
    [{ calls: publishers(chosen.kinds, knowledge) }, { calls: chosen.calls }],
  ];
}

/** A registration that names the operations of the driver: as an argument, or on an object that holds their table. */
function handsOver(effect: Publishes, { prototype }: FunctionContract, knowledge: Knowledge): boolean {
  if (effect.operations !== undefined || prototype === undefined) return true;
  const [returned = '', parameters = ''] = prototype.split(/\((.*)/s);
  const { on } = effect;
  const declared = on.at === 'result' ? returned : on.at === 'arg' ? parameters.split(',')[on.index] : undefined;
  if (declared === undefined || /\bvoid\b/.test(declared)) return true;
  return knowledge.findStruct(/\bstruct \w+/.exec(declared)?.[0] ?? '')?.operations !== undefined;
}

/** Kinds behind a core with such a promise, and the calls that give it: the unregister calls, and what devres does for. */
function kindsWith(
  knowledge: Knowledge,
  matches: (fence: UnregisterFence) => boolean,
): { readonly kinds: ReadonlySet<NodeKind>; readonly calls: ReadonlySet<string> } {
  const judged = new Set<NodeKind>();
  calls(knowledge, (e, row) => {
    if (e.verb === 'publishes' && SUBSYSTEM_KINDS.has(e.node) && handsOver(e, row, knowledge)) judged.add(e.node);
    return false;
  });
  const kinds = new Set<NodeKind>();
  const promises = (e: Effect): boolean => {
    if (e.verb !== 'unpublishes' && e.verb !== 'publishes') return false;
    return judged.has(e.node) && e.fence !== undefined && matches(e.fence);
  };
  const found = new Set(
    calls(knowledge, (e) => {
      if (promises(e) && 'node' in e) kinds.add(e.node);
      return promises(e);
    }),
  );
  // Devres does what the plain unregister call of the kind does.
  const managed = (e: Effect): boolean =>
    (e.verb === 'publishes' && e.managedBy === 'devres' && kinds.has(e.node)) ||
    (e.verb === 'allocates' && e.unregisters !== undefined && kinds.has(e.unregisters));
  for (const name of calls(knowledge, managed)) found.add(name);
  return { kinds, calls: found };
}

/** Fields of tables in which such functions stand; `*` in a row stands for none of them. */
function fieldsWith(knowledge: Knowledge, contexts: readonly Context[]): ReadonlySet<string> {
  const fields = new Set<string>();
  for (const file of knowledge.files) {
    for (const table of file.tables ?? []) {
      if (table.struct.startsWith('trait ')) continue;
      for (const [path, role] of Object.entries(table.roles))
        if (contexts.includes(role.context)) fields.add(path.slice(path.lastIndexOf('.') + 1));
    }
  }
  return fields;
}

/** Kinds whose release still runs after the unregister call, and of which it is known what open fds keep: it is judged whoever frees. */
function keptKinds(knowledge: Knowledge): ReadonlySet<NodeKind> {
  const kinds = new Set<NodeKind>();
  calls(knowledge, (e) => {
    if (e.verb === 'unpublishes' && e.fence.exceptRelease === true && knowledge.findNode(e.node) !== undefined)
      kinds.add(e.node);
    return false;
  });
  return kinds;
}

/** Fields of tables of callbacks that run when an fd is closed. */
function releaseCallbacks(knowledge: Knowledge): readonly string[] {
  return knowledge.files.flatMap((file) => [
    ...(file.structs ?? []).flatMap((row) => Object.values(row.callbacks ?? {}).flatMap((f) => f.release ?? [])),
    ...(file.nodes ?? []).flatMap((row) => row.callbacks?.flatMap(({ fields }) => fields?.release ?? []) ?? []),
  ]);
}

function publishers(
  kinds: ReadonlySet<NodeKind>,
  knowledge: Knowledge,
  matches: typeof handsOver = () => true,
): ReadonlySet<string> {
  const names = calls(knowledge, (e, row) => e.verb === 'publishes' && kinds.has(e.node) && matches(e, row, knowledge));
  for (const file of knowledge.files) {
    for (const macro of file.macros ?? [])
      if (macro.does.some((e) => e.verb === 'nodes' && kinds.has(e.node))) names.add(macro.name);
  }
  return names;
}

/** Transfers are looked at as what arms another source, and where they are told to end; a notifier has to be registered by hand. */
const ARMERS: ReadonlySet<AsyncSource> = new Set<AsyncSource>(['urb', 'notifier']);

/** What sets up something that runs by itself. */
function sourceNames(knowledge: Knowledge): ReadonlySet<string> {
  const names = calls(
    knowledge,
    (e, { does }) =>
      (e.verb === 'disarms' && leavesRunning(does) !== undefined) ||
      (e.verb === 'runs' && (e.source === undefined ? e.context === 'thread' : !ARMERS.has(e.source.kind))) ||
      (e.verb === 'arms' && e.source === 'notifier' && e.managedBy === undefined),
  );
  const structs = new Set<string>();
  for (const file of knowledge.files) {
    for (const row of file.structs ?? [])
      if (row.source !== undefined && !ARMERS.has(row.source)) structs.add(row.struct);
  }
  for (const file of knowledge.files) {
    for (const macro of file.macros ?? [])
      if (macro.does.some((e) => e.verb === 'defines' && structs.has(e.struct))) names.add(macro.name);
  }
  return names;
}

/** Memory that is freed by a module that waits for readers. */
function graceStarts(knowledge: Knowledge): readonly Start[] {
  const waits = calls(knowledge, (e) => e.verb === 'synchronizes' && e.lock === 'rcu');
  const frees = calls(knowledge, (e) => e.verb === 'frees' && e.what === 'memory' && e.when !== 'after-grace-period');
  return [[{ calls: waits }, { calls: frees }]];
}

function isRevocable(effect: Effect): boolean {
  return (effect.verb === 'acquires' || effect.verb === 'synchronizes') && effect.lock === 'revocable';
}

/** Names and aliases of the functions with such an effect. */
function calls(knowledge: Knowledge, has: (effect: Effect, row: FunctionContract) => boolean): Set<string> {
  const names = new Set<string>();
  for (const file of knowledge.files) {
    for (const row of file.functions ?? []) {
      if (row.does.filter((effect) => has(effect, row)).length > 0)
        for (const name of [row.name, ...(row.aliases ?? [])]) names.add(name);
    }
  }
  return names;
}
