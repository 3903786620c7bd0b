/** One mutex over check and use and over the writes: the writer's own, or a new one beside what it protects. */
import type { CheckFact } from '../../analysis/check-then-use/facts.ts';
import { checkLock } from '../../knowledge/fix-templates.ts';
import type { Fix, FixContext } from '../rule.ts';
import { closingBracket, indentAt, maskC, statementAt } from './c-text.ts';
import type { PlacedFunction } from './driver-shape.ts';
import { functionNamed, holderIn, reachable, structNamed } from './driver-shape.ts';
import type { Edits } from './edits.ts';
import { addField, asResult, combine, fill, insertBefore, insertInclude, insertion } from './edits.ts';

/** Where a section is merely too short, it is for a person to say which one grows. */
const CURED: ReadonlySet<CheckFact['defect']> = new Set<CheckFact['defect']>(['freed', 'read-again', 'both-pass']);

export const lockCheck: Fix = {
  title: checkLock.title,
  safety: 'review',
  offered: (ctx) => isC(ctx) && factOf(ctx) !== undefined,
  edit(ctx) {
    const fact = factOf(ctx);
    if (fact === undefined) return { kind: 'none' };
    return asResult(plan(ctx, fact), (file) => ctx.text(file));
  },
};

function isC({ module, finding }: FixContext): boolean {
  return module.units.some(({ path, ir }) => path === finding.at.file && ir.language === 'c');
}

function factOf({ analysis, finding }: FixContext): CheckFact | undefined {
  return analysis.checkThenUse.find(
    ({ defect, group, at, reachedAt }) =>
      CURED.has(defect) &&
      group === finding.group &&
      at.span.start === finding.at.span.start &&
      at.file === finding.at.file &&
      reachedAt !== undefined,
  );
}

function plan(ctx: FixContext, fact: CheckFact): Edits {
  const { writerLock, checkedAt, writes } = fact;
  const checker = functionNamed(ctx.module, checkedAt.fn ?? '', checkedAt.file);
  const [first] = writes;
  const writer = first === undefined ? undefined : functionNamed(ctx.module, first.fn ?? '', first.file);
  if (checker === undefined || writer === undefined || first === undefined)
    return { refused: 'the functions of both threads were not found' };
  if (writerLock !== undefined) return useLockOfWriter(ctx, fact, checker, writerLock);
  if (writer.fn !== checker.fn && calls(ctx, checker, writer))
    return { refused: 'one of the two functions calls the other' };
  const lock = fact.struct === undefined ? lockBesideGlobal(ctx, fact) : lockInStruct(ctx, fact.struct, fact);
  if ('refused' in lock) return lock;
  const inChecker = lock.expression(checker);
  const inWriter = lock.expression(writer);
  if (inChecker === undefined || inWriter === undefined)
    return { refused: 'the object has no name in one of the two functions' };
  const isCovered =
    writer.fn === checker.fn &&
    scopeFrom(
      ctx,
      checker,
      checkedAt.span.start,
      writes.map(({ span }) => span.start),
    );
  return combine([
    () => lock.declare(),
    () => hold(ctx, checker, checkedAt.span.start, [fact.reachedAt?.span.start ?? checkedAt.span.start], inChecker),
    ...(isCovered === true
      ? []
      : [
          () =>
            hold(
              ctx,
              writer,
              first.span.start,
              writes.map(({ span }) => span.start),
              inWriter,
            ),
        ]),
  ]);
}

/** The writer has a lock already: the check takes it too, where nothing behind the check does so. */
function useLockOfWriter(
  ctx: FixContext,
  { checkedAt, reachedAt }: CheckFact,
  checker: PlacedFunction,
  { kind, cell, text }: NonNullable<CheckFact['writerLock']>,
): Edits {
  if (kind !== checkLock.kind) return { refused: `${text} is no mutex: a person has to say what may be done under it` };
  const name = text.slice(text.lastIndexOf('.') + 1);
  const mentions = new RegExp(`\\b${name}\\b`);
  for (const { unit, fn } of reachable(ctx.module, checker.fn.ir.name)) {
    const body = maskC(ctx.text(unit.path)).slice(fn.at, fn.end);
    if (mentions.test(body)) return { refused: `${fn.ir.name}() takes ${text} itself` };
  }
  const struct = cell.startsWith('::') ? undefined : cell.slice(0, cell.lastIndexOf('.'));
  const holder = struct === undefined ? '' : holderIn(ctx.module, checker.fn, struct)?.prefix;
  if (holder === undefined) return { refused: `${checker.fn.ir.name}() has no name for the object of ${text}` };
  const use = reachedAt?.span.start ?? checkedAt.span.start;
  return combine([() => hold(ctx, checker, checkedAt.span.start, [use], `${holder}${name}`)]);
}

interface NewLock {
  expression(fn: PlacedFunction): string | undefined;
  declare(): Edits;
}

type Refusal = Extract<Edits, { readonly refused: string }>;

function lockBesideGlobal(ctx: FixContext, { used }: CheckFact): NewLock | Refusal {
  for (const { path, ir } of ctx.module.units) {
    const global = ir.globals.find(({ name, isExtern }) => name === used && !isExtern);
    if (global === undefined) continue;
    const text = ctx.text(path);
    const name = `${used}_lock`;
    const end = maskC(text).indexOf(';', global.span.start);
    if (end < 0 || new RegExp(`\\b${name}\\b`).test(text)) return { refused: `no place for a lock beside ${used}` };
    return {
      expression: () => name,
      declare: () => ({
        edits: [
          ...insertInclude(path, text, checkLock.header),
          insertion(path, end + 1, `\n${fill(checkLock.beside, { name })}`),
        ],
      }),
    };
  }
  return { refused: `${used} is declared elsewhere` };
}

function lockInStruct(ctx: FixContext, struct: string, { checked, used }: CheckFact): NewLock | Refusal {
  const found = structNamed(ctx.module, struct);
  const name = checkLock.names.find((one) => found?.struct.fields.every((field) => field.name !== one) === true);
  if (found === undefined || name === undefined) return { refused: `${struct} has no room for a lock` };
  const member = (text: string): string => text.slice(text.lastIndexOf('.') + 1);
  const what = [...new Set([member(used), member(checked)])].join(' and ');
  const { path } = found.unit;
  return {
    expression: (fn) => {
      const holder = holderIn(ctx.module, fn.fn, struct);
      return holder === undefined ? undefined : `${holder.prefix}${name}`;
    },
    declare: () =>
      combine([
        () => ({ edits: insertInclude(path, ctx.text(path), checkLock.header) }),
        () => addField(path, ctx.text(path), found.struct, fill(checkLock.member, { name, what })),
        () => initialise(ctx, struct, name),
      ]),
  };
}

/** After each allocation of the object and the test that it did not fail. */
function initialise(ctx: FixContext, struct: string, name: string): Edits {
  const allocations = ctx.analysis.objects
    .filter(({ type }) => type === struct)
    .flatMap(({ allocatedAt }) => allocatedAt);
  const refusal = { refused: `where ${struct} is made was not understood` };
  if (allocations.length === 0) return refusal;
  return combine(
    allocations.map(({ at }) => () => {
      const text = ctx.text(at.file);
      const mask = maskC(text);
      const statement = statementAt(mask, at.span.start);
      const object = /(\w+)\s*=[^=]/.exec(mask.slice(statement?.span.start, statement?.span.end))?.[1];
      if (statement?.form !== 'plain' || object === undefined) return refusal;
      const tested = new RegExp(`^\\s*if\\s*\\(\\s*(?:!\\s*${object}|${object}\\s*==\\s*NULL)\\s*\\)\\s*`).exec(
        mask.slice(statement.span.end),
      );
      if (tested === null) return refusal;
      const body = statement.span.end + tested[0].length;
      const end = mask[body] === '{' ? closingBracket(mask, body) : mask.indexOf(';', body);
      if (end === undefined || end < 0) return refusal;
      const line = fill(checkLock.initialise, { holder: `${object}->`, name });
      return { edits: [insertion(at.file, end + 1, `\n${indentAt(text, statement.span.start)}${line}`)] };
    }),
  );
}

/** Takes the lock before the statement at `from`, until its block ends, which must be behind all of `until`. */
function hold(ctx: FixContext, placed: PlacedFunction, from: number, until: readonly number[], lock: string): Edits {
  const text = ctx.text(placed.unit.path);
  const covers = scopeFrom(ctx, placed, from, until);
  const name = placed.fn.ir.name;
  if (covers === undefined) return { refused: `${name}() jumps over the place where the lock would be taken` };
  if (!covers) return { refused: `check and use stand in different blocks of ${name}()` };
  return insertBefore(placed.unit.path, text, from, [fill(checkLock.take, { lock })]);
}

/** Whether the block around `from` holds all of `until`; undefined where a jump could lead into it. */
function scopeFrom(
  ctx: FixContext,
  { unit, fn }: PlacedFunction,
  from: number,
  until: readonly number[],
): boolean | undefined {
  const mask = maskC(ctx.text(unit.path));
  const start = statementAt(mask, from)?.head;
  if (start === undefined) return false;
  if (/\b(?:goto|case|default)\b/.test(mask.slice(fn.at, start))) return undefined;
  let depth = 0;
  let end = start;
  for (; end < fn.end && depth >= 0; end += 1) {
    if (mask[end] === '{') depth += 1;
    else if (mask[end] === '}') depth -= 1;
  }
  return until.every((place) => place >= start && place < end);
}

function calls(ctx: FixContext, a: PlacedFunction, b: PlacedFunction): boolean {
  const reaches = (from: PlacedFunction, to: PlacedFunction): boolean =>
    reachable(ctx.module, from.fn.ir.name).some(({ fn }) => fn === to.fn);
  return reaches(a, b) || reaches(b, a);
}
