/** What lowering keeps while it works on one function: names, scopes and what their ends must run. */
import type { Span } from '../base/span.ts';
import type { CNode } from './c-node.ts';
import type { CText } from './c-type.ts';
import { CfgBuilder } from './cfg-builder.ts';
import type {
  Callee,
  CallOrigin,
  GlobalDeclaration,
  ParseProblem,
  Place,
  Root,
  Step,
  StructDeclaration,
  TypeRef,
  Value,
} from './ir.ts';

/** Runs when control leaves the scope that registered it. */
export interface Cleanup {
  readonly callee: Callee;
  readonly args: readonly Value[];
  readonly origin: Extract<CallOrigin, 'guard-exit' | 'cleanup'>;
  readonly guard?: number;
  /** Offset in the file from which on it is registered. */
  readonly from: number;
}

export interface Scope {
  /** Offsets in the file. */
  readonly start: number;
  readonly end: number;
  readonly names: Map<string, { readonly root: Root; readonly type: TypeRef }>;
  readonly cleanups: Cleanup[];
}

/** Where `break` or `continue` goes, and how many scopes stay open there. */
export interface JumpTarget {
  readonly block: number;
  readonly depth: number;
}

export interface SwitchState {
  readonly cases: { readonly labels: readonly Value[]; readonly to: number }[];
  otherwise: number | undefined;
}

export interface Lowering {
  readonly text: CText;
  /** Offset of the function in the file; spans count from there. */
  readonly base: number;
  /** File-level initializers: no control flow, no spans in places. */
  readonly fileLevel: boolean;
  readonly name: string;
  readonly returns: TypeRef;
  readonly cfg: CfgBuilder;
  /** Lowers a braced body as part of an expression; yields the value of its last expression. */
  readonly lowerBody: (lowering: Lowering, body: CNode) => Value | undefined;
  readonly scopes: Scope[];
  readonly locals: Record<string, TypeRef>;
  readonly renamed: Map<string, number>;
  readonly breaks: JumpTarget[];
  readonly continues: JumpTarget[];
  readonly switches: SwitchState[];
  readonly labels: Map<string, { readonly block: number; readonly at: number }>;
  /** Unreadable places of the function in order; `errorsSeen` of them have become havoc. */
  readonly errors: Span[];
  errorsSeen: number;
  synthetic: number;
  /** Function-static variables and local structs, with spans relative to the function. */
  readonly statics: GlobalDeclaration[];
  readonly structs: StructDeclaration[];
  readonly problems: ParseProblem[];
}

export type LoweringSetup = Pick<Lowering, 'text' | 'base' | 'fileLevel' | 'name' | 'returns' | 'lowerBody'>;

export function createLowering({ text, base, fileLevel, name, returns, lowerBody }: LoweringSetup): Lowering {
  return {
    text,
    base,
    fileLevel,
    name,
    returns,
    lowerBody,
    cfg: new CfgBuilder(),
    scopes: [],
    locals: {},
    renamed: new Map(),
    breaks: [],
    continues: [],
    switches: [],
    labels: new Map(),
    errors: [],
    errorsSeen: 0,
    synthetic: 0,
    statics: [],
    structs: [],
    problems: [],
  };
}

export function spanOf(lowering: Lowering, node: Span): Span {
  return { start: node.start - lowering.base, end: node.end - lowering.base };
}

/** The text as the parser saw it, which for names is what the user wrote. */
export function textOf(lowering: Lowering, node: Span): string {
  return lowering.text.standard.slice(node.start, node.end);
}

/** The text as the user wrote it. */
export function spellingOf(lowering: Lowering, node: Span): string {
  return lowering.text.original.slice(node.start, node.end);
}

/** A place whose span is that of `node`. */
export function place(lowering: Lowering, node: Span, root: Root, steps: readonly Step[] = []): Place {
  return lowering.fileLevel ? { root, steps } : { root, steps, span: spanOf(lowering, node) };
}

export function read(lowering: Lowering, node: Span, root: Root): Value {
  return { kind: 'read', place: place(lowering, node, root) };
}

export function openScope(lowering: Lowering, node: Span): void {
  lowering.scopes.push({ start: node.start, end: node.end, names: new Map(), cleanups: [] });
}

/** Ends the innermost scope; where control falls out of it, its cleanups run. */
export function closeScope(lowering: Lowering, at: Span): void {
  runCleanups(lowering, lowering.scopes.length - 1, at);
  lowering.scopes.pop();
}

/** Declares a local of the innermost scope and returns its root. */
export function declareLocal(lowering: Lowering, name: string, type: TypeRef): Root {
  const count = (lowering.renamed.get(name) ?? 0) + 1;
  lowering.renamed.set(name, count);
  const unique = count === 1 ? name : `${name}#${count}`;
  const root: Root = { kind: 'local', name: unique };
  lowering.locals[unique] = type;
  lowering.scopes.at(-1)?.names.set(name, { root, type });
  return root;
}

/** Declares a function-static variable: a global named after the function. */
export function declareStatic(
  lowering: Lowering,
  name: string,
  type: TypeRef,
  initializer: Value | undefined,
  node: Span,
): void {
  const unique = `${lowering.name}.${name}`;
  lowering.scopes.at(-1)?.names.set(name, { root: { kind: 'global', name: unique }, type });
  lowering.statics.push({
    name: unique,
    type,
    isStatic: true,
    isExtern: false,
    ...(initializer === undefined ? {} : { initializer }),
    span: spanOf(lowering, node),
  });
}

/** A local that holds a value which control flow computes. */
export function declareSynthetic(lowering: Lowering, type: TypeRef): Root {
  const name = `$${++lowering.synthetic}`;
  lowering.locals[name] = type;
  return { kind: 'local', name };
}

export function lookup(lowering: Lowering, name: string): { readonly root: Root; readonly type: TypeRef } | undefined {
  for (let at = lowering.scopes.length - 1; at >= 0; at--) {
    const found = lowering.scopes[at]?.names.get(name);
    if (found !== undefined) return found;
  }
  return undefined;
}

export function addCleanup(lowering: Lowering, cleanup: Cleanup): void {
  lowering.scopes.at(-1)?.cleanups.push(cleanup);
}

export function hasCleanups(lowering: Lowering): boolean {
  return lowering.scopes.some((scope) => scope.cleanups.length > 0);
}

/** Emits what leaving all scopes from the innermost down to `depth` runs, last registered first. */
export function runCleanups(lowering: Lowering, depth: number, at: Span): void {
  for (let index = lowering.scopes.length - 1; index >= depth; index--) {
    for (const cleanup of [...(lowering.scopes[index]?.cleanups ?? [])].reverse()) runCleanup(lowering, cleanup, at);
  }
}

/** Emits what a jump to the label at offset `target` runs: scopes that it leaves, and what it jumps back over. */
export function runCleanupsTo(lowering: Lowering, target: number, at: Span): void {
  for (const scope of [...lowering.scopes].reverse()) {
    const stays = scope.start <= target && target < scope.end;
    for (const cleanup of [...scope.cleanups].reverse()) {
      if (!stays || cleanup.from > target) runCleanup(lowering, cleanup, at);
    }
  }
}

function runCleanup(lowering: Lowering, cleanup: Cleanup, at: Span): void {
  if (!lowering.cfg.isOpen) return;
  lowering.cfg.call(cleanup.callee, cleanup.args, cleanup.origin, spanOf(lowering, at), cleanup.guard);
}

export function havoc(lowering: Lowering, reason: string, node: Span): void {
  const text = spellingOf(lowering, node).replace(/\s+/g, ' ').trim().slice(0, 80);
  lowering.cfg.emit({ kind: 'havoc', reason, text, span: spanOf(lowering, node) });
  lowering.problems.push({ span: spanOf(lowering, node), reason });
}
