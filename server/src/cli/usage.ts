/** Exit codes of every verb, and the error for misuse. */

export const EXIT_CLEAN = 0;
export const EXIT_FINDINGS = 1;
export const EXIT_MISUSE = 2;
export const EXIT_FAILURE = 3;
/** What shells report for a program ended by SIGINT. */
export const EXIT_INTERRUPTED = 130;

/** The command line cannot be carried out as it is written; the message says why. */
export class UsageError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'UsageError';
  }
}

/** Something outside failed, for example a full disk. */
export class OutputError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'OutputError';
  }
}
