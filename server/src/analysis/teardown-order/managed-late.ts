/**
 * Device-managed steps in the wrong order: what comes after the request of an interrupt is undone before the interrupt is
 * freed, with its handler still live.
 */
import { cellText } from '../cells.ts';
import type { Fn } from '../program.ts';
import type { Parts } from '../removal.ts';
import { slotValue } from '../slots.ts';
import { functionNamed } from '../tables.ts';
import type { TraceEvent } from '../trace.ts';
import type { Callbacks } from './callbacks.ts';
import type { Disposal } from './disposals.ts';
import type { OrderFact } from './facts.ts';
import { isDormant } from './ready.ts';
import type { Setup, Source, Sources } from './sources.ts';
import { canonical, strengthOf } from './sources.ts';
import { teardownThread, witness } from './story.ts';
import { callbackName, sourceText } from './text.ts';

/** What devres does in a step that comes too early, and the place where the handler meets it. */
interface Undone {
  readonly object: string;
  readonly what: string;
  readonly use: TraceEvent;
}

export function* undoneTooEarly(
  parts: Parts,
  sources: Sources,
  callbacks: Callbacks,
  disposals: readonly Disposal[],
): Iterable<OrderFact> {
  const { graph, program, tracer } = parts;
  const probes = new Set(graph.roots.filter((root) => root.context === 'probe').map((root) => root.fn));
  for (const source of sources.all) {
    if (source.kind !== 'irq' || !source.setups.every((setup) => setup.managed && !isDormant(setup))) continue;
    // Remove stops the line, whatever devres does later.
    if (disposals.some((d) => d.kind === 'driver' && d.stopsOf(source).length > 0)) continue;
    const found = [...probes]
      .filter((probe) => program.own.has(probe.key))
      .map((probe) => {
        const reachable = graph.reachable(probe);
        const setup = source.setups.find((s) => s.fn === probe || reachable.has(s.fn));
        return setup === undefined ? undefined : inProbe(source, setup, probe);
      })
      .find((fact) => fact !== undefined);
    if (found !== undefined) yield found;
  }

  function inProbe(source: Source, setup: Setup, probe: Fn): OrderFact | undefined {
    const { events, incomplete } = tracer.of(probe);
    const request = events.find(
      (e) => e.fn.ir === setup.fn.ir && e.event.kind === 'effect' && e.event.callId === setup.call?.id,
    );
    if (request === undefined) return undefined;
    for (const step of events) {
      if (step.order <= request.order || step.event.kind !== 'effect') continue;
      const undone = undoneBy(step, source);
      if (undone === undefined) continue;
      const { api } = step.event;
      const at = program.locate(step.fn, step.event.span);
      return {
        defect: 'managed-late',
        at,
        source: sourceText(source),
        callback: callbackName(source),
        object: undone.object,
        api,
        other: setup.api,
        locked: false,
        by: callbackName(source),
        certainty: incomplete ? 'may' : 'must',
        triggers: ['sysfs-unbind'],
        witness: witness(
          ['irq', 'teardown'],
          [
            {
              kind: 'entry',
              at: program.nameOf(setup.callback),
              text: `an interrupt enters ${setup.callback.ir.name}()`,
            },
            {
              kind: 'use',
              at: program.locate(undone.use.fn, undone.use.event.span),
              text: `uses ${undone.object}`,
            },
          ],
          teardownThread(
            probe,
            `${probe.ir.name}() sets the device up`,
            [
              {
                traced: request,
                step: { kind: 'note', at: setup.at, text: `${setup.api}(): devres frees the interrupt last` },
              },
              { traced: step, step: { kind: 'free', at, text: `${api}(): devres ${undone.what} before that` } },
            ],
            parts,
          ),
          `devres undoes the last step first, and ${callbackName(source)}() is live until the interrupt is freed`,
        ),
        group: `${source.cell}:managed-late`,
      };
    }
    return undefined;
  }

  function undoneBy(step: TraceEvent, source: Source): Undone | undefined {
    const { event, fn } = step;
    if (event.kind !== 'effect' || event.effect.verb !== 'runs' || event.effect.managedBy !== 'devres')
      return undefined;
    const facts = callbacks.of(source);
    const call = fn.calls.get(event.callId);
    if (call === undefined) return undefined;
    const { effect } = event;
    if (effect.source !== undefined) {
      if (effect.source.kind === 'irq') return undefined;
      const cell = sources.cellOf(slotValue(effect.source.on, call), fn);
      const bound = step.bind(cell) ?? cell;
      const [arm] = facts.flatMap((f) => (bound === undefined ? [] : (f.arms.get(canonical(bound)) ?? [])));
      return arm === undefined || bound === undefined
        ? undefined
        : { object: cellText(canonical(bound)), what: 'cancels it', use: arm };
    }
    if (effect.context !== 'devres-action') return undefined;
    const action = functionNamed(slotValue(effect.callback, call), fn.unit, parts.program);
    if (action === undefined) return undefined;
    for (const traced of tracer.of(action).events) {
      const inner = traced.event;
      if (inner.kind !== 'effect') continue;
      if (inner.effect.verb === 'frees') {
        const value = traced.bindValue(inner.value);
        const cell = value === undefined || value.startsWith('$') ? undefined : canonical(value);
        const use = facts.flatMap((f) => (cell === undefined ? [] : (f.cells.get(cell) ?? [])))[0];
        if (cell !== undefined && use !== undefined)
          return { object: cellText(cell), what: `releases ${cellText(cell)} in ${action.ir.name}()`, use: use.traced };
      }
      if (inner.effect.verb !== 'disarms') continue;
      const stop = strengthOf(parts.program.knowledge.findFunction(inner.api)?.does ?? []);
      const cell = sources.cellIn(traced);
      const [arm] = facts.flatMap((f) => (cell === undefined ? [] : (f.arms.get(cell) ?? [])));
      if (stop?.strength === 'stop' && cell !== undefined && arm !== undefined)
        return { object: cellText(cell), what: `cancels it in ${action.ir.name}()`, use: arm };
    }
    return undefined;
  }
}
