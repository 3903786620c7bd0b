/** Who calls whom, callbacks and function pointers included, and in which contexts each function runs. */
import type { Value } from '../ir/ir.ts';
import type { Context } from '../knowledge/schema.ts';
import type { Cells } from './cells.ts';
import { strip } from './cells.ts';
import type { Call, Fn, Program } from './program.ts';
import type { Tables } from './tables.ts';
import { functionNamed, nameOfValue } from './tables.ts';

export interface CallTargets {
  readonly functions: readonly Fn[];
  readonly indirect: boolean;
}

/** A pointer with more targets than this says nothing about a call. */
const MAX_INDIRECT = 12;

const NO_TARGETS: CallTargets = { functions: [], indirect: false };

export class CallResolver {
  private readonly program: Program;
  private readonly cells: Cells;
  private readonly tables: Tables;
  private readonly specialised = new Map<string, Fn>();

  constructor(program: Program, cells: Cells, tables: Tables) {
    this.program = program;
    this.cells = cells;
    this.tables = tables;
  }

  /** The module's functions that a call may reach. */
  targets(call: Call, fn: Fn): CallTargets {
    if (call.origin !== 'call' && call.origin !== 'cleanup') return NO_TARGETS;
    if (call.callee.kind === 'named') {
      const target = this.program.findFunction(call.callee.name, fn.unit);
      return target === undefined ? NO_TARGETS : { functions: [target], indirect: false };
    }
    const named = functionNamed(call.callee.through, fn.unit, this.program);
    if (named !== undefined) return { functions: [named], indirect: false };
    const functions = this.pointedTo(call.callee.through, fn, 0);
    return functions.length === 0 || functions.length > MAX_INDIRECT ? NO_TARGETS : { functions, indirect: true };
  }

  /** Functions that a pointer may hold: those stored in its cell, or what callers pass for a parameter. */
  private pointedTo(value: Value, fn: Fn, depth: number): readonly Fn[] {
    const cell = this.cells.valueCell(value, fn);
    if (cell === undefined || depth > 2) return [];
    if (!cell.startsWith('$')) return this.tables.functionsOf.get(cell) ?? [];
    const index = fn.ir.parameters.findIndex((p) => `$${p.name}` === cell);
    const found = new Set<Fn>();
    for (const { caller, call } of this.callsOf(fn.ir.name)) {
      const argument = call.args[index];
      if (argument === undefined) continue;
      const named = functionNamed(argument, caller.unit, this.program);
      for (const target of named === undefined ? this.pointedTo(argument, caller, depth + 1) : [named])
        found.add(target);
    }
    return [...found];
  }

  private callIndex: Map<string, { readonly caller: Fn; readonly call: Call }[]> | undefined;

  private callsOf(name: string): readonly { readonly caller: Fn; readonly call: Call }[] {
    if (this.callIndex === undefined) {
      this.callIndex = new Map();
      for (const caller of this.program.functions.values()) {
        for (const call of caller.calls.values()) {
          if (call.callee.kind !== 'named') continue;
          const list = this.callIndex.get(call.callee.name) ?? [];
          list.push({ caller, call });
          this.callIndex.set(call.callee.name, list);
        }
      }
    }
    return this.callIndex.get(name) ?? [];
  }

  /**
   * Functions that are handed to a function outside the module which is not known to keep them: it may call them
   * before it returns (device_for_each_child and its like).
   */
  callbacks(call: Call, fn: Fn): readonly Fn[] {
    const name = call.callee.kind === 'named' ? call.callee.name : undefined;
    const effects = name === undefined ? [] : (this.program.knowledge.findFunction(name)?.does ?? []);
    if (
      effects.some(
        (e) => e.verb === 'runs' || e.verb === 'dropsRef' || e.verb === 'registersDriver' || e.verb === 'publishes',
      )
    )
      return [];
    return call.args.flatMap((argument) => functionNamed(argument, fn.unit, this.program) ?? []);
  }

  /** A macro's body typed by the arguments of one call; other functions as they are. */
  specialise(target: Fn, call: Call, caller: Fn): Fn {
    if (target.ir.macro !== true) return target;
    const types = target.ir.parameters.map((_, index) => {
      const argument = call.args[index];
      return argument === undefined ? undefined : this.program.typeOf(argument, caller);
    });
    const key = `${target.key}<${types.map((t) => (t === undefined ? '?' : `${t.base}${'*'.repeat(t.pointers)}`)).join()}>`;
    const known = this.specialised.get(key);
    if (known !== undefined) return known;
    const locals = { ...target.ir.locals };
    target.ir.parameters.forEach((parameter, index) => {
      const type = types[index];
      if (type !== undefined) locals[parameter.name] = type;
    });
    const made: Fn = { ...target, key, ir: { ...target.ir, locals } };
    this.specialised.set(key, made);
    this.program.functions.set(key, made);
    return made;
  }
}

export interface ContextRoot {
  readonly fn: Fn;
  readonly context: Context;
  /** Field of a table, or the call that registered the callback. */
  readonly by: string;
}

export class CallGraph {
  readonly roots: ContextRoot[] = [];
  private readonly callees = new Map<string, Set<Fn>>();
  private readonly callersOf = new Map<string, Set<Fn>>();
  private readonly contexts = new Map<string, Set<Context>>();
  /** Names that other modules may call. */
  readonly exported = new Set<string>();

  constructor(program: Program, tables: Tables, resolver: CallResolver) {
    for (const { call } of program.macroCalls('all')) {
      for (const what of program.knowledge.findMacro(call.name)?.does ?? []) {
        if (what.verb === 'exports') {
          const name = nameOfValue(call.args[what.symbol]);
          if (name !== undefined) this.exported.add(name);
        }
      }
    }
    for (const { fn, role, field, struct } of tables.roles)
      this.roots.push({ fn, context: role.context, by: `${struct}.${field}` });
    for (const { call, unit } of program.macroCalls('all')) {
      for (const what of program.knowledge.findMacro(call.name)?.does ?? []) {
        const index = what.verb === 'entry' ? what.fn : what.verb === 'drives' ? what.probe : undefined;
        if (index === undefined) continue;
        const fn = functionNamed(call.args[index], unit, program);
        if (fn !== undefined)
          this.roots.push({ fn, context: what.verb === 'entry' ? what.context : 'probe', by: call.name });
      }
    }
    for (const fn of program.functions.values()) this.scan(fn, program, resolver);
    for (const root of this.roots) this.propagate(root.fn, root.context);
  }

  private scan(fn: Fn, program: Program, resolver: CallResolver): void {
    const callees = new Set<Fn>();
    this.callees.set(fn.key, callees);
    for (const call of fn.calls.values()) {
      const { functions } = resolver.targets(call, fn);
      for (const target of functions.length > 0 ? functions : resolver.callbacks(call, fn)) {
        callees.add(target);
        const callers = this.callersOf.get(target.key) ?? new Set();
        callers.add(fn);
        this.callersOf.set(target.key, callers);
      }
      if (call.callee.kind !== 'named') continue;
      for (const effect of program.knowledge.findFunction(call.callee.name)?.does ?? []) {
        const slot =
          effect.verb === 'runs'
            ? effect.callback
            : effect.verb === 'dropsRef'
              ? effect.release
              : effect.verb === 'registersDriver'
                ? effect.probe
                : undefined;
        if (slot === undefined || slot.at !== 'arg') continue;
        const target = callbackOf(call.args[slot.index], fn, program);
        if (target === undefined) continue;
        const context: Context =
          effect.verb === 'runs' ? effect.context : effect.verb === 'dropsRef' ? 'object-release' : 'probe';
        this.roots.push({ fn: target, context, by: call.callee.name });
      }
    }
  }

  private propagate(fn: Fn, context: Context): void {
    const known = this.contexts.get(fn.key) ?? new Set();
    this.contexts.set(fn.key, known);
    if (known.has(context)) return;
    known.add(context);
    for (const callee of this.callees.get(fn.key) ?? []) this.propagate(callee, context);
  }

  addRoot(root: ContextRoot): void {
    this.roots.push(root);
    this.propagate(root.fn, root.context);
  }

  contextsOf(fn: Fn): ReadonlySet<Context> {
    return this.contexts.get(fn.key) ?? new Set();
  }

  callers(fn: Fn): ReadonlySet<Fn> {
    return this.callersOf.get(fn.key) ?? new Set();
  }

  calleesOf(fn: Fn): ReadonlySet<Fn> {
    return this.callees.get(fn.key) ?? new Set();
  }

  /** Everything that a function may call, itself included. */
  reachable(from: Fn): ReadonlySet<Fn> {
    const seen = new Set<Fn>([from]);
    const stack = [from];
    for (let fn = stack.pop(); fn !== undefined; fn = stack.pop()) {
      for (const callee of this.calleesOf(fn)) {
        if (seen.has(callee)) continue;
        seen.add(callee);
        stack.push(callee);
      }
    }
    return seen;
  }
}

export function callbackOf(value: Value | undefined, fn: Fn, program: Program): Fn | undefined {
  const direct = functionNamed(value, fn.unit, program);
  if (direct !== undefined) return direct;
  const inner = strip(value);
  if (inner?.kind === 'read' && inner.place.root.kind === 'local' && inner.place.steps.length === 0) {
    for (const definition of fn.definitions.get(inner.place.root.name) ?? []) {
      const target = functionNamed(definition, fn.unit, program);
      if (target !== undefined) return target;
    }
  }
  return undefined;
}
