/** Roots: workspace folders, or the trees of a batch run, each with its settings, generation and contracts. */
import type { Host } from '../base/host.ts';
import { dirname, join, relative } from '../base/host.ts';
import { detectGeneration, rustForms, unknownGeneration } from '../knowledge/generation.ts';
import { Knowledge } from '../knowledge/lookup.ts';
import { revocableForms } from '../knowledge/revocable-generations.ts';
import type { ContractFile } from '../knowledge/schema.ts';
import { parseUserContracts } from '../knowledge/user-contracts.ts';
import type { RootInfo, Settings } from './api.ts';
import type { Folders } from './folders.ts';
import type { ModuleMap } from './module-map.ts';
import type { Relevance } from './relevance.ts';
import { relevanceOf } from './relevance.ts';
import { defaultSettings, mergeSettings, parseSettingsText } from './settings.ts';

export const PROJECT_FILE = '.revsafe.json';

export interface Root extends RootInfo {
  readonly relevance: Relevance;
}

export interface RootContext {
  readonly host: Host;
  readonly folders: Folders;
  readonly modules: ModuleMap;
  readonly ruleIds: readonly string[];
  /** A person's own settings file, if the host has such a place. */
  readonly userFile?: string;
}

/** What is assumed of files outside every root. */
export function unrootedDefaults(): Root {
  const knowledge = Knowledge.builtin();
  return {
    path: '/',
    generation: unknownGeneration,
    knowledge,
    settings: defaultSettings,
    problems: [],
    relevance: relevanceOf(knowledge),
  };
}

/** Reads the root's project file and contracts, and looks which kernel generation it belongs to. */
export async function openRoot(path: string, given: Partial<Settings>, ctx: RootContext): Promise<Root> {
  const problems: string[] = [];
  const layers: Partial<Settings>[] = [];
  for (const file of [ctx.userFile, join(path, PROJECT_FILE)]) {
    if (file === undefined || !(await ctx.folders.has(file))) continue;
    const read = await ctx.host.readText(file);
    if (read.kind === 'unreadable') {
      problems.push(`${file}: ${read.reason}`);
      continue;
    }
    const parsed = parseSettingsText(read.text, file, ctx.ruleIds);
    layers.push(parsed.settings);
    problems.push(...parsed.problems);
  }
  const settings = mergeSettings([...layers, given]);

  const contracts: ContractFile[] = [];
  for (const name of settings.contracts) {
    const file = join(path, name);
    if (relative(path, file) === file) {
      problems.push(`${name}: contract files must lie inside ${path}`);
      continue;
    }
    const read = await ctx.host.readText(file);
    if (read.kind === 'unreadable') {
      problems.push(`${file}: ${read.reason}`);
      continue;
    }
    const parsed = await parseUserContracts(read.text, file);
    problems.push(...parsed.problems);
    if (parsed.contracts !== undefined) contracts.push(parsed.contracts);
  }
  const tree = await ctx.modules.findTree(path);
  const kernel = settings.kernel === '' ? tree : settings.kernel;
  const generation =
    kernel === undefined ? unknownGeneration : await detectGeneration((name) => readIn(kernel, name, ctx.host));
  const knowledge = Knowledge.builtin()
    .with(contracts)
    .withRevocable(revocableForms(generation, settings.api))
    .withRust(rustForms(generation));
  return {
    path,
    ...(tree === undefined ? {} : { tree }),
    generation,
    knowledge,
    settings,
    problems,
    relevance: relevanceOf(knowledge),
  };
}

/** The kernel tree around a path, the nearest folder with a project file, or `folder` itself. */
export async function findRoot(folder: string, ctx: RootContext): Promise<string> {
  for (let at = folder; ; at = dirname(at)) {
    if ((await ctx.folders.files(at)).has(PROJECT_FILE)) return at;
    if (at === '/') break;
  }
  return (await ctx.modules.findTree(folder)) ?? folder;
}

async function readIn(kernel: string, name: string, host: Host): Promise<string | undefined> {
  const read = await host.readText(join(kernel, name));
  return read.kind === 'text' ? read.text : undefined;
}
