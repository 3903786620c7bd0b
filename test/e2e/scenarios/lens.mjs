// @ts-check

/** A lens above the unregister call gives the verdict; a click leads to the explanation. @type {import('../run.mjs').Scenario} */
export async function lens({ workbench }) {
  await workbench.openFile('thermo_misc.c', 76);
  const shown = await workbench.lensAbove(76, 'read');
  await workbench.picture('lens');
  await shown.click();
  await workbench.webview('Registered by misc_register');
  await workbench.picture('explanation');
}
