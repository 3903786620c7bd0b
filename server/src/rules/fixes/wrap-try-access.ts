/** A try-access section from the first unfenced use of an operation on, where the driver already has a provider. */
import type { FunctionAt } from '../../ir/ir.ts';
import { goneAnswers, REVOCABLE_HEADER } from '../../knowledge/fix-templates.ts';
import { revocableGenerations } from '../../knowledge/revocable-generations.ts';
import type { Fix, FixContext } from '../rule.ts';
import { indentAt, indentUnit, maskC, statementAt } from './c-text.ts';
import { holderIn, structNamed } from './driver-shape.ts';
import type { Edits } from './edits.ts';
import { asResult, combine, declareVariable, insertInclude, insertion, replacement } from './edits.ts';

export const wrapTryAccess: Fix = {
  title: 'Enter the revocable section before the use',
  safety: 'review',
  preferred: () => true,
  offered: (ctx) => templateFor(ctx) !== undefined && providerStructs(ctx).length > 0,
  edit: (ctx) => {
    const template = templateFor(ctx);
    const fn = functionAt(ctx);
    if (template === undefined || fn === undefined) return { kind: 'none' };
    const provider = providerIn(ctx, fn, template);
    if (provider === undefined) return { kind: 'none' };
    return asResult(wrap(ctx, fn, template, provider), ctx.text);
  },
};

/** How the tree's generation spells "enter the section, or be told that the device is gone". */
interface TryAccess {
  readonly macro: string;
  readonly form: 'statement' | 'block';
  /** Type of the object that the macro's first argument points to. */
  readonly argument: string;
  /** That object belongs to one call, so that only a local will do. */
  readonly perCall: boolean;
}

function templateFor({ generation }: FixContext): TryAccess | undefined {
  const core = Object.values(revocableGenerations).find((candidate) => candidate.id === generation.core);
  const macros = core?.macros.filter((macro) => macro.whenRevoked === 'null') ?? [];
  const macro = macros.find((candidate) => candidate.form === 'statement') ?? macros[0];
  if (core === undefined || macro === undefined) return undefined;
  const perCall = macro.takes === 'consumer';
  return {
    macro: macro.name,
    form: macro.form,
    argument: perCall ? core.consumerType : core.providerType,
    perCall,
  };
}

function functionAt({ module, finding }: FixContext): FunctionAt | undefined {
  const unit = module.units.find((candidate) => candidate.path === finding.at.file);
  const at = finding.at.span.start;
  return unit?.ir.functions.find((fn) => fn.at <= at && at < fn.end && fn.ir.macro !== true);
}

/** Structs of the driver that have a field of the type that the macro takes. */
function providerStructs(ctx: FixContext): string[] {
  const wanted = templateFor(ctx)?.argument;
  return [...ctx.module.units, ...ctx.module.headers].flatMap((unit) =>
    unit.ir.structs
      .filter((struct) => struct.fields.some((field) => field.type.base === wanted))
      .map((struct) => struct.name),
  );
}

interface Provider {
  readonly expression: string;
  /** Local or global that the expression starts from. */
  readonly root: string;
}

function providerIn(ctx: FixContext, fn: FunctionAt, template: TryAccess): Provider | undefined {
  if (template.perCall) {
    const own = Object.entries(fn.ir.locals).find(([, type]) => type.base === template.argument && type.pointers === 1);
    return own && { expression: own[0], root: own[0] };
  }
  for (const name of providerStructs(ctx)) {
    const field = structNamed(ctx.module, name)?.struct.fields.find(
      (declared) => declared.type.base === template.argument,
    );
    const holder = holderIn(ctx.module, fn, name);
    if (field === undefined || holder === undefined || field.type.pointers > 1) continue;
    const address = field.type.pointers === 0 ? '&' : '';
    return { expression: `${address}${holder.prefix}${field.name}`, root: holder.pointer.replace('&', '') };
  }
  return undefined;
}

function wrap(ctx: FixContext, fn: FunctionAt, template: TryAccess, provider: Provider): Edits {
  const { file, span } = ctx.finding.at;
  const text = ctx.text(file);
  const mask = maskC(text);
  const open = mask.indexOf('{', fn.at);
  const start = topLevelStart(mask, open, span.start);
  if (start === undefined) return { refused: 'the statement of the use was not found' };
  const before = mask.slice(open, start);
  if (!new RegExp(`\\b${provider.root}\\b`).test(before + mask.slice(fn.at, open))) {
    return { refused: `${provider.root} is set only after the use` };
  }
  const answer = answerOf(fn);
  if (answer === undefined) return { refused: `${fn.ir.name}() has no way to answer that the device is gone` };
  const jump = template.form === 'statement' ? jumpOver(mask, open, start, fn.end) : undefined;
  if (jump !== undefined) return { refused: `goto ${jump} would jump over the start of the section` };

  const resource = Object.hasOwn(fn.ir.locals, 'res') ? 'resource' : 'res';
  const enter = `${template.macro}(${provider.expression}, ${resource})`;
  const indent = indentAt(text, start);
  const step = indentUnit(text);
  const body = template.form === 'statement' ? indent : indent + step;
  const test = `${body}if (!${resource})\n${body}${step}${answer}\n`;
  return combine([
    () => ({ edits: insertInclude(file, text, REVOCABLE_HEADER) }),
    // The macro assigns the resource; it does not declare what it assigns it to.
    () => declareVariable(file, text, fn.at, `void *${resource};`),
    () =>
      template.form === 'statement'
        ? { edits: [insertion(file, start, `${enter};\n${test}\n${indent}`)] }
        : inBlock(file, text, mask, start, `${enter} {\n${test}\n`, step),
  ]);
}

/** The block form around one statement. */
function inBlock(file: string, text: string, mask: string, start: number, head: string, step: string): Edits {
  const statement = statementAt(mask, start);
  if (statement === undefined || statement.form !== 'plain' || /[{}]/.test(mask.slice(start, statement.span.end))) {
    return { refused: 'the use stands in a statement that cannot be moved into a block' };
  }
  const code = text.slice(start, statement.span.end);
  if (
    /^(?:const\s+|static\s+|unsigned\s+|struct\s+\w+)?\s*\w*[\s*]+\w+\s*[=;,]/.test(code) &&
    !/^\w+\s*[=;,]/.test(code)
  ) {
    return { refused: 'the use stands in a declaration, whose variable is needed after the section' };
  }
  const indent = indentAt(text, start);
  const inner = code.replace(/\n/g, `\n${step}`);
  const whole = `${head}${indent}${step}${inner}\n${indent}}`;
  return { edits: [replacement(file, { start, end: statement.span.end }, whole)] };
}

function answerOf(fn: FunctionAt): string | undefined {
  const { base, pointers } = fn.ir.returns;
  if (pointers > 0) return undefined;
  if (base === 'void') return 'return;';
  const value = Object.hasOwn(goneAnswers, base) ? goneAnswers[base] : undefined;
  return value === undefined ? undefined : `return ${value};`;
}

/** Start of the statement of the function's own block that holds `offset`. */
function topLevelStart(mask: string, open: number, offset: number): number | undefined {
  let depth = 0;
  let brackets = 0;
  let start = open + 1;
  for (let at = open; at < offset; at++) {
    const character = mask[at];
    if (character === '(' || character === '[') brackets++;
    else if (character === ')' || character === ']') brackets--;
    else if (character === '{') depth++;
    else if (character === '}') {
      depth--;
      if (depth === 1 && brackets === 0 && !/^\s*(?:else\b|while\b|[;,])/.test(mask.slice(at + 1, at + 200)))
        start = at + 1;
    } else if (character === ';' && depth === 1 && brackets === 0) {
      if (!/^\s*else\b/.test(mask.slice(at + 1, at + 200))) start = at + 1;
    }
  }
  if (depth < 1) return undefined;
  start += /^\s*/.exec(mask.slice(start))?.[0].length ?? 0;
  const label = /^[A-Za-z_]\w*\s*:(?!:)\s*/.exec(mask.slice(start, start + 200));
  return start + (label?.[0].length ?? 0);
}

/** A label behind `start` that something before it jumps to. */
function jumpOver(mask: string, open: number, start: number, end: number): string | undefined {
  const after = mask.slice(start, end);
  for (const [, label = ''] of mask.slice(open, start).matchAll(/\bgoto\s+(\w+)/g)) {
    if (new RegExp(`(?:^|[;{}\\s])${label}\\s*:`).test(after)) return label;
  }
  return undefined;
}
