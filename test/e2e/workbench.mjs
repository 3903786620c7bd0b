// @ts-check
// One VS Code window in one browser: what a person does with it, and what a person sees.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { PATIENCE, SECOND_TRY, until } from './until.mjs';

const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--disable-dev-shm-usage',
  '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1',
];

const VIEW = { viewport: { width: 1280, height: 800 }, deviceScaleFactor: 1 };

/** @typedef {{ left: number, top: number, width: number, height: number }} Box */
/** @typedef {readonly (readonly [string, string])[]} Payload what a window shall open or run */
/** @typedef {{ severity: string, line: number, text: string, box: Box }} Squiggle */

export class Workbench {
  /**
   * @param {any} page of the browser
   * @param {import('./editor-server.mjs').EditorServer} server
   * @param {string} folder that is open
   * @param {string} pictures folder for screenshots
   */
  constructor(page, server, folder, pictures) {
    this.context = page.context();
    this.page = page;
    this.server = server;
    this.folder = folder;
    this.pictures = pictures;
    /** @type {string[]} */
    this.console = [];
    page.on('console', (/** @type {any} */ message) => this.console.push(`[${message.type()}] ${message.text()}`));
    page.on('pageerror', (/** @type {Error} */ error) => this.console.push(`[error] ${error.message}`));
  }

  /**
   * @param {import('./install-editor.mjs').Editor} editor
   * @param {import('./editor-server.mjs').EditorServer} server
   * @param {string} pictures folder for screenshots
   * @param {{ viewport: { width: number, height: number }, deviceScaleFactor: number }} [view]
   */
  static async open(editor, server, pictures, view = VIEW) {
    mkdirSync(pictures, { recursive: true });
    const context = await editor.playwright.chromium.launchPersistentContext(join(server.root, 'browser'), {
      executablePath: editor.browser,
      headless: true,
      ...view,
      timeout: PATIENCE,
      args: FLAGS,
      // What has to do with the machine's own folders stays in ours.
      env: { ...process.env, HOME: join(server.root, 'home'), XDG_RUNTIME_DIR: server.root },
    });
    const first = context.pages()[0] ?? (await context.newPage());
    const workbench = new Workbench(first, server, server.workspace, pictures);
    await workbench.load([]);
    return workbench;
  }

  /** A second window beside this one. @param {string} folder @param {Payload} payload */
  async openWindow(folder, payload) {
    const window = new Workbench(await this.context.newPage(), this.server, folder, this.pictures);
    await window.load(payload);
    return window;
  }

  /** @param {Payload} payload */
  async load(payload) {
    this.page.setDefaultTimeout(PATIENCE);
    await this.page.goto(this.server.url(this.folder, payload), { waitUntil: 'domcontentloaded' });
    await this.page.waitForSelector('.monaco-workbench .explorer-folders-view .monaco-list-row');
  }

  async close() {
    await this.context.close().catch(() => {});
  }

  /** @param {string} name @param {string} [folder] */
  async picture(name, folder = this.pictures) {
    await this.page.screenshot({ path: join(folder, `${name}.png`), animations: 'disabled', caret: 'hide' });
  }

  /** @param {string} keys as playwright names them: `Control+S` */
  press(keys) {
    return this.page.keyboard.press(keys);
  }

  /** Types into quick open or the command palette until a row with the wanted text is there, and takes it. @param {string} keys @param {string} query @param {string} wanted */
  async pick(keys, query, wanted) {
    const { page } = this;
    const row = page.locator('.quick-input-widget:visible .monaco-list-row', { hasText: wanted }).first();
    await until(`${wanted} among the answers to ${query}`, async () => {
      await this.press('Escape');
      await this.press(keys);
      await page.locator('.quick-input-widget:visible input').first().fill(query, { timeout: SECOND_TRY });
      await row.waitFor({ timeout: SECOND_TRY });
      await row.click({ timeout: SECOND_TRY });
      return true;
    });
    await row.waitFor({ state: 'hidden' });
  }

  /** @param {string} title as the command palette has it, with its category */
  command(title) {
    return this.pick('F1', `>${title}`, title);
  }

  /**
   * Opens a file of the workspace with the cursor on a place (one-based).
   * @param {string} file
   * @param {number} [line]
   * @param {number} [column]
   */
  async openFile(file, line = 1, column = 1) {
    const name = file.slice(file.lastIndexOf('/') + 1);
    await this.pick('Control+P', `${join(this.folder, file)}:${line}:${column}`, name);
    await until(
      `${file} on line ${line}`,
      async () => ({ tab: await this.activeTab(), lines: await this.lines() }),
      ({ tab, lines }) => tab === name && lines.some((shown) => shown.line === line),
    );
  }

  activeTab() {
    return this.page
      .locator('.editor-group-container.active .tab.active .label-name')
      .first()
      .textContent({ timeout: SECOND_TRY });
  }

  /** The lines that are on the screen. @returns {Promise<{ line: number, text: string }[]>} */
  lines() {
    return this.page.evaluate(readLines);
  }

  /** The squiggles that are on the screen, with the very characters that they underline. @returns {Promise<Squiggle[]>} */
  squiggles() {
    return this.page.evaluate(readSquiggles);
  }

  /** Where a piece of a line is on the screen. @param {number} line @param {string} text @returns {Promise<Box>} */
  boxOf(line, text) {
    return until(`${text} on line ${line}`, () => this.page.evaluate(findText, { line, text }));
  }

  /** Rests the mouse on a piece of a line; answers the text of the hover that shows `wanted`. @param {number} line @param {string} text @param {string} wanted */
  async hover(line, text, wanted) {
    const { page } = this;
    const hover = page.locator('.monaco-hover:visible', { hasText: wanted }).first();
    await until(`a hover on ${text} with ${wanted}`, async () => {
      const box = await this.boxOf(line, text);
      await page.mouse.move(box.left + 300, box.top + 200);
      await page.mouse.move(box.left + box.width / 2, box.top + box.height / 2, { steps: 4 });
      await hover.waitFor({ timeout: SECOND_TRY });
      return true;
    });
    return /** @type {string} */ (await hover.textContent()).replace(/\s+/g, ' ');
  }

  /** Replaces all of the active editor's text. @param {string} text */
  async replaceText(text) {
    await this.press('Control+A');
    await this.page.keyboard.insertText(text);
  }

  /** Saves the active editor. */
  async save() {
    await this.press('Control+S');
    await this.page.locator('.editor-group-container.active .tab.active.dirty').waitFor({ state: 'detached' });
  }

  /** Where the cursor is, as the status bar says (one-based). */
  async cursor() {
    const said = await this.page.locator('[id="status.editor.selection"]').textContent({ timeout: SECOND_TRY });
    const [line, column] = /** @type {string} */ (said).match(/\d+/g)?.map(Number) ?? [];
    return { line, column };
  }

  /** Takes back every change since the file was saved. */
  async undoAll() {
    const dirty = this.page.locator('.editor-group-container.active .tab.active.dirty');
    await until('all changes undone', async () => {
      await this.press('Control+Z');
      return (await dirty.count()) === 0;
    });
  }

  /** Takes a quick fix that is offered where the cursor is. @param {string} title */
  async quickFix(title) {
    const { page } = this;
    const row = page.locator('.action-widget .monaco-list-row.action', { hasText: title }).first();
    await until(`the quick fix ${title}`, async () => {
      await this.press('Escape');
      await this.press('Control+Period');
      await row.waitFor({ timeout: SECOND_TRY });
      // The menu ignores clicks until the mouse has moved over it.
      const menu = await row.boundingBox();
      await page.mouse.move(menu.x + 300, menu.y + 150);
      await page.mouse.move(menu.x + menu.width / 2, menu.y + menu.height / 2, { steps: 4 });
      await row.click({ timeout: SECOND_TRY });
      return true;
    });
  }

  async openWalkthrough() {
    const page = this.page.locator('.gettingStartedContainer', { hasText: 'List every device node' });
    const choice = this.page
      .locator('.quick-input-widget:visible .monaco-list-row', { hasText: 'Revocable Safety' })
      .first();
    await until('the walkthrough', async () => {
      await this.command('Welcome: Open Walkthrough...');
      await choice.click({ timeout: SECOND_TRY });
      await page.locator('.step-title:visible', { hasText: 'Open a driver' }).first().waitFor({ timeout: SECOND_TRY });
      return true;
    });
  }

  /** The lens right above a line. @param {number} line @param {string} text */
  async lensAbove(line, text) {
    const found = this.page.locator('.editor-group-container.active .codelens-decoration a', { hasText: text });
    const index = await until(`a lens with ${text} above line ${line}`, async () => {
      const number = await this.page
        .locator('.line-numbers', { hasText: new RegExp(`^${line}$`) })
        .first()
        .boundingBox();
      const boxes = await Promise.all((await found.all()).map((/** @type {any} */ lens) => lens.boundingBox()));
      return boxes.findIndex((box) => box.y < number.y && number.y - box.y < 2 * number.height) + 1;
    });
    return found.nth(index - 1);
  }

  /** The frame of a webview that shows a text. @param {string} text */
  webview(text) {
    return until(`a webview with ${text}`, async () => {
      for (const frame of this.page.frames()) {
        const shown = await frame.evaluate(() => document.body?.textContent ?? '').catch(() => '');
        if (frame !== this.page.mainFrame() && shown.includes(text)) return frame;
      }
      return undefined;
    });
  }
}

// What follows runs inside the page and must stand alone.

/** @returns {{ line: number, text: string }[]} */
function readLines() {
  const editor = document.querySelector('.editor-group-container.active .editor-instance .monaco-editor');
  const numbers = [...(editor?.querySelectorAll('.line-numbers') ?? [])].map((element) => ({
    top: element.getBoundingClientRect().top,
    line: Number(element.textContent),
  }));
  return [...(editor?.querySelectorAll('.view-lines .view-line') ?? [])].flatMap((element) => {
    const top = element.getBoundingClientRect().top;
    const number = numbers.find((candidate) => Math.abs(candidate.top - top) < 2);
    return number === undefined
      ? []
      : [{ line: number.line, text: (element.textContent ?? '').replaceAll('\u00a0', ' ') }];
  });
}

/** @param {{ line: number, text: string }} wanted */
function findText({ line, text }) {
  const editor = document.querySelector('.editor-group-container.active .editor-instance .monaco-editor');
  const number = [...(editor?.querySelectorAll('.line-numbers') ?? [])].find(
    (element) => Number(element.textContent) === line,
  );
  const top = number?.getBoundingClientRect().top ?? Number.NaN;
  const row = [...(editor?.querySelectorAll('.view-lines .view-line') ?? [])].find(
    (element) => Math.abs(element.getBoundingClientRect().top - top) < 2,
  );
  const start = (row?.textContent ?? '').replaceAll('\u00a0', ' ').indexOf(text);
  if (row === undefined || start < 0) return undefined;
  const range = document.createRange();
  const walker = document.createTreeWalker(row, NodeFilter.SHOW_TEXT);
  let at = 0;
  for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
    const length = node.textContent?.length ?? 0;
    if (start >= at && start < at + length) range.setStart(node, start - at);
    if (start + text.length > at && start + text.length <= at + length) range.setEnd(node, start + text.length - at);
    at += length;
  }
  const { left, top: y, width, height } = range.getBoundingClientRect();
  return { left, top: y, width, height };
}

/** @returns {Squiggle[]} */
function readSquiggles() {
  const editor = document.querySelector('.editor-group-container.active .editor-instance .monaco-editor');
  const numbers = [...(editor?.querySelectorAll('.line-numbers') ?? [])];
  const rows = [...(editor?.querySelectorAll('.view-lines .view-line') ?? [])];
  return [...(editor?.querySelectorAll('[class*="squiggly-"]') ?? [])].flatMap((element) => {
    const { left, right, top, bottom, width, height } = element.getBoundingClientRect();
    const isOnSameLine = (/** @type {Element} */ other) => {
      const box = other.getBoundingClientRect();
      return box.top < (top + bottom) / 2 && (top + bottom) / 2 < box.bottom;
    };
    const row = rows.find(isOnSameLine);
    const severity = /squiggly-(\w+)/.exec(element.className)?.[1] ?? '';
    if (row === undefined) return [];
    let text = '';
    const walker = document.createTreeWalker(row, NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
      const content = node.textContent ?? '';
      for (let index = 0; index < content.length; index += 1) {
        const range = document.createRange();
        range.setStart(node, index);
        range.setEnd(node, index + 1);
        const box = range.getBoundingClientRect();
        const middle = (box.left + box.right) / 2;
        if (middle > left && middle < right) text += content[index];
      }
    }
    const line = Number(numbers.find(isOnSameLine)?.textContent);
    return [{ severity, line, text: text.replaceAll('\u00a0', ' '), box: { left, top, width, height } }];
  });
}
