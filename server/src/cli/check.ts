/** `revsafe check`: collect, fix if asked, choose what to show, render, exit code. */
import { dirname, relative, resolve } from 'node:path';
import type { CancellationToken } from '../base/cancellation.ts';
import { version } from '../base-node/version.ts';
import type { Finding, Settings, Severity, SuppressedFinding } from '../engine/api.ts';
import { fingerprintsOf } from '../engine/fingerprint.ts';
import { applyFixes } from './apply-fixes.ts';
import { readBaseline } from './baseline.ts';
import type { ChangedLines } from './changed-lines.ts';
import { changedByPatch, changedSince, touchesChange } from './changed-lines.ts';
import type { Collection } from './collect.ts';
import { collect } from './collect.ts';
import { failureLines, wantsColour, writeReport, writeStream } from './output.ts';
import { createProgress } from './progress.ts';
import { renderGithub } from './render-github.ts';
import { renderHtml } from './render-html.ts';
import { renderJson } from './render-json.ts';
import { renderSarif } from './render-sarif.ts';
import { plural, renderSummary, renderText } from './render-text.ts';
import type { ReportedFinding, ReportedSuppression, ReportInput } from './report-input.ts';
import { filesOfReports, readSources } from './sources.ts';
import { EXIT_CLEAN, EXIT_FAILURE, EXIT_FINDINGS, EXIT_INTERRUPTED, EXIT_MISUSE, UsageError } from './usage.ts';

export const FORMATS = ['text', 'json', 'sarif', 'github', 'html'] as const;
export type Format = (typeof FORMATS)[number];

export interface CheckOptions {
  readonly kernel?: string;
  readonly format: Format;
  readonly output?: string;
  readonly rule?: readonly string[];
  readonly severity: Severity;
  readonly diff?: string;
  readonly patch?: string;
  readonly baseline?: string;
  readonly fix?: 'safe' | 'review';
  readonly all?: boolean;
  readonly api?: string;
  readonly jobs?: number;
  /** `--no-cache` makes it false. */
  readonly cache: boolean;
  readonly stats?: boolean;
}

const RANK: Readonly<Record<Severity, number>> = { hint: 0, warning: 1, error: 2 };

export async function check(
  given: readonly string[],
  options: CheckOptions,
  token: CancellationToken,
): Promise<number> {
  const baseline = options.baseline === undefined ? undefined : readBaseline(options.baseline);
  const changed = await changedLines(options);
  const paths = given.length > 0 ? given : pathsOfChange(changed);
  if (paths === undefined) {
    await writeStream(process.stderr, 'revsafe: no C file was changed\n');
    return EXIT_CLEAN;
  }
  const lines: string[] = [];
  let collection = await collectFor(paths, options, token);
  if (options.fix !== undefined && !collection.interrupted) {
    const fixed = await fix(collection, options, options.fix, token);
    lines.push(fixed.line);
    if (fixed.changed) collection = await collectFor(paths, options, token);
  }
  const input = await reportInput(collection, options, baseline, changed);
  await writeReport(render(input, options), options.output);
  lines.push(...closingLines(input, collection, options));
  await writeStream(process.stderr, lines.map((line) => `revsafe: ${line}\n`).join(''));
  return exitCode(input, collection);
}

async function changedLines(options: CheckOptions): Promise<ChangedLines | undefined> {
  const folder = options.kernel === undefined ? process.cwd() : resolve(options.kernel);
  if (options.diff !== undefined) return changedSince(options.diff, folder);
  return options.patch === undefined ? undefined : changedByPatch(options.patch, folder);
}

/** Without a path a change stands for the folders of its files; `undefined` when it has no C file. */
function pathsOfChange(changed: ChangedLines | undefined): readonly string[] | undefined {
  if (changed === undefined) return [];
  const folders = new Set(
    [...changed.keys()].filter((path) => /\.(?:[ch]|rs)$/.test(path)).map((path) => dirname(path)),
  );
  return folders.size === 0 ? undefined : [...folders];
}

function collectFor(paths: readonly string[], options: CheckOptions, token: CancellationToken): Promise<Collection> {
  const settings: Partial<Settings> = {
    ...(options.api === undefined ? {} : { api: options.api }),
    ...(options.all ? { showMay: true } : {}),
  };
  return collect(paths, {
    ...(options.kernel === undefined ? {} : { kernel: options.kernel }),
    ...(options.rule === undefined ? {} : { rules: options.rule }),
    ...(options.jobs === undefined ? {} : { jobs: options.jobs }),
    cache: options.cache,
    settings,
    token,
    progress: createProgress(process.stderr),
  });
}

function isShown(finding: Finding, options: CheckOptions): boolean {
  return (options.all === true || finding.certainty === 'must') && RANK[finding.severity] >= RANK[options.severity];
}

async function fix(
  { engine, modules, root }: Collection,
  options: CheckOptions,
  level: 'safe' | 'review',
  token: CancellationToken,
): Promise<{ readonly line: string; readonly changed: boolean }> {
  const isWanted = (finding: Finding): boolean =>
    isShown(finding, options) && (options.rule === undefined || options.rule.includes(finding.rule));
  const files = modules
    .flatMap((module) => module.files)
    .filter((file) => file.findings.some(isWanted))
    .map((file) => file.file);
  const { applied, files: changed } = await applyFixes(engine, [...new Set(files)].sort(), {
    level,
    isWanted,
    root: root.path,
    token,
  });
  const where = changed.length === 0 ? '' : ` in ${changed.map((file) => relative(process.cwd(), file)).join(', ')}`;
  return { line: `${plural(applied, 'fix', 'fixes')} applied${where}`, changed: changed.length > 0 };
}

async function reportInput(
  collection: Collection,
  options: CheckOptions,
  baseline: ReadonlySet<string> | undefined,
  changed: ChangedLines | undefined,
): Promise<ReportInput> {
  const { engine, root } = collection;
  const files = collection.modules.flatMap((module) => module.files).sort((a, b) => (a.file < b.file ? -1 : 1));
  const sources = await readSources(engine.host, filesOfReports(files));
  const isWanted = (finding: Finding): boolean =>
    isShown(finding, options) && (changed === undefined || touchesChange(finding, changed, sources));

  // Numbering of equal findings must not depend on what is shown, or a baseline would shift.
  const found = files.flatMap((file) => [
    ...file.findings.map((finding) => ({ finding, suppression: undefined as SuppressedFinding | undefined })),
    ...file.suppressed.map((suppression) => ({ finding: suppression.finding, suppression })),
  ]);
  const fingerprints = fingerprintsOf(
    found.map(({ finding }) => finding),
    root.path,
  );
  const findings: ReportedFinding[] = [];
  const suppressed: ReportedSuppression[] = [];
  for (const [index, { finding, suppression }] of found.entries()) {
    const fingerprint = fingerprints[index];
    if (fingerprint === undefined || !isWanted(finding)) continue;
    if (suppression !== undefined) suppressed.push({ ...suppression, fingerprint });
    else if (!baseline?.has(fingerprint.finding)) findings.push({ finding, fingerprint });
    else suppressed.push({ finding, fingerprint, kind: 'baseline', reason: `in the baseline ${options.baseline}` });
  }
  return {
    version,
    rules: engine.rules,
    findings,
    suppressed,
    notes: files.flatMap((file) => file.notes).filter((note) => note.kind !== 'not-understood'),
    failures: collection.failures,
    stats: collection.stats,
    sources,
    root: root.path,
    complete: !collection.interrupted,
  };
}

function render(input: ReportInput, options: CheckOptions): string {
  switch (options.format) {
    case 'text':
      return renderText(fromHere(input), { colour: options.output === undefined && wantsColour(process.stdout) });
    case 'json':
      return renderJson(input);
    case 'sarif':
      return renderSarif(input);
    case 'github':
      return renderGithub(input);
    case 'html':
      return renderHtml(input);
  }
}

/** Editors that read the text open its paths from the folder where the command ran. */
function fromHere(input: ReportInput): ReportInput {
  return { ...input, root: process.cwd() };
}

/** For people, on standard error: what could not be read, what the settings got wrong, and the sum. */
function closingLines(input: ReportInput, collection: Collection, options: CheckOptions): readonly string[] {
  const lines = [...collection.root.problems, ...failureLines(input.failures)];
  if (options.format === 'text') lines.push(renderSummary(input));
  if (options.stats) {
    const { files, parsed, modules, nodes, functions, elapsed } = input.stats;
    const unread = collection.modules.reduce((sum, module) => sum + module.problems, 0);
    lines.push(
      `${files} files looked at, ${parsed} parsed, ${modules} modules, ${nodes} device nodes, ` +
        `${functions} functions, ${unread} places not understood, ${(elapsed / 1000).toFixed(2)} s, ` +
        // Worker threads count too; the system tells it in KiB.
        `at most ${Math.round(process.resourceUsage().maxRSS / 1024)} MiB of memory`,
    );
  }
  return lines;
}

function exitCode(input: ReportInput, { missedTarget }: Collection): number {
  if (!input.complete) return EXIT_INTERRUPTED;
  if (input.failures.some((failure) => failure.internal)) return EXIT_FAILURE;
  if (input.findings.length > 0) return EXIT_FINDINGS;
  return missedTarget ? EXIT_MISUSE : EXIT_CLEAN;
}

/** `--make`: what a kernel build calls for each file it compiles. Any compiler flag is accepted; findings do not fail the build. */
export async function checkForMake(
  compilerArguments: readonly string[],
  options: CheckOptions,
  token: CancellationToken,
): Promise<number> {
  const file = compilerArguments.findLast((argument) => argument.endsWith('.c') && !argument.startsWith('-'));
  if (file === undefined) throw new UsageError("--make: the compiler's arguments name no .c file");
  const collection = await collectFor([file], { ...options, jobs: 1 }, token);
  const input = await reportInput(collection, options, undefined, undefined);
  const report = renderText(fromHere(input), { colour: wantsColour(process.stderr) });
  const trouble = failureLines(input.failures).map((line) => `revsafe: ${line}\n`);
  await writeStream(process.stderr, report + trouble.join(''));
  const code = exitCode(input, collection);
  return code === EXIT_FINDINGS ? EXIT_CLEAN : code;
}
