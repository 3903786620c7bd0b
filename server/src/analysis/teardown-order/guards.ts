/** What the way to an event depends on, whoever writes it: path states only remember tests of what teardown writes. */
import type { Span } from '../../base/span.ts';
import type { Value } from '../../ir/ir.ts';
import { dominates, dominators, everyValue, valuesOfTerminator } from '../../ir/walk.ts';
import type { Cell } from '../cells.ts';
import { memberOf, structOf } from '../cells.ts';
import type { Fn } from '../program.ts';
import type { Parts } from '../removal.ts';
import type { TraceEvent } from '../trace.ts';

/** Cells that are looked at on every way to the event, in its function and in those that lead there. */
export function lookedAtBefore({ event, fn, chain }: TraceEvent, parts: Parts): ReadonlySet<Cell> {
  const found = new Set<Cell>();
  for (const frame of chain) addConditions(frame.fn, frame.call.span, parts, found);
  addConditions(fn, event.span, parts, found);
  return found;
}

function addConditions(fn: Fn, { start }: Span, parts: Parts, found: Set<Cell>): void {
  const { blocks } = fn.ir;
  const holds = ({ span }: { readonly span: Span }): boolean => span.start <= start && start < span.end;
  const home = blocks.findIndex((block) => block.operations.some(holds) || ('span' in block.end && holds(block.end)));
  if (home < 0) return;
  const immediate = dominators(blocks);
  for (const [index, block] of blocks.entries()) {
    if (index === home || !dominates(immediate, index, home)) continue;
    if (block.end.kind !== 'branch' && block.end.kind !== 'switch') continue;
    for (const value of valuesOfTerminator(block.end)) addCells(value, fn, parts, found);
  }
}

function addCells(condition: Value, fn: Fn, { cells }: Parts, found: Set<Cell>): void {
  const add = (cell: Cell | undefined): void => {
    if (cell !== undefined) found.add(cell);
  };
  for (const value of everyValue(condition)) {
    if (value.kind === 'read') add(cells.valueCell(value, fn));
    if (value.kind !== 'temp') continue;
    for (const argument of fn.calls.get(value.id)?.args ?? []) {
      add(cells.targetCell(argument, fn));
      add(cells.valueCell(argument, fn));
    }
  }
}

/** It happens only while some field of the driver's objects, other than a pointer, says so. */
export function dependsOnState(traced: TraceEvent, parts: Parts): boolean {
  return [...lookedAtBefore(traced, parts)].some((cell) => {
    const struct = structOf(cell);
    if (struct === undefined || !parts.program.isOwnStruct(struct)) return false;
    const type = parts.program.fieldType(struct, memberOf(cell));
    return type !== undefined && type.pointers === 0;
  });
}
