/**
 * Which files link into which kernel module, from the Kbuild files around them. Parent folders count too
 * (`foo-y += sub/bar.o`), as far as the top of the tree or a few levels. Nothing here reads C.
 */
import type { FactFamily } from '../analysis/model.ts';
import type { Host } from '../base/host.ts';
import { dirname, join } from '../base/host.ts';
import type { Folders } from './folders.ts';
import type { BuildChoice, Kbuild } from './kbuild.ts';
import { parseKbuild, parseKconfig } from './kbuild.ts';
import { crateFiles } from './rust-crate.ts';

/** The files of one module, before anything is parsed. Plain data: it travels to workers. */
export interface ModulePlan {
  /** Unique in a run: where it is declared, and its name. */
  readonly id: string;
  readonly name: string;
  /** C or Rust files, absolute, in path order. */
  readonly files: readonly string[];
  /** Folders that `#include "…"` is looked up in besides the including file's own. */
  readonly includeFolders: readonly string[];
  /** See ModuleInput. */
  readonly builtin?: boolean;
  /** No Kbuild names the file: what it calls may be defined in the other files of its folder. */
  readonly loose: boolean;
  /** Only these files were asked for; all when absent. */
  readonly reported?: readonly string[];
  /** Only facts of these families are looked for; all when absent. */
  readonly families?: readonly FactFamily[];
}

/** Files that link into a module by themselves. */
export const MODULE_FILE = /\.(?:c|rs)$/;

const MAX_PARENTS = 4;
const TREE_MARKS = ['MAINTAINERS', 'Kbuild'];

/** Discovers modules lazily, one folder at a time. */
export class ModuleMap {
  private readonly host: Host;
  private readonly folders: Folders;
  private kbuilds = new Map<string, Promise<Kbuild | undefined>>();
  private plans = new Map<string, Promise<readonly ModulePlan[]>>();
  private crates = new Map<string, Promise<readonly string[]>>();
  private options = new Map<string, Promise<ReadonlyMap<string, 'bool' | 'tristate'>>>();

  constructor(host: Host, folders: Folders) {
    this.host = host;
    this.folders = folders;
  }

  /** Forgets what was read from Kbuild and Kconfig files, and which files there are. */
  invalidate(): void {
    this.kbuilds = new Map();
    this.plans = new Map();
    this.options = new Map();
    this.crates = new Map();
  }

  /** Modules that have a file in this folder, and a loose one for each file that no Kbuild names. */
  plansIn(folder: string): Promise<readonly ModulePlan[]> {
    const known = this.plans.get(folder);
    if (known !== undefined) return known;
    const made = this.makePlans(folder);
    this.plans.set(folder, made);
    return made;
  }

  /** The module of a file. A file that several modules link belongs to the first, and composites go first. */
  async planOf(file: string): Promise<ModulePlan> {
    const candidates = (await this.plansIn(dirname(file))).filter((plan) => plan.files.includes(file));
    return candidates.find((plan) => plan.files.length > 1) ?? candidates[0] ?? loosePlan(file, []);
  }

  /** The folder that holds the kernel tree around `path`, if any. */
  async findTree(path: string): Promise<string | undefined> {
    for (let folder = path; ; folder = dirname(folder)) {
      const files = await this.folders.files(folder);
      if (TREE_MARKS.every((mark) => files.has(mark))) return folder;
      if (folder === '/') return undefined;
    }
  }

  private async makePlans(folder: string): Promise<readonly ModulePlan[]> {
    const sources = [...(await this.folders.files(folder))].filter((name) => MODULE_FILE.test(name));
    if (sources.length === 0) return [];
    const plans: ModulePlan[] = [];
    const named = new Set<string>();
    let from = folder;
    for (let level = 0; level <= MAX_PARENTS; level++) {
      for (const plan of await this.plansDeclaredIn(from, folder)) {
        plans.push(plan);
        for (const file of plan.files) named.add(file);
      }
      if (from === '/' || (await this.isTreeTop(from))) break;
      from = dirname(from);
    }
    const includeFolders = await this.includeFoldersOf(folder);
    for (const name of sources) {
      const file = join(folder, name);
      if (!named.has(file)) plans.push(loosePlan(file, includeFolders));
    }
    return plans;
  }

  /** Objects of the Kbuild in `from` that have a part in `folder`. */
  private async plansDeclaredIn(from: string, folder: string): Promise<readonly ModulePlan[]> {
    const kbuild = await this.kbuild(from);
    if (kbuild === undefined) return [];
    const plans: ModulePlan[] = [];
    for (const object of kbuild.objects) {
      const files = await this.filesOf(object.parts.map((part) => join(from, part)));
      if (!files.some((path) => dirname(path) === folder)) continue;
      files.sort();
      const builtin = await this.isBuiltin(object.choices, from);
      plans.push({
        id: `${from}:${object.name}`,
        name: object.name.slice(object.name.lastIndexOf('/') + 1),
        files,
        includeFolders: await this.includeFoldersOf(from),
        ...(builtin === undefined ? {} : { builtin }),
        loose: false,
      });
    }
    return plans;
  }

  /** Sources of objects, given without extension: C, or else a Rust crate with all its files. */
  private async filesOf(parts: readonly string[]): Promise<string[]> {
    const files: string[] = [];
    for (const part of parts) {
      if (await this.folders.has(`${part}.c`)) files.push(`${part}.c`);
      else if (await this.folders.has(`${part}.rs`)) files.push(...(await this.crate(`${part}.rs`)));
    }
    return files;
  }

  private crate(root: string): Promise<readonly string[]> {
    const known = this.crates.get(root);
    if (known !== undefined) return known;
    const found = crateFiles(root, {
      has: (path) => this.folders.has(path),
      text: async (path) => {
        const read = await this.host.readText(path);
        return read.kind === 'text' ? read.text : undefined;
      },
    });
    this.crates.set(root, found);
    return found;
  }

  private async includeFoldersOf(folder: string): Promise<readonly string[]> {
    const written = (await this.kbuild(folder))?.includeFolders ?? [];
    const found: string[] = [];
    for (const name of written) {
      if (!name.startsWith('/')) found.push(join(folder, name));
      else {
        const tree = await this.findTree(folder);
        if (tree !== undefined) found.push(join(tree, name));
      }
    }
    return found;
  }

  /** `undefined` when some way to build it is not known. */
  private async isBuiltin(choices: readonly BuildChoice[], folder: string): Promise<boolean | undefined> {
    let known = true;
    for (const choice of choices) {
      if (choice.kind === 'module') return false;
      if (choice.kind === 'unknown') known = false;
      if (choice.kind !== 'option') continue;
      const type = await this.optionType(choice.option, folder);
      if (type === 'tristate') return false;
      if (type === undefined) known = false;
    }
    return known ? true : undefined;
  }

  /** The nearest declaration, from the folder upwards. */
  private async optionType(option: string, start: string): Promise<'bool' | 'tristate' | undefined> {
    for (let folder = start; ; folder = dirname(folder)) {
      const type = (await this.optionsIn(folder)).get(option);
      if (type !== undefined) return type;
      if (folder === '/' || (await this.isTreeTop(folder))) return undefined;
    }
  }

  private optionsIn(folder: string): Promise<ReadonlyMap<string, 'bool' | 'tristate'>> {
    const known = this.options.get(folder);
    if (known !== undefined) return known;
    const read = this.readOptions(folder);
    this.options.set(folder, read);
    return read;
  }

  private async readOptions(folder: string): Promise<ReadonlyMap<string, 'bool' | 'tristate'>> {
    const types = new Map<string, 'bool' | 'tristate'>();
    for (const name of await this.folders.files(folder)) {
      if (!name.startsWith('Kconfig')) continue;
      const read = await this.host.readText(join(folder, name));
      if (read.kind !== 'text') continue;
      for (const [option, type] of parseKconfig(read.text)) types.set(option, type);
    }
    return types;
  }

  private kbuild(folder: string): Promise<Kbuild | undefined> {
    const known = this.kbuilds.get(folder);
    if (known !== undefined) return known;
    const read = this.readKbuild(folder);
    this.kbuilds.set(folder, read);
    return read;
  }

  /** `Kbuild` hides `Makefile`, as in make itself. */
  private async readKbuild(folder: string): Promise<Kbuild | undefined> {
    const files = await this.folders.files(folder);
    const name = ['Kbuild', 'Makefile'].find((candidate) => files.has(candidate));
    if (name === undefined) return undefined;
    const read = await this.host.readText(join(folder, name));
    return read.kind === 'text' ? parseKbuild(read.text) : undefined;
  }

  private async isTreeTop(folder: string): Promise<boolean> {
    const files = await this.folders.files(folder);
    return TREE_MARKS.every((mark) => files.has(mark));
  }
}

function loosePlan(file: string, includeFolders: readonly string[]): ModulePlan {
  const name = file.slice(file.lastIndexOf('/') + 1).replace(/\.\w+$/, '');
  return { id: file, name, files: [file], includeFolders, loose: true };
}
