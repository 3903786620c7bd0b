/** Everything that `npm run mutate` needs, in one bundle. */
export { createNodeHost } from '../../server/src/base-node/node-host.ts';
export { CParser } from '../../server/src/syntax/c-parser.ts';
export {
  changedTexts,
  inTurn,
  isEquivalent,
  mutantsOf,
  parses,
  proofsOf,
  randomFrom,
  run,
  verdictOf,
} from './campaign.ts';
export { fenceMutators, preservingMutators } from './mutators.ts';
export { openDriver, openKernel, openOwnFile } from './subjects.ts';
