/** What every renderer gets: plain data, in the order in which it is shown. */
import type { BatchStats, DeviceNode, Failure, Finding, Note, Rule, SuppressedFinding } from '../engine/api.ts';
import type { Fingerprint } from '../engine/fingerprint.ts';
import type { Sources } from './sources.ts';

export interface ReportedFinding {
  readonly finding: Finding;
  readonly fingerprint: Fingerprint;
}

export interface ReportedSuppression extends SuppressedFinding {
  readonly fingerprint: Fingerprint;
}

export interface ReportInput {
  /** Version of the program. */
  readonly version: string;
  readonly rules: readonly Rule[];
  readonly findings: readonly ReportedFinding[];
  readonly suppressed: readonly ReportedSuppression[];
  /** What the change that is looked at did away with; places are those of the state before it. */
  readonly fixed: readonly ReportedFinding[];
  readonly notes: readonly Note[];
  /** By place; only for the page that lists them. */
  readonly nodes: readonly DeviceNode[];
  readonly failures: readonly Failure[];
  readonly stats: BatchStats;
  readonly sources: Sources;
  /** Absolute; paths in the report are relative to it. */
  readonly root: string;
  /** `false`: the run was stopped before its end. */
  readonly complete: boolean;
}

/** Steps a thread that a report shows of a witness. */
export const MAX_STEPS = 15;

/** The first steps and the last, with what is between left out. */
export function shortened<T>(steps: readonly T[], limit = MAX_STEPS): readonly T[] {
  if (steps.length <= limit) return steps;
  const head = Math.ceil(limit / 2);
  return [...steps.slice(0, head), ...steps.slice(steps.length - (limit - head))];
}
