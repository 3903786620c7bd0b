/**
 * Modules that are too large to be analysed as one program: which of their files are looked at together. Chosen by text
 * alone: what matters comes first, then its callers, then what it calls.
 */
import type { FileStore } from './file-store.ts';
import type { ModulePlan } from './module-map.ts';
import type { Relevance } from './relevance.ts';
import { externalDefinitions } from './text-index.ts';
import { wordsExpression } from './word-search.ts';

/** Characters of source in one analysis; all but a handful of the kernel's modules are smaller. */
const MAX_SOURCE = 3_200_000;

const CALL = /\b([A-Za-z_]\w*)\s*\(/g;

interface Candidate {
  readonly path: string;
  readonly text: string;
}

/** The plan's files, or the part of them that fits; `wanted` is among them whatever it is. */
export async function focusOf(
  plan: ModulePlan,
  wanted: string | undefined,
  ctx: { readonly store: FileStore; readonly relevance: Relevance; readonly breathe: () => Promise<void> },
): Promise<readonly string[]> {
  if (plan.files.length < 2) return plan.files;
  let size = 0;
  const candidates: Candidate[] = [];
  for (const path of plan.files) {
    const read = await ctx.store.read(path);
    if ('reason' in read) continue;
    size += read.text.length;
    candidates.push({ path, text: read.text });
  }
  if (size <= MAX_SOURCE) return plan.files;
  const asked = new Set([...(plan.reported ?? []), ...(wanted === undefined ? [] : [wanted])]);
  const first = candidates.filter(({ path, text }) => asked.has(path) || ctx.relevance.matters({ path, text }));
  const chosen = new Set<string>();
  let room = MAX_SOURCE;
  const take = ({ path, text }: Candidate): void => {
    if (chosen.has(path) || text.length > room) return;
    chosen.add(path);
    room -= text.length;
  };
  for (const candidate of first) if (asked.has(candidate.path)) take(candidate);
  for (const candidate of first) take(candidate);
  const core = first.filter(({ path }) => chosen.has(path));
  const defined = wordsExpression(core.flatMap(({ text }) => [...externalDefinitions(text)]));
  const called = new Set(core.flatMap(({ text }) => Array.from(text.matchAll(CALL), (match) => match[1] ?? '')));
  for (const candidate of candidates) if (defined.test(candidate.text)) take(candidate);
  await ctx.breathe();
  for (const candidate of candidates) {
    if ([...externalDefinitions(candidate.text)].some((name) => called.has(name))) take(candidate);
  }
  return plan.files.filter((path) => chosen.has(path));
}
