/** Mutations of what keeps two operations apart: the lock over a check and the use that depends on it goes. */
import type { CFunction, CNode, CSource } from './c-tree.ts';
import { callsIn, childOf, findAll, functionsOf, statementDeletion, textOf } from './c-tree.ts';
import type { Mutant, Mutator } from './mutant.ts';
import { distinct, mutantOf } from './mutant.ts';
import type { Section } from './sections.ts';
import { sectionsOf } from './sections.ts';

/** Calls that work on the memory that they get. */
const COPIES = /^(?:copy_(?:to|from)_user|memcpy|simple_(?:read_from|write_to)_buffer)$/;
const FREES = /^(?:kfree|kvfree|vfree|krealloc)$/;

/**
 * Deletes a lock with its unlocks around a condition on some member and a copy that uses a pointer which another operation frees under
 * the same lock.
 */
export const dropCheckLock: Mutator = (subject) =>
  distinct(
    [...subject.sources].flatMap(([file, source]): Mutant[] => {
      const operations = operationsIn(
        source,
        subject.nodes.flatMap((node) => Object.values(node.operations.entries)),
      );
      return operations.flatMap((fn) =>
        sectionsOf(source, fn).flatMap((section): Mutant[] => {
          const member = checkedCopy(source, section);
          const freed = operations.some((other) => other !== fn && freesMember(source, other, section, member));
          if (member === undefined || !freed) return [];
          const edits = [section.lock, ...section.unlocks].map((statement) => statementDeletion(source, statement));
          return [
            mutantOf('drop-check-lock', file, section.lock.start, `no lock around ${member} in ${fn.name}`, edits),
          ];
        }),
      );
    }),
  );

function operationsIn(source: CSource, names: readonly string[]): readonly CFunction[] {
  return functionsOf(source).filter((fn) => names.includes(fn.name));
}

/** The member that is copied from or to, after a condition in the same section that names another member. */
function checkedCopy(source: CSource, section: Section): string | undefined {
  const inside = (node: CNode): boolean => node.start > section.lock.end && node.end < section.end.start;
  const checks = findAll(section.fn.body, 'if_statement').filter((test) => {
    const condition = childOf(test, 'condition');
    return condition !== undefined && inside(condition) && findAll(condition, 'field_expression').length > 0;
  });
  const [first] = checks;
  if (first === undefined) return undefined;
  const condition = childOf(first, 'condition');
  for (const call of callsIn(source, section.fn.body)) {
    if (!COPIES.test(call.name) || !inside(call.node) || call.node.start < (condition?.end ?? 0)) continue;
    for (const argument of call.args) {
      const [field] = argument.type === 'field_expression' ? [argument] : findAll(argument, 'field_expression');
      if (field !== undefined) return memberOf(source, field);
    }
  }
  return undefined;
}

function freesMember(source: CSource, fn: CFunction, { words, lock }: Section, member: string | undefined): boolean {
  if (member === undefined) return false;
  const locks = callsIn(source, fn.body).some(
    (call) => call.name === words.lock && textOf(source, call.node).endsWith(lastOf(source, lock)),
  );
  return (
    locks &&
    callsIn(source, fn.body).some(
      (call) => FREES.test(call.name) && call.args.some((argument) => memberOf(source, argument) === member),
    )
  );
}

function memberOf(source: CSource, node: CNode): string {
  return /(\w+)\W*$/.exec(textOf(source, node))?.[1] ?? '';
}

/** `->lock)` of `mutex_lock(&x->lock);`. */
function lastOf(source: CSource, statement: CNode): string {
  return `${memberOf(source, statement)})`;
}
