/** No sysfs attributes that unbind the driver: for those whose device never goes by itself, as many in the kernel do. */
import { bindAttributes } from '../../knowledge/fix-templates.ts';
import type { Fix, FixContext } from '../rule.ts';
import { alignedField } from './add-owner.ts';
import { closingBracket, indentAt, maskC } from './c-text.ts';
import type { Edits } from './edits.ts';
import { asResult, insertion } from './edits.ts';
import type { Node } from './operation-section.ts';

/** What can still run teardown once nobody can unbind the driver by hand, where an open file pins the module. */
const HARMLESS: ReadonlySet<string> = new Set(['sysfs-unbind', 'module-unload']);

export const suppressBind: Fix = {
  title: bindAttributes.title,
  // Whoever unbinds the driver to hand the device on cannot do so any more.
  safety: 'review',
  offered: ({ finding: { node } }) => node !== undefined && isLastTrigger(node),
  edit: (ctx) => {
    const { node } = ctx.finding;
    return node === undefined ? { kind: 'none' } : asResult(suppressed(ctx, node), ctx.text);
  },
};

function isLastTrigger({ triggers, operations }: Node): boolean {
  const isPinned = operations.owner === 'set' || operations.owner === 'pinned';
  return isPinned && triggers.includes('sysfs-unbind') && triggers.every((trigger) => HARMLESS.has(trigger));
}

/** In the driver structs that name the functions through which teardown enters. */
function suppressed(ctx: FixContext, { races }: Node): Edits {
  const entries = new Set(races.flatMap(({ witness }) => witness.teardown[0]?.at.fn ?? []));
  const edits = ctx.module.units.flatMap(({ path }) => {
    const text = ctx.text(path);
    const mask = maskC(text);
    return [...entries].flatMap((entry) => {
      const named = new RegExp(`\\.\\w+\\s*=\\s*&?${entry}\\b`).exec(mask);
      const at = named === null ? undefined : driverFields(mask, named.index);
      if (at === undefined) return [];
      const line = alignedField(text, at, bindAttributes.field, bindAttributes.value);
      const above = text.slice(text.lastIndexOf('\n', at - 1) + 1, at);
      const gap = /\S/.test(above) ? ' ' : `\n${indentAt(text, at)}`;
      return [insertion(path, at, `${line}${gap}`)];
    });
  });
  return edits.length > 0 ? { edits } : { refused: 'the struct that names the driver was not found' };
}

/** Offset of the first field of `.driver = { … }` in the initializer around `at`. */
function driverFields(mask: string, at: number): number | undefined {
  let depth = 0;
  let open = at - 1;
  for (; open >= 0; open -= 1) {
    if (mask[open] === '}') depth += 1;
    else if (mask[open] === '{' && depth-- === 0) break;
  }
  // A driver that is a member of something larger.
  if (open < 0 || /\.\w+\s*=\s*$/.test(mask.slice(0, open))) return undefined;
  const close = closingBracket(mask, open);
  const nested = close === undefined ? null : bindAttributes.holder.exec(mask.slice(open, close));
  if (nested === null || close === undefined) return undefined;
  const first = open + nested.index + nested[0].length;
  return mask[first] === '.' && !mask.slice(first, close).includes(bindAttributes.field) ? first : undefined;
}
