/** A section of a fence in one operation: the lock and the test before anything of the device is used, and sleepers in it that wake when the device goes. */
import type { Span } from '../../base/span.ts';
import { NO_DEVICE } from '../../knowledge/fix-templates.ts';
import { Knowledge } from '../../knowledge/lookup.ts';
import type { FixContext } from '../rule.ts';
import { closingBracket, indentAt, indentUnit } from './c-text.ts';
import type { NamedCall, PlacedFunction } from './driver-shape.ts';
import { callsOf, functionNamed, pathOf, reachable } from './driver-shape.ts';
import type { Edits } from './edits.ts';
import { combine, insertion, replacement } from './edits.ts';
import { failureOf } from './failure-path.ts';
import { goneAnswer } from './revocable-text.ts';
import { isDeclaration, statementsOf } from './statements.ts';

export type Node = NonNullable<FixContext['finding']['node']>;

/** A node and the driver's data behind it, in the text that a fix edits. */
export interface EditedNode {
  readonly ctx: FixContext;
  readonly node: Node;
  /** The one file that everything stands in. */
  readonly file: string;
  readonly text: string;
  readonly mask: string;
  /** The driver's data: `struct foo`. */
  readonly type: string;
}

/** The fence of a node as its operations see it; lock and flag belong to the driver's data. */
export interface Section extends EditedNode {
  /** The statement that takes the lock for the rest of a block; `object` is a pointer to the data. */
  enter(object: string | undefined): string;
  /** The condition under which the device is gone. */
  test(object: string | undefined): string;
}

export interface Sleep {
  readonly call: NamedCall;
  /** Arguments that are the wait queue and the condition; undefined for waits of another kind. */
  readonly queue: number | undefined;
  readonly condition: number | undefined;
}

/** Waits without a bound that a function makes itself. */
export function sleepsIn({ fn }: PlacedFunction): readonly Sleep[] {
  const knowledge = Knowledge.builtin();
  return callsOf(fn).flatMap((call) => {
    const effect = knowledge.findFunction(call.name)?.does.find((candidate) => candidate.verb === 'waits');
    if (effect === undefined || effect.bounded === true || effect.for === 'time' || effect.for === 'io') return [];
    const isPlain = effect.interruptible === true && effect.drops === undefined;
    const index = (slot: typeof effect.on): number | undefined =>
      slot?.at === 'arg' && isPlain ? slot.index : undefined;
    return [{ call, queue: index(effect.on), condition: index(effect.condition) }];
  });
}

/** The member of the object that an argument names. */
export function memberOf(
  { type }: Pick<Section, 'type'>,
  { fn }: PlacedFunction,
  call: NamedCall,
  index: number,
): string | undefined {
  const path = pathOf(call.args[index]);
  return path !== undefined && path.fields !== '' && fn.ir.locals[path.local]?.base === type ? path.fields : undefined;
}

/** The lock and the test, as soon as the object is at hand. */
/** `answer` ends the function when the device is gone, where the error is not what it should say. */
export function enterSection(
  section: Section,
  place: PlacedFunction,
  object: string | undefined,
  answer = goneAnswer(place.fn),
): Edits {
  const name = place.fn.ir.name;
  const body = bodyOf(section, place);
  const statements = statementsOf(section.mask, body.start, body.end - 1);
  const code = (span: Span): string => section.mask.slice(span.start, span.end);
  const first = statements.findIndex((span) => !isDeclaration(code(span)));
  const assigns = new RegExp(`(?:^|[^\\w.>])${object}\\s*=[^=]`);
  const at = object === undefined ? first - 1 : statements.findIndex((span) => assigns.test(code(span)));
  if (first < 0 || (at < 0 && object !== undefined))
    return { refused: `${name}() gets its ${section.type} in a way that was not understood` };
  let next = statements[Math.max(first, at + 1)];
  const isMissing = new RegExp(
    `^if\\s*\\(\\s*(?:\\w+\\s*\\(\\s*)?(?:!\\s*${object}\\b|[A-Z_]+\\s*\\(\\s*${object}\\s*\\)|${object}\\s*==\\s*NULL)`,
  );
  const tested = object !== undefined && next !== undefined && isMissing.test(code(next));
  if (tested) next = statements[Math.max(first, at + 1) + 1];
  if (next === undefined) return { refused: `${name}() does nothing after it has got its ${section.type}` };
  const jumps = statements.slice(first).some((span) => span.start < next.start && /\bgoto\b/.test(code(span)));
  if (jumps) return { refused: `a goto in ${name}() would jump over the start of the section` };
  if (/^(?:else\b|\w+\s*:(?!:))/.test(code(next)) || new RegExp(`^if\\s*\\(\\s*${object}\\s*\\)`).test(code(next))) {
    return { refused: `${name}() gets its ${section.type} in a way that was not understood` };
  }
  if (usedBetween(section, place, body.start, next.start)) {
    return { refused: `${name}() uses the device before a test can stand` };
  }
  const taken = takenBefore(place, next.start);
  if (taken !== undefined) return { refused: `${name}() calls ${taken.name}() before a test can stand` };
  if (answer === undefined) return { refused: `${name}() has no way to answer that the device is gone` };
  const before = commentBefore(section.text, section.mask, next.start);
  const indent = indentAt(section.text, next.start);
  const lines = [
    section.enter(object),
    `${indent}if (${section.test(object)})`,
    `${indent}${indentUnit(section.text)}${answer}`,
  ];
  const above = section.text.slice(0, before).trimEnd();
  const follows = isDeclaration(code(statements[statements.indexOf(next) - 1] ?? { start: 0, end: 0 }));
  const gap = follows && !/\n[ \t]*\r?\n/.test(section.text.slice(above.length, before)) ? `\n${indent}` : '';
  return { edits: [insertion(section.file, before, `${gap}${lines.join('\n')}\n\n${indent}`)] };
}

/** What an early return would have to give back. */
function takenBefore({ fn }: PlacedFunction, at: number): NamedCall | undefined {
  const knowledge = Knowledge.builtin();
  return callsOf(fn).find(
    ({ name, span }) =>
      span.start < at && knowledge.findFunction(name)?.does.some((effect) => TAKES.has(effect.verb)) === true,
  );
}

const TAKES: ReadonlySet<string> = new Set(['acquires', 'allocates', 'takesRef', 'increments', 'disables']);

/** Where the comments begin that belong to the statement at `start`. */
function commentBefore(text: string, mask: string, start: number): number {
  const code = mask.slice(0, start).trimEnd().length;
  const line = text.indexOf('\n', code);
  if (line < 0 || line >= start) return start;
  const comment = /^\s*(?=\/[/*])/.exec(text.slice(line, start));
  return comment === null ? start : line + comment[0].length;
}

/** Teardown waits for the section, so a sleeper in it must wake when the flag is set, and leave. */
export function wakeSleepers(section: Section, place: PlacedFunction, object: string | undefined): Edits {
  const { ctx } = section;
  for (const inner of reachable(ctx.module, place.fn.ir.name)) {
    const slept = inner.fn === place.fn ? undefined : sleepsIn(inner)[0];
    if (slept !== undefined) {
      return {
        refused: `${inner.fn.ir.name}() sleeps in ${slept.call.name}() without a bound: teardown would wait for it`,
      };
    }
  }
  return combine(sleepsIn(place).map((sleep) => () => wakeSleeper(section, place, object, sleep)));
}

export function wakeSleeper(
  section: Section,
  place: PlacedFunction,
  object: string | undefined,
  { call, queue, condition }: Sleep,
): Edits {
  const { text, mask, file } = section;
  const refusal = {
    refused: `${place.fn.ir.name}() sleeps in ${call.name}() without a bound, and what it does then was not understood: teardown would wait for it`,
  };
  if (queue === undefined || condition === undefined || memberOf(section, place, call, queue) === undefined)
    return refusal;
  const span = argumentSpan(mask, call.span.start, condition);
  const failure = failureOf(text, place.fn, call, (name) => onlyPrints(section, name));
  if (span === undefined || failure === undefined || failure.form === 'tail') return refusal;
  const leave = failure.leave(NO_DEVICE);
  const assigned = /^(\w+) = /.exec(leave.at(-2) ?? '')?.[1];
  if (assigned !== undefined && place.fn.ir.locals[assigned] === undefined) return refusal;

  const test = section.test(object);
  const written = text.slice(span.start, span.end);
  const isSimple = !/&&|\?|[^=!<>]=[^=]/.test(written);
  const indent = indentAt(text, failure.head);
  const step = indentUnit(text);
  const lines =
    leave.length === 1
      ? [`if (${test})`, `${step}${leave[0]}`]
      : [`if (${test}) {`, ...leave.map((line) => `${step}${line}`), '}'];
  const end = failure.form === 'block' ? failure.span.end + 1 : failure.span.end;
  return {
    edits: [
      isSimple ? insertion(file, span.end, ` || ${test}`) : replacement(file, span, `(${written}) || ${test}`),
      insertion(file, end, lines.map((line) => `\n${indent}${line}`).join('')),
    ],
  };
}

/** Messages have no part in undoing. */
function onlyPrints({ ctx }: Section, name: string): boolean {
  if (functionNamed(ctx.module, name) !== undefined) return false;
  return (
    Knowledge.builtin()
      .findFunction(name)
      ?.does.every((effect) => effect.verb === 'nothing') === true
  );
}

/** Where an argument of the call at `start` stands, without the space around it. */
function argumentSpan(mask: string, start: number, index: number): Span | undefined {
  const open = mask.indexOf('(', start);
  const close = open < 0 ? undefined : closingBracket(mask, open);
  if (close === undefined) return undefined;
  let depth = 0;
  let from = open + 1;
  let number = 0;
  for (let at = open + 1; at <= close; at++) {
    const character = mask[at] ?? '';
    if (at === close || (character === ',' && depth === 0)) {
      if (number === index) {
        const code = mask.slice(from, at);
        return { start: from + code.length - code.trimStart().length, end: from + code.trimEnd().length };
      }
      number++;
      from = at + 1;
    } else if ('([{'.includes(character)) depth++;
    else if (')]}'.includes(character)) depth--;
  }
  return undefined;
}

/** The variable that points to the object in a function; undefined where there is none. */
export function objectIn({ type }: Pick<Section, 'type'>, { fn }: PlacedFunction): string | undefined {
  const found = Object.entries(fn.ir.locals).find(
    ([name, local]) => local.base === type && local.pointers === 1 && local.array !== true && !/[#$]/.test(name),
  );
  return found?.[0];
}

/** Absolute span of a function's body, from its opening brace to the closing one. */
export function bodyOf(
  { mask }: Pick<Section, 'mask'>,
  { fn }: PlacedFunction,
): { readonly start: number; readonly end: number } {
  return { start: mask.indexOf('{', fn.at + fn.ir.nameSpan.end), end: fn.end };
}

/** Whether a race's first use stands in the function between two offsets. */
function usedBetween({ node, file }: Section, { fn }: PlacedFunction, start: number, end: number): boolean {
  return node.races.some(
    ({ use: { at } }) => at.file === file && at.fn === fn.ir.name && at.span.start >= start && at.span.start < end,
  );
}
