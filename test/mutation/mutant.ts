/** What mutators get and give. */
import type { DeviceNode } from '../../server/src/analysis/model.ts';
import type { CSource, Edit } from './c-tree.ts';

/** A module that was judged safe, with the nodes that say why. */
export interface Subject {
  /** As reports show it. */
  readonly name: string;
  /** C files of the module, absolute path → parsed text. */
  readonly sources: ReadonlyMap<string, CSource>;
  /** Kbuild file of the module's folder, if it has one. */
  readonly kbuild?: { readonly path: string; readonly text: string };
  readonly nodes: readonly DeviceNode[];
  /** See ModuleInput. */
  readonly builtin?: boolean;
}

export interface Mutant {
  readonly mutator: string;
  /** The file and the offset in its original text that the mutation is about. */
  readonly file: string;
  readonly offset: number;
  /** A few words for people: what was changed. */
  readonly what: string;
  /** Absolute path → edits of its text. */
  readonly edits: ReadonlyMap<string, readonly Edit[]>;
  /** Files that come new or are written anew; `undefined` for one that goes. */
  readonly written?: ReadonlyMap<string, string | undefined>;
}

/** Finds every place where it applies. Pure. */
export type Mutator = (subject: Subject) => readonly Mutant[];

export function mutantOf(mutator: string, file: string, offset: number, what: string, edits: readonly Edit[]): Mutant {
  return { mutator, file, offset, what, edits: new Map([[file, edits]]) };
}

/** Mutants that do the same to the same place are one. */
export function distinct(mutants: readonly Mutant[]): Mutant[] {
  const seen = new Map<string, Mutant>();
  for (const mutant of mutants) {
    const key = JSON.stringify([mutant.mutator, [...mutant.edits], [...(mutant.written ?? [])]]);
    if (!seen.has(key)) seen.set(key, mutant);
  }
  return [...seen.values()];
}
