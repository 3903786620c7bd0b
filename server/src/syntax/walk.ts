/** Where the dialect pass stands in the text. */
import type { Draft } from './draft.ts';

export const Context = {
  File: 0,
  Block: 1,
  Struct: 2,
  Enum: 3,
  Initializer: 4,
  /** Arguments of a call or macro. */
  Call: 5,
  /** Condition of `if`, `for`, … */
  Head: 6,
  /** Parameters and parenthesized declarators. */
  Parameters: 7,
  /** Parentheses in an expression. */
  Group: 8,
  Index: 9,
} as const;
export type Context = (typeof Context)[keyof typeof Context];

export interface Walk {
  readonly draft: Draft;
  readonly contexts: Context[];
  context: Context;
  /** The next token starts an item, statement or member. */
  atStart: boolean;
  /** An `=` was seen since the item of the file or struct started. */
  assigned: boolean;
}
