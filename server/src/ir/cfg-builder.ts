/** Collects operations into basic blocks and tidies the graph at the end. */
import type { Span } from '../base/span.ts';
import type { Block, Callee, CallOrigin, Operation, Terminator, Value } from './ir.ts';

interface OpenBlock {
  readonly operations: Operation[];
  end: Terminator | undefined;
}

type SwitchCase = { readonly labels: readonly Value[]; readonly to: number };

export class CfgBuilder {
  private readonly blocks: OpenBlock[] = [{ operations: [], end: undefined }];
  private current = 0;
  private calls = 0;

  /** A new block, not yet entered. */
  create(): number {
    return this.blocks.push({ operations: [], end: undefined }) - 1;
  }

  /** Continues in `block`; control falls into it when the current block is still open. */
  enter(block: number): void {
    this.goto(block);
    this.current = block;
  }

  emit(operation: Operation): void {
    this.writable().operations.push(operation);
  }

  /** Emits a call and returns its result. */
  call(
    callee: Callee,
    args: readonly Value[],
    origin: CallOrigin,
    span: Span,
    guard?: number,
  ): Value & { kind: 'temp' } {
    const id = this.calls++;
    this.emit({ kind: 'call', id, callee, args, origin, ...(guard === undefined ? {} : { guard }), span });
    return { kind: 'temp', id };
  }

  /** False after a jump: what follows is not reached by falling into it. */
  get isOpen(): boolean {
    return this.blocks[this.current]?.end === undefined;
  }

  goto(to: number): void {
    if (this.isOpen) this.terminate({ kind: 'goto', to });
  }

  branch(condition: Value, then: number, otherwise: number, span: Span): void {
    this.terminate({ kind: 'branch', condition, then, otherwise, span });
  }

  terminate(end: Terminator): void {
    this.writable().end = end;
  }

  /** Ends the current block with a switch whose cases are not known yet; the result fills them in. */
  beginSwitch(value: Value, span: Span): (cases: readonly SwitchCase[], otherwise: number) => void {
    const block = this.writable();
    block.end = { kind: 'unreachable' };
    return (cases, otherwise) => {
      block.end = { kind: 'switch', value, cases, otherwise, span };
    };
  }

  /** The finished graph: reachable blocks only, in reverse post order, straight lines merged. */
  finish(): Block[] {
    for (const block of this.blocks) block.end ??= { kind: 'unreachable' };
    return tidy(this.blocks as { operations: Operation[]; end: Terminator }[]);
  }

  /** Code after a jump still needs a block to go to; nothing reaches it, so `finish` drops it. */
  private writable(): OpenBlock {
    let block = this.blocks[this.current];
    if (block === undefined || block.end !== undefined) {
      this.current = this.create();
      block = this.blocks[this.current] as OpenBlock;
    }
    return block;
  }
}

/** Blocks that a terminator leads to, in order, without repeats. */
export function successorsOf(end: Terminator): number[] {
  switch (end.kind) {
    case 'goto':
      return [end.to];
    case 'branch':
      return end.then === end.otherwise ? [end.then] : [end.then, end.otherwise];
    case 'switch':
      return [...new Set([...end.cases.map((one) => one.to), end.otherwise])];
    default:
      return [];
  }
}

function retarget(end: Terminator, map: (block: number) => number): Terminator {
  switch (end.kind) {
    case 'goto':
      return { kind: 'goto', to: map(end.to) };
    case 'branch':
      // biome-ignore lint/suspicious/noThenProperty: a branch of a control-flow graph is never awaited.
      return { ...end, then: map(end.then), otherwise: map(end.otherwise) };
    case 'switch': {
      const cases = new Map<number, Value[]>();
      for (const { labels, to } of end.cases) {
        const target = map(to);
        cases.set(target, [...(cases.get(target) ?? []), ...labels]);
      }
      return { ...end, cases: [...cases].map(([to, labels]) => ({ labels, to })), otherwise: map(end.otherwise) };
    }
    default:
      return end;
  }
}

function tidy(blocks: readonly { operations: Operation[]; end: Terminator }[]): Block[] {
  const threaded = blocks.map((_, index) => skipEmpty(blocks, index));
  const through = (block: number): number => threaded[block] ?? block;
  const edges = blocks.map(({ operations, end }) => ({ operations, end: retarget(end, through) }));

  const predecessors = new Array<number>(edges.length).fill(0);
  const entry = through(0);
  for (const index of reversePostOrder(edges, entry)) {
    for (const next of successorsOf((edges[index] as Block).end)) predecessors[next] = (predecessors[next] ?? 0) + 1;
  }

  const reachable = reversePostOrder(edges, entry);
  /** The block that alone falls into `block`, if so: the two become one. */
  const heir = (block: number): number => {
    const end = edges[block]?.end;
    return end?.kind === 'goto' && end.to !== entry && predecessors[end.to] === 1 ? end.to : -1;
  };
  const absorbed = new Set(reachable.map(heir));
  const merged: Block[] = [...edges];
  for (const index of reachable) {
    if (absorbed.has(index)) continue;
    const operations = [...(edges[index] as Block).operations];
    let last = index;
    for (let next = heir(last); next >= 0; next = heir(last)) {
      operations.push(...(edges[next] as Block).operations);
      last = next;
    }
    merged[index] = { operations, end: (edges[last] as Block).end };
  }
  return renumber(merged, entry, predecessors[entry] !== 0);
}

/** Blocks in reverse post order, entry first; one that a loop comes back to gets an empty block in front of it. */
function renumber(blocks: readonly Block[], entry: number, isLoop: boolean): Block[] {
  const order = reversePostOrder(blocks, entry);
  const first = isLoop ? 1 : 0;
  const position = new Map(order.map((block, at) => [block, at + first]));
  const renumbered = order.map((index) => {
    const { operations, end } = blocks[index] as Block;
    return { operations, end: retarget(end, (block) => position.get(block) ?? 0) };
  });
  return isLoop ? [{ operations: [], end: { kind: 'goto', to: 1 } }, ...renumbered] : renumbered;
}

/** Where control really goes when it goes to `block`: through blocks that do nothing. */
function skipEmpty(blocks: readonly Block[], block: number): number {
  const seen = new Set<number>();
  let at = block;
  while (!seen.has(at)) {
    seen.add(at);
    const found = blocks[at];
    if (found === undefined || found.operations.length > 0 || found.end.kind !== 'goto') return at;
    at = found.end.to;
  }
  return at;
}

/** Blocks reachable from `entry`; a block comes before those it leads to, save along back edges. */
export function reversePostOrder(blocks: readonly { readonly end: Terminator }[], entry = 0): number[] {
  const order: number[] = [];
  const seen = new Uint8Array(blocks.length);
  const stack: { block: number; next: number[] }[] = [];
  const push = (block: number): void => {
    const found = blocks[block];
    if (found === undefined || seen[block] === 1) return;
    seen[block] = 1;
    stack.push({ block, next: successorsOf(found.end).reverse() });
  };
  push(entry);
  for (let top = stack.at(-1); top !== undefined; top = stack.at(-1)) {
    const next = top.next.shift();
    if (next !== undefined) {
      push(next);
      continue;
    }
    order.push(top.block);
    stack.pop();
  }
  return order.reverse();
}
