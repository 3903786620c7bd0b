/** What this server and its own client say to each other beyond LSP. Types and names only: the client imports it. */
import type { Position, TextDocumentIdentifier } from 'vscode-languageserver';

export interface InitializationOptions {
  /** Folder of the installed extension as a URI; rule pages are linked from there. */
  readonly extensionFolder?: string;
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
