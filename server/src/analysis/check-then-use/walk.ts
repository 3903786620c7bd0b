/**
 * Walks one operation with the functions it calls: what it does to shared cells, under which locks, and what it checked
 * before without letting go of them.
 *
 * In each function a fixpoint over the blocks gives the state at every block, then one pass records. Callees are walked in the
 * state of each call, within a budget; of what a callee leaves behind only locks and stores count.
 */
import type { Span } from '../../base/span.ts';
import type { Value } from '../../ir/ir.ts';
import { reversePostOrder } from '../../ir/walk.ts';
import type { CallResolver } from '../call-graph.ts';
import type { Cell, Cells } from '../cells.ts';
import type { Call, Fn, Program } from '../program.ts';
import type { Summaries } from '../summary.ts';
import type { Accesses, Claim, Disposal, Reread, Use, Write } from './accesses.ts';
import { BlockRun } from './block-run.ts';
import { CallEffects } from './call-effects.ts';
import { Conditions, isNonzero, isZero } from './conditions.ts';
import type { Interest } from './interest.ts';
import { Loads } from './loads.ts';
import { isClaim } from './locks.ts';
import type { Frame } from './sharing.ts';
import { Sharing } from './sharing.ts';
import type { CallStep, Load, Modes, Pending, State } from './state.ts';
import { common, entryState, join, mergeLoads, stateKey } from './state.ts';

const MAX_DEPTH = 4;
const MAX_CALLS = 24;
const MAX_BLOCK_RUNS = 1200;
/** A function that only claims a flag, or only reads something, is small. */
const MAX_SMALL_BLOCKS = 12;
/** Calls whose results are looked into. */
const MAX_RESULTS = 48;

export interface WalkInput {
  readonly program: Program;
  readonly cells: Cells;
  readonly calls: CallResolver;
  readonly summaries: Summaries;
  readonly interest: Interest;
  /** Flags that functions leave claimed: the same for every operation that calls them. */
  readonly claims: Map<Fn, readonly Pending[]>;
}

/** Everything that an operation does to interesting cells; `held`: locks that its caller holds. */
export function walkOperation(fn: Fn, held: Modes, input: WalkInput): Accesses {
  return new Walk(input).run(fn, held);
}

export class Walk {
  readonly input: WalkInput;
  readonly sharing: Sharing;
  readonly loads: Loads;
  private readonly conditions: Conditions;
  private readonly effects: CallEffects;
  private readonly uses: Use[] = [];
  private readonly writes: Write[] = [];
  private readonly claims: Claim[] = [];
  private readonly disposals: Disposal[] = [];
  private readonly rereads: Reread[] = [];
  private readonly visited = new Set<string>();
  private readonly results = new Map<string, readonly Load[]>();
  private incomplete = false;
  private callsLeft = MAX_CALLS;
  private runsLeft = MAX_BLOCK_RUNS;

  constructor(input: WalkInput) {
    this.input = input;
    this.sharing = new Sharing(input.program);
    this.loads = new Loads(input.cells, this.sharing, input.interest);
    this.conditions = new Conditions(input.program, this.loads);
    this.effects = new CallEffects(this);
  }

  run(fn: Fn, held: Modes): Accesses {
    const shared = new Set(fn.ir.parameters.map(({ name }) => name));
    this.walk({ fn, shared, bind: (cell) => cell }, [], entryState(held, new Map()));
    const { uses, writes, claims, disposals, rereads, incomplete } = this;
    return { uses, writes, claims, disposals, rereads, incomplete };
  }

  private walk(frame: Frame, chain: readonly CallStep[], entry: State): void {
    const { blocks } = frame.fn.ir;
    const order = reversePostOrder(blocks);
    const states = this.solve(frame, chain, entry, order);
    for (const index of order) {
      const [block, state] = [blocks[index], states.get(index)];
      if (block !== undefined && state !== undefined) new BlockRun(this, frame, chain, true).run(block, state);
    }
  }

  /** The state at the start of each block. */
  private solve(
    frame: Frame,
    chain: readonly CallStep[],
    entry: State,
    order: readonly number[],
  ): ReadonlyMap<number, State> {
    const { blocks } = frame.fn.ir;
    const states = new Map<number, State>([[0, entry]]);
    const position = new Map(order.map((block, index) => [block, index]));
    const waiting = new Set<number>([0]);
    while (waiting.size > 0) {
      const next = [...waiting].reduce((a, b) => ((position.get(a) ?? 0) <= (position.get(b) ?? 0) ? a : b));
      waiting.delete(next);
      const [block, state] = [blocks[next], states.get(next)];
      this.runsLeft -= 1;
      if (this.runsLeft < 0) {
        this.incomplete = true;
        return new Map();
      }
      if (block === undefined || state === undefined) continue;
      for (const { to, state: after } of new BlockRun(this, frame, chain, false).run(block, state)) {
        const before = states.get(to);
        const joined = before === undefined ? after : join(before, after);
        if (before !== undefined && stateKey(before) === stateKey(joined)) continue;
        states.set(to, joined);
        waiting.add(to);
      }
    }
    return states;
  }

  /** Flags that a function of the module leaves claimed, by what it returns. */
  claimsOf(target: Fn): readonly Pending[] {
    const known = this.input.claims.get(target);
    if (known !== undefined) return known;
    this.input.claims.set(target, []);
    if (target.ir.blocks.length > MAX_SMALL_BLOCKS || !this.input.interest.stores(target)) return [];
    const { blocks } = target.ir;
    const shared = new Set(target.ir.parameters.map(({ name }) => name));
    const frame: Frame = { fn: target, shared, bind: (cell) => cell };
    const exits: Record<Pending['when'], Modes[]> = { zero: [], nonzero: [] };
    const { runsLeft } = this;
    for (const [index, state] of this.solve(frame, [], entryState(new Map(), new Map()), reversePostOrder(blocks))) {
      const block = blocks[index];
      if (block?.end.kind !== 'return') continue;
      const claims = new Map(
        [...new BlockRun(this, frame, [], false).stateAtEnd(block, state).held].filter(([key]) => isClaim(key)),
      );
      const { value } = block.end;
      if (value === undefined || !isNonzero(value)) exits.zero.push(claims);
      if (value === undefined || !isZero(value)) exits.nonzero.push(claims);
    }
    this.runsLeft = runsLeft;
    const pending = (['zero', 'nonzero'] as const).map((when) => ({
      when,
      locks: exits[when].reduce(common, exits[when][0] ?? new Map()),
    }));
    const left = pending.filter(({ locks }) => locks.size > 0);
    this.input.claims.set(target, left);
    return left;
  }

  /** What the result of a small function of the module was loaded from. */
  resultsOf(frame: Frame, chain: readonly CallStep[], held: Modes): readonly Load[] {
    const { blocks } = frame.fn.ir;
    const isKnown = blocks.length <= MAX_SMALL_BLOCKS && chain.length <= MAX_DEPTH && returnsContent(frame.fn);
    if (!isKnown || !this.input.interest.touches(frame.fn)) return [];
    const key = `${chain.map(({ fn, span }) => `${fn.key} ${span.start}`).join()} ${frame.fn.key} ${[...held.keys()].join()}`;
    const known = this.results.get(key);
    if (known !== undefined) return known;
    if (this.results.size >= MAX_RESULTS) return [];
    let all: readonly Load[] = [];
    const { runsLeft } = this;
    for (const [index, entry] of this.solve(frame, chain, entryState(held, new Map()), reversePostOrder(blocks))) {
      const block = blocks[index];
      if (block?.end.kind !== 'return' || block.end.value === undefined) continue;
      const state = new BlockRun(this, frame, chain, false).stateAtEnd(block, entry);
      all = mergeLoads(all, this.loads.of(block.end.value, state, { frame, chain, span: block.end.span }));
    }
    this.runsLeft = runsLeft;
    this.results.set(key, all);
    return all;
  }

  /** Walks into a function of the module. */
  enter(target: Fn, call: Call, state: State, frame: Frame, chain: readonly CallStep[]): void {
    const { interest, cells } = this.input;
    const where = { frame, chain, span: call.span };
    const loads = new Map<string, readonly Load[]>();
    const shared = new Set<string>();
    const bound = new Map<string, Cell>();
    for (const [index, { name }] of target.ir.parameters.entries()) {
      const argument = call.args[index];
      if (argument === undefined) continue;
      const ofArgument = this.loads.of(argument, state, where);
      if (ofArgument.length > 0) loads.set(name, ofArgument);
      if (this.sharing.pointsToShared(argument, frame)) shared.add(name);
      const cell = frame.bind(cells.targetCell(argument, frame.fn) ?? cells.valueCell(argument, frame.fn));
      if (cell !== undefined) bound.set(`$${name}`, cell);
    }
    if (loads.size === 0 && !interest.isTouchedBy(target)) return;
    if (chain.length >= MAX_DEPTH || chain.some((step) => step.target === target) || this.callsLeft <= 0) {
      this.incomplete = true;
      return;
    }
    const entry: State = { ...entryState(state.held, loads), checks: state.checks, filled: state.filled };
    const key = `${target.key} ${[...bound].join(';')} ${[...shared].join()} ${stateKey(entry)}`;
    if (this.visited.has(key)) return;
    this.visited.add(key);
    this.callsLeft -= 1;
    const bind = (cell: Cell | undefined): Cell | undefined =>
      cell?.startsWith('$') === true ? bound.get(cell) : cell;
    this.walk({ fn: target, shared, bind }, [...chain, { fn: frame.fn, span: call.span, target }], entry);
  }

  addUse(use: Use): void {
    this.uses.push(use);
  }

  addWrite(write: Write): void {
    this.writes.push(write);
  }

  addReread(reread: Reread): void {
    this.rereads.push(reread);
  }

  addDisposal(disposal: Disposal): void {
    this.disposals.push(disposal);
  }

  addClaim(claim: Claim): void {
    this.claims.push(claim);
  }

  refine(
    state: State,
    condition: Value,
    truth: boolean,
    otherwise: number,
    frame: Frame,
    chain: readonly CallStep[],
    span: Span,
  ): State {
    return this.conditions.refine(state, condition, truth, otherwise, { frame, chain, span });
  }

  applyCall(run: BlockRun, call: Call, state: State): State | undefined {
    return this.effects.apply(run, call, state);
  }
}

/** More than error numbers and other constants. */
function returnsContent({ ir }: Fn): boolean {
  return ir.blocks.some(
    ({ end }) => end.kind === 'return' && end.value !== undefined && !isNonzero(end.value) && !isZero(end.value),
  );
}
