import { Cancelled } from '../../base/cancellation.ts';
import { LineIndex } from '../../base/span.ts';
import { TIMELINE_STYLE, timelineSvg } from '../../engine/api.ts';
import { guarded } from '../guard.ts';
import type { TimelineParams, TimelineRequest, TimelineResult } from '../protocol.ts';
import type { Session } from '../session.ts';
import { toRange } from '../to-lsp.ts';

const TIMELINE: TimelineRequest = 'revocableSafety/timeline';

const NO_LINES = new LineIndex('');

export function registerTimeline(session: Session): void {
  session.connection.onRequest<TimelineResult | null, void>(
    TIMELINE,
    guarded(
      session,
      'timeline',
      null as TimelineResult | null,
      async ({ textDocument, position, width }: TimelineParams, token) => {
        const engine = await session.engine();
        const path = session.path(textDocument.uri);
        const current = session.tokenFor(path, token);
        // The file need not be open: a list of nodes leads to it, too.
        await engine.checkFile(path, current);
        const lines = session.lines(path);
        if (lines === undefined) return null;
        const offset = lines.offsetAt({ line: position.line, column: position.character });
        const timeline = await engine.timeline(path, { start: offset, end: offset }, current);
        if (current.isCancellationRequested) throw new Cancelled();
        if (timeline === undefined) return null;
        const result: TimelineResult = {
          title: timeline.title,
          svg: timelineSvg(timeline, { standalone: false, links: true, ...(width === undefined ? {} : { width }) }),
          style: TIMELINE_STYLE,
          steps: timeline.steps.map(({ at }) => ({
            uri: session.uri(at.file),
            position: toRange(at.span, session.lines(at.file) ?? NO_LINES).start,
          })),
        };
        return result;
      },
    ),
  );
}
