import type { CodeAction, CodeActionParams, WorkspaceEdit } from 'vscode-languageserver';
import { CodeActionKind, ErrorCodes, ResponseError } from 'vscode-languageserver';
import type { CancellationToken } from '../../base/cancellation.ts';
import { Cancelled } from '../../base/cancellation.ts';
import type { TextEdit } from '../../base/span.ts';
import { spanOf } from '../from-lsp.ts';
import { guarded } from '../guard.ts';
import type { Session } from '../session.ts';
import type { ActionData } from '../to-lsp.ts';
import { FIX_ALL, SOURCE, toCodeAction, toWorkspaceEdit } from '../to-lsp.ts';
import { SHOW_TIMELINE } from './initialize.ts';

export function registerCodeAction(session: Session): void {
  session.connection.onCodeAction(
    guarded(session, 'codeAction', [] as CodeAction[], async (params: CodeActionParams, token) => {
      const wanted = (kind: string): boolean => wantsKind(kind, params.context.only);
      const engine = await session.engine();
      const { uri } = params.textDocument;
      const path = session.path(uri);
      const lines = session.lines(path);
      if (lines === undefined) return [];
      const current = session.tokenFor(path, token);
      const all =
        params.context.only !== undefined && wanted(FIX_ALL) ? await fixAllActions(session, path, current) : [];
      if (!wanted(CodeActionKind.QuickFix)) return all;
      const offers = await engine.codeActions(path, spanOf(params.range, lines), current);
      if (current.isCancellationRequested) throw new Cancelled();

      const support = session.capabilities.textDocument?.codeAction;
      const shown = support?.disabledSupport === true ? offers : offers.filter((offer) => offer.disabled === undefined);
      const actions = shown.map((offer) =>
        toCodeAction(offer, params.context.diagnostics, {
          uri,
          id: offer.id,
          version: session.version(path),
          ...(offer.safety === 'review' ? { review: offer.title } : {}),
        }),
      );
      const race = session.has(SHOW_TIMELINE) ? raceAction(params) : [];
      const resolves = support?.resolveSupport?.properties.includes('edit') === true;
      const fixes = resolves ? actions : await Promise.all(actions.map((action) => withEdit(session, action)));
      return [...all, ...fixes, ...race];
    }),
  );

  session.connection.onCodeActionResolve(
    guarded<CodeAction, CodeAction>(
      session,
      'codeAction/resolve',
      new ResponseError(ErrorCodes.InternalError, 'the fix could not be made; the log says why'),
      (action) => withEdit(session, action),
    ),
  );
}

/** A kind is asked for by its own name or by that of a kind above it; nothing in particular asks for quick fixes. */
function wantsKind(kind: string, only: readonly string[] | undefined): boolean {
  return only === undefined || only.some((asked) => asked === '' || kind === asked || kind.startsWith(`${asked}.`));
}

/** Looks at the race of a finding; the related information of a diagnostic is its witness. */
function raceAction({ textDocument, context }: CodeActionParams): readonly CodeAction[] {
  const told = context.diagnostics.find(
    (diagnostic) => diagnostic.source === SOURCE && (diagnostic.relatedInformation?.length ?? 0) > 0,
  );
  if (told === undefined) return [];
  const { line, character } = told.range.start;
  const title = 'Show the race as a timeline';
  return [
    {
      title,
      kind: CodeActionKind.QuickFix,
      diagnostics: [told],
      command: { title, command: SHOW_TIMELINE, arguments: [textDocument.uri, line, character] },
    },
  ];
}

/** Only where it is asked for (on save, or from the source menu), with its edit: it is made without a further question. */
async function fixAllActions(session: Session, path: string, token: CancellationToken): Promise<CodeAction[]> {
  const engine = await session.engine();
  const edits = await engine.fixAll(path, token);
  if (token.isCancellationRequested) throw new Cancelled();
  if (edits.length === 0) return [];
  return [{ title: 'Apply all safe fixes in this file', kind: FIX_ALL, edit: editFor(session, edits) }];
}

function editFor(session: Session, edits: readonly TextEdit[], review?: string): WorkspaceEdit {
  const support = session.capabilities.workspace?.workspaceEdit;
  const versioned = support?.documentChanges === true;
  const asks = versioned && support?.changeAnnotationSupport !== undefined && review !== undefined;
  return toWorkspaceEdit(edits, session, {
    ...(versioned ? { versionOf: (file: string) => session.version(file) } : {}),
    ...(asks ? { review } : {}),
  });
}

async function withEdit(session: Session, action: CodeAction): Promise<CodeAction> {
  const data = dataOf(action.data);
  if (data === undefined || action.disabled !== undefined) return action;
  const engine = await session.engine();
  const path = session.path(data.uri);
  if (session.version(path) !== data.version) throw new Cancelled();
  const edits = await engine.resolveAction(path, data.id);
  if (session.version(path) !== data.version || edits === undefined) throw new Cancelled();
  return { ...action, edit: editFor(session, edits, data.review) };
}

function dataOf(value: unknown): ActionData | undefined {
  if (typeof value !== 'object' || value === null || !('uri' in value) || !('id' in value)) return undefined;
  if (typeof value.uri !== 'string' || typeof value.id !== 'string') return undefined;
  const version = 'version' in value && typeof value.version === 'number' ? value.version : undefined;
  const review = 'review' in value && typeof value.review === 'string' ? { review: value.review } : {};
  return { uri: value.uri, id: value.id, version, ...review };
}
