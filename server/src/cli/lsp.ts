/** `revsafe lsp --stdio`: the language server, for editors that start it from the path. */
import { join } from 'node:path';

/** Loads the server's bundle into this process; it reads `--stdio` from the arguments itself and runs until its client leaves. */
export function startServer(): Promise<never> {
  require(join(__dirname, 'server.js'));
  return new Promise(() => {});
}
