/** The removal model: one node, its operations, its teardown, and the verdict. */
import type { Location } from '../base/span.ts';
import type { Context, Trigger } from '../knowledge/schema.ts';
import type { CallGraph } from './call-graph.ts';
import type { Cell, Cells } from './cells.ts';
import { cellText, strip, structOf } from './cells.ts';
import { cdevRace } from './embedded-cdev.ts';
import type { UseEvent } from './events.ts';
import type { FenceProof } from './fences.ts';
import { Fences } from './fences.ts';
import type {
  BlockingWait,
  Certainty,
  DeviceNode,
  FenceKind,
  ObjectOwner,
  OperationsTable,
  Race,
  Step,
  TeardownContext,
  Unknown,
} from './model.ts';
import type { NodeSite, Nodes, Operation, UnregisterSite } from './nodes.ts';
import type { Objects } from './objects.ts';
import type { Program } from './program.ts';
import type { Tables } from './tables.ts';
import { nameOfValue } from './tables.ts';
import type { Death, Mortal, Pins, Teardown, TeardownRoot } from './teardown.ts';
import type { Trace, TraceEvent, Tracer } from './trace.ts';
import { Waits } from './waits.ts';
import { witnessOf } from './witness.ts';

export interface Parts {
  readonly program: Program;
  readonly cells: Cells;
  readonly tables: Tables;
  readonly graph: CallGraph;
  readonly objects: Objects;
  readonly nodes: Nodes;
  readonly teardown: Teardown;
  readonly tracer: Tracer;
}

interface UnfencedUse {
  readonly traced: TraceEvent;
  readonly use: UseEvent;
  readonly mortal: Mortal;
  readonly death: Death;
}

interface OperationResult {
  readonly operation: Operation;
  readonly unfenced: UnfencedUse | undefined;
  readonly proofs: readonly { readonly proof: FenceProof; readonly at: Location; readonly root: TeardownRoot }[];
  readonly uses: number;
}

export function judge(site: NodeSite, index: number, parts: Parts): DeviceNode {
  return new Judgement(site, index, parts).run();
}

class Judgement {
  private readonly site: NodeSite;
  private readonly index: number;
  private readonly parts: Parts;
  private readonly fences: Fences;
  private readonly operations: readonly { readonly operation: Operation; readonly trace: Trace }[];
  private readonly opens: readonly Trace[];
  private readonly releases: readonly Trace[];
  /** Cells that open raises or sets and release lowers or clears. */
  private readonly openTracked: ReadonlySet<Cell>;
  private readonly pins: Pins;

  constructor(site: NodeSite, index: number, parts: Parts) {
    this.site = site;
    this.index = index;
    this.parts = parts;
    this.fences = new Fences(parts.program, parts.teardown);
    const listed = site.operations.map((operation) => ({ operation, trace: parts.tracer.of(operation.fn) }));
    this.operations = [...listed, ...mappingOperations(listed, parts)];
    this.opens = this.operations.filter((o) => o.operation.context === 'open').map((o) => o.trace);
    this.releases = this.operations.filter((o) => o.operation.context === 'release').map((o) => o.trace);
    this.openTracked = this.findOpenTracked();
    this.pins = { types: this.findPinnedTypes(), isConditional: (traced) => this.isConditional(traced) };
  }

  run(): DeviceNode {
    const { site } = this;
    const owner = this.ownerOf();
    const unregisters = this.liveUnregisters();
    const roots = this.liveRoots(owner);
    const mortals = this.parts.teardown.mortals(roots, this.pins);
    const waits = new Waits(this.parts, this.fences);
    const closeFence = waits.drainsClose(roots, this.releases, this.opens);
    const racing = this.operations.filter((o) => o.operation.context !== 'open');
    const results = racing.map((o) => this.check(o.operation, o.trace, mortals, roots));
    const unfenced =
      closeFence !== undefined || this.refusesWhileOpen(unregisters)
        ? []
        : results.filter((r) => r.unfenced !== undefined);
    const contexts = this.contexts(unregisters);
    const teardown = this.teardownContext(unregisters, results);
    const chosen = this.chooseUnregister(unregisters, unfenced);
    const races = unfenced.map((r) => this.race(r, chosen));
    const embedded = races.some((r) => r.operation === 'release')
      ? undefined
      : cdevRace(site, roots, chosen, this.releases, this.parts);
    if (embedded !== undefined && closeFence === undefined) races.push(embedded);
    const module = this.moduleLifetime(unregisters);
    const ownerMissing = owner === 'missing' && this.canUnload() && racing.length > 0;
    const unknowns = this.unknowns(results);
    const fences = new Set<FenceKind>();
    const evidence: Step[] = [];
    for (const result of results) {
      for (const { proof, at } of result.proofs) {
        if (!fences.has(proof.kind)) {
          fences.add(proof.kind);
          evidence.push(
            {
              kind: 'lock',
              at,
              text: `this use is inside the section of ${cellText(proof.lock.slice(proof.lock.indexOf(' ') + 1))}`,
            },
            ...proof.steps,
          );
        }
      }
    }
    if (closeFence !== undefined) {
      fences.add('wait');
      const last = closeFence.witness.teardown[closeFence.witness.teardown.length - 1];
      if (last !== undefined) evidence.push(last);
    }
    if (this.refusesWhileOpen(unregisters)) fences.add('other');
    this.addStructuralFences(fences, evidence, { owner, module, racing: racing.length, unregisters, results, roots });
    const vulnerable = races.length > 0 || (ownerMissing && module && unregisters.length + (site.macro ? 1 : 0) > 0);
    const verdict = vulnerable ? 'vulnerable' : fences.size > 0 ? 'safe' : unknowns.length > 0 ? 'unknown' : 'safe';
    if (verdict === 'safe' && fences.size === 0) fences.add('no-state');
    const openFn = this.operations.find((o) => o.operation.context === 'open')?.operation.fn.ir.name;
    const privateType = this.privateType();
    const openLabels = vulnerable ? [] : [...fences];
    return {
      id: `${site.at.file}:${site.fn?.ir.name ?? ''}:${site.api}:${this.index}`,
      kind: site.kind,
      register: { api: site.api, at: site.at, fn: site.fn?.ir.name ?? '' },
      ...(chosen === undefined ? {} : { unregister: { api: chosen.api, at: chosen.at, fn: chosen.fn.ir.name } }),
      operations: this.parts.nodes.describeOperations(site, owner),
      ...(openFn === undefined ? {} : { openFn }),
      ...(privateType === undefined ? {} : { privateType }),
      teardown,
      contexts,
      triggers: this.triggers(unfenced, roots),
      verdict,
      fences: openLabels,
      evidence: vulnerable ? [] : evidence,
      races,
      ownerMissing,
      blockingWaits: [...this.blockingWaits(waits, roots), ...(closeFence === undefined ? [] : [closeFence])],
      unknowns,
    };
  }

  // ---- references ----

  private findPinnedTypes(): ReadonlySet<string> {
    const types = new Set<string>();
    for (const struct of this.site.pinnedBy) types.add(struct);
    const dropped = new Set(
      this.releases.flatMap((trace) => trace.events.flatMap((traced) => this.referenced(traced, 'drops'))),
    );
    for (const { operation, trace } of this.operations) {
      if (operation.context === 'release') continue;
      for (const traced of trace.events) {
        for (const type of this.referenced(traced, 'takes'))
          if (operation.context === 'open' || dropped.has(type)) types.add(type);
      }
    }
    // What a pinned object's release function gives back stays until then.
    for (const root of this.parts.graph.roots) {
      if (root.context !== 'object-release') continue;
      const { events } = this.parts.tracer.of(root.fn);
      const frees = events.some(
        ({ event }) =>
          event.kind === 'effect' &&
          event.effect.verb === 'frees' &&
          event.object !== undefined &&
          types.has(event.object),
      );
      if (frees) for (const traced of events) for (const type of this.referenced(traced, 'drops')) types.add(type);
    }
    return types;
  }

  /** Struct types on which an event takes or drops a reference. */
  private referenced(traced: TraceEvent, direction: 'takes' | 'drops'): readonly string[] {
    if (traced.event.kind !== 'effect') return [];
    const { effect } = traced.event;
    const matches =
      direction === 'takes'
        ? effect.verb === 'takesRef' || effect.verb === 'increments'
        : effect.verb === 'dropsRef' || effect.verb === 'decrements';
    if (!matches || ('what' in effect && effect.what === 'module')) return [];
    const { program } = this.parts;
    const target = traced.bind(traced.event.target);
    const struct = target === undefined || target.endsWith('*') ? undefined : structOf(target);
    const types = [
      ...(struct !== undefined && program.isOwnStruct(struct) ? [struct] : []),
      ...(traced.event.holder !== undefined && program.isOwnStruct(traced.event.holder) ? [traced.event.holder] : []),
      // Any struct: a reference on a host keeps its private area too.
      ...(traced.event.object === undefined ? [] : [traced.event.object]),
    ];
    // A count in an embedded struct counts for what holds it.
    return [...new Set(types.flatMap((type) => [type, ...this.parts.objects.owners(type)]))];
  }

  private findOpenTracked(): ReadonlySet<Cell> {
    const touched = (traces: readonly Trace[]): Set<Cell> => {
      const cells = new Set<Cell>();
      for (const trace of traces) {
        for (const traced of trace.events) {
          const { event } = traced;
          if (event.kind === 'store') cells.add(traced.bind(event.cell) ?? event.cell);
          if (
            event.kind === 'effect' &&
            (event.effect.verb === 'increments' ||
              event.effect.verb === 'decrements' ||
              event.effect.verb === 'takesRef' ||
              event.effect.verb === 'dropsRef' ||
              event.effect.verb === 'sets' ||
              event.effect.verb === 'links' ||
              event.effect.verb === 'unlinks')
          ) {
            const cell = traced.bind(event.target ?? event.value);
            if (cell !== undefined) cells.add(cell);
          }
        }
      }
      return cells;
    };
    const opened = touched(this.operations.filter((o) => o.operation.context !== 'release').map((o) => o.trace));
    const closed = touched(this.releases);
    return new Set([...opened].filter((cell) => closed.has(cell)));
  }

  /** The event happens only on paths that tested what open and release count. */
  private isConditional(traced: TraceEvent): boolean {
    return (
      traced.states.length > 0 &&
      traced.states.every((state) =>
        state.tests.some((test) => test.outcome !== 'nonzero' && this.openTracked.has(test.cell)),
      )
    );
  }

  private refusesWhileOpen(unregisters: readonly UnregisterSite[]): boolean {
    if (unregisters.length === 0) return false;
    return this.parts.teardown.roots
      .flatMap((root) => root.trace.events)
      .filter(
        (e) =>
          e.event.kind === 'effect' && e.event.effect.verb === 'unpublishes' && unregisters.some((u) => u.fn === e.fn),
      )
      .some((e) => this.isConditional(e));
  }

  private ownerOf(): OperationsTable['owner'] {
    const table = this.parts.nodes.operationsTable(this.site);
    const { knowledge } = this.parts.program;
    if (table !== undefined) {
      const field = knowledge.findTable(table.struct)?.owner ?? 'owner';
      const value = table.entries.get(field)?.value;
      if (value !== undefined && strip(value)?.kind !== 'constant') return 'set';
      if (value !== undefined && !(value.kind === 'constant' && value.number === 0) && nameOfValue(value) !== 'NULL')
        return 'set';
      if (this.parts.objects.storesTo(`${table.struct}.${field}`).length > 0) return 'set';
    }
    const object = this.site.cell === undefined ? undefined : this.objectStruct();
    if (object !== undefined && this.parts.objects.storesTo(`${object}.owner`).length > 0) return 'set';
    for (const open of this.opens) {
      for (const { event } of open.events) {
        if (
          event.kind === 'effect' &&
          event.effect.verb === 'takesRef' &&
          event.effect.what === 'module' &&
          nameOfValue(event.args[0]) === 'THIS_MODULE'
        )
          return 'pinned';
      }
    }
    return table === undefined ? 'unknown' : 'missing';
  }

  /** Kernel struct of the registered object. */
  private objectStruct(): string | undefined {
    return { misc: 'struct miscdevice', cdev: 'struct cdev', chrdev: undefined, usb: undefined }[
      this.site.kind as 'misc'
    ];
  }

  private canUnload(): boolean {
    if (this.parts.program.input.builtin === true) return false;
    return this.site.macro || this.parts.teardown.roots.some((root) => root.kind === 'exit') || this.hasDriverMacro();
  }

  private hasDriverMacro(): boolean {
    const { program } = this.parts;
    for (const { call } of program.macroCalls()) {
      for (const what of program.knowledge.findMacro(call.name)?.does ?? [])
        if (what.verb === 'drives' && what.builtin !== true) return true;
    }
    return false;
  }

  // ---- teardown ----

  private contextsOfUnregister(site: UnregisterSite): ReadonlySet<Context> {
    return this.parts.graph.contextsOf(site.fn);
  }

  /** Unregister calls that run in some teardown; the others are error paths. */
  private liveUnregisters(): readonly UnregisterSite[] {
    const reached = this.site.unregisters.filter((u) =>
      this.parts.teardown.roots.some((root) => root.trace.events.some((e) => e.fn === u.fn && e.event === u.event)),
    );
    return reached;
  }

  private moduleLifetime(unregisters: readonly UnregisterSite[]): boolean {
    if (this.site.macro) return true;
    if (unregisters.length === 0) return false;
    return !unregisters.some((u) => this.rootsReaching(u).some((root) => root.kind !== 'exit' && !root.suppressed));
  }

  private rootsReaching(u: UnregisterSite): readonly TeardownRoot[] {
    return this.parts.teardown.roots.filter((root) =>
      root.trace.events.some((e) => e.fn === u.fn && e.event === u.event),
    );
  }

  /** Roots that can run while an fd is open. */
  private liveRoots(owner: OperationsTable['owner']): readonly TeardownRoot[] {
    return this.parts.teardown.roots.filter((root) => {
      if (root.kind === 'exit') return false;
      // The operation that destroys other nodes is not torn down by itself.
      if (root.kind === 'destroy' && this.site.operations.some((o) => o.fn === root.fn)) return false;
      if (root.suppressed) return owner === 'missing';
      return true;
    });
  }

  private chooseUnregister(
    unregisters: readonly UnregisterSite[],
    unfenced: readonly OperationResult[],
  ): UnregisterSite | undefined {
    const deaths = new Set(unfenced.map((r) => r.unfenced?.death.root));
    const score = (u: UnregisterSite): number => {
      const roots = this.rootsReaching(u);
      return (
        (roots.some((root) => deaths.has(root)) ? 4 : 0) +
        (roots.some((root) => root.kind === 'driver') ? 2 : 0) +
        (u.fn.ir.macro === true ? 0 : 1)
      );
    };
    return [...unregisters].sort((a, b) => score(b) - score(a))[0];
  }

  private contexts(unregisters: readonly UnregisterSite[]): readonly Context[] {
    const all = new Set<Context>();
    for (const { operation } of this.operations)
      for (const context of this.parts.graph.contextsOf(operation.fn)) all.add(context);
    for (const u of unregisters) for (const context of this.contextsOfUnregister(u)) all.add(context);
    return [...all];
  }

  private teardownContext(
    unregisters: readonly UnregisterSite[],
    results: readonly OperationResult[],
  ): TeardownContext {
    const kinds = new Set(unregisters.flatMap((u) => this.rootsReaching(u)).map((root) => root.kind));
    if (this.site.macro) kinds.add('exit');
    const touchedByDriver = results.some(
      (r) => r.unfenced?.death.root.kind === 'driver' || r.proofs.some((p) => p.root.kind === 'driver'),
    );
    if (kinds.size === 0) return touchedByDriver ? 'driver-remove' : 'none';
    if (kinds.has('driver'))
      return kinds.has('exit') && !this.exitOnlyThroughDriver(unregisters) ? 'both' : 'driver-remove';
    if (kinds.has('destroy')) return kinds.has('exit') ? 'both' : 'object-destroy';
    return touchedByDriver ? 'both' : 'module-exit';
  }

  private exitOnlyThroughDriver(unregisters: readonly UnregisterSite[]): boolean {
    return unregisters.every((u) => this.rootsReaching(u).some((root) => root.kind === 'driver'));
  }

  private triggers(unfenced: readonly OperationResult[], roots: readonly TeardownRoot[]): readonly Trigger[] {
    if (unfenced.some((r) => r.unfenced?.mortal.owner === 'borrowed'))
      return [
        ...new Set<Trigger>(['parent-removal', ...unfenced.flatMap((r) => r.unfenced?.death.root.triggers ?? [])]),
      ];
    const from =
      unfenced.length > 0
        ? unfenced.flatMap((r) => r.unfenced?.death.root.triggers ?? [])
        : roots.flatMap((root) => root.triggers);
    return [...new Set(from.length > 0 ? from : (['module-unload'] as const))];
  }

  // ---- uses ----

  private check(
    operation: Operation,
    trace: Trace,
    mortals: ReadonlyMap<string, Mortal>,
    roots: readonly TeardownRoot[],
  ): OperationResult {
    let unfenced: UnfencedUse | undefined;
    const proofs: { proof: FenceProof; at: Location; root: TeardownRoot }[] = [];
    let uses = 0;
    const dies = (struct: string): boolean => this.parts.objects.owners(struct).some((name) => mortals.has(name));
    for (const traced of trace.events) {
      if (traced.event.kind !== 'use') continue;
      const use = traced.event;
      if (this.isFresh(use, traced)) continue;
      for (const mortal of this.mortalsOf(use, traced, mortals, roots)) {
        uses += 1;
        for (const death of mortal.deaths) {
          const proof = this.fences.find(traced.states, death, dies);
          if (proof !== undefined)
            proofs.push({ proof, at: this.parts.program.locate(traced.fn, use.span), root: death.root });
          else if (unfenced === undefined || (this.isDoubtful(unfenced.mortal) && !this.isDoubtful(mortal)))
            unfenced = { traced, use, mortal, death };
        }
      }
    }
    return { operation, unfenced, proofs, uses };
  }

  private mortalsOf(
    use: UseEvent,
    traced: TraceEvent,
    mortals: ReadonlyMap<string, Mortal>,
    roots: readonly TeardownRoot[],
  ): readonly Mortal[] {
    const found: Mortal[] = [];
    if (use.object !== undefined) {
      for (const name of this.parts.objects.owners(use.object)) {
        const mortal = mortals.get(name);
        if (mortal !== undefined) found.push(mortal);
      }
    }
    if (found.length > 0) return found;
    const member = use.member === undefined ? undefined : mortals.get(use.member);
    if (member?.kind === 'cell' && use.passedTo !== undefined) found.push(member);
    const via = traced.bindValue(use.via);
    if (via === undefined) return found;
    const cell = mortals.get(via);
    if (cell !== undefined) found.push(cell);
    if (found.length > 0) return found;
    for (const provenance of this.parts.objects.provenance(via)) {
      if (provenance.kind !== 'object') continue;
      const holder = this.parts.objects
        .owners(provenance.type)
        .map((name) => mortals.get(name))
        .find((m) => m !== undefined);
      if (holder !== undefined) return [holder];
    }
    const struct = structOf(via);
    if (struct !== undefined && !this.parts.program.isOwnStruct(struct)) return [];
    if (use.object !== undefined && this.parts.objects.allocationsOf(use.object).length > 0) return [];
    for (const root of roots) {
      if (root.kind !== 'driver') continue;
      const managed = this.parts.teardown.devresDeath(via, root);
      if (managed !== undefined) return [{ name: via, kind: 'cell', owner: 'devres', deaths: [managed] }];
      const borrowed = this.parts.teardown.borrowedDeath(via, root);
      if (borrowed !== undefined) return [{ name: via, kind: 'cell', owner: 'borrowed', deaths: [borrowed] }];
    }
    return [];
  }

  /** The pointer was allocated by the function that follows it. */
  private isFresh(use: UseEvent, traced: TraceEvent): boolean {
    const value = use.value;
    if (value.kind !== 'read' && value.kind !== 'address') return false;
    let { root } = value.place;
    while (root.kind === 'value' && (root.value.kind === 'read' || root.value.kind === 'address'))
      root = root.value.place.root;
    if (root.kind !== 'local') return false;
    const definitions = traced.fn.definitions.get(root.name) ?? [];
    return definitions.some(
      (d) =>
        strip(d)?.kind === 'temp' &&
        this.parts.objects
          .provenanceOf(d, traced.fn, this.site.at)
          .some((p) => p.kind === 'allocation' && p.owner === 'caller'),
    );
  }

  private race(result: OperationResult, unregister: UnregisterSite | undefined): Race {
    const found = result.unfenced;
    if (found === undefined) throw new Error('a race without a use');
    const { program } = this.parts;
    const at = program.locate(found.traced.fn, found.use.span);
    const owner: ObjectOwner = found.mortal.owner;
    const name = found.mortal.kind === 'object' ? found.mortal.name : cellText(found.mortal.name);
    return {
      operation: result.operation.field,
      operationFn: result.operation.fn.ir.name,
      use: { at, text: name },
      object: {
        name,
        kind: this.isStale(found) ? 'stale' : found.death.what === 'memory' ? 'memory' : 'resource',
        owner,
        death: { kind: 'free', at: found.death.at, text: found.death.text },
      },
      witness: witnessOf(program, result.operation, found.traced, found.death, unregister, name),
      certainty: this.certainty(found),
    };
  }

  /** Reached through a pointer in static memory that teardown leaves behind or clears. */
  private isStale(found: UnfencedUse): boolean {
    const via = found.traced.bindValue(found.use.via);
    if (via === undefined) return false;
    const struct = structOf(via);
    return struct === undefined ? via.startsWith('::') : this.parts.objects.isStatic(struct);
  }

  private certainty(found: UnfencedUse): Certainty {
    return this.isDoubtful(found.mortal) ? 'may' : 'must';
  }

  /** What operations allocate themselves is taken off its list before teardown frees it, as a rule that is not seen here. */
  private isDoubtful(mortal: Mortal): boolean {
    return mortal.kind === 'object' && mortal.owner === 'teardown' && this.parts.objects.isOperationScoped(mortal.name);
  }

  /** Fences of a node on which nothing that dies is touched: kept for the inventory, which names every fence that holds. */
  private standingFences(roots: readonly TeardownRoot[]): FenceProof | undefined {
    for (const root of roots) {
      const death: Death = { root, event: undefined, at: this.site.at, text: '', what: 'memory' };
      for (const { operation, trace } of this.operations) {
        if (operation.context !== 'file-operation') continue;
        for (const { event, states } of trace.events) {
          if (event.kind !== 'use') continue;
          for (const state of states) {
            const proof = this.fences.find([state], death, () => false);
            if (proof !== undefined) return proof;
          }
        }
      }
    }
    return undefined;
  }

  private privateType(): string | undefined {
    for (const { operation } of this.operations) {
      if (operation.context === 'open') continue;
      const fileIndex = this.parts.program.knowledge.findRole('struct file_operations', operation.field)?.file;
      if (fileIndex === undefined) continue;
      for (const [name, values] of operation.fn.definitions) {
        for (const value of values) {
          const inner = strip(value);
          if (
            inner?.kind === 'read' &&
            inner.place.steps.some((s) => s.kind === 'field' && s.name === 'private_data')
          ) {
            const type = operation.fn.ir.locals[name];
            if (type !== undefined && type.pointers === 1) return type.base;
          }
        }
      }
    }
    return undefined;
  }

  // ---- the verdict's words ----

  private addStructuralFences(
    fences: Set<FenceKind>,
    evidence: Step[],
    facts: {
      owner: OperationsTable['owner'];
      module: boolean;
      racing: number;
      unregisters: readonly UnregisterSite[];
      results: readonly OperationResult[];
      roots: readonly TeardownRoot[];
    },
  ): void {
    const { site } = this;
    const touched = facts.results.some((r) => r.uses > 0);
    const table = this.parts.nodes.operationsTable(site);
    const at = table === undefined ? site.at : { file: table.unit.path, span: table.span };
    if (site.operations.length === 0 && !site.tableUnknown) {
      fences.add('no-state');
      evidence.push({ kind: 'note', at, text: 'no operation of this node leads into the driver' });
      return;
    }
    if (facts.unregisters.length === 0 && !site.macro) {
      fences.add('builtin');
      evidence.push({ kind: 'note', at: site.at, text: 'nothing unregisters this node but an error path' });
      return;
    }
    const allRoots = facts.unregisters.flatMap((u) => this.rootsReaching(u));
    if (facts.module && (facts.owner === 'set' || facts.owner === 'pinned')) {
      const suppressed = allRoots.find((root) => root.suppressed);
      const kind: FenceKind = suppressed === undefined ? 'module-owner' : 'suppress-bind';
      fences.add(kind);
      evidence.push({
        kind: 'note',
        at,
        text:
          suppressed === undefined
            ? 'only module exit tears the node down, and an open fd pins the module'
            : `${suppressed.fn.ir.name}() cannot run by sysfs unbind, and an open fd pins the module`,
      });
    } else if (facts.module && this.parts.program.input.builtin === true) {
      fences.add('builtin');
      evidence.push({ kind: 'note', at, text: 'the code is always built in and is never unloaded' });
    }
    const standing = touched ? undefined : this.standingFences(facts.roots);
    if (standing !== undefined) {
      fences.add(standing.kind);
      evidence.push(...standing.steps);
    }
    if (!touched && this.pins.types.size > 0) {
      fences.add('refcount');
      evidence.push({
        kind: 'note',
        at: site.at,
        text: `an open file holds a reference on ${[...this.pins.types].join(', ')}`,
      });
    }
  }

  private unknowns(results: readonly OperationResult[]): readonly Unknown[] {
    const unknowns: Unknown[] = [];
    if (this.site.tableUnknown) unknowns.push({ at: this.site.at, reason: 'the operations table was not found' });
    void results;
    return unknowns;
  }

  private blockingWaits(waits: Waits, roots: readonly TeardownRoot[]): readonly BlockingWait[] {
    return this.operations
      .filter((o) => o.operation.context === 'file-operation')
      .flatMap((o) => waits.blocking(o.operation, o.trace, roots, this.site))
      .slice(0, 3);
  }
}

/** Handlers of mappings that `mmap` sets up run on as long as the mapping lives. */
function mappingOperations(
  listed: readonly { readonly operation: Operation; readonly trace: Trace }[],
  parts: Parts,
): { readonly operation: Operation; readonly trace: Trace }[] {
  const found: { operation: Operation; trace: Trace }[] = [];
  for (const { operation, trace } of listed) {
    if (operation.context !== 'file-operation') continue;
    for (const { event, fn } of trace.events) {
      if (event.kind !== 'store') continue;
      const table = parts.tables.find(nameOfValue(event.value) ?? '', fn.unit);
      for (const entry of table?.entries.values() ?? []) {
        if (entry.fn === undefined || found.some((f) => f.operation.fn === entry.fn)) continue;
        if (parts.program.knowledge.findRole(table?.struct ?? '', entry.path)?.context !== 'vm-operation') continue;
        const handler: Operation = {
          field: `${operation.field} ${entry.path}`,
          fn: entry.fn,
          context: 'file-operation',
        };
        found.push({ operation: handler, trace: parts.tracer.of(entry.fn) });
      }
    }
  }
  return found;
}
