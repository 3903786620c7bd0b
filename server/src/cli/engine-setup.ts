/** Makes an engine in Node: grammars from beside the bundle, files from disk, the user's own settings file. */
import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { createNodeHost } from '../base-node/node-host.ts';
import type { Engine, Settings } from '../engine/api.ts';
import { createEngine } from '../engine/engine.ts';

/** A root and the settings that the command line gives it. Plain data: it travels to workers. */
export interface RootSpec {
  readonly path: string;
  readonly settings: Partial<Settings>;
}

/** `$XDG_CONFIG_HOME/revsafe/config.json`, or the same under `~/.config`. */
export function userSettingsFile(environment: NodeJS.ProcessEnv = process.env): string {
  const base = environment.XDG_CONFIG_HOME || join(homedir(), '.config');
  return join(base, 'revsafe', 'config.json');
}

export async function createNodeEngine(): Promise<Engine> {
  const folder = join(__dirname, 'wasm');
  const [runtime, c] = await Promise.all([
    readFile(join(folder, 'web-tree-sitter.wasm')),
    readFile(join(folder, 'tree-sitter-c.wasm')),
  ]);
  return createEngine({ host: createNodeHost(), grammars: { runtime, c }, userFile: userSettingsFile() });
}
