/**
 * What one analysis of a module leaves for the next, so that a keystroke costs what it changed.
 *
 * Facts and summaries of a function hold while its body, the types and signatures around it, and what it was told of
 * its callees stay the same; a trace holds while the summaries that it went through do. Everything kept is checked against
 * that before it is used: an analysis with a cache equals one without.
 */
import type { FileIr, FunctionIr } from '../ir/ir.ts';
import type { Knowledge } from '../knowledge/lookup.ts';
import type { Cell, Cells } from './cells.ts';
import type { FunctionEvent, FunctionSummary } from './events.ts';
import type { SourceUnit } from './model.ts';
import type { Fn, Program } from './program.ts';
import { RustMemory } from './rust/memory.ts';
import type { Trace } from './trace.ts';
import { TraceMemo } from './trace-memo.ts';

/** A function as an entry was made for it. */
export interface FunctionIdentity {
  readonly blocks: FunctionIr['blocks'];
  readonly path: string;
  /** Types of a macro's parameters, which are those of one call's arguments; empty for a function. */
  readonly types: string;
  /** Where its indirect calls lead. */
  readonly indirect: string;
}

export interface FactsEntry {
  readonly identity: FunctionIdentity;
  readonly facts: readonly FunctionEvent[];
}

export interface SummaryEntry {
  readonly identity: FunctionIdentity;
  readonly summary: FunctionSummary;
  /** Summaries that were asked for, in that order. */
  readonly callees: readonly (readonly [key: string, summary: FunctionSummary])[];
  /** Cells of which it was asked whether tests of them matter, and the answers. */
  readonly asked: readonly (readonly [cell: Cell, matters: boolean])[];
}

export interface TraceEntry {
  readonly trace: Trace;
  /** Summaries that it is made of, in the order in which they were asked for. */
  readonly summaries: readonly (readonly [key: string, summary: FunctionSummary])[];
}

/** Entries by key of the function. */
export interface Entries {
  readonly facts: Map<string, FactsEntry>;
  readonly summaries: Map<string, SummaryEntry>;
  readonly traces: Map<string, TraceEntry>;
}

/** What an analysis may use, and where it puts what the next one may use. */
export interface Memory {
  readonly before: Entries;
  readonly after: Entries;
  /** Answers that hold for whoever asks. */
  readonly traceMemo: TraceMemo;
}

/** A session of edits leaves states behind that nothing asks for any more. */
const MAX_SNAPSHOTS = 20_000;

/** Owner of the entries of one module; given to each analysis of it in turn. */
export class AnalysisCache {
  readonly rust = new RustMemory();
  private knowledge: Knowledge | undefined;
  private context: readonly unknown[] = [];
  private entries: Entries = noEntries();
  private traceMemo = new TraceMemo();

  /** Entries of the last analysis, if the surroundings of all functions are the same; what is not used again is dropped. */
  begin(program: Program, cells: Cells): Memory {
    const context = contextOf(program, cells);
    const isSame =
      this.knowledge === program.knowledge &&
      context.length === this.context.length &&
      context.every((part, index) => part === this.context[index]);
    const before = isSame ? this.entries : noEntries();
    this.knowledge = program.knowledge;
    this.context = context;
    this.entries = noEntries();
    if (this.traceMemo.size > MAX_SNAPSHOTS) this.traceMemo = new TraceMemo();
    return { before, after: this.entries, traceMemo: this.traceMemo };
  }
}

function noEntries(): Entries {
  return { facts: new Map(), summaries: new Map(), traces: new Map() };
}

/** Everything outside of a function's body that its summary may depend on, save what entries check for themselves. */
function contextOf(program: Program, cells: Cells): readonly unknown[] {
  const { units, headers, neighbours } = program.input;
  const parts: unknown[] = [cells.revocable?.core, cells.revocable?.certain, units.length, headers.length];
  for (const unit of [...units, ...headers, ...neighbours])
    parts.push(unit.path, fileContext(unit), typeText(program.privateData(unit)));
  return parts;
}

const fileContexts = new WeakMap<FileIr, string>();

/** Types and signatures of a file, without places. */
function fileContext({ ir }: SourceUnit): string {
  let text = fileContexts.get(ir);
  if (text === undefined) {
    text = JSON.stringify([
      ir.structs.map(({ name, fields }) => [name, fields.map((field) => [field.name, field.type])]),
      ir.typedefs,
      ir.globals.map((g) => [g.name, g.type, g.isStatic, g.isExtern, g.initializer !== undefined]),
      ir.prototypes,
      ir.functions.map(({ ir: fn }) => [
        fn.name,
        fn.isStatic,
        fn.returns,
        fn.parameters,
        // The type of a macro's value is that of its body.
        fn.macro === true ? fn.hash : '',
      ]),
    ]);
    fileContexts.set(ir, text);
  }
  return text;
}

function typeText(type: ReturnType<Program['privateData']>): string {
  return type === undefined ? '' : JSON.stringify(type);
}

export function identityOf(fn: Fn, indirect: string): FunctionIdentity {
  const types = fn.ir.macro === true ? JSON.stringify(fn.ir.parameters.map(({ name }) => fn.ir.locals[name])) : '';
  return { blocks: fn.ir.blocks, path: fn.unit.path, types, indirect };
}

/** The blocks of a function are one object as long as its text is the same. */
export function sameIdentity(a: FunctionIdentity, b: FunctionIdentity): boolean {
  return a.blocks === b.blocks && a.path === b.path && a.types === b.types && a.indirect === b.indirect;
}
