/** An object that lives until the last open file is closed: a count in it, and whatever freed it drops a reference instead. */
import type { LifetimeTemplate } from '../../knowledge/fence-templates.ts';
import { dropLater, plainAllocators, plainFree } from '../../knowledge/fence-templates.ts';
import { closingBracket, indentAt, indentUnit, statementAt } from './c-text.ts';
import type { NamedCall, PlacedFunction } from './driver-shape.ts';
import { callsOf, structNamed } from './driver-shape.ts';
import type { Edits } from './edits.ts';
import { addField, combine, fill, insertBefore, insertion, lineStart, replacement } from './edits.ts';
import type { EditedNode } from './operation-section.ts';
import { objectIn } from './operation-section.ts';
import { argumentsAt } from './revocable-text.ts';

export interface CountedObject extends EditedNode {
  /** Where the node lies in the driver's data. */
  readonly member: string;
  readonly prefix: string;
  /** Undefined where the memory lives long enough as it is. */
  readonly lifetime: LifetimeTemplate | undefined;
  /** Name of the field of `lifetime`. */
  readonly count: string;
  readonly allocation: PlacedFunction & { readonly call: NamedCall };
  /** What else is set up right after the allocation: lines with slots. */
  readonly initialise: readonly string[];
  /** Names of fields that these lines have slots for. */
  readonly names: Readonly<Record<string, string>>;
  /** Functions that use what frees and puts. */
  readonly users: readonly PlacedFunction[];
  readonly register: PlacedFunction & { readonly call: NamedCall };
}

/** Slots of the templates for an object that `object` points to. */
export function slotsOf(
  plan: Pick<CountedObject, 'type' | 'prefix' | 'names'> &
    Partial<Pick<CountedObject, 'count' | 'member' | 'lifetime'>>,
  object: string,
): Readonly<Record<string, string>> {
  const { type, prefix, names, count = '', member = '', lifetime } = plan;
  const slots = { type, prefix, object, member, count, ...names };
  return {
    ...slots,
    drop: lifetime === undefined ? '' : fill(lifetime.drop, slots),
    take: lifetime === undefined ? '' : fill(lifetime.take, slots),
  };
}

/** A name for a variable of that kind, as the driver calls it elsewhere. */
export function objectName(plan: CountedObject): string {
  return objectIn(plan, plan.allocation) ?? 'priv';
}

/** The field of the count. */
export function countField(plan: CountedObject): Edits {
  const struct = structNamed(plan.ctx.module, plan.type);
  if (struct === undefined) return { refused: `${plan.type} was not found` };
  if (plan.lifetime === undefined) return { edits: [] };
  const { path } = struct.unit;
  const declaration = fill(plan.lifetime.field.declaration, { name: plan.count, member: plan.member });
  return addField(path, plan.ctx.text(path), struct.struct, declaration);
}

/** The cdev holds the object from before it goes live. */
export function attachToCdev(plan: CountedObject): Edits {
  const { lifetime, register, text, file } = plan;
  if (lifetime?.attach === undefined) return { edits: [] };
  const object = objectIn(plan, register);
  if (object === undefined) return { refused: `${register.fn.ir.name}() has no variable for its ${plan.type}` };
  return insertBefore(file, text, register.call.span.start, [fill(lifetime.attach, slotsOf(plan, object))]);
}

/** Counted memory: the plain allocator, and devres that drops a reference where it freed the memory. */
export function countMemory(plan: CountedObject): Edits {
  const { allocation, text, mask, file } = plan;
  const { call, fn } = allocation;
  const object = objectIn(plan, allocation);
  const statement = statementAt(mask, call.span.start);
  const code = statement && mask.slice(statement.span.start, statement.span.end);
  const refusal = { refused: `${fn.ir.name}() allocates ${plan.type} in a way that was not understood` };
  if (object === undefined || code === undefined || statement?.form !== 'plain') return refusal;
  const tested = new RegExp(`^\\s*if\\s*\\(\\s*(?:!\\s*${object}|${object}\\s*==\\s*NULL)\\s*\\)\\s*`).exec(
    mask.slice(statement.span.end),
  );
  if (tested === null || !new RegExp(`(?:^|[\\s*])${object}\\s*=`).test(code)) return refusal;
  const body = statement.span.end + tested[0].length;
  const end = mask[body] === '{' ? closingBracket(mask, body) : mask.indexOf(';', body);
  if (end === undefined || end < 0) return refusal;

  const slots = slotsOf(plan, object);
  const indent = indentAt(text, statement.span.start);
  const lines = [...(plan.lifetime === undefined ? [] : [plan.lifetime.initialise]), ...plan.initialise].map((line) =>
    fill(line, slots),
  );
  const managed = Object.hasOwn(plainAllocators, call.name) ? plainAllocators[call.name] : undefined;
  if (managed === undefined) {
    return combine([
      () => ({ edits: [insertion(file, end + 1, `\n\n${lines.map((line) => indent + line).join('\n')}`)] }),
      () => (plan.lifetime === undefined ? { edits: [] } : dropReferences(plan)),
    ]);
  }
  const [device = ''] = argumentsAt(text, call.span.start)?.slice(managed.device) ?? [];
  const open = mask.indexOf('(', call.span.start);
  const next = mask.indexOf(',', open + 1) + 1;
  const gap = /^\s*/.exec(mask.slice(next))?.[0].length ?? 0;
  // It fails for want of memory only, so it is left as the failing allocation is.
  const failing = text.slice(body, end + 1);
  lines.push(`if (${fill(dropLater.call, { ...slots, device })})`);
  const added = lines.map((line) => indent + line).join('\n');
  const branch = mask[body] === '{' ? ` ${failing}` : `\n${indent}${indentUnit(text)}${failing}`;
  return {
    edits: [
      replacement(file, { start: call.span.start, end: next + gap }, `${managed.plain}(`),
      insertion(file, end + 1, `\n\n${added}${branch}`),
    ],
  };
}

interface Free {
  readonly file: string;
  readonly call: NamedCall;
  /** What is freed, as written. */
  readonly argument: string;
}

/** The driver's own frees of the object. */
function freesOf(plan: CountedObject): readonly Free[] {
  return plan.ctx.module.units.flatMap(({ path, ir }) =>
    ir.functions.flatMap((fn) =>
      callsOf(fn).flatMap((call) => {
        const [argument] = call.name === plainFree ? (argumentsAt(plan.ctx.text(path), call.span.start) ?? []) : [];
        const isObject = argument !== undefined && fn.ir.locals[argument]?.base === plan.type;
        return isObject ? [{ file: path, call, argument }] : [];
      }),
    ),
  );
}

function dropReferences(plan: CountedObject): Edits {
  const edits = freesOf(plan).map(({ file, call, argument }) =>
    replacement(file, call.span, slotsOf(plan, argument).drop?.replace(/;$/, '') ?? ''),
  );
  return edits.length > 0 ? { edits } : { refused: `nothing was found that frees ${plan.type}` };
}

/** The functions that free and put, before everything that uses them. */
export function lifetimeFunctions(plan: CountedObject): Edits {
  const { text, file, allocation, lifetime } = plan;
  if (lifetime === undefined) return { edits: [] };
  const isManaged = Object.hasOwn(plainAllocators, allocation.call.name);
  const frees = isManaged ? [] : freesOf(plan).map(({ call }) => call.span.start);
  const users = plan.ctx.module.units
    .filter((unit) => unit.path === file)
    .flatMap((unit) => unit.ir.functions)
    .filter((fn) => frees.some((at) => fn.at <= at && at < fn.end));
  const places = [allocation.fn, ...plan.users.map(({ fn }) => fn), ...users].flatMap((fn) => fn?.at ?? []);
  const table = plan.node.operations.at?.span.start ?? Number.MAX_SAFE_INTEGER;
  const at = beforeComment(text, lineStart(text, Math.min(...places, table)));
  const struct = structNamed(plan.ctx.module, plan.type);
  if (struct?.unit.path === file && struct.struct.span.start > at) {
    return { refused: `${plan.type} is defined after the functions that use it` };
  }
  const slots = slotsOf(plan, objectName(plan));
  const lines = [...lifetime.free, ...(isManaged ? dropLater.lines : [])].map((line) => fill(line, slots));
  return { edits: [insertion(file, at, `${lines.join('\n')}\n`)] };
}

/** Start of the comment that ends on the line above, so that a function keeps its own. */
export function beforeComment(text: string, at: number): number {
  const comment = /\/\*(?:(?!\*\/)[\s\S])*\*\/\r?\n$/.exec(text.slice(Math.max(0, at - 4000), at));
  return comment === null ? at : lineStart(text, at - comment[0].length);
}
