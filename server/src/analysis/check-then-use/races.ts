/** Puts the accesses of operations that run at once side by side: which check does not hold until its use? */
import type { Block } from '../../ir/ir.ts';
import type { Cell } from '../cells.ts';
import { structOf } from '../cells.ts';
import type { Operation } from '../nodes.ts';
import type { Fn } from '../program.ts';
import type { Accesses, Claim, Disposal, Reread, Use, Write } from './accesses.ts';
import { isErrorNumber } from './conditions.ts';
import type { CheckDefect } from './facts.ts';
import { excludes } from './locks.ts';
import type { Check, Load, Modes, Site } from './state.ts';

export interface WalkedOperation {
  readonly operation: Operation;
  readonly accesses: Accesses;
}

export interface RaceFound {
  readonly defect: CheckDefect;
  readonly mine: WalkedOperation;
  readonly theirs: WalkedOperation;
  /** Where what was checked was looked at. */
  readonly checkedAt: Site;
  readonly checked: Cell;
  readonly used: Cell;
  readonly at: Site;
  readonly act: Use['act'] | 'set';
  readonly api: string | undefined;
  readonly write: Write;
  /** The writer's lock, where it has one. */
  readonly writerHolds: Modes;
  /** Locks that are held from the check to the use. */
  readonly held: Modes;
}

/** Races of each use with some write, the gravest first. */
export function racesOf(operations: readonly WalkedOperation[]): readonly RaceFound[] {
  const found: RaceFound[] = [];
  const writers = operations.filter(({ operation }) => operation.context === 'file-operation');
  for (const mine of operations) {
    if (mine.operation.context === 'file-operation') {
      for (const use of mine.accesses.uses) {
        const race = raceOfUse(use, mine, writers);
        if (race !== undefined) found.push(race);
      }
      for (const reread of mine.accesses.rereads) {
        const race = raceOfReread(reread, mine, writers);
        if (race !== undefined) found.push(race);
      }
    }
    // The last close of one fd may meet anything on another, but its own fd is quiet.
    if (mine.operation.context === 'release') continue;
    for (const claim of mine.accesses.claims) {
      const race = raceOfClaim(claim, mine);
      if (race !== undefined) found.push(race);
    }
  }
  return found;
}

/** Objects that one thread frees because of a count or flag that another changes under a lock of its own. */
export function racesOfDisposals(
  disposers: readonly { readonly fn: Fn; readonly accesses: Accesses }[],
  operations: readonly WalkedOperation[],
): readonly RaceFound[] {
  const found: RaceFound[] = [];
  for (const { fn, accesses } of disposers) {
    const mine: WalkedOperation = { operation: { field: 'teardown', fn, context: 'file-operation' }, accesses };
    for (const disposal of accesses.disposals) {
      const race = raceOfDisposal(disposal, mine, operations);
      if (race !== undefined) found.push(race);
    }
  }
  return found;
}

function raceOfDisposal(
  { checks, struct, site, api }: Disposal,
  mine: WalkedOperation,
  operations: readonly WalkedOperation[],
): RaceFound | undefined {
  for (const theirs of operations) {
    for (const write of theirs.accesses.writes) {
      const check = checks.find(({ cell }) => cell === write.cell);
      if (check === undefined || ![...write.held.values()].includes('exclusive')) continue;
      // Looked at under the lock, nothing is left that could find the object again: it may be freed after that.
      if (checks.some(({ cell, held }) => cell === write.cell && excludes(held, write.held))) continue;
      return {
        defect: 'freed-on-count',
        mine,
        theirs,
        checkedAt: check.site,
        checked: check.cell,
        used: struct,
        at: decision(check.site, site) ?? site,
        act: 'free',
        api,
        write,
        writerHolds: write.held,
        held: check.held,
      };
    }
  }
  return undefined;
}

/** The place in the function that checked from which it gets to the use: the use itself, or a call. */
export function decision(check: Site, use: Site): Site | undefined {
  if (use.fn === check.fn && use.chain.length === check.chain.length) return use;
  const step = use.chain[check.chain.length];
  return step?.fn === check.fn
    ? { fn: step.fn, span: step.span, chain: use.chain.slice(0, check.chain.length) }
    : undefined;
}

function raceOfUse(use: Use, mine: WalkedOperation, writers: readonly WalkedOperation[]): RaceFound | undefined {
  for (const theirs of writers) {
    for (const write of theirs.accesses.writes) {
      if (write.cell !== use.cell || (write.kind !== 'free' && write.kind !== 'null')) continue;
      const broken = brokenCheck(use, write, theirs.accesses.writes);
      if (broken === undefined) continue;
      return {
        ...broken,
        mine,
        theirs,
        used: use.cell,
        at: use.site,
        act: use.act,
        api: use.api,
        write,
        writerHolds: write.held,
      };
    }
  }
  return undefined;
}

type Broken = Pick<RaceFound, 'defect' | 'checkedAt' | 'checked' | 'held'>;

function brokenCheck(use: Use, write: Write, writes: readonly Write[]): Broken | undefined {
  // A pointer from which the writer was kept away since it was loaded is valid or NULL.
  if (excludes(use.load.since, write.held))
    return write.kind === 'null' ? afterNullTest(use, write) : staleLength(use, write, writes);
  // A copy stays what it is when the cell is cleared.
  if (!use.fresh && write.kind !== 'free') return undefined;
  return afterNullTest(use, write) ?? (write.kind === 'free' ? afterOtherTest(use, write, writes) : undefined);
}

/** `if (!x->p) return; … x->p->…`: the pointer itself was tested. */
function afterNullTest(use: Use, write: Write): Broken | undefined {
  const checks = use.checks.filter((check) => check.cell === use.cell && check.outcome !== 'clear');
  return broken(checks, write);
}

function broken(checks: readonly Check[], write: Write): Broken | undefined {
  const [first] = checks;
  if (first === undefined || checks.some((check) => excludes(check.since, write.held))) return undefined;
  return { defect: 'freed', checkedAt: first.site, checked: first.cell, held: first.since };
}

/** A length or state that changes together with the pointer was tested, or goes along with it. */
function afterOtherTest(use: Use, write: Write, writes: readonly Write[]): Broken | undefined {
  const related = relatedCells(write, writes);
  const checks = use.checks.filter((check) => related.has(check.cell));
  const tested = broken(checks, write);
  if (tested !== undefined || checks.length > 0) return tested;
  const [operand] = use.operands.filter((load) => related.has(load.cell));
  return operand === undefined
    ? undefined
    : { defect: 'freed', checkedAt: operand.site, checked: operand.cell, held: operand.since };
}

/** The pointer is good, the length that goes with it was read in an earlier section. */
function staleLength(use: Use, write: Write, writes: readonly Write[]): Broken | undefined {
  const related = relatedCells(write, writes);
  const lengths = use.operands.filter((load) => related.has(load.cell));
  const isOld = (load: Load): boolean => !excludes(load.since, write.held);
  const old = lengths.find(isOld);
  if (old === undefined) return undefined;
  const isRenewed =
    lengths.some((load) => load.cell === old.cell && !isOld(load)) ||
    use.checks.some((check) => check.cell === old.cell && excludes(check.since, write.held));
  return isRenewed ? undefined : { defect: 'stale-length', checkedAt: old.site, checked: old.cell, held: old.since };
}

/** What the function that frees the pointer writes besides, in the same struct. */
function relatedCells(write: Write, writes: readonly Write[]): ReadonlySet<Cell> {
  const struct = structOf(write.cell);
  const related = new Set<Cell>();
  for (const other of writes) {
    if (
      other.site.fn === write.site.fn &&
      other.cell !== write.cell &&
      structOf(other.cell) === struct &&
      other.kind !== 'free'
    )
      related.add(other.cell);
  }
  return related;
}

function raceOfReread(
  { cell, site, checks }: Reread,
  mine: WalkedOperation,
  writers: readonly WalkedOperation[],
): RaceFound | undefined {
  const check = checks.find(({ outcome }) => outcome === 'ordered');
  if (check === undefined) return undefined;
  for (const theirs of writers) {
    for (const write of theirs.accesses.writes) {
      if (write.cell !== cell || write.kind !== 'value' || checks.some(({ since }) => excludes(since, write.held)))
        continue;
      return {
        defect: 'read-again',
        mine,
        theirs,
        checkedAt: check.site,
        checked: cell,
        used: cell,
        at: site,
        act: 'follow',
        api: undefined,
        write,
        writerHolds: write.held,
        held: check.since,
      };
    }
  }
  return undefined;
}

/** The other thread runs the same operation. */
function raceOfClaim(claim: Claim, mine: WalkedOperation): RaceFound | undefined {
  const { checks, site, held } = claim;
  if (checks.some((check) => excludes(check.since, held))) return undefined;
  // What is stored on the way to a failure lets nobody through.
  if (fails(site.fn, claim.block)) return undefined;
  const check = checks.find((one) => isUndone(one, claim.stores));
  if (check === undefined) return undefined;
  const write: Write = { cell: check.cell, site, held, kind: 'value' };
  return {
    defect: 'both-pass',
    mine,
    theirs: mine,
    checkedAt: check.site,
    checked: check.cell,
    used: check.cell,
    at: site,
    act: 'set',
    api: undefined,
    write,
    writerHolds: held,
    held: check.since,
  };
}

/** Whether what is stored makes the check fail for whoever comes next. */
function isUndone({ outcome, against, site, otherwise }: Check, stores: Claim['stores']): boolean {
  if (stores.how === 'allocated' && outcome === 'clear') return true;
  if (!fails(site.fn, site.fn.ir.blocks[otherwise])) return false;
  if (stores.how === 'raised') return outcome !== 'set';
  if (stores.how === 'lowered') return outcome === 'set' || outcome === 'ordered';
  if (outcome === 'clear') return true;
  if (outcome !== 'compared') return false;
  // Whoever comes next passes too, unless what is stored is what the test refuses.
  if (stores.how !== 'constant') return against?.equal === true;
  return against === undefined || (stores.constant === against.constant) !== against.equal;
}

const MAX_BLOCKS = 5;

/** Whether the block leads straight to a failure: an error number that is returned or set. */
function fails(fn: Fn, block: Block | undefined): boolean {
  let at = block;
  for (let count = 0; at !== undefined && count < MAX_BLOCKS; count += 1) {
    for (const operation of at.operations)
      if (operation.kind === 'assign' && operation.to.root.kind === 'local' && isErrorNumber(operation.value))
        return true;
    const { end } = at;
    if (end.kind === 'return') return isErrorNumber(end.value);
    at = end.kind === 'goto' ? fn.ir.blocks[end.to] : undefined;
  }
  return false;
}
