/** How one node is torn down: which unregister calls and which teardown functions count, and what triggers them. */
import type { Trigger } from '../knowledge/schema.ts';
import type { OperationsTable, TeardownContext } from './model.ts';
import type { NodeSite, UnregisterSite } from './nodes.ts';
import type { Parts } from './removal.ts';
import type { Pins, TeardownRoot } from './teardown.ts';
import type { TraceEvent } from './trace.ts';
import type { OperationResult } from './uses.ts';

export class NodeTeardown {
  private readonly site: NodeSite;
  private readonly parts: Parts;

  constructor(site: NodeSite, parts: Parts) {
    this.site = site;
    this.parts = parts;
  }

  /** Unregister calls that run in some teardown; the others are error paths. */
  liveUnregisters(): readonly UnregisterSite[] {
    const reached = this.site.unregisters.filter((u) =>
      this.parts.teardown.roots.some((root) => root.trace.events.some((e) => e.fn === u.fn && e.event === u.event)),
    );
    return reached;
  }

  moduleLifetime(unregisters: readonly UnregisterSite[]): boolean {
    if (this.site.macro) return true;
    if (unregisters.length === 0) return false;
    return !unregisters.some((u) => this.rootsReaching(u).some((root) => root.kind !== 'exit' && !root.suppressed));
  }

  rootsReaching(u: UnregisterSite): readonly TeardownRoot[] {
    return this.parts.teardown.roots.filter((root) =>
      root.trace.events.some((e) => e.fn === u.fn && e.event === u.event),
    );
  }

  /** Roots that can run while an fd is open. */
  liveRoots(owner: OperationsTable['owner']): readonly TeardownRoot[] {
    return this.parts.teardown.roots.filter((root) => {
      if (root.kind === 'exit') return false;
      // The operation that destroys other nodes is not torn down by itself.
      if (root.kind === 'destroy' && this.site.operations.some((o) => o.fn === root.fn)) return false;
      if (root.suppressed) return owner === 'missing';
      return true;
    });
  }

  chooseUnregister(
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

  teardownContext(
    unregisters: readonly UnregisterSite[],
    results: readonly OperationResult[],
    pins: Pins,
    roots: readonly TeardownRoot[],
  ): TeardownContext {
    const kinds = new Set(unregisters.flatMap((u) => this.rootsReaching(u)).map((root) => root.kind));
    if (this.site.macro) kinds.add('exit');
    const touchedByDriver = results.some(
      (r) => r.unfenced?.death.root.kind === 'driver' || r.proofs.some((p) => p.root.kind === 'driver'),
    );
    const counted = roots.some(
      (root) => root.kind !== 'exit' && root.trace.events.some((e) => this.endsPinned(e, pins)),
    );
    if (kinds.size === 0) return touchedByDriver ? 'driver-remove' : 'none';
    if (kinds.has('driver'))
      return kinds.has('exit') && !this.exitOnlyThroughDriver(unregisters) ? 'both' : 'driver-remove';
    if (kinds.has('destroy')) return kinds.has('exit') ? 'both' : 'object-destroy';
    return touchedByDriver || counted ? 'both' : 'module-exit';
  }

  /** Teardown gives up an object that open files of this node hold. */
  private endsPinned({ event }: TraceEvent, pins: Pins): boolean {
    if (event.kind !== 'effect') return false;
    const { verb } = event.effect;
    if (verb !== 'dropsRef' && verb !== 'frees' && verb !== 'unlinks') return false;
    return [event.object, event.holder].some(
      (type) => type !== undefined && pins.types.has(type) && this.parts.program.isOwnStruct(type),
    );
  }

  private exitOnlyThroughDriver(unregisters: readonly UnregisterSite[]): boolean {
    return unregisters.every((u) => this.rootsReaching(u).some((root) => root.kind === 'driver'));
  }

  triggers(unfenced: readonly OperationResult[], roots: readonly TeardownRoot[]): readonly Trigger[] {
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
}
