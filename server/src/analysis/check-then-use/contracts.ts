/** Locks that a core holds around the operations of a driver. */
import type { Knowledge } from '../../knowledge/lookup.ts';
import type { NodeSite, Operation } from '../nodes.ts';
import type { Mode, Modes } from './state.ts';

export function heldByContract(site: NodeSite, operation: Operation, knowledge: Knowledge): Modes {
  const held = new Map<string, Mode>();
  for (const file of knowledge.files) {
    for (const row of file.serialised ?? []) {
      if (row.node === site.kind && row.operations.includes(operation.field))
        held.set(`subsystem ::${row.lock}`, 'exclusive');
    }
  }
  return held;
}
