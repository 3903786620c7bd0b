/** The stop call by the name that waits for a callback in progress. */
import { waitingFormOf } from '../../knowledge/waiting-forms.ts';
import type { Fix, FixContext } from '../rule.ts';
import { asResult, replacement } from './edits.ts';

/** The name of the call at the finding, and the one to use. */
function namesAt({ finding, text }: FixContext): { readonly from: string; readonly to: string } | undefined {
  const { file, span } = finding.at;
  const from = /^\w+/.exec(text(file).slice(span.start, span.end))?.[0];
  const to = from === undefined ? undefined : waitingFormOf(from);
  return from === undefined || to === undefined ? undefined : { from, to };
}

export const useWaitingForm: Fix = {
  title: (ctx) => `Wait for the callback: ${namesAt(ctx)?.to ?? ''}()`,
  // Waiting deadlocks when the callback takes a lock that a caller far up holds.
  safety: 'review',
  preferred: () => true,
  offered: (ctx) => namesAt(ctx) !== undefined,
  edit: (ctx) => {
    const names = namesAt(ctx);
    if (names === undefined) return { kind: 'none' };
    const { file, span } = ctx.finding.at;
    const name = { start: span.start, end: span.start + names.from.length };
    return asResult({ edits: [replacement(file, name, names.to)] }, ctx.text);
  },
};
