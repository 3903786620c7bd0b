/** Identities of findings that hold when lines move: for baselines, SARIF and the grouping of both ends of one race. */
import { relative } from '../base/host.ts';
import type { Finding } from '../rules/rule.ts';
import { contentHash } from './file-store.ts';

export interface Fingerprint {
  /** This finding: rule, function, race and file; equal ones are numbered in order. */
  readonly finding: string;
  /** Shared by both ends of one race. */
  readonly race: string;
}

/** Fingerprints of the findings of one run, in the order given; paths count relative to `root`. */
export function fingerprintsOf(findings: readonly Finding[], root: string): readonly Fingerprint[] {
  const seen = new Map<string, number>();
  const prefix = root.endsWith('/') ? root : `${root}/`;
  return findings.map((finding) => {
    const group = finding.group.replaceAll(prefix, '');
    const key = [finding.rule, relative(root, finding.at.file), finding.at.fn ?? '', finding.message, group].join('\n');
    const count = seen.get(key) ?? 0;
    seen.set(key, count + 1);
    return {
      finding: contentHash(count === 0 ? key : `${key}\n${count}`),
      race: contentHash(group),
    };
  });
}
