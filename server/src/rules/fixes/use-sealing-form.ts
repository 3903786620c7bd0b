/** The stop call by the name that also refuses to be armed again. */
import { sealingFormOf } from '../../knowledge/waiting-forms.ts';
import type { Fix, FixContext } from '../rule.ts';
import { asResult, replacement } from './edits.ts';
import { callNameAt } from './order-text.ts';

function namesAt({ finding, text }: FixContext): { readonly from: string; readonly to: string } | undefined {
  const from = callNameAt(text(finding.at.file), finding.at.span.start);
  const to = from === undefined ? undefined : sealingFormOf(from);
  return from === undefined || to === undefined ? undefined : { from, to };
}

export const useSealingForm: Fix = {
  title: (ctx) => `Refuse to be armed again: ${namesAt(ctx)?.to ?? ''}()`,
  // A source that is used again later has to be set up anew.
  safety: 'review',
  preferred: () => true,
  lacks: (ctx) => {
    const to = namesAt(ctx)?.to;
    return to === undefined || ctx.generation.has(to) ? undefined : `${to}()`;
  },
  offered: (ctx) => namesAt(ctx) !== undefined,
  edit: (ctx) => {
    const names = namesAt(ctx);
    if (names === undefined) return { kind: 'none' };
    const { file, span } = ctx.finding.at;
    const name = { start: span.start, end: span.start + names.from.length };
    return asResult({ edits: [replacement(file, name, names.to)] }, ctx.text);
  },
};
