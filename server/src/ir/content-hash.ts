/** A quick 64-bit hash of text for cache keys; not for anything an adversary could gain from. */

const FIRST = 2654435761;
const SECOND = 1597334677;

export interface HashState {
  high: number;
  low: number;
}

export function hashState(): HashState {
  return { high: 0xdeadbeef, low: 0x41c6ce57 };
}

export function hashInto(state: HashState, text: string, start: number, end: number): void {
  let { high, low } = state;
  for (let at = start; at < end; at++) {
    const code = text.charCodeAt(at);
    high = Math.imul(high ^ code, FIRST);
    low = Math.imul(low ^ code, SECOND);
  }
  // The length closes each piece, so that two pieces never run into one another.
  state.high = Math.imul(high ^ (end - start), FIRST);
  state.low = Math.imul(low ^ (end - start), SECOND);
}

/** Sixteen hexadecimal digits. */
export function hashDigest({ high, low }: HashState): string {
  const a = Math.imul(high ^ (high >>> 16), 2246822507) ^ Math.imul(low ^ (low >>> 13), 3266489909);
  const b = Math.imul(low ^ (low >>> 16), 2246822507) ^ Math.imul(a ^ (a >>> 13), 3266489909);
  return hex(a) + hex(b);
}

function hex(word: number): string {
  return (word >>> 0).toString(16).padStart(8, '0');
}
