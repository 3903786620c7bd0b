// @ts-check
import { until } from '../until.mjs';

const FILE = 'dice_module.c';
const TABLE = 'static const struct file_operations dice_fops = {\n';

/** A fix changes the buffer and the saved file as promised, and its finding goes. @type {import('../run.mjs').Scenario} */
export async function quickFix({ workbench, server }) {
  const before = server.read(FILE);
  await workbench.openFile(FILE, 38, 40);
  await until(
    'a squiggle on the table',
    () => workbench.squiggles(),
    (seen) => seen.some(({ line }) => line === 38),
  );
  await workbench.quickFix('Set the owner of the operations');
  await until(
    'the owner in the buffer',
    () => workbench.lines(),
    (seen) => seen.some(({ line, text }) => line === 39 && text.trim() === '.owner = THIS_MODULE,'),
  );
  await until(
    'no squiggle',
    () => workbench.squiggles(),
    (seen) => seen.every(({ line }) => line !== 38),
  );
  await workbench.press('Control+S');
  const after = before.replace(TABLE, `${TABLE}\t.owner = THIS_MODULE,\n`);
  await until(
    'the fixed file on disk',
    () => server.read(FILE),
    (text) => text === after,
  );
}
