/**
 * Which files a batch run needs to parse: those with a word that some rule can start from. The words come from
 * the knowledge base, so that a new contract is looked for without a change here.
 */
import type { Knowledge } from '../knowledge/lookup.ts';
import type { Effect, NodeKind, UnregisterFence } from '../knowledge/schema.ts';
import { wordsExpression } from './word-search.ts';

/** Cheap tests on raw text. */
export interface Relevance {
  /** The text can register a device node, or uses an API that has rules of its own. */
  matters(text: string): boolean;
  /** Names that the text exports to other modules. */
  exportsOf(text: string): readonly string[];
}

export function relevanceOf(knowledge: Knowledge): Relevance {
  const words = wordsExpression(startingWords(knowledge));
  const exporters = new Set<string>();
  for (const file of knowledge.files) {
    for (const macro of file.macros ?? []) {
      if (macro.does.some((effect) => effect.verb === 'exports')) exporters.add(macro.name);
    }
  }
  const exporter = new RegExp(`${wordsExpression(exporters).source}\\s*\\(\\s*(\\w+)`, 'g');
  return {
    matters: (text) => words.test(text),
    exportsOf(text) {
      if (exporters.size === 0) return [];
      const names: string[] = [];
      for (const match of text.matchAll(exporter)) if (match[1] !== undefined) names.push(match[1]);
      return names;
    },
  };
}

function startingWords(knowledge: Knowledge): ReadonlySet<string> {
  const racy = racyKinds(knowledge);
  const words = new Set<string>();
  for (const file of knowledge.files) {
    for (const row of file.functions ?? []) {
      if (!row.does.some((effect) => starts(effect, racy))) continue;
      words.add(row.name);
      for (const alias of row.aliases ?? []) words.add(alias);
    }
    for (const macro of file.macros ?? []) {
      if (macro.does.some((effect) => effect.verb === 'nodes' && racy.has(effect.node))) words.add(macro.name);
    }
  }
  return words;
}

function starts(effect: Effect, racy: ReadonlySet<NodeKind>): boolean {
  if (effect.verb === 'bindsOperations') return true;
  if (effect.verb === 'publishes') return racy.has(effect.node);
  return (effect.verb === 'acquires' || effect.verb === 'synchronizes') && effect.lock === 'revocable';
}

/** Kinds of node with an unregister call that does not wait for every operation. */
function racyKinds(knowledge: Knowledge): ReadonlySet<NodeKind> {
  const racy = new Set<NodeKind>();
  for (const file of knowledge.files) {
    for (const row of file.functions ?? []) {
      for (const effect of row.does) {
        if (effect.verb === 'unpublishes' && !alwaysDrains(effect.fence)) racy.add(effect.node);
      }
    }
  }
  return racy;
}

function alwaysDrains(fence: UnregisterFence): boolean {
  return fence.verdict === 'drains' || fence.verdict === 'n/a';
}
