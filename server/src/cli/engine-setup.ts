/** Makes an engine in Node: grammars from beside the bundle, files from disk, the user's own settings file. */
import { loadGrammars } from '../base-node/grammars.ts';
import { createNodeHost } from '../base-node/node-host.ts';
import { userSettingsFile } from '../base-node/user-settings.ts';
import type { Engine, Settings } from '../engine/api.ts';
import { createEngine } from '../engine/engine.ts';

/** A root and the settings that the command line gives it. Plain data: it travels to workers. */
export interface RootSpec {
  readonly path: string;
  readonly settings: Partial<Settings>;
}

export async function createNodeEngine(): Promise<Engine> {
  return createEngine({ host: createNodeHost(), grammars: await loadGrammars(), userFile: userSettingsFile() });
}
