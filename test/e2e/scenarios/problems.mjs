// @ts-check
import { until } from '../until.mjs';

const FINDING = [
  'misc_deregister() does not stop read from using struct thermo after it is freed',
  'unfenced-unregister',
  '[Ln 76, Col 2]',
];
const STEPS = [
  'fd user: read on an fd that is still open enters thermo_read()',
  'teardown: struct thermo is device-managed (devm_kzalloc): devres frees it right after thermo_remove() returns',
  'missing: nothing makes thermo_remove() wait for thermo_read()',
];

/** The Problems view tells the finding with its rule and its place, and below it the steps of both threads. @type {import('../run.mjs').Scenario} */
export async function problems({ workbench }) {
  const { page } = workbench;
  const rows = page.locator('.markers-panel .monaco-list-row');
  const seen = async () =>
    /** @type {string[]} */ (
      (await rows.allTextContents()).map((/** @type {string} */ text) => text.replaceAll('\u00a0', ' '))
    );
  await workbench.openFile('thermo_misc.c', 76);
  await workbench.command('Problems: Focus on Problems View');
  // The list holds only the rows that are on the screen.
  await page
    .locator('.markers-panel-container input, .panel input[placeholder^="Filter"]')
    .first()
    .fill('deregister() does not stop');
  await until('the finding among the problems', seen, (texts) =>
    texts.some((text) => FINDING.every((part) => text.includes(part))),
  );
  await until('the steps of both threads', seen, (texts) =>
    STEPS.every((step) => texts.some((text) => text.includes(step))),
  );
  await workbench.picture('problems');
  await workbench.command('View: Hide Panel');
  await rows.first().waitFor({ state: 'hidden' });
}
