/** What hover and inlay hints say of Rust: guards, calls of the kernel crate, contexts. */
import type { SourceUnit } from '../analysis/model.ts';
import type { GuardFact, RustView } from '../analysis/rust/view.ts';
import type { Location, Span } from '../base/span.ts';
import { contains } from '../base/span.ts';
import type { Knowledge } from '../knowledge/lookup.ts';
import type { RustFunctionContract } from '../knowledge/rust-schema.ts';
import type { TextOf } from './markdown.ts';
import { bullets, code, paragraphs, placeLink, sentence } from './markdown.ts';
import { contextText } from './vocabulary.ts';

const END: Readonly<Record<GuardFact['ends'][number]['kind'], string>> = {
  dropped: 'dropped',
  consumed: 'moved into a call',
  returned: 'returned to the caller',
  stored: 'stored',
};

/** Everything that is known of the word under the cursor. */
export function rustMarkdown(
  view: RustView,
  unit: SourceUnit,
  word: string,
  offset: number,
  knowledge: Knowledge,
  text: TextOf,
): readonly string[] {
  const parts: string[] = [];
  const inside = (at: Location): boolean => at.file === unit.path && contains(at.span, offset);
  const here = unit.ir.functions.filter((fn) => contains({ start: fn.at, end: fn.end }, offset));
  const names = new Set(here.map((fn) => fn.ir.name));
  const guards = view.guards.filter(
    (guard) =>
      guard.at.file === unit.path &&
      ((guard.name === word && names.has(guard.at.fn ?? '')) ||
        (contains(guard.at.span, offset) && makes(guard, word, text))),
  );
  // The same name may be taken by several guards: the last one that was made before.
  const guard = guards.filter(({ at }) => at.span.start <= offset).at(-1) ?? guards[0];
  if (guard !== undefined) parts.push(guardMarkdown(guard, knowledge, text));
  const call = view.calls
    .filter(({ at, name }) => inside(at) && name.slice(name.lastIndexOf(':') + 1) === word)
    .sort((a, b) => width(a.at.span) - width(b.at.span))[0];
  const row = call === undefined ? undefined : knowledge.rust.findFunction(call.name);
  if (row !== undefined) parts.push(callMarkdown(row));
  const fn = view.functions.find(({ at }) => inside(at));
  if (fn !== undefined)
    parts.push(
      paragraphs([
        `**${code(`${fn.name}()`)}**`,
        fn.contexts.length === 0
          ? 'No trait of the kernel crate is known to lead here.'
          : sentence(`runs in ${fn.contexts.map(contextText).join(', ')}`),
      ]),
    );
  return parts;
}

/** The name of the call that made the guard is the last word before its arguments. */
function makes(guard: GuardFact, word: string, text: TextOf): boolean {
  const source = text(guard.at.file).slice(guard.at.span.start, guard.at.span.end);
  return new RegExp(`\\b${word}\\s*\\([^()]*\\)\\s*$`).test(source);
}

function width(span: Span): number {
  return span.end - span.start;
}

function guardMarkdown(guard: GuardFact, knowledge: Knowledge, text: TextOf): string {
  const row = knowledge.rust.findType(guard.type);
  const forbids = guard.forbidsSleep
    ? 'While it lives, nothing may sleep: no mutex, no `GFP_KERNEL`, no copy from or to user space, no waiting.'
    : 'While it lives, others who want the lock wait.';
  return paragraphs([
    `**${code(guard.text)}**: ${code(guard.type)}`,
    row === undefined ? undefined : sentence(row.summary),
    forbids,
    guard.ends.length === 0
      ? 'It is never seen to end here.'
      : bullets(guard.ends.map(({ at, kind }) => `${END[kind]} at ${placeLink(at, text)}`)),
  ]);
}

function callMarkdown(row: RustFunctionContract): string {
  const sleeps =
    row.sleeps === 'always'
      ? 'It may sleep.'
      : row.sleeps === 'gfp'
        ? 'It may sleep unless its flags forbid that.'
        : undefined;
  const files = [...new Set(row.evidence.map(({ file, kernel }) => `${code(file)} (${kernel})`))];
  return paragraphs([
    `**${code(`${row.name}()`)}**`,
    sentence(row.summary),
    sleeps,
    files.length === 0 ? undefined : `Read in ${files.join('; ')}.`,
  ]);
}

/** The word at an offset of Rust text; nothing in a line comment. */
export function rustWordAt(text: string, offset: number): { readonly word: string; readonly span: Span } | undefined {
  const before = /\w*$/.exec(text.slice(Math.max(0, offset - 100), offset))?.[0] ?? '';
  const after = /^\w*/.exec(text.slice(offset, offset + 100))?.[0] ?? '';
  const word = before + after;
  const span = { start: offset - before.length, end: offset + after.length };
  const line = text.slice(text.lastIndexOf('\n', span.start - 1) + 1, span.start);
  return /^[A-Za-z_]/.test(word) && !line.includes('//') ? { word, span } : undefined;
}
