/**
 * Is this memory the same for two operations that run at once? What private data, the open file or a global leads to is; what
 * the function has allocated or taken out of a list is not.
 */
import type { Place, Value } from '../../ir/ir.ts';
import type { Cell } from '../cells.ts';
import { strip } from '../cells.ts';
import type { Fn, Program } from '../program.ts';
import { slotValue } from '../slots.ts';

const MAX_DEPTH = 8;

/** Parameters of operations that are made for each call: only what they point to can be shared. */
const PER_CALL: ReadonlySet<string> = new Set([
  'struct io_uring_cmd',
  'struct kiocb',
  'struct iov_iter',
  'struct vm_fault',
]);

/** A function in one of its calls. */
export interface Frame {
  readonly fn: Fn;
  /** Parameters that point to shared memory. */
  readonly shared: ReadonlySet<string>;
  /** A `$parameter` cell in the callers' terms. */
  readonly bind: (cell: Cell | undefined) => Cell | undefined;
}

export class Sharing {
  private readonly program: Program;

  constructor(program: Program) {
    this.program = program;
  }

  /** Whether the lvalue lies in shared memory. */
  isShared(place: Place, frame: Frame, depth = 0): boolean {
    const { root, steps } = place;
    if (root.kind === 'global') return this.program.findGlobal(root.name, frame.fn.unit) !== undefined;
    if (root.kind === 'value') {
      const inner = root.value;
      return inner.kind === 'address'
        ? this.isShared(inner.place, frame, depth + 1)
        : this.pointsToShared(inner, frame, depth + 1);
    }
    const [first] = steps;
    if (first === undefined || first.kind === 'field') return false;
    if (frame.fn.ir.locals[root.name]?.array === true) return false;
    if (isPerCall(root.name, frame)) return steps.filter(({ kind }) => kind === 'deref').length > 1;
    return this.localPointsToShared(root.name, frame, depth + 1);
  }

  private localPointsToShared(name: string, frame: Frame, depth: number): boolean {
    if (depth > MAX_DEPTH) return false;
    const definitions = frame.fn.definitions.get(name);
    if (definitions === undefined) return frame.shared.has(name);
    const pointers = definitions.filter((value) => strip(value)?.kind !== 'constant');
    return pointers.length > 0 && pointers.every((value) => this.pointsToShared(value, frame, depth + 1));
  }

  /** Whether what the pointer points to is shared. */
  pointsToShared(value: Value, frame: Frame, depth = 0): boolean {
    const inner = strip(value);
    if (inner === undefined || depth > MAX_DEPTH) return false;
    switch (inner.kind) {
      case 'read':
        if (inner.place.root.kind === 'local' && isPerCall(inner.place.root.name, frame))
          return inner.place.steps.length > 0;
        return inner.place.root.kind === 'local' && inner.place.steps.length === 0
          ? this.localPointsToShared(inner.place.root.name, frame, depth + 1)
          : this.isShared(inner.place, frame, depth + 1);
      case 'address':
        return this.isShared(inner.place, frame, depth + 1);
      case 'container':
        return this.pointsToShared(inner.value, frame, depth + 1);
      case 'operator':
        return inner.operands.some((operand) => this.pointsToShared(operand, frame, depth + 1));
      case 'temp':
        return this.resultPointsToShared(inner.id, frame, depth + 1);
      default:
        return false;
    }
  }

  private resultPointsToShared(id: number, frame: Frame, depth: number): boolean {
    const call = frame.fn.calls.get(id);
    if (call?.callee.kind !== 'named') return false;
    const target = this.program.findFunction(call.callee.name, frame.fn.unit);
    if (target !== undefined) {
      const shared = new Set(
        target.ir.parameters.flatMap(({ name }, index) => {
          const argument = call.args[index];
          return argument !== undefined && this.pointsToShared(argument, frame, depth + 1) ? [name] : [];
        }),
      );
      const inside: Frame = { fn: target, shared, bind: frame.bind };
      const results = target.ir.blocks.flatMap(({ end }) =>
        end.kind === 'return' && end.value !== undefined ? [end.value] : [],
      );
      const pointers = results.filter((result) => strip(result)?.kind !== 'constant');
      return pointers.length > 0 && pointers.every((result) => this.pointsToShared(result, inside, depth + 2));
    }
    for (const effect of this.program.knowledge.findFunction(call.callee.name)?.does ?? []) {
      if (effect.verb === 'getsPrivate') return true;
      const slot =
        effect.verb === 'returns'
          ? effect.slot
          : effect.verb === 'tests' && effect.direct === true
            ? effect.on
            : undefined;
      const argument = slot === undefined ? undefined : slotValue(slot, call);
      if (argument !== undefined && slot?.at === 'arg') return this.pointsToShared(argument, frame, depth + 1);
    }
    return false;
  }
}

function isPerCall(name: string, { fn }: Frame): boolean {
  return PER_CALL.has(fn.ir.locals[name]?.base ?? '') && !fn.definitions.has(name);
}
