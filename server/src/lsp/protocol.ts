/** What this server and its own client say to each other beyond LSP. Types and names only: the client imports it. */
import type { Position, TextDocumentIdentifier } from 'vscode-languageserver';

export interface InitializationOptions {
  /** Folder of the installed extension as a URI; rule pages are linked from there. */
  readonly extensionFolder?: string;
  /** Folder (URI) of the program's own for what can be made again; without one nothing is kept. */
  readonly storageFolder?: string;
  /** The client reads files for the server, of whatever scheme: `readFile`, `readFolder` below. */
  readonly fileSystem?: boolean;
  /** Commands that the client itself has; code actions and lenses name no others but those of the server. */
  readonly commands?: readonly string[];
}

/** `workspace/executeCommand`: arguments are `[uri, line]` (zero-based); the answer is Markdown. */
export type ExplainCommand = 'revocableSafety.explain';

/** A command of the client: `[uri, line, character]` (zero-based) of a place where a race can be told. */
export type ShowTimelineCommand = 'revocableSafety.showTimeline';

/** Section of the settings, and prefix of the commands. */
export type Section = 'revocableSafety';

/** Request: the race that is told at a position, as a picture; `null` where there is none. */
export type TimelineRequest = 'revocableSafety/timeline';

export interface TimelineParams {
  readonly textDocument: TextDocumentIdentifier;
  readonly position: Position;
  /** px that the picture may be wide. */
  readonly width?: number;
}

export interface TimelineResult {
  readonly title: string;
  /** Every step is a link with its number in `data-step`. */
  readonly svg: string;
  /** The style sheet of the picture. */
  readonly style: string;
  /** Places of the steps, in their order. */
  readonly steps: readonly { readonly uri: string; readonly position: Position }[];
}

/** Notification of the client: begin the index of device nodes (also to have it sent anew), or stop it. */
export type IndexNotification = 'revocableSafety/index';

export interface IndexParams {
  readonly action: 'start' | 'cancel';
}

/** Notification of the server: modules and their device nodes, as they are found. */
export type NodesNotification = 'revocableSafety/nodes';

export interface NodesParams {
  /** Forget what was sent before. */
  readonly reset: boolean;
  /** Each replaces what was sent of the same module; one without nodes takes it away. */
  readonly modules: readonly ShownModule[];
}

export interface ShownPlace {
  readonly uri: string;
  readonly position: Position;
}

export interface ShownModule {
  /** Unique in the workspace. */
  readonly id: string;
  readonly name: string;
  /** Relative to the workspace folder. */
  readonly folder: string;
  readonly nodes: readonly ShownNode[];
}

export interface ShownNode extends ShownPlace {
  /** Unique in its module. */
  readonly id: string;
  /** The call that registers it. */
  readonly api: string;
  /** Name of its operations table. */
  readonly operations?: string;
  readonly verdict: 'safe' | 'vulnerable' | 'unknown';
  /** Kinds of fences, as reports name them: `lock-flag`, `srcu`, … */
  readonly fences: readonly string[];
  /** The verdict in a few words. */
  readonly summary: string;
  /** What the verdict stands on: proof, races, or what was not understood. */
  readonly details: readonly (ShownPlace & { readonly text: string })[];
}

/** Notification of the server: how far the index is. */
export type IndexStateNotification = 'revocableSafety/indexState';

export interface IndexState {
  readonly state: 'running' | 'done' | 'cancelled' | 'failed';
  /** Modules. */
  readonly done: number;
  readonly total: number;
}

/** Request of the server, where the client offers its files: the text of one; `null` where there is none. */
export type ReadFileRequest = 'revocableSafety/readFile';
export type ReadFileResult = string | null;

/** Request of the server, where the client offers its files: what is in a folder; links are what they lead to. */
export type ReadFolderRequest = 'revocableSafety/readFolder';
export type ReadFolderResult = readonly { readonly name: string; readonly kind: 'file' | 'directory' }[];

/** First message to a server in a web worker. */
export interface WorkerGrammars {
  readonly runtime: Uint8Array;
  readonly c: Uint8Array;
  readonly rust: Uint8Array;
}
