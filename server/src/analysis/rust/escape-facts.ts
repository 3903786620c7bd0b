/** References that are taken from a guard without its lifetime: raw pointers outlive the section unnoticed. */
import type { Operation, Value } from '../../ir/ir.ts';
import { everyValue, valuesOf, valuesOfTerminator } from '../../ir/walk.ts';
import type { RevocableFact } from '../revocable/facts.ts';
import type { RustContext } from './context.ts';
import { callBehind, isPointerMethod, roleOf } from './context.ts';
import { locate, nameOfGuard, stepAt, stepOfGuard } from './describe.ts';
import type { Guard, GuardId, GuardPoint } from './guards.ts';
import { hasReadSection, isReadSection } from './guards.ts';
import type { LinkedFn } from './link.ts';

/** A raw pointer that came from inside a guard. */
interface Laundered {
  readonly guard: Guard;
  readonly at: Operation['span'];
}

export function escapeFacts(context: RustContext): readonly RevocableFact[] {
  return context.linker.functions.flatMap((linked) => {
    const { guards, points } = context.lives(linked);
    return hasReadSection(guards) ? escapesOf(linked, points, context) : [];
  });
}

function escapesOf(linked: LinkedFn, points: readonly GuardPoint[], context: RustContext): readonly RevocableFact[] {
  const holders = new Map<string, Guard>();
  const pointers = new Map<string, Laundered>();
  const facts = new Map<number, RevocableFact>();
  for (const point of points) {
    const { operation, end, live } = point;
    const alive = new Set(live.map(({ id }) => id));
    if (operation?.kind === 'assign' && operation.to.root.kind === 'local' && operation.to.steps.length === 0) {
      const source = guardBehind(operation.value, holders, pointers, live, linked, context);
      const { name } = operation.to.root;
      if (source !== undefined && isRawPointer(operation.value, name, linked))
        pointers.set(name, { guard: source, at: operation.span });
      else if (source !== undefined) holders.set(name, source);
    }
    // A drop of the variable is no use of it.
    if (operation?.kind === 'call' && operation.origin === 'cleanup') continue;
    const values = operation === undefined ? (end === undefined ? [] : valuesOfTerminator(end)) : valuesOf(operation);
    const used = usedPointer(values, pointers, alive);
    const span = operation?.span ?? (end?.kind === 'return' ? end.span : undefined);
    if (used === undefined || span === undefined || facts.has(span.start)) continue;
    facts.set(span.start, {
      kind: 'reference-escaped',
      at: locate(linked, span),
      names: { guard: nameOfGuard(used.guard) },
      story: [
        stepOfGuard(linked, used.guard),
        stepAt(linked, used.at, 'store', 'a raw pointer is taken, which the compiler does not tie to the guard'),
        stepAt(linked, span, 'use', 'the guard is gone, and with it the promise that the resource stays'),
      ],
      certainty: 'must',
      origin: locate(linked, used.at),
    });
  }
  return [...facts.values()];
}

/** The guard whose inside a value points into. */
function guardBehind(
  value: Value,
  holders: ReadonlyMap<string, Guard>,
  pointers: ReadonlyMap<string, Laundered>,
  live: readonly Guard[],
  linked: LinkedFn,
  context: RustContext,
): Guard | undefined {
  for (const one of everyValue(value)) {
    if (one.kind === 'temp') {
      const call = linked.calls.get(one.id);
      const id = callBehind(one, linked)?.call.id;
      const made = live.find((guard) => guard.id === id && isReadSection(guard));
      if (made !== undefined) return made;
      const inner = roleOf(call) === 'launder' || isPointerMethod(call?.call.callee) ? call?.call.args : undefined;
      for (const argument of inner ?? []) {
        const found = guardBehind(argument, holders, pointers, live, linked, context);
        if (found !== undefined) return found;
      }
    }
    if ((one.kind === 'read' || one.kind === 'address') && one.place.root.kind === 'local') {
      const { name } = one.place.root;
      const held = live.find((guard) => isReadSection(guard) && guard.name === name.replace(/#\d+$/, ''));
      const found = held ?? holders.get(name) ?? pointers.get(name)?.guard;
      if (found !== undefined) return found;
    }
  }
  return undefined;
}

function isRawPointer(value: Value, name: string, linked: LinkedFn): boolean {
  const declared = linked.fn.ir.locals[name];
  if (declared?.annotations?.[0] === '*') return true;
  if (value.kind === 'cast') return value.type.annotations?.[0] === '*';
  return value.kind === 'temp' && roleOf(linked.calls.get(value.id)) === 'launder';
}

/** A pointer that is followed, handed on or returned where its guard is gone. */
function usedPointer(
  values: readonly Value[],
  pointers: ReadonlyMap<string, Laundered>,
  alive: ReadonlySet<GuardId>,
): Laundered | undefined {
  for (const value of values.flatMap((one) => [...everyValue(one)])) {
    if ((value.kind !== 'read' && value.kind !== 'address') || value.place.root.kind !== 'local') continue;
    const found = pointers.get(value.place.root.name);
    if (found !== undefined && !alive.has(found.guard.id)) return found;
  }
  return undefined;
}
