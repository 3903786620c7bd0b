/** Whose directory a file of a pseudo filesystem is in: files go with their directory. */
import type { Value } from '../ir/ir.ts';
import { strip, structOf } from './cells.ts';
import type { NodeSite } from './nodes.ts';
import type { Fn } from './program.ts';
import type { Parts } from './removal.ts';
import { slotValue } from './slots.ts';
import type { Publication } from './subsystem-facts.ts';

const MAX_DEPTH = 8;

/** `foreign`: the directory was handed in, or belongs to an object of another module, which removes it. */
export function directoryOwner(site: NodeSite, published: Publication, parts: Parts): 'module' | 'foreign' | undefined {
  const { effect, call } = published;
  if (effect?.parent === undefined || call === undefined || site.fn === undefined) return undefined;
  const value = slotValue(effect.parent, call);
  return value === undefined ? undefined : ownerOf(value, site.fn, parts, 0);
}

function ownerOf(value: Value, fn: Fn, parts: Parts, depth: number): 'module' | 'foreign' | undefined {
  const inner = strip(value);
  if (inner === undefined || depth > MAX_DEPTH) return undefined;
  if (inner.kind === 'constant') return 'module';
  if (inner.kind === 'temp') return ownerOfResult(inner.id, fn, parts, depth);
  if (inner.kind === 'operator')
    return firstKnown(inner.operands.map((operand) => ownerOf(operand, fn, parts, depth + 1)));
  if (inner.kind !== 'read') return undefined;
  const { place } = inner;
  if (place.root.kind === 'local' && place.steps.length === 0) {
    const { name } = place.root;
    const definitions = (fn.definitions.get(name) ?? []).filter((definition) => strip(definition)?.kind !== 'constant');
    if (definitions.length > 0)
      return firstKnown(definitions.map((definition) => ownerOf(definition, fn, parts, depth + 1)));
    return ownerOfParameter(name, fn, parts, depth);
  }
  const { cell } = parts.cells.place(place, fn);
  // A member of a struct that the module does not declare is another module's.
  if (cell === undefined) return place.steps.some((step) => step.kind === 'field') ? 'foreign' : undefined;
  const stores = parts.objects.storesTo(cell).filter((store) => strip(store.value)?.kind !== 'constant');
  if (stores.length > 0)
    return firstKnown(
      stores.map((store) => (isOwn(store.fn, parts) ? ownerOf(store.value, store.fn, parts, depth + 1) : 'foreign')),
    );
  const struct = structOf(cell);
  return struct !== undefined && !parts.program.isOwnStruct(struct) ? 'foreign' : undefined;
}

function ownerOfResult(id: number, fn: Fn, parts: Parts, depth: number): 'module' | 'foreign' | undefined {
  const call = fn.calls.get(id);
  if (call?.callee.kind !== 'named') return undefined;
  const own = parts.program.findFunction(call.callee.name, fn.unit);
  if (own !== undefined) {
    if (!isOwn(own, parts)) return 'foreign';
    return firstKnown(
      own.ir.blocks.map(({ end }) =>
        end.kind === 'return' && end.value !== undefined ? ownerOf(end.value, own, parts, depth + 1) : undefined,
      ),
    );
  }
  for (const effect of parts.program.knowledge.findFunction(call.callee.name)?.does ?? []) {
    if (effect.verb !== 'publishes' || effect.parent === undefined) continue;
    const parent = slotValue(effect.parent, call);
    return parent === undefined ? undefined : ownerOf(parent, fn, parts, depth + 1);
  }
  return 'foreign';
}

function ownerOfParameter(name: string, fn: Fn, parts: Parts, depth: number): 'module' | 'foreign' | undefined {
  const index = fn.ir.parameters.findIndex((parameter) => parameter.name === name);
  if (index < 0) return undefined;
  const found: ('module' | 'foreign' | undefined)[] = [];
  for (const caller of parts.graph.callers(fn)) {
    for (const call of caller.calls.values()) {
      const argument = call.callee.kind === 'named' && call.callee.name === fn.ir.name ? call.args[index] : undefined;
      if (argument !== undefined) found.push(ownerOf(argument, caller, parts, depth + 1));
    }
  }
  return found.length === 0 ? 'foreign' : firstKnown(found);
}

function isOwn(fn: Fn, { program }: Parts): boolean {
  return fn.ir.macro === true || program.own.has(fn.key);
}

/** The module's own as soon as one is: its removal is then the module's business. */
function firstKnown(owners: readonly ('module' | 'foreign' | undefined)[]): 'module' | 'foreign' | undefined {
  return owners.includes('module') ? 'module' : owners.find((owner) => owner !== undefined);
}
