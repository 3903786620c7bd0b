/** Mutations of a critical section: the test goes, the use leaves, the lock is dropped early, teardown forgets its part. */
import type { CNode, CSource, Edit } from './c-tree.ts';
import {
  callsIn,
  childOf,
  deletion,
  findAll,
  functionAt,
  functionsOf,
  indentationAt,
  mentions,
  nodeAt,
  statementDeletion,
  statementOf,
  textOf,
} from './c-tree.ts';
import type { FenceClue } from './fence-clues.ts';
import { endsWithDevice, fenceClues } from './fence-clues.ts';
import type { Mutant, Mutator, Subject } from './mutant.ts';
import { distinct, mutantOf } from './mutant.ts';
import type { Section } from './sections.ts';
import { goneTests, sectionsAround, sectionsOf, usesIn } from './sections.ts';

/** A use that a section with a gone test protects. */
interface FencedUse {
  readonly file: string;
  readonly source: CSource;
  readonly clue: FenceClue;
  readonly section: Section;
  readonly use: CNode;
}

/** The use that the evidence names, and in the other operations each first use of the pointer that teardown clears. */
function fencedUses(subject: Subject): FencedUse[] {
  const found: FencedUse[] = [];
  for (const node of subject.nodes) {
    if (!endsWithDevice(node)) continue;
    const operations = new Set(
      Object.entries(node.operations.entries).flatMap(([name, fn]) => (name === 'open' ? [] : [fn])),
    );
    for (const clue of fenceClues(node)) {
      const source = subject.sources.get(clue.use.file);
      if (source !== undefined) {
        const { file, span } = clue.use;
        for (const around of sectionsAround(source, clue.lock, span.start, span.end))
          found.push({ file, source, clue, ...around });
      }
      for (const [file, other] of subject.sources) {
        for (const fn of functionsOf(other)) {
          if (!operations.has(fn.name)) continue;
          for (const section of sectionsOf(other, fn, clue.lock)) {
            const [use] = usesIn(other, section, clue.gone);
            if (use !== undefined) found.push({ file, source: other, clue, section, use });
          }
        }
      }
    }
  }
  const seen = new Set<string>();
  return found.filter(({ file, use, section }) => {
    const key = `${file}:${section.lock.start}:${statementOf(use)?.start}`;
    return !seen.has(key) && seen.add(key) !== undefined;
  });
}

export const dropFlagTest: Mutator = (subject) =>
  distinct(
    fencedUses(subject).flatMap(({ file, source, clue, section, use }): Mutant[] => {
      const tests = goneTests(source, section, clue.gone, use);
      if (tests.length === 0) return [];
      const edits = tests.flatMap((test) => withoutTest(source, test, clue.gone, use));
      const [first] = tests;
      if (edits.length < tests.length || first === undefined) return [];
      return [mutantOf('drop-flag-test', file, first.start, `no test of ${clue.gone} in ${section.fn.name}`, edits)];
    }),
  );

/** Edits that take the test out of an if statement, or nothing where its shape is not known. */
function withoutTest(source: CSource, test: CNode, gone: string, use: CNode): Edit[] {
  const condition = childOf(test, 'condition');
  const then = childOf(test, 'consequence');
  const otherwise = childOf(test, 'alternative');
  if (condition === undefined || then === undefined) return [];
  const holds = (node: CNode | undefined): boolean =>
    node !== undefined && node.start <= use.start && use.end <= node.end;
  const inner = condition.children.find((child) => child.named);
  if (inner?.type === 'binary_expression') {
    const [left, right] = [childOf(inner, 'left'), childOf(inner, 'right')];
    if (left === undefined || right === undefined) return [];
    if (mentions(source, left, gone) === mentions(source, right, gone)) return [];
    const operator = inner.children.find((child) => !child.named && child.field === 'operator')?.type;
    if (operator === '||' || operator === '&&') {
      const kept = mentions(source, left, gone) ? right : left;
      return [{ start: inner.start, end: inner.end, text: textOf(source, kept) }];
    }
  }
  if (holds(then)) return [{ start: test.start, end: test.end, text: textOf(source, then) }];
  const branch = otherwise?.children.find((child) => child.named && child.type !== 'comment');
  if (holds(otherwise))
    return branch === undefined ? [] : [{ start: test.start, end: test.end, text: textOf(source, branch) }];
  const leaves = findAll(then, 'return_statement', 'goto_statement', 'break_statement').length > 0;
  return leaves && otherwise === undefined ? [statementDeletion(source, test)] : [];
}

/** Statement of the use, where it can stand alone outside the section. */
function movable(section: Section, use: CNode): CNode | undefined {
  const statement = statementOf(use);
  if (statement?.type !== 'expression_statement') return undefined;
  return statement.start > section.lock.end && statement.end < section.end.start ? statement : undefined;
}

export const moveUseOut: Mutator = (subject) =>
  distinct(
    fencedUses(subject).flatMap(({ file, source, section, use }): Mutant[] => {
      const statement = movable(section, use);
      if (statement === undefined || statement.parent !== section.end.parent) return [];
      const indent = indentationAt(source, section.end.start);
      const edits = [
        deletion(source, statement),
        { start: section.end.end, end: section.end.end, text: `\n${indent}${textOf(source, statement)}` },
      ];
      return [mutantOf('move-use-out', file, statement.start, `use after the section in ${section.fn.name}`, edits)];
    }),
  );

export const unlockEarly: Mutator = (subject) =>
  distinct(
    fencedUses(subject).flatMap(({ file, source, section, use }): Mutant[] => {
      const statement = movable(section, use);
      if (statement === undefined) return [];
      const indent = indentationAt(source, statement.start);
      const unlock = textOf(source, section.end);
      const relock = textOf(source, section.lock);
      const braced = statement.parent?.type === 'compound_statement' || statement.parent?.type === 'case_statement';
      // Where the section ends beside the use, it just ends earlier; elsewhere the lock is dropped around the use.
      const edits =
        statement.parent === section.end.parent
          ? [
              { start: statement.start, end: statement.start, text: `${unlock}\n${indent}` },
              deletion(source, section.end),
            ]
          : [
              {
                start: statement.start,
                end: statement.start,
                text: `${braced ? '' : `{\n${indent}`}${unlock}\n${indent}`,
              },
              { start: statement.end, end: statement.end, text: `\n${indent}${relock}${braced ? '' : `\n${indent}}`}` },
            ];
      return [mutantOf('unlock-early', file, statement.start, `unlock before the use in ${section.fn.name}`, edits)];
    }),
  );

/** Deletes what teardown does to make the test fail. */
export const dropGoneStore: Mutator = (subject) =>
  distinct(
    subject.nodes.filter(endsWithDevice).flatMap((node) =>
      fenceClues(node).flatMap((clue): Mutant[] => {
        const { file, span } = clue.store;
        const source = subject.sources.get(file);
        const statement = source === undefined ? undefined : statementOf(nodeAt(source.root, span.start, span.end));
        if (source === undefined || statement?.type !== 'expression_statement') return [];
        const edits = [statementDeletion(source, statement)];
        return [
          mutantOf(
            'drop-gone-store',
            file,
            statement.start,
            `teardown leaves ${clue.gone} as it is in ${functionAt(source, statement.start)?.name}`,
            edits,
          ),
        ];
      }),
    ),
  );

const WAITS =
  /^(synchronize_(s?rcu)(_expedited)?|wait_for_completion|wait_event|wait_var_event|percpu_ref_kill|percpu_ref_kill_and_confirm)$/;

/** Deletes the wait that read sides or counts rely on. */
export const dropWait: Mutator = (subject) => {
  const kinds = ['srcu', 'rcu', 'percpu-ref', 'wait'];
  const mutants: Mutant[] = [];
  for (const node of subject.nodes) {
    if (node.teardown !== 'driver-remove' || !node.fences.some((fence) => kinds.includes(fence))) continue;
    const places = [node.unregister?.at, ...node.evidence.map((step) => step.at)];
    for (const place of places) {
      const source = place === undefined ? undefined : subject.sources.get(place.file);
      if (place === undefined || source === undefined) continue;
      const fn = functionAt(source, place.span.start);
      const waits = fn === undefined ? [] : callsIn(source, fn.body).filter((call) => WAITS.test(call.name));
      const statements = waits.flatMap((call) => statementOf(call.node) ?? []);
      const [first] = statements;
      if (first === undefined || statements.some((one) => one.type !== 'expression_statement')) continue;
      const edits = statements.map((one) => statementDeletion(source, one));
      mutants.push(mutantOf('drop-wait', place.file, first.start, `${fn?.name} does not wait`, edits));
    }
  }
  return distinct(mutants);
};
