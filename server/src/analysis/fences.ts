/**
 * Does something order a use before a death, or refuse it after? A fence holds when the use is in a section, the gone test
 * was made in that same section, teardown writes what was tested inside it (or passes through it afterwards), and lock
 * and flag live in memory that outlives the open fd.
 */
import type { Cell } from './cells.ts';
import { cellText, structOf } from './cells.ts';
import type { Snapshot } from './events.ts';
import type { FenceKind, Step } from './model.ts';
import type { LockKey, Test } from './path-state.ts';
import type { Program } from './program.ts';
import type { Parts } from './removal.ts';
import type { ReplacedOperations } from './revocable/replaced-operations.ts';
import { Revocations } from './revocable/revocations.ts';
import type { Death, GoneStore, Teardown, TeardownRoot } from './teardown.ts';
import type { TraceEvent } from './trace.ts';
import { conditionOf, unboundedWaits } from './wait-condition.ts';

export interface FenceProof {
  readonly kind: FenceKind;
  readonly lock: LockKey;
  readonly cell: Cell | undefined;
  readonly steps: readonly Step[];
}

const READ_SIDE: Readonly<Record<string, FenceKind>> = {
  rcu: 'rcu',
  srcu: 'srcu',
  'percpu-ref': 'percpu-ref',
  'drm-dev-enter': 'drm-dev-enter',
  revocable: 'revocable',
};

export class Fences {
  private readonly parts: Parts;
  private readonly program: Program;
  private readonly teardown: Teardown;
  private readonly revocations: Revocations;

  constructor(parts: Parts) {
    this.parts = parts;
    this.program = parts.program;
    this.teardown = parts.teardown;
    this.revocations = new Revocations(parts.program, parts.cells, parts.objects);
  }

  /** The fence of an operation that open has replaced: it runs inside the sections of all providers, so that revoking one before the death is enough. */
  ofReplaced(replaced: ReplacedOperations, death: Death): FenceProof | undefined {
    if (replaced.skipped) return undefined;
    for (const provider of replaced.providers) {
      const step = this.revocations.before(death, [provider]);
      if (step !== undefined)
        return { kind: 'revocable', lock: `revocable ${provider}`, cell: undefined, steps: [step] };
    }
    return undefined;
  }

  private providersBehind(section: Cell): readonly Cell[] {
    return this.revocations.providersBehind(section);
  }

  /** The fence that holds in every state of the use against this death. */
  find(states: readonly Snapshot[], death: Death, dies: (struct: string) => boolean): FenceProof | undefined {
    let proof: FenceProof | undefined;
    for (const state of states) {
      proof = this.inState(state, death, dies);
      if (proof === undefined) return undefined;
    }
    return proof;
  }

  private inState(state: Snapshot, death: Death, dies: (struct: string) => boolean): FenceProof | undefined {
    for (const [key, held] of state.held) {
      const kind = READ_SIDE[held.lock];
      if (held.lock === 'count' || held.lock === 'percpu-ref') {
        if (dropsTheSame(death, held.cell)) return { kind: 'refcount', lock: key, cell: undefined, steps: [] };
        if (this.waitsForCount(death, held.cell))
          return { kind: held.lock === 'count' ? 'wait' : 'percpu-ref', lock: key, cell: undefined, steps: [] };
        continue;
      }
      if (held.lock === 'revocable') {
        const revoke = this.revocations.before(death, this.providersBehind(held.cell));
        if (revoke !== undefined) return { kind: 'revocable', lock: key, cell: undefined, steps: [revoke] };
        continue;
      }
      if (kind !== undefined && held.lock !== 'rcu' && held.lock !== 'srcu' && this.synchronizes(death.root, key)) {
        return { kind, lock: key, cell: undefined, steps: [] };
      }
    }
    for (const test of state.tests) {
      // The last user wakes up teardown, which waits for it.
      if (test.outcome === 'zero' && test.atomic === true && this.waitsForCount(death, test.cell))
        return { kind: 'wait', lock: `count ${test.cell}`, cell: test.cell, steps: [] };
      for (const store of this.teardown.goneStores.get(test.cell) ?? []) {
        if (!sameTeardown(store.root, death.root) || contradicts(test, store) || !isBefore(store, death)) continue;
        const memory = structOf(test.cell);
        if (memory !== undefined && dies(memory)) continue;
        for (const lock of test.locks) {
          const held = state.held.get(lock);
          if (held === undefined) continue;
          const owner = structOf(held.cell);
          if (owner !== undefined && dies(owner)) continue;
          const kind = READ_SIDE[held.lock];
          const ordered = kind === undefined ? this.passesThrough(store, lock) : this.synchronizesAfter(store, lock);
          if (!ordered) continue;
          return { kind: kind ?? 'lock-flag', lock, cell: test.cell, steps: this.steps(store, lock) };
        }
      }
    }
    return undefined;
  }

  /**
   * Teardown lowers or kills the count and then sleeps, unbounded, until somebody wakes it; or it takes away what new users
   * would find, and sleeps on the count itself.
   */
  private waitsForCount(death: Death, count: Cell): boolean {
    if (this.lowersAndWaits(death.root, count)) return true;
    return this.parts.teardown.roots.some((root) => {
      if (!sameTeardown(root, death.root)) return false;
      const hidden = root.trace.events.find(({ event }) => event.kind === 'effect' && event.effect.verb === 'unlinks');
      const wait = unboundedWaits(root.trace).find((e) => conditionOf(e, this.parts).includes(count));
      return hidden !== undefined && wait !== undefined && hidden.order < wait.order;
    });
  }

  private lowersAndWaits(root: TeardownRoot, count: Cell): boolean {
    const { events } = root.trace;
    const lowered = events.find((e) => {
      if (e.event.kind === 'store') return e.event.to === 'zero' && (e.bind(e.event.cell) ?? e.event.cell) === count;
      if (e.event.kind !== 'effect') return false;
      const { verb } = e.event.effect;
      return (verb === 'dropsRef' || verb === 'decrements') && e.bind(e.event.target) === count;
    });
    if (lowered === undefined) return false;
    return events.some(
      (e) =>
        e.order > lowered.order &&
        e.event.kind === 'effect' &&
        e.event.effect.verb === 'waits' &&
        e.event.effect.bounded !== true &&
        (e.event.effect.for === 'completion' || e.event.effect.for === 'condition'),
    );
  }

  /** Teardown holds the lock at the store, or takes it later. */
  private passesThrough(store: GoneStore, lock: LockKey): boolean {
    if (store.event.states.some((state) => state.held.has(lock))) return true;
    return store.root.trace.events.some(
      (e) =>
        e.order > store.event.order &&
        e.event.kind === 'effect' &&
        e.event.effect.verb === 'acquires' &&
        this.lockOf(e) === lock,
    );
  }

  private synchronizesAfter(store: GoneStore, lock: LockKey): boolean {
    return store.root.trace.events.some((e) => e.order > store.event.order && this.isSynchronize(e, lock));
  }

  private synchronizes(root: TeardownRoot, lock: LockKey): boolean {
    return root.trace.events.some((e) => this.isSynchronize(e, lock));
  }

  private isSynchronize(e: TraceEvent, lock: LockKey): boolean {
    if (e.event.kind !== 'effect') return false;
    const { effect } = e.event;
    if (effect.verb === 'frees' && effect.when === 'after-grace-period' && lock.startsWith('rcu ')) return true;
    if (effect.verb !== 'synchronizes') return false;
    const kind = lock.slice(0, lock.indexOf(' '));
    if (effect.lock !== kind) return false;
    if (effect.on === undefined || kind === 'rcu') return true;
    const target = e.bind(e.event.target ?? e.event.value);
    return target === undefined || `${kind} ${target}` === lock;
  }

  lockOf(e: TraceEvent): LockKey | undefined {
    if (e.event.kind !== 'effect' || e.event.effect.verb !== 'acquires') return undefined;
    const cell = e.event.effect.on === undefined ? `::${e.event.effect.lock}` : e.bind(e.event.target ?? e.event.value);
    return cell === undefined ? undefined : `${e.event.effect.lock} ${cell}`;
  }

  private steps(store: GoneStore, lock: LockKey): readonly Step[] {
    const at = this.program.locate(store.event.fn, store.event.event.span);
    const what =
      store.to === 'unlinked' ? `takes the entry out of ${cellText(store.cell)}` : `writes ${cellText(store.cell)}`;
    return [
      {
        kind: 'store',
        at,
        text: `teardown ${what}; operations test it under ${cellText(lock.slice(lock.indexOf(' ') + 1))}`,
      },
    ];
  }
}

/** Teardown only drops its reference, and the operation has taken one of its own. */
function dropsTheSame({ event }: Death, count: Cell): boolean {
  return (
    event?.event.kind === 'effect' && event.event.effect.verb === 'dropsRef' && event.bind(event.event.target) === count
  );
}

/** The use is on the branch that saw the object gone. */
function contradicts(test: Test, store: GoneStore): boolean {
  if (test.outcome === 'compared') return false;
  if (store.to === 'zero') return test.outcome === 'zero';
  if (store.to === 'nonzero') return test.outcome === 'nonzero';
  if (store.to === 'unlinked') return test.outcome === 'zero';
  return false;
}

function sameTeardown(a: TeardownRoot, b: TeardownRoot): boolean {
  // Two functions of one driver (remove and shutdown) do not run one after the other.
  if (a !== b && a.table !== undefined && a.table === b.table) return false;
  return a === b || a.kind === b.kind;
}

/** The store comes before the death in the same trace; other functions of the same teardown are not ordered here. */
function isBefore(store: GoneStore, death: Death): boolean {
  if (death.event === undefined || store.root !== death.root) return true;
  return store.event.order <= death.event.order;
}
