// @ts-check
import { until } from '../until.mjs';

/** The view of device nodes lists every sample with its verdict; a node leads to its line, and has its evidence below it. @type {import('../run.mjs').Scenario} */
export async function nodes({ workbench }) {
  const rows = workbench.page.locator('.sidebar .monaco-list-row');
  const seen = async () => /** @type {string[]} */ (await rows.allTextContents());
  await workbench.command('Revocable Safety: Focus on Device Nodes View');
  const samples = workbench.server.drivers.map((file) => file.replace(/\.c$/, ''));
  await until('every sample', seen, (texts) => samples.every((name) => texts.some((text) => text.startsWith(name))));
  await until(
    'verdicts',
    seen,
    (texts) => texts.includes('relay_cdev1 vulnerable') && texts.includes('relay_cdev_fixed1 safe'),
  );
  await rows.filter({ hasText: 'relay_cdev_fixed' }).locator('.monaco-tl-twistie').click();
  const node = rows.filter({ hasText: 'relay_fops' });
  await node.locator('.monaco-tl-twistie').click();
  await until('the evidence of a safe node', seen, (texts) =>
    texts.some((text) => text.includes('inside the section')),
  );
  await workbench.picture('nodes');
  await node.click();
  await until(
    'the file of the node',
    () => workbench.activeTab(),
    (tab) => tab === 'relay_cdev_fixed.c',
  );
  await workbench.command('View: Show Explorer');
}
