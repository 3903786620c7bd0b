/** The replacing call in open: nothing may fail after it, since the replacement would leak. */
import { shift } from '../../base/span.ts';
import { indentAt, indentUnit, maskC, statementAt } from './c-text.ts';
import type { PlacedFunction } from './driver-shape.ts';
import { errorVariable, holderIn } from './driver-shape.ts';
import type { Edits } from './edits.ts';
import { combine, declareVariable, fill, insertion, lineStart, replacement } from './edits.ts';
import type { Plan } from './fs-revocable-plan.ts';
import { slotsFor } from './fs-revocable-plan.ts';

/** The replacing call in place of every `return 0` of open: nothing may fail after it. */
export function guardOpen(plan: Plan): Edits {
  const { unit, fn } = plan.open;
  const text = plan.ctx.text(unit.path);
  const file = fn.ir.parameters[1]?.name;
  const holder = holderIn(plan.ctx.module, fn, plan.type);
  if (file === undefined || holder === undefined)
    return { refused: `${fn.ir.name}() holds no pointer to ${plan.type}` };
  const prefix = fn.ir.name.replace(/_?open$/, '') || fn.ir.name;
  const slots = { ...slotsFor(plan, holder), file, prefix, providers: providersName(fn) };
  const several = plan.others.length > 0 ? plan.template.callForSeveral : undefined;
  const call = fill(several ?? plan.template.call, slots);
  const list = [slots.member, ...plan.others.map((path) => `${holder.prefix}${path}`)];
  const setUp = several === undefined ? [] : list.map((member, at) => `${slots.providers}[${at}] = ${member};`);
  const mask = maskC(text);
  const returns = successesOf(fn, mask);
  if (returns === undefined) return { refused: `${fn.ir.name}() returns in a way that was not understood` };

  const variable = errorVariable(fn);
  const needsVariable = returns.some((found) => found.value !== '0');
  const ret = variable ?? 'ret';
  const edits = returns.flatMap((found) => {
    const indent = indentAt(text, found.span.start);
    const step = indentUnit(text);
    const lines: string[] = [];
    if (found.value !== '0') {
      if (found.value !== ret) lines.push(`${ret} = ${found.value};`);
      lines.push(`if (${ret})`, `${step}return ${ret};`, '');
    }
    lines.push(...setUp, `return ${call};`);
    return [
      replacement(
        unit.path,
        found.span,
        lines.map((line, at) => (at === 0 || line === '' ? line : indent + line)).join('\n'),
      ),
    ];
  });
  const start = lineStart(text, fn.at);
  const definitions = plan.template.definitions.map((line) => fill(line, { prefix }));
  const before = definitions.length === 0 ? '' : `${definitions.join('\n')}\n\n`;
  if (plan.template.defines.some((name) => new RegExp(`\\b${fill(name, { prefix })}\\b`).test(mask))) {
    return { refused: `${prefix} already has operations of that name` };
  }
  return combine([
    () => ({ edits: before === '' ? [] : [insertion(unit.path, start, before)] }),
    () =>
      needsVariable && variable === undefined ? declareVariable(unit.path, text, fn.at, `int ${ret};`) : { edits: [] },
    () =>
      several === undefined
        ? { edits: [] }
        : declareVariable(unit.path, text, fn.at, `${plan.template.providerType}${slots.providers}[${list.length}];`),
    () => ({ edits }),
  ]);
}

function providersName(fn: PlacedFunction['fn']): string {
  return Object.hasOwn(fn.ir.locals, 'providers') ? 'all_providers' : 'providers';
}

interface Success {
  readonly span: { readonly start: number; readonly end: number };
  /** What is returned, as written. */
  readonly value: string;
}

/** The return statements of open by which it can succeed; undefined when one is not understood. */
export function successesOf(fn: PlacedFunction['fn'], mask: string): Success[] | undefined {
  const found: Success[] = [];
  for (const block of fn.ir.blocks) {
    if (block.end.kind !== 'return') continue;
    const span = shift(block.end.span, fn.at);
    const statement = statementAt(mask, span.start);
    if (statement === undefined) return undefined;
    const value = /^return\b\s*([\s\S]*?)\s*;$/.exec(mask.slice(statement.span.start, statement.span.end))?.[1];
    if (value === undefined) return undefined;
    if (/^-\s*[A-Z]\w*$/.test(value) || found.some((other) => other.span.start === statement.span.start)) continue;
    if (statement.form === 'unbraced') {
      if (value === '0') return undefined;
      continue;
    }
    if (value === '0' || /^[A-Za-z_]\w*(?:\([^;]*\))?$/.test(value)) found.push({ span: statement.span, value });
    else return undefined;
  }
  const last = found.at(-1);
  if (last === undefined) return undefined;
  // An error path returns its variable too; it is the success path only where nothing returns 0.
  const zero = found.filter((candidate) => candidate.value === '0');
  return zero.length > 0 ? zero : [last];
}
