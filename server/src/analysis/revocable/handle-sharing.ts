/** Handles that several threads enter with at once: the second overwrites what the first needs to leave. */
import type { Context } from '../../knowledge/schema.ts';
import type { Cell } from '../cells.ts';
import { cellText, memberOf, structOf } from '../cells.ts';
import type { LockKey } from '../path-state.ts';
import type { Fn } from '../program.ts';
import type { Parts } from '../removal.ts';
import type { TraceEvent } from '../trace.ts';
import { providerCell } from './api.ts';
import type { RevocableFact } from './facts.ts';
import type { SectionContext } from './section-context.ts';

/** Contexts that run at the same time as themselves, on the same object. */
const CONCURRENT: ReadonlySet<Context> = new Set([
  'file-operation',
  'vm-operation',
  'attribute',
  'pseudo-file',
  'subsystem-callback',
  'notifier',
]);

/** Contexts that run once at a time for an object, and beside every other. */
const SERIAL: ReadonlySet<Context> = new Set([
  'work',
  'thread',
  'timer',
  'interrupt',
  'threaded-interrupt',
  'urb-completion',
]);

interface Entry {
  readonly traced: TraceEvent;
  readonly callId: number;
  /** What runs it, where that cannot run twice at once. */
  readonly serial: Fn | undefined;
  /** Locks that keep other threads out in every state. */
  readonly alone: ReadonlySet<LockKey>;
}

export function sharedHandles(context: SectionContext, parts: Parts): readonly RevocableFact[] {
  const entries = new Map<Cell, Entry[]>();
  const seen = new Set<Fn>();
  for (const root of parts.graph.roots) {
    const isSerial = SERIAL.has(root.context);
    if (!(isSerial || CONCURRENT.has(root.context)) || seen.has(root.fn) || !context.uses(root.fn)) continue;
    seen.add(root.fn);
    for (const traced of parts.tracer.of(root.fn).events) {
      const { event } = traced;
      if (event.kind !== 'effect' || event.effect.verb !== 'acquires' || event.effect.lock !== 'revocable') continue;
      const cell = handleCell(traced, event.callId, context);
      if (cell === undefined || !context.program.own.has(traced.fn.key)) continue;
      const list = entries.get(cell) ?? [];
      list.push({
        traced,
        callId: event.callId,
        serial: isSerial ? root.fn : undefined,
        alone: exclusiveLocks(traced),
      });
      entries.set(cell, list);
    }
  }
  return [...entries].flatMap(([cell, list]) => {
    const [first, ...others] = list;
    if (first === undefined) return [];
    if (first.serial !== undefined && others.every((entry) => entry.serial === first.serial)) return [];
    const common = [...first.alone].filter((lock) => others.every((entry) => entry.alone.has(lock)));
    return common.length > 0 ? [] : [fact(cell, first, context, parts)];
  });
}

/** The field or global that holds the handle with which an event enters; undefined for a handle of one call. */
function handleCell(traced: TraceEvent, callId: number, context: SectionContext): Cell | undefined {
  const call = traced.fn.calls.get(callId);
  const handle = call === undefined ? undefined : context.api.consumerOf(call);
  if (handle === undefined) return undefined;
  const key = context.handleKey(handle, traced.fn);
  const bound = key.startsWith('$') ? traced.bind(key) : key;
  if (bound === undefined || /^(?:local|temp) |^[$?[]/.test(bound)) return undefined;
  const cell = providerCell(bound);
  const struct = structOf(cell);
  const type =
    struct === undefined
      ? context.program.findGlobal(memberOf(cell), traced.fn.unit)?.declaration.type
      : context.program.fieldType(struct, memberOf(cell));
  // `private_data` and its like hold a handle that the call itself gives its type.
  return type?.base === context.api.core.consumerType || type?.base === 'void' ? cell : undefined;
}

function exclusiveLocks({ states }: TraceEvent): ReadonlySet<LockKey> {
  const [first, ...others] = states.map(
    (state) => new Set([...state.held].filter(([, held]) => held.mode === 'exclusive').map(([key]) => key)),
  );
  return new Set([...(first ?? [])].filter((key) => others.every((locks) => locks.has(key))));
}

function fact(cell: Cell, { traced, callId }: Entry, context: SectionContext, parts: Parts): RevocableFact {
  const { program } = context;
  const call = traced.fn.calls.get(callId);
  const at = program.locate(traced.fn, call === undefined ? traced.event.span : context.headOf(call));
  const made = parts.objects.storesTo(cell)[0];
  const enter = call?.callee.kind === 'named' ? `${call.callee.name}()` : 'this call';
  return {
    kind: 'shared-handle',
    at,
    names: { handle: cellText(cell), enter },
    story: [
      ...(made === undefined
        ? []
        : [{ kind: 'store' as const, at: made.at, text: `${cellText(cell)} gets its only handle here` }]),
      { kind: 'lock', at, text: `every thread that gets here enters with ${cellText(cell)}` },
    ],
    certainty: 'must',
  };
}
