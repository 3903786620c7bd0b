/** Rust patterns: what they test, and the variables that they bind. */
import type { CNode } from './c-node.ts';
import { childOf } from './c-node.ts';
import type { TypeRef, Value } from './ir.ts';
import type { RustLowering } from './rust-state.ts';
import { assign, declareRust, operator, placeAt, spanIn, textIn } from './rust-state.ts';
import { resolvePath, UNKNOWN_TYPE, wordsOfPath } from './rust-type.ts';

const IGNORED: ReadonlySet<string> = new Set([
  '_',
  'remaining_field_pattern',
  'mutable_specifier',
  'ref',
  '..',
  'lifetime',
]);

/** Tests whether the value fits; control goes on in the current block where it does and to `otherwise` where not. */
export function testPattern(l: RustLowering, pattern: CNode, value: Value, otherwise: number): void {
  switch (pattern.type) {
    case 'match_pattern':
    case 'mut_pattern':
    case 'ref_pattern': {
      const inner = innerPattern(pattern);
      if (inner !== undefined) testPattern(l, inner, value, otherwise);
      return;
    }
    case 'captured_pattern': {
      const inner = pattern.children.filter(isPattern)[1];
      if (inner !== undefined) testPattern(l, inner, value, otherwise);
      return;
    }
    case 'reference_pattern': {
      const inner = innerPattern(pattern);
      if (inner !== undefined) testPattern(l, inner, pointee(l, inner, value), otherwise);
      return;
    }
    case 'tuple_struct_pattern': {
      const name = nameOf(l, pattern);
      if (name === undefined) return;
      branchOn(l, operator(`is ${name}`, value), pattern, otherwise);
      const parts = partsOf(pattern);
      for (const [index, part] of parts.entries()) testPattern(l, part, partOf(name, index, value), otherwise);
      return;
    }
    case 'tuple_pattern':
      for (const [index, part] of partsOf(pattern).entries())
        testPattern(l, part, elementOf(l, part, value, index), otherwise);
      return;
    case 'struct_pattern': {
      const name = nameOf(l, pattern);
      // A struct's own name cannot fail; a variant's has a path.
      if (name !== undefined && childOf(pattern, 'type')?.type === 'scoped_type_identifier')
        branchOn(l, operator(`is ${name}`, value), pattern, otherwise);
      return;
    }
    case 'or_pattern': {
      const fits = l.cfg.create();
      const alternatives = pattern.children.filter(isPattern);
      for (const [index, one] of alternatives.entries()) {
        const next = index === alternatives.length - 1 ? otherwise : l.cfg.create();
        testPattern(l, one, value, next);
        l.cfg.goto(fits);
        if (next !== otherwise) l.cfg.enter(next);
      }
      l.cfg.enter(fits);
      return;
    }
    case 'identifier':
    case 'scoped_identifier':
      if (isConstant(l, pattern)) branchOn(l, operator(`is ${nameOfPath(l, pattern)}`, value), pattern, otherwise);
      return;
    default:
      if (IGNORED.has(pattern.type)) return;
      // Literals, ranges, slices.
      branchOn(l, operator('fits', value, { kind: 'constant', text: textIn(l, pattern) }), pattern, otherwise);
  }
}

/** Declares the variables of a pattern that fits. */
export function bindPattern(l: RustLowering, pattern: CNode, value: Value, type: TypeRef = UNKNOWN_TYPE): void {
  switch (pattern.type) {
    case 'match_pattern':
    case 'mut_pattern': {
      const inner = innerPattern(pattern);
      if (inner !== undefined) bindPattern(l, inner, value, type);
      return;
    }
    case 'ref_pattern': {
      const inner = innerPattern(pattern);
      if (inner !== undefined)
        bindPattern(l, inner, { kind: 'address', place: placeAt(l, inner, { kind: 'value', value }) });
      return;
    }
    case 'reference_pattern': {
      const inner = innerPattern(pattern);
      if (inner !== undefined) bindPattern(l, inner, pointee(l, inner, value));
      return;
    }
    case 'captured_pattern': {
      const [name, inner] = pattern.children.filter(isPattern);
      if (name !== undefined) declareAs(l, name, value, type);
      if (inner !== undefined) bindPattern(l, inner, value);
      return;
    }
    case 'tuple_struct_pattern': {
      const name = nameOf(l, pattern) ?? '?';
      for (const [index, part] of partsOf(pattern).entries()) bindPattern(l, part, partOf(name, index, value));
      return;
    }
    case 'tuple_pattern':
      for (const [index, part] of partsOf(pattern).entries())
        bindPattern(l, part, elementOf(l, part, value, index), type.arguments?.[index]);
      return;
    case 'slice_pattern':
      for (const part of partsOf(pattern)) bindPattern(l, part, operator('as []', value));
      return;
    case 'struct_pattern':
      for (const field of pattern.children) if (field.type === 'field_pattern') bindField(l, field, value);
      return;
    case 'or_pattern': {
      const [first] = pattern.children.filter(isPattern);
      if (first !== undefined) bindPattern(l, first, value, type);
      return;
    }
    case 'identifier':
    case 'self':
      if (!isConstant(l, pattern)) declareAs(l, pattern, value, type);
      return;
    default:
  }
}

function bindField(l: RustLowering, field: CNode, value: Value): void {
  const name = childOf(field, 'name');
  if (name === undefined) return;
  const inside: Value = {
    kind: 'read',
    place: placeAt(l, field, { kind: 'value', value }, [{ kind: 'field', name: textIn(l, name) }]),
  };
  const pattern = childOf(field, 'pattern');
  if (pattern === undefined) declareAs(l, name, inside, UNKNOWN_TYPE);
  else bindPattern(l, pattern, inside);
}

function declareAs(l: RustLowering, name: CNode, value: Value, type: TypeRef): void {
  const root = declareRust(l, textIn(l, name).replace(/^r#/, ''), type, value);
  assign(l, root, value, name);
}

/** What a variant holds. The only part has no number. */
function partOf(name: string, index: number, value: Value): Value {
  return operator(index === 0 ? `as ${name}` : `as ${name}.${index}`, value);
}

function elementOf(l: RustLowering, node: CNode, value: Value, index: number): Value {
  if (value.kind === 'aggregate' && value.type === undefined)
    return value.fields[index]?.value ?? { kind: 'unknown', parts: [] };
  return { kind: 'read', place: placeAt(l, node, { kind: 'value', value }, [{ kind: 'field', name: String(index) }]) };
}

function pointee(l: RustLowering, node: CNode, value: Value): Value {
  return { kind: 'read', place: placeAt(l, node, { kind: 'value', value }, [{ kind: 'deref' }]) };
}

function branchOn(l: RustLowering, condition: Value, node: CNode, otherwise: number): void {
  if (!l.cfg.isOpen) return;
  const fits = l.cfg.create();
  l.cfg.branch(condition, fits, otherwise, spanIn(l, node));
  l.cfg.enter(fits);
}

function innerPattern(pattern: CNode): CNode | undefined {
  return pattern.children.find((child) => isPattern(child) && child.field !== 'condition');
}

function partsOf(pattern: CNode): readonly CNode[] {
  return pattern.children.filter((child) => child.field !== 'type' && (isPattern(child) || child.type === '_'));
}

function isPattern(node: CNode): boolean {
  if (node.field === 'condition' || node.type === 'mutable_specifier') return false;
  return node.children.length > 0 || /^(?:identifier|self|[a-z]+_(?:pattern|literal)|_)$/.test(node.type);
}

/** A name in capitals is a constant or a variant, not a new variable. */
function isConstant(l: RustLowering, node: CNode): boolean {
  return node.type === 'scoped_identifier' || /^[A-Z]/.test(textIn(l, node));
}

function nameOf(l: RustLowering, pattern: CNode): string | undefined {
  const type = childOf(pattern, 'type');
  return type === undefined ? undefined : nameOfPath(l, type);
}

/** The last word of the variant's path: `Some`, `Ok`, `Stop`. */
function nameOfPath(l: RustLowering, node: CNode): string {
  return resolvePath(l.names, wordsOfPath(l.names, node)).split('::').at(-1) ?? '?';
}
