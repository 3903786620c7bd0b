/** Calls and macros of the family in a place or form that this generation does not have: they do not compile, or mean something else. */
import type { RevocableCall, RevocableGeneration, RevocableMacro } from '../../knowledge/revocable-generations.ts';
import {
  parametersOf,
  renamedCall,
  renamedMacro,
  revocableGenerations,
  revocableNames,
} from '../../knowledge/revocable-generations.ts';
import type { Call, Fn } from '../program.ts';
import { parseType } from '../program.ts';
import type { RevocableFact, RevocableFactKind } from './facts.ts';
import type { SectionContext } from './section-context.ts';

const GENERATIONS = Object.values(revocableGenerations);
const HANDLES: ReadonlySet<string> = new Set(GENERATIONS.map(({ consumerType }) => consumerType));

export function spellingFacts(context: SectionContext): readonly RevocableFact[] {
  if (!context.api.certain) return [];
  const { program } = context;
  const facts: RevocableFact[] = [];
  for (const key of program.own) {
    const fn = program.functions.get(key);
    for (const call of fn?.calls.values() ?? []) {
      if (fn === undefined || call.callee.kind !== 'named' || call.origin === 'guard-exit') continue;
      const fact = check(call, call.callee.name, fn, context);
      if (fact !== undefined) facts.push(fact);
    }
  }
  return facts;
}

function check(call: Call, name: string, fn: Fn, context: SectionContext): RevocableFact | undefined {
  // A driver may have a function of its own by such a name.
  if (!revocableNames.has(name) || context.program.findFunction(name, fn.unit) !== undefined) return undefined;
  const { core } = context.api;
  const at = context.program.locate(fn, context.headOf(call));
  const tell = (kind: RevocableFactKind, names: Readonly<Record<string, string>>): RevocableFact => {
    const text = `the tree has generation ${core.id} of the revocable API`;
    return {
      kind,
      at,
      names: { name, generation: core.id, ...names },
      story: [{ kind: 'note', at, text }],
      certainty: 'must',
    };
  };
  const macro = core.macros.find((known) => known.name === name);
  if (macro !== undefined) {
    if (macro.form === 'statement' && isUnbraced(call, fn)) return tell('unbraced', {});
    const form = formOf(call, fn);
    if (form !== undefined && form !== macro.form)
      return tell('wrong-form', {
        ...instead(otherForm(macro, core)),
        form: macro.form === 'block' ? 'in front of a block' : 'as a declaration',
      });
    const wanted = `${macro.takes === 'provider' ? core.providerType : core.consumerType} *`;
    return fits(call, 0, wanted, fn, context)
      ? undefined
      : tell('wrong-arguments', { prototype: `${name}(${wanted}, …)` });
  }
  const known = core.calls.find((one) => one.name === name);
  if (known !== undefined) {
    if (takes(known, call, fn, context)) return undefined;
    const meant = GENERATIONS.flatMap(({ calls }) => calls.filter((one) => one.name === name).map(({ role }) => role));
    const other = core.calls.find((one) => meant.includes(one.role) && takes(one, call, fn, context));
    return tell('wrong-arguments', { ...instead(other?.name), prototype: known.prototype ?? name });
  }
  if (context.api.hasWrapper(name)) return undefined;
  return tell('absent-name', instead((renamedMacro(name, core) ?? renamedCall(name, core))?.name));
}

/** Whether the call as it is written could be one of `known`. */
function takes(known: RevocableCall, call: Call, fn: Fn, context: SectionContext): boolean {
  const parameters = parametersOf(known.prototype ?? '');
  return (
    parameters.length === call.args.length && parameters.every((text, index) => fits(call, index, text, fn, context))
  );
}

function instead(name: string | undefined): Readonly<Record<string, string>> {
  return name === undefined ? {} : { instead: name };
}

/** Whether an argument can be what a parameter asks for, as far as its type is known and tells handles from providers. */
function fits(call: Call, index: number, parameter: string, fn: Fn, { program }: SectionContext): boolean {
  const argument = call.args[index];
  const type = argument === undefined ? undefined : program.typeOf(argument, fn);
  const wanted = parseType(parameter.replace(/\b__rcu\b/, ''));
  if (type === undefined || !/^struct revocable/.test(type.base)) return true;
  // What is handed out in sections is never a handle.
  if (wanted.base === 'void') return !HANDLES.has(type.base) || type.base === 'struct revocable';
  if (!/^struct revocable/.test(wanted.base)) return true;
  return type.base.trim() === wanted.base && type.pointers === wanted.pointers;
}

/** A block ends before what follows it; a declaration ends with the block that it stands in. */
function formOf(call: Call, fn: Fn): RevocableMacro['form'] | undefined {
  if (call.origin !== 'guard-enter') return undefined;
  const exits = [...fn.calls.values()].filter((exit) => exit.origin === 'guard-exit' && exit.guard === call.id);
  if (exits.length === 0) return undefined;
  const inside = ({ span }: Call): boolean => span.start > call.span.start && span.start <= call.span.end;
  return exits.some(inside) ? 'block' : 'statement';
}

/** The body of an `if`, `else` or loop without braces: its scope ends with its own semicolon. */
function isUnbraced(call: Call, fn: Fn): boolean {
  const { end } = call.span;
  return [...fn.calls.values()].some(
    ({ origin, guard, span }) =>
      origin === 'guard-exit' && guard === call.id && span.start === end && span.end === end + 1,
  );
}

function otherForm(macro: RevocableMacro, core: RevocableGeneration): string | undefined {
  return core.macros.find(
    (one) =>
      one.form !== macro.form &&
      one.takes === macro.takes &&
      one.whenRevoked === macro.whenRevoked &&
      one.error === macro.error,
  )?.name;
}
