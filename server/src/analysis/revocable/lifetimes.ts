/** Providers and handles over the life of a device: what is made must be revoked, put and freed by teardown. */

import type { Value } from '../../ir/ir.ts';
import type { RevocableRole } from '../../knowledge/revocable-generations.ts';
import type { Context } from '../../knowledge/schema.ts';
import type { Cell } from '../cells.ts';
import { callsBehind, cellText, strip } from '../cells.ts';
import type { Call, Fn } from '../program.ts';
import type { Parts } from '../removal.ts';
import { providerCell } from './api.ts';
import type { RevocableFact } from './facts.ts';
import type { SectionContext } from './section-context.ts';

const TEARDOWN: ReadonlySet<Context> = new Set([
  'teardown',
  'object-destroy',
  'devres-action',
  'module-exit',
  'release',
  'object-release',
]);

interface Made {
  readonly cell: Cell;
  readonly call: Call;
  readonly fn: Fn;
  readonly embedded: boolean;
}

export function lifetimeFacts(context: SectionContext, parts: Parts): readonly RevocableFact[] {
  const facts: RevocableFact[] = [];
  const seen = new Set<Cell>();
  for (const made of madeProviders(context)) {
    if (seen.has(made.cell)) continue;
    seen.add(made.cell);
    const missing = missingDuty(made, context, parts);
    if (missing !== undefined) facts.push(missing);
  }
  return [...facts, ...keptHandles(context), ...managedRevokes(context, parts)];
}

function* madeProviders(context: SectionContext): Iterable<Made> {
  const { api, cells } = context;
  for (const fn of context.ownUsers()) {
    for (const block of fn.ir.blocks) {
      for (const operation of block.operations) {
        if (operation.kind === 'call' && api.roleOf(operation) === 'provider-init') {
          const key = operation.args[0] === undefined ? '?' : context.handleKey(operation.args[0], fn);
          if (isMember(key)) yield { cell: key, call: operation, fn, embedded: true };
        }
        if (operation.kind !== 'assign') continue;
        const call = allocation(operation.value, fn, context);
        const { cell } = cells.place(operation.to, fn);
        if (call !== undefined && cell !== undefined && isMember(cell) && !context.isManaged(call))
          yield { cell: providerCell(cell), call, fn, embedded: false };
      }
    }
  }
}

function isMember(key: string): boolean {
  return !/^(?:local|temp) |^[$?[]/.test(key);
}

/** The call that makes a provider. */
function allocation(value: Value | undefined, fn: Fn, { api }: SectionContext): Call | undefined {
  return value === undefined ? undefined : callsBehind(value, fn).find((call) => api.roleOf(call) === 'provider-alloc');
}

function missingDuty(made: Made, context: SectionContext, parts: Parts): RevocableFact | undefined {
  const { core } = context.api;
  const names = { provider: cellText(made.cell), make: nameOf(made.call) };
  const at = context.program.locate(made.fn, made.call.span);
  const story = [{ kind: 'lock' as const, at, text: `${names.make} makes the provider ${names.provider}` }];
  const certainty = hasTeardown(parts) ? 'must' : 'may';
  if (!isDone('revoke', made.cell, context, parts)) return { kind: 'never-revoked', at, names, story, certainty };
  const last = lastDuty(made, context);
  if (last === undefined || isDone(last, made.cell, context, parts)) return undefined;
  const drop = core.calls.find((call) => call.role === last)?.name ?? '';
  return { kind: 'reference-kept', at, names: { ...names, drop: `${drop}()` }, story, certainty };
}

/** What is due besides revoking. */
function lastDuty({ embedded }: Made, { api: { core } }: SectionContext): RevocableRole | undefined {
  if (embedded) return core.embeddedRefcount === true ? 'provider-put' : 'provider-destroy';
  return core.birthReferences === 2 || !core.revokeDropsReference ? 'provider-put' : undefined;
}

/** Teardown, or the release of an object, does this to the provider; functions that only other modules call are taken to. */
function isDone(role: RevocableRole, cell: Cell, context: SectionContext, parts: Parts): boolean {
  for (const fn of context.program.functions.values()) {
    for (const call of fn.calls.values()) {
      if (context.api.roleOf(call) !== role) continue;
      const key = call.args[0] === undefined ? '?' : context.handleKey(call.args[0], fn);
      if (isMember(key) && providerCell(key) !== cell) continue;
      const contexts = parts.graph.contextsOf(fn);
      if (contexts.size === 0 || [...contexts].some((one) => TEARDOWN.has(one))) return true;
    }
  }
  return false;
}

function hasTeardown({ teardown }: Parts): boolean {
  return teardown.roots.length > 0;
}

/** What devres revokes is revoked by hand as well. */
function managedRevokes(context: SectionContext, { objects }: Parts): readonly RevocableFact[] {
  const { api, program } = context;
  if (api.core.revokeTwice) return [];
  return context.ownUsers().flatMap((fn) =>
    [...fn.calls.values()].flatMap((call): RevocableFact[] => {
      const [argument] = call.args;
      const cell = argument === undefined || api.roleOf(call) !== 'revoke' ? '?' : context.handleKey(argument, fn);
      if (!isMember(cell)) return [];
      const made = objects.provenance(cell).find((one) => one.kind === 'allocation' && one.owner === 'devres');
      if (made?.kind !== 'allocation') return [];
      const at = program.locate(fn, call.span);
      const provider = cellText(cell);
      return [
        {
          kind: 'revoked-twice',
          at,
          names: { provider, revoke: nameOf(call) },
          story: [
            { kind: 'note', at: made.at, text: `devres revokes ${provider}, right after remove` },
            { kind: 'free', at, text: 'and it is revoked by hand before that' },
          ],
          certainty: 'must',
        },
      ];
    }),
  );
}

/** A handle in a field that nothing frees. */
function keptHandles(context: SectionContext): readonly RevocableFact[] {
  const freed = new Set<Cell>();
  for (const fn of context.program.functions.values()) {
    for (const call of fn.calls.values()) {
      if (context.api.roleOf(call) !== 'consumer-free') continue;
      const consumer = context.api.consumerOf(call);
      const key = consumer === undefined ? '?' : context.handleKey(consumer, fn);
      // A helper, a list element or a copy: any of them.
      if (!isMember(key) && !key.startsWith('local ')) return [];
      freed.add(key);
    }
  }
  const facts: RevocableFact[] = [];
  for (const fn of context.ownUsers()) {
    for (const block of fn.ir.blocks) {
      for (const operation of block.operations) {
        const inner = operation.kind === 'assign' ? strip(operation.value) : undefined;
        const call = inner?.kind === 'temp' ? fn.calls.get(inner.id) : undefined;
        if (operation.kind !== 'assign' || call === undefined || context.api.roleOf(call) !== 'consumer-alloc')
          continue;
        const { cell } = context.cells.place(operation.to, fn);
        if (cell === undefined || freed.has(cell)) continue;
        const at = context.program.locate(fn, call.span);
        const text = `${nameOf(call)} makes a handle, kept in ${cellText(cell)}`;
        facts.push({
          kind: 'handle-kept',
          at,
          names: { handle: cellText(cell), make: nameOf(call) },
          story: [{ kind: 'store', at, text }],
          certainty: 'must',
        });
      }
    }
  }
  return facts;
}

function nameOf(call: Call): string {
  return call.callee.kind === 'named' ? `${call.callee.name}()` : '';
}
