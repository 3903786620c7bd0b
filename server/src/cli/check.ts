/** `revsafe check`: collect, fix if asked, choose what to show, render, exit code. */
import { existsSync } from 'node:fs';
import { relative, resolve } from 'node:path';
import type { CancellationToken } from '../base/cancellation.ts';
import { version } from '../base-node/version.ts';
import type { FileReport, Finding, Settings, Severity, SuppressedFinding } from '../engine/api.ts';
import type { Fingerprint } from '../engine/fingerprint.ts';
import { fingerprintsOf } from '../engine/fingerprint.ts';
import type { FixedFile } from './apply-fixes.ts';
import { applyFixes, patchOf } from './apply-fixes.ts';
import { readBaseline } from './baseline.ts';
import type { Change } from './change.ts';
import { changeByPatch, changeSince } from './change.ts';
import type { Collection } from './collect.ts';
import { collect } from './collect.ts';
import { failureLines, wantsColour, writeReport, writeStream } from './output.ts';
import { nodesOf } from './plan-result.ts';
import { createProgress } from './progress.ts';
import { renderGithub } from './render-github.ts';
import { renderHtml } from './render-html.ts';
import { renderJson } from './render-json.ts';
import { renderSarif } from './render-sarif.ts';
import { plural, renderSummary, renderText } from './render-text.ts';
import type { ReportedFinding, ReportedSuppression, ReportInput } from './report-input.ts';
import { statsLines } from './run-stats.ts';
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
  /** With `fix`: print what it would do as a patch, and do nothing. */
  readonly dryRun?: boolean;
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
  const change = await changeFor(options);
  const paths =
    change === undefined ? given : filesOfChange(change, given).filter((path) => isThere(path, change, 'after'));
  if (change !== undefined && paths.length === 0) {
    await writeStream(process.stderr, 'revsafe: no C file was changed\n');
    return EXIT_CLEAN;
  }
  const lines: string[] = [];
  let collection = await collectFor(paths, options, token, change, 'after');
  if (options.fix !== undefined && !collection.interrupted) {
    if (change?.onDisk === 'before') throw new UsageError('--fix: the patch is not applied, and fixes go to the files');
    const fixed = await fix(collection, options, options.fix, token);
    if (options.dryRun === true) {
      await writeReport(patchOf(fixed.files, process.cwd()), options.output);
      await writeStream(process.stderr, `revsafe: ${fixed.line}\n`);
      return fixed.files.length > 0 ? EXIT_FINDINGS : EXIT_CLEAN;
    }
    lines.push(fixed.line);
    if (fixed.files.length > 0) collection = await collectFor(paths, options, token, change, 'after');
  }
  const earlierPaths = change === undefined ? [] : paths.filter((path) => isThere(path, change, 'before'));
  const earlier =
    earlierPaths.length === 0 || collection.interrupted
      ? undefined
      : await collectFor(earlierPaths, options, token, change, 'before');
  const rendering = performance.now();
  const input = await reportInput(collection, options, baseline, earlier);
  await writeReport(render(input, options), options.output);
  lines.push(...closingLines(input, collection, options, performance.now() - rendering));
  await writeStream(process.stderr, lines.map((line) => `revsafe: ${line}\n`).join(''));
  return exitCode(input, collection);
}

async function changeFor(options: CheckOptions): Promise<Change | undefined> {
  const folder = options.kernel === undefined ? process.cwd() : resolve(options.kernel);
  if (options.diff !== undefined) return changeSince(options.diff, folder);
  return options.patch === undefined ? undefined : changeByPatch(options.patch, folder);
}

/** Files of the change that lie under the paths, or all. */
function filesOfChange({ files }: Change, given: readonly string[]): readonly string[] {
  const folders = given.map((path) => resolve(path));
  const isUnder = (file: string): boolean => folders.some((path) => file === path || file.startsWith(`${path}/`));
  return folders.length === 0 ? files : files.filter(isUnder);
}

function isThere(path: string, { onDisk, otherwise }: Change, state: 'before' | 'after'): boolean {
  return onDisk === state ? existsSync(path) : (otherwise.get(path) ?? '') !== '';
}

/** One state of the tree; without a change, the one on disk. */
function collectFor(
  paths: readonly string[],
  options: CheckOptions,
  token: CancellationToken,
  change: Change | undefined,
  state: 'before' | 'after',
): Promise<Collection> {
  const settings: Partial<Settings> = {
    ...(options.api === undefined ? {} : { api: options.api }),
    ...(options.all ? { showMay: true } : {}),
  };
  return collect(paths, {
    ...(options.kernel === undefined ? {} : { kernel: options.kernel }),
    ...(options.rule === undefined ? {} : { rules: options.rule }),
    ...(options.jobs === undefined ? {} : { jobs: options.jobs }),
    ...(change === undefined ? {} : { wholeModules: true }),
    ...(change === undefined || change.onDisk === state ? {} : { texts: change.otherwise }),
    // The page lists every node, also those of modules where no rule can start.
    ...(options.format === 'html' ? { everyNode: true } : {}),
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
): Promise<{ readonly line: string; readonly files: readonly FixedFile[] }> {
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
    dryRun: options.dryRun === true,
  });
  const names = changed.map(({ path }) => relative(process.cwd(), path));
  const MAX_NAMES = 5;
  const where =
    names.length > MAX_NAMES ? ` in ${names.length} files` : names.length > 0 ? ` in ${names.join(', ')}` : '';
  const verb = options.dryRun === true ? 'to apply' : 'applied';
  return { line: `${plural(applied, 'fix', 'fixes')} ${verb}${where}`, files: changed };
}

async function reportInput(
  collection: Collection,
  options: CheckOptions,
  baseline: ReadonlySet<string> | undefined,
  earlier: Collection | undefined,
): Promise<ReportInput> {
  const { engine, root } = collection;
  const files = filesOfCollection(collection);
  const nodes = options.format === 'html' ? nodesOf(collection.modules) : [];
  const registered = nodes.map((node) => node.register.at.file);
  const sources = await readSources(engine.host, [...filesOfReports(files), ...registered]);
  const before = earlier === undefined ? undefined : fingerprinted(earlier);
  const isNew = (fingerprint: Fingerprint): boolean => before === undefined || !before.has(fingerprint.finding);
  const now = fingerprinted(collection);
  const findings: ReportedFinding[] = [];
  const suppressed: ReportedSuppression[] = [];
  for (const { finding, suppression, fingerprint } of now.values()) {
    if (!isShown(finding, options) || !isNew(fingerprint)) continue;
    if (suppression !== undefined) suppressed.push({ ...suppression, fingerprint });
    else if (!baseline?.has(fingerprint.finding)) findings.push({ finding, fingerprint });
    else suppressed.push({ finding, fingerprint, kind: 'baseline', reason: `in the baseline ${options.baseline}` });
  }
  const fixed = [...(before?.values() ?? [])].filter(
    ({ finding, suppression, fingerprint }) =>
      suppression === undefined && isShown(finding, options) && !now.has(fingerprint.finding),
  );
  return {
    version,
    rules: engine.rules,
    findings,
    suppressed,
    fixed,
    notes: files.flatMap((file) => file.notes).filter((note) => note.kind !== 'not-understood'),
    nodes,
    failures: collection.failures,
    stats: collection.stats,
    sources,
    root: root.path,
    complete: !collection.interrupted,
  };
}

interface Fingerprinted extends ReportedFinding {
  readonly suppression: SuppressedFinding | undefined;
}

/** Findings by their identity. Numbering of equal ones must not depend on what is shown, or a baseline would shift. */
function fingerprinted(collection: Collection): ReadonlyMap<string, Fingerprinted> {
  const found = filesOfCollection(collection).flatMap((file) => [
    ...file.findings.map((finding) => ({ finding, suppression: undefined as SuppressedFinding | undefined })),
    ...file.suppressed.map((suppression) => ({ finding: suppression.finding, suppression })),
  ]);
  const fingerprints = fingerprintsOf(
    found.map(({ finding }) => finding),
    collection.root.path,
  );
  return new Map(
    found.flatMap((one, index) => {
      const fingerprint = fingerprints[index];
      return fingerprint === undefined ? [] : [[fingerprint.finding, { ...one, fingerprint }]];
    }),
  );
}

function filesOfCollection({ modules }: Collection): readonly FileReport[] {
  return modules.flatMap((module) => module.files).sort((a, b) => (a.file < b.file ? -1 : 1));
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
function closingLines(
  input: ReportInput,
  collection: Collection,
  options: CheckOptions,
  renderMs: number,
): readonly string[] {
  const lines = [...collection.root.problems, ...failureLines(input.failures)];
  if (options.format === 'text') lines.push(renderSummary(input));
  if (options.stats) lines.push(...statsLines(collection, input.findings.length, renderMs));
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
  const collection = await collectFor([file], { ...options, jobs: 1 }, token, undefined, 'after');
  const input = await reportInput(collection, options, undefined, undefined);
  const report = renderText(fromHere(input), { colour: wantsColour(process.stderr) });
  const trouble = failureLines(input.failures).map((line) => `revsafe: ${line}\n`);
  await writeStream(process.stderr, report + trouble.join(''));
  const code = exitCode(input, collection);
  return code === EXIT_FINDINGS ? EXIT_CLEAN : code;
}
