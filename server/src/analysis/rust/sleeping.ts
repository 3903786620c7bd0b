/** Which calls may sleep, and why: contracts of the kernel crate and of C, functions of the module followed into their callees. */
import type { Operation, TypeRef, Value } from '../../ir/ir.ts';
import { everyValue } from '../../ir/walk.ts';
import type { Effect } from '../../knowledge/schema.ts';
import type { Step } from '../model.ts';
import { stepAt } from './describe.ts';
import type { LinkedCall, LinkedFn, Linker, RustCall } from './link.ts';

/** A call that may sleep: its name for people, and the way down to what sleeps. */
export interface Sleep {
  readonly name: string;
  /** Callees first to last; the last sleeps. */
  readonly story: readonly Step[];
}

const SLEEPING_LOCKS = new Set(['mutex', 'rwsem', 'semaphore', 'device-lock']);

const MAX_DEPTH = 12;

export class Sleeping {
  private readonly linker: Linker;
  private readonly memo = new Map<LinkedFn, Sleep | undefined>();

  constructor(linker: Linker) {
    this.linker = linker;
  }

  /** `undefined` where nothing says that it does. */
  ofCall(call: RustCall, linked: LinkedFn, depth = 0): Sleep | undefined {
    return call.origin === 'cleanup' ? this.ofDrop(call, linked, depth) : this.ofTarget(call, linked, depth);
  }

  private ofTarget(call: RustCall, linked: LinkedFn, depth: number): Sleep | undefined {
    const one = linked.calls.get(call.id);
    const target = one?.target;
    if (one === undefined || target === undefined) return undefined;
    switch (target.kind) {
      case 'kernel': {
        const { sleeps, name } = target.row;
        if (sleeps === 'always' || (sleeps === 'gfp' && this.allocationSleeps(call)))
          return { name: `${spokenName(one, name)}()`, story: [] };
        return undefined;
      }
      case 'c': {
        const effects = this.linker.program.knowledge.findFunction(target.name)?.does ?? [];
        return effects.some(cSleeps) ? { name: `${target.name}()`, story: [] } : undefined;
      }
      case 'own': {
        const callee = this.linker.linked(target.fn);
        const inner = callee === undefined || callee === linked ? undefined : this.ofFunction(callee, depth + 1);
        return inner === undefined ? undefined : { name: `${target.fn.ir.name}()`, story: inner.story };
      }
    }
  }

  /** The first call of a function that may sleep. */
  private ofFunction(linked: LinkedFn, depth: number): Sleep | undefined {
    if (depth > MAX_DEPTH) return undefined;
    if (this.memo.has(linked)) return this.memo.get(linked);
    this.memo.set(linked, undefined);
    let found: Sleep | undefined;
    for (const { operations } of linked.fn.ir.blocks) {
      for (const operation of operations) {
        if (operation.kind !== 'call' || found !== undefined) continue;
        const sleep = this.ofCall(operation, linked, depth);
        if (sleep === undefined) continue;
        found = {
          name: sleep.name,
          story: [stepAt(linked, operation.span, 'call', `calls ${sleep.name}, which may sleep`), ...sleep.story],
        };
      }
    }
    this.memo.set(linked, found);
    return found;
  }

  /** Flags that allow it are named in the call; flags that come from elsewhere say nothing. */
  private allocationSleeps(call: RustCall): boolean {
    const { rust } = this.linker.program.knowledge;
    const flags = call.args.flatMap((value) => [...everyValue(value)]).map((value) => rust.findFlag(globalName(value)));
    return flags.some((flag) => flag?.sleeps === true) && !flags.some((flag) => flag?.sleeps === false);
  }

  /** The drop of a variable that is never moved, or of a temporary. */
  private ofDrop(call: RustCall, linked: LinkedFn, depth: number): Sleep | undefined {
    const [value] = call.args;
    if (value === undefined || value.kind !== 'read' || value.place.root.kind !== 'local') return undefined;
    if (isMoved(value.place.root.name, linked)) return undefined;
    const type = this.linker.typeOf(value, linked);
    return type === undefined ? undefined : this.ofDropped(type, linked, depth);
  }

  private ofDropped(type: TypeRef, linked: LinkedFn, depth: number): Sleep | undefined {
    if (type.pointers > 0 || depth > MAX_DEPTH) return undefined;
    const { program } = this.linker;
    const row = program.findKernelType(type);
    if (row?.dropSleeps === true) return { name: `dropping ${row.name}`, story: [] };
    const own = row === undefined ? program.findFunction(`${type.base}::drop`, linked.fn.unit) : undefined;
    const callee = own?.ir.method?.trait === undefined ? undefined : this.linker.linked(own);
    if (callee === undefined || callee === linked) return undefined;
    const inner = this.ofFunction(callee, depth + 1);
    return inner === undefined ? undefined : { name: `dropping ${type.base}`, story: inner.story };
  }
}

function cSleeps(effect: Effect): boolean {
  switch (effect.verb) {
    case 'maySleep':
    case 'copiesUser':
    case 'waits':
      return true;
    case 'acquires':
      return SLEEPING_LOCKS.has(effect.lock) && effect.when === undefined;
    default:
      return false;
  }
}

/** The method as it is written here, with the type that the row is about. */
function spokenName(one: LinkedCall, row: string): string {
  const { callee } = one.call;
  const written = callee.kind === 'named' ? callee.name : '';
  const type = row.slice(0, row.lastIndexOf('::'));
  return written.startsWith('.') ? `${type}::${written.slice(1)}` : written.split('::').slice(-2).join('::');
}

function globalName(value: Value): string {
  return value.kind === 'read' && value.place.root.kind === 'global' ? value.place.root.name : '';
}

function isMoved(name: string, linked: LinkedFn): boolean {
  const isIt = (value: Value): boolean =>
    value.kind === 'aggregate'
      ? value.fields.some((field) => isIt(field.value))
      : value.kind === 'operator'
        ? value.operands.some(isIt)
        : value.kind === 'read' &&
          value.place.root.kind === 'local' &&
          value.place.root.name === name &&
          value.place.steps.length === 0;
  const moves = (operation: Operation): boolean =>
    operation.kind === 'assign'
      ? isIt(operation.value)
      : operation.kind === 'call' && operation.origin === 'call' && operation.args.some(isIt);
  return linked.fn.ir.blocks.some(
    ({ operations, end }) =>
      operations.some(moves) || (end.kind === 'return' && end.value !== undefined && isIt(end.value)),
  );
}
