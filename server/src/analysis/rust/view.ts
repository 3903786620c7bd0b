/** What editors show of Rust functions: guards and where they end, calls of the kernel crate, contexts. */
import type { Location } from '../../base/span.ts';
import type { LockKind } from '../../knowledge/schema.ts';
import type { FunctionFacts } from '../model.ts';
import type { RustContext } from './context.ts';
import { locate, nameOfGuard } from './describe.ts';
import { isReadSection } from './guards.ts';

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

export function rustView(context: RustContext): RustView {
  const guards: GuardFact[] = [];
  const calls: KernelCall[] = [];
  const functions: FunctionFacts[] = [];
  for (const linked of context.linker.functions) {
    const { ir } = linked.fn;
    const contexts = [...new Set(context.rootsOf(linked).map((root) => root.context))];
    functions.push({ name: ir.name, at: locate(linked, ir.nameSpan), contexts, protectedBy: [] });
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
  }
  return { guards, calls, functions };
}
