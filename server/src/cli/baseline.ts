/** A baseline is an earlier report (`--format json` or `sarif`): what it holds is not reported again. */
import { readFileSync } from 'node:fs';
import { UsageError } from './usage.ts';

/** Fingerprints of the findings in a report. */
export function readBaseline(file: string): ReadonlySet<string> {
  let report: unknown;
  try {
    report = JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw new UsageError(`--baseline: cannot read ${file}: ${error instanceof Error ? error.message : String(error)}`);
  }
  const prints = fingerprintsIn(report);
  if (prints === undefined) {
    throw new UsageError(`--baseline: ${file} is neither a JSON nor a SARIF report of this program`);
  }
  return prints;
}

/** `undefined` when the value has the shape of no report. */
export function fingerprintsIn(report: unknown): ReadonlySet<string> | undefined {
  const { findings, runs } = (report ?? {}) as { findings?: unknown; runs?: unknown };
  const prints = new Set<string>();
  const add = (value: unknown): void => {
    if (typeof value === 'string') prints.add(value);
  };
  if (Array.isArray(findings)) {
    for (const finding of findings) add((finding as { fingerprint?: unknown } | null)?.fingerprint);
    return prints;
  }
  if (!Array.isArray(runs)) return undefined;
  for (const run of runs as ({ results?: unknown } | null)[]) {
    if (!Array.isArray(run?.results)) continue;
    for (const result of run.results as ({ partialFingerprints?: Record<string, unknown> } | null)[]) {
      add(result?.partialFingerprints?.['revsafeFinding/v1']);
    }
  }
  return prints;
}
