import { logged } from '../guard.ts';
import type { NodeIndexService } from '../node-index-service.ts';
import type { IndexNotification, IndexParams } from '../protocol.ts';
import type { Session } from '../session.ts';

const INDEX: IndexNotification = 'revocableSafety/index';

export function registerNodeIndex(session: Session, index: NodeIndexService): void {
  session.connection.onNotification(
    INDEX,
    logged(session, 'index', async ({ action }: IndexParams) => {
      await (action === 'start' ? index.start() : index.cancel());
    }),
  );
}
