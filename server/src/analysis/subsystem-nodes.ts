/**
 * Device nodes whose operations reach the driver through a core: video, input, watchdogs, files in debugfs, …
 *
 * What the core promises when the node is unregistered decides (knowledge). Where it promises too little, the operations
 * that it lets through are judged as those of a direct node; what is left is unknown, with the missing promise as reason.
 */
import type { FenceVerdict, NodeKind, UnregisterFence } from '../knowledge/schema.ts';
import { FenceConditions } from './fence-conditions.ts';
import type { DeviceNode, FenceKind, OperationsTable, Race, Step, Unknown } from './model.ts';
import { NodeTeardown } from './node-teardown.ts';
import type { NodeSite, Nodes, UnregisterSite } from './nodes.ts';
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

/** A fence that was found to hold, or the reason why it may not. */
type Fencing =
  | { readonly holds: true; readonly step: Step; readonly fence: UnregisterFence }
  | { readonly holds: false; readonly reason: string; readonly fence: UnregisterFence };

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

  constructor(site: NodeSite, index: number, parts: Parts, conditions: FenceConditions) {
    this.site = site;
    this.index = index;
    this.parts = parts;
    this.conditions = conditions;
    this.teardown = new NodeTeardown(site, parts);
    this.published = publicationOf(site, parts.program);
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
    if (open !== undefined) return this.unknown(open.reason);
    const ruling = this.ruleFenced(fencings.flatMap((fencing) => (fencing.holds ? [fencing] : [])));
    const text = 'how teardown gets to the unregister call was not followed';
    const note: Step = { kind: 'note', at: this.elsewhere[0]?.at ?? this.site.at, text };
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
    if (fence.verdict !== 'drains-if') return { holds: false, reason: `${who} ${PROMISE[fence.verdict]}`, fence };
    const failed = this.conditions.failure(fence, this.site, path);
    if (failed === undefined) return { holds: true, step, fence };
    const condition = `${who} drains only if ${fence.condition ?? 'a condition holds that was not checked'}`;
    return { holds: false, reason: failed === '' ? condition : `${condition}: ${failed}`, fence };
  }

  private ruleFenced(fencings: readonly Extract<Fencing, { holds: true }>[]): Ruling {
    const late = fencings.some((fencing) => fencing.fence.exceptRelease === true)
      ? this.lateRelease(fencings)
      : undefined;
    if (late !== undefined) return late;
    return { verdict: 'safe', fences: ['subsystem-fence'], evidence: [...new Set(fencings.map((f) => f.step))] };
  }

  private ruleUnfenced(open: Extract<Fencing, { holds: false }>, roots: readonly TeardownRoot[]): Ruling {
    const { site, parts } = this;
    const atExitOnly = roots.length > 0 && this.teardown.moduleLifetime(this.live);
    if (atExitOnly && (this.published.effect?.pinsModule === true || this.owner() === 'set')) {
      const text = 'only module exit tears the node down, and an open fd pins the module';
      return { verdict: 'safe', fences: ['module-owner'], evidence: [{ kind: 'note', at: site.at, text }] };
    }
    if (open.fence.exceptRelease === true) return this.lateRelease([open]) ?? this.unknown(open.reason);
    const direct = open.fence.verdict === 'blocks-new-only' || open.fence.verdict === 'no-fence';
    if (!direct || !site.operations.some((operation) => operation.context === 'file-operation'))
      return this.unknown(open.reason);
    const judged = judge(site, this.index, parts);
    const certain = judged.races.filter((race) => race.certainty === 'must');
    if (certain.length > 0) return { verdict: 'vulnerable', races: certain };
    if (judged.races.length > 0 || judged.verdict !== 'safe') return this.unknown(open.reason);
    return { verdict: 'safe', fences: judged.fences, evidence: judged.evidence };
  }

  /** What `release` touches when the last fd is closed after teardown. */
  private lateRelease(fencings: readonly Fencing[]): Ruling | undefined {
    const { site, parts } = this;
    const operations = site.operations.filter((operation) => operation.context === 'release');
    if (operations.length > 0) {
      const judged = judge({ ...site, operations }, this.index, parts);
      // A core may keep what the driver frees by its last reference; what devres frees is gone whatever the core does.
      const certain = judged.races.filter(
        ({ certainty, object }) => certainty === 'must' && object.owner === 'devres' && object.kind === 'memory',
      );
      if (certain.length > 0) return { verdict: 'vulnerable', races: certain.map(lateRace) };
      const [race] = judged.races;
      if (race !== undefined)
        return this.unknown(`${race.operationFn}() runs after teardown and may use ${race.object.name}`);
    }
    const holder = fencings.some((fencing) => fencing.fence.closeUsesObject === true) ? this.dyingHolder() : undefined;
    return holder === undefined
      ? undefined
      : this.unknown(`${holder} holds what a later close() uses, and goes with the driver`);
  }

  /** The struct that holds the registered object by value, where teardown frees it. */
  private dyingHolder(): string | undefined {
    const { site, parts } = this;
    if (site.holder === undefined) return undefined;
    const roots = this.teardown.liveRoots('set');
    const mortals = parts.teardown.mortals(roots, new OpenPins(site, parts, []));
    return parts.objects.owners(site.holder).find((name) => mortals.has(name));
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

/** A witness about release alone: the unregister call may well fence the other operations. */
function lateRace(race: Race): Race {
  const teardown = race.witness.teardown.map((step) =>
    step.kind === 'unregister' ? { ...step, text: 'unregisters the node: release still runs at the last close' } : step,
  );
  return { ...race, witness: { ...race.witness, teardown } };
}
