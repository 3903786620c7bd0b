/** Names of sources as users would say them. */
import { cellText } from '../cells.ts';
import type { Source } from './sources.ts';

export function sourceText(source: Source): string {
  return source.kind === 'irq' ? `the interrupt handled by ${callbackName(source)}()` : cellText(source.cell);
}

export function callbackName(source: Source): string {
  return source.setups[0]?.callback.ir.name ?? 'the callback';
}
