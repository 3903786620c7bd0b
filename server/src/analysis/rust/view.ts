/** What editors show of Rust functions: guards and where they end, calls of the kernel crate, contexts. */
import type { Location } from '../../base/span.ts';
import type { Context, LockKind } from '../../knowledge/schema.ts';
import type { FunctionFacts } from '../model.ts';
import type { RustContext } from './context.ts';
import { locate, nameOfGuard } from './describe.ts';
import { isReadSection } from './guards.ts';
import type { LinkedFn } from './link.ts';

/** A guard, from where it is made to where its life can end. */
export interface GuardFact {
  /** The call that makes it, or the function that is given it. */
  readonly at: Location;
  /** The variable, as it is written. */
  readonly name?: string;
  /** For people: the variable, or the call. */
  readonly text: string;
  /** Row of the type in the knowledge base. */
  readonly type: string;
  readonly lock: LockKind;
  readonly forbidsSleep: boolean;
  readonly ends: readonly { readonly at: Location; readonly kind: 'dropped' | 'consumed' | 'returned' | 'stored' }[];
}

/** A call whose contract is known. */
export interface KernelCall {
  readonly at: Location;
  /** The row's name. */
  readonly name: string;
}

export interface RustView {
  readonly guards: readonly GuardFact[];
  readonly calls: readonly KernelCall[];
  readonly functions: readonly FunctionFacts[];
}

/** One function's part, where it stood. */
export interface FunctionView extends RustView {
  readonly path: string;
  readonly offset: number;
  readonly contexts: readonly Context[];
}

export function rustView(context: RustContext): RustView {
  const parts = context.linker.functions.map((linked) => viewOf(linked, context));
  return {
    guards: parts.flatMap((part) => part.guards),
    calls: parts.flatMap((part) => part.calls),
    functions: parts.flatMap((part) => part.functions),
  };
}

function viewOf(linked: LinkedFn, context: RustContext): FunctionView {
  const { unit, at: offset } = linked.fn;
  const contexts = context.rootsOf(linked).map((root) => root.context);
  const known = context.memory.views.get(linked);
  const isSame =
    known?.path === unit.path && known.offset === offset && known.contexts.join(' ') === contexts.join(' ');
  if (isSame) return known;
  const view = { ...lookAt(linked, contexts, context), path: unit.path, offset, contexts };
  context.memory.views.set(linked, view);
  return view;
}

function lookAt(linked: LinkedFn, contexts: readonly Context[], context: RustContext): RustView {
  const { ir } = linked.fn;
  const guards: GuardFact[] = [];
  const calls: KernelCall[] = [];
  for (const { call, target } of linked.calls.values())
    if (target?.kind === 'kernel') calls.push({ at: locate(linked, call.span), name: target.row.name });
  const lives = context.lives(linked);
  for (const guard of lives.guards.values()) {
    if (guard.row.guard === undefined) continue;
    const ends = new Map<number, GuardFact['ends'][number]>();
    for (const end of lives.ends)
      if (end.guard === guard.id) ends.set(end.span.start, { at: locate(linked, end.span), kind: end.kind });
    guards.push({
      at: locate(linked, guard.at),
      ...(guard.name === undefined ? {} : { name: guard.name }),
      text: nameOfGuard(guard),
      type: guard.row.name,
      lock: guard.row.guard,
      forbidsSleep: isReadSection(guard) || guard.row.guard === 'spinlock',
      ends: [...ends.values()].sort((a, b) => a.at.span.start - b.at.span.start),
    });
  }
  return { guards, calls, functions: [{ name: ir.name, at: locate(linked, ir.nameSpan), contexts, protectedBy: [] }] };
}
