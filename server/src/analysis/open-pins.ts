/** What an open fd keeps alive, and what happens only while none is open. */
import type { Cell } from './cells.ts';
import { structOf } from './cells.ts';
import type { NodeSite, Operation } from './nodes.ts';
import type { Test } from './path-state.ts';
import type { Parts } from './removal.ts';
import type { Pins } from './teardown.ts';
import type { Trace, TraceEvent } from './trace.ts';

export interface TracedOperation {
  readonly operation: Operation;
  readonly trace: Trace;
}

export class OpenPins implements Pins {
  /** Struct types on which the file holds a reference. */
  readonly types: ReadonlySet<string>;
  private readonly site: NodeSite;
  private readonly parts: Parts;
  private readonly operations: readonly TracedOperation[];
  private readonly releases: readonly Trace[];
  /** Cells that operations raise or set and release lowers or clears. */
  readonly openTracked: ReadonlySet<Cell>;

  constructor(site: NodeSite, parts: Parts, operations: readonly TracedOperation[]) {
    this.site = site;
    this.parts = parts;
    this.operations = operations;
    this.releases = operations.filter((o) => o.operation.context === 'release').map((o) => o.trace);
    this.openTracked = this.findOpenTracked();
    this.types = this.findPinnedTypes();
  }

  private findPinnedTypes(): ReadonlySet<string> {
    const types = new Set<string>();
    for (const struct of this.site.pinnedBy) types.add(struct);
    const dropped = new Set(
      this.releases.flatMap((trace) => trace.events.flatMap((traced) => this.referenced(traced, 'drops'))),
    );
    // What open makes starts with the file's own reference.
    for (const type of dropped) if (this.isMadeByOpen(type)) types.add(type);
    for (const { operation, trace } of this.operations) {
      if (operation.context === 'release') continue;
      for (const traced of trace.events) {
        for (const type of this.referenced(traced, 'takes'))
          if (operation.context === 'open' || dropped.has(type)) types.add(type);
      }
    }
    // What a pinned object's release function gives back stays until then; so for what that one gives back.
    for (let size = -1; size !== types.size; ) {
      size = types.size;
      for (const root of this.parts.graph.roots) {
        if (root.context !== 'object-release') continue;
        const { events } = this.parts.tracer.of(root.fn);
        const belongs = events.some(
          ({ event }) =>
            (event.kind === 'use' || (event.kind === 'effect' && event.effect.verb === 'frees')) &&
            event.object !== undefined &&
            types.has(event.object),
        );
        if (belongs) for (const traced of events) for (const type of this.referenced(traced, 'drops')) types.add(type);
      }
    }
    return types;
  }

  private isMadeByOpen(type: string): boolean {
    const sites = this.parts.objects.allocationsOf(type);
    return (
      sites.length > 0 &&
      sites.every(({ fn }) => {
        const contexts = this.parts.graph.contextsOf(fn);
        return contexts.has('open') && !contexts.has('probe') && !contexts.has('file-operation');
      })
    );
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
    if ('what' in effect && effect.what === 'provider' && traced.event.holder !== undefined) return [];
    const { program } = this.parts;
    const target = traced.bind(traced.event.target);
    const struct = target === undefined || target.endsWith('*') ? undefined : structOf(target);
    const types: string[] = [
      ...(struct !== undefined && program.isOwnStruct(struct) ? [struct] : []),
      ...(traced.event.holder !== undefined && program.isOwnStruct(traced.event.holder) ? [traced.event.holder] : []),
      // Any struct: a reference on a host keeps its private area too.
      ...(traced.event.object === undefined ? [] : [traced.event.object]),
    ];
    if ('what' in effect && effect.what === 'device' && traced.event.holder === undefined)
      types.push(...this.containersIn(traced));
    // A count in an embedded struct counts for what holds it.
    return [...new Set(types.flatMap((type) => [type, ...this.parts.objects.owners(type)]))];
  }

  /** Structs around a device that a function found by reference: `foo = to_foo(class_find_device(…))`. */
  private containersIn(traced: TraceEvent): readonly string[] {
    const { program } = this.parts;
    const device = (traced.event.kind === 'effect' ? traced.event.object : undefined) ?? 'struct device';
    const found: string[] = [];
    for (const [name, values] of traced.fn.definitions) {
      const type = traced.fn.ir.locals[name];
      if (type === undefined || type.pointers !== 1 || !program.isOwnStruct(type.base)) continue;
      if (!program.fieldsOf(type.base).some((f) => f.type.base === device && f.type.pointers === 0)) continue;
      if (values.some((value) => value.kind === 'container' || value.kind === 'temp')) found.push(type.base);
    }
    const { returns } = traced.fn.ir;
    if (
      returns.pointers === 1 &&
      program.fieldsOf(returns.base).some((f) => f.type.base === device && f.type.pointers === 0)
    )
      found.push(returns.base);
    return found;
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

  /** The event happens only on paths that saw the count at its end, whatever protects the count. */
  isLastClose(traced: TraceEvent): boolean {
    return (
      traced.states.length > 0 &&
      traced.states.every((state) =>
        state.tests.some((test) => test.outcome !== 'nonzero' && this.openTracked.has(test.cell)),
      )
    );
  }

  /** The event happens only on paths that tested what open and release count. */
  isConditional(traced: TraceEvent): boolean {
    return (
      traced.states.length > 0 &&
      traced.states.every((state) =>
        state.tests.some((test) => test.outcome !== 'nonzero' && this.openTracked.has(test.cell) && outlives(test)),
      )
    );
  }
}

/**
 * A count under a lock of the counted object itself decides nothing: whoever drops the lock last may find the object
 * freed. An atomic count needs no lock.
 */
function outlives(test: Test): boolean {
  const struct = structOf(test.cell);
  return (
    test.atomic === true ||
    struct === undefined ||
    test.locks.some((lock) => structOf(lock.slice(lock.indexOf(' ') + 1)) !== struct)
  );
}
