/** SIGINT stops a run between two modules, so that what is known can still be printed; a second one ends at once. */
import type { CancellationToken } from '../base/cancellation.ts';
import { EXIT_INTERRUPTED } from './usage.ts';

export function interruptToken(): CancellationToken {
  const token = { isCancellationRequested: false };
  process.on('SIGINT', () => {
    if (token.isCancellationRequested) process.exit(EXIT_INTERRUPTED);
    token.isCancellationRequested = true;
  });
  return token;
}
