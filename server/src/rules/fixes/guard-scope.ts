/** Where a guard and what sleeps under it stand to each other, and the fixes that take them apart. */
import type { Span } from '../../base/span.ts';
import { RUST_CLOSURE_ACCESS, RUST_DROP } from '../../knowledge/fix-templates.ts';
import type { Fix, FixContext } from '../rule.ts';
import { asResult, fill, insertion, replacement } from './edits.ts';
import { rustFunctionSpan } from './rust-shape.ts';
import type { RustStatement } from './rust-text.ts';
import { endOfBlock, linesOf, maskRust, mentions, namesOfLet, rustStatementAt } from './rust-text.ts';

/** The guard is a variable of a block, and the other statement stands in the same block. */
interface Scene {
  readonly file: string;
  readonly text: string;
  readonly mask: string;
  readonly guard: RustStatement;
  readonly name: string;
  readonly other: RustStatement;
  /** Statements between the two, as text. */
  readonly between: string;
  /** End of the block that both stand in. */
  readonly end: number;
}

function sceneOf(ctx: FixContext): Scene | undefined {
  const { at } = ctx.finding;
  const made = ctx.finding.witness?.user.find((step) => step.kind === 'lock')?.at;
  const fn = rustFunctionSpan(ctx);
  if (made === undefined || fn === undefined || made.file !== at.file || made.fn !== at.fn) return undefined;
  const text = ctx.text(at.file);
  const mask = maskRust(text);
  const guard = rustStatementAt(text, mask, made.span.start);
  const other = rustStatementAt(text, mask, at.span.start);
  if (guard === undefined || other === undefined || guard.end > other.start || guard.indent !== other.indent)
    return undefined;
  const [name, more] = namesOfLet(guard.text);
  const end = endOfBlock(mask, guard.end);
  if (name === undefined || more !== undefined || end < other.end || guard.start < fn.start) return undefined;
  return { file: at.file, text, mask, guard, name, other, between: mask.slice(guard.end, other.start), end };
}

/** `let` statements that need nothing of what comes after the guard can come before it. */
export const sleepFirst: Fix = {
  title: 'Do it before the access',
  safety: 'review',
  preferred: () => true,
  offered: (ctx) => movable(ctx) !== undefined,
  edit: (ctx) => {
    const scene = movable(ctx);
    if (scene === undefined) return { kind: 'none' };
    const { file, text, guard, other } = scene;
    const edits = [
      insertion(file, guard.start, `${whole(text, other)}\n${guard.indent}`),
      replacement(file, linesOf(text, other), ''),
    ];
    return asResult({ edits }, ctx.text);
  },
};

function movable(ctx: FixContext): Scene | undefined {
  const scene = sceneOf(ctx);
  if (scene === undefined || !scene.other.text.startsWith('let ')) return undefined;
  const { guard, other, between, name } = scene;
  const before = [name, ...[...between.matchAll(/\blet\s[^;]*/g)].flatMap(([found]) => namesOfLet(found))];
  if (before.some((one) => mentions(other.text, one))) return undefined;
  // A name that is taken earlier hides what stood there.
  if (namesOfLet(other.text).some((one) => mentions(guard.text + between, one))) return undefined;
  return isAlone(scene) ? scene : undefined;
}

/** Nothing else stands on its lines, save a comment. */
function isAlone({ mask, other }: Scene): boolean {
  const lines = linesOf(mask, other);
  return mask.slice(lines.start, other.start).trim() === '' && mask.slice(other.end, lines.end).trim() === '';
}

/** A statement with the comment behind it. */
function whole(text: string, statement: RustStatement): string {
  return text.slice(statement.start, linesOf(text, statement).end).trimEnd();
}

/** A guard that is not needed any more goes before what sleeps. */
export const dropFirst: Fix = {
  title: 'Drop the guard first',
  safety: 'review',
  preferred: (ctx) => movable(ctx) === undefined,
  offered: (ctx) => unneeded(ctx) !== undefined,
  edit: (ctx) => {
    const scene = unneeded(ctx);
    if (scene === undefined) return { kind: 'none' };
    const { file, name, other } = scene;
    return asResult(
      { edits: [insertion(file, other.start, `${fill(RUST_DROP, { name })}\n${other.indent}`)] },
      ctx.text,
    );
  },
};

function unneeded(ctx: FixContext): Scene | undefined {
  const scene = sceneOf(ctx);
  if (scene === undefined) return undefined;
  const { between, mask, name, other, end } = scene;
  const after = mask.slice(other.start, end);
  if (mentions(after, name) || isHeldElsewhere(scene)) return undefined;
  // References into it need it.
  const borrowed = [...between.matchAll(/\blet\s[^;]*/g)].filter(([found]) => borrows(found, name));
  return borrowed.some(([found]) => namesOfLet(found).some((one) => mentions(after, one))) ? undefined : scene;
}

function borrows(statement: string, name: string): boolean {
  return new RegExp(`=\\s*&|\\b${name}\\.(?:as_|deref|borrow|iter)`).test(statement) && mentions(statement, name);
}

/** Shadowed: the name means something else by now. */
function isHeldElsewhere({ between, name }: Scene): boolean {
  return [...between.matchAll(/\blet\s[^;]*/g)].some(([found]) => namesOfLet(found).includes(name));
}

/** One use in one statement needs no guard with a name. */
export const closureForm: Fix = {
  title: 'Use it inside a closure',
  safety: 'review',
  offered: (ctx) => closurePlan(ctx) !== undefined,
  edit: (ctx) => {
    const plan = closurePlan(ctx);
    if (plan === undefined) return { kind: 'none' };
    const { file } = ctx.finding.at;
    const edits = [replacement(file, plan.guard, ''), replacement(file, plan.use, plan.text)];
    return asResult({ edits }, ctx.text);
  },
};

interface ClosurePlan {
  readonly guard: Span;
  readonly use: Span;
  readonly text: string;
}

const GUARD = /^let\s+\w+\s*=\s*([^;]*?)\s*\.\s*try_access\s*\(\s*\)(\s*\.\s*ok_or(?:_else)?\s*\([^()]*\)\s*\?)\s*;$/;

function closurePlan(ctx: FixContext): ClosurePlan | undefined {
  const scene = sceneOf(ctx);
  const written = scene === undefined ? null : GUARD.exec(scene.guard.text);
  if (scene === undefined || written === null || isHeldElsewhere(scene)) return undefined;
  const { text, mask, guard, name, end } = scene;
  const rest = mask.slice(guard.end, end);
  const first = rest.search(new RegExp(`(?<![.\\w])${name}\\b`));
  const use = first < 0 ? undefined : rustStatementAt(text, mask, guard.end + first);
  if (use === undefined || use.indent !== guard.indent || mentions(mask.slice(use.end, end), name)) return undefined;
  if (use.start === scene.other.start) return undefined;
  const shape = /^((?:let\s+(?:mut\s+)?\w+(?:\s*:[^=]*)?\s*=\s*)?)([\s\S]*?)(\??);$/.exec(use.text);
  const [, head = '', body = '', fails = ''] = shape ?? [];
  if (!body.startsWith(`${name}.`) || /\?|\breturn\b|\bbreak\b|\bcontinue\b/.test(body)) return undefined;
  const [, receiver = '', refusal = ''] = written;
  const access = fill(RUST_CLOSURE_ACCESS, { name, use: body });
  return { guard: linesOf(text, guard), use, text: `${head}${receiver}${access}${refusal}${fails};` };
}

/** A `let` of a closure that needs nothing of the section can come before the statement that the closure stands in. */
export const hoistFromClosure: Fix = {
  title: 'Do it before the access',
  safety: 'review',
  preferred: () => true,
  offered: (ctx) => hoistPlan(ctx) !== undefined,
  edit: (ctx) => {
    const plan = hoistPlan(ctx);
    if (plan === undefined) return { kind: 'none' };
    const { file } = ctx.finding.at;
    const edits = [
      insertion(file, plan.before.start, `${whole(ctx.text(file), plan.moved)}\n${plan.before.indent}`),
      replacement(file, plan.lines, ''),
    ];
    return asResult({ edits }, ctx.text);
  },
};

function hoistPlan(
  ctx: FixContext,
): { readonly before: RustStatement; readonly moved: RustStatement; readonly lines: Span } | undefined {
  const { at } = ctx.finding;
  const made = ctx.finding.witness?.user.find((step) => step.kind === 'lock')?.at;
  const closure = rustFunctionSpan(ctx);
  if (made === undefined || closure === undefined || made.file !== at.file) return undefined;
  const text = ctx.text(at.file);
  const mask = maskRust(text);
  const head = /^\s*(?:move\s+)?\|([^|]*)\|\s*\{/.exec(mask.slice(closure.start, closure.end));
  const moved = rustStatementAt(text, mask, at.span.start);
  if (head === null || moved === undefined || moved.start < closure.start || !moved.text.startsWith('let '))
    return undefined;
  const before = statementAround(text, mask, made.span.start);
  const inside = mask.slice(closure.start + head[0].length, moved.start);
  const names = [
    ...[...(head[1] ?? '').matchAll(/\w+/g)].map(([name]) => name),
    ...[...inside.matchAll(/\blet\s[^;]*/g)].flatMap(([found]) => namesOfLet(found)),
  ];
  const isMoved = before !== undefined && before.start < closure.start && !/[{}]/.test(inside);
  if (!isMoved || names.some((name) => mentions(moved.text, name))) return undefined;
  return { before, moved, lines: linesOf(text, moved) };
}

/** The statement, or the last expression of a block, that holds an offset. */
function statementAround(text: string, mask: string, offset: number): RustStatement | undefined {
  const statement = rustStatementAt(text, mask, offset);
  if (statement !== undefined) return statement;
  const line = mask.lastIndexOf('\n', offset - 1) + 1;
  if (!/[{};]\s*$/.test(mask.slice(Math.max(0, line - 400), line))) return undefined;
  const indent = /^[ \t]*/.exec(text.slice(line))?.[0] ?? '';
  return { start: line + indent.length, end: offset, indent, text: text.slice(line + indent.length, offset) };
}
