import type {
  DiagnosticServerCancellationData,
  DocumentDiagnosticParams,
  DocumentDiagnosticReport,
} from 'vscode-languageserver';
import { DocumentDiagnosticReportKind, ErrorCodes, ResponseError } from 'vscode-languageserver';
import { Cancelled } from '../../base/cancellation.ts';
import { retry } from '../diagnostics-feed.ts';
import { guarded } from '../guard.ts';
import type { Session } from '../session.ts';
import { toDiagnostics } from '../to-lsp.ts';

/** An empty report would say that the file is fine. */
const FAILED = new ResponseError<DiagnosticServerCancellationData>(
  ErrorCodes.InternalError,
  'the check failed; the log says why',
);

export function registerDiagnostic(session: Session): void {
  session.connection.languages.diagnostics.on(
    guarded<DocumentDiagnosticParams, DocumentDiagnosticReport, DiagnosticServerCancellationData>(
      session,
      'diagnostic',
      FAILED,
      async ({ textDocument, previousResultId }, token) => {
        const engine = await session.engine();
        const path = session.path(textDocument.uri);
        const current = session.tokenFor(path, token);
        const report = await engine.checkFile(path, current).catch((error: unknown) => {
          throw error instanceof Cancelled && !token.isCancellationRequested ? retry() : error;
        });
        if (current.isCancellationRequested) throw token.isCancellationRequested ? new Cancelled() : retry();
        return report.resultId === previousResultId
          ? { kind: DocumentDiagnosticReportKind.Unchanged, resultId: report.resultId }
          : {
              kind: DocumentDiagnosticReportKind.Full,
              resultId: report.resultId,
              items: toDiagnostics(report, session),
            };
      },
    ),
  );
}
