/** One file becomes a header and two files of the same module: the operations go to the second one. */
import type { CNode, CSource } from './c-tree.ts';
import { childOf, findAll, functionsOf, textOf, variablesIn } from './c-tree.ts';
import { DEFINED_TYPES } from './lock-words.ts';
import type { Mutant, Mutator, Subject } from './mutant.ts';

interface Item {
  readonly kind: 'shared' | 'function' | 'variable' | 'rest';
  readonly name: string;
  /** What other files must know of it. */
  readonly declaration: string;
  readonly definition: string;
}

const DEFINITION = new RegExp(`^(?:static\\s+)?(${Object.keys(DEFINED_TYPES).join('|')})\\((\\w+)\\);?$`);

export const splitFile: Mutator = (subject): Mutant[] => {
  const [entry] = subject.sources;
  if (entry === undefined || subject.sources.size > 1) return [];
  const [file, source] = entry;
  const items = itemsOf(source);
  const kbuild = items === undefined ? undefined : kbuildWith(subject, file);
  if (items === undefined || kbuild === undefined) return [];
  const folder = file.slice(0, file.lastIndexOf('/'));
  const stem = file.slice(file.lastIndexOf('/') + 1, -2);
  const guard = `${stem.toUpperCase().replace(/\W/g, '_')}_SPLIT_H`;
  const shared = items.filter((item) => item.kind === 'shared').map((item) => item.definition);
  const declared = items.flatMap((item) => (item.declaration === '' ? [] : [item.declaration]));
  const header = [`#ifndef ${guard}`, `#define ${guard}`, ...shared, ...declared, '#endif', ''].join('\n');
  const parts = { entry: [] as string[], operations: [] as string[] };
  const moved = operationNames(subject, items);
  for (const item of items) {
    if (item.kind === 'shared') continue;
    parts[moved.has(item.name) ? 'operations' : 'entry'].push(item.definition);
  }
  if (parts.operations.length === 0) return [];
  const include = `#include "${stem}-split.h"\n\n`;
  const mutant: Mutant = {
    mutator: 'split-file',
    file,
    offset: 0,
    what: `${moved.size} definitions move to a file of their own`,
    edits: new Map(),
    written: new Map<string, string | undefined>([
      [file, undefined],
      [`${folder}/${stem}-split.h`, header],
      [`${folder}/${stem}-entry.c`, `${include}${parts.entry.join('\n\n')}\n`],
      [`${folder}/${stem}-operations.c`, `${include}${parts.operations.join('\n\n')}\n`],
      [kbuild.path, kbuild.text],
    ]),
  };
  return [mutant];
};

/** The module's rule in the Kbuild file, with two parts. */
function kbuildWith(subject: Subject, file: string): { path: string; text: string } | undefined {
  const folder = file.slice(0, file.lastIndexOf('/'));
  const stem = file.slice(file.lastIndexOf('/') + 1, -2);
  const parts = `${stem}-y := ${stem}-entry.o ${stem}-operations.o\n`;
  if (subject.kbuild === undefined)
    return { path: `${folder}/Makefile`, text: `obj-$(CONFIG_SPLIT) += ${stem}.o\n${parts}` };
  // Only where the object is built from this file alone and its name appears once.
  const { path, text } = subject.kbuild;
  const named = [...text.matchAll(new RegExp(`(?<![\\w-])${stem.replace(/\W/g, '\\$&')}\\.o\\b`, 'g'))];
  const line = new RegExp(`^obj-\\S+\\s*\\+=\\s*${stem.replace(/\W/g, '\\$&')}\\.o\\s*$`, 'm').test(text);
  return line && named.length === 1 ? { path, text: `${text}\n${parts}` } : undefined;
}

/** Tables of operations and the functions in them. */
function operationNames(subject: Subject, items: readonly Item[]): Set<string> {
  const names = new Set<string>();
  for (const node of subject.nodes) {
    if (node.operations.name !== undefined) names.add(node.operations.name);
    for (const fn of Object.values(node.operations.entries)) names.add(fn);
  }
  return new Set(items.map((item) => item.name).filter((name) => names.has(name)));
}

/** The items of a file in order; undefined where one cannot be moved without understanding more. */
function itemsOf(source: CSource): Item[] | undefined {
  if (source.hasErrors || /^#\s*(if|ifdef|ifndef)\b/m.test(source.text)) return undefined;
  const functions = new Map(functionsOf(source).map((fn) => [fn.node, fn]));
  const items: Item[] = [];
  const texts = (node: CNode): string => textOf(source, node).replace(/;$/, '');
  for (const node of source.root.children) {
    const fn = functions.get(node);
    if (node.type === 'comment' || node.type === ';') continue;
    if (fn !== undefined) {
      const head = source.text.slice(node.start, fn.body.start).trim();
      const plain = head.replace(/\bstatic\b\s*/, '').replace(/\binline\b\s*/, '');
      items.push({
        kind: 'function',
        name: fn.name,
        declaration: `${plain};`,
        definition: `${plain}\n${textOf(source, fn.body)}`,
      });
    } else if (
      node.type.startsWith('preproc') ||
      (/^(struct|union|enum|typedef)\b/.test(textOf(source, node)) && isTypeOnly(source, node))
    ) {
      const ends = node.type.startsWith('preproc') || textOf(source, node).endsWith(';') ? '' : ';';
      items.push({ kind: 'shared', name: '', declaration: '', definition: `${textOf(source, node).trimEnd()}${ends}` });
    } else {
      const item = variableItem(source, node, texts(node));
      if (item === undefined) return undefined;
      items.push(item);
    }
  }
  return items;
}

function isTypeOnly(source: CSource, node: CNode): boolean {
  return (
    node.type !== 'declaration' || childOf(node, 'declarator') === undefined || /^typedef\b/.test(textOf(source, node))
  );
}

function variableItem(source: CSource, node: CNode, text: string): Item | undefined {
  const macro = DEFINITION.exec(text);
  if (macro !== null) {
    const [, name = '', variable = ''] = macro;
    const definition = `${text.replace(/^static\s+/, '')};`;
    return { kind: 'variable', name: variable, declaration: `extern ${DEFINED_TYPES[name]} ${variable};`, definition };
  }
  const isMacroCall = /^[A-Za-z_]\w*\s*\(/.test(text) && findAll(node, 'init_declarator').length === 0;
  if (isMacroCall)
    return /^DE(FINE|CLARE)_/.test(text)
      ? undefined
      : { kind: 'rest', name: '', declaration: '', definition: `${text};` };
  if (node.type !== 'declaration') return undefined;
  if (findAll(node, 'function_declarator').length > 0 && findAll(node, 'init_declarator').length === 0)
    return { kind: 'shared', name: '', declaration: '', definition: `${text.replace(/\bstatic\b\s*/, '')};` };
  const variables = variablesIn(source, node);
  const [only] = variables;
  if (only === undefined || variables.length > 1) return undefined;
  const declarator = only.node.type === 'init_declarator' ? childOf(only.node, 'declarator') : only.node;
  if (declarator === undefined || /\{/.test(only.type)) return undefined;
  const type = only.type.replace(/\bstatic\b\s*/, '');
  const declaration = `extern ${type} ${textOf(source, declarator)};`;
  return { kind: 'variable', name: only.name, declaration, definition: `${text.replace(/\bstatic\b\s*/, '')};` };
}
