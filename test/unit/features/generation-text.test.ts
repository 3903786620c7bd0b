import { describe, expect, it } from 'vitest';
import { revocableMarkdown } from '../../../server/src/features/generation-text.ts';
import { fsRevocableGenerations, revocableGenerations } from '../../../server/src/knowledge/revocable-generations.ts';

const OWN = [
  ...Object.values(revocableGenerations).map(({ id, calls, macros }) => ({
    id,
    names: [...calls, ...macros].map(({ name }) => name),
  })),
  ...Object.values(fsRevocableGenerations).map((form) => ({ id: form.id, names: [form.function] })),
];

describe.each(OWN)('hover in $id', ({ id, names }) => {
  it.each([...new Set(names)])('%s says what it does, costs and asks for, and where it is from', (name) => {
    const text = revocableMarkdown(name, [id]) ?? '';
    expect(text).toMatch(new RegExp(`^\\*\\*In this tree \\(${id}\\)\\*\\*: \\S`));
    for (const part of ['Cost', 'Must follow', 'Origin'])
      expect(text).toMatch(new RegExp(`^- ${part}: [A-Z\`].{10}`, 'm'));
    expect(text).not.toMatch(/undefined|``| {2}/);
  });
});

describe('what must follow', () => {
  const then = (name: string, id: string): string =>
    /Must follow: (.*)/.exec(revocableMarkdown(name, [id]) ?? '')?.[1] ?? '';

  it('is what the generation needs', () => {
    expect(then('revocable_try_access', 'G3')).toMatch(/also where NULL came back/);
    expect(then('revocable_try_access', 'G4')).toMatch(/where it did not give NULL/);
    expect(then('revocable_alloc', 'G2')).toMatch(/`revocable_free\(\)` on every path/);
    expect(then('revocable_alloc', 'G7')).toMatch(/`revocable_revoke\(\)`.*`revocable_put\(\)`/);
    expect(then('revocable_init', 'G8')).toMatch(/`revocable_destroy\(\)`/);
    expect(then('revocable_provider_revoke', 'G3')).toMatch(/no consumer may be made.*is not there/);
    expect(then('revocable_provider_revoke', 'G4')).toMatch(/a second call is harmless/);
    expect(then('revocable_revoke', 'G6')).toMatch(/`revocable_put\(\)` for the reference that is left/);
    expect(then('devm_revocable_provider_alloc', 'G1')).toMatch(/devres revokes it/);
  });
});
