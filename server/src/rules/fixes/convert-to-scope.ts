/**
 * An open-coded section becomes the declaration form of the macro, which leaves by itself at the end of the block: no path
 * can forget to. Whatever set the handle up and took it down goes with it, since these macros bring their own.
 */
import type { Span, TextEdit } from '../../base/span.ts';
import type { RevocableGeneration, RevocableMacro } from '../../knowledge/revocable-generations.ts';
import type { Fix } from '../rule.ts';
import { closingBracket, endOfDeclarations, indentAt, maskC, statementAt } from './c-text.ts';
import type { Edits } from './edits.ts';
import { asResult, insertion, lineStart, replacement } from './edits.ts';
import { argumentsAt, coreOf, factOf, functionAt, nameFor } from './revocable-text.ts';

export const convertToScope: Fix = {
  title: (ctx) => `Enter with ${declarationForm(coreOf(ctx))?.name ?? 'the macro'}, which leaves by itself`,
  safety: 'review',
  offered: (ctx) => declarationForm(coreOf(ctx)) !== undefined,
  edit: (ctx) => {
    const fact = factOf(ctx);
    const core = coreOf(ctx);
    const macro = declarationForm(core);
    if (fact?.origin === undefined || core === undefined || macro === undefined) return { kind: 'none' };
    const { file, span } = fact.origin;
    const fn = functionAt(ctx, file, span.start);
    if (fn === undefined) return { kind: 'none' };
    const text = ctx.text(file);
    const mask = maskC(text);
    const body = { start: mask.indexOf('{', fn.at) + 1, end: fn.end };
    return asResult(convert({ text, mask, file, core, macro, body }, span.start), ctx.text);
  },
};

/** The macro that declares its scope and gives NULL when the resource is gone, as the open-coded call does. */
function declarationForm(core: RevocableGeneration | undefined): RevocableMacro | undefined {
  return core?.macros.find(({ form, whenRevoked }) => form === 'statement' && whenRevoked === 'null');
}

interface Section {
  readonly text: string;
  readonly mask: string;
  readonly file: string;
  readonly core: RevocableGeneration;
  readonly macro: RevocableMacro;
  /** Between the braces of the function. */
  readonly body: Span;
}

function convert(section: Section, enter: number): Edits {
  const { text, mask, core, macro, body } = section;
  const statement = statementAt(mask, enter);
  const [handle] = argumentsAt(text, enter) ?? [];
  const result = statement && /^(?:[\w\s]+[\s*])?(\w+)\s*=\s*$/.exec(text.slice(statement.span.start, enter))?.[1];
  if (statement?.form !== 'plain' || handle === undefined || result === undefined)
    return { refused: 'the section is entered inside another statement' };
  if (depthAt(mask, body.start, statement.span.start) > 0)
    return { refused: 'the section is entered in an inner block, and would end with it' };
  if (jumpsOver(mask, body, statement.span)) return { refused: 'a goto would jump over the declaration' };
  const leave = callsWith(section, nameFor(core, 'leave'), 0, handle);
  const free = callsWith(section, nameFor(core, 'consumer-free'), 0, handle);
  const init = callsWith(section, nameFor(core, 'consumer-init'), 1, handle);
  if (macro.takes === 'consumer') {
    if (free.length > 0) return { refused: `${handle} is freed in this function, before the end of the scope` };
    return replaced(section, statement.span, result, `${macro.name}(${handle}, ${result});`, leave);
  }
  const [first] = init;
  const provider = first && argumentsAt(text, first.start)?.[0];
  const declaration = declarationOf(section, handle);
  if (provider === undefined || init.length > 1 || declaration === undefined)
    return { refused: `which provider ${handle} belongs to was not understood` };
  const gone = [...leave, ...free, ...init];
  const uses = mask.slice(body.start, body.end).match(new RegExp(`\\b${handle.slice(1)}\\b`, 'g'))?.length ?? 0;
  if (uses !== gone.length + 2) return { refused: `${handle} is used for something else as well` };
  return replaced(section, statement.span, result, `${macro.name}(${provider}, ${result});`, [...gone, declaration]);
}

/** The statements `gone` go with their lines, and so do the braces around a single statement that is left. */
function replaced(section: Section, enter: Span, result: string, by: string, gone: readonly Span[]): Edits {
  const { text, mask, file } = section;
  const lines: Span[] = [];
  for (const { start } of gone) {
    const statement = statementAt(mask, start);
    if (statement?.form !== 'plain' || statement.span.start !== start)
      return { refused: 'the section is left, or its handle set up, inside another statement' };
    lines.push(wholeLine(text, statement.span));
  }
  const braces = gone.flatMap(({ start }) => needlessBraces(text, mask, start, lines));
  const edits = [...lines, ...braces].map((span) => replacement(file, span, ''));
  const entered = enters(section, enter, result, by);
  return { edits: [...unique(edits), ...entered].sort((a, b) => a.span.start - b.span.start) };
}

/** The macro in place of the assignment; behind the declarations where that is one. */
function enters({ text, mask, file }: Section, enter: Span, result: string, by: string): readonly TextEdit[] {
  const head = new RegExp(`^.*?\\b${result}(?=\\s*=)`, 's').exec(mask.slice(enter.start, enter.end))?.[0] ?? '';
  if (head === result) return [replacement(file, enter, by)];
  const end = enter.start + head.length;
  const at = endOfDeclarations(mask, enter.end, result);
  const added = `\n\n${indentAt(text, enter.start)}${by}`;
  if (at === enter.end) return [replacement(file, { start: end, end: enter.end }, `;${added}`)];
  return [replacement(file, { start: end, end: enter.end }, ';'), insertion(file, at, added)];
}

function unique(edits: readonly TextEdit[]): readonly TextEdit[] {
  return [...new Map(edits.map((edit) => [edit.span.start, edit])).values()];
}

/** ` {` and the line of `}` around `offset`, where all but one line between them goes. */
function needlessBraces(text: string, mask: string, offset: number, lines: readonly Span[]): readonly Span[] {
  let open = offset - 1;
  for (let depth = 0; open >= 0; open--) {
    if (mask[open] === '}') depth++;
    else if (mask[open] === '{' && depth-- === 0) break;
  }
  const close = closingBracket(mask, open);
  if (close === undefined || !/\)\s*$/.test(mask.slice(0, open)) || /^\s*else\b/.test(mask.slice(close + 1))) return [];
  if (!/^\s*(?:if|for|while)\b/.test(mask.slice(lineStart(mask, open)))) return [];
  const left = [...text.slice(open + 1, close).matchAll(/[^\n]*\n/g)].filter((line) => {
    const at = open + 1 + line.index;
    return line[0].trim() !== '' && !lines.some(({ start, end }) => start <= at && at < end);
  });
  if (left.length !== 1 || /[{}]/.test(left[0]?.[0] ?? '')) return [];
  return [
    { start: mask.slice(0, open).trimEnd().length, end: open + 1 },
    wholeLine(text, { start: close, end: close + 1 }),
  ];
}

function wholeLine(text: string, { start, end }: Span): Span {
  const next = text.indexOf('\n', end);
  return { start: lineStart(text, start), end: next < 0 ? text.length : next + 1 };
}

/** Calls of `name` in the function that are given `handle`. */
function callsWith({ text, mask, body }: Section, name: string | undefined, index: number, handle: string): Span[] {
  if (name === undefined) return [];
  return [...mask.slice(body.start, body.end).matchAll(new RegExp(`\\b${name}\\s*\\(`, 'g'))].flatMap((match) => {
    const start = body.start + match.index;
    const end = closingBracket(mask, start + match[0].length - 1);
    return end !== undefined && argumentsAt(text, start)?.[index] === handle ? [{ start, end: end + 1 }] : [];
  });
}

/** `struct … name;` for the handle `&name`, where it declares nothing else. */
function declarationOf({ mask, body, core }: Section, handle: string): Span | undefined {
  const name = /^&(\w+)$/.exec(handle)?.[1];
  if (name === undefined) return undefined;
  const found = new RegExp(`${core.consumerType}\\s+${name}\\s*;`).exec(mask.slice(body.start, body.end));
  return found === null
    ? undefined
    : { start: body.start + found.index, end: body.start + found.index + found[0].length };
}

function depthAt(mask: string, from: number, to: number): number {
  let depth = 0;
  for (let at = from; at < to; at++) depth += mask[at] === '{' ? 1 : mask[at] === '}' ? -1 : 0;
  return depth;
}

/** Some goto before the statement leads behind it. */
function jumpsOver(mask: string, body: Span, { start, end }: Span): boolean {
  return [...mask.slice(body.start, start).matchAll(/\bgoto\s+(\w+)/g)].some(([, label = '']) =>
    new RegExp(`^[ \\t]*${label}\\s*:`, 'm').test(mask.slice(end, body.end)),
  );
}
