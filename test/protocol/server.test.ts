/** The server as it ships, over stdio: what every editor relies on. */
import { pathToFileURL } from 'node:url';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { CodeAction, Diagnostic } from 'vscode-languageserver/node';
import type { ClientOptions } from '../support/language-client.ts';
import { buildServer, LanguageClient, PULLS, temporaryFolder } from '../support/language-client.ts';
import { SAMPLE_DRIVER } from '../support/sample-driver.ts';

const dist = temporaryFolder('server');
const disk = temporaryFolder('disk with spaces #1 é');
let server = '';
let clients: LanguageClient[] = [];

beforeAll(() => {
  server = buildServer(dist.path);
});

afterEach(async () => {
  await Promise.all(clients.map((client) => client.stop()));
  clients = [];
});

afterAll(() => {
  dist.dispose();
  disk.dispose();
});

async function start(options: ClientOptions = {}) {
  const client = await LanguageClient.start(server, options);
  clients.push(client);
  return client;
}

function folder(name: string): string {
  disk.write(`${name}/.keep`, '');
  return pathToFileURL(`${disk.path}/${name}`).href;
}

const codes = (diagnostics: readonly Diagnostic[]): unknown[] =>
  [...new Set(diagnostics.map((diagnostic) => diagnostic.code))].sort();

const FOUND = ['missing-fops-owner', 'missing-try-access', 'unfenced-unregister'];

describe('initialize', () => {
  it('announces what the client can use', async () => {
    const pulling = await start({ capabilities: PULLS });
    expect(pulling.initialized.serverInfo?.name).toBe('revocable-safety');
    expect(pulling.initialized.capabilities).toMatchObject({
      positionEncoding: 'utf-16',
      textDocumentSync: { openClose: true, change: 2 },
      diagnosticProvider: { interFileDependencies: true, workspaceDiagnostics: false },
      hoverProvider: true,
      codeActionProvider: { codeActionKinds: ['quickfix', 'source.fixAll.revocableSafety'], resolveProvider: true },
      codeLensProvider: {},
    });
    const pushed = await start();
    expect(pushed.initialized.capabilities.diagnosticProvider).toBeUndefined();
  });
});

describe('diagnostics', () => {
  it('are pushed to clients that cannot pull, for the version that is current', async () => {
    const client = await start();
    const uri = disk.write('push/foo.c', SAMPLE_DRIVER);
    await client.open(uri, SAMPLE_DRIVER);
    const first = await client.until(() => client.published.find((params) => params.uri === uri));
    expect(first.version).toBe(1);
    expect(codes(first.diagnostics)).toEqual(FOUND);

    await client.edit(uri, '\t.open = foo_open,', '\t.owner = THIS_MODULE,\n\t.open = foo_open,');
    const second = await client.until(() => client.published.find((params) => params.version === 2));
    expect(codes(second.diagnostics)).toEqual(FOUND.slice(1));

    await client.connection.sendNotification('textDocument/didClose', { textDocument: { uri } });
    const last = await client.until(() => client.published.find((params) => params.version === undefined));
    expect(last).toEqual({ uri, diagnostics: [] });
  });

  it('are pulled with result ids', async () => {
    const client = await start({ capabilities: PULLS });
    const uri = disk.write('pull/foo.c', SAMPLE_DRIVER);
    await client.open(uri, SAMPLE_DRIVER);
    const first = await client.pull(uri);
    if (first.kind !== 'full') throw new Error('no full report');
    expect(codes(first.items)).toEqual(FOUND);
    expect(await client.pull(uri, first.resultId)).toEqual({ kind: 'unchanged', resultId: first.resultId });

    await client.edit(uri, '\t.open = foo_open,', '\t.owner = THIS_MODULE,\n\t.open = foo_open,');
    const second = await client.pull(uri, first.resultId);
    if (second.kind !== 'full') throw new Error('no full report');
    expect(codes(second.items)).toEqual(FOUND.slice(1));
    expect(client.published).toEqual([]);
  });

  it('tell the witness and link the page of the rule', async () => {
    const client = await start({
      capabilities: PULLS,
      initializationOptions: { extensionFolder: 'file:///opt/some%20where' },
    });
    const uri = disk.write('witness/foo.c', SAMPLE_DRIVER);
    await client.open(uri, SAMPLE_DRIVER);
    const found = (await client.diagnostics(uri)).find((diagnostic) => diagnostic.code === 'unfenced-unregister');
    expect(found).toMatchObject({
      source: 'revocable-safety',
      range: { start: client.placeOf(uri, 'misc_deregister').start },
      codeDescription: { href: 'file:///opt/some%20where/docs/rules/unfenced-unregister.md' },
    });
    const told = found?.relatedInformation ?? [];
    const threads = told.map((related) => related.message.split(':')[0]);
    expect([...new Set(threads)]).toEqual(['fd user', 'teardown', 'missing']);
    expect(told.every((related) => related.location.uri === uri)).toBe(true);
  });

  it('come for a document that was never saved', async () => {
    const client = await start({ capabilities: PULLS });
    await client.open('untitled:Untitled-1', SAMPLE_DRIVER);
    const diagnostics = await client.diagnostics('untitled:Untitled-1');
    expect(codes(diagnostics)).toEqual(FOUND);
    const related = diagnostics.flatMap((diagnostic) => diagnostic.relatedInformation ?? []);
    expect(new Set(related.map((information) => information.location.uri))).toEqual(new Set(['untitled:Untitled-1']));
  });

  it('follow a burst of edits', async () => {
    const client = await start({ capabilities: PULLS });
    const uri = disk.write('burst/foo.c', SAMPLE_DRIVER);
    await client.open(uri, SAMPLE_DRIVER);
    const answers: Promise<unknown>[] = [];
    for (let turn = 0; turn < 20; turn++) {
      await client.edit(uri, 'static int foo_probe', `static int x${turn};\nstatic int foo_probe`);
      answers.push(client.pull(uri).catch((error: { code: number }) => error.code));
    }
    const failures = (await Promise.all(answers)).filter((answer) => typeof answer === 'number');
    // -32802: the server says that the text has changed, and to ask again.
    expect(failures.filter((code) => code !== -32802)).toEqual([]);
    const last = await client.diagnostics(uri);
    expect(last.find((diagnostic) => diagnostic.code === 'unfenced-unregister')?.range.start).toEqual(
      client.placeOf(uri, 'misc_deregister').start,
    );
  });
});

describe('hover', () => {
  it('explains a kernel call and the node, and leaves other words alone', async () => {
    const client = await start({ capabilities: PULLS });
    const uri = disk.write('hover/foo.c', SAMPLE_DRIVER);
    await client.open(uri, SAMPLE_DRIVER);
    const text = JSON.stringify(await client.hover(uri, 'misc_deregister'));
    expect(text).toContain('Vulnerable: read');
    expect(text).toContain('Stops new opens only');
    expect(JSON.stringify(await client.hover(uri, 'foo_read(struct'))).toContain('foo_remove');
    expect(await client.hover(uri, 'GPL-2.0')).toBeNull();
  });

  it('is plain text for clients that show it as it is', async () => {
    const client = await start({ capabilities: { textDocument: { hover: { contentFormat: ['plaintext'] } } } });
    const uri = disk.write('plain/foo.c', SAMPLE_DRIVER);
    await client.open(uri, SAMPLE_DRIVER);
    const hover = await client.hover(uri, 'misc_deregister');
    expect(hover?.contents).toMatchObject({ kind: 'plaintext' });
    expect(JSON.stringify(hover)).not.toMatch(/\*\*|\]\(/);
  });
});

describe('code actions', () => {
  it('are offered, resolved, applied, and cure', async () => {
    const client = await start({ capabilities: PULLS });
    const uri = disk.write('action/foo.c', SAMPLE_DRIVER);
    await client.open(uri, SAMPLE_DRIVER);
    const before = await client.diagnostics(uri);
    const owner = before.filter((diagnostic) => diagnostic.code === 'missing-fops-owner');
    const [action] = await client.codeActions(uri, owner[0]?.range ?? client.placeOf(uri, 'foo_fops'), owner);
    expect(action).toMatchObject({
      title: 'Set the owner of the operations',
      kind: 'quickfix',
      isPreferred: true,
      diagnostics: owner,
    });
    expect(action?.edit).toBeUndefined();

    const resolved: CodeAction = await client.connection.sendRequest('codeAction/resolve', action);
    const after = await client.apply(resolved.edit, uri);
    expect(after).toContain('foo_fops = {\n\t.owner = THIS_MODULE,\n\t.open = foo_open,');
    expect(codes(await client.diagnostics(uri))).toEqual(FOUND.slice(1));
  });

  it('make all safe fixes of an unsaved buffer at once, where that is asked for', async () => {
    const client = await start({ capabilities: PULLS });
    const uri = disk.write('all/foo.c', '// nothing yet\n');
    await client.open(uri, SAMPLE_DRIVER);
    const range = client.placeOf(uri, 'SPDX');
    const request = { textDocument: { uri }, range, context: { diagnostics: [], only: ['source.fixAll'] } };
    const [action]: CodeAction[] = await client.connection.sendRequest('textDocument/codeAction', request);
    expect(action).toMatchObject({ kind: 'source.fixAll.revocableSafety' });
    const after = await client.apply(action?.edit, uri);
    expect(after).toContain('\t.owner = THIS_MODULE,\n');
    expect(after).toContain('devm_kzalloc');
    expect(await client.connection.sendRequest('textDocument/codeAction', request)).toEqual([]);
  });

  it('ask before they make a change that a person has to look at, in clients that can', async () => {
    const workspace = {
      workspaceEdit: { documentChanges: true, changeAnnotationSupport: { groupsOnLabel: true } },
    };
    const client = await start({ capabilities: { ...PULLS, workspace } });
    const uri = disk.write('preview/foo.c', SAMPLE_DRIVER);
    await client.open(uri, SAMPLE_DRIVER);
    const actions = await client.codeActions(uri, client.placeOf(uri, 'misc_deregister(&foo->misc)'));
    const fence = actions.find((action) => action.disabled === undefined && action.title.endsWith('(review)'));
    const { edit }: CodeAction = await client.connection.sendRequest('codeAction/resolve', fence);
    expect(Object.values(edit?.changeAnnotations ?? {})).toEqual([
      { label: fence?.title.replace(' (review)', ''), needsConfirmation: true },
    ]);
    expect(JSON.stringify(edit?.documentChanges)).toContain('annotationId');
    const owner = actions.concat(await client.codeActions(uri, client.placeOf(uri, 'foo_fops = {')));
    const safe = owner.find((action) => action.title === 'Set the owner of the operations');
    const resolved: CodeAction = await client.connection.sendRequest('codeAction/resolve', safe);
    expect(resolved.edit?.changeAnnotations).toBeUndefined();
  });

  it('refuse to resolve for a text that has changed', async () => {
    const client = await start({ capabilities: PULLS });
    const uri = disk.write('stale/foo.c', SAMPLE_DRIVER);
    await client.open(uri, SAMPLE_DRIVER);
    const [action] = await client.codeActions(uri, client.placeOf(uri, 'foo_fops = {'));
    await client.edit(uri, '// SPDX', '/* */ // SPDX');
    await expect(client.connection.sendRequest('codeAction/resolve', action)).rejects.toMatchObject({ code: -32801 });
  });

  it('name what a tree lacks, and are never preferred then', async () => {
    const client = await start({ capabilities: PULLS });
    const uri = disk.write('needs/foo.c', SAMPLE_DRIVER);
    await client.open(uri, SAMPLE_DRIVER);
    const actions = await client.codeActions(uri, client.placeOf(uri, 'misc_deregister(&foo->misc)'));
    const insert = actions.find((action) => action.title.includes('needs the fs_revocable series'));
    expect(insert?.isPreferred).toBeUndefined();
    expect(insert?.title).toMatch(/\(review\)$/);
  });
});

describe('code lenses', () => {
  it('show the verdict at both ends, and lead to the explanation', async () => {
    const client = await start({ capabilities: PULLS });
    const uri = disk.write('lens/foo.c', SAMPLE_DRIVER);
    await client.open(uri, SAMPLE_DRIVER);
    const lenses: { range: unknown; command: { title: string; command: string; arguments: unknown[] } }[] =
      await client.connection.sendRequest('textDocument/codeLens', { textDocument: { uri } });
    expect(lenses).toHaveLength(2);
    expect(lenses[0]?.command.title).toMatch(/^vulnerable: read touches/);
    const explained = await client.connection.sendRequest('workspace/executeCommand', {
      command: lenses[0]?.command.command,
      arguments: lenses[0]?.command.arguments,
    });
    expect(explained).toContain('foo_remove');
  });
});

describe('robustness', () => {
  it('answers for files that are not there and for names that are no file', async () => {
    const client = await start({ capabilities: PULLS });
    for (const uri of ['file:///no/such/file.c', 'git:/foo.c?ref', 'file:///%E0%A4%A', 'nonsense']) {
      expect(await client.diagnostics(uri)).toEqual([]);
      expect(await client.connection.sendRequest('textDocument/codeLens', { textDocument: { uri } })).toEqual([]);
    }
  });

  it('answers for text that is no C', async () => {
    const client = await start({ capabilities: PULLS });
    const broken = `${SAMPLE_DRIVER.slice(0, 900)}((((\u0000\ud800 }}}} /* "\n#if\n#else\n#else\n`;
    const uri = disk.write('broken/foo.c', broken);
    await client.open(uri, broken);
    expect((await client.pull(uri)).kind).toBe('full');
    await client.edit(uri, '((((', '');
    expect((await client.pull(uri)).kind).toBe('full');
  });

  it('answers for a huge file', async () => {
    const client = await start({ capabilities: PULLS });
    const huge = 'static int x = 1;\n'.repeat(400_000);
    const uri = disk.write('huge/foo.c', '');
    await client.open(uri, huge);
    expect((await client.pull(uri)).kind).toBe('full');
  });

  it('survives requests that are cancelled', async () => {
    const client = await start({ capabilities: PULLS });
    const uri = disk.write('cancel/foo.c', SAMPLE_DRIVER);
    await client.open(uri, SAMPLE_DRIVER);
    const request = client.connection.sendRequest('textDocument/diagnostic', { textDocument: { uri } });
    // The library numbers requests from zero: `initialize` was the first.
    await client.connection.sendNotification('$/cancelRequest', { id: 1 });
    await expect(request).rejects.toMatchObject({ code: -32800 });
    expect(codes(await client.diagnostics(uri))).toEqual(FOUND);
  });

  it('rejects a command that it does not know', async () => {
    const client = await start({ capabilities: PULLS });
    const call = client.connection.sendRequest('workspace/executeCommand', { command: 'no.such', arguments: [] });
    await expect(call).rejects.toMatchObject({ code: -32602 });
  });

  it('ends as the protocol says', async () => {
    const orderly = await LanguageClient.start(server);
    expect(await orderly.stop()).toBe(0);
    const abrupt = await LanguageClient.start(server);
    expect(await abrupt.exit()).toBe(1);
  });
});

describe('settings and folders', () => {
  it('tells about malformed settings once and works on', async () => {
    const client = await start({
      capabilities: { ...PULLS, workspace: { configuration: true } },
      folders: [folder('malformed')],
      configuration: () => ({ severity: 'loud', nonsense: 1 }),
    });
    const uri = disk.write('malformed/foo.c', SAMPLE_DRIVER);
    await client.open(uri, SAMPLE_DRIVER);
    expect(codes(await client.diagnostics(uri))).toEqual(FOUND);
    await client.until(() => client.messages.find((message) => message.includes('severity')));
    await client.connection.sendNotification('workspace/didChangeConfiguration', { settings: null });
    expect(codes(await client.diagnostics(uri))).toEqual(FOUND);
    expect(client.messages.filter((message) => message.includes('severity'))).toHaveLength(1);
  });

  it('keeps the settings of each folder apart, and follows changes', async () => {
    let off = 'missing-fops-owner';
    const one = folder('one');
    const client = await start({
      capabilities: { ...PULLS, workspace: { configuration: true } },
      folders: [one, folder('two')],
      configuration: (scope) => (scope === one ? { severity: { [off]: 'off' } } : {}),
    });
    const first = disk.write('one/foo.c', SAMPLE_DRIVER);
    const second = disk.write('two/foo.c', SAMPLE_DRIVER);
    await client.open(first, SAMPLE_DRIVER);
    await client.open(second, SAMPLE_DRIVER);
    expect(codes(await client.diagnostics(first))).toEqual(FOUND.slice(1));
    expect(codes(await client.diagnostics(second))).toEqual(FOUND);

    off = 'unfenced-unregister';
    await client.connection.sendNotification('workspace/didChangeConfiguration', { settings: null });
    expect(codes(await client.diagnostics(first))).toEqual(FOUND.slice(0, 2));
  });

  it('reads the project file of a folder, also when it appears later and the editor sends its defaults', async () => {
    const client = await start({
      capabilities: { ...PULLS, workspace: { configuration: true } },
      folders: [folder('project')],
      configuration: () => ({ severity: {}, allow: [], api: '', showMay: true }),
    });
    const uri = disk.write('project/foo.c', SAMPLE_DRIVER);
    await client.open(uri, SAMPLE_DRIVER);
    expect(codes(await client.diagnostics(uri))).toEqual(FOUND);
    const file = disk.write('project/.revsafe.json', '{ "severity": { "missing-fops-owner": "off" } }');
    await client.connection.sendNotification('workspace/didChangeWatchedFiles', { changes: [{ uri: file, type: 1 }] });
    expect(codes(await client.diagnostics(uri))).toEqual(FOUND.slice(1));
  });

  it('adds and removes folders', async () => {
    disk.write('late/.revsafe.json', '{ "severity": { "missing-fops-owner": "off" } }');
    const uri = disk.write('late/sub/foo.c', SAMPLE_DRIVER);
    const client = await start({ capabilities: PULLS });
    const added = { uri: folder('late'), name: 'late' };
    await client.connection.sendNotification('workspace/didChangeWorkspaceFolders', {
      event: { added: [added], removed: [] },
    });
    await client.open(uri, SAMPLE_DRIVER);
    expect(codes(await client.diagnostics(uri))).toEqual(FOUND.slice(1));
  });
});
