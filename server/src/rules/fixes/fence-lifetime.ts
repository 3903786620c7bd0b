/** The object behind the fence lives as long as someone has it open: counted memory, a reference a file, and the flag that teardown sets. */
import {
  addedFunctions,
  alwaysSucceed,
  fenceFields,
  fenceTemplate,
  plainAllocators,
  plainFree,
} from '../../knowledge/fence-templates.ts';
import { OWNER_FIELD, OWNER_VALUE } from '../../knowledge/fix-templates.ts';
import { closingBracket, indentAt, indentUnit, statementAt } from './c-text.ts';
import type { NamedCall, PlacedFunction } from './driver-shape.ts';
import { callsOf, errorVariable, functionNamed, structNamed } from './driver-shape.ts';
import type { Edits } from './edits.ts';
import { addField, combine, declareVariable, fill, insertAfter, insertion, lineStart, replacement } from './edits.ts';
import { queuesOf, testOf } from './fence-operation.ts';
import type { FencePlan } from './fence-plan.ts';
import { findAtOpen, findFrom, objectName, slotsOf } from './fence-plan.ts';
import { successesOf } from './fs-revocable-open.ts';
import { bodyOf, objectIn } from './operation-section.ts';
import { argumentsAt } from './revocable-text.ts';
import type { AddedOperation as Added } from './table-entries.ts';
import { tableEntries } from './table-entries.ts';

/** The count, the lock and the flag. */
export function fenceMembers(plan: FencePlan): Edits {
  const struct = structNamed(plan.ctx.module, plan.type);
  if (struct === undefined) return { refused: `${plan.type} was not found` };
  const { path } = struct.unit;
  const text = plan.ctx.text(path);
  const { count, lock, gone } = fenceFields;
  return combine([
    () => addField(path, text, struct.struct, fill(count.declaration, { name: plan.names.count })),
    () => addField(path, text, struct.struct, fill(lock.declaration, { name: plan.names.lock })),
    () => addField(path, text, struct.struct, fill(gone.declaration, { name: plan.names.gone, lock: plan.names.lock })),
  ]);
}

/** Counted memory: the plain allocator, and devres that drops a reference where it freed the memory. */
export function countMemory(plan: FencePlan): Edits {
  const { allocation, text, mask, file } = plan;
  const { call, fn } = allocation;
  const object = objectIn(plan, allocation);
  const statement = statementAt(mask, call.span.start);
  const code = statement && mask.slice(statement.span.start, statement.span.end);
  const refusal = { refused: `${fn.ir.name}() allocates ${plan.type} in a way that was not understood` };
  if (object === undefined || code === undefined || statement?.form !== 'plain') return refusal;
  const tested = new RegExp(`^\\s*if\\s*\\(\\s*(?:!\\s*${object}|${object}\\s*==\\s*NULL)\\s*\\)\\s*`).exec(
    mask.slice(statement.span.end),
  );
  if (tested === null || !new RegExp(`(?:^|[\\s*])${object}\\s*=`).test(code)) return refusal;
  const body = statement.span.end + tested[0].length;
  const end = mask[body] === '{' ? closingBracket(mask, body) : mask.indexOf(';', body);
  if (end === undefined || end < 0) return refusal;

  const slots = slotsOf(plan, object);
  const indent = indentAt(text, statement.span.start);
  const lines = fenceTemplate.initialise.map((line) => fill(line, slots));
  const managed = Object.hasOwn(plainAllocators, call.name) ? plainAllocators[call.name] : undefined;
  if (managed === undefined) {
    return combine([
      () => ({ edits: [insertion(file, end + 1, `\n\n${lines.map((line) => indent + line).join('\n')}`)] }),
      () => dropReferences(plan),
    ]);
  }
  const [device = ''] = argumentsAt(text, call.span.start)?.slice(managed.device) ?? [];
  const open = mask.indexOf('(', call.span.start);
  const next = mask.indexOf(',', open + 1) + 1;
  const gap = /^\s*/.exec(mask.slice(next))?.[0].length ?? 0;
  // It fails for want of memory only, so it is left as the failing allocation is.
  const failing = text.slice(body, end + 1);
  lines.push(`if (${fill(fenceTemplate.dropLater, { ...slots, device })})`);
  const added = lines.map((line) => indent + line).join('\n');
  const branch = mask[body] === '{' ? ` ${failing}` : `\n${indent}${indentUnit(text)}${failing}`;
  return {
    edits: [
      replacement(file, { start: call.span.start, end: next + gap }, `${managed.plain}(`),
      insertion(file, end + 1, `\n\n${added}${branch}`),
    ],
  };
}

interface Free {
  readonly file: string;
  readonly call: NamedCall;
  /** What is freed, as written. */
  readonly argument: string;
}

/** The driver's own frees of the object. */
function freesOf(plan: FencePlan): readonly Free[] {
  return plan.ctx.module.units.flatMap(({ path, ir }) =>
    ir.functions.flatMap((fn) =>
      callsOf(fn).flatMap((call) => {
        const [argument] = call.name === plainFree ? (argumentsAt(plan.ctx.text(path), call.span.start) ?? []) : [];
        const isObject = argument !== undefined && fn.ir.locals[argument]?.base === plan.type;
        return isObject ? [{ file: path, call, argument }] : [];
      }),
    ),
  );
}

function dropReferences(plan: FencePlan): Edits {
  const edits = freesOf(plan).map(({ file, call, argument }) =>
    replacement(file, call.span, fill(fenceTemplate.drop, slotsOf(plan, argument)).replace(/;$/, '')),
  );
  return edits.length > 0 ? { edits } : { refused: `nothing was found that frees ${plan.type}` };
}

/** The functions that free and put, before everything that uses them. */
export function lifetimeFunctions(plan: FencePlan): Edits {
  const { text, file, allocation } = plan;
  const isManaged = Object.hasOwn(plainAllocators, allocation.call.name);
  const frees = isManaged ? [] : freesOf(plan).map(({ call }) => call.span.start);
  const users = plan.ctx.module.units
    .filter((unit) => unit.path === file)
    .flatMap((unit) => unit.ir.functions)
    .filter((fn) => frees.some((at) => fn.at <= at && at < fn.end));
  const places = [allocation.fn, plan.open?.fn, plan.release?.fn, ...users].flatMap((fn) => fn?.at ?? []);
  const table = plan.node.operations.at?.span.start ?? Number.MAX_SAFE_INTEGER;
  const at = beforeComment(text, lineStart(text, Math.min(...places, table)));
  const struct = structNamed(plan.ctx.module, plan.type);
  if (struct?.unit.path === file && struct.struct.span.start > at) {
    return { refused: `${plan.type} is defined after the functions that use it` };
  }
  const slots = slotsOf(plan, objectName(plan));
  const lines = [...fenceTemplate.free, ...(isManaged ? fenceTemplate.put : [])].map((line) => fill(line, slots));
  return { edits: [insertion(file, at, `${lines.join('\n')}\n`)] };
}

/** Start of the comment that ends on the line above, so that a function keeps its own. */
function beforeComment(text: string, at: number): number {
  const comment = /\/\*(?:(?!\*\/)[\s\S])*\*\/\r?\n$/.exec(text.slice(Math.max(0, at - 4000), at));
  return comment === null ? at : lineStart(text, at - comment[0].length);
}

/** A reference for every open file: taken as the last thing in open, dropped as the last thing in release. */
export function fileReferences(plan: FencePlan): Edits {
  const added: Added[] = [];
  return combine([
    () => (plan.open === undefined ? addFunction(plan, 'open', added) : takeInOpen(plan, plan.open)),
    () => dropInRelease(plan, added),
    () => addToTable(plan, added),
  ]);
}

function addFunction(plan: FencePlan, field: 'open' | 'release', added: Added[]): Edits {
  const find = findFrom(plan, 'file');
  if (find === undefined) return { refused: `an added ${field} function would not find its ${plan.type}` };
  if (functionNamed(plan.ctx.module, `${plan.prefix}_${field}`) !== undefined) {
    return { refused: `${plan.prefix}_${field}() is there and does something else` };
  }
  added.push({ field, ...functionText(plan, addedFunctions[field], `${plan.prefix}_${field}`, find) });
  return { edits: [] };
}

function functionText(plan: FencePlan, template: readonly string[], name: string, find: string): Omit<Added, 'field'> {
  const object = objectName(plan);
  const release = plan.release?.fn.ir.name ?? '';
  const slots = { ...slotsOf(plan, object), name, find, release, test: testOf(plan, object) };
  return { name, lines: template.map((line) => fill(line, slots)) };
}

/** The reference goes before every return by which open succeeds. */
function takeInOpen(plan: FencePlan, open: PlacedFunction): Edits {
  const { text, mask, file } = plan;
  const returns = successesOf(open.fn, mask);
  if (returns === undefined) return { refused: `${open.fn.ir.name}() returns in a way that was not understood` };
  const own = objectIn(plan, open);
  const parameter = open.fn.ir.parameters[1]?.name ?? 'file';
  const find = own ?? findAtOpen(plan, parameter);
  if (find === undefined) return { refused: `${open.fn.ir.name}() has no variable for its ${plan.type}` };
  const object = own ?? objectName(plan);
  const take = fill(fenceTemplate.take, slotsOf(plan, object));
  const variable = errorVariable(open.fn) ?? 'ret';
  const fails = (value: string): boolean =>
    value !== '0' && !alwaysSucceed.some((name) => value.startsWith(`${name}(`));
  const undeclared = returns.some(({ value }) => fails(value)) && errorVariable(open.fn) === undefined;
  return combine([
    () =>
      own === undefined ? declareVariable(file, text, open.fn.at, `${plan.type} *${object} = ${find};`) : { edits: [] },
    () => (undeclared ? declareVariable(file, text, open.fn.at, `int ${variable};`) : { edits: [] }),
    () => ({
      edits: returns.map(({ span, value }) => {
        const indent = indentAt(text, span.start);
        if (!fails(value)) return insertion(file, span.start, `${take}\n${indent}`);
        const first =
          value === variable
            ? ''
            : `${variable} = ${text.slice(span.start, span.end).replace(/^return\s*/, '')}\n${indent}`;
        const test = `if (${variable})\n${indent}${indentUnit(text)}return ${variable};\n\n${indent}`;
        return replacement(file, span, `${first}${test}${take}\n${indent}return 0;`);
      }),
    }),
  ]);
}

function dropInRelease(plan: FencePlan, added: Added[]): Edits {
  const { release, text, mask, file } = plan;
  if (release === undefined) return addFunction(plan, 'release', added);
  const name = release.fn.ir.name;
  const object = objectIn(plan, release);
  const body = bodyOf(plan, release);
  const last = /\breturn\b\s*([^;]*);\s*$/.exec(mask.slice(body.start, body.end - 1));
  const isOnly = (mask.slice(body.start, body.end).match(/\breturn\b/g) ?? []).length === 1;
  const isPlain = last !== null && isOnly && /^(?:0|[a-z_]\w*)$/.test(last[1] ?? '');
  if (!plan.releaseFenced && object !== undefined && isPlain && last !== null) {
    const at = body.start + last.index;
    const drop = fill(fenceTemplate.drop, slotsOf(plan, object));
    return { edits: [insertion(file, at, `${drop}\n${indentAt(text, at)}`)] };
  }
  const find = findFrom(plan, 'file');
  if (find === undefined) return { refused: `${name}() does not find its ${plan.type} in the file` };
  const template = plan.releaseFenced ? addedFunctions.fencedRelease : addedFunctions.wrapRelease;
  added.push({ field: 'release', ...functionText(plan, template, `${plan.prefix}_file_release`, find) });
  return { edits: [] };
}

/** The added functions before the table, and their entries in it; the owner too, where there is none. */
function addToTable(plan: FencePlan, added: readonly Added[]): Edits {
  const { text, mask, file, node } = plan;
  const owner = node.operations.owner === 'missing' ? [{ field: OWNER_FIELD.slice(1), name: OWNER_VALUE }] : [];
  return tableEntries({ text, mask, file, table: node.operations, functions: added, entries: [...owner, ...added] });
}

/** After the unregister call: nobody opens any more, so the flag is seen by all that comes. */
export function setFlag(plan: FencePlan): Edits {
  const queues = queuesOf(plan);
  return combine(
    plan.unregisters.map((place) => () => {
      const object = objectIn(plan, place);
      if (object === undefined) return { refused: `${place.fn.ir.name}() has no variable for its ${plan.type}` };
      const slots = slotsOf(plan, object);
      const wakes = queues.map((queue) => fill(fenceTemplate.wake, { ...slots, queue }));
      const lines =
        wakes.length === 0
          ? fenceTemplate.set.map((line) => fill(line, slots))
          : [
              ...fenceTemplate.setAndWake.map((line) => fill(line, slots)),
              ...wakes,
              ...fenceTemplate.drain.map((line) => fill(line, slots)),
            ];
      return insertAfter(plan.file, plan.text, place.call.span.start, ['', ...lines]);
    }),
  );
}
