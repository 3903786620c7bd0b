/** Messages that no client should send, to the built server: it answers what can be answered, and lives. */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, expect, it } from 'vitest';
import { ROOT } from '../support/repository.ts';
import { budget, damaged } from './damage.ts';

const METHODS = [
  ...['didOpen', 'didChange', 'didClose', 'didSave', 'hover', 'codeAction', 'codeLens', 'diagnostic', 'inlayHint'].map(
    (name) => `textDocument/${name}`,
  ),
  ...['didChangeConfiguration', 'didChangeWatchedFiles', 'executeCommand', 'diagnostic'].map(
    (name) => `workspace/${name}`,
  ),
  ...['codeAction/resolve', '$/cancelRequest', '$/setTrace', 'no/such', ''],
];

/** Values in the shape of parameters, often nearly right. */
const params: fc.Arbitrary<unknown> = fc.oneof(
  fc.jsonValue(),
  fc.record(
    {
      textDocument: fc.record(
        {
          uri: fc.oneof(fc.constantFrom('file:///x/foo.c', 'file:///x/foo.rs', 'untitled:1', ''), fc.string()),
          version: fc.oneof(fc.integer(), fc.constant(null)),
          languageId: fc.constantFrom('c', 'rust', 'plaintext'),
          text: fc.oneof(
            damaged('.c').map(({ text }) => text),
            fc.string(),
          ),
        },
        { requiredKeys: [] },
      ),
      position: fc.record({ line: fc.integer(), character: fc.integer() }),
      range: fc.record({ start: fc.jsonValue(), end: fc.jsonValue() }),
      contentChanges: fc.array(fc.record({ text: fc.string(), range: fc.jsonValue() }, { requiredKeys: ['text'] })),
      context: fc.jsonValue(),
      settings: fc.jsonValue(),
      id: fc.integer(),
    },
    { requiredKeys: [] },
  ),
);

let sent = 0;
afterAll(() => console.log(`server: ${sent} messages`));

it('messages', async () => {
  const message = fc.record({ method: fc.constantFrom(...METHODS), params, asks: fc.boolean() });
  await fc.assert(
    fc.asyncProperty(fc.array(message, { maxLength: 30 }), async (messages) => {
      const server = spawn(process.execPath, [join(ROOT, 'dist/server.js'), '--stdio'], {
        stdio: ['pipe', 'pipe', 'pipe'],
      });
      const ended = new Promise<number | null>((resolve) => server.on('exit', resolve));
      let said = '';
      server.stderr.on('data', (chunk) => {
        said += chunk;
      });
      server.stdin.on('error', () => {});
      const write = (body: object): void => {
        const text = JSON.stringify({ jsonrpc: '2.0', ...body });
        server.stdin.write(`Content-Length: ${Buffer.byteLength(text)}\r\n\r\n${text}`);
      };
      const LAST = 1e9;
      let answered = '';
      const shutDown = new Promise<void>((resolve) => {
        server.stdout.on('data', (chunk) => {
          answered = (answered + chunk).slice(-10_000);
          if (answered.includes(`"id":${LAST}`)) resolve();
        });
      });
      write({ id: 0, method: 'initialize', params: { processId: null, rootUri: null, capabilities: {} } });
      write({ method: 'initialized', params: {} });
      for (const [index, { method, params: given, asks }] of messages.entries())
        write({ ...(asks ? { id: index + 1 } : {}), method, params: given });
      write({ id: LAST, method: 'shutdown' });
      sent += messages.length;
      const first = await Promise.race([shutDown, ended]);
      expect(first, said).toBeUndefined();
      write({ method: 'exit' });
      expect(await ended, said).toBe(0);
    }),
    budget(),
  );
});
