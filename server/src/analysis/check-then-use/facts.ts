/** What the check-then-use analysis says: plain data that the rule reads. */
import type { Location } from '../../base/span.ts';
import type { Certainty, Witness } from '../model.ts';

export type CheckDefect =
  /** What was checked is freed or cleared before it is used. */
  | 'freed'
  /** A length that was read in an earlier section is used with a buffer that another thread has replaced. */
  | 'stale-length'
  /** A length or index is read again after its bound was checked. */
  | 'read-again'
  /** Whether an object is freed hangs on a count that is read without the lock under which others change it. */
  | 'freed-on-count'
  /** Two threads can both find a flag clear and both go on. */
  | 'both-pass';

export interface NamedLock {
  readonly text: string;
  /** `mutex`, `spinlock`, … */
  readonly kind: string;
  readonly cell: string;
  /** Held by several at once. */
  readonly shared: boolean;
}

export interface CheckFact {
  readonly defect: CheckDefect;
  /** The use that comes too late. */
  readonly at: Location;
  readonly checkedAt: Location;
  /** What was checked, and what is used: `foo.buf_size`, `foo.buf`. */
  readonly checked: string;
  readonly used: string;
  /** The function of the operation that checks and uses, and the one that writes. */
  readonly operation: string;
  readonly writer: string;
  /** Struct that holds what is used; absent for a global. */
  readonly struct?: string;
  /** Where the function that checks uses it, or makes the call that does; absent where another function checks. */
  readonly reachedAt?: Location;
  /** What the writer's function does to what was checked and what is used, in text order. */
  readonly writes: readonly Location[];
  /** Lock that the writer holds. */
  readonly writerLock?: NamedLock;
  /** Lock that the operation holds from the check to the use, which the writer, who holds none, does not take. */
  readonly ownLock?: NamedLock;
  readonly certainty: Certainty;
  readonly witness: Witness;
  /** Stable when lines move. */
  readonly group: string;
}
