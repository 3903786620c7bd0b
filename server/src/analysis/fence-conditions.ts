/** Checks the conditions under which an unregister call drains: the lock that the core takes around operations. */
import type { FenceCondition, UnregisterFence } from '../knowledge/schema.ts';
import type { Cell } from './cells.ts';
import { cellText } from './cells.ts';
import type { NodeSite, UnregisterSite } from './nodes.ts';
import type { Parts } from './removal.ts';
import { nameOfValue } from './tables.ts';
import type { TeardownRoot } from './teardown.ts';

/** Why a condition was not found to hold, in words that may be empty, and the operations that are not fenced then. */
export interface ConditionFailure {
  readonly reason: string;
  letsThrough(field: string): boolean;
}

export class FenceConditions {
  private readonly parts: Parts;

  constructor(parts: Parts) {
    this.parts = parts;
  }

  /** `undefined` when the condition holds. */
  failure(
    fence: UnregisterFence,
    site: NodeSite,
    path: { readonly call: UnregisterSite; readonly root: TeardownRoot } | undefined,
  ): ConditionFailure | undefined {
    const { holds } = fence;
    if (holds === undefined) return { reason: '', letsThrough: () => true };
    if (site.tables.length === 0) return { reason: 'the operations table was not found', letsThrough: () => true };
    const locks = new Set(holds.lockIn.flatMap((member) => [...this.locksIn(member, site)]));
    const taken = (holds.takes ?? []).map((member) => this.locksIn(member, site)).find((cells) => cells.size > 0);
    const missed = [...locks].filter(
      (lock) => taken?.has(lock) !== true && !(path !== undefined && takenIn(path.root, path.call, lock)),
    );
    if (locks.size > 0 && missed.length > 0) {
      const under = taken === undefined ? [] : (holds.underTaken ?? []);
      return {
        reason: `teardown does not take ${missed.map(cellText).join(' or ')}`,
        letsThrough: (field) => !under.includes(field),
      };
    }
    const loose = this.unlockedOperations(holds, site);
    const [first] = loose;
    if (first !== undefined)
      return {
        reason: `${first.field} = ${first.name} is called without a lock`,
        letsThrough: (field) => loose.some((operation) => operation.field === field),
      };
    if (locks.size > 0) return undefined;
    return {
      reason: `the driver sets no ${holds.lockIn.map(cellText).join(' or ')}`,
      letsThrough: () => true,
    };
  }

  private unlockedOperations(holds: FenceCondition, site: NodeSite): { field: string; name: string }[] {
    const { knowledge } = this.parts.program;
    return site.tables.flatMap((table) =>
      [...table.entries.values()].flatMap((entry) => {
        if (knowledge.findRole(table.struct, entry.path)?.context !== 'file-operation') return [];
        if (entry.path === knowledge.findTable(table.struct)?.owner) return [];
        const name = nameOfValue(entry.value);
        if (name === undefined || holds.locked[entry.path]?.includes(name) === true) return [];
        return [{ field: entry.path, name }];
      }),
    );
  }

  /** Cells of the locks that the driver puts into a member of what it registers: where it registers, else anywhere. */
  private locksIn(member: Cell, site: NodeSite): ReadonlySet<Cell> {
    const { cells, objects, tables } = this.parts;
    const stores = objects.storesTo(member);
    const near = stores.filter((store) => store.fn === site.fn);
    const found = new Set<Cell>();
    for (const store of near.length > 0 ? near : stores) {
      const cell = cells.targetCell(store.value, store.fn);
      if (cell !== undefined) found.add(cell);
    }
    if (near.length > 0) return found;
    const dot = member.lastIndexOf('.');
    for (const table of tables.all) {
      if (table.struct !== member.slice(0, dot)) continue;
      const name = nameOfValue(table.entries.get(member.slice(dot + 1))?.value);
      if (name !== undefined) found.add(`::${name}`);
    }
    return found;
  }
}

/** Is the lock held at the call, or at anything that comes after it on this path? */
function takenIn(root: TeardownRoot, call: UnregisterSite, lock: Cell): boolean {
  const at = root.trace.events.find((e) => e.fn === call.fn && e.event === call.event);
  if (at === undefined) return false;
  return root.trace.events.some(
    (e) => e.order >= at.order && e.states.some((state) => [...state.held.values()].some((held) => held.cell === lock)),
  );
}
