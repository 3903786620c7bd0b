/**
 * What the Rust files of a module do wrong with guards, devices and registrations. Goes in: lowered files and kernel facts. Comes
 * out: plain data, as for C. It never throws for bad source; where a type is not known, nothing is said.
 */
import type { Knowledge } from '../../knowledge/lookup.ts';
import type { DeviceNode, ModuleInput } from '../model.ts';
import type { RevocableFact } from '../revocable/facts.ts';
import { accessFacts } from './access-facts.ts';
import { RustContext } from './context.ts';
import { escapeFacts } from './escape-facts.ts';
import { RustMemory } from './memory.ts';
import { rustNodes } from './nodes.ts';
import { registrationFacts } from './registration-facts.ts';
import { revokeFacts } from './revoke-facts.ts';
import { sleepFacts } from './sleep-facts.ts';
import { translateRust } from './translate.ts';
import { pathOfType } from './types.ts';
import type { RustView } from './view.ts';
import { rustView } from './view.ts';

export interface RustFindings {
  readonly facts: readonly RevocableFact[];
  readonly view: RustView;
  readonly nodes: readonly DeviceNode[];
  /** The module for the analyses that C and Rust share; absent where nothing in it is an operation that user space calls. */
  readonly translated?: ModuleInput;
  /** Names that are called and that neither the module nor a contract knows, with the number of calls. */
  readonly unknownCallees: Readonly<Record<string, number>>;
}

/** Undefined for a module without Rust. */
export function rustFindings(
  input: ModuleInput,
  knowledge: Knowledge,
  memory = new RustMemory(),
): RustFindings | undefined {
  const units = [...input.units, ...input.headers, ...input.neighbours].filter((unit) => unit.ir.language === 'rust');
  if (units.length === 0) return undefined;
  const context = new RustContext(units, knowledge, memory);
  const facts = [
    ...sleepFacts(context),
    ...accessFacts(context),
    ...escapeFacts(context),
    ...revokeFacts(context),
    ...registrationFacts(context, input.units),
  ];
  return {
    facts,
    view: rustView(context),
    nodes: rustNodes(context, input),
    ...(hasOperations(context) ? { translated: translateRust(input, context) } : {}),
    unknownCallees: unknownCallees(context),
  };
}

function hasOperations({ program, knowledge }: RustContext): boolean {
  return program.impls.some(({ impl }) => {
    const table = impl.trait === undefined ? undefined : knowledge.rust.findTrait(pathOfType(impl.trait));
    return Object.values(table?.roles ?? {}).some((role) => role.context === 'open');
  });
}

function unknownCallees(context: RustContext): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const { unknown } of context.linker.functions)
    for (const name of unknown) counts[name] = (counts[name] ?? 0) + 1;
  return counts;
}
