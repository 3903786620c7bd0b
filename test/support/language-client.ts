/** A language client over stdio, for tests of the server as it ships. */

import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type {
  ClientCapabilities,
  CodeAction,
  Diagnostic,
  DocumentDiagnosticReport,
  Hover,
  InitializeResult,
  Position,
  ProtocolConnection,
  PublishDiagnosticsParams,
  Range,
  WorkspaceEdit,
} from 'vscode-languageserver/node';
import { createProtocolConnection, StreamMessageReader, StreamMessageWriter } from 'vscode-languageserver/node';
import { LineIndex } from '../../server/src/base/span.ts';
import { ROOT } from './repository.ts';

/** A fresh folder under the system's temporary one; `dispose` takes it away. */
export function temporaryFolder(name: string): {
  readonly path: string;
  write(file: string, text: string): string;
  dispose(): void;
} {
  const path = mkdtempSync(join(tmpdir(), `revsafe-${name}-`));
  return {
    path,
    /** Answers the file's URI. */
    write: (file, text) => {
      const target = join(path, file);
      mkdirSync(dirname(target), { recursive: true });
      writeFileSync(target, text);
      return pathToFileURL(target).href;
    },
    dispose: () => rmSync(path, { recursive: true, force: true }),
  };
}

/** Bundles the server into a folder, as for a release or not; answers its path. */
export function buildServer(outdir: string): string {
  buildBundles(outdir, 'server');
  return join(outdir, 'server.js');
}

/** `only` as the build script has it. */
export function buildBundles(outdir: string, only: string): void {
  const result = spawnSync(process.execPath, ['scripts/build.mjs', '--only', only, '--outdir', outdir], {
    cwd: ROOT,
    encoding: 'utf8',
  });
  if (result.status !== 0) throw new Error(result.stderr);
}

export interface ClientOptions {
  readonly folders?: readonly string[];
  readonly capabilities?: ClientCapabilities;
  readonly initializationOptions?: unknown;
  /** Answers `workspace/configuration` for a scope. */
  readonly configuration?: (scope: string) => unknown;
}

export const PULLS: ClientCapabilities = {
  textDocument: {
    diagnostic: {},
    codeAction: { disabledSupport: true, resolveSupport: { properties: ['edit'] }, dataSupport: true },
  },
  workspace: { workspaceEdit: { documentChanges: true } },
};

export class LanguageClient {
  readonly connection: ProtocolConnection;
  readonly published: PublishDiagnosticsParams[] = [];
  readonly messages: string[] = [];
  readonly log: string[] = [];
  readonly texts = new Map<string, { text: string; version: number }>();
  private readonly process: ChildProcessWithoutNullStreams;
  private readonly exited: Promise<number | null>;

  private constructor(server: string) {
    this.process = spawn(process.execPath, [server, '--stdio'], { stdio: 'pipe' });
    this.exited = new Promise((resolve) => this.process.on('exit', resolve));
    this.process.stderr.on('data', (chunk: Buffer) => this.log.push(chunk.toString()));
    this.connection = createProtocolConnection(
      new StreamMessageReader(this.process.stdout),
      new StreamMessageWriter(this.process.stdin),
    );
  }

  static async start(
    server: string,
    options: ClientOptions = {},
  ): Promise<LanguageClient & { initialized: InitializeResult }> {
    const client = new LanguageClient(server);
    const { connection } = client;
    connection.onNotification('textDocument/publishDiagnostics', (params: PublishDiagnosticsParams) => {
      client.published.push(params);
    });
    connection.onNotification('window/showMessage', ({ message }: { message: string }) => {
      client.messages.push(message);
    });
    connection.onRequest('window/showMessageRequest', ({ message }: { message: string }) => {
      client.messages.push(message);
      return null;
    });
    connection.onNotification('window/logMessage', ({ message }: { message: string }) => {
      client.log.push(message);
    });
    connection.onRequest('client/registerCapability', () => null);
    connection.onRequest('workspace/diagnostic/refresh', () => null);
    connection.onRequest('workspace/configuration', ({ items }: { items: { scopeUri?: string }[] }) =>
      items.map((item) => options.configuration?.(item.scopeUri ?? '') ?? null),
    );
    connection.listen();
    const initialized: InitializeResult = await connection.sendRequest('initialize', {
      processId: process.pid,
      rootUri: null,
      capabilities: options.capabilities ?? {},
      workspaceFolders: (options.folders ?? []).map((uri) => ({ uri, name: uri })),
      ...(options.initializationOptions === undefined ? {} : { initializationOptions: options.initializationOptions }),
    });
    await connection.sendNotification('initialized', {});
    return Object.assign(client, { initialized });
  }

  async open(uri: string, text: string, languageId = 'c'): Promise<void> {
    this.texts.set(uri, { text, version: 1 });
    await this.connection.sendNotification('textDocument/didOpen', {
      textDocument: { uri, languageId, version: 1, text },
    });
  }

  /** Replaces the first `from` by `to`, as an incremental edit. */
  async edit(uri: string, from: string, to: string): Promise<void> {
    const known = this.known(uri);
    const start = known.text.indexOf(from);
    if (start < 0) throw new Error(`no ${from} in ${uri}`);
    const lines = new LineIndex(known.text);
    const range = rangeOf(lines, start, start + from.length);
    known.text = known.text.slice(0, start) + to + known.text.slice(start + from.length);
    known.version++;
    await this.connection.sendNotification('textDocument/didChange', {
      textDocument: { uri, version: known.version },
      contentChanges: [{ range, text: to }],
    });
  }

  async pull(uri: string, previousResultId?: string): Promise<DocumentDiagnosticReport> {
    return this.connection.sendRequest('textDocument/diagnostic', {
      textDocument: { uri },
      ...(previousResultId === undefined ? {} : { previousResultId }),
    });
  }

  async diagnostics(uri: string): Promise<readonly Diagnostic[]> {
    const report = await this.pull(uri);
    if (report.kind !== 'full') throw new Error(`a ${report.kind} report without an earlier one`);
    return report.items;
  }

  async hover(uri: string, needle: string): Promise<Hover | null> {
    return this.connection.sendRequest('textDocument/hover', {
      textDocument: { uri },
      position: this.placeOf(uri, needle).start,
    });
  }

  async codeActions(
    uri: string,
    range: Range,
    diagnostics: readonly Diagnostic[] = [],
  ): Promise<readonly CodeAction[]> {
    return this.connection.sendRequest('textDocument/codeAction', {
      textDocument: { uri },
      range,
      context: { diagnostics },
    });
  }

  placeOf(uri: string, needle: string): Range {
    const { text } = this.known(uri);
    const at = text.indexOf(needle);
    if (at < 0) throw new Error(`no ${needle} in ${uri}`);
    return rangeOf(new LineIndex(text), at, at + needle.length);
  }

  /** Applies an edit to a document that is open, and tells the server. */
  async apply(edit: WorkspaceEdit | undefined, uri: string): Promise<string> {
    const known = this.known(uri);
    const edits = (edit?.documentChanges ?? []).flatMap((change) =>
      'edits' in change && change.textDocument.uri === uri ? change.edits : [],
    );
    if (edits.length === 0) throw new Error('the edit changes nothing');
    const lines = new LineIndex(known.text);
    const offset = (position: Position): number => lines.offsetAt({ line: position.line, column: position.character });
    let text = known.text;
    for (const change of [...edits].sort((a, b) => offset(b.range.start) - offset(a.range.start))) {
      if (!('newText' in change)) throw new Error('a snippet where a text edit was expected');
      text = text.slice(0, offset(change.range.start)) + change.newText + text.slice(offset(change.range.end));
    }
    known.text = text;
    known.version++;
    await this.connection.sendNotification('textDocument/didChange', {
      textDocument: { uri, version: known.version },
      contentChanges: [{ text }],
    });
    return text;
  }

  /** Waits for something that the server does on its own; the test's own limit ends it. */
  async until<T>(probe: () => T | undefined): Promise<T> {
    for (;;) {
      const found = probe();
      if (found !== undefined) return found;
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }

  /** Ends the server as the protocol says; answers its exit code. */
  async stop(): Promise<number | null> {
    await this.connection.sendRequest('shutdown');
    return this.exit();
  }

  /** `exit` without `shutdown`. */
  async exit(): Promise<number | null> {
    await this.connection.sendNotification('exit');
    const code = await this.exited;
    this.connection.dispose();
    return code;
  }

  private known(uri: string): { text: string; version: number } {
    const known = this.texts.get(uri);
    if (known === undefined) throw new Error(`${uri} is not open`);
    return known;
  }
}

function rangeOf(lines: LineIndex, start: number, end: number): Range {
  const from = lines.positionAt(start);
  const to = lines.positionAt(end);
  return { start: { line: from.line, character: from.column }, end: { line: to.line, character: to.column } };
}
