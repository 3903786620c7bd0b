/**
 * Device nodes whose operations reach the driver through a core: video, input, watchdogs, files in debugfs, …
 *
 * What the core promises when the node is unregistered decides (knowledge). Where it promises too little, the operations
 * that it lets through are judged as those of a direct node; what is left is unknown, with the missing promise as reason.
 */
import type { CoreUse, FenceVerdict, NodeKind, UnregisterFence } from '../knowledge/schema.ts';
import { CoreUses } from './core-uses.ts';
import { FenceConditions } from './fence-conditions.ts';
import type { DeviceNode, FenceKind, OperationsTable, Race, Step, Unknown } from './model.ts';
import { NodeTeardown } from './node-teardown.ts';
import type { NodeSite, Nodes, Operation, UnregisterSite } from './nodes.ts';
import { OpenPins } from './open-pins.ts';
import { directoryOwner } from './pseudo-directories.ts';
import type { Parts } from './removal.ts';
import { judge } from './removal.ts';
import type { Publication } from './subsystem-facts.ts';
import { devresUnregisters, driverTriggers, evidenceText, kindFence, publicationOf } from './subsystem-facts.ts';
import type { Pins, TeardownRoot } from './teardown.ts';

/** Kinds that user space opens and that a core stands before. Attributes and network devices are not opened. */
export const SUBSYSTEM_KINDS: ReadonlySet<NodeKind> = new Set([
  'video',
  'media',
  'drm',
  'iio',
  'input',
  'hidraw',
  'rtc',
  'watchdog',
  'tpm',
  'posix-clock',
  'ptp',
  'uio',
  'sound',
  'cec',
  'dvb',
  'framebuffer',
  'rc',
  'pps',
  'counter',
  'serial',
  'block',
  'vfio',
  'gpio',
  'i2c',
  'hwrng',
  'nvmem',
  'mtd',
  'remoteproc',
  'sysfs-binary',
  'debugfs',
  'proc',
]);

/** Every registration of these kinds in the module, with its verdict; `nodes` was made for `SUBSYSTEM_KINDS`. */
export function subsystemNodes(nodes: Nodes, parts: Parts): readonly DeviceNode[] {
  const conditions = new FenceConditions(parts);
  const seen = new Set<string>();
  const found: DeviceNode[] = [];
  for (const site of nodes.sites) {
    // A macro that registers is summarised once for each set of argument types.
    const key = `${site.at.file} ${site.at.span.start} ${site.api}`;
    if (seen.has(key)) continue;
    seen.add(key);
    found.push(new SubsystemNode(site, found.length, { ...parts, nodes }, conditions).run());
  }
  return found;
}

/** The verdict and what it rests on. */
interface Ruling {
  readonly verdict: DeviceNode['verdict'];
  readonly fences?: readonly FenceKind[];
  readonly evidence?: readonly Step[];
  readonly races?: readonly Race[];
  readonly unknowns?: readonly Unknown[];
}

/** A fence that was found to hold, or the reason why it may not and the operations that it lets through then. */
type Fencing =
  | { readonly holds: true; readonly step: Step; readonly fence: UnregisterFence }
  | {
      readonly holds: false;
      readonly reason: string;
      readonly fence: UnregisterFence;
      readonly step: Step;
      letsThrough(field: string): boolean;
    };

const everything = (): boolean => true;

const PROMISE: Readonly<Record<FenceVerdict, string>> = {
  'no-fence': 'neither waits for operations on open fds nor refuses later ones',
  'blocks-new-only': 'does not wait for operations on open fds',
  drains: 'waits for operations in flight and refuses later ones',
  'drains-if': 'waits for operations in flight and refuses later ones',
  'drains-close': 'waits until every fd is closed',
  'drains-once': 'waits for operations in flight but does not refuse later ones',
  'n/a': 'is no fence',
};

/** Cores that fence their callbacks keep what they need themselves. */
const NO_PINS: Pins = { types: new Set(), isConditional: () => false };

class SubsystemNode {
  private readonly site: NodeSite;
  private readonly index: number;
  private readonly parts: Parts;
  private readonly conditions: FenceConditions;
  private readonly teardown: NodeTeardown;
  private readonly published: Publication;
  /** Unregister calls on the paths of teardown. */
  private readonly live: readonly UnregisterSite[];
  /** Where no such path was found: calls that are no error path of the registration. */
  private readonly elsewhere: readonly UnregisterSite[];
  /** Of the operations table, and of the tables that its core calls. */
  private readonly operations: readonly Operation[];

  constructor(site: NodeSite, index: number, parts: Parts, conditions: FenceConditions) {
    this.site = site;
    this.index = index;
    this.parts = parts;
    this.conditions = conditions;
    this.teardown = new NodeTeardown(site, parts);
    this.published = publicationOf(site, parts.program);
    this.operations = [...site.operations, ...site.callbacks];
    this.live = this.teardown.liveUnregisters();
    this.elsewhere = this.live.length > 0 ? [] : site.unregisters.filter((u) => this.isTeardown(u));
  }

  run(): DeviceNode {
    const { site, live } = this;
    const chosen = this.teardown.chooseUnregister(live, []) ?? this.elsewhere[0];
    const ruling = this.rule();
    const managed = chosen === undefined && this.managedFence() !== undefined;
    const roots = live.flatMap((u) => this.teardown.rootsReaching(u));
    const triggers = managed ? driverTriggers(this.parts) : [...new Set(roots.flatMap((root) => root.triggers))];
    const openFn = site.operations.find((operation) => operation.context === 'open')?.fn.ir.name;
    return {
      id: `${site.at.file}:${site.fn?.ir.name ?? ''}:${site.api}:${site.kind}:${this.index}`,
      kind: site.kind,
      register: { api: site.api, at: site.at, fn: site.fn?.ir.name ?? '' },
      ...(managed
        ? { unregister: { api: 'devres', at: site.at, fn: site.fn?.ir.name ?? '' } }
        : chosen === undefined
          ? {}
          : { unregister: { api: chosen.api, at: chosen.at, fn: chosen.fn.ir.name } }),
      operations: this.operationsTable(),
      ...(openFn === undefined ? {} : { openFn }),
      teardown: managed ? 'driver-remove' : this.teardownContext(),
      contexts: this.contexts(),
      triggers,
      verdict: ruling.verdict,
      fences: ruling.fences ?? [],
      evidence: ruling.evidence ?? [],
      races: ruling.races ?? [],
      ownerMissing: false,
      blockingWaits: [],
      unknowns: ruling.unknowns ?? [],
    };
  }

  // ---- the verdict ----

  private rule(): Ruling {
    if (this.elsewhere.length > 0) return this.ruleUntraced();
    if (this.live.length === 0) return this.ruleWithoutCall();
    const roots = [...new Set(this.live.flatMap((u) => this.teardown.rootsReaching(u)))];
    const fencings = roots.map((root) => this.fencingOn(root));
    const open = fencings.find((fencing) => !fencing.holds);
    if (open !== undefined) return this.ruleUnfenced(open, roots);
    const leftBehind = this.leftBehind(roots);
    if (leftBehind !== undefined) return leftBehind;
    return this.ruleFenced(fencings.flatMap((fencing) => (fencing.holds ? [fencing] : [])));
  }

  /** The call is there, but how teardown gets to it was not followed: through a table of the driver's own, say. */
  private ruleUntraced(): Ruling {
    const fencings = this.elsewhere.map((u) => this.fencing(u.fence, `${u.api}()`, u.at, undefined, u.api));
    const open = fencings.find((fencing) => !fencing.holds);
    const untraced = 'how teardown gets to the unregister call was not followed';
    if (open !== undefined) return this.unknown(`${untraced}, and ${open.reason}`);
    const ruling = this.ruleFenced(fencings.flatMap((fencing) => (fencing.holds ? [fencing] : [])));
    const note: Step = { kind: 'note', at: this.elsewhere[0]?.at ?? this.site.at, text: untraced };
    return ruling.verdict === 'safe' ? { ...ruling, evidence: [...(ruling.evidence ?? []), note] } : ruling;
  }

  private isTeardown(u: UnregisterSite): boolean {
    if (u.fn === this.site.fn) return false;
    const contexts = this.parts.graph.contextsOf(u.fn);
    return contexts.size === 0 || [...contexts].some((context) => context !== 'probe' && context !== 'module-init');
  }

  private ruleWithoutCall(): Ruling {
    const { site, parts } = this;
    const managed = this.managedFence();
    if (managed !== undefined) {
      const fencing = this.fencing(managed, 'devres', site.at, undefined, site.api);
      return fencing.holds ? this.ruleFenced([fencing]) : this.ruleUnfenced(fencing, []);
    }
    const directory = directoryOwner(site, this.published, parts);
    if (directory === 'foreign') {
      const text = 'the file goes with a directory of another module, whose removal waits for operations';
      return { verdict: 'safe', fences: ['subsystem-fence'], evidence: [{ kind: 'note', at: site.at, text }] };
    }
    if (parts.program.input.builtin === true || parts.teardown.roots.length === 0) {
      const text = 'nothing in this module is ever torn down';
      return { verdict: 'safe', fences: ['builtin'], evidence: [{ kind: 'note', at: site.at, text }] };
    }
    return this.unknown('no unregister call that teardown reaches was found');
  }

  /** The promise of what devres calls; undefined when devres does not unregister this node. */
  private managedFence(): UnregisterFence | undefined {
    const { effect } = this.published;
    const { program } = this.parts;
    if (effect?.managedBy === undefined && !devresUnregisters(this.site.kind, program)) return undefined;
    return effect?.fence ?? kindFence(this.site.kind, program.knowledge);
  }

  /** The best that the unregister calls on one teardown path do. */
  private fencingOn(root: TeardownRoot): Fencing {
    const calls = this.live.filter((u) => this.teardown.rootsReaching(u).includes(root));
    const fencings = calls.map((u) => this.fencing(u.fence, `${u.api}()`, u.at, { call: u, root }, u.api));
    const best = fencings.find((fencing) => fencing.holds) ?? fencings[0];
    if (best === undefined) throw new Error('a teardown path without an unregister call');
    return best;
  }

  private fencing(
    fence: UnregisterFence,
    who: string,
    at: Step['at'],
    path: { readonly call: UnregisterSite; readonly root: TeardownRoot } | undefined,
    api: string,
  ): Fencing {
    const facts = evidenceText(api, this.parts.program.knowledge);
    const step: Step = { kind: 'unregister', at, text: `${who} ${PROMISE[fence.verdict]}${facts}` };
    if (fence.verdict === 'drains' || fence.verdict === 'drains-close') return { holds: true, step, fence };
    if (fence.verdict !== 'drains-if')
      return { holds: false, reason: `${who} ${PROMISE[fence.verdict]}`, fence, step, letsThrough: everything };
    const failed = this.conditions.failure(fence, this.site, path);
    if (failed === undefined) return { holds: true, step, fence };
    const condition = `${who} drains only if ${fence.condition ?? 'a condition holds that was not checked'}`;
    const reason = failed.reason === '' ? condition : `${condition}: ${failed.reason}`;
    return { holds: false, reason, fence, step: { ...step, text: reason }, letsThrough: failed.letsThrough };
  }

  private ruleFenced(fencings: readonly Extract<Fencing, { holds: true }>[]): Ruling {
    const left = this.leftRunning(fencings, () => false);
    if (left.races.length > 0) return { verdict: 'vulnerable', races: left.races };
    if (left.unknown !== undefined) return this.unknown(left.unknown);
    return { verdict: 'safe', fences: ['subsystem-fence'], evidence: [...new Set(fencings.map((f) => f.step))] };
  }

  private ruleUnfenced(open: Extract<Fencing, { holds: false }>, roots: readonly TeardownRoot[]): Ruling {
    const { site, parts } = this;
    const atExitOnly = roots.length > 0 && this.teardown.moduleLifetime(this.live);
    if (atExitOnly && (this.published.effect?.pinsModule === true || this.owner() === 'set')) {
      const text = 'only module exit tears the node down, and an open fd pins the module';
      return { verdict: 'safe', fences: ['module-owner'], evidence: [{ kind: 'note', at: site.at, text }] };
    }
    const left = this.leftRunning([open], (field) => open.letsThrough(field));
    if (left.races.length > 0) return { verdict: 'vulnerable', races: left.races };
    if (left.unknown !== undefined) return this.unknown(left.unknown);
    // Without a contract of the kind nobody knows what else the core calls.
    if (left.judged === undefined && parts.program.knowledge.findNode(site.kind) === undefined)
      return this.unknown(open.reason);
    const reached = new Set(left.judged?.fences);
    if (open.fence.refusesLater === true) reached.add('subsystem-fence');
    if (reached.size === 0) reached.add('no-state');
    const text = 'nothing that its operations reach dies while they may run';
    const note: Step = { kind: 'note', at: open.step.at, text };
    return { verdict: 'safe', fences: [...reached], evidence: [open.step, ...(left.judged?.evidence ?? []), note] };
  }

  /** What still runs after teardown: operations that the fence lets through, `release`, and the core's own uses. */
  private leftRunning(
    fencings: readonly Fencing[],
    letsThrough: (field: string) => boolean,
  ): { readonly races: readonly Race[]; readonly unknown?: string; readonly judged?: DeviceNode } {
    const { parts } = this;
    const late = fencings.some(({ fence, holds }) => fence.exceptRelease === true || !holds);
    const running = this.operations.filter(({ context, field }) =>
      context === 'file-operation' ? letsThrough(field) : context === 'open' || late,
    );
    const site: NodeSite = { ...this.site, operations: running, pinnedBy: this.pinnedBy() };
    const judged = running.some(({ context }) => context !== 'open') ? judge(site, this.index, parts) : undefined;
    // Where only what runs already can meet teardown, the driver is hardly to blame; but for a call that drains where the
    // driver gives it the right lock.
    const refused = fencings.every(({ fence }) => fence.refusesLater === true && fence.holds?.takes === undefined);
    const known = fencings.some(({ fence }) => fence.atMost === 'may');
    const drained = fencings.every(({ holds }) => holds);
    const [doubtful] = drained ? (judged?.races.filter((race) => !this.isCertain(race)) ?? []) : [];
    const certain = drained ? judged?.races.filter((race) => this.isCertain(race)) : judged?.races;
    const found = (certain ?? []).map((race) => {
      if (drained) return lateRace(race);
      const doubt = known || (refused && isOperation(race, running)) || this.isMadeByOpen(race);
      return doubt ? { ...race, certainty: 'may' as const } : race;
    });
    found.sort((a, b) => Number(a.certainty === 'may') - Number(b.certainty === 'may'));
    const core = this.coreRaces(
      fencings.flatMap(({ fence }) => fence.coreUses ?? []),
      site,
    );
    if (core === 'unknown' && found.length === 0)
      return { races: [], unknown: 'whose memory the registered object is was not found' };
    const races = [...found, ...(core === 'unknown' ? [] : core)];
    if (races.length === 0 && doubtful !== undefined)
      return { races, unknown: `${doubtful.operationFn}() runs after teardown and may use ${doubtful.object.name}` };
    return judged === undefined ? { races } : { races, judged };
  }

  /** Where nobody knows what the core keeps for an open fd, what devres frees is gone all the same. */
  private isCertain({ certainty, object }: Race): boolean {
    if (this.parts.program.knowledge.findNode(this.site.kind) !== undefined) return true;
    return certainty === 'must' && object.owner === 'devres' && object.kind === 'memory';
  }

  /** Teardown may free another one than this file's. */
  private isMadeByOpen({ object }: Race): boolean {
    const { objects, graph } = this.parts;
    return objects.allocationsOf(object.name).some(({ fn }) => graph.contextsOf(fn).has('open'));
  }

  private coreRaces(uses: readonly CoreUse[], site: NodeSite): readonly Race[] | 'unknown' {
    if (uses.length === 0) return [];
    const { parts } = this;
    const traced = this.operations.map((operation) => ({ operation, trace: parts.tracer.of(operation.fn) }));
    const pins = new OpenPins(site, parts, traced);
    const core = new CoreUses(site, parts, this.published, this.teardown.liveRoots('set'), pins);
    return core.check(uses, this.teardown.chooseUnregister(this.live, []));
  }

  /** Structs that the core keeps for an open fd, and those that it has the driver free when the last one is closed. */
  private pinnedBy(): readonly string[] {
    const { program, tables, tracer } = this.parts;
    const contract = program.knowledge.findNode(this.site.kind);
    const freed = (contract?.freedBy ?? [])
      .flatMap((member) => tables.functionsOf.get(member) ?? [])
      .flatMap((fn) => tracer.of(fn).events)
      .flatMap(({ event }) =>
        event.kind === 'effect' &&
        event.effect.verb === 'frees' &&
        event.object !== undefined &&
        program.isOwnStruct(event.object)
          ? [event.object]
          : [],
      );
    return [...new Set([...this.site.pinnedBy, ...(contract?.keeps ?? []), ...freed])];
  }

  /** Teardown paths on which a fence comes too late, or not at all. */
  private leftBehind(roots: readonly TeardownRoot[]): Ruling | undefined {
    const { site, parts } = this;
    const registers = site.fn === undefined ? undefined : parts.graph.contextsOf(site.fn);
    const unbinds = parts.teardown.roots.some((root) => root.kind === 'driver' && !root.suppressed);
    if (
      registers?.has('probe') === true &&
      !registers.has('module-init') &&
      unbinds &&
      roots.every((root) => root.kind === 'exit')
    )
      return this.unknown('registered for each device, unregistered at module exit only');
    for (const root of roots) {
      const { events } = root.trace;
      const calls = events.filter((e) => this.live.some((u) => e.fn === u.fn && e.event === u.event));
      const first = Math.min(...calls.map((e) => e.order));
      const early = events.find(
        ({ event, order }) =>
          order < first &&
          event.kind === 'effect' &&
          event.effect.verb === 'frees' &&
          event.effect.what === 'memory' &&
          !event.cleanup &&
          site.holder !== undefined &&
          event.object === site.holder,
      );
      if (early !== undefined)
        return {
          verdict: 'unknown',
          unknowns: [
            {
              at: parts.program.locate(early.fn, early.event.span),
              reason: `${site.holder} is freed before the node is unregistered`,
            },
          ],
        };
    }
    return undefined;
  }

  private unknown(reason: string): Ruling {
    return { verdict: 'unknown', unknowns: [{ at: (this.live[0] ?? this.elsewhere[0])?.at ?? this.site.at, reason }] };
  }

  // ---- description ----

  private teardownContext(): DeviceNode['teardown'] {
    if (this.elsewhere.length === 0) return this.teardown.teardownContext(this.live, [], NO_PINS, []);
    const contexts = new Set(this.elsewhere.flatMap((u) => [...this.parts.graph.contextsOf(u.fn)]));
    const removes = contexts.has('teardown') || contexts.has('devres-action');
    const exits = contexts.has('module-exit');
    if (contexts.has('object-destroy')) return removes || exits ? 'both' : 'object-destroy';
    return removes ? (exits ? 'both' : 'driver-remove') : exits ? 'module-exit' : 'none';
  }

  private owner(): OperationsTable['owner'] {
    const table = this.parts.nodes.operationsTable(this.site);
    if (table === undefined) return 'unknown';
    const field = this.parts.program.knowledge.findTable(table.struct)?.owner;
    return field !== undefined && table.entries.has(field) ? 'set' : 'unknown';
  }

  private operationsTable(): OperationsTable {
    const table = this.parts.nodes.operationsTable(this.site);
    const described = this.parts.nodes.describeOperations(this.site, this.owner());
    const entries: Record<string, string> = {};
    for (const entry of table?.entries.values() ?? [])
      if (entry.fn !== undefined) entries[entry.path] = entry.fn.ir.name;
    return { ...described, entries: { ...described.entries, ...entries } };
  }

  private contexts(): DeviceNode['contexts'] {
    const { graph, nodes } = this.parts;
    const table = nodes.operationsTable(this.site);
    const functions = [
      ...this.site.operations.map((operation) => operation.fn),
      ...[...(table?.entries.values() ?? [])].flatMap((entry) => entry.fn ?? []),
      ...this.live.map((u) => u.fn),
    ];
    return [...new Set(functions.flatMap((fn) => [...graph.contextsOf(fn)]))];
  }
}

function isOperation({ operation, operationFn }: Race, operations: readonly Operation[]): boolean {
  const found = operations.find(({ field, fn }) => operation.startsWith(field) && fn.ir.name === operationFn);
  return found?.context !== 'release';
}

/** A witness about release alone: the unregister call may well fence the other operations. */
function lateRace(race: Race): Race {
  const teardown = race.witness.teardown.map((step) =>
    step.kind === 'unregister' ? { ...step, text: 'unregisters the node: release still runs at the last close' } : step,
  );
  return { ...race, witness: { ...race.witness, teardown } };
}
