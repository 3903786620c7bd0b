/** What the server offers to a client that says what it can do beyond LSP, and that others never see it. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { CodeAction, CodeLens, Hover } from 'vscode-languageserver/node';
import type { IndexState, NodesParams, ShownModule, TimelineResult } from '../../server/src/lsp/protocol.ts';
import type { ClientOptions } from '../support/language-client.ts';
import { buildServer, LanguageClient, PULLS, temporaryFolder } from '../support/language-client.ts';
import { SAMPLE_DRIVER } from '../support/sample-driver.ts';

const SHOW = 'revocableSafety.showTimeline';

const dist = temporaryFolder('own-client');
const disk = temporaryFolder('own-client-disk');
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
  const uri = disk.write('race/foo.c', SAMPLE_DRIVER);
  await client.open(uri, SAMPLE_DRIVER);
  return { client, uri };
}

const OWN: ClientOptions = { capabilities: PULLS, initializationOptions: { commands: [SHOW] } };

/** Everything that answers at the unregister call, as text. */
async function answers(client: LanguageClient, uri: string): Promise<string> {
  const place = client.placeOf(uri, 'misc_deregister(&foo->misc)');
  const lenses = await client.connection.sendRequest<CodeLens[]>('textDocument/codeLens', { textDocument: { uri } });
  const actions = await client.codeActions(uri, place, await client.diagnostics(uri));
  const hover: Hover | null = await client.hover(uri, 'misc_deregister(&foo->misc)');
  return JSON.stringify([lenses, actions, hover]);
}

describe('race timeline', () => {
  it('is offered by an action, a lens and a hover, and drawn', async () => {
    const { client, uri } = await open(OWN);
    const place = client.placeOf(uri, 'misc_deregister(&foo->misc)');
    const diagnostics = (await client.diagnostics(uri)).filter((one) => one.code === 'unfenced-unregister');
    const actions: readonly CodeAction[] = await client.codeActions(uri, place, diagnostics);
    const action = actions.find((one) => one.command?.command === SHOW);
    expect(action?.command?.arguments).toEqual([uri, place.start.line, place.start.character]);
    expect(await answers(client, uri)).toContain(`command:${SHOW}?`);

    const result = await client.connection.sendRequest<TimelineResult | null>('revocableSafety/timeline', {
      textDocument: { uri },
      position: place.start,
    });
    expect(result?.title).toMatch(/^misc_deregister\(\) does not stop read/);
    expect(result?.svg).toContain('data-step="0"');
    expect(result?.style).toContain('--vscode-editor-foreground');
    const lines = SAMPLE_DRIVER.split('\n');
    const steps = (result?.steps ?? []).map((step) => lines[step.position.line]);
    expect(steps).toContain('\tmisc_deregister(&foo->misc);');
    expect(steps[steps.length - 1]).toBe('\tu32 value = readl(foo->regs);');
  });

  it('is null where nothing races, also for a file that is not open', async () => {
    const { client } = await open(OWN);
    const uri = disk.write('race/closed.c', SAMPLE_DRIVER);
    const ask = (line: number) =>
      client.connection.sendRequest<TimelineResult | null>('revocableSafety/timeline', {
        textDocument: { uri },
        position: { line, character: 1 },
      });
    expect(await ask(0)).toBeNull();
    const line = SAMPLE_DRIVER.split('\n').findIndex((text) => text.includes('misc_deregister'));
    expect((await ask(line))?.steps.length).toBeGreaterThan(3);
  });

  it('is not offered to clients without the command', async () => {
    const { client, uri } = await open({ capabilities: PULLS });
    expect(await answers(client, uri)).not.toContain(SHOW);
  });
});

describe('index of device nodes', () => {
  const storage = disk.write('storage/.keep', '').replace(/\/\.keep$/, '');

  /** A client that asked for the index, with what it was told. */
  async function index(folder: string) {
    const client = await LanguageClient.start(server, {
      folders: [folder],
      capabilities: PULLS,
      initializationOptions: { storageFolder: storage },
    });
    clients.push(client);
    const shown = new Map<string, ShownModule>();
    const states: IndexState[] = [];
    client.connection.onNotification('revocableSafety/nodes', ({ reset, modules }: NodesParams) => {
      if (reset) shown.clear();
      for (const module of modules) {
        if (module.nodes.length === 0) shown.delete(module.id);
        else shown.set(module.id, module);
      }
    });
    client.connection.onNotification('revocableSafety/indexState', (state: IndexState) => void states.push(state));
    const ended = () => client.until(() => (states.some(({ state }) => state !== 'running') ? true : undefined));
    const run = async (): Promise<void> => {
      states.length = 0;
      await client.connection.sendNotification('revocableSafety/index', { action: 'start' });
      await ended();
    };
    await run();
    return { client, shown, states, run, ended };
  }

  it('finds every module, keeps what it found, and follows changes on disk', async () => {
    const first = disk.write('tree/one/foo.c', SAMPLE_DRIVER);
    disk.write('tree/two/empty.c', 'int nothing_here;\n');
    const folder = first.replace(/\/one\/foo\.c$/, '');
    const { client, shown, states, run, ended } = await index(folder);
    expect(states.at(-1)).toEqual({ state: 'done', done: 2, total: 2 });
    const [module] = [...shown.values()];
    expect(shown.size).toBe(1);
    expect(module).toMatchObject({ name: 'foo', folder: 'one' });
    expect(module?.nodes).toMatchObject([
      { api: 'misc_register', operations: 'foo_fops', verdict: 'vulnerable', fences: [], uri: first },
    ]);
    const lines = SAMPLE_DRIVER.split('\n');
    expect(lines[module?.nodes[0]?.position.line ?? 0]).toContain('misc_register(&foo->misc)');
    expect(module?.nodes[0]?.details[0]?.text).toBe('read (foo_read) touches struct foo');

    await run();
    expect([...shown.values()]).toEqual([module]);

    states.length = 0;
    disk.write('tree/two/empty.c', SAMPLE_DRIVER.replaceAll('foo', 'bar'));
    await client.connection.sendNotification('workspace/didChangeWatchedFiles', {
      changes: [{ uri: `${folder}/two/empty.c`, type: 2 }],
    });
    await ended();
    expect([...shown.values()].map(({ nodes }) => nodes[0]?.operations).sort()).toEqual(['bar_fops', 'foo_fops']);
  });
});
