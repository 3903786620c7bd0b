/** What an editor asks of a checked module. Thin: the answers are made in `features`. */

import type { SourceUnit } from '../analysis/model.ts';
import type { Span, TextEdit } from '../base/span.ts';
import { LineIndex } from '../base/span.ts';
import type { OfferContext } from '../features/code-actions.ts';
import { offersFor, resolveOffer, safeEdits } from '../features/code-actions.ts';
import { explainLine } from '../features/explain.ts';
import { hoverEvidence, renderHover } from '../features/hover.ts';
import type { InlayHintResult } from '../features/inlay-hints.ts';
import { inlayHintsFor } from '../features/inlay-hints.ts';
import { lensesFor } from '../features/lenses.ts';
import type { Timeline } from '../features/timeline.ts';
import { timelineOf, toldAt } from '../features/timeline.ts';
import type { Generation } from '../knowledge/generation.ts';
import { hasFunction } from '../knowledge/generation.ts';
import type { Finding, GenerationView, Rule } from '../rules/rule.ts';
import type { CodeActionOffer, FileReport, HoverResult, LensResult } from './api.ts';
import type { CheckedModule } from './engine.ts';
import type { TreeSources } from './tree-sources.ts';

type TextOf = (path: string) => string;

export async function hover(
  checked: CheckedModule,
  path: string,
  offset: number,
  text: TextOf,
  sources: TreeSources,
): Promise<HoverResult | undefined> {
  const unit = unitOf(checked, path);
  if (unit === undefined) return undefined;
  const { analysis, root } = checked;
  const { core, fops } = generationView(root.generation, root.settings.api);
  const request = { unit, analysis, knowledge: root.knowledge, generations: [core, fops], offset, text };
  return renderHover({ ...request, tree: await sources.read(root, hoverEvidence(request)) });
}

export function codeActions(
  checked: CheckedModule,
  path: string,
  span: Span,
  rules: readonly Rule[],
  text: TextOf,
): readonly CodeActionOffer[] {
  return offersFor(reportOf(checked, path)?.findings ?? [], span, offerContext(checked, rules, text));
}

export function resolveAction(
  checked: CheckedModule,
  path: string,
  id: string,
  rules: readonly Rule[],
  text: TextOf,
): readonly TextEdit[] | undefined {
  const result = resolveOffer(id, reportOf(checked, path)?.findings ?? [], offerContext(checked, rules, text));
  return result?.kind === 'edits' ? result.edits : undefined;
}

/** All safe fixes of a file. */
export function fixAll(
  checked: CheckedModule,
  path: string,
  rules: readonly Rule[],
  text: TextOf,
): readonly TextEdit[] {
  return safeEdits(reportOf(checked, path)?.findings ?? [], offerContext(checked, rules, text));
}

export function lenses(checked: CheckedModule, path: string): readonly LensResult[] {
  return lensesFor(path, checked.analysis);
}

export function inlayHints(checked: CheckedModule, path: string, span: Span): readonly InlayHintResult[] {
  return inlayHintsFor(path, span, checked.analysis);
}

export function timeline(checked: CheckedModule, path: string, span: Span, text: TextOf): Timeline | undefined {
  const report = reportOf(checked, path);
  const findings = [...(report?.findings ?? []), ...(report?.suppressed ?? []).map(({ finding }) => finding)];
  const lines = new LineIndex(text(path));
  const whole = {
    start: lines.lineStart(lines.positionAt(span.start).line),
    end: lines.lineStart(lines.positionAt(span.end).line + 1),
  };
  for (const place of [span, whole]) {
    const told = toldAt(path, place, findings, checked.analysis.nodes);
    if (told !== undefined) return timelineOf(told.title, told.witness, text);
  }
  return undefined;
}

export function explain(checked: CheckedModule, path: string, line: number, text: TextOf): string {
  const unit = unitOf(checked, path);
  const report = reportOf(checked, path);
  if (unit === undefined) return 'This file could not be read.';
  return explainLine({
    unit,
    analysis: checked.analysis,
    findings: report?.findings ?? [],
    suppressed: report?.suppressed ?? [],
    line,
    text,
  });
}

/** The generation as fixes see it; one that the user chose replaces the tree's. */
export function generationView(generation: Generation, api: string): GenerationView {
  return {
    core: api.startsWith('G') ? api : generation.core,
    fops: api.startsWith('F') ? api : generation.fops,
    forced: api !== '' && api !== generation.core && api !== generation.fops,
    sync: generation.miscSync,
    has: (name) => hasFunction(generation, name),
  };
}

function offerContext(checked: CheckedModule, rules: readonly Rule[], text: TextOf): OfferContext {
  return {
    rules,
    contextOf: (finding: Finding) => ({
      module: checked.loaded.input,
      analysis: checked.analysis,
      finding,
      text,
      generation: generationView(checked.root.generation, checked.root.settings.api),
    }),
  };
}

function unitOf(checked: CheckedModule, path: string): SourceUnit | undefined {
  const { units, headers } = checked.loaded.input;
  return units.find((unit) => unit.path === path) ?? headers.find((unit) => unit.path === path);
}

function reportOf(checked: CheckedModule, path: string): FileReport | undefined {
  return checked.reports.find((report) => report.file === path);
}
