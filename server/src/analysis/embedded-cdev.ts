/**
 * A cdev inside memory that the driver's own `release` frees: the VFS puts the cdev after `release` has returned, so the
 * put touches freed memory, unless the cdev's parent keeps that memory.
 */
import type { Race } from './model.ts';
import type { NodeSite, UnregisterSite } from './nodes.ts';
import type { Parts } from './removal.ts';
import type { TeardownRoot } from './teardown.ts';
import type { Trace, TraceEvent } from './trace.ts';
import { chainSteps } from './witness.ts';

export function cdevRace(
  site: NodeSite,
  roots: readonly TeardownRoot[],
  unregister: UnregisterSite | undefined,
  releases: readonly Trace[],
  parts: Parts,
): Race | undefined {
  const { holder } = site;
  if (site.kind !== 'cdev' || holder === undefined || unregister === undefined || !parts.program.isOwnStruct(holder))
    return undefined;
  if (site.pinnedBy.includes(holder) && freedByDeviceRelease(holder, parts)) return undefined;
  const root = roots.find((r) => r.trace.events.some((e) => e.event === unregister.event));
  if (root === undefined) return undefined;
  for (const trace of releases) {
    const last = trace.events.find((e) => givesUp(e, holder, parts));
    if (last === undefined) continue;
    const { program } = parts;
    const at = program.locate(last.fn, last.event.span);
    const death = { kind: 'free' as const, at, text: `the last close frees ${holder} here, with the cdev inside it` };
    return {
      operation: 'release',
      operationFn: trace.root.ir.name,
      use: { at, text: holder },
      object: { name: holder, kind: 'memory', owner: 'refcount', death },
      certainty: 'must',
      witness: {
        user: [
          {
            kind: 'entry',
            at: program.nameOf(trace.root),
            text: `close of the last fd enters ${trace.root.ir.name}()`,
          },
          ...chainSteps(program, last.chain).slice(-12),
          death,
          {
            kind: 'use',
            at: program.nameOf(trace.root),
            text: 'after release() returns, the VFS puts the cdev, in memory that is freed',
          },
        ],
        teardown: [
          {
            kind: 'entry',
            at: program.nameOf(root.fn),
            text: `teardown (${root.triggers.join(', ')}) enters ${root.fn.ir.name}()`,
          },
          { kind: 'unregister', at: unregister.at, text: `${unregister.api}() leaves the cdev to whoever closes last` },
        ],
        missing: `the cdev has no parent that keeps ${holder} until the VFS has put it`,
      },
    };
  }
  return undefined;
}

function givesUp({ event, chain }: TraceEvent, holder: string, parts: Parts): boolean {
  if (event.kind !== 'effect' || event.cleanup || chain.some((frame) => frame.call.release)) return false;
  if (event.effect.verb === 'frees') return event.effect.what === 'memory' && event.object === holder;
  return (
    event.effect.verb === 'dropsRef' &&
    event.holder === holder &&
    (event.effect.release !== undefined || event.effect.what === 'device') &&
    parts.teardown.freedByRelease(holder)
  );
}

/** The release function of an embedded device or kobject, not of a counter of the driver's own, frees the struct. */
function freedByDeviceRelease(struct: string, parts: Parts): boolean {
  return parts.graph.roots.some(
    (root) =>
      root.context === 'object-release' &&
      root.by.startsWith('struct ') &&
      parts.tracer
        .of(root.fn)
        .events.some(
          ({ event }) => event.kind === 'effect' && event.effect.verb === 'frees' && event.object === struct,
        ),
  );
}
