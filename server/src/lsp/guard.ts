/** Isolation of requests: a failure is logged and answered, and the server goes on. */

import type { CancellationToken } from 'vscode-languageserver';
import { LSPErrorCodes, ResponseError } from 'vscode-languageserver';
import { Cancelled } from '../base/cancellation.ts';
import type { Session } from './session.ts';

/** Answers `fallback` when the handler fails, and "content modified" when an edit made its answer pointless. */
export function guarded<Params, Result, Data = void>(
  session: Session,
  what: string,
  fallback: Result | ResponseError<Data>,
  handler: (params: Params, token: CancellationToken) => Promise<Result>,
): (params: Params, token: CancellationToken) => Promise<Result | ResponseError<Data>> {
  return async (params, token) => {
    try {
      return await handler(params, token);
    } catch (error) {
      if (error instanceof ResponseError) return error as ResponseError<Data>;
      if (error instanceof Cancelled) return cancelled(token);
      session.logFailure(what, error);
      return fallback;
    }
  };
}

/** A notification's failure is only logged. */
export function logged<Params>(
  session: Session,
  what: string,
  handler: (params: Params) => Promise<void>,
): (params: Params) => void {
  return (params) => {
    handler(params).catch((error: unknown) => session.logFailure(what, error));
  };
}

function cancelled<Data>(token: CancellationToken): ResponseError<Data> {
  return token.isCancellationRequested
    ? new ResponseError(LSPErrorCodes.RequestCancelled, 'cancelled by the client')
    : new ResponseError(LSPErrorCodes.ContentModified, 'the document has changed');
}
