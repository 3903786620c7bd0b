/** The tree of all device nodes of the workspace: module, node, and what its verdict stands on. The server finds and words them. */

import type { Command, Disposable, TreeDataProvider, TreeView, Uri } from 'vscode';
import {
  commands,
  EventEmitter,
  MarkdownString,
  ThemeColor,
  ThemeIcon,
  TreeItem,
  TreeItemCollapsibleState,
  window,
} from 'vscode';
import type { BaseLanguageClient } from 'vscode-languageclient';
import type {
  IndexNotification,
  IndexParams,
  IndexState,
  IndexStateNotification,
  NodesNotification,
  NodesParams,
  ShownModule,
  ShownNode,
  ShownPlace,
} from '../../server/src/lsp/protocol.ts';
import { SHOW_TIMELINE } from './timeline.ts';

const INDEX: IndexNotification = 'revocableSafety/index';
const NODES: NodesNotification = 'revocableSafety/nodes';
const STATE: IndexStateNotification = 'revocableSafety/indexState';

type Verdict = ShownNode['verdict'];
const VERDICTS: readonly Verdict[] = ['vulnerable', 'unknown', 'safe'];

const ICONS: Readonly<Record<Verdict, ThemeIcon>> = {
  vulnerable: new ThemeIcon('warning', new ThemeColor('list.warningForeground')),
  unknown: new ThemeIcon('question'),
  safe: new ThemeIcon('pass', new ThemeColor('testing.iconPassed')),
};

/** ms between two redraws while the index runs. */
const REDRAW = 300;

type Element =
  | { readonly kind: 'module'; readonly module: ShownModule; readonly nodes: readonly ShownNode[] }
  | { readonly kind: 'node'; readonly node: ShownNode }
  | { readonly kind: 'detail'; readonly detail: ShownPlace & { readonly text: string } };

interface Filter {
  readonly verdicts: readonly string[];
  readonly fences: readonly string[];
  readonly text: string;
}

const NO_FILTER: Filter = { verdicts: [], fences: [], text: '' };

export class NodesView implements TreeDataProvider<Element>, Disposable {
  private readonly client: BaseLanguageClient;
  private readonly view: TreeView<Element>;
  private readonly changed = new EventEmitter<undefined>();
  readonly onDidChangeTreeData = this.changed.event;
  readonly onState: (listener: (state: IndexState) => void) => Disposable;
  private readonly stateChanged = new EventEmitter<IndexState>();
  private readonly redrawn = new EventEmitter<undefined>();
  /** What is shown has changed. */
  readonly onDidRedraw = this.redrawn.event;
  /** Vulnerable nodes by file. */
  private vulnerable = new Map<string, Set<string>>();
  private readonly subscriptions: Disposable[];
  private readonly modules = new Map<string, ShownModule>();
  private filter = NO_FILTER;
  private state: IndexState | undefined;
  private redrawing: ReturnType<typeof setTimeout> | undefined;
  private progressEnds: (() => void) | undefined;

  constructor(client: BaseLanguageClient) {
    this.client = client;
    this.onState = this.stateChanged.event;
    this.view = window.createTreeView('revocableSafety.nodes', { treeDataProvider: this, showCollapseAll: true });
    this.subscriptions = [
      this.view,
      this.view.onDidChangeVisibility(({ visible }) => visible && this.state === undefined && this.start()),
      client.onNotification(NODES, (params: NodesParams) => this.take(params)),
      client.onNotification(STATE, (state: IndexState) => this.follow(state)),
      commands.registerCommand('revocableSafety.nodes.refresh', () => this.start()),
      commands.registerCommand('revocableSafety.nodes.cancel', () => this.tell('cancel')),
      commands.registerCommand('revocableSafety.nodes.filter', () => this.choose()),
      commands.registerCommand('revocableSafety.nodes.find', () => this.find()),
      commands.registerCommand('revocableSafety.nodes.clearFilter', () => this.show(NO_FILTER)),
      commands.registerCommand('revocableSafety.nodes.showEvidence', (element?: Element) => this.explain(element)),
      commands.registerCommand('revocableSafety.nodes.showRace', (element?: Element) => {
        if (element?.kind !== 'node') return undefined;
        const { uri, position } = element.node;
        return commands.executeCommand(SHOW_TIMELINE, uri, position.line, position.character);
      }),
    ];
  }

  dispose(): void {
    clearTimeout(this.redrawing);
    this.progressEnds?.();
    for (const subscription of this.subscriptions) subscription.dispose();
  }

  /** The server is new and knows nothing of what was asked of the last one. */
  serverStarted(): void {
    const wanted = this.view.visible || this.state !== undefined;
    this.state = undefined;
    if (wanted) this.start();
  }

  getChildren(element?: Element): Element[] {
    switch (element?.kind) {
      case undefined:
        return this.shownModules();
      case 'module':
        return element.nodes.map((node) => ({ kind: 'node', node }));
      case 'node':
        return element.node.details.map((detail) => ({ kind: 'detail', detail }));
      case 'detail':
        return [];
    }
  }

  getTreeItem(element: Element): TreeItem {
    switch (element.kind) {
      case 'module':
        return moduleItem(element.module, element.nodes);
      case 'node':
        return this.nodeItem(element.node);
      case 'detail': {
        const item = new TreeItem(element.detail.text);
        item.tooltip = element.detail.text;
        item.description = lineOf(element.detail);
        item.command = this.jumpTo(element.detail);
        return item;
      }
    }
  }

  private nodeItem(node: ShownNode): TreeItem {
    const state = node.details.length === 0 ? TreeItemCollapsibleState.None : TreeItemCollapsibleState.Collapsed;
    const item = new TreeItem(node.operations ?? node.api, state);
    item.id = `${node.id} ${node.uri}`;
    const fences = node.fences.length > 0 ? node.fences.join(', ') : node.verdict;
    item.description = `${fences} · ${lineOf(node)}`;
    item.iconPath = ICONS[node.verdict];
    item.tooltip = new MarkdownString(`**${node.api}()** ${lineOf(node)}\n\n`).appendText(node.summary);
    item.contextValue = node.verdict;
    item.accessibilityInformation = { label: `${node.operations ?? node.api}, ${node.summary}` };
    item.command = this.jumpTo(node);
    return item;
  }

  private jumpTo({ uri, position }: ShownPlace): Command {
    const target = this.client.protocol2CodeConverter.asUri(uri);
    const selection = this.client.protocol2CodeConverter.asRange({ start: position, end: position });
    return { title: 'Open', command: 'vscode.open', arguments: [target, { selection, preserveFocus: true }] };
  }

  private shownModules(): Element[] {
    const { verdicts, fences, text } = this.filter;
    const words = text.toLowerCase();
    const isShown = (module: ShownModule, node: ShownNode): boolean =>
      (verdicts.length === 0 || verdicts.includes(node.verdict)) &&
      (fences.length === 0 || node.fences.some((fence) => fences.includes(fence))) &&
      (words === '' ||
        `${module.name} ${module.folder} ${node.operations ?? ''} ${node.api} ${node.uri}`
          .toLowerCase()
          .includes(words));
    const elements: Element[] = [];
    for (const module of this.modules.values()) {
      const nodes = module.nodes.filter((node) => isShown(module, node));
      if (nodes.length > 0) elements.push({ kind: 'module', module, nodes });
    }
    const key = (element: Element): string =>
      element.kind === 'module' ? `${element.module.name} ${element.module.folder}` : '';
    return elements.sort((a, b) => (key(a) < key(b) ? -1 : 1));
  }

  private start(): void {
    if (this.state?.state === 'running') return;
    this.tell('start');
  }

  private tell(action: IndexParams['action']): void {
    this.client.sendNotification(INDEX, { action } satisfies IndexParams).catch(() => undefined);
  }

  private take({ reset, modules }: NodesParams): void {
    if (reset) this.modules.clear();
    for (const module of modules) {
      if (module.nodes.length === 0) this.modules.delete(module.id);
      else this.modules.set(module.id, module);
    }
    this.redrawing ??= setTimeout(() => {
      this.redrawing = undefined;
      this.redraw();
    }, REDRAW);
  }

  private redraw(): void {
    const vulnerable = new Map<string, Set<string>>();
    for (const { nodes } of this.modules.values()) {
      for (const node of nodes) {
        if (node.verdict !== 'vulnerable') continue;
        const file = this.client.protocol2CodeConverter.asUri(node.uri).toString();
        vulnerable.set(file, (vulnerable.get(file) ?? new Set()).add(node.id));
      }
    }
    this.vulnerable = vulnerable;
    const value = [...vulnerable.values()].reduce((sum, ids) => sum + ids.size, 0);
    const tooltip = `${value} vulnerable device ${value === 1 ? 'node' : 'nodes'}`;
    this.view.badge = value === 0 ? undefined : { value, tooltip };
    this.changed.fire(undefined);
    this.redrawn.fire(undefined);
  }

  vulnerableIn(uri: Uri): number {
    return this.vulnerable.get(uri.toString())?.size ?? 0;
  }

  private follow(state: IndexState): void {
    this.state = state;
    this.stateChanged.fire(state);
    const running = state.state === 'running';
    void commands.executeCommand('setContext', 'revocableSafety.indexing', running);
    if (running && this.progressEnds === undefined) {
      void window.withProgress({ location: { viewId: 'revocableSafety.nodes' } }, () => {
        return new Promise<void>((resolve) => {
          this.progressEnds = resolve;
        });
      });
    }
    if (!running) {
      this.progressEnds?.();
      this.progressEnds = undefined;
    }
    this.tellState();
  }

  private tellState(): void {
    const { state, done = 0, total = 0 } = this.state ?? {};
    const indexing = {
      running: total === 0 ? 'Looking for modules…' : `Indexing: ${done} of ${total} modules`,
      cancelled: `Stopped after ${done} of ${total} modules. Refresh to go on.`,
      failed: 'The index failed; the output says why.',
      done: '',
    }[state ?? 'done'];
    const { verdicts, fences, text } = this.filter;
    const filters = [...verdicts, ...fences, ...(text === '' ? [] : [`“${text}”`])];
    const filtered = filters.length === 0 ? '' : `Only ${filters.join(', ')}`;
    const empty = state === 'done' && this.modules.size === 0 ? 'No device nodes in this workspace.' : '';
    this.view.message = [indexing, filtered, empty].filter((part) => part !== '').join(' · ');
  }

  private show(filter: Filter): void {
    this.filter = filter;
    void commands.executeCommand('setContext', 'revocableSafety.nodesFiltered', filter !== NO_FILTER);
    this.tellState();
    this.changed.fire(undefined);
  }

  private async choose(): Promise<void> {
    const fences = new Set([...this.modules.values()].flatMap(({ nodes }) => nodes.flatMap((node) => node.fences)));
    const items = [
      ...VERDICTS.map((label) => ({
        label: label as string,
        description: 'verdict',
        picked: this.filter.verdicts.includes(label),
      })),
      ...[...fences]
        .sort()
        .map((label) => ({ label, description: 'fence', picked: this.filter.fences.includes(label) })),
    ];
    const chosen = await window.showQuickPick(items, {
      canPickMany: true,
      placeHolder: 'Verdicts and fences to show; none for all',
    });
    if (chosen === undefined) return;
    const named = (kind: string): string[] => chosen.filter((one) => one.description === kind).map((one) => one.label);
    this.show(simplified({ ...this.filter, verdicts: named('verdict'), fences: named('fence') }));
  }

  private async find(): Promise<void> {
    const text = await window.showInputBox({
      prompt: 'Part of a module, file, operations table or call',
      value: this.filter.text,
    });
    if (text !== undefined) this.show(simplified({ ...this.filter, text }));
  }

  private explain(element: Element | undefined): Thenable<unknown> | undefined {
    if (element?.kind !== 'node') return undefined;
    return commands.executeCommand('revocableSafety.explain', element.node.uri, element.node.position.line);
  }
}

function simplified(filter: Filter): Filter {
  return filter.verdicts.length + filter.fences.length + filter.text.length === 0 ? NO_FILTER : filter;
}

function moduleItem(module: ShownModule, nodes: readonly ShownNode[]): TreeItem {
  const counts = VERDICTS.map((verdict) => ({
    verdict,
    count: nodes.filter((node) => node.verdict === verdict).length,
  }));
  const said = counts.filter(({ count }) => count > 0).map(({ verdict, count }) => `${count} ${verdict}`);
  const item = new TreeItem(module.name, TreeItemCollapsibleState.Collapsed);
  item.id = module.id;
  const isInRoot = module.folder === '';
  item.description = isInRoot ? said.join(', ') : `${said.join(', ')} · ${module.folder}`;
  item.tooltip = `${module.name}${isInRoot ? '' : ` in ${module.folder}`}: ${said.join(', ')}`;
  item.iconPath = ICONS[counts.find(({ count }) => count > 0)?.verdict ?? 'safe'];
  item.contextValue = 'module';
  return item;
}

function lineOf({ uri, position }: ShownPlace): string {
  return `${decodeURIComponent(uri.slice(uri.lastIndexOf('/') + 1))}:${position.line + 1}`;
}
