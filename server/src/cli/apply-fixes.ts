/**
 * `--fix`: applies quick fixes on disk. Each fix is tried on the text in memory first and kept only if its finding is gone
 * and no new one has come; everything else is put back.
 */
import { renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { relative } from 'node:path';
import { createTwoFilesPatch } from 'diff';
import type { CancellationToken } from '../base/cancellation.ts';
import type { TextEdit } from '../base/span.ts';
import type { CodeActionOffer, Engine, Finding } from '../engine/api.ts';
import { fingerprintsOf } from '../engine/fingerprint.ts';
import { raceShownBy, racesBehind } from '../engine/races-behind.ts';
import { OutputError } from './usage.ts';

export interface FixOptions {
  /** `review`: also fixes that a person must look at. */
  readonly level: 'safe' | 'review';
  readonly isWanted: (finding: Finding) => boolean;
  readonly root: string;
  readonly token: CancellationToken;
  /** Nothing is written: the result says what would be. */
  readonly dryRun?: boolean;
}

export interface FixedFile {
  readonly path: string;
  readonly before: string;
  readonly after: string;
}

export interface FixResult {
  readonly applied: number;
  readonly files: readonly FixedFile[];
}

/** Fixes what can be fixed in the files, and in others of their modules where a fix reaches there. */
export async function applyFixes(engine: Engine, files: readonly string[], options: FixOptions): Promise<FixResult> {
  const touched = new Map<string, string>();
  const tried = new Set<string>();
  let applied = 0;
  for (const file of files) {
    for (let again = true; again && !options.token.isCancellationRequested; ) {
      again = false;
      const offer = await nextOffer(engine, file, tried, options);
      if (offer === undefined) break;
      const edits = await engine.resolveAction(file, offer.id);
      again = true;
      if (edits === undefined || edits.length === 0) continue;
      const before = new Map(edits.map((edit) => [edit.file, engine.text(edit.file) ?? '']));
      if (!(await tryEdits(engine, file, offer.finding, edits, options))) continue;
      applied++;
      for (const [path, text] of before) if (!touched.has(path)) touched.set(path, text);
    }
  }
  const changed = [...touched]
    .map(([path, before]): FixedFile => ({ path, before, after: engine.text(path) ?? before }))
    .sort((a, b) => (a.path < b.path ? -1 : 1));
  if (options.dryRun !== true) for (const { path, after } of changed) writeBack(path, after);
  for (const { path } of changed) {
    engine.closeDocument(path);
    engine.invalidate(path);
  }
  return { applied, files: changed };
}

/** A patch that `git apply` and `patch -p1` take in the folder. */
export function patchOf(files: readonly FixedFile[], folder: string): string {
  return files
    .map(({ path, before, after }) => {
      const name = relative(folder, path).replaceAll('\\', '/');
      const patch = createTwoFilesPatch(`a/${name}`, `b/${name}`, before, after);
      // The library puts a line of its own on top, which other tools take for a part of the message.
      return patch.replace(/^=+\n/, '');
    })
    .join('');
}

/** The next fix of the file that was not tried; safe ones first. */
async function nextOffer(
  engine: Engine,
  file: string,
  tried: Set<string>,
  options: FixOptions,
): Promise<CodeActionOffer | undefined> {
  const length = engine.text(file)?.length ?? Number.MAX_SAFE_INTEGER;
  const offers = (await engine.codeActions(file, { start: 0, end: length })).filter(
    (offer) =>
      offer.disabled === undefined &&
      offer.lacks === undefined &&
      (offer.safety === 'safe' || options.level === 'review') &&
      options.isWanted(offer.finding),
  );
  const rank = (offer: CodeActionOffer): number => (offer.safety === 'safe' ? 0 : 2) + (offer.preferred ? 0 : 1);
  for (const offer of offers.sort((a, b) => rank(a) - rank(b))) {
    const key = `${keyOf(offer.finding, options.root)} ${offer.title}`;
    if (tried.has(key)) continue;
    tried.add(key);
    return offer;
  }
  return undefined;
}

/** Applies edits to the buffers; takes them back unless they remove the finding and bring none. */
async function tryEdits(
  engine: Engine,
  file: string,
  finding: Finding,
  edits: readonly TextEdit[],
  { root }: FixOptions,
): Promise<boolean> {
  const before = await findingsIn(engine, file, edits);
  const saved = new Map<string, string>();
  for (const path of new Set(edits.map((edit) => edit.file))) {
    const text = engine.text(path);
    if (text === undefined || !(await isExact(engine, path))) return false;
    saved.set(path, text);
    if (engine.documentVersion(path) === undefined) engine.openDocument(path, text, 1);
    const own = edits.filter((edit) => edit.file === path).sort((a, b) => b.span.start - a.span.start);
    engine.changeDocument(path, own, (engine.documentVersion(path) ?? 1) + 1);
  }
  const after = await findingsIn(engine, file, edits);
  const known = new Set(before.map((found) => keyOf(found, root)));
  const hidden = racesBehind(before);
  const wasThere = (found: Finding): boolean => known.has(keyOf(found, root)) || hidden.has(raceShownBy(found) ?? '');
  const isBetter = after.every((found) => wasThere(found) && keyOf(found, root) !== keyOf(finding, root));
  if (isBetter) return true;
  for (const [path, text] of saved) engine.changeDocument(path, [{ text }], (engine.documentVersion(path) ?? 1) + 1);
  return false;
}

/** Writing back a file that was read by guessing its encoding would change bytes that no fix meant. */
async function isExact(engine: Engine, path: string): Promise<boolean> {
  const read = await engine.host.readText(path);
  return read.kind === 'text' && read.note === undefined;
}

async function findingsIn(engine: Engine, file: string, edits: readonly TextEdit[]): Promise<readonly Finding[]> {
  const findings: Finding[] = [];
  for (const path of new Set([file, ...edits.map((edit) => edit.file)]))
    findings.push(...(await engine.checkFile(path)).findings);
  return findings;
}

function keyOf(finding: Finding, root: string): string {
  return fingerprintsOf([finding], root)[0]?.finding ?? '';
}

/** Through a second file and a rename, so that a full disk cannot leave half a source file. */
function writeBack(path: string, text: string): void {
  const temporary = `${path}.revsafe-${process.pid}`;
  try {
    writeFileSync(temporary, text, { mode: statSync(path).mode });
    renameSync(temporary, path);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw new OutputError(`cannot write ${path}: ${error instanceof Error ? error.message : String(error)}`);
  }
}
