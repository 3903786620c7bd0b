/** Finds facts about the kernel crate by the end of a path. */
import type { RustFlagContract, RustFunctionContract, RustTypeContract } from './rust-schema.ts';
import type { ContractFile, LockKind, TableContract } from './schema.ts';

const TRAIT = 'trait ';

/** What the tree's kernel crate is like; without a tree, like the newest that was read. */
export interface RustForms {
  readonly devres?: string;
  readonly drivers?: string;
  readonly misc?: string;
}

export class RustFacts {
  readonly forms: RustForms;
  private readonly types = new Map<string, RustTypeContract>();
  private readonly functions = new Map<string, RustFunctionContract>();
  private readonly flags = new Map<string, RustFlagContract>();
  private readonly traits = new Map<string, TableContract>();

  constructor(files: readonly ContractFile[], forms: RustForms = {}) {
    this.forms = forms;
    for (const file of files) {
      for (const row of file.rustTypes ?? [])
        for (const name of [row.name, ...(row.aliases ?? [])]) this.types.set(name, row);
      for (const row of file.rustFunctions ?? [])
        for (const name of [row.name, ...(row.aliases ?? [])]) this.functions.set(name, row);
      for (const row of file.rustFlags ?? []) this.flags.set(row.name, row);
      for (const row of file.tables ?? [])
        if (row.struct.startsWith(TRAIT)) this.traits.set(row.struct.slice(TRAIT.length), row);
    }
  }

  /** A reference to the bound device gives access without a section. The first form of `Devres` had no such thing. */
  get hasBoundAccess(): boolean {
    return this.forms.devres !== 'R1';
  }

  /** Operations of a device node have an owner, so that an open file pins the module. */
  get pinsModule(): boolean {
    return this.forms.misc === 'MISC_OWNER_SET';
  }

  /** The data of a driver is dropped before its devres entries are released. */
  get dropsDataFirst(): boolean {
    return this.forms.drivers === undefined || this.forms.drivers === 'HRT';
  }

  /** The row of a type; the longest end of the path that has one decides. */
  findType(path: string): RustTypeContract | undefined {
    return findByEnd(this.types, path);
  }

  /** A function that is called by its path; the type in it may go by another name. */
  findFunction(path: string): RustFunctionContract | undefined {
    const row = findByEnd(this.functions, path);
    if (row !== undefined) return row;
    const at = path.lastIndexOf('::');
    const type = at < 0 ? undefined : this.findType(path.slice(0, at));
    return type === undefined ? undefined : this.findMethod(type, path.slice(at + 2));
  }

  findMethod(type: RustTypeContract, name: string): RustFunctionContract | undefined {
    return this.functions.get(`${type.name}::${name}`);
  }

  /** The type of guard that holds this; the first row that does. */
  findGuardType(lock: LockKind): RustTypeContract | undefined {
    return [...this.types.values()].find((row) => row.guard === lock);
  }

  findFlag(path: string): RustFlagContract | undefined {
    return this.flags.get(path.slice(path.lastIndexOf(':') + 1));
  }

  /** What the functions of a trait mean, and what the trait's table is called. */
  findTrait(path: string): TableContract | undefined {
    return findByEnd(this.traits, path);
  }

  /** Names that a text must hold for some rule to start there. */
  *startingWords(): Iterable<string> {
    for (const row of this.types.values()) {
      if (row.guard === undefined && row.registration === undefined && row.revocable !== true) continue;
      for (const name of [row.name, ...(row.aliases ?? [])]) yield name.slice(name.lastIndexOf(':') + 1);
    }
    for (const row of this.functions.values())
      if (row.role?.startsWith('try-access') || row.role === 'as-bound')
        yield row.name.slice(row.name.lastIndexOf(':') + 1);
    for (const name of this.traits.keys()) yield name.slice(name.lastIndexOf(':') + 1);
  }
}

function findByEnd<Row>(rows: ReadonlyMap<string, Row>, path: string): Row | undefined {
  for (let rest = path; ; ) {
    const row = rows.get(rest);
    if (row !== undefined) return row;
    const at = rest.indexOf('::');
    if (at < 0) return undefined;
    rest = rest.slice(at + 2);
  }
}
