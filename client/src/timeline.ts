/** The race timeline beside the code: shows what the server draws, jumps where a step points, follows the diagnostic under the cursor. */

import type { Disposable, TextEditor, WebviewPanel } from 'vscode';
import { commands, languages, Position, Range, Uri, ViewColumn, window } from 'vscode';
import type { BaseLanguageClient } from 'vscode-languageclient';
import type {
  ShowTimelineCommand,
  TimelineParams,
  TimelineRequest,
  TimelineResult,
} from '../../server/src/lsp/protocol.ts';
import { timelinePage } from './timeline-page.ts';

export const SHOW_TIMELINE: ShowTimelineCommand = 'revocableSafety.showTimeline';
const TIMELINE: TimelineRequest = 'revocableSafety/timeline';

/** ms without a move of the cursor or a new diagnostic before the picture follows. */
const SETTLE = 150;

/** What the page says: a step was chosen, or how wide it is. */
type PageMessage = { readonly step: number } | { readonly width: number };

interface Shown {
  readonly uri: Uri;
  readonly position: Position;
  readonly result: TimelineResult;
}

export class TimelineView implements Disposable {
  private readonly client: BaseLanguageClient;
  private readonly subscriptions: Disposable[];
  private panel: WebviewPanel | undefined;
  private shown: Shown | undefined;
  /** Of the page, as it says itself. */
  private width: number | undefined;
  private settling: ReturnType<typeof setTimeout> | undefined;

  constructor(client: BaseLanguageClient) {
    this.client = client;
    this.subscriptions = [
      commands.registerCommand(SHOW_TIMELINE, (uri?: string, line?: number, character?: number) =>
        this.showAt(uri, line, character),
      ),
      window.onDidChangeTextEditorSelection(({ textEditor }) => this.later(() => this.follow(textEditor))),
      languages.onDidChangeDiagnostics(({ uris }) => {
        const shown = this.shown;
        if (shown === undefined || !uris.some((uri) => uri.toString() === shown.uri.toString())) return;
        this.later(() => this.draw(shown.uri, shown.position));
      }),
    ];
  }

  dispose(): void {
    clearTimeout(this.settling);
    this.panel?.dispose();
    for (const subscription of this.subscriptions) subscription.dispose();
  }

  /** Without a place: where the cursor is. */
  private async showAt(uri?: string, line?: number, character?: number): Promise<void> {
    const editor = window.activeTextEditor;
    const target = uri === undefined ? editor?.document.uri : Uri.parse(uri);
    const position = line === undefined ? editor?.selection.active : new Position(line, character ?? 0);
    if (target === undefined || position === undefined) return;
    if (!(await this.draw(target, position, true))) {
      await window.showInformationMessage('Revocable Safety knows of no race at this line.');
    }
  }

  private async draw(uri: Uri, position: Position, open = false): Promise<boolean> {
    const params: TimelineParams = {
      textDocument: { uri: this.client.code2ProtocolConverter.asUri(uri) },
      position: { line: position.line, character: position.character },
      ...(this.width === undefined ? {} : { width: this.width }),
    };
    const result = await this.client.sendRequest<TimelineResult | null>(TIMELINE, params);
    if (result === null) return false;
    this.shown = { uri, position, result };
    if (this.panel === undefined) {
      if (open) this.open(result);
    } else {
      if (open) this.panel.reveal(undefined, true);
      await this.panel.webview.postMessage({ svg: result.svg, title: result.title });
    }
    return true;
  }

  private open(result: TimelineResult): void {
    const column = { viewColumn: ViewColumn.Beside, preserveFocus: true };
    const options = { enableScripts: true, localResourceRoots: [], retainContextWhenHidden: true };
    this.panel = window.createWebviewPanel('revocableSafety.timeline', 'Race Timeline', column, options);
    this.panel.webview.onDidReceiveMessage((message: PageMessage) => this.hear(message));
    this.panel.onDidDispose(() => {
      this.panel = undefined;
      this.shown = undefined;
      this.width = undefined;
    });
    this.panel.webview.html = timelinePage(result);
  }

  private async hear(message: PageMessage): Promise<void> {
    if ('step' in message) await this.jump(message.step);
    else if (this.width !== message.width && this.shown !== undefined) {
      this.width = message.width;
      await this.draw(this.shown.uri, this.shown.position);
    }
  }

  private async jump(index: number): Promise<void> {
    const step = this.shown?.result.steps[index];
    if (step === undefined) return;
    const uri = this.client.protocol2CodeConverter.asUri(step.uri);
    const place = new Position(step.position.line, step.position.character);
    const open = window.visibleTextEditors.find((editor) => editor.document.uri.toString() === uri.toString());
    await window.showTextDocument(uri, {
      viewColumn: open?.viewColumn ?? ViewColumn.One,
      selection: new Range(place, place),
    });
  }

  private async follow(editor: TextEditor): Promise<void> {
    const shown = this.shown;
    if (this.panel === undefined || shown === undefined) return;
    const { uri } = editor.document;
    const cursor = editor.selection.active;
    const current = shown.result.steps.findIndex(
      (step) =>
        step.position.line === cursor.line &&
        this.client.protocol2CodeConverter.asUri(step.uri).toString() === uri.toString(),
    );
    await this.panel.webview.postMessage({ current });
    // A step of the race that is shown belongs to it, whatever else is reported there.
    if (current >= 0) return;
    const under = languages
      .getDiagnostics(uri)
      .find((one) => one.source === 'revocable-safety' && one.range.contains(cursor));
    if (under !== undefined) await this.draw(uri, under.range.start);
  }

  private later(work: () => Promise<unknown>): void {
    if (this.panel === undefined) return;
    clearTimeout(this.settling);
    this.settling = setTimeout(() => {
      work().catch((error: unknown) => this.client.error('The race timeline could not be drawn.', error, false));
    }, SETTLE);
  }
}
