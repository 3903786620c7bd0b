/**
 * What lowering keeps while it works on one Rust function: names, and what is dropped where.
 *
 * Scopes are of two kinds. A block owns its variables, which go at its end in reverse order; shadowing drops nothing. A
 * statement (or a condition, or a whole `match` or `if let`) owns the temporaries that are made in it and not moved on.
 */
import type { Span } from '../base/span.ts';
import type { CNode } from './c-node.ts';
import { CfgBuilder } from './cfg-builder.ts';
import type { FunctionAt, ParseProblem, Place, Root, Step, TypeRef, Value } from './ir.ts';
import type { RustNames } from './rust-type.ts';
import { isPlain, resolvePath, wordsOfPath } from './rust-type.ts';

export interface RustScope {
  readonly kind: 'block' | 'temporaries';
  readonly names: Map<string, Root>;
  /** Variables and temporaries in the order in which they were made. */
  readonly owned: Value[];
}

export interface RustLoop {
  readonly label?: string;
  readonly next: number;
  readonly exit: number;
  /** Scopes that stay open when control leaves the loop. */
  readonly depth: number;
  /** What `break value` sets. */
  readonly result?: Root;
}

/** Parses a piece of Rust of its own; the node that is asked for, with offsets counted on from `at`. */
export type ParseRust = (prefix: string, text: string, suffix: string, at: number) => CNode | undefined;

export interface RustLowering {
  /** Lowers an expression and yields its value. */
  readonly lower: (l: RustLowering, node: CNode) => Value;
  readonly names: RustNames;
  readonly parse: ParseRust;
  readonly name: string;
  /** Offset of the function in the file; spans count from there. */
  readonly base: number;
  readonly cfg: CfgBuilder;
  readonly scopes: RustScope[];
  readonly locals: Record<string, TypeRef>;
  readonly renamed: Map<string, number>;
  readonly loops: RustLoop[];
  /** Closures of the function, and theirs. */
  readonly closures: FunctionAt[];
  readonly problems: ParseProblem[];
  synthetic: number;
}

export type RustSetup = Pick<RustLowering, 'lower' | 'names' | 'parse' | 'name' | 'base'>;

export function createRustLowering(setup: RustSetup): RustLowering {
  return {
    ...setup,
    cfg: new CfgBuilder(),
    scopes: [],
    locals: {},
    renamed: new Map(),
    loops: [],
    closures: [],
    problems: [],
    synthetic: 0,
  };
}

export function spanIn(l: RustLowering, node: Span): Span {
  return { start: node.start - l.base, end: node.end - l.base };
}

export function textIn(l: RustLowering, node: Span): string {
  return l.names.text.slice(node.start, node.end);
}

export function placeAt(l: RustLowering, node: Span, root: Root, steps: readonly Step[] = []): Place {
  return { root, steps, span: spanIn(l, node) };
}

export function unknownValue(...parts: readonly Value[]): Value {
  return { kind: 'unknown', parts };
}

export function operator(text: string, ...operands: readonly Value[]): Value {
  return { kind: 'operator', operator: text, operands };
}

// Scopes

export function openRustScope(l: RustLowering, kind: RustScope['kind']): RustScope {
  const scope: RustScope = { kind, names: new Map(), owned: [] };
  l.scopes.push(scope);
  return scope;
}

/** Ends the innermost scope; where control falls out of it, what it owns is dropped. `out` is moved out of it. */
export function closeRustScope(l: RustLowering, at: Span, out?: Value): void {
  const scope = l.scopes.pop();
  if (scope !== undefined) dropOwned(l, scope.owned, at, out);
}

/** Drops what all scopes from the innermost down to `depth` own; they stay open. */
export function dropDownTo(l: RustLowering, depth: number, at: Span, out?: Value): void {
  for (let index = l.scopes.length - 1; index >= depth; index--) dropOwned(l, l.scopes[index]?.owned ?? [], at, out);
}

export function dropOwned(l: RustLowering, owned: readonly Value[], at: Span, out?: Value): void {
  for (const value of [...owned].reverse()) if (out === undefined || !movesOut(out, value)) dropValue(l, value, at);
}

/** Whether the variable is the value, or a part that an aggregate takes. */
function movesOut(out: Value, owned: Value): boolean {
  if (out.kind === 'aggregate') return out.fields.some((field) => movesOut(field.value, owned));
  if (out.kind === 'operator') return out.operator.startsWith('as ') && movesOut(out.operands[0] as Value, owned);
  if (out.kind !== 'read' || owned.kind !== 'read' || out.place.steps.length > 0) return false;
  const [left, right] = [out.place.root, owned.place.root];
  return left.kind === 'local' && right.kind === 'local' && left.name === right.name;
}

/** What is read through something that is about to be dropped is read before. */
export function settle(l: RustLowering, value: Value, node: Span): Value {
  const reads =
    value.kind === 'operator'
      ? !value.operator.startsWith('as ')
      : value.kind === 'read' && value.place.steps.length > 0;
  if (!reads || !l.cfg.isOpen) return value;
  const root = declareResult(l);
  assign(l, root, value, node);
  return { kind: 'read', place: placeAt(l, node, root) };
}

/** The drop is placed at the end of what `at` spans. */
export function dropValue(l: RustLowering, value: Value, at: Span): void {
  if (!l.cfg.isOpen) return;
  const end = spanIn(l, { start: Math.max(at.start, at.end - 1), end: at.end });
  l.cfg.call({ kind: 'named', name: 'drop' }, [value], 'cleanup', end);
}

/** A call's result that nobody owns yet belongs to the statement. */
export function ownTemporary(l: RustLowering, value: Value): void {
  const scope = l.scopes.findLast((one) => one.kind === 'temporaries');
  scope?.owned.push(value);
}

/** The value moves on: the statement no longer owns the temporary that it is, or is a part of. */
export function move(l: RustLowering, value: Value): Value {
  const temporary = temporaryIn(value);
  if (temporary === undefined || isBorrow(value)) return value;
  for (const scope of l.scopes) {
    const at = scope.owned.findIndex((owned) => owned.kind === 'temp' && owned.id === temporary.id);
    if (at >= 0) scope.owned.splice(at, 1);
  }
  return value;
}

/** `let x = &f();`: the temporary lives as long as the variable. */
export function extendTemporary(l: RustLowering, value: Value): void {
  const temporary = temporaryIn(value);
  if (temporary === undefined) return;
  move(l, temporary);
  l.scopes.findLast((one) => one.kind === 'block')?.owned.push(temporary);
}

/** Only a part of the temporary is read, or its address taken. */
function isBorrow(value: Value): boolean {
  if (value.kind === 'address') return true;
  if (value.kind === 'read')
    return value.place.steps.length > 0 || (value.place.root.kind === 'value' && isBorrow(value.place.root.value));
  return value.kind === 'operator' && isBorrow(value.operands[0] as Value);
}

function temporaryIn(value: Value): (Value & { kind: 'temp' }) | undefined {
  if (value.kind === 'temp') return value;
  if (value.kind === 'operator' && value.operator.startsWith('as ')) return temporaryIn(value.operands[0] as Value);
  if ((value.kind === 'address' || value.kind === 'read') && value.place.root.kind === 'value')
    return temporaryIn(value.place.root.value);
  return undefined;
}

/** Declares a variable of the innermost block. What owns nothing is not dropped. */
export function declareRust(l: RustLowering, name: string, type: TypeRef, value: Value): Root {
  const count = (l.renamed.get(name) ?? 0) + 1;
  l.renamed.set(name, count);
  const unique = count === 1 ? name : `${name}#${count}`;
  const root: Root = { kind: 'local', name: unique };
  l.locals[unique] = type;
  const scope = l.scopes.findLast((one) => one.kind === 'block');
  scope?.names.set(name, root);
  if (!isPlain(type) && mayOwn(value)) scope?.owned.push({ kind: 'read', place: { root, steps: [] } });
  return root;
}

function mayOwn(value: Value): boolean {
  if (value.kind === 'operator') return value.operator.startsWith('as ') && mayOwn(value.operands[0] as Value);
  return value.kind !== 'constant' && value.kind !== 'string' && value.kind !== 'address' && value.kind !== 'sizeof';
}

/** A variable that holds a value which control flow computes. Nobody drops it: its value is moved on at once. */
export function declareResult(l: RustLowering): Root {
  const name = `$${++l.synthetic}`;
  l.locals[name] = { base: 'unknown', pointers: 0 };
  return { kind: 'local', name };
}

export function lookupRust(l: RustLowering, name: string): Root | undefined {
  for (let at = l.scopes.length - 1; at >= 0; at--) {
    const found = l.scopes[at]?.names.get(name);
    if (found !== undefined) return found;
  }
  return undefined;
}

export function assign(l: RustLowering, root: Root, value: Value, node: Span): void {
  if (!l.cfg.isOpen) return;
  l.cfg.emit({ kind: 'assign', to: placeAt(l, node, root), value, span: spanIn(l, node) });
}

export function havocRust(l: RustLowering, reason: string, node: Span): Value {
  const text = textIn(l, node).replace(/\s+/g, ' ').trim().slice(0, 80);
  l.cfg.emit({ kind: 'havoc', reason, text, span: spanIn(l, node) });
  l.problems.push({ span: spanIn(l, node), reason });
  return unknownValue();
}

/** A function or constant by its path, as `use` declarations and `Self` tell. */
export function pathOf(l: RustLowering, node: CNode): string {
  return resolvePath(l.names, wordsOfPath(l.names, node));
}

/** Keeps the reads of a value that nothing else uses. */
export function evaluate(l: RustLowering, value: Value, node: CNode): void {
  if (!l.cfg.isOpen || value.kind === 'temp' || value.kind === 'constant' || value.kind === 'string') return;
  if (value.kind === 'unknown' && value.parts.length === 0) return;
  if (value.kind === 'aggregate' && value.fields.length === 0) return;
  l.cfg.emit({ kind: 'evaluate', value, span: spanIn(l, node) });
}
