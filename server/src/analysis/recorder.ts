/** Collects the events of one function, each with the distinct states in which it happens. */
import type { Span } from '../base/span.ts';
import type { Place, Value } from '../ir/ir.ts';
import type { Effect } from '../knowledge/schema.ts';
import type { Cells, Dereference } from './cells.ts';
import { strip } from './cells.ts';
import type { FunctionEvent, Snapshot } from './events.ts';
import { snapshotKey } from './events.ts';
import type { PathState } from './path-state.ts';
import type { Call, Fn, Program } from './program.ts';
import { objectSlot, slotValue } from './slots.ts';
import { forEachPlace } from './value-walk.ts';

type EventKind = FunctionEvent['kind'];
type Draft = FunctionEvent & { readonly snapshots: Snapshot[] };

export class EventRecorder {
  /** Position that the next events get. */
  order = 0;
  private readonly program: Program;
  private readonly cells: Cells;
  private readonly fn: Fn;
  private readonly drafts = new Map<string, Draft>();
  private readonly snapshotKeys = new Map<string, Set<string>>();
  private lastSnapshot: Snapshot | undefined;

  /** Whether uses are wanted; they are most of what a function does, and its facts do without them. */
  private readonly withUses: boolean;

  constructor(program: Program, cells: Cells, fn: Fn, withUses = true) {
    this.program = program;
    this.cells = cells;
    this.fn = fn;
    this.withUses = withUses;
  }

  get events(): readonly FunctionEvent[] {
    return [...this.drafts.values()].sort((a, b) => a.order - b.order);
  }

  useValue(value: Value, span: Span, state: PathState, write: boolean): void {
    if (!this.withUses) return;
    forEachPlace(value, (place, use, whole) => {
      const { dereferences } = this.cells.place(place, this.fn);
      const count = use === 'address' ? dereferences.length - 1 : dereferences.length;
      for (let i = 0; i < count; i += 1) this.recordUse(dereferences[i], place.span ?? span, state, write, whole);
    });
  }

  usePlace(place: Place, span: Span, state: PathState, write: boolean): void {
    if (!this.withUses) return;
    if (place.root.kind === 'value') this.useValue(place.root.value, span, state, false);
    for (const dereference of this.cells.place(place, this.fn).dereferences) {
      this.recordUse(dereference, place.span ?? span, state, write, { kind: 'read', place });
    }
  }

  recordUse(dereference: Dereference | undefined, span: Span, state: PathState, write: boolean, value: Value): void {
    if (dereference === undefined) return;
    const { object, via, member } = dereference;
    this.record('use', `use ${object ?? '?'} ${via ?? ''} ${member ?? ''}`, span, state, {
      object,
      via,
      member,
      write,
      value,
    });
  }

  /** A function outside the module follows the pointers that it is given. */
  passPointers(call: Call, name: string, state: PathState): void {
    if (!this.withUses) return;
    for (const argument of call.args) {
      const inner = strip(argument);
      if (inner === undefined || inner.kind === 'string' || inner.kind === 'constant') continue;
      if (inner.kind === 'address') {
        const { dereferences, cell, inGlobal } = this.cells.place(inner.place, this.fn);
        const last = dereferences[dereferences.length - 1];
        if (last === undefined && !(inGlobal && cell !== undefined)) continue;
        this.record(
          'use',
          `pass ${name} ${last?.object ?? '?'} ${last?.member ?? cell ?? ''}`,
          inner.place.span ?? call.span,
          state,
          {
            object: last?.object,
            via: last?.via,
            member: last === undefined ? cell : last.member,
            passedTo: name,
            write: false,
            value: inner,
          },
        );
        continue;
      }
      const type = this.program.typeOf(inner, this.fn);
      if (type === undefined || (type.pointers === 0 && type.array !== true)) continue;
      const via = this.cells.valueCell(inner, this.fn);
      const object = type.pointers === 1 && type.array !== true ? type.base : undefined;
      const span = inner.kind === 'read' ? (inner.place.span ?? call.span) : call.span;
      this.record('use', `pass ${name} ${object ?? '?'} ${via ?? ''}`, span, state, {
        object,
        via,
        member: undefined,
        passedTo: name,
        write: false,
        value: inner,
      });
    }
  }

  /** A port number is computed from where the driver keeps its base: using the port uses what is kept there. */
  recordPorts(call: Call, name: string, port: Value | undefined, state: PathState): void {
    if (!this.withUses || port === undefined) return;
    forEachPlace(port, (place) => {
      const { cell, type } = this.cells.place(place, this.fn);
      const via = this.cells.valueCell({ kind: 'read', place }, this.fn) ?? cell;
      if (via === undefined || (type !== undefined && type.pointers > 0)) return;
      this.record('use', `port ${name} ${via}`, place.span ?? call.span, state, {
        object: undefined,
        via,
        member: undefined,
        passedTo: name,
        write: false,
        value: { kind: 'read', place },
      });
    });
  }

  holderOf(argument: Value | undefined): string | undefined {
    const inner = strip(argument);
    return inner?.kind === 'address' ? this.cells.place(inner.place, this.fn).object : undefined;
  }

  recordEffect(call: Call, api: string, effect: Effect, state: PathState): void {
    const slot = objectSlot(effect);
    const argument = slot === undefined ? undefined : slotValue(slot, call);
    const type = argument === undefined ? undefined : this.program.typeOf(argument, this.fn);
    this.record(
      'effect',
      `${effect.verb} ${api} ${slot?.at ?? ''}${slot !== undefined && slot.at !== 'result' ? slot.index : ''}`,
      call.span,
      state,
      {
        api,
        effect,
        target: argument === undefined ? undefined : this.cells.targetCell(argument, this.fn),
        value: argument === undefined ? undefined : this.cells.valueCell(argument, this.fn),
        object: type !== undefined && type.pointers === 1 ? type.base : undefined,
        holder: this.holderOf(argument),
        args: call.args,
        callId: call.id,
        cleanup: call.origin === 'cleanup',
      },
    );
  }

  /** One snapshot for as long as locks and tests stay the same objects. */
  snapshotOf(state: PathState): Snapshot {
    const last = this.lastSnapshot;
    if (
      last !== undefined &&
      last.held === state.held &&
      last.released === state.released &&
      last.tests === state.tests
    )
      return last;
    this.lastSnapshot = { held: state.held, released: state.released, tests: state.tests };
    return this.lastSnapshot;
  }

  record(kind: EventKind, what: string, span: Span, state: PathState, fields: object): void {
    const key = `${kind} ${what} ${span.start}`;
    const draft = this.drafts.get(key);
    const keys = this.snapshotKeys.get(key) ?? new Set<string>();
    this.snapshotKeys.set(key, keys);
    const snapshot = this.snapshotOf(state);
    const known = snapshotKey(snapshot);
    if (keys.has(known)) return;
    keys.add(known);
    if (draft !== undefined) draft.snapshots.push(snapshot);
    else this.drafts.set(key, { kind, span, order: this.order, snapshots: [snapshot], ...fields } as unknown as Draft);
  }
}
