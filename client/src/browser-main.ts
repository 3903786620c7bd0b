/** In a browser: the server is a web worker, made from a blob since not every place that extensions come from can be a worker's. */
import type { ExtensionContext } from 'vscode';
import { Uri, workspace } from 'vscode';
import type { MessageTransports } from 'vscode-languageclient/browser';
import { BrowserMessageReader, BrowserMessageWriter, LanguageClient } from 'vscode-languageclient/browser';
import type { WorkerGrammars } from '../../server/src/lsp/protocol.ts';
import { clientOptions } from './client-options.ts';
import { startExtension, stopExtension } from './extension.ts';

/** What of a browser's worker is used here; the DOM's types would come with all of a browser. */
type BrowserWorker = ConstructorParameters<typeof BrowserMessageReader>[0] & {
  postMessage(message: unknown): void;
  terminate(): void;
};
declare const Worker: new (url: string) => BrowserWorker;

export async function activate(context: ExtensionContext): Promise<void> {
  const read = (...path: string[]): Thenable<Uint8Array> =>
    workspace.fs.readFile(Uri.joinPath(context.extensionUri, 'dist', ...path));
  let worker: BrowserWorker | undefined;
  // Not the worker itself: the editor's own `Worker` is not what the language client tests for.
  const startWorker = async (): Promise<MessageTransports> => {
    const [server, runtime, c, rust] = await Promise.all([
      read('web', 'server.js'),
      read('wasm', 'web-tree-sitter.wasm'),
      read('wasm', 'tree-sitter-c.wasm'),
      read('wasm', 'tree-sitter-rust.wasm'),
    ]);
    worker?.terminate();
    const script = new Blob([new TextDecoder().decode(server)], { type: 'text/javascript' });
    worker = new Worker(URL.createObjectURL(script));
    worker.postMessage({ runtime, c, rust } satisfies WorkerGrammars);
    return { reader: new BrowserMessageReader(worker), writer: new BrowserMessageWriter(worker) };
  };
  context.subscriptions.push({ dispose: () => worker?.terminate() });
  const client = new LanguageClient('revocableSafety', 'Revocable Safety', startWorker, clientOptions(context));
  await startExtension(context, client);
}

export const deactivate = stopExtension;
