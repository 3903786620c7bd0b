/** Which cells the operations of a module write while others may run: all that a check can be wrong about. */

import { placesIn, placesOf, valuesOfTerminator } from '../../ir/walk.ts';
import type { CallGraph } from '../call-graph.ts';
import type { Cell, Cells } from '../cells.ts';
import { structOf } from '../cells.ts';
import type { FunctionEvent } from '../events.ts';
import type { Fn, Program } from '../program.ts';
import type { Summaries } from '../summary.ts';

export class Interest {
  /** Written by some operation. */
  readonly written = new Set<Cell>();
  /** Pointers whose target some operation frees, or that one clears. */
  readonly freed = new Set<Cell>();
  private readonly program: Program;
  private readonly cells: Cells;
  private readonly graph: CallGraph;
  private readonly summaries: Summaries;
  private readonly stored = new Map<Fn, ReadonlySet<Cell>>();
  private readonly touching = new Map<Fn, boolean>();

  constructor(operations: readonly Fn[], program: Program, cells: Cells, graph: CallGraph, summaries: Summaries) {
    this.program = program;
    this.cells = cells;
    this.graph = graph;
    this.summaries = summaries;
    const reached = new Set(operations.flatMap((fn) => [...graph.reachable(fn)]));
    for (const fn of reached) for (const event of summaries.factsOf(fn)) this.add(event);
  }

  private add(event: FunctionEvent): void {
    if (event.kind === 'store' && this.isOwn(event.cell) && event.to !== 'linked' && event.to !== 'unlinked') {
      this.written.add(event.cell);
      if (event.to === 'zero' && this.isPointer(event.cell)) this.freed.add(event.cell);
    }
    if (event.kind !== 'effect' || event.effect.verb !== 'frees') return;
    if (event.value === undefined || !this.isOwn(event.value)) return;
    this.written.add(event.value);
    this.freed.add(event.value);
  }

  /** A member of a struct of the module, or a global of it. */
  private isOwn(cell: Cell): boolean {
    const struct = structOf(cell);
    if (struct !== undefined) return this.program.isOwnStruct(struct);
    return cell.startsWith('::');
  }

  private isPointer(cell: Cell): boolean {
    const struct = structOf(cell);
    if (struct === undefined) {
      const [unit] = this.program.input.units;
      const global = unit === undefined ? undefined : this.program.findGlobal(cell.slice(2), unit);
      return (global?.declaration.type.pointers ?? 0) > 0;
    }
    return (this.program.fieldType(struct, cell.slice(struct.length + 1))?.pointers ?? 0) > 0;
  }

  /** Cells that the function and what it calls may write. */
  storedBy(fn: Fn): ReadonlySet<Cell> {
    const known = this.stored.get(fn);
    if (known !== undefined) return known;
    const stored = new Set<Cell>();
    for (const reached of this.graph.reachable(fn)) {
      for (const event of this.summaries.factsOf(reached)) if (event.kind === 'store') stored.add(event.cell);
    }
    this.stored.set(fn, stored);
    return stored;
  }

  /** Whether the function or what it calls reads or writes any such cell. */
  isTouchedBy(fn: Fn): boolean {
    const known = this.touching.get(fn);
    if (known !== undefined) return known;
    const touches = [...this.graph.reachable(fn)].some((reached) => this.touches(reached));
    this.touching.set(fn, touches);
    return touches;
  }

  private touches(fn: Fn): boolean {
    for (const block of fn.ir.blocks) {
      for (const operation of block.operations) {
        for (const { place } of placesOf(operation))
          if (this.isInteresting(this.cells.place(place, fn).cell)) return true;
        if (operation.kind === 'assign' && this.isInteresting(this.cells.place(operation.to, fn).cell)) return true;
      }
      for (const value of valuesOfTerminator(block.end)) {
        for (const { place } of placesIn(value)) if (this.isInteresting(this.cells.place(place, fn).cell)) return true;
      }
    }
    return false;
  }

  isInteresting(cell: Cell | undefined): cell is Cell {
    return cell !== undefined && this.written.has(cell);
  }
}
