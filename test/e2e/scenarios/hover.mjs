// @ts-check
import assert from 'node:assert/strict';

/** A hover on an unregister call tells what it does not fence, and how the node fares. @type {import('../run.mjs').Scenario} */
export async function hover({ workbench }) {
  await workbench.openFile('thermo_misc.c', 76);
  const text = await workbench.hover(76, 'misc_deregister', 'stops new opens only');
  assert.match(text, /does not stop read from using struct thermo after it is freed/);
  assert.match(text, /unfenced-unregister/);
  await workbench.picture('hover');
}
