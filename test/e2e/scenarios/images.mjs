// @ts-check
// The pictures of the documentation, as people see them: two themes, no explorer, more pixels.
import { SECOND_TRY, until } from '../until.mjs';

/** How the window is shown while pictures for people are made. */
export const IMAGE_VIEW = { viewport: { width: 1040, height: 640 }, deviceScaleFactor: 1.5 };
/** What shows a timeline as a whole. */
const TALL = { width: 1040, height: 860 };
/** What shows the steps of a walkthrough beside their picture. */
const WIDE = { width: 1280, height: 720 };

/** @typedef {import('../workbench.mjs').Workbench} Workbench */

/** @param {Workbench} workbench @param {'dark' | 'light'} theme */
async function useTheme(workbench, theme) {
  const shown = workbench.page.locator(theme === 'dark' ? '.monaco-workbench.vs-dark' : '.monaco-workbench.vs');
  await until(`the ${theme} theme`, async () => {
    if ((await shown.count()) > 0) return true;
    await workbench.command('Preferences: Toggle between Light/Dark Themes');
    // A workbench that has just started may not know its themes yet.
    await shown.waitFor({ timeout: SECOND_TRY });
    return true;
  });
}

/** @param {Workbench} workbench */
async function clear(workbench) {
  await workbench.command('View: Close All Editors');
  await workbench.page.locator('.tab').first().waitFor({ state: 'detached' });
}

/** @type {import('../run.mjs').Scenario} */
export async function images({ workbench }) {
  const { page } = workbench;
  await useTheme(workbench, 'dark');
  await workbench.command('View: Close Primary Side Bar');

  await workbench.openFile('thermo_misc.c', 76);
  await workbench.lensAbove(76, '');
  await workbench.picture('lens');
  await workbench.hover(76, 'misc_deregister', 'unfenced-unregister');
  await workbench.picture('hover');
  await page.mouse.move(20, 20);

  await page.setViewportSize(TALL);
  const lens = await workbench.lensAbove(76, '');
  await lens.click();
  await workbench.webview('thermo_remove');
  await workbench.command('View: Focus First Editor Group');
  for (const theme of /** @type {const} */ (['dark', 'light'])) {
    await useTheme(workbench, theme);
    await workbench.picture(`timeline-${theme}`);
  }

  await page.setViewportSize(IMAGE_VIEW.viewport);
  await useTheme(workbench, 'dark');
  await clear(workbench);
  await workbench.openFile('relay_cdev_fixed.c', 1);
  await workbench.command('Revocable Safety: Focus on Device Nodes View');
  const rows = page.locator('.sidebar .monaco-list-row');
  await rows.filter({ hasText: 'relay_cdev_fixed' }).locator('.monaco-tl-twistie').click();
  const node = rows.filter({ hasText: 'relay_fops' });
  await node.locator('.monaco-tl-twistie').click();
  await node.click();
  await workbench.picture('nodes');

  await clear(workbench);
  await workbench.command('View: Close Primary Side Bar');
  await page.setViewportSize(WIDE);
  await workbench.openWalkthrough();
  await workbench.picture('walkthrough');
}
