/**
 * What the calls of a module mean in the form of the revocable API that its tree has. Where the tree has none (a driver
 * kept outside of it), the newest form that has every name which the module uses counts.
 */
import type { Value } from '../../ir/ir.ts';
import type { Knowledge } from '../../knowledge/lookup.ts';
import type {
  FsRevocableGeneration,
  RevocableGeneration,
  RevocableMacro,
  RevocableRole,
} from '../../knowledge/revocable-generations.ts';
import {
  fsRevocableGenerations,
  renamedCall,
  revocableGenerations,
  revocableNames,
} from '../../knowledge/revocable-generations.ts';
import type { Call } from '../program.ts';

const GENERATIONS = Object.values(revocableGenerations);
const RESOURCE = '!resource';
const WRAPPERS = Object.values(fsRevocableGenerations);

export class RevocableApi {
  readonly core: RevocableGeneration;
  /** The tree has it, or the user chose it: it was not guessed from the names. */
  readonly certain: boolean;
  private readonly fops: FsRevocableGeneration | undefined;
  private readonly roles = new Map<string, RevocableRole>();
  private readonly resourceArguments = new Map<string, number>();
  private readonly macros = new Map<string, RevocableMacro>();

  private constructor(core: RevocableGeneration, fops: FsRevocableGeneration | undefined, certain: boolean) {
    this.core = core;
    this.fops = fops;
    this.certain = certain;
    for (const { name, role, prototype } of core.calls) {
      this.roles.set(name, role);
      if (role === 'provider-alloc' || role === 'provider-init')
        this.resourceArguments.set(name, (prototype ?? '').split(',').length - 1);
    }
    for (const macro of core.macros) this.macros.set(macro.name, macro);
    // A call that another generation has by another name is reported as such, and understood as what it means.
    for (const name of revocableNames) {
      const call = this.roles.has(name) || this.macros.has(name) ? undefined : renamedCall(name, core);
      if (call !== undefined) this.roles.set(name, call.role);
    }
  }

  /** Undefined where the module uses no name of the family. */
  static of(calls: Iterable<Call>, knowledge: Knowledge): RevocableApi | undefined {
    const used = new Set<string>();
    for (const { callee } of calls)
      if (callee.kind === 'named' && revocableNames.has(callee.name)) used.add(callee.name);
    if (used.size === 0) return undefined;
    const { core, fops } = knowledge.revocable;
    if (core !== undefined) return new RevocableApi(core, fops, true);
    const own = GENERATIONS.findLast(({ calls: known, macros }) => {
      const names = new Set([...known, ...macros].map(({ name }) => name));
      return [...used].every((name) => names.has(name) || WRAPPERS.some((form) => form.function === name));
    });
    return own === undefined ? undefined : new RevocableApi(own, fops, false);
  }

  roleOf(call: Call | undefined): RevocableRole | undefined {
    if (call === undefined || call.callee.kind !== 'named') return undefined;
    if (call.origin === 'guard-exit') return this.macros.has(call.callee.name) ? 'leave' : undefined;
    if (call.origin === 'guard-enter') return this.macros.has(call.callee.name) ? 'enter' : undefined;
    return this.roles.get(call.callee.name);
  }

  macroOf(call: Call): RevocableMacro | undefined {
    return call.callee.kind === 'named' && call.origin === 'guard-enter'
      ? this.macros.get(call.callee.name)
      : undefined;
  }

  /** The provider argument of a call that is given one. */
  providerOf(call: Call): Value | undefined {
    const role = this.roleOf(call);
    if (role === undefined || role === 'provider-alloc' || role === 'leave' || role === 'consumer-free')
      return undefined;
    if (role === 'enter') return this.macroOf(call)?.takes === 'provider' ? call.args[0] : undefined;
    return call.args[0];
  }

  /** The consumer argument of a call that is given one. */
  consumerOf(call: Call): Value | undefined {
    switch (this.roleOf(call)) {
      case 'consumer-init':
        return call.args[1];
      case 'consumer-free':
        return call.args[0];
      case 'leave':
        return call.origin === 'call' ? call.args[0] : undefined;
      case 'enter':
        return this.macroOf(call)?.takes === 'provider' ? undefined : call.args[0];
      default:
        return undefined;
    }
  }

  /** The call says in its result whether it took place. */
  canFail(call: Call): boolean {
    if (call.callee.kind !== 'named') return false;
    const { name } = call.callee;
    return this.core.calls.find((known) => known.name === name)?.prototype?.startsWith('int ') === true;
  }

  /** What a provider gives access to, in the call that makes it. */
  resourceOf(call: Call): Value | undefined {
    const index = call.callee.kind === 'named' ? this.resourceArguments.get(call.callee.name) : undefined;
    return index === undefined ? undefined : call.args[index];
  }

  /** The tree has a wrapper of this name. */
  hasWrapper(name: string): boolean {
    return this.fops?.function === name;
  }

  /** The form of a call that replaces an open file's operations; told by its arguments where the tree has none. */
  wrapperOf(call: Call): FsRevocableGeneration | undefined {
    if (call.callee.kind !== 'named' || call.origin !== 'call') return undefined;
    const { name } = call.callee;
    const fits = (form: FsRevocableGeneration): boolean =>
      form.function === name && form.prototype.split(',').length === call.args.length;
    if (this.fops !== undefined) return fits(this.fops) ? this.fops : undefined;
    return WRAPPERS.find(fits);
  }
}

/** Structs of the callbacks by which a wrapper enters its sections. */
export const WRAPPER_TABLES: ReadonlySet<string> = new Set(
  WRAPPERS.flatMap(({ operationsType }) => (operationsType === undefined ? [] : [operationsType])),
);

/** A cell that a pointer or an address leads to, and the object itself: one provider either way. */
export function providerCell(cell: string): string {
  return cell.replace(/\*$/, '');
}

/** The opposite of `resourceCell`. */
export function providerOfResource(cell: string): string | undefined {
  return cell.endsWith(RESOURCE) ? cell.slice(0, -RESOURCE.length) : undefined;
}

/** The cell in which a provider's resource is kept, as far as the analysis is concerned. */
export function resourceCell(provider: string): string {
  return `${providerCell(provider)}${RESOURCE}`;
}
