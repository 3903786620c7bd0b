/** One mutex over check and use and over the writes: the writer's own, or a new one beside what it protects. */
import type { CheckFact, NamedLock } from '../../analysis/check-then-use/facts.ts';
import type { LockForm } from '../../knowledge/fix-templates.ts';
import { checkLock, lockForms, writeLockForms } from '../../knowledge/fix-templates.ts';
import { Knowledge } from '../../knowledge/lookup.ts';
import type { Fix, FixContext } from '../rule.ts';
import { closingBracket, indentAt, maskC, statementAt } from './c-text.ts';
import type { PlacedFunction } from './driver-shape.ts';
import { callsOf, functionNamed, holderIn, reachable, structNamed } from './driver-shape.ts';
import type { Edits } from './edits.ts';
import { addField, asResult, combine, fill, insertInclude, insertion } from './edits.ts';
import { holdLock } from './hold-lock.ts';

/** A section that is merely too short is kept longer; what teardown frees on a count needs more than a lock. */
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
  const { writerLock, ownLock, checkedAt, reachedAt, writes } = fact;
  const checker = functionNamed(ctx.module, checkedAt.fn ?? '', checkedAt.file);
  const [first] = writes;
  const writer = first === undefined ? undefined : functionNamed(ctx.module, first.fn ?? '', first.file);
  if (checker === undefined || writer === undefined || first === undefined)
    return { refused: 'the functions of both threads were not found' };
  const checked = [checkedAt.span.start, reachedAt?.span.start ?? checkedAt.span.start];
  const written = writes.map(({ span }) => span.start);
  if (writerLock?.shared === true) return { refused: `${writer.fn.ir.name}() shares ${writerLock.text} with others` };
  if (writerLock !== undefined) return holdKnown(ctx, checker, checked, writerLock, lockForms);
  if (ownLock !== undefined) return holdKnown(ctx, writer, written, ownLock, writeLockForms);
  if (writer.fn !== checker.fn && calls(ctx, checker, writer))
    return { refused: 'one of the two functions calls the other' };
  const lock = fact.struct === undefined ? lockBesideGlobal(ctx, fact) : lockInStruct(ctx, fact.struct, fact);
  if ('refused' in lock) return lock;
  const both = writer.fn === checker.fn ? [...checked, ...written] : checked;
  return combine([
    () => lock.declare(),
    () => hold(ctx, checker, both, lock.expression(checker)),
    ...(writer.fn === checker.fn ? [] : [() => hold(ctx, writer, written, lock.expression(writer))]),
  ]);
}

function hold(ctx: FixContext, placed: PlacedFunction, places: readonly number[], expression?: string): Edits {
  const [form] = lockForms;
  const name = placed.fn.ir.name;
  if (expression === undefined || form === undefined) return { refused: `the object has no name in ${name}()` };
  return refuseToSleep(ctx, placed) ?? holdLock(ctx.text(placed.unit.path), placed, places, { form, expression });
}

/** Who waits for others must not keep them out. */
function refuseToSleep({ module }: FixContext, placed: PlacedFunction): Refusal | undefined {
  const knowledge = Knowledge.builtin();
  for (const { fn } of reachable(module, placed.fn.ir.name)) {
    for (const call of callsOf(fn)) {
      if (knowledge.findFunction(call.name)?.does.some(({ verb }) => verb === 'waits') === true)
        return { refused: `${fn.ir.name}() waits in ${call.name}(), and should not hold a lock there` };
    }
  }
  return undefined;
}

/** One of the two has a lock already: the other takes it too, in one section, where nothing that it calls does so. */
function holdKnown(
  ctx: FixContext,
  placed: PlacedFunction,
  places: readonly number[],
  { kind, cell, text }: NamedLock,
  forms: readonly LockForm[],
): Edits {
  const form = forms.find((one) => one.kind === kind);
  if (form === undefined) return { refused: `${text} is no mutex: a person has to say what may be done under it` };
  const name = text.slice(text.lastIndexOf('.') + 1);
  const mentions = new RegExp(`\\b${name}\\b`);
  for (const { unit, fn } of reachable(ctx.module, placed.fn.ir.name)) {
    if (fn !== placed.fn && mentions.test(maskC(ctx.text(unit.path)).slice(fn.at, fn.end)))
      return { refused: `${fn.ir.name}() takes ${text} itself` };
  }
  const struct = cell.startsWith('::') ? undefined : cell.slice(0, cell.lastIndexOf('.'));
  const holder = struct === undefined ? '' : holderIn(ctx.module, placed.fn, struct)?.prefix;
  if (holder === undefined) return { refused: `${placed.fn.ir.name}() has no name for the object of ${text}` };
  return (
    refuseToSleep(ctx, placed) ??
    holdLock(ctx.text(placed.unit.path), placed, places, { form, expression: `${holder}${name}` })
  );
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

/** After each allocation of the object and the test that it did not fail, and in each variable of its type. */
function initialise(ctx: FixContext, struct: string, name: string): Edits {
  const allocations = ctx.analysis.objects
    .filter(({ type }) => type === struct)
    .flatMap(({ allocatedAt }) => allocatedAt);
  const refusal = { refused: `where ${struct} is made was not understood` };
  const variables = ctx.module.units.flatMap(({ path, ir }) =>
    ir.globals
      .filter(({ type, isExtern }) => type.base === struct && type.pointers === 0 && !isExtern)
      .map((global) => ({ path, global })),
  );
  if (variables.some(({ global }) => global.type.array === true || global.name.includes('.'))) return refusal;
  if (allocations.length + variables.length === 0) return refusal;
  const inVariables = variables.map(({ path, global }) => (): Edits => {
    const text = ctx.text(path);
    const mask = maskC(text);
    const end = mask.indexOf(';', global.span.start);
    const at = mask.slice(global.span.start, end).search(new RegExp(`\\b${global.name}\\s*(?:;|=\\s*\\{|$)`));
    if (end < 0 || at < 0) return refusal;
    const open = mask.indexOf('{', global.span.start + at);
    const line = `\n\t${fill(checkLock.initializer, { member: name, variable: global.name })}`;
    if (open >= 0 && open < end) return { edits: [insertion(path, open + 1, line)] };
    return { edits: [insertion(path, global.span.start + at + global.name.length, ` = {${line}\n}`)] };
  });
  return combine([
    ...inVariables,
    ...allocations.map(({ at }) => (): Edits => {
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
  ]);
}

function calls(ctx: FixContext, a: PlacedFunction, b: PlacedFunction): boolean {
  const reaches = (from: PlacedFunction, to: PlacedFunction): boolean =>
    reachable(ctx.module, from.fn.ir.name).some(({ fn }) => fn === to.fn);
  return reaches(a, b) || reaches(b, a);
}
