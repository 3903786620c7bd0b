/** What this server and its own client say to each other beyond LSP. Types and names only: the client imports it. */

export interface InitializationOptions {
  /** Folder of the installed extension as a URI; rule pages are linked from there. */
  readonly extensionFolder?: string;
}

/** `workspace/executeCommand`: arguments are `[uri, line]` (zero-based); the answer is Markdown. */
export type ExplainCommand = 'revocableSafety.explain';

/** Section of the settings, and prefix of the commands. */
export type Section = 'revocableSafety';
