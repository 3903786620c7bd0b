/** The call that leaves a section, before the statement by which a path goes without it. */
import type { Fix } from '../rule.ts';
import { indentAt, indentUnit, maskC, statementAt } from './c-text.ts';
import type { Edits } from './edits.ts';
import { asResult, insertion, replacement } from './edits.ts';
import { argumentsAt, coreOf, factOf, nameFor } from './revocable-text.ts';

export const withdrawAccess: Fix = {
  title: 'Leave the section on this path',
  safety: 'review',
  preferred: () => true,
  offered: () => true,
  edit: (ctx) => {
    const fact = factOf(ctx);
    const core = coreOf(ctx);
    if (fact?.origin === undefined || core === undefined) return { kind: 'none' };
    const { file } = fact.at;
    const text = ctx.text(file);
    const name = /^\w+/.exec(text.slice(fact.origin.span.start))?.[0] ?? '';
    if (name !== nameFor(core, 'enter')) return { kind: 'disabled', reason: `the section is entered inside ${name}()` };
    const [handle] = argumentsAt(text, fact.origin.span.start) ?? [];
    const leave = nameFor(core, 'leave');
    if (handle === undefined || leave === undefined || !/^&?[\w.>-]+$/.test(handle)) return { kind: 'none' };
    const start = fact.at.span.start;
    const free = nameFor(core, 'consumer-free');
    return asResult(before(file, text, start, `${leave}(${handle});`, free && `${free}(${handle});`), ctx.text);
  },
};

/** A handle is freed where a path would lose it. */
export const freeHandle: Fix = {
  title: 'Free the handle on this path',
  safety: 'review',
  preferred: () => true,
  offered: () => true,
  edit: (ctx) => {
    const fact = factOf(ctx);
    const core = coreOf(ctx);
    const free = core && nameFor(core, 'consumer-free');
    const { handle = '' } = fact?.names ?? {};
    if (fact === undefined || free === undefined || !/^\w+$/.test(handle)) return { kind: 'none' };
    const argument = core?.consumerStorage === 'local' ? `&${handle}` : handle;
    const { file } = fact.at;
    return asResult(before(file, ctx.text(file), fact.at.span.start, `${free}(${argument});`), ctx.text);
  },
};

/** `after`: a statement that may stand right before the way out, and which the call has to precede. */
function before(file: string, text: string, offset: number, call: string, after?: string): Edits {
  const mask = maskC(text);
  if (mask[offset] === '}') {
    const line = text.lastIndexOf('\n', offset - 1) + 1;
    return { edits: [insertion(file, line, `${indentAt(text, offset)}${indentUnit(text)}${call}\n`)] };
  }
  const statement = statementAt(mask, offset);
  if (statement === undefined || statement.form === 'condition') return { refused: 'the way out was not understood' };
  const { span } = statement;
  if (/[(>[]/.test(mask.slice(span.start, span.end)))
    return { refused: 'what is returned is computed there, maybe from the resource' };
  const indent = indentAt(text, span.start);
  if (statement.form === 'plain') {
    const head = text.slice(0, span.start).trimEnd();
    const at = after !== undefined && head.endsWith(after) ? head.length - after.length : span.start;
    return { edits: [insertion(file, at, `${call}\n${indent}`)] };
  }
  const code = text.slice(span.start, span.end);
  const head = text.slice(statement.head, span.start).trimEnd();
  const outer = indentAt(text, statement.head);
  if (/^\s*else\b/.test(mask.slice(span.end)) || /\belse$/.test(head))
    return { refused: 'the way out is one arm of an if without braces' };
  return {
    edits: [
      replacement(
        file,
        { start: statement.head + head.length, end: span.end },
        ` {\n${indent}${call}\n${indent}${code}\n${outer}}`,
      ),
    ],
  };
}
