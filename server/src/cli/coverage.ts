/** `revsafe coverage`: what the knowledge base lacks, most frequent first, and where sources were not understood. */
import type { CancellationToken } from '../base/cancellation.ts';
import { relative } from '../base/host.ts';
import type { Collection } from './collect.ts';
import { collect } from './collect.ts';
import { failureLines, writeReport } from './output.ts';
import { createProgress } from './progress.ts';
import { EXIT_CLEAN, EXIT_FAILURE, EXIT_INTERRUPTED } from './usage.ts';

export interface CoverageOptions {
  readonly format: 'text' | 'json';
  readonly jobs?: number;
  readonly cache: boolean;
  /** Rows of each list. */
  readonly limit: number;
}

export async function coverage(
  paths: readonly string[],
  options: CoverageOptions,
  token: CancellationToken,
): Promise<number> {
  const collection = await collect(paths, {
    ...(options.jobs === undefined ? {} : { jobs: options.jobs }),
    survey: true,
    cache: options.cache,
    settings: {},
    token,
    progress: createProgress(process.stderr),
  });
  await writeReport(render(collection, options), undefined);
  if (collection.interrupted) return EXIT_INTERRUPTED;
  return collection.failures.some((failure) => failure.internal) ? EXIT_FAILURE : EXIT_CLEAN;
}

function render({ modules, failures, stats, root }: Collection, { format, limit }: CoverageOptions): string {
  const calls = new Map<string, number>();
  for (const module of modules) {
    for (const [name, count] of Object.entries(module.unknownCallees)) calls.set(name, (calls.get(name) ?? 0) + count);
  }
  const unknownCallees = [...calls]
    .map(([name, count]) => ({ name, calls: count }))
    .sort((a, b) => b.calls - a.calls || (a.name < b.name ? -1 : 1));
  const files = modules
    .flatMap((module) => module.files)
    .map(({ file, notes }) => ({
      file: relative(root.path, file),
      problems: notes.filter((note) => note.kind === 'not-understood').length,
    }))
    .filter((row) => row.problems > 0)
    .sort((a, b) => b.problems - a.problems || (a.file < b.file ? -1 : 1));
  if (format === 'json') {
    return `${JSON.stringify({ unknownCallees, files, failures, stats }, undefined, 2)}\n`;
  }
  const out = [`${unknownCallees.length} functions are called that neither the module nor the knowledge base has`];
  for (const { name, calls: count } of unknownCallees.slice(0, limit))
    out.push(`${String(count).padStart(8)}  ${name}`);
  const problems = files.reduce((sum, row) => sum + row.problems, 0);
  out.push('', `${problems} places in ${files.length} of ${stats.parsed} files were not understood`);
  for (const { file, problems: count } of files.slice(0, limit)) out.push(`${String(count).padStart(8)}  ${file}`);
  out.push(...failureLines(failures));
  return `${out.join('\n')}\n`;
}
