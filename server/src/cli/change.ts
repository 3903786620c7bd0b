/**
 * A change to the tree, from git or from a patch: which files it touches and what they held before and after. Only one
 * of the two states is on disk; the other is made in memory.
 */
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { promisify } from 'node:util';
import type { StructuredPatch } from 'diff';
import { applyPatch, parsePatch, reversePatch } from 'diff';
import { UsageError } from './usage.ts';

export interface Change {
  /** Absolute paths of the C and Rust files that it touches. */
  readonly files: readonly string[];
  /** The state that is on disk. */
  readonly onDisk: 'before' | 'after';
  /** Absolute path → text in the other state; empty for a file that is not there in it. */
  readonly otherwise: ReadonlyMap<string, string>;
}

/** What the working tree of the repository around `folder` changed since a revision. */
export async function changeSince(revision: string, folder: string): Promise<Change> {
  if (revision.startsWith('-')) throw new UsageError(`--diff: "${revision}" is not a revision`);
  const git = async (...args: readonly string[]): Promise<string> => {
    try {
      const { stdout } = await promisify(execFile)('git', ['-C', folder, ...args], { maxBuffer: 1 << 30 });
      return stdout;
    } catch (error) {
      const said = (error as { stderr?: string }).stderr?.trim().split('\n')[0];
      throw new UsageError(`--diff ${revision}: ${said || (error instanceof Error ? error.message : String(error))}`);
    }
  };
  const top = (await git('rev-parse', '--show-toplevel')).trimEnd();
  const plain = ['--no-color', '--no-ext-diff', '--no-renames', '--src-prefix=a/', '--dst-prefix=b/'];
  const diff = await git(
    'diff',
    '-U0',
    ...plain,
    revision,
    '--',
    ...['c', 'h', 'rs'].map((ending) => `:(glob)**/*.${ending}`),
  );
  const change = changeOf(diff, top);
  if (change === undefined) throw new UsageError(`--diff ${revision}: what git says does not fit the files`);
  return change;
}

/**
 * The change of a patch file or mailbox (`git format-patch`, `b4 am`), whether it is applied or not; `-` is standard
 * input. Paths count from `folder`.
 */
export function changeByPatch(file: string, folder: string): Change {
  let text: string;
  try {
    text = readFileSync(file === '-' ? 0 : file, 'utf8');
  } catch (error) {
    throw new UsageError(`--patch: cannot read ${file}: ${error instanceof Error ? error.message : String(error)}`);
  }
  if (!/^@@ -\d/m.test(text)) throw new UsageError(`--patch: ${file} is not a unified diff`);
  const change = changeOf(text, folder);
  if (change === undefined) throw new UsageError(`--patch: ${file} fits neither the tree nor the tree before it`);
  return change;
}

/** Undefined when the change is neither in the files nor fits on them. */
function changeOf(diff: string, folder: string): Change | undefined {
  const patches = patchesOf(diff).filter((patch) => /\.(?:[ch]|rs)$/.test(pathOf(patch)));
  const files = [...new Set(patches.map((patch) => resolve(folder, pathOf(patch))))];
  const before = applied(
    [...patches].reverse().map((patch) => reversePatch(patch)),
    folder,
  );
  if (before !== undefined) return { files, onDisk: 'after', otherwise: before };
  const after = applied(patches, folder);
  return after === undefined ? undefined : { files, onDisk: 'before', otherwise: after };
}

/** Texts after the patches, one after the other; undefined when one does not fit. */
function applied(patches: readonly StructuredPatch[], folder: string): ReadonlyMap<string, string> | undefined {
  const texts = new Map<string, string>();
  for (const patch of patches) {
    const path = resolve(folder, pathOf(patch));
    const exists = patch.oldFileName !== undefined && !isNothing(patch.oldFileName);
    const known = texts.get(path) ?? readIfThere(path);
    if (known === undefined && exists) return undefined;
    const text = applyPatch(exists ? (known ?? '') : '', patch, { fuzzFactor: 0 });
    if (text === false || (!exists && (known ?? '') !== '')) return undefined;
    texts.set(path, text);
  }
  return texts;
}

function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}

/** The file that a patch is about, without the `a/` or `b/` in front. */
function pathOf({ oldFileName = '', newFileName = '' }: StructuredPatch): string {
  return (isNothing(newFileName) ? oldFileName : newFileName).replace(/^[abciwo]\//, '');
}

function isNothing(name: string): boolean {
  return name === '/dev/null';
}

/** The patches in a mail, a mailbox or a plain diff: everything around them is left out. */
function patchesOf(text: string): readonly StructuredPatch[] {
  const lines = text.split('\n');
  const kept: string[] = [];
  let removed = 0;
  let added = 0;
  for (const [index, line] of lines.entries()) {
    if (removed > 0 || added > 0) {
      if (!line.startsWith('+')) removed--;
      if (!line.startsWith('-')) added--;
      // Mailers strip the blank of an empty line.
      kept.push(line.trim() === '' && !line.startsWith(' ') ? ` ${line}` : line);
      continue;
    }
    const hunk = /^@@ -\d+(?:,(\d+))? \+\d+(?:,(\d+))? @@/.exec(line);
    if (hunk !== null) {
      removed = Number(hunk[1] ?? 1);
      added = Number(hunk[2] ?? 1);
    }
    // A mail has a `---` of its own; that of a file stands right above its `+++`.
    const isHeader =
      (line.startsWith('--- ') && lines[index + 1]?.startsWith('+++ ')) ||
      (line.startsWith('+++ ') && lines[index - 1]?.startsWith('--- '));
    if (hunk !== null || isHeader || line.startsWith('\\ No newline')) kept.push(line);
  }
  return parsePatch(kept.join('\n'));
}
