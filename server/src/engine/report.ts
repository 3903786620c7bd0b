/** From the analysis of a module to reports on its files: rules, severities, suppressions, notes. Pure. */

import type { DeviceNode, ModuleAnalysis } from '../analysis/model.ts';
import { relative } from '../base/host.ts';
import { LineIndex } from '../base/span.ts';
import type { SuppressionComments } from '../features/suppression.ts';
import { findSuppressions, suppressingComment, unusedSuppressions } from '../features/suppression.ts';
import type { Trigger } from '../knowledge/schema.ts';
import type { Finding, FixContext, GenerationView, Rule, Severity } from '../rules/rule.ts';
import { severityOf } from '../rules/rule.ts';
import type { FileReport, Note, Settings, SuppressedFinding } from './api.ts';
import { contentHash } from './file-store.ts';
import { globExpression } from './glob.ts';
import type { LoadedModule } from './module-loader.ts';

export interface ReportContext {
  readonly rules: readonly Rule[];
  readonly settings: Settings;
  /** Paths in settings and in results are relative to it. */
  readonly root: string;
  readonly generation: GenerationView;
  /** Only these rules; all when absent. */
  readonly only?: readonly string[];
  /** A report that is read without an editor at hand names just the quick fixes that have something to edit. */
  readonly triesFixes: boolean;
  /** A rule threw: its findings are missing. */
  readonly onRuleFailure: (rule: string, error: unknown) => void;
}

const RANK: Readonly<Record<Severity | 'off', number>> = { off: 0, hint: 1, warning: 2, error: 3 };

/** Reports on the files of the module and on those of its headers that have something to report. */
export function reportModule(
  loaded: LoadedModule,
  analysis: ModuleAnalysis,
  ctx: ReportContext,
): readonly FileReport[] {
  const findings = runRules(loaded, analysis, ctx);
  const ruleIds = ctx.rules.map((rule) => rule.id);
  const isChecked = (rule: string): boolean =>
    (ctx.only === undefined || ctx.only.includes(rule)) && ctx.settings.severity[rule] !== 'off';
  const reports: FileReport[] = [];
  for (const unit of loaded.input.units) reports.push(reportFile(unit.path));
  for (const unit of loaded.input.headers) {
    const report = reportFile(unit.path);
    if (report.findings.length + report.suppressed.length + report.nodes.length > 0) reports.push(report);
  }
  return reports;

  function reportFile(path: string): FileReport {
    const stored = loaded.texts.get(path);
    const text = stored?.text ?? '';
    const comments = findSuppressions(text, ruleIds);
    const own = findings.filter((finding) => finding.at.file === path).sort(byPlace);
    const { kept, suppressed, used } = suppress(own, comments, text, ctx);
    const nodes = analysis.nodes.filter((node) => isOfFile(node, path));
    const notes: Note[] = [];
    if (stored?.note !== undefined) {
      notes.push({ at: { file: path, span: { start: 0, end: 0 } }, reason: stored.note, kind: 'file' });
    }
    if (loaded.leftOut > 0 && path === loaded.input.units[0]?.path) {
      const reason = `the module is too large to be analysed as a whole: ${loaded.leftOut} of its files were left out`;
      notes.push({ at: { file: path, span: { start: 0, end: 0 } }, reason, kind: 'file' });
    }
    for (const { at, reason } of analysis.problems) {
      if (at.file === path) notes.push({ at, reason, kind: 'not-understood' });
    }
    for (const note of [...comments.notes, ...unusedSuppressions(comments.comments, used, isChecked)]) {
      notes.push({ at: { file: path, span: note.span }, reason: note.reason, kind: 'suppression' });
    }
    const shown = kept.map(({ node: _node, witness, ...rest }) => [
      rest,
      witness?.missing,
      witness?.user,
      witness?.teardown,
    ]);
    const resultId = contentHash(JSON.stringify([shown, notes, nodes.map((node) => [node.id, node.verdict])]));
    return { file: path, findings: kept, suppressed, nodes, notes, resultId };
  }
}

/** Findings of every enabled rule with the user's severities. */
function runRules(loaded: LoadedModule, analysis: ModuleAnalysis, ctx: ReportContext): readonly Finding[] {
  const findings: Finding[] = [];
  for (const rule of ctx.rules) {
    if (ctx.only !== undefined && !ctx.only.includes(rule.id)) continue;
    const level = ctx.settings.severity[rule.id];
    if (level === 'off') continue;
    let found: readonly Finding[];
    try {
      found = rule.run(analysis);
      if (ctx.triesFixes) found = found.map((finding) => withTriedFixes(finding, rule, loaded, analysis, ctx));
    } catch (error) {
      ctx.onRuleFailure(rule.id, error);
      continue;
    }
    for (const finding of found) {
      if (finding.certainty === 'may' && !ctx.settings.showMay) continue;
      const severity = adjustSeverity(finding, rule, ctx.settings);
      if (severity !== 'off') findings.push(severity === finding.severity ? finding : { ...finding, severity });
    }
  }
  return findings;
}

/** Titles may tell of the tree and the module, which whoever prints a report does not have. */
function withTriedFixes(
  finding: Finding,
  rule: Rule,
  loaded: LoadedModule,
  analysis: ModuleAnalysis,
  ctx: ReportContext,
): Finding {
  if (finding.fixes.length === 0 || (finding.certainty === 'may' && !ctx.settings.showMay)) return finding;
  const text = (path: string): string => loaded.texts.get(path)?.text ?? '';
  const context: FixContext = { module: loaded.input, analysis, finding, text, generation: ctx.generation };
  const fixes: string[] = [];
  const fixTitles: string[] = [];
  for (const name of finding.fixes) {
    const fix = rule.fixes[name];
    if (fix === undefined || !fix.offered(context)) continue;
    const result = fix.edit(context);
    if (result.kind !== 'edits' || result.edits.length === 0) continue;
    fixes.push(name);
    fixTitles.push(typeof fix.title === 'string' ? fix.title : fix.title(context));
  }
  return { ...finding, fixes, fixTitles };
}

/** The user's level for the rule; else the gravest that the user's levels for its triggers leave. */
function adjustSeverity(finding: Finding, rule: Rule, settings: Settings): Severity | 'off' {
  if (finding.certainty === 'may') return 'hint';
  const level = settings.severity[rule.id];
  if (level !== undefined) return level;
  const shifts = settings.triggerSeverity;
  if (!finding.triggers.some((trigger) => shifts[trigger] !== undefined)) return finding.severity;
  let gravest: Severity | 'off' = 'off';
  for (const trigger of finding.triggers) {
    const severity = shifts[trigger] ?? ownSeverity(finding, rule, trigger);
    if (RANK[severity] > RANK[gravest]) gravest = severity;
  }
  return gravest;
}

function ownSeverity(finding: Finding, rule: Rule, trigger: Trigger): Severity {
  return rule.severity === 'by-trigger' ? severityOf('by-trigger', finding.certainty, [trigger]) : finding.severity;
}

function suppress(
  findings: readonly Finding[],
  { comments }: SuppressionComments,
  text: string,
  ctx: ReportContext,
): {
  readonly kept: readonly Finding[];
  readonly suppressed: readonly SuppressedFinding[];
  readonly used: ReadonlySet<number>;
} {
  const used = new Set<number>();
  if (comments.length === 0 && ctx.settings.allow.length === 0) return { kept: findings, suppressed: [], used };
  const lines = new LineIndex(text);
  const kept: Finding[] = [];
  const suppressed: SuppressedFinding[] = [];
  for (const finding of findings) {
    const index = suppressingComment(comments, finding, lines.positionAt(finding.at.span.start).line);
    const comment = comments[index];
    const entry = ctx.settings.allow.find(
      (allowed) =>
        allowed.rule === finding.rule &&
        (allowed.function === undefined || allowed.function === finding.at.fn) &&
        (allowed.file === undefined || globExpression(allowed.file).test(relative(ctx.root, finding.at.file))),
    );
    if (comment !== undefined) {
      used.add(index);
      suppressed.push({ finding, reason: comment.reason, kind: 'comment' });
    } else if (entry !== undefined) suppressed.push({ finding, reason: entry.reason, kind: 'settings' });
    else kept.push(finding);
  }
  return { kept, suppressed, used };
}

function isOfFile(node: DeviceNode, path: string): boolean {
  return node.register.at.file === path || node.unregister?.at.file === path;
}

function byPlace(a: Finding, b: Finding): number {
  return a.at.span.start - b.at.span.start || (a.rule < b.rule ? -1 : a.rule > b.rule ? 1 : 0);
}
