/** Code lenses at both ends of a device node: its verdict where it begins, and where it ends what still runs after that. */

import type { DeviceNode, ModuleAnalysis } from '../analysis/model.ts';
import type { Span } from '../base/span.ts';
import { FENCE_KIND, verdictText } from './vocabulary.ts';

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
    const { register, unregister } = node;
    if (register.at.file === file) lenses.push({ span: register.at.span, title: shorten(beginText(node)), node });
    const isOneCall = unregister?.at.span.start === register.at.span.start;
    if (unregister?.at.file === file && !isOneCall)
      lenses.push({ span: unregister.at.span, title: shorten(endText(node)), node });
  }
  return lenses.toSorted((a, b) => a.span.start - b.span.start);
}

function beginText(node: DeviceNode): string {
  return node.verdict === 'safe' ? `safe: ${fenceText(node)}` : verdictText(node);
}

/** What the unregister call leaves running, and what stops it. */
function endText(node: DeviceNode): string {
  const hangs = node.blockingWaits.length > 0 ? '; unbind may hang' : '';
  if (node.verdict === 'safe') return `${fenceText(node)}${hangs}`;
  if (node.races.length === 0) return `${verdictText(node)}${hangs}`;
  const later = Object.keys(node.operations.entries).filter(
    (operation) => operation !== 'open' && operation !== 'owner',
  );
  const unfenced = [...new Set(node.races.map((race) => race.operation))].filter((operation) => operation !== 'open');
  if (unfenced.length === 0) return `${verdictText(node)}${hangs}`;
  const count = Math.max(later.length, unfenced.length);
  const running = `after this: ${count} ${count === 1 ? 'operation' : 'operations'} can still run`;
  if (unfenced.length === count) return `${running}, none fenced${hangs}`;
  const named = unfenced.length > 3 ? '' : `: ${unfenced.join(', ')}`;
  return `${running}, ${unfenced.length} unfenced${named}${hangs}`;
}

/** `fenced by lock-flag: rwsem foo.gone_sem`, or why nothing has to be fenced. */
function fenceText({ fences, guards = [] }: DeviceNode): string {
  const [fence] = fences;
  if (fence === undefined || fence === 'no-state') return 'needs no fence: nothing of it dies';
  if (fence === 'builtin' || fence === 'suppress-bind') return `needs no fence: ${FENCE_KIND[fence]}`;
  const by = guards.length > 0 ? guards.join(', ') : FENCE_KIND[fence];
  return `fenced by ${fences.join(' and ')}: ${by}`;
}
