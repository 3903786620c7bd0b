/** The struct that holds a member whose address goes through locals, parameters and accessors. */
import type { Value } from '../ir/ir.ts';
import type { CallGraph } from './call-graph.ts';
import type { Cells } from './cells.ts';
import { strip } from './cells.ts';
import type { Call, Fn, Program } from './program.ts';
import { slotValue } from './slots.ts';

const MAX_DEPTH = 4;

export class Holders {
  private readonly program: Program;
  private readonly cells: Cells;
  private readonly graph: CallGraph;

  constructor(program: Program, cells: Cells, graph: CallGraph) {
    this.program = program;
    this.cells = cells;
    this.graph = graph;
  }

  /** The struct that a value points into; undefined where it points to an object of its own. */
  of(value: Value, fn: Fn, depth = 0): string | undefined {
    const inner = strip(value);
    if (inner?.kind === 'address') return this.cells.place(inner.place, fn).object;
    if (depth > MAX_DEPTH) return undefined;
    if (inner?.kind === 'temp') return this.ofResult(fn.calls.get(inner.id), fn, depth);
    if (inner?.kind !== 'read' || inner.place.root.kind !== 'local' || inner.place.steps.length > 0) return undefined;
    const { name } = inner.place.root;
    const definitions = fn.definitions.get(name);
    if (definitions !== undefined)
      return definitions.length === 1 && definitions[0] !== undefined
        ? this.of(definitions[0], fn, depth + 1)
        : undefined;
    const index = fn.ir.parameters.findIndex((p) => p.name === name);
    for (const caller of this.graph.callers(fn)) {
      for (const call of caller.calls.values()) {
        const argument = call.callee.kind === 'named' && call.callee.name === fn.ir.name ? call.args[index] : undefined;
        const holder = argument === undefined ? undefined : this.of(argument, caller, depth + 1);
        if (holder !== undefined) return holder;
      }
    }
    return undefined;
  }

  /** Of an accessor: `foo_to_bar(&x->foo)` points into what holds `foo`, or into what the function says. */
  private ofResult(call: Call | undefined, fn: Fn, depth: number): string | undefined {
    if (call?.callee.kind !== 'named') return undefined;
    const own = this.program.findFunction(call.callee.name, fn.unit);
    if (own !== undefined) {
      for (const { end } of own.ir.blocks) {
        const holder =
          end.kind === 'return' && end.value !== undefined ? this.of(end.value, own, depth + 1) : undefined;
        if (holder !== undefined) return holder;
      }
      return undefined;
    }
    for (const effect of this.program.knowledge.findFunction(call.callee.name)?.does ?? []) {
      const argument = effect.verb === 'returns' ? slotValue(effect.slot, call) : undefined;
      if (argument !== undefined) return this.of(argument, fn, depth + 1);
    }
    return undefined;
  }
}
