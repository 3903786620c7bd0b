/**
 * Macros of the kernel crate whose input is almost Rust. The text between their delimiters is rewritten, without moving a
 * character, into what the grammar can read as arguments of a call; the result is parsed on its own.
 *
 * - `try_pin_init!(&this in Self { a <- x, b: y, _: { z } }? Error)`: `             Self { a : x, b: y, _: { z } }        `
 * - `f!(a, b = c; d)`: `f(a, b = c, d)`
 */

/** Macros that take an initialiser: a struct literal whose fields may be initialised in place. */
const INITIALISERS = new Set(['pin_init', 'try_pin_init', 'init', 'try_init', 'kernel_init']);

/** Macros after which control does not go on. */
const DIVERGING = new Set(['panic', 'unreachable', 'todo', 'unimplemented']);

/** What stands between the delimiters is not evaluated, or not Rust at all. */
const OPAQUE = new Set(['asm', 'global_asm', 'stringify', 'concat', 'include', 'include_str', 'cfg', 'macro_rules']);

/** Only the first argument is an expression; patterns, types and field names follow. */
const FIRST_ONLY = new Set(['matches', 'container_of', 'offset_of']);

export type RustMacroKind = 'initialiser' | 'diverging' | 'opaque' | 'first' | 'arguments';

/** How the input of a macro is read; `name` is the last word of its path. */
export function rustMacroKind(name: string): RustMacroKind {
  if (INITIALISERS.has(name)) return 'initialiser';
  if (DIVERGING.has(name)) return 'diverging';
  if (FIRST_ONLY.has(name)) return 'first';
  return OPAQUE.has(name) ? 'opaque' : 'arguments';
}

/** The input of a macro, delimiters left out, as arguments of a call: same length. */
export function macroArguments(input: string, kind: RustMacroKind): string {
  if (kind === 'first') {
    const end = firstComma(input);
    return input.slice(0, end) + blank(input.slice(end));
  }
  if (kind !== 'initialiser') return semicolonsToCommas(input);
  const text = input.replace(/^\s*&?\s*(?:mut\s+)?\w+\s+in\s/, blank);
  const brace = text.indexOf('{');
  if (brace < 0) return text;
  const end = text.lastIndexOf('}');
  const tail = text.slice(end + 1).replace(/\?[\s\S]*$/, blank);
  const body = text
    .slice(brace, end + 1)
    .replace(/<-/g, ': ')
    .replace(/\b_(?=\s*:\s*\{)/g, 'x')
    .replace(/;(?=\s*\})/g, ';');
  return text.slice(0, brace) + body + tail;
}

function blank(text: string): string {
  return text.replace(/[^\n]/g, ' ');
}

const TOKEN = /"(?:\\.|[^"\\])*"|[([{]|[)\]}]|[;,]/g;

/** At nesting depth zero only, and not in strings. */
function semicolonsToCommas(text: string): string {
  let depth = 0;
  return text.replace(TOKEN, (token) => {
    if ('([{'.includes(token)) depth++;
    else if (')]}'.includes(token)) depth--;
    else if (depth === 0 && token === ';') return ',';
    return token;
  });
}

function firstComma(text: string): number {
  let depth = 0;
  for (const { 0: token, index } of text.matchAll(TOKEN)) {
    if ('([{'.includes(token)) depth++;
    else if (')]}'.includes(token)) depth--;
    else if (depth === 0 && token === ',') return index;
  }
  return text.length;
}
