/**
 * What the Rust files of a module do wrong with guards, devices and registrations. Goes in: lowered files and kernel facts. Comes
 * out: plain data, as for C. It never throws for bad source; where a type is not known, nothing is said.
 */
import type { Knowledge } from '../../knowledge/lookup.ts';
import type { ModuleInput } from '../model.ts';
import type { RevocableFact } from '../revocable/facts.ts';
import type { GuardLives } from './guards.ts';
import { guardLives } from './guards.ts';
import type { LinkedFn } from './link.ts';
import { Linker } from './link.ts';
import { RustProgram } from './rust-program.ts';
import { sleepFacts } from './sleep-facts.ts';
import { Sleeping } from './sleeping.ts';

/** What the checks of Rust share. */
export interface RustContext {
  readonly linker: Linker;
  readonly sleeping: Sleeping;
  lives(linked: LinkedFn): GuardLives;
}

export function rustFacts(input: ModuleInput, knowledge: Knowledge): readonly RevocableFact[] {
  const units = [...input.units, ...input.headers, ...input.neighbours].filter((unit) => unit.ir.language === 'rust');
  if (units.length === 0) return [];
  const linker = new Linker(new RustProgram(units, knowledge));
  const known = new Map<LinkedFn, GuardLives>();
  const context: RustContext = {
    linker,
    sleeping: new Sleeping(linker),
    lives(linked) {
      const lives = known.get(linked) ?? guardLives(linked, linker);
      known.set(linked, lives);
      return lives;
    },
  };
  return sleepFacts(context);
}
