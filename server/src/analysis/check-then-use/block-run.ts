/**
 * One pass over one basic block: what its operations do to the state, and in a pass that records, the accesses that they make.
 */
import type { Span } from '../../base/span.ts';
import type { Block, Operation as IrOperation, Place, Value } from '../../ir/ir.ts';
import type { Cell } from '../cells.ts';
import { strip, structOf } from '../cells.ts';
import type { Call, Fn } from '../program.ts';
import { tempName } from '../refine.ts';
import { forEachPlace } from '../value-walk.ts';
import type { Stored } from './accesses.ts';
import { constantText, isZero, nameOf } from './conditions.ts';
import { claimKey, exitLocks, isClaim, LAST_REFERENCE, lockCell, renameKey } from './locks.ts';
import type { Frame } from './sharing.ts';
import type { CallStep, Load, Site, State } from './state.ts';
import { acquire, addCheck, extend, forget, hasExclusive, join, release, setLoads, setPending, take } from './state.ts';
import type { Walk } from './walk.ts';

export class BlockRun {
  readonly frame: Frame;
  readonly chain: readonly CallStep[];
  /** Accesses are wanted, not only what they do to the state. */
  readonly records: boolean;
  private readonly walk: Walk;
  private block: Block | undefined;

  constructor(walk: Walk, frame: Frame, chain: readonly CallStep[], records: boolean) {
    this.walk = walk;
    this.frame = frame;
    this.chain = chain;
    this.records = records;
  }

  /** The state before the block is left; that at its start where some call does not return. */
  stateAtEnd(block: Block, entry: State): State {
    let state: State | undefined = entry;
    for (const operation of block.operations)
      state = state === undefined ? undefined : this.runOperation(operation, state);
    return state ?? entry;
  }

  run(block: Block, entry: State): { readonly to: number; readonly state: State }[] {
    this.block = block;
    let state: State | undefined = entry;
    for (const operation of block.operations) {
      state = this.runOperation(operation, state);
      if (state === undefined) return [];
    }
    const { end } = block;
    const at = state;
    switch (end.kind) {
      case 'goto':
        return [{ to: end.to, state: at }];
      case 'branch': {
        this.follow(end.condition, end.span, at);
        const refined = (truth: boolean, to: number, other: number): { to: number; state: State } => ({
          to,
          state: this.walk.refine(at, end.condition, truth, other, this.frame, this.chain, end.span),
        });
        return [refined(true, end.then, end.otherwise), refined(false, end.otherwise, end.then)];
      }
      case 'switch': {
        this.follow(end.value, end.span, at);
        const site = this.site(end.span);
        let compared = at;
        for (const { cell, how, held, since } of this.loadsOf(end.value, end.span, at))
          if (how !== 'bounded')
            compared = addCheck(compared, { cell, outcome: 'compared', site, held, since, otherwise: end.otherwise });
        return [...end.cases.map(({ to }) => to), end.otherwise].map((to) => ({ to, state: compared }));
      }
      case 'return':
        if (end.value !== undefined) this.follow(end.value, end.span, at);
        return [];
      case 'unreachable':
        return [];
    }
  }

  site(span: Span): Site {
    return { fn: this.frame.fn, span, chain: this.chain };
  }

  loadsOf(value: Value | undefined, span: Span, state: State): readonly Load[] {
    return this.walk.loads.of(value, state, { frame: this.frame, chain: this.chain, span });
  }

  private runOperation(operation: IrOperation, state: State): State | undefined {
    switch (operation.kind) {
      case 'evaluate':
        this.follow(operation.value, operation.span, state);
        // An index is evaluated before its element is.
        this.reread(operation.value, operation.span, state);
        return state;
      case 'havoc':
        return state;
      case 'assign':
        return this.runAssign(operation, state);
      case 'call':
        return this.walk.applyCall(this, operation, state);
    }
  }

  private runAssign(operation: Extract<IrOperation, { kind: 'assign' }>, state: State): State {
    const { to, value, span, compound } = operation;
    this.follow(value, span, state);
    if (to.root.kind === 'local' && to.steps.length === 0) {
      const loads = this.loadsOf(value, span, state);
      const kept = compound === undefined ? [] : (state.loads.get(to.root.name) ?? []);
      const name = nameOf(value);
      const pending = name === undefined || compound !== undefined ? [] : (state.pending.get(name) ?? []);
      return setPending(setLoads(state, to.root.name, [...kept, ...loads]), to.root.name, pending);
    }
    this.followPlace(to, span, state);
    const { cell } = this.walk.input.cells.place(to, this.frame.fn);
    if (!this.walk.input.interest.isInteresting(cell) || !this.walk.sharing.isShared(to, this.frame)) return state;
    const kind = compound === undefined && isZero(value) ? 'null' : 'value';
    return this.store(cell, kind, this.stored(value, compound), to.span ?? span, state);
  }

  /** What is stored, as far as it tells whether the next thread would still pass the test before. */
  stored(value: Value | undefined, compound?: string): Stored {
    if (compound === '+=') return { how: 'raised' };
    if (compound === '-=') return { how: 'lowered' };
    if (this.isAllocation(value)) return { how: 'allocated' };
    const constant = value === undefined ? undefined : constantText(value, this.walk.input.program, this.frame);
    return constant === undefined ? { how: 'value' } : { how: 'constant', constant, bits: compound !== undefined };
  }

  /** A write to a shared cell; one that makes its own check fail for the next thread is a claim. */
  store(cell: Cell, kind: 'null' | 'value', stores: Stored, span: Span, state: State): State {
    const site = this.site(span);
    const key = claimKey(cell);
    if (this.records && !(kind === 'null' && state.filled.has(cell))) {
      const isConstant = kind === 'value' && stores.how === 'constant' && !stores.bits;
      this.walk.addWrite({ cell, site, held: state.held, kind: isConstant ? 'constant' : kind });
    }
    const own = [...state.checks.values()].filter((check) => check.cell === cell);
    const known = take(
      forget(state, (other) => other === cell),
      cell,
    );
    if (kind === 'null') return release(known, key);
    const left = { ...known, filled: new Set(known.filled).add(cell) };
    if (own.length === 0) return left;
    if (this.records) this.walk.addClaim({ checks: own, site, held: state.held, stores, block: this.block });
    // A flag that is set under the lock under which it was found clear keeps others out until it is cleared.
    const claim = own.find((check) => check.outcome !== 'set' && hasExclusive(check.since));
    return claim === undefined ? left : extend(left, claim.since, key);
  }

  /** What is taken out of its cell in one step: nobody else who does so has it. */
  taken(value: Value | undefined, { span }: Call, state: State): readonly Load[] {
    return this.loadsOf(value, span, state).map((load) => ({ ...load, replaced: true, owned: true }));
  }

  isAllocation(value: Value | undefined): boolean {
    const inner = strip(value);
    if (inner?.kind === 'read' && inner.place.root.kind === 'local' && inner.place.steps.length === 0) {
      const definitions = this.frame.fn.definitions.get(inner.place.root.name) ?? [];
      return definitions.some((definition) => strip(definition)?.kind === 'temp' && this.isAllocation(definition));
    }
    const call = inner?.kind === 'temp' ? this.frame.fn.calls.get(inner.id) : undefined;
    if (call?.callee.kind !== 'named') return false;
    const effects = this.walk.input.program.knowledge.findFunction(call.callee.name)?.does ?? [];
    return effects.some(
      (effect) => effect.verb === 'allocates' && effect.owner === 'caller' && effect.into.at === 'result',
    );
  }

  /** A value that is a length or an index: which part of it was checked before, and is loaded again? */
  reread(value: Value, span: Span, state: State): void {
    if (!this.records) return;
    for (const { cell, how, site } of this.loadsOf(value, span, state)) {
      const isFresh = site.fn === this.frame.fn && site.span.start >= span.start && site.span.end <= span.end;
      if (how === 'bounded' || !isFresh) continue;
      const checks = [...state.checks.values()].filter((check) => check.cell === cell);
      if (checks.some(({ outcome }) => outcome === 'ordered')) this.walk.addReread({ cell, site, checks });
    }
  }

  // ---- pointers that are followed ----

  follow(value: Value, span: Span, state: State): void {
    if (this.records) forEachPlace(value, (place, use) => this.followPointers(place, span, state, use === 'address'));
  }

  private followPlace(place: Place, span: Span, state: State): void {
    if (!this.records) return;
    if (place.root.kind === 'value') this.follow(place.root.value, span, state);
    this.followPointers(place, span, state, false);
  }

  private followPointers(place: Place, span: Span, state: State, isAddress: boolean): void {
    const { interest, cells } = this.walk.input;
    const { dereferences } = cells.place(place, this.frame.fn);
    const site = this.site(place.span ?? span);
    const count = isAddress ? dereferences.length - 1 : dereferences.length;
    for (let i = 0; i < count; i += 1) {
      const dereference = dereferences[i];
      if (dereference === undefined) continue;
      const common = {
        site,
        held: state.held,
        act: 'follow' as const,
        checks: [...state.checks.values()],
        operands: place.steps.flatMap((step) =>
          step.kind === 'index' && step.by !== undefined ? (state.loads.get(step.by) ?? []) : [],
        ),
      };
      if (i === 0 && place.root.kind === 'local' && place.steps[0]?.kind !== 'field') {
        for (const load of state.loads.get(place.root.name) ?? []) {
          if (load.how === 'copy' && load.owned !== true && interest.freed.has(load.cell))
            this.walk.addUse({ ...common, cell: load.cell, load, fresh: false });
        }
      } else if (
        dereference.via !== undefined &&
        interest.freed.has(dereference.via) &&
        this.walk.sharing.isShared(place, this.frame)
      ) {
        const load: Load = { cell: dereference.via, site, how: 'copy', held: state.held, since: state.held };
        this.walk.addUse({ ...common, cell: dereference.via, load, fresh: true });
      }
    }
  }

  /** Pointers that a function outside the module follows or frees. */
  pass(call: Call, api: string, act: 'pass' | 'free', args: readonly Value[], state: State): void {
    if (!this.records) return;
    const { interest } = this.walk.input;
    if (act === 'free') this.dispose(call, api, args, state);
    const all = call.args.map((argument) => this.loadsOf(argument, call.span, state));
    for (const argument of args) {
      const type = this.walk.input.program.typeOf(argument, this.frame.fn);
      if (act === 'pass' && type !== undefined && type.pointers === 0) continue;
      const operands = all.filter((_, index) => call.args[index] !== argument).flat();
      for (const load of this.loadsOf(argument, call.span, state)) {
        if (load.how !== 'copy' || !interest.freed.has(load.cell)) continue;
        const { site } = load;
        const fresh = site.fn === this.frame.fn && site.span.start >= call.span.start && site.span.end <= call.span.end;
        const checks = [...state.checks.values()];
        const isOwn = load.owned === true || (act === 'free' && state.held.has(LAST_REFERENCE));
        if (!isOwn)
          this.walk.addUse({
            cell: load.cell,
            site: this.site(call.span),
            held: state.held,
            act,
            api,
            load,
            fresh,
            checks,
            operands,
          });
        const undoes = load.replaced !== true && (load.owned === true || state.filled.has(load.cell));
        if (act === 'free' && !undoes && !state.held.has(LAST_REFERENCE)) {
          // What was taken out of its cell under a lock is freed as if that lock were still held.
          const held = fresh ? state.held : new Map([...load.held, ...state.held]);
          this.walk.addWrite({ cell: load.cell, site: this.site(call.span), held, kind: 'free' });
        }
      }
    }
  }

  private dispose(call: Call, api: string, args: readonly Value[], state: State): void {
    const { program } = this.walk.input;
    for (const argument of args) {
      const type = program.typeOf(argument, this.frame.fn);
      if (type?.pointers !== 1 || !program.isOwnStruct(type.base)) continue;
      const checks = [...state.checks.values()].filter(({ cell }) => structOf(cell) === type.base);
      if (checks.length > 0) this.walk.addDisposal({ struct: type.base, site: this.site(call.span), api, checks });
    }
  }

  // ---- calls of the module's own functions ----

  callModule(call: Call, functions: readonly Fn[], state: State): State | undefined {
    const { calls, summaries, interest } = this.walk.input;
    let after: State | undefined;
    for (const found of functions) {
      const target = calls.specialise(found, call, this.frame.fn);
      if (this.records) this.walk.enter(target, call, state, this.frame, this.chain);
      const { exits, incomplete } = summaries.of(target);
      if (exits.length === 0 && !incomplete) continue;
      const { released, taken, pending } = exitLocks(exits, state.held, (key) =>
        renameKey(key, this.bindingOf(target, call)),
      );
      let next = state;
      for (const key of released) next = release(next, key);
      next = acquire(next, taken);
      const stored = interest.storedBy(target);
      for (const key of state.held.keys()) if (isClaim(key) && stored.has(lockCell(key))) next = release(next, key);
      next = forget(next, (cell) => stored.has(cell));
      next = setPending(next, tempName(call.id), [...pending, ...this.walk.claimsOf(target)]);
      next = setLoads(next, tempName(call.id), this.resultLoads(target, call, next));
      after = after === undefined ? next : join(after, next);
    }
    return after;
  }

  /** Cells of the callee's parameters in the operation's terms. */
  private bindingOf(target: Fn, call: Call): (cell: Cell | undefined) => Cell | undefined {
    const { cells } = this.walk.input;
    return (cell) => {
      if (cell?.startsWith('$') !== true) return cell;
      const argument = call.args[target.ir.parameters.findIndex(({ name }) => `$${name}` === cell)];
      if (argument === undefined) return undefined;
      return this.frame.bind(cells.targetCell(argument, this.frame.fn) ?? cells.valueCell(argument, this.frame.fn));
    };
  }

  /** What a small function of the module returns is made from what it reads. */
  private resultLoads(target: Fn, call: Call, state: State): readonly Load[] {
    const shared = new Set(
      target.ir.parameters.flatMap(({ name }, index) => {
        const argument = call.args[index];
        return argument !== undefined && this.walk.sharing.pointsToShared(argument, this.frame) ? [name] : [];
      }),
    );
    const frame: Frame = { fn: target, shared, bind: this.bindingOf(target, call) };
    return this.walk.resultsOf(frame, [...this.chain, { fn: this.frame.fn, span: call.span, target }], state.held);
  }
}
