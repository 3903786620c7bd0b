/** Rust types as values: reading those of contracts, filling in generic arguments, looking through pointers. */
import type { TypeRef } from '../../ir/ir.ts';

/** Reads `Option<RevocableGuard<$0>>`, `&$0`, `rcu::Guard`. */
export function parseRustType(text: string): TypeRef {
  const trimmed = text.trim();
  if (trimmed.startsWith('&')) {
    const inner = parseRustType(trimmed.slice(1));
    return { ...inner, pointers: inner.pointers + 1, annotations: ['&', ...(inner.annotations ?? [])] };
  }
  const open = trimmed.indexOf('<');
  const path = open < 0 ? trimmed : trimmed.slice(0, open);
  const base = path.slice(path.lastIndexOf(':') + 1);
  const type: TypeRef = path === base ? { base, pointers: 0 } : { base, pointers: 0, path };
  if (open < 0) return type;
  return { ...type, arguments: splitArguments(trimmed.slice(open + 1, -1)).map(parseRustType) };
}

function splitArguments(text: string): readonly string[] {
  const parts: string[] = [];
  let depth = 0;
  let start = 0;
  for (const [at, character] of [...text].entries()) {
    if (character === '<') depth++;
    else if (character === '>') depth--;
    else if (character === ',' && depth === 0) {
      parts.push(text.slice(start, at));
      start = at + 1;
    }
  }
  return [...parts, text.slice(start)];
}

/** Fills in `$self`, `$0`, …; undefined where one of them is not known. */
export function substitute(type: TypeRef, self: TypeRef | undefined): TypeRef | undefined {
  if (type.base.startsWith('$')) {
    const given =
      type.base === '$self' ? self && { ...self, pointers: 0 } : self?.arguments?.[Number(type.base.slice(1))];
    if (given === undefined) return undefined;
    return {
      ...given,
      pointers: given.pointers + type.pointers,
      ...annotationsOf([...(type.annotations ?? []), ...(given.annotations ?? [])]),
    };
  }
  if (type.arguments === undefined) return type;
  // An argument that is not known leaves the rest as it is.
  return { ...type, arguments: type.arguments.map((one) => substitute(one, self) ?? UNKNOWN) };
}

export const UNKNOWN: TypeRef = { base: 'unknown', pointers: 0 };

export function isKnown(type: TypeRef | undefined): type is TypeRef {
  return type !== undefined && type.base !== 'unknown';
}

function annotationsOf(annotations: readonly string[]): { annotations?: readonly string[] } {
  return annotations.length === 0 ? {} : { annotations };
}

export function referenceTo(type: TypeRef): TypeRef {
  return { ...type, pointers: type.pointers + 1, annotations: ['&', ...(type.annotations ?? [])] };
}

/** What one pointer less leaves. */
export function pointeeOf(type: TypeRef): TypeRef {
  const [, ...annotations] = type.annotations ?? [];
  const { annotations: _, ...rest } = type;
  return { ...rest, pointers: Math.max(0, type.pointers - 1), ...annotationsOf(annotations) };
}

export function pathOfType(type: TypeRef): string {
  return type.path ?? type.base;
}

/** As users write it, without lifetimes. */
export function spellRustType(type: TypeRef): string {
  const given = type.arguments === undefined ? '' : `<${type.arguments.map(spellRustType).join(', ')}>`;
  const base =
    type.base === '()' ? `(${(type.arguments ?? []).map(spellRustType).join(', ')})` : `${type.base}${given}`;
  const marks = (type.annotations ?? []).filter((mark) => mark.startsWith('&') || mark === '*');
  return `${marks.map((mark) => (mark === '&mut' ? '&mut ' : mark)).join('')}${type.array === true ? `[${base}]` : base}`;
}
