/** What the preprocessor knows: includes, constants, and function-like macros as functions. */

import type { MacroDefinition } from '../syntax/directives.ts';
import type { SyntaxTree } from '../syntax/syntax-tree.ts';
import type { CNode } from './c-node.ts';
import { childOf, copyNode } from './c-node.ts';
import { hashDigest, hashInto, hashState } from './content-hash.ts';
import type { FileIr } from './ir.ts';
import { lowerMacro } from './lower-c-function.ts';
import type { FunctionCache, LoweredItem } from './lowered-item.ts';
import { NOTHING } from './lowered-item.ts';

const MAX_CONSTANT = 200;

/** Object-like macros with their replacement on one line. */
export function constantsOf(macros: readonly MacroDefinition[]): FileIr['constants'] {
  const constants: Record<string, string> = {};
  for (const macro of macros) {
    if (macro.parameters === undefined) constants[macro.name] = oneLine(macro.text).slice(0, MAX_CONSTANT);
  }
  return constants;
}

function oneLine(text: string): string {
  return text.replace(/\\\r?\n/g, ' ').replace(/\s+/g, ' ');
}

export interface LoweredMacro {
  readonly definition: MacroDefinition;
  /** Without a function when the body was not understood. */
  readonly lowered: LoweredItem;
}

/** Bodies that neither call nor touch memory are numbers: nothing in them is worth a function. */
const WORTHWHILE = /[A-Za-z_]\w*\s*\(|->|[^=!<>]=[^=]|\+\+|--/;
const PASTED_CALL = /##\s*\w+\s*\(|##\s*\(/;
const STATEMENT = /^(?:do|if|for|while|switch|return|goto|asm|\{)|[;}]\s*$/;

/** Lowers the function-like macros of a file, each parsed once from its body. */
export function lowerMacros(
  original: string,
  macros: readonly MacroDefinition[],
  parse: (text: string) => SyntaxTree,
  cache: FunctionCache | undefined,
): LoweredMacro[] {
  const found: LoweredMacro[] = [];
  for (const definition of macros) {
    if (definition.parameters === undefined || !WORTHWHILE.test(definition.text)) continue;
    const state = hashState();
    hashInto(state, original, definition.span.start, definition.span.end);
    const hash = hashDigest(state);
    const lowered = cache?.get(hash) ?? lowerDefinition(definition, hash, parse) ?? NOTHING;
    cache?.set(hash, lowered);
    found.push({ definition, lowered });
  }
  return found;
}

function lowerDefinition(
  definition: MacroDefinition,
  hash: string,
  parse: (text: string) => SyntaxTree,
): LoweredItem | undefined {
  // `, ##args` drops the comma when there are none, and `#x` quotes: neither matters to what is called.
  const body = definition.text
    .replace(/\\(?=\r?\n)/g, ' ')
    .replace(/,(\s*)##/g, ',$1  ')
    .replace(/(^|[^#])#(?=\s*\w)/g, '$1 ');
  // A pasted name is read under a name of its own, but a call of one could be a call of anything.
  const pasted = body.replace(/(\w)\s*##\s*(?=\w)/g, (match, first: string) => first + '_'.repeat(match.length - 1));
  if (pasted.includes('##') || (pasted !== body && PASTED_CALL.test(body))) return undefined;
  const asStatement = () => lowerText('void m(void){', pasted, ';}', definition, hash, parse);
  const asExpression = () => lowerText('void m(void){return(', pasted, ');}', definition, hash, parse);
  return STATEMENT.test(pasted) ? (asStatement() ?? asExpression()) : (asExpression() ?? asStatement());
}

function lowerText(
  before: string,
  body: string,
  after: string,
  definition: MacroDefinition,
  hash: string,
  parse: (text: string) => SyntaxTree,
): LoweredItem | undefined {
  using tree = parse(before + body + after);
  if (tree.root.hasError) return undefined;
  const cursor = tree.root.walk();
  try {
    const root: CNode = copyNode(cursor);
    const fn = root.children[0];
    const compound = root.children.length === 1 && fn?.type === 'function_definition' ? childOf(fn, 'body') : undefined;
    if (compound === undefined) return undefined;
    return lowerMacro({
      name: definition.name,
      parameters: definition.parameters ?? [],
      text: { original: tree.original, standard: tree.standard },
      base: before.length - (definition.body.start - definition.span.start),
      body: compound,
      hash,
      nameStart: definition.nameSpan.start - definition.span.start,
    });
  } finally {
    cursor.delete();
  }
}
