/** In desktop VS Code and its remotes: the server is a Node process. */
import type { ExtensionContext } from 'vscode';
import { Uri } from 'vscode';
import { LanguageClient, TransportKind } from 'vscode-languageclient/node';
import { clientOptions } from './client-options.ts';
import { startExtension, stopExtension } from './extension.ts';
import { registerTasks } from './tasks.ts';

export async function activate(context: ExtensionContext): Promise<void> {
  const module = Uri.joinPath(context.extensionUri, 'dist', 'server.js').fsPath;
  const transport = TransportKind.ipc;
  const client = new LanguageClient(
    'revocableSafety',
    'Revocable Safety',
    { run: { module, transport }, debug: { module, transport, options: { execArgv: ['--nolazy', '--inspect=6119'] } } },
    clientOptions(context),
  );
  context.subscriptions.push(...registerTasks(context));
  await startExtension(context, client);
}

export const deactivate = stopExtension;
