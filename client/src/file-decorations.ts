/** Marks in the explorer on files with vulnerable device nodes; off unless asked for. */
import type { Disposable, FileDecorationProvider, Uri } from 'vscode';
import { EventEmitter, FileDecoration, ThemeColor, window, workspace } from 'vscode';
import type { NodesView } from './nodes-view.ts';

const SETTING = 'revocableSafety.fileDecorations';

export class FileDecorations implements FileDecorationProvider, Disposable {
  private readonly nodes: NodesView;
  private readonly changed = new EventEmitter<undefined>();
  readonly onDidChangeFileDecorations = this.changed.event;
  private readonly subscriptions: Disposable[];

  constructor(nodes: NodesView) {
    this.nodes = nodes;
    this.subscriptions = [
      window.registerFileDecorationProvider(this),
      nodes.onDidRedraw(() => this.changed.fire(undefined)),
      workspace.onDidChangeConfiguration((event) => {
        if (event.affectsConfiguration(SETTING)) this.changed.fire(undefined);
      }),
    ];
  }

  dispose(): void {
    for (const subscription of this.subscriptions) subscription.dispose();
  }

  provideFileDecoration(uri: Uri): FileDecoration | undefined {
    const count = this.nodes.vulnerableIn(uri);
    if (count === 0 || !workspace.getConfiguration(undefined, uri).get<boolean>(SETTING, false)) return undefined;
    const badge = count > 9 ? '9+' : String(count);
    const words = `${count} vulnerable device ${count === 1 ? 'node' : 'nodes'}`;
    return new FileDecoration(badge, words, new ThemeColor('list.warningForeground'));
  }
}
