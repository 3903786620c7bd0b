// @ts-check
import { until } from '../until.mjs';

const FILE = 'tuner_session.c';
const LINE = 112;
const CALL = 'misc_deregister';
/** Each is two keystrokes: one takes the finding away, one brings it back. */
const ROUNDS = 25;

/**
 * Measures, in the page, the time from a key press until the squiggle of the call has come or gone on the screen.
 * @type {import('../run.mjs').Scenario}
 */
export async function typing({ workbench }) {
  const { page } = workbench;
  await workbench.openFile(FILE, LINE, 1 + '\t'.length + CALL.length);
  await until(
    'a squiggle',
    () => workbench.squiggles(),
    (seen) => seen.some(({ line }) => line === LINE),
  );
  await page.evaluate(watchSquiggle, CALL);
  const delays = () => page.evaluate(() => /** @type {any} */ (globalThis).squiggleDelays);
  for (let press = 1; press <= 2 * ROUNDS; press += 1) {
    await workbench.press(press % 2 === 1 ? 'x' : 'Backspace');
    await until(`the squiggle follows key ${press}`, delays, (seen) => seen.length === press);
  }
  const sorted = /** @type {number[]} */ (await delays()).toSorted((left, right) => left - right);
  await workbench.undoAll();
  const percentile = (/** @type {number} */ part) => sorted[Math.ceil(part * sorted.length) - 1]?.toFixed(0);
  return `keystroke to squiggle: p50 ${percentile(0.5)} ms, p95 ${percentile(0.95)} ms, ${sorted.length} keystrokes`;
}

/**
 * Inside the page: collects in `squiggleDelays` how many ms after a key press the squiggle on the line with a text came or went.
 * @param {string} text
 */
function watchSquiggle(text) {
  const editor = document.querySelector('.editor-group-container.active .editor-instance .monaco-editor');
  if (editor === null) throw new Error('no editor');
  // The line moves when the lens above it comes or goes.
  const isThere = () => {
    const rows = [...editor.querySelectorAll('.view-lines .view-line')];
    const row = rows.find((candidate) => candidate.textContent?.includes(text))?.getBoundingClientRect();
    return [...editor.querySelectorAll('[class*="squiggly-"]')].some((element) => {
      const { top, bottom } = element.getBoundingClientRect();
      return row !== undefined && top < row.bottom && row.top < bottom;
    });
  };
  /** @type {number[]} */
  const delays = [];
  Object.assign(globalThis, { squiggleDelays: delays });
  /** @type {{ at: number, wanted: boolean } | undefined} */
  let pressed;
  addEventListener(
    'keydown',
    () => {
      pressed = { at: performance.now(), wanted: !isThere() };
    },
    true,
  );
  // Looks at what each frame shows: between frames, lines and squiggles may be out of step.
  const look = () => {
    if (pressed !== undefined && isThere() === pressed.wanted) {
      delays.push(performance.now() - pressed.at);
      pressed = undefined;
    }
    requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
}
