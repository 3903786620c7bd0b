/** Which locals and temporaries a path state needs to know anything about. */
import type { Block, Value } from '../ir/ir.ts';
import { strip } from './cells.ts';
import type { Fn } from './program.ts';
import { tempName } from './refine.ts';
import { forEachPlace, forEachTemp } from './value-walk.ts';

/** Locals that a branch, a return or a test of a call can depend on; nothing needs to be known of the others. */
export function interestingLocals(fn: Fn): ReadonlySet<string> {
  const names = new Set<string>();
  const see = (value: Value): void => {
    forEachPlace(value, (place) => {
      if (place.root.kind === 'local' && place.steps.length === 0) names.add(place.root.name);
    });
    forEachTemp(value, (id) => {
      for (const argument of fn.calls.get(id)?.args ?? []) {
        const inner = strip(argument);
        if (inner?.kind === 'read' && inner.place.root.kind === 'local' && inner.place.steps.length === 0)
          names.add(inner.place.root.name);
      }
    });
  };
  for (const block of fn.ir.blocks) {
    if (block.end.kind === 'branch') see(block.end.condition);
    if (block.end.kind === 'switch') see(block.end.value);
    if (block.end.kind === 'return' && block.end.value !== undefined) see(block.end.value);
  }
  // Copies: `ret = err; if (ret)`.
  for (let grown = true, round = 0; grown && round < 3; round += 1) {
    grown = false;
    for (const name of [...names]) {
      for (const value of fn.definitions.get(name) ?? []) {
        const before = names.size;
        see(value);
        grown ||= names.size > before;
      }
    }
  }
  return names;
}

export function escapingTemps(blocks: readonly Block[]): ReadonlySet<string> {
  const home = new Map<number, number>();
  const escaping = new Set<string>();
  blocks.forEach((block, index) => {
    for (const operation of block.operations) if (operation.kind === 'call') home.set(operation.id, index);
  });
  blocks.forEach((block, index) => {
    const see = (value: Value): void =>
      forEachTemp(value, (id) => {
        if (home.get(id) !== index) escaping.add(tempName(id));
      });
    for (const operation of block.operations) {
      if (operation.kind === 'assign' || operation.kind === 'evaluate') see(operation.value);
      if (operation.kind === 'call') for (const argument of operation.args) see(argument);
    }
    if (block.end.kind === 'branch') see(block.end.condition);
    if (block.end.kind === 'switch') see(block.end.value);
    if (block.end.kind === 'return' && block.end.value !== undefined) see(block.end.value);
  });
  return escaping;
}
