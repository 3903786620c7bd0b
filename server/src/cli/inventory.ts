/** `revsafe inventory`: every device node and its verdict, whatever the rules say. */
import type { CancellationToken } from '../base/cancellation.ts';
import { collect } from './collect.ts';
import { failureLines, writeReport, writeStream } from './output.ts';
import { nodesOf } from './plan-result.ts';
import { createProgress } from './progress.ts';
import { filesOfNode, renderInventoryJson, renderInventoryText } from './render-inventory.ts';
import { readSources } from './sources.ts';
import { EXIT_CLEAN, EXIT_FAILURE, EXIT_INTERRUPTED } from './usage.ts';

export interface InventoryOptions {
  readonly kernel?: string;
  readonly format: 'text' | 'json';
  readonly output?: string;
  readonly jobs?: number;
  readonly cache: boolean;
}

export async function inventory(
  paths: readonly string[],
  options: InventoryOptions,
  token: CancellationToken,
): Promise<number> {
  const collection = await collect(paths, {
    ...(options.kernel === undefined ? {} : { kernel: options.kernel }),
    ...(options.jobs === undefined ? {} : { jobs: options.jobs }),
    rules: [],
    everyNode: true,
    cache: options.cache,
    settings: {},
    token,
    progress: createProgress(process.stderr),
  });
  const nodes = nodesOf(collection.modules);
  const input = {
    nodes,
    sources: await readSources(collection.engine.host, nodes.flatMap(filesOfNode)),
    root: options.format === 'json' ? collection.root.path : process.cwd(),
  };
  await writeReport(
    options.format === 'json' ? renderInventoryJson(input) : renderInventoryText(input),
    options.output,
  );
  const lines = [...collection.root.problems, ...failureLines(collection.failures)];
  await writeStream(process.stderr, lines.map((line) => `revsafe: ${line}\n`).join(''));
  if (collection.interrupted) return EXIT_INTERRUPTED;
  return collection.failures.some((failure) => failure.internal) ? EXIT_FAILURE : EXIT_CLEAN;
}
