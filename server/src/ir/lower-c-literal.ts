/** Literals and names of C whose value is known without context. */
import type { Value } from './ir.ts';

const CONSTANT_NAME = /^_*[A-Z][A-Z0-9_]*$/;

/** By convention only the preprocessor and enumerations know names in capitals. */
export function isConstantName(name: string): boolean {
  return CONSTANT_NAME.test(name);
}

export function constant(text: string, number?: number): Value {
  return number === undefined || Number.isNaN(number) ? { kind: 'constant', text } : { kind: 'constant', text, number };
}

/** `0x10UL`, `017`, `0b11`, `1.5`. */
export function numberLiteral(text: string): Value {
  const digits = text.replaceAll("'", '').toLowerCase();
  if (digits.startsWith('0x') || digits.startsWith('0b')) return constant(text, Number(digits.replace(/[ulz]+$/, '')));
  const plain = digits.replace(/[ulzf]+$/, '');
  return constant(text, /^0[0-7]+$/.test(plain) ? Number.parseInt(plain, 8) : Number(plain));
}

const ESCAPES: Readonly<Record<string, number>> = { n: 10, t: 9, r: 13, a: 7, b: 8, f: 12, v: 11, e: 27 };

/** `'a'`, `'\n'`, `'\x1b'`, `'\0'`. */
export function characterLiteral(text: string): Value {
  const body = text.slice(text.indexOf("'") + 1, -1);
  if (!body.startsWith('\\')) return constant(text, body.codePointAt(0));
  const code = body.slice(1);
  if (code.startsWith('x')) return constant(text, Number.parseInt(code.slice(1), 16));
  if (/^[0-7]/.test(code)) return constant(text, Number.parseInt(code, 8));
  return constant(text, ESCAPES[code] ?? code.codePointAt(0));
}
