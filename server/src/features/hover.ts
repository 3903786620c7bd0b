/**
 * Hover: what a kernel call does and does not fence, what may run beside an operation, and how a device node fares.
 * Plain data in, Markdown out; nothing is fetched.
 */

import type { ModuleAnalysis, SourceUnit } from '../analysis/model.ts';
import type { Span } from '../base/span.ts';
import { contains } from '../base/span.ts';
import type { Knowledge } from '../knowledge/lookup.ts';
import type { Evidence } from '../knowledge/schema.ts';
import { codeWordAt } from '../rules/fixes/c-text.ts';
import { contractMarkdown } from './contract-text.ts';
import { revocableMarkdown } from './generation-text.ts';
import type { TreeTexts } from './kernel-doc.ts';
import type { TextOf } from './markdown.ts';
import { functionMarkdown, nodeMarkdown } from './node-text.ts';
import { rustMarkdown, rustWordAt } from './rust-text.ts';

export interface HoverResult {
  readonly span: Span;
  readonly markdown: string;
}

export interface HoverRequest {
  readonly unit: SourceUnit;
  readonly analysis: ModuleAnalysis;
  readonly knowledge: Knowledge;
  readonly offset: number;
  /** Generations of the revocable API that the tree has: `G4`, `F2`. */
  readonly generations: readonly string[];
  /** Text of the unit and of the other files of its module. */
  readonly text: TextOf;
  /** Files of the kernel tree that the evidence of the call under the cursor names. */
  readonly tree?: TreeTexts;
}

/** What a hover at this place quotes from the kernel tree. */
export function hoverEvidence({ unit, knowledge, offset, text }: Omit<HoverRequest, 'tree'>): readonly Evidence[] {
  const found = codeWordAt(text(unit.path), offset);
  if (found === undefined || definedHere(unit, found.word)) return [];
  return knowledge.findFunction(found.word)?.evidence ?? [];
}

const RULE = '\n\n---\n\n';

/** Undefined where there is nothing to say: other tools' hovers are not disturbed. */
export function renderHover(request: HoverRequest): HoverResult | undefined {
  const { unit, analysis, knowledge, offset, text } = request;
  if (unit.ir.language === 'rust') return rustHover(request);
  const found = codeWordAt(text(unit.path), offset);
  if (found === undefined) return undefined;
  const parts: string[] = [];

  for (const node of analysis.nodes) {
    const here = [node.register, node.unregister].some(
      (site) =>
        site !== undefined && site.api === found.word && site.at.file === unit.path && contains(site.at.span, offset),
    );
    if (here) parts.push(nodeMarkdown(node, text));
  }

  const facts = analysis.functions.find((fn) => fn.name === found.word);
  if (facts !== undefined) {
    parts.push(functionMarkdown(facts, analysis.nodes, text));
  } else {
    for (const node of analysis.nodes) {
      if (node.operations.name === found.word) parts.push(nodeMarkdown(node, text));
    }
    if (!definedHere(unit, found.word)) {
      const contract = knowledge.findFunction(found.word);
      if (contract !== undefined) parts.push(contractMarkdown(found.word, contract, request.tree));
      const generations = revocableMarkdown(found.word, request.generations);
      if (generations !== undefined) parts.push(generations);
    }
  }
  return parts.length === 0 ? undefined : { span: found.span, markdown: [...new Set(parts)].join(RULE) };
}

function rustHover({ unit, analysis, knowledge, offset, text }: HoverRequest): HoverResult | undefined {
  const found = rustWordAt(text(unit.path), offset);
  if (found === undefined || analysis.rust === undefined) return undefined;
  const nodes = analysis.nodes.filter((node) =>
    [node.register, node.unregister].some((site) => {
      const isHere = site?.at.file === unit.path && contains(site.at.span, offset);
      // A field ends the registration: its name, and the words of its type.
      return isHere && (site !== node.register || site.api.split('::').includes(found.word));
    }),
  );
  const parts = [
    ...nodes.map((node) => nodeMarkdown(node, text)),
    ...rustMarkdown(analysis.rust, unit, found.word, offset, knowledge, text),
  ];
  return parts.length === 0 ? undefined : { span: found.span, markdown: parts.join(RULE) };
}

/** A name that the file itself gives a meaning is not the kernel's, whatever it sounds like. */
function definedHere(unit: SourceUnit, name: string): boolean {
  return (
    unit.ir.functions.some((fn) => fn.ir.name === name) ||
    unit.ir.functions.some((fn) => Object.hasOwn(fn.ir.locals, name)) ||
    unit.ir.globals.some((global) => global.name === name)
  );
}
