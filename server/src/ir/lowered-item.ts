/** What one piece of a file is lowered to, wherever it stands: the unit that is kept when the file is edited. */
import type { Span } from '../base/span.ts';
import { shift } from '../base/span.ts';
import type { CText } from './c-type.ts';
import { hashDigest, hashInto, hashState } from './content-hash.ts';
import type {
  FunctionAt,
  FunctionIr,
  GlobalDeclaration,
  MacroCall,
  ParseProblem,
  StructDeclaration,
  TypeRef,
  Value,
} from './ir.ts';

/** Spans are relative to the start of the piece. */
export interface LoweredItem {
  readonly ir?: FunctionIr;
  /** Closures in it. */
  readonly inner?: readonly FunctionAt[];
  readonly structs: readonly StructDeclaration[];
  readonly typedefs: readonly (readonly [name: string, type: TypeRef])[];
  /** Function-static variables of a function are named `function.variable`. */
  readonly globals: readonly GlobalDeclaration[];
  readonly macroCalls: readonly MacroCall[];
  readonly prototypes: readonly (readonly [name: string, returns: TypeRef])[];
  readonly problems: readonly ParseProblem[];
}

export const NOTHING: LoweredItem = {
  structs: [],
  typedefs: [],
  globals: [],
  macroCalls: [],
  prototypes: [],
  problems: [],
};

/** Keyed by `hashOf`; owned by whoever wants functions and declarations to survive edits of the rest of the file. */
export type FunctionCache = Map<string, LoweredItem>;

/** Hash of a text in both spellings: both decide what it is lowered to. */
export function hashOf(text: CText, start: number, end: number): string {
  const state = hashState();
  hashInto(state, text.standard, start, end);
  hashInto(state, text.original, start, end);
  return hashDigest(state);
}

/** The parts of a `FileIr` while they are collected. */
export interface FileParts {
  readonly functions: FunctionAt[];
  readonly structs: StructDeclaration[];
  readonly typedefs: Record<string, TypeRef>;
  readonly globals: GlobalDeclaration[];
  readonly macroCalls: MacroCall[];
  readonly prototypes: Record<string, TypeRef>;
  readonly problems: ParseProblem[];
}

export function emptyFileParts(): FileParts {
  return { functions: [], structs: [], typedefs: {}, globals: [], macroCalls: [], prototypes: {}, problems: [] };
}

/** Adds an item, moved to where it stands. */
export function addItem(parts: FileParts, item: LoweredItem, { start: at, end }: Span): void {
  if (item.ir !== undefined) parts.functions.push({ at, end, ir: item.ir });
  for (const global of item.globals) parts.globals.push(moveGlobal(global, at));
  for (const struct of item.structs) parts.structs.push(moveStruct(struct, at));
  for (const call of item.macroCalls) parts.macroCalls.push({ ...call, span: shift(call.span, at) });
  for (const problem of item.problems) parts.problems.push({ ...problem, span: shift(problem.span, at) });
  for (const [name, type] of item.typedefs) parts.typedefs[name] = type;
  for (const [name, type] of item.prototypes) parts.prototypes[name] = type;
}

function moveStruct(struct: StructDeclaration, by: number): StructDeclaration {
  const fields = struct.fields.map((field) => ({ ...field, span: shift(field.span, by) }));
  return { ...struct, fields, span: shift(struct.span, by) };
}

function moveGlobal(global: GlobalDeclaration, by: number): GlobalDeclaration {
  const moved = { ...global, span: shift(global.span, by) };
  return global.initializer === undefined ? moved : { ...moved, initializer: moveValue(global.initializer, by) };
}

/** Outside functions only the fields of aggregates have spans. */
function moveValue(value: Value, by: number): Value {
  switch (value.kind) {
    case 'aggregate':
      return {
        ...value,
        fields: value.fields.map((field) => ({
          ...field,
          span: shift(field.span, by),
          value: moveValue(field.value, by),
        })),
      };
    case 'address':
    case 'read': {
      const { root } = value.place;
      if (root.kind !== 'value' || root.value.kind !== 'aggregate') return value;
      return { ...value, place: { ...value.place, root: { kind: 'value', value: moveValue(root.value, by) } } };
    }
    case 'cast':
      return value.value.kind === 'aggregate' ? { ...value, value: moveValue(value.value, by) } : value;
    default:
      return value;
  }
}
