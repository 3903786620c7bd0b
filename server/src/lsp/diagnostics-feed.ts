/**
 * Diagnostics for clients that cannot pull: an edited file is checked soon, the other open files a little later, since
 * they may belong to the same module. Nothing is published for a version that is no longer current.
 */
import { CodeLensRefreshRequest, LSPErrorCodes, ResponseError } from 'vscode-languageserver';
import { Cancelled, NEVER_CANCELLED } from '../base/cancellation.ts';
import type { Session } from './session.ts';
import { toDiagnostics } from './to-lsp.ts';

/** ms between the last keystroke and the check of that file, and of the others. */
const SOON = 40;
const LATER = 400;

export class DiagnosticsFeed {
  private readonly session: Session;
  private readonly timers = new Map<string, NodeJS.Timeout>();
  private readonly published = new Map<string, string>();

  constructor(session: Session) {
    this.session = session;
  }

  private get pulls(): boolean {
    return this.session.capabilities.textDocument?.diagnostic !== undefined;
  }

  /** A document was opened or changed. */
  touched(path: string): void {
    if (this.pulls) return;
    this.schedule(path, SOON);
    for (const other of this.session.openPaths) if (other !== path) this.schedule(other, LATER);
  }

  /** Settings, files on disk or folders changed: everything that is open may read differently now. */
  async everythingTouched(): Promise<void> {
    if (!this.pulls) {
      for (const path of this.session.openPaths) this.schedule(path, SOON);
    } else if (this.session.capabilities.workspace?.diagnostics?.refreshSupport === true) {
      await this.session.engine();
      await this.session.connection.languages.diagnostics.refresh();
    }
    await this.refreshViews();
  }

  /** Lenses and hints are asked for again by clients that can be told so. */
  private async refreshViews(): Promise<void> {
    const { capabilities, connection } = this.session;
    if (capabilities.workspace?.codeLens?.refreshSupport === true)
      await connection.sendRequest(CodeLensRefreshRequest.type);
    if (capabilities.workspace?.inlayHint?.refreshSupport === true) await connection.languages.inlayHint.refresh();
  }

  async closed(path: string, uri: string): Promise<void> {
    clearTimeout(this.timers.get(path));
    this.timers.delete(path);
    if (this.published.delete(path)) await this.session.connection.sendDiagnostics({ uri, diagnostics: [] });
  }

  private schedule(path: string, delay: number): void {
    clearTimeout(this.timers.get(path));
    this.timers.set(
      path,
      setTimeout(() => {
        this.timers.delete(path);
        this.publish(path).catch((error: unknown) => this.session.logFailure('diagnostics', error));
      }, delay),
    );
  }

  private async publish(path: string): Promise<void> {
    const version = this.session.version(path);
    if (version === undefined) return;
    const engine = await this.session.engine();
    try {
      const report = await engine.checkFile(path, this.session.tokenFor(path, NEVER_CANCELLED));
      if (this.session.version(path) !== version || this.published.get(path) === report.resultId) return;
      this.published.set(path, report.resultId);
      await this.session.connection.sendDiagnostics({
        uri: this.session.uri(path),
        version,
        diagnostics: toDiagnostics(report, this.session),
      });
    } catch (error) {
      // The edit that made this pass pointless has scheduled its own.
      if (!(error instanceof Cancelled)) throw error;
    }
  }
}

/** The client is asked to pull again: the answer would not fit the text it has now. */
export function retry(): ResponseError<{ retriggerRequest: boolean }> {
  return new ResponseError(LSPErrorCodes.ServerCancelled, 'the document has changed', { retriggerRequest: true });
}
