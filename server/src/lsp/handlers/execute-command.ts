import type { ExecuteCommandParams } from 'vscode-languageserver';
import { ErrorCodes, ResponseError } from 'vscode-languageserver';
import { guarded } from '../guard.ts';
import type { Session } from '../session.ts';
import { EXPLAIN } from './initialize.ts';

export function registerExecuteCommand(session: Session): void {
  session.connection.onExecuteCommand(
    guarded(session, 'executeCommand', null as string | null, async (params: ExecuteCommandParams) => {
      const [uri, line] = (params.arguments ?? []) as unknown[];
      if (params.command !== EXPLAIN || typeof uri !== 'string' || typeof line !== 'number') {
        throw new ResponseError(ErrorCodes.InvalidParams, `${EXPLAIN} takes a document URI and a line number`);
      }
      const engine = await session.engine();
      return engine.explain(session.path(uri), line);
    }),
  );
}
