// @ts-check
import { until } from '../until.mjs';

/** A finding underlines the call that it is about, in the colour of its severity, and nothing more. @type {import('../run.mjs').Scenario} */
export async function squiggle({ workbench }) {
  await workbench.openFile('thermo_misc.c', 76);
  await until(
    'a squiggle under misc_deregister()',
    () => workbench.squiggles(),
    (seen) =>
      seen.some(
        ({ severity, line, text }) =>
          severity === 'warning' && line === 76 && text === 'misc_deregister(&thermo->misc)',
      ),
  );
}
