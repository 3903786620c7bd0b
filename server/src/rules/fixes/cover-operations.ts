/** The operations that a fence has missed, put behind the lock and the test that the other operations of the node have. */
import { FILE_OPERATIONS } from '../../knowledge/fix-templates.ts';
import { Knowledge } from '../../knowledge/lookup.ts';
import type { Fix, FixContext } from '../rule.ts';
import type { PlacedFunction } from './driver-shape.ts';
import { functionNamed, reachable } from './driver-shape.ts';
import type { Edits } from './edits.ts';
import { asResult, combine } from './edits.ts';
import type { KnownSection } from './known-section.ts';
import { isSetInTeardown, operationsIn, sectionIn } from './known-section.ts';
import { enterSection, objectIn, sleepsIn } from './operation-section.ts';

export const coverOperations: Fix = {
  title: ({ finding }) => {
    const names = [...new Set(finding.node?.races.map((race) => race.operation))];
    return `Put ${names.join(' and ')} behind the fence of the other operations`;
  },
  safety: 'review',
  preferred: () => true,
  offered: (ctx) => sectionOfSibling(ctx) !== undefined,
  edit: (ctx) => {
    const section = sectionOfSibling(ctx);
    return section === undefined ? { kind: 'none' } : asResult(covered(ctx, section), ctx.text);
  },
};

/** The section of an operation that no race has got into. */
function sectionOfSibling(ctx: FixContext): KnownSection | undefined {
  const { node } = ctx.finding;
  if (node?.operations.at === undefined) return undefined;
  const raced = new Set(node.races.map((race) => race.operationFn));
  for (const place of operationsIn(ctx, node, node.operations.at.file)) {
    const section = raced.has(place.fn.ir.name) ? undefined : sectionIn(ctx, node, place);
    if (section !== undefined && isSetInTeardown(section)) return section;
  }
  return undefined;
}

function covered(ctx: FixContext, section: KnownSection): Edits {
  const { node } = section;
  const missed = new Map<string, PlacedFunction>();
  for (const { operation, operationFn } of node.races) {
    const place = functionNamed(ctx.module, operationFn, section.file);
    if (place === undefined) return { refused: `${operationFn}() stands in another file` };
    const context = Knowledge.builtin().findRole(FILE_OPERATIONS, operation)?.context;
    if (context === 'open' || context === 'release')
      return { refused: `${operationFn}() has to do its part whether or not the device is there` };
    missed.set(operationFn, place);
  }
  return combine([...missed.values()].map((place) => () => cover(section, place)));
}

function cover(section: KnownSection, place: PlacedFunction): Edits {
  const name = place.fn.ir.name;
  const object = section.type === '' ? undefined : objectIn(section, place);
  if (section.type !== '' && object === undefined)
    return { refused: `${name}() has no variable for its ${section.type}` };
  const own = new RegExp(`\\b${section.lock.replace(/\W+/g, '\\W+')}\\b`);
  for (const inner of reachable(section.ctx.module, name)) {
    const { path } = inner.unit;
    const body = path === section.file ? section.mask.slice(inner.fn.at, inner.fn.end) : section.ctx.text(path);
    if (own.test(body)) return { refused: `${inner.fn.ir.name}() takes the lock itself` };
    const [slept] = sleepsIn(inner);
    if (slept !== undefined) {
      return {
        refused: `${inner.fn.ir.name}() sleeps in ${slept.call.name}() without a bound: teardown would wait for it`,
      };
    }
  }
  return enterSection(section, place, object);
}
