/**
 * From a module plan to the analysis input: its files lowered, the headers of its own folders, and the few files of other
 * modules that share functions with it. Depth one: what the neighbours call is not followed.
 */

import type { ModuleInput, SourceUnit } from '../analysis/model.ts';
import { dirname, join } from '../base/host.ts';
import type { FileIr, Operation } from '../ir/ir.ts';
import type { Knowledge } from '../knowledge/lookup.ts';
import type { BoundedCache } from './bounded-cache.ts';
import type { FileStore, StoredText } from './file-store.ts';
import { contentHash } from './file-store.ts';
import { focusOf } from './focus.ts';
import type { Folders } from './folders.ts';
import type { ModulePlan } from './module-map.ts';
import type { Relevance } from './relevance.ts';
import { externalDefinitions } from './text-index.ts';
import { wordsExpression } from './word-search.ts';

/** A module that is ready for analysis. */
export interface LoadedModule {
  readonly input: ModuleInput;
  /** Changes when any text that was read for it changes. */
  readonly key: string;
  readonly texts: ReadonlyMap<string, StoredText>;
  /** Files that were searched for neighbours, chosen or not. */
  readonly searched: readonly string[];
  readonly unreadable: readonly { readonly file: string; readonly reason: string }[];
  /** Files of the plan that were left out because the module is too large. */
  readonly leftOut: number;
}

export interface LoaderContext {
  readonly store: FileStore;
  readonly folders: Folders;
  readonly knowledge: Knowledge;
  readonly relevance: Relevance;
  /** The last search of each module. */
  readonly searches: BoundedCache<NeighbourSearch>;
  /** Called between files, so that long work can be interrupted. */
  readonly breathe: () => Promise<void>;
  /** The file that is asked for; it is never left out. */
  readonly wanted?: string;
}

const MAX_HEADERS = 64;
const MAX_NEIGHBOURS = 8;
/** Folders with more files than this are not searched for neighbours that no export leads to. */
const MAX_SEARCHED = 400;
/** A parent folder with at most this many folders is small: its other folders belong to the same driver family. */
const MAX_SIBLINGS = 12;

export async function loadModule(plan: ModulePlan, ctx: LoaderContext): Promise<LoadedModule> {
  const texts = new Map<string, StoredText>();
  const unreadable: { file: string; reason: string }[] = [];
  const load = async (path: string): Promise<SourceUnit | undefined> => {
    const read = await ctx.store.read(path);
    if ('reason' in read) {
      unreadable.push({ file: path, reason: read.reason });
      return undefined;
    }
    texts.set(path, read);
    await ctx.breathe();
    return { path, ir: ctx.store.ir(read) };
  };

  const units: SourceUnit[] = [];
  const files = await focusOf(plan, ctx.wanted, ctx);
  for (const file of files) {
    const unit = await load(file);
    if (unit !== undefined) units.push(unit);
  }
  const headers = await loadHeaders(plan, units, ctx, load);
  const { chosen, searched } = await findNeighbours(plan, [...units, ...headers], ctx);
  const neighbours: SourceUnit[] = [];
  for (const path of chosen) {
    const unit = await load(path);
    if (unit !== undefined) neighbours.push(unit);
  }
  const parts = [...units, ...headers, ...neighbours].map((unit) => `${unit.path}\n${texts.get(unit.path)?.hash}`);
  return {
    input: {
      name: plan.name,
      units,
      headers,
      neighbours,
      ...(plan.builtin === undefined ? {} : { builtin: plan.builtin }),
      ...(files.length < plan.files.length ? { cut: true } : {}),
    },
    key: contentHash(`${plan.id}\n${plan.builtin}\n${parts.join('\n')}`),
    texts,
    searched,
    unreadable,
    leftOut: plan.files.length - files.length,
  };
}

type Load = (path: string) => Promise<SourceUnit | undefined>;

/** Quoted includes, directly or not, that exist beside the including file or in an include folder of the module. */
async function loadHeaders(
  plan: ModulePlan,
  units: readonly SourceUnit[],
  ctx: LoaderContext,
  load: Load,
): Promise<SourceUnit[]> {
  const headers: SourceUnit[] = [];
  const seen = new Set(plan.files);
  const queue: SourceUnit[] = [...units];
  for (let at = 0; at < queue.length && headers.length < MAX_HEADERS; at++) {
    const unit = queue[at];
    for (const include of unit?.ir.includes ?? []) {
      const name = /^"(.+)"$/.exec(include)?.[1] ?? /^<(.+)>$/.exec(include)?.[1];
      if (name === undefined || unit === undefined) continue;
      const folders = include.startsWith('"') ? [dirname(unit.path), ...plan.includeFolders] : plan.includeFolders;
      const path = await firstExisting(folders, name, ctx.folders);
      if (path === undefined || seen.has(path)) continue;
      seen.add(path);
      const header = await load(path);
      if (header === undefined) continue;
      headers.push(header);
      queue.push(header);
      if (headers.length >= MAX_HEADERS) break;
    }
  }
  return headers;
}

async function firstExisting(folders: readonly string[], name: string, known: Folders): Promise<string | undefined> {
  for (const folder of folders) {
    const path = join(folder, name);
    if (await known.has(path)) return path;
  }
  return undefined;
}

/** The outcome of one search for neighbours. */
export interface NeighbourSearch {
  /** Same key, same outcome. */
  readonly key: string;
  readonly chosen: readonly string[];
  readonly searched: readonly string[];
}

/** Files nearby that call what the module exports, or define what it calls and nobody else knows. */
async function findNeighbours(
  plan: ModulePlan,
  own: readonly SourceUnit[],
  ctx: LoaderContext,
): Promise<NeighbourSearch> {
  const exported = exportedNames(own, ctx.knowledge);
  const missing = missingNames(own, ctx.knowledge);
  const ownPaths = new Set(own.map((unit) => unit.path));
  const names = [...exported, '/', ...missing].join(' ');
  const key = contentHash(`${names}\n${[...ownPaths].join(' ')}\n${ctx.store.revisionBesides(ownPaths)}`);
  const known = ctx.searches.get(plan.id);
  if (known?.key === key) return known;

  const searched: string[] = [];
  const found: { path: string; weight: number }[] = [];
  if (exported.size + missing.size > 0) {
    const calls = wordsExpression(exported);
    const needs = wordsExpression(missing);
    for (const path of await candidateFiles(plan, ctx.folders)) {
      if (ownPaths.has(path)) continue;
      searched.push(path);
      const read = await ctx.store.read(path);
      if ('reason' in read) continue;
      const defines = needs.test(read.text) && definesAny(read.text, missing, plan, ctx.relevance);
      // Definitions first: without them a call is unknown.
      if (defines || calls.test(read.text)) found.push({ path, weight: defines ? 0 : 1 });
      await ctx.breathe();
    }
  }
  found.sort((a, b) => a.weight - b.weight || (a.path < b.path ? -1 : 1));
  const search = { key, chosen: found.slice(0, MAX_NEIGHBOURS).map(({ path }) => path), searched };
  ctx.searches.set(plan.id, search, 1);
  return search;
}

/** Another module can be called through its exports only; files that no Kbuild names, or that are built in, directly. */
function definesAny(text: string, missing: ReadonlySet<string>, plan: ModulePlan, relevance: Relevance): boolean {
  if (relevance.exportsOf(text).some((name) => missing.has(name))) return true;
  if (!plan.loose && plan.builtin === false) return false;
  for (const name of externalDefinitions(text)) if (missing.has(name)) return true;
  return false;
}

async function candidateFiles(plan: ModulePlan, folders: Folders): Promise<readonly string[]> {
  const home = new Set(plan.files.map(dirname));
  for (const folder of [...home]) {
    const parent = dirname(folder);
    const siblings = await folders.directories(parent);
    // Only beside a parent that is itself part of a driver: it has sources, and few folders.
    if (siblings.length > MAX_SIBLINGS) continue;
    if (![...(await folders.files(parent))].some((name) => name.endsWith('.c'))) continue;
    home.add(parent);
    for (const sibling of siblings) home.add(join(parent, sibling));
  }
  const paths: string[] = [];
  for (const folder of home) {
    const names = [...(await folders.files(folder))].filter((name) => name.endsWith('.c'));
    if (names.length > MAX_SEARCHED) continue;
    for (const name of names) paths.push(join(folder, name));
  }
  return paths.sort();
}

function exportedNames(own: readonly SourceUnit[], knowledge: Knowledge): ReadonlySet<string> {
  const names = new Set<string>();
  for (const unit of own) {
    for (const call of unit.ir.macroCalls) {
      for (const effect of knowledge.findMacro(call.name)?.does ?? []) {
        if (effect.verb !== 'exports') continue;
        const value = call.args[effect.symbol];
        if (value?.kind === 'read' && value.place.root.kind !== 'value') names.add(value.place.root.name);
        else if (value?.kind === 'constant') names.add(value.text);
      }
    }
  }
  return names;
}

/** C functions that the module calls but neither defines nor the knowledge base knows. */
function missingNames(own: readonly SourceUnit[], knowledge: Knowledge): ReadonlySet<string> {
  const defined = new Set<string>();
  for (const unit of own) for (const fn of unit.ir.functions) defined.add(fn.ir.name);
  const missing = new Set<string>();
  for (const unit of own) {
    if (unit.ir.language === 'rust') continue;
    for (const name of calledNames(unit.ir)) {
      if (!defined.has(name) && knowledge.findFunction(name) === undefined) missing.add(name);
    }
  }
  return missing;
}

function* calledNames(ir: FileIr): Iterable<string> {
  for (const fn of ir.functions) {
    for (const block of fn.ir.blocks) {
      for (const operation of block.operations) {
        const name = calledName(operation);
        if (name !== undefined) yield name;
      }
    }
  }
}

function calledName(operation: Operation): string | undefined {
  if (operation.kind !== 'call' || operation.origin !== 'call') return undefined;
  return operation.callee.kind === 'named' ? operation.callee.name : undefined;
}
