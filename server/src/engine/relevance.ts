/**
 * Which files a batch run needs to parse: those with a word that some rule can start from. The words come from
 * the knowledge base, so that a new contract is looked for without a change here.
 */
import { DIRECT } from '../analysis/nodes.ts';
import { SUBSYSTEM_KINDS } from '../analysis/subsystem-nodes.ts';
import type { Knowledge } from '../knowledge/lookup.ts';
import { revocableNames } from '../knowledge/revocable-generations.ts';
import type { Effect, NodeKind } from '../knowledge/schema.ts';
import { wordsExpression } from './word-search.ts';

/** Cheap tests on raw text. */
export interface Relevance {
  /** The text can register a device node, or uses an API that has rules of its own. */
  matters(file: { readonly path: string; readonly text: string }): boolean;
  /** The text can register something that user space opens, behind a core or not. */
  registers(text: string): boolean;
  /** Names that the text exports to other modules. */
  exportsOf(text: string): readonly string[];
}

export function relevanceOf(knowledge: Knowledge): Relevance {
  const words = callsOf(new Set([...startingWords(knowledge, DIRECT), ...sourceWords(knowledge)]));
  const registering = callsOf(startingWords(knowledge, new Set([...DIRECT, ...SUBSYSTEM_KINDS])));
  const rustWords = wordsExpression(knowledge.rust.startingWords());
  const exporters = new Set<string>();
  for (const file of knowledge.files) {
    for (const macro of file.macros ?? []) {
      if (macro.does.some((effect) => effect.verb === 'exports')) exporters.add(macro.name);
    }
  }
  const exporter = new RegExp(`${wordsExpression(exporters).source}\\s*\\(\\s*(\\w+)`, 'g');
  return {
    matters: ({ path, text }) => (path.endsWith('.rs') ? rustWords : words).test(text),
    registers: (text) => registering.test(text),
    exportsOf(text) {
      if (exporters.size === 0) return [];
      const names: string[] = [];
      for (const match of text.matchAll(exporter)) if (match[1] !== undefined) names.push(match[1]);
      return names;
    },
  };
}

/** A call of any of the words, or what looks like one. */
function callsOf(words: ReadonlySet<string>): RegExp {
  return new RegExp(`${wordsExpression(words).source}\\s*\\(`);
}

function startingWords(knowledge: Knowledge, kinds: ReadonlySet<NodeKind>): ReadonlySet<string> {
  const words = new Set<string>(revocableNames);
  for (const file of knowledge.files) {
    for (const row of file.functions ?? []) {
      if (!row.does.some((effect) => starts(effect, kinds))) continue;
      words.add(row.name);
      for (const alias of row.aliases ?? []) words.add(alias);
    }
    for (const macro of file.macros ?? []) {
      if (macro.does.some((effect) => effect.verb === 'nodes' && kinds.has(effect.node))) words.add(macro.name);
    }
  }
  return words;
}

/** Names that set up something that runs by itself: what the teardown-order rules start from. */
function sourceWords(knowledge: Knowledge): ReadonlySet<string> {
  const words = new Set<string>();
  const sources = new Set<string>();
  for (const file of knowledge.files) {
    for (const row of file.structs ?? []) if (row.source !== undefined) sources.add(row.struct);
    for (const row of file.functions ?? []) {
      const sets = row.does.some((e) => e.verb === 'runs' && (e.source !== undefined || e.context === 'thread'));
      if (sets) for (const name of [row.name, ...(row.aliases ?? [])]) words.add(name);
    }
  }
  for (const file of knowledge.files) {
    for (const macro of file.macros ?? [])
      if (macro.does.some((effect) => effect.verb === 'defines' && sources.has(effect.struct))) words.add(macro.name);
  }
  return words;
}

function starts(effect: Effect, kinds: ReadonlySet<NodeKind>): boolean {
  if (effect.verb === 'publishes') return kinds.has(effect.node);
  return (effect.verb === 'acquires' || effect.verb === 'synchronizes') && effect.lock === 'revocable';
}
