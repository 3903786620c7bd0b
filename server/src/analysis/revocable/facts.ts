/** What the module does wrong with the revocable API: plain data, one kind for each message of a rule. */
import type { Location } from '../../base/span.ts';
import type { Trigger } from '../../knowledge/schema.ts';
import type { Certainty, Step, Witness } from '../model.ts';

export type RevocableFactKind =
  // ---- the resource ----
  | 'untested'
  | 'used-after'
  | 'derived-after'
  | 'stored'
  | 'returned'
  // ---- sections ----
  | 'left-open'
  | 'entered-twice'
  | 'left-twice'
  | 'other-handle'
  | 'freed-inside'
  | 'jumped-over'
  | 'hidden-loop'
  | 'unbraced'
  | 'revoked-inside'
  | 'shared-handle'
  // ---- handles and providers ----
  | 'handle-leaked'
  | 'handle-kept'
  | 'provider-leaked'
  | 'never-revoked'
  | 'reference-kept'
  | 'revoked-twice'
  | 'made-after'
  // ---- spelling ----
  | 'absent-name'
  | 'wrong-arguments'
  | 'wrong-form'
  // ---- replaced operations ----
  | 'outside-open'
  | 'result-ignored'
  | 'fails-after'
  | 'uncovered'
  | 'private-data'
  | 'revoked-early'
  | 'revoked-late'
  | 'managed-memory'
  | 'unrevoked'
  | 'release-skipped'
  | 'partial-entry'
  // ---- Rust ----
  | 'sleeps-under-guard'
  | 'sleeps-in-closure'
  | 'unwrapped'
  | 'split-access'
  | 'reference-escaped'
  | 'unproven'
  | 'revoked-nosync'
  | 'revoked-under-guard'
  | 'revoked-in-atomic'
  | 'access-ignored'
  | 'bound-at-hand'
  | 'dropped-late'
  | 'registered-beyond'
  | 'raw-resource'
  | 'registration-forgotten'
  | 'unfenced-use'
  | 'unfenced-registration'
  | 'owner-missing';

export interface RevocableFact {
  readonly kind: RevocableFactKind;
  readonly at: Location;
  /** Values of the placeholders of the rule's message. */
  readonly names: Readonly<Record<string, string>>;
  /** How the path gets there. */
  readonly story: readonly Step[];
  readonly certainty: Certainty;
  /** The call that entered the section or made the handle, for fixes. */
  readonly origin?: Location;
}

/** What every finding about a fact has in common. */
export function reported({ at, certainty, story, kind, names }: RevocableFact): {
  readonly at: Location;
  readonly certainty: Certainty;
  readonly triggers: readonly Trigger[];
  readonly witness: Witness;
  readonly group: string;
} {
  const witness: Witness = { threads: ['path', 'teardown'], user: story, teardown: [], missing: '' };
  return { at, certainty, triggers: [], witness, group: `${at.fn ?? names.struct ?? ''}:${kind}` };
}

/** The named placeholders of a fact. */
export function pick<K extends string>({ names }: RevocableFact, ...keys: readonly K[]): { readonly [P in K]: string } {
  return Object.fromEntries(keys.map((key) => [key, names[key] ?? ''])) as { [P in K]: string };
}
