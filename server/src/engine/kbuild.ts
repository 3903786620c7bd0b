/**
 * Reads what a Kbuild file or Makefile says of objects: which are built on their own, and which .o files link
 * into a composite. Both sides of every conditional count, flags are only read for include folders, and
 * nothing is run. What make would compute (`$(shell …)`, `$(wildcard …)`) is not known and is left out.
 */

/** How an object gets into the kernel. */
export type BuildChoice =
  | { readonly kind: 'builtin' }
  | { readonly kind: 'module' }
  /** As this option says, without the `CONFIG_` prefix. */
  | { readonly kind: 'option'; readonly option: string }
  | { readonly kind: 'unknown' };

/** An object that is linked by itself: `foo` of foo.ko, or of foo.o in vmlinux. */
export interface KbuildObject {
  readonly name: string;
  readonly choices: readonly BuildChoice[];
  /** Paths of its parts without `.o`, relative to the folder of the Makefile; a plain object is its own part. */
  readonly parts: readonly string[];
}

export interface Kbuild {
  readonly objects: readonly KbuildObject[];
  /**
   * Folders of `-I` flags: relative to the folder of the Makefile, or to the tree where they start with `/`.
   * Those with variables other than `$(src)`, `$(srctree)` and their like are left out.
   */
  readonly includeFolders: readonly string[];
}

interface Assignment {
  readonly name: string;
  readonly value: string;
}

const ASSIGNMENT =
  /^\s*(?:override\s+|export\s+)?((?:[\w./-]|\$\((?:[^()]|\([^()]*\))*\)|\$\{[^}]*\})+?)\s*(?::=|::=|\+=|\?=|=)\s*(.*)$/;
const LIST = /^(obj|lib)-(.+)$/;
const COMPOSITE = /^(.+?)-(?:objs|y|m|(?:objs-)?(?:y|m|\$[({].*[)}]))$/;
const FLAGS = /^(?:subdir-)?(?:ccflags-|asflags-|EXTRA_CFLAGS|CFLAGS_|KBUILD_CFLAGS)/;
const FOLDER_VARIABLE = /(?:\$[({]srctree[)}]\/)?\$[({](?:src|obj|M|PWD|CURDIR)[)}]\/?/g;
const TREE_VARIABLE = /^\$[({](?:srctree|objtree)[)}]\//;

/** Parses the text of a Kbuild file or Makefile. */
export function parseKbuild(text: string): Kbuild {
  const assignments = readAssignments(text);
  const variables = new Map<string, string>();
  for (const { name, value } of assignments) variables.set(name, `${variables.get(name) ?? ''} ${value}`);

  const composites = new Map<string, Set<string>>();
  const listed = new Map<string, BuildChoice[]>();
  const includeFolders = new Set<string>();

  for (const { name, value } of assignments) {
    const list = LIST.exec(name);
    if (list !== null) {
      const choice = list[1] === 'lib' ? { kind: 'builtin' as const } : readChoice(list[2] ?? '');
      for (const object of objectsIn(value, variables)) {
        const choices = listed.get(object);
        if (choices === undefined) listed.set(object, [choice]);
        else choices.push(choice);
      }
      continue;
    }
    if (FLAGS.test(name)) {
      for (const folder of includesIn(value)) includeFolders.add(folder);
      continue;
    }
    const composite = COMPOSITE.exec(name)?.[1];
    if (composite === undefined) continue;
    const parts = composites.get(composite) ?? new Set<string>();
    for (const object of objectsIn(value, variables)) parts.add(object);
    composites.set(composite, parts);
  }

  const objects: KbuildObject[] = [];
  for (const [name, choices] of listed) {
    objects.push({ name, choices, parts: partsOf(name, composites, new Set()) });
  }
  return { objects, includeFolders: [...includeFolders] };
}

/** Logical lines: comments dropped, continuations joined; what is not an assignment is skipped. */
function readAssignments(text: string): Assignment[] {
  const assignments: Assignment[] = [];
  const joined = text.replace(/\\\r?\n[ \t]*/g, ' ');
  for (const line of joined.split(/\r?\n/)) {
    const content = line.replace(/(^|[^\\])#.*$/, '$1');
    const match = ASSIGNMENT.exec(content);
    if (match !== null) assignments.push({ name: match[1] ?? '', value: (match[2] ?? '').trim() });
  }
  return assignments;
}

function readChoice(suffix: string): BuildChoice {
  if (suffix === 'y') return { kind: 'builtin' };
  if (suffix === 'm') return { kind: 'module' };
  const option = /^\$[({]CONFIG_(\w+)[)}]$/.exec(suffix)?.[1];
  if (option !== undefined) return { kind: 'option', option };
  // `obj-$(subst m,y,$(CONFIG_X))` turns a module into a part of the kernel.
  if (/^\$[({]subst\s+m,\s*y,/.test(suffix)) return { kind: 'builtin' };
  return { kind: 'unknown' };
}

/** Names of the .o files in a value, without `.o`; variables of the same file are expanded a few levels deep. */
function objectsIn(value: string, variables: ReadonlyMap<string, string>): string[] {
  let expanded = value;
  for (let depth = 0; depth < 4 && /\$[({][\w-]+[)}]/.test(expanded); depth++) {
    expanded = expanded.replace(/\$[({]([\w-]+)[)}]/g, (_, name: string) =>
      name.startsWith('CONFIG_') ? '' : (variables.get(name) ?? ''),
    );
  }
  const names: string[] = [];
  for (const match of expanded.matchAll(/(?<![\w$({/.+-])([\w+.-]+(?:\/[\w+.-]+)*)\.o(?![\w.])/g)) {
    if (match[1] !== undefined) names.push(match[1]);
  }
  return names;
}

function partsOf(name: string, composites: ReadonlyMap<string, ReadonlySet<string>>, seen: Set<string>): string[] {
  if (seen.has(name)) return [];
  seen.add(name);
  const parts = composites.get(name);
  if (parts === undefined || parts.size === 0) return [name];
  const all = new Set<string>();
  for (const part of parts) {
    // A composite may list an object of its own name: foo-y := foo.o bar.o.
    if (part === name) all.add(part);
    else for (const nested of partsOf(part, composites, seen)) all.add(nested);
  }
  return [...all];
}

function includesIn(value: string): string[] {
  const folders: string[] = [];
  for (const match of value.matchAll(/-I\s*(\S+)/g)) {
    const written = match[1] ?? '';
    if (written.startsWith('/')) continue;
    const local = written.replace(FOLDER_VARIABLE, './').replace(TREE_VARIABLE, '/');
    if (/[$%]/.test(local)) continue;
    folders.push(local.replace(/(?!^)\/$/, ''));
  }
  return folders;
}

/** Types of the options that a Kconfig text declares: option → `bool` or `tristate`. */
export function parseKconfig(text: string): ReadonlyMap<string, 'bool' | 'tristate'> {
  const types = new Map<string, 'bool' | 'tristate'>();
  let option: string | undefined;
  for (const line of text.split(/\r?\n/)) {
    const entry = /^\s*(?:menu)?config\s+(\w+)\s*$/.exec(line);
    if (entry !== null) {
      option = entry[1];
      continue;
    }
    if (option === undefined) continue;
    const type = /^\s+(?:def_)?(bool|tristate)\b/.exec(line)?.[1];
    if (type === 'bool' || type === 'tristate') {
      if (types.get(option) !== 'tristate') types.set(option, type);
      option = undefined;
    } else if (/^\s*(?:help|---help---|endif|endmenu|choice|comment|source)\b/.test(line)) {
      option = undefined;
    }
  }
  return types;
}
