/** The real engine over files in memory: what fixtures, feature tests and fix proofs run. */
import { readFileSync } from 'node:fs';
import type { Host } from '../../server/src/base/host.ts';
import { basename, dirname } from '../../server/src/base/host.ts';
import type { TextEdit } from '../../server/src/base/span.ts';
import type { Engine, Failure, Grammars, ModuleReport, Settings } from '../../server/src/engine/api.ts';
import { emptyStats } from '../../server/src/engine/api.ts';
import { createEngine } from '../../server/src/engine/engine.ts';
import type { Fixture } from './fixtures.ts';
import { ROOT } from './repository.ts';

/** Folder of the in-memory kernel tree that fixtures live in. */
export const TREE = '/tree';
export const FIXTURE_FOLDER = `${TREE}/drivers/fixture`;
/** Release of the tree when a fixture names none. */
const NEWEST = '7.2';

/** Absolute path → text. */
export type Files = ReadonlyMap<string, string>;

export function createMemoryHost(files: Files): Host {
  const folders = new Map<string, Map<string, 'file' | 'directory'>>();
  for (const path of files.keys()) {
    let kind: 'file' | 'directory' = 'file';
    for (let at = path; at !== '/'; at = dirname(at)) {
      const parent = dirname(at);
      const entries = folders.get(parent) ?? new Map<string, 'file' | 'directory'>();
      folders.set(parent, entries.set(basename(at), kind));
      kind = 'directory';
    }
  }
  return {
    readText: async (path) => {
      const text = files.get(path);
      return text === undefined ? { kind: 'unreadable', reason: 'no such file' } : { kind: 'text', text };
    },
    readDirectory: async (path) =>
      [...(folders.get(path) ?? [])].map(([name, kind]) => ({ name, kind })).sort((a, b) => (a.name < b.name ? -1 : 1)),
    now: () => performance.now(),
    yield: () => new Promise((resolve) => setImmediate(resolve)),
  };
}

function readPackage(path: string): Uint8Array {
  return new Uint8Array(readFileSync(`${ROOT}/node_modules/${path}`));
}

export const grammars: Grammars = {
  runtime: readPackage('web-tree-sitter/web-tree-sitter.wasm'),
  c: readPackage('tree-sitter-c/tree-sitter-c.wasm'),
  rust: async () => readPackage('tree-sitter-rust/tree-sitter-rust.wasm'),
};

/** The fixture's files in a kernel tree; a name that begins with `/` is relative to the tree. */
export function filesOfFixture(fixture: Fixture): Files {
  const [version, patchlevel] = (fixture.kernel ?? NEWEST).split('.');
  const files = new Map([
    [`${TREE}/Makefile`, `VERSION = ${version}\nPATCHLEVEL = ${patchlevel}\n`],
    [`${TREE}/Kbuild`, ''],
    [`${TREE}/MAINTAINERS`, ''],
  ]);
  for (const { name, text } of fixture.files) files.set(pathInTree(name), text);
  return files;
}

/** Path in the in-memory tree of a file that a fixture names. */
export function pathInTree(name: string): string {
  return name.startsWith('/') ? TREE + name : `${FIXTURE_FOLDER}/${name}`;
}

/** The opposite of `pathInTree`. */
export function nameInFixture(path: string): string {
  return path.startsWith(`${FIXTURE_FOLDER}/`) ? path.slice(FIXTURE_FOLDER.length + 1) : path.slice(TREE.length);
}

/** An engine with the tree as its only root. */
export async function openTree(files: Files, settings: Partial<Settings> = {}): Promise<Engine> {
  const engine = await createEngine({ host: createMemoryHost(files), grammars });
  const { problems } = await engine.addRoot(TREE, settings);
  if (problems.length > 0) throw new Error(problems.join('\n'));
  return engine;
}

/** Checks every module of the fixture's folder, also those whose nodes are all behind a core; a failure of the analyser fails the test. */
export async function checkFixtureFolder(engine: Engine): Promise<readonly ModuleReport[]> {
  const failures: Failure[] = [];
  const stats = emptyStats();
  const reports: ModuleReport[] = [];
  for await (const report of engine.checkTree([FIXTURE_FOLDER], { everything: true }, failures, stats))
    reports.push(report);
  if (failures.length > 0) throw new Error(failures.map((failure) => `${failure.file}: ${failure.reason}`).join('\n'));
  if (stats.files === 0) throw new Error('the engine saw no file');
  return reports;
}

/** Files after a set of edits that do not overlap. */
export function applyEdits(files: Files, edits: readonly TextEdit[]): Files {
  const result = new Map(files);
  for (const edit of [...edits].sort((a, b) => b.span.start - a.span.start || b.span.end - a.span.end)) {
    const text = result.get(edit.file);
    if (text === undefined) throw new Error(`edit of a file that is not there: ${edit.file}`);
    result.set(edit.file, text.slice(0, edit.span.start) + edit.text + text.slice(edit.span.end));
  }
  return result;
}

/** Modules of the fixture's folder that a batch run for one rule would parse. */
export async function modulesSelectedFor(engine: Engine, rule: string): Promise<readonly string[]> {
  const plans = await engine.planTree([FIXTURE_FOLDER], [], emptyStats());
  const options = { rules: [rule] };
  const scans = await engine.scanPlans(plans, options);
  return engine.selectPlans(plans, scans, options, []).map((plan) => plan.name);
}
