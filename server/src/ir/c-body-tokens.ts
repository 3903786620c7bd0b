/** Tokens of a function body and the nodes that are made of them; see c-body. */
import type { Tokens } from '../syntax/c-scanner.ts';
import { punctuator, TokenKind } from '../syntax/c-scanner.ts';
import type { CNode } from './c-node.ts';

/** What an identifier is to the grammar. `Other` may not stand where a name does. */
export const Word = {
  Name: 0,
  Primitive: 1,
  /** `signed`, `unsigned`, `long`, `short`. */
  Sized: 2,
  /** `struct`, `union`, `enum`. */
  Tag: 3,
  Qualifier: 4,
  Storage: 5,
  /** Begins or continues a statement. */
  Statement: 6,
  Literal: 7,
  Sizeof: 8,
  Offsetof: 9,
  Other: 10,
} as const;
export type Word = (typeof Word)[keyof typeof Word];

const WORDS: ReadonlyMap<string, Word> = new Map(
  (
    [
      [
        Word.Primitive,
        'bool char int float double void size_t ssize_t ptrdiff_t intptr_t uintptr_t charptr_t nullptr_t',
      ],
      [Word.Primitive, 'max_align_t int8_t int16_t int32_t int64_t uint8_t uint16_t uint32_t uint64_t'],
      [Word.Primitive, 'char8_t char16_t char32_t char64_t'],
      [Word.Sized, 'signed unsigned long short'],
      [Word.Tag, 'struct union enum'],
      [Word.Qualifier, 'const volatile'],
      [Word.Storage, 'static extern register inline __inline __inline__'],
      [Word.Statement, 'if else while do for switch case default return break continue goto'],
      [Word.Literal, 'TRUE true FALSE false NULL nullptr'],
      [Word.Sizeof, 'sizeof'],
      [Word.Offsetof, 'offsetof'],
      [Word.Other, 'typedef auto restrict __restrict__ __extension__ _Atomic _Noreturn noreturn _Nonnull constexpr'],
      [Word.Other, 'alignas _Alignas __alignof__ __alignof _alignof alignof _Alignof _Generic asm __asm__ __asm'],
      [Word.Other, '__attribute__ __attribute __declspec __based __cdecl __clrcall __stdcall __fastcall __thiscall'],
      [Word.Other, '__vectorcall __restrict __uptr __sptr _unaligned __unaligned __forceinline thread_local __thread'],
      [Word.Other, '__try __except __finally __leave __volatile__ defined'],
    ] as const
  ).flatMap(([word, names]) => names.split(' ').map((name) => [name, word] as const)),
);

/** Thrown where a body is not plain C. It is no error, and takes no time for a stack. */
export const GIVE_UP = Symbol('not plain C');

export function giveUp(): never {
  throw GIVE_UP;
}

const NO_CHILDREN: readonly CNode[] = [];

export function made(type: string, field: string | null, children: CNode[]): CNode {
  const first = children[0] ?? giveUp();
  const last = children[children.length - 1] as CNode;
  return { type, start: first.start, end: last.end, field, children };
}

/** Gives a node that was just made the field that it turned out to be. */
export function adopt(node: CNode, field: string | null): CNode {
  (node as { field: string | null }).field = field;
  return node;
}

const NUMBER = /^(?:0[xX][\da-fA-F]+|0[bB][01]+|\d+(?:\.\d*)?|\.\d+)[uUlL]*$/;
const QUOTE = 34;
const APOSTROPHE = 39;
const BACKSLASH = 92;

/** One pass over tokens, from left to right. */
export class TokenReader {
  /** Index of the next token. */
  position: number;
  protected readonly text: string;
  private readonly tokens: Tokens;

  constructor(tokens: Tokens, position: number) {
    this.tokens = tokens;
    this.text = tokens.text;
    this.position = position;
  }

  /** Code of the next punctuator, or of the one `ahead` of it; 0 for other tokens and behind the end. */
  protected code(ahead = 0): number {
    const at = this.position + ahead;
    return at < this.tokens.count ? (this.tokens.code[at] as number) : 0;
  }

  protected kind(ahead = 0): number {
    const at = this.position + ahead;
    return at < this.tokens.count ? (this.tokens.kind[at] as number) : 0;
  }

  protected isName(ahead = 0): boolean {
    return this.kind(ahead) === TokenKind.Identifier && this.word(ahead) === Word.Name;
  }

  protected word(ahead = 0): Word {
    return WORDS.get(this.spelling(ahead)) ?? Word.Name;
  }

  protected spelling(ahead = 0): string {
    const at = this.position + ahead;
    return this.text.slice(this.tokens.start[at], this.tokens.end[at]);
  }

  protected startOf(ahead = 0): number {
    return this.tokens.start[this.position + ahead] as number;
  }

  protected endOf(ahead = 0): number {
    return this.tokens.end[this.position + ahead] as number;
  }

  /** The next token as a leaf. */
  protected take(type: string, field: string | null = null): CNode {
    const at = this.position++;
    return {
      type,
      start: this.tokens.start[at] as number,
      end: this.tokens.end[at] as number,
      field,
      children: NO_CHILDREN,
    };
  }

  /** The next token, which must be this punctuator. */
  protected expect(code: number, type: string): CNode {
    return this.code() === code ? this.take(type) : giveUp();
  }

  /** A keyword is its own type. */
  protected keyword(): CNode {
    return this.take(this.spelling());
  }

  /** A name that may stand for a type, a label, a member, …: `type` tells which. */
  protected name(type: string, field: string | null): CNode {
    return this.isName() ? this.take(type, field) : giveUp();
  }

  protected number(field: string | null): CNode {
    return NUMBER.test(this.spelling()) ? this.take('number_literal', field) : giveUp();
  }

  /** `-1` is one token to the grammar where an expression begins. */
  protected signedNumber(field: string | null): CNode {
    const { start } = this.take('-');
    return { ...this.number(field), start };
  }

  protected isSignedNumber(): boolean {
    return this.kind(1) === TokenKind.Number && this.startOf(1) === this.endOf();
  }

  /** A string or a character; what is not closed or has odd escapes is left to the grammar. */
  protected literal(type: 'string_literal' | 'char_literal', field: string | null): CNode {
    const { text } = this;
    const quote = type === 'string_literal' ? QUOTE : APOSTROPHE;
    const end = this.endOf() - 1;
    let at = this.startOf();
    while (text.charCodeAt(at) !== quote) at++;
    if (at >= end || text.charCodeAt(end) !== quote || (quote === APOSTROPHE && end - at < 2)) giveUp();
    for (at++; at < end; at++) {
      if (
        text.charCodeAt(at) === BACKSLASH &&
        /[xuU\r]/.test(text[++at] ?? '') &&
        !/x[\da-fA-F]/.test(text.slice(at, at + 2))
      )
        giveUp();
    }
    return this.take(type, field);
  }
}

/** Punctuators by their spelling. */
export const CODE = {
  openBrace: punctuator('{'),
  closeBrace: punctuator('}'),
  open: punctuator('('),
  close: punctuator(')'),
  openBracket: punctuator('['),
  closeBracket: punctuator(']'),
  semicolon: punctuator(';'),
  comma: punctuator(','),
  colon: punctuator(':'),
  question: punctuator('?'),
  assign: punctuator('='),
  star: punctuator('*'),
  ampersand: punctuator('&'),
  and: punctuator('&&'),
  plus: punctuator('+'),
  minus: punctuator('-'),
  not: punctuator('!'),
  complement: punctuator('~'),
  increment: punctuator('++'),
  decrement: punctuator('--'),
  dot: punctuator('.'),
  arrow: punctuator('->'),
  ellipsis: punctuator('...'),
} as const;
