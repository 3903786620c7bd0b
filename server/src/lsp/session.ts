/**
 * State of one connection: what the client can do, which documents are open, where the roots are. Everything that
 * concerns the program's meaning lives in the engine.
 */
import type { ClientCapabilities, Connection, TextDocumentContentChangeEvent } from 'vscode-languageserver';
import { TextDocument } from 'vscode-languageserver-textdocument';
import type { CancellationToken } from '../base/cancellation.ts';
import type { Span } from '../base/span.ts';
import { LineIndex } from '../base/span.ts';
import { pathOfUri, uriOfPath } from '../base/uris.ts';
import type { Engine, Settings } from '../engine/api.ts';
import { settingsOf } from './from-lsp.ts';
import type { InitializationOptions } from './protocol.ts';
import type { Places } from './to-lsp.ts';

const SECTION = 'revocableSafety';

export class Session implements Places {
  readonly connection: Connection;
  capabilities: ClientCapabilities = {};
  options: InitializationOptions = {};
  private readonly engineReady: Promise<Engine>;
  private engineNow: Engine | undefined;
  /** Chain of everything that changes roots, so that folders and settings are applied in the order they came. */
  private rootsReady: Promise<void> = Promise.resolve();
  private readonly documents = new Map<string, { uri: string; document: TextDocument }>();
  private readonly pathOf = new Map<string, string>();
  private readonly lineCache = new Map<string, { text: string; lines: LineIndex }>();
  private readonly rootUris = new Map<string, string>();
  private readonly rootSettings = new Map<string, Partial<Settings>>();
  private readonly folders = new Set<string>();
  private pushedSettings: unknown;
  private readonly reported = new Set<string>();

  constructor(connection: Connection, engine: Promise<Engine>) {
    this.connection = connection;
    this.engineReady = engine.then((ready) => {
      this.engineNow = ready;
      return ready;
    });
  }

  /** Fails when the engine cannot start. */
  async started(): Promise<void> {
    await this.engineReady;
  }

  /** The engine, when it is up and every root that the client has named so far is known to it. */
  async engine(): Promise<Engine> {
    const engine = await this.engineReady;
    await this.rootsReady;
    return engine;
  }

  // ---- documents ----

  path(uri: string): string {
    return this.pathOf.get(uri) ?? pathOfUri(uri);
  }

  uri(path: string): string {
    return this.documents.get(path)?.uri ?? uriOfPath(path);
  }

  get openPaths(): readonly string[] {
    return [...this.documents.keys()];
  }

  version(path: string): number | undefined {
    return this.documents.get(path)?.document.version;
  }

  async open(uri: string, languageId: string, version: number, text: string): Promise<string> {
    const path = pathOfUri(uri, languageId);
    this.pathOf.set(uri, path);
    this.documents.set(path, { uri, document: TextDocument.create(uri, languageId, version, text) });
    (await this.engineReady).openDocument(path, text, version);
    if (/^file:/i.test(uri) || (this.options.fileSystem === true && !/^untitled:/i.test(uri))) this.addRootFor(path);
    return path;
  }

  async change(
    uri: string,
    version: number,
    changes: readonly TextDocumentContentChangeEvent[],
  ): Promise<string | undefined> {
    const path = this.path(uri);
    const open = this.documents.get(path);
    if (open === undefined) return undefined;
    const spans: { readonly span?: Span; readonly text: string }[] = [];
    for (const change of changes) {
      if ('range' in change) {
        const start = open.document.offsetAt(change.range.start);
        spans.push({ span: { start, end: open.document.offsetAt(change.range.end) }, text: change.text });
      } else {
        spans.push({ text: change.text });
      }
      open.document = TextDocument.update(open.document, [change], version);
    }
    (await this.engineReady).changeDocument(path, spans, version);
    return path;
  }

  async close(uri: string): Promise<string> {
    const path = this.path(uri);
    this.documents.delete(path);
    this.pathOf.delete(uri);
    this.lineCache.delete(path);
    (await this.engineReady).closeDocument(path);
    return path;
  }

  lines(path: string): LineIndex | undefined {
    const text = this.documents.get(path)?.document.getText() ?? this.engineNow?.text(path);
    if (text === undefined) return undefined;
    const known = this.lineCache.get(path);
    if (known?.text === text) return known.lines;
    const lines = new LineIndex(text);
    this.lineCache.set(path, { text, lines });
    return lines;
  }

  /** Cancelled when the client says so, and when the document has changed since: its offsets would be wrong. */
  tokenFor(path: string, token: CancellationToken): CancellationToken {
    const version = this.version(path);
    const changed = (): boolean => this.version(path) !== version;
    return {
      get isCancellationRequested() {
        return token.isCancellationRequested || changed();
      },
    };
  }

  /** Whether the client itself has a command, so that it may be offered. */
  has(command: string): boolean {
    return this.options.commands?.includes(command) === true;
  }

  rulePage(rule: string): string | undefined {
    const folder = this.options.extensionFolder?.replace(/\/+$/, '');
    return folder === undefined ? undefined : `${folder}/docs/rules/${rule}.md`;
  }

  // ---- roots and settings ----

  /** Folders of the workspace with their settings, one inside another left out. Files outside of them are not among these. */
  get roots(): readonly { readonly path: string; readonly settings: Partial<Settings> }[] {
    const paths = [...this.folders].filter(
      (path) => ![...this.folders].some((other) => other !== path && path.startsWith(`${other}/`)),
    );
    return paths.map((path) => ({ path, settings: this.rootSettings.get(path) ?? {} }));
  }

  addFolder(uri: string): void {
    this.inOrder(async () => {
      this.rootUris.set(pathOfUri(uri), uri);
      this.folders.add(pathOfUri(uri));
      await this.applySettings(pathOfUri(uri), uri);
    });
  }

  /** A file outside of every folder gets the root that it would have on the command line. */
  private addRootFor(path: string): void {
    this.inOrder(async () => {
      const engine = await this.engineReady;
      if (engine.rootOf(path) !== undefined) return;
      const root = await engine.findRoot(path);
      this.rootUris.set(root, uriOfPath(root));
      await this.applySettings(root, uriOfPath(root));
    });
  }

  removeFolder(uri: string): void {
    this.inOrder(async () => {
      const path = pathOfUri(uri);
      this.rootUris.delete(path);
      this.folders.delete(path);
      (await this.engineReady).removeRoot(path);
    });
  }

  /** Reads all settings anew; `pushed` is what clients send that cannot be asked. */
  reloadSettings(pushed?: unknown): Promise<void> {
    if (pushed !== undefined) this.pushedSettings = pushed;
    this.inOrder(async () => {
      for (const [path, uri] of this.rootUris) await this.applySettings(path, uri);
    });
    return this.rootsReady;
  }

  private async applySettings(path: string, uri: string): Promise<void> {
    const engine = await this.engineReady;
    const { settings, problems } = settingsOf(
      await this.fetchSettings(uri),
      engine.rules.map((rule) => rule.id),
    );
    this.rootSettings.set(path, settings);
    const root = await engine.addRoot(path, settings);
    for (const problem of [...problems, ...root.problems]) this.reportOnce(problem);
  }

  private async fetchSettings(uri: string): Promise<unknown> {
    if (this.capabilities.workspace?.configuration === true) {
      return this.connection.workspace.getConfiguration({ scopeUri: uri, section: SECTION });
    }
    const pushed: unknown = this.pushedSettings;
    return typeof pushed === 'object' && pushed !== null && SECTION in pushed ? pushed[SECTION] : undefined;
  }

  /** A mistake in settings is told once for each wording, in the log and to the user. */
  private reportOnce(problem: string): void {
    if (this.reported.has(problem)) return;
    this.reported.add(problem);
    this.connection.console.warn(problem);
    this.connection.window.showWarningMessage(`Revocable Safety: ${problem}`);
  }

  private inOrder(work: () => Promise<void>): void {
    this.rootsReady = this.rootsReady.then(work).catch((error: unknown) => this.logFailure('settings', error));
  }

  logFailure(what: string, error: unknown): void {
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
    this.connection.console.error(`${what} failed: ${text}`);
  }
}
