/**
 * Cells whose content a test can say something about: those that teardown or `release` writes. Tests of anything else
 * are not remembered, which keeps the number of path states small.
 */
import type { Value } from '../ir/ir.ts';
import type { Context } from '../knowledge/schema.ts';
import type { CallGraph } from './call-graph.ts';
import type { Cell, Cells } from './cells.ts';
import { strip } from './cells.ts';
import type { Fn, Program } from './program.ts';
import { objectSlot, slotValue } from './slots.ts';
import { forEachPlace, forEachTemp } from './value-walk.ts';

const WRITERS: ReadonlySet<Context> = new Set([
  'teardown',
  'object-destroy',
  'devres-action',
  'module-exit',
  'release',
  'object-release',
]);

export function writtenCells(program: Program, cells: Cells, graph: CallGraph): ReadonlySet<Cell> {
  const written = new Set<Cell>();
  const links = new Map<Cell, Set<Cell>>();
  for (const fn of program.functions.values()) {
    const contexts = graph.contextsOf(fn);
    const writer = contexts.size === 0 || [...contexts].some((context) => WRITERS.has(context)) || fn.ir.macro === true;
    collect(fn, program, cells, writer ? written : undefined, links);
  }
  for (const [entry, containers] of links)
    if (written.has(entry)) for (const container of containers) written.add(container);
  return written;
}

/** Cells that a condition reads, itself or by a call such as atomic_read(). */
function cellsRead(condition: Value | undefined, fn: Fn, cells: Cells): readonly Cell[] {
  const found: (Cell | undefined)[] = [];
  if (condition === undefined) return [];
  forEachPlace(condition, (place) => found.push(cells.place(place, fn).cell));
  forEachTemp(condition, (id) => {
    for (const argument of fn.calls.get(id)?.args ?? []) found.push(cells.targetCell(argument, fn));
  });
  return found.filter((cell) => cell !== undefined);
}

function collect(
  fn: Fn,
  program: Program,
  cells: Cells,
  written: Set<Cell> | undefined,
  links: Map<Cell, Set<Cell>>,
): void {
  if (written !== undefined) {
    for (const block of fn.ir.blocks) {
      for (const operation of block.operations) {
        if (operation.kind !== 'assign') continue;
        const { cell } = cells.place(operation.to, fn);
        if (cell !== undefined) written.add(cell);
      }
    }
  }
  for (const call of fn.calls.values()) {
    if (call.callee.kind !== 'named') continue;
    for (const effect of program.knowledge.findFunction(call.callee.name)?.does ?? []) {
      if (effect.verb === 'links') {
        const container = slotValue(effect.container, call);
        const target =
          container === undefined ? undefined : (cells.targetCell(container, fn) ?? cells.valueCell(container, fn));
        for (const slot of [effect.entry, effect.value]) {
          const argument = slot === undefined ? undefined : slotValue(slot, call);
          const entry = argument === undefined ? undefined : cells.targetCell(argument, fn);
          if (entry !== undefined && target !== undefined)
            links.set(entry, (links.get(entry) ?? new Set()).add(target));
        }
      }
      if (written === undefined) continue;
      // What teardown waits for is a count that operations raise and lower.
      if (effect.verb === 'waits' && effect.condition !== undefined)
        for (const cell of cellsRead(slotValue(effect.condition, call), fn, cells)) written.add(cell);
      if (
        effect.verb !== 'sets' &&
        effect.verb !== 'increments' &&
        effect.verb !== 'decrements' &&
        effect.verb !== 'unlinks' &&
        effect.verb !== 'links' &&
        effect.verb !== 'dropsRef'
      )
        continue;
      const slots = effect.verb === 'unlinks' ? [effect.entry, effect.container] : [objectSlot(effect)];
      for (const slot of slots) {
        const argument = slot === undefined ? undefined : slotValue(slot, call);
        if (argument === undefined) continue;
        for (const cell of [cells.targetCell(argument, fn), cells.valueCell(argument, fn)]) {
          if (cell === undefined) continue;
          written.add(cell);
          const bit = strip(call.args[0]);
          const name =
            bit?.kind === 'constant'
              ? bit.text
              : bit?.kind === 'read' && bit.place.root.kind === 'global'
                ? bit.place.root.name
                : undefined;
          if (name !== undefined) written.add(`${cell}[${name}]`);
        }
      }
    }
  }
}
