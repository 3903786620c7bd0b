// @ts-check
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ROOT } from '../../../scripts/installation.mjs';
import { until } from '../until.mjs';

/** The HTML report opens, is searched and prints in the same browser. @type {import('../run.mjs').Scenario} */
export async function report({ workbench, report: given }) {
  const folder = mkdtempSync(join(tmpdir(), 'revsafe-report-'));
  const file = given ?? join(folder, 'report.html');
  if (given === undefined) {
    const cli = [join(ROOT, 'dist/cli.js'), 'check', '--no-cache', '--format', 'html', '--output', file];
    const { status, stderr } = spawnSync(process.execPath, [...cli, join(ROOT, 'samples/drivers')], {
      encoding: 'utf8',
    });
    if (status !== 1) throw new Error(`exit code ${status}: ${stderr}`);
  }
  const page = await workbench.context.newPage();
  /** @type {string[]} */
  const errors = [];
  page.on('pageerror', (/** @type {Error} */ error) => errors.push(error.message));
  try {
    const opened = await time(() => page.goto(pathToFileURL(file).href));
    const total = await page.locator('[data-key]').count();
    await page.screenshot({ path: join(workbench.pictures, 'report.png') });

    const rows = page.locator('article:visible, tbody.nodes tr:visible');
    const name = await page.locator('th button').first().textContent();
    const counted = () => page.locator('form output').textContent();
    const searched = await time(async () => {
      await page.locator('input[type=search]').fill('no driver has these words');
      await until('nothing is left', counted, (text) => text === `0 of ${total}`);
    });
    if ((await rows.count()) !== 0) throw new Error('what does not match is still shown');
    await page.locator('th button').first().click();
    const left = await until('the first subsystem alone', counted, (text) => text !== '' && !text?.startsWith('0 '));
    if (`${await rows.count()} of ${total}` !== left) throw new Error(`${left}, but ${await rows.count()} are shown`);
    for (const text of await rows.evaluateAll(readKeys)) {
      if (!text.includes(`${name}`)) throw new Error(`${text} is not in ${name}`);
    }

    await page.emulateMedia({ colorScheme: 'dark' });
    await page.screenshot({ path: join(workbench.pictures, 'report-dark.png') });
    await page.emulateMedia({ media: 'print' });
    if (await page.locator('form').isVisible()) throw new Error('the search field is printed');
    if (errors.length > 0) throw new Error(errors.join('\n'));
    return `${total} findings and nodes open in ${opened} ms, a search takes ${searched} ms`;
  } finally {
    await page.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** @param {() => Promise<unknown>} act @returns {Promise<string>} ms */
async function time(act) {
  const start = performance.now();
  await act();
  return (performance.now() - start).toFixed(0);
}

/** What a search looks through. @param {HTMLElement[]} items */
function readKeys(items) {
  return items.map((item) => `${item.getAttribute('data-key')} ${item.textContent}`);
}
