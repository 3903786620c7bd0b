/** Types and declarators of C as `TypeRef`. */

import type { CNode } from './c-node.ts';
import { childOf } from './c-node.ts';
import type { TypeRef } from './ir.ts';

/** The two spellings of a file: as the user wrote it, and as the parser saw it. Offsets are the same. */
export interface CText {
  readonly original: string;
  readonly standard: string;
}

/** What one declarator declares. */
export interface Declared {
  readonly name: CNode | undefined;
  readonly type: TypeRef;
  /** Parameters, when the declarator declares a function rather than a pointer to one. */
  readonly parameters?: CNode;
}

export const UNKNOWN_TYPE: TypeRef = { base: 'unknown', pointers: 0 };

const ANNOTATION = /\b(?:const|__(?:iomem|user|rcu|percpu))\b/g;
const QUALIFIER = /\b(?:const|volatile|restrict|register|static|inline|extern|__restrict|__signed__)\b/g;

/** Annotations that the dialect pass hides from the parser, read from the user's own text. */
export function annotationsIn(original: string, start: number, end: number): readonly string[] | undefined {
  const found = original.slice(start, end).match(ANNOTATION);
  return found === null ? undefined : [...new Set(found)];
}

/** `struct foo`, `unsigned int`, `foo_t`: the base of a type specifier. `anonymous` names a braced one without a tag. */
export function baseOf(text: CText, specifier: CNode | undefined, anonymous: string): string {
  if (specifier === undefined) return 'int';
  switch (specifier.type) {
    case 'struct_specifier':
    case 'union_specifier':
    case 'enum_specifier': {
      const keyword = specifier.type.slice(0, specifier.type.indexOf('_'));
      const name = childOf(specifier, 'name');
      if (
        name !== undefined &&
        text.original.startsWith('typeof', specifier.start + leadingUnderscores(text, specifier))
      ) {
        return closedText(text.original, specifier.start);
      }
      if (name !== undefined) return `${keyword} ${text.standard.slice(name.start, name.end)}`;
      return anonymous === '' ? keyword : anonymous;
    }
    default:
      return text.original.slice(specifier.start, specifier.end).replace(QUALIFIER, ' ').replace(/\s+/g, ' ').trim();
  }
}

/** `typeof(x)` reaches the parser as a struct. */
function leadingUnderscores(text: CText, specifier: CNode): number {
  return text.original.startsWith('__', specifier.start) ? 2 : 0;
}

/** The text from `start` to the parenthesis that closes its first one. */
export function closedText(text: string, start: number): string {
  const end = closingParenthesis(text, start);
  return text.slice(start, end < 0 ? start : end + 1).replace(/\s+/g, ' ');
}

/** Offset of the parenthesis that closes the first one at or behind `start`; -1 when nothing does. */
export function closingParenthesis(text: string, start: number): number {
  let depth = 0;
  for (let at = text.indexOf('(', start); at >= 0 && at < text.length; at++) {
    const character = text[at];
    if (character === '(') depth++;
    else if (character === ')' && --depth === 0) return at;
    else if (character === '"') {
      for (at++; at < text.length && text[at] !== '"'; at++) if (text[at] === '\\') at++;
    }
  }
  return -1;
}

interface Shape {
  name: CNode | undefined;
  pointers: number;
  array: boolean;
  function: boolean;
  parameters: CNode | undefined;
}

/** Reads a declarator from the outside in. */
function shapeOf(declarator: CNode | undefined): Shape {
  const shape: Shape = { name: undefined, pointers: 0, array: false, function: false, parameters: undefined };
  for (let at = declarator; at !== undefined; ) {
    switch (at.type) {
      case 'pointer_declarator':
      case 'abstract_pointer_declarator':
        shape.pointers++;
        break;
      case 'array_declarator':
      case 'abstract_array_declarator':
        shape.array = true;
        break;
      case 'function_declarator':
      case 'abstract_function_declarator':
        // What a function returns does not matter here: `pointers` starts again for the pointer to it.
        shape.function = true;
        shape.parameters = childOf(at, 'parameters');
        if (childOf(at, 'declarator')?.type.endsWith('parenthesized_declarator')) shape.pointers = 0;
        break;
      case 'identifier':
      case 'field_identifier':
      case 'type_identifier':
      case 'primitive_type':
        shape.name = at;
        return shape;
      default:
        break;
    }
    at = childOf(at, 'declarator') ?? innerDeclarator(at);
  }
  return shape;
}

function innerDeclarator(node: CNode): CNode | undefined {
  if (node.type.endsWith('parameter_list')) return undefined;
  return node.children.find(
    (child) =>
      child.type.endsWith('declarator') ||
      child.type === 'identifier' ||
      child.type === 'field_identifier' ||
      child.type === 'type_identifier',
  );
}

/** Type and name that `declarator` gives to a declaration whose specifier has the base `base`. */
export function declare(
  base: string,
  declarator: CNode | undefined,
  annotations: readonly string[] | undefined,
): Declared {
  const shape = shapeOf(declarator);
  const isPointer = shape.function && shape.pointers > 0 && hasParenthesizedPointer(declarator);
  const type: TypeRef = {
    base,
    pointers: shape.pointers,
    ...(shape.array ? { array: true } : {}),
    ...(shape.function && (isPointer || shape.name === undefined) ? { function: true } : {}),
    ...(annotations === undefined ? {} : { annotations }),
  };
  if (shape.function && !isPointer && shape.parameters !== undefined)
    return { name: shape.name, type, parameters: shape.parameters };
  return { name: shape.name, type };
}

function hasParenthesizedPointer(declarator: CNode | undefined): boolean {
  for (let at = declarator; at !== undefined; at = childOf(at, 'declarator') ?? innerDeclarator(at)) {
    if (
      at.type.endsWith('parenthesized_declarator') &&
      at.children.some((child) => child.type.endsWith('pointer_declarator'))
    )
      return true;
  }
  return false;
}

/** The specifier of a declaration, parameter, field or type descriptor. */
export function specifierOf(node: CNode): CNode | undefined {
  return childOf(node, 'type');
}

/** `type_descriptor`, as in casts and `sizeof`. */
export function typeOfDescriptor(text: CText, descriptor: CNode): TypeRef {
  const base = baseOf(text, specifierOf(descriptor), '');
  const annotations = annotationsIn(text.original, descriptor.start, descriptor.end);
  return declare(base, childOf(descriptor, 'declarator'), annotations).type;
}

/** A type that a macro takes as an argument, from its spelling: `struct foo *`, `const u8`, `foo_t`. */
export function typeOfSpelling(spelling: string): TypeRef {
  const annotations = annotationsIn(spelling, 0, spelling.length);
  const words = spelling.replace(ANNOTATION, ' ').replace(QUALIFIER, ' ');
  const pointers = words.startsWith('typeof')
    ? words.slice(words.lastIndexOf(')')).split('*').length - 1
    : words.split('*').length - 1;
  const base = words.startsWith('typeof') ? words.slice(0, words.lastIndexOf(')') + 1) : words.replaceAll('*', ' ');
  return { base: base.replace(/\s+/g, ' ').trim(), pointers, ...(annotations === undefined ? {} : { annotations }) };
}

/** Parameter declarations of a list, `...` and `(void)` left out. */
export function parametersOf(list: CNode | undefined): CNode[] {
  const found = (list?.children ?? []).filter(
    (child) => child.type === 'parameter_declaration' || child.type === 'identifier',
  );
  const only = found[0];
  const isVoid =
    found.length === 1 && only?.type === 'parameter_declaration' && childOf(only, 'declarator') === undefined;
  return isVoid && childOf(only, 'type')?.type === 'primitive_type' ? [] : found;
}
