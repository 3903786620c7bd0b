/**
 * Initialised structs of a module: operations tables, driver tables, device types. Static, positional, nested and
 * filled at run time are all the same here: a table is a set of (field path → value).
 */
import type { Span } from '../base/span.ts';
import type { AggregateField, Value } from '../ir/ir.ts';
import type { Role } from '../knowledge/schema.ts';
import type { Cell, Cells } from './cells.ts';
import { strip } from './cells.ts';
import type { SourceUnit } from './model.ts';
import type { Fn, Program } from './program.ts';

export interface TableEntry {
  /** Dotted field path: `read`, `driver.owner`. */
  readonly path: string;
  readonly value: Value;
  /** Absolute. */
  readonly span: Span;
  readonly fn?: Fn;
}

export interface Table {
  /** Variable that holds it; `name[]` for an element of an array. */
  readonly name: string;
  readonly struct: string;
  readonly unit: SourceUnit;
  /** Absolute span of the declaration. */
  readonly span: Span;
  readonly entries: ReadonlyMap<string, TableEntry>;
}

export interface RoleEntry {
  readonly fn: Fn;
  readonly role: Role;
  /** Field path in the table. */
  readonly field: string;
  readonly struct: string;
  /** Absent when the pointer was stored at run time. */
  readonly table?: Table;
}

export class Tables {
  readonly all: Table[] = [];
  readonly byName = new Map<string, Table[]>();
  readonly roles: RoleEntry[] = [];
  /** Functions whose address was stored in a member of any such struct. */
  readonly functionsOf = new Map<Cell, Fn[]>();
  /** Functions that are named in any initializer or stored anywhere. */
  readonly addressTaken = new Set<Fn>();
  private readonly program: Program;

  constructor(program: Program, cells: Cells) {
    this.program = program;
    for (const { declaration, unit } of program.allGlobals()) {
      if (declaration.initializer === undefined) continue;
      const type = program.resolve(declaration.type);
      if (type.pointers > 0) continue;
      this.addAggregate(
        declaration.name,
        type.base,
        type.array === true,
        declaration.initializer,
        unit,
        declaration.span,
      );
    }
    for (const { call, unit } of program.macroCalls('all')) this.addMacro(call.name, call.args, unit, call.span);
    for (const fn of program.functions.values()) this.addRunTime(fn, cells);
    for (const table of this.all) this.addRoles(table);
  }

  find(name: string, from: SourceUnit): Table | undefined {
    const list = this.byName.get(name);
    return list?.find((table) => table.unit === from) ?? list?.[0];
  }

  private addAggregate(name: string, struct: string, array: boolean, value: Value, unit: SourceUnit, span: Span): void {
    if (value.kind !== 'aggregate') return;
    if (array) {
      for (const field of value.fields) this.addAggregate(`${name}[]`, struct, false, field.value, unit, field.span);
      return;
    }
    const entries = new Map<string, TableEntry>();
    this.flatten(struct, '', value.fields, unit, entries);
    if (entries.size === 0 && value.fields.length > 0) return;
    this.addTable({ name, struct, unit, span, entries });
  }

  private addTable(table: Table): void {
    this.all.push(table);
    const same = this.byName.get(table.name) ?? [];
    same.push(table);
    this.byName.set(table.name, same);
    for (const entry of table.entries.values())
      if (entry.fn !== undefined) this.addFunction(this.cellOfPath(table.struct, entry.path), entry.fn);
  }

  private flatten(
    struct: string,
    prefix: string,
    fields: readonly AggregateField[],
    unit: SourceUnit,
    into: Map<string, TableEntry>,
  ): void {
    const order = this.program.fieldsOf(struct).map((f) => f.name);
    const names = order.length > 0 ? order : (this.program.knowledge.findStruct(struct)?.fieldOrder ?? []);
    let position = 0;
    for (const field of fields) {
      const own = field.path ?? (names[position] === undefined ? undefined : [names[position] as string]);
      if (field.path !== undefined) {
        const at = names.indexOf(field.path[0] ?? '');
        if (at >= 0) position = at;
      }
      position += 1;
      if (own === undefined) continue;
      const path = prefix === '' ? own.join('.') : `${prefix}.${own.join('.')}`;
      const value = strip(field.value) ?? field.value;
      if (value.kind === 'aggregate') {
        const type = this.typeOfPath(struct, own);
        this.flatten(type ?? '?', path, value.fields, unit, into);
        continue;
      }
      const fn = functionNamed(value, unit, this.program);
      into.set(path, { path, value, span: field.span, ...(fn === undefined ? {} : { fn }) });
    }
  }

  private typeOfPath(struct: string, path: readonly string[]): string | undefined {
    let current: string | undefined = struct;
    for (const name of path) {
      if (current === undefined) return undefined;
      const type = this.program.fieldType(current, name);
      current = type?.base;
    }
    return current;
  }

  private cellOfPath(struct: string, path: string): Cell {
    const names = path.split('.');
    const last = names.pop() ?? '';
    return `${this.typeOfPath(struct, names) ?? struct}.${last}`;
  }

  private addMacro(name: string, args: readonly Value[], unit: SourceUnit, span: Span): void {
    const text = (index: string): string => nameOfValue(args[Number(index)]) ?? '';
    for (const what of this.program.knowledge.findMacro(name)?.does ?? []) {
      if (what.verb !== 'defines') continue;
      const entries = new Map<string, TableEntry>();
      for (const [field, template] of Object.entries(what.fields)) {
        const target = template.replace(/\{(\d)\}/g, (_, index: string) => text(index));
        const fn = this.program.findFunction(target, unit);
        const value: Value = { kind: 'read', place: { root: { kind: 'global', name: target }, steps: [] } };
        entries.set(field, { path: field, value, span, ...(fn === undefined ? {} : { fn }) });
      }
      const variable = what.variable.replace(/\{(\d)\}/g, (_, index: string) => text(index));
      this.addTable({ name: variable, struct: what.struct, unit, span, entries });
    }
  }

  private addRunTime(fn: Fn, cells: Cells): void {
    for (const block of fn.ir.blocks) {
      for (const operation of block.operations) {
        if (operation.kind !== 'assign') continue;
        const value = strip(operation.value) ?? operation.value;
        if (value.kind === 'aggregate' && value.type !== undefined && operation.to.steps.length > 0) continue;
        const target = functionNamed(value, fn.unit, this.program);
        if (target === undefined) continue;
        const { cell } = cells.place(operation.to, fn);
        if (cell === undefined) continue;
        this.addFunction(cell, target);
        const dot = cell.lastIndexOf('.');
        if (dot < 0) continue;
        const struct = cell.slice(0, dot);
        const field = cell.slice(dot + 1);
        const role = this.program.knowledge.findRole(struct, field);
        if (role !== undefined) this.roles.push({ fn: target, role, field, struct });
      }
    }
  }

  private addRoles(table: Table): void {
    for (const entry of table.entries.values()) {
      if (entry.fn === undefined) continue;
      let role = this.program.knowledge.findRole(table.struct, entry.path);
      if (role === undefined) {
        // A member table: `.id_table`-like nesting names the inner struct's role.
        const cell = this.cellOfPath(table.struct, entry.path);
        const dot = cell.lastIndexOf('.');
        if (dot > 0) role = this.program.knowledge.findRole(cell.slice(0, dot), cell.slice(dot + 1));
      }
      if (role !== undefined) this.roles.push({ fn: entry.fn, role, field: entry.path, struct: table.struct, table });
    }
  }

  private addFunction(cell: Cell, fn: Fn): void {
    this.addressTaken.add(fn);
    const list = this.functionsOf.get(cell) ?? [];
    if (!list.includes(fn)) list.push(fn);
    this.functionsOf.set(cell, list);
  }
}

/** The function that a value names (`foo`, `&foo`), looking through wrappers such as `pm_ptr(foo)`. */
export function functionNamed(value: Value | undefined, unit: SourceUnit, program: Program): Fn | undefined {
  const name = nameOfValue(value);
  return name === undefined ? undefined : program.findFunction(name, unit);
}

export function nameOfValue(value: Value | undefined): string | undefined {
  const inner = strip(value);
  if (inner === undefined) return undefined;
  if (
    (inner.kind === 'read' || inner.kind === 'address') &&
    inner.place.root.kind === 'global' &&
    inner.place.steps.length === 0
  ) {
    return inner.place.root.name;
  }
  if (inner.kind === 'constant' && /^[A-Za-z_]\w*$/.test(inner.text)) return inner.text;
  if (inner.kind === 'unknown' && inner.parts.length === 1) return nameOfValue(inner.parts[0]);
  return undefined;
}
