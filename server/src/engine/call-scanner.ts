/**
 * Which of many functions a file calls and which of many fields it sets, told from its bytes: each opening parenthesis
 * and each assignment is looked at with the identifier before it. The cost does not depend on the number of names,
 * and nothing is decoded.
 */

const PARENTHESIS = 0x28;
const ASSIGNMENT = 0x3d;
const SPACE = 0x20;
const TAB = 0x09;
const CARRIAGE_RETURN = 0x0d;

/** 1 for bytes of C identifiers. */
const IDENTIFIER = Uint8Array.from({ length: 256 }, (_, byte) => Number(/\w/.test(String.fromCharCode(byte))));

interface Name {
  readonly bytes: Uint8Array;
  readonly bits: number;
  /** What stands behind it. */
  readonly next: number;
}

export class CallScanner {
  private readonly slots: Int32Array;
  private readonly names: Name[] = [];
  private readonly mask: number;
  private readonly ordinary: ReadonlySet<string>;

  /** A set of bits for each name. A field that is set to an `ordinary` value does not count. */
  constructor(
    calls: ReadonlyMap<string, number>,
    fields: ReadonlyMap<string, number>,
    ordinary: ReadonlySet<string> = new Set(),
  ) {
    this.ordinary = ordinary;
    let size = 64;
    while (size < (calls.size + fields.size) * 8) size *= 2;
    this.mask = size - 1;
    this.slots = new Int32Array(size);
    for (const [name, bits] of calls) this.add(name, bits, PARENTHESIS);
    for (const [name, bits] of fields) this.add(name, bits, ASSIGNMENT);
  }

  private add(name: string, bits: number, next: number): void {
    const bytes = Uint8Array.from(name, (character) => character.charCodeAt(0));
    this.names.push({ bytes, bits, next });
    let hash = 0;
    for (let at = bytes.length - 1; at >= 0; at--) hash = mix(hash, bytes[at] as number);
    let slot = hash & this.mask;
    while (this.slots[slot] !== 0) slot = (slot + 1) & this.mask;
    this.slots[slot] = this.names.length;
  }

  /** Bits of all names that are there. */
  scan(bytes: Uint8Array): number {
    const { slots, mask } = this;
    const { length } = bytes;
    let found = 0;
    for (let at = 1; at < length; at++) {
      const next = bytes[at];
      if (next !== PARENTHESIS && next !== ASSIGNMENT) continue;
      let end = at;
      while (end > 0 && isSpace(bytes[end - 1] as number)) end--;
      let start = end;
      let hash = 0;
      for (; start > 0 && IDENTIFIER[bytes[start - 1] as number] === 1; start--)
        hash = mix(hash, bytes[start - 1] as number);
      if (start === end) continue;
      for (let slot = hash & mask; slots[slot] !== 0; slot = (slot + 1) & mask) {
        const name = this.names[(slots[slot] as number) - 1] as Name;
        if (name.next !== next || (found & name.bits) === name.bits || !equals(bytes, start, end, name.bytes)) continue;
        if (next === PARENTHESIS || !this.ordinary.has(identifierAfter(bytes, at + 1))) found |= name.bits;
      }
    }
    return found;
  }
}

/** Empty when something else follows. */
function identifierAfter(bytes: Uint8Array, at: number): string {
  let start = at;
  while (start < bytes.length && isSpace(bytes[start] as number)) start++;
  let end = start;
  while (end < bytes.length && IDENTIFIER[bytes[end] as number] === 1) end++;
  return String.fromCharCode(...bytes.subarray(start, end));
}

function mix(hash: number, byte: number): number {
  return (Math.imul(hash, 31) + byte) | 0;
}

function isSpace(byte: number): boolean {
  return byte === SPACE || (byte >= TAB && byte <= CARRIAGE_RETURN);
}

function equals(bytes: Uint8Array, start: number, end: number, name: Uint8Array): boolean {
  if (end - start !== name.length) return false;
  for (let at = 0; at < name.length; at++) if (bytes[start + at] !== name[at]) return false;
  return true;
}
