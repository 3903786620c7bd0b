/**
 * Teardown order: is everything that runs by itself stopped before what it uses dies, in a way that lasts, and is
 * everything ready before it starts?
 */
import type { Parts } from '../removal.ts';
import { Callbacks } from './callbacks.ts';
import { disposalsOf } from './disposals.ts';
import { Enclosing } from './enclosing.ts';
import type { OrderFact } from './facts.ts';
import { freedBeforeGracePeriod } from './grace.ts';
import { ManagedHandlers } from './managed.ts';
import { undoneTooEarly } from './managed-late.ts';
import { Quiesce } from './quiesce.ts';
import { Readiness } from './ready.ts';
import { Rearm } from './rearm.ts';
import { leftBySetupFailure } from './setup-failure.ts';
import { Sources } from './sources.ts';
import { endsTransfers, unwaitedTransfers } from './transfers.ts';

export function teardownOrder(parts: Parts): readonly OrderFact[] {
  const early = [...freedBeforeGracePeriod(parts)];
  const sources = new Sources(parts);
  const transfers = endsTransfers(parts);
  if (sources.all.length === 0 && !transfers) return early;
  const enclosing = new Enclosing(parts);
  const callbacks = new Callbacks(parts, sources);
  const disposals = disposalsOf(parts, sources, enclosing);
  const managed = new ManagedHandlers(parts, sources, callbacks, disposals);
  const facts = [
    ...early,
    ...new Quiesce(parts, sources, callbacks, disposals).facts(),
    ...new Rearm(parts, sources, callbacks, disposals).facts(),
    ...managed.facts(),
    ...managed.plainReleases(),
    ...undoneTooEarly(parts, sources, callbacks, disposals),
    ...(transfers ? unwaitedTransfers(parts, sources, disposals) : []),
    ...leftBySetupFailure(parts, sources, callbacks),
    ...new Readiness(parts, sources, callbacks, enclosing).facts(),
  ];
  return onePerPlace(facts);
}

/** Several sources that one free takes along are one mistake. */
function onePerPlace(facts: readonly OrderFact[]): readonly OrderFact[] {
  const seen = new Set<string>();
  return facts
    .toSorted((a, b) => Number(a.certainty === 'may') - Number(b.certainty === 'may'))
    .filter((fact) => {
      const key = `${fact.defect} ${fact.at.file}:${fact.at.span.start}`;
      if (seen.has(key)) return false;
      seen.add(key);
      return true;
    });
}
