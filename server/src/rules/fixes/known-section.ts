/** The section of a fence that an operation has already, told by its text: the lock, then the test that answers. */
import { guardOfLock, guardTemplate, looseFlag, sleepingGuards } from '../../knowledge/fence-templates.ts';
import type { FixContext } from '../rule.ts';
import { maskC } from './c-text.ts';
import type { PlacedFunction } from './driver-shape.ts';
import { functionNamed, reachable } from './driver-shape.ts';
import { fill } from './edits.ts';
import type { Node, Section } from './operation-section.ts';
import { bodyOf } from './operation-section.ts';
import { statementsOf } from './statements.ts';

export interface KnownSection extends Section {
  /** The operation that has it. */
  readonly place: PlacedFunction;
  /** Lock and flag as written behind the object: `->sem`, `->gone`; names of globals where there is no object. */
  readonly lock: string;
  readonly flag: string;
}

const GUARD = /^guard\s*\(\s*(\w+)\s*\)\s*\(\s*&\s*(\w+)((?:\s*(?:->|\.)\s*\w+)*)\s*\)\s*;$/;
const LOCK = /^(?:\w+\s*=\s*)?(\w+)\s*\(\s*&\s*(\w+)((?:\s*(?:->|\.)\s*\w+)*)\s*\)\s*;$/;
const TEST = new RegExp(
  `^if\\s*\\(\\s*(!?)\\s*(${looseFlag.reader}\\s*\\(\\s*)?(\\w+)((?:\\s*(?:->|\\.)\\s*\\w+)*)\\s*\\)?\\s*\\)`,
);

/** The first lock of the function and the test right behind it; undefined where it has another shape. */
export function sectionIn(ctx: FixContext, node: Node, place: PlacedFunction): KnownSection | undefined {
  const file = place.unit.path;
  const text = ctx.text(file);
  const mask = maskC(text);
  const { start, end } = bodyOf({ mask }, place);
  const statements = statementsOf(mask, start, end - 1).map((span) => mask.slice(span.start, span.end));
  for (const [index, code] of statements.entries()) {
    const [, name = '', root = '', lock = ''] = GUARD.exec(code) ?? LOCK.exec(code) ?? [];
    const guard = sleepingGuards.includes(name) ? name : guardOfLock[name];
    if (guard === undefined) continue;
    const [, not = '', once = '', tested = '', flag = ''] = TEST.exec(statements[index + 1] ?? '') ?? [];
    const local = place.fn.ir.locals[root];
    if (tested === '' || (flag === '' && local !== undefined)) return undefined;
    if (local !== undefined && (tested !== root || local.pointers !== 1)) return undefined;
    if (local === undefined && place.fn.ir.locals[tested] !== undefined) return undefined;
    const expression = (object: string | undefined, member: string, global: string): string =>
      `${local === undefined ? global : (object ?? root)}${member.replace(/\s/g, '')}`;
    return {
      ctx,
      node,
      file,
      text,
      mask,
      place,
      type: local?.base ?? '',
      lock: local === undefined ? `${root}${lock}` : lock,
      flag: local === undefined ? `${tested}${flag}` : flag,
      enter: (object) => fill(guardTemplate, { guard, lock: expression(object, lock, root) }),
      test: (object) => {
        const read = expression(object, flag, tested);
        return `${not}${once === '' ? read : fill(looseFlag.read, { flag: read })}`;
      },
    };
  }
  return undefined;
}

/** Teardown sets the flag, so it says that the device is gone rather than something else. */
export function isSetInTeardown({ ctx, node, flag }: KnownSection): boolean {
  const name = /\w+$/.exec(flag)?.[0] ?? flag;
  const write = new RegExp(`\\b${name}\\s*=[^=]|\\b${looseFlag.writer}\\s*\\([^,;]*\\b${name}\\s*,`);
  return reachable(ctx.module, node.unregister?.fn ?? '').some(({ unit, fn }) =>
    write.test(maskC(ctx.text(unit.path)).slice(fn.at, fn.end)),
  );
}

/** Functions of the table that stand in a file, once each. */
export function operationsIn(ctx: FixContext, node: Node, file: string): readonly PlacedFunction[] {
  const names = [...new Set(Object.values(node.operations.entries))];
  return names.flatMap((name) => functionNamed(ctx.module, name, file) ?? []);
}
