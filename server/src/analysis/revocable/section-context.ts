/** What every walk of a module shares: its program, and the walks of callees, each done once. */
import type { Span } from '../../base/span.ts';
import type { Value } from '../../ir/ir.ts';
import type { CallGraph, CallResolver } from '../call-graph.ts';
import type { Cells } from '../cells.ts';
import { strip } from '../cells.ts';
import type { Call, Fn, Program } from '../program.ts';
import { Refiner } from '../refine.ts';
import type { Tables } from '../tables.ts';
import { functionNamed } from '../tables.ts';
import type { RevocableApi } from './api.ts';
import { providerCell, WRAPPER_TABLES } from './api.ts';
import type { RevocableFact } from './facts.ts';
import { SectionFindings } from './section-findings.ts';
import type { SectionExit } from './section-state.ts';
import { enterSection, NO_SECTIONS } from './section-state.ts';
import { walkSections } from './section-walk.ts';

/** What callers need to know of a function. */
export interface SectionSummary {
  readonly exits: readonly SectionExit[];
  readonly facts: readonly RevocableFact[];
}

const NOTHING: SectionSummary = { exits: [], facts: [] };
/** Id of the pseudo access that stands for an untested argument. */
export const ARGUMENT = -1;

export class SectionContext {
  readonly program: Program;
  readonly cells: Cells;
  readonly api: RevocableApi;
  readonly graph: CallGraph;
  readonly tables: Tables;
  readonly calls: CallResolver;
  readonly refiner: Refiner;
  private readonly summaries = new Map<string, SectionSummary>();
  private readonly derefs = new Map<string, boolean>();
  private readonly users = new Set<Fn>();

  constructor(
    api: RevocableApi,
    parts: {
      readonly program: Program;
      readonly cells: Cells;
      readonly graph: CallGraph;
      readonly tables: Tables;
      readonly calls: CallResolver;
    },
  ) {
    this.api = api;
    this.program = parts.program;
    this.cells = parts.cells;
    this.graph = parts.graph;
    this.tables = parts.tables;
    this.calls = parts.calls;
    this.refiner = new Refiner(parts.program, parts.cells, this.providerCells());
    for (const fn of this.program.functions.values()) if (this.hasCalls(fn)) this.addUser(fn);
  }

  /** Fields that hold a provider: tests of them tell whether it was made. */
  private providerCells(): ReadonlySet<string> {
    const found = new Set<string>();
    for (const struct of this.program.ownStructs()) {
      for (const field of struct.fields)
        if (field.type.base === this.api.core.providerType) found.add(`${struct.name}.${field.name}`);
    }
    return found;
  }

  private hasCalls(fn: Fn): boolean {
    for (const call of fn.calls.values())
      if (this.api.roleOf(call) !== undefined || this.api.wrapperOf(call) !== undefined) return true;
    return false;
  }

  private addUser(fn: Fn): void {
    if (this.users.has(fn)) return;
    this.users.add(fn);
    for (const caller of this.graph.callers(fn)) this.addUser(caller);
  }

  /** The function, or something that it calls, makes calls of the API. */
  uses(fn: Fn): boolean {
    return this.users.has(fn);
  }

  ownUsers(): readonly Fn[] {
    return [...this.users].filter((fn) => this.program.own.has(fn.key));
  }

  /** The one function of the module that a call reaches. */
  target(call: Call, fn: Fn): Fn | undefined {
    const { functions } = this.calls.targets(call, fn);
    const [only] = functions;
    return functions.length === 1 && only !== undefined ? this.calls.specialise(only, call, fn) : undefined;
  }

  of(fn: Fn): SectionSummary {
    const known = this.summaries.get(fn.key);
    if (known !== undefined) return known;
    this.summaries.set(fn.key, NOTHING);
    const findings = new SectionFindings(this, fn);
    const exits = walkSections({ fn, context: this, findings });
    const told = new Set(
      [...new Set(exits.flatMap((exit) => [...exit.open.keys()]))].filter((key) => !findings.isHelper(key, exits)),
    );
    // What was reported here is not reported again in every caller.
    const balanced = exits.map((exit) => ({
      ...exit,
      open: new Map([...exit.open].filter(([key]) => !told.has(key))),
    }));
    const summary = { exits: balanced, facts: findings.facts(exits) };
    this.summaries.set(fn.key, summary);
    return summary;
  }

  /** The function follows this parameter on some path without having tested it. */
  followsUntested(fn: Fn, parameter: string): boolean {
    const key = `${fn.key} ${parameter}`;
    const known = this.derefs.get(key);
    if (known !== undefined) return known;
    this.derefs.set(key, false);
    const findings = new SectionFindings(this, fn);
    const entry = enterSection(NO_SECTIONS, '?', ARGUMENT);
    const aliases = new Map([[parameter, ARGUMENT]]);
    walkSections({ fn, context: this, findings }, { ...entry, open: new Map(), aliases });
    const follows = findings.follows(ARGUMENT);
    this.derefs.set(key, follows);
    return follows;
  }

  /** Devres revokes what the call makes. */
  isManaged(call: Call | undefined): boolean {
    const name = call?.callee.kind === 'named' ? call.callee.name : '';
    const effects = this.program.knowledge.findFunction(name)?.does ?? [];
    return effects.some((effect) => effect.verb === 'allocates' && effect.owner === 'devres');
  }

  /** The call may run code of the module that gives a provider up: directly, as a callback, or as a release function. */
  mayGiveUp(call: Call, fn: Fn): boolean {
    const named = call.args.flatMap((argument) => functionNamed(argument, fn.unit, this.program) ?? []);
    const { functions } = this.calls.targets(call, fn);
    if ([...functions, ...named].some((target) => this.givesUp(target))) return true;
    const name = call.callee.kind === 'named' ? call.callee.name : '';
    const drops = this.program.knowledge.findFunction(name)?.does.some((effect) => effect.verb === 'dropsRef');
    return (
      drops === true && this.graph.roots.some((root) => root.context === 'object-release' && this.givesUp(root.fn))
    );
  }

  private givesUp(from: Fn): boolean {
    for (const fn of this.graph.reachable(from)) {
      for (const call of fn.calls.values()) {
        const role = this.api.roleOf(call);
        if (role === 'revoke' || role === 'provider-put' || role === 'provider-destroy') return true;
      }
    }
    return false;
  }

  /** Some caller leaves sections after the function has returned; callers in other modules are taken to. */
  callersLeave(fn: Fn): boolean {
    const callers = [...this.graph.callers(fn)];
    if (callers.length === 0) return !fn.ir.isStatic;
    return callers.some(
      (caller) =>
        this.leaves(caller) ||
        (this.uses(caller) && [...this.graph.callers(caller)].some((outer) => this.leaves(outer))),
    );
  }

  private leaves(fn: Fn): boolean {
    return [...fn.calls.values()].some((call) => {
      if (call.origin === 'call' && this.api.roleOf(call) === 'leave') return true;
      const target = this.target(call, fn);
      return (
        target !== undefined &&
        [...target.calls.values()].some((inner) => inner.origin === 'call' && this.api.roleOf(inner) === 'leave')
      );
    });
  }

  /** The wrapper that replaces operations calls it, and leaves what it entered. */
  isWrapperCallback(fn: Fn): boolean {
    return this.tables.roles.some((role) => role.fn === fn && WRAPPER_TABLES.has(role.struct));
  }

  /** Where a call or scope is named; the span of a scope has its body too. */
  headOf({ callee, origin, span }: Call): Span {
    return origin === 'guard-enter' && callee.kind === 'named'
      ? { start: span.start, end: span.start + callee.name.length }
      : span;
  }

  /** Names the object behind a handle argument: `local x`, `$parameter`, a cell, or one of many (`[]` at the end). */
  handleKey(value: Value, fn: Fn): string {
    const inner = strip(value);
    if (inner === undefined) return '?';
    if (inner.kind === 'temp') return `temp ${inner.id}`;
    if (inner.kind !== 'address' && inner.kind !== 'read') return '?';
    const { root, steps } = inner.place;
    if (steps.some((step) => step.kind === 'index')) return '[]';
    const follows = steps.some((step) => step.kind === 'deref');
    if (root.kind === 'local' && !follows) {
      const path = steps.flatMap((step) => (step.kind === 'field' ? [step.name] : [])).join('.');
      if (inner.kind === 'address' || path !== '') return `local ${root.name}${path === '' ? '' : `.${path}`}`;
      const definitions = fn.definitions.get(root.name);
      if (definitions === undefined)
        return fn.ir.parameters.some((p) => p.name === root.name) ? `$${root.name}` : `local ${root.name}`;
      const cell = this.cells.valueCellOfLocal(root.name, fn);
      return cell === undefined || cell.startsWith('$') ? `local ${root.name}` : providerCell(cell);
    }
    const cell = this.cells.sectionCell(inner, fn);
    return cell === undefined ? '?' : providerCell(cell);
  }

  /** A callee's key in the terms of its caller; undefined for what only the callee knows. */
  bindKey(key: string, target: Fn, call: Call, fn: Fn): string | undefined {
    if (key.startsWith('local ') || key.startsWith('guard ') || key.startsWith('temp ')) return undefined;
    if (!key.startsWith('$')) return key;
    const index = target.ir.parameters.findIndex((parameter) => `$${parameter.name}` === key);
    const argument = call.args[index];
    return argument === undefined ? undefined : this.handleKey(argument, fn);
  }
}
