/** Which providers teardown revokes, and when: what makes a section a fence. */
import type { Cell, Cells } from '../cells.ts';
import { callsBehind, cellText, strip } from '../cells.ts';
import type { Step } from '../model.ts';
import type { Objects } from '../objects.ts';
import type { Program } from '../program.ts';
import type { Death } from '../teardown.ts';
import type { TraceEvent } from '../trace.ts';
import { providerCell } from './api.ts';

const UNKNOWN = '?';

export class Revocations {
  private readonly program: Program;
  private readonly cells: Cells;
  private readonly objects: Objects;
  private handles: ReadonlyMap<Cell, readonly Cell[]> | undefined;

  constructor(program: Program, cells: Cells, objects: Objects) {
    this.program = program;
    this.cells = cells;
    this.objects = objects;
  }

  /** The providers of a section: itself, or those from which a consumer that is kept in a field was made. */
  providersBehind(section: Cell): readonly Cell[] {
    const cell = providerCell(section);
    const api = this.cells.revocable;
    const made = this.objects.storesTo(cell).flatMap(({ value, fn }) =>
      callsBehind(value, fn).flatMap((call) => {
        const provider = api?.roleOf(call) === 'consumer-alloc' ? call.args[0] : undefined;
        const found = provider === undefined ? undefined : this.cells.sectionCell(provider, fn);
        return found === undefined ? [] : [providerCell(found)];
      }),
    );
    const set = this.setUp().get(cell) ?? [];
    return made.length + set.length > 0 ? [...made, ...set] : [cell];
  }

  /** Providers by the field in which a handle for them is set up. */
  private setUp(): ReadonlyMap<Cell, readonly Cell[]> {
    if (this.handles !== undefined) return this.handles;
    const handles = new Map<Cell, Cell[]>();
    this.handles = handles;
    const api = this.cells.revocable;
    for (const fn of api === undefined ? [] : this.program.functions.values()) {
      for (const call of fn.calls.values()) {
        if (api?.roleOf(call) !== 'consumer-init') continue;
        const handle = strip(api.consumerOf(call));
        const cell = handle?.kind === 'address' ? this.cells.place(handle.place, fn).cell : undefined;
        const provider = this.cells.sectionCell(call.args[0], fn);
        if (cell !== undefined && provider !== undefined)
          handles.set(cell, [...(handles.get(cell) ?? []), providerCell(provider)]);
      }
    }
    return handles;
  }

  /** Where one of the providers is revoked before the death. */
  before(death: Death, providers: readonly Cell[]): Step | undefined {
    for (const provider of providers) {
      const revoke = death.root.trace.events.find(
        (e) => this.revokes(e, provider) && (death.event === undefined || e.order < death.event.order),
      );
      if (revoke !== undefined) {
        const at = this.program.locate(revoke.fn, revoke.event.span);
        return { kind: 'lock', at, text: `teardown revokes ${cellText(provider)} and waits for its sections` };
      }
      const managed = death.event === undefined ? this.managed(provider) : undefined;
      if (managed !== undefined) return managed;
    }
    return undefined;
  }

  revokes(e: TraceEvent, provider: Cell): boolean {
    if (e.event.kind !== 'effect') return false;
    const { effect } = e.event;
    if (effect.verb !== 'synchronizes' || effect.lock !== 'revocable') return false;
    const target = e.bind(e.event.target ?? e.event.value);
    if (target === undefined || provider === UNKNOWN) return true;
    return providerCell(target) === providerCell(provider);
  }

  isManaged(provider: Cell): boolean {
    return this.managed(provider) !== undefined;
  }

  /** Devres revokes the provider, before anything that was obtained earlier. */
  private managed(provider: Cell): Step | undefined {
    const found = this.objects.provenance(provider).find((p) => p.kind === 'allocation' && p.owner === 'devres');
    return found?.kind === 'allocation'
      ? { kind: 'lock', at: found.at, text: `devres revokes ${cellText(provider)} and waits for its sections` }
      : undefined;
  }
}
