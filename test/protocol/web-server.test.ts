/** The server as it runs in a browser: the bundle in a worker that has no Node, with the client's files. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { MessageChannel, Worker } from 'node:worker_threads';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { DocumentDiagnosticReport, Hover, ProtocolConnection } from 'vscode-languageserver/node';
import { createProtocolConnection, PortMessageReader, PortMessageWriter } from 'vscode-languageserver/node';
import { buildBundles, PULLS, temporaryFolder } from '../support/language-client.ts';
import { ROOT } from '../support/repository.ts';
import { SAMPLE_DRIVER } from '../support/sample-driver.ts';

/** What a browser's worker has, and nothing of Node. Bytes come from outside, so their class does too. */
const SCOPE = `
const { parentPort, workerData } = require('node:worker_threads');
const listeners = [];
const scope = {
  addEventListener: (type, listener, { once } = {}) => listeners.push({ listener, once }),
  postMessage: (message) => parentPort.postMessage(message),
  console, performance, setTimeout, clearTimeout, setInterval, clearInterval, queueMicrotask, TextDecoder, TextEncoder, URL, WebAssembly, Uint8Array,
  location: { href: 'blob:null/worker' },
};
scope.self = scope;
scope.globalThis = scope;
parentPort.on('message', (data) => {
  for (const entry of listeners.filter(({ once }) => once)) listeners.splice(listeners.indexOf(entry), 1), entry.listener.call(scope, { data });
  if (typeof scope.onmessage === 'function') scope.onmessage({ data });
});
require('node:vm').runInNewContext(workerData, scope);`;

const dist = temporaryFolder('web');
const URI = 'vscode-vfs://host/tree/drivers/foo.c';
let worker: Worker;
let connection: ProtocolConnection;

beforeAll(() => {
  buildBundles(dist.path, 'web-server');
  worker = new Worker(SCOPE, { eval: true, workerData: readFileSync(join(dist.path, 'web/server.js'), 'utf8') });
  const wasm = (path: string): Uint8Array => new Uint8Array(readFileSync(join(ROOT, 'node_modules', path)));
  worker.postMessage({
    runtime: wasm('web-tree-sitter/web-tree-sitter.wasm'),
    c: wasm('tree-sitter-c/tree-sitter-c.wasm'),
    rust: wasm('tree-sitter-rust/tree-sitter-rust.wasm'),
  });
  const { port1, port2 } = new MessageChannel();
  worker.on('message', (message) => port2.postMessage(message));
  port2.on('message', (message) => worker.postMessage(message));
  connection = createProtocolConnection(new PortMessageReader(port1), new PortMessageWriter(port1));
  connection.onRequest('revocableSafety/readFile', () => null);
  connection.onRequest('revocableSafety/readFolder', ({ uri }: { readonly uri: string }) =>
    uri === 'vscode-vfs://host/tree/drivers' ? [{ name: 'foo.c', kind: 'file' }] : [],
  );
  connection.listen();
});

afterAll(async () => {
  connection.dispose();
  await worker.terminate();
  dist.dispose();
});

describe('server in a web worker', () => {
  it('finds the bug in a file that only the client can read', async () => {
    const initialized = await connection.sendRequest<{ capabilities: { hoverProvider?: boolean } }>('initialize', {
      processId: null,
      rootUri: 'vscode-vfs://host/tree',
      capabilities: PULLS,
      initializationOptions: { fileSystem: true },
    });
    expect(initialized.capabilities.hoverProvider).toBe(true);
    await connection.sendNotification('initialized', {});
    await connection.sendNotification('textDocument/didOpen', {
      textDocument: { uri: URI, languageId: 'c', version: 1, text: SAMPLE_DRIVER },
    });
    const report = await connection.sendRequest<DocumentDiagnosticReport>('textDocument/diagnostic', {
      textDocument: { uri: URI },
    });
    const found = report.kind === 'full' ? report.items.map(({ code }) => code) : [];
    expect(found).toContain('unfenced-unregister');
    const line = SAMPLE_DRIVER.split('\n').findIndex((text) => text.includes('misc_deregister'));
    const hover = await connection.sendRequest<Hover | null>('textDocument/hover', {
      textDocument: { uri: URI },
      position: { line, character: 3 },
    });
    // Links lead to where the file really is.
    expect(JSON.stringify(hover)).toContain('(vscode-vfs://host/tree/drivers/foo.c#L');
  });
});
