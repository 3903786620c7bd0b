/** Locks that a core holds around the operations of a driver. */
import type { Knowledge } from '../../knowledge/lookup.ts';
import type { Mode, Modes } from './state.ts';

/** `owner`: the kind of the node, or the struct of the table. */
export function heldByContract(owner: string, field: string, knowledge: Knowledge): Modes {
  const held = new Map<string, Mode>();
  for (const file of knowledge.files) {
    for (const row of file.serialised ?? []) {
      if ((row.node === owner || row.table === owner) && row.operations.includes(field))
        held.set(`subsystem ::${row.lock}`, 'exclusive');
    }
  }
  return held;
}
