/** Broken Rust is normal input: whatever is cut off, the analysis says something or nothing, and never throws. */
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { analyseModule } from '../../../server/src/analysis/analyse.ts';
import { Knowledge } from '../../../server/src/knowledge/lookup.ts';
import { lowerRustText, rustParser } from '../../support/lower-rust.ts';
import { filesUnder, ROOT } from '../../support/repository.ts';

const sources = filesUnder('test/fixtures', '.rs').filter((path) => !path.includes('.fixed.'));

function analyse(text: string): number {
  const unit = { path: '/a.rs', ir: lowerRustText(text) };
  const analysis = analyseModule({ name: 'a', units: [unit], headers: [], neighbours: [] }, Knowledge.builtin());
  return analysis.revocable.length;
}

it('sees the fixtures', () => {
  expect(sources.length).toBeGreaterThan(20);
});

it.each(sources)('%s, cut off anywhere', (path) => {
  const text = readFileSync(`${ROOT}/${path}`, 'utf8');
  const step = Math.ceil(text.length / 12);
  for (let at = step; at < text.length; at += step) {
    expect(() => analyse(text.slice(0, at))).not.toThrow();
    expect(() => analyse(text.slice(at))).not.toThrow();
    expect(() => analyse(text.slice(0, at) + text.slice(at + 7))).not.toThrow();
  }
  expect(rustParser.liveTrees).toBe(0);
});
