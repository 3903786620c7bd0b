// @ts-check
// docs/proof.md: each proof writes its own section between two comments.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../installation.mjs';

const PAGE = join(ROOT, 'docs/proof.md');

/** @param {'compile' | 'boot'} name @param {string} markdown */
export function updateSection(name, markdown) {
  const page = readFileSync(PAGE, 'utf8');
  const section = new RegExp(`(<!-- ${name}: .* -->\n)[\\s\\S]*?(<!-- end of ${name} -->)`);
  if (!section.test(page)) throw new Error(`${PAGE} has no place for ${name}`);
  writeFileSync(
    PAGE,
    page.replace(section, (_, open, close) => `${open}\n${markdown}\n${close}`),
  );
}
