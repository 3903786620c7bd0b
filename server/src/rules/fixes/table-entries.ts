/** Functions that a fix adds to a table of operations, in front of it and as entries in it. */
import type { OperationsTable } from '../../analysis/model.ts';
import { OWNER_FIELD } from '../../knowledge/fix-templates.ts';
import { alignedField } from './add-owner.ts';
import { indentAt } from './c-text.ts';
import type { Edits } from './edits.ts';
import { insertion, lineStart, replacement } from './edits.ts';

export interface TableEntry {
  readonly field: string;
  readonly name: string;
}

export interface AddedOperation extends TableEntry {
  readonly lines: readonly string[];
}

export interface TableChange {
  readonly text: string;
  readonly mask: string;
  readonly file: string;
  readonly table: OperationsTable;
  /** Definitions that go in front of the table. */
  readonly functions: readonly AddedOperation[];
  /** What the table gets: in place of an entry of that name, else behind the owner. */
  readonly entries: readonly TableEntry[];
}

export function tableEntries({ text, mask, file, table, functions, entries }: TableChange): Edits {
  if (entries.length === 0) return { edits: [] };
  const { at, ownerInsert } = table;
  if (at === undefined || ownerInsert === undefined || at.file !== file) {
    return { refused: 'the table of operations was not found in this file' };
  }
  const first = ownerInsert.span.start;
  if (!/^\./.test(text.slice(first))) return { refused: 'the table lists its functions by position' };
  const start = lineStart(text, at.span.start);
  const code = mask.slice(first, mask.indexOf('}', first));
  const definitions = functions.map(({ lines }) => lines.join('\n')).join('\n');
  const edits = functions.length === 0 ? [] : [insertion(file, start, `${definitions}\n`)];
  const entry = (field: string): RegExpExecArray | null => new RegExp(`\\.${field}\\s*=\\s*(\\w+)\\s*,?`).exec(code);
  const own = entry(OWNER_FIELD.slice(1));
  const behind = own === null ? undefined : first + own.index + own[0].length;
  for (const { field, name } of entries) {
    const present = entry(field);
    const line = alignedField(text, first, `.${field}`, name);
    if (present !== null) {
      const value = first + present.index + present[0].lastIndexOf(present[1] ?? '');
      edits.push(replacement(file, { start: value, end: value + (present[1] ?? '').length }, name));
    } else if (behind === undefined) edits.push(insertion(file, first, `${line}\n${indentAt(text, first)}`));
    else edits.push(insertion(file, behind, `\n${indentAt(text, first)}${line}`));
  }
  return { edits };
}
