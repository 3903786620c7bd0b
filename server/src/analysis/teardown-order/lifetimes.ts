/** When a source's memory, or the module under it, goes away in one disposal. */
import type { TraceEvent } from '../trace.ts';
import type { Disposal } from './disposals.ts';
import type { Source, Sources } from './sources.ts';

export interface End {
  readonly order: number;
  readonly traced: TraceEvent | undefined;
  readonly text: string;
}

export function endOf(source: Source, disposal: Disposal, sources: Sources): End | undefined {
  for (const holder of sources.holdersOf(source)) {
    const death = disposal.deathsOf(holder).at(-1);
    if (death !== undefined) return death;
  }
  if (disposal.kind !== 'exit' || !sources.isStatic(source)) return undefined;
  return {
    order: Number.POSITIVE_INFINITY,
    traced: undefined,
    text: `the module's code and data go away after ${disposal.fn.ir.name}() returns`,
  };
}
