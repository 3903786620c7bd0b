/** Where a person keeps settings of their own, for every project. */
import { homedir } from 'node:os';
import { join } from 'node:path';

/** `$XDG_CONFIG_HOME/revsafe/config.json`, or the same under `~/.config`. */
export function userSettingsFile(environment: NodeJS.ProcessEnv = process.env): string {
  const base = environment.XDG_CONFIG_HOME || join(homedir(), '.config');
  return join(base, 'revsafe', 'config.json');
}
