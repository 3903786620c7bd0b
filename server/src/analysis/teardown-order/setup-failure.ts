/** Probe that fails after it has set something going: what devres or the error path frees then is still in use. */
import type { Operation, Place, Value } from '../../ir/ir.ts';
import { successors } from '../../ir/walk.ts';
import { cellText, strip } from '../cells.ts';
import type { Call, Fn } from '../program.ts';
import type { Parts } from '../removal.ts';
import { slotValue } from '../slots.ts';
import type { Callbacks } from './callbacks.ts';
import type { OrderFact } from './facts.ts';
import type { Arm, Source, Sources } from './sources.ts';
import { EMBEDDED, isManaged, strengthOf } from './sources.ts';
import { userThread, witness } from './story.ts';
import { callbackName, sourceText } from './text.ts';

export function* leftBySetupFailure(parts: Parts, sources: Sources, callbacks: Callbacks): Iterable<OrderFact> {
  const { graph, program } = parts;
  const probes = new Set(graph.roots.filter((root) => root.context === 'probe').map((root) => root.fn));
  for (const source of sources.all) {
    if (!EMBEDDED.has(source.kind) || isManaged(source) || sources.isStatic(source)) continue;
    if (callbacks.of(source).some((facts) => facts.drops || facts.frees.size > 0)) continue;
    for (const arm of source.arms) {
      if (!probes.has(arm.fn) || !program.own.has(arm.fn.key)) continue;
      const fact = onErrorPath(source, arm, parts, sources);
      if (fact === undefined) continue;
      yield fact;
      break;
    }
  }
}

function onErrorPath(source: Source, arm: Arm, parts: Parts, sources: Sources): OrderFact | undefined {
  const { fn } = arm;
  const { program, objects } = parts;
  const holder = sources.holdersOf(source).find((type) => objects.allocationsOf(type).some((site) => site.fn === fn));
  const sites = holder === undefined ? [] : objects.allocationsOf(holder).filter((site) => site.fn === fn);
  const [site] = sites;
  if (holder === undefined || site === undefined || sites.length > 1 || site.owner === 'subsystem') return undefined;
  const { blocks } = fn.ir;
  const armed = blocks.findIndex((block) => block.operations.some((o) => isAt(o, arm, parts)));
  if (armed < 0) return undefined;
  const stops = (operation: Operation): boolean =>
    operation.kind === 'havoc' || (operation.kind === 'call' && mayStop(operation, source, fn, parts, sources));
  const end = failingEnd(fn, armed, (o) => isAt(o, arm, parts), stops);
  if (end === undefined) return undefined;
  const frees = site.owner === 'devres' ? undefined : end.path.find((o) => isFree(o, holder, fn, parts));
  if (site.owner !== 'devres' && frees === undefined) return undefined;
  const at = program.locate(fn, frees?.span ?? end.span);
  const text = frees === undefined ? `devres frees ${holder} when probe has failed` : `the error path frees ${holder}`;
  return {
    defect: 'setup-failed',
    at: arm.at,
    source: sourceText(source),
    callback: callbackName(source),
    object: holder,
    api: arm.api,
    other: '',
    locked: false,
    by: callbackName(source),
    certainty: 'must',
    triggers: ['sysfs-unbind'],
    witness: witness(
      [source.kind, 'setup'],
      userThread(source, undefined, cellText(source.cell), parts),
      [
        { kind: 'entry', at: program.nameOf(fn), text: `${fn.ir.name}() sets the device up` },
        { kind: 'note', at: arm.at, text: `${arm.api}() arms ${sourceText(source)}` },
        { kind: frees === undefined ? 'return' : 'free', at, text },
      ],
      `the error path does not stop ${sourceText(source)}`,
    ),
    group: `${source.cell}:setup-failed`,
  };

  function isAt(operation: Operation, { at: place }: Arm, { program: where }: Parts): boolean {
    return operation.kind === 'call' && where.locate(fn, operation.span).span.start === place.span.start;
  }
}

interface FailingEnd {
  readonly span: { readonly start: number; readonly end: number };
  readonly path: readonly Operation[];
}

const MAX_WAYS = 500;

/** A way from the arm call to a return of an error number that passes no stop. */
function failingEnd(
  { ir: { blocks }, calls }: Fn,
  from: number,
  isArm: (operation: Operation) => boolean,
  stops: (operation: Operation) => boolean,
): FailingEnd | undefined {
  const seen = new Set<string>();
  const stack: Way[] = [{ index: from, path: [], failed: new Set() }];
  for (let at = stack.pop(); at !== undefined && seen.size < MAX_WAYS; at = stack.pop()) {
    const block = blocks[at.index];
    if (block === undefined) continue;
    const first = at.index === from && at.path.length === 0 ? block.operations.findIndex(isArm) + 1 : 0;
    const operations = block.operations.slice(first);
    if (operations.some(stops)) continue;
    const path = [...at.path, ...operations];
    const failed = new Set(at.failed);
    for (const operation of operations) {
      const name = operation.kind === 'assign' ? localOf(operation.to) : undefined;
      if (operation.kind !== 'assign' || name === undefined) continue;
      if (isErrorNumber(operation.value, failed, calls)) failed.add(name);
      else failed.delete(name);
    }
    const { end } = block;
    if (end.kind === 'return' && isErrorNumber(end.value, failed, calls)) return { span: end.span, path };
    for (const index of successors(block)) {
      const tested = end.kind === 'branch' && index === end.then ? failingLocal(end.condition, calls) : undefined;
      const way = { index, path, failed: tested === undefined ? failed : new Set([...failed, tested]) };
      const key = `${index} ${[...way.failed].sort().join()}`;
      if (seen.has(key)) continue;
      seen.add(key);
      stack.push(way);
    }
  }
  return undefined;
}

interface Way {
  readonly index: number;
  readonly path: readonly Operation[];
  /** Locals that hold an error, or a pointer that is one. */
  readonly failed: ReadonlySet<string>;
}

function localOf(place: Place): string | undefined {
  return place.root.kind === 'local' && place.steps.length === 0 ? place.root.name : undefined;
}

/** `if (ret)`, `if (ret < 0)`, `if (IS_ERR(p))`: what has failed when it holds. */
function failingLocal(condition: Value, calls: Fn['calls']): string | undefined {
  const value = strip(condition);
  if (value?.kind === 'read') return localOf(value.place);
  const inner =
    value?.kind === 'temp'
      ? calls.get(value.id)?.args[0]
      : value?.kind === 'operator' && value.operator === '<'
        ? value.operands[0]
        : undefined;
  const read = strip(inner);
  return read?.kind === 'read' ? localOf(read.place) : undefined;
}

/** `-ENODEV`, what is known to have failed, or what a call makes of one of the two. */
function isErrorNumber(value: Value | undefined, failed: ReadonlySet<string>, calls: Fn['calls'], depth = 0): boolean {
  const inner = strip(value);
  if (inner?.kind === 'operator') return inner.operator === '-' && inner.operands.length === 1;
  if (inner?.kind === 'read') return failed.has(localOf(inner.place) ?? '');
  if (inner?.kind !== 'temp' || depth > 0) return false;
  return calls.get(inner.id)?.args.some((argument) => isErrorNumber(argument, failed, calls, 1)) === true;
}

/** It stops the source, or may: a call that leads to a stop, or gets the object and is not known. */
function mayStop(operation: Call, source: Source, fn: Fn, { program, graph }: Parts, sources: Sources): boolean {
  const call = fn.calls.get(operation.id);
  if (call?.callee.kind !== 'named') return true;
  const target = program.findFunction(call.callee.name, fn.unit);
  if (target !== undefined)
    return source.stops.some((stop) => stop.fn === target || graph.reachable(target).has(stop.fn));
  const contract = program.knowledge.findFunction(call.callee.name);
  if (contract !== undefined) {
    const stop = strengthOf(contract.does);
    return stop !== undefined && sources.stopCounts({ kind: stop.kind, cell: undefined }, source);
  }
  const holders = new Set(sources.holdersOf(source));
  return call.args.some((argument) => holders.has(program.typeOf(argument, fn)?.base ?? ''));
}

function isFree(operation: Operation, type: string, fn: Fn, { program }: Parts): boolean {
  if (operation.kind !== 'call' || operation.callee.kind !== 'named') return false;
  const call = fn.calls.get(operation.id);
  for (const effect of program.knowledge.findFunction(operation.callee.name)?.does ?? []) {
    if (effect.verb !== 'frees' || effect.what !== 'memory' || call === undefined) continue;
    const argument = slotValue(effect.on, call);
    if (argument !== undefined && program.typeOf(argument, fn)?.base === type) return true;
  }
  return false;
}
