/** A sleeper inside the fence learns that the device is gone: teardown sets the flag and wakes it before it takes the lock. */
import type { Witness } from '../../analysis/model.ts';
import type { StructDeclaration } from '../../ir/ir.ts';
import { fenceFields, fenceTemplate, looseFlag } from '../../knowledge/fence-templates.ts';
import type { Fix, FixContext } from '../rule.ts';
import { statementAt } from './c-text.ts';
import type { PlacedFunction } from './driver-shape.ts';
import { functionNamed, structNamed } from './driver-shape.ts';
import type { Edits } from './edits.ts';
import { addField, asResult, combine, fill, insertBefore, lineStart, replacement } from './edits.ts';
import type { KnownSection } from './known-section.ts';
import { operationsIn, sectionIn } from './known-section.ts';
import type { Section } from './operation-section.ts';
import { bodyOf, memberOf, objectIn, sleepsIn, wakeSleeper } from './operation-section.ts';

export const wakeSleepers: Fix = {
  title: 'Set the flag and wake the sleeper before the lock is taken',
  safety: 'review',
  preferred: () => true,
  offered: ({ finding }) => finding.message === 'blocks' && finding.node !== undefined,
  edit: (ctx) => {
    const { node, witness } = ctx.finding;
    return node === undefined || witness === undefined
      ? { kind: 'none' }
      : asResult(planned(ctx, node, witness), ctx.text);
  },
};

function planned(ctx: FixContext, node: Section['node'], witness: Witness): Edits {
  const { at } = ctx.finding;
  const taken = witness.teardown.at(-1)?.at;
  const place = functionNamed(ctx.module, at.fn ?? '', at.file);
  const teardown = taken && functionNamed(ctx.module, taken.fn ?? '', taken.file);
  if (place === undefined || teardown === undefined || taken?.file !== at.file)
    return { refused: 'the sleeper and teardown stand in different files' };
  const section = sectionIn(ctx, node, place);
  const object = section && objectIn(section, place);
  if (section === undefined || object === undefined || !section.flag.startsWith('->'))
    return { refused: `${place.fn.ir.name}() does not test a flag right behind its lock` };
  const sleep = sleepsIn(place).find(({ call }) => call.span.start <= at.span.start && at.span.end <= call.span.end);
  const queue = sleep?.queue === undefined ? undefined : memberOf(section, place, sleep.call, sleep.queue);
  if (sleep === undefined || queue === undefined)
    return { refused: `${place.fn.ir.name}() sleeps in a way that was not understood` };
  const struct = structNamed(ctx.module, section.type)?.struct;
  // A pointer that is cleared has to stay until the last user has left the section: it needs a flag beside it.
  const isPointer = section.test(object).startsWith('!');
  const fresh = fenceFields.gone.names.find((name) => struct?.fields.every((field) => field.name !== name) === true);
  const flag = isPointer ? `->${fresh ?? ''}` : section.flag;
  if (struct === undefined || (isPointer && fresh === undefined))
    return { refused: `${section.type} has no room for a flag` };
  const loose = {
    ...section,
    flag,
    test: (name: string | undefined) => fill(looseFlag.read, { flag: `${name ?? object}${flag}` }),
  };
  return combine([
    ...(isPointer ? [() => declareFlag(section, struct, flag.slice(2))] : []),
    () => wakeSleeper(loose, place, object, sleep),
    () => setBefore(loose, teardown, taken.span.start, queue, isPointer),
    ...(isPointer ? [] : [() => readOnce(section, teardown)]),
  ]);
}

function declareFlag({ ctx, lock }: KnownSection, struct: StructDeclaration, name: string): Edits {
  const path = structNamed(ctx.module, struct.name)?.unit.path ?? '';
  const held = lock.replace(/^->/, '');
  return addField(path, ctx.text(path), struct, fill(looseFlag.declaration, { name, lock: held }));
}

/** The flag goes before the lock, which is left as the wait for those who have not seen it. */
function setBefore(
  section: KnownSection,
  teardown: PlacedFunction,
  lockAt: number,
  queue: string,
  isNew: boolean,
): Edits {
  const { text, mask, file } = section;
  const object = objectIn(section, teardown);
  const name = teardown.fn.ir.name;
  const lock = statementAt(mask, lockAt);
  const { end } = bodyOf(section, teardown);
  if (object === undefined || lock?.form !== 'plain')
    return { refused: `${name}() takes the lock in a way that was not understood` };
  const flag = `${object}${section.flag}`;
  const [first = ''] = fenceTemplate.drain;
  const lines = [
    fill(looseFlag.write, { flag }),
    fill(fenceTemplate.wake, { object, queue }),
    ...(isNew ? [] : [first]),
  ];
  const before = insertBefore(file, text, lockAt, lines);
  if (isNew) return before;

  const store = new RegExp(`\\b${flag}\\s*=\\s*(?:true|1)\\s*;`).exec(mask.slice(lockAt, end));
  const set = store === null ? undefined : statementAt(mask, lockAt + store.index);
  if (set?.form !== 'plain') return { refused: `${name}() sets the flag in a way that was not understood` };
  const start = lineStart(text, set.span.start);
  const after = text.indexOf('\n', set.span.end) + 1;
  const rest = text.slice(set.span.end, after).trim();
  if (rest !== '' || text.slice(start, set.span.start).trim() !== '')
    return { refused: `${name}() sets the flag in a line with something else` };
  return combine([() => before, () => ({ edits: [replacement(file, { start, end: after }, '')] })]);
}

/** What is set without the lock is read as such. */
function readOnce(section: KnownSection, teardown: PlacedFunction): Edits {
  const { ctx, node, file, mask, flag } = section;
  const edits = operationsIn(ctx, node, file).flatMap((place) => {
    const { start, end } = bodyOf(section, place);
    const object = place.fn === teardown.fn ? undefined : objectIn(section, place);
    if (object === undefined) return [];
    const plain = new RegExp(`(?<!${looseFlag.reader}\\s*\\(\\s*)\\b${object}${flag}\\b(?!\\s*=[^=])`, 'g');
    return [...mask.slice(start, end).matchAll(plain)].map((found) => {
      const at = start + found.index;
      return replacement(file, { start: at, end: at + found[0].length }, fill(looseFlag.read, { flag: found[0] }));
    });
  });
  return { edits };
}
