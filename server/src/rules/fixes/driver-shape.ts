/** What fixes ask of the IR: where a function is, what it calls, which variable holds the device's own object. */

import type { ModuleInput, SourceUnit } from '../../analysis/model.ts';
import type { Span } from '../../base/span.ts';
import { shift } from '../../base/span.ts';
import type { FunctionAt, Place, StructDeclaration, Value } from '../../ir/ir.ts';

export interface PlacedFunction {
  readonly unit: SourceUnit;
  readonly fn: FunctionAt;
}

export interface NamedCall {
  readonly name: string;
  readonly args: readonly Value[];
  /** Absolute. */
  readonly span: Span;
}

export function functionNamed(module: ModuleInput, name: string, file?: string): PlacedFunction | undefined {
  for (const unit of [...module.units, ...module.headers]) {
    if (file !== undefined && unit.path !== file) continue;
    const fn = unit.ir.functions.find((candidate) => candidate.ir.name === name && candidate.ir.macro !== true);
    if (fn !== undefined) return { unit, fn };
  }
  return undefined;
}

/** Calls by name, in the order of the blocks. */
export function callsOf(fn: FunctionAt): NamedCall[] {
  return fn.ir.blocks.flatMap((block) =>
    block.operations.flatMap((operation) =>
      operation.kind === 'call' && operation.callee.kind === 'named' && operation.origin === 'call'
        ? [{ name: operation.callee.name, args: operation.args, span: shift(operation.span, fn.at) }]
        : [],
    ),
  );
}

/** Functions of the module that `name` reaches through calls by name, itself included. */
export function reachable(module: ModuleInput, name: string): PlacedFunction[] {
  const seen = new Map<string, PlacedFunction>();
  const waiting = [name];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const found = seen.has(next) ? undefined : functionNamed(module, next);
    if (found === undefined) continue;
    seen.set(next, found);
    waiting.push(...callsOf(found.fn).map((call) => call.name));
  }
  return [...seen.values()];
}

export function structNamed(
  module: ModuleInput,
  name: string,
): { readonly unit: SourceUnit; readonly struct: StructDeclaration } | undefined {
  for (const unit of [...module.units, ...module.headers]) {
    const struct = unit.ir.structs.find((candidate) => candidate.name === name);
    if (struct !== undefined) return { unit, struct };
  }
  return undefined;
}

/** `priv->misc`, `&priv->misc`: the local that an argument starts from, and the path from there. */
export function pathOf(value: Value | undefined): { readonly local: string; readonly fields: string } | undefined {
  if (value?.kind === 'cast') return pathOf(value.value);
  if (value?.kind !== 'address' && value?.kind !== 'read') return undefined;
  const place: Place = value.place;
  if (place.root.kind !== 'local') return undefined;
  const fields = place.steps.flatMap((step) => (step.kind === 'field' ? [step.name] : []));
  return { local: place.root.name, fields: fields.join('.') };
}

/** `&foo.misc` of a global `struct foo foo`: the struct's name, and the path from there. */
export function globalPathOf(
  module: ModuleInput,
  value: Value | undefined,
): { readonly type: string; readonly fields: string } | undefined {
  if (value?.kind === 'cast') return globalPathOf(module, value.value);
  if (value?.kind !== 'address' || value.place.root.kind !== 'global') return undefined;
  const { name } = value.place.root;
  const type = module.units.flatMap(({ ir }) => ir.globals).find((global) => global.name === name)?.type;
  const fields = value.place.steps.flatMap((step) => (step.kind === 'field' ? [step.name] : []));
  return type?.pointers === 0 && fields.length > 0 ? { type: type.base, fields: fields.join('.') } : undefined;
}

/** An expression for the object of a struct type that is at hand in a function. */
export interface Holder {
  /** `priv->` or `priv.`: what a field's name is appended to. */
  readonly prefix: string;
  /** `priv` or `&priv`: a pointer to it. */
  readonly pointer: string;
}

/** `preferred` is the local that a call in question names. */
export function holderIn(module: ModuleInput, fn: FunctionAt, type: string, preferred?: string): Holder | undefined {
  const locals = Object.entries(fn.ir.locals)
    .filter(
      ([name, local]) => local.base === type && local.pointers === 1 && local.array !== true && !name.includes('#'),
    )
    .map(([name]) => name);
  const name = preferred !== undefined && locals.includes(preferred) ? preferred : locals[0];
  if (name !== undefined) return { prefix: `${name}->`, pointer: name };
  for (const unit of module.units) {
    for (const global of unit.ir.globals) {
      if (global.type.base !== type || global.type.array === true || global.name.includes('.')) continue;
      if (global.type.pointers === 1) return { prefix: `${global.name}->`, pointer: global.name };
      if (global.type.pointers === 0) return { prefix: `${global.name}.`, pointer: `&${global.name}` };
    }
  }
  return undefined;
}

/** A local of integer type that error codes go into. */
export function errorVariable(fn: FunctionAt): string | undefined {
  return ['ret', 'err', 'error', 'rc', 'retval', 'result', 'status', 'r'].find((name) => {
    const type = fn.ir.locals[name];
    return type?.pointers === 0 && type.array !== true && /^(?:int|long|ssize_t)$/.test(type.base);
  });
}
