/** Starts the language server and shows how it fares; everything else is the server's work. */

import type { ExtensionContext } from 'vscode';
import { window } from 'vscode';
import type { BaseLanguageClient } from 'vscode-languageclient';
import { State } from 'vscode-languageclient';
import { explainMiddleware, registerCommands } from './commands.ts';
import { Explanations } from './explanations.ts';
import { FileDecorations } from './file-decorations.ts';
import { serveFiles } from './files.ts';
import { NodesView } from './nodes-view.ts';
import { showStatus } from './status.ts';
import { TimelineView } from './timeline.ts';

let running: BaseLanguageClient | undefined;

export async function startExtension(context: ExtensionContext, client: BaseLanguageClient): Promise<void> {
  running = client;
  const explanations = new Explanations();
  client.clientOptions.middleware = explainMiddleware(explanations);
  const start = async (how: 'start' | 'restart'): Promise<void> => {
    try {
      if (how === 'restart' && client.isRunning()) await client.stop();
      await client.start();
    } catch (error) {
      await offerHelp(client, error, () => start('restart'));
    }
  };
  const nodes = new NodesView(client);
  context.subscriptions.push(
    explanations,
    nodes,
    new TimelineView(client),
    new FileDecorations(nodes),
    ...serveFiles(client),
    ...registerCommands(context, client, start),
    ...showStatus(client, nodes),
    client.onDidChangeState(({ newState }) => newState === State.Running && nodes.serverStarted()),
  );
  await start('start');
}

export async function stopExtension(): Promise<void> {
  await running?.stop();
}

async function offerHelp(client: BaseLanguageClient, error: unknown, restart: () => Promise<void>): Promise<void> {
  const reason = error instanceof Error ? error.message : String(error);
  const choice = await window.showErrorMessage(
    `Revocable Safety could not start its language server: ${reason}`,
    'Restart',
    'Show Output',
  );
  if (choice === 'Restart') await restart();
  if (choice === 'Show Output') client.outputChannel.show();
}
