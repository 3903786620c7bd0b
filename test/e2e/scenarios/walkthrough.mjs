// @ts-check

/** The walkthrough opens, with a picture beside each step. @type {import('../run.mjs').Scenario} */
export async function walkthrough({ workbench }) {
  await workbench.command('View: Close Primary Side Bar');
  await workbench.openWalkthrough();
  await workbench.picture('walkthrough');
  await workbench.command('View: Show Explorer');
}
