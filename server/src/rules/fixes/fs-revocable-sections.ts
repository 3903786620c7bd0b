/**
 * Operations that the wrapper does not cover get a section of their own: a function in front of the table that enters it,
 * calls the operation and leaves it. It finds the provider in the driver's object, so that this has to outlive the file;
 * no reference of the file can see to that, since after the revoke the wrapper skips the release that would drop it.
 */
import {
  explicitSection,
  FILE_OPERATIONS,
  harmlessOperations,
  NO_MEMORY,
  neverAtOnce,
} from '../../knowledge/fix-templates.ts';
import { Knowledge } from '../../knowledge/lookup.ts';
import type { FixContext } from '../rule.ts';
import { closingBracket, maskC } from './c-text.ts';
import type { PlacedFunction } from './driver-shape.ts';
import { functionNamed, holderIn } from './driver-shape.ts';
import type { Edits } from './edits.ts';
import { fill } from './edits.ts';
import type { Node, Plan } from './fs-revocable-plan.ts';
import { goneAnswer } from './revocable-text.ts';
import type { AddedOperation, TableEntry } from './table-entries.ts';
import { tableEntries } from './table-entries.ts';

/** Operations that would go on running after the revoke: field and function. */
export function uncovered(node: Node): readonly (readonly [field: string, name: string])[] {
  const knowledge = Knowledge.builtin();
  return Object.entries(node.operations.entries).filter(([field, name]) => {
    const role = knowledge.findRole(FILE_OPERATIONS, field);
    return (
      role !== undefined &&
      role.context !== 'open' &&
      role.coveredByFsRevocable !== true &&
      !harmlessOperations.includes(name)
    );
  });
}

/** Those of them that touch something that goes. */
function racing(node: Node): readonly (readonly [field: string, name: string])[] {
  return uncovered(node).filter(([field]) => node.races.some((race) => race.operation === field));
}

/** Why a section around an operation would not fence it; undefined when every one can have one. */
export function coverageGate(node: Node): string | undefined {
  for (const [field, name] of racing(node)) {
    const reason = Object.hasOwn(neverAtOnce, field) ? neverAtOnce[field] : undefined;
    if (reason !== undefined) return `the wrapper does not cover ${field} (${name}), and a section cannot: ${reason}`;
  }
  return undefined;
}

/** Why they cannot have one in this driver. */
export function sectionGate(ctx: FixContext, node: Node, plan: Plan): string | undefined {
  const [own] = plan.template.takesPrivateData ? uncovered(node) : [];
  if (own !== undefined) {
    return `the wrapper does not cover ${own[0]} (${own[1]}), which would find the wrapper's own data in private_data`;
  }
  for (const [field, name] of racing(node)) {
    const what = `the wrapper does not cover ${field} (${name})`;
    if (functionNamed(ctx.module, name) === undefined) return `${what}, which was not found`;
    if (node.races.some(({ object }) => object.name === plan.type)) {
      return `${what}, and a section of its own would find its provider in ${plan.type}, which is freed with the device: after the revoke the wrapper skips release, so the file cannot hold a reference`;
    }
    if (plan.others.length > 0) {
      return `${what}, and a section of its own would have to enter ${plan.others.length + 1} providers`;
    }
  }
  return undefined;
}

export function explicitSections(plan: Plan, node: Node): Edits {
  const table = node.operations;
  const file = table.at?.file;
  const operations = racing(node);
  if (operations.length === 0) return { edits: [] };
  if (file === undefined) return { refused: 'the table of operations was not found' };
  const text = plan.ctx.text(file);
  const added: AddedOperation[] = [];
  const entries: TableEntry[] = [];
  for (const [field, operation] of operations) {
    const name = `${operation}${explicitSection.suffix}`;
    const place = functionNamed(plan.ctx.module, operation);
    const lines = place && sectionLines(plan, place, field, name);
    if (lines === undefined) return { refused: `${operation}() does not find its ${plan.type} in the file` };
    if (functionNamed(plan.ctx.module, name) !== undefined) return { refused: `${name}() is there already` };
    entries.push({ field, name });
    if (!added.some((other) => other.name === name)) added.push({ field, name, lines });
  }
  return tableEntries({ text, mask: maskC(text), file, table, functions: added, entries });
}

function sectionLines(
  plan: Plan,
  { unit, fn }: PlacedFunction,
  field: string,
  name: string,
): readonly string[] | undefined {
  const text = plan.ctx.text(unit.path);
  const mask = maskC(text);
  const open = mask.indexOf('(', fn.at + fn.ir.nameSpan.end);
  const close = open < 0 ? undefined : closingBracket(mask, open);
  const answer = /^return (.+);$/.exec(goneAnswer(fn) ?? '')?.[1];
  if (close === undefined || answer === undefined) return undefined;
  const found = findObject(plan, fn, field);
  if (found === undefined) return undefined;
  const parameters = text
    .slice(open + 1, close)
    .split(',')
    .map((one) => one.trim().replace(/\s+/g, ' '));
  const slots = {
    member: `${found.prefix}${plan.fieldName}`,
    operation: fn.ir.name,
    arguments: fn.ir.parameters.map((parameter) => parameter.name).join(', '),
    returns: fn.ir.returns.base,
    gone: answer,
    noMemory: NO_MEMORY,
  };
  return [
    ...headLines(`static ${fn.ir.returns.base} ${name}(`, parameters),
    '{',
    ...found.declaration,
    ...explicitSection.enter.map((line) => fill(line, slots)),
  ];
}

/** How the added function reaches the driver's object. */
function findObject(
  plan: Plan,
  fn: PlacedFunction['fn'],
  field: string,
): { readonly prefix: string; readonly declaration: readonly string[] } | undefined {
  if (plan.privateType === plan.type) {
    const index = Knowledge.builtin().findRole(FILE_OPERATIONS, field)?.file;
    const argument = fn.ir.parameters[index ?? 0]?.name;
    const pattern = index === undefined ? explicitSection.privateData.call : explicitSection.privateData.file;
    const object = Object.entries(fn.ir.locals).find(
      ([, local]) => local.base === plan.type && local.pointers === 1,
    )?.[0];
    const variable = object !== undefined && /^\w+$/.test(object) ? object : 'priv';
    return argument === undefined
      ? undefined
      : { prefix: `${variable}->`, declaration: [`\t${plan.type} *${variable} = ${fill(pattern, { argument })};`] };
  }
  const holder = holderIn(plan.ctx.module, { ...fn, ir: { ...fn.ir, locals: {} } }, plan.type);
  return holder && { prefix: holder.prefix, declaration: [] };
}

const WIDTH = 100;
const TAB = 8;

/** A function's head, its parameters aligned with the first where they do not fit in one line. */
function headLines(start: string, parameters: readonly string[]): readonly string[] {
  const indent = '\t'.repeat(Math.floor(start.length / TAB)) + ' '.repeat(start.length % TAB);
  const lines: string[] = [];
  let line = start;
  let width = start.length;
  for (const [at, parameter] of parameters.entries()) {
    const piece = `${parameter}${at === parameters.length - 1 ? ')' : ','}`;
    const isFirst = line === start || line === indent;
    if (!isFirst && width + 1 + piece.length > WIDTH) {
      lines.push(line);
      line = indent;
      width = start.length;
    }
    const gap = line === start || line === indent ? '' : ' ';
    line += gap + piece;
    width += gap.length + piece.length;
  }
  return [...lines, line];
}
