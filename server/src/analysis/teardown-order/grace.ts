/** Memory that readers find under RCU, freed before it is unpublished and before they are waited for. */
import { cellText, memberOf, structOf } from '../cells.ts';
import type { Fn } from '../program.ts';
import type { Parts } from '../removal.ts';
import type { TraceEvent } from '../trace.ts';
import type { OrderFact } from './facts.ts';
import { canonical } from './sources.ts';
import { placeOfOrder, teardownThread, witness } from './story.ts';

export function* freedBeforeGracePeriod(parts: Parts): Iterable<OrderFact> {
  for (const fn of parts.program.functions.values()) {
    if (!parts.program.own.has(fn.key) || !waitsForReaders(fn, parts)) continue;
    const fact = inFunction(fn, parts);
    if (fact !== undefined) yield fact;
  }
}

function waitsForReaders(fn: Fn, { program }: Parts): boolean {
  for (const call of fn.calls.values()) {
    if (call.callee.kind !== 'named') continue;
    const effects = program.knowledge.findFunction(call.callee.name)?.does ?? [];
    if (effects.some((e) => e.verb === 'synchronizes' && e.lock === 'rcu')) return true;
  }
  return false;
}

/** Readers find it through this pointer without a lock: it is annotated so. */
function isForReaders(cell: string, { program }: Parts): boolean {
  const struct = structOf(cell);
  const type = struct === undefined ? undefined : program.fieldType(struct, memberOf(cell));
  return type?.annotations?.includes('__rcu') === true;
}

function inFunction(fn: Fn, parts: Parts): OrderFact | undefined {
  const { program } = parts;
  const { events } = parts.tracer.of(fn);
  const waits = events.filter(
    (e) => e.event.kind === 'effect' && e.event.effect.verb === 'synchronizes' && e.event.effect.lock === 'rcu',
  );
  for (const traced of events) {
    const { event } = traced;
    if (event.kind !== 'effect' || event.effect.verb !== 'frees' || event.effect.what !== 'memory') continue;
    if (event.effect.when === 'after-grace-period') continue;
    const value = traced.bindValue(event.value);
    if (value === undefined || value.startsWith('$')) continue;
    const cell = canonical(value);
    if (!isForReaders(cell, parts)) continue;
    const clears = events.filter(
      (e) => e.event.kind === 'store' && e.event.to === 'zero' && canonical(e.bind(e.event.cell) ?? '') === cell,
    );
    const cleared = clears.find((e) => e.order > traced.order);
    if (cleared === undefined || clears.some((e) => e.order < traced.order)) continue;
    if (waits.some((e) => e.order < traced.order)) continue;
    const wait = waits.find((e) => e.order > cleared.order);
    if (wait?.event.kind !== 'effect') continue;
    return fact(fn, traced, event.api, wait, wait.event.api, cell, parts);
  }
  return undefined;

  function fact(
    root: Fn,
    free: TraceEvent,
    api: string,
    wait: TraceEvent,
    waitApi: string,
    cell: string,
    { tracer }: Parts,
  ): OrderFact {
    const freedAt = program.locate(free.fn, free.event.span);
    const waitAt = program.locate(wait.fn, wait.event.span);
    return {
      defect: 'before-grace-period',
      at: placeOfOrder(free, wait, parts),
      source: cellText(cell),
      callback: '',
      object: cellText(cell),
      api,
      other: waitApi,
      locked: false,
      by: '',
      certainty: tracer.of(root).incomplete ? 'may' : 'must',
      triggers: ['object-destroy'],
      witness: witness(
        ['reader', 'teardown'],
        [
          {
            kind: 'load',
            at: freedAt,
            text: `a reader has loaded ${cellText(cell)} in a read section and still uses it`,
          },
        ],
        teardownThread(
          root,
          `${root.ir.name}() takes ${cellText(cell)} down`,
          [
            {
              traced: free,
              step: { kind: 'free', at: freedAt, text: `${api}() frees it while it can still be found` },
            },
            { traced: wait, step: { kind: 'note', at: waitAt, text: `${waitApi}() waits for readers only here` } },
          ],
          parts,
        ),
        'the pointer is cleared, and readers are waited for, after the free',
      ),
      group: `${cell}:before-grace-period`,
    };
  }
}
