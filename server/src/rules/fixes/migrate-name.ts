/** The name that the tree's generation has for a call or macro, where nothing else about it has changed. */
import type { Fix } from '../rule.ts';
import { asResult, replacement } from './edits.ts';
import { factOf } from './revocable-text.ts';

export const migrateName: Fix = {
  title: (ctx) => `Write ${factOf(ctx)?.names.instead ?? 'the name'}, as the tree has it`,
  safety: 'safe',
  preferred: () => true,
  offered: (ctx) => factOf(ctx)?.names.instead !== undefined,
  edit: (ctx) => {
    const { file, span } = ctx.finding.at;
    const { name = '', instead } = factOf(ctx)?.names ?? {};
    if (instead === undefined || !ctx.text(file).startsWith(name, span.start)) return { kind: 'none' };
    const edit = replacement(file, { start: span.start, end: span.start + name.length }, instead);
    return asResult({ edits: [edit] }, ctx.text);
  },
};
