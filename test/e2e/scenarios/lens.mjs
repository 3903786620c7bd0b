// @ts-check
import { until } from '../until.mjs';

/** A lens above the unregister call tells what can still run after it, and leads to the race: each step of its timeline leads to its line. @type {import('../run.mjs').Scenario} */
export async function lens({ workbench }) {
  await workbench.openFile('thermo_misc.c', 76);
  const shown = await workbench.lensAbove(76, 'after this: 1 operation can still run, none fenced');
  await workbench.picture('lens');
  await shown.click();
  const frame = await workbench.webview('thermo_remove');
  await workbench.picture('timeline');
  const use = frame.locator('a[data-step]', { hasText: 'uses struct thermo' }).first();
  await use.click();
  await until(
    'the cursor on the use',
    () => workbench.cursor(),
    ({ line }) => line === 35,
  );
}
