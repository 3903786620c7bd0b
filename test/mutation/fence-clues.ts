/** What the inventory's evidence names: the lock, the thing that teardown clears, and a use between them. */
import type { DeviceNode } from '../../server/src/analysis/model.ts';
import type { Location } from '../../server/src/base/span.ts';

export interface FenceClue {
  /** A use inside the section. */
  readonly use: Location;
  /** Last word of the lock: a field or a variable. */
  readonly lock: string;
  /** Struct that embeds the lock, without the keyword; none for a variable. */
  readonly lockHolder: string | undefined;
  /** Last word of what teardown clears. */
  readonly gone: string;
  /** Where teardown clears it. */
  readonly store: Location;
}

const STORE = /^teardown (?:writes|takes the entry out of) (\S+); operations test it under (\S+)$/;

export function fenceClues(node: DeviceNode): FenceClue[] {
  const clues: FenceClue[] = [];
  let use: Location | undefined;
  for (const step of node.evidence) {
    if (step.kind === 'lock') use = step.at;
    const match = STORE.exec(step.text);
    if (step.kind !== 'store' || match === null) continue;
    const [gone = '', lock = ''] = [match[1], match[2]];
    // Without a use nothing that dies is touched in the section: a count keeps the memory, and the test only saves a
    // transfer to a device that has gone.
    if (use === undefined) continue;
    const holder = lock.includes('.') ? lock.slice(0, lock.indexOf('.')) : undefined;
    clues.push({ use, lock: lastWord(lock), lockHolder: holder, gone: lastWord(gone), store: step.at });
    use = undefined;
  }
  return clues;
}

function lastWord(cell: string): string {
  return /(\w+)\W*$/.exec(cell)?.[1] ?? cell;
}

/** Something but module exit ends the node, and no fence outside the operations stands in the way. */
export function endsWithDevice(node: DeviceNode): boolean {
  const structural = ['module-owner', 'builtin', 'suppress-bind', 'no-state', 'wait'];
  return (
    (node.teardown === 'driver-remove' || node.teardown === 'both') &&
    node.triggers.length > 0 &&
    !node.fences.some((fence) => structural.includes(fence))
  );
}
