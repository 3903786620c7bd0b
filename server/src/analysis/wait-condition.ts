/** What a wait waits for: the cells that its condition reads, itself or in the functions that it calls. */
import type { Cell } from './cells.ts';
import type { EffectEvent } from './events.ts';
import type { Parts } from './removal.ts';
import type { Trace, TraceEvent } from './trace.ts';
import { forEachPlace, forEachTemp } from './value-walk.ts';

export type Wait = TraceEvent & { readonly event: EffectEvent };

/** Cells that the condition of a wait depends on. */
export function conditionOf(
  wait: Wait,
  { cells: known, program, tracer }: Pick<Parts, 'cells' | 'program' | 'tracer'>,
): readonly Cell[] {
  const { effect } = wait.event;
  if (effect.verb !== 'waits' || effect.condition === undefined || effect.condition.at !== 'arg') return [];
  const condition = wait.event.args[effect.condition.index];
  if (condition === undefined) return [];
  const cells = new Set<Cell>();
  const see = (value: typeof condition): void => {
    forEachPlace(value, (place) => {
      const { cell } = known.place(place, wait.fn);
      if (cell !== undefined) cells.add(cell);
    });
    forEachTemp(value, (id) => {
      const call = wait.fn.calls.get(id);
      for (const argument of call?.args ?? []) {
        const cell = known.targetCell(argument, wait.fn);
        if (cell !== undefined) cells.add(cell);
        see(argument);
      }
      if (call?.callee.kind !== 'named') return;
      const target = program.findFunction(call.callee.name, wait.fn.unit);
      if (target === undefined) return;
      for (const e of tracer.of(target).events)
        for (const state of e.states) for (const test of state.tests) cells.add(test.cell);
    });
  };
  see(condition);
  return [...cells];
}

export function unboundedWaits(trace: Trace): readonly Wait[] {
  return trace.events.filter(
    (e): e is Wait => e.event.kind === 'effect' && e.event.effect.verb === 'waits' && e.event.effect.bounded !== true,
  );
}
