/** The test for NULL right after a section is entered; where the section does not end by itself it is left first. */
import type { Fix } from '../rule.ts';
import { closingBracket, endOfDeclarations, indentAt, indentUnit, maskC, statementAt } from './c-text.ts';
import type { Edits } from './edits.ts';
import { asResult, insertion } from './edits.ts';
import { argumentsAt, coreOf, factOf, functionAt, goneAnswer, nameFor } from './revocable-text.ts';

export const testAccess: Fix = {
  title: 'Answer that the device is gone where the section gives NULL',
  safety: 'review',
  preferred: () => true,
  offered: () => true,
  edit: (ctx) => {
    const fact = factOf(ctx);
    const origin = fact?.origin;
    const fn = origin === undefined ? undefined : functionAt(ctx, origin.file, origin.span.start);
    const core = coreOf(ctx);
    if (fact === undefined || origin === undefined || fn === undefined || core === undefined) return { kind: 'none' };
    const { resource = '' } = fact.names;
    const answer = goneAnswer(fn);
    if (answer === undefined)
      return { kind: 'disabled', reason: `${fn.ir.name}() has no way to answer that the device is gone` };
    if (!/^\w+$/.test(resource)) return { kind: 'disabled', reason: 'the result of the section is in no variable' };
    const text = ctx.text(origin.file);
    const start = origin.span.start;
    const name = /^\w+/.exec(text.slice(start))?.[0] ?? '';
    const macro = core.macros.find((known) => known.name === name);
    const leaves: string[] = [];
    const body = text.slice(fn.at, fn.end);
    const free = nameFor(core, 'consumer-free');
    const [handle] = argumentsAt(text, start) ?? [];
    if (macro?.takes === 'consumer' && free !== undefined && handle !== undefined && freesIn(body, free, handle)) {
      const reason = `${fn.ir.name}() frees ${handle} behind the section, which an early way out would have to do as well`;
      return { kind: 'disabled', reason };
    }
    if (macro === undefined) {
      if (name !== nameFor(core, 'enter'))
        return { kind: 'disabled', reason: `the section is entered inside ${name}()` };
      const leave = nameFor(core, 'leave');
      if (leave === undefined || handle === undefined) return { kind: 'none' };
      leaves.push(`${leave}(${handle});`);
      if (free !== undefined && freesIn(body, free, handle)) leaves.push(`${free}(${handle});`);
    }
    return asResult(test(text, origin.file, start, resource, [...leaves, answer]), ctx.text);
  },
};

/** The function frees the handle itself, so that an early way out has to as well. */
function freesIn(body: string, free: string, handle: string): boolean {
  const escaped = handle.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  return new RegExp(`\\b${free}\\s*\\(\\s*${escaped}\\s*\\)`).test(maskC(body));
}

function test(text: string, file: string, start: number, resource: string, answer: readonly string[]): Edits {
  const mask = maskC(text);
  const open = mask.indexOf('(', start);
  const close = open < 0 ? undefined : closingBracket(mask, open);
  if (close === undefined) return { refused: 'the call was not understood' };
  const block = /^\s*\{/.exec(mask.slice(close + 1));
  const step = indentUnit(text);
  if (block !== null) {
    const indent = indentAt(text, start) + step;
    const at = close + 1 + block[0].length;
    return { edits: [insertion(file, at, `${lines(resource, answer, indent, step)}\n`)] };
  }
  const statement = statementAt(mask, start);
  if (statement === undefined || statement.form !== 'plain')
    return { refused: 'the section is entered in a condition' };
  const indent = indentAt(text, statement.span.start);
  // Among declarations: the test goes behind the last of them.
  const at = endOfDeclarations(mask, statement.span.end, resource);
  return { edits: [insertion(file, at, lines(resource, answer, indent, step))] };
}

function lines(resource: string, answer: readonly string[], indent: string, step: string): string {
  const body = answer.map((line) => `\n${indent}${step}${line}`).join('');
  return answer.length === 1
    ? `\n${indent}if (!${resource})${body}`
    : `\n${indent}if (!${resource}) {${body}\n${indent}}`;
}
