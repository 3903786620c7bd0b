/**
 * What one analysis of Rust files leaves for the next, so that a keystroke costs what it changed. What a function's names mean depends
 * on its own text and on declarations: as long as those are the same, only functions whose text changed are linked again. A `RustFn`
 * is the same object then, moved to where it stands now.
 */
import type { FileIr, FunctionIr } from '../../ir/ir.ts';
import type { Knowledge } from '../../knowledge/lookup.ts';
import type { SourceUnit } from '../model.ts';
import type { GuardLives } from './guards.ts';
import type { LinkedFn } from './link.ts';
import type { RustFn } from './rust-program.ts';
import type { FunctionView } from './view.ts';

type Mutable<T> = { -readonly [Key in keyof T]: T[Key] };

/** What holds as long as declarations stay. */
interface Epoch {
  readonly knowledge: Knowledge;
  readonly declarations: readonly string[];
  readonly functions: readonly Mutable<RustFn>[];
  readonly links: Map<RustFn, { readonly ir: FunctionIr; readonly linked: LinkedFn }>;
  /** Files in the terms of C, by what they were lowered to. */
  readonly files: WeakMap<FileIr, FileIr>;
}

/** One who types goes back and forth between texts that parse and texts that do not. */
const MAX_EPOCHS = 3;

/** Owner of what is known of one module; `begin` comes before everything else. */
export class RustMemory {
  private epochs: readonly Epoch[] = [];
  /** Of functions, as long as they need not be linked again. */
  readonly lives = new WeakMap<LinkedFn, GuardLives>();
  readonly translations = new WeakMap<LinkedFn, FunctionIr>();
  readonly views = new WeakMap<LinkedFn, FunctionView>();

  /** The functions of the files, in text order. */
  begin(units: readonly SourceUnit[], knowledge: Knowledge): readonly RustFn[] {
    const declarations = units.flatMap((unit) => [unit.path, declarationsOf(unit.ir)]);
    const now = units.flatMap((unit) => unit.ir.functions.map(({ ir, at, end }) => ({ ir, at, end, unit })));
    const known = this.epochs.find((one) => one.knowledge === knowledge && sameTexts(one.declarations, declarations));
    for (const [index, fn] of (known?.functions ?? []).entries()) Object.assign(fn, now[index]);
    const epoch = known ?? { knowledge, declarations, functions: now, links: new Map(), files: new WeakMap() };
    this.epochs = [epoch, ...this.epochs.filter((one) => one !== epoch)].slice(0, MAX_EPOCHS);
    return epoch.functions;
  }

  /** What was made of a function with this text. */
  linked(fn: RustFn, link: () => LinkedFn): LinkedFn {
    const links = this.epochs[0]?.links;
    const known = links?.get(fn);
    if (known?.ir === fn.ir) return known.linked;
    const linked = link();
    links?.set(fn, { ir: fn.ir, linked });
    return linked;
  }

  /** A file in the terms of C. */
  translated(file: FileIr, translate: () => FileIr): FileIr {
    const files = this.epochs[0]?.files;
    const ir = files?.get(file) ?? translate();
    files?.set(file, ir);
    return ir;
  }
}

function sameTexts(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((text, index) => text === b[index]);
}

const declarations = new WeakMap<FileIr, string>();

/** All that others, and functions of the file itself, can see of a file; no places and no bodies. */
function declarationsOf(ir: FileIr): string {
  let text = declarations.get(ir);
  if (text === undefined) {
    text = JSON.stringify([
      ir.structs.map(({ name, fields }) => [name, fields.map((field) => [field.name, field.type])]),
      ir.typedefs,
      ir.globals.map(({ name, type }) => [name, type]),
      ir.prototypes,
      ir.impls?.map(({ type, trait, functions, types }) => [type, trait, functions, types]),
      ir.functions.map(({ ir: fn }) => [fn.name, fn.returns, fn.parameters, fn.method, fn.generics, fn.closureOf]),
    ]);
    declarations.set(ir, text);
  }
  return text;
}
