/** What is known of one source, and the report of what is wrong with it in one disposal. */
import type { Context } from '../../knowledge/schema.ts';
import { cellText } from '../cells.ts';
import type { Certainty } from '../model.ts';
import type { Fn } from '../program.ts';
import type { Parts } from '../removal.ts';
import type { Callbacks, TracedUse } from './callbacks.ts';
import type { DeathAt, Disposal, TracedStop } from './disposals.ts';
import type { OrderFact } from './facts.ts';
import type { Source, Sources } from './sources.ts';
import type { StoryStep } from './story.ts';
import { entryText, placeOfOrder, teardownThread, userThread, witness } from './story.ts';
import { callbackName, sourceText } from './text.ts';

/** A stop that only these run is no stop in teardown. */
const SETTING_UP: ReadonlySet<Context> = new Set(['probe', 'module-init', 'power-management', 'object-create']);
export const DISPOSING: ReadonlySet<Context> = new Set([
  'teardown',
  'module-exit',
  'object-destroy',
  'object-release',
  'devres-action',
  'rcu-callback',
]);

export class SourceFacts {
  protected readonly parts: Parts;
  protected readonly sources: Sources;
  protected readonly callbacks: Callbacks;

  constructor(parts: Parts, sources: Sources, callbacks: Callbacks) {
    this.parts = parts;
    this.sources = sources;
    this.callbacks = callbacks;
  }

  protected fact(
    defect: OrderFact['defect'],
    source: Source,
    disposal: Disposal,
    death: DeathAt,
    object: string,
    stop: TracedStop | undefined,
    certainty: Certainty,
  ): OrderFact {
    const { parts } = this;
    const story: StoryStep[] = [];
    if (stop !== undefined)
      story.push({
        traced: stop.traced,
        step: {
          kind: 'note',
          at: parts.program.locate(stop.traced.fn, stop.traced.event.span),
          text:
            defect === 'flushed-only'
              ? `${stop.api}() waits for what is queued now; an armed timer queues it later`
              : defect === 'not-waited'
                ? `${stop.api}() does not wait for a run in progress`
                : `${stop.api}() stops ${sourceText(source)} only here`,
        },
      });
    const dies: StoryStep = {
      traced: death.traced,
      step: { kind: death.traced === undefined ? 'return' : 'free', at: death.at, text: death.text },
    };
    if (isShort(defect)) story.push(dies);
    else story.unshift(dies);
    const at =
      isShort(defect) && stop !== undefined
        ? parts.program.locate(stop.traced.fn, stop.traced.event.span)
        : death.traced === undefined
          ? disposal.place
          : stop !== undefined
            ? placeOfOrder(death.traced, stop.traced, parts)
            : this.placeOfFree(death);
    const missing = `nothing in ${disposal.fn.ir.name}() waits for ${callbackName(source)}() before ${textOf(object)} is gone`;
    return {
      defect,
      at,
      source: sourceText(source),
      callback: callbackName(source),
      object: textOf(object),
      api: isShort(defect) ? (stop?.api ?? '') : (death.api ?? 'devres'),
      other: isShort(defect) ? (death.api ?? 'devres') : (stop?.api ?? ''),
      locked: stop?.traced.states.some((state) => state.held.size > 0) === true,
      subject: { kind: source.kind, cell: source.cell },
      ...(stop === undefined ? {} : { stopAt: placeOfOrder(stop.traced, death.traced, parts) }),
      by: callbackName(source),
      certainty,
      triggers: disposal.triggers,
      witness: witness(
        [source.kind, 'teardown'],
        userThread(source, this.useOf(source, object), textOf(object), parts),
        teardownThread(disposal.fn, entryText(disposal), story, parts),
        missing,
      ),
      group: `${source.cell}:${defect}`,
    };
  }

  /** Where this module frees it: the free itself, or the call that leads to one of a neighbour. */
  protected placeOfFree(death: DeathAt): OrderFact['at'] {
    const { traced } = death;
    const { program } = this.parts;
    if (traced === undefined || program.own.has(traced.fn.key)) return death.at;
    const frame = traced.chain.toReversed().find((f) => program.own.has(f.fn.key));
    return frame === undefined ? death.at : program.locate(frame.fn, frame.call.span);
  }

  protected useOf(source: Source, object: string): TracedUse | undefined {
    for (const facts of this.callbacks.of(source)) {
      const use = facts.objects.get(object) ?? facts.cells.get(object)?.[0];
      if (use !== undefined) return use;
    }
    return undefined;
  }

  /** Some function that is not only part of setting up waits for it. */
  protected stoppedElsewhere(source: Source): boolean {
    return source.stops.some((stop) => stop.strength !== 'cancel' && this.runsLater(stop.fn));
  }

  /** Armed in order to free: work that teardown hands the rest of its business to. */
  protected armedByTeardown(source: Source): boolean {
    return source.arms.some((arm) => {
      const contexts = this.sources.contextsOf(arm.fn);
      return contexts.size > 0 && [...contexts].every((context) => DISPOSING.has(context));
    });
  }

  protected keepsItself(source: Source, holder: string): boolean {
    return this.callbacks.of(source).some((facts) => facts.frees.has(holder));
  }

  protected mayKeepItself(source: Source): boolean {
    return this.callbacks.of(source).some((facts) => facts.drops);
  }

  /** Armed by nothing that can happen while the object lives, as far as is known. */
  protected isPassive(source: Source): boolean {
    if (source.kind === 'irq') return false;
    return source.arms.every((arm) => {
      const contexts = this.sources.contextsOf(arm.fn);
      return (
        contexts.size === 0 ||
        [...contexts].every((context) => context === 'power-management' || DISPOSING.has(context))
      );
    });
  }

  /** Not only while things are set up; what other modules call may run at any time. */
  protected runsLater(fn: Fn): boolean {
    if (this.parts.graph.exported.has(fn.ir.name)) return true;
    const contexts = this.sources.contextsOf(fn);
    return contexts.size === 0 || [...contexts].some((context) => !SETTING_UP.has(context));
  }
}

/** Told at the stop, which does too little, rather than at the free. */
function isShort(defect: OrderFact['defect']): boolean {
  return defect === 'not-waited' || defect === 'flushed-only';
}

export function textOf(object: string): string {
  return object.includes('.') || object.startsWith('::') ? cellText(object) : object;
}
