/** Declarations inside functions. */
import type { CNode } from './c-node.ts';
import { childOf } from './c-node.ts';
import { annotationsIn, baseOf, declare, specifierOf } from './c-type.ts';
import type { TypeRef } from './ir.ts';
import { lowerInto, lowerValue } from './lower-c-expression.ts';
import {
  addFreeCleanup,
  argumentSlots,
  declarationMacro,
  followsStatic,
  resolveType,
  typeOfDeclarationMacro,
} from './lower-c-macro.ts';
import { collectStructs } from './lower-c-struct.ts';
import type { Lowering } from './lowering-state.ts';
import { declareLocal, declareStatic, place, spellingOf, textOf } from './lowering-state.ts';

const FREE = /\b__(?:free|cleanup)\s*\(\s*(\w+)\s*\)/g;

/** `int a, *b = c;`, with `static` and `__free(…)`. */
export function lowerDeclaration(lowering: Lowering, node: CNode): void {
  const isStatic = node.children.some(
    (child) => child.type === 'storage_class_specifier' && textOf(lowering, child) === 'static',
  );
  const specifier = specifierOf(node);
  if (specifier !== undefined && lowerDeclarationMacro(lowering, node, specifier, isStatic)) return;
  const base =
    specifier === undefined
      ? 'int'
      : collectStructs(lowering.text, specifier, `struct ${lowering.name}.`, lowering.structs, lowering.base);
  const annotations = annotationsIn(lowering.text.original, node.start, node.end);
  const frees = freesIn(lowering, node);
  const declarators = node.children.filter((child) => child.field === 'declarator');
  for (const [index, declarator] of declarators.entries()) {
    const declared = declare(base || baseOf(lowering.text, specifier, ''), declarator, annotations);
    if (declared.name === undefined || declared.parameters !== undefined) continue;
    const name = textOf(lowering, declared.name);
    const initial = declarator.type === 'init_declarator' ? childOf(declarator, 'value') : undefined;
    declareVariable(lowering, {
      name,
      type: resolved(lowering, declared.type),
      isStatic,
      at: declared.name,
      declarator,
      initial,
    });
    const until = declarators[index + 1]?.start ?? node.end;
    for (const free of frees) {
      if (free.at < until && (free.at >= declarator.start || index === 0))
        addFreeCleanup(lowering, free.name, name, declared.name);
    }
  }
}

/** `typeof(x)` is the type of `x` where that is a local. */
function resolved(lowering: Lowering, type: TypeRef): TypeRef {
  if (!type.base.includes('typeof')) return type;
  const of = resolveType(lowering, type.base);
  return { ...type, ...of, pointers: of.pointers + type.pointers };
}

interface Variable {
  readonly name: string;
  readonly type: TypeRef;
  readonly isStatic: boolean;
  readonly at: CNode;
  readonly declarator: CNode;
  readonly initial: CNode | undefined;
}

function declareVariable(lowering: Lowering, { name, type, isStatic, at, declarator, initial }: Variable): void {
  if (isStatic) {
    declareStatic(
      lowering,
      name,
      type,
      initial === undefined ? undefined : lowerValue({ ...lowering, fileLevel: true }, initial),
      at,
    );
    return;
  }
  const root = declareLocal(lowering, name, type);
  if (initial !== undefined) lowerInto(lowering, initial, place(lowering, at, root), declarator);
}

/** `__free(name)` in the user's text: the dialect pass hides it from the parser. */
function freesIn(lowering: Lowering, node: CNode): { readonly name: string; readonly at: number }[] {
  return [...spellingOf(lowering, node).matchAll(FREE)].map((match) => ({
    name: match[1] ?? '',
    at: node.start + match.index,
  }));
}

/** `static DEFINE_MUTEX(lock);` parses as a declaration of the type `DEFINE_MUTEX`. */
function lowerDeclarationMacro(lowering: Lowering, node: CNode, specifier: CNode, isStatic: boolean): boolean {
  if (specifier.type !== 'type_identifier' && specifier.type !== 'macro_type_specifier') return false;
  const [, macroName, variable] = /^(?:static\s+)?(\w+)\s*\(\s*(\w+)/.exec(spellingOf(lowering, node)) ?? [];
  const macro = macroName === undefined ? undefined : declarationMacro(macroName);
  if (macro === undefined || variable === undefined) return false;
  const type = typeOfDeclarationMacro(macro);
  if (isStatic) declareStatic(lowering, variable, type, undefined, node);
  else declareLocal(lowering, variable, type);
  return true;
}

/** `DECLARE_COMPLETION_ONSTACK(done);` parses as a call: declares its first argument and stays a call. */
export function declareByMacroCall(lowering: Lowering, call: CNode): void {
  const callee = childOf(call, 'function');
  if (callee?.type !== 'identifier') return;
  const macro = declarationMacro(textOf(lowering, callee));
  const variable = argumentSlots(lowering, call)[0];
  if (macro === undefined || variable === undefined || !/^\w+$/.test(variable.spelling)) return;
  const type = typeOfDeclarationMacro(macro);
  if (followsStatic(lowering.text, call)) declareStatic(lowering, variable.spelling, type, undefined, variable);
  else declareLocal(lowering, variable.spelling, type);
}

/** Names of parameters and their types. */
export function lowerParameters(
  lowering: Lowering,
  parameters: readonly CNode[],
): { readonly name: string; readonly type: TypeRef }[] {
  return parameters.map((node, index) => {
    const declared = declare(
      baseOf(lowering.text, specifierOf(node), ''),
      childOf(node, 'declarator'),
      annotationsIn(lowering.text.original, node.start, node.end),
    );
    const nameNode = declared.name ?? (node.type === 'identifier' ? node : undefined);
    const name = nameNode === undefined ? `#${index}` : textOf(lowering, nameNode);
    // An array or function parameter is a pointer in truth.
    const type: TypeRef = declared.type.array
      ? { base: declared.type.base, pointers: declared.type.pointers + 1 }
      : declared.type;
    if (nameNode !== undefined) declareLocal(lowering, name, type);
    return { name, type };
  });
}
