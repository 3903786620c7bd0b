/** What a kernel tree itself says of a function: its kernel-doc comment and its prototype, read where the knowledge base has read it. */

export interface KernelDoc {
  /** Zero-based line of the definition. */
  readonly line: number;
  /** On one line, without its attributes. */
  readonly prototype?: string;
  readonly summary?: string;
  readonly parameters: readonly { readonly name: string; readonly text: string }[];
  readonly returns?: string;
}

/** Path in a kernel tree → what the tree has there. */
export type TreeTexts = ReadonlyMap<string, { readonly path: string; readonly text: string }>;

/** Lines above a definition that its comment may take. */
const LONGEST_COMMENT = 120;

/** The definition of `name` in a text, with the comment above it; undefined where it is not defined. */
export function kernelDocOf(name: string, text: string): KernelDoc | undefined {
  const definition = findDefinition(name, text);
  if (definition === undefined) return undefined;
  const comment = commentAbove(text, definition.start) ?? commentNamed(name, text);
  return {
    line: text.slice(0, definition.at).split('\n').length - 1,
    ...(definition.prototype === undefined ? {} : { prototype: definition.prototype }),
    ...(comment === undefined ? { parameters: [] } : parse(comment)),
  };
}

interface Definition {
  /** Of the first line of the definition, and of the name. */
  readonly start: number;
  readonly at: number;
  readonly prototype?: string;
}

function findDefinition(name: string, text: string): Definition | undefined {
  const macro = new RegExp(`^#[ \\t]*define[ \\t]+${name}\\b(\\([^)]*\\))?`, 'm').exec(text);
  // A definition begins in the first column; its return type may stand on a line of its own.
  const expression = new RegExp(`^(?:[A-Za-z_][\\w \\t*]*[\\s*])?${name}\\s*\\(`, 'gm');
  for (const match of text.matchAll(expression)) {
    const open = match.index + match[0].length - 1;
    const close = closing(text, open);
    if (
      close === undefined ||
      !/^\s*(?:\/\*.*?\*\/\s*)?(?:__\w+(?:\([^)]*\))?\s*)*\{/s.test(text.slice(close + 1, close + 200))
    )
      continue;
    const head = text.slice(match.index, close + 1);
    const before = /(?:^|\n)([A-Za-z_][\w \t*]*)\n$/.exec(text.slice(Math.max(0, match.index - 100), match.index));
    const whole = /^\w+\s*\(/.test(head) && before !== null ? `${before[1]} ${head}` : head;
    return { start: match.index, at: open - name.length, prototype: tidy(whole) };
  }
  return macro === null ? undefined : { start: macro.index, at: macro.index, prototype: `${name}${macro[1] ?? ''}` };
}

function closing(text: string, open: number): number | undefined {
  let depth = 0;
  for (let at = open; at < text.length && at < open + 2000; at++) {
    if (text[at] === '(') depth++;
    else if (text[at] === ')' && --depth === 0) return at;
  }
  return undefined;
}

function tidy(head: string): string {
  return head
    .replace(/\/\*.*?\*\//gs, '')
    .replace(
      /\b(?:static|inline|extern|__always_inline|__must_check|__sched|notrace|noinline|asmlinkage|__visible)\b\s*/g,
      '',
    )
    .replace(/\s+/g, ' ')
    .replace(/\(\s+/g, '(')
    .replace(/\s+(?=[,)])/g, '')
    .trim();
}

/** The kernel-doc comment that ends right above `start`. */
function commentAbove(text: string, start: number): string | undefined {
  const before = text.slice(0, start).trimEnd();
  if (!before.endsWith('*/')) return undefined;
  const open = before.lastIndexOf('/**');
  const comment = before.slice(open);
  return open < 0 || comment.indexOf('*/') !== comment.length - 2 || comment.split('\n').length > LONGEST_COMMENT
    ? undefined
    : comment;
}

function commentNamed(name: string, text: string): string | undefined {
  return new RegExp(`/\\*\\*\\s*\\n\\s*\\*\\s*${name}(?:\\(\\))?\\s*[-:][\\s\\S]*?\\*/`).exec(text)?.[0];
}

const SECTION = /^(?:Return|Returns|RETURN|RETURNS)\s*:\s*/;

function parse(comment: string): Pick<KernelDoc, 'summary' | 'parameters' | 'returns'> {
  const lines = comment
    .replace(/^\/\*\*/, '')
    .replace(/\*\/$/, '')
    .split('\n')
    .map((line) => line.replace(/^\s*\*\s?/, '').trimEnd());
  const parameters: { name: string; text: string }[] = [];
  let summary: string | undefined;
  let returns: string | undefined;
  let into: 'summary' | 'parameter' | 'returns' | undefined;
  for (const line of lines) {
    const parameter = /^\s*@(\w+|\.\.\.)\s*:\s*(.*)$/.exec(line);
    if (parameter !== null) {
      parameters.push({ name: parameter[1] ?? '', text: parameter[2] ?? '' });
      into = 'parameter';
    } else if (SECTION.test(line.trim())) {
      returns = line.trim().replace(SECTION, '');
      into = 'returns';
    } else if (line.trim() === '') {
      into = undefined;
    } else if (summary === undefined) {
      summary = line.replace(/^\s*(?:struct\s+)?\w+(?:\(\))?\s*[-:]+\s*/, '').trim();
      into = 'summary';
    } else if (into === 'summary') {
      summary += ` ${line.trim()}`;
    } else if (into === 'returns') {
      returns += ` ${line.trim()}`;
    } else if (into === 'parameter') {
      const last = parameters[parameters.length - 1];
      if (last !== undefined) last.text += ` ${line.trim()}`;
    }
  }
  return {
    ...(summary === undefined || summary === '' ? {} : { summary }),
    parameters: parameters.filter((one) => one.text.trim() !== ''),
    ...(returns === undefined || returns === '' ? {} : { returns }),
  };
}
