/** The command line as data for the argument parser: verbs, options, examples. */
import { Command, InvalidArgumentError, Option } from 'commander';
import type { CancellationToken } from '../base/cancellation.ts';
import { version } from '../base-node/version.ts';
import { settingsSchema } from '../engine/settings.ts';
import type { CheckOptions } from './check.ts';
import { check, checkForMake, FORMATS } from './check.ts';
import type { CoverageOptions } from './coverage.ts';
import { coverage } from './coverage.ts';
import type { ExplainOptions } from './explain.ts';
import { EXPLAIN_FORMATS, explain } from './explain.ts';
import type { InventoryOptions } from './inventory.ts';
import { inventory } from './inventory.ts';
import { startServer } from './lsp.ts';

/** Shown by `--help` and in the manual page. */
export const EXAMPLES = `
Examples:
  revsafe check drivers/char                    findings of a folder of a kernel tree
  revsafe check --format sarif -o out.sarif .   a report for other tools
  revsafe check --diff HEAD~1                   only what the last commit brought in
  revsafe inventory --format json drivers/misc  every device node with its verdict
  revsafe explain unfenced-unregister           the page of a rule
  revsafe explain drivers/char/foo.c:120        why a line was or was not reported
  revsafe explain --format svg foo.c:120        the race at a line as a picture
  make C=1 CHECK="revsafe check --make"         while building a kernel

Exit codes: 0 nothing found, 1 findings, 2 misuse, 3 internal failure.`;

/** `finish` gets the exit code of the verb that ran; `compilerArguments` are what stood after `--make`. */
export function createProgram(
  token: CancellationToken,
  compilerArguments: readonly string[],
  finish: (code: number) => void,
): Command {
  const program = new Command('revsafe')
    .description('Finds device-removal bugs in Linux drivers: what can still run after teardown, and what stops it.')
    .version(version)
    .showHelpAfterError('(revsafe --help lists the options)')
    .addHelpText('after', EXAMPLES);

  program
    .command('check')
    .description('report findings')
    .argument('[path...]', 'files or folders (default: the current folder)')
    .addOption(kernelOption())
    .addOption(new Option('-f, --format <format>', 'form of the report').choices(FORMATS).default('text'))
    .option('-o, --output <file>', 'write the report to a file')
    .option('-r, --rule <id>', 'only this rule (repeatable)', gather)
    .addOption(
      new Option('--severity <level>', 'least severity shown').choices(['error', 'warning', 'hint']).default('hint'),
    )
    .addOption(new Option('--diff <rev>', 'only what changes since a revision bring in or fix').conflicts('patch'))
    .option('--patch <file>', 'only what a patch or mailbox brings in or fixes, applied or not (- is standard input)')
    .option('--baseline <file>', 'leave out what an earlier JSON or SARIF report holds')
    .addOption(
      new Option('--fix [level]', 'apply quick fixes: safe ones, or with "review" also those to look at')
        .choices(['safe', 'review'])
        .preset('safe'),
    )
    .option('--dry-run', 'with --fix: print what it would do as a patch, and change nothing')
    .option('--all', 'also what depends on something that was not understood')
    .addOption(
      new Option('--api <generation>', 'generation of the revocable API that fixes use').choices(apiGenerations()),
    )
    .option('--make', 'fit for make C=1: what follows are compiler arguments, findings do not fail the build')
    .addOption(jobsOption())
    .option('--no-cache', 'neither use nor keep results of other runs')
    .option('--stats', 'numbers of the run, on standard error')
    .action(async (paths: string[], { make, ...options }: CheckOptions & { readonly make?: boolean }) =>
      finish(make ? await checkForMake(compilerArguments, options, token) : await check(paths, options, token)),
    );

  program
    .command('inventory')
    .description('list every device node, its contexts, its verdict and fence')
    .argument('[path...]', 'files or folders (default: the current folder)')
    .addOption(kernelOption())
    .addOption(new Option('-f, --format <format>', 'form of the list').choices(['text', 'json']).default('text'))
    .option('-o, --output <file>', 'write the list to a file')
    .addOption(jobsOption())
    .option('--no-cache', 'neither use nor keep results of other runs')
    .action(async (paths: string[], options: InventoryOptions) => finish(await inventory(paths, options, token)));

  program
    .command('explain')
    .description('the page of a rule, or why a line was or was not reported')
    .argument('<subject>', 'RULE or FILE:LINE')
    .addOption(
      new Option('-f, --format <format>', 'svg draws the race of FILE:LINE').choices(EXPLAIN_FORMATS).default('text'),
    )
    .action(async (subject: string, options: ExplainOptions) => finish(await explain(subject, options)));

  program
    .command('coverage')
    .description('functions that the knowledge base lacks, most frequent first, and parse health')
    .argument('[path...]', 'files or folders (default: the current folder)')
    .addOption(new Option('-f, --format <format>', 'form of the list').choices(['text', 'json']).default('text'))
    .addOption(new Option('--limit <rows>', 'rows of each list').argParser(positive).default(40))
    .addOption(jobsOption())
    .option('--no-cache', 'neither use nor keep results of other runs')
    .action(async (paths: string[], options: CoverageOptions) => finish(await coverage(paths, options, token)));

  program
    .command('lsp')
    .description('language server for editors')
    .requiredOption('--stdio', 'speak over standard input and output')
    .action(() => startServer());

  return program;
}

function apiGenerations(): readonly string[] {
  const type = settingsSchema.find((setting) => setting.key === 'api')?.value;
  return type?.type === 'string' ? (type.enum ?? []).filter((name) => name !== '') : [];
}

function kernelOption(): Option {
  return new Option(
    '-k, --kernel <dir>',
    'kernel tree that the paths lie in, or that drivers outside a tree are written for',
  );
}

function jobsOption(): Option {
  return new Option('-j, --jobs <n>', 'threads (default: the number of cores)').argParser(positive);
}

function gather(value: string, previous: readonly string[] | undefined): readonly string[] {
  return [...(previous ?? []), ...value.split(',').filter((part) => part !== '')];
}

function positive(value: string): number {
  const number = Number(value);
  if (!Number.isInteger(number) || number < 1) throw new InvalidArgumentError('not a positive whole number');
  return number;
}
