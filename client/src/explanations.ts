/** Read-only Markdown documents for the answers of `revocableSafety.explain`. */

import type { Disposable, TextDocumentContentProvider } from 'vscode';
import { commands, EventEmitter, Uri, workspace } from 'vscode';

const SCHEME = 'revocable-safety';

export class Explanations implements TextDocumentContentProvider {
  private readonly texts = new Map<string, string>();
  private readonly changed = new EventEmitter<Uri>();
  readonly onDidChange = this.changed.event;

  register(): Disposable {
    return workspace.registerTextDocumentContentProvider(SCHEME, this);
  }

  provideTextDocumentContent(uri: Uri): string {
    return this.texts.get(uri.toString()) ?? '';
  }

  /** One page for each place: asking again refreshes it. */
  async show(source: string, line: number, markdown: string): Promise<void> {
    const name = decodeURIComponent(source.slice(source.lastIndexOf('/') + 1));
    const uri = Uri.from({ scheme: SCHEME, path: `/${name}:${line + 1}.md`, query: source });
    this.texts.set(uri.toString(), markdown);
    this.changed.fire(uri);
    await commands.executeCommand('markdown.showPreview', uri);
  }
}
