/** Lines that a change touches, from a unified diff: what `--diff` and `--patch` restrict a report to. */

import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { promisify } from 'node:util';
import type { Finding } from '../engine/api.ts';
import type { Sources } from './sources.ts';
import { UsageError } from './usage.ts';

/** Absolute path → one-based lines of the new side. */
export type ChangedLines = ReadonlyMap<string, ReadonlySet<number>>;

/** Reads a unified diff; where lines were only removed, the lines around the gap count as touched. */
export function parseUnifiedDiff(diff: string, folder: string): ChangedLines {
  const changed = new Map<string, Set<number>>();
  let lines: Set<number> | undefined;
  let next = 0;
  let left = 0;
  for (const line of diff.split(/\r?\n/)) {
    if (left <= 0 && line.startsWith('+++ ')) {
      const name = pathOf(line.slice(4));
      lines = undefined;
      if (name === undefined) continue;
      const path = resolve(folder, name);
      lines = changed.get(path) ?? new Set();
      changed.set(path, lines);
      continue;
    }
    const hunk = /^@@ -\d+(?:,(\d+))? \+(\d+)(?:,(\d+))? @@/.exec(line);
    if (hunk !== null) {
      next = Number(hunk[2]);
      const added = Number(hunk[3] ?? 1);
      left = added + Number(hunk[1] ?? 1);
      // With no new line the hunk names the line before the gap.
      if (added === 0) next++;
      continue;
    }
    if (left <= 0 || lines === undefined) continue;
    if (line.startsWith('+')) {
      lines.add(next++);
      left--;
    } else if (line.startsWith('-')) {
      lines.add(Math.max(1, next - 1)).add(next);
      left--;
    } else if (!line.startsWith('\\')) {
      next++;
      left -= 2;
    }
  }
  return changed;
}

/** `b/drivers/x.c` or a quoted name; a tab and a time stamp may follow. */
function pathOf(written: string): string | undefined {
  const quoted = /^"(.*)"$/.exec(written.trimEnd());
  const name =
    quoted === null ? (written.split('\t')[0] ?? '').trimEnd() : (quoted[1] ?? '').replace(/\\(["\\])/g, '$1');
  if (name === '/dev/null') return undefined;
  return name.replace(/^[abciwo]\//, '');
}

/** What the working tree of the repository around `folder` changed since a revision. */
export async function changedSince(revision: string, folder: string): Promise<ChangedLines> {
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
  const diff = await git(
    'diff',
    '-U0',
    '--no-color',
    '--no-ext-diff',
    '--src-prefix=a/',
    '--dst-prefix=b/',
    revision,
    '--',
  );
  return parseUnifiedDiff(diff, top);
}

/** The changes of a patch file that is already applied; `-` is standard input. Paths count from `folder`. */
export function changedByPatch(file: string, folder: string): ChangedLines {
  let text: string;
  try {
    text = readFileSync(file === '-' ? 0 : file, 'utf8');
  } catch (error) {
    throw new UsageError(`--patch: cannot read ${file}: ${error instanceof Error ? error.message : String(error)}`);
  }
  const changed = parseUnifiedDiff(text, folder);
  if (changed.size === 0) throw new UsageError(`--patch: ${file} is not a unified diff`);
  return changed;
}

/** The finding's place, or a step of its story, is on a changed line. */
export function touchesChange(finding: Finding, changed: ChangedLines, sources: Sources): boolean {
  const steps = [...(finding.witness?.user ?? []), ...(finding.witness?.teardown ?? [])];
  return [finding.at, ...steps.map((step) => step.at)].some(({ file, span }) => {
    const lines = changed.get(file);
    const index = sources.get(file)?.lines;
    if (lines === undefined || index === undefined) return false;
    const last = index.positionAt(Math.max(span.start, span.end - 1)).line;
    for (let line = index.positionAt(span.start).line; line <= last; line++) if (lines.has(line + 1)) return true;
    return false;
  });
}
