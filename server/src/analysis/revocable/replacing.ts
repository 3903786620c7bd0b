/** Where a driver replaces the operations of an open file, and what that leaves open. */
import type { Location } from '../../base/span.ts';
import type { Value } from '../../ir/ir.ts';
import { successors } from '../../ir/walk.ts';
import { harmlessOperations } from '../../knowledge/fix-templates.ts';
import type { Effect } from '../../knowledge/schema.ts';
import { cellText, memberOf, structOf } from '../cells.ts';
import type { Certainty, DeviceNode, Step } from '../model.ts';
import type { NodeSite } from '../nodes.ts';
import type { Call, Fn } from '../program.ts';
import type { Parts } from '../removal.ts';
import { forEachTemp } from '../value-walk.ts';
import type { RevocableFact, RevocableFactKind } from './facts.ts';
import type { ReplacedOperations } from './replaced-operations.ts';
import { replacedOperations } from './replaced-operations.ts';
import { Revocations } from './revocations.ts';
import type { SectionContext } from './section-context.ts';

export function replacingFacts(
  context: SectionContext,
  parts: Parts,
  nodes: readonly DeviceNode[],
): readonly RevocableFact[] {
  const facts: RevocableFact[] = [];
  for (const fn of context.ownUsers()) {
    for (const call of fn.calls.values())
      if (context.api.wrapperOf(call) !== undefined) facts.push(...callFacts(call, fn, context));
    if (context.isWrapperCallback(fn)) facts.push(...callbackFacts(fn, context));
  }
  parts.nodes.sites.forEach((site, index) => {
    const node = nodes[index];
    const opens = site.operations.filter((operation) => operation.context === 'open');
    const [replaced] = opens.flatMap((open) => replacedOperations(open.fn, parts));
    if (node !== undefined && replaced !== undefined && context.program.own.has(replaced.fn.key))
      facts.push(...nodeFacts(replaced, site, node, parts));
  });
  return facts;
}

function callFacts(call: Call, fn: Fn, context: SectionContext): readonly RevocableFact[] {
  const contexts = context.graph.contextsOf(fn);
  const replace = nameOf(call);
  const at = context.program.locate(fn, call.span);
  const facts: RevocableFact[] = [];
  if (contexts.size > 0 && !contexts.has('open'))
    facts.push(
      make('outside-open', at, { replace }, [note(at, `${fn.ir.name}() does not run while a file is opened`)]),
    );
  if (!isRead(call, fn))
    facts.push(make('result-ignored', at, { replace }, [note(at, 'when this fails, the operations stay as they are')]));
  return facts;
}

function isRead({ id }: Call, fn: Fn): boolean {
  let read = false;
  const see = (value: Value | undefined): void => {
    if (value !== undefined) forEachTemp(value, (temp) => (read ||= temp === id));
  };
  for (const block of fn.ir.blocks) {
    for (const operation of block.operations) {
      if (operation.kind === 'assign') see(operation.value);
      else if (operation.kind === 'call') operation.args.forEach(see);
    }
    const { end } = block;
    if (end.kind === 'branch') see(end.condition);
    else if (end.kind === 'switch' || end.kind === 'return') see(end.value);
  }
  return read;
}

/** The wrapper leaves every section, so its callback must enter every one, also after the first NULL. */
function callbackFacts(fn: Fn, context: SectionContext): readonly RevocableFact[] {
  const enters = fn.ir.blocks.flatMap((block, index) =>
    block.operations.flatMap((operation) =>
      operation.kind === 'call' && context.api.roleOf(operation) === 'enter' ? [{ block: index, call: operation }] : [],
    ),
  );
  for (const { block, call } of enters) {
    const loop = loopOf(block, fn);
    const rest = new Set(
      enters.filter((other) => other.call !== call && other.block > block).map((other) => other.block),
    );
    // A loop is left for good by its head, where the condition is; what leaves it elsewhere leaves it early.
    const through = loop.length > 0 ? new Set([Math.min(...loop)]) : rest;
    const early = through.size > 0 && returnsWithout(block, through, fn);
    if (!early) continue;
    const at = context.program.locate(fn, call.span);
    return [
      make('partial-entry', at, { callback: fn.ir.name }, [
        { kind: 'lock', at, text: 'a path returns from here without having entered the other sections' },
      ]),
    ];
  }
  return [];
}

function successorsOf(index: number, fn: Fn): readonly number[] {
  const block = fn.ir.blocks[index];
  return block === undefined ? [] : successors(block);
}

/** Blocks on a cycle through `block`. */
function loopOf(block: number, fn: Fn): readonly number[] {
  const after = reachable(successorsOf(block, fn), new Set(), fn);
  return after.has(block)
    ? [...after].filter((index) => reachable(successorsOf(index, fn), new Set(), fn).has(block))
    : [];
}

/** A return lies behind `from` on a way that goes through none of `through`. */
function returnsWithout(from: number, through: ReadonlySet<number>, fn: Fn): boolean {
  return [...reachable(successorsOf(from, fn), through, fn)].some(
    (index) => !through.has(index) && fn.ir.blocks[index]?.end.kind === 'return',
  );
}

function reachable(from: readonly number[], stop: ReadonlySet<number>, fn: Fn): ReadonlySet<number> {
  const seen = new Set<number>();
  const waiting = [...from];
  for (let index = waiting.pop(); index !== undefined; index = waiting.pop()) {
    if (seen.has(index)) continue;
    seen.add(index);
    if (!stop.has(index)) waiting.push(...successorsOf(index, fn));
  }
  return seen;
}

function nodeFacts(
  replaced: ReplacedOperations,
  site: NodeSite,
  node: DeviceNode,
  parts: Parts,
): readonly RevocableFact[] {
  const { at, call, form } = replaced;
  const replace = nameOf(call);
  const facts: RevocableFact[] = [];
  const isCovered = (field: string): boolean => form.covers.includes(field);
  const uncovered = new Set(node.races.map((race) => race.operation).filter((field) => !isCovered(field)));
  const story: Step[] = node.races
    .filter((race) => uncovered.has(race.operation))
    .map((race) => ({
      kind: 'use',
      at: race.use.at,
      text: `${race.operation} runs outside of the section and uses ${race.object.name}`,
    }));
  if (form.context === 'private_data') {
    for (const operation of site.operations) {
      if (operation.context !== 'file-operation' || isCovered(operation.field)) continue;
      if (harmlessOperations.includes(operation.fn.ir.name)) continue;
      const read = privateDataIn(operation.fn, 'use', parts);
      if (read === undefined) continue;
      uncovered.add(operation.field);
      story.push({
        kind: 'use',
        at: read,
        text: `${operation.field} takes what the wrapper keeps in private_data for the driver's own`,
      });
    }
    for (const operation of site.operations) {
      const written = operation.context === 'open' ? undefined : privateDataIn(operation.fn, 'store', parts);
      if (written !== undefined)
        facts.push(
          make('private-data', written, { operation: operation.field, replace }, [
            { kind: 'lock', at, text: `${replace} keeps its own data in private_data from here on` },
            { kind: 'store', at: written, text: `${operation.field} writes it` },
          ]),
        );
    }
  }
  if (uncovered.size > 0)
    facts.push(
      make('uncovered', at, { replace, operations: list([...uncovered]) }, [
        note(at, `${replace} covers ${list(form.covers)}, and nothing else`),
        ...story,
      ]),
    );
  facts.push(...releaseFacts(replaced, site, parts));
  facts.push(...revokeFacts(replaced, site, node, parts));
  const managed = managedMemory(replaced, site, parts);
  if (managed !== undefined) facts.push(managed);
  return facts;
}

function privateDataIn(fn: Fn, kind: 'use' | 'store', { tracer, program }: Parts): Location | undefined {
  for (const traced of tracer.of(fn).events) {
    const { event } = traced;
    if (kind === 'store' ? event.kind !== 'store' : event.kind !== 'use') continue;
    const cell = event.kind === 'store' ? traced.bind(event.cell) : event.kind === 'use' ? event.member : undefined;
    if (cell !== undefined && structOf(cell) === 'struct file' && memberOf(cell) === 'private_data')
      return program.locate(traced.fn, event.span);
  }
  return undefined;
}

/** Once revoked, the wrapper skips the driver's release. */
function releaseFacts({ at, call }: ReplacedOperations, site: NodeSite, parts: Parts): readonly RevocableFact[] {
  for (const operation of site.operations) {
    if (operation.context !== 'release') continue;
    for (const traced of parts.tracer.of(operation.fn).events) {
      const { event } = traced;
      if (event.kind !== 'effect' || !outlivesSkipping(event.effect)) continue;
      const there = parts.program.locate(traced.fn, event.span);
      const names = { replace: nameOf(call), release: operation.fn.ir.name, api: `${event.api}()` };
      return [
        make('release-skipped', at, names, [
          note(at, `after the revoke the wrapper does not call ${operation.fn.ir.name}()`),
          { kind: 'free', at: there, text: `${event.api}() is then never reached` },
        ]),
      ];
    }
  }
  return [];
}

function outlivesSkipping(effect: Effect): boolean {
  return ['frees', 'dropsRef', 'disables', 'unlinks', 'unpublishes', 'waitsFor', 'disarms', 'decrements'].includes(
    effect.verb,
  );
}

function revokeFacts(
  replaced: ReplacedOperations,
  site: NodeSite,
  node: DeviceNode,
  parts: Parts,
): readonly RevocableFact[] {
  const revocations = new Revocations(parts.program, parts.cells, parts.objects);
  const facts: RevocableFact[] = [];
  for (const root of parts.teardown.roots) {
    const { events } = root.trace;
    const unregister = events.find(
      (e) =>
        e.event.kind === 'effect' &&
        e.event.effect.verb === 'unpublishes' &&
        site.unregisters.some((u) => u.event === e.event),
    );
    if (unregister === undefined || root.kind === 'exit') continue;
    const there = parts.program.locate(unregister.fn, unregister.event.span);
    for (const provider of replaced.providers) {
      const names = { provider: cellText(provider), replace: nameOf(replaced.call), teardown: root.fn.ir.name };
      const story: Step[] = [
        { kind: 'lock', at: replaced.at, text: `open files run in sections of ${names.provider} from here on` },
        { kind: 'unregister', at: there, text: `${root.fn.ir.name}() unregisters the node` },
      ];
      const revoke = events.find((e) => revocations.revokes(e, provider));
      if (revoke === undefined) {
        // What another driver has made is its own to revoke.
        const isOwn = parts.objects.provenance(provider).some(({ kind }) => kind === 'allocation');
        if (isOwn && !revocations.isManaged(provider)) facts.push(make('unrevoked', replaced.at, names, story));
        continue;
      }
      const at = parts.program.locate(revoke.fn, revoke.event.span);
      const late = node.races.find((race) => replaced.form.covers.includes(race.operation));
      if (revoke.order < unregister.order)
        facts.push(
          make('revoked-early', at, names, [
            ...story,
            { kind: 'lock', at, text: 'but it is revoked before that, so that open can still get a dead provider' },
          ]),
        );
      else if (late !== undefined)
        facts.push(
          make('revoked-late', at, names, [
            ...story,
            late.object.death,
            { kind: 'lock', at, text: 'and it is revoked only here' },
          ]),
        );
    }
  }
  return facts;
}

/** Memory that goes with the device can be reached past the wrapper: by a late open, or by a poll that stays queued. */
function managedMemory(replaced: ReplacedOperations, site: NodeSite, parts: Parts): RevocableFact | undefined {
  const drains = site.unregisters.every((unregister) => unregister.fence.drainsOpen === true);
  const polls = site.operations.some((operation) => operation.field === 'poll');
  if (drains && !polls) return undefined;
  for (const provider of replaced.providers) {
    const struct = structOf(provider);
    const allocation =
      struct === undefined ? undefined : parts.objects.allocationsOf(struct).find((one) => one.owner === 'devres');
    if (struct === undefined || allocation === undefined) continue;
    const how = drains ? 'a poll stays queued on what is in it' : 'open can still find it after the unregister call';
    return make('managed-memory', replaced.at, { replace: nameOf(replaced.call), object: struct }, [
      {
        kind: 'note',
        at: allocation.at,
        text: `${allocation.api}() allocates ${struct}, which devres frees right after remove`,
      },
      note(replaced.at, how),
    ]);
  }
  return undefined;
}

function make(
  kind: RevocableFactKind,
  at: Location,
  names: Readonly<Record<string, string>>,
  story: readonly Step[],
  certainty: Certainty = 'must',
): RevocableFact {
  return { kind, at, names, story, certainty };
}

function note(at: Location, text: string): Step {
  return { kind: 'note', at, text };
}

function nameOf(call: Call): string {
  return call.callee.kind === 'named' ? `${call.callee.name}()` : '';
}

function list(names: readonly string[]): string {
  return names.length < 2 ? names.join() : `${names.slice(0, -1).join(', ')} and ${names.at(-1) ?? ''}`;
}
