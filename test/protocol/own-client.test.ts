/** What the server offers to a client that says what it can do beyond LSP, and that others never see it. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { CodeAction, CodeLens, Hover } from 'vscode-languageserver/node';
import type { TimelineResult } from '../../server/src/lsp/protocol.ts';
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
