// @ts-check
import { until } from '../until.mjs';

/** The explanation of a line is a page whose links lead to the lines that it names. @type {import('../run.mjs').Scenario} */
export async function explain({ workbench }) {
  await workbench.openFile('thermo_misc.c', 76);
  await workbench.command('Revocable Safety: Explain This Line');
  const frame = await workbench.webview('Registered by misc_register');
  await workbench.picture('explanation');
  await frame.locator('a', { hasText: 'thermo_misc.c:69' }).first().click();
  await until(
    'the line that the link names',
    () => workbench.cursor(),
    ({ line }) => line === 69,
  );
}
