/** An error instead of a panic, where the function can return one. */
import { RUST_REFUSAL } from '../../knowledge/fix-templates.ts';
import type { Fix, FixContext } from '../rule.ts';
import { replacement } from './edits.ts';
import { rustFunctionAt } from './rust-shape.ts';

export const okOr: Fix = {
  title: 'Return an error when the device is gone',
  safety: 'review',
  preferred: () => true,
  offered: (ctx) => rustFunctionAt(ctx)?.returns.base === 'Result' && panicAt(ctx) !== undefined,
  edit: (ctx) => {
    const found = panicAt(ctx);
    if (found === undefined) return { kind: 'none' };
    return {
      kind: 'edits',
      edits: [replacement(ctx.finding.at.file, found.span, found.isResult ? '?' : RUST_REFUSAL)],
    };
  },
};

/** The last method of the chain, with its dot. */
function panicAt({
  finding,
  text,
}: FixContext): { readonly span: { start: number; end: number }; readonly isResult: boolean } | undefined {
  const { file, span } = finding.at;
  const source = text(file).slice(span.start, span.end);
  const match = /\s*\.\s*\w+\s*\([^()]*\)$/.exec(source);
  if (match === null) return undefined;
  const isResult = /\.\s*ok_or(?:_else)?\s*\(/.test(source.slice(0, match.index));
  return { span: { start: span.start + match.index, end: span.end }, isResult };
}
