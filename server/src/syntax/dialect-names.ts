/** Names in a row: C allows a type and a name, so what is more is an annotation that no table knows. */
import { punctuator, TokenKind } from './c-scanner.ts';
import { after, before, blank, isPlain, nameOf, onNewLine, Word } from './draft.ts';
import type { Walk } from './walk.ts';
import { Context } from './walk.ts';

const STAR = punctuator('*');
const OPEN = punctuator('(');
const CLOSE = punctuator(')');
const CLOSE_BRACKET = punctuator(']');
const CLOSE_BRACE = punctuator('}');
const OPEN_BRACE = punctuator('{');
const COMMA = punctuator(',');
const SEMICOLON = punctuator(';');
const COLON = punctuator(':');

const LOOKS_LIKE_ANNOTATION = /^(?:__\w+|[A-Z][A-Z0-9_]+)$/;

/** Blanks names of the run `[first … last]` until as many are left as the grammar takes. */
export function fixRun(walk: Walk, first: number, last: number): void {
  const { draft } = walk;
  const run: number[] = [];
  for (let i = first; i <= last; i++) if (draft.kind[i] !== 0) run.push(i);
  const next = after(draft, last);
  const joinsString = next < draft.count && draft.kind[next] === TokenKind.String;
  const { context, atStart } = walk;
  const its = next < draft.count ? draft.word[next] : Word.None;
  if (atStart && (its === Word.Storage || its === Word.Struct || its === Word.Enum || its === Word.Type)) {
    for (const name of run) blank(draft, name);
    return;
  }
  // Statement macros without a semicolon, each on its own line.
  while (context === Context.Block && atStart && run.length > 1 && endsLine(walk, run))
    blank(draft, run.shift() ?? first);
  const allowed = joinsString || draft.code[next] === STAR ? 1 : namesAllowed(walk, first);
  const opens = next < draft.count && draft.code[next] === OPEN;
  while (run.length > allowed) {
    const gone = run.splice(pickExcess(walk, run, opens, joinsString), 1)[0];
    if (gone === undefined) return;
    blank(draft, gone);
  }
}

function endsLine(walk: Walk, run: readonly number[]): boolean {
  const [first, second] = run;
  if (first === undefined || second === undefined) return false;
  return /^[A-Z][A-Z0-9_]+$/.test(nameOf(walk.draft, first)) && onNewLine(walk.draft, first, second);
}

function pickExcess(walk: Walk, run: readonly number[], opens: boolean, joinsString: boolean): number {
  const end = run.length - 1;
  if (joinsString) return 0;
  const marked = (index: number): boolean => LOOKS_LIKE_ANNOTATION.test(nameOf(walk.draft, run[index] ?? 0));
  if (!opens && marked(end)) return end;
  for (let index = 0; index < end; index++) if (marked(index)) return index;
  return run.length > 2 ? 1 : 0;
}

/** How many names in a row may start at `first`. */
function namesAllowed(walk: Walk, first: number): number {
  const { draft, context, atStart } = walk;
  const previous = before(draft, first);
  if (previous < 0 || atStart) return 2;
  if (draft.kind[previous] === TokenKind.Identifier) {
    switch (draft.word[previous]) {
      case Word.Struct:
      case Word.Enum:
      case Word.Storage:
      case Word.Body:
        return 2;
      case Word.Qualifier:
        return qualifiesName(walk, previous) ? 1 : 2;
      default:
        return 1;
    }
  }
  const isItem = context === Context.File || context === Context.Struct;
  switch (draft.code[previous]) {
    case STAR:
      return 1;
    case CLOSE:
      return (isItem && !walk.assigned) || context === Context.Parameters ? 0 : 1;
    case CLOSE_BRACKET:
      return 0;
    case CLOSE_BRACE:
      return 1;
    case OPEN:
      return context === Context.Parameters || context === Context.Head ? 2 : 1;
    case COMMA:
      return context === Context.Parameters ? 2 : 1;
    case SEMICOLON:
    case OPEN_BRACE:
    case COLON:
      return context === Context.Block || context === Context.Struct ? 2 : 1;
    default:
      return 1;
  }
}

/** `int const x`: the type stood before the qualifier. */
function qualifiesName(walk: Walk, qualifier: number): boolean {
  const { draft } = walk;
  let previous = before(draft, qualifier);
  while (previous >= 0 && (draft.word[previous] === Word.Qualifier || draft.word[previous] === Word.Storage))
    previous = before(draft, previous);
  return (
    previous >= 0 && (draft.word[previous] === Word.Type || draft.code[previous] === STAR || isPlain(draft, previous))
  );
}
