/** What the tree's generation has for a call or macro: another name, or one argument in another form. */
import type { Fix } from '../rule.ts';
import { closingBracket, maskC } from './c-text.ts';
import { asResult, replacement } from './edits.ts';
import { argumentsAt, coreOf, factOf, functionAt, nameFor } from './revocable-text.ts';

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

/** The provider's address where the tree wants the pointer's, or the provider where the tree's macro makes the handle itself. */
export const migrateArgument: Fix = {
  title: (ctx) => `Give ${factOf(ctx)?.names.name ?? 'the call'} what the tree's form of it takes`,
  safety: 'review',
  preferred: () => true,
  offered: (ctx) => {
    const fact = factOf(ctx);
    return fact?.kind === 'wrong-arguments' && fact.names.instead === undefined;
  },
  edit: (ctx) => {
    const { file, span } = ctx.finding.at;
    const text = ctx.text(file);
    const mask = maskC(text);
    const { name = '', prototype = '' } = factOf(ctx)?.names ?? {};
    const core = coreOf(ctx);
    const given = argumentsAt(text, span.start) ?? [];
    const [first = ''] = given;
    const open = mask.indexOf('(', span.start);
    const close = open < 0 ? undefined : closingBracket(mask, open);
    if (core === undefined || close === undefined || first === '') return { kind: 'none' };
    const at = text.indexOf(first, open);
    const written = (by: string) =>
      asResult({ edits: [replacement(file, { start: at, end: at + first.length }, by)] }, ctx.text);
    if (/\*\*\w/.test(prototype) && !first.startsWith('&')) return written(`&${first}`);
    if (/\w \*\w/.test(prototype) && first.startsWith('&') && core.providerStorage.length === 1)
      return written(first.slice(1));
    const macro = core.macros.find((known) => known.name === name);
    const fn = functionAt(ctx, file, span.start);
    const makes = macro?.takes === 'provider' && fn !== undefined ? setUpOf(fn, nameFor(core, 'consumer-init')) : [];
    const provider = makes.find((call) => call[1] === first || call[1] === `&${first}`)?.[0];
    if (provider === undefined)
      return { kind: 'disabled', reason: `the provider that belongs to ${first} is not set up in this function` };
    return written(provider);

    function setUpOf({ at: start, end }: { readonly at: number; readonly end: number }, init: string | undefined) {
      if (init === undefined) return [];
      const calls = mask.slice(start, end).matchAll(new RegExp(`\\b${init}\\s*\\(`, 'g'));
      return [...calls].flatMap((call) => [argumentsAt(text, start + call.index) ?? []]);
    }
  },
};
