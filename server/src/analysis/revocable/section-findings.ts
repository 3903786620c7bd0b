/** Collects what the paths of one function do wrong with sections, each mistake once, and tells it as facts. */
import type { Location, Span } from '../../base/span.ts';
import type { Value } from '../../ir/ir.ts';
import { cellText, strip } from '../cells.ts';
import type { Certainty, Step } from '../model.ts';
import type { Call, Fn } from '../program.ts';
import { tempName } from '../refine.ts';
import { forEachPlace, forEachTemp } from '../value-walk.ts';
import type { RevocableFact, RevocableFactKind } from './facts.ts';
import type { SectionContext } from './section-context.ts';
import type { Access, Leave, SectionExit, SectionState } from './section-state.ts';
import { isNameless } from './section-state.ts';

interface Draft extends RevocableFact {
  /** Only if callers are not told to leave the section. */
  readonly unlessHelper?: string;
}

export class SectionFindings {
  private readonly context: SectionContext;
  private readonly fn: Fn;
  private readonly drafts = new Map<string, Draft>();
  private readonly followed = new Set<number>();

  constructor(context: SectionContext, fn: Fn) {
    this.context = context;
    this.fn = fn;
  }

  /** A pointer into what an access handed out is followed. */
  use(id: number, span: Span, state: SectionState, certainty: Certainty = 'must'): void {
    const access = state.accesses.get(id);
    if (access === undefined) return;
    if (!access.over && access.known !== 'live') {
      if (certainty === 'must') this.followed.add(id);
      this.untested(id, access, span, certainty);
    }
    if (access.over) this.usedAfter(id, access, span, state, certainty);
  }

  /** A pointer that was read out of the resource is followed; whether it dies with the resource is not known. */
  useDerived(name: string, span: Span, state: SectionState): void {
    const id = state.derived.get(name);
    const access = id === undefined ? undefined : state.accesses.get(id);
    if (id === undefined || access?.over !== true || access.known === 'null') return;
    const leave = state.left.get(access.section);
    const resource = this.variableOf(id);
    this.add(
      'derived-after',
      `derived ${name} ${id}`,
      span,
      { pointer: name, resource, enter: this.apiOf(id) },
      [
        this.step(
          'lock',
          this.spanOf(id),
          `${this.apiOf(id)} enters the section in which ${name} is read from ${resource}`,
        ),
        ...(leave === undefined ? [] : [this.step('return', leave.span, 'the section is left here')]),
        this.step('use', span, `${name} is used here, when teardown no longer waits`),
      ],
      id,
      undefined,
      'may',
    );
  }

  /** The value of a parameter was followed untested. */
  follows(id: number): boolean {
    return this.followed.has(id);
  }

  private untested(id: number, access: Access, span: Span, certainty: Certainty): void {
    const name = this.variableOf(id);
    const how =
      access.known === 'null' ? 'this path is the one where it is NULL' : 'nothing on this path tests it for NULL';
    this.add(
      'untested',
      `untested ${id}`,
      span,
      { resource: name, enter: this.apiOf(id) },
      [
        this.step('lock', this.spanOf(id), `${this.apiOf(id)} gives NULL in ${name} when the resource was revoked`),
        this.step('use', span, `${how}, and it is used here`),
      ],
      id,
      undefined,
      certainty,
    );
  }

  private usedAfter(id: number, access: Access, span: Span, state: SectionState, certainty: Certainty): void {
    const leave = state.left.get(access.section);
    const name = this.variableOf(id);
    this.add(
      'used-after',
      `after ${id}`,
      span,
      { resource: name, enter: this.apiOf(id) },
      [
        this.step('lock', this.spanOf(id), `${this.apiOf(id)} enters the section and hands out ${name}`),
        ...(leave === undefined ? [] : [this.step('return', leave.span, 'the section is left here')]),
        this.step('use', span, `${name} is used here, when teardown no longer waits`),
      ],
      id,
      undefined,
      certainty,
    );
  }

  /** Memory still holds the resource when the section `key` is left. */
  storedBeyond(key: string, state: SectionState): void {
    for (const [cell, { access: id, span }] of state.stored) {
      const access = state.accesses.get(id);
      if (access === undefined || access.section !== key) continue;
      const name = this.variableOf(id);
      this.add(
        'stored',
        `stored ${cell} ${id}`,
        span,
        { resource: name, where: cellText(cell) },
        [
          this.step('lock', this.spanOf(id), `${this.apiOf(id)} hands out ${name}`),
          this.step('store', span, `${cellText(cell)} keeps it beyond the section`),
        ],
        id,
      );
    }
  }

  enteredTwice(call: Call, before: number): void {
    this.add(
      'entered-twice',
      `twice ${call.id}`,
      call.span,
      { handle: this.handleText(before), enter: this.apiOf(call.id) },
      [
        this.step('lock', this.spanOf(before), 'the section is entered here'),
        this.step('lock', call.span, 'and entered again with the same handle, which forgets the first'),
      ],
      before,
    );
  }

  leftTwice(call: Call, before: Leave): void {
    this.add(
      'left-twice',
      `left ${call.id}`,
      call.span,
      { handle: this.handleText(before.entered), leave: nameOf(call) },
      [
        this.step('lock', this.spanOf(before.entered), 'the section is entered here'),
        this.step('return', before.span, 'left here'),
        this.step('return', call.span, 'and left a second time'),
      ],
      before.entered,
    );
  }

  otherHandle(call: Call, entered: number): void {
    this.add(
      'other-handle',
      `other ${call.id}`,
      call.span,
      { leave: nameOf(call), handle: this.handleText(entered) },
      [
        this.step('lock', this.spanOf(entered), 'the section is entered with this handle'),
        this.step('return', call.span, 'and left with another one'),
      ],
      entered,
    );
  }

  /** The section `key` is left with a handle that this path has freed. */
  freedInside(key: string, state: SectionState): void {
    const call = this.fn.calls.get(state.freed.get(key) ?? -1);
    const entered = state.open.get(key);
    if (call === undefined || entered === undefined) return;
    const names = { free: nameOf(call), handle: this.handleText(entered) };
    const story = [
      this.step('lock', this.spanOf(entered), 'the section is entered with the handle here'),
      this.step('free', call.span, 'the handle is freed, and leaving the section uses it'),
    ];
    this.add('freed-inside', `freed ${call.id}`, call.span, names, story, entered);
  }

  revokedTwice(call: Call, before: number): void {
    const provider = this.handleText(before);
    this.add(
      'revoked-twice',
      `revoked ${call.id}`,
      call.span,
      { provider, revoke: nameOf(call) },
      [
        this.step('free', this.spanOf(before), `${provider} is revoked here, which drops a reference`),
        this.step('use', call.span, 'and here again: this reference was dropped before'),
      ],
      before,
    );
  }

  madeAfter(call: Call, before: number): void {
    const provider = this.handleText(before);
    this.add(
      'made-after',
      `made ${call.id}`,
      call.span,
      { provider, make: nameOf(call) },
      [
        this.step('free', this.spanOf(before), `${provider} is revoked here, which drops its last reference`),
        this.step('use', call.span, `${nameOf(call)} takes a reference on what may be freed`),
      ],
      before,
    );
  }

  jumpedOver(guard: number): void {
    const name = this.apiOf(guard);
    this.add(
      'jumped-over',
      `jump ${guard}`,
      this.spanOf(guard),
      { enter: name },
      [
        this.step(
          'lock',
          this.spanOf(guard),
          'a jump gets into the scope without passing here, so that its end leaves a section that was not entered',
        ),
      ],
      guard,
    );
  }

  /** A path leaves the function. */
  leave(state: SectionState, exit: SectionExit, returned: number | undefined): void {
    for (const [key, id] of exit.open) {
      if (isNameless(key) || key.startsWith('guard ')) continue;
      const access = state.accesses.get(id);
      if (access?.known === 'null' && !this.context.api.core.leaveAfterFailure) continue;
      const draft = { handle: this.handleText(id), enter: this.apiOf(id) };
      const why = access?.known === 'null' ? 'it is entered even when NULL comes back' : 'and is still open';
      this.add(
        'left-open',
        `open ${id} ${exit.span.start}`,
        exit.span,
        draft,
        [
          this.step('lock', this.spanOf(id), 'the section is entered here'),
          this.step('return', exit.span, `this path leaves the function: ${why}`),
        ],
        id,
        key,
      );
    }
    const access = returned === undefined ? undefined : state.accesses.get(returned);
    if (returned !== undefined && access?.over === true && this.fn.ir.returns.pointers > 0) {
      const name = this.variableOf(returned);
      this.add(
        'returned',
        `returned ${returned}`,
        exit.span,
        { resource: name },
        [
          this.step('lock', this.spanOf(returned), `${this.apiOf(returned)} hands out ${name}`),
          this.step('return', exit.span, 'it is returned when the section is left'),
        ],
        returned,
      );
    }
    for (const [key, id] of state.handles) {
      if (!this.isAsked(id)) continue;
      const name = key.slice('local '.length).replace(/#.*/, '');
      this.add(
        'handle-leaked',
        `leak ${id} ${exit.span.start}`,
        exit.span,
        { handle: name, make: this.apiOf(id) },
        [
          this.step('lock', this.spanOf(id), `${this.apiOf(id)} makes ${name}`),
          this.step('return', exit.span, 'this path leaves the function without freeing it'),
        ],
        id,
      );
    }
    this.leakedProviders(state, exit);
    if (state.replaced !== undefined && (exit.value === 'negative' || exit.value === 'nonzero')) {
      const id = state.replaced;
      this.add(
        'fails-after',
        `fails ${id}`,
        exit.span,
        { replace: this.apiOf(id) },
        [
          this.step('lock', this.spanOf(id), 'the operations of the open file are replaced here'),
          this.step('return', exit.span, 'open fails on this path, so release never runs and the replacement leaks'),
        ],
        id,
      );
    }
  }

  /** A path on which the function fails keeps what it made. */
  private leakedProviders(state: SectionState, exit: SectionExit): void {
    const pointer = this.fn.ir.returns.pointers > 0;
    const fails =
      exit.value === 'negative' ||
      exit.value === 'error' ||
      (pointer ? exit.value === 'zero' : exit.value === 'nonzero');
    for (const [key, id] of state.providers) {
      if (!fails && (!key.startsWith('local ') || this.isHandedOver(key))) continue;
      const provider = cellText(key.replace(/^local /, '').replace(/#.*/, ''));
      const story = [
        this.step('lock', this.spanOf(id), `${this.apiOf(id)} makes the provider`),
        this.step('return', exit.span, `this path ${fails ? 'fails' : 'leaves the function'} without revoking it`),
      ];
      const certain = this.context.graph.callers(this.fn).size === 0;
      this.add(
        'provider-leaked',
        `provider ${id} ${exit.span.start}`,
        exit.span,
        { provider, make: this.apiOf(id) },
        story,
        id,
      );
      if (!certain) this.doubt(`provider ${id} ${exit.span.start}`);
    }
  }

  /** Some branch asks whether the call has made anything; where none does, no path knows. */
  private isAsked(id: number): boolean {
    const call = this.fn.calls.get(id);
    if (call === undefined || !this.context.api.canFail(call)) return true;
    const names = new Set([tempName(id)]);
    for (const block of this.fn.ir.blocks)
      for (const operation of block.operations)
        if (operation.kind === 'assign' && operation.to.root.kind === 'local' && isTemp(operation.value, id))
          names.add(operation.to.root.name);
    return this.fn.ir.blocks.some(({ end }) => {
      if (end.kind !== 'branch' && end.kind !== 'switch') return false;
      let asked = false;
      const value = end.kind === 'branch' ? end.condition : end.value;
      forEachTemp(value, (temp) => (asked ||= temp === id));
      forEachPlace(value, ({ root }) => (asked ||= root.kind === 'local' && names.has(root.name)));
      return asked;
    });
  }

  /** The function puts a provider of its own into memory, on this path or another: whoever holds that may revoke it. */
  private isHandedOver(key: string): boolean {
    return this.fn.ir.blocks.some((block) =>
      block.operations.some((operation) => {
        if (operation.kind !== 'assign' || (operation.to.root.kind === 'local' && operation.to.steps.length === 0))
          return false;
        const value = strip(operation.value);
        const { root, steps } = value?.kind === 'read' ? value.place : { root: undefined, steps: [] };
        return root?.kind === 'local' && steps.length === 0 && `local ${root.name}` === key;
      }),
    );
  }

  /** A caller may do what the path lacks. */
  private doubt(key: string): void {
    const draft = this.drafts.get(key);
    if (draft !== undefined) this.drafts.set(key, { ...draft, certainty: 'may' });
  }

  facts(exits: readonly SectionExit[]): readonly RevocableFact[] {
    return [...this.drafts.values()]
      .filter(({ unlessHelper }) => unlessHelper === undefined || !this.isHelper(unlessHelper, exits))
      .map(({ unlessHelper: _unlessHelper, ...fact }) => fact);
  }

  /**
   * The function enters for its callers: every success leaves the section open, and nothing else does; and some caller goes
   * on to leave it.
   */
  isHelper(key: string, exits: readonly SectionExit[]): boolean {
    if (key.startsWith('local ')) return false;
    if (this.context.isWrapperCallback(this.fn)) return true;
    if (this.context.tables.addressTaken.has(this.fn)) return false;
    const open = exits.filter((exit) => exit.open.has(key));
    const closed = exits.filter((exit) => !exit.open.has(key));
    const pointer = this.fn.ir.returns.pointers > 0;
    const fails = ({ value }: SectionExit): boolean =>
      value === 'negative' || value === 'error' || (pointer && value === 'zero');
    const always = closed.length === 0 && open.some((exit) => exit.returned !== undefined);
    const onSuccess = closed.length > 0 && closed.every(fails) && !open.some(fails);
    return (always || onSuccess) && this.context.callersLeave(this.fn);
  }

  private add(
    kind: RevocableFactKind,
    key: string,
    span: Span,
    names: Readonly<Record<string, string>>,
    story: readonly Step[],
    origin: number,
    unlessHelper?: string,
    certainty: Certainty = 'must',
  ): void {
    if (this.drafts.has(key) && (certainty === 'may' || this.drafts.get(key)?.certainty === 'must')) return;
    this.drafts.set(key, {
      kind,
      at: this.locate(span),
      names,
      story,
      certainty,
      origin: this.locate(this.spanOf(origin)),
      ...(unlessHelper === undefined ? {} : { unlessHelper }),
    });
  }

  private locate(span: Span): Location {
    return this.context.program.locate(this.fn, span);
  }

  private step(kind: Step['kind'], span: Span, text: string): Step {
    return { kind, at: this.locate(span), text };
  }

  private spanOf(id: number): Span {
    const call = this.fn.calls.get(id);
    return call === undefined ? this.fn.ir.nameSpan : this.context.headOf(call);
  }

  private apiOf(id: number): string {
    const call = this.fn.calls.get(id);
    return call === undefined ? '' : nameOf(call);
  }

  /** The variable that a call's result goes into. */
  private variableOf(id: number): string {
    for (const block of this.fn.ir.blocks) {
      for (const operation of block.operations) {
        if (operation.kind !== 'assign' || operation.to.root.kind !== 'local' || operation.to.steps.length > 0)
          continue;
        const value = strip(operation.value);
        if (value?.kind === 'temp' && value.id === id) return operation.to.root.name.replace(/#.*/, '');
      }
    }
    return 'the resource';
  }

  private handleText(id: number): string {
    const call = this.fn.calls.get(id);
    const [argument] = call?.args ?? [];
    const key = argument === undefined ? '?' : this.context.handleKey(argument, this.fn);
    return cellText(key.replace(/^local /, '').replace(/#.*/, ''));
  }
}

function isTemp(value: Value, id: number): boolean {
  const inner = strip(value);
  return inner?.kind === 'temp' && inner.id === id;
}

function nameOf(call: Call): string {
  return call.callee.kind === 'named' ? `${call.callee.name}()` : 'the call';
}
