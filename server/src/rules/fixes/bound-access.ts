/** Access by the proof that the device is bound, instead of a read section. */
import { RUST_BOUND_ACCESS } from '../../knowledge/fix-templates.ts';
import type { Fix, FixContext } from '../rule.ts';
import { fill, replacement } from './edits.ts';
import { rustFunctionAt } from './rust-shape.ts';

export const boundAccess: Fix = {
  title: 'Access it by the bound device',
  safety: 'review',
  preferred: () => true,
  offered: (ctx) => planOf(ctx) !== undefined,
  edit: (ctx) => {
    const plan = planOf(ctx);
    return plan === undefined
      ? { kind: 'none' }
      : { kind: 'edits', edits: [replacement(ctx.finding.at.file, plan.span, plan.text)] };
  },
};

/** `.try_access().ok_or(E)?` with the device that is a parameter; other shapes need a person. */
function planOf(ctx: FixContext): { readonly span: { start: number; end: number }; readonly text: string } | undefined {
  const { file, span } = ctx.finding.at;
  const source = ctx.text(file);
  const asked = /\s*\.\s*\w+\s*\(\s*\)$/.exec(source.slice(span.start, span.end));
  const adapted = /^\s*\.\s*ok_or(?:_else)?\s*\([^()]*\)\s*\?/.exec(source.slice(span.end));
  const fn = rustFunctionAt(ctx);
  const device = fn?.parameters.find(({ type }) => type.base === 'Device' && type.pointers === 1);
  if (asked === null || adapted === null || device === undefined || fn?.returns.base !== 'Result') return undefined;
  // A device of a bus is not the device that resources are tied to, it has one.
  const isPlain = device.type.path === undefined || /(?:^|::)device::Device$/.test(device.type.path);
  const argument = isPlain ? device.name : `${device.name}.as_ref()`;
  return {
    span: { start: span.start + asked.index, end: span.end + adapted[0].length },
    text: fill(RUST_BOUND_ACCESS, { device: argument }),
  };
}
