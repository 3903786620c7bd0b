/** Objects that are freed through another type: the host of a private area, or a first member. */
import { strip } from '../cells.ts';
import type { Call, Fn } from '../program.ts';
import type { Parts } from '../removal.ts';

type How = 'first-member' | 'host';

export class Enclosing {
  private readonly types = new Map<string, Map<string, How>>();

  constructor(parts: Parts) {
    const { program } = parts;
    for (const struct of program.ownStructs()) {
      const first = struct.fields[0];
      const type = first === undefined ? undefined : program.resolve(first.type);
      if (type !== undefined && type.pointers === 0 && type.array !== true && /^struct /.test(type.base))
        this.add(struct.name, type.base, 'first-member');
    }
    for (const fn of program.functions.values()) {
      for (const call of fn.calls.values()) {
        if (call.callee.kind !== 'named') continue;
        for (const effect of program.knowledge.findFunction(call.callee.name)?.does ?? []) {
          if (effect.verb !== 'allocates' || effect.privateSize?.at !== 'arg' || effect.owner !== 'caller') continue;
          const size = strip(call.args[effect.privateSize.index]);
          const inner =
            size?.kind !== 'sizeof'
              ? undefined
              : (size.type ?? (size.of === undefined ? undefined : program.typeOf(size.of, fn)));
          const host = hostType(call, fn, parts);
          if (inner !== undefined && inner.pointers === 0 && host !== undefined) this.add(inner.base, host, 'host');
        }
      }
    }
  }

  private add(type: string, outer: string, how: How): void {
    const known = this.types.get(type) ?? new Map<string, How>();
    known.set(outer, how);
    this.types.set(type, known);
  }

  /** Types whose free is a free of this one as well. */
  around(type: string): ReadonlyMap<string, How> {
    return this.types.get(type) ?? new Map();
  }
}

/** Type of the variable that receives the new object. */
function hostType(call: Call, fn: Fn, { program }: Parts): string | undefined {
  for (const block of fn.ir.blocks) {
    for (const operation of block.operations) {
      if (operation.kind !== 'assign') continue;
      const value = strip(operation.value);
      if (value?.kind !== 'temp' || value.id !== call.id) continue;
      const type = program.typeOfPlace(operation.to, fn);
      return type !== undefined && type.pointers === 1 && type.base !== 'void' ? type.base : undefined;
    }
  }
  return undefined;
}
