/** Which cells the operations of a module write while others may run: all that a check can be wrong about. */

import type { Place, Value } from '../../ir/ir.ts';
import { placesIn, placesOf, valuesOfTerminator } from '../../ir/walk.ts';
import type { CallGraph } from '../call-graph.ts';
import type { Cell, Cells } from '../cells.ts';
import { strip, structOf } from '../cells.ts';
import type { EffectEvent, FunctionEvent } from '../events.ts';
import type { Call, Fn, Program } from '../program.ts';
import { slotValue } from '../slots.ts';
import type { Summaries } from '../summary.ts';
import { nameOf } from './conditions.ts';

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
  private readonly touching = new Map<Fn, ReadonlySet<Cell>>();
  private readonly touchingAlone = new Map<Fn, ReadonlySet<Cell>>();

  constructor(operations: readonly Fn[], program: Program, cells: Cells, graph: CallGraph, summaries: Summaries) {
    this.program = program;
    this.cells = cells;
    this.graph = graph;
    this.summaries = summaries;
    const reached = new Set(operations.flatMap((fn) => [...graph.reachable(fn)]));
    for (const fn of reached) for (const event of summaries.factsOf(fn)) this.add(event, fn);
    this.keepWhatMatters(reached);
  }

  /** Cells that decide nothing, and that do not change together with a pointer, are left out: most of what drivers write. */
  private keepWhatMatters(reached: ReadonlySet<Fn>): void {
    const kept = new Set(this.freed);
    for (const fn of reached) {
      for (const cell of this.decidingIn(fn)) kept.add(cell);
      const events = this.summaries.factsOf(fn);
      if (events.some((event) => event.kind === 'effect' && event.effect.verb === 'frees' && this.isFreed(event.value)))
        for (const event of events) if (event.kind === 'store') kept.add(event.cell);
    }
    for (const cell of this.written) if (!kept.has(cell)) this.written.delete(cell);
  }

  private isFreed(cell: Cell | undefined): boolean {
    return cell !== undefined && this.freed.has(cell);
  }

  /** Cells that a branch looks at, or that are loaded into a local or tested by a call. */
  private *decidingIn(fn: Fn): Iterable<Cell> {
    for (const { operations, end } of fn.ir.blocks) {
      const values = [...valuesOfTerminator(end)];
      for (const operation of operations) {
        const isLoad =
          operation.kind === 'assign' && operation.to.root.kind === 'local' && operation.to.steps.length === 0;
        if (isLoad) values.push(operation.value);
        if (operation.kind === 'call' && this.isValue(operation)) values.push(...operation.args);
      }
      for (const value of values) {
        for (const { place } of placesIn(value)) {
          const { cell } = this.cells.place(place, fn);
          if (cell !== undefined) yield cell;
        }
      }
    }
  }

  /** Calls that compute something of their arguments. */
  private isValue({ callee }: Call): boolean {
    const effects = callee.kind === 'named' ? (this.program.knowledge.findFunction(callee.name)?.does ?? []) : [];
    return effects.some(({ verb }) => verb === 'tests' || verb === 'returns' || verb === 'nothing' || verb === 'waits');
  }

  private add(event: FunctionEvent, fn: Fn): void {
    if (event.kind === 'store' && this.isOwn(event.cell) && event.to !== 'linked' && event.to !== 'unlinked') {
      this.written.add(event.cell);
      if (event.to === 'zero' && this.isPointer(event.cell)) this.freed.add(event.cell);
    }
    if (event.kind !== 'effect' || event.effect.verb !== 'frees') return;
    const freed = event.value === undefined ? this.sourcesOf(freedArgument(event), fn) : [event.value];
    for (const cell of freed) {
      if (!this.isOwn(cell)) continue;
      this.written.add(cell);
      this.freed.add(cell);
    }
  }

  /** Cells that a local with several values may have been loaded from. */
  private sourcesOf(value: Value | undefined, fn: Fn): readonly Cell[] {
    const name = value === undefined ? undefined : nameOf(value);
    const values =
      value?.kind === 'temp' ? [value] : ((name === undefined ? undefined : fn.definitions.get(name)) ?? []);
    return values.flatMap((one) => {
      const inner = strip(one);
      const call = inner?.kind === 'temp' ? fn.calls.get(inner.id) : undefined;
      const cell = call === undefined ? this.cells.valueCell(one, fn) : this.exchangedBy(call, fn);
      return cell === undefined ? [] : [cell];
    });
  }

  /** The cell whose content an atomic exchange returns. */
  private exchangedBy(call: Call, fn: Fn): Cell | undefined {
    const effects =
      call.callee.kind === 'named' ? (this.program.knowledge.findFunction(call.callee.name)?.does ?? []) : [];
    for (const effect of effects) {
      const target = effect.verb === 'sets' && effect.exchanges === true ? slotValue(effect.on, call) : undefined;
      if (target !== undefined) return this.cells.targetCell(target, fn);
    }
    return undefined;
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

  /** Whether the function itself writes any such cell. */
  stores(fn: Fn): boolean {
    return this.summaries.factsOf(fn).some((event) => event.kind === 'store' && this.written.has(event.cell));
  }

  /** Whether the function itself reads or writes any such cell. */
  touches(fn: Fn): boolean {
    return this.touchedIn(fn).size > 0;
  }

  /** Whether the function or what it calls reads or writes any such cell. */
  isTouchedBy(fn: Fn): boolean {
    return this.touchedBy(fn).size > 0;
  }

  /** Structs of the cells that the function and what it calls read or write, and the globals among them. */
  touchedBy(fn: Fn): ReadonlySet<Cell> {
    const known = this.touching.get(fn);
    if (known !== undefined) return known;
    const touched = new Set<Cell>();
    for (const reached of this.graph.reachable(fn)) for (const owner of this.touchedIn(reached)) touched.add(owner);
    this.touching.set(fn, touched);
    return touched;
  }

  private touchedIn(fn: Fn): ReadonlySet<Cell> {
    const known = this.touchingAlone.get(fn);
    if (known !== undefined) return known;
    const touched = new Set<Cell>();
    const see = (place: Place): void => {
      const { cell } = this.cells.place(place, fn);
      if (this.isInteresting(cell)) touched.add(ownerOf(cell));
    };
    for (const block of fn.ir.blocks) {
      for (const operation of block.operations) {
        for (const { place } of placesOf(operation)) see(place);
        if (operation.kind === 'assign') see(operation.to);
      }
      for (const value of valuesOfTerminator(block.end)) for (const { place } of placesIn(value)) see(place);
    }
    this.touchingAlone.set(fn, touched);
    return touched;
  }

  isInteresting(cell: Cell | undefined): cell is Cell {
    return cell !== undefined && this.written.has(cell);
  }
}

function freedArgument({ effect, args }: EffectEvent): Value | undefined {
  return effect.verb === 'frees' && effect.on.at === 'arg' ? args[effect.on.index] : undefined;
}

/** What belongs together: the members of a struct; a global stands for all globals. */
export function ownerOf(cell: Cell): string {
  return structOf(cell) ?? '::';
}
