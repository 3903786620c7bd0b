/**
 * Replaces the operations of an open file by revocable ones: a provider that probe allocates and teardown revokes right
 * after the unregister call, and the replacing call as the last thing that open does.
 */

import type { FsRevocableTemplate } from '../../knowledge/fix-templates.ts';
import { DEFAULT_FORM, fsRevocableTemplates, NO_MEMORY, rcuProvider } from '../../knowledge/fix-templates.ts';
import { Knowledge } from '../../knowledge/lookup.ts';
import type { Fix, FixContext } from '../rule.ts';
import { indentUnit } from './c-text.ts';
import type { NamedCall } from './driver-shape.ts';
import { callsOf, errorVariable, functionNamed, globalPathOf, holderIn, pathOf, structNamed } from './driver-shape.ts';
import type { Edits } from './edits.ts';
import {
  addField,
  asResult,
  combine,
  declareVariable,
  fill,
  insertAfter,
  insertBefore,
  insertInclude,
} from './edits.ts';
import { failureOf, withStatements } from './failure-path.ts';
import { closedGate } from './fs-revocable-gates.ts';
import { guardOpen } from './fs-revocable-open.ts';
import type { Node, Plan } from './fs-revocable-plan.ts';
import { planFor, slotsFor } from './fs-revocable-plan.ts';
import { coverageGate, explicitSections } from './fs-revocable-sections.ts';
import { sleepersOf, wakeSleepersOf, wakingLines } from './fs-revocable-sleepers.ts';

/** The form of the tree, or the one that is meant for trees that lack it. */
function templateFor(ctx: FixContext): FsRevocableTemplate | undefined {
  const { fops, core } = ctx.generation;
  const wanted = fops === 'none' ? DEFAULT_FORM : fops;
  const template = fsRevocableTemplates.find((candidate) => candidate.id === wanted);
  return template && core === rcuProvider.core ? { ...template, ...rcuProvider } : template;
}

function missing(ctx: FixContext): boolean {
  return ctx.generation.fops === 'none' || ctx.generation.forced;
}

export const insertFsRevocable: Fix = {
  title: (ctx) => {
    const title = templateFor(ctx)?.title ?? '';
    return missing(ctx) ? `${title} (needs the fs_revocable series)` : title;
  },
  safety: 'review',
  preferred: (ctx) => !missing(ctx),
  lacks: ({ generation }) => (generation.fops === 'none' ? 'the fs_revocable series' : undefined),
  offered: (ctx) => ctx.finding.node?.openFn !== undefined || ctx.finding.node?.operations.entries.open !== undefined,
  edit: (ctx) => {
    const { node } = ctx.finding;
    const template = templateFor(ctx);
    if (node === undefined || template === undefined) return { kind: 'none' };
    const closedAnyway = coverageGate(node);
    if (closedAnyway !== undefined) return { kind: 'disabled', reason: closedAnyway };
    const plan = planFor(ctx, node, template);
    if ('refused' in plan) return { kind: 'disabled', reason: plan.refused };
    if (plan.present) return { kind: 'none' };
    const closed = closedGate(ctx, node, plan);
    if (closed !== undefined) return { kind: 'disabled', reason: closed };
    return asResult(
      combine([
        () => includes(plan),
        ...(plan.hasProvider ? [] : [() => field(plan), () => provider(plan)]),
        () => revokes(plan, node),
        () => guardOpen(plan),
        () => explicitSections(plan, node),
        () => wakeSleepersOf(plan, node),
      ]),
      ctx.text,
    );
  },
};

/** Wherever the provider is allocated, used or revoked. */
function includes(plan: Plan): Edits {
  const { module, text } = plan.ctx;
  const tears = module.units.filter((unit) =>
    unit.ir.functions.some((fn) => callsOf(fn).some((call) => call.name === plan.unregisterApi)),
  );
  const files = new Set([plan.open.unit, plan.register.unit, ...tears].map((unit) => unit.path));
  return {
    edits: [...files].flatMap((file) =>
      plan.template.headers.flatMap((header) => insertInclude(file, text(file), header)),
    ),
  };
}

function field(plan: Plan): Edits {
  const struct = structNamed(plan.ctx.module, plan.type);
  if (struct === undefined) return { refused: `${plan.type} was not found` };
  const { path } = struct.unit;
  return addField(path, plan.ctx.text(path), struct.struct, `${plan.template.providerType}${plan.fieldName};`);
}

/** Allocation before the register call, and revoke where that call fails. */
function provider(plan: Plan): Edits {
  const { unit, fn, call } = plan.register;
  const text = plan.ctx.text(unit.path);
  const holder = holderIn(plan.ctx.module, fn, plan.type, localOf(call));
  if (holder === undefined) return { refused: `${fn.ir.name}() holds no pointer to ${plan.type}` };
  const slots = slotsFor(plan, holder);
  const failure = failureOf(text, fn, call, (name) => onlyPrints(plan, name));
  if (failure === undefined) {
    return { refused: `${fn.ir.name}() handles a failing ${call.name}() in a way that was not understood` };
  }
  const step = indentUnit(text);
  const leave = failure.leave(NO_MEMORY);
  const test =
    leave.length === 1
      ? [`if (!${slots.member})`, `${step}${leave[0]}`]
      : [`if (!${slots.member}) {`, ...leave.map((line) => `${step}${line}`), '}'];
  const lines = [fill(plan.template.allocate, slots), ...test, ''];
  const undeclared = failure.form === 'tail' && errorVariable(fn) === undefined;
  return combine([
    () => (undeclared ? declareVariable(unit.path, text, fn.at, `int ${failure.variable};`) : { edits: [] }),
    () => insertBefore(unit.path, text, call.span.start, lines),
    () => withStatements(unit.path, text, failure, [fill(plan.template.revoke, slots)]),
  ]);
}

function localOf(call: NamedCall): string | undefined {
  return call.args.map(pathOf).find((path) => path !== undefined)?.local;
}

/** Messages have no part in undoing. */
function onlyPrints(plan: Plan, name: string): boolean {
  if (functionNamed(plan.ctx.module, name) !== undefined) return false;
  return (
    Knowledge.builtin()
      .findFunction(name)
      ?.does.every((effect) => effect.verb === 'nothing') === true
  );
}

/** Revoke after each unregister call of this node, error paths included. */
function revokes(plan: Plan, node: Node): Edits {
  const { module } = plan.ctx;
  if (plan.hasProvider && sleepersOf(plan, node) === undefined) return { edits: [] };
  const steps: (() => Edits)[] = [];
  for (const unit of module.units) {
    for (const fn of unit.ir.functions) {
      for (const call of callsOf(fn)) {
        if (call.name !== plan.unregisterApi || isOtherNode(plan, call)) continue;
        const holder = holderIn(module, fn, plan.type, localOf(call));
        steps.push(() =>
          holder === undefined
            ? { refused: `${fn.ir.name}() unregisters without a pointer to ${plan.type}` }
            : insertAfter(unit.path, plan.ctx.text(unit.path), call.span.start, [
                ...wakingLines(plan, node, holder.pointer),
                ...(plan.hasProvider ? [] : [fill(plan.template.revoke, slotsFor(plan, holder))]),
              ]),
        );
      }
    }
  }
  return steps.length > 0 ? combine(steps) : { refused: 'no teardown that unregisters the node was found' };
}

/** The call names another member of the object than the register call does. */
function isOtherNode(plan: Plan, call: NamedCall): boolean {
  const paths = call.args.map((value) => pathOf(value) ?? globalPathOf(plan.ctx.module, value));
  const fields = paths.find((path) => path !== undefined)?.fields ?? '';
  return plan.nodePath !== undefined && fields !== '' && fields !== plan.nodePath;
}
