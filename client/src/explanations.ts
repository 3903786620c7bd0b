/** A page for the answers of `revocableSafety.explain`, whose links lead to the lines that it names. */

import type { Disposable, WebviewPanel } from 'vscode';
import { commands, Position, Range, Uri, ViewColumn, window } from 'vscode';
import { securePage } from './webview-page.ts';

/** VS Code renders no link to a file in Markdown, so the page has numbers in their place. */
const FILE_LINK = /\[([^\]]+)\]\(((?!https?:)[a-z][\w+.-]+:[^)]+)\)/g;

const STYLE = 'main { max-width: 50rem; line-height: 1.5; }';

/** Runs in the page: tells which link was clicked. */
const SCRIPT = `
const host = acquireVsCodeApi();
addEventListener('click', (event) => {
  const link = event.target.closest('a[href^="#"]');
  if (link === null) return;
  event.preventDefault();
  host.postMessage({ link: Number(link.getAttribute('href').slice(1)) });
});`;

export class Explanations implements Disposable {
  private panel: WebviewPanel | undefined;
  private links: readonly string[] = [];

  dispose(): void {
    this.panel?.dispose();
  }

  async show(markdown: string): Promise<void> {
    const links: string[] = [];
    const numbered = markdown.replaceAll(
      FILE_LINK,
      (_, label: string, uri: string) => `[${label}](#${links.push(uri) - 1})`,
    );
    const html = await commands.executeCommand<string>('markdown.api.render', numbered);
    this.links = links;
    this.panel ??= this.open();
    this.panel.webview.html = securePage({
      title: 'Explanation',
      style: STYLE,
      body: `<main>${html}</main>`,
      script: SCRIPT,
    });
    this.panel.reveal(undefined, true);
  }

  private open(): WebviewPanel {
    const column = { viewColumn: ViewColumn.Beside, preserveFocus: true };
    const options = { enableScripts: true, localResourceRoots: [], enableFindWidget: true };
    const panel = window.createWebviewPanel('revocableSafety.explanation', 'Explanation', column, options);
    panel.webview.onDidReceiveMessage(({ link }: { link: number }) => this.follow(this.links[link]));
    panel.onDidDispose(() => {
      this.panel = undefined;
    });
    return panel;
  }

  private async follow(link: string | undefined): Promise<void> {
    if (link === undefined) return;
    const target = Uri.parse(link);
    const uri = target.with({ fragment: '' });
    if (uri.path.endsWith('.md')) {
      await commands.executeCommand('markdown.showPreview', uri);
      return;
    }
    const line = /^L(\d+)$/.exec(target.fragment)?.[1] ?? '1';
    const place = new Position(Number(line) - 1, 0);
    await window.showTextDocument(uri, { viewColumn: ViewColumn.One, selection: new Range(place, place) });
  }
}
