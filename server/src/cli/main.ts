/**
 * The command `revsafe`: arguments in, reports and an exit code out. The same bundle is what the worker threads of a
 * batch run start from.
 */
import { isMainThread } from 'node:worker_threads';
import { CommanderError } from 'commander';
import { interruptToken } from './interrupt.ts';
import { createProgram } from './program.ts';
import { EXIT_CLEAN, EXIT_FAILURE, EXIT_MISUSE, OutputError, UsageError } from './usage.ts';
import { runWorker } from './worker.ts';

async function main(): Promise<number> {
  let code = EXIT_CLEAN;
  // Compilers have options of every shape: what follows --make is not for the argument parser.
  const make = process.argv.indexOf('--make');
  const own = make < 0 ? process.argv : process.argv.slice(0, make + 1);
  const program = createProgram(interruptToken(), process.argv.slice(own.length), (finished) => {
    code = finished;
  });
  program.exitOverride();
  for (const command of program.commands) command.exitOverride();
  try {
    await program.parseAsync(own);
    return code;
  } catch (error) {
    // The parser has printed its own message; its code is 0 for --help and --version.
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT_CLEAN : EXIT_MISUSE;
    const isExpected = error instanceof UsageError || error instanceof OutputError;
    process.stderr.write(`revsafe: ${isExpected ? error.message : describe(error)}\n`);
    return error instanceof UsageError ? EXIT_MISUSE : EXIT_FAILURE;
  }
}

function describe(error: unknown): string {
  return `internal error: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`;
}

if (isMainThread) {
  // A reader that goes away (`revsafe check | head`) is no failure.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(process.exitCode ?? EXIT_CLEAN);
    throw error;
  });
  main().then(
    (code) => {
      process.exitCode = code;
    },
    (error: unknown) => {
      process.stderr.write(`revsafe: ${describe(error)}\n`);
      process.exitCode = EXIT_FAILURE;
    },
  );
} else runWorker();
