/** How access to a revocable resource is asked for: unwrapped, asked twice, asked without need, on nobody's word, or with the answer ignored. */
import type { Value } from '../../ir/ir.ts';
import type { Context } from '../../knowledge/schema.ts';
import type { RevocableFact } from '../revocable/facts.ts';
import type { RustContext, RustRoot } from './context.ts';
import { callBehind, callsWith, isTryAccess, memberOf, valuesIn } from './context.ts';
import { locate, stepAt } from './describe.ts';
import type { LinkedCall, LinkedFn } from './link.ts';
import { pathOfType } from './types.ts';

export function accessFacts(context: RustContext): readonly RevocableFact[] {
  return context.linker.functions.flatMap((linked) => [
    ...unwrapped(linked),
    ...splitAccess(linked, context),
    ...boundAtHand(linked, context),
    ...unproven(linked, context),
    ...ignoredAccess(linked),
  ]);
}

/** Nothing is a normal answer after unbind: `unwrap` turns it into a panic. */
function unwrapped(linked: LinkedFn): readonly RevocableFact[] {
  return callsWith(linked, 'unwrap').flatMap(({ call }) => {
    const asked = callBehind(call.args[0], linked);
    if (!isTryAccess(asked) || asked === undefined) return [];
    return [
      fact('unwrapped', linked, asked, call.span, { access: nameOf(asked), call: nameOf(linked.calls.get(call.id)) }, [
        stepAt(linked, asked.call.span, 'load', `${nameOf(asked)} gives nothing once the device is unbound`),
        stepAt(linked, call.span, 'use', 'then this panics'),
      ]),
    ];
  });
}

/** `if x.try_access().is_some() { self.kick() }`, where `kick` asks again. */
function splitAccess(linked: LinkedFn, context: RustContext): readonly RevocableFact[] {
  return callsWith(linked, 'test').flatMap(({ call }) => {
    const asked = callBehind(call.args[0], linked);
    if (!isTryAccess(asked) || asked === undefined || call.args[0]?.kind !== 'temp') return [];
    const member = memberOf(asked.call.args[0], linked, context.linker);
    const again = member === undefined ? undefined : accessAfter(linked, asked, member, context, new Set());
    if (again === undefined) return [];
    return [
      fact('split-access', linked, asked, call.span, { access: nameOf(asked), again: nameOf(again.one) }, [
        stepAt(
          linked,
          call.span,
          'test',
          `${nameOf(asked)} is asked whether access is possible, and the guard goes at once`,
        ),
        stepAt(again.linked, again.one.call.span, 'load', 'by now the answer may be another one'),
      ]),
    ];
  });
}

interface Again {
  readonly linked: LinkedFn;
  readonly one: LinkedCall;
}

function accessAfter(
  linked: LinkedFn,
  first: LinkedCall,
  member: string,
  context: RustContext,
  seen: Set<LinkedFn>,
): Again | undefined {
  seen.add(linked);
  for (const one of linked.calls.values()) {
    if (one === first || one.call.span.start <= first.call.span.start) continue;
    if (isTryAccess(one) && memberOf(one.call.args[0], linked, context.linker) === member) return { linked, one };
  }
  for (const callee of context.calleesOf(linked)) {
    const found = seen.has(callee) ? undefined : firstAccess(callee, member, context, seen);
    if (found !== undefined) return found;
  }
  return undefined;
}

function firstAccess(linked: LinkedFn, member: string, context: RustContext, seen: Set<LinkedFn>): Again | undefined {
  seen.add(linked);
  for (const one of linked.calls.values())
    if (isTryAccess(one) && memberOf(one.call.args[0], linked, context.linker) === member) return { linked, one };
  for (const callee of context.calleesOf(linked)) {
    const found = seen.has(callee) ? undefined : firstAccess(callee, member, context, seen);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** A parameter proves that the device is bound: no section is needed. */
function boundAtHand(linked: LinkedFn, context: RustContext): readonly RevocableFact[] {
  if (!context.knowledge.rust.hasBoundAccess) return [];
  const accesses = [...callsWith(linked, 'try-access'), ...callsWith(linked, 'try-access-closure')];
  if (accesses.length === 0) return [];
  const proof = linked.fn.ir.parameters.find(({ name }) => provesBound(linked, name, context));
  if (proof === undefined) return [];
  return accesses.flatMap((one) => {
    // Only what is tied to a device takes the proof.
    const type = one.self;
    const row = type === undefined ? undefined : context.program.findKernelType(type);
    if (row?.revocable !== true || context.knowledge.rust.findMethod(row, 'access')?.role !== 'access-bound') return [];
    return [
      fact(
        'bound-at-hand',
        linked,
        one,
        one.call.span,
        { access: nameOf(one), device: proof.name },
        [
          stepAt(
            linked,
            linked.fn.ir.nameSpan,
            'note',
            `${proof.name} proves that the device is bound while this runs`,
          ),
        ],
        'must',
      ),
    ];
  });
}

function provesBound(linked: LinkedFn, name: string, context: RustContext): boolean {
  const type = linked.locals.get(name);
  if (type === undefined) return false;
  for (const one of context.program.chain(type, linked.fn.ir.method?.type)) {
    if (one.pointers > 0) continue;
    const bound = context.program.findKernelType(one)?.bound;
    const given = bound === undefined ? undefined : one.arguments?.[bound.at];
    if (bound !== undefined) return given !== undefined && bound.by.includes(given.base);
  }
  return false;
}

/** Contexts that can run after unbind, whatever the caller promises. */
const AFTER_UNBIND: ReadonlySet<Context> = new Set([
  'file-operation',
  'open',
  'release',
  'work',
  'timer',
  'pseudo-file',
  'vm-operation',
]);

function unproven(linked: LinkedFn, context: RustContext): readonly RevocableFact[] {
  const root = context.rootsOf(linked).find((one) => AFTER_UNBIND.has(one.context));
  if (root === undefined) return [];
  return [...callsWith(linked, 'as-bound'), ...callsWith(linked, 'access-unchecked')].map((one) =>
    fact('unproven', linked, one, one.call.span, { call: nameOf(one), operation: root.by, why: reasonOf(root) }, [
      stepAt(root.fn, root.fn.fn.ir.nameSpan, 'entry', `${root.by}() ${reasonOf(root)}`),
      stepAt(linked, one.call.span, 'use', 'nothing here proves that the device is still bound'),
    ]),
  );
}

function reasonOf({ context }: RustRoot): string {
  if (context === 'work') return 'may run after unbind: nothing cancels the work item';
  if (context === 'timer') return 'may run after unbind unless the timer is cancelled first';
  return 'runs on files that stay open after unbind';
}

/** The result of `access(dev)` is dropped, or only its success is thrown away. */
function ignoredAccess(linked: LinkedFn): readonly RevocableFact[] {
  const accesses = callsWith(linked, 'access-bound');
  if (accesses.length === 0) return [];
  const read = new Set<number>();
  for (const value of valuesIn(linked)) if (value.kind === 'temp') read.add(value.id);
  return accesses.flatMap((one) => {
    const forgets = !read.has(one.call.id) || isIgnored(linked, one.call.id);
    if (!forgets) return [];
    return [
      fact('access-ignored', linked, one, one.call.span, { call: nameOf(one) }, [
        stepAt(linked, one.call.span, 'test', 'an error here means that the resource belongs to another device'),
      ]),
    ];
  });
}

/** `let _ = x.access(dev);`, or a variable that starts with an underscore and is never read. */
function isIgnored(linked: LinkedFn, id: number): boolean {
  const uses = linked.fn.ir.blocks.flatMap(({ operations, end }) => [
    ...operations,
    ...(end.kind === 'return' ? [end] : []),
  ]);
  return (
    uses.every((operation) => {
      if (operation.kind === 'evaluate') return true;
      if (operation.kind === 'call')
        return operation.origin === 'cleanup' || !operation.args.some((value) => isTemp(value, id));
      if (operation.kind === 'assign') return !isTemp(operation.value, id);
      return operation.kind !== 'return' || operation.value === undefined || !isTemp(operation.value, id);
    }) && !branchesOn(linked, id)
  );
}

function branchesOn(linked: LinkedFn, id: number): boolean {
  return linked.fn.ir.blocks.some(({ end }) => end.kind === 'branch' && isTemp(end.condition, id));
}

function isTemp(value: Value, id: number): boolean {
  if (value.kind === 'temp') return value.id === id;
  if (value.kind === 'operator') return value.operands.some((one) => isTemp(one, id));
  if (value.kind === 'aggregate') return value.fields.some((field) => isTemp(field.value, id));
  if (value.kind === 'read' || value.kind === 'address')
    return value.place.root.kind === 'value' && isTemp(value.place.root.value, id);
  return value.kind === 'cast' && isTemp(value.value, id);
}

/** `Devres::try_access()`. */
export function nameOf(one: LinkedCall | undefined): string {
  const callee = one?.call.callee;
  if (one === undefined || callee?.kind !== 'named') return 'the call';
  const written = callee.name.startsWith('.') ? callee.name.slice(1) : callee.name.split('::').slice(-2).join('::');
  const type =
    callee.name.startsWith('.') && one.self !== undefined ? `${pathOfType(one.self).split('::').at(-1)}::` : '';
  return `${type}${written}()`;
}

export function fact(
  kind: RevocableFact['kind'],
  linked: LinkedFn,
  origin: LinkedCall,
  span: { readonly start: number; readonly end: number },
  names: Readonly<Record<string, string>>,
  story: RevocableFact['story'],
  certainty: RevocableFact['certainty'] = 'must',
): RevocableFact {
  return { kind, at: locate(linked, span), names, story, certainty, origin: locate(linked, origin.call.span) };
}
