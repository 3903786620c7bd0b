/** A text as an array of char codes that can be written over in place: bytes while it is ASCII, which is the rule. */

export type Codes = Uint8Array | Uint16Array;

export function toCodes(text: string): Codes {
  const bytes = new TextEncoder().encode(text);
  if (bytes.length === text.length) return bytes;
  const codes = new Uint16Array(text.length);
  for (let at = 0; at < text.length; at++) codes[at] = text.charCodeAt(at);
  return codes;
}

const REPLACEMENT = '\ufffd';
const CHUNK = 8192;

export function toText(codes: Codes): string {
  if (codes instanceof Uint8Array) return new TextDecoder('utf-8', { ignoreBOM: true }).decode(codes);
  if (IS_LITTLE_ENDIAN) {
    const text = new TextDecoder('utf-16le', { ignoreBOM: true }).decode(codes);
    // The decoder replaces half of a surrogate pair; a text with one takes the slow way.
    if (!text.includes(REPLACEMENT)) return text;
  }
  const parts: string[] = [];
  for (let at = 0; at < codes.length; at += CHUNK) parts.push(String.fromCharCode(...codes.subarray(at, at + CHUNK)));
  return parts.join('');
}

const IS_LITTLE_ENDIAN = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;
