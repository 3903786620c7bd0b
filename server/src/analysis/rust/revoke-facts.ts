/** Revoking where it cannot be right: without waiting while others use the resource, or inside a section that it waits for. */
import type { Context } from '../../knowledge/schema.ts';
import type { RevocableFact } from '../revocable/facts.ts';
import { fact, nameOf } from './access-facts.ts';
import type { RustContext } from './context.ts';
import { callsWith, isTryAccess, memberOf, roleOf } from './context.ts';
import { nameOfGuard, stepAt, stepOfGuard } from './describe.ts';
import { isReadSection } from './guards.ts';
import type { LinkedCall, LinkedFn } from './link.ts';

export function revokeFacts(context: RustContext): readonly RevocableFact[] {
  const users = usersOfMembers(context);
  return context.linker.functions.flatMap((linked) => [
    ...withoutWaiting(linked, users, context),
    ...insideGuard(linked, context),
    ...inAtomicContext(linked, context),
  ]);
}

interface User {
  readonly linked: LinkedFn;
  readonly one: LinkedCall;
  readonly by: string;
}

/** Contexts that run beside whatever else the driver does. */
const CONCURRENT: ReadonlySet<Context> = new Set([
  'file-operation',
  'open',
  'release',
  'work',
  'timer',
  'interrupt',
  'threaded-interrupt',
  'pseudo-file',
]);

/** Members that are accessed by something that may run at any time. */
function usersOfMembers(context: RustContext): ReadonlyMap<string, User> {
  const users = new Map<string, User>();
  for (const linked of context.linker.functions) {
    const root = context.rootsOf(linked).find((one) => CONCURRENT.has(one.context));
    if (root === undefined) continue;
    for (const one of linked.calls.values()) {
      const member = isTryAccess(one) ? memberOf(one.call.args[0], linked, context.linker) : undefined;
      if (member !== undefined && !users.has(member)) users.set(member, { linked, one, by: root.by });
    }
  }
  return users;
}

function withoutWaiting(
  linked: LinkedFn,
  users: ReadonlyMap<string, User>,
  context: RustContext,
): readonly RevocableFact[] {
  return callsWith(linked, 'revoke-nosync').flatMap((one) => {
    const member = memberOf(one.call.args[0], linked, context.linker);
    const user = member === undefined ? undefined : users.get(member);
    if (user === undefined) return [];
    return [
      fact('revoked-nosync', linked, one, one.call.span, { call: nameOf(one), operation: user.by }, [
        stepAt(user.linked, user.one.call.span, 'load', `${user.by}() may be inside the section that begins here`),
        stepAt(linked, one.call.span, 'free', 'the resource is dropped without waiting for it'),
      ]),
    ];
  });
}

/** Revoking waits for every section, the own one too. */
function insideGuard(linked: LinkedFn, context: RustContext): readonly RevocableFact[] {
  if (![...callsWith(linked, 'revoke'), ...callsWith(linked, 'drop')].some((one) => revokes(one, linked, context)))
    return [];
  const facts: RevocableFact[] = [];
  for (const { operation, live } of context.lives(linked).points) {
    if (operation?.kind !== 'call' || operation.origin !== 'call') continue;
    const one = linked.calls.get(operation.id);
    const guard = live.find((each) => isReadSection(each) || each.row.guard === 'spinlock');
    if (one === undefined || guard === undefined || !revokes(one, linked, context)) continue;
    facts.push(
      fact('revoked-under-guard', linked, one, operation.span, { call: nameOf(one), guard: nameOfGuard(guard) }, [
        stepOfGuard(linked, guard),
        stepAt(linked, operation.span, 'free', 'this waits for all sections to end, and sleeps'),
      ]),
    );
  }
  return facts;
}

const ATOMIC: ReadonlySet<Context> = new Set(['interrupt', 'timer']);

function inAtomicContext(linked: LinkedFn, context: RustContext): readonly RevocableFact[] {
  const root = context.rootsOf(linked).find((one) => ATOMIC.has(one.context));
  if (root === undefined) return [];
  return [...linked.calls.values()]
    .filter((one) => revokes(one, linked, context))
    .map((one) =>
      fact('revoked-in-atomic', linked, one, one.call.span, { call: nameOf(one), operation: root.by }, [
        stepAt(root.fn, root.fn.fn.ir.nameSpan, 'entry', `${root.by}() runs where sleeping is forbidden`),
        stepAt(linked, one.call.span, 'free', 'this waits for all sections to end, and sleeps'),
      ]),
    );
}

/** `revoke()`, or the explicit drop of something that is revoked by it. */
export function revokes(one: LinkedCall, linked: LinkedFn, context: RustContext): boolean {
  if (roleOf(one) === 'revoke') return true;
  const [value] = one.call.args;
  if (roleOf(one) !== 'drop' || value === undefined) return false;
  const type = context.linker.typeOf(value, linked);
  if (type === undefined || type.pointers > 0) return false;
  const row = context.program.findKernelType(type);
  return row?.revocable === true && row.dropSleeps === true;
}
