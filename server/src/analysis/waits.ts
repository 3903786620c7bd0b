/** Sleeping and waiting: teardown that waits for the last user, and operations that sleep where teardown must wait for them. */
import type { Cell } from './cells.ts';
import { cellText, structOf } from './cells.ts';
import type { Fences } from './fences.ts';
import type { BlockingWait } from './model.ts';
import type { Operation } from './nodes.ts';
import type { OpenPins } from './open-pins.ts';
import type { Parts } from './removal.ts';
import type { TeardownRoot } from './teardown.ts';
import type { Trace, TraceEvent } from './trace.ts';
import type { Wait } from './wait-condition.ts';
import { conditionOf, unboundedWaits } from './wait-condition.ts';
import { chainSteps } from './witness.ts';

const SLEEPS_FOR_OTHERS = new Set(['condition', 'completion', 'user']);

export class Waits {
  private readonly parts: Parts;
  private readonly fences: Fences;

  constructor(parts: Parts, fences: Fences) {
    this.parts = parts;
    this.fences = fences;
  }

  /** Teardown sleeps, unbounded, for something that only `release` gives: every fd is closed when it returns. */
  drainsClose(
    roots: readonly TeardownRoot[],
    releases: readonly Trace[],
    opens: readonly Trace[],
    pins: OpenPins,
  ): BlockingWait | undefined {
    for (const root of roots) {
      for (const wait of unboundedWaits(root.trace)) {
        const cell = wait.bind(wait.event.target ?? wait.event.value);
        // A sleep that a signal ends is no proof that anybody has closed.
        const { effect } = wait.event;
        if (effect.verb === 'waits' && effect.interruptible === true) continue;
        if (cell === undefined || wokenBefore(wait, cell, root, pins)) continue;
        const last =
          conditionOf(wait, this.parts).some((read) => pins.openTracked.has(read)) ||
          this.lastWake(cell, releases, pins);
        if (last && opens.length > 0) {
          const { program } = this.parts;
          const release = releases[0]?.root ?? root.fn;
          const at = program.locate(wait.fn, wait.event.span);
          return {
            kind: 'drains-close',
            operation: 'release',
            at,
            text: wait.event.api,
            fence: cellText(cell),
            certainty: 'must',
            witness: {
              user: [
                {
                  kind: 'entry',
                  at: program.nameOf(release),
                  text: `an fd that stays open has not run ${release.ir.name}() yet`,
                },
              ],
              teardown: [
                {
                  kind: 'entry',
                  at: program.nameOf(root.fn),
                  text: `teardown (${root.triggers.join(', ')}) enters ${root.fn.ir.name}()`,
                },
                ...chainSteps(program, wait.chain).slice(-12),
                { kind: 'lock', at, text: `waits here until release() has run for every open file` },
              ],
              missing: 'nothing makes user space close its fds',
            },
          };
        }
      }
    }
    return undefined;
  }

  /**
   * `release` wakes the sleeper only when it closes the last file: behind a test of a count that open raises, or in the
   * release function of a reference that the open file holds.
   */
  private lastWake(cell: Cell, releases: readonly Trace[], pins: OpenPins): boolean {
    return releases.some((trace) =>
      trace.events.some((e) => {
        if (!wakes(e) || e.event.kind !== 'effect' || e.bind(e.event.target ?? e.event.value) !== cell) return false;
        if (pins.isLastClose(e)) return true;
        const struct = structOf(cell);
        return e.chain.some((frame) => frame.call.release) && struct !== undefined && pins.types.has(struct);
      }),
    );
  }

  /** An operation sleeps under a lock that teardown needs, on a condition that teardown does not make true. */
  blocking(operation: Operation, trace: Trace, roots: readonly TeardownRoot[]): readonly BlockingWait[] {
    for (const wait of unboundedWaits(trace)) {
      const { effect } = wait.event;
      if (effect.verb !== 'waits' || !SLEEPS_FOR_OTHERS.has(effect.for)) continue;
      const keys = new Set(wait.states.flatMap((state) => [...state.held.keys()]));
      for (const root of roots) {
        for (const key of keys) {
          const taken = root.trace.events.find((e) => this.needs(e, key, root));
          if (taken === undefined || this.conditionKnowsGone(wait, root)) continue;
          const { program } = this.parts;
          const fence = cellText(key.slice(key.indexOf(' ') + 1));
          return [
            {
              kind: 'blocks',
              operation: operation.field,
              at: program.locate(wait.fn, wait.event.span),
              text: wait.event.api,
              fence,
              certainty: 'must',
              witness: {
                user: [
                  {
                    kind: 'entry',
                    at: program.nameOf(operation.fn),
                    text: `${operation.field} enters ${operation.fn.ir.name}() and takes ${fence}`,
                  },
                  ...chainSteps(program, wait.chain).slice(-12),
                  {
                    kind: 'use',
                    at: program.locate(wait.fn, wait.event.span),
                    text: `sleeps in ${wait.event.api}() with ${fence} held`,
                  },
                ],
                teardown: [
                  {
                    kind: 'entry',
                    at: program.nameOf(root.fn),
                    text: `teardown (${root.triggers.join(', ')}) enters ${root.fn.ir.name}()`,
                  },
                  ...chainSteps(program, taken.chain).slice(-12),
                  {
                    kind: 'lock',
                    at: program.locate(taken.fn, taken.event.span),
                    text: `waits for ${fence}, which the sleeper holds`,
                  },
                ],
                missing: `the condition of ${wait.event.api}() does not include what ${root.fn.ir.name}() sets, so unbind hangs until the sleeper gets a signal`,
              },
            },
          ];
        }
      }
    }
    return [];
  }

  private needs(e: TraceEvent, key: string, root: TeardownRoot): boolean {
    if (e.event.kind !== 'effect') return false;
    const { effect } = e.event;
    if (effect.verb === 'acquires')
      return effect.mode === 'exclusive' && this.fences.lockOf(e) === key && this.guardsGone(key, root);
    if (effect.verb === 'synchronizes' && effect.lock === key.slice(0, key.indexOf(' '))) {
      const target = e.bind(e.event.target ?? e.event.value);
      return effect.on !== undefined && target !== undefined && key.endsWith(` ${target}`);
    }
    return false;
  }

  /** Teardown writes something under the lock: it is a fence, not some other use of the lock. */
  private guardsGone(key: string, root: TeardownRoot): boolean {
    return root.trace.events.some((s) => s.event.kind === 'store' && s.states.some((state) => state.held.has(key)));
  }

  /** Teardown, or the completion of a request that the core ends before teardown begins, makes the condition true. */
  private conditionKnowsGone(wait: Wait, root: TeardownRoot): boolean {
    const cells = new Set(conditionOf(wait, this.parts));
    if (cells.size === 0) return false;
    const writes = (e: TraceEvent): boolean =>
      e.event.kind === 'store' && cells.has(e.bind(e.event.cell) ?? e.event.cell);
    if (root.trace.events.some(writes)) return true;
    return this.parts.graph.roots.some(
      (r) => r.context === 'urb-completion' && this.parts.tracer.of(r.fn).events.some(writes),
    );
  }
}

/** Teardown has woken the sleeper before, and not as the last of many users. */
function wokenBefore(wait: Wait, cell: Cell, { trace }: TeardownRoot, pins: OpenPins): boolean {
  return trace.events.some(
    (e) =>
      e.order < wait.order &&
      e.event.kind === 'effect' &&
      e.event.effect.verb === 'wakes' &&
      !e.chain.some((frame) => frame.call.release) &&
      !pins.isLastClose(e) &&
      e.bind(e.event.target ?? e.event.value) === cell,
  );
}

function wakes(e: TraceEvent): boolean {
  return e.event.kind === 'effect' && (e.event.effect.verb === 'wakes' || e.event.effect.verb === 'sets');
}
