/** Both lists of mutators. */
import {
  devmInsteadOfCounted,
  dropGet,
  dropOwner,
  dropSuppressBind,
  freeBeforeUnregister,
  lockInDevm,
} from './lifetime-mutators.ts';
import type { Mutator } from './mutant.ts';
import { earlyReturn, extractHelper, rename, reorderDeclarations, useGuard } from './preserving-mutators.ts';
import { dropCheckLock } from './race-mutators.ts';
import { dropFlagTest, dropGoneStore, dropWait, moveUseOut, unlockEarly } from './section-mutators.ts';
import { splitFile } from './split-file.ts';

/** Each takes one fence away: the analysis must report something. */
export const fenceMutators: readonly Mutator[] = [
  dropFlagTest,
  moveUseOut,
  unlockEarly,
  lockInDevm,
  freeBeforeUnregister,
  devmInsteadOfCounted,
  dropGet,
  dropOwner,
  dropSuppressBind,
  dropGoneStore,
  dropWait,
  dropCheckLock,
];

/** Each keeps what the driver does: the verdict must stay. */
export const preservingMutators: readonly Mutator[] = [
  rename,
  extractHelper,
  useGuard,
  earlyReturn,
  reorderDeclarations,
  splitFile,
];
