/**
 * Which modules a batch run needs to parse: those that name what some analysis starts from. Told from the bytes of
 * files; the names come from the knowledge base.
 */
import type { FactFamily } from '../analysis/model.ts';
import type { Start } from '../analysis/starts.ts';
import { everyNode, FAMILIES, kernelFunctions, startsOf } from '../analysis/starts.ts';
import type { Knowledge } from '../knowledge/lookup.ts';
import { CallScanner } from './call-scanner.ts';
import { NEVER, wordsExpression } from './word-search.ts';

/** Cheap tests on raw text. */
export interface Relevance {
  /** What a file names, as bits that mean something to this object only. Those of a module are those of its files. */
  scan(path: string, bytes: Uint8Array): number;
  /** Bits that count from any file beside those of a module: the table that a module uses may stand in a neighbour. */
  readonly nearby: number;
  /** A family of facts may arise in a module with these bits. */
  mayHold(family: FactFamily, bits: number): boolean;
  /** A module with these bits may register something that user space opens, behind a core or not. */
  registers(bits: number): boolean;
  /** The text has a part in something that is looked for. */
  matters(file: { readonly path: string; readonly text: string }): boolean;
  /** Names that the text exports to other modules. */
  exportsOf(text: string): readonly string[];
}

export function relevanceOf(knowledge: Knowledge): Relevance {
  const names = new NameBits();
  const families = new Map(FAMILIES.map((family) => [family, names.add(startsOf(family, knowledge))]));
  const nodes = names.add(everyNode(knowledge));
  const scanner = new CallScanner(names.calls, names.fields, kernelFunctions(knowledge));
  // The first group of each start is what the rest is about.
  const first = [...families.values()].flat().reduce((bits, [group = 0]) => bits | group, 0);
  const encoder = new TextEncoder();
  const exporter = exporters(knowledge);
  const rust = wordsExpression(names.rust.keys());
  const decoder = new TextDecoder('latin1');
  const scan = (path: string, bytes: Uint8Array): number => {
    if (!path.endsWith('.rs')) return scanner.scan(bytes);
    return names.rust.get(rust.exec(decoder.decode(bytes))?.[0] ?? '') ?? 0;
  };
  return {
    scan,
    nearby: [...names.fields.values()].reduce((bits, bit) => bits | bit, 0),
    mayHold: (family, bits) => holds(families.get(family) ?? [], bits),
    registers: (bits) => holds(nodes, bits),
    matters: ({ path, text }) => (scan(path, encoder.encode(text)) & first) !== 0,
    exportsOf(text) {
      const found: string[] = [];
      for (const match of text.matchAll(exporter)) if (match[1] !== undefined) found.push(match[1]);
      return found;
    },
  };
}

/** Bits of the groups of one start. */
type Groups = readonly number[];

function holds(starts: readonly Groups[], bits: number): boolean {
  return starts.some((groups) => groups.every((group) => (bits & group) !== 0));
}

/** Gives each group of names a bit. */
class NameBits {
  readonly calls = new Map<string, number>();
  readonly fields = new Map<string, number>();
  /** All have one bit. */
  readonly rust = new Map<string, number>();
  private next = 1;

  add(starts: readonly Start[]): readonly Groups[] {
    return starts.map((start) =>
      start.map((group) => {
        const bit = this.next;
        this.next *= 2;
        for (const name of group.calls) this.calls.set(name, (this.calls.get(name) ?? 0) | bit);
        for (const name of group.rust ?? []) this.rust.set(name, (this.rust.get(name) ?? 0) | bit);
        for (const name of group.fields ?? []) this.fields.set(name, (this.fields.get(name) ?? 0) | bit);
        return bit;
      }),
    );
  }
}

function exporters(knowledge: Knowledge): RegExp {
  const names = new Set<string>();
  for (const file of knowledge.files) {
    for (const macro of file.macros ?? [])
      if (macro.does.some((effect) => effect.verb === 'exports')) names.add(macro.name);
  }
  return new RegExp(names.size === 0 ? NEVER : `${wordsExpression(names).source}\\s*\\(\\s*(\\w+)`, 'g');
}
