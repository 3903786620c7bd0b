/**
 * The engine's front door: editor-neutral data in and out. `lsp` and `cli` are thin adapters over this file.
 */

import type { DeviceNode, ModuleAnalysis } from '../analysis/model.ts';
import type { CancellationToken } from '../base/cancellation.ts';
import type { Host } from '../base/host.ts';
import type { Location, Span, TextEdit } from '../base/span.ts';
import type { InlayHintResult } from '../features/inlay-hints.ts';
import type { Timeline } from '../features/timeline.ts';
import type { Generation } from '../knowledge/generation.ts';
import type { Knowledge } from '../knowledge/lookup.ts';
import type { Finding, Rule, Severity } from '../rules/rule.ts';
import type { FileScan } from './batch.ts';
import type { ModulePlan } from './module-map.ts';

// What adapters name in their types; they import nothing below the engine.
export type { CallSite, DeviceNode, Race, Step, Witness } from '../analysis/model.ts';
export type { InlayHintResult } from '../features/inlay-hints.ts';
export type { Timeline } from '../features/timeline.ts';
export { timelineOf } from '../features/timeline.ts';
export { escapeXml, TIMELINE_STYLE, timelineSvg } from '../features/timeline-svg.ts';
export { threadNames } from '../features/vocabulary.ts';
export type { Finding, Rule, Severity } from '../rules/rule.ts';
export type { FileScan } from './batch.ts';
export type { ModulePlan } from './module-map.ts';
export type { IndexedModule } from './node-index.ts';

/** Bytes that the host loads once: the web-tree-sitter runtime and the grammars. */
export interface Grammars {
  readonly runtime: Uint8Array;
  readonly c: Uint8Array;
  /** Asked for when the first Rust file is met. */
  rust(): Promise<Uint8Array>;
}

export interface AllowEntry {
  readonly rule: string;
  readonly file?: string;
  readonly function?: string;
  readonly reason: string;
}

/** Settings (`revocableSafety.*`) and `.revsafe.json`: same keys. */
export interface Settings {
  readonly severity: Readonly<Record<string, Severity | 'off'>>;
  /** Shift by trigger: `{ "sysfs-unbind": "hint" }`. */
  readonly triggerSeverity: Readonly<Record<string, Severity | 'off'>>;
  readonly allow: readonly AllowEntry[];
  /** Generation id to use although the tree has another: `F2`, `F3a`, `G4`, …; empty for what the tree has. */
  readonly api: string;
  /** Folder of kernel sources for files outside a kernel tree; empty for none. */
  readonly kernel: string;
  /** Files with user-supplied contracts, relative to the root. */
  readonly contracts: readonly string[];
  /** Show findings of certainty `may` (editor: hints). */
  readonly showMay: boolean;
  /** Globs of files that are not checked. */
  readonly exclude: readonly string[];
  /** Editors: verdicts above register and unregister calls. */
  readonly codeLens: boolean;
  /** Editors: hints behind uses that nothing fences, and behind what fences the others. */
  readonly inlayHints: boolean;
  /** Editors: marks on files with vulnerable nodes, once the nodes are indexed. */
  readonly fileDecorations: boolean;
}

export interface SuppressedFinding {
  readonly finding: Finding;
  readonly reason: string;
  /** The comment, or the settings entry. */
  readonly kind: 'comment' | 'settings' | 'baseline';
}

export interface Note {
  readonly at: Location;
  /** A sentence without capital and full stop. */
  readonly reason: string;
  /** `not-understood`: something in the source; `suppression`: a mistake in a comment; `file`: how it was read; `failure`: the analyser's own. */
  readonly kind: 'not-understood' | 'suppression' | 'file' | 'failure';
}

/** Result for one file, in the light of its whole module. */
export interface FileReport {
  readonly file: string;
  readonly findings: readonly Finding[];
  readonly suppressed: readonly SuppressedFinding[];
  /** Device nodes whose register or unregister call is in this file. */
  readonly nodes: readonly DeviceNode[];
  /** What was not understood, and mistakes in suppression comments (`reason` is a sentence). */
  readonly notes: readonly Note[];
  /** Changes when anything above changes: the pull-diagnostics result id. */
  readonly resultId: string;
}

/** One module of a batch run. */
export interface ModuleReport {
  readonly module: string;
  readonly files: readonly FileReport[];
  readonly analysis: ModuleAnalysis;
  /** Every file and folder that the result depends on, absolute: while none of them changes, neither does the result. */
  readonly inputs: readonly string[];
}

export interface Failure {
  readonly file: string;
  readonly reason: string;
  /** The analyser failed (exit code 3), as against a file that could not be read. */
  readonly internal: boolean;
}

export interface BatchOptions {
  readonly rules?: readonly string[];
  /** Look at every module, also at those in which no rule can start. */
  readonly everything?: boolean;
  /** No facts, only what lowering tells of the modules in which the rules can start: unknown callees, problems. */
  readonly survey?: boolean;
  /** Look also at modules whose nodes are all behind a core: no rule starts there, but the inventory lists them. */
  readonly everyNode?: boolean;
  readonly token?: CancellationToken;
  /** Called after each module. */
  readonly onProgress?: (done: number, total: number, file: string) => void;
}

export interface BatchStats {
  /** Files found, files that could matter and were parsed, modules, nodes. */
  files: number;
  parsed: number;
  modules: number;
  nodes: number;
  functions: number;
  /** ms of wall clock. */
  elapsed: number;
  /** ms by phase; those of several workers add up. */
  readonly phases: Record<Phase, number>;
  /** Modules whose results came from an earlier run. */
  cached: number;
}

/** `plan`: which modules there are; `scan`: which may matter; `load`: reading, parsing, lowering; `report`: rules and what is made of them. */
export type Phase = 'plan' | 'scan' | 'load' | 'analysis' | 'report';

export function emptyStats(): BatchStats {
  return {
    files: 0,
    parsed: 0,
    modules: 0,
    nodes: 0,
    functions: 0,
    elapsed: 0,
    phases: { plan: 0, scan: 0, load: 0, analysis: 0, report: 0 },
    cached: 0,
  };
}

export interface HoverResult {
  readonly span: Span;
  readonly markdown: string;
}

export interface CodeActionOffer {
  /** Resolve with `resolveAction`. */
  readonly id: string;
  readonly title: string;
  readonly safety: 'safe' | 'review';
  readonly preferred: boolean;
  readonly disabled?: string;
  /** What the tree lacks for it: it is never applied with others. */
  readonly lacks?: string;
  readonly finding: Finding;
}

export interface LensResult {
  readonly span: Span;
  /** A few words: "vulnerable: read, ioctl touch freed struct foo". */
  readonly title: string;
  readonly node: DeviceNode;
}

export interface RootInfo {
  readonly path: string;
  /** Folder of the kernel tree that the root lies in, if any. */
  readonly tree?: string;
  readonly generation: Generation;
  /** What ships with the program and the contracts of the root. */
  readonly knowledge: Knowledge;
  readonly settings: Settings;
  /** Mistakes in `.revsafe.json` or in contract files, one sentence each. */
  readonly problems: readonly string[];
}

export interface Engine {
  readonly host: Host;
  readonly rules: readonly Rule[];

  /** Adds a workspace folder or the root of a batch run; reads its project file and detects its generation. */
  addRoot(path: string, settings?: Partial<Settings>): Promise<RootInfo>;
  removeRoot(path: string): void;
  /** Where the root for a path belongs: the kernel tree around it, the nearest folder with a project file, or its own folder. */
  findRoot(path: string): Promise<string>;
  rootOf(path: string): RootInfo | undefined;

  /** An open editor buffer hides the file. `version` is the editor's. */
  openDocument(path: string, text: string, version: number): void;
  /** Incremental edit: replacements in order, each against the text after the one before. */
  changeDocument(
    path: string,
    changes: readonly { readonly span?: Span; readonly text: string }[],
    version: number,
  ): void;
  closeDocument(path: string): void;
  /** A file changed on disk. */
  invalidate(path: string): void;
  documentVersion(path: string): number | undefined;
  /** Current text: the open buffer, or what was last read. */
  text(path: string): string | undefined;

  checkFile(path: string, token?: CancellationToken): Promise<FileReport>;
  /** Every file under the paths (files or folders), module by module; bad files go to `failures`. */
  checkTree(
    paths: readonly string[],
    options: BatchOptions,
    failures: Failure[],
    stats: BatchStats,
  ): AsyncIterable<ModuleReport>;
  /** The first step of `checkTree`: which modules there are. Plans are plain data and may go to workers. */
  planTree(paths: readonly string[], failures: Failure[], stats: BatchStats): Promise<readonly ModulePlan[]>;
  /** What a file names, as bits that depend on the program and the root's contracts; or why it cannot be read. */
  scanFile(path: string): Promise<FileScan>;
  /** Scans of every file of the plans, and of those beside them. */
  scanPlans(plans: readonly ModulePlan[], options: BatchOptions): Promise<ReadonlyMap<string, FileScan>>;
  /** Files that are to be scanned besides those of the plans, which were. */
  filesBeside(
    plans: readonly ModulePlan[],
    scans: ReadonlyMap<string, FileScan>,
    options: BatchOptions,
  ): Promise<readonly string[]>;
  /** The second step: which modules may hold what is looked for. `scans` has an entry for every file of the plans. */
  selectPlans(
    plans: readonly ModulePlan[],
    scans: ReadonlyMap<string, FileScan>,
    options: BatchOptions,
    failures: Failure[],
  ): readonly ModulePlan[];
  /** The last step of `checkTree`. */
  checkPlans(
    plans: readonly ModulePlan[],
    options: BatchOptions,
    failures: Failure[],
    stats: BatchStats,
  ): AsyncIterable<ModuleReport>;

  hover(path: string, offset: number): Promise<HoverResult | undefined>;
  codeActions(path: string, span: Span, token?: CancellationToken): Promise<readonly CodeActionOffer[]>;
  resolveAction(path: string, id: string): Promise<readonly TextEdit[] | undefined>;
  /** The safe fixes of a file that do not get in each other's way. */
  fixAll(path: string, token?: CancellationToken): Promise<readonly TextEdit[]>;
  lenses(path: string): Promise<readonly LensResult[]>;
  inlayHints(path: string, span: Span, token?: CancellationToken): Promise<readonly InlayHintResult[]>;
  /** The race that is told at a place, or else on its lines: of a finding, shown or suppressed, or of a device node. */
  timeline(path: string, span: Span, token?: CancellationToken): Promise<Timeline | undefined>;
  /** Why a line was or was not reported, Markdown. */
  explain(path: string, line: number): Promise<string>;
}
