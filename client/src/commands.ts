import type { Disposable, ExtensionContext } from 'vscode';
import { commands, Uri, window, workspace } from 'vscode';
import type { BaseLanguageClient, Middleware } from 'vscode-languageclient';
import type { ExplainCommand } from '../../server/src/lsp/protocol.ts';
import type { Explanations } from './explanations.ts';

const EXPLAIN: ExplainCommand = 'revocableSafety.explain';

/** Called on a lens with its place; from the command palette with none, which means the line of the cursor. */
export function explainMiddleware(explanations: Explanations): Middleware {
  return {
    executeCommand: async (command, args, next) => {
      if (command !== EXPLAIN) return next(command, args);
      const place = placeOf(args);
      if (place === undefined) return undefined;
      const answer: unknown = await next(command, [...place]);
      if (typeof answer === 'string') await explanations.show(answer);
      return answer;
    },
  };
}

function placeOf(args: unknown[]): readonly [string, number] | undefined {
  const [uri, line] = args;
  if (typeof uri === 'string' && typeof line === 'number') return [uri, line];
  const editor = window.activeTextEditor;
  return editor === undefined ? undefined : [editor.document.uri.toString(), editor.selection.active.line];
}

export function registerCommands(
  context: ExtensionContext,
  client: BaseLanguageClient,
  start: (how: 'start' | 'restart') => Promise<void>,
): Disposable[] {
  return [
    commands.registerCommand('revocableSafety.restartServer', () => start('restart')),
    commands.registerCommand('revocableSafety.showOutput', () => client.outputChannel.show()),
    commands.registerCommand('revocableSafety.openRule', () =>
      openRule(Uri.joinPath(context.extensionUri, 'docs', 'rules')),
    ),
  ];
}

/** The page of a rule, as `revsafe explain RULE` prints it. */
async function openRule(folder: Uri): Promise<void> {
  const pages = (await workspace.fs.readDirectory(folder)).map(([name]) => name.replace(/\.md$/, ''));
  const rules = pages.filter((name) => name !== 'README');
  const rule = await window.showQuickPick(rules, { placeHolder: 'Rule to read about' });
  if (rule !== undefined) await commands.executeCommand('markdown.showPreview', Uri.joinPath(folder, `${rule}.md`));
}
