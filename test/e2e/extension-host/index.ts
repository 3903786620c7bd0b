/** What needs no clicking, asked of the real `vscode` API inside the extension host; the answers go to the file that `REVSAFE_E2E_RESULTS` names. */

import * as assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import type { CodeAction, CodeLens, Diagnostic, Hover, TextDocument } from 'vscode';
import { CodeActionKind, commands, DiagnosticSeverity, languages, Position, Uri, window, workspace } from 'vscode';

export interface Result {
  readonly name: string;
  readonly error?: string;
}

const tests: Readonly<Record<string, () => Promise<void>>> = {
  async 'diagnostics carry range, severity, code with page, and both threads'() {
    const document = await open('hubport_misc.c');
    const found = await finding(document, 'unfenced-unregister');
    assert.equal(found.severity, DiagnosticSeverity.Error);
    assert.equal(document.getText(found.range), 'misc_deregister(&port->misc)');
    assert.equal(found.source, 'revocable-safety');
    assert.ok(typeof found.code === 'object');
    assert.match(found.code.target.path, /docs\/rules\/unfenced-unregister\.md$/);
    await workspace.fs.stat(found.code.target);
    const steps = found.relatedInformation ?? [];
    assert.ok(steps.some(({ message }) => message.startsWith('fd user:')));
    assert.ok(steps.some(({ message }) => message.startsWith('teardown:')));
    for (const { location } of steps) assert.equal(location.uri.toString(), document.uri.toString());
  },

  async 'hovers speak on kernel calls and stay silent elsewhere'() {
    const document = await open('hubport_misc.c');
    await finding(document, 'unfenced-unregister');
    const call = document.positionAt(document.getText().indexOf('misc_deregister(') + 2);
    assert.match(await hoverText(document, call), /Stops new opens only/);
    assert.equal(await hoverText(document, new Position(0, 5)), '');
  },

  async 'lenses stand on both ends of the node'() {
    const document = await open('hubport_misc.c');
    const lines = await eventually('two lenses', async () => {
      const lenses = await commands.executeCommand<CodeLens[]>('vscode.executeCodeLensProvider', document.uri);
      return lenses.length >= 2 ? lenses.map((lens) => document.lineAt(lens.range.start).text.trim()) : undefined;
    });
    assert.ok(lines.some((line) => line.includes('misc_register(')));
    assert.ok(lines.some((line) => line.includes('misc_deregister(')));
  },

  async 'a fixed twin has nothing to report'() {
    const document = await open('hubport_misc_fixed.c');
    await eventually('lenses, which say that the file was looked at', async () => {
      const lenses = await commands.executeCommand<CodeLens[]>('vscode.executeCodeLensProvider', document.uri);
      return lenses.length > 0 ? lenses : undefined;
    });
    assert.deepEqual(languages.getDiagnostics(document.uri), []);
  },

  async 'a quick fix applies as it was promised, and cures'() {
    const document = await open('dice_module.c');
    const before = document.getText();
    const found = await finding(document, 'missing-fops-owner');
    const actions = await commands.executeCommand<CodeAction[]>(
      'vscode.executeCodeActionProvider',
      document.uri,
      found.range,
      CodeActionKind.QuickFix.value,
      10,
    );
    const action = actions.find(({ title }) => title === 'Set the owner of the operations');
    assert.ok(action?.edit);
    assert.equal(action.isPreferred, true);
    assert.ok(await workspace.applyEdit(action.edit));
    const table = 'dice_fops = {\n';
    assert.equal(document.getText(), before.replace(table, `${table}\t.owner = THIS_MODULE,\n`));
    await eventually('no finding', () => (languages.getDiagnostics(document.uri).length === 0 ? true : undefined));
    await commands.executeCommand('undo');
    await finding(document, 'missing-fops-owner');
    await document.save();
  },

  async 'text of an editor that was never saved is looked at'() {
    const uri = Uri.joinPath(folder(), 'thermo_misc.c');
    const content = readFileSync(uri.fsPath, 'utf8');
    const document = await workspace.openTextDocument({ language: 'c', content });
    await finding(document, 'unfenced-unregister');
  },
};

function folder(): Uri {
  const uri = workspace.workspaceFolders?.[0]?.uri;
  assert.ok(uri);
  return uri;
}

async function open(name: string): Promise<TextDocument> {
  const document = await workspace.openTextDocument(Uri.joinPath(folder(), name));
  await window.showTextDocument(document);
  return document;
}

function finding(document: TextDocument, rule: string): Promise<Diagnostic> {
  return eventually(rule, () =>
    languages.getDiagnostics(document.uri).find(({ code }) => typeof code === 'object' && code.value === rule),
  );
}

async function hoverText(document: TextDocument, position: Position): Promise<string> {
  const hovers = await commands.executeCommand<Hover[]>('vscode.executeHoverProvider', document.uri, position);
  return hovers
    .flatMap(({ contents }) => contents.map((content) => (typeof content === 'string' ? content : content.value)))
    .join('\n');
}

const PATIENCE = 20_000;

async function eventually<T>(what: string, look: () => T | undefined | Promise<T | undefined>): Promise<T> {
  const end = Date.now() + PATIENCE;
  for (;;) {
    const seen = await look();
    if (seen !== undefined) return seen;
    if (Date.now() > end) throw new Error(`not within ${PATIENCE / 1000} s: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** Called by VS Code for `extensionTestsPath`. */
export async function run(): Promise<void> {
  const results: Result[] = [];
  for (const [name, test] of Object.entries(tests)) {
    try {
      await test();
      results.push({ name });
    } catch (error) {
      results.push({ name, error: error instanceof Error ? (error.stack ?? error.message) : String(error) });
    }
  }
  writeFileSync(process.env.REVSAFE_E2E_RESULTS ?? '', JSON.stringify(results));
}
