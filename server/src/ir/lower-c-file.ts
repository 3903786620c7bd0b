/** What stands at file level besides functions: types, globals, prototypes, macro calls. */
import type { CNode } from './c-node.ts';
import { childOf, isNamed } from './c-node.ts';
import type { CText } from './c-type.ts';
import { annotationsIn, declare, specifierOf } from './c-type.ts';
import type { GlobalDeclaration, MacroCall, ParseProblem, StructDeclaration, TypeRef, Value } from './ir.ts';
import { lowerValue, unknown } from './lower-c-expression.ts';
import { constant } from './lower-c-literal.ts';
import {
  argumentSlots,
  declarationMacro,
  followsStatic,
  listElements,
  restoreCall,
  typeOfDeclarationMacro,
} from './lower-c-macro.ts';
import { collectStructs } from './lower-c-struct.ts';
import type { LoweredItem } from './lowered-item.ts';
import type { Lowering } from './lowering-state.ts';
import { createLowering, spanOf } from './lowering-state.ts';

/** A `LoweredItem` while it is collected. */
interface ItemParts {
  readonly text: CText;
  readonly lowering: Lowering;
  readonly structs: StructDeclaration[];
  readonly typedefs: [string, TypeRef][];
  readonly globals: GlobalDeclaration[];
  readonly macroCalls: MacroCall[];
  readonly prototypes: [string, TypeRef][];
  readonly problems: ParseProblem[];
}

/** Lowers what stands between functions. */
export function lowerFileItem(text: CText, node: CNode): LoweredItem {
  const returns: TypeRef = { base: 'void', pointers: 0 };
  const lowering = createLowering({
    text,
    base: node.start,
    fileLevel: true,
    name: '',
    returns,
    lowerBody: () => undefined,
  });
  const parts: ItemParts = {
    text,
    lowering,
    structs: [],
    typedefs: [],
    globals: [],
    macroCalls: [],
    prototypes: [],
    problems: [],
  };
  lowerNode(parts, node);
  const { structs, typedefs, globals, macroCalls, prototypes, problems } = parts;
  return { structs, typedefs, globals, macroCalls, prototypes, problems };
}

function lowerNode(parts: ItemParts, node: CNode): void {
  switch (node.type) {
    case 'declaration':
      lowerGlobalDeclaration(parts, node);
      return;
    case 'type_definition':
      lowerTypedef(parts, node);
      return;
    case 'struct_specifier':
    case 'union_specifier':
      collectStructs(parts.text, node, '', parts.structs, parts.lowering.base);
      return;
    case 'expression_statement': {
      const written = node.children.find(isNamed);
      const expression = written === undefined ? undefined : restoreCall(parts.lowering, written);
      if (expression?.type === 'call_expression') lowerMacroCall(parts, expression);
      else if (expression !== undefined)
        parts.problems.push({ span: spanOf(parts.lowering, node), reason: 'statement outside a function' });
      return;
    }
    case 'call_expression':
      lowerMacroCall(parts, node);
      return;
    default:
      if (isNamed(node) && !node.type.startsWith('preproc_')) {
        parts.problems.push({
          span: spanOf(parts.lowering, node),
          reason: `unexpected ${node.type.replaceAll('_', ' ')} at file level`,
        });
      }
  }
}

/** Types of items that need no lowering. */
export const WITHOUT_MEANING: ReadonlySet<string> = new Set([
  'enum_specifier',
  'attribute_specifier',
  'attribute_declaration',
  'static_assert_declaration',
  'empty_declaration',
]);

function wordOf(parts: ItemParts, node: CNode): string {
  return parts.text.standard.slice(node.start, node.end);
}

function hasStorage(parts: ItemParts, node: CNode, word: string): boolean {
  return node.children.some((child) => child.type === 'storage_class_specifier' && wordOf(parts, child) === word);
}

function lowerGlobalDeclaration(parts: ItemParts, node: CNode): void {
  const specifier = specifierOf(node);
  if (specifier === undefined) return;
  const isStatic = hasStorage(parts, node, 'static');
  if (lowerMacroDeclaration(parts, node, specifier, isStatic)) return;
  const declarators = node.children.filter((child) => child.field === 'declarator');
  const first = declare('', declarators[0], undefined).name;
  const base = collectStructs(
    parts.text,
    specifier,
    first === undefined ? '' : `struct ${wordOf(parts, first)}`,
    parts.structs,
    parts.lowering.base,
  );
  const annotations = annotationsIn(parts.text.original, node.start, declarators[0]?.end ?? node.end);
  for (const declarator of declarators) {
    const declared = declare(base, declarator, annotations);
    if (declared.name === undefined) continue;
    const name = wordOf(parts, declared.name);
    if (declared.parameters !== undefined) {
      parts.prototypes.push([name, declared.type]);
      continue;
    }
    const initial = declarator.type === 'init_declarator' ? childOf(declarator, 'value') : undefined;
    parts.globals.push({
      name,
      type: declared.type,
      isStatic,
      isExtern: hasStorage(parts, node, 'extern'),
      ...(initial === undefined ? {} : { initializer: lowerInitializer(parts, initial) }),
      span: spanOf(parts.lowering, declared.name),
    });
  }
}

function lowerInitializer(parts: ItemParts, node: CNode): Value {
  collectInitializerMacros(parts, node);
  return lowerValue(parts.lowering, node);
}

/** Macros that stand for several fields are no fields, but what they name is still of interest. */
function collectInitializerMacros(parts: ItemParts, node: CNode): void {
  if (node.type !== 'initializer_list') return;
  const isDesignated = node.children.some((child) => child.type === 'initializer_pair');
  for (const child of listElements(parts.lowering, node)) {
    if (child.type === 'call_expression' && isDesignated) lowerMacroCall(parts, child);
    const value = child.type === 'initializer_pair' ? childOf(child, 'value') : child;
    if (value !== undefined) collectInitializerMacros(parts, value);
  }
}

/** `static DEFINE_IDR(x);` parses as a declaration whose type is the macro's name. */
function lowerMacroDeclaration(parts: ItemParts, node: CNode, specifier: CNode, isStatic: boolean): boolean {
  if (specifier.type !== 'type_identifier' && specifier.type !== 'macro_type_specifier') return false;
  const spelling = parts.text.original.slice(node.start, node.end);
  const match = /^((?:(?:static|extern|const)\s+)*)(\w+)\s*\(/.exec(spelling);
  if (match?.[2] === undefined) return false;
  const name = match[2];
  // Parentheses that reached the parser belong to a declarator, save around a lone name.
  const declarator = childOf(node, 'declarator');
  const isLoneName = declarator?.type === 'parenthesized_declarator' && declarator.children[1]?.type === 'identifier';
  if (parts.text.standard[node.start + match[0].length - 1] === '(' && !isLoneName) return false;
  const close = spelling.lastIndexOf(')');
  const args = spelling
    .slice(match[0].length, close < 0 ? undefined : close)
    .split(',')
    .map((word) => nameValue(word.trim()));
  parts.macroCalls.push({ name, args, span: { start: match[1]?.length ?? 0, end: node.end - node.start } });
  declareByMacro(parts, name, args, isStatic || followsStatic(parts.text, node), node);
  return true;
}

/** An argument of a macro that did not parse as a call, from its spelling. */
function nameValue(word: string): Value {
  if (/^[A-Za-z_]\w*$/.test(word))
    return /^_*[A-Z][A-Z0-9_]*$/.test(word)
      ? constant(word)
      : { kind: 'read', place: { root: { kind: 'global', name: word }, steps: [] } };
  if (/^&\s*[A-Za-z_]\w*$/.test(word))
    return { kind: 'address', place: { root: { kind: 'global', name: word.slice(1).trim() }, steps: [] } };
  return /^\d/.test(word) ? constant(word, Number(word)) : unknown([]);
}

function lowerMacroCall(parts: ItemParts, call: CNode): void {
  const callee = childOf(call, 'function');
  if (callee === undefined) return;
  const name = wordOf(parts, callee);
  const args = argumentSlots(parts.lowering, call).map(
    (slot) => slot.type ?? (slot.node === undefined ? constant(slot.spelling) : lowerValue(parts.lowering, slot.node)),
  );
  parts.macroCalls.push({ name, args, span: spanOf(parts.lowering, call) });
  declareByMacro(parts, name, args, followsStatic(parts.text, call), call);
}

/** `DEFINE_MUTEX(lock)` declares a global, so that the lock has an owner. */
function declareByMacro(
  parts: ItemParts,
  name: string,
  args: readonly Value[],
  isStatic: boolean,
  at: { readonly start: number; readonly end: number },
): void {
  const macro = declarationMacro(name);
  const variable = args[0];
  const root = variable?.kind === 'read' ? variable.place.root : undefined;
  const variableName = root?.kind === 'global' ? root.name : variable?.kind === 'constant' ? variable.text : undefined;
  if (macro === undefined || variableName === undefined) return;
  parts.globals.push({
    name: variableName,
    type: typeOfDeclarationMacro(macro),
    isStatic,
    isExtern: false,
    span: spanOf(parts.lowering, at),
  });
}

function lowerTypedef(parts: ItemParts, node: CNode): void {
  const specifier = specifierOf(node);
  if (specifier === undefined) return;
  const declarators = node.children.filter((child) => child.field === 'declarator');
  const first = declare('', declarators[0], undefined).name;
  const base = collectStructs(
    parts.text,
    specifier,
    first === undefined ? '' : wordOf(parts, first),
    parts.structs,
    node.start,
  );
  for (const declarator of declarators) {
    const declared = declare(base, declarator, undefined);
    if (declared.name !== undefined) parts.typedefs.push([wordOf(parts, declared.name), declared.type]);
  }
}
