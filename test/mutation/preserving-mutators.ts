/** Edits of one function or declaration that change nothing: the verdict must stay. */
import type { CFunction, CNode, CSource, Edit } from './c-tree.ts';
import {
  childOf,
  enclosing,
  findAll,
  functionsOf,
  indentationAt,
  localsOf,
  mentions,
  statementDeletion,
  textOf,
  variablesIn,
  walk,
} from './c-tree.ts';
import type { Mutant, Mutator } from './mutant.ts';
import { distinct, mutantOf } from './mutant.ts';
import { sectionsOf } from './sections.ts';

/** Applies to every file by itself. */
function perFile(
  name: string,
  find: (source: CSource) => readonly { offset: number; what: string; edits: Edit[] }[],
): Mutator {
  return (subject) =>
    distinct(
      [...subject.sources].flatMap(([file, source]): Mutant[] =>
        find(source).map(({ offset, what, edits }) => mutantOf(name, file, offset, what, edits)),
      ),
    );
}

/** Renames of one thing each: a static function, a variable of the file, a struct, a field, a local variable. */
export const rename: Mutator = (subject) => {
  // A name that another file may know stays as it is.
  if (subject.sources.size > 1) return [];
  return perFile('rename', (source) => [
    ...functionsOf(source)
      .filter((fn) => /\bstatic\b/.test(source.text.slice(fn.node.start, fn.body.start)))
      .flatMap((fn) => renamed(source, fn.name, `renamed_${fn.name}`, source.root)),
    ...staticVariables(source).flatMap((name) => renamed(source, name, `renamed_${name}`, source.root)),
    ...ownStructs(source).flatMap((name) => renamed(source, name, `renamed_${name}`, source.root)),
    ...ownFields(source).flatMap((name) => renamed(source, name, `renamed_${name}`, source.root)),
    ...functionsOf(source).flatMap((fn) =>
      [...fn.parameters, ...localsOf(source, fn)]
        .filter(
          (local) =>
            !findAll(fn.node, 'field_identifier', 'type_identifier').some((n) => textOf(source, n) === local.name),
        )
        .flatMap((local) => renamed(source, local.name, `renamed_${local.name}`, fn.node)),
    ),
  ])(subject);
};

function renamed(
  source: CSource,
  from: string,
  to: string,
  within: CNode,
): { offset: number; what: string; edits: Edit[] }[] {
  // Text that the parser does not see as names (macro bodies, pasted tokens) could hold the name too.
  const text = source.text.slice(within.start, within.end);
  const spoken = [...text.matchAll(new RegExp(`\\b${from}\\b`, 'g'))].map((match) => within.start + match.index);
  const nodes = findAll(within, 'identifier', 'field_identifier', 'type_identifier', 'statement_identifier').filter(
    (node) => textOf(source, node) === from,
  );
  const known = new Set(nodes.map((node) => node.start));
  const silent = findAll(within, 'comment', 'string_content', 'string_literal');
  const unseen = spoken.filter((at) => !known.has(at) && !silent.some((node) => node.start <= at && at < node.end));
  const [first] = nodes;
  if (first === undefined || unseen.length > 0) return [];
  return [
    {
      offset: first.start,
      what: `${from} is ${to}`,
      edits: nodes.map((node) => ({ start: node.start, end: node.end, text: to })),
    },
  ];
}

function staticVariables(source: CSource): string[] {
  return source.root.children
    .filter((item) => item.type === 'declaration' && /^static\b/.test(textOf(source, item)))
    .flatMap((item) => variablesIn(source, item))
    .map((variable) => variable.name)
    .filter(
      (name) => !findAll(source.root, 'field_identifier', 'type_identifier').some((n) => textOf(source, n) === name),
    );
}

function structsOf(source: CSource): { name: string; node: CNode; body: CNode }[] {
  return findAll(source.root, 'struct_specifier').flatMap((node) => {
    const name = childOf(node, 'name');
    const body = childOf(node, 'body');
    return name === undefined || body === undefined ? [] : [{ name: textOf(source, name), node, body }];
  });
}

/** Structs of the file whose name means nothing else in it. */
function ownStructs(source: CSource): string[] {
  return structsOf(source)
    .map(({ name }) => name)
    .filter((name) => !findAll(source.root, 'identifier', 'field_identifier').some((n) => textOf(source, n) === name));
}

/** Fields whose name no other struct, variable or initializer of the file uses. */
function ownFields(source: CSource): string[] {
  const declared = structsOf(source).flatMap(({ body }) => findAll(body, 'field_declaration'));
  const names = declared.flatMap((field) => {
    const declarator = findAll(field, 'field_identifier');
    return declarator.length === 1 && declarator[0] !== undefined ? [textOf(source, declarator[0])] : [];
  });
  const foreign = new Set(KERNEL_FIELDS);
  const variables = functionsOf(source).flatMap((fn) =>
    [...fn.parameters, ...localsOf(source, fn)].map((one) => one.name),
  );
  const inTables = findAll(source.root, 'field_designator').map((node) => textOf(source, node).slice(1).trim());
  return names.filter(
    (name) =>
      names.filter((other) => other === name).length === 1 &&
      !foreign.has(name) &&
      !variables.includes(name) &&
      !inTables.includes(name),
  );
}

/** Fields of kernel structs that drivers reach into and like to name their own after. */
const KERNEL_FIELDS = [
  ...['dev', 'name', 'parent', 'owner', 'private_data', 'release', 'class', 'devt', 'next', 'prev', 'head', 'list'],
  ...['lock', 'minor', 'fops', 'driver', 'kobj', 'kref', 'refcount', 'flags', 'data', 'id', 'irq', 'type', 'status'],
  ...['i_cdev', 'node', 'udev', 'count', 'state', 'mode', 'size', 'len', 'base', 'start', 'end', 'wait', 'entry'],
];

/** A statement moves into a function of its own, together with nothing but the names that it needs. */
export const extractHelper = perFile('extract-helper', (source) =>
  functionsOf(source).flatMap((fn) => {
    const variables = [...fn.parameters, ...localsOf(source, fn)];
    return findAll(fn.body, 'expression_statement').flatMap((statement, index) => {
      const extracted = extraction(source, fn, statement, variables, `${fn.name}_part${index}`);
      return extracted === undefined ? [] : [extracted];
    });
  }),
);

function extraction(
  source: CSource,
  fn: CFunction,
  statement: CNode,
  variables: readonly { name: string; type: string; stars: string; complex: boolean }[],
  name: string,
): { offset: number; what: string; edits: Edit[] } | undefined {
  const expression = statement.children[0];
  const call = expression?.type === 'assignment_expression' ? childOf(expression, 'right') : expression;
  const target = expression?.type === 'assignment_expression' ? childOf(expression, 'left') : undefined;
  const callee = call === undefined ? undefined : childOf(call, 'function');
  if (call?.type !== 'call_expression' || callee?.type !== 'identifier') return undefined;
  // Locks keep their pairs in sight; macros that store into their arguments need the variables themselves.
  if (/lock|^(down|up)_|guard|_init|irq|wait_event|for_each|^[A-Z_]+$|^get_user$|INIT_/.test(textOf(source, callee)))
    return undefined;
  const result =
    target?.type === 'identifier' ? variables.find((one) => one.name === textOf(source, target)) : undefined;
  if (target !== undefined && (result === undefined || result.complex || /static/.test(result.type))) return undefined;
  const args = childOf(call, 'arguments');
  if (args === undefined || findAll(args, 'call_expression', 'assignment_expression', 'update_expression').length > 0)
    return undefined;
  const names = new Set(findAll(args, 'identifier').map((node) => textOf(source, node)));
  const needed = variables.filter((one) => names.has(one.name));
  if (needed.some((one) => one.complex || /static|const \w+ \w/.test(one.type)) || needed.length === 0)
    return undefined;
  if (new Set(needed.map((one) => one.name)).size < needed.length) return undefined;
  const takesAddress = needed.some((one) => new RegExp(`&${one.name}\\b(?!->|\\[)`).test(textOf(source, args)));
  if (takesAddress || (result === undefined) !== (target === undefined)) return undefined;
  const type = result === undefined ? 'void ' : `${result.type} ${result.stars}`;
  const parameters = needed.map((one) => `${one.type} ${one.stars}${one.name}`).join(', ');
  const body = `${result === undefined ? '' : 'return '}${textOf(source, call)};`;
  const helper = `static ${type}${name}(${parameters})\n{\n\t${body}\n}\n\n`;
  return {
    offset: statement.start,
    what: `${textOf(source, callee)} moves from ${fn.name} into ${name}`,
    edits: [
      { start: fn.node.start, end: fn.node.start, text: helper },
      { start: call.start, end: call.end, text: `${name}(${needed.map((one) => one.name).join(', ')})` },
    ],
  };
}

/** A guard takes the place of a lock call and its unlock calls, to the same end: the end of a block. */
export const useGuard = perFile('guard', (source) =>
  functionsOf(source).flatMap((fn) => {
    if (findAll(fn.body, 'goto_statement', 'labeled_statement').length > 0) return [];
    return sectionsOf(source, fn).flatMap((section) => {
      const { words, lock, unlocks, end } = section;
      if (words.guard === undefined || lock.parent !== end.parent || lock.parent === undefined) return [];
      const between = lock.parent.children.filter((child) => child.start > lock.end && child.end < end.start);
      if (between.length === 0 || between.some((child) => child.type === 'declaration')) return [];
      // Each early unlock must stand right before a return, and none may be followed by a second lock of the same kind.
      const early = unlocks.slice(0, -1);
      if (!early.every((unlock) => nextSibling(unlock)?.type === 'return_statement')) return [];
      const leaves = findAll(lock.parent, 'return_statement').filter((r) => r.start > lock.end && r.end < end.start);
      if (
        leaves.length !== early.length ||
        findAll(lock.parent, 'break_statement', 'continue_statement').some(
          (b) => b.start > lock.end && b.end < end.start && leavesBlock(b, lock.parent),
        )
      )
        return [];
      const arg = findAll(lock, 'argument_list')[0];
      const first = arg?.children.find((child) => child.named);
      const what = first === undefined ? '' : textOf(source, first);
      const indent = indentationAt(source, lock.start);
      const after = nextSibling(end);
      const atEnd = after === undefined || after.type === 'return_statement';
      const removals = early.map((unlock) => statementDeletion(source, unlock));
      if (atEnd && section.words.bare !== true) {
        return [
          {
            offset: lock.start,
            what: `guard in ${fn.name}`,
            edits: [
              { start: lock.start, end: lock.end, text: `guard(${words.guard})(${what});` },
              ...removals,
              statementDeletion(source, end),
            ],
          },
        ];
      }
      const head = words.bare === true ? `scoped_guard(${words.guard})` : `scoped_guard(${words.guard}, ${what})`;
      return [
        {
          offset: lock.start,
          what: `scoped guard in ${fn.name}`,
          edits: [
            { start: lock.start, end: lock.end, text: `${head} {` },
            ...removals,
            { start: end.start, end: end.end, text: `}\n${indent}`.trimEnd() },
          ],
        },
      ];
    });
  }),
);

function nextSibling(node: CNode): CNode | undefined {
  const siblings = (node.parent?.children ?? []).filter((child) => child.named && child.type !== 'comment');
  return siblings[siblings.indexOf(node) + 1];
}

/** A jump that ends a loop or switch around the block. */
function leavesBlock(jump: CNode, block: CNode | undefined): boolean {
  const loop = enclosing(jump, 'for_statement', 'while_statement', 'do_statement', 'switch_statement');
  return loop === undefined || block === undefined || loop.start < block.start;
}

/** A `goto` becomes what stands at its label, to the `return`. */
export const earlyReturn = perFile('early-return', (source) =>
  functionsOf(source).flatMap((fn) =>
    findAll(fn.body, 'goto_statement').flatMap((jump) => {
      const label = childOf(jump, 'label');
      const target = findAll(fn.body, 'labeled_statement').find((one) => {
        const name = childOf(one, 'label');
        return label !== undefined && name !== undefined && textOf(source, name) === textOf(source, label);
      });
      if (label === undefined || target === undefined || target.start < jump.start) return [];
      const tail = tailOf(source, target);
      if (tail === undefined) return [];
      const indent = indentationAt(source, jump.start);
      const uses = findAll(fn.body, 'goto_statement').filter(
        (other) => other !== jump && mentionsLabel(source, other, label),
      );
      const stands = jump.parent?.type === 'compound_statement' || jump.parent?.type === 'case_statement';
      const text = tail.join(`\n${indent}`);
      return [
        {
          offset: jump.start,
          what: `${textOf(source, jump)} is what follows the label`,
          edits: [
            { start: jump.start, end: jump.end, text: stands ? text : `{\n${indent}${text}\n${indent}}` },
            ...(uses.length > 0 ? [] : [labelDeletion(target)]),
          ],
        },
      ];
    }),
  ),
);

function mentionsLabel(source: CSource, jump: CNode, label: CNode): boolean {
  const its = childOf(jump, 'label');
  return its !== undefined && textOf(source, its) === textOf(source, label);
}

function labelDeletion(target: CNode): Edit {
  const statement = target.children.find((child) => child.named && child.field !== 'label');
  return { start: target.start, end: statement?.start ?? target.end, text: '' };
}

/** Simple statements from a label to its return; undefined where the way is long or branches. */
function tailOf(source: CSource, target: CNode): string[] | undefined {
  const texts: string[] = [];
  let at: CNode | undefined = target;
  while (at !== undefined && texts.length < 8) {
    const inner: CNode | undefined =
      at.type === 'labeled_statement' ? at.children.find((child) => child.named && child.field !== 'label') : at;
    if (inner === undefined) return undefined;
    if (inner.type === 'return_statement') return [...texts, textOf(source, inner)];
    if (inner.type !== 'expression_statement') return undefined;
    texts.push(textOf(source, inner));
    at = nextSibling(at);
  }
  return undefined;
}

/** Neighbours change places: local declarations, fields after the first, entries of an initializer, static variables. */
export const reorderDeclarations = perFile('reorder', (source) => [
  ...functionsOf(source).flatMap((fn) => {
    const declarations = fn.body.children.filter((child) => child.type === 'declaration');
    return pairs(source, declarations, (first, second) => {
      const declared = variablesIn(source, first).map((one) => one.name);
      const later = variablesIn(source, second).map((one) => one.name);
      const runs = findAll(first, 'call_expression').length + findAll(second, 'call_expression').length;
      return (
        runs <= 1 &&
        !declared.some((name) => mentions(source, second, name)) &&
        !later.some((name) => mentions(source, first, name))
      );
    });
  }),
  ...structsOf(source).flatMap(({ body }) =>
    pairs(source, body.children.filter((child) => child.type === 'field_declaration').slice(1), () => true),
  ),
  ...findAll(source.root, 'initializer_list').flatMap((list) => {
    const entries = list.children.filter((child) => child.named && child.type !== 'comment');
    const designated = entries.every(
      (entry) => entry.type === 'initializer_pair' && textOf(source, entry).startsWith('.'),
    );
    return designated ? pairs(source, entries, () => true) : [];
  }),
]);

/** Swaps of two neighbours with nothing but white space and commas in between. */
function pairs(
  source: CSource,
  nodes: readonly CNode[],
  mayChange: (first: CNode, second: CNode) => boolean,
): { offset: number; what: string; edits: Edit[] }[] {
  return nodes.slice(1).flatMap((second, index) => {
    const first = nodes[index];
    if (first === undefined || !/^[\s,]*$/.test(source.text.slice(first.end, second.start))) return [];
    if (!mayChange(first, second) || [...walk(first), ...walk(second)].some((node) => node.type.startsWith('preproc')))
      return [];
    return [
      {
        offset: first.start,
        what: `${textOf(source, first).split('\n')[0]} after its neighbour`,
        edits: [
          { start: first.start, end: first.end, text: textOf(source, second) },
          { start: second.start, end: second.end, text: textOf(source, first) },
        ],
      },
    ];
  });
}
