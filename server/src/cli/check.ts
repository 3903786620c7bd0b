/** `revsafe check`: collect, choose what to show, render, exit code. */
import type { CancellationToken } from '../base/cancellation.ts';
import { version } from '../base-node/version.ts';
import type { Finding, Settings, Severity } from '../engine/api.ts';
import { fingerprintsOf } from '../engine/fingerprint.ts';
import type { Collection } from './collect.ts';
import { collect } from './collect.ts';
import { wantsColour, writeReport, writeStream } from './output.ts';
import { createProgress } from './progress.ts';
import { renderJson } from './render-json.ts';
import { renderSarif } from './render-sarif.ts';
import { renderSummary, renderText } from './render-text.ts';
import type { ReportedFinding, ReportedSuppression, ReportInput } from './report-input.ts';
import { filesOfReports, readSources } from './sources.ts';
import { EXIT_CLEAN, EXIT_FAILURE, EXIT_FINDINGS, EXIT_INTERRUPTED, UsageError } from './usage.ts';

export const FORMATS = ['text', 'json', 'sarif'] as const;
export type Format = (typeof FORMATS)[number];

export interface CheckOptions {
  readonly kernel?: string;
  readonly format: Format;
  readonly output?: string;
  readonly rule?: readonly string[];
  readonly severity: Severity;
  readonly all?: boolean;
  readonly api?: string;
  readonly jobs?: number;
  readonly stats?: boolean;
}

const RANK: Readonly<Record<Severity, number>> = { hint: 0, warning: 1, error: 2 };

export async function check(
  paths: readonly string[],
  options: CheckOptions,
  token: CancellationToken,
): Promise<number> {
  const progress = createProgress(process.stderr);
  const settings: Partial<Settings> = {
    ...(options.api === undefined ? {} : { api: options.api }),
    ...(options.all ? { showMay: true } : {}),
  };
  const collection = await collect(paths, {
    ...(options.kernel === undefined ? {} : { kernel: options.kernel }),
    ...(options.rule === undefined ? {} : { rules: options.rule }),
    ...(options.jobs === undefined ? {} : { jobs: options.jobs }),
    settings,
    token,
    progress,
  });
  requireKnownRules(options.rule, collection);
  const input = await reportInput(collection, options);
  await writeReport(render(input, options), options.output);
  await writeStream(process.stderr, closingText(input, collection, options));
  return exitCode(input);
}

function requireKnownRules(rules: readonly string[] | undefined, { engine }: Collection): void {
  const unknown = rules?.find((id) => !engine.rules.some((rule) => rule.id === id));
  if (unknown === undefined) return;
  throw new UsageError(`there is no rule "${unknown}"; rules: ${engine.rules.map((rule) => rule.id).join(', ')}`);
}

async function reportInput(collection: Collection, options: CheckOptions): Promise<ReportInput> {
  const { engine, root } = collection;
  const files = collection.modules.flatMap((module) => module.files).sort((a, b) => (a.file < b.file ? -1 : 1));
  const isShown = (finding: Finding): boolean =>
    (options.all === true || finding.certainty === 'must') && RANK[finding.severity] >= RANK[options.severity];
  const findings = files.flatMap((file) => file.findings).filter(isShown);
  const suppressed = files.flatMap((file) => file.suppressed).filter(({ finding }) => isShown(finding));
  const all = [...findings, ...suppressed.map((entry) => entry.finding)];
  const fingerprints = new Map(fingerprintsOf(all, root.path).map((fingerprint, index) => [all[index], fingerprint]));
  const withPrint = <T extends object>(entry: T, finding: Finding): (T & Pick<ReportedFinding, 'fingerprint'>)[] => {
    const fingerprint = fingerprints.get(finding);
    return fingerprint === undefined ? [] : [{ ...entry, fingerprint }];
  };
  return {
    version,
    rules: engine.rules,
    findings: findings.flatMap((finding): ReportedFinding[] => withPrint({ finding }, finding)),
    suppressed: suppressed.flatMap((entry): ReportedSuppression[] => withPrint(entry, entry.finding)),
    notes: files.flatMap((file) => file.notes).filter((note) => note.kind !== 'not-understood'),
    failures: collection.failures,
    stats: collection.stats,
    sources: await readSources(engine.host, filesOfReports(files)),
    root: root.path,
    complete: !collection.interrupted,
  };
}

function render(input: ReportInput, options: CheckOptions): string {
  switch (options.format) {
    case 'text':
      return renderText(input, { colour: options.output === undefined && wantsColour(process.stdout) });
    case 'json':
      return renderJson(input);
    case 'sarif':
      return renderSarif(input);
  }
}

/** For people, on standard error: what could not be read, what the settings got wrong, and the sum. */
function closingText(input: ReportInput, collection: Collection, options: CheckOptions): string {
  const lines = collection.root.problems.map((problem) => `revsafe: ${problem}`);
  for (const { file, reason } of input.failures) lines.push(`revsafe: ${file}: ${reason}`);
  if (options.format === 'text') lines.push(`revsafe: ${renderSummary(input)}`);
  if (options.stats) {
    const { files, parsed, modules, nodes, functions, elapsed } = input.stats;
    const unread = collection.modules.reduce((sum, module) => sum + module.problems, 0);
    lines.push(
      `revsafe: ${files} files looked at, ${parsed} parsed, ${modules} modules, ${nodes} device nodes, ` +
        `${functions} functions, ${unread} places not understood, ${(elapsed / 1000).toFixed(2)} s`,
    );
  }
  return lines.length === 0 ? '' : `${lines.join('\n')}\n`;
}

function exitCode(input: ReportInput): number {
  if (!input.complete) return EXIT_INTERRUPTED;
  if (input.failures.some((failure) => failure.internal)) return EXIT_FAILURE;
  return input.findings.length > 0 ? EXIT_FINDINGS : EXIT_CLEAN;
}
