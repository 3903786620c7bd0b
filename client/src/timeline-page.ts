/** The page of the timeline: the picture, and keys and clicks that say which step is meant. Nothing is loaded. */
import type { TimelineResult } from '../../server/src/lsp/protocol.ts';
import { securePage } from './webview-page.ts';

const STYLE = `body { padding: 0; } svg { max-width: 100%; min-width: 22rem; height: auto; }
.said { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }`;

/** Runs in the page. Arrows, Home and End walk through the steps; Enter and a click jump. */
const SCRIPT = `
const host = acquireVsCodeApi();
const race = document.getElementById('race');
const steps = () => [...race.querySelectorAll('a[data-step]')];
race.addEventListener('click', (event) => {
  const step = event.target.closest('a[data-step]');
  if (step === null) return;
  event.preventDefault();
  event.stopPropagation();
  host.postMessage({ step: Number(step.dataset.step) });
});
race.addEventListener('keydown', (event) => {
  const all = steps();
  const at = all.indexOf(document.activeElement);
  const to = { ArrowDown: at + 1, ArrowUp: Math.max(at - 1, 0), Home: 0, End: all.length - 1 }[event.key];
  if (to === undefined) return;
  event.preventDefault();
  all[Math.min(to, all.length - 1)]?.focus();
});
let resizing;
const tellWidth = () => host.postMessage({ width: Math.floor(race.clientWidth) });
addEventListener('resize', () => { clearTimeout(resizing); resizing = setTimeout(tellWidth, 200); });
tellWidth();
addEventListener('message', ({ data }) => {
  if (data.svg !== undefined) {
    const focused = document.activeElement?.dataset?.step;
    race.replaceChildren(document.importNode(new DOMParser().parseFromString(data.svg, 'image/svg+xml').documentElement, true));
    if (focused !== undefined) steps()[Number(focused)]?.focus();
    const said = document.getElementById('said');
    if (said.textContent !== data.title) said.textContent = data.title;
  }
  if (data.current !== undefined) steps().forEach((step, index) => {
    step.classList.toggle('race-current', index === data.current);
    if (index === data.current) step.setAttribute('aria-current', 'step'); else step.removeAttribute('aria-current');
  });
});`;

export function timelinePage({ svg, style }: TimelineResult): string {
  return securePage({
    title: 'Race Timeline',
    style: `${style}${STYLE}`,
    body: `<main id="race" aria-label="Race timeline">${svg}</main><p id="said" class="said" role="status"></p>`,
    script: SCRIPT,
  });
}
