/** Operations that run in a section because open replaces them, and the providers that teardown must revoke for it to hold. */
import type { Location } from '../../base/span.ts';
import type { Value } from '../../ir/ir.ts';
import { successors } from '../../ir/walk.ts';
import type { FsRevocableGeneration } from '../../knowledge/revocable-generations.ts';
import type { CallGraph } from '../call-graph.ts';
import type { Cell, Cells } from '../cells.ts';
import { strip } from '../cells.ts';
import type { Call, Fn, Program } from '../program.ts';
import { providerCell } from './api.ts';

export interface ReplacedOperations {
  readonly form: FsRevocableGeneration;
  readonly call: Call;
  readonly fn: Fn;
  readonly at: Location;
  readonly providers: readonly Cell[];
  /** Some way through open succeeds without it. */
  readonly skipped: boolean;
}

/** The replacing calls that `open` reaches. */
export function replacedOperations(
  open: Fn,
  parts: { readonly program: Program; readonly cells: Cells; readonly graph: CallGraph },
): readonly ReplacedOperations[] {
  const api = parts.cells.revocable;
  if (api === undefined) return [];
  const found: ReplacedOperations[] = [];
  for (const fn of parts.graph.reachable(open)) {
    for (const call of fn.calls.values()) {
      const form = api.wrapperOf(call);
      if (form === undefined) continue;
      found.push({
        form,
        call,
        fn,
        at: parts.program.locate(fn, call.span),
        providers: providersOf(call.args[form.provider], form, fn, parts.cells),
        skipped: canSkip(fn, call),
      });
    }
  }
  return found;
}

function providersOf(argument: Value | undefined, form: FsRevocableGeneration, fn: Fn, cells: Cells): readonly Cell[] {
  const inner = strip(argument);
  if (inner === undefined) return [];
  const values = form.operations !== undefined && form.id !== 'F1' ? elementsOf(inner, fn) : [inner];
  return values.flatMap((value) => {
    const cell = cells.valueCell(value, fn) ?? cells.targetCell(value, fn);
    return cell === undefined ? [] : [providerCell(cell)];
  });
}

/** Elements of an array argument: those of a local array, or the one whose address is passed. */
function elementsOf(array: Value, fn: Fn): readonly Value[] {
  if (array.kind === 'address') return [{ kind: 'read', place: array.place }];
  if (array.kind !== 'read' || array.place.root.kind !== 'local') return [array];
  const { name } = array.place.root;
  const initial = (fn.definitions.get(name) ?? []).flatMap((value) =>
    value.kind === 'aggregate' ? value.fields.map((field) => field.value) : [],
  );
  const stored = fn.ir.blocks.flatMap((block) =>
    block.operations.flatMap((operation) =>
      operation.kind === 'assign' &&
      operation.to.root.kind === 'local' &&
      operation.to.root.name === name &&
      operation.to.steps[0]?.kind === 'index'
        ? [operation.value]
        : [],
    ),
  );
  const elements = [...initial, ...stored];
  return elements.length > 0 ? elements : [array];
}

/** Some path returns 0 without passing the call. */
function canSkip(fn: Fn, call: Call): boolean {
  const seen = new Set<number>();
  const waiting = [0];
  for (let index = waiting.pop(); index !== undefined; index = waiting.pop()) {
    const block = fn.ir.blocks[index];
    if (block === undefined || seen.has(index)) continue;
    seen.add(index);
    if (block.operations.includes(call)) continue;
    const { end } = block;
    if (end.kind === 'return' && end.value?.kind === 'constant' && end.value.number === 0) return true;
    waiting.push(...successors(block));
  }
  return false;
}
