// @ts-check
import { until } from '../until.mjs';

const FILE = 'gauge_misc.c';
const LINE = 90;

/** A rule that is turned off in the settings is silent at once, and speaks again when it is turned on. @type {import('../run.mjs').Scenario} */
export async function settings({ workbench }) {
  const change = async (/** @type {object} */ value) => {
    await workbench.openFile('.vscode/settings.json');
    await workbench.replaceText(JSON.stringify(value));
    await workbench.save();
    await workbench.openFile(FILE, LINE);
  };
  const isReported = (/** @type {import('../workbench.mjs').Squiggle[]} */ seen) =>
    seen.some(({ line }) => line === LINE);
  await workbench.openFile(FILE, LINE);
  await until('a squiggle', () => workbench.squiggles(), isReported);
  await change({ 'revocableSafety.severity': { 'unfenced-unregister': 'off' } });
  await until(
    'no squiggle for a rule that is off',
    () => workbench.squiggles(),
    (seen) => !isReported(seen),
  );
  await change({});
  await until('a squiggle again', () => workbench.squiggles(), isReported);
}
