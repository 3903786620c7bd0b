// @ts-check
// A language client of a few lines, for measurements: requests and notifications over the server's stdio.
import { spawn } from 'node:child_process';

const HEADER_END = Buffer.from('\r\n\r\n');

export class LspClient {
  /** @param {string} server path of the bundled server */
  constructor(server) {
    this.process = spawn(process.execPath, [server, '--stdio'], { stdio: ['pipe', 'pipe', 'inherit'] });
    /** @type {Map<number, { resolve: (result: any) => void, reject: (reason: Error) => void }>} */
    this.pending = new Map();
    this.nextId = 1;
    this.buffer = Buffer.alloc(0);
    this.process.stdout.on('data', (/** @type {Buffer} */ chunk) => this.read(chunk));
    this.process.on('exit', (code) => {
      for (const { reject } of this.pending.values()) reject(new Error(`the server ended with ${code}`));
    });
  }

  /** @param {Buffer} chunk */
  read(chunk) {
    this.buffer = Buffer.concat([this.buffer, chunk]);
    for (;;) {
      const end = this.buffer.indexOf(HEADER_END);
      if (end < 0) return;
      const length = Number(/Content-Length: (\d+)/i.exec(this.buffer.toString('latin1', 0, end))?.[1]);
      const start = end + HEADER_END.length;
      if (this.buffer.length < start + length) return;
      const message = JSON.parse(this.buffer.toString('utf8', start, start + length));
      this.buffer = this.buffer.subarray(start + length);
      this.receive(message);
    }
  }

  /** @param {{ id?: number, method?: string, params?: any, result?: any, error?: { message: string } }} message */
  receive({ id, method, params, result, error }) {
    if (id === undefined) return;
    if (method !== undefined) {
      // The server asks us something: settings are asked for by section, everything else is content with null.
      this.send({ id, result: method === 'workspace/configuration' ? params.items.map(() => null) : null });
      return;
    }
    const waiting = this.pending.get(id);
    this.pending.delete(id);
    if (error !== undefined) waiting?.reject(new Error(error.message));
    else waiting?.resolve(result);
  }

  /** @param {object} message */
  send(message) {
    const body = JSON.stringify({ jsonrpc: '2.0', ...message });
    this.process.stdin.write(`Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`);
  }

  /** @param {string} method @param {unknown} params @returns {Promise<any>} */
  request(method, params) {
    const id = this.nextId++;
    return new Promise((resolve, reject) => {
      this.pending.set(id, { resolve, reject });
      this.send({ id, method, params });
    });
  }

  /** @param {string} method @param {unknown} params */
  notify(method, params) {
    this.send({ method, params });
  }
}
