/** Revoking inside a section of the same provider: it waits for the section, and the section for it. */
import { cellText } from '../cells.ts';
import type { Step } from '../model.ts';
import type { Fn } from '../program.ts';
import type { Parts } from '../removal.ts';
import type { TraceEvent } from '../trace.ts';
import type { RevocableFact } from './facts.ts';
import { Revocations } from './revocations.ts';
import type { SectionContext } from './section-context.ts';

export function revokedInside(context: SectionContext, parts: Parts): readonly RevocableFact[] {
  const { program, cells, objects, graph, tracer } = parts;
  const revocations = new Revocations(program, cells, objects);
  const found = new Map<string, RevocableFact>();
  const roots = new Set<Fn>(graph.roots.map((root) => root.fn));
  for (const fn of context.ownUsers()) if (roots.has(fn) || graph.callers(fn).size === 0) roots.add(fn);
  for (const root of roots) {
    if (!context.uses(root)) continue;
    for (const traced of tracer.of(root).events) {
      if (traced.event.kind !== 'effect' || traced.event.effect.verb !== 'synchronizes') continue;
      const inside = traced.states
        .flatMap((state) => [...state.held.values()])
        .find(
          (held) =>
            held.lock === 'revocable' &&
            held.cell !== '?' &&
            revocations.providersBehind(held.cell).some((provider) => revocations.revokes(traced, provider)),
        );
      if (inside === undefined || !program.own.has(traced.fn.key)) continue;
      const at = program.locate(traced.fn, traced.event.span);
      const key = `${at.file}:${at.span.start}`;
      if (!found.has(key)) found.set(key, fact(traced, cellText(inside.cell.replace(/\*$/, '')), context));
    }
  }
  return [...found.values()];
}

function fact(traced: TraceEvent, provider: string, { program }: SectionContext): RevocableFact {
  const at = program.locate(traced.fn, traced.event.span);
  const calls = traced.chain.map(
    ({ fn, call }): Step => ({
      kind: 'call',
      at: program.locate(fn, call.span),
      text: `calls ${program.functions.get(call.target)?.ir.name ?? call.target}()`,
    }),
  );
  const revoke = traced.event.kind === 'effect' ? `${traced.event.api}()` : '';
  return {
    kind: 'revoked-inside',
    at,
    names: { provider, revoke },
    story: [
      ...calls.slice(-12),
      { kind: 'lock', at, text: `waits for every section of ${provider}, the one that this path is inside included` },
    ],
    certainty: 'must',
  };
}
