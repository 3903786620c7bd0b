/**
 * The picture of a timeline as SVG: two lanes, time runs down. It is readable without colour and without sight: the death is
 * a line with a name, every step carries its number and its text, and the order of the document is the order of the story.
 */
import type { Timeline, TimelineStep } from './timeline.ts';

/**
 * Colours are those of the editor where it shows the picture, else they follow the reader's light or dark preference. `--race-*`
 * may be set by whoever embeds it.
 */
export const TIMELINE_STYLE = `
.race { --race-bg: var(--vscode-editor-background, #fff); --race-fg: var(--vscode-editor-foreground, #1f2328);
  --race-dim: var(--vscode-descriptionForeground, #57606a); --race-line: var(--vscode-contrastBorder, var(--vscode-editorIndentGuide-background1, #8c959f));
  --race-first: var(--vscode-charts-blue, #0550ae); --race-second: var(--vscode-charts-orange, #953800);
  --race-bad: var(--vscode-errorForeground, #b3261e); --race-focus: var(--vscode-focusBorder, #0969da);
  font: 13px system-ui, "Segoe UI", "DejaVu Sans", sans-serif; background: var(--race-bg); }
@media (prefers-color-scheme: dark) { .race { --race-bg: var(--vscode-editor-background, #1e1e1e);
  --race-fg: var(--vscode-editor-foreground, #d4d4d4); --race-dim: var(--vscode-descriptionForeground, #a0a0a0);
  --race-first: var(--vscode-charts-blue, #79c0ff); --race-second: var(--vscode-charts-orange, #ffa657);
  --race-bad: var(--vscode-errorForeground, #ff8a80); --race-focus: var(--vscode-focusBorder, #58a6ff); } }
.race text { fill: var(--race-fg); } .race .race-title { font-weight: 600; font-size: 14px; } .race .race-place { fill: var(--race-dim); font-size: 12px; }
.race .race-source { fill: var(--race-dim); font: 12px ui-monospace, "DejaVu Sans Mono", monospace; white-space: pre; }
.race .race-lane { font-weight: 600; } .race .race-first { fill: var(--race-first); } .race .race-second { fill: var(--race-second); }
.race line.race-first { stroke: var(--race-first); } .race line.race-second { stroke: var(--race-second); }
.race line { stroke-width: 2; } .race .race-after { stroke-dasharray: 3 5; } .race circle { stroke: var(--race-bg); stroke-width: 2; }
.race .race-number { fill: var(--race-bg); font-size: 11px; font-weight: 600; text-anchor: middle; }
.race .race-death-line { stroke: var(--race-bad); stroke-width: 3; } .race .race-bad, .race circle.race-bad { fill: var(--race-bad); }
.race .race-page { fill: var(--race-bg); } .race .race-fence { fill: var(--race-bg); stroke: var(--race-bad); stroke-width: 1.5; stroke-dasharray: 7 4; }
.race .race-hit { fill: transparent; stroke: none; rx: 4px; } .race a { cursor: pointer; outline: none; text-decoration: none; }
.race a:hover .race-hit { stroke: var(--race-line); stroke-width: 1; } .race a:focus .race-hit, .race .race-current .race-hit { stroke: var(--race-focus); stroke-width: 2; }
@media (forced-colors: active) { .race { --race-bg: Canvas; --race-fg: CanvasText; --race-dim: CanvasText; --race-first: CanvasText; --race-second: CanvasText;
  --race-bad: CanvasText; --race-line: CanvasText; --race-focus: Highlight; forced-color-adjust: none; } }`;

export interface SvgOptions {
  /** Carries its style along, as a file of its own. */
  readonly standalone: boolean;
  /** Every step is a link (`#step-0`, …) that whoever embeds the picture follows. */
  readonly links: boolean;
  /** px that it may be wide; lanes become narrower, down to where text is hard to read. */
  readonly width?: number;
}

const LANE_WIDTH = 350;
const MIN_LANE_WIDTH = 190;
const MARGIN = 14;
const GAP = 22;
/** From the lifeline to the text. */
const INDENT = 22;
const LINE = 17;
/** Widths of a character on average, in the two fonts: text is wrapped before anyone measures it. */
const CHARACTER = 7.1;
const MONO_CHARACTER = 7.3;

interface Row {
  readonly y: number;
  readonly height: number;
  readonly place: readonly string[];
  readonly lines: readonly string[];
  readonly step: TimelineStep;
}

export function timelineSvg(timeline: Timeline, options: SvgOptions): string {
  const lanes = timeline.lanes.length;
  const room = ((options.width ?? Number.POSITIVE_INFINITY) - 2 * MARGIN - (lanes - 1) * GAP) / lanes;
  const laneWidth = Math.floor(Math.max(MIN_LANE_WIDTH, Math.min(LANE_WIDTH, room)));
  const width = 2 * MARGIN + lanes * laneWidth + (lanes - 1) * GAP;
  const title = wrap(timeline.title, (width - 2 * MARGIN) / (CHARACTER * 1.15));
  const top = MARGIN + title.length * (LINE + 2) + 30;

  const rows: Row[] = [];
  let fence: { readonly y: number; readonly lines: readonly string[] } | undefined;
  let y = top;
  const placeFence = (index: number): void => {
    if (timeline.missing?.before !== index) return;
    const text = `${lanes === 2 ? 'Missing' : 'Needed'}: ${timeline.missing.text}`;
    fence = { y: y + 4, lines: wrap(text, (width - 2 * MARGIN - 60) / CHARACTER) };
    y += fence.lines.length * LINE + 26;
  };
  for (const [index, step] of timeline.steps.entries()) {
    placeFence(index);
    const columns = (laneWidth - INDENT - 8) / CHARACTER;
    const place = wrap(step.place, columns);
    const lines = wrap(step.text, columns);
    const all = place.length + lines.length + (step.source === '' ? 0 : 1);
    const height = all * LINE + (step.role === 'death' ? 30 : 10);
    rows.push({ y, height, place, lines, step });
    y += height;
  }
  placeFence(timeline.steps.length);
  const height = y + MARGIN;

  const parts = [
    ...title.map((line, index) => text(MARGIN, MARGIN + 12 + index * (LINE + 2), 'race-title', line)),
    ...timeline.lanes.map((name, lane) => lifeline(name, lane, laneX(lane, laneWidth), [top, y], rows)),
    ...(fence === undefined ? [] : [fenceBox(fence.y, fence.lines, width)]),
    ...rows.map((row, index) =>
      stepGroup(row, index, { width, laneWidth }, timeline.lanes[row.step.lane] ?? '', options),
    ),
  ];
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" class="race" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" `,
    `role="${options.links ? 'group' : 'img'}" aria-label="${escapeXml(describe(timeline))}">`,
    options.standalone ? `<style>${TIMELINE_STYLE}</style>` : '',
    options.standalone ? `<title>${escapeXml(timeline.title)}</title><desc>${escapeXml(story(timeline))}</desc>` : '',
    // Pictures are also shown where a page's own background would shine through.
    `<rect width="${width}" height="${height}" class="race-page"/>`,
    ...parts,
    '</svg>',
  ].join('');
}

function laneX(lane: number, laneWidth: number): number {
  return MARGIN + 10 + lane * (laneWidth + GAP);
}

const LANE_CLASS = ['race-first', 'race-second'] as const;

/** The name of a thread and its line, broken from where what it uses is gone. */
function lifeline(
  name: string,
  lane: number,
  x: number,
  [top, bottom]: readonly [number, number],
  rows: readonly Row[],
): string {
  const own = LANE_CLASS[lane] ?? 'race-first';
  const dies = rows.find((row) => row.step.role === 'death');
  const solid = dies === undefined || lane === dies.step.lane ? bottom : dies.y + dies.height - 8;
  const after = solid === bottom ? '' : line(x, solid, bottom, `${own} race-after`);
  return `${text(x - 8, top - 14, `race-lane ${own}`, name)}${line(x, top - 4, solid, own)}${after}`;
}

function line(x: number, from: number, to: number, name: string): string {
  return `<line x1="${x}" y1="${from}" x2="${x}" y2="${to}" class="${name}"/>`;
}

function fenceBox(y: number, lines: readonly string[], width: number): string {
  const box = `<rect x="${MARGIN + 24}" y="${y}" width="${width - 2 * MARGIN - 40}" height="${lines.length * LINE + 12}" rx="6" class="race-fence"/>`;
  return `<g>${box}${lines.map((one, index) => text(MARGIN + 36, y + 19 + index * LINE, 'race-bad', one)).join('')}</g>`;
}

function stepGroup(
  row: Row,
  index: number,
  { width, laneWidth }: { readonly width: number; readonly laneWidth: number },
  thread: string,
  options: SvgOptions,
): string {
  const { step, place, lines, y, height } = row;
  const x = laneX(step.lane, laneWidth);
  const bad = step.role === 'step' ? (LANE_CLASS[step.lane] ?? '') : 'race-bad';
  const own = step.role === 'step' ? '' : 'race-bad';
  const textX = x + INDENT;
  const body = [
    `<rect x="${x - 14}" y="${y}" width="${laneWidth}" height="${height - 4 - (step.role === 'death' ? 20 : 0)}" class="race-hit"/>`,
    `<circle cx="${x}" cy="${y + 15}" r="10" class="${bad}"/>${text(x, y + 19, 'race-number', String(index + 1))}`,
    ...place.map((one, at) => text(textX, y + 18 + at * LINE, 'race-place', one)),
    ...lines.map((one, at) => text(textX, y + 18 + (place.length + at) * LINE, own, one)),
    step.source === ''
      ? ''
      : text(
          textX,
          y + 18 + (place.length + lines.length) * LINE,
          'race-source',
          cut(step.source, (laneWidth - INDENT - 8) / MONO_CHARACTER),
        ),
  ].join('');
  const label = escapeXml(`Step ${index + 1}, ${thread}: ${step.text}. ${step.place}`);
  const group = options.links
    ? `<a href="#step-${index}" data-step="${index}" role="link" aria-label="${label}">${body}</a>`
    : `<g>${body}</g>`;
  return step.role === 'death' ? `${group}${deathLine(y + height - 12, width)}` : group;
}

function deathLine(y: number, width: number): string {
  const words = '✕ gone from here on';
  const room = words.length * CHARACTER + 16;
  const middle = width * 0.27;
  return (
    `<g aria-hidden="true"><line x1="${MARGIN}" y1="${y}" x2="${middle - room / 2}" y2="${y}" class="race-death-line"/>` +
    `<line x1="${middle + room / 2}" y1="${y}" x2="${width - MARGIN}" y2="${y}" class="race-death-line"/>` +
    `<text x="${middle}" y="${y + 4}" text-anchor="middle" class="race-bad">${words}</text></g>`
  );
}

function text(x: number, y: number, name: string, words: string): string {
  return `<text x="${x}" y="${y}"${name === '' ? '' : ` class="${name}"`}>${escapeXml(words)}</text>`;
}

/** What the picture is, in a sentence. */
function describe(timeline: Timeline): string {
  const missing = timeline.missing === undefined ? '' : ` Missing: ${timeline.missing.text}.`;
  return `${timeline.title}. ${timeline.steps.length} steps of ${timeline.lanes.join(' and ')}.${missing}`;
}

/** The whole of it in words, for a picture that has no links to read. */
function story(timeline: Timeline): string {
  const steps = timeline.steps.map(
    (step, index) => `${index + 1}. ${timeline.lanes[step.lane] ?? ''}, ${step.place}: ${step.text}.`,
  );
  return [...steps, timeline.missing === undefined ? '' : `Missing: ${timeline.missing.text}.`].join(' ').trim();
}

/** Breaks at spaces; a longer word is broken too. `room` is in characters. */
function wrap(words: string, room: number): string[] {
  const limit = Math.max(8, Math.floor(room));
  const lines: string[] = [];
  let current = '';
  for (const word of words.split(/\s+/)) {
    let rest = word;
    if (current !== '' && current.length + 1 + rest.length <= limit) {
      current += ` ${rest}`;
      continue;
    }
    if (current !== '') lines.push(current);
    for (; rest.length > limit; rest = rest.slice(limit)) lines.push(rest.slice(0, limit));
    current = rest;
  }
  if (current !== '') lines.push(current);
  return lines;
}

function cut(words: string, room: number): string {
  const limit = Math.floor(room);
  const flat = words.replace(/\s+/g, ' ');
  return flat.length <= limit ? flat : `${flat.slice(0, limit - 1)}…`;
}

/** Control characters have no place in XML, escaped or not. */
export function escapeXml(words: string): string {
  return words
    .replace(/(?![\t\n\r])\p{Cc}/gu, '\uFFFD')
    .replace(/&/g, '&amp;')
    .replace(/</g, '&lt;')
    .replace(/>/g, '&gt;')
    .replace(/"/g, '&quot;');
}
