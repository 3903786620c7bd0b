/** Fields drop in the order of their declaration: the registration goes before what its callbacks need. */
import type { StructDeclaration } from '../../ir/ir.ts';
import type { Fix, FixContext } from '../rule.ts';
import { asResult, insertion, replacement } from './edits.ts';
import { maskRust } from './rust-text.ts';

export const orderFields: Fix = {
  title: 'Declare the registration first',
  safety: 'review',
  preferred: () => true,
  offered: (ctx) => planOf(ctx) !== undefined,
  edit: (ctx) => {
    const plan = planOf(ctx);
    if (plan === undefined) return { kind: 'none' };
    const { file } = ctx.finding.at;
    return asResult(
      { edits: [insertion(file, plan.to, plan.text), replacement(file, { start: plan.start, end: plan.end }, '')] },
      ctx.text,
    );
  },
};

/** The field with its attributes and comments, and the place of the resource with its own. */
function planOf(
  ctx: FixContext,
): { readonly start: number; readonly end: number; readonly text: string; readonly to: number } | undefined {
  const { file, span } = ctx.finding.at;
  const resource = ctx.finding.witness?.user.find((step) => step.kind === 'free')?.at;
  const struct = structAt(ctx);
  if (struct === undefined || resource === undefined || resource.file !== file) return undefined;
  const text = ctx.text(file);
  const mask = maskRust(text);
  const start = beginningOf(text, mask, span.start);
  const to = beginningOf(text, mask, resource.span.start);
  const rest = /^\s*,[^\n]*\n/.exec(text.slice(span.end));
  if (start === undefined || to === undefined || rest === null || to >= start) return undefined;
  const end = span.end + rest[0].length;
  return { start, end, text: text.slice(start, end), to };
}

function structAt({ module, finding }: FixContext): StructDeclaration | undefined {
  const { file, span } = finding.at;
  const unit = [...module.units, ...module.headers].find((one) => one.path === file);
  return unit?.ir.structs.find((struct) => struct.span.start <= span.start && span.end <= struct.span.end);
}

/** Start of the first line that belongs to a field; undefined where it shares a line. */
function beginningOf(text: string, mask: string, offset: number): number | undefined {
  let start = text.lastIndexOf('\n', offset - 1) + 1;
  if (!/^\s*(?:pub(?:\([^)]*\))?\s+)?$/.test(mask.slice(start, offset))) return undefined;
  for (;;) {
    const above = text.lastIndexOf('\n', start - 2) + 1;
    const line = text.slice(above, start).trim();
    if (above >= start || !/^(?:#\[.*\]|\/\/.*)$/.test(line)) return start;
    start = above;
  }
}
