// @ts-check
import { until } from '../until.mjs';

const FILE = 'relay_cdev.c';
const LINE = 82;

/** A language server that dies comes back, and answers for the text as it is in the editor. @type {import('../run.mjs').Scenario} */
export async function crash({ workbench, server }) {
  const isReported = (/** @type {import('../workbench.mjs').Squiggle[]} */ seen) =>
    seen.some(({ line }) => line === LINE);
  await workbench.openFile(FILE, LINE);
  await until('a squiggle', () => workbench.squiggles(), isReported);
  const [before] = await until(
    'one language server',
    () => server.languageServers(),
    (pids) => pids.length === 1,
  );
  process.kill(/** @type {number} */ (before), 'SIGKILL');
  await until(
    'another language server',
    () => server.languageServers(),
    (pids) => pids.length === 1 && pids[0] !== before,
  );

  await workbench.openFile(FILE, LINE);
  await workbench.press('End');
  await workbench.page.keyboard.insertText(' // revsafe: allow unfenced-unregister - a test');
  await until(
    'no squiggle after an edit',
    () => workbench.squiggles(),
    (seen) => !isReported(seen),
  );
  await workbench.undoAll();
  await until('a squiggle after undo', () => workbench.squiggles(), isReported);
}
