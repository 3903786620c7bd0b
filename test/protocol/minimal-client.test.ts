/** Clients that know little, much, or other things than this server: nothing of that may break it. */
import { pathToFileURL } from 'node:url';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { ClientCapabilities, CodeAction, CodeLens, InlayHint } from 'vscode-languageserver/node';
import type { ClientOptions } from '../support/language-client.ts';
import { buildServer, LanguageClient, PULLS, temporaryFolder } from '../support/language-client.ts';
import { SAMPLE_DRIVER } from '../support/sample-driver.ts';

const dist = temporaryFolder('minimal');
const disk = temporaryFolder('minimal-disk');
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

async function open(options: ClientOptions) {
  const client = await LanguageClient.start(server, options);
  clients.push(client);
  const uri = disk.write('foo.c', SAMPLE_DRIVER);
  await client.open(uri, SAMPLE_DRIVER);
  return { client, uri };
}

const FOUND = ['missing-fops-owner', 'missing-try-access', 'unfenced-unregister'];

describe('a client without a single capability', () => {
  it('gets its diagnostics pushed, hover, lenses, and fixes with their edits', async () => {
    const { client, uri } = await open({ capabilities: {} });
    const { diagnostics } = await client.until(() => client.published.find((params) => params.uri === uri));
    expect([...new Set(diagnostics.map(({ code }) => code))].sort()).toEqual(FOUND);
    expect(client.initialized.capabilities.diagnosticProvider).toBeUndefined();

    expect(JSON.stringify(await client.hover(uri, 'misc_deregister'))).toContain('Stops new opens');
    const lenses = await client.connection.sendRequest<CodeLens[]>('textDocument/codeLens', { textDocument: { uri } });
    expect(lenses.map((lens) => lens.command?.title)).toContain('after this: 1 operation can still run, none fenced');
    const actions: readonly CodeAction[] = await client.codeActions(uri, client.placeOf(uri, 'foo_fops'), diagnostics);
    // It can neither resolve an action nor show a disabled one.
    expect(actions.filter((action) => action.disabled !== undefined || action.edit === undefined)).toEqual([]);
    const whole = { start: { line: 0, character: 0 }, end: { line: 999, character: 0 } };
    const hints = await client.connection.sendRequest<InlayHint[]>('textDocument/inlayHint', {
      textDocument: { uri },
      range: whole,
    });
    expect(hints).toEqual([]);
  });

  it('survives messages that are not meant for it', async () => {
    const { client, uri } = await open({ capabilities: {} });
    await client.connection.sendNotification('workspace/didChangeConfiguration', {
      settings: { revocableSafety: { codeLens: false } },
    });
    await client.connection.sendNotification('some/otherNotification', { anything: [1] });
    await expect(client.connection.sendRequest('some/otherRequest', {})).rejects.toThrow();
    await client.connection.sendNotification('revocableSafety/index', { action: 'start' });
    await client.connection.sendNotification('textDocument/didClose', { textDocument: { uri: `${uri}.never-opened` } });
    const lenses = await client.connection.sendRequest<CodeLens[]>('textDocument/codeLens', { textDocument: { uri } });
    expect(lenses).toEqual([]);
    expect(await client.hover(uri, 'misc_deregister')).not.toBeNull();
  });
});

describe('capabilities and options that nobody has heard of', () => {
  it.each<[string, ClientOptions]>([
    ['from a later protocol', { capabilities: { ...PULLS, holograms: { depth: 3 } } as ClientCapabilities }],
    [
      'of other types than the standard has',
      { capabilities: { workspace: 7, textDocument: null } as unknown as ClientCapabilities },
    ],
    [
      'as options',
      { capabilities: PULLS, initializationOptions: { commands: 'all', storageFolder: 4, fileSystem: 'yes' } },
    ],
    ['as a list', { capabilities: PULLS, initializationOptions: ['x'] }],
  ])('%s', async (_, options) => {
    const { client, uri } = await open(options);
    expect(await client.hover(uri, 'misc_deregister')).not.toBeNull();
  });
});

describe('a client that offers its files', () => {
  it('is asked for what is no file on disk, and for nothing else', async () => {
    const files = new Map([
      ['memfs://host/tree/foo.h', 'struct foo;\n'],
      ['memfs://host/tree/foo.c', SAMPLE_DRIVER],
    ]);
    const asked: string[] = [];
    const client = await LanguageClient.start(server, {
      capabilities: PULLS,
      folders: ['memfs://host/tree'],
      initializationOptions: { fileSystem: true },
    });
    clients.push(client);
    client.connection.onRequest('revocableSafety/readFile', ({ uri }: { readonly uri: string }) => {
      asked.push(uri);
      return files.get(uri) ?? null;
    });
    client.connection.onRequest('revocableSafety/readFolder', ({ uri }: { readonly uri: string }) => {
      asked.push(uri);
      return [...files.keys()]
        .filter((file) => file.startsWith(`${uri}/`))
        .map((file) => ({ name: file.slice(uri.length + 1), kind: 'file' }));
    });
    const uri = 'memfs://host/tree/bar.c';
    await client.open(uri, SAMPLE_DRIVER.replaceAll('foo', 'bar'));
    const codes = (await client.diagnostics(uri)).map(({ code }) => code);
    expect(codes).toContain('unfenced-unregister');
    expect(asked).toContain('memfs://host/tree');
    expect(asked.filter((one) => !one.startsWith('memfs:'))).toEqual([]);

    const onDisk = disk.write('plain/foo.c', SAMPLE_DRIVER);
    asked.length = 0;
    await client.open(onDisk, SAMPLE_DRIVER);
    await client.diagnostics(onDisk);
    expect(asked).toEqual([]);
    expect(onDisk).toMatch(pathToFileURL(disk.path).href);

    const modules: string[] = [];
    client.connection.onNotification('revocableSafety/nodes', (params: { modules: readonly { name: string }[] }) => {
      modules.push(...params.modules.map(({ name }) => name));
    });
    await client.connection.sendNotification('revocableSafety/index', { action: 'start' });
    await client.until(() => (modules.length > 0 ? true : undefined));
    expect(modules).toEqual(['foo']);
  });
});
