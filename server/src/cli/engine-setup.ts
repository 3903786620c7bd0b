/** Makes an engine in Node: grammars from beside the bundle, files from disk, the user's own settings file. */
import { overlayHost } from '../base/overlay-host.ts';
import { loadGrammars } from '../base-node/grammars.ts';
import { createBlockingNodeHost } from '../base-node/node-host.ts';
import { userSettingsFile } from '../base-node/user-settings.ts';
import type { Engine, Settings } from '../engine/api.ts';
import { createEngine } from '../engine/engine.ts';

/** A root and the settings that the command line gives it. Plain data: it travels to workers. */
export interface RootSpec {
  readonly path: string;
  readonly settings: Partial<Settings>;
}

/** `texts` stand for another state of some files than the one on disk. */
export async function createNodeEngine(texts?: ReadonlyMap<string, string>): Promise<Engine> {
  const disk = createBlockingNodeHost();
  const host = texts === undefined ? disk : overlayHost(disk, texts);
  return createEngine({ host, grammars: await loadGrammars(), userFile: userSettingsFile() });
}
