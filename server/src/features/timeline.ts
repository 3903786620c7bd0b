/** A race as one story: the steps of both threads of a witness in the order in which they go wrong. Plain data. */
import type { DeviceNode, Step, Witness } from '../analysis/model.ts';
import { basename } from '../base/host.ts';
import type { Location, Span } from '../base/span.ts';
import { LineIndex } from '../base/span.ts';
import type { Finding } from '../rules/rule.ts';
import type { TextOf } from './markdown.ts';
import { capital } from './markdown.ts';
import { STEP, threadNames, verdictText } from './vocabulary.ts';

export interface TimelineStep {
  /** Thread that takes the step: the first or the second. */
  readonly lane: 0 | 1;
  readonly at: Location;
  /** One-based. */
  readonly line: number;
  /** `foo.c:12 foo_read()` */
  readonly place: string;
  readonly text: string;
  /** The line of source, without its indentation. */
  readonly source: string;
  /** `death`: from here on what is used is gone; `late`: it is used all the same. */
  readonly role: 'step' | 'death' | 'late';
}

export interface Timeline {
  readonly title: string;
  /** Names of the threads; one alone where a single path goes wrong. */
  readonly lanes: readonly [string] | readonly [string, string];
  readonly steps: readonly TimelineStep[];
  /** What would have to stand between the threads, and before which step. */
  readonly missing?: { readonly text: string; readonly before: number };
}

/** A witness and what it is a witness of. */
export interface Told {
  readonly title: string;
  readonly witness: Witness;
}

/** What can be told about a place, the closest first: a finding there, a node that begins or ends there, a step of a race. */
export function toldAt(
  file: string,
  span: Span,
  findings: readonly Finding[],
  nodes: readonly DeviceNode[],
): Told | undefined {
  const here = (at: Location | undefined): boolean =>
    at?.file === file &&
    at.span.start < Math.max(span.end, span.start + 1) &&
    span.start < Math.max(at.span.end, at.span.start + 1);
  for (const { at, text, witness } of findings) if (here(at) && witness !== undefined) return { title: text, witness };
  for (const node of nodes) {
    const witness = node.races[0]?.witness ?? node.blockingWaits[0]?.witness;
    if (witness === undefined || !(here(node.register.at) || here(node.unregister?.at))) continue;
    return { title: verdictText(node), witness };
  }
  for (const node of nodes) {
    for (const { witness } of [...node.races, ...node.blockingWaits]) {
      if ([...witness.user, ...witness.teardown].some((step) => here(step.at)))
        return { title: verdictText(node), witness };
    }
  }
  return undefined;
}

interface Placed {
  readonly lane: 0 | 1;
  readonly step: Step;
}

/** `title` says what goes wrong; `text` gives the sources that are quoted. */
export function timelineOf(title: string, witness: Witness, text: TextOf): Timeline {
  const { order, death, late } = storyOf(witness);
  const indexes = new Map<string, { readonly lines: LineIndex; readonly text: string }>();
  const sourceOf = (file: string): { readonly lines: LineIndex; readonly text: string } => {
    const known = indexes.get(file) ?? { lines: new LineIndex(text(file)), text: text(file) };
    indexes.set(file, known);
    return known;
  };
  const steps = order.map(({ lane, step }): TimelineStep => {
    const source = sourceOf(step.at.file);
    const { line } = source.lines.positionAt(step.at.span.start);
    const fn = step.at.fn === undefined ? '' : ` ${step.at.fn}()`;
    return {
      lane,
      at: step.at,
      line: line + 1,
      place: `${basename(step.at.file)}:${line + 1}${fn}`,
      text: step.kind === 'note' || step.kind === 'entry' ? step.text : wordsOf(step),
      source: source.text.slice(source.lines.lineStart(line), source.lines.lineStart(line + 1)).trim(),
      role: step === death ? 'death' : step === late ? 'late' : 'step',
    };
  });
  const [first, second] = threadNames(witness);
  const before = death === undefined ? order.length : order.findIndex(({ step }) => step === death);
  return {
    title: capital(title),
    lanes: witness.teardown.length === 0 ? [first] : [first, second],
    steps,
    ...(witness.missing === '' ? {} : { missing: { text: witness.missing, before: witness.between ?? before } }),
  };
}

/** Steps whose text does not say by itself what is done begin with the verb. */
function wordsOf(step: Step): string {
  const verb = STEP[step.kind];
  return step.kind === 'lock' && !step.text.startsWith(verb) ? `${verb}: ${step.text}` : step.text;
}

interface Story {
  readonly order: readonly Placed[];
  readonly death: Step | undefined;
  readonly late: Step | undefined;
}

/**
 * The witness says where the first thread comes in between, or it gets as far as its use, teardown runs up to the death, and
 * then comes the use. Where nothing dies in teardown (it waits, or the first thread itself frees) the order is that of cause
 * and effect.
 */
function storyOf({ user, teardown, between }: Witness): Story {
  const first = user.map((step): Placed => ({ lane: 0, step }));
  const second = teardown.map((step): Placed => ({ lane: 1, step }));
  const death = teardown.findLast(ends);
  const last = user[user.length - 1];
  if (between !== undefined) {
    return { order: [...second.slice(0, between), ...first, ...second.slice(between)], death, late: undefined };
  }
  if (death === undefined) {
    const own = user.find(ends);
    const order = own === undefined ? [...first, ...second] : [...second, ...first];
    return { order, death: own, late: own === undefined || last === own ? undefined : last };
  }
  if (last?.kind !== 'use') return { order: [...first, ...second], death, late: undefined };
  const gone = teardown.indexOf(death) + 1;
  return {
    order: [...first.slice(0, -1), ...second.slice(0, gone), ...first.slice(-1), ...second.slice(gone)],
    death,
    late: last,
  };
}

function ends(step: Step): boolean {
  return step.kind === 'free' || step.kind === 'return';
}
