/** Struct and union declarations with bodies. */
import type { CNode } from './c-node.ts';
import { childOf } from './c-node.ts';
import type { CText } from './c-type.ts';
import { annotationsIn, baseOf, declare, specifierOf } from './c-type.ts';
import type { FieldDeclaration, StructDeclaration } from './ir.ts';
import { declarationMacro, typeOfDeclarationMacro } from './lower-c-macro.ts';

/**
 * The base type that a specifier stands for; structs and unions with a body in it are added to `into`, inner ones
 * first. `anonymous` is the name for one without a tag, complete (`foo_t`) or, when it ends in a dot, to be
 * completed by the variable's name.
 */
export function collectStructs(
  text: CText,
  specifier: CNode,
  anonymous: string,
  into: StructDeclaration[],
  base: number,
): string {
  const name = baseOf(text, specifier, anonymous);
  const body = childOf(specifier, 'body');
  if (body === undefined || (specifier.type !== 'struct_specifier' && specifier.type !== 'union_specifier'))
    return name;
  const fields = fieldsOf(text, body, name, into, base);
  into.push({ name, fields, span: { start: specifier.start - base, end: specifier.end - base } });
  return name;
}

function fieldsOf(
  text: CText,
  body: CNode,
  parent: string,
  into: StructDeclaration[],
  base: number,
): FieldDeclaration[] {
  const fields: FieldDeclaration[] = [];
  for (const node of body.children) {
    if (node.type.startsWith('preproc_')) fields.push(...fieldsOf(text, node, parent, into, base));
    if (node.type !== 'field_declaration') continue;
    const specifier = specifierOf(node);
    if (specifier === undefined) continue;
    const declarators = node.children.filter((child) => child.field === 'declarator');
    const inner = childOf(specifier, 'body');
    if (declarators.length === 0) {
      // Members of an anonymous struct or union belong to the struct around it; a tagged one declares a type as well.
      if (inner !== undefined && childOf(specifier, 'name') === undefined && specifier.type !== 'enum_specifier')
        fields.push(...fieldsOf(text, inner, parent, into, base));
      else if (inner !== undefined) collectStructs(text, specifier, '', into, base);
      continue;
    }
    fields.push(...declaredFields(text, node, specifier, declarators, parent, into, base));
  }
  return fields;
}

function declaredFields(
  text: CText,
  node: CNode,
  specifier: CNode,
  declarators: readonly CNode[],
  parent: string,
  into: StructDeclaration[],
  base: number,
): FieldDeclaration[] {
  const byMacro = fieldByMacro(text, node, base);
  if (byMacro !== undefined) return [byMacro];
  const annotations = annotationsIn(text.original, node.start, node.end);
  const first = declare('', declarators[0], undefined).name;
  const firstName = first === undefined ? '' : text.standard.slice(first.start, first.end);
  const typeName = collectStructs(text, specifier, `${parent.replace(/^union /, 'struct ')}.${firstName}`, into, base);
  const fields: FieldDeclaration[] = [];
  for (const declarator of declarators) {
    const { name, type } = declare(typeName, declarator, annotations);
    if (name === undefined) continue;
    const span = { start: name.start - base, end: name.end - base };
    fields.push({ name: text.standard.slice(name.start, name.end), type, span });
  }
  return fields;
}

/** `DECLARE_BITMAP(map, 32);` as a member. */
function fieldByMacro(text: CText, node: CNode, base: number): FieldDeclaration | undefined {
  const match = /^(\w+)\s*\(\s*(\w+)/.exec(text.original.slice(node.start, node.end));
  const macro = match?.[1] === undefined ? undefined : declarationMacro(match[1]);
  if (match?.[2] === undefined || macro === undefined) return undefined;
  const start = node.start - base + match[0].length - match[2].length;
  return { name: match[2], type: typeOfDeclarationMacro(macro), span: { start, end: start + match[2].length } };
}
