/** Types and paths as Rust writes them. */
import type { CNode } from './c-node.ts';
import { childOf } from './c-node.ts';
import type { TypeRef } from './ir.ts';

/** What a name or a type can mean where it stands. */
export interface RustNames {
  readonly text: string;
  /** Name → full path, from `use` declarations of the file. */
  readonly uses: ReadonlyMap<string, string>;
  /** The type of `Self`. */
  readonly self?: TypeRef;
}

export const UNKNOWN_TYPE: TypeRef = { base: 'unknown', pointers: 0 };
export const UNIT_TYPE: TypeRef = { base: '()', pointers: 0 };

const PRIMITIVE = /^(?:[iu](?:8|16|32|64|128|size)|f32|f64|bool|char|str|\(\))$/;

/** A type that owns nothing: dropping it does nothing. */
export function isPlain(type: TypeRef): boolean {
  return type.pointers > 0 || PRIMITIVE.test(type.base);
}

/** `a::b::<T>::c` without its generic arguments, in words. */
export function wordsOfPath(names: RustNames, node: CNode): readonly string[] {
  switch (node.type) {
    case 'scoped_identifier':
    case 'scoped_type_identifier': {
      const path = childOf(node, 'path');
      const name = childOf(node, 'name');
      return [...(path === undefined ? [] : wordsOfPath(names, path)), ...(name ? [source(names, name)] : [])];
    }
    case 'generic_type':
    case 'generic_type_with_turbofish':
    case 'generic_function': {
      const inner = childOf(node, 'type') ?? childOf(node, 'function');
      return inner === undefined ? [] : wordsOfPath(names, inner);
    }
    case 'bracketed_type':
    case 'qualified_type': {
      const inner = childOf(node, 'type') ?? node.children.find((child) => child.children.length > 0);
      return inner === undefined ? [] : wordsOfPath(names, inner);
    }
    default:
      return [source(names, node).replace(/^r#/, '')];
  }
}

/** The path that the words mean, as far as `use` declarations tell. `Self` becomes the type's name. */
export function resolvePath(names: RustNames, words: readonly string[]): string {
  const [first = '', ...rest] = words;
  if (first === 'Self' && names.self !== undefined) return [names.self.base, ...rest].join('::');
  const used = names.uses.get(first);
  return used === undefined ? words.join('::') : [used, ...rest].join('::');
}

export function lowerRustType(names: RustNames, node: CNode | undefined): TypeRef {
  if (node === undefined) return UNKNOWN_TYPE;
  switch (node.type) {
    case 'reference_type': {
      const kind = node.children.some((child) => child.type === 'mutable_specifier') ? '&mut' : '&';
      return pointerTo(lowerRustType(names, childOf(node, 'type')), kind);
    }
    case 'pointer_type':
      return pointerTo(lowerRustType(names, childOf(node, 'type')), '*');
    case 'generic_type':
    case 'generic_type_with_turbofish': {
      const type = lowerRustType(names, childOf(node, 'type'));
      const given = genericArguments(names, childOf(node, 'type_arguments'));
      return given.length === 0 ? type : { ...type, arguments: given };
    }
    case 'array_type':
      return { ...lowerRustType(names, childOf(node, 'element')), array: true };
    case 'tuple_type':
      return { base: '()', pointers: 0, arguments: typesIn(names, node) };
    case 'unit_type':
      return UNIT_TYPE;
    case 'abstract_type':
    case 'dynamic_type': {
      const bound = childOf(node, 'trait');
      const type = lowerRustType(names, bound);
      return { ...type, annotations: [node.type === 'abstract_type' ? 'impl' : 'dyn'] };
    }
    case 'bounded_type':
    case 'higher_ranked_trait_bound': {
      const first = node.children.find((child) => child.type !== 'lifetime' && isTypeNode(child));
      return lowerRustType(names, first ?? childOf(node, 'type'));
    }
    case 'function_type': {
      const trait = childOf(node, 'trait');
      const base = trait === undefined ? 'fn' : source(names, trait);
      const returned = childOf(node, 'return_type');
      const parameters = childOf(node, 'parameters');
      return {
        base,
        pointers: 0,
        function: true,
        arguments: [
          ...(parameters === undefined ? [] : typesIn(names, parameters)),
          ...(returned === undefined ? [] : [lowerRustType(names, returned)]),
        ],
      };
    }
    case 'type_identifier':
    case 'identifier':
    case 'primitive_type':
    case 'self':
    case 'scoped_type_identifier':
    case 'scoped_identifier':
      return namedType(names, wordsOfPath(names, node));
    default:
      return UNKNOWN_TYPE;
  }
}

function namedType(names: RustNames, words: readonly string[]): TypeRef {
  if (words.length === 1 && words[0] === 'Self' && names.self !== undefined) return names.self;
  const keepsSelf = words[0] === 'Self';
  const path = keepsSelf ? words.join('::') : resolvePath(names, words);
  const base = words.at(-1) ?? 'unknown';
  // `use a::B as C`: the type is called B.
  const name = words.length === 1 ? (path.split('::').at(-1) ?? base) : base;
  return path === name ? { base: name, pointers: 0 } : { base: name, pointers: 0, path };
}

function genericArguments(names: RustNames, node: CNode | undefined): readonly TypeRef[] {
  return node === undefined ? [] : typesIn(names, node);
}

function typesIn(names: RustNames, node: CNode): readonly TypeRef[] {
  return node.children.filter(isTypeNode).map((child) => lowerRustType(names, child));
}

function isTypeNode(node: CNode): boolean {
  return /(?:^|_)type(?:_identifier|_with_turbofish)?$|^(?:identifier|block|self|type_identifier)$/.test(node.type);
}

export function pointerTo(type: TypeRef, kind: '&' | '&mut' | '*'): TypeRef {
  const { array: _, ...rest } = type;
  return {
    ...(type.array === true ? type : rest),
    pointers: type.pointers + 1,
    annotations: [kind, ...(type.annotations ?? [])],
  };
}

export function source(names: RustNames, node: { readonly start: number; readonly end: number }): string {
  return names.text.slice(node.start, node.end);
}

/** Adds what a `use` declaration brings: `use kernel::{device::{self, Device}, irq as i};`. */
export function addUses(names: RustNames, node: CNode, prefix: readonly string[], into: Map<string, string>): void {
  const add = (words: readonly string[], alias?: string): void => {
    const clean = words.at(-1) === 'self' ? words.slice(0, -1) : words;
    const name = alias ?? clean.at(-1);
    if (name !== undefined && name !== '_') into.set(name, clean.join('::'));
  };
  switch (node.type) {
    case 'use_declaration': {
      const argument = childOf(node, 'argument');
      if (argument !== undefined) addUses(names, argument, prefix, into);
      return;
    }
    case 'scoped_use_list': {
      const path = childOf(node, 'path');
      const list = childOf(node, 'list');
      const inside = path === undefined ? prefix : [...prefix, ...wordsOfPath(names, path)];
      if (list !== undefined) addUses(names, list, inside, into);
      return;
    }
    case 'use_list':
      for (const child of node.children) addUses(names, child, prefix, into);
      return;
    case 'use_as_clause': {
      const path = childOf(node, 'path');
      const alias = childOf(node, 'alias');
      if (path !== undefined && alias !== undefined)
        add([...prefix, ...wordsOfPath(names, path)], source(names, alias));
      return;
    }
    case 'identifier':
    case 'self':
    case 'scoped_identifier':
      add([...prefix, ...wordsOfPath(names, node)]);
      return;
    default:
  }
}
