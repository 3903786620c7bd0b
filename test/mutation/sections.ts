/** Critical sections of a function: where a lock is taken, where it is dropped, and what is done in between. */
import type { CFunction, CNode, CSource } from './c-tree.ts';
import { callsIn, childOf, findAll, functionsOf, mentions, statementOf, textOf } from './c-tree.ts';
import type { LockWords } from './lock-words.ts';
import { LOCKS } from './lock-words.ts';

export interface Section {
  readonly fn: CFunction;
  readonly words: LockWords;
  /** Statement that takes the lock. */
  readonly lock: CNode;
  /** Statements that drop it, in text order. */
  readonly unlocks: readonly CNode[];
  /** Statement that ends the section on the path that goes through: the last one. */
  readonly end: CNode;
}

/** Sections of the lock whose last word is `name`; of any lock when no name is given. */
export function sectionsOf(source: CSource, fn: CFunction, name?: string): Section[] {
  const calls = callsIn(source, fn.body);
  const sections: Section[] = [];
  for (const call of calls) {
    const words = LOCKS.find((candidate) => candidate.lock === call.name);
    const lock = statementOf(call.node);
    if (words === undefined || lock === undefined || lock.type !== 'expression_statement') continue;
    const key = lockKey(source, call.args);
    if (name !== undefined && !(words.bare === true ? name === 'rcu' : lastIdentifier(key) === name)) continue;
    const next = calls.find((c) => c.name === words.lock && c.node.start > lock.end && lockKey(source, c.args) === key);
    const until = next?.node.start ?? fn.body.end;
    const unlocks = calls
      .filter((c) => c.name === words.unlock && c.node.start > lock.end && c.node.start < until)
      .filter((c) => lockKey(source, c.args) === key)
      .flatMap((c) => statementOf(c.node) ?? []);
    const end = unlocks.at(-1);
    if (end !== undefined && unlocks.every((unlock) => unlock.type === 'expression_statement'))
      sections.push({ fn, words, lock, unlocks, end });
  }
  return sections;
}

function lockKey(source: CSource, args: readonly CNode[]): string {
  return args[0] === undefined ? '' : textOf(source, args[0]).replace(/\s/g, '');
}

function lastIdentifier(text: string): string {
  return /(\w+)\W*$/.exec(text)?.[1] ?? text;
}

/** Sections of the lock that contain the place, or a call that leads there (two calls deep). */
export function sectionsAround(
  source: CSource,
  lock: string,
  start: number,
  end: number,
): { section: Section; use: CNode }[] {
  const functions = functionsOf(source);
  const found: { section: Section; use: CNode }[] = [];
  let places = [{ start, end }];
  for (let depth = 0; depth < 3 && found.length === 0; depth++) {
    const next: { start: number; end: number }[] = [];
    for (const place of places) {
      const fn = functions.find((one) => one.node.start <= place.start && place.start < one.node.end);
      if (fn === undefined) continue;
      for (const section of sectionsOf(source, fn, lock)) {
        if (section.lock.end > place.start || section.end.start < place.end) continue;
        const use = smallestAt(section.fn.body, place.start, place.end);
        found.push({ section, use });
      }
      for (const caller of functions) {
        for (const call of callsIn(source, caller.body))
          if (call.name === fn.name) next.push({ start: call.node.start, end: call.node.end });
      }
    }
    places = next;
  }
  return found;
}

function smallestAt(node: CNode, start: number, end: number): CNode {
  for (const child of node.children) if (child.start <= start && end <= child.end) return smallestAt(child, start, end);
  return node;
}

/** Tests of `gone`, or of a value that was looked up inside the section, between the lock and the use. */
export function goneTests(source: CSource, section: Section, gone: string, use: CNode): CNode[] {
  const lookedUp = findAll(section.fn.body, 'assignment_expression').flatMap((assignment) => {
    const left = childOf(assignment, 'left');
    const right = childOf(assignment, 'right');
    const inside = assignment.start > section.lock.end && assignment.end < use.start;
    return inside && left?.type === 'identifier' && right?.type === 'call_expression' ? [textOf(source, left)] : [];
  });
  return findAll(section.fn.body, 'if_statement').filter((test) => {
    const condition = childOf(test, 'condition');
    if (condition === undefined || test.start < section.lock.end || condition.end > use.start) return false;
    if (mentions(source, condition, gone)) return true;
    const plain = textOf(source, condition).replace(/[\s()!]/g, '');
    return lookedUp.includes(plain);
  });
}

/**
 * Calls in the section, after the test, that use what the fence protects: they go through the pointer that teardown clears, or,
 * where it sets a flag, hand over something that a pointer leads to.
 */
export function usesIn(source: CSource, section: Section, gone: string): CNode[] {
  const test = findAll(section.fn.body, 'if_statement').find((candidate) => {
    const condition = childOf(candidate, 'condition');
    return condition !== undefined && candidate.start > section.lock.end && mentions(source, condition, gone);
  });
  const condition = test === undefined ? undefined : childOf(test, 'condition');
  if (condition === undefined) return [];
  const calls = callsIn(source, section.fn.body).filter(
    ({ node }) => node.start > condition.end && node.end < section.end.start,
  );
  const through = calls.filter((call) => call.args.some((arg) => mentions(source, arg, gone)));
  if (through.length > 0) return through.map((call) => call.node);
  return calls
    .filter((call) => !HARMLESS.test(call.name))
    .filter((call) => call.args.some((arg) => arg.type === 'field_expression'))
    .map((call) => call.node);
}

/** Calls that touch counted memory at most, whatever they are given. */
const HARMLESS =
  /user|lock|^(down|up)_|free|list|wake|print|^dev_(err|dbg|info|warn)|mem(cpy|set)|str|^(get|put)_|kfifo|_ref|^[A-Z_]+$/;
