/** Starts the language server and shows how it fares; everything else is the server's work. */

import type { ExtensionContext } from 'vscode';
import { window } from 'vscode';
import { LanguageClient, RevealOutputChannelOn, State } from 'vscode-languageclient/node';
import { explainMiddleware, registerCommands } from './commands.ts';
import { Explanations } from './explanations.ts';
import { NodesView } from './nodes-view.ts';
import { clientOptions, serverOptions } from './server-options.ts';
import { showStatus } from './status.ts';
import { TimelineView } from './timeline.ts';

let running: LanguageClient | undefined;

export async function activate(context: ExtensionContext): Promise<void> {
  const explanations = new Explanations();
  const client = new LanguageClient('revocableSafety', 'Revocable Safety', serverOptions(context), {
    ...clientOptions(context),
    middleware: explainMiddleware(explanations),
    revealOutputChannelOn: RevealOutputChannelOn.Never,
    // A failed start is told once, below, with something to do about it.
    initializationFailedHandler: () => false,
  });
  running = client;

  const start = async (how: 'start' | 'restart'): Promise<void> => {
    try {
      await (how === 'restart' ? client.restart() : client.start());
    } catch (error) {
      await offerHelp(client, error, () => start('restart'));
    }
  };
  context.subscriptions.push(explanations, ...registerCommands(client, start), ...showStatus(client));
  const nodes = new NodesView(client);
  context.subscriptions.push(
    new TimelineView(client),
    nodes,
    client.onDidChangeState(({ newState }) => newState === State.Running && nodes.serverStarted()),
  );
  await start('start');
}

export async function deactivate(): Promise<void> {
  await running?.stop();
}

async function offerHelp(client: LanguageClient, error: unknown, restart: () => Promise<void>): Promise<void> {
  const reason = error instanceof Error ? error.message : String(error);
  const choice = await window.showErrorMessage(
    `Revocable Safety could not start its language server: ${reason}`,
    'Restart',
    'Show Output',
  );
  if (choice === 'Restart') await restart();
  if (choice === 'Show Output') client.outputChannel.show();
}
