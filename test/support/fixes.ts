/**
 * A fix is guilty until reparsed. What is proved of every fix that the engine offers: the result has no new parse errors, the
 * finding is gone, nothing new is reported, and the same fix has nothing left to do there.
 */
import type { Span, TextEdit } from '../../server/src/base/span.ts';
import type { CodeActionOffer, Engine, Finding, ModuleReport, Settings } from '../../server/src/engine/api.ts';
import { raceShownBy, racesBehind } from '../../server/src/engine/races-behind.ts';
import { CParser } from '../../server/src/syntax/c-parser.ts';
import { RustParser } from '../../server/src/syntax/rust-parser.ts';
import type { Files } from './engine.ts';
import { applyEdits, checkFixtureFolder, grammars, nameInFixture, openTree } from './engine.ts';

export interface OfferedFix {
  readonly offer: CodeActionOffer;
  readonly edits: readonly TextEdit[];
}

/** Every fix that is offered for the findings of these reports, in their order; disabled ones have no edits. */
export async function offeredFixes(engine: Engine, reports: readonly ModuleReport[]): Promise<OfferedFix[]> {
  const offered: OfferedFix[] = [];
  for (const finding of findingsOf(reports)) {
    const offers = await engine.codeActions(finding.at.file, finding.at.span);
    for (const offer of offers.filter((candidate) => isSame(candidate.finding, finding))) {
      const edits = offer.disabled === undefined ? await engine.resolveAction(finding.at.file, offer.id) : [];
      if (edits === undefined) throw new Error(`"${offer.title}" is offered and cannot be resolved`);
      offered.push({ offer, edits });
    }
  }
  return offered;
}

/** Sentences about what the fix does wrong; none when it is proved. */
export async function proveFix(
  files: Files,
  before: readonly ModuleReport[],
  { offer, edits }: OfferedFix,
  settings: Partial<Settings> = {},
): Promise<string[]> {
  const { finding } = offer;
  const name = `"${offer.title}" for ${keyOf(finding)}`;
  if (edits.length === 0) return [`${name} changes nothing`];
  const fixed = applyEdits(files, edits);
  const complaints: string[] = [];
  for (const file of new Set(edits.map((edit) => edit.file))) {
    if ((await countErrors(file, fixed)) > (await countErrors(file, files))) {
      complaints.push(`${name} leaves ${nameInFixture(file)} with new parse errors`);
    }
  }

  const engine = await openTree(fixed, settings);
  const after = await checkFixtureFolder(engine);
  const remaining = findingsOf(after);
  const place = moved(finding.at.span, finding.at.file, edits);
  const isStillThere = remaining.some(
    (candidate) => keyOf(candidate) === keyOf(finding) && candidate.at.span.start === place,
  );
  if (isStillThere) complaints.push(`${name} leaves its finding`);

  const counts = countKeys(findingsOf(before));
  const hidden = racesBehind(findingsOf(before));
  for (const [key, count] of countKeys(remaining.filter((found) => !hidden.has(raceShownBy(found) ?? '')))) {
    if (count > (counts.get(key) ?? 0)) complaints.push(`${name} brings ${key}`);
  }
  for (const again of await offeredFixes(engine, after)) {
    if (
      again.offer.disabled === undefined &&
      isSameFix(again.offer, offer) &&
      again.offer.finding.at.span.start === place
    ) {
      complaints.push(`${name} is offered again where it was applied`);
    }
  }
  return complaints;
}

/** Sentences about what the fix does to the text that it has no business with: comments, indentation, line ends. */
export async function proveLayout(
  files: Files,
  { offer, edits }: OfferedFix,
  settings: Partial<Settings> = {},
): Promise<string[]> {
  const name = `"${offer.title}" for ${keyOf(offer.finding)}`;
  const fixed = applyEdits(files, edits);
  const complaints: string[] = [];
  for (const file of new Set(edits.map((edit) => edit.file))) {
    const before = files.get(file) ?? '';
    const after = fixed.get(file) ?? '';
    for (const [comment] of before.matchAll(COMMENT)) {
      if (!after.includes(comment)) complaints.push(`${name} loses the comment ${comment}`);
    }
    const indents = (text: string): boolean => /^ {2,}(?!\*)\S/m.test(text);
    if (!indents(before) && indents(after)) complaints.push(`${name} indents by spaces in ${nameInFixture(file)}`);
  }
  for (const edit of edits) {
    const old = (files.get(edit.file) ?? '').slice(edit.span.start, edit.span.end);
    if (old === edit.text) complaints.push(`${name} replaces a text by itself`);
  }

  // Other line ends, and a condition around the place: what the fix does must not hang on either.
  const fixedElsewhere = await fixedAgain(withDosLineEnds(withCondition(files, offer.finding)), offer, settings);
  if (fixedElsewhere === undefined) return [...complaints, `${name} is not offered with CRLF line ends under #ifdef`];
  for (const [file, text] of withDosLineEnds(fixed)) {
    const inner = (fixedElsewhere.get(file) ?? '').replace(`${CONDITION}\r\n`, '').replace(`${END}\r\n`, '');
    if (inner !== text) complaints.push(`${name} differs with CRLF line ends under #ifdef in ${nameInFixture(file)}`);
  }
  return complaints;
}

/** The files after the same fix in another spelling of them; undefined where it is not offered. */
async function fixedAgain(
  files: Files,
  offer: CodeActionOffer,
  settings: Partial<Settings>,
): Promise<Files | undefined> {
  const engine = await openTree(files, settings);
  const again = (await offeredFixes(engine, await checkFixtureFolder(engine))).find(
    (candidate) => isSameFix(candidate.offer, offer) && candidate.edits.length > 0,
  );
  return again && applyEdits(files, again.edits);
}

const CONDITION = '#ifdef CONFIG_REVSAFE_FIXTURE';
const END = '#endif /* CONFIG_REVSAFE_FIXTURE */';

/** With the function or table that the finding is in under a condition, where the text has the usual layout. */
function withCondition(files: Files, { at }: Finding): Files {
  const text = files.get(at.file) ?? '';
  if (!at.file.endsWith('.c')) return files;
  const start = text.lastIndexOf('\n}', at.span.start);
  const first = /\n\n(?=[A-Za-z])/.exec(text.slice(Math.max(0, start), at.span.start));
  const end = /\n\};?\n/.exec(text.slice(at.span.start));
  if (first === null || end === null) return files;
  const from = Math.max(0, start) + first.index + first[0].length;
  const to = at.span.start + end.index + end[0].length;
  const wrapped = `${CONDITION}\n${text.slice(from, to)}${END}\n`;
  return new Map(files).set(at.file, text.slice(0, from) + wrapped + text.slice(to));
}

const COMMENT = /\/\*[\s\S]*?\*\/|\/\/[^\n]*/g;

function withDosLineEnds(files: Files): Files {
  return new Map([...files].map(([path, text]) => [path, text.replace(/\r?\n/g, '\r\n')]));
}

/** Applies the first fix of the first finding that has one, until none is left. */
export async function applyFirstFixes(files: Files, settings: Partial<Settings> = {}): Promise<Files> {
  const MAX_PASSES = 16;
  let current = files;
  for (let pass = 0; pass < MAX_PASSES; pass++) {
    const engine = await openTree(current, settings);
    const offered = await offeredFixes(engine, await checkFixtureFolder(engine));
    const first = offered.find((candidate) => candidate.edits.length > 0);
    if (first === undefined) return current;
    current = applyEdits(current, first.edits);
  }
  throw new Error(`fixes are still offered after ${MAX_PASSES} passes`);
}

function findingsOf(reports: readonly ModuleReport[]): Finding[] {
  return reports.flatMap((report) => report.files).flatMap((report) => [...report.findings]);
}

function isSame(left: Finding, right: Finding): boolean {
  return keyOf(left) === keyOf(right) && left.at.span.start === right.at.span.start;
}

function isSameFix(left: CodeActionOffer, right: CodeActionOffer): boolean {
  return left.title === right.title && keyOf(left.finding) === keyOf(right.finding);
}

/** What a finding is about, wherever it stands in its function. */
function keyOf({ rule, message, at }: Finding): string {
  return `${rule}(${message}) in ${nameInFixture(at.file)}:${at.fn ?? '-'}`;
}

function countKeys(findings: readonly Finding[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const finding of findings) counts.set(keyOf(finding), (counts.get(keyOf(finding)) ?? 0) + 1);
  return counts;
}

/** Where a span starts after the edits. */
function moved(span: Span, file: string, edits: readonly TextEdit[]): number {
  return edits
    .filter((edit) => edit.file === file && edit.span.end <= span.start)
    .reduce((start, edit) => start + edit.text.length - (edit.span.end - edit.span.start), span.start);
}

async function countErrors(file: string, files: Files): Promise<number> {
  const text = files.get(file);
  if (text === undefined) throw new Error('a fix edits a file that is not there');
  const { runtime } = grammars;
  using parser = file.endsWith('.rs')
    ? await RustParser.create({ runtime, grammar: await grammars.rust() })
    : await CParser.create({ runtime, grammar: grammars.c });
  using tree = parser.parse(text);
  return tree.errors().length;
}
