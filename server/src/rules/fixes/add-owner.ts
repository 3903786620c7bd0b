/** `.owner` as the first field of an operations table: an open fd then pins the module. */

import type { TextEdit } from '../../base/span.ts';
import { OWNER_FIELD, OWNER_HEADER, OWNER_VALUE } from '../../knowledge/fix-templates.ts';
import type { Fix } from '../rule.ts';
import { indentAt, maskC } from './c-text.ts';
import { asResult, insertInclude, insertion } from './edits.ts';

export const addOwner: Fix = {
  title: 'Set the owner of the operations',
  safety: 'safe',
  preferred: () => true,
  offered: ({ finding }) => finding.node?.operations.ownerInsert !== undefined,
  edit: ({ finding, text }) => {
    const table = finding.node?.operations;
    const at = table?.ownerInsert;
    if (table === undefined || at === undefined || table.owner !== 'missing') return { kind: 'none' };
    const source = text(at.file);
    const start = at.span.start;
    const designated = /^[.[]/.test(source.slice(start));
    if (!designated) return { kind: 'disabled', reason: 'the table lists its functions by position' };
    const line = source.slice(source.lastIndexOf('\n', start - 1) + 1, start);
    const ownLine = /^\s*$/.test(line);
    const owner = ownLine
      ? `${alignedField(source, start, OWNER_FIELD, OWNER_VALUE)}\n${indentAt(source, start)}`
      : `${OWNER_FIELD} = ${OWNER_VALUE}, `;
    return asResult({ edits: [...includes(at.file, source), insertion(at.file, start, owner)] }, text);
  },
};

/** A field with its `=` where the field at `start` has it. */
export function alignedField(source: string, start: number, own: string, value: string): string {
  const field = /^(\.\w+)([ \t]*)=/.exec(source.slice(start, start + 200));
  const [, name = '', gap = ' '] = field ?? [];
  if (gap.includes('\t')) return `${own}${tabsTo(name, gap, own)}= ${value},`;
  const width = gap.length > 1 ? Math.max(own.length + 1, name.length + gap.length) : own.length + 1;
  return `${own.padEnd(width)}= ${value},`;
}

/** Tabs that bring `own` to the column that `gap` brings `name` to, tab stops at eight. */
function tabsTo(name: string, gap: string, own: string): string {
  let column = name.length;
  for (const character of gap) column = character === '\t' ? (Math.floor(column / 8) + 1) * 8 : column + 1;
  const tabs = Math.ceil((column - own.length) / 8);
  return column > own.length ? '\t'.repeat(Math.max(1, tabs)) : ' ';
}

/** Files of a driver nearly always include it; one that does not gets it. */
function includes(file: string, source: string): TextEdit[] {
  return maskC(source).includes(OWNER_VALUE) ? [] : insertInclude(file, source, OWNER_HEADER);
}
