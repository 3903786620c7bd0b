/** Where mutants start: the repository's own safe drivers, and those of a kernel tree. */
import type { Host } from '../../server/src/base/host.ts';
import { dirname, join, relative } from '../../server/src/base/host.ts';
import type { Grammars } from '../../server/src/engine/api.ts';
import type { CParser } from '../../server/src/syntax/c-parser.ts';
import { parseFixture } from '../support/fixtures.ts';
import { parseSource } from './c-tree.ts';
import type { Case } from './campaign.ts';
import { REMOVAL_RULES } from './campaign.ts';
import type { Subject } from './mutant.ts';
import type { Outcome, Overlay } from './workbench.ts';
import { Workbench } from './workbench.ts';

const TREE = '/tree';
const FOLDER = `${TREE}/drivers/fixture`;
const NEWEST = '7.2';

/** A case of the repository: the path that reports show, and the text. */
export interface OwnFile {
  readonly path: string;
  readonly text: string;
}

export type Opened = { readonly kind: 'case'; readonly on: Case } | { readonly kind: 'left-out'; readonly why: string };

/** A fixture or sample in a tree of its own. */
export async function openOwnFile(own: OwnFile, parser: CParser, grammars: Grammars): Promise<Opened> {
  const fixture = parseFixture(own.path.slice(own.path.lastIndexOf('/') + 1), own.text);
  const [version, patchlevel] = (fixture.kernel ?? NEWEST).split('.');
  const overlay: Overlay = new Map([
    [`${TREE}/Makefile`, `VERSION = ${version}\nPATCHLEVEL = ${patchlevel}\n`],
    [`${TREE}/Kbuild`, ''],
    [`${TREE}/MAINTAINERS`, ''],
  ]);
  const files = fixture.files.map(({ name, text }) => ({
    path: name.startsWith('/') ? TREE + name : `${FOLDER}/${name}`,
    text,
  }));
  for (const { path, text } of files) overlay.set(path, text);
  const workbench = await Workbench.open(TREE, overlay, undefined, grammars);
  return openCase(
    own.path,
    files.map(({ path }) => path).filter((path) => path.endsWith('.c')),
    workbench,
    parser,
  );
}

/** Drivers of a kernel tree; they share one engine. */
export async function openKernel(root: string, disk: Host, grammars: Grammars): Promise<Workbench> {
  return Workbench.open(root, new Map(), disk, grammars);
}

export async function openDriver(root: string, file: string, workbench: Workbench, parser: CParser): Promise<Opened> {
  const path = join(root, file);
  return openCase(relative(root, path), [path], workbench, parser);
}

async function openCase(
  name: string,
  paths: readonly string[],
  workbench: Workbench,
  parser: CParser,
): Promise<Opened> {
  const before = await workbench.check(paths);
  const why = reasonAgainst(before);
  if (why !== undefined) return { kind: 'left-out', why };
  const sources: [string, ReturnType<typeof parseSource>][] = [];
  for (const path of before.files) {
    const text = await workbench.read(path);
    if (text !== undefined) sources.push([path, parseSource(parser, text)]);
  }
  const kbuild = await kbuildOf(dirname(paths[0] ?? '/'), workbench);
  const subject: Subject = {
    name,
    sources: new Map(sources),
    nodes: before.nodes,
    builtin: before.builtin,
    ...(kbuild === undefined ? {} : { kbuild }),
  };
  return { kind: 'case', on: { subject, workbench, before } };
}

/** Mutants start from what the analysis calls safe, with nothing of the removal family reported. */
function reasonAgainst({ nodes, findings }: Outcome): string | undefined {
  if (nodes.length === 0) return 'no node';
  const verdict = nodes.find((node) => node.verdict !== 'safe')?.verdict;
  if (verdict !== undefined) return `a node is ${verdict}`;
  const finding = findings.find(({ rule, message }) => REMOVAL_RULES.has(rule) && message !== 'drainsClose');
  return finding === undefined ? undefined : `${finding.rule} is reported`;
}

async function kbuildOf(folder: string, workbench: Workbench): Promise<Subject['kbuild']> {
  for (const name of ['Kbuild', 'Makefile']) {
    const path = join(folder, name);
    const text = await workbench.read(path);
    if (text !== undefined) return { path, text };
  }
  return undefined;
}
