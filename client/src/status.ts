/** The language status item: whether the server runs, how far its index is, and a way to its log. */

import type { Disposable } from 'vscode';
import { LanguageStatusSeverity, languages } from 'vscode';
import type { BaseLanguageClient } from 'vscode-languageclient';
import { State } from 'vscode-languageclient';
import type { IndexState } from '../../server/src/lsp/protocol.ts';
import { documents } from './client-options.ts';
import type { NodesView } from './nodes-view.ts';

export function showStatus(client: BaseLanguageClient, nodes: NodesView): Disposable[] {
  const item = languages.createLanguageStatusItem('revocableSafety.status', documents());
  let index: IndexState | undefined;
  item.name = 'Revocable Safety';
  item.command = { title: 'Show Output', command: 'revocableSafety.showOutput' };
  const show = (state: State): void => {
    item.busy = state === State.Starting || (state === State.Running && index?.state === 'running');
    item.severity = state === State.Stopped ? LanguageStatusSeverity.Error : LanguageStatusSeverity.Information;
    item.text = state === State.Stopped ? 'Revocable Safety: not running' : 'Revocable Safety';
    item.detail = state === State.Running ? indexText(index) : '';
  };
  show(client.state);
  return [
    item,
    client.onDidChangeState(({ newState }) => {
      index = undefined;
      show(newState);
    }),
    nodes.onState((state) => {
      index = state;
      show(client.state);
    }),
  ];
}

function indexText(index: IndexState | undefined): string {
  if (index === undefined) return 'device nodes not indexed yet';
  const { state, done, total } = index;
  switch (state) {
    case 'running':
      return total === 0 ? 'indexing device nodes' : `indexing device nodes: ${done} of ${total} modules`;
    case 'done':
      return `device nodes of ${total} modules indexed`;
    case 'cancelled':
      return `index stopped after ${done} of ${total} modules`;
    case 'failed':
      return 'the index failed';
  }
}
