/** Small fixes of calls for access in Rust: waiting where others may be inside, asking where nobody vouches, reading the answer. */
import { RUST_ASKED_ACCESS, RUST_WAITING_REVOKE } from '../../knowledge/fix-templates.ts';
import type { Fix, FixContext } from '../rule.ts';
import { asResult, replacement } from './edits.ts';
import { rustFunctionAt } from './rust-shape.ts';
import { endOfBlock, maskRust, mentions } from './rust-text.ts';

interface Change {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

function fixOf(title: string, changesOf: (ctx: FixContext) => readonly Change[]): Fix {
  return {
    title,
    safety: 'review',
    preferred: () => true,
    offered: (ctx) => changesOf(ctx).length > 0,
    edit: (ctx) => {
      const { file } = ctx.finding.at;
      const edits = changesOf(ctx).map(({ text, ...span }) => replacement(file, span, text));
      return edits.length === 0 ? { kind: 'none' } : asResult({ edits }, ctx.text);
    },
  };
}

/** `unsafe { x.method() }` around the finding, or the bare call: what is written before the method, and all of it. */
function unsafeCall(
  ctx: FixContext,
): { readonly receiver: string; readonly start: number; readonly end: number } | undefined {
  const { file, span } = ctx.finding.at;
  const source = ctx.text(file);
  const [, receiver] = /^([\s\S]*?)\s*\.\s*\w+\s*\(\s*\)$/.exec(source.slice(span.start, span.end)) ?? [];
  if (receiver === undefined) return undefined;
  const before = /unsafe\s*\{\s*$/.exec(source.slice(Math.max(0, span.start - 200), span.start));
  const after = /^\s*;?\s*\}/.exec(source.slice(span.end));
  return before === null || after === null
    ? undefined
    : { receiver, start: span.start - before[0].length, end: span.end + after[0].length };
}

export const waitForUsers: Fix = fixOf('Wait for those who use it', (ctx) => {
  const call = unsafeCall(ctx);
  return call === undefined ? [] : [{ ...call, text: `${call.receiver}${RUST_WAITING_REVOKE}` }];
});

const UNCHECKED = /\.\s*access\s*\(\s*\)$/;

export const askForAccess: Fix = fixOf('Ask for access, and return an error when the device is gone', (ctx) => {
  if (rustFunctionAt(ctx)?.returns.base !== 'Result') return [];
  const { file, span } = ctx.finding.at;
  // A device cannot be asked: it says nothing about being bound.
  const call = UNCHECKED.test(ctx.text(file).slice(span.start, span.end)) ? unsafeCall(ctx) : undefined;
  // What follows a reference by itself follows a guard too, once it has a name.
  return call === undefined || !/^\s*[;.]/.test(ctx.text(ctx.finding.at.file).slice(call.end))
    ? []
    : [{ ...call, text: `${call.receiver}${RUST_ASKED_ACCESS}` }];
});

/** `let _ = x.access(dev);` or the call by itself. */
export const propagate: Fix = fixOf('Propagate the error', (ctx) => {
  if (rustFunctionAt(ctx)?.returns.base !== 'Result') return [];
  const { file, span } = ctx.finding.at;
  const source = ctx.text(file);
  const before = /(?:\blet\s+_\w*\s*=\s*)?$/.exec(source.slice(Math.max(0, span.start - 80), span.start));
  const [after] = /^(?:\s*\.\s*ok\s*\(\s*\))?(?=\s*;)/.exec(source.slice(span.end)) ?? [];
  if (before === null || after === undefined) return [];
  const text = `${source.slice(span.start, span.end)}?`;
  return [{ start: span.start - before[0].length, end: span.end + after.length, text }];
});

/** `if x.try_access().is_some() { … x.try_access()… }`: the guard of the test gets a name, and serves the use. */
export const keepGuard: Fix = fixOf('Keep the guard that was tested', (ctx) => {
  const { file, span } = ctx.finding.at;
  const source = ctx.text(file);
  const mask = maskRust(source);
  const [, access] =
    /^([\w.]*?(\w+)\s*\.\s*\w+\s*\(\s*\))\s*\.\s*\w+\s*\(\s*\)$/.exec(source.slice(span.start, span.end)) ?? [];
  const isIf = /\bif\s+$/.test(source.slice(Math.max(0, span.start - 20), span.start));
  const open = /^\s*\{/.exec(source.slice(span.end));
  if (access === undefined || !isIf || open === null || !/\bis_some\b/.test(source.slice(span.start, span.end)))
    return [];
  const from = span.end + open[0].length;
  const inside = endOfBlock(mask, from);
  const field = /(\w+)\s*\.\s*\w+\s*\(\s*\)$/.exec(access)?.[1] ?? 'guard';
  const name = mentions(mask.slice(from, inside), field) ? 'guard' : field;
  const again = `${escaped(access)}(?:\\s*\\.\\s*(?:ok_or(?:_else)?\\s*\\([^()]*\\)\\s*\\?|unwrap\\s*\\(\\s*\\)))`;
  const uses = [...source.slice(from, inside).matchAll(new RegExp(again, 'g'))].map(({ index, 0: text }) => ({
    start: from + index,
    end: from + index + text.length,
    text: name,
  }));
  return uses.length === 0 ? [] : [{ ...span, text: `let Some(${name}) = ${access}` }, ...uses];
});

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
