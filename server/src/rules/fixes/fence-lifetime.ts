/** The object behind the fence lives as long as someone has it open: counted memory, a reference a file, and the flag that teardown sets. */
import { addedFunctions, alwaysSucceed, fenceFields, fenceTemplate } from '../../knowledge/fence-templates.ts';
import { OWNER_FIELD, OWNER_VALUE } from '../../knowledge/fix-templates.ts';
import { indentAt, indentUnit } from './c-text.ts';
import { countField, objectName, slotsOf } from './counted-memory.ts';
import type { PlacedFunction } from './driver-shape.ts';
import { errorVariable, functionNamed, structNamed } from './driver-shape.ts';
import type { Edits } from './edits.ts';
import { addField, combine, declareVariable, fill, insertAfter, insertion, replacement } from './edits.ts';
import { queuesOf, testOf } from './fence-operation.ts';
import type { FencePlan } from './fence-plan.ts';
import { findAtOpen, findFrom } from './fence-plan.ts';
import { successesOf } from './fs-revocable-open.ts';
import { bodyOf, objectIn } from './operation-section.ts';
import type { AddedOperation as Added } from './table-entries.ts';
import { tableEntries } from './table-entries.ts';

/** The count, the lock and the flag. */
export function fenceMembers(plan: FencePlan): Edits {
  const struct = structNamed(plan.ctx.module, plan.type);
  if (struct === undefined) return { refused: `${plan.type} was not found` };
  const { path } = struct.unit;
  const text = plan.ctx.text(path);
  const { lock, gone } = fenceFields;
  return combine([
    () => countField(plan),
    () => addField(path, text, struct.struct, fill(lock.declaration, { name: plan.names.lock })),
    () => addField(path, text, struct.struct, fill(gone.declaration, { name: plan.names.gone, lock: plan.names.lock })),
  ]);
}

/** A reference for every open file: taken as the last thing in open, dropped as the last thing in release. */
export function fileReferences(plan: FencePlan): Edits {
  const added: Added[] = [];
  if (plan.isHeld) {
    return combine([
      () => (plan.releaseFenced ? skipRelease(plan, added) : { edits: [] }),
      () => addToTable(plan, added),
    ]);
  }
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
  const enter = fill(fenceTemplate.enter, slotsOf(plan, object));
  const slots = { ...slotsOf(plan, object), name, find, release, enter, test: testOf(plan, object) };
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
  const take = slotsOf(plan, object).take ?? '';
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
    const drop = slotsOf(plan, object).drop ?? '';
    return { edits: [insertion(file, at, `${drop}\n${indentAt(text, at)}`)] };
  }
  const find = findFrom(plan, 'file');
  if (find === undefined) return { refused: `${name}() does not find its ${plan.type} in the file` };
  const template = plan.releaseFenced ? addedFunctions.fencedRelease : addedFunctions.wrapRelease;
  added.push({ field: 'release', ...functionText(plan, template, `${plan.prefix}_file_release`, find) });
  return { edits: [] };
}

/** Release does nothing any more once the device has gone. */
function skipRelease(plan: FencePlan, added: Added[]): Edits {
  const name = `${plan.prefix}_file_release`;
  const find = findFrom(plan, 'file');
  if (find === undefined)
    return { refused: `${plan.release?.fn.ir.name ?? ''}() does not find its ${plan.type} in the file` };
  added.push({ field: 'release', ...functionText(plan, addedFunctions.skippedRelease, name, find) });
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
