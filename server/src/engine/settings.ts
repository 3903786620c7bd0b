/**
 * The settings, as data: defaults, types and descriptions stand once, here. The manifest's configuration section is
 * generated from `settingsSchema`, and project files are validated against it.
 */
import type { AllowEntry, Settings } from './api.ts';

/** The shape of one value, a small subset of JSON Schema. */
export type SettingType =
  | { readonly type: 'boolean' }
  | { readonly type: 'string'; readonly enum?: readonly string[] }
  | { readonly type: 'strings' }
  /** Names to severities. */
  | { readonly type: 'severities' }
  | { readonly type: 'allow' };

export interface SettingSchema {
  readonly key: keyof Settings;
  readonly value: SettingType;
  /** One sentence or two, Markdown, for the settings page. */
  readonly description: string;
  /** Only a person's own settings may set it: it names files outside the folder. */
  readonly machine?: boolean;
}

const SEVERITIES: readonly string[] = ['error', 'warning', 'hint', 'off'];

export const defaultSettings: Settings = {
  severity: {},
  triggerSeverity: {},
  allow: [],
  api: '',
  kernel: '',
  contracts: [],
  showMay: true,
  exclude: [],
  codeLens: true,
  inlayHints: false,
  fileDecorations: false,
};

export const settingsSchema: readonly SettingSchema[] = [
  {
    key: 'severity',
    value: { type: 'severities' },
    description: 'Severity per rule: `{ "missing-fops-owner": "hint" }`. `off` turns a rule off.',
  },
  {
    key: 'triggerSeverity',
    value: { type: 'severities' },
    description:
      'Highest severity per trigger (`hot-unplug`, `parent-removal`, `sysfs-unbind`, `object-destroy`, `module-unload`): ' +
      'a finding is shown as the gravest of its triggers allows. `off` hides findings that only that trigger can cause.',
  },
  {
    key: 'allow',
    value: { type: 'allow' },
    description:
      'Findings that are accepted: `{ "rule", "file", "function", "reason" }`; `file` (a glob) and `function` may be left out, the reason may not.',
  },
  {
    key: 'api',
    value: {
      type: 'string',
      enum: ['', 'F1', 'F2', 'F3a', 'F3b', 'G1', 'G2', 'G3', 'G3r', 'G4', 'G5', 'G6', 'G7', 'G8'],
    },
    description:
      'Generation of the revocable API that quick fixes use although the tree has another. Empty: what the tree has.',
  },
  {
    key: 'kernel',
    value: { type: 'string' },
    description: 'Folder of kernel sources, for drivers that are kept outside a kernel tree.',
    machine: true,
  },
  {
    key: 'contracts',
    value: { type: 'strings' },
    description: 'JSON files with facts about functions of your own, relative to the folder.',
  },
  {
    key: 'showMay',
    value: { type: 'boolean' },
    description: 'Show findings that depend on something the analysis could not decide, as hints.',
  },
  {
    key: 'exclude',
    value: { type: 'strings' },
    description: 'Globs of files that are not checked, relative to the folder.',
  },
  {
    key: 'codeLens',
    value: { type: 'boolean' },
    description:
      'Show the verdict above register and unregister calls: what can still run after them, and what fences it.',
  },
  {
    key: 'inlayHints',
    value: { type: 'boolean' },
    description:
      'Show hints behind uses that nothing fences, behind what fences the others, and where the guard of a revocable is dropped.',
  },
  {
    key: 'fileDecorations',
    value: { type: 'boolean' },
    description:
      'Mark files with vulnerable device nodes in the explorer, once the nodes of the workspace are indexed.',
  },
];

/** Settings that were understood, and one sentence for each that was not. */
export interface ParsedSettings {
  readonly settings: Partial<Settings>;
  readonly problems: readonly string[];
}

/** Reads settings from a value of unknown shape; what is wrong is left out and said. `source` begins each sentence. */
export function parseSettings(value: unknown, source: string, ruleIds: readonly string[]): ParsedSettings {
  const problems: string[] = [];
  const say = (text: string): void => void problems.push(`${source}: ${text}`);
  if (!isRecord(value)) {
    say('is not an object');
    return { settings: {}, problems };
  }
  const settings: Record<string, unknown> = {};
  for (const [key, given] of Object.entries(value)) {
    if (key === '$schema') continue;
    const schema = settingsSchema.find((candidate) => candidate.key === key);
    if (schema === undefined) {
      say(
        `unknown setting "${key}"${nearest(
          key,
          settingsSchema.map((known) => known.key),
        )}`,
      );
      continue;
    }
    const fault = faultOf(given, schema.value);
    if (fault !== undefined) say(`"${key}" ${fault}`);
    else settings[key] = given;
    if (fault === undefined && key === 'severity') {
      for (const rule of Object.keys(given as object)) {
        if (!ruleIds.includes(rule)) say(`"severity" names no rule: "${rule}"${nearest(rule, ruleIds)}`);
      }
    }
    if (fault === undefined && key === 'allow') {
      for (const entry of given as readonly AllowEntry[]) {
        if (!ruleIds.includes(entry.rule)) say(`"allow" names no rule: "${entry.rule}"${nearest(entry.rule, ruleIds)}`);
      }
    }
  }
  return { settings, problems };
}

/** Parses the text of a project file. */
export function parseSettingsText(text: string, source: string, ruleIds: readonly string[]): ParsedSettings {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    return {
      settings: {},
      problems: [`${source}: is not JSON (${error instanceof Error ? error.message : String(error)})`],
    };
  }
  return parseSettings(value, source, ruleIds);
}

/** Later layers win; severities are merged by name and `allow` lists are joined. */
export function mergeSettings(layers: readonly Partial<Settings>[]): Settings {
  let merged = defaultSettings;
  for (const layer of layers) {
    merged = {
      ...merged,
      ...layer,
      severity: { ...merged.severity, ...layer.severity },
      triggerSeverity: { ...merged.triggerSeverity, ...layer.triggerSeverity },
      allow: [...merged.allow, ...(layer.allow ?? [])],
    };
  }
  return merged;
}

function faultOf(given: unknown, type: SettingType): string | undefined {
  switch (type.type) {
    case 'boolean':
      return typeof given === 'boolean' ? undefined : 'must be true or false';
    case 'string':
      if (typeof given !== 'string') return 'must be a string';
      if (type.enum !== undefined && !type.enum.includes(given)) {
        return `must be one of ${type.enum.filter((name) => name !== '').join(', ')}`;
      }
      return undefined;
    case 'strings':
      return Array.isArray(given) && given.every((entry) => typeof entry === 'string')
        ? undefined
        : 'must be a list of strings';
    case 'severities': {
      if (!isRecord(given)) return 'must be an object';
      const wrong = Object.entries(given).find(([, value]) => !SEVERITIES.includes(value as string));
      return wrong === undefined ? undefined : `has a wrong severity for "${wrong[0]}": use ${SEVERITIES.join(', ')}`;
    }
    case 'allow':
      return faultOfAllow(given);
  }
}

function faultOfAllow(given: unknown): string | undefined {
  if (!Array.isArray(given)) return 'must be a list of { rule, file, function, reason }';
  for (const [index, entry] of given.entries()) {
    if (!isRecord(entry)) return `entry ${index + 1} is not an object`;
    for (const [key, value] of Object.entries(entry)) {
      if (!['rule', 'file', 'function', 'reason'].includes(key))
        return `entry ${index + 1} has an unknown key "${key}"`;
      if (typeof value !== 'string') return `entry ${index + 1}: "${key}" must be a string`;
    }
    if (entry.rule === undefined) return `entry ${index + 1} names no rule`;
    if (typeof entry.reason !== 'string' || entry.reason.trim() === '') return `entry ${index + 1} gives no reason`;
  }
  return undefined;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** `, did you mean "x"?` when a known name differs in few letters. */
function nearest(name: string, known: readonly string[]): string {
  let best: string | undefined;
  let least = 3;
  for (const candidate of known) {
    const distance = editDistance(name.toLowerCase(), candidate.toLowerCase());
    if (distance < least) [best, least] = [candidate, distance];
  }
  return best === undefined ? '' : `, did you mean "${best}"?`;
}

function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const substitution = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min((row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1, substitution));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
