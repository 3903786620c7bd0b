import type { Context } from '../knowledge/schema.ts';
import type { CallGraph } from './call-graph.ts';
import type { Cells } from './cells.ts';
import { cellText, strip } from './cells.ts';
import { onEverySuccess } from './dominance.ts';
import { earlyFreeRace } from './early-free.ts';
import { cdevRace } from './embedded-cdev.ts';
import type { FenceProof } from './fences.ts';
import { Fences } from './fences.ts';
import type {
  BlockingWait,
  DeviceNode,
  FenceKind,
  ObjectOwner,
  OperationsTable,
  Race,
  Step,
  Unknown,
} from './model.ts';
import { NodeTeardown } from './node-teardown.ts';
import type { NodeSite, Nodes, Operation, UnregisterSite } from './nodes.ts';
import type { Objects } from './objects.ts';
import type { TracedOperation } from './open-pins.ts';
import { OpenPins } from './open-pins.ts';
import type { Program } from './program.ts';
import type { ReplacedOperations } from './revocable/replaced-operations.ts';
import { replacedOperations } from './revocable/replaced-operations.ts';
import type { Tables } from './tables.ts';
import { nameOfValue } from './tables.ts';
import type { Death, Teardown, TeardownRoot } from './teardown.ts';
import { TEARDOWN_CONTEXTS } from './teardown.ts';
import type { Trace, Tracer } from './trace.ts';
import type { OperationResult } from './uses.ts';
import { UseChecker } from './uses.ts';
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

export function judge(site: NodeSite, index: number, parts: Parts): DeviceNode {
  return new Judgement(site, index, parts).run();
}

class Judgement {
  private readonly site: NodeSite;
  private readonly index: number;
  private readonly parts: Parts;
  private readonly fences: Fences;
  private readonly operations: readonly TracedOperation[];
  private readonly opens: readonly Trace[];
  private readonly releases: readonly Trace[];
  private readonly nodeTeardown: NodeTeardown;
  private readonly uses: UseChecker;
  private readonly pins: OpenPins;

  constructor(site: NodeSite, index: number, parts: Parts) {
    this.site = site;
    this.index = index;
    this.parts = parts;
    this.fences = new Fences(parts);
    const listed = site.operations.map((operation) => ({ operation, trace: parts.tracer.of(operation.fn) }));
    this.operations = [...listed, ...mappingOperations(listed, parts)];
    this.opens = this.operations.filter((o) => o.operation.context === 'open').map((o) => o.trace);
    this.releases = this.operations.filter((o) => o.operation.context === 'release').map((o) => o.trace);
    this.pins = new OpenPins(site, parts, this.operations);
    this.nodeTeardown = new NodeTeardown(site, parts);
    this.uses = new UseChecker(site, parts, this.fences, this.pins);
  }

  run(): DeviceNode {
    const { site } = this;
    const owner = this.ownerOf();
    const unregisters = this.nodeTeardown.liveUnregisters();
    const roots = this.nodeTeardown.liveRoots(owner);
    const mortals = this.parts.teardown.mortals(roots, this.pins);
    const waits = new Waits(this.parts, this.fences);
    const closeFence = waits.drainsClose(roots, this.releases, this.opens, this.pins);
    const racing = this.operations.filter((o) => o.operation.context !== 'open');
    const results = racing.map((o) =>
      this.uses.check(o.operation, o.trace, mortals, roots, this.replaced(o.operation)),
    );
    const unfenced =
      closeFence !== undefined || this.refusesWhileOpen(unregisters)
        ? []
        : results.filter((r) => r.unfenced !== undefined);
    const contexts = this.contexts(unregisters);
    const teardown = this.nodeTeardown.teardownContext(unregisters, results, this.pins, roots);
    const chosen = this.nodeTeardown.chooseUnregister(unregisters, unfenced);
    const races = unfenced.map((r) => this.race(r, chosen));
    const embedded = races.some((r) => r.operation === 'release')
      ? undefined
      : cdevRace(site, roots, chosen, this.releases, this.parts);
    if (embedded !== undefined && closeFence === undefined) races.push(embedded);
    const early = earlyFreeRace(site, roots, chosen, this.operations, this.parts);
    if (early !== undefined) races.push(early);
    const module = this.nodeTeardown.moduleLifetime(unregisters);
    // Pseudo files are pinned by their own core.
    const ownerMissing = owner === 'missing' && this.canUnload() && site.kind !== 'debugfs-unsafe';
    const unknowns = [...this.unknowns()];
    const fences = new Set<FenceKind>();
    const guards = new Set<string>();
    const evidence: Step[] = [];
    for (const result of results) {
      for (const { proof, at } of result.proofs) {
        const [kind = '', cell = ''] = proof.lock.split(/ (.*)/s);
        if (cell !== '') guards.add(`${kind} ${cellText(cell)}`);
        if (!fences.has(proof.kind)) {
          fences.add(proof.kind);
          evidence.push(
            {
              kind: 'lock',
              at,
              text: `this use is inside the section of ${cellText(cell)}`,
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
    const vulnerable = races.length > 0 || (ownerMissing && unregisters.length + (site.macro ? 1 : 0) > 0);
    // What was left out of a module that is too large may be what tears this down.
    const unproven = [...fences].every((kind) => kind === 'no-state' || kind === 'builtin');
    const cut = this.parts.program.input.cut === true && unproven;
    if (cut) unknowns.push({ at: site.at, reason: 'the module is too large: some of its files were left out' });
    const certain = fences.size > 0 && !cut;
    const verdict = vulnerable ? 'vulnerable' : certain || unknowns.length === 0 ? 'safe' : 'unknown';
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
      triggers: this.nodeTeardown.triggers(unfenced, roots),
      verdict,
      fences: openLabels,
      ...(vulnerable || guards.size === 0 ? {} : { guards: [...guards] }),
      evidence: vulnerable ? [] : evidence,
      races,
      ownerMissing,
      blockingWaits: [...this.blockingWaits(waits, roots), ...(closeFence === undefined ? [] : [closeFence])],
      unknowns,
    };
  }

  // ---- references ----

  private refusesWhileOpen(unregisters: readonly UnregisterSite[]): boolean {
    if (unregisters.length === 0) return false;
    return this.parts.teardown.roots
      .flatMap((root) => root.trace.events)
      .filter(
        (e) =>
          e.event.kind === 'effect' && e.event.effect.verb === 'unpublishes' && unregisters.some((u) => u.fn === e.fn),
      )
      .some((e) => this.pins.isLastClose(e));
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
      for (const { event, fn } of open.events) {
        if (
          event.kind === 'effect' &&
          event.effect.verb === 'takesRef' &&
          event.effect.what === 'module' &&
          onEverySuccess(fn, event.callId) &&
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
    for (const { call } of program.macroCalls('own')) {
      for (const what of program.knowledge.findMacro(call.name)?.does ?? [])
        if (what.verb === 'drives' && what.builtin !== true) return true;
    }
    return false;
  }

  // ---- teardown ----

  private contextsOfUnregister(site: UnregisterSite): ReadonlySet<Context> {
    return this.parts.graph.contextsOf(site.fn);
  }

  private contexts(unregisters: readonly UnregisterSite[]): readonly Context[] {
    const all = new Set<Context>();
    for (const { operation } of this.operations)
      for (const context of this.parts.graph.contextsOf(operation.fn)) all.add(context);
    for (const u of unregisters) for (const context of this.contextsOfUnregister(u)) all.add(context);
    return [...all];
  }

  // ---- uses ----

  /** Open has put the operation into a section. */
  private replaced({ field }: Operation): ReplacedOperations | undefined {
    const { program } = this.parts;
    if (program.knowledge.findRole('struct file_operations', field)?.coveredByFsRevocable !== true) return undefined;
    const opens = this.site.operations.filter((o) => o.context === 'open');
    return opens.flatMap((open) => replacedOperations(open.fn, this.parts))[0];
  }

  private race(result: OperationResult, unregister: UnregisterSite | undefined): Race {
    const found = result.unfenced;
    if (found === undefined) throw new Error('a race without a use');
    const { program } = this.parts;
    const at = program.locate(found.traced.fn, found.use.span);
    const owner: ObjectOwner = found.mortal.owner;
    const unrevoked = this.uses.sectionOf(found);
    const name = found.mortal.kind === 'object' ? found.mortal.name : cellText(found.mortal.name);
    return {
      operation: result.operation.field,
      operationFn: result.operation.fn.ir.name,
      use: { at, text: name },
      object: {
        name,
        kind: this.uses.isStale(found) ? 'stale' : found.death.what === 'memory' ? 'memory' : 'resource',
        owner,
        death: { kind: 'free', at: found.death.at, text: found.death.text },
      },
      ...(unrevoked === undefined ? {} : { unrevoked: cellText(unrevoked) }),
      witness: witnessOf(program, result.operation, found.traced, found.death, unregister, name),
      certainty: this.uses.certainty(found),
    };
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
    }
    if (facts.unregisters.length === 0 && !site.macro) {
      if (this.unregisterUnknown() !== undefined || this.unregisterMissing()) return;
      fences.add('builtin');
      evidence.push({ kind: 'note', at: site.at, text: 'nothing unregisters this node but an error path' });
      return;
    }
    const allRoots = facts.unregisters.flatMap((u) => this.nodeTeardown.rootsReaching(u));
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
    const section = fences.has('lock-flag') || fences.has('srcu') || fences.has('rcu');
    const standing = section ? undefined : this.standingFences(facts.roots);
    if (standing !== undefined && !fences.has(standing.kind)) {
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
    if (!touched && !fences.has('revocable')) this.addForeignSections(fences, evidence);
  }

  /** Sections of a provider that another module makes and revokes: nothing of this module dies behind them. */
  private addForeignSections(fences: Set<FenceKind>, evidence: Step[]): void {
    for (const { trace } of this.operations) {
      for (const { event, fn } of trace.events) {
        if (event.kind !== 'effect' || event.effect.verb !== 'acquires' || event.effect.lock !== 'revocable') continue;
        fences.add('revocable');
        const at = this.parts.program.locate(fn, event.span);
        evidence.push({ kind: 'lock', at, text: 'what dies with another module is reached through its provider' });
        return;
      }
    }
  }

  /** An unregister call that no known context reaches. */
  private unregisterUnknown(): UnregisterSite | undefined {
    return this.site.unregisters.find((u) => this.parts.graph.contextsOf(u.fn).size === 0);
  }

  /** Teardown calls what unregisters it, or the module can go and nothing does: the path there was not seen. */
  private unregisterMissing(): boolean {
    const { site } = this;
    if (site.macro || this.nodeTeardown.liveUnregisters().length > 0) return false;
    if (site.unregisters.length === 0) return this.canUnload();
    return site.unregisters.some(
      (u) => u.fn !== site.fn && [...this.contextsOfUnregister(u)].some((context) => TEARDOWN_CONTEXTS.has(context)),
    );
  }

  private unknowns(): readonly Unknown[] {
    const unknowns: Unknown[] = [];
    if (this.site.tableUnknown) unknowns.push({ at: this.site.at, reason: 'the operations table was not found' });
    const unregister = this.unregisterUnknown();
    if (this.unregisterMissing())
      unknowns.push({ at: this.site.at, reason: 'how teardown gets to an unregister call was not found' });
    if (unregister !== undefined)
      unknowns.push({ at: unregister.at, reason: `nothing is known of who calls ${unregister.fn.ir.name}()` });
    return unknowns;
  }

  private blockingWaits(waits: Waits, roots: readonly TeardownRoot[]): readonly BlockingWait[] {
    return this.operations
      .filter((o) => o.operation.context === 'file-operation')
      .flatMap((o) => waits.blocking(o.operation, o.trace, roots))
      .slice(0, 3);
  }
}

/** Handlers of mappings that `mmap` sets up run on as long as the mapping lives. */
function mappingOperations(listed: readonly TracedOperation[], parts: Parts): TracedOperation[] {
  const found: TracedOperation[] = [];
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
