/**
 * Finds kernel facts by name. A `Knowledge` never changes after it is built; `with` makes a new one, in which
 * the rows that were given last win. Lookups go by name or alias first, then by pattern, and are remembered.
 */
import { builtinContracts } from './contracts/index.ts';
import type { FsRevocableGeneration, RevocableGeneration } from './revocable-generations.ts';
import type { RustForms } from './rust-facts.ts';
import { RustFacts } from './rust-facts.ts';
import type {
  ContractFile,
  FunctionContract,
  FunctionPattern,
  GuardContract,
  LoopContract,
  MacroContract,
  NodeContract,
  NodeKind,
  Role,
  StructContract,
  TableContract,
} from './schema.ts';

/** Forms of the revocable API that a tree has or that its user chose; absent where it has none. */
export interface RevocableForms {
  readonly core?: RevocableGeneration;
  readonly fops?: FsRevocableGeneration;
}

interface Compiled<Row> {
  readonly row: Row;
  readonly expression: RegExp;
}

const TEARDOWN_FIELDS = [
  'remove',
  'remove_new',
  'remove_one',
  'remove_dev',
  'disconnect',
  'detach',
  'unbind',
  'shutdown',
  'destroy',
];
const PROBE_FIELDS = ['probe', 'probe_new', 'probe_one', 'connect', 'attach', 'bind', 'add', 'add_dev'];
const POWER_FIELDS = ['suspend', 'resume', 'reset_resume', 'suspend_late', 'resume_early', 'runtime_suspend'];

export class Knowledge {
  readonly files: readonly ContractFile[];
  readonly revocable: RevocableForms;
  /** The kernel crate. */
  readonly rust: RustFacts;
  /** By name and by alias; in time also by what was asked for, null where nothing is known. */
  private readonly functions = new Map<string, FunctionContract | FunctionPattern | null>();
  private readonly tables = new Map<string, TableContract>();
  private readonly structs = new Map<string, StructContract>();
  private readonly guards = new Map<string, GuardContract>();
  private readonly macros = new Map<string, MacroContract>();
  private readonly nodes = new Map<NodeKind, NodeContract>();
  private readonly patterns: readonly Compiled<FunctionPattern>[];
  private readonly loops: readonly Compiled<LoopContract>[];
  private readonly matchedLoops = new Map<string, LoopContract | undefined>();
  private readonly guessedTables = new Map<string, TableContract | undefined>();

  private static shared: Knowledge | undefined;

  private constructor(files: readonly ContractFile[], revocable: RevocableForms = {}, rust: RustForms = {}) {
    this.files = files;
    this.revocable = revocable;
    this.rust = new RustFacts(files, rust);
    for (const file of files) {
      for (const row of file.functions ?? []) {
        this.functions.set(row.name, row);
        for (const alias of row.aliases ?? []) this.functions.set(alias, row);
      }
      for (const row of file.tables ?? []) this.tables.set(row.struct, row);
      for (const row of file.structs ?? []) this.structs.set(row.struct, row);
      for (const row of file.guards ?? []) this.guards.set(row.class, row);
      for (const row of file.macros ?? []) this.macros.set(row.name, row);
      for (const row of file.nodes ?? []) this.nodes.set(row.node, row);
    }
    // What a user adds goes first; among the rest, patterns of broad families that do nothing go last.
    const newestFirst = files.toReversed();
    this.patterns = newestFirst
      .flatMap((file) => (file.patterns ?? []).map((row) => ({ ...compile(row), rank: patternRank(file, row) })))
      .sort((left, right) => left.rank - right.rank);
    this.loops = newestFirst.flatMap((file) => (file.loops ?? []).map(compile));
  }

  /** Everything that ships with the program. */
  static builtin(): Knowledge {
    Knowledge.shared ??= new Knowledge(builtinContracts);
    return Knowledge.shared;
  }

  /** These facts and those of `files`; where both have a row for a name, the row of `files` counts. */
  with(files: readonly ContractFile[]): Knowledge {
    return files.length === 0 ? this : new Knowledge([...this.files, ...files], this.revocable, this.rust.forms);
  }

  /** These facts for a tree with these forms of the revocable API. */
  withRevocable(forms: RevocableForms): Knowledge {
    return forms.core === undefined && forms.fops === undefined
      ? this
      : new Knowledge(this.files, forms, this.rust.forms);
  }

  /** These facts for a tree whose kernel crate is like this. */
  withRust(forms: RustForms): Knowledge {
    return new Knowledge(this.files, this.revocable, forms);
  }

  /** The contract of a function or function-like macro; a pattern where many share one; `undefined` when unknown. */
  findFunction(name: string): FunctionContract | FunctionPattern | undefined {
    const row = this.functions.get(name);
    if (row !== undefined) return row ?? undefined;
    // One alternation of all patterns is too large for the regular expression compiler, and seven times slower.
    const match = this.patterns.find((pattern) => pattern.expression.test(name))?.row;
    this.functions.set(name, match ?? null);
    return match;
  }

  /**
   * The meaning of a table's function pointers. `struct` includes the keyword. An unknown `struct *_driver` is
   * read as a bus driver, and other tables with an `_ops`-like name as callbacks of some subsystem.
   */
  findTable(struct: string): TableContract | undefined {
    const row = this.tables.get(struct);
    if (row !== undefined) return row;
    if (!this.guessedTables.has(struct)) this.guessedTables.set(struct, guessTable(struct));
    return this.guessedTables.get(struct);
  }

  /** The role of one field of a table; `*` in the row stands for every field without an entry of its own. */
  findRole(struct: string, field: string): Role | undefined {
    const roles = this.findTable(struct)?.roles;
    if (roles === undefined) return undefined;
    return Object.hasOwn(roles, field) ? roles[field] : roles['*'];
  }

  /** What an open fd of this kind leads to and keeps. */
  findNode(kind: NodeKind): NodeContract | undefined {
    return this.nodes.get(kind);
  }

  findStruct(struct: string): StructContract | undefined {
    return this.structs.get(struct);
  }

  /** `name` is the class of `guard(name)(…)`, `scoped_guard(name, …)` or `CLASS(name, …)`. */
  findGuard(name: string): GuardContract | undefined {
    return this.guards.get(name);
  }

  /** The container kind of a loop macro or of an accessor such as `list_first_entry`. */
  findLoop(name: string): LoopContract | undefined {
    if (!this.matchedLoops.has(name)) {
      this.matchedLoops.set(name, this.loops.find((loop) => loop.expression.test(name))?.row);
    }
    return this.matchedLoops.get(name);
  }

  /** A macro that is called at file level. An unknown `module_*_driver` registers the table that it is given. */
  findMacro(name: string): MacroContract | undefined {
    const row = this.macros.get(name);
    if (row !== undefined) return row;
    const kind = /^(module|builtin)_\w+_driver$/.exec(name)?.[1];
    if (kind === undefined) return undefined;
    const drives = { verb: 'drives', table: 0 } as const;
    return { name, does: [kind === 'builtin' ? { ...drives, builtin: true } : drives], evidence: [] };
  }
}

function compile<Row extends { readonly pattern: string }>(row: Row): Compiled<Row> {
  return { row, expression: new RegExp(`^(?:${row.pattern})$`) };
}

function patternRank(file: ContractFile, row: FunctionPattern): number {
  if (!builtinContracts.includes(file)) return 0;
  return row.does.every((effect) => effect.verb === 'nothing' || effect.verb === 'maySleep') ? 2 : 1;
}

function guessTable(struct: string): TableContract | undefined {
  const driver = /^struct (\w+)_driver$/.exec(struct)?.[1];
  if (driver !== undefined) {
    const roles: Record<string, Role> = {};
    for (const field of TEARDOWN_FIELDS) roles[field] = { context: 'teardown', device: 0 };
    for (const field of ['driver.remove', 'drv.remove']) roles[field] = { context: 'teardown', device: 0 };
    for (const field of ['driver.probe', 'drv.probe']) roles[field] = { context: 'probe', device: 0 };
    for (const field of PROBE_FIELDS) roles[field] = { context: 'probe', device: 0 };
    for (const field of POWER_FIELDS) roles[field] = { context: 'power-management', device: 0 };
    roles['*'] = { context: 'subsystem-callback' };
    return {
      struct,
      roles,
      owner: 'driver.owner',
      driver: { bus: driver, triggers: ['sysfs-unbind', 'module-unload'], suppressBind: 'driver.suppress_bind_attrs' },
      evidence: [],
    };
  }
  if (/^struct \w+_(?:ops|operations|callbacks|funcs|fops)$/.test(struct)) {
    return { struct, roles: { '*': { context: 'subsystem-callback' } }, evidence: [] };
  }
  return undefined;
}
