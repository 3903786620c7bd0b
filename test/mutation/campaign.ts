/** From subjects to results: which mutants there are, which are chosen, and what the analysis says of them. */
import type { Finding } from '../../server/src/engine/api.ts';
import type { CParser } from '../../server/src/syntax/c-parser.ts';
import { applyEdits, lineAt, parseSource } from './c-tree.ts';
import type { Mutant, Mutator, Subject } from './mutant.ts';
import type { Outcome, Workbench } from './workbench.ts';

/** A subject and where it can be checked. */
export interface Case {
  readonly subject: Subject;
  readonly workbench: Workbench;
  readonly before: Outcome;
}

export interface Candidate {
  readonly mutant: Mutant;
  readonly on: Case;
}

export interface Result extends Candidate {
  readonly after: Outcome;
  /** Findings that were not there before. */
  readonly added: readonly Finding[];
  /** One-based line in the text before the mutation. */
  readonly line: number;
}

/** What may report a deleted fence: the removal family, the order of teardown for what is freed too early, and
 * the check that another operation comes after. */
export const REMOVAL_RULES = new Set([
  'unfenced-unregister',
  'missing-try-access',
  'missing-fops-owner',
  'blocking-wait-in-fence',
  'free-before-quiesce',
  'check-then-use',
]);

/** A mutant that a person judged to be as safe as the driver before. */
export interface Equivalent {
  readonly mutator: string;
  /** Name of the subject, and what the mutant's line says. */
  readonly subject: string;
  readonly what: string;
  readonly reason: string;
}

export function isEquivalent({ mutant, on }: Candidate, known: readonly Equivalent[]): boolean {
  return known.some(
    ({ mutator, subject, what }) => mutator === mutant.mutator && subject === on.subject.name && what === mutant.what,
  );
}

/** Numbers in [0, 1) that depend on the seed only. */
export function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** All candidates, taken from each mutator in turn so that none drowns the others. */
export function inTurn(candidates: readonly Candidate[], random: () => number): Candidate[] {
  const byMutator = new Map<string, Candidate[]>();
  for (const candidate of candidates) {
    const of = byMutator.get(candidate.mutant.mutator) ?? [];
    of.push(candidate);
    byMutator.set(candidate.mutant.mutator, of);
  }
  const queues = [...byMutator].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, queue]) => shuffled(queue, random));
  const longest = Math.max(0, ...queues.map((queue) => queue.length));
  return Array.from({ length: longest }, (_, round) => queues.flatMap((queue) => queue[round] ?? [])).flat();
}

function shuffled<T>(items: readonly T[], random: () => number): T[] {
  const keyed = items.map((item) => ({ item, key: random() }));
  return keyed.sort((a, b) => a.key - b.key).map(({ item }) => item);
}

export function mutantsOf(cases: readonly Case[], mutators: readonly Mutator[]): Candidate[] {
  return cases.flatMap((on) => mutators.flatMap((mutator) => mutator(on.subject).map((mutant) => ({ mutant, on }))));
}

/** A mutator must not break the syntax: what had no error before has none afterwards. */
export function parses({ mutant, on }: Candidate, parser: CParser): boolean {
  return [...changedTexts(mutant, on.subject)].every(
    ([path, text]) =>
      text === undefined ||
      !path.endsWith('.c') ||
      on.subject.sources.get(path)?.hasErrors === true ||
      !parseSource(parser, text).hasErrors,
  );
}

/** Absolute path → text after the mutation. */
export function changedTexts(mutant: Mutant, subject: Subject): Map<string, string | undefined> {
  const changed = new Map<string, string | undefined>(mutant.written ?? []);
  for (const [path, edits] of mutant.edits) {
    const source = subject.sources.get(path);
    if (source !== undefined && edits.length > 0) changed.set(path, applyEdits(source.text, edits));
  }
  return changed;
}

export async function run(candidate: Candidate): Promise<Result> {
  const { mutant, on } = candidate;
  const changed = changedTexts(mutant, on.subject);
  const files = [...new Set([...on.subject.sources.keys(), ...changed.keys()])].filter(
    (path) => path.endsWith('.c') && !(changed.has(path) && changed.get(path) === undefined),
  );
  const after = await on.workbench.checkWith(files, changed);
  const source = on.subject.sources.get(mutant.file);
  return {
    ...candidate,
    after,
    added: addedFindings(on.before.findings, after.findings),
    line: source === undefined ? 0 : lineAt(source, mutant.offset),
  };
}

function addedFindings(before: readonly Finding[], after: readonly Finding[]): Finding[] {
  const left = new Map<string, number>();
  for (const finding of before) left.set(keyOf(finding), (left.get(keyOf(finding)) ?? 0) + 1);
  return after.filter((finding) => {
    if (!REMOVAL_RULES.has(finding.rule)) return false;
    const count = left.get(keyOf(finding)) ?? 0;
    left.set(keyOf(finding), count - 1);
    return count <= 0;
  });
}

const keyOf = (finding: Finding): string => `${finding.rule}(${finding.message}) ${finding.certainty}`;

/** Verdicts and findings, without names and places, in an order that no edit changes. */
export function verdictOf(outcome: Outcome): string {
  const nodes = outcome.nodes.map((node) => `${node.register.api} ${node.verdict}`).sort();
  const findings = outcome.findings.map(keyOf).sort();
  return [...nodes, ...findings].join('; ');
}

/** Why the nodes are still called safe, one line each. */
export function proofsOf({ nodes }: Outcome): string[] {
  return nodes.map((node) => {
    const steps = node.evidence.map((step) => step.text).join('; ');
    return `${node.verdict} by ${node.fences.join(', ') || 'nothing'}: ${node.operations.name ?? 'operations'}: ${steps}`;
  });
}
