/** The uses of an operation that touch something mortal, and whether a fence stands before each. */
import type { Location } from '../base/span.ts';
import type { Value } from '../ir/ir.ts';
import type { Cell } from './cells.ts';
import { cellText, strip, structOf } from './cells.ts';
import type { UseEvent } from './events.ts';
import type { FenceProof, Fences } from './fences.ts';
import type { Certainty } from './model.ts';
import type { NodeSite, Operation } from './nodes.ts';
import type { Fn } from './program.ts';
import type { Parts } from './removal.ts';
import type { ReplacedOperations } from './revocable/replaced-operations.ts';
import type { Death, Mortal, Pins, TeardownRoot } from './teardown.ts';
import type { Frame, Trace, TraceEvent } from './trace.ts';

/** How often fresh memory may be handed on, to a helper or to another local, and still be known. */
const MAX_HANDOVERS = 4;

export interface UnfencedUse {
  readonly traced: TraceEvent;
  readonly use: UseEvent;
  readonly mortal: Mortal;
  readonly death: Death;
}

export interface OperationResult {
  readonly operation: Operation;
  readonly unfenced: UnfencedUse | undefined;
  readonly proofs: readonly { readonly proof: FenceProof; readonly at: Location; readonly root: TeardownRoot }[];
  readonly uses: number;
}

export class UseChecker {
  private readonly site: NodeSite;
  private readonly parts: Parts;
  private readonly fences: Fences;
  private readonly pins: Pins;

  constructor(site: NodeSite, parts: Parts, fences: Fences, pins: Pins) {
    this.pins = pins;
    this.site = site;
    this.parts = parts;
    this.fences = fences;
  }

  check(
    operation: Operation,
    trace: Trace,
    mortals: ReadonlyMap<string, Mortal>,
    roots: readonly TeardownRoot[],
    replaced?: ReplacedOperations,
  ): OperationResult {
    let unfenced: UnfencedUse | undefined;
    const proofs: { proof: FenceProof; at: Location; root: TeardownRoot }[] = [];
    let uses = 0;
    const taken = this.takenOver(trace, roots);
    const dies = (struct: string): boolean => this.parts.objects.owners(struct).some((name) => mortals.has(name));
    for (const traced of trace.events) {
      if (traced.event.kind !== 'use') continue;
      const use = traced.event;
      if (this.isFresh(use, traced)) continue;
      for (const mortal of this.mortalsOf(use, traced, mortals, roots)) {
        if (taken.has(mortal.name)) continue;
        uses += 1;
        const copied = mortal.owner === 'cleared' && this.isTestedCopy(mortal.name, use, traced);
        for (const death of mortal.deaths) {
          if (this.hangsOn(taken, death)) continue;
          const proof =
            this.fences.find(traced.states, death, dies) ??
            (replaced === undefined ? undefined : this.fences.ofReplaced(replaced, death)) ??
            this.sharedLock(traced, use, death, dies);
          if (proof !== undefined)
            proofs.push({ proof, at: this.parts.program.locate(traced.fn, use.span), root: death.root });
          else if (
            !copied &&
            (unfenced === undefined || (this.isDoubtful(unfenced.mortal) && !this.isDoubtful(mortal)))
          )
            unfenced = { traced, use, mortal, death };
        }
      }
    }
    return { operation, unfenced, proofs, uses };
  }

  /**
   * The lock under which teardown takes out of reach and frees, held here since before the pointer was loaded out of
   * memory that others share.
   */
  private sharedLock(
    traced: TraceEvent,
    use: UseEvent,
    death: Death,
    dies: (struct: string) => boolean,
  ): FenceProof | undefined {
    const { event } = death;
    const via = traced.bindValue(use.via);
    const from = via === undefined ? undefined : structOf(via);
    if (event?.event.kind !== 'effect' || event.event.effect.verb !== 'frees' || via === undefined) return undefined;
    if (from !== undefined && !this.parts.program.isOwnStruct(from)) return undefined;
    for (const [key, held] of event.states[0]?.held ?? []) {
      const owner = structOf(held.cell);
      if (owner !== undefined && dies(owner)) continue;
      const everywhere = (states: TraceEvent['states']): boolean => states.every((state) => state.held.has(key));
      const takesAway = death.root.trace.events.some(
        (e) =>
          everywhere(e.states) &&
          (e.event.kind === 'store' || (e.event.kind === 'effect' && e.event.effect.verb === 'unlinks')),
      );
      if (held.mode === 'exclusive' && takesAway && everywhere(event.states) && everywhere(traced.states))
        return {
          kind: 'lock-flag',
          lock: key,
          cell: undefined,
          steps: [{ kind: 'lock', at: death.at, text: `teardown frees it under ${cellText(held.cell)}` }],
        };
    }
    return undefined;
  }

  /**
   * Structs whose entries the operation takes off their list under the lock under which teardown does so too: an entry
   * belongs to whoever took it off.
   */
  private takenOver(trace: Trace, roots: readonly TeardownRoot[]): ReadonlySet<string> {
    const unlinks = (events: readonly TraceEvent[]): Map<string, Set<string>> => {
      const locks = new Map<string, Set<string>>();
      for (const { event, states, bind } of events) {
        if (event.kind !== 'effect' || event.effect.verb !== 'unlinks') continue;
        const entry = bind(event.target ?? event.value);
        const struct = entry === undefined ? undefined : structOf(entry);
        if (struct === undefined) continue;
        const held = locks.get(struct) ?? new Set<string>();
        for (const state of states) for (const key of state.held.keys()) held.add(key);
        locks.set(struct, held);
      }
      return locks;
    };
    const own = unlinks(trace.events);
    const taken = new Set<string>();
    if (own.size === 0) return taken;
    for (const root of roots) {
      for (const [struct, locks] of unlinks(root.trace.events)) {
        if ([...locks].some((lock) => own.get(struct)?.has(lock) === true)) taken.add(struct);
      }
    }
    return taken;
  }

  /** What teardown frees is reached through such an entry, and goes with it. */
  private hangsOn(taken: ReadonlySet<string>, { event: traced }: Death): boolean {
    if (taken.size === 0 || traced?.event.kind !== 'effect') return false;
    const { target, value } = traced.event;
    const freed = traced.bindValue(target ?? value);
    const holder = freed === undefined ? undefined : structOf(freed);
    return holder !== undefined && this.parts.objects.owners(holder).some((owner) => taken.has(owner));
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
    if (cell !== undefined && cell.owner !== 'cleared') found.push(cell);
    if (found.length > 0) return found;
    const holder = structOf(via);
    // What any file's private data may hold says nothing about this node's.
    const known =
      holder === undefined || this.parts.program.isOwnStruct(holder) ? this.parts.objects.provenance(via) : [];
    for (const provenance of known) {
      if (provenance.kind !== 'object') continue;
      const mortal = this.parts.objects
        .owners(provenance.type)
        .map((name) => mortals.get(name))
        .find((m) => m !== undefined);
      if (mortal !== undefined) return [mortal];
    }
    const struct = structOf(via);
    if (struct !== undefined && !this.parts.program.isOwnStruct(struct)) return [];
    if (
      cell === undefined &&
      use.object !== undefined &&
      (this.parts.objects.allocationsOf(use.object).length > 0 || this.pins.types.has(use.object))
    )
      return [];
    for (const root of roots) {
      if (root.kind !== 'driver') continue;
      const managed = this.parts.teardown.devresDeath(via, root);
      if (managed !== undefined) return [{ name: via, kind: 'cell', owner: 'devres', deaths: [managed] }];
      const borrowed = this.parts.teardown.borrowedDeath(via, root);
      if (borrowed !== undefined) return [{ name: via, kind: 'cell', owner: 'borrowed', deaths: [borrowed] }];
    }
    return cell === undefined ? [] : [cell];
  }

  /** A local copy of the pointer that was seen to be set: clearing the original does not change it. */
  private isTestedCopy(cell: Cell, { value, via }: UseEvent, { states, fn, bindValue }: TraceEvent): boolean {
    if (bindValue(via) !== cell || (value.kind !== 'read' && value.kind !== 'address')) return false;
    const { root } = value.place;
    return (
      root.kind === 'local' &&
      bindValue(this.parts.cells.valueCellOfLocal(root.name, fn)) === cell &&
      states.every((state) => state.tests.some((test) => test.cell === cell && test.outcome === 'nonzero'))
    );
  }

  /** The pointer was allocated by the function that follows it. */
  private isFresh(use: UseEvent, traced: TraceEvent): boolean {
    const value = use.value;
    if (value.kind !== 'read' && value.kind !== 'address') return false;
    let { root } = value.place;
    while (root.kind === 'value' && (root.value.kind === 'read' || root.value.kind === 'address'))
      root = root.value.place.root;
    return root.kind === 'local' && this.isFreshLocal(root.name, traced.fn, traced.chain);
  }

  /** Allocated here or in a caller that passes it on, or pointing into what a fresh local points to. */
  private isFreshLocal(name: string, fn: Fn, chain: readonly Frame[], depth = 0): boolean {
    if (depth > MAX_HANDOVERS) return false;
    const caller = chain.at(-1);
    const parameter = fn.ir.parameters.findIndex((p) => p.name === name);
    if (parameter >= 0) {
      const argument = caller === undefined ? undefined : strip(argumentOf(caller, parameter));
      const root = argument?.kind === 'read' || argument?.kind === 'address' ? argument.place.root : undefined;
      return (
        caller !== undefined &&
        root?.kind === 'local' &&
        this.isFreshLocal(root.name, caller.fn, chain.slice(0, -1), depth + 1)
      );
    }
    return (fn.definitions.get(name) ?? []).some((definition) => {
      const value = strip(definition);
      if (value?.kind === 'temp')
        return this.parts.objects
          .provenanceOf(value, fn, this.site.at)
          .some((p) => p.kind === 'allocation' && p.owner === 'caller');
      if (value?.kind !== 'address') return false;
      const { root } = value.place;
      return root.kind === 'local' && root.name !== name && this.isFreshLocal(root.name, fn, chain, depth + 1);
    });
  }

  /** Reached through a pointer in static memory that teardown leaves behind or clears. */
  isStale(found: UnfencedUse): boolean {
    const via = found.traced.bindValue(found.use.via);
    if (via === undefined) return false;
    const struct = structOf(via);
    if (found.mortal.owner === 'cleared') return true;
    return struct === undefined ? via.startsWith('::') : this.parts.objects.isStatic(struct);
  }

  /** The provider in whose section the use always stands. */
  sectionOf({ traced }: UnfencedUse): Cell | undefined {
    const [first] = traced.states;
    const sections = [...(first?.held.values() ?? [])].filter((held) => held.lock === 'revocable');
    return sections.find(({ cell }) =>
      traced.states.every((state) => [...state.held.values()].some((held) => held.cell === cell)),
    )?.cell;
  }

  certainty(found: UnfencedUse): Certainty {
    return this.isDoubtful(found.mortal) ? 'may' : 'must';
  }

  /** What operations allocate themselves is taken off its list before teardown frees it, as a rule that is not seen here. */
  private isDoubtful(mortal: Mortal): boolean {
    return mortal.kind === 'object' && mortal.owner === 'teardown' && this.parts.objects.isOperationScoped(mortal.name);
  }
}

/** What the caller passes for a parameter. */
function argumentOf({ fn, call }: Frame, parameter: number): Value | undefined {
  for (const { span, args } of fn.calls.values()) {
    if (span.start === call.span.start && span.end === call.span.end) return args[parameter];
  }
  return undefined;
}
