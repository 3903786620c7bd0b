/** Conversions from the engine's terms to the protocol's. */

import type {
  CodeAction,
  CodeLens,
  Diagnostic,
  DiagnosticRelatedInformation,
  Hover,
  InlayHint,
  Range,
  TextDocumentEdit,
  WorkspaceEdit,
} from 'vscode-languageserver';
import { CodeActionKind, DiagnosticSeverity, MarkupKind } from 'vscode-languageserver';
import type { LineIndex, Location, Span, TextEdit } from '../base/span.ts';
import type { CodeActionOffer, FileReport, HoverResult, InlayHintResult, LensResult } from '../engine/api.ts';
import { threadNames } from '../engine/api.ts';

type Finding = FileReport['findings'][number];
type Severity = Finding['severity'];

export const SOURCE = 'revocable-safety';

/** Its own kind below the general one, so that users can ask for these fixes alone. */
export const FIX_ALL = `${CodeActionKind.SourceFixAll}.revocableSafety`;

/** What conversions need to know of the session. */
export interface Places {
  /** Lines of a file whose text is known. */
  lines(path: string): LineIndex | undefined;
  uri(path: string): string;
  /** URI of a rule's page, where the client can open one. */
  rulePage(rule: string): string | undefined;
}

const SEVERITY: Readonly<Record<Severity, DiagnosticSeverity>> = {
  error: DiagnosticSeverity.Error,
  warning: DiagnosticSeverity.Warning,
  hint: DiagnosticSeverity.Hint,
};

export function toRange(span: Span, lines: LineIndex): Range {
  const start = lines.positionAt(span.start);
  const end = lines.positionAt(span.end);
  return { start: { line: start.line, character: start.column }, end: { line: end.line, character: end.column } };
}

export function toDiagnostics(report: FileReport, places: Places): Diagnostic[] {
  const lines = places.lines(report.file);
  if (lines === undefined) return [];
  const findings = report.findings
    .filter((finding) => finding.at.file === report.file)
    .map((finding): Diagnostic => {
      const page = places.rulePage(finding.rule);
      return {
        range: toRange(finding.at.span, lines),
        severity: SEVERITY[finding.severity],
        source: SOURCE,
        code: finding.rule,
        ...(page === undefined ? {} : { codeDescription: { href: page } }),
        message: `${finding.text}\n${finding.hint}`.trim(),
        relatedInformation: relatedInformation(finding, places),
      };
    });
  const notes = report.notes
    .filter((note) => note.at.file === report.file)
    .map(
      (note): Diagnostic => ({
        range: toRange(note.at.span, lines),
        severity: DiagnosticSeverity.Hint,
        source: SOURCE,
        code: 'note',
        message: note.reason,
      }),
    );
  return [...findings, ...notes];
}

/** The witness: both threads in order, then what is missing between them. */
function relatedInformation(finding: Finding, places: Places): DiagnosticRelatedInformation[] {
  const { witness } = finding;
  if (witness === undefined) return [];
  const related = (at: Location, message: string): DiagnosticRelatedInformation[] => {
    const lines = places.lines(at.file);
    return lines === undefined
      ? []
      : [{ location: { uri: places.uri(at.file), range: toRange(at.span, lines) }, message }];
  };
  const [first, second] = threadNames(witness);
  return [
    ...witness.user.flatMap((step) => related(step.at, `${first}: ${step.text}`)),
    ...witness.teardown.flatMap((step) => related(step.at, `${second}: ${step.text}`)),
    ...(witness.missing === '' ? [] : related(finding.at, `missing: ${witness.missing}`)),
  ];
}

export function toHover(hover: HoverResult, lines: LineIndex, markdown: boolean): Hover {
  return {
    contents: markdown
      ? { kind: MarkupKind.Markdown, value: hover.markdown }
      : { kind: MarkupKind.PlainText, value: withoutMarkup(hover.markdown) },
    range: toRange(hover.span, lines),
  };
}

/** For clients that show hover text as it is. */
function withoutMarkup(markdown: string): string {
  return markdown
    .replace(/^```\w*\n?/gm, '')
    .replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
    .replace(/\*\*|`/g, '');
}

export interface ActionData {
  readonly uri: string;
  readonly id: string;
  readonly version: number | undefined;
  /** What a person has to look at, for fixes that want it. */
  readonly review?: string;
}

/** An action without its edit; `codeAction/resolve` brings that. */
export function toCodeAction(offer: CodeActionOffer, diagnostics: readonly Diagnostic[], data: ActionData): CodeAction {
  const own = diagnostics.filter(
    (diagnostic) => diagnostic.source === SOURCE && diagnostic.code === offer.finding.rule,
  );
  return {
    title: offer.safety === 'review' ? `${offer.title} (review)` : offer.title,
    kind: CodeActionKind.QuickFix,
    ...(own.length === 0 ? {} : { diagnostics: [...own] }),
    ...(offer.preferred ? { isPreferred: true } : {}),
    ...(offer.disabled === undefined ? {} : { disabled: { reason: offer.disabled } }),
    data,
  };
}

export interface EditForm {
  /** Versions of open files, where the client understands them: a stale edit is then refused there too. */
  readonly versionOf?: (path: string) => number | undefined;
  /** Label of the preview that asks before the edit is made; only with versions. */
  readonly review?: string;
}

const REVIEW = 'review';

export function toWorkspaceEdit(
  edits: readonly TextEdit[],
  places: Places,
  { versionOf, review }: EditForm,
): WorkspaceEdit {
  const files = groupByFile(edits);
  const changes = [...files].map(([file, own]) => {
    const lines = places.lines(file);
    if (lines === undefined) throw new Error(`the text of ${file} is not known`);
    return { file, edits: own.map((edit) => ({ range: toRange(edit.span, lines), newText: edit.text })) };
  });
  if (versionOf === undefined) {
    return { changes: Object.fromEntries(changes.map((change) => [places.uri(change.file), change.edits])) };
  }
  const documentChanges = changes.map(
    (change): TextDocumentEdit => ({
      textDocument: { uri: places.uri(change.file), version: versionOf(change.file) ?? null },
      edits: review === undefined ? change.edits : change.edits.map((edit) => ({ ...edit, annotationId: REVIEW })),
    }),
  );
  return review === undefined
    ? { documentChanges }
    : { documentChanges, changeAnnotations: { [REVIEW]: { label: review, needsConfirmation: true } } };
}

function groupByFile(edits: readonly TextEdit[]): Map<string, TextEdit[]> {
  const files = new Map<string, TextEdit[]>();
  for (const edit of edits) files.set(edit.file, [...(files.get(edit.file) ?? []), edit]);
  return files;
}

export function toInlayHint(hint: InlayHintResult, lines: LineIndex): InlayHint {
  const { line, column } = lines.positionAt(hint.offset);
  return { position: { line, character: column }, label: hint.label, tooltip: hint.tooltip, paddingLeft: true };
}

export function toCodeLens(lens: LensResult, lines: LineIndex, uri: string, command: string): CodeLens {
  const range = toRange(lens.span, lines);
  return { range, command: { title: lens.title, command, arguments: [uri, range.start.line, range.start.character] } };
}
