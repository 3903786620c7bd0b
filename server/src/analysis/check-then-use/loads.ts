/** What a value was loaded from. */

import type { Span } from '../../base/span.ts';
import type { Value } from '../../ir/ir.ts';
import type { Cells } from '../cells.ts';
import { strip } from '../cells.ts';
import { tempName } from '../refine.ts';
import type { Interest } from './interest.ts';
import type { Frame, Sharing } from './sharing.ts';
import type { CallStep, Load, State } from './state.ts';
import { mergeLoads } from './state.ts';

export interface Where {
  readonly frame: Frame;
  readonly chain: readonly CallStep[];
  readonly span: Span;
}

export class Loads {
  private readonly cells: Cells;
  private readonly sharing: Sharing;
  private readonly interest: Interest;

  constructor(cells: Cells, sharing: Sharing, interest: Interest) {
    this.cells = cells;
    this.sharing = sharing;
    this.interest = interest;
  }

  of(value: Value | undefined, state: State, where: Where): readonly Load[] {
    const inner = strip(value);
    if (inner === undefined) return [];
    const { frame } = where;
    switch (inner.kind) {
      case 'read': {
        const { place } = inner;
        if (place.root.kind === 'local' && place.steps.length === 0) return state.loads.get(place.root.name) ?? [];
        if (place.root.kind === 'value' && place.steps.length === 0) return this.of(place.root.value, state, where);
        const { cell } = this.cells.place(place, frame.fn);
        if (!this.interest.isInteresting(cell) || !this.sharing.isShared(place, frame)) return [];
        return [this.made(cell, place.span ?? where.span, state, where)];
      }
      case 'address': {
        // `&dev->buf[i]` is made of the pointer that it goes through.
        const { place } = inner;
        const { dereferences } = this.cells.place(place, frame.fn);
        const last = dereferences[dereferences.length - 1];
        if (last === undefined) return [];
        if (last.depth === 0 && place.root.kind === 'local') return this.copies(state.loads.get(place.root.name) ?? []);
        if (!this.interest.isInteresting(last.via) || !this.sharing.isShared(place, frame)) return [];
        return [this.made(last.via, place.span ?? where.span, state, where)];
      }
      case 'temp':
        return state.loads.get(tempName(inner.id)) ?? [];
      case 'container':
        return this.of(inner.value, state, where);
      case 'operator':
        return inner.operator === '+' || inner.operator === '-'
          ? this.offset(inner.operands, state, where)
          : this.computed(inner.operands, state, where);
      case 'unknown':
        return this.computed(inner.parts, state, where);
      default:
        return [];
    }
  }

  /** Of a value that is made from several. */
  computed(parts: readonly Value[], state: State, where: Where): readonly Load[] {
    let all: readonly Load[] = [];
    for (const part of parts) {
      const loads = this.of(part, state, where);
      all = mergeLoads(
        all,
        loads.map((load) => (load.how === 'copy' ? { ...load, how: 'computed' } : load)),
      );
    }
    return all;
  }

  /** A pointer to some offset is still that pointer. */
  private offset(operands: readonly Value[], state: State, where: Where): readonly Load[] {
    const loads = operands.map((operand) => this.of(operand, state, where));
    return mergeLoads(this.copies(loads.flat()), this.computed(operands, state, where));
  }

  private copies(loads: readonly Load[]): readonly Load[] {
    return loads.filter((load) => load.how === 'copy' && this.interest.freed.has(load.cell));
  }

  private made(cell: string, span: Span, state: State, { frame, chain }: Where): Load {
    return { cell, site: { fn: frame.fn, span, chain }, how: 'copy', held: state.held, since: state.held };
  }
}
