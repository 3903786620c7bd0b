/** The language status item: whether the server runs, and a way to its log. */

import type { Disposable } from 'vscode';
import { LanguageStatusSeverity, languages } from 'vscode';
import type { LanguageClient } from 'vscode-languageclient/node';
import { State } from 'vscode-languageclient/node';
import { DOCUMENTS } from './server-options.ts';

export function showStatus(client: LanguageClient): Disposable[] {
  const item = languages.createLanguageStatusItem('revocableSafety.status', DOCUMENTS);
  item.name = 'Revocable Safety';
  item.command = { title: 'Show Output', command: 'revocableSafety.showOutput' };
  const show = (state: State): void => {
    item.busy = state === State.Starting;
    item.severity = state === State.Stopped ? LanguageStatusSeverity.Error : LanguageStatusSeverity.Information;
    item.text = state === State.Stopped ? 'Revocable Safety: not running' : 'Revocable Safety';
  };
  show(client.state);
  return [item, client.onDidChangeState(({ newState }) => show(newState))];
}
