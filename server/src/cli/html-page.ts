/** Style and script of the HTML report, which needs nothing from outside its file. */

/** Sections and articles are laid out when they come into view, so that a whole tree's report opens at once. */
export const PAGE_STYLE = `
:root { color-scheme: light dark; --line: #8886; --mark: #8882; --error: #c62828; --warning: #8a5200; --hint: #1565c0; }
@media (prefers-color-scheme: dark) { :root { --error: #ef9a9a; --warning: #ffcc80; --hint: #90caf9; } }
body { font: 15px/1.5 system-ui, sans-serif; max-width: 78rem; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.5rem; } h2 { font-size: 1.25rem; margin-top: 2.5rem; } section h3 { font-size: 1.05rem; border-bottom: 1px solid var(--line); }
article { margin: 1.2rem 0; padding-left: .8rem; border-left: 4px solid var(--line); content-visibility: auto; contain-intrinsic-size: auto 34rem; }
article.error { border-color: var(--error); } article.warning { border-color: var(--warning); } article.hint { border-color: var(--hint); }
h4 { font-size: 1rem; margin: 0; } .error .level, .vulnerable { color: var(--error); } .warning .level, .unknown { color: var(--warning); } .hint .level { color: var(--hint); }
.place { opacity: .75; font-size: .85rem; } code, pre { font-family: ui-monospace, monospace; font-size: .85rem; }
pre { margin: .4rem 0; padding: .3rem .6rem; overflow-x: auto; background: var(--mark); } pre mark { background: none; color: inherit; font-weight: 700; }
svg.race { max-width: 100%; height: auto; } summary { cursor: pointer; }
table { border-collapse: collapse; margin: .6rem 0; } th, td { text-align: left; vertical-align: top; padding: .15rem .9rem .15rem 0; border-bottom: 1px solid var(--line); }
td.count, th.count { text-align: right; font-variant-numeric: tabular-nums; }
th button { all: unset; cursor: pointer; font-weight: 400; } th button:hover, th button:focus-visible { text-decoration: underline; }
tbody.nodes { content-visibility: auto; contain-intrinsic-size: auto 60rem; }
form { position: sticky; top: 0; z-index: 1; background: Canvas; padding: .5rem 0; display: flex; gap: 1rem; align-items: baseline; border-bottom: 1px solid var(--line); }
form input[type=search] { font: inherit; flex: 1; padding: .2rem .5rem; }
@media print { form { display: none; } body { max-width: none; margin: 0; font-size: 11px; }
  article, tbody.nodes { content-visibility: visible; } article { break-inside: avoid-page; } }`;

/**
 * The search field and the names in the two tables: what does not hold every word that is looked for is hidden, and so is
 * what is empty then. Without a script the page is whole, only not searchable.
 */
export const PAGE_SCRIPT = `
const field = document.querySelector('form input'), shown = document.querySelector('form output');
const items = [...document.querySelectorAll('[data-key]')], groups = [...document.querySelectorAll('section')];
let texts;
const search = () => {
  texts ??= items.map((item) => (item.dataset.key + ' ' + item.textContent).toLowerCase());
  const words = field.value.toLowerCase().split(/\\s+/).filter(Boolean);
  let count = 0;
  items.forEach((item, index) => { item.hidden = !words.every((word) => texts[index].includes(word)); if (!item.hidden) count++; });
  for (const group of groups) group.hidden = !group.querySelector('[data-key]:not([hidden])');
  shown.value = words.length === 0 ? '' : count + ' of ' + items.length;
};
let waiting;
field.addEventListener('input', () => { clearTimeout(waiting); waiting = setTimeout(search, 120); });
document.querySelector('form').addEventListener('submit', (event) => event.preventDefault());
document.addEventListener('click', (event) => {
  const words = event.target.closest('[data-search]')?.dataset.search;
  if (words === undefined) return;
  field.value = words; search(); field.focus();
});`;
