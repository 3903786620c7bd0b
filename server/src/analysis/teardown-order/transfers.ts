/** Transfers that are told to end by a call that does not wait, and the buffers of theirs that are released next. */
import type { AsyncSource, Effect } from '../../knowledge/schema.ts';
import { cellText, memberOf, structOf } from '../cells.ts';
import type { Parts } from '../removal.ts';
import type { TraceEvent } from '../trace.ts';
import type { Disposal } from './disposals.ts';
import type { OrderFact } from './facts.ts';
import type { Sources } from './sources.ts';
import { canonical, isSourceVerb, strengthOf } from './sources.ts';
import { entryText, teardownThread, witness } from './story.ts';

const TRANSFERS: ReadonlySet<AsyncSource> = new Set<AsyncSource>(['dma', 'urb']);

export function* unwaitedTransfers(
  parts: Parts,
  sources: Sources,
  disposals: readonly Disposal[],
): Iterable<OrderFact> {
  for (const disposal of disposals) {
    for (const stop of disposal.trace.events) {
      const kind = endedWithoutWait(stop, parts);
      // A bus core has ended the transfers of its device before it calls the driver.
      if (kind === undefined || (kind === 'urb' && disposal.kind === 'driver')) continue;
      const cell = sources.cellIn(stop);
      const owner = cell === undefined ? undefined : structOf(cell);
      if (cell === undefined || owner === undefined) continue;
      const freed = firstBuffer(stop, kind, owner, disposal, parts);
      if (freed !== undefined) yield fact(disposal, stop, kind, cell, freed, parts);
    }
  }
}

/** Some function of the module tells a transfer to end and does not wait. */
export function endsTransfers({ program }: Parts): boolean {
  for (const fn of program.functions.values())
    if (program.own.has(fn.key))
      for (const call of fn.calls.values())
        if (call.callee.kind === 'named' && leavesRunning(program.knowledge.findFunction(call.callee.name)?.does ?? []))
          return true;
  return false;
}

/** The kind of transfer that a call with these effects ends, if it waits for nothing. */
export function leavesRunning(does: readonly Effect[]): AsyncSource | undefined {
  const stop = strengthOf(does);
  return stop?.strength === 'cancel' && TRANSFERS.has(stop.kind) ? stop.kind : undefined;
}

function endedWithoutWait({ event, fn }: TraceEvent, { program }: Parts): AsyncSource | undefined {
  if (event.kind !== 'effect' || event.effect.verb !== 'disarms') return undefined;
  const call = fn.calls.get(event.callId);
  const name = call?.callee.kind === 'named' ? call.callee.name : '';
  return leavesRunning(program.knowledge.findFunction(name)?.does ?? []);
}

interface Freed {
  readonly traced: TraceEvent;
  readonly cell: string;
  readonly api: string;
}

/** The first buffer of the same object that is released before anything waits. */
function firstBuffer(
  stop: TraceEvent,
  kind: AsyncSource,
  owner: string,
  disposal: Disposal,
  parts: Parts,
): Freed | undefined {
  for (const traced of disposal.trace.events) {
    const { event } = traced;
    if (traced.order <= stop.order || event.kind !== 'effect') continue;
    const { effect } = event;
    if (isSourceVerb(effect) && effect.verb !== 'arms' && effect.verb !== 'disarms' && effect.source === kind)
      return undefined;
    if (effect.verb !== 'frees') continue;
    // The core waits when it takes the channel back.
    if (effect.what === 'dma-channel') return undefined;
    const value = traced.bindValue(event.value);
    if (value === undefined || structOf(value) !== owner) continue;
    const cell = canonical(value);
    if (effect.what === 'dma-buffer' || (effect.what === 'memory' && isPlainBuffer(cell, parts)))
      return { traced, cell, api: event.api };
  }
  return undefined;
}

/** Bytes rather than an object. */
function isPlainBuffer(cell: string, { program }: Parts): boolean {
  const struct = structOf(cell);
  const type = struct === undefined ? undefined : program.fieldType(struct, memberOf(cell));
  return type !== undefined && type.pointers === 1 && !/^(?:struct|union) /.test(type.base);
}

function fact(
  disposal: Disposal,
  stop: TraceEvent,
  kind: AsyncSource,
  cell: string,
  freed: Freed,
  parts: Parts,
): OrderFact {
  const { program } = parts;
  const api = stop.event.kind === 'effect' ? stop.event.api : '';
  const at = program.locate(stop.fn, stop.event.span);
  const freedAt = program.locate(freed.traced.fn, freed.traced.event.span);
  return {
    defect: 'transfer-not-waited',
    at,
    source: cellText(cell),
    callback: '',
    object: cellText(freed.cell),
    api,
    other: freed.api,
    locked: stop.states.some((state) => state.held.size > 0),
    by: '',
    certainty: disposal.trace.incomplete ? 'may' : 'must',
    triggers: disposal.triggers,
    witness: witness(
      [kind, 'teardown'],
      [{ kind: 'note', at, text: `a transfer on ${cellText(cell)} is in progress, its callback may be running` }],
      teardownThread(
        disposal.fn,
        entryText(disposal),
        [
          { traced: stop, step: { kind: 'note', at, text: `${api}() tells it to end and does not wait` } },
          {
            traced: freed.traced,
            step: { kind: 'free', at: freedAt, text: `${freed.api}() releases ${cellText(freed.cell)}` },
          },
        ],
        parts,
      ),
      'nothing waits for the transfer before its buffer is released',
    ),
    group: `${cell}:transfer-not-waited`,
  };
}
