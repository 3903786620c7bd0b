/** Checks the conditions under which an unregister call drains: the lock that the core takes around operations. */
import type { FenceCondition, UnregisterFence } from '../knowledge/schema.ts';
import type { Cell } from './cells.ts';
import { cellText } from './cells.ts';
import type { NodeSite, UnregisterSite } from './nodes.ts';
import type { Parts } from './removal.ts';
import { nameOfValue } from './tables.ts';
import type { TeardownRoot } from './teardown.ts';

/** One module's answers; the locks of a condition are looked up once. */
export class FenceConditions {
  private readonly parts: Parts;
  private readonly locks = new Map<FenceCondition, ReadonlySet<Cell>>();

  constructor(parts: Parts) {
    this.parts = parts;
  }

  /** `undefined` when the condition holds; else what fails, empty when the condition cannot be checked at all. */
  failure(
    fence: UnregisterFence,
    site: NodeSite,
    path: { readonly call: UnregisterSite; readonly root: TeardownRoot } | undefined,
  ): string | undefined {
    const { holds } = fence;
    if (holds === undefined) return '';
    if (site.tables.length === 0) return 'the operations table was not found';
    const loose = this.unlockedOperation(holds, site);
    if (loose !== undefined) return `${loose} is called without a lock`;
    const locks = this.locksOf(holds);
    if (locks.size === 0) return `the driver sets no ${holds.lockIn.map(cellText).join(' or ')}`;
    if (holds.callerLocks === true && !(path !== undefined && takenIn(path.root, path.call, locks)))
      return `teardown does not take ${[...locks].map(cellText).join(' or ')}`;
    return undefined;
  }

  private unlockedOperation(holds: FenceCondition, site: NodeSite): string | undefined {
    const { knowledge } = this.parts.program;
    for (const table of site.tables) {
      for (const entry of table.entries.values()) {
        if (knowledge.findRole(table.struct, entry.path)?.context !== 'file-operation') continue;
        if (entry.path === knowledge.findTable(table.struct)?.owner) continue;
        const name = nameOfValue(entry.value);
        if (name === undefined || holds.locked[entry.path]?.includes(name) === true) continue;
        return `${entry.path} = ${name}`;
      }
    }
    return undefined;
  }

  /** Cells of the locks that the driver hands to the core. */
  private locksOf(holds: FenceCondition): ReadonlySet<Cell> {
    const known = this.locks.get(holds);
    if (known !== undefined) return known;
    const { cells, objects, tables } = this.parts;
    const found = new Set<Cell>();
    for (const member of holds.lockIn) {
      for (const store of objects.storesTo(member)) {
        const cell = cells.targetCell(store.value, store.fn);
        if (cell !== undefined) found.add(cell);
      }
      const dot = member.lastIndexOf('.');
      for (const table of tables.all) {
        if (table.struct !== member.slice(0, dot)) continue;
        const name = nameOfValue(table.entries.get(member.slice(dot + 1))?.value);
        if (name !== undefined) found.add(`::${name}`);
      }
    }
    this.locks.set(holds, found);
    return found;
  }
}

/** Is one of the locks held at the call, or at anything that comes after it on this path? */
function takenIn(root: TeardownRoot, call: UnregisterSite, locks: ReadonlySet<Cell>): boolean {
  const at = root.trace.events.find((e) => e.fn === call.fn && e.event === call.event);
  if (at === undefined) return false;
  return root.trace.events.some(
    (e) =>
      e.order >= at.order && e.states.some((state) => [...state.held.values()].some((held) => locks.has(held.cell))),
  );
}
