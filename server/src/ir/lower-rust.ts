/** From the syntax tree of a Rust file to its intermediate representation. */
import type { Span } from '../base/span.ts';
import { shift } from '../base/span.ts';
import type { SyntaxTree } from '../syntax/syntax-tree.ts';
import type { CNode } from './c-node.ts';
import { childOf, copyNode } from './c-node.ts';
import { hashDigest, hashInto, hashState } from './content-hash.ts';
import type {
  FieldDeclaration,
  FileIr,
  FunctionAt,
  GlobalDeclaration,
  ImplDeclaration,
  MacroCall,
  ParseProblem,
  StructDeclaration,
  TypeRef,
} from './ir.ts';
import { lowerRustFunction } from './lower-rust-closure.ts';
import { lowerRustExpression } from './lower-rust-expression.ts';
import type { FunctionCache, LoweredItem } from './lowered-item.ts';
import { NOTHING } from './lowered-item.ts';
import type { ParseRust } from './rust-state.ts';
import type { RustNames } from './rust-type.ts';
import { addUses, lowerRustType, source } from './rust-type.ts';

/** Parses a piece of text of its own. */
export type ParseRustText = (text: string) => SyntaxTree;

export interface LowerRustOptions {
  /** For the input of macros. */
  readonly parse: ParseRustText;
  /** Functions that were lowered before; new ones are added. */
  readonly cache?: FunctionCache;
}

interface RustFile {
  readonly names: RustNames;
  readonly parse: ParseRust;
  /** The whole of a function that was copied without its body. */
  readonly open: (item: CNode) => CNode;
  readonly cache: FunctionCache | undefined;
  /** Hash of the `use` declarations, which decide what names mean. */
  readonly usesHash: string;
  readonly functions: FunctionAt[];
  readonly structs: StructDeclaration[];
  readonly typedefs: Record<string, TypeRef>;
  readonly globals: GlobalDeclaration[];
  readonly macroCalls: MacroCall[];
  readonly prototypes: Record<string, TypeRef>;
  readonly impls: ImplDeclaration[];
  readonly problems: ParseProblem[];
}

/** Never throws. What was not understood is in `problems`, and in `havoc` operations. */
export function lowerRust(tree: SyntaxTree, options: LowerRustOptions): FileIr {
  const text = tree.original;
  const items = itemsOf(tree);
  const uses = new Map<string, string>();
  const names: RustNames = { text, uses };
  collectUses(names, items, uses);
  const file: RustFile = {
    names,
    parse: pieceParser(options.parse),
    open: (item) => copyItem(tree, item),
    cache: options.cache,
    usesHash: hashText([...uses].join('\n')),
    functions: [],
    structs: [],
    typedefs: {},
    globals: [],
    macroCalls: [],
    prototypes: {},
    impls: [],
    problems: [],
  };
  for (const item of items) lowerItem(file, item);
  file.functions.sort((a, b) => a.at - b.at);
  const { functions, structs, typedefs, globals, macroCalls, prototypes, impls, problems } = file;
  return {
    language: 'rust',
    functions,
    structs,
    typedefs,
    globals,
    macroCalls,
    includes: [],
    constants: {},
    prototypes,
    impls,
    uses: Object.fromEntries(uses),
    problems,
  };
}

/** Bodies of functions are closed: of most of them what they were lowered to is known. */
function itemsOf(tree: SyntaxTree): readonly CNode[] {
  const cursor = tree.root.walk();
  try {
    return copyNode(cursor, 0, isClosed).children;
  } finally {
    cursor.delete();
  }
}

function isClosed(type: string, parent: string): boolean {
  return (type === 'block' && parent === 'function_item') || (type === 'token_tree' && parent === 'token_tree');
}

function copyItem(tree: SyntaxTree, { start, end }: CNode): CNode {
  const node = tree.root.descendantForIndex(start, end);
  const cursor = (node ?? tree.root).walk();
  try {
    return copyNode(cursor);
  } finally {
    cursor.delete();
  }
}

function pieceParser(parse: ParseRustText): ParseRust {
  return (prefix, text, suffix, at) => {
    using tree = parse(prefix + text + suffix);
    if (tree.root.hasError) return undefined;
    const cursor = tree.root.walk();
    try {
      return copyNode(cursor, at - prefix.length);
    } finally {
      cursor.delete();
    }
  };
}

function collectUses(names: RustNames, items: readonly CNode[], into: Map<string, string>): void {
  for (const item of items) {
    if (item.type === 'use_declaration') addUses(names, item, [], into);
    else if (item.type === 'mod_item') collectUses(names, childOf(item, 'body')?.children ?? [], into);
  }
}

function lowerItem(file: RustFile, item: CNode): void {
  switch (item.type) {
    case 'function_item':
      lowerFunctionItem(file, item);
      return;
    case 'impl_item':
    case 'trait_item':
      lowerImpl(file, item);
      return;
    case 'mod_item':
    case 'foreign_mod_item':
      for (const inner of childOf(item, 'body')?.children ?? []) lowerItem(file, inner);
      return;
    case 'struct_item':
    case 'union_item':
      lowerStructItem(file, item);
      return;
    case 'enum_item':
      lowerEnum(file, item);
      return;
    case 'type_item': {
      const name = childOf(item, 'name');
      if (name !== undefined)
        file.typedefs[source(file.names, name)] = lowerRustType(file.names, childOf(item, 'type'));
      return;
    }
    case 'static_item':
    case 'const_item':
      lowerGlobal(file, item);
      return;
    case 'function_signature_item': {
      const [name, returned] = [childOf(item, 'name'), childOf(item, 'return_type')];
      if (name !== undefined) file.prototypes[source(file.names, name)] = lowerRustType(file.names, returned);
      return;
    }
    case 'macro_invocation':
      lowerItemMacro(file, item);
      return;
    case 'expression_statement':
      for (const inner of item.children) if (inner.type === 'macro_invocation') lowerItemMacro(file, inner);
      return;
    case 'ERROR':
      file.problems.push({ span: spanOf(item), reason: 'syntax not understood' });
      for (const inner of item.children) lowerItem(file, inner);
      return;
    default:
  }
}

function spanOf(node: CNode): Span {
  return { start: node.start, end: node.end };
}

/** `module_platform_driver! { type: Foo, … }`: the types that it names are its arguments. */
function lowerItemMacro(file: RustFile, item: CNode): void {
  const name = childOf(item, 'macro');
  const input = item.children.find((child) => child.type === 'token_tree');
  if (name === undefined) return;
  const words = input === undefined ? [] : input.children.filter((child) => child.type === 'identifier');
  const args = words.map((word) => ({
    kind: 'read' as const,
    place: { root: { kind: 'global' as const, name: source(file.names, word) }, steps: [] },
  }));
  file.macroCalls.push({ name: `${source(file.names, name)}!`, args, span: spanOf(item) });
}

function lowerGlobal(file: RustFile, item: CNode): void {
  const name = childOf(item, 'name');
  if (name === undefined) return;
  file.globals.push({
    name: source(file.names, name),
    type: lowerRustType(file.names, childOf(item, 'type')),
    isStatic: !item.children.some((child) => child.type === 'visibility_modifier'),
    isExtern: false,
    span: spanOf(item),
  });
}

function lowerStructItem(file: RustFile, item: CNode): void {
  const name = childOf(item, 'name');
  if (name === undefined) return;
  const fields = fieldsOf(file, childOf(item, 'body'));
  file.structs.push({ name: source(file.names, name), fields, span: spanOf(item) });
}

function fieldsOf(file: RustFile, body: CNode | undefined): readonly FieldDeclaration[] {
  const fields: FieldDeclaration[] = [];
  if (body?.type === 'ordered_field_declaration_list') {
    for (const child of body.children) {
      if (child.field !== 'type') continue;
      fields.push({ name: String(fields.length), type: lowerRustType(file.names, child), span: spanOf(child) });
    }
    return fields;
  }
  for (const child of body?.children ?? []) {
    const name = childOf(child, 'name');
    if (child.type !== 'field_declaration' || name === undefined) continue;
    fields.push({
      name: source(file.names, name),
      type: lowerRustType(file.names, childOf(child, 'type')),
      span: spanOf(child),
    });
  }
  return fields;
}

/** A variant is a struct of its own, `Enum::Variant`. */
function lowerEnum(file: RustFile, item: CNode): void {
  const name = childOf(item, 'name');
  if (name === undefined) return;
  const own = source(file.names, name);
  file.structs.push({ name: own, fields: [], span: spanOf(item) });
  for (const variant of childOf(item, 'body')?.children ?? []) {
    const label = childOf(variant, 'name');
    const body = childOf(variant, 'body');
    if (variant.type !== 'enum_variant' || label === undefined || body === undefined) continue;
    file.structs.push({
      name: `${own}::${source(file.names, label)}`,
      fields: fieldsOf(file, body),
      span: spanOf(variant),
    });
  }
}

/** An impl block, or the functions that a trait brings along. */
function lowerImpl(file: RustFile, item: CNode): void {
  const isTrait = item.type === 'trait_item';
  const type = lowerRustType(file.names, childOf(item, isTrait ? 'name' : 'type'));
  const implemented = childOf(item, 'trait');
  const trait = implemented === undefined ? undefined : lowerRustType(file.names, implemented);
  const names: RustNames = { ...file.names, self: type };
  const functions: string[] = [];
  const types: Record<string, TypeRef> = {};
  for (const inner of childOf(item, 'body')?.children ?? []) {
    const name = childOf(inner, 'name');
    if (name === undefined) continue;
    if (inner.type === 'type_item') types[source(names, name)] = lowerRustType(names, childOf(inner, 'type'));
    if (inner.type === 'function_signature_item')
      file.prototypes[`${type.base}::${source(names, name)}`] = lowerRustType(names, childOf(inner, 'return_type'));
    if (inner.type !== 'function_item') continue;
    functions.push(source(names, name));
    lowerFunctionItem({ ...file, names }, inner, { type, ...(trait === undefined ? {} : { trait }) }, item);
  }
  if (!isTrait)
    file.impls.push({ type, ...(trait === undefined ? {} : { trait }), functions, types, span: spanOf(item) });
}

function lowerFunctionItem(file: RustFile, closed: CNode, method?: FunctionMethod, impl?: CNode): void {
  const header =
    impl === undefined ? '' : file.names.text.slice(impl.start, childOf(impl, 'body')?.start ?? impl.start);
  const hash = hashText(file.names.text.slice(closed.start, closed.end));
  const key = `${file.usesHash} ${hashText(header)} ${hash}`;
  let item = file.cache?.get(key);
  if (item === undefined) {
    item = lowerFunction(file, file.open(closed), hash, method);
    if (item === undefined) {
      file.problems.push({ span: spanOf(closed), reason: 'function without a readable name' });
      return;
    }
    file.cache?.set(key, item);
  }
  if (item.ir !== undefined) file.functions.push({ at: closed.start, end: closed.end, ir: item.ir });
  for (const { ir, at, end } of item.inner ?? [])
    file.functions.push({ at: at + closed.start, end: end + closed.start, ir });
  for (const problem of item.problems) file.problems.push({ ...problem, span: shift(problem.span, closed.start) });
}

function lowerFunction(
  file: RustFile,
  node: CNode,
  hash: string,
  method: FunctionMethod | undefined,
): LoweredItem | undefined {
  const nameNode = childOf(node, 'name');
  if (nameNode === undefined) return undefined;
  const own = source(file.names, nameNode).replace(/^r#/, '');
  const name = method === undefined ? own : `${method.type.base}::${own}`;
  const { lowering, ir } = lowerRustFunction(
    { lower: lowerRustExpression, names: file.names, parse: file.parse, name, base: node.start },
    node,
  );
  const ofMethod = method === undefined ? {} : { method };
  const inner = lowering.closures.map((one) => ({
    at: one.at - node.start,
    end: one.end - node.start,
    ir: { ...one.ir, hash: hashText(`${hash} ${one.ir.name}`), ...ofMethod },
  }));
  return { ...NOTHING, ir: { ...ir, hash, ...ofMethod }, inner, problems: lowering.problems };
}

type FunctionMethod = { readonly type: TypeRef; readonly trait?: TypeRef };

function hashText(text: string): string {
  const state = hashState();
  hashInto(state, text, 0, text.length);
  return hashDigest(state);
}
