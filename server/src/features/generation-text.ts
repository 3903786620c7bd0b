/** What a name of the revocable API means, generation by generation: the same name changes its meaning between them. */
import type { RevocableMacro } from '../knowledge/revocable-generations.ts';
import { fsRevocableGenerations, revocableGenerations } from '../knowledge/revocable-generations.ts';
import { bullets, code, paragraphs, sentence } from './markdown.ts';

const WHEN_REVOKED: Readonly<Record<RevocableMacro['whenRevoked'], string>> = {
  null: 'yields NULL when the resource is gone, which must be tested',
  'return-error': 'returns the given error from the function when the resource is gone',
  return: 'returns from the function when the resource is gone',
  skip: 'skips its block when the resource is gone',
};

const FORM: Readonly<Record<RevocableMacro['form'], string>> = {
  statement: 'opens a section that lasts to the end of the block',
  block: 'guards the block that follows',
};

function macroText(macro: RevocableMacro): string {
  return `${FORM[macro.form]}, takes a ${macro.takes}, and ${WHEN_REVOKED[macro.whenRevoked]}`;
}

/** Meaning → the generations that have it, oldest first. */
function meanings(name: string): Map<string, string[]> {
  const found = new Map<string, string[]>();
  const add = (meaning: string, id: string): void => void found.set(meaning, [...(found.get(meaning) ?? []), id]);
  for (const { id, calls, macros } of Object.values(revocableGenerations)) {
    for (const call of calls) if (call.name === name) add(`${code(call.prototype ?? name)}: ${call.summary}`, id);
    for (const macro of macros) if (macro.name === name) add(macroText(macro), id);
  }
  for (const form of Object.values(fsRevocableGenerations)) {
    if (form.function !== name) continue;
    add(`${code(form.prototype)}: covers ${form.covers.join(', ')}; called from ${form.calledFrom}`, form.id);
  }
  return found;
}

/** Undefined for names that the API does not have. `own` are the generations that the tree has. */
export function revocableMarkdown(name: string, own: readonly string[]): string | undefined {
  const found = meanings(name);
  if (found.size === 0) return undefined;
  const lines = [...found].map(([meaning, ids]) => {
    const here = ids.some((id) => own.includes(id)) ? ' (this tree)' : '';
    return sentence(`**${ids.join(', ')}**${here}: ${meaning}`);
  });
  const absent = [...found.values()].every((ids) => ids.every((id) => !own.includes(id)));
  return paragraphs([
    `**${code(name)}** by generation of the revocable API:`,
    bullets(lines),
    absent ? 'This tree has none of these.' : undefined,
  ]);
}
