/** `--stats`: what a run looked at, where its time went, what it did not know. */
import type { Phase } from '../engine/api.ts';
import type { Collection } from './collect.ts';

const PHASES: readonly Phase[] = ['plan', 'scan', 'load', 'analysis', 'report'];
/** Names of functions that the knowledge base lacks. */
const MAX_NAMES = 5;

/** `findings` are those that the report shows; `renderMs` is the time from the last result to the whole report. */
export function statsLines(
  { modules, stats, failures }: Collection,
  findings: number,
  renderMs: number,
): readonly string[] {
  const unread = modules.reduce((sum, module) => sum + module.problems, 0);
  const callees = new Map<string, number>();
  for (const { unknownCallees } of modules) {
    for (const [name, count] of Object.entries(unknownCallees)) callees.set(name, (callees.get(name) ?? 0) + count);
  }
  const frequent = [...callees].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1)).slice(0, MAX_NAMES);
  const times = PHASES.map((phase) => `${phase} ${inSeconds(stats.phases[phase])}`);
  return [
    `${stats.files} files looked at, ${stats.parsed} parsed, ${stats.modules} modules, ${stats.cached} from the cache, ` +
      `${stats.functions} functions, ${stats.nodes} device nodes, ${findings} findings`,
    // Worker threads count too; the system tells it in KiB.
    `${inSeconds(stats.elapsed + renderMs)}, at most ${Math.round(process.resourceUsage().maxRSS / 1024)} MiB of memory; ` +
      `of all threads: ${times.join(', ')}, render ${inSeconds(renderMs)}`,
    `${unread} places not understood, ${failures.length} files or modules failed, ${callees.size} functions not known` +
      (frequent.length === 0 ? '' : `: ${frequent.map(([name, count]) => `${name} ${count}`).join(', ')}`),
  ];
}

function inSeconds(ms: number): string {
  return `${(ms / 1000).toFixed(2)} s`;
}
