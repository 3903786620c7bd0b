/** Inlay hints: behind each use that nothing fences what it may find, and behind what fences the others; where the guard of a read section is dropped. Off unless asked for. */
import type { ModuleAnalysis } from '../analysis/model.ts';
import type { Span } from '../base/span.ts';

export interface InlayHintResult {
  /** Behind which character. */
  readonly offset: number;
  readonly label: string;
  readonly tooltip: string;
}

/** Hints of a file that lie in `span`, each place once. */
export function inlayHintsFor(file: string, span: Span, analysis: ModuleAnalysis): readonly InlayHintResult[] {
  const hints = new Map<number, InlayHintResult>();
  const add = (at: { readonly file: string; readonly span: Span }, label: string, tooltip: string): void => {
    const offset = at.span.end;
    if (at.file === file && offset >= span.start && offset <= span.end && !hints.has(offset)) {
      hints.set(offset, { offset, label, tooltip });
    }
  };
  for (const node of analysis.nodes) {
    for (const race of node.races) {
      const unsure = race.certainty === 'may' ? ' (depends on something that was not understood)' : '';
      add(race.use.at, `${race.object.name} may be gone`, `${race.witness.missing}${unsure}`);
    }
    for (const wait of node.blockingWaits) add(wait.at, 'unbind may hang here', wait.witness.missing);
    if (node.verdict !== 'safe') continue;
    for (const step of node.evidence) {
      if (step.kind === 'lock') add(step.at, `fenced: ${(node.guards ?? node.fences).join(', ')}`, step.text);
    }
  }
  for (const guard of analysis.rust?.guards ?? []) {
    if (guard.lock !== 'revocable' && guard.lock !== 'rcu') continue;
    for (const end of guard.ends)
      if (end.kind === 'dropped')
        add(end.at, `${guard.text} dropped`, 'the read section ends here; sleeping is allowed again');
  }
  return [...hints.values()].sort((a, b) => a.offset - b.offset);
}
