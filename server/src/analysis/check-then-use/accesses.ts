/** What an operation does to shared cells, each access with what is known there. */
import type { Block } from '../../ir/ir.ts';
import type { Cell } from '../cells.ts';
import type { Check, Load, Modes, Site } from './state.ts';

/** A pointer from a shared cell is followed, handed to a function outside the module, or freed. */
export interface Use {
  readonly cell: Cell;
  readonly site: Site;
  readonly held: Modes;
  readonly act: 'follow' | 'pass' | 'free';
  /** The function that gets the pointer. */
  readonly api?: string;
  /** How the pointer came here: `fresh` when it is loaded for this use. */
  readonly load: Load;
  readonly fresh: boolean;
  readonly checks: readonly Check[];
  /** What the other arguments of the call were loaded from, are made of or were compared with. */
  readonly operands: readonly Load[];
}

export interface Write {
  readonly cell: Cell;
  readonly site: Site;
  readonly held: Modes;
  /** `constant`: some fixed value; `value`: what the caller says or what was computed. */
  readonly kind: 'null' | 'constant' | 'value' | 'free';
}

/** A length or index is read from its cell once more after its bound was checked. */
export interface Reread {
  readonly cell: Cell;
  readonly site: Site;
  readonly checks: readonly Check[];
}

/** A store that makes the check before it fail for the next thread. */
export interface Claim {
  readonly checks: readonly Check[];
  readonly site: Site;
  readonly held: Modes;
  /** Block of the store. */
  readonly block: Block | undefined;
  readonly stores: Stored;
}

/** `allocated`: it was allocated here; `raised` and `lowered`: a count; `bits`: they are set among others. */
export type Stored =
  | { readonly how: 'value' | 'allocated' | 'raised' | 'lowered' }
  | { readonly how: 'constant'; readonly constant: string; readonly bits: boolean };

/** An object of a struct of the module is freed. */
export interface Disposal {
  readonly struct: string;
  readonly site: Site;
  readonly api: string;
  readonly checks: readonly Check[];
}

export interface Accesses {
  readonly uses: readonly Use[];
  readonly writes: readonly Write[];
  readonly claims: readonly Claim[];
  readonly disposals: readonly Disposal[];
  readonly rereads: readonly Reread[];
  /** Something was not understood, or not followed. */
  readonly incomplete: boolean;
}
