/** Code lenses: the verdict of a device node, in a few words, at its register and unregister calls. */

import type { DeviceNode, ModuleAnalysis } from '../analysis/model.ts';
import type { Span } from '../base/span.ts';
import { verdictText } from './vocabulary.ts';

export interface LensResult {
  readonly span: Span;
  /** A few words. */
  readonly title: string;
  readonly node: DeviceNode;
}

const LONGEST = 120;

function shorten(text: string): string {
  return text.length <= LONGEST ? text : `${text.slice(0, LONGEST - 1)}…`;
}

export function lensesFor(file: string, analysis: ModuleAnalysis): readonly LensResult[] {
  const lenses: LensResult[] = [];
  for (const node of analysis.nodes) {
    const title = shorten(verdictText(node));
    for (const site of [node.register, node.unregister]) {
      if (site?.at.file !== file) continue;
      lenses.push({ span: site.at.span, title, node });
    }
  }
  return lenses.toSorted((a, b) => a.span.start - b.span.start);
}
