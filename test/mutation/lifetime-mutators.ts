/** Mutations of who keeps what alive: owners, references, devm, and the order of teardown. */
import type { DeviceNode } from '../../server/src/analysis/model.ts';
import type { CFunction, CNode, CSource, Edit } from './c-tree.ts';
import {
  callsIn,
  childOf,
  deletion,
  enclosing,
  findAll,
  functionAt,
  functionsOf,
  indentationAt,
  localsOf,
  mentions,
  nodeAt,
  statementDeletion,
  statementOf,
  textOf,
} from './c-tree.ts';
import { endsWithDevice, fenceClues } from './fence-clues.ts';
import { BUS_DEVICES, DEFINED_TYPES, LOCK_INITIALISERS } from './lock-words.ts';
import type { Mutant, Mutator, Subject } from './mutant.ts';
import { distinct, mutantOf } from './mutant.ts';

/** An expression for the bound device in a function, from its parameters and locals. */
export function deviceIn(source: CSource, fn: CFunction): string | undefined {
  const variables = [
    ...fn.parameters,
    ...localsOf(source, fn).filter((local) => local.node.type === 'init_declarator'),
  ];
  const plain = variables.find((one) => one.type === 'struct device' && one.stars === '*' && !one.complex);
  if (plain !== undefined) return plain.name;
  const bus = variables.find((one) => BUS_DEVICES.has(one.type) && one.stars === '*');
  return bus === undefined ? undefined : `&${bus.name}->dev`;
}

export const dropOwner: Mutator = (subject) =>
  distinct(
    subject.nodes.flatMap((node): Mutant[] => {
      // What the pseudo file systems unregister waits for its users.
      if (node.fences.includes('subsystem-fence')) return [];
      if (!canUnload(subject) || node.operations.at === undefined || keepsItself(subject, node)) return [];
      const { file } = node.operations.at;
      const source = subject.sources.get(file);
      const table = source === undefined ? undefined : tableOf(source, node);
      if (source === undefined || table === undefined) return [];
      const entry = findAll(table, 'initializer_pair').find((pair) => /^\.\s*owner\b/.test(textOf(source, pair)));
      if (entry === undefined) return [];
      const edits = new Map<string, Edit[]>([[file, [pairDeletion(source, entry)]]]);
      // chrdev_open() takes the cdev's owner as well.
      for (const [path, other] of subject.sources) {
        for (const assignment of findAll(other.root, 'assignment_expression')) {
          const left = childOf(assignment, 'left');
          const statement = statementOf(assignment);
          if (left === undefined || statement === undefined || !/[.>]\s*owner$/.test(textOf(other, left))) continue;
          if (!/THIS_MODULE|->owner/.test(textOf(other, assignment))) continue;
          edits.set(path, [...(edits.get(path) ?? []), statementDeletion(other, statement)]);
        }
      }
      const what = `${node.operations.name ?? 'the table'} without owner`;
      return [{ mutator: 'drop-owner', file, offset: entry.start, what, edits }];
    }),
  );

/** Code that is built in, or that has no exit, needs no owner. */
function canUnload(subject: Subject): boolean {
  const ways = /\bmodule_exit\(|\bmodule_\w+_driver\(|\bmodule_driver\(|\bmodule_misc_device\(/;
  return subject.builtin !== true && [...subject.sources.values()].some((source) => ways.test(source.text));
}

/** Open takes the module by hand on every path, or gives the file another table. */
function keepsItself(subject: Subject, node: DeviceNode): boolean {
  for (const source of subject.sources.values()) {
    const open = functionsOf(source).find((fn) => fn.name === node.openFn);
    if (open === undefined) continue;
    for (const call of callsIn(source, open.body)) {
      const [arg] = call.args;
      const takesModule = /module_get$/.test(call.name) && arg !== undefined && textOf(source, arg) === 'THIS_MODULE';
      if (call.name === 'replace_fops' || (takesModule && enclosing(call.node, 'if_statement') === undefined))
        return true;
    }
    if (/->f_op\s*=[^=]/.test(textOf(source, open.body))) return true;
  }
  return false;
}

function tableOf(source: CSource, node: DeviceNode): CNode | undefined {
  const name = node.operations.name;
  return findAll(source.root, 'init_declarator').find((declarator) => {
    const declared = childOf(declarator, 'declarator');
    return declared !== undefined && name !== undefined && textOf(source, declared) === name;
  });
}

/** An entry of an initializer with its comma. */
function pairDeletion(source: CSource, pair: CNode): Edit {
  const comma = /^\s*,/.exec(source.text.slice(pair.end))?.[0].length ?? 0;
  const whole = deletion(source, { ...pair, end: pair.end + comma });
  return whole;
}

export const dropSuppressBind: Mutator = (subject) =>
  distinct(
    subject.nodes.flatMap((node): Mutant[] => {
      if (node.fences.join() !== 'suppress-bind') return [];
      return [...subject.sources].flatMap(([file, source]) =>
        findAll(source.root, 'initializer_pair')
          .filter((pair) => /^\.(driver\.)?suppress_bind_attrs\b/.test(textOf(source, pair)))
          .map((pair) =>
            mutantOf('drop-suppress-bind', file, pair.start, 'the driver can be unbound', [pairDeletion(source, pair)]),
          ),
      );
    }),
  );

const GETS = /^(kref_get|kref_get_unless_zero|get_device|kobject_get|refcount_inc(_not_zero)?|percpu_ref_tryget_live)$/;

/** Everything goes that makes an open fd hold the object: what `open` takes, and the cdev's tie to its device. */
export const dropGet: Mutator = (subject) => {
  const mutants: Mutant[] = [];
  for (const node of subject.nodes) {
    if (!endsWithDevice(node)) continue;
    const edits = new Map<string, Edit[]>();
    for (const [file, source] of subject.sources) {
      const its = [...getsOf(source, node.openFn), ...untied(source, node)];
      if (its.length > 0) edits.set(file, its);
    }
    for (const [file, [first]] of edits) {
      if (first === undefined) continue;
      const what = `an open fd of ${node.operations.name ?? 'the node'} holds no reference`;
      mutants.push({ mutator: 'drop-get', file, offset: first.start, what, edits });
      break;
    }
  }
  return distinct(mutants);
};

function getsOf(source: CSource, openFn: string | undefined): Edit[] {
  const open = functionsOf(source).find((fn) => fn.name === openFn);
  return (open === undefined ? [] : callsIn(source, open.body)).flatMap((call) => {
    const statement = statementOf(call.node);
    const whole = statement?.type === 'expression_statement' || statement?.type === 'if_statement';
    return GETS.test(call.name) && statement !== undefined && whole ? [statementDeletion(source, statement)] : [];
  });
}

/** cdev_device_add() is what makes an open fd hold the device. */
function untied(source: CSource, node: DeviceNode): Edit[] {
  const calls = callsIn(source, source.root);
  const add = calls.find((call) => call.name === 'cdev_device_add' && isAt(call.node, source, node));
  const [cdev, device] = (add?.args ?? []).map((arg) => textOf(source, arg));
  if (add === undefined || cdev === undefined || device === undefined) return [];
  const field = /(\w+)\W*$/.exec(cdev)?.[1];
  const removes = calls.filter(
    (call) =>
      call.name === 'cdev_device_del' &&
      call.args[0] !== undefined &&
      field !== undefined &&
      mentions(source, call.args[0], field),
  );
  return [
    { start: add.node.start, end: add.node.end, text: `cdev_add(${cdev}, (${device})->devt, 1)` },
    ...removes.map((call) => {
      const its = textOf(source, call.args[0] ?? call.node);
      return { start: call.node.start, end: call.node.end, text: `cdev_del(${its})` };
    }),
  ];
}

function isAt(call: CNode, source: CSource, node: DeviceNode): boolean {
  const { span, fn } = node.register.at;
  const inside = functionAt(source, call.start);
  return call.start <= span.start && span.end <= call.end && (fn === undefined || inside?.name === fn);
}

const ALLOCATORS = /^k[zm]alloc$/;

export const devmInsteadOfCounted: Mutator = (subject) => {
  const mutants: Mutant[] = [];
  for (const node of subject.nodes) {
    if (!endsWithDevice(node)) continue;
    const types = new Set(fenceClues(node).flatMap((clue) => clue.lockHolder ?? []));
    if (node.fences.includes('refcount') && node.privateType !== undefined)
      types.add(node.privateType.replace(/^struct /, ''));
    for (const type of types) {
      for (const [file, source] of subject.sources) {
        const allocation = allocationOf(source, type);
        const device = allocation === undefined ? undefined : deviceIn(source, allocation.fn);
        if (allocation === undefined || device === undefined) continue;
        const { callee, args } = allocation;
        const edits = new Map<string, Edit[]>([
          [
            file,
            [
              { start: callee.start, end: callee.end, text: `devm_${textOf(source, callee)}` },
              { start: args.start + 1, end: args.start + 1, text: `${device}, ` },
            ],
          ],
        ]);
        for (const [path, other] of subject.sources)
          edits.set(path, [...(edits.get(path) ?? []), ...frees(other, type)]);
        const what = `struct ${type} is devm memory`;
        mutants.push({ mutator: 'devm-instead-of-counted', file, offset: callee.start, what, edits });
      }
    }
  }
  return distinct(mutants);
};

interface Allocation {
  readonly fn: CFunction;
  readonly callee: CNode;
  readonly args: CNode;
}

/** The only allocation of a struct in a file. */
function allocationOf(source: CSource, type: string): Allocation | undefined {
  const found = functionsOf(source).flatMap((fn) =>
    callsIn(source, fn.body).flatMap((call): Allocation[] => {
      const callee = childOf(call.node, 'function');
      const args = childOf(call.node, 'arguments');
      if (!ALLOCATORS.test(call.name) || callee === undefined || args === undefined) return [];
      const size = textOf(source, args);
      const target = /sizeof\(\*(\w+)\)/.exec(size)?.[1];
      const variable = target === undefined ? undefined : typeOfVariable(source, fn, target);
      const named = /sizeof\(struct (\w+)\)/.exec(size)?.[1];
      return variable === `struct ${type}` || named === type ? [{ fn, callee, args }] : [];
    }),
  );
  return found.length === 1 ? found[0] : undefined;
}

function typeOfVariable(source: CSource, fn: CFunction, name: string): string | undefined {
  return [...fn.parameters, ...localsOf(source, fn)].find((variable) => variable.name === name)?.type;
}

/** Deletes the calls that free a struct. */
function frees(source: CSource, type: string): Edit[] {
  return functionsOf(source).flatMap((fn) =>
    callsIn(source, fn.body).flatMap((call): Edit[] => {
      const [arg] = call.args;
      const statement = statementOf(call.node);
      if (call.name !== 'kfree' || arg === undefined || statement?.type !== 'expression_statement') return [];
      const text = textOf(source, arg);
      const isIt =
        arg.type === 'identifier'
          ? typeOfVariable(source, fn, text) === `struct ${type}`
          : new RegExp(`^container_of\\(.*struct ${type},`).test(text);
      return isIt ? [statementDeletion(source, statement)] : [];
    }),
  );
}

/** The lock moves into memory that the driver core frees after remove. */
export const lockInDevm: Mutator = (subject) => {
  const mutants: Mutant[] = [];
  for (const node of subject.nodes) {
    if (!endsWithDevice(node)) continue;
    for (const clue of fenceClues(node)) {
      if (subject.sources.size > 1) continue;
      for (const [file, source] of subject.sources) {
        const registering = functionsOf(source).find((fn) => fn.name === node.register.fn);
        const edits =
          clue.lockHolder === undefined
            ? staticLockEdits(source, clue.lock, registering)
            : embeddedLockEdits(source, clue.lock, clue.lockHolder);
        if (edits === undefined) continue;
        const what = `${clue.lock} is devm memory`;
        mutants.push(mutantOf('lock-in-freed-object', file, edits[0]?.start ?? 0, what, edits));
      }
    }
  }
  return distinct(mutants);
};

function allocationText(target: string, device: string, initialiser: string, indent: string): string {
  return [
    `${target} = devm_kzalloc(${device}, sizeof(*${target}), GFP_KERNEL);`,
    `if (!${target})`,
    `\treturn -ENOMEM;`,
    `${initialiser}(${target});`,
  ].join(`\n${indent}`);
}

function embeddedLockEdits(source: CSource, lock: string, holder: string): Edit[] | undefined {
  const struct = findAll(source.root, 'struct_specifier').find((one) => {
    const name = childOf(one, 'name');
    return name !== undefined && textOf(source, name) === holder && childOf(one, 'body') !== undefined;
  });
  const field = (struct === undefined ? [] : findAll(struct, 'field_declaration')).find((one) => {
    const name = childOf(one, 'declarator');
    return name !== undefined && name.type === 'field_identifier' && textOf(source, name) === lock;
  });
  const declarator = field === undefined ? undefined : childOf(field, 'declarator');
  const initialisers = callsIn(source, source.root).filter(
    (call) =>
      LOCK_INITIALISERS[call.name] !== undefined &&
      new RegExp(`^&\\w+->${lock}$`).test(textOf(source, call.args[0] ?? call.node)),
  );
  const [initialiser] = initialisers;
  const fn = initialiser === undefined ? undefined : functionAt(source, initialiser.node.start);
  const statement = initialiser === undefined ? undefined : statementOf(initialiser.node);
  const device = fn === undefined ? undefined : deviceIn(source, fn);
  if (declarator === undefined || initialiser === undefined || statement === undefined || device === undefined)
    return undefined;
  if (initialisers.length > 1) return undefined;
  const target = textOf(source, initialiser.args[0] ?? initialiser.node).slice(1);
  const indent = indentationAt(source, statement.start);
  const edits: Edit[] = [
    { start: declarator.start, end: declarator.start, text: '*' },
    { start: statement.start, end: statement.end, text: allocationText(target, device, initialiser.name, indent) },
  ];
  for (const pointer of findAll(source.root, 'pointer_expression')) {
    const inside = pointer.start >= statement.start && pointer.end <= statement.end;
    if (!inside && new RegExp(`^&[\\w.>-]*->${lock}$`).test(textOf(source, pointer)))
      edits.push({ start: pointer.start, end: pointer.start + 1, text: '' });
  }
  return edits;
}

function staticLockEdits(source: CSource, lock: string, probe: CFunction | undefined): Edit[] | undefined {
  const definition = new RegExp(`^static (DEFINE_MUTEX|DECLARE_RWSEM|DEFINE_SPINLOCK)\\(${lock}\\);`, 'm').exec(
    source.text,
  );
  const device = probe === undefined ? undefined : deviceIn(source, probe);
  const type = DEFINED_TYPES[definition?.[1] ?? ''];
  const initialiser = Object.entries(LOCK_INITIALISERS).find(([, its]) => its === type)?.[0];
  const first = probe?.body.children.find(
    (child) => child.named && child.type !== 'declaration' && child.type !== 'comment',
  );
  if (definition === null || device === undefined || initialiser === undefined || first === undefined) return undefined;
  const indent = indentationAt(source, first.start);
  const edits: Edit[] = [
    { start: definition.index, end: definition.index + definition[0].length, text: `static ${type} *${lock};` },
    { start: first.start, end: first.start, text: `${allocationText(lock, device, initialiser, indent)}\n${indent}` },
  ];
  for (const pointer of findAll(source.root, 'pointer_expression'))
    if (textOf(source, pointer) === `&${lock}`) edits.push({ start: pointer.start, end: pointer.start + 1, text: '' });
  return edits;
}

const FREES = /^(kfree|kfree_rcu|kvfree|kref_put|put_device|\w+_put)$/;

/** The last reference goes before the node that is part of the same object. */
export const freeBeforeUnregister: Mutator = (subject) =>
  distinct(
    subject.nodes.flatMap((node): Mutant[] => {
      const at = node.unregister?.at;
      const source = at === undefined ? undefined : subject.sources.get(at.file);
      if (at === undefined || source === undefined || !endsWithDevice(node)) return [];
      const statement = statementOf(nodeAt(source.root, at.span.start, at.span.end));
      const call = enclosing(nodeAt(source.root, at.span.start, at.span.end), 'call_expression');
      // The cdev itself holds its device until cdev_device_del() has let it go: an earlier put frees nothing.
      if (node.unregister?.api === 'cdev_device_del') return [];
      const object = call === undefined ? undefined : /&(\w+)->/.exec(textOf(source, call))?.[1];
      if (statement?.type !== 'expression_statement' || object === undefined) return [];
      const free = (statement.parent?.children ?? []).find((sibling) => {
        if (sibling.start < statement.end || sibling.type !== 'expression_statement') return false;
        const [its] = callsIn(source, sibling);
        return its !== undefined && FREES.test(its.name) && mentions(source, its.args[0] ?? sibling, object);
      });
      if (free === undefined) return [];
      const indent = indentationAt(source, statement.start);
      const edits = [
        { start: statement.start, end: statement.start, text: `${textOf(source, free)}\n${indent}` },
        deletion(source, free),
      ];
      return [mutantOf('free-before-unregister', at.file, free.start, `${textOf(source, free)} comes first`, edits)];
    }),
  );
