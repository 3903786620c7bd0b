/** What the teardown-order analysis says: plain data that the rules of the family read. */
import type { Location } from '../../base/span.ts';
import type { AsyncSource, Trigger } from '../../knowledge/schema.ts';
import type { Cell } from '../cells.ts';
import type { Certainty, Witness } from '../model.ts';

/** What is wrong with the order. */
export type OrderDefect =
  /** Nothing stops the source before the object dies. */
  | 'never-stopped'
  /** The same, and the operation that is the opposite of the one that set it going does not stop it. */
  | 'left-running'
  /** The same, in a driver without any remove function. */
  | 'no-teardown'
  /** The same, of static memory: the module's code goes away. */
  | 'outlives-module'
  /** The object lives on for its last user, the source with it; the device that it uses does not. */
  | 'outlives-device'
  /** The stop comes after the free. */
  | 'stopped-late'
  /** A delayed item may still be waiting for its timer when its queue is destroyed. */
  | 'queue-destroyed'
  /** Freed before readers that found it are waited for. */
  | 'before-grace-period'
  /** Only a call that does not wait stops it. */
  | 'not-waited'
  /** Only a flush of its queue stops it: a delayed item whose timer is armed is not on the queue. */
  | 'flushed-only'
  /** A transfer is told to end by a call that does not wait, and its buffer is released. */
  | 'transfer-not-waited'
  /** Set going by a probe that then fails, and frees the object. */
  | 'setup-failed'
  /** Stopped first, while what arms it is stopped only later. */
  | 'armer-later'
  /** Stopped, while a device-managed handler can still arm it. */
  | 'armer-managed'
  /** A device-managed handler still runs when teardown frees what it uses. */
  | 'managed-handler'
  /** A device-managed handler switches on again what teardown has switched off. */
  | 'managed-restart'
  /** What a device-managed handler uses is released by a later device-managed step, thus before the interrupt is freed. */
  | 'managed-late'
  /** A device-managed interrupt is freed by the plain call. */
  | 'plain-release'
  /** The handler is live before what it uses is initialised. */
  | 'uninitialised';

export interface OrderFact {
  readonly defect: OrderDefect;
  readonly at: Location;
  /** The source as users would say it: `foo.work`. */
  readonly source: string;
  readonly callback: string;
  /** What dies or is not ready: `struct foo`, `foo.buffer`. */
  readonly object: string;
  /** The call that the fact is about: a free, a stop, a registration. */
  readonly api: string;
  /** The other call: the one that comes too late, or that left something to devres. */
  readonly other: string;
  /** The call is made with a lock held: it cannot be made to wait as it is. */
  readonly locked: boolean;
  /** What a stop call would name, where the fact is about one source. */
  readonly subject?: { readonly kind: AsyncSource; readonly cell: Cell };
  /** Where the stop that comes too late is made, in the function that decides the order. */
  readonly stopAt?: Location;
  /** The callback that meets the defect: the source's own, or the one that arms it. */
  readonly by: string;
  readonly certainty: Certainty;
  readonly triggers: readonly Trigger[];
  readonly witness: Witness;
  /** Stable when lines move. */
  readonly group: string;
}
